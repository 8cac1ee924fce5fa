//! The time that the server and the sandbox live in: the machine's, plus an offset in a file that only we move.

use anyhow::{Context, Result};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// How often the others read the file.
const REREAD: Duration = Duration::from_millis(25);

/// The offset, here and in its file.
pub(crate) struct Clock {
    path: PathBuf,
    offset_ms: Mutex<i64>,
}

impl Clock {
    /// Starts with the machine's own time.
    pub(crate) fn new(folder: &Path) -> Result<Self> {
        let clock = Self { path: folder.join("clock"), offset_ms: Mutex::new(0) };
        clock.advance(0)?;
        Ok(clock)
    }

    /// Where the offset stands, for the processes that follow it.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Lets so much time pass for everybody, who are told of it within [`REREAD`].
    pub(crate) fn advance(&self, ms: i64) -> Result<()> {
        let mut offset = self.offset_ms.lock().unwrap_or_else(PoisonError::into_inner);
        *offset += ms;
        // By renaming, so that no reader meets half a number.
        let whole = self.path.with_extension("next");
        std::fs::write(&whole, offset.to_string()).context("writing the clock")?;
        std::fs::rename(whole, &self.path).context("moving the clock")?;
        drop(offset);
        if ms > 0 {
            std::thread::sleep(REREAD);
        }
        Ok(())
    }

    /// Now, in that time.
    pub(crate) fn now_ms(&self) -> i64 {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let real = i64::try_from(since.as_millis()).unwrap_or(i64::MAX);
        real + *self.offset_ms.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
