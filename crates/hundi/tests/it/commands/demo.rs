//! The demo: made anew at each start, unless it is to be kept.

use super::Terminal;
use data_encoding::BASE64;
use serde_json::Value;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::os::unix::fs::PermissionsExt;
use std::process::{Child, Stdio};

struct Demo {
    server: Child,
    port: u16,
    /// `id:secret`
    key: String,
}

impl Demo {
    fn starts(terminal: &Terminal, more: &str) -> Self {
        // Held all at once, so that they differ.
        let held: Vec<TcpListener> = (0..3).map(|_| TcpListener::bind("127.0.0.1:0").unwrap()).collect();
        let ports: Vec<u16> = held.iter().map(|p| p.local_addr().unwrap().port()).collect();
        drop(held);
        let line = format!(
            "exec hundi demo --data demo --listen 127.0.0.1:{} --sandbox 127.0.0.1:{} --receiver 127.0.0.1:{} {more}",
            ports[0], ports[1], ports[2]
        );
        let mut command = terminal.command(&line);
        let mut server = command.stdout(Stdio::piped()).spawn().unwrap();
        let mut key = String::new();
        for line in BufReader::new(server.stdout.take().unwrap()).lines() {
            let line = line.unwrap();
            if let Some(found) = line.trim().strip_prefix("export KEY=") {
                found.clone_into(&mut key);
            }
            if line.contains("Stop with Ctrl-C") {
                break;
            }
        }
        assert!(!key.is_empty(), "it ended before it was ready");
        Self { server, port: ports[0], key }
    }

    fn asks(&self, method: &str, path: &str, body: &str) -> Value {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).unwrap();
        let credentials = BASE64.encode(self.key.as_bytes());
        write!(
            stream,
            "{method} /api/v1{path} HTTP/1.1\r\nhost: 127.0.0.1:{}\r\nauthorization: Basic {credentials}\r\n\
             content-type: application/json\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}",
            self.port,
            body.len()
        )
        .unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let (_, body) = answer.split_once("\r\n\r\n").unwrap();
        serde_json::from_str(body).unwrap_or_else(|_| panic!("{answer}"))
    }

    fn stops(mut self, terminal: &Terminal) {
        assert!(terminal.sh(&format!("kill -TERM {}", self.server.id()), "").ok);
        assert!(self.server.wait().unwrap().success());
    }
}

#[tokio::test]
async fn what_was_done_in_it_is_there_again_when_it_is_kept() {
    let terminal = Terminal::new().await;
    let order = r#"{"amount": 149900, "currency": "INR", "receipt": "R-1001"}"#;
    let receipts =
        |demo: &Demo| demo.asks("GET", "/orders?receipt=R-1001", "")["data"].as_array().unwrap().len();

    let demo = Demo::starts(&terminal, "");
    demo.asks("POST", "/orders", order);
    assert_eq!(receipts(&demo), 1);
    let first_key = demo.key.clone();
    demo.stops(&terminal);
    for file in ["hundi.toml", "demo.json"] {
        let path = terminal.folder.path().join("demo").join(file);
        assert_eq!(std::fs::metadata(path).unwrap().permissions().mode() & 0o777, 0o600, "{file}");
    }

    let demo = Demo::starts(&terminal, "--keep");
    assert_eq!((receipts(&demo), &demo.key), (1, &first_key));
    // It goes on: the provider opens new payments, under ids that it has not given before.
    let new = demo.asks("POST", "/orders", order);
    let payment = demo.asks("POST", "/payments", &format!(r#"{{"order_id": {}}}"#, new["id"]));
    assert_eq!(payment["status"], "pending", "{payment}");
    demo.stops(&terminal);

    let demo = Demo::starts(&terminal, "");
    assert_eq!(receipts(&demo), 0);
    assert_ne!(demo.key, first_key);
    demo.stops(&terminal);
    terminal.ends().await;
}
