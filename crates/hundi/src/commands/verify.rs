//! `hundi verify`: every money invariant, on any database, at any time. Needs no secrets and writes nothing.

use crate::config::Config;
use crate::house;
use anyhow::bail;
use hundi_app::clock::{Clock, SystemClock};
use hundi_core::time::minutes;
use hundi_store::verify::{Options as How, verify as run};
use hundi_store::{Standing, Store};
use std::process::ExitCode;

#[derive(Debug, clap::Args)]
pub(super) struct Options {
    /// Load has stopped and the queues have drained: also check that nothing was left behind.
    #[arg(long)]
    quiet: bool,
    /// Print every invariant, not only the broken ones.
    #[arg(long)]
    all: bool,
}

pub(super) async fn verify(config: &Config, options: Options) -> anyhow::Result<ExitCode> {
    // It only reads: locks on what it reads would make the server's writes rerun.
    let config = Config { isolation: "read_committed".into(), ..config.clone() };
    match house::standing(&config).await? {
        // To find nothing wrong in nothing would please whoever mistyped its name.
        Standing::Empty => bail!("the database is empty: there is nothing to verify"),
        Standing::Behind { .. } => bail!("the database {}", house::BEHIND),
        Standing::Current => {}
    }
    let store = Store::open_beside(&config.store()?).await?;
    let now = match moved_clock() {
        Some(clock) => clock.now(),
        None => store.database_now().await?.unwrap_or_else(|| SystemClock.now()),
    };
    let report = run(&store, &How { quiet: options.quiet, now, grace_ms: minutes(5) }).await?;
    if options.all {
        for checked in &report.checked {
            println!(
                "{}  {}  {}",
                checked.id,
                if checked.rows.is_empty() { "holds " } else { "BROKEN" },
                checked.what
            );
        }
    }
    println!("{report}");
    store.close().await;
    Ok(if report.is_clean() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// The clock that a test programme moves for all processes at once; the database knows nothing of it.
fn moved_clock() -> Option<Box<dyn Clock>> {
    #[cfg(feature = "failpoints")]
    if let Some(file) = std::env::var_os("HUNDI_CLOCK_FILE") {
        return Some(Box::new(hundi_app::clock::OffsetClock::new(file.into())));
    }
    None
}
