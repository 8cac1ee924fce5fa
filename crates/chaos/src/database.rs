//! The database as an outsider sees it: made for one run, read through the inspection views, removed afterwards.

use anyhow::{Context, Result, bail};
use rusqlite::{Connection, OpenFlags, types::ValueRef};
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::time::Duration;
use tokio::runtime::Runtime;
use tokio_postgres::{Config, NoTls, SimpleQueryMessage};

/// What the server keeps its data in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    Sqlite,
    Postgres,
}

impl FromStr for Engine {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "sqlite" => Ok(Self::Sqlite),
            "pg" => Ok(Self::Postgres),
            other => Err(format!("{other} is neither sqlite nor pg")),
        }
    }
}

impl Engine {
    /// As the tables print it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Sqlite => "sqlite",
            Self::Postgres => "pg",
        }
    }
}

/// One new, empty database.
pub(crate) struct Database {
    home: Home,
}

enum Home {
    File(PathBuf),
    Server { runtime: Runtime, server: String, name: String },
}

/// A row, every value as text; NULL is the empty text.
pub(crate) type Row = Vec<String>;

impl Database {
    /// `name` is used on PostgreSQL, where `server` is the address of a server that may be used for tests.
    pub(crate) fn create(engine: Engine, folder: &Path, server: Option<&str>, name: &str) -> Result<Self> {
        let home = match (engine, server) {
            (Engine::Sqlite, _) => Home::File(folder.join("hundi.db")),
            (Engine::Postgres, Some(server)) => {
                let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
                let name = name.to_owned();
                run(&runtime, server, &format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"))?;
                run(&runtime, server, &format!("CREATE DATABASE {name}"))?;
                Home::Server { runtime, server: server.to_owned(), name }
            }
            (Engine::Postgres, None) => bail!("HUNDI_TEST_PG names no PostgreSQL server"),
        };
        Ok(Self { home })
    }

    /// As the server's configuration names it.
    pub(crate) fn setting(&self) -> String {
        match &self.home {
            Home::File(path) => format!("sqlite:{}", path.display()),
            Home::Server { server, name, .. } => named(server, name),
        }
    }

    /// What a SELECT finds.
    pub(crate) fn rows(&self, sql: &str) -> Result<Vec<Row>> {
        match &self.home {
            Home::File(path) => from_file(path, sql),
            Home::Server { runtime, server, name } => run(runtime, &named(server, name), sql),
        }
        .with_context(|| sql.to_owned())
    }

    /// The one number that a SELECT finds.
    pub(crate) fn number(&self, sql: &str) -> Result<i64> {
        let rows = self.rows(sql)?;
        let text = rows.first().and_then(|row| row.first()).map_or("0", String::as_str);
        Ok(if text.is_empty() { 0 } else { text.parse()? })
    }

    /// Removes it from its server. A file goes with its folder.
    pub(crate) fn remove(&self) -> Result<()> {
        match &self.home {
            Home::File(_) => Ok(()),
            Home::Server { runtime, server, name } => {
                run(runtime, server, &format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")).map(drop)
            }
        }
    }
}

fn from_file(path: &Path, sql: &str) -> Result<Vec<Row>> {
    let file = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    file.busy_timeout(Duration::from_secs(10))?;
    file.pragma_update(None, "query_only", true)?;
    let mut statement = file.prepare(sql)?;
    let width = statement.column_count();
    let mut found = statement.query([])?;
    let mut rows = Vec::new();
    while let Some(row) = found.next()? {
        let text = |at: usize| {
            Ok::<_, anyhow::Error>(match row.get_ref(at)? {
                ValueRef::Null => String::new(),
                ValueRef::Integer(n) => n.to_string(),
                ValueRef::Text(text) => String::from_utf8_lossy(text).into_owned(),
                ValueRef::Real(_) | ValueRef::Blob(_) => bail!("a value that is neither number nor text"),
            })
        };
        rows.push((0..width).map(text).collect::<Result<_>>()?);
    }
    Ok(rows)
}

/// Every statement on a connection of its own: the server under test may be gone, its database never is.
fn run(runtime: &Runtime, url: &str, sql: &str) -> Result<Vec<Row>> {
    runtime.block_on(async {
        let config: Config = url.parse()?;
        let (client, connection) = config.connect(NoTls).await?;
        let carried = tokio::spawn(connection);
        let answer = client.simple_query(sql).await;
        drop(client);
        carried.await??;
        let mut rows = Vec::new();
        for message in answer? {
            if let SimpleQueryMessage::Row(row) = message {
                rows.push((0..row.len()).map(|at| row.get(at).unwrap_or_default().to_owned()).collect());
            }
        }
        Ok(rows)
    })
}

/// The URL of another database on the same server.
fn named(url: &str, name: &str) -> String {
    let (rest, query) = url.split_once('?').map_or((url, String::new()), |(r, q)| (r, format!("?{q}")));
    let scheme = rest.find("://").map_or(0, |at| at + 3);
    let server = rest[scheme..].find('/').map_or(rest, |at| &rest[..scheme + at]);
    format!("{server}/{name}{query}")
}

#[cfg(test)]
mod tests {
    use super::named;

    #[test]
    fn another_database_of_the_same_server() {
        assert_eq!(named("postgres://u@h:5/d", "x"), "postgres://u@h:5/x");
        assert_eq!(named("postgres://u@h:5", "x"), "postgres://u@h:5/x");
        assert_eq!(named("postgres://u@h/d?sslmode=disable", "x"), "postgres://u@h/x?sslmode=disable");
    }
}
