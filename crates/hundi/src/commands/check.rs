//! `hundi check`: what a server would trip over at its start.

use crate::config::Config;
use crate::house;
use hundi_store::Standing;
use std::path::Path;
use std::process::ExitCode;

pub(super) async fn check(config: &Config, file: Option<&Path>) -> anyhow::Result<ExitCode> {
    println!("configuration   ok");
    house::secrets(config)?;
    for path in config.open_secrets(file) {
        println!("permissions     {0} can be read by others: run chmod 600 {0}", path.display());
    }
    let dead = match house::standing(config).await? {
        Standing::Empty => {
            println!("database        empty: it is set up at the first start");
            println!("secrets         ok (the database will be written with them)");
            0
        }
        Standing::Behind { missing } => {
            println!("database        {missing} migrations behind: the next start of the server makes them");
            println!("secrets         not compared with the database's before that");
            0
        }
        Standing::Current => dead_jobs(config).await?,
    };
    if config.is_https() {
        println!("public_url      ok");
    } else {
        println!("public_url      {} is not https: live mode needs it", config.public_url);
    }
    Ok(if dead == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

async fn dead_jobs(config: &Config) -> anyhow::Result<i64> {
    let app = house::open_beside(config).await?;
    println!("database        ok");
    println!("secrets         ok (they are the ones this database was written with)");
    let health = hundi_app::check::health(&app).await.map_err(|e| anyhow::anyhow!(e.sentence()))?;
    let dead: i64 = health.jobs.iter().filter(|j| j.state == "dead").map(|j| j.count).sum();
    let said = if dead == 0 { "ok".to_owned() } else { format!("{dead} gave up: see the log") };
    println!("jobs            {said}");
    app.store.clone().close().await;
    Ok(dead)
}
