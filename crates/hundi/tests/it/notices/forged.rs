//! Forged messages: refused, kept as evidence with a cap, and nothing moves (SAFETY T01, T02, T03, T12, T14).

use crate::house::{Letter, Payment, Shop, TestApp, draft, operator, signature};
use hundi_core::Secret;
use hundi_core::time::{hours, minutes};
use hundi_store::notices::State;
use serde_json::json;

const MINOR: i64 = 250_000;

async fn is_unpaid(shop: &Shop<'_>, payment: &Payment<'_>) {
    shop.t.settles().await;
    assert_eq!(payment.is("pending").await["tries"], json!([]));
    assert_eq!(shop.balance("provider").await, 0);
}

#[tokio::test]
async fn without_the_right_proof_nothing_moves() {
    let t = TestApp::new().await;
    let (shop, other) = (t.shop().await, t.shop().await);
    let order = shop.creates_order(MINOR).await;
    let payment = order.begins("script").await;
    let good = shop.captured_letter("pay_Forged00000001", &payment.provider_order, MINOR);
    let of = |secret: &str| signature(secret, &good.body);
    let mut altered = good.clone();
    let at = altered.body.iter().position(|b| *b == b'5').unwrap();
    altered.body[at] = b'6';

    let battery: Vec<(&str, Letter)> = vec![
        ("no signature", good.clone().signed(None)),
        ("empty", good.clone().signed(Some(""))),
        ("upper case", good.clone().signed(Some(&good.signature().to_uppercase()))),
        ("half of it", good.clone().signed(Some(&good.signature()[..32]))),
        ("more of it", good.clone().signed(Some(&format!("{}00", good.signature())))),
        ("no hex", good.clone().signed(Some(&"z".repeat(64)))),
        ("an empty secret", good.clone().signed(Some(&of("")))),
        ("a wrong secret", good.clone().signed(Some(&of("webhook-secret-of-nobody")))),
        ("the key secret", good.clone().signed(Some(&of(&shop.provider_secret)))),
        ("another merchant's secret", good.clone().signed(Some(&of(&other.webhook_secret)))),
        ("another merchant's address", Letter { path: other.webhook_path.clone(), ..good.clone() }),
        ("an altered body", altered),
        ("white space added", Letter { body: [&good.body[..], b"\n"].concat(), ..good.clone() }),
    ];
    let told = battery.len();
    for (what, letter) in battery {
        assert_eq!(shop.posts_letter(&letter).await, 401, "{what}");
    }
    is_unpaid(&shop, &payment).await;
    let (kept, theirs) = (shop.notices().await, other.notices().await);
    assert_eq!(kept.len() + theirs.len(), told);
    assert!(
        kept.iter().chain(&theirs).all(|n| n.state == State::Refused && !n.verified && n.grade.is_none())
    );

    let twice = Letter { headers: [&good.headers[..], &good.headers[2..]].concat(), ..good.clone() };
    assert_eq!(shop.posts_letter(&twice).await, 401);
    is_unpaid(&shop, &payment).await;
    t.ends().await;
}

#[tokio::test]
async fn addresses_that_are_nobodys_are_not_found() {
    let t = TestApp::new().await;
    let shop = t.shop().await;
    let payment = shop.creates_order(MINOR).await.begins("script").await;
    let good = shop.captured_letter("pay_Forged00000001", &payment.provider_order, MINOR);
    for provider in ["mock", "sim", "test", "paytm", "Razorpay"] {
        let path = good.path.replace("/razorpay/", &format!("/{provider}/"));
        assert_eq!(shop.posts_letter(&Letter { path, ..good.clone() }).await, 404, "{provider}");
    }
    let path = format!("{}x", good.path);
    assert_eq!(shop.posts_letter(&Letter { path, ..good }).await, 404);
    is_unpaid(&shop, &payment).await;
    t.ends().await;
}

#[tokio::test]
async fn of_a_flood_of_forgeries_a_bounded_number_is_kept() {
    let t = TestApp::new().await;
    let shop = t.shop().await;
    let payment = shop.creates_order(MINOR).await.begins("script").await;
    let forged =
        shop.captured_letter("pay_Forged00000001", &payment.provider_order, MINOR).signed(Some("00"));
    for _ in 0..230 {
        assert_eq!(shop.posts_letter(&forged).await, 401);
    }
    assert_eq!(shop.notices().await.len(), 200);
    // The true one still gets through, and an hour later evidence is kept again.
    payment.payer("pay");
    t.settles().await;
    payment.is("captured").await;
    t.passes(hours(2)).await;
    shop.posts_letter(&forged).await;
    assert_eq!(shop.notices().await.iter().filter(|n| n.state == State::Refused).count(), 201);
    t.ends().await;
}

/// A connection without a webhook secret accepts no message at all, and none can be made with an empty one.
#[tokio::test]
async fn a_connection_without_a_secret_accepts_nothing() {
    let t = TestApp::new().await;
    let shop = t.shop().await;
    let there = t.another_account();
    for bad in ["", " ", "short"] {
        let with = hundi_app::connections::Draft { webhook_secret: Some(Secret::new(bad)), ..draft(&there) };
        let refused = hundi_app::connections::save(t.app(), shop.scope, &operator(), with).await;
        assert_eq!(refused.err().map(|e| e.code()), Some("invalid_field"), "{bad:?}");
    }
    let without = hundi_app::connections::Draft { webhook_secret: None, ..draft(&there) };
    let saved = hundi_app::connections::save(t.app(), shop.scope, &operator(), without).await.unwrap();
    let shown = hundi_app::connections::get(t.app(), shop.scope, saved.id).await.unwrap();
    let path = shown.webhook_url.strip_prefix(crate::house::PUBLIC).unwrap().to_owned();
    let good = shop.captured_letter("pay_Forged00000001", "order_Forged0000001", MINOR);
    for proof in [None, Some(""), Some(signature("", &good.body).as_str()), Some(good.signature())] {
        let letter = Letter { path: path.clone(), ..good.clone() }.signed(proof);
        assert_eq!(shop.posts_letter(&letter).await, 401, "{proof:?}");
    }
    t.ends().await;
}

/// Signed, and not readable: kept for a person, answered with 200 so that the provider goes on sending, no state moved.
#[tokio::test]
async fn what_is_signed_and_unreadable_moves_nothing() {
    let t = TestApp::new().await;
    let shop = t.shop().await;
    let payment = shop.creates_order(MINOR).await.begins("script").await;
    let good = shop.captured_letter("pay_Strange0000001", &payment.provider_order, MINOR);
    let text = String::from_utf8(good.body.clone()).unwrap();
    let again = format!("\"amount\":{MINOR},\"\\u0061mount\":{MINOR}");
    let bodies = [
        text.replace(&format!("\"amount\":{MINOR}"), &again),
        text.replace(&format!("\"amount\":{MINOR}"), &format!("\"amount\":\"{MINOR}\"")),
        text.replace(&format!("\"amount\":{MINOR}"), "\"amount\":-1"),
        text.replace("\"currency\":\"INR\"", "\"currency\":\"INX\""),
        text.replace("\"status\":\"captured\"", "\"status\":\"enriched\""),
        "<?xml version=\"1.0\"?><!DOCTYPE a [<!ENTITY b SYSTEM \"file:///etc/passwd\">]><a>&b;</a>"
            .to_owned(),
        String::new(),
    ];
    for body in bodies {
        let body = body.into_bytes();
        let proof = signature(&shop.webhook_secret, &body);
        let letter = Letter { body, ..good.clone() }.signed(Some(&proof));
        let status = shop.posts_letter(&letter).await;
        assert!(status == 200, "{status}: {}", String::from_utf8_lossy(&letter.body));
    }
    is_unpaid(&shop, &payment).await;
    t.passes(minutes(1)).await;
    t.ends().await;
}

/// A stranger decides what a forged message says. None of it is ours to keep, whatever it is.
#[tokio::test]
async fn of_what_a_stranger_writes_only_the_build_is_kept() {
    let t = TestApp::new().await;
    let shop = t.shop().await;
    let good = shop.captured_letter("pay_Forged00000001", "order_Forged0000001", MINOR);
    let mut forged = good.clone().signed(Some("f0rg3d-signature"));
    forged.headers.push(("x-note".into(), "4111-1111-1111-1111".into()));
    assert_eq!(shop.posts_letter(&forged).await, 401);
    let kept = shop.notices().await.remove(0);
    let (headers, body) = (kept.headers, String::from_utf8(kept.body).unwrap());
    for secret in ["f0rg3d", "4111", "asha", "+9199", "pay_Forged", "250000"] {
        assert!(!headers.contains(secret) && !body.contains(secret), "{secret}: {headers}\n{body}");
    }
    assert!(headers.contains("x-note: [19 characters]"), "{headers}");
    assert!(body.contains("event: text of 16") && body.contains("vpa: text of 8"), "{body}");
    // What is proven is kept as it came, byte for byte: it is the evidence.
    assert_eq!(shop.posts_letter(&good).await, 200);
    assert!(shop.notices().await.iter().any(|n| n.body == good.body));
    t.settles().await;
    t.ends_unwitnessed().await;
}

/// No database of ours holds a NUL in a text, and a signed message is no place to fail for it.
#[tokio::test]
async fn a_nul_in_a_signed_name_is_read_like_any_unknown_name() {
    let t = TestApp::new().await;
    let shop = t.shop().await;
    let named = shop.letter("payment.\0captured", &json!({}));
    assert_eq!(shop.posts_letter(&named).await, 200);
    let kept = shop.notices().await.remove(0);
    assert_eq!(kept.kind.as_deref(), Some("payment.\u{fffd}captured"));
    t.settles().await;
    t.ends().await;
}
