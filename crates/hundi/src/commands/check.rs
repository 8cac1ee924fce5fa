//! `hundi check`: what a server would trip over at its start.

use crate::config::Config;
use crate::house;
use std::process::ExitCode;

pub(super) async fn check(config: &Config) -> anyhow::Result<ExitCode> {
    println!("configuration   ok");
    let live_needs_https = !config.is_https();
    let app = house::open_beside(config).await?;
    println!("database        ok");
    println!("secrets         ok (they are the ones this database was written with)");
    let health = hundi_app::check::health(&app).await.map_err(|e| anyhow::anyhow!(e.sentence()))?;
    let dead: i64 = health.jobs.iter().filter(|j| j.state == "dead").map(|j| j.count).sum();
    println!(
        "jobs            {}",
        if dead == 0 { "ok".to_owned() } else { format!("{dead} gave up: see the log") }
    );
    if live_needs_https {
        println!("public_url      {} is not https: live mode needs it", config.public_url);
    } else {
        println!("public_url      ok");
    }
    Ok(if dead == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
