//! Metadata as it is looked for: pairs of text, each as one word.

use crate::error::Error;
use crate::planted;
use hundi_core::{Millis, OrderId, RefundId, Scope};
use hundi_store::metadata::{self, Kind};
use hundi_store::{DbError, Tx};
use serde_json::Value;

pub use hundi_store::metadata::{WANTED_MAX, pair};

/// The pairs of an object's metadata, as it was checked at the edge: values are texts.
fn pairs(json: &str) -> Vec<String> {
    if planted!("found_by_no_metadata") {
        return Vec::new();
    }
    let read: Value = serde_json::from_str(json).unwrap_or(Value::Null);
    let pairs = read.as_object().into_iter().flatten();
    pairs.filter_map(|(key, value)| Some(pair(key, value.as_str()?))).collect()
}

/// Has a new order found by its metadata.
pub(crate) async fn of_order(
    tx: &mut Tx,
    scope: Scope,
    id: OrderId,
    json: &str,
    at: Millis,
) -> Result<(), DbError> {
    metadata::insert(tx, scope, (Kind::Order, id.to_string(), at), &pairs(json)).await
}

/// The same of a refund.
pub(crate) async fn of_refund(
    tx: &mut Tx,
    scope: Scope,
    id: RefundId,
    json: &str,
    at: Millis,
) -> Result<(), DbError> {
    metadata::insert(tx, scope, (Kind::Refund, id.to_string(), at), &pairs(json)).await
}

/// A wanted pair, as somebody typed it: `table=4`. For the command line.
pub fn typed(text: &str) -> Result<String, Error> {
    match text.split_once('=') {
        Some((key, value)) if !key.is_empty() => Ok(pair(key, value)),
        Some(_) | None => Err(Error::invalid("metadata", "Type a pair as key=value.")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_pair_is_a_word() {
        assert_eq!(pairs(r#"{"table":"4","a.b":"=\"x\""}"#), ["a.b==\"x\"", "table=4"]);
        assert!(pairs("{}").is_empty());
    }
}
