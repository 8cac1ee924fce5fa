//! Histories on disk: one JSON object a line, appended as things happen, so that they outlive whoever is killed.

use anyhow::Context;
use hundi_providers::sim::JournalLine;
use serde_json::{Value, json};
use std::fs::File;
use std::io::Write;
use std::path::Path;

/// A file that only grows. Each line is handed to the system whole before the call returns.
pub(super) struct Journal(File);

impl Journal {
    pub(super) fn open(path: &Path) -> anyhow::Result<Self> {
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder)
                .with_context(|| format!("making the folder {}", folder.display()))?;
        }
        let file = File::options().append(true).create(true).open(path);
        Ok(Self(file.with_context(|| format!("opening the journal {}", path.display()))?))
    }

    /// All or nothing, as far as the disk allows: the lines go out in one write.
    pub(super) fn append(&mut self, lines: impl Iterator<Item = Value>) -> std::io::Result<()> {
        let mut text = String::new();
        for line in lines {
            text.push_str(&line.to_string());
            text.push('\n');
        }
        self.0.write_all(text.as_bytes())
    }
}

/// A simulator's line, in the words of its control API.
pub(super) fn line(line: &JournalLine) -> Value {
    json!({
        "at_ms": line.at.0, "what": line.what, "account": line.account, "id": line.id, "of": line.of,
        "our_ref": line.our_ref, "amount_minor": line.amount_minor, "currency": line.currency,
    })
}
