//! What we remember: one `Store` over SQLite and PostgreSQL, its transactions, the schema, and a file per table group.
//!
//! SQL stays in here. Decisions do not: what a row means is said in `core`, what happens next in `app`.

mod error;
mod lite;
mod migrate;
mod pg;
pub mod registry;
mod shared;
mod stmt;
mod store;
#[cfg(any(test, feature = "testing"))]
pub mod testing;
mod tx;
pub mod value;

pub use error::{DbError, TxError};
pub use shared::{Fatal, StoreMetrics, stop_the_process};
pub use stmt::Stmt;
pub use store::{Isolation, Store, StoreConfig};
pub use tx::Tx;
pub use value::{FromValue, Reader, Row, ToValue, Value};
