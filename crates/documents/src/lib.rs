//! What we print: plain structs in, bytes or plain structs out. No database, no network, no clock.

pub mod csv;
mod deflate;
pub mod qr;
pub mod table;
pub mod xlsx;
mod zip;
