//! A private PostgreSQL cluster for tests: made fresh, on a port and in a folder of its own, stopped and removed.
//!
//! It never touches a server that runs on the machine already. Tests kill our processes and never the cluster's, so it
//! need not sync for them; benchmarks measure what syncs. As root the cluster runs as another user, because initdb insists.

use crate::machine;
use anyhow::{Context, Result, bail};
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// Whether the cluster makes sure that its files reach the disk.
#[derive(Clone, Copy)]
pub(crate) enum Durable {
    Yes,
    No,
}

const CONNECTIONS_MAX: &str = "max_connections=200";
const START_SECS_MAX: u64 = 60;
const STOP_SECS_MAX: u64 = 20;
/// Between choosing a free port and using it somebody else may.
const PORTS_TRIED_MAX: usize = 5;
const OWNER: &str = "owner";

/// A running cluster. Dropping it stops the server and removes its folder.
pub(crate) struct Cluster {
    server: Child,
    folder: PathBuf,
    sockets: PathBuf,
    port: u16,
}

impl Cluster {
    /// Makes and starts a cluster below `target`, or below the temporary folder where its user can't get there.
    pub(crate) fn start(target: &Path, durable: Durable) -> Result<Cluster> {
        let programs = programs().context("no initdb in /usr/lib/postgresql or on the PATH")?;
        let user = if machine::is_root() { Some(unprivileged()?) } else { None };
        std::fs::create_dir_all(target)?;
        let parent = match user {
            Some(_) if !is_open_to_all(target) => std::env::temp_dir(),
            _ => target.to_owned(),
        };
        sweep(&parent)?;
        let mut last = None;
        for _ in 0..PORTS_TRIED_MAX {
            match Cluster::start_at(free_port()?, &parent, &programs, user, durable) {
                Ok(cluster) => return Ok(cluster),
                Err(error) => last = Some(error),
            }
        }
        Err(last.context("no port was tried")?)
    }

    fn start_at(
        port: u16,
        parent: &Path,
        programs: &Path,
        user: Option<(u32, u32)>,
        durable: Durable,
    ) -> Result<Cluster> {
        let folder = parent.join(format!("pg-{port}"));
        // The path of a Unix socket may not pass some hundred bytes, and a checkout can lie deep.
        let sockets = PathBuf::from(format!("/tmp/hundi-pg-{port}"));
        let made = Folders::make(&folder, &sockets, user)?;
        let data = folder.join("data");
        let initdb = run_as(user, &programs.join("initdb"), &folder)
            .args([
                "--username=hundi",
                "--auth=trust",
                "--encoding=UTF8",
                "--locale=C",
                "--no-sync",
                "--pgdata",
            ])
            .arg(&data)
            .output()
            .context("starting initdb")?;
        if !initdb.status.success() {
            bail!("initdb failed: {}", String::from_utf8_lossy(&initdb.stderr).trim());
        }
        let log = std::fs::File::create(folder.join("log")).context("creating the server's log")?;
        let server = run_as(user, &dies_with_us(programs.join("postgres")), &folder)
            .args(leading_arguments(programs))
            .arg("-D")
            .arg(&data)
            .args(["-p", &port.to_string(), "-c", "listen_addresses=127.0.0.1"])
            .args(["-c", &format!("unix_socket_directories={}", sockets.display())])
            .args(["-c", CONNECTIONS_MAX, "-c", "jit=off", "-c", "timezone=UTC"])
            .args(match durable {
                Durable::Yes => ["-c", "fsync=on", "-c", "full_page_writes=on"],
                Durable::No => ["-c", "fsync=off", "-c", "full_page_writes=off"],
            })
            .stdin(Stdio::null())
            .stdout(log.try_clone()?)
            .stderr(log)
            .spawn()
            .context("starting postgres")?;
        made.keep();
        let mut cluster = Cluster { server, folder, sockets, port };
        cluster.wait_until_ready(programs)?;
        let created = Command::new(programs.join("createdb"))
            .args(["-h", "127.0.0.1", "-p", &port.to_string(), "-U", "hundi", "hundi"])
            .output()
            .context("starting createdb")?;
        if !created.status.success() {
            bail!("createdb failed: {}", String::from_utf8_lossy(&created.stderr).trim());
        }
        Ok(cluster)
    }

    fn wait_until_ready(&mut self, programs: &Path) -> Result<()> {
        let deadline = Instant::now() + Duration::from_secs(START_SECS_MAX);
        while Instant::now() < deadline {
            if let Some(status) = self.server.try_wait()? {
                bail!("postgres ended at once ({status}): {}", self.log_tail());
            }
            let is_ready = programs.join("pg_isready");
            let port = self.port.to_string();
            if machine::runs(
                &is_ready.to_string_lossy(),
                &["-q", "-h", "127.0.0.1", "-p", &port, "-d", "postgres"],
            ) {
                return Ok(());
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        bail!("postgres is not ready after {START_SECS_MAX} s: {}", self.log_tail())
    }

    pub(crate) fn url(&self) -> String {
        format!("postgres://hundi@127.0.0.1:{}/hundi", self.port)
    }

    /// For a foreground server: returns when it has ended, by Ctrl-C for instance.
    pub(crate) fn wait(mut self) -> Result<()> {
        self.server.wait().context("waiting for postgres")?;
        Ok(())
    }

    fn log_tail(&self) -> String {
        let log = std::fs::read_to_string(self.folder.join("log")).unwrap_or_default();
        let lines: Vec<&str> = log.lines().collect();
        lines[lines.len().saturating_sub(5)..].join(" | ")
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        // SIGINT asks for PostgreSQL's fast shutdown: sessions are cut, data is left whole.
        machine::runs("kill", &["-INT", &self.server.id().to_string()]);
        let deadline = Instant::now() + Duration::from_secs(STOP_SECS_MAX);
        while matches!(self.server.try_wait(), Ok(None)) {
            if Instant::now() > deadline {
                eprintln!("postgres does not stop, killing it");
                self.server.kill().ok();
                self.server.wait().ok();
                break;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        remove(&self.folder);
        remove(&self.sockets);
    }
}

/// The folders of a cluster that is being made, removed again if that fails.
struct Folders<'a> {
    both: Option<[&'a Path; 2]>,
}

impl<'a> Folders<'a> {
    fn make(folder: &'a Path, sockets: &'a Path, user: Option<(u32, u32)>) -> Result<Folders<'a>> {
        let made = Folders { both: Some([folder, sockets]) };
        for path in [folder, sockets] {
            std::fs::create_dir(path).with_context(|| format!("creating {}", path.display()))?;
            if let Some((uid, gid)) = user {
                std::os::unix::fs::chown(path, Some(uid), Some(gid))?;
            }
        }
        std::fs::write(folder.join(OWNER), std::process::id().to_string())?;
        Ok(made)
    }

    fn keep(mut self) {
        self.both = None;
    }
}

impl Drop for Folders<'_> {
    fn drop(&mut self) {
        self.both.into_iter().flatten().for_each(remove);
    }
}

fn remove(folder: &Path) {
    if let Err(error) = std::fs::remove_dir_all(folder)
        && error.kind() != std::io::ErrorKind::NotFound
    {
        eprintln!("can't remove {}: {error}", folder.display());
    }
}

/// The folder that holds initdb and its sisters, of the newest version.
pub(crate) fn programs() -> Option<PathBuf> {
    let versions = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let newest = versions
        .map(|version| version.path().join("bin"))
        .filter(|folder| folder.join("initdb").is_file() && folder.join("postgres").is_file())
        .max_by_key(|folder| version_of(folder));
    newest.or_else(|| {
        let initdb = machine::on_path("initdb")?.canonicalize().ok()?;
        let folder = initdb.parent()?.to_owned();
        folder.join("postgres").is_file().then_some(folder)
    })
}

fn version_of(bin: &Path) -> u32 {
    let version = bin.parent().and_then(Path::file_name).map(|name| name.to_string_lossy().into_owned());
    version.and_then(|version| version.parse().ok()).unwrap_or(0)
}

fn unprivileged() -> Result<(u32, u32)> {
    machine::user("postgres")
        .or_else(|| machine::user("nobody"))
        .context("neither a user postgres nor a user nobody here, and PostgreSQL refuses to run as root")
}

fn run_as(user: Option<(u32, u32)>, program: &Path, folder: &Path) -> Command {
    let mut command = Command::new(program);
    command.current_dir(folder);
    if let Some((uid, gid)) = user {
        command.uid(uid).gid(gid);
    }
    command
}

pub(crate) const SETPRIV: &str = "/usr/bin/setpriv";

/// Where the machine can, the server is told to stop when this process dies, whichever way.
fn dies_with_us(postgres: PathBuf) -> PathBuf {
    if Path::new(SETPRIV).is_file() { PathBuf::from(SETPRIV) } else { postgres }
}

fn leading_arguments(programs: &Path) -> Vec<PathBuf> {
    if !Path::new(SETPRIV).is_file() {
        return Vec::new();
    }
    vec!["--pdeathsig".into(), "INT".into(), programs.join("postgres")]
}

pub(crate) fn free_port() -> Result<u16> {
    let listener = TcpListener::bind("127.0.0.1:0").context("looking for a free port")?;
    Ok(listener.local_addr()?.port())
}

/// May any user walk to this folder? A closed home folder and what is below it they may not.
fn is_open_to_all(folder: &Path) -> bool {
    folder.canonicalize().is_ok_and(|folder| {
        folder
            .ancestors()
            .all(|part| part.metadata().is_ok_and(|meta| meta.permissions().mode() & 0o001 != 0))
    })
}

/// Removes clusters whose maker was killed before it could.
fn sweep(parent: &Path) -> Result<()> {
    for entry in std::fs::read_dir(parent)?.flatten() {
        let folder = entry.path();
        let is_cluster = entry.file_name().to_string_lossy().starts_with("pg-");
        let Ok(owner) = std::fs::read_to_string(folder.join(OWNER)) else { continue };
        if is_cluster && !is_alive(owner.trim()) && !still_served(&folder) {
            remove(&folder);
            if let Some(port) = entry.file_name().to_string_lossy().strip_prefix("pg-") {
                remove(Path::new(&format!("/tmp/hundi-pg-{port}")));
            }
        }
    }
    Ok(())
}

/// A process that has ended and only waits to be noticed counts as gone.
fn is_alive(pid: &str) -> bool {
    let status = Path::new("/proc").join(pid).join("status");
    !pid.is_empty() && std::fs::read_to_string(status).is_ok_and(|status| !status.contains("State:\tZ"))
}

/// Is the server of an abandoned cluster running still? Then it is left alone: it may be going down just now.
fn still_served(folder: &Path) -> bool {
    let pid = std::fs::read_to_string(folder.join("data/postmaster.pid")).unwrap_or_default();
    pid.lines().next().is_some_and(|pid| is_alive(pid.trim()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_below_a_closed_one_is_not_open() {
        let closed = std::env::temp_dir().join(format!("hundi-xtask-closed-{}", std::process::id()));
        let inner = closed.join("inner");
        std::fs::create_dir_all(&inner).expect("the temporary folder takes folders");
        std::fs::set_permissions(&closed, PermissionsExt::from_mode(0o755)).expect("it is ours");
        assert!(is_open_to_all(&inner));
        std::fs::set_permissions(&closed, PermissionsExt::from_mode(0o700)).expect("it is ours");
        assert!(!is_open_to_all(&inner));
        remove(&closed);
    }

    #[test]
    fn only_clusters_without_their_maker_are_swept() {
        let parent = std::env::temp_dir().join(format!("hundi-xtask-sweep-{}", std::process::id()));
        let make = |name: &str, owner: &str| {
            std::fs::create_dir_all(parent.join(name)).expect("the temporary folder takes folders");
            std::fs::write(parent.join(name).join(OWNER), owner).expect("it is ours");
        };
        // Above the highest id that Linux gives.
        make("pg-1", "4194999");
        make("pg-2", &std::process::id().to_string());
        make("other", "4194999");
        sweep(&parent).expect("the folder can be read");
        let left: Vec<bool> =
            ["pg-1", "pg-2", "other"].iter().map(|name| parent.join(name).exists()).collect();
        assert_eq!(left, [false, true, true]);
        remove(&parent);
    }

    #[test]
    fn the_newest_version_is_the_largest_number() {
        assert!(
            version_of(Path::new("/usr/lib/postgresql/15/bin"))
                > version_of(Path::new("/usr/lib/postgresql/9/bin"))
        );
    }
}
