//! Being built.

pub mod clock;
pub mod net;
pub mod random;
