//! `hundi events`: sent again, or looked at from an earlier moment on.

use super::api::{Api, Server, text};
use super::listen;
use clap::Subcommand;
use serde_json::json;
use std::path::PathBuf;
use std::process::ExitCode;

#[derive(Debug, Subcommand)]
pub(super) enum Events {
    /// Sends an event again: to every endpoint that it was promised to, and to whoever listens.
    Resend {
        #[command(flatten)]
        server: Server,
        /// evt_…
        event: String,
    },
    /// Has `hundi listen` go back to an event or a moment, whether it runs or is started later.
    Rewind {
        #[command(flatten)]
        server: Server,
        /// evt_…, or a moment in RFC 3339.
        to: String,
        /// The listener's own, if it was given one.
        #[arg(long)]
        cursor: Option<PathBuf>,
    },
}

pub(super) async fn events(what: Events) -> anyhow::Result<ExitCode> {
    match what {
        Events::Resend { server, event } => {
            let api = Api::new(&server)?;
            let resend = api.post(&format!("/events/{event}/resend"), &json!({}), &[]).await?;
            println!("{} is sent again, to {} endpoints", text(&resend, "event_id"), resend["deliveries"]);
        }
        Events::Rewind { server, to, cursor } => listen::rewind(&Api::new(&server)?.key, cursor, &to)?,
    }
    Ok(ExitCode::SUCCESS)
}
