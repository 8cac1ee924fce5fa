//! The sandbox's own time: the machine's, moved ahead by whoever plays with it.
//!
//! In test programmes the real server and the sandbox must agree about time, so both can follow one file that holds an
//! offset in milliseconds; moving the sandbox's clock then writes that file, and both move.

use anyhow::{Context, bail};
use hundi_app::clock::{Clock, SystemClock};
use hundi_core::Millis;
use hundi_core::time::days;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Mutex, PoisonError};
use tokio::sync::watch;

/// The file is read at most this often.
const REREAD_MS: i64 = 20;
/// Ten years: enough for any story, and far from the edge of the type however often it is done.
const ADVANCE_MS_MAX: i64 = days(3_650);

/// The machine's clock plus an offset.
pub struct SandboxClock {
    offset_ms: AtomicI64,
    file: Option<Followed>,
    moved: watch::Sender<()>,
}

struct Followed {
    path: PathBuf,
    read_at: AtomicI64,
    writing: Mutex<()>,
}

impl SandboxClock {
    /// Real time, until it is advanced; or whatever the offset in `file` makes of it.
    pub fn new(file: Option<PathBuf>) -> Self {
        let file =
            file.map(|path| Followed { path, read_at: AtomicI64::new(i64::MIN), writing: Mutex::new(()) });
        Self { offset_ms: AtomicI64::new(0), file, moved: watch::Sender::new(()) }
    }

    /// How far ahead of the machine's clock it is now.
    pub fn offset_ms(&self) -> i64 {
        self.now().since(SystemClock.now())
    }

    /// Lets time pass. It never goes back.
    pub fn advance(&self, ms: i64) -> anyhow::Result<()> {
        if !(0..=ADVANCE_MS_MAX).contains(&ms) {
            bail!("advance_ms must be a whole number from 0 to {ADVANCE_MS_MAX}");
        }
        match &self.file {
            None => {
                self.offset_ms.fetch_add(ms, Ordering::SeqCst);
            }
            Some(file) => {
                let _one_writer = file.writing.lock().unwrap_or_else(PoisonError::into_inner);
                let ahead = read(&file.path).unwrap_or(0).saturating_add(ms);
                write(&file.path, ahead).context("the clock's file cannot be written")?;
                self.offset_ms.store(ahead, Ordering::SeqCst);
            }
        }
        self.moved.send_replace(());
        Ok(())
    }

    /// Tells when somebody moved it here. A file that somebody else wrote is noticed by looking.
    pub(super) fn moves(&self) -> watch::Receiver<()> {
        self.moved.subscribe()
    }

    pub(super) const fn follows_a_file(&self) -> bool {
        self.file.is_some()
    }
}

impl Clock for SandboxClock {
    fn now(&self) -> Millis {
        let real = SystemClock.now();
        if let Some(file) = &self.file {
            let read_at = file.read_at.load(Ordering::SeqCst);
            let due = read_at == i64::MIN || !(0..REREAD_MS).contains(&real.since(Millis(read_at)));
            if due && let Some(offset) = read(&file.path) {
                self.offset_ms.store(offset, Ordering::SeqCst);
            }
            if due {
                file.read_at.store(real.0, Ordering::SeqCst);
            }
        }
        real.plus(self.offset_ms.load(Ordering::SeqCst))
    }
}

/// `None` without the file, or when it holds no number: the offset then stays what it was.
fn read(path: &Path) -> Option<i64> {
    std::fs::read_to_string(path).ok()?.trim().parse().ok()
}

/// By renaming, so that no reader meets half a number.
fn write(path: &Path, offset: i64) -> std::io::Result<()> {
    let whole = path.with_extension("next");
    std::fs::write(&whole, offset.to_string())?;
    std::fs::rename(whole, path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn is_ahead_by(clock: &SandboxClock, ms: i64) {
        let off = clock.offset_ms() - ms;
        assert!(off.abs() < 5_000, "{off} ms off {ms}");
    }

    #[test]
    fn time_passes_when_told_and_never_backwards() {
        let clock = SandboxClock::new(None);
        is_ahead_by(&clock, 0);
        clock.advance(days(1)).unwrap();
        clock.advance(days(1)).unwrap();
        is_ahead_by(&clock, days(2));
        for wrong in [-1, ADVANCE_MS_MAX + 1, i64::MIN, i64::MAX] {
            assert!(clock.advance(wrong).is_err(), "{wrong}");
        }
        is_ahead_by(&clock, days(2));
    }

    #[test]
    fn a_file_moves_it_and_is_moved_by_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("clock");
        let clock = SandboxClock::new(Some(path.clone()));
        is_ahead_by(&clock, 0);

        std::fs::write(&path, "86400000\n").unwrap();
        let file = clock.file.as_ref().unwrap();
        file.read_at.store(i64::MIN, Ordering::SeqCst);
        is_ahead_by(&clock, days(1));

        clock.advance(days(2)).unwrap();
        is_ahead_by(&clock, days(3));
        assert_eq!(std::fs::read_to_string(&path).unwrap(), days(3).to_string());

        std::fs::write(&path, "half writ").unwrap();
        file.read_at.store(i64::MIN, Ordering::SeqCst);
        is_ahead_by(&clock, days(3));
    }
}
