//! The faces: what speaks to us over HTTP.

pub mod assets;
pub mod edge;
pub mod pages;
