//! The disk alone: how often it makes a 4 KiB append durable.

use crate::sample::Sample;
use anyhow::Result;
use std::fs::File;
use std::io::Write;
use std::path::Path;
use std::time::{Duration, Instant};

/// One writer that waits for each `fdatasync`.
pub(crate) fn appends(folder: &Path, length: Duration) -> Result<Sample> {
    let path = folder.join("appends");
    let mut file = File::create(&path)?;
    let page = [0x5a_u8; 4096];
    let (start, mut micros) = (Instant::now(), Vec::new());
    while start.elapsed() < length {
        let asked = Instant::now();
        file.write_all(&page)?;
        file.sync_data()?;
        micros.push(u64::try_from(asked.elapsed().as_micros())?);
    }
    let sample = Sample::of(micros, start.elapsed());
    std::fs::remove_file(path)?;
    sample
}
