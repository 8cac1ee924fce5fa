//! Opening the file: who may own it, and the settings that durability rests on. Each is read back after it was set.

use super::Stance;
use crate::DbError;
use crate::error::of_sqlite;
use crate::migrate;
use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};
use std::ffi::OsString;
use std::fs::{File, OpenOptions, TryLockError};
use std::path::{Path, PathBuf};

/// Versions before this one can corrupt a database when two connections write and checkpoint together
/// (the WAL-reset bug, fixed on 13 March 2026).
const VERSION_MIN: i32 = 3_051_003;
/// `hund`, so that we never write into somebody else's database.
const APPLICATION_ID: i64 = 0x6875_6e64;
/// More statements than we have.
const STATEMENTS_CACHED: usize = 512;

/// What the writer's connection must be set to, as SQLite reads it back.
const WRITER: &[(&str, &str)] = &[
    ("journal_mode", "wal"),
    // FULL: a COMMIT returns after the log is on the disk.
    ("synchronous", "2"),
    // macOS only: an ordinary fsync there does not reach the platter.
    ("fullfsync", "1"),
    ("checkpoint_fullfsync", "1"),
    ("foreign_keys", "1"),
    ("busy_timeout", "10000"),
    // 64 MiB of pages.
    ("cache_size", "-65536"),
    // In memory.
    ("temp_store", "2"),
    // A mapped file turns an I/O error into a signal.
    ("mmap_size", "0"),
    // Pages. Inline checkpoints keep the log bounded without a thread of their own.
    ("wal_autocheckpoint", "1000"),
    ("journal_size_limit", "67108864"),
    ("trusted_schema", "0"),
];

const READER: &[(&str, &str)] = &[
    ("query_only", "1"),
    ("busy_timeout", "10000"),
    ("cache_size", "-16384"),
    ("temp_store", "2"),
    ("mmap_size", "0"),
    ("trusted_schema", "0"),
];

/// Takes the lock that one server holds as long as it runs. A lock, not a note: it goes when the process does.
pub(super) fn own(path: &Path) -> Result<File, DbError> {
    let told = |why: &dyn std::fmt::Display| DbError::Unavailable(format!("{}: {why}", path.display()));
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).map_err(|e| told(&e))?;
    }
    if let Some(kind) = network_file_system(path) {
        return Err(told(&format_args!("is on {kind}, where SQLite's locks are not safe; use a local disk")));
    }
    let lock = private(&with_suffix(path, ".lock"), true).map_err(|e| told(&e))?;
    match lock.try_lock() {
        Ok(()) => Ok(lock),
        Err(TryLockError::WouldBlock) => Err(told(&"another hundi server is running on this database")),
        Err(TryLockError::Error(e)) => Err(told(&e)),
    }
}

/// The one connection that writes.
pub(super) fn writer(path: &Path, stance: Stance) -> Result<Connection, DbError> {
    let version = rusqlite::version_number();
    if version < VERSION_MIN {
        return Err(DbError::Bug(format!(
            "SQLite {} is linked, which can corrupt the log",
            rusqlite::version()
        )));
    }
    if stance == Stance::Server {
        // Made by us, so that nobody else can read it. The log beside it inherits its mode.
        let made = private(path, true);
        made.map_err(|e| DbError::Unavailable(format!("{}: {e}", path.display())))?;
    }
    let conn = connect(path)?;
    claim(&conn, path, stance)?;
    settle(&conn, WRITER)?;
    Ok(conn)
}

/// A connection that cannot write.
pub(super) fn reader(path: &Path) -> Result<Connection, DbError> {
    let conn = connect(path)?;
    settle(&conn, READER)?;
    Ok(conn)
}

pub(super) fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(suffix);
    PathBuf::from(name)
}

fn connect(path: &Path) -> Result<Connection, DbError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let conn = Connection::open_with_flags(path, flags)
        .map_err(|e| of_sqlite(&format!("opening {}", path.display()), &e))?;
    conn.set_prepared_statement_cache_capacity(STATEMENTS_CACHED);
    // Plans are made without a look at the values: otherwise a statement that could use a partial index is compiled
    // anew whenever a value changes.
    conn.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true).map_err(|e| of_sqlite("plans", &e))?;
    Ok(conn)
}

/// Marks a new database as ours, and refuses one that is somebody else's.
fn claim(conn: &Connection, path: &Path, stance: Stance) -> Result<(), DbError> {
    let sorted = |e| of_sqlite("application_id", &e);
    let number = |sql: &str| conn.query_row(sql, [], |row| row.get::<_, i64>(0)).map_err(sorted);
    let id = number("PRAGMA application_id")?;
    let is_new = id == 0 && number("SELECT count(*) FROM sqlite_schema")? == 0;
    match (id, stance) {
        (APPLICATION_ID, _) => Ok(()),
        (_, Stance::Server) if is_new => {
            conn.execute_batch(&format!("PRAGMA application_id = {APPLICATION_ID}")).map_err(sorted)
        }
        _ => Err(DbError::Unavailable(format!("{} is not a database of hundi", path.display()))),
    }?;
    let (found, newest) = (number("PRAGMA user_version")?, migrate::newest());
    if found > newest {
        let told = format!("a newer hundi has brought the schema to {found}; this one knows {newest}");
        return Err(DbError::Unavailable(told));
    }
    Ok(())
}

fn settle(conn: &Connection, settings: &[(&str, &str)]) -> Result<(), DbError> {
    for (name, wanted) in settings {
        let sorted = |e| of_sqlite(name, &e);
        conn.execute_batch(&format!("PRAGMA {name} = {wanted}")).map_err(sorted)?;
        let found = pragma(conn, name).map_err(sorted)?;
        if found != *wanted {
            return Err(DbError::Unavailable(format!("SQLite's {name} is {found}, not {wanted}")));
        }
    }
    Ok(())
}

fn pragma(conn: &Connection, name: &str) -> Result<String, rusqlite::Error> {
    conn.query_row(&format!("PRAGMA {name}"), [], |row| {
        Ok(match row.get_ref(0)? {
            rusqlite::types::ValueRef::Integer(n) => n.to_string(),
            other => other.as_str()?.to_owned(),
        })
    })
}

/// Opens a file that only its owner may read.
fn private(path: &Path, create: bool) -> std::io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(create);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

/// The network file system that `path` lies on, where the system can tell (Linux).
fn network_file_system(path: &Path) -> Option<String> {
    let mounts = std::fs::read_to_string("/proc/self/mounts").ok()?;
    let folder = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    kind_of_mount(&mounts, &folder.canonicalize().ok()?)
}

fn kind_of_mount(mounts: &str, folder: &Path) -> Option<String> {
    const NETWORK: &[&str] =
        &["nfs", "nfs4", "cifs", "smb3", "smbfs", "ceph", "glusterfs", "afs", "fuse.sshfs"];
    let entries = mounts.lines().filter_map(|line| {
        let mut words = line.split(' ').skip(1);
        Some((Path::new(words.next()?), words.next()?))
    });
    let (_, kind) =
        entries.filter(|(at, _)| folder.starts_with(at)).max_by_key(|(at, _)| at.components().count())?;
    NETWORK.contains(&kind).then(|| kind.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_statement_is_compiled_once_whatever_its_values() {
        let folder = tempfile::tempdir().unwrap();
        let conn = writer(&folder.path().join("hundi.db"), Stance::Server).unwrap();
        conn.execute_batch("CREATE TABLE t (a INTEGER, b TEXT); CREATE INDEX x ON t (a) WHERE b = 'x'")
            .unwrap();
        let mut by_value = conn.prepare("SELECT a FROM t WHERE a > ?1 AND b = ?2").unwrap();
        for b in ["w", "x", "y"] {
            assert!(by_value.query((1, b)).unwrap().next().unwrap().is_none());
        }
        assert_eq!(by_value.get_status(rusqlite::StatementStatus::RePrepare), 0);
    }

    #[test]
    fn a_network_mount_is_known_by_the_longest_prefix() {
        let mounts = "/dev/a / ext4 rw 0 0\nnas:/x /srv nfs4 rw 0 0\n/dev/b /srv/local ext4 rw 0 0\n";
        assert_eq!(kind_of_mount(mounts, Path::new("/srv/hundi")), Some("nfs4".to_owned()));
        assert_eq!(kind_of_mount(mounts, Path::new("/srv/local/hundi")), None);
        assert_eq!(kind_of_mount(mounts, Path::new("/home")), None);
    }

    #[test]
    fn a_setting_that_does_not_take_is_refused() {
        let conn = Connection::open_in_memory().unwrap();
        // An in-memory database cannot have a log.
        let refused = settle(&conn, WRITER).unwrap_err();
        assert!(refused.to_string().contains("journal_mode"), "{refused}");
    }

    #[test]
    fn somebody_elses_database_is_left_alone() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("theirs.db");
        Connection::open(&path).unwrap().execute_batch("CREATE TABLE theirs (x)").unwrap();
        assert!(matches!(writer(&path, Stance::Server), Err(DbError::Unavailable(_))));
        assert!(matches!(writer(&dir.path().join("none.db"), Stance::Beside), Err(DbError::Unavailable(_))));
    }
}
