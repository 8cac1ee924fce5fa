//! A private Redis for tests: on a free port, nothing written to disk, stopped when it is dropped.

use crate::machine;
use crate::pg::{SETPRIV, free_port};
use anyhow::{Context, Result, bail};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

const PROGRAM: &str = "redis-server";
const START_SECS_MAX: u64 = 20;

/// A running Redis.
pub(crate) struct Redis {
    server: Child,
    port: u16,
}

/// Whether the machine has the program.
pub(crate) fn is_here() -> bool {
    machine::on_path(PROGRAM).is_some()
}

impl Redis {
    pub(crate) fn start() -> Result<Redis> {
        let port = free_port()?;
        let mut command = if Path::new(SETPRIV).is_file() {
            let mut command = Command::new(SETPRIV);
            command.args(["--pdeathsig", "TERM", PROGRAM]);
            command
        } else {
            Command::new(PROGRAM)
        };
        command.args([
            "--port",
            &port.to_string(),
            "--bind",
            "127.0.0.1",
            "--save",
            "",
            "--appendonly",
            "no",
        ]);
        command.args(["--dir", "/tmp", "--maxmemory", "64mb"]);
        let server = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn();
        let mut redis = Redis { server: server.context("starting redis-server")?, port };
        let deadline = Instant::now() + Duration::from_secs(START_SECS_MAX);
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            if let Some(status) = redis.server.try_wait()? {
                bail!("redis-server ended at once ({status})");
            }
            if Instant::now() > deadline {
                bail!("redis-server is not ready after {START_SECS_MAX} s");
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        Ok(redis)
    }

    pub(crate) fn url(&self) -> String {
        format!("redis://127.0.0.1:{}", self.port)
    }
}

impl Drop for Redis {
    fn drop(&mut self) {
        // It keeps nothing, so there is nothing to end in order.
        self.server.kill().ok();
        self.server.wait().ok();
    }
}
