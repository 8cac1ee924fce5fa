//! A run of parts (formatting, clippy, tests ...): each is timed, its tests are counted, and one line says the end.
//!
//! A failed part does not stop the run, so that one run shows everything that is wrong.

use anyhow::{Context, Result};
use std::io::{BufRead, BufReader, Read};
use std::process::{Command, ExitCode, ExitStatus, Stdio};
use std::time::{Duration, Instant};

/// Tests that ran.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Count {
    passed: u64,
    failed: u64,
}

struct Part {
    name: String,
    count: Count,
    /// The part's own word, which counts beside its tests: a build can fail before any test did.
    passed: bool,
    took: Duration,
}

/// The parts so far.
pub(crate) struct Parts {
    started: Instant,
    done: Vec<Part>,
}

impl Parts {
    pub(crate) fn new() -> Parts {
        Parts { started: Instant::now(), done: Vec::new() }
    }

    /// Runs a command as a part, showing its output and counting the tests that it reports.
    pub(crate) fn run(&mut self, name: &str, command: &mut Command) {
        self.step(name, || {
            let (status, count) = shown_and_counted(command)?;
            Ok((count, status.success()))
        });
    }

    /// Runs a function of ours as a part.
    pub(crate) fn call(&mut self, name: &str, work: impl FnOnce() -> Result<()>) {
        self.step(name, || work().map(|()| (Count::default(), true)));
    }

    fn step(&mut self, name: &str, work: impl FnOnce() -> Result<(Count, bool)>) {
        println!("\n==> {name}");
        let started = Instant::now();
        let (count, passed) = work().unwrap_or_else(|error| {
            println!("{error:#}");
            (Count::default(), false)
        });
        let part = Part { name: name.to_owned(), count, passed, took: started.elapsed() };
        println!("<== {}", part.line());
        self.done.push(part);
    }

    /// Prints the parts and, as the very last, the one line of totals, which is the exit code too.
    #[must_use]
    pub(crate) fn finish(self) -> ExitCode {
        println!();
        for part in &self.done {
            println!("{}", part.line());
        }
        let sum = |of: fn(&Count) -> u64| self.done.iter().map(|part| of(&part.count)).sum::<u64>();
        let failed: Vec<&str> =
            self.done.iter().filter(|part| !part.is_well()).map(|part| part.name.as_str()).collect();
        let word =
            if failed.is_empty() { "ok".to_owned() } else { format!("FAILED in {}", failed.join(", ")) };
        let (passed, broken) = (sum(|count| count.passed), sum(|count| count.failed));
        println!(
            "total: {passed} tests passed, {broken} failed, {} parts in {}: {word}",
            self.done.len(),
            minutes(self.started.elapsed())
        );
        if failed.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
    }
}

impl Part {
    fn is_well(&self) -> bool {
        self.passed && self.count.failed == 0
    }

    fn line(&self) -> String {
        let word = if self.is_well() { "ok" } else { "FAILED" };
        let tests = match self.count {
            Count { passed: 0, failed: 0 } => String::new(),
            Count { passed, failed } => format!("{passed} passed, {failed} failed"),
        };
        format!("{:<28} {word:<7} {:>8}  {tests}", self.name, minutes(self.took)).trim_end().to_owned()
    }
}

fn minutes(took: Duration) -> String {
    let tenths = took.as_millis() / 100;
    let (whole, rest) = (tenths / 600, tenths % 600);
    if whole == 0 {
        format!("{}.{} s", rest / 10, rest % 10)
    } else {
        format!("{whole} min {:02} s", rest / 10)
    }
}

/// The child's two streams are passed on line by line, as they come.
fn shown_and_counted(command: &mut Command) -> Result<(ExitStatus, Count)> {
    let program = command.get_program().to_string_lossy().into_owned();
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .with_context(|| format!("starting {program}"))?;
    let (out, err) = (child.stdout.take(), child.stderr.take());
    let aside = std::thread::spawn(move || {
        err.map_or_else(Count::default, |err| pass_on(err, |line| eprint!("{line}")))
    });
    let first = out.map_or_else(Count::default, |out| pass_on(out, |line| print!("{line}")));
    let second = aside.join().unwrap_or_default();
    let status = child.wait().with_context(|| format!("waiting for {program}"))?;
    let count = Count { passed: first.passed + second.passed, failed: first.failed + second.failed };
    Ok((status, count))
}

/// Printed by macro, so that a test of this file keeps what its planted commands say to itself.
fn pass_on(from: impl Read, show: impl Fn(&str)) -> Count {
    let mut count = Count::default();
    let mut reader = BufReader::new(from);
    let mut line = Vec::new();
    while reader.read_until(b'\n', &mut line).is_ok_and(|len| len > 0) {
        let text = String::from_utf8_lossy(&line);
        let said = counted(&text);
        count.passed += said.passed;
        count.failed += said.failed;
        show(&text);
        line.clear();
    }
    count
}

/// The summary lines of `cargo test`, of nextest, and of our own stories (`stories: 12 passed, 0 failed`).
///
/// Nextest shows a failed test's own `test result:` indented, and counts it in its summary.
fn counted(line: &str) -> Count {
    let line = line.trim_end();
    let numbers =
        if let Some((_, after)) = line.strip_prefix("test result:").and_then(|rest| rest.split_once(". ")) {
            after
        } else if let Some((_, after)) = line
            .trim_start()
            .strip_prefix("Summary [")
            .and_then(|rest| rest.split_once("tests run: ").or_else(|| rest.split_once("test run: ")))
        {
            after
        } else if let Some(after) = line.strip_prefix("stories: ") {
            after
        } else {
            return Count::default();
        };
    let mut count = Count::default();
    for said in numbers.split([',', ';']) {
        let Some((number, word)) = said.trim().split_once(' ') else { continue };
        let Ok(number) = number.parse::<u64>() else { continue };
        match word.split(" (").next().unwrap_or(word).trim() {
            "passed" => count.passed += number,
            "failed" | "timed out" | "exec failed" => count.failed += number,
            _ => {}
        }
    }
    count
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn counts(line: &str, passed: u64, failed: u64) {
        assert_eq!(counted(line), Count { passed, failed }, "{line}");
    }

    #[test]
    fn summary_lines_are_understood() {
        counts("test result: ok. 12 passed; 0 failed; 3 ignored; 0 measured; 0 filtered out", 12, 0);
        counts("test result: FAILED. 19 passed; 1 failed; 0 ignored; 0 measured; 0 filtered out", 19, 1);
        counts("     Summary [   0.010s] 12 tests run: 12 passed, 0 skipped", 12, 0);
        counts("     Summary [   0.010s] 1 test run: 1 passed (1 slow), 4 skipped", 1, 0);
        counts("     Summary [   9.010s] 7/12 tests run: 4 passed, 1 failed, 2 timed out, 0 skipped", 4, 3);
        counts("stories: 5 passed, 2 failed", 5, 2);
        counts("running 12 tests", 0, 0);
        counts("12 passed; 0 failed", 0, 0);
        counts("    test result: FAILED. 0 passed; 1 failed; 0 ignored", 0, 0);
    }

    #[test]
    fn one_failed_part_fails_the_run_and_the_rest_still_runs() {
        let mut parts = Parts::new();
        parts.call("bad", || anyhow::bail!("planted"));
        parts.run("good", Command::new("echo").arg("test result: ok. 3 passed; 0 failed;"));
        assert_eq!(parts.done[1].count, Count { passed: 3, failed: 0 });
        assert_eq!(parts.finish(), ExitCode::FAILURE);
    }

    #[test]
    fn tests_that_failed_count_even_when_the_command_says_otherwise() {
        let mut parts = Parts::new();
        parts.run("sly", Command::new("echo").arg("stories: 3 passed, 1 failed"));
        assert_eq!(parts.finish(), ExitCode::FAILURE);
    }

    #[test]
    fn a_command_that_fails_or_is_not_there_fails_its_part() {
        for program in ["false", "/nowhere/at/all"] {
            let mut parts = Parts::new();
            parts.run("bad", &mut Command::new(program));
            assert_eq!(parts.finish(), ExitCode::FAILURE, "{program}");
        }
        let mut parts = Parts::new();
        parts.run("good", &mut Command::new("true"));
        assert_eq!(parts.finish(), ExitCode::SUCCESS);
    }

    #[test]
    fn times_are_readable() {
        assert_eq!(minutes(Duration::from_millis(1_250)), "1.2 s");
        assert_eq!(minutes(Duration::from_secs(125)), "2 min 05 s");
    }
}
