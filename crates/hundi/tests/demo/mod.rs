//! The demo as the guide starts it: the real binary with its simulator and receiver, on ports that are free.

use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

const STARTS_WITHIN: Duration = Duration::from_secs(120);
const TRIES_MAX: usize = 5;

pub(crate) struct Demo {
    child: Child,
    folder: tempfile::TempDir,
    pub(crate) listen: SocketAddr,
    pub(crate) sandbox: SocketAddr,
    pub(crate) receiver: SocketAddr,
    /// A test key: its id, a colon, its secret.
    pub(crate) key: String,
}

impl Demo {
    /// Between its choice and its use somebody else may take a port; simulators also stand on those after the one chosen.
    pub(crate) fn start() -> Self {
        let mut told = String::new();
        for _ in 0..TRIES_MAX {
            match Self::started() {
                Ok(demo) => return demo,
                Err(said) => told = said,
            }
            assert!(told.contains("is in use"), "{told}");
        }
        panic!("{told}")
    }

    /// What it said, if it ended instead.
    fn started() -> Result<Self, String> {
        let folder = tempfile::tempdir().unwrap();
        let [listen, sandbox, receiver] = free_ports();
        let said = folder.path().join("said");
        let mut command = Command::new(env!("CARGO_BIN_EXE_hundi"));
        // Whoever asks here asks a hundred times a minute.
        command.env("HUNDI_LIMITS", "all=off");
        command.arg("demo").arg("--data").arg(folder.path().join("demo"));
        for (name, address) in [("--listen", listen), ("--sandbox", sandbox), ("--receiver", receiver)] {
            command.args([name, &address.to_string()]);
        }
        let out = std::fs::File::create(&said).unwrap();
        let child =
            command.stdin(Stdio::null()).stdout(out.try_clone().unwrap()).stderr(out).spawn().unwrap();
        let mut demo = Self { child, folder, listen, sandbox, receiver, key: String::new() };
        let until = Instant::now() + STARTS_WITHIN;
        while TcpStream::connect(listen).is_err() || !demo.says_its_key(&said) {
            assert!(Instant::now() < until, "{}", std::fs::read_to_string(&said).unwrap_or_default());
            if demo.child.try_wait().unwrap().is_some() {
                return Err(std::fs::read_to_string(&said).unwrap_or_default());
            }
            std::thread::sleep(Duration::from_millis(100));
        }
        Ok(demo)
    }

    fn says_its_key(&mut self, said: &Path) -> bool {
        let told = std::fs::read_to_string(said).unwrap_or_default();
        let mut words = told.split_whitespace().map(|word| word.trim_start_matches("KEY="));
        let key = words.find(|word| word.starts_with("hk_test_") && word.contains(":hs_test_"));
        self.key = key.unwrap_or_default().to_owned();
        !self.key.is_empty() && told.contains("Stop with Ctrl-C")
    }

    /// `hundi verify` beside the running server.
    pub(crate) fn verify(&self) -> Output {
        let config = self.folder.path().join("demo/hundi.toml");
        Command::new(env!("CARGO_BIN_EXE_hundi")).arg("--config").arg(config).arg("verify").output().unwrap()
    }
}

impl Drop for Demo {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

/// Held together, so that they differ; let go just before they are used.
fn free_ports<const N: usize>() -> [SocketAddr; N] {
    let held = [(); N].map(|()| TcpListener::bind("127.0.0.1:0").unwrap());
    held.map(|listener| listener.local_addr().unwrap())
}
