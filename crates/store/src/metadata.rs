//! What objects are found by: each pair of their metadata, as one word. Written with the object, never changed.

use crate::{DbError, Tx, v};
use hundi_core::{Millis, OrderId, PaymentId, Scope};

crate::statements! {
    INSERT =
        "INSERT INTO metadata_pair (object_id, kind, merchant_id, mode, pair, created_ms) VALUES ($1, $2, $3, $4, $5, $6)";
    // A payment is found by what its order says.
    OF_ORDER =
        "INSERT INTO metadata_pair (object_id, kind, merchant_id, mode, pair, created_ms) \
         SELECT CAST($2 AS TEXT), 'payment', merchant_id, mode, pair, CAST($3 AS BIGINT) FROM metadata_pair WHERE object_id = $1";
}

/// Pairs that one list can be narrowed to.
pub const WANTED_MAX: usize = 3;

/// What has pairs of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Order,
    Refund,
}

impl Kind {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Order => "order",
            Self::Refund => "refund",
        }
    }
}

/// A pair as one word. A key holds no equals sign, so no two pairs are the same word.
pub fn pair(key: &str, value: &str) -> String {
    format!("{key}={value}")
}

/// Writes an object's pairs, in the transaction that writes the object.
pub async fn insert(
    tx: &mut Tx,
    scope: Scope,
    (kind, id, at): (Kind, String, Millis),
    pairs: &[String],
) -> Result<(), DbError> {
    for pair in pairs {
        tx.push(&INSERT, v![id, kind.as_str(), scope.merchant(), scope.mode(), pair, at]).await?;
    }
    Ok(())
}

/// Writes a payment's pairs: its order's.
pub async fn copy_of_order(
    tx: &mut Tx,
    order: OrderId,
    payment: PaymentId,
    at: Millis,
) -> Result<(), DbError> {
    tx.exec(&OF_ORDER, v![order, payment, at]).await.map(drop)
}

/// The first wanted pair, which leads a list, and the others, which narrow it further.
pub(crate) fn wanted(pairs: &[String]) -> [Option<String>; WANTED_MAX] {
    std::array::from_fn(|at| pairs.get(at).cloned())
}

/// Where a list begins that is narrowed by metadata: at the pairs, in the order of its pages.
///
/// `$1` and `$2` are whose, `$3` and `$4` the cursor, `$5` and `$6` the time; then the placeholders of the pairs.
macro_rules! found_by_pair {
    ($kind:literal, $compare:literal, $first:literal) => {
        concat!(
            "(SELECT object_id AS found_id, created_ms AS found_ms FROM metadata_pair WHERE merchant_id = $1 AND mode = $2 \
             AND kind = '", $kind, "' AND pair = ", $first, " AND (created_ms, object_id) ", $compare, " ($3, $4) \
             AND created_ms >= $5 AND created_ms < $6) found"
        )
    };
}
pub(crate) use found_by_pair;

/// That the row has another pair as well, if one is wanted.
macro_rules! has_pair {
    ($nth:literal) => {
        concat!(
            "(CAST(",
            $nth,
            " AS TEXT) IS NULL OR EXISTS (SELECT x.pair FROM metadata_pair x WHERE x.object_id = found_id \
             AND x.pair = ",
            $nth,
            "))"
        )
    };
}
pub(crate) use has_pair;
