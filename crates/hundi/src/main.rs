//! The binary: reads the environment and the arguments, and calls one function.

use clap::Parser;
use hundi::commands::{Cli, run};
use std::process::ExitCode;

fn main() -> ExitCode {
    run(Cli::parse())
}
