//! Processes that we start, and only those: started with a log of their own, killed and reaped by their handle.

use anyhow::{Context, Result, bail};
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

/// SIGKILL.
pub(crate) const KILLED: i32 = 9;

/// A running child. Killed when it is dropped, so that nothing outlives a failed run.
pub(crate) struct Process(Child);

/// How a child ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Death {
    Signal(i32),
    Exit(i32),
}

impl Process {
    /// Starts it; what it says on stderr is appended to `log`.
    pub(crate) fn start(command: &mut Command, log: &Path) -> Result<Self> {
        let log = File::options().create(true).append(true).open(log).context("the log of a process")?;
        let child = command.stdin(Stdio::null()).stderr(log).spawn();
        Ok(Self(child.with_context(|| format!("starting {}", command.get_program().display()))?))
    }

    /// The number that the system knows it by.
    pub(crate) fn id(&self) -> u32 {
        self.0.id()
    }

    /// Reads lines of its stdout until `enough`; whatever comes later is read away, so that the pipe never fills.
    pub(crate) fn says(&mut self, mut enough: impl FnMut(&str) -> bool) -> Result<()> {
        let stdout = self.0.stdout.take().context("the child's stdout is not ours")?;
        let mut lines = BufReader::new(stdout).lines();
        for line in lines.by_ref() {
            if enough(&line?) {
                std::thread::spawn(move || lines.for_each(drop));
                return Ok(());
            }
        }
        bail!("it ended without saying what was waited for")
    }

    /// kill -9, and waits until the system has taken it away.
    pub(crate) fn kill(&mut self) -> Result<Death> {
        self.0.kill()?;
        Ok(death(self.0.wait()?))
    }

    /// Asks it to stop, and insists when it doesn't.
    pub(crate) fn stop(&mut self, patience: Duration) -> Result<Death> {
        let end = Instant::now() + patience;
        let asked = Command::new("kill").args(["-TERM", &self.id().to_string()]).status()?;
        while asked.success() && Instant::now() < end {
            if let Some(death) = self.death()? {
                return Ok(death);
            }
            std::thread::sleep(Duration::from_millis(5));
        }
        self.kill()
    }

    /// How it died, if it did.
    pub(crate) fn death(&mut self) -> Result<Option<Death>> {
        Ok(self.0.try_wait()?.map(death))
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // It may be gone already; then there is nothing to do.
        self.0.kill().and_then(|()| self.0.wait()).map(drop).unwrap_or_default();
    }
}

fn death(status: ExitStatus) -> Death {
    match status.signal() {
        Some(signal) => Death::Signal(signal),
        None => Death::Exit(status.code().unwrap_or(-1)),
    }
}

/// A port of this machine that nobody uses now.
pub(crate) fn free_address() -> Result<SocketAddr> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?)
}
