//! Many rows by their ids in few statements: fifty at a time, so that one text serves any number.

use crate::{DbError, Row, Stmt, Tx, Value};

/// Ids that one statement asks for.
const SIZE: usize = 50;

/// The ids of a batch, as the list after `IN`: `$1` to `$50`. What else a statement is given follows from `$51`.
macro_rules! batch {
    () => {
        "($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, \
         $25, $26, $27, $28, $29, $30, $31, $32, $33, $34, $35, $36, $37, $38, $39, $40, $41, $42, $43, $44, $45, $46, \
         $47, $48, $49, $50)"
    };
}
pub(crate) use batch;

/// The rows of all ids, batch by batch. The statement bounds what one id can lead to.
pub(crate) async fn all(
    tx: &mut Tx,
    stmt: &'static Stmt,
    ids: impl IntoIterator<Item = String>,
    more: Vec<Value>,
) -> Result<Vec<Row>, DbError> {
    let mut ids: Vec<String> = ids.into_iter().collect();
    ids.sort_unstable();
    ids.dedup();
    let mut rows = Vec::new();
    for some in ids.chunks(SIZE) {
        let mut args: Vec<Value> = some.iter().map(|id| Value::from(id.as_str())).collect();
        args.resize(SIZE, Value::Null);
        args.extend_from_slice(&more);
        rows.extend(tx.all(stmt, args).await?);
    }
    Ok(rows)
}
