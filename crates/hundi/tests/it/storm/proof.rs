//! The storm's own proof: with a bug in the server it says BROKEN, with the seed and the script of what broke.

use std::process::Command;

/// Each is of another kind: a ledger that forgets, a guard that is missing, a silence that is taken for an answer.
const BUGS: &[&str] = &["forget_ledger_entry", "no_refund_reservation", "refund_timeout_is_failure"];

#[test]
fn a_planted_bug_breaks_it() {
    // What is planted is the same on every engine: once is enough.
    if std::env::var("HUNDI_TEST_ENGINE").is_ok_and(|engine| engine != "sqlite") {
        return;
    }
    for bug in BUGS {
        let ended = Command::new(std::env::current_exe().expect("a test binary has a path"))
            .args(["--exact", "storm::a_storm_breaks_nothing", "--test-threads=1"])
            .env("HUNDI_PLANTED", bug)
            .env("HUNDI_STORM", "80")
            .env("RUST_BACKTRACE", "0")
            .output()
            .expect("a test binary runs");
        let said = String::from_utf8_lossy(&ended.stdout);
        assert!(said.contains("running 1 test") && said.contains("1 failed"), "{bug} is not noticed: {said}");
        for word in ["BROKEN in the storm of seed", "HUNDI_STORM_ONLY", "deeds: ["] {
            assert!(said.contains(word), "{bug}: {word:?} is not said: {said}");
        }
    }
}
