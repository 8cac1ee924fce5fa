//! What we remember: one `Store` over SQLite and PostgreSQL, its transactions, the schema, and a file per table group.
//!
//! SQL stays in here. Decisions do not: what a row means is said in `core`, what happens next in `app`.

mod answer;
mod batch;
mod error;
mod lanes;
mod lite;
mod migrate;
mod pg;
pub mod registry;
mod shared;
mod stmt;
mod store;
#[cfg(any(test, feature = "testing"))]
pub mod testing;
#[cfg(test)]
mod tests;
mod tx;
pub mod value;

pub use answer::Answer;
pub use error::{DbError, TxError};
pub use migrate::Standing;
pub use shared::{Fatal, StoreMetrics, stop_the_process};
pub use stmt::Stmt;
pub use store::{Isolation, Store, StoreConfig};
pub use tx::Tx;
pub use value::{FromValue, Reader, Row, ToValue, Value};

pub mod alarms;
pub mod audit;
pub mod connections;
pub mod customers;
pub mod deliveries;
pub mod discrepancies;
pub mod endpoints;
pub mod events;
pub mod fallbacks;
pub mod figures;
pub mod history;
pub mod idempotency;
pub mod jobs;
pub mod ledger;
pub mod metadata;
pub mod notices;
pub mod orders;
pub mod page;
mod parsed;
pub mod payments;
pub mod people;
pub mod policies;
pub mod refunds;
pub mod rehearsals;
pub mod replays;
pub mod resends;
pub mod routing;
pub mod saved_methods;
pub mod settings;
pub mod sweeps;
pub mod verify;

pub use page::{Amounts, Cursor, Page};
