//! What `hundi listen` remembers: how far it has come, and its secret. In a file that only its owner may read.

use crate::commands::api::ApiKey;
use anyhow::Context;
use hundi_core::Millis;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

/// Where a listener has come to.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq, Serialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Cursor {
    /// The last event that was handed on. `None`: there was none when it began.
    pub(super) after: Option<String>,
    /// Resends are looked for since this moment.
    pub(super) resends_since_ms: i64,
    /// Those of them that were handed on.
    pub(super) resent: BTreeSet<String>,
    /// What messages are signed with.
    pub(super) secret: String,
}

/// The file of a cursor.
pub(super) struct File(PathBuf);

impl File {
    /// The one that was named, or one for each key in the user's own folder.
    pub(super) fn of(named: Option<PathBuf>, key: &ApiKey) -> anyhow::Result<Self> {
        if let Some(path) = named {
            return Ok(Self(path));
        }
        let state = std::env::var_os("XDG_STATE_HOME").map(PathBuf::from);
        let home = || Some(PathBuf::from(std::env::var_os("HOME")?).join(".local/state"));
        let folder = state.filter(|path| path.is_absolute()).or_else(home);
        let folder = folder.context("there is no HOME to keep the cursor in: name a file with --cursor")?;
        Ok(Self(folder.join("hundi").join(format!("listen-{}.json", key.id))))
    }

    pub(super) fn path(&self) -> &Path {
        &self.0
    }

    pub(super) fn read(&self) -> anyhow::Result<Option<Cursor>> {
        let text = match std::fs::read_to_string(&self.0) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error).with_context(|| format!("cannot read {}", self.0.display())),
        };
        // The error of the parser would quote the line, which is a secret.
        let read = serde_json::from_str(&text).ok();
        read.map(Some).with_context(|| {
            format!("{} is not what a listener leaves behind; delete it to begin anew", self.0.display())
        })
    }

    /// By renaming, so that whatever stops us leaves the old one or the new one.
    pub(super) fn write(&self, cursor: &Cursor) -> anyhow::Result<()> {
        let whole = self.0.with_extension("next");
        let written = || {
            if let Some(folder) = self.0.parent() {
                std::fs::create_dir_all(folder)?;
            }
            let mut options = std::fs::OpenOptions::new();
            let mut file = options.write(true).create(true).truncate(true).mode(0o600).open(&whole)?;
            file.write_all(serde_json::to_string_pretty(cursor)?.as_bytes())?;
            file.sync_all()?;
            std::fs::rename(&whole, &self.0)
        };
        written().with_context(|| format!("cannot write {}", self.0.display()))
    }

    fn rewind_file(&self) -> PathBuf {
        self.0.with_extension("rewind")
    }

    /// Asks the listener of this cursor, now or at its next start, to go back.
    pub(super) fn ask_rewind(&self, to: &str) -> anyhow::Result<()> {
        let path = self.rewind_file();
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
        }
        std::fs::write(&path, to).with_context(|| format!("cannot write {}", path.display()))
    }

    /// Where somebody asked to go back to, since the last look.
    pub(super) fn rewind_asked(&self) -> anyhow::Result<Option<String>> {
        match std::fs::read_to_string(self.rewind_file()) {
            Ok(text) => Ok(Some(text.trim().to_owned())),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error).context("what was asked of the listener cannot be read"),
        }
    }

    /// It was done, and the cursor that says so is on the disk.
    pub(super) fn rewound(&self) -> anyhow::Result<()> {
        std::fs::remove_file(self.rewind_file()).context("what was asked of the listener cannot be removed")
    }
}

/// How far back resends are looked for, beyond the last one that was seen: servers commit in no order.
const OVERLAP_MS: i64 = 60_000;

/// More than anybody sends again in that time.
const RESENT_MAX: usize = 10_000;

impl Cursor {
    /// From now on.
    pub(super) fn begin(after: Option<String>, now: Millis, secret: String) -> Self {
        Self { after, resends_since_ms: now.0, resent: BTreeSet::new(), secret }
    }

    /// From when on resends are asked for.
    pub(super) fn look_since(&self) -> Millis {
        Millis(self.resends_since_ms.saturating_sub(OVERLAP_MS))
    }

    /// One was handed on; `at` is when it was asked for.
    pub(super) fn resent(&mut self, id: &str, at: Millis) {
        self.resent.insert(id.to_owned());
        self.resends_since_ms = self.resends_since_ms.max(at.0);
        // Ids are in the order of their times: the first are those that no look will find again.
        while self.resent.len() > RESENT_MAX {
            self.resent.pop_first();
        }
    }
}
