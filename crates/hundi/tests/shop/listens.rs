//! `hundi listen`, `trigger`, `events` and `torture` as a developer runs them, beside a demo.

use super::ask;
use super::receiver::Receiver;
use crate::demo::Demo;
use hundi_app::signing::SigningSecret;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::sync::atomic::Ordering;

fn hundi(demo: &Demo) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_hundi"));
    command.env("HUNDI_API_KEY", &demo.key).env("HUNDI_SERVER", format!("http://{}", demo.listen));
    command.stdin(Stdio::null());
    command
}

fn ended_well(output: &Output) -> String {
    let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{out}\n{err}");
    assert!(!out.contains("hs_test_"), "{out}");
    out.into_owned()
}

/// Makes it happen. The event's id.
fn triggers(demo: &Demo, event: &str) -> String {
    let simulator = format!("http://{}", demo.sandbox);
    let asked = ["trigger", event, "--json", "--simulator", &simulator];
    let said = ended_well(&hundi(demo).args(asked).output().unwrap());
    let told: serde_json::Value = serde_json::from_str(&said).unwrap();
    assert_eq!(told["type"], event);
    told["id"].as_str().unwrap().to_owned()
}

/// Killed when it is dropped, without a word of warning.
struct Listener(Child);

impl Listener {
    fn start(demo: &Demo, cursor: &Path, to: &str) -> (Self, SigningSecret) {
        let mut listen = hundi(demo);
        listen.args(["listen", "--forward-to", to, "--cursor"]).arg(cursor).stdout(Stdio::piped());
        let mut child = listen.spawn().unwrap();
        let mut said = BufReader::new(child.stdout.take().unwrap()).lines();
        let secret = said.by_ref().map(Result::unwrap).find_map(|line| {
            line.split_whitespace().find(|word| word.starts_with("whsec_")).map(str::to_owned)
        });
        std::thread::spawn(move || said.for_each(drop));
        (Self(child), SigningSecret::parse(&secret.unwrap()).unwrap())
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        self.0.kill().ok();
        self.0.wait().ok();
    }
}

#[test]
fn a_listener_misses_nothing_and_says_what_it_says_twice_under_one_id() {
    let demo = Demo::start();
    let folder = tempfile::tempdir().unwrap();
    let cursor = folder.path().join("cursor.json");
    let nobody = Receiver::open(None, None);
    let (address, to) = (nobody.address, format!("http://{}/webhooks", nobody.address));
    drop(nobody);

    // Nobody listens there yet, and nothing is lost of what happens meanwhile.
    let (listener, secret) = Listener::start(&demo, &cursor, &to);
    let first = triggers(&demo, "order.paid");
    let receiver = Receiver::open(Some(address), Some(secret.clone()));
    receiver.hears(&first, 1);
    assert!(receiver.heard().iter().all(|h| h.genuine), "{:?}", receiver.heard());

    // Killed, while more happens; the next one goes on, with the same secret.
    drop(listener);
    let second = triggers(&demo, "refund.processed");
    let (_listener, same) = Listener::start(&demo, &cursor, &to);
    assert_eq!(same.reveal().expose(), secret.reveal().expose());
    receiver.hears(&second, 1);
    let kinds: Vec<String> = receiver.heard().into_iter().map(|h| h.kind).collect();
    for kind in ["payment.captured", "order.paid", "refund.requested", "refund.processed"] {
        assert!(kinds.iter().any(|k| k == kind), "{kind}: {kinds:?}");
    }

    // Refused at first, and tried again.
    receiver.status.store(500, Ordering::SeqCst);
    let third = triggers(&demo, "order.cancelled");
    receiver.hears(&third, 1);
    receiver.status.store(200, Ordering::SeqCst);
    receiver.hears(&third, 2);

    // Sent again, and gone back to: under the id it always had.
    ended_well(&hundi(&demo).args(["events", "resend", &first]).output().unwrap());
    receiver.hears(&first, 2);
    let rewind = hundi(&demo).args(["events", "rewind", &second, "--cursor"]).arg(&cursor).output().unwrap();
    ended_well(&rewind);
    receiver.hears(&second, 2);
    receiver.hears(&third, 3);
    assert!(demo.verify().status.success());
}

#[test]
fn what_can_be_triggered_happens_and_the_books_agree() {
    let demo = Demo::start();
    let listed = ended_well(&hundi(&demo).args(["trigger", "list"]).output().unwrap());
    // An order takes a minute to expire: that one is left to patient people.
    for event in listed.lines().filter(|event| *event != "order.expired") {
        triggers(&demo, event);
    }
    assert!(listed.lines().count() > 15, "{listed}");
    let unknown = hundi(&demo).args(["trigger", "order.eaten"]).output().unwrap();
    assert!(!unknown.status.success() && String::from_utf8_lossy(&unknown.stderr).contains("order.paid"));
    let verified = demo.verify();
    assert!(verified.status.success(), "{}", String::from_utf8_lossy(&verified.stdout));
}

#[test]
fn torture_tells_a_good_receiver_from_one_that_takes_everything() {
    let demo = Demo::start();
    let told = ask(demo.listen, "GET /api/v1/test/merchant HTTP/1.1", "");
    let secret = told.split('"').find(|word| word.starts_with("whsec_")).expect("a demo tells its keys");
    let tortured = |url: &str, more: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_hundi"));
        command.args(["torture", url]).args(more).env("HUNDI_WEBHOOK_SECRET", secret).stdin(Stdio::null());
        let output = command.output().unwrap();
        let said =
            String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
        (output.status.code(), said)
    };
    let (code, said) = tortured(&format!("http://{}/", demo.receiver), &[]);
    assert!(code == Some(0) && said.contains(" 0 failed"), "{said}");

    let yes = Receiver::open(None, None);
    let (code, said) = tortured(&format!("http://{}/", yes.address), &[]);
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("FAILED  signed by another key"), "{said}");
    assert!(said.contains("ok      each event twice"), "{said}");
    assert!(yes.heard().len() < 100, "{} messages", yes.heard().len());

    // Nothing can be said of who takes no honest message; and no stranger is tortured.
    yes.status.store(500, Ordering::SeqCst);
    let (code, said) = tortured(&format!("http://{}/", yes.address), &[]);
    assert!(code == Some(1) && said.contains("honest"), "{said}");
    let (code, said) = tortured("https://shop.example/webhooks", &[]);
    assert!(code == Some(1) && said.contains("--i-own-this-server"), "{said}");
}
