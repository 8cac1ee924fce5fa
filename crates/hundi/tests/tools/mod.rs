//! Programs of the machine that some tests need.

use std::process::{Command, Stdio};

/// What was found, or why a story is passed over: which `HUNDI_TEST_REQUIRE_SDK=1` forbids.
pub(crate) fn ready<T>(what: &str, found: Result<T, String>) -> Option<T> {
    match found {
        Ok(found) => Some(found),
        Err(why) if std::env::var("HUNDI_TEST_REQUIRE_SDK").is_ok_and(|v| v == "1") => {
            panic!("{what} is required: {why}")
        }
        Err(why) => {
            eprintln!("passed over, since {what} is not here: {why}");
            None
        }
    }
}

/// To its end, and well.
pub(crate) fn run(command: &mut Command) -> Result<(), String> {
    let program = command.get_program().to_string_lossy().into_owned();
    let ended = command.stdin(Stdio::null()).output().map_err(|error| format!("{program}: {error}"))?;
    if ended.status.success() {
        return Ok(());
    }
    Err(format!("{program} ended with {}: {}", ended.status, String::from_utf8_lossy(&ended.stderr).trim()))
}
