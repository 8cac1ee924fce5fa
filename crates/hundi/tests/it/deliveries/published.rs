//! The published Standard Webhooks libraries verify our deliveries, also while a key is being changed.

use crate::house::{Shop, TestApp};
use crate::installed::{self, SPACE, once};
use crate::tools::{ready, run};
use hundi::sandbox::Arrived;
use hundi_core::Millis;
use hundi_core::time::hours;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{SystemTime, UNIX_EPOCH};

const SCRIPTS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/sdk/hooks");

#[tokio::test]
async fn the_python_library_verifies_what_we_deliver() {
    let Some(python) = ready("the Python library", python()) else {
        return;
    };
    let messages = deliveries().await;
    verifies(Command::new(python).arg(format!("{SCRIPTS}/verify.py")), &messages, "python");
}

#[tokio::test]
async fn the_node_library_verifies_what_we_deliver() {
    let Some(modules) = ready("the Node library", node()) else { return };
    let messages = deliveries().await;
    let mut node = Command::new("node");
    verifies(node.env("NODE_PATH", modules).arg(format!("{SCRIPTS}/verify.js")), &messages, "node");
}

/// The interpreter of an environment that has the library.
fn python() -> Result<PathBuf, String> {
    let requirements = Path::new(SCRIPTS).join("requirements.txt");
    Ok(installed::python("hooks-python", &requirements)?.join("python"))
}

/// The folder of modules that has the library.
fn node() -> Result<PathBuf, String> {
    let read = |name: &str| {
        std::fs::read_to_string(Path::new(SCRIPTS).join(name)).map_err(|error| format!("{name}: {error}"))
    };
    let (package, wanted) = (read("package.json")?, read("package-lock.json")?);
    let home = Path::new(SPACE).join("hooks-node");
    run(Command::new("node").arg("--version"))?;
    once(&home, &wanted, || {
        std::fs::create_dir_all(&home).map_err(|error| error.to_string())?;
        for (name, text) in [("package.json", &package), ("package-lock.json", &wanted)] {
            std::fs::write(home.join(name), text).map_err(|error| error.to_string())?;
        }
        let install = ["ci", "--silent", "--no-audit", "--no-fund", "--ignore-scripts"];
        run(Command::new("npm").args(install).current_dir(&home))
    })?;
    Ok(home.join("node_modules"))
}

/// The keys of an endpoint, as its owner knows them.
struct Keys {
    secrets: Vec<String>,
    public: Vec<String>,
}

/// What arrived, with the keys that verify it and those that don't: before a rotation, during it, after it, and through
/// a change of kind.
async fn deliveries() -> Vec<Value> {
    let t = TestApp::new().await;
    // The libraries look at the clock of this machine, and give five minutes.
    let now = SystemTime::now().duration_since(UNIX_EPOCH).expect("it is after 1970").as_millis();
    let start = Millis(i64::try_from(now).expect("it is before the year 292 million")).minus(hours(25));
    t.clock.set(start);
    let (shop, other) = (t.shop().await, t.shop().await);
    let rotate = format!("/api/v1/endpoints/{}/rotate_secret", shop.endpoint);
    let old = shop.endpoint_secret.clone();
    let new = shop.posts(&rotate, &json!({})).await.is(200).field("secret");
    // Rotated and retired, a day later: `new` signs alone.
    t.passes(hours(25)).await;
    let others = Keys { secrets: vec![old, other.endpoint_secret.clone()], public: Vec::new() };
    let mut messages = told(&shop, Keys { secrets: vec![new.clone()], public: Vec::new() }, &others).await;
    // Both sign.
    let newest = shop.posts(&rotate, &json!({})).await.is(200).field("secret");
    messages
        .extend(told(&shop, Keys { secrets: vec![new, newest.clone()], public: Vec::new() }, &others).await);
    // A secret and a key pair.
    let public = shop.posts(&rotate, &json!({ "signature": "ed25519" })).await.is(200).field("public_key");
    messages.extend(
        told(&shop, Keys { secrets: vec![newest.clone()], public: vec![public.clone()] }, &others).await,
    );
    // Two key pairs.
    let second = shop.posts(&rotate, &json!({})).await.is(200).field("public_key");
    let others = Keys { secrets: vec![newest], public: Vec::new() };
    messages.extend(
        told(&shop, Keys { secrets: Vec::new(), public: vec![public.clone(), second] }, &others).await,
    );
    // A key pair alone, which the one before does not verify.
    let third = shop.posts(&rotate, &json!({})).await.is(200).field("public_key");
    let others = Keys { secrets: Vec::new(), public: vec![public] };
    messages.extend(told(&shop, Keys { secrets: Vec::new(), public: vec![third] }, &others).await);
    t.ends().await;
    assert!(messages.len() >= 25);
    messages
}

async fn told(shop: &Shop<'_>, keys: Keys, others: &Keys) -> Vec<Value> {
    let before = shop.arrived().len();
    // Text beyond ASCII, as names have it.
    let body = json!({ "amount": 10_000, "currency": "INR", "description": "दो कुर्सियाँ & ₹" });
    shop.creates_order_with(body).await.is_paid().await;
    let message = |a: &Arrived| {
        let headers: BTreeMap<&str, &str> = a.headers.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
        json!({
            "headers": headers, "body": String::from_utf8(a.body.clone()).expect("JSON is UTF-8"),
            "secrets": keys.secrets, "public_keys": keys.public,
            "others": others.secrets, "other_public_keys": others.public,
        })
    };
    shop.arrived()[before..].iter().map(message).collect()
}

/// Gives a script the messages; it ends well and says so.
fn verifies(script: &mut Command, messages: &[Value], who: &str) {
    let piped = script.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut running = piped.spawn().expect("it starts");
    let told = serde_json::to_vec(messages).expect("it is JSON");
    running.stdin.take().expect("it is piped").write_all(&told).expect("it reads all of it");
    let ended = running.wait_with_output().expect("it ends");
    let (out, err) = (String::from_utf8_lossy(&ended.stdout), String::from_utf8_lossy(&ended.stderr));
    assert!(ended.status.success(), "{out}\n{err}");
    assert_eq!(out.trim(), format!("{who}: {} verified", messages.len()), "{err}");
}
