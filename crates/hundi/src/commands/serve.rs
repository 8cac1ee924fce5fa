//! `hundi serve`.

use super::log;
use crate::config::Config;
use crate::house::{self, Role};
use anyhow::Context;
use std::process::ExitCode;
use tokio::net::TcpListener;

pub(super) async fn serve(config: &Config, role: Role) -> anyhow::Result<ExitCode> {
    log(config);
    if role == Role::Worker && config.database.starts_with("sqlite:") {
        anyhow::bail!("on SQLite one process does everything: run `hundi serve` without --role");
    }
    let app = house::open(config).await?;
    let listener = match role {
        Role::Worker => None,
        Role::All | Role::Web => {
            let listener = TcpListener::bind(config.listen).await;
            Some(listener.with_context(|| format!("cannot listen on {}", config.listen))?)
        }
    };
    tracing::info!(listen = %config.listen, public_url = config.public_url, ?role, "ready");
    house::run(app.clone(), config, role, listener, house::asked_to_stop()).await?;
    app.store.clone().close().await;
    tracing::info!("stopped");
    Ok(ExitCode::SUCCESS)
}
