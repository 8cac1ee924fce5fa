//! What commands refuse, and in which words: whoever reads them has nobody to ask.

use super::Terminal;
use std::io::{Read, Write};
use std::process::Stdio;

const NOBODY: &str = "mer_00000000000000000000000000";

#[tokio::test]
async fn what_is_wrong_is_said_before_a_password_is_asked_for() {
    let t = Terminal::with_secrets().await;
    let merchant = t.sh("hundi users merchant 'Udupi Kitchens'", "").fine().out.trim().to_owned();
    let listed = t.sh("hundi users merchants", "").fine().out;
    assert!(listed.contains(&merchant) && listed.contains("Udupi Kitchens"), "{listed}");
    let create = |email: &str, role: &str, merchant: &str| {
        t.sh(
            &format!("hundi users create {email} --name Asha --role {role} --merchant {merchant}"),
            "short\n",
        )
    };
    for (said, why) in [
        (create("asha", "manager", &merchant), "Type an e-mail address."),
        (create("asha@example.com", "king", &merchant), "the roles are platform_admin, platform_support,"),
        (create("asha@example.com", "manager", NOBODY), "There is no such merchant."),
        (create("asha@example.com", "platform_admin", &merchant), "Platform roles have no merchant"),
        (t.sh("hundi users password nobody@example.com", "short\n"), "There is no such user."),
    ] {
        assert!(!said.err.contains("Type the password"), "{}", said.err);
        said.refused(why);
    }
    create("asha@example.com", "manager", &merchant).refused("at least 12 characters");
    t.sh(&format!("hundi keys create {NOBODY}"), "").refused("There is no such merchant.");
    t.ends().await;
}

#[tokio::test]
async fn a_connection_names_what_is_missing() {
    let mut t = Terminal::with_secrets().await;
    let merchant = t.sh("hundi users merchant 'Udupi Kitchens'", "").fine().out.trim().to_owned();
    let add = |t: &Terminal, merchant: &str, more: &str| {
        t.sh(&format!("hundi connections add --merchant {merchant} --provider razorpay {more}"), "")
    };
    let id = "--credential key_id=rzp_test_Key0000000001";
    add(&t, &merchant, &format!("{id} --flow script")).refused("key_secret is missing");
    add(&t, &merchant, &format!("{id} --flow window")).refused("the flows are script, redirect, upi_intent");
    let whole = format!("{id} --credential key_secret=s --flow script");
    add(&t, NOBODY, &whole).refused("There is no such merchant.");
    // A sandbox that the configuration does not let us reach.
    t.set("HUNDI_SANDBOX", "razorpay=http://127.0.0.1:9");
    add(&t, &merchant, &whole).refused("HUNDI_ALLOW");
    t.ends().await;
}

#[tokio::test]
async fn a_database_that_refuses_is_named_without_its_password() {
    let mut t = Terminal::with_secrets().await;
    t.env.retain(|(name, _)| name != "HUNDI_DATABASE");
    t.env.push(("HUNDI_DATABASE".into(), "postgres://hundi:s3cr3t@127.0.0.1:9/books".into()));
    let said = t.sh("hundi check", "");
    assert!(!said.err.contains("s3cr3t"), "{}", said.err);
    said.refused("PostgreSQL at 127.0.0.1:9: ");
    let said = t.sh("hundi check", "");
    assert!(said.err.contains("refused"), "{}", said.err);
    t.ends().await;
}

/// At a terminal, which `script` plays: what it records is what a screen would show.
#[tokio::test]
async fn a_password_is_not_shown_and_asked_for_twice() {
    let t = Terminal::with_secrets().await;
    let merchant = t.sh("hundi users merchant 'Udupi Kitchens'", "").fine().out.trim().to_owned();
    let typed = |first: &str, second: &str| {
        let line = format!(
            "exec script -qefc 'hundi users create asha@example.com --name Asha --role manager --merchant {merchant}' /dev/null"
        );
        let mut command = t.command(&line);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let (mut stdin, mut stdout) = (child.stdin.take().unwrap(), child.stdout.take().unwrap());
        let mut shown = Vec::new();
        let mut until = |text: &str| {
            let mut byte = [0];
            while !String::from_utf8_lossy(&shown).contains(text) && stdout.read(&mut byte).unwrap() == 1 {
                shown.push(byte[0]);
            }
        };
        until("Type the password, then Enter:");
        stdin.write_all(format!("{first}\n").as_bytes()).unwrap();
        until("Type it once more, then Enter:");
        stdin.write_all(format!("{second}\n").as_bytes()).unwrap();
        until("no such text: to the end");
        (child.wait().unwrap().success(), String::from_utf8(shown).unwrap())
    };
    let (made, shown) = typed("a-good-password", "another-password");
    assert!(!made && shown.contains("not the same"), "{shown}");
    let (made, shown) = typed("a-good-password", "a-good-password");
    assert!(made && shown.contains("usr_"), "{shown}");
    assert!(!shown.contains("good-password"), "{shown}");
    t.ends().await;
}
