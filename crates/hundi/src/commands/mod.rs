//! `hundi <command>`.

mod api;
mod check;
mod connections;
mod demo;
mod events;
mod export;
mod fallback;
mod keys;
mod listen;
mod logs;
mod sandbox;
mod serve;
mod terminal;
mod torture;
mod trigger;
mod users;
mod verify;

use crate::config::Config;
use crate::house::Role;
use clap::{Parser, Subcommand};
use std::path::PathBuf;
use std::process::ExitCode;
use tracing_subscriber::EnvFilter;

/// A self-hosted payment platform: correct under doubt, in one binary.
#[derive(Debug, Parser)]
#[command(name = "hundi", version, about, propagate_version = true)]
pub struct Cli {
    /// The configuration, in TOML. Environment variables (HUNDI_…) lie over it.
    #[arg(long, global = true, env = "HUNDI_CONFIG")]
    config: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serves the API, checkout and console, and does the jobs.
    Serve {
        #[arg(long, value_enum, default_value = "all")]
        role: Role,
    },
    /// Serves the simulated providers.
    Sandbox(sandbox::Options),
    /// Checks the configuration and the database, and says what to mend.
    Check,
    /// Runs every money invariant on the database; exits with 1 on the first violation.
    Verify(verify::Options),
    /// Makes, lists and revokes API keys; makes a server's secrets.
    Keys {
        #[command(subcommand)]
        what: keys::Keys,
    },
    /// Connects merchants' accounts at providers.
    Connections {
        #[command(subcommand)]
        what: connections::Connections,
    },
    /// Lends the platform's own account to merchants, as a last resort.
    Fallback {
        #[command(subcommand)]
        what: fallback::Fallback,
    },
    /// Makes merchants and people.
    Users {
        #[command(subcommand)]
        what: users::Users,
    },
    /// Hands a merchant's events on to a server on this machine, signed as deliveries are.
    Listen(listen::Options),
    /// Makes an event truly happen in test mode.
    Trigger(trigger::Options),
    /// Sends events again.
    Events {
        #[command(subcommand)]
        what: events::Events,
    },
    /// Shows what happens, as it happens.
    Logs {
        #[command(subcommand)]
        what: logs::Logs,
    },
    /// Plays at a receiver of webhooks what can happen to it, and says what it got wrong.
    Torture(torture::Options),
    /// Writes orders, payments or refunds to a file, as CSV or as a workbook.
    Export(export::Options),
    /// Runs everything on this machine with simulators and a shop that has history.
    Demo(demo::Options),
}

/// Runs one command to its end.
pub fn run(cli: Cli) -> ExitCode {
    #[cfg(feature = "failpoints")]
    hundi_app::failpoints::set(
        std::env::var("HUNDI_FAIL").ok().as_deref(),
        &std::env::var("HUNDI_PLANTED").unwrap_or_default(),
    );
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("error: {error}");
            return ExitCode::FAILURE;
        }
    };
    match runtime.block_on(act(cli)) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn act(cli: Cli) -> anyhow::Result<ExitCode> {
    let read = || Config::read(cli.config.as_deref());
    match cli.command {
        Command::Serve { role } => serve::serve(&read()?, role).await,
        Command::Sandbox(options) => sandbox::sandbox(options).await,
        Command::Check => check::check(&read()?, cli.config.as_deref()).await,
        Command::Verify(options) => verify::verify(&read()?, options).await,
        Command::Keys { what } => keys::keys(&read()?, what).await,
        Command::Connections { what } => connections::connections(&read()?, what).await,
        Command::Fallback { what } => fallback::fallback(&read()?, what).await,
        Command::Users { what } => users::users(&read()?, what).await,
        Command::Listen(options) => listen::listen(options).await,
        Command::Trigger(options) => trigger::trigger(options).await,
        Command::Events { what } => events::events(what).await,
        Command::Logs { what } => logs::logs(what).await,
        Command::Torture(options) => torture::torture(options).await,
        Command::Export(options) => export::export(&read()?, options).await,
        Command::Demo(options) => demo::demo(options).await,
    }
}

/// Sends the log to stderr. Called by the commands that stay.
fn log(config: &Config) {
    let filter = EnvFilter::try_new(&config.log).unwrap_or_else(|_| EnvFilter::new("info"));
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    if config.log_json { log.json().init() } else { log.init() }
}

#[cfg(test)]
mod tests {
    use super::Cli;
    use clap::CommandFactory;

    /// Two arguments of one name are found when a command is called, and in a debug build alone.
    #[test]
    fn every_command_can_be_called() {
        Cli::command().debug_assert();
    }
}
