//! The README's way from nothing to a running server, line by line, in an empty folder and on an empty database.

use super::Terminal;
use std::os::unix::fs::PermissionsExt;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

/// The lines of the block below `## Running it`, without their comments.
fn lines() -> Vec<String> {
    let readme = include_str!("../../../../../README.md");
    let below = readme.split("## Running it").nth(1).expect("the README has the section");
    let block = below.split("```sh").nth(1).and_then(|t| t.split("```").next()).expect("it has a block");
    let bare = block.lines().map(|line| line.split('#').next().unwrap_or_default().trim());
    bare.filter(|line| !line.is_empty()).map(str::to_owned).collect()
}

#[tokio::test]
async fn the_readme_works_as_it_is_written() {
    let mut terminal = Terminal::new().await;
    // A file that anybody can make is a file that anybody can read.
    let mode =
        |t: &Terminal| std::fs::metadata(t.folder.path().join("secrets.toml")).unwrap().permissions().mode();
    let mut merchant = String::new();
    let mut served = false;
    for line in lines() {
        let line = line.replace("mer_…", &merchant);
        if line.starts_with("cargo build") {
            // It has been built: we are its test.
        } else if let Some(pairs) = line.strip_prefix("export ") {
            for (name, value) in pairs.split(' ').filter_map(|pair| pair.split_once('=')) {
                terminal.set(name, value);
            }
        } else if line == "hundi serve" {
            serves_and_stops(&mut terminal).await;
            served = true;
        } else {
            let said = terminal.sh(&line, "a-good-password\na-good-password\n").fine();
            assert!(!said.err.contains("bug:") && !said.out.contains("bug:"), "{line}: {}", said.err);
            if line.starts_with("hundi users merchant ") {
                said.out.trim().clone_into(&mut merchant);
            }
        }
    }
    assert!(served && merchant.starts_with("mer_"));
    assert_eq!(mode(&terminal) & 0o777, 0o600);
    assert!(!terminal.sh("hundi check", "").fine().out.contains("chmod"));
    let warned = terminal.sh("chmod 644 secrets.toml; hundi check", "").fine();
    assert!(warned.out.contains("run chmod 600 secrets.toml"), "{}", warned.out);
    // And everything about it holds.
    terminal.sh("hundi verify", "").fine();
    terminal.ends().await;
}

#[tokio::test]
async fn commands_on_an_empty_database() {
    let terminal = Terminal::with_secrets().await;
    let checked = terminal.sh("hundi check", "").fine();
    assert!(checked.out.contains("empty: it is set up at the first start"), "{}", checked.out);
    terminal.sh("hundi verify", "").refused("empty");
    // Looking makes nothing.
    assert!(!terminal.folder.path().join("data").exists());
    terminal.ends().await;
    // Each of these may be the first.
    for first in [
        "hundi users list",
        "hundi users merchant 'Udupi Kitchens'",
        "hundi keys rewrap",
        "hundi connections list mer_0000000000000000000000000000",
    ] {
        let terminal = Terminal::with_secrets().await;
        let said = terminal.sh(first, "");
        assert!(!said.err.contains("bug:") && !said.err.contains("SQLite error"), "{first}: {}", said.err);
        terminal.ends().await;
    }
}

/// `hundi serve` with nothing but what was exported, and SIGTERM.
async fn serves_and_stops(terminal: &mut Terminal) {
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    terminal.set("HUNDI_LISTEN", &format!("127.0.0.1:{port}"));
    let mut command = terminal.command("exec hundi serve");
    let mut server = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
    let until = Instant::now() + Duration::from_secs(30);
    while std::net::TcpStream::connect(("127.0.0.1", port)).is_err() {
        assert!(server.try_wait().unwrap().is_none() && Instant::now() < until, "{}", said(server));
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let stopped = terminal.sh(&format!("kill -TERM {}", server.id()), "");
    assert!(stopped.ok);
    let log = said(server);
    assert!(log.contains("stopped"), "{log}");
}

fn said(server: Child) -> String {
    String::from_utf8_lossy(&server.wait_with_output().unwrap().stderr).into_owned()
}
