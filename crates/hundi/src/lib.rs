//! The binary's rooms, as a library so that the integration tests can stand in them.

pub mod commands;
pub mod config;
pub mod house;
pub mod sandbox;
