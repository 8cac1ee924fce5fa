//! Sealed secrets of merchants: sealed under the merchant's data key for one place, opened only for one use.

use crate::error::Error;
use crate::seal::{DataKey, Place, WrappedKey, key_of};
use crate::{App, planted};
use hundi_core::{DataKeyId, MerchantId, Secret};
use hundi_store::connections as rows;

/// Seals a text for its place, making the merchant's data key if it has none.
pub(crate) async fn seal(
    app: &App,
    merchant: MerchantId,
    (table, column, row): (&str, &str, &str),
    plain: &Secret,
) -> Result<Vec<u8>, Error> {
    let key = newest_key(app, merchant).await?;
    let merchant = merchant.to_string();
    let place = place_of(&merchant, (table, column, row));
    Ok(key.seal(&place, plain.expose().as_bytes()))
}

/// Opens what was sealed for this place. A ciphertext from elsewhere does not open.
pub(crate) async fn open(
    app: &App,
    merchant: MerchantId,
    (table, column, row): (&str, &str, &str),
    sealed: &[u8],
) -> Result<Secret, Error> {
    let id = key_of(sealed).map_err(|_| Error::Sealed)?;
    let key = key_by_id(app, merchant, id).await?;
    let merchant = merchant.to_string();
    let place = place_of(&merchant, (table, column, row));
    let plain = key.open(&place, sealed).map_err(|_| Error::Sealed)?;
    String::from_utf8(plain).map(Secret::new).map_err(|_| Error::Sealed)
}

fn place_of<'a>(merchant: &'a str, (table, column, row): (&'a str, &'a str, &'a str)) -> Place<'a> {
    let bound = if planted!("sealed_for_any_row") { "" } else { row };
    Place { merchant, table, column, row: bound }
}

async fn newest_key(app: &App, merchant: MerchantId) -> Result<DataKey, Error> {
    if let Some(kept) = app.store.read(async move |tx| rows::data_key_of(tx, merchant).await).await? {
        return unwrapped(app, merchant, &kept);
    }
    let key = DataKey::generate(app.id(DataKeyId::new), &*app.random);
    let wrapped = app.masters.wrap(&merchant.to_string(), &key);
    let row = rows::WrappedKey {
        id: key.id(),
        merchant,
        wrapped: wrapped.bytes,
        master_version: i64::from(wrapped.master_version),
    };
    let now = app.now();
    // Two at once make two keys. Both stay good: a ciphertext names the one that sealed it.
    app.store.write(async move |tx| rows::insert_data_key(tx, &row, now).await).await?;
    Ok(key)
}

async fn key_by_id(app: &App, merchant: MerchantId, id: DataKeyId) -> Result<DataKey, Error> {
    if let Some(key) = app.caches.data_key(id) {
        return Ok(key);
    }
    let kept = app.store.read(async move |tx| rows::data_key(tx, id).await).await?;
    let kept = kept.filter(|k| k.merchant == merchant).ok_or(Error::Sealed)?;
    let key = unwrapped(app, merchant, &kept)?;
    app.caches.keep_data_key(key.clone());
    Ok(key)
}

fn unwrapped(app: &App, merchant: MerchantId, kept: &rows::WrappedKey) -> Result<DataKey, Error> {
    let master_version = u32::try_from(kept.master_version).map_err(|_| Error::Sealed)?;
    let wrapped = WrappedKey { master_version, bytes: kept.wrapped.clone() };
    app.masters.unwrap(&merchant.to_string(), kept.id, &wrapped).map_err(|_| Error::Sealed)
}

/// Puts every data key under the current master. Returns how many were moved.
pub async fn rewrap_all(app: &App) -> Result<usize, Error> {
    let current = i64::from(app.masters.current_version());
    let mut moved = 0;
    for kept in app.store.read(async move |tx| rows::data_keys_before(tx, current).await).await? {
        let key = unwrapped(app, kept.merchant, &kept)?;
        let wrapped = app.masters.wrap(&kept.merchant.to_string(), &key);
        let from = kept.master_version;
        let row = rows::WrappedKey { wrapped: wrapped.bytes, master_version: current, ..kept };
        let done = app.store.write(async move |tx| rows::rewrap(tx, &row, from).await).await?;
        moved += usize::from(done);
    }
    Ok(moved)
}
