//! What a demo leaves for the next one that is to go on with it. In files that only their owner may read.

use super::history::{Made, Shop};
use crate::config::Config;
use anyhow::{Context, anyhow};
use hundi_app::signing::SigningSecret;
use hundi_core::{Mode, Scope};
use serde::{Deserialize, Serialize};
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

const FILE: &str = "demo.json";

/// The secrets of a demo, which guard nothing but itself.
#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Kept {
    pub(super) master_keys: String,
    pub(super) peppers: String,
    merchant: String,
    key_id: String,
    key_secret: String,
    endpoint_secret: String,
}

impl Kept {
    pub(super) fn shop(&self) -> anyhow::Result<Shop> {
        let merchant = self.merchant.parse().map_err(|e| anyhow!("{FILE}: {e}"))?;
        Ok(Shop {
            scope: Scope::authenticated(merchant, Mode::Test),
            key_id: self.key_id.clone(),
            key_secret: self.key_secret.clone(),
            endpoint_secret: SigningSecret::parse(&self.endpoint_secret)?,
        })
    }
}

/// None where no demo was finished.
pub(super) fn read(data: &Path) -> anyhow::Result<Option<Kept>> {
    let path = data.join(FILE);
    match std::fs::read_to_string(&path) {
        Ok(text) => {
            let kept = serde_json::from_str(&text).ok();
            kept.map(Some).with_context(|| format!("{} is not what a demo leaves behind", path.display()))
        }
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error).with_context(|| format!("cannot read {}", path.display())),
    }
}

pub(super) fn write(data: &Path, config: &Config, made: &Made) -> anyhow::Result<()> {
    let (master_keys, peppers) = config.secrets()?;
    let kept = Kept {
        master_keys,
        peppers,
        merchant: made.shop.scope.merchant().to_string(),
        key_id: made.shop.key_id.clone(),
        key_secret: made.shop.key_secret.clone(),
        endpoint_secret: made.shop.endpoint_secret.reveal().expose().to_owned(),
    };
    private(&data.join(FILE), &serde_json::to_string_pretty(&kept)?)
}

/// Writes a file that only its owner may read, from its first byte on.
pub(super) fn private(path: &Path, text: &str) -> anyhow::Result<()> {
    let mut options = std::fs::OpenOptions::new();
    let file = options.write(true).create(true).truncate(true).mode(0o600).open(path);
    let written = file.and_then(|mut file| file.write_all(text.as_bytes()));
    written.with_context(|| format!("cannot write {}", path.display()))
}
