use super::*;

fn file(path: &str, text: &str) -> File {
    let text = if path.ends_with(".rs") { format!("//! Planted.\n{text}") } else { text.to_owned() };
    File { path: path.to_owned(), text }
}

fn rules_at(path: &str, text: &str) -> Vec<(usize, &'static str)> {
    breaches(&[file(path, text)]).into_iter().map(|breach| (breach.line, breach.rule)).collect()
}

/// Planted in one place the line is a breach of exactly this rule, in the other it is none.
#[track_caller]
fn caught(rule: &'static str, line: &str, at: &str, not_at: &str) {
    let first = if at.ends_with(".rs") { 2 } else { 1 };
    assert_eq!(rules_at(at, line), [(first, rule)], "{line} at {at}");
    assert_eq!(rules_at(not_at, line), [], "{line} at {not_at}");
}

#[track_caller]
fn innocent(line: &str) {
    assert_eq!(rules_at("crates/web/src/a.rs", line), [], "{line}");
}

/// Rule, planted line, where it is a breach, where it is at home.
const PLANTED: &[(&str, &str, &str, &str)] = &[
    ("clock", "let a = SystemTime::now();", "crates/app/src/a.rs", "crates/app/src/clock.rs"),
    ("clock", "let a = std::time::Instant::now();", "crates/store/src/a.rs", "crates/app/src/clock/wall.rs"),
    (
        "clock",
        "let a = tokio::time::Instant::now();",
        "crates/store/src/pg/a.rs",
        "crates/store/src/pg/rerun.rs",
    ),
    ("clock", "let a = jiff::Timestamp::now();", "crates/core/src/a.rs", "crates/hundi/tests/it/a.rs"),
    ("clock", "let a = UNIX_EPOCH.elapsed();", "crates/core/src/a.rs", "crates/chaos/src/a.rs"),
    ("clock", "use std::time::Instant as Watch;", "crates/web/src/a.rs", "xtask/src/a.rs"),
    ("randomness", "let a = SystemRandom::new();", "crates/store/src/a.rs", "crates/store/src/pg/rerun.rs"),
    ("randomness", "rand::fill(&mut a)?;", "crates/app/src/seal.rs", "crates/app/src/random.rs"),
    (
        "randomness",
        "use aws_lc_rs::{digest, rand::SystemRandom};",
        "crates/web/src/a.rs",
        "crates/app/src/random/a.rs",
    ),
    ("randomness", "getrandom::fill(&mut a)?;", "crates/core/src/a.rs", "crates/core/src/a/tests.rs"),
    ("environment", "let a = std::env::var(b);", "crates/app/src/a.rs", "crates/hundi/src/config.rs"),
    ("environment", "use std::{env, fmt};", "crates/store/src/a.rs", "crates/hundi/src/main.rs"),
    ("files", "std::fs::read(a)?;", "crates/app/src/a.rs", "crates/hundi/src/a.rs"),
    ("files", "use std::{fmt, fs::{self}};", "crates/store/src/pg.rs", "crates/store/src/lite/open.rs"),
    ("files", "let a = tokio::fs::read(b).await;", "crates/web/src/a.rs", "crates/store/src/lite.rs"),
    ("sockets", "use tokio::net::{TcpStream};", "crates/hundi/src/a.rs", "crates/app/src/net.rs"),
    ("sockets", "reqwest::get(a).await?;", "crates/app/src/network.rs", "crates/app/src/net/client.rs"),
    ("sockets", "let a: UdpSocket = b;", "crates/providers/src/a.rs", "crates/web/src/edge/accept.rs"),
    ("listeners", "let a = TcpListener::bind(b);", "crates/app/src/net.rs", "crates/web/src/edge/accept.rs"),
    ("listeners", "let a = TcpListener::bind(b);", "crates/web/src/a.rs", "crates/hundi/src/serve.rs"),
    ("sql", "let a = \"SELECT id\\n FROM orders\";", "crates/app/src/a.rs", "crates/store/src/a.rs"),
    ("sql", "let a = r#\"INSERT   INTO orders\"#;", "crates/web/src/a.rs", "crates/store/src/a.rs"),
    ("sql", "let a = \"UPDATE orders SET a = 1\";", "crates/hundi/src/a.rs", "crates/hundi/tests/it/a.rs"),
    (
        "sql",
        "let a = \"WITH b AS (DELETE FROM orders)\";",
        "crates/providers/src/a.rs",
        "crates/store/src/a.rs",
    ),
    ("provider-names", "let a = \"RazorPay\";", "crates/web/src/a.rs", "crates/hundi/src/demo.rs"),
    (
        "provider-names",
        "use providers::phonepe::Sheet;",
        "crates/app/src/a.rs",
        "crates/providers/src/registry.rs",
    ),
    ("provider-names", "enum A { Paytm }", "crates/core/src/a.rs", "crates/providers/src/paytm/mod.rs"),
    ("provider-names", "let a = b.is_paypal();", "crates/store/src/a.rs", "crates/store/tests/a.rs"),
    ("provider-names", "<b>Juspay</b>", "crates/web/templates/a.html", "docs/a.html"),
    ("floats", "let a: f64 = b;", "crates/core/src/a.rs", "crates/web/src/console/charts.rs"),
    ("floats", "let a = b as f32;", "crates/app/src/a.rs", "crates/bench/src/a.rs"),
    ("unwrap", "let a = b.unwrap();", "crates/app/src/a.rs", "crates/hundi/tests/it/a.rs"),
    ("unwrap", "let a = b.expect(\"\");", "xtask/src/a.rs", "crates/app/src/a/tests.rs"),
    ("let-underscore", "let _ = a();", "crates/app/src/a.rs", "crates/hundi/tests/it/a.rs"),
    ("let-underscore", "let _: Result<()> = a();", "xtask/src/a.rs", "crates/app/src/tests.rs"),
    ("unfinished", "todo!()", "crates/app/src/a.rs", "crates/hundi/tests/it/a.rs"),
    ("unfinished", "unimplemented!(\"later\")", "crates/core/src/a.rs", "crates/core/src/tests.rs"),
    ("unfinished", "dbg!(a);", "xtask/src/a.rs", "xtask/src/tests.rs"),
    ("web-names-no-table", "let a = \"iv_payments\";", "crates/web/src/a.rs", "crates/app/src/a.rs"),
    ("web-names-no-table", "use hundi_store::Store;", "crates/web/src/a.rs", "crates/app/src/a.rs"),
];

#[test]
fn planted_breaches_are_caught_and_homes_are_left_in_peace() {
    for (rule, line, at, home) in PLANTED {
        caught(rule, line, at, home);
    }
}

#[test]
fn every_rule_has_a_planted_breach() {
    for rule in words::RULES {
        assert!(
            PLANTED.iter().any(|(name, ..)| *name == rule.name),
            "nothing proves that `{}` can fail",
            rule.name
        );
    }
}

#[test]
fn what_only_looks_like_a_breach_is_none() {
    innocent("// SystemTime::now() would be wrong here, and so would razorpay.");
    innocent("let a = MyInstant::now();");
    innocent("let a = operand::of(b);");
    innocent("let a = Duration::from_secs(1);");
    innocent("let a = \"SELECTED orders, DELETE from the list, UPDATE your card\";");
    innocent("let a = \"std::env and let _ = b.unwrap()\";");
    innocent("let a = b.unwrap_or_default();");
    innocent("let _guard = a();");
    innocent("let a = \"receiv_ed\";");
    innocent(
        "#[cfg(test)]\nmod inner {\n    fn a() { b.unwrap(); let c = Instant::now(); let d = \"SELECT 1\"; }\n}",
    );
}

#[test]
fn the_line_of_a_breach_is_named() {
    let text = "fn a() {\n    let b = \"x\ny\";\n    c.unwrap();\n}";
    assert_eq!(rules_at("crates/app/src/a.rs", text), [(5, "unwrap")]);
}

#[test]
fn after_a_test_module_the_rules_hold_again() {
    let text = "#[cfg(test)]\nmod inner {}\nfn a() { b.unwrap(); }";
    assert_eq!(rules_at("crates/app/src/a.rs", text), [(4, "unwrap")]);
}

#[test]
fn a_module_declared_for_tests_is_a_test_wherever_it_stands() {
    let parent = |text: &str| file("crates/app/src/jobs/mod.rs", text);
    let child = || file("crates/app/src/jobs/stand_in.rs", "fn a() { b.unwrap(); }");
    assert_eq!(breaches(&[parent("#[cfg(test)]\nmod stand_in;"), child()]), []);
    assert_eq!(breaches(&[parent("mod stand_in;"), child()]).len(), 1);
}

#[test]
fn a_provider_is_named_by_its_folder() {
    let page = || file("crates/web/src/a.rs", "let a = \"Acme\";");
    let card = |folder: &str| file(&format!("crates/providers/src/{folder}/card.rs"), "const A: u8 = 1;");
    let rules = |files: &[File]| breaches(files).into_iter().map(|b| b.rule).collect::<Vec<_>>();
    assert_eq!(rules(&[page(), card("bcme")]), [""; 0]);
    assert_eq!(rules(&[page(), card("acme")]), ["provider-names"]);
    // A bank that payers choose by name is not only a provider.
    let bank = file("crates/web/src/a.rs", "let a = \"HDFC\";");
    assert_eq!(rules(&[bank, card("hdfc")]), [""; 0]);
}

#[test]
fn manifests_and_files_are_looked_at_too() {
    let upward = "[package]\nname = \"hundi-core\"\n[dependencies]\nhundi-app = { workspace = true }";
    assert_eq!(rules_at("crates/core/Cargo.toml", upward), [(4, "arrows")]);
    assert_eq!(rules_at("crates/store/migrations/first.sql", ""), [(1, "migrations")]);
    assert_eq!(rules_at("crates/web/assets/checkout.css", &"x".repeat(8_000)), [(1, "budgets")]);
    let bare = File { path: "crates/app/src/a.rs".into(), text: "fn a() {}".into() };
    assert_eq!(breaches(&[bare]).into_iter().map(|breach| breach.rule).collect::<Vec<_>>(), ["opening"]);
}

#[test]
fn the_house_itself_is_read() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("xtask stands in the root");
    let mut files = Vec::new();
    gather(root, "xtask", &mut files).expect("the folder is here");
    assert!(files.iter().any(|file| file.path == "xtask/src/tidy/mod.rs"));
    assert_eq!(breaches(&files), [], "the tool keeps its own rules");
}
