//! The binary's rooms, as a library so that the integration tests can stand in them.

pub mod commands;
pub mod config;
pub mod house;
pub mod sandbox;

/// Requests, rows and JSON are many small pieces of memory.
#[global_allocator]
static MEMORY: mimalloc::MiMalloc = mimalloc::MiMalloc;
