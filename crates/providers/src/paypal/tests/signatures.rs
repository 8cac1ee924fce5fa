//! Every signature case, by the arithmetic and through the door that meets it in life.

use super::*;
use crate::contract::{Forged, Notices, Unverified};
use crate::paypal::sign;
use crate::proof::certificate::Certificate;
use data_encoding::BASE64;

fn cases() -> Vec<Value> {
    let vectors: Value = serde_json::from_str(VECTORS).unwrap();
    vectors["vectors"].as_array().unwrap().clone()
}

fn text<'a>(case: &'a Value, field: &str) -> &'a str {
    case[field].as_str().unwrap_or_else(|| panic!("{field} in {case}"))
}

fn header<'a>(case: &'a Value, name: &str) -> &'a str {
    text(&case["headers"], &format!("PAYPAL-{name}"))
}

fn body(case: &Value) -> Vec<u8> {
    BASE64.decode(text(case, "body_base64").as_bytes()).unwrap()
}

fn lower(case: &Value) -> Vec<(String, String)> {
    let headers = case["headers"].as_object().unwrap().iter();
    headers.map(|(name, value)| (name.to_lowercase(), value.as_str().unwrap().to_owned())).collect()
}

#[test]
fn every_signature_gets_its_verdict() {
    let cases = cases();
    assert_eq!(cases.len(), 25);
    let mut accepted = 0;
    for case in &cases {
        let id = text(case, "id");
        assert_eq!(crate::proof::crc32(&body(case)).to_string(), text(case, "crc32_of_body"), "{id}");
        let certificate = Certificate::read(text(case, "cert_pem")).unwrap();
        let signed = sign::signed_text(
            header(case, "TRANSMISSION-ID"),
            header(case, "TRANSMISSION-TIME"),
            text(case, "webhook_id"),
            &body(case),
        );
        let signature = BASE64.decode(header(case, "TRANSMISSION-SIG").as_bytes());
        let fits = signature.is_ok_and(|s| certificate.signed(&signed, &s));
        // Here the wrong word is in the header beside the signature, and the signature itself is right.
        let fits = fits && header(case, "AUTH-ALGO") == "SHA256withRSA";
        assert_eq!(fits, case["expected"]["signature"] == true, "{id}");
        accepted += usize::from(fits);
    }
    assert_eq!(accepted, 12);
}

/// The certificate's own verdict, where a vector has one: its name, its time, and that somebody else gave it.
#[test]
fn every_certificate_gets_its_verdict() {
    let mut judged = 0;
    for case in cases() {
        let Some(expected) = case["expected"]["certificate"].as_bool() else { continue };
        let certificate = Certificate::read(text(&case, "cert_pem")).unwrap();
        let speaks = certificate.speaks_for("messageverificationcerts.sandbox.paypal.com", NOW);
        assert_eq!(speaks, expected, "{}", text(&case, "id"));
        assert!(!certificate.speaks_for("messageverificationcerts.paypal.com", NOW));
        judged += 1;
    }
    assert_eq!(judged, 20);
    let genuine = cases().into_iter().find(|case| case["id"] == "genuine-2015").unwrap();
    let genuine = Certificate::read(text(&genuine, "cert_pem")).unwrap();
    let host = "messageverificationcerts.sandbox.paypal.com";
    let at = |text: &str| crate::paypal::meaning::instant(text).unwrap();
    assert!(genuine.speaks_for(host, at("2015-05-18T15:45:13Z")));
    assert!(!genuine.speaks_for(host, at("2015-03-17T23:59:59Z")) && !genuine.speaks_for(host, NOW));
}

#[test]
fn vectors_pass_or_fail_at_the_door() {
    let mut passed = 0;
    for case in cases() {
        let id = text(&case, "id");
        let credentials = account().credentials;
        let own = ("webhook_id".to_owned(), Secret::new(text(&case, "webhook_id")));
        let account = Account { credentials: credentials.into_iter().chain([own]).collect(), ..account() };
        let wire = Script::new(match id {
            // Refused before anything is fetched.
            "bad-algo-unknown" | "bad-sig-not-base64" => vec![],
            _ => vec![ok(text(&case, "cert_pem"))],
        });
        let (headers, body) = (lower(&case), body(&case));
        let verdict = run(PayPal.verify(call(&account, &wire), &[], Unverified::new(&headers, &body)));
        let rightly = case["expected"] == json!({"signature": true, "certificate": true});
        match id {
            // Rightly signed, and says not of which capture it is a refund.
            "ok-refund" => assert_eq!(verdict, Err(Forged::Unreadable)),
            _ if rightly => assert_eq!(verdict.map(|n| n.reports.len()), Ok(1), "{id}"),
            // The certificate of the genuine ones ended in 2017.
            _ => assert_eq!(verdict, Err(Forged::WrongSignature), "{id}"),
        }
        passed += usize::from(rightly);
        let fetched = sent(&wire);
        assert!(
            fetched
                .iter()
                .all(|r| r.starts_with("GET https://api.sandbox.paypal.com/v1/notifications/certs/CERT-"))
        );
    }
    assert_eq!(passed, 7);
}

fn genuine() -> (Vec<(String, String)>, Vec<u8>, String) {
    let case = cases().into_iter().find(|case| case["id"] == "ok-capture-completed").unwrap();
    (lower(&case), body(&case), text(&case, "cert_pem").to_owned())
}

fn verdict(account: &Account, wire: &Script, change: (&str, &str)) -> Result<(), Forged> {
    let (mut headers, body, _) = genuine();
    for (name, value) in &mut headers {
        if *name == change.0 {
            change.1.clone_into(value);
        }
    }
    headers.retain(|(_, value)| value != "-");
    run(PayPal.verify(call(account, wire), &[], Unverified::new(&headers, &body))).map(drop)
}

#[test]
fn no_address_but_paypals_is_ever_fetched() {
    let good = "https://api.sandbox.paypal.com/v1/notifications/certs/CERT-hundi-test-0001";
    let bad = [
        "http://api.sandbox.paypal.com/v1/notifications/certs/CERT-1",
        "https://api.paypal.com/v1/notifications/certs/CERT-1",
        "https://api.sandbox.paypal.com.evil.example/v1/notifications/certs/CERT-1",
        "https://evil.example/v1/notifications/certs/CERT-1",
        "https://evil.example#api.sandbox.paypal.com/v1/notifications/certs/CERT-1",
        "https://api.sandbox.paypal.com@evil.example/v1/notifications/certs/CERT-1",
        "https://u:p@api.sandbox.paypal.com/v1/notifications/certs/CERT-1",
        "https://api.sandbox.paypal.com:8443/v1/notifications/certs/CERT-1",
        "https://api.sandbox.paypal.com\\@evil.example/v1/notifications/certs/CERT-1",
        "https://API.sandbox.paypal.com/v1/notifications/certs/CERT-1",
        "https://api.sandbox.paypal.com./v1/notifications/certs/CERT-1",
        "https://127.0.0.1/v1/notifications/certs/CERT-1",
        "https://api.sandbox.paypal.com/v1/notifications/certs/",
        "https://api.sandbox.paypal.com/v1/notifications/certs/../../../redirect",
        "https://api.sandbox.paypal.com/v1/notifications/certs/CERT-1?x=1",
        "https://api.sandbox.paypal.com/v1/notifications/certs/CERT-1#x",
        "https://api.sandbox.paypal.com/v1/notifications/certs/CERT%2f1",
        "https://api.sandbox.paypal.com/other/CERT-1",
        " https://api.sandbox.paypal.com/v1/notifications/certs/CERT-1",
        "file:///v1/notifications/certs/CERT-1",
    ];
    for url in bad {
        let wire = Script::new(vec![]);
        assert_eq!(
            verdict(&account(), &wire, ("paypal-cert-url", url)),
            Err(Forged::WrongSignature),
            "{url}"
        );
        assert!(sent(&wire).is_empty());
    }
    // In a live connection sandbox's hosts are nobody's.
    let (live, wire) = (Account { mode: Mode::Live, ..account() }, Script::new(vec![]));
    assert_eq!(verdict(&live, &wire, ("paypal-cert-url", good)), Err(Forged::WrongSignature));
    let wire = Script::new(vec![ok(genuine().2)]);
    assert_eq!(verdict(&account(), &wire, ("", "")), Ok(()));
    assert_eq!(sent(&wire), [format!("GET {good}")]);
}

#[test]
fn a_certificate_is_fetched_once() {
    let wire = Script::new(vec![ok(genuine().2)]);
    for _ in 0..3 {
        assert_eq!(verdict(&account(), &wire, ("", "")), Ok(()));
    }
    assert_eq!(sent(&wire).len(), 1);
}

#[test]
fn every_header_is_needed() {
    let headers = ["transmission-id", "transmission-time", "transmission-sig", "cert-url", "auth-algo"];
    for name in headers {
        let wire = Script::new(vec![]);
        let change = format!("paypal-{name}");
        assert_eq!(verdict(&account(), &wire, (&change, "-")), Err(Forged::NoSignature), "{name}");
    }
    let mut without = account();
    without.credentials.remove("webhook_id");
    assert_eq!(verdict(&without, &Script::new(vec![]), ("", "")), Err(Forged::NoSecret));
}

/// Where the certificate can't be had or read, PayPal says itself whether it signed.
#[test]
fn paypal_is_asked_where_its_certificate_is_not_to_be_had() {
    let said = |status: &str| ok(json!({"verification_status": status}).to_string());
    let none = [
        Err(CallError::unknown(ReasonKind::TimedOut, "x")),
        status(500, ""),
        status(302, ""),
        ok("<html>maintenance</html>"),
        ok("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----"),
    ];
    for failed in none {
        let wire = script(vec![failed, said("SUCCESS"), said("FAILURE"), said("PERHAPS"), status(503, "")]);
        assert_eq!(verdict(&account(), &wire, ("", "")), Ok(()));
        // The failed fetch is not repeated for a while.
        assert_eq!(verdict(&account(), &wire, ("", "")), Err(Forged::WrongSignature));
        assert_eq!(verdict(&account(), &wire, ("", "")), Err(Forged::CannotTell));
        assert_eq!(verdict(&account(), &wire, ("", "")), Err(Forged::CannotTell));
        let asked = wire.sent();
        let (headers, body, _) = genuine();
        let value = |name: &str| headers.iter().find(|(n, _)| n == name).unwrap().1.clone();
        let expected = format!(
            r#"{{"auth_algo":"SHA256withRSA","cert_url":"{}","transmission_id":"{}","transmission_sig":"{}","transmission_time":"{}","webhook_id":"8AB12345CD678901E","webhook_event":{}}}"#,
            value("paypal-cert-url"),
            value("paypal-transmission-id"),
            value("paypal-transmission-sig"),
            value("paypal-transmission-time"),
            str::from_utf8(&body).unwrap(),
        );
        assert_eq!(str::from_utf8(&asked[1].body).unwrap(), expected);
    }
}

#[test]
fn a_body_cannot_leave_its_place_in_the_question() {
    let (headers, ..) = genuine();
    let wire = script(vec![status(500, "")]);
    let message = Unverified::new(&headers, br#"{},"webhook_id":"WEBHOOK_ID","x":{}"#);
    assert_eq!(run(PayPal.verify(call(&account(), &wire), &[], message)), Err(Forged::WrongSignature));
    assert_eq!(sent(&wire).len(), 1);
}
