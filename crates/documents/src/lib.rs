//! What we print: plain structs in, bytes or plain structs out. No database, no network, no clock.

pub mod qr;
