//! Where and of what the figures are: the machine, the commit, and what a process took of both.

use anyhow::{Context, Result};
use std::path::Path;
use std::process::Command;

/// One paragraph for the head of the tables.
pub(crate) fn described(folder: &Path) -> String {
    let read = |path: &str| std::fs::read_to_string(path).unwrap_or_default();
    let after = |text: &str, field: &str| {
        let line = text.lines().find(|line| line.starts_with(field)).unwrap_or_default();
        line.split_once(':').map_or_else(|| "unknown".to_owned(), |(_, value)| value.trim().to_owned())
    };
    let cores = std::thread::available_parallelism().map_or(0, std::num::NonZero::get);
    let memory_kb: u64 = number(&after(&read("/proc/meminfo"), "MemTotal"));
    format!(
        "{cores} cores ({}), {} GiB, Linux {}, {}; load average at the start {}; SQLite {}; commit {}",
        after(&read("/proc/cpuinfo"), "model name"),
        memory_kb.div_ceil(1 << 20),
        read("/proc/sys/kernel/osrelease").trim(),
        file_system(folder),
        read("/proc/loadavg").split(' ').take(2).collect::<Vec<_>>().join(" and "),
        rusqlite::version(),
        commit(),
    )
}

fn number(text: &str) -> u64 {
    text.split(' ').next().and_then(|n| n.parse().ok()).unwrap_or(0)
}

fn file_system(folder: &Path) -> String {
    let mounts = std::fs::read_to_string("/proc/mounts").unwrap_or_default();
    let on = mounts.lines().filter_map(|line| {
        let mut fields = line.split(' ');
        let (_, at, kind) = (fields.next()?, fields.next()?, fields.next()?);
        folder.starts_with(at).then_some((at.len(), kind))
    });
    on.max_by_key(|(length, _)| *length).map_or_else(|| "unknown".into(), |(_, kind)| kind.to_owned())
}

fn commit() -> String {
    let git = |arguments: &[&str]| {
        let said = Command::new("git").args(arguments).output().ok().filter(|o| o.status.success());
        said.map(|o| String::from_utf8_lossy(&o.stdout).trim().to_owned())
    };
    let Some(commit) = git(&["rev-parse", "--short", "HEAD"]) else { return "unknown".into() };
    let changed = git(&["status", "--porcelain", "--untracked-files=no"]).is_none_or(|s| !s.is_empty());
    if changed { format!("{commit} with changes") } else { commit }
}

/// What `/proc` says of a process.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Used {
    pub(crate) cpu_us: u64,
    pub(crate) rss_kb: u64,
    pub(crate) rss_max_kb: u64,
}

/// Linux counts processor time in hundredths of a second for every program.
const TICK_US: u64 = 10_000;

pub(crate) fn used(pid: u32) -> Result<Used> {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).context("the server is gone")?;
    // The name before the closing bracket may hold anything; what follows are numbers.
    let rest = stat.rsplit_once(')').context("an unreadable stat")?.1;
    let fields: Vec<&str> = rest.split_whitespace().collect();
    let ticks = |n: usize| fields.get(n).and_then(|f| f.parse::<u64>().ok()).unwrap_or(0);
    let status = std::fs::read_to_string(format!("/proc/{pid}/status"))?;
    let kb = |name: &str| {
        let line = status.lines().find_map(|line| line.strip_prefix(name));
        line.map_or(0, |rest| number(rest.trim()))
    };
    Ok(Used { cpu_us: (ticks(11) + ticks(12)) * TICK_US, rss_kb: kb("VmRSS:"), rss_max_kb: kb("VmHWM:") })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn our_own_process_uses_memory() {
        let ours = used(std::process::id()).unwrap();
        assert!(ours.rss_kb > 100 && ours.rss_max_kb >= ours.rss_kb, "{ours:?}");
    }
}
