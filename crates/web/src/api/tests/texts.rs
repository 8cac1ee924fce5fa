//! Texts, addresses, times and metadata of an order.

use super::super::body::parse;
use super::super::fields::{return_url, rfc3339};
use super::super::orders::Asked;
use hundi_app::Error;
use hundi_core::Mode;
use serde_json::{Value, json};

fn read(fields: &Value) -> Result<(), Error> {
    let mut body = json!({ "amount": 100, "currency": "INR" });
    body.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
    let asked = parse::<Asked>(body.to_string().as_bytes())?;
    asked.checked(Mode::Test, "key:hk".into()).map(drop)
}

/// `param` is the field that is refused; none where it is taken.
#[track_caller]
fn check(fields: Value, param: Option<&str>) {
    let refused = read(&fields).err();
    let told = refused.as_ref().map(|e| (e.status(), e.param().unwrap_or_default()));
    assert_eq!(told, param.map(|p| (400, p)), "{fields}");
}

#[test]
fn texts_are_bounded_lines() {
    check(json!({ "receipt": "R".repeat(40), "description": "क".repeat(200) }), None);
    check(json!({ "receipt": null, "customer": { "name": "आशा ज़ोशी" } }), None);
    check(json!({ "receipt": "R".repeat(41) }), Some("receipt"));
    for text in [
        "",
        "   ",
        "a\u{0}b",
        "a\nb",
        "a\tb",
        "\u{1b}[31m",
        "\u{202e}gpj",
        "a\u{2028}b",
        "\u{7f}",
        "\u{feff}a",
    ] {
        check(json!({ "receipt": text }), Some("receipt"));
        check(json!({ "customer": { "name": text } }), Some("customer.name"));
    }
    check(json!({ "description": "d".repeat(201) }), Some("description"));
    check(json!({ "customer": { "name": "n".repeat(101) } }), Some("customer.name"));
    check(json!({ "capture": "manual" }), None);
    check(json!({ "capture": "Manual" }), Some("capture"));
}

#[test]
fn what_reads_as_a_card_number_is_refused_and_not_repeated() {
    for (fields, param) in [
        (json!({ "receipt": "4111111111111111" }), "receipt"),
        (json!({ "description": "paid with 5555 5555 5555 4444" }), "description"),
        (json!({ "customer": { "name": "378282246310005" } }), "customer.name"),
        (json!({ "metadata": { "note": "6521-1111-1111-1110" } }), "metadata.note"),
        (json!({ "metadata": { "cvv": "123" } }), "metadata.cvv"),
        (json!({ "metadata": { "4111111111111111": "x" } }), "metadata"),
        (json!({ "return_url": "https://shop.example/?c=4111111111111111" }), "return_url"),
        (json!({ "card": "4111111111111111" }), "card"),
        (json!({ "card": { "number": "4111111111111111", "cvv": "123" } }), "card"),
        (json!({ "customer": { "card_number": "4111111111111111" } }), "customer.card_number"),
    ] {
        let error = read(&fields).unwrap_err();
        assert_eq!((error.status(), error.param()), (400, Some(param)), "{fields}");
        assert!(error.sentence().starts_with("Card data"), "{fields}: {}", error.sentence());
        assert!(!format!("{error:?}{}", error.to_log()).contains("1111"), "{fields}");
    }
}

#[test]
fn people() {
    for email in ["asha@example.com", "a.b+c@mail.example.co.in", "o'neil@example.org"] {
        check(json!({ "customer": { "email": email } }), None);
    }
    for email in [
        "asha",
        "@example.com",
        "asha@",
        "asha@example",
        "a@b@c.in",
        "a b@c.in",
        "a@b..in",
        "a@.in",
        "a@-b.in",
        "<a@b.in>",
        "a@b.in,c@d.in",
        "a@b.in\r\nBcc: x@y.in",
        "आशा@example.com",
        "",
    ] {
        check(json!({ "customer": { "email": email } }), Some("customer.email"));
    }
    check(json!({ "customer": { "phone": "+919876543210" } }), None);
    for phone in [
        "9876543210",
        "+91 98765 43210",
        "+91-9876543210",
        "+0123456789",
        "+1234567",
        "+1234567890123456",
        "+",
        "",
    ] {
        check(json!({ "customer": { "phone": phone } }), Some("customer.phone"));
    }
}

#[test]
fn metadata_is_fifty_short_pairs() {
    let pairs = |n: usize| (0..n).map(|i| (format!("k{i}"), json!("v"))).collect::<serde_json::Map<_, _>>();
    check(json!({ "metadata": {} }), None);
    check(json!({ "metadata": pairs(50) }), None);
    check(json!({ "metadata": pairs(51) }), Some("metadata"));
    check(json!({ "metadata": { "order.id-1_A": "v".repeat(500), "empty": "", "pan": "ABCDE1234F" } }), None);
    check(json!({ "metadata": { "k": "v".repeat(501) } }), Some("metadata.k"));
    check(json!({ "metadata": { "k".repeat(41): "v" } }), Some("metadata"));
    for key in ["", "a b", "ключ", "a/b", "a[b]", "__proto__\u{0}"] {
        check(json!({ "metadata": { key: "v" } }), Some("metadata"));
    }
    for value in [json!(1), json!(1.5), json!(true), json!(null), json!([]), json!({ "a": "b" })] {
        check(json!({ "metadata": { "k": value } }), Some("metadata.k"));
    }
    for value in [json!("text"), json!(1), json!([["k", "v"]])] {
        check(json!({ "metadata": value }), Some("metadata"));
    }
    let twice = br#"{"amount":1,"currency":"INR","metadata":{"k":"a","\u006b":"b"}}"#;
    let error = parse::<Asked>(twice).and_then(|a| a.checked(Mode::Test, String::new())).unwrap_err();
    assert_eq!(error.param(), Some("metadata.k"));
}

#[test]
fn addresses_lead_to_one_place_for_every_reader() {
    #[track_caller]
    fn leads(text: &str, test: bool, live: bool) {
        for (mode, taken) in [(Mode::Test, test), (Mode::Live, live)] {
            let read = return_url("return_url", Some(text.to_owned()), mode);
            assert_eq!(read.is_ok(), taken, "{text} in {mode} mode");
            assert!(read.is_ok() || read.unwrap_err().param() == Some("return_url"));
        }
    }
    for text in [
        "https://shop.example",
        "https://shop.example/thanks?order=1&x=%20#done",
        "https://shop.example:8443/",
        "https://xn--4db.example/",
        "https://[2001:db8::1]/x",
        "https://203.0.113.7/x",
        "https://shop.example/a@b",
    ] {
        leads(text, true, true);
    }
    for text in
        ["http://localhost", "http://localhost:3000/back", "http://127.0.0.1:8080/", "http://[::1]:8080/"]
    {
        leads(text, true, false);
    }
    let long = format!("https://shop.example/{}", "a".repeat(2048));
    for text in [
        "",
        " ",
        "shop.example",
        "/thanks",
        "//shop.example",
        "///shop.example",
        "https:shop.example",
        "https:/shop.example",
        "https:///shop.example",
        "https://",
        "https://?x",
        "https://#x",
        "http://shop.example",
        "http://localhost.shop.example",
        "http://127.0.0.1.shop.example",
        "http://10.0.0.1/",
        "javascript:alert(1)",
        "JavaScript://shop.example/%0aalert(1)",
        "data:text/html,x",
        "file:///etc/passwd",
        "ftp://shop.example",
        "ws://shop.example",
        "mailto:a@b.in",
        "https://user@shop.example",
        "https://user:pw@shop.example",
        "https://@shop.example",
        "https://:@shop.example",
        "https://shop.example\\@evil.example",
        "https:\\\\shop.example",
        "https://shop.example\\x",
        "https://shop.example/\tx",
        "https://shop.example/\nx",
        "\thttps://shop.example",
        " https://shop.example",
        "https://shop.example ",
        "ht\ttps://shop.example",
        "https://shop example/",
        "https://shop.example:99999/",
        "https://shop.example:x/",
        "https://[::1",
        "https://%00/",
        "https://shop.example/<script>",
        "https://shop.example/\"x",
        "https://shöp.example",
        "https://exa%mple.org",
        "http://localhost@evil.example",
        "blob:https://shop.example/x",
        long.as_str(),
    ] {
        leads(text, false, false);
    }
}

#[test]
fn instants_are_rfc_3339_to_the_letter() {
    #[track_caller]
    fn at(text: &str, ms: Option<i64>) {
        assert_eq!(rfc3339(text).map(|at| at.0), ms, "{text}");
    }
    at("2026-08-01T12:00:00Z", Some(1_785_585_600_000));
    at("2026-08-01T12:00:00.250Z", Some(1_785_585_600_250));
    at("2026-08-01T17:30:00+05:30", Some(1_785_585_600_000));
    at("2026-08-01T12:00:00.123456789Z", Some(1_785_585_600_123));
    for text in [
        "",
        "2026-08-01",
        "2026-08-01T12:00Z",
        "2026-08-01 12:00:00Z",
        "2026-08-01t12:00:00z",
        "2026-08-01T12:00:00",
        "2026-08-01T12:00:00+0530",
        "2026-08-01T12:00:00+05",
        "2026-08-01T12:00:00Z[UTC]",
        "2026-13-01T12:00:00Z",
        "2026-02-30T12:00:00Z",
        "2026-08-01T24:00:01Z",
        "2026-08-01T12:60:00Z",
        "20260801T120000Z",
        "1785585600",
        "-002026-08-01T12:00:00Z",
        "2026-08-01T12:00:00.Z",
        "2026-08-01T12:00:00.1234567890Z",
        "tomorrow",
        " 2026-08-01T12:00:00Z",
        "2026-08-01T12:00:00Z ",
        "२०२६-08-01T12:00:00Z",
    ] {
        at(text, None);
    }
}
