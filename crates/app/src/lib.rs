//! Being built.

pub mod clock;
pub mod net;
pub mod random;
pub mod keys;
pub mod passwords;
pub mod seal;
pub mod signing;
