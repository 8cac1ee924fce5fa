//! The binary as people at a terminal meet it: its commands, one after another, in a folder of their own.

mod demo;
mod newcomer;
mod refusals;

use hundi_store::testing::Scratch;
use hundi_store::{Isolation, StoreConfig};
use std::io::Write;
use std::process::{Command, Output, Stdio};

/// A folder with secrets in it, and a database that nobody has touched.
pub struct Terminal {
    pub folder: tempfile::TempDir,
    scratch: Option<Scratch>,
    env: Vec<(String, String)>,
}

/// What a command said.
pub struct Said {
    pub ok: bool,
    pub out: String,
    pub err: String,
}

impl Terminal {
    pub async fn new() -> Self {
        let pg =
            || std::env::var("HUNDI_TEST_PG").expect("HUNDI_TEST_PG names a PostgreSQL server for tests");
        let scratch = match std::env::var("HUNDI_TEST_ENGINE").as_deref() {
            Err(_) | Ok("sqlite") => None,
            Ok("pg-rc") => Some(Scratch::postgres(&pg(), Isolation::ReadCommitted).await),
            Ok("pg-ser") => Some(Scratch::postgres(&pg(), Isolation::Serializable).await),
            Ok(other) => panic!("there is no engine {other}"),
        };
        Self { folder: tempfile::tempdir().expect("a temporary folder"), scratch, env: Vec::new() }
    }

    /// With the two secrets and the database named, as the guide has it.
    pub async fn with_secrets() -> Self {
        let mut terminal = Self::new().await;
        terminal.sh("umask 077; hundi keys secrets > secrets.toml", "").fine();
        terminal.set("HUNDI_SECRETS_FILE", "secrets.toml");
        terminal.set("HUNDI_DATABASE", "sqlite:data/hundi.db");
        terminal
    }

    /// The end of a story: a server's database is removed.
    pub async fn ends(self) {
        if let Some(scratch) = self.scratch {
            let store = scratch.open().await;
            scratch.done(store).await;
        }
    }

    /// As `export NAME=VALUE` does. The database is the engine's that is tested.
    pub fn set(&mut self, name: &str, value: &str) {
        let value = match self.scratch.as_ref().map(Scratch::config) {
            Some(StoreConfig::Postgres { url, .. }) if name == "HUNDI_DATABASE" => url.expose(),
            _ => value,
        };
        self.env.push((name.to_owned(), value.to_owned()));
    }

    /// A line of a shell in which `hundi` is this build.
    pub fn command(&self, line: &str) -> Command {
        let binary = std::path::Path::new(env!("CARGO_BIN_EXE_hundi"));
        let path = format!("{}:/usr/bin:/bin", binary.parent().expect("it is in a folder").display());
        let mut command = Command::new("/bin/sh");
        command.args(["-c", line]).current_dir(self.folder.path());
        command.env_clear().env("PATH", path).envs(self.env.iter().cloned());
        command
    }

    /// Runs a line to its end, with `typed` as what is typed meanwhile.
    pub fn sh(&self, line: &str, typed: &str) -> Said {
        let mut command = self.command(line);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("a shell starts");
        let mut stdin = child.stdin.take().expect("it is piped");
        // Whoever asks for nothing may have ended already.
        stdin.write_all(typed.as_bytes()).ok();
        drop(stdin);
        let Output { status, stdout, stderr } = child.wait_with_output().expect("it ends");
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("commands speak UTF-8");
        Said { ok: status.success(), out: text(stdout), err: text(stderr) }
    }
}

impl Said {
    #[track_caller]
    pub fn fine(self) -> Self {
        assert!(self.ok, "{}{}", self.out, self.err);
        self
    }

    /// It ended in vain, and said why: on one line, without calling it a mistake of ours.
    #[track_caller]
    pub fn refused(&self, why: &str) {
        assert!(!self.ok && self.err.contains(why), "{}{}", self.out, self.err);
        assert!(!self.err.contains("bug:"), "{}", self.err);
    }
}
