//! What the machine has, and getting what is missing: Debian packages only, and only as root or with a willing sudo.

use anyhow::{Context, Result, bail};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Something that the tests need of the machine.
pub(crate) struct Need {
    pub(crate) what: &'static str,
    pub(crate) is_here: fn() -> bool,
    pub(crate) packages: &'static [&'static str],
}

pub(crate) const POSTGRESQL: Need = Need {
    what: "PostgreSQL's server",
    is_here: || crate::pg::programs().is_some(),
    packages: &["postgresql"],
};

/// For limits that are counted on all nodes together.
pub(crate) const REDIS: Need =
    Need { what: "Redis' server", is_here: crate::redis::is_here, packages: &["redis-server"] };

/// For the browser stories.
pub(crate) const BROWSER: Need = Need {
    what: "Chromium",
    is_here: || on_path("chromium").or_else(|| on_path("google-chrome")).is_some(),
    packages: &["chromium", "chromium-driver"],
};

/// For the browser stories, for the official SDKs that walk through the sandbox, and for those who read the guides.
pub(crate) const SCRIPTS: &[Need] = &[
    Need { what: "Node.js", is_here: || runs("node", &["--version"]), packages: &["nodejs", "npm"] },
    Need { what: "npm", is_here: || runs("npm", &["--version"]), packages: &["npm"] },
    Need { what: "curl", is_here: || runs("curl", &["--version"]), packages: &["curl", "ca-certificates"] },
    Need { what: "jq", is_here: || runs("jq", &["--version"]), packages: &["jq"] },
    Need {
        what: "Python with venv",
        is_here: || runs("python3", &["-c", "import venv, ensurepip"]),
        packages: &["python3", "python3-venv"],
    },
];

/// Installs what is missing, in one go; does nothing at all when everything is here.
pub(crate) fn provide(needs: &[&Need]) -> Result<()> {
    let missing: Vec<&&Need> = needs.iter().filter(|need| !(need.is_here)()).collect();
    if missing.is_empty() {
        return Ok(());
    }
    let names = missing.iter().map(|need| need.what).collect::<Vec<_>>().join(", ");
    let mut packages: Vec<&str> = missing.iter().flat_map(|need| need.packages).copied().collect();
    packages.sort_unstable();
    packages.dedup();
    let by_hand = format!("sudo apt-get install {}", packages.join(" "));
    if on_path("apt-get").is_none() {
        bail!(
            "missing: {names}; there is no apt-get here, so install them your own way (Debian: `{by_hand}`)"
        );
    }
    let as_root: &[&str] = if is_root() {
        &[]
    } else if runs("sudo", &["-n", "true"]) {
        &["sudo", "-n"]
    } else {
        bail!(
            "missing: {names}; neither root nor a sudo without password here: run `{by_hand}` and start again"
        );
    };
    println!("missing: {names}; installing {}", packages.join(" "));
    apt(as_root, &["update", "-q"])?;
    let mut install = vec!["install", "-q", "-y", "--no-install-recommends"];
    install.extend(&packages);
    apt(as_root, &install)?;
    match missing.iter().find(|need| !(need.is_here)()) {
        Some(need) => bail!("{} is still missing after installing {}", need.what, packages.join(" ")),
        None => Ok(()),
    }
}

fn apt(as_root: &[&str], arguments: &[&str]) -> Result<()> {
    let line: Vec<&str> =
        as_root.iter().copied().chain(["env", "DEBIAN_FRONTEND=noninteractive", "apt-get"]).collect();
    let status = Command::new(line[0])
        .args(&line[1..])
        .args(arguments)
        .stdin(Stdio::null())
        .status()
        .context("starting apt-get")?;
    if !status.success() {
        bail!("apt-get {} failed ({status})", arguments[0]);
    }
    Ok(())
}

/// The folder in memory that Linux gives to every programme: no commit waits for a disk there.
const IN_MEMORY: &str = "/dev/shm";
/// What a run of tests leaves room for. A container may have as little as 64 MB there.
const IN_MEMORY_KIB_MIN: u64 = 4 << 20;

/// For scratch databases that are to be quick and need not outlive the machine, where it has room for them.
pub(crate) fn folder_in_memory() -> Option<&'static str> {
    let said = Command::new("df").args(["-Pk", IN_MEMORY]).stderr(Stdio::null()).output().ok()?;
    let free = free_kib(&String::from_utf8_lossy(&said.stdout))?;
    (free >= IN_MEMORY_KIB_MIN).then_some(IN_MEMORY)
}

/// The fourth column of the only file system that `df -Pk` tells of, where that stands in memory.
fn free_kib(said: &str) -> Option<u64> {
    let mut columns = said.lines().nth(1)?.split_whitespace();
    (columns.next()? == "tmpfs").then(|| columns.nth(2))??.parse().ok()
}

pub(crate) fn is_root() -> bool {
    user_ids().is_some_and(|(uid, _)| uid == 0)
}

/// The ids this process acts with, from `/proc`: the standard library doesn't tell.
fn user_ids() -> Option<(u32, u32)> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let effective = |field: &str| -> Option<u32> {
        status.lines().find_map(|line| line.strip_prefix(field))?.split_whitespace().nth(1)?.parse().ok()
    };
    Some((effective("Uid:")?, effective("Gid:")?))
}

/// A user of this machine, by name.
pub(crate) fn user(name: &str) -> Option<(u32, u32)> {
    let users = std::fs::read_to_string("/etc/passwd").ok()?;
    users.lines().find_map(|line| {
        let fields: Vec<&str> = line.split(':').collect();
        match fields[..] {
            [known, _, uid, gid, ..] if known == name => Some((uid.parse().ok()?, gid.parse().ok()?)),
            _ => None,
        }
    })
}

pub(crate) fn on_path(program: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).map(|folder| folder.join(program)).find(|file| Path::is_file(file))
}

/// Present and willing: a shim that stands for a missing interpreter does not count.
pub(crate) fn runs(program: &str, arguments: &[&str]) -> bool {
    Command::new(program)
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_here_is_not_installed_again() {
        let here =
            Need { what: "a shell", is_here: || on_path("sh").is_some(), packages: &["no-such-package"] };
        provide(&[&here]).expect("nothing to do");
    }

    #[test]
    fn programs_are_found_or_not() {
        assert!(runs("true", &[]));
        assert!(!runs("false", &[]));
        assert!(!runs("/nowhere/at/all", &[]));
        assert!(on_path("no-such-program-anywhere").is_none());
    }

    #[test]
    fn memory_is_used_where_it_is_and_has_room() {
        let said = |kind: &str| {
            format!(
                "Filesystem 1024-blocks Used Available Capacity Mounted on\n{kind} 8192 12 8180 1% /dev/shm\n"
            )
        };
        assert_eq!(free_kib(&said("tmpfs")), Some(8180));
        // Without a file system of its own it is a folder on the disk.
        assert_eq!(free_kib(&said("/dev/vda")), None);
        assert_eq!(free_kib(""), None);
    }

    #[test]
    fn users_are_found_by_their_whole_name() {
        assert_eq!(user("root"), Some((0, 0)));
        assert_eq!(user("roo"), None);
    }
}
