//! Asking a person for a secret: from standard input, so that it stands in no list of processes and no shell history,
//! and without showing it on a screen.

use anyhow::{Context, bail};
use hundi_core::Secret;
use rustix::termios::{LocalModes, OptionalActions, Termios, isatty, tcgetattr, tcsetattr};
use std::io::{BufRead, stdin};

/// A new password: typed twice where somebody sits at a terminal, one line otherwise.
pub(super) async fn password() -> anyhow::Result<Secret> {
    let first = secret("the password").await?;
    if isatty(stdin()) && secret("it once more").await?.expose() != first.expose() {
        bail!("the two are not the same; nothing was changed");
    }
    Ok(first)
}

/// A line that nobody else should read.
pub(super) async fn secret(what: &str) -> anyhow::Result<Secret> {
    let hidden =
        isatty(stdin()).then(Hidden::begin).transpose().context("the terminal can't hide what is typed")?;
    // Only now: what is typed before would be shown.
    eprintln!("Type {what}, then Enter:");
    // On a thread of its own, which nobody waits for: a read can't be broken off.
    let (told, mut typed) = tokio::sync::mpsc::channel(1);
    std::thread::spawn(move || {
        let mut line = String::new();
        let read = stdin().lock().read_line(&mut line).map(|_| line);
        // Nobody listens any more when the command was stopped.
        told.blocking_send(read).unwrap_or_default();
    });
    let line = tokio::select! {
        line = typed.recv() => line,
        _ = tokio::signal::ctrl_c() => bail!("stopped; nothing was changed"),
    };
    drop(hidden);
    let line = line.context("nothing was read")?.with_context(|| format!("{what} could not be read"))?;
    Ok(Secret::new(line.trim_end_matches(['\r', '\n'])))
}

/// As long as it lives, the terminal shows nothing but the end of the line.
struct Hidden(Termios);

impl Hidden {
    fn begin() -> rustix::io::Result<Self> {
        let before = tcgetattr(stdin())?;
        let mut hidden = before.clone();
        hidden.local_modes.remove(LocalModes::ECHO);
        hidden.local_modes.insert(LocalModes::ECHONL);
        tcsetattr(stdin(), OptionalActions::Flush, &hidden)?;
        Ok(Self(before))
    }
}

impl Drop for Hidden {
    fn drop(&mut self) {
        if tcsetattr(stdin(), OptionalActions::Now, &self.0).is_err() {
            eprintln!("the terminal still hides what is typed: type `stty sane`");
        }
    }
}
