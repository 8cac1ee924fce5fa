//! The doors that nobody signs in at: webhooks and the payer's pages. Garbage is not found, leaves nothing, and is not
//! repeated.

use super::Stage;
use crate::house::{Answer, PUBLIC, TestApp, payment_entity};
use axum::body::Body;
use http::Request;
use hundi_app::people::{NewPerson, create_person};
use hundi_core::Secret;
use hundi_core::scope::Role;
use serde_json::json;

/// Tokens as they stand in an address.
fn tokens(good: &str) -> Vec<String> {
    let mut all: Vec<String> = [
        "0",
        "x",
        "-",
        ".",
        "..",
        "%2e%2e",
        "%2e%2e%2fetc%2fpasswd",
        "%00",
        "%FF%FE",
        "%C0%AF",
        "%20",
        "%0d%0aX:y",
        "%3Cscript%3Ealert(1)%3C%2Fscript%3E",
        "'%20OR%201=1--",
        "%25s",
        "null",
        "undefined",
        "%E2%82%B9",
        "*",
        ".ord_",
        "ord_.",
        "ord_00000000000000000000000000.",
        "ord_00000000000000000000000000.0000000000000000000000",
        "..%5c..%5c",
        "%F0%9F%92%B8",
    ]
    .map(str::to_owned)
    .into();
    all.extend([
        good.to_uppercase(),
        format!("{good}%20"),
        format!("%20{good}"),
        format!("{good}0"),
        format!("{good}%00"),
        format!("{good}."),
        format!("{good};x"),
        good[..good.len() - 1].to_owned(),
        good[1..].to_owned(),
        good.chars().rev().collect(),
        "a".repeat(10_000),
    ]);
    all
}

async fn asks(t: &TestApp, method: &str, path: &str, kind: Option<&str>, body: &[u8]) -> Answer {
    let mut request = Request::builder().method(method).uri(path);
    if let Some(kind) = kind {
        request = request.header("content-type", kind);
    }
    t.send(0, request.body(Body::from(body.to_vec())).expect("a request")).await
}

#[track_caller]
fn is_refused(answer: &Answer, wanted: &[u16], what: &str, hidden: &str) {
    let text = answer.text();
    assert!(wanted.contains(&answer.status), "{what:.300}: {} {text:.500}", answer.status);
    assert!(hidden.len() < 8 || !text.contains(hidden), "{what:.300} is repeated: {text:.500}");
}

#[tokio::test]
async fn hooks_of_nobody() {
    let t = TestApp::new().await;
    let (shop, other) = (t.shop().await, t.shop().await);
    let stage = Stage::of(&t, &shop, &other).await;
    let (before, token) = shop.webhook_path.rsplit_once('/').expect("a path");
    stage
        .leaves_no_row("hooks", async {
            for spelling in tokens(token) {
                for body in [&b""[..], b"{}", b"\xff\xfe", &[b'['; 70_000]] {
                    let path = format!("{before}/{spelling}");
                    let answer = asks(&t, "POST", &path, Some("application/json"), body).await;
                    is_refused(&answer, &[404], &path, &spelling);
                }
            }
            for provider in
                ["x", "RAZORPAY", "razorpay%00", "%FF", "..", "%3Cscript%3Ealert(1)%3C%2Fscript%3E"]
            {
                let path = format!("/hooks/{provider}/{token}");
                let answer = asks(&t, "POST", &path, Some("application/json"), b"{}").await;
                is_refused(&answer, &[404], &path, provider);
            }
            for method in ["GET", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"] {
                let answer = asks(&t, method, &shop.webhook_path, None, b"").await;
                is_refused(&answer, &[405], method, token);
            }
            for path in ["/hooks", "/hooks/", "/hooks/razorpay", "/hooks/razorpay/"] {
                is_refused(&asks(&t, "POST", path, None, b"{}").await, &[403, 404], path, "");
            }
        })
        .await;
    t.ends().await;
}

/// At an address that is somebody's, what proves nothing is refused and kept as evidence, and moves nothing.
#[tokio::test]
async fn hooks_with_garbage() {
    let t = TestApp::new().await;
    let (shop, other) = (t.shop().await, t.shop().await);
    let stage = Stage::of(&t, &shop, &other).await;
    let before = hundi_store::testing::row_counts(t.store()).await;
    for body in [
        &b""[..],
        b"{}",
        b"null",
        b"[]",
        b"x",
        b"\xff\xfe\x00",
        b"{\"event\":\"payment.captured\"}",
        &[b'['; 70_000],
        &[b' '; 1 << 20],
    ] {
        for kind in
            [None, Some("application/json"), Some("text/plain"), Some("application/x-www-form-urlencoded")]
        {
            let answer = asks(&t, "POST", &shop.webhook_path, kind, body).await;
            is_refused(&answer, &[401], "a garbage message", "");
        }
    }
    t.settles().await;
    let mut after = hundi_store::testing::row_counts(t.store()).await;
    let evidence = after.insert("notice".to_owned(), before["notice"]).expect("there is such a table");
    assert_eq!((after, evidence), (before.clone(), before["notice"] + 36));
    assert!(stage.mine.len() == stage.theirs.len());
    t.ends().await;
}

#[tokio::test]
async fn checkout_links_of_nobody() {
    let t = TestApp::new().await;
    let (shop, other) = (t.shop().await, t.shop().await);
    let stage = Stage::of(&t, &shop, &other).await;
    let order = shop.creates_order(40_000).await;
    let payment = order.begins("script").await;
    t.settles().await;
    let token = order.token().await;
    let theirs = other.creates_order(40_000).await.token().await;
    t.settles().await;
    let form = Some("application/x-www-form-urlencoded");
    stage
        .leaves_no_row("pay", async {
            for spelling in tokens(&token) {
                let path = format!("/pay/{spelling}");
                for (method, below) in
                    [("GET", ""), ("GET", "/state"), ("POST", "/start"), ("POST", "/check")]
                {
                    let answer = asks(&t, method, &format!("{path}{below}"), None, b"").await;
                    is_refused(&answer, &[404], &format!("{method} {path}{below}"), &spelling);
                }
                for method in ["GET", "POST"] {
                    let back = format!("{path}/return/{}", payment.id);
                    is_refused(
                        &asks(&t, method, &back, form, b"razorpay_payment_id=pay_x").await,
                        &[404],
                        &back,
                        &spelling,
                    );
                }
            }
            // A good link, and a payment that is not of its order.
            for id in tokens(&payment.id)
                .into_iter()
                .chain([stage.mine[&super::Kind::Paid].clone(), stage.theirs[&super::Kind::Paid].clone()])
            {
                let back = format!("/pay/{token}/return/{id}");
                is_refused(&asks(&t, "GET", &back, None, b"").await, &[404], &back, &id);
            }
            // Another order's link, and this order's payment.
            let back = format!("/pay/{theirs}/return/{}", payment.id);
            is_refused(&asks(&t, "POST", &back, form, b"").await, &[404], &back, "");
            // Bodies and types that are no form.
            for kind in ["application/json", "text/plain", "multipart/form-data; boundary=x"] {
                let start = format!("/pay/{token}/start");
                is_refused(&asks(&t, "POST", &start, Some(kind), b"{}").await, &[415], kind, "");
            }
            let large = vec![b'a'; (32 << 10) + 1];
            is_refused(
                &asks(&t, "POST", &format!("/pay/{token}/start"), form, &large).await,
                &[413],
                "a large form",
                "",
            );
            // A form that chooses nothing that there is leads back to the page.
            for body in [
                "",
                "flow=",
                "flow=x",
                "flow=script%00",
                "flow=%FF",
                "connection=x",
                "flow=<script>",
                "%00=%00&&&===",
                "amount=1&status=paid",
            ] {
                for what in ["start", "forget"] {
                    let path = format!("/pay/{token}/{what}");
                    let answer = asks(&t, "POST", &path, form, body.as_bytes()).await;
                    assert_eq!(
                        (answer.status, answer.header("location")),
                        (303, format!("/pay/{token}")),
                        "{what} {body}"
                    );
                }
            }
            for query in [
                "said=failed&reason=<script>alert(1)</script>",
                "said=paid",
                "go=<script>alert(1)</script>",
                "other=%FF",
                "status=paid&amount=1",
            ] {
                let path = format!("/pay/{token}?{}", query.replace('<', "%3C").replace('>', "%3E"));
                let page = asks(&t, "GET", &path, None, b"").await.is(200).text();
                assert!(!page.contains("<script>alert"), "{query} is repeated");
            }
        })
        .await;
    payment.is("pending").await;
    t.passes(hundi_core::time::hours(1)).await;
    t.ends().await;
}

/// A provider's own word with a NUL in it, properly signed: what is only shown does not hold up the money.
#[tokio::test]
async fn a_nul_in_a_signed_message() {
    let t = TestApp::new().await;
    let shop = t.shop().await;
    let payment = shop.creates_order(40_000).await.begins("script").await;
    let (order, at) = (&payment.provider_order, t.now().secs());
    let mut captured = payment_entity("pay_Nul00000000001", order, 40_000, "captured", at);
    for field in ["vpa", "bank", "wallet", "error_code", "error_description", "error_reason", "email"] {
        captured[field] = json!("a\0b");
    }
    captured["acquirer_data"] = json!({ "rrn": "1\u{0}2", "upi_transaction_id": "\0" });
    let letter = shop.letter("payment.captured", &json!({ "payment": { "entity": captured } }));
    assert_eq!(shop.posts_letter(&letter).await, 200);
    t.settles().await;
    let read = payment.is("captured").await;
    assert!(read["tries"][0]["instrument"].is_string(), "{read}");
    t.ends_unwitnessed().await;
}

/// The console's forms and filters, with what no text can hold. PostgreSQL cannot store it, and must not be asked to.
#[tokio::test]
async fn the_consoles_doors() {
    let t = TestApp::new().await;
    let shop = t.shop().await;
    let person = NewPerson {
        email: "asha@shop.example".into(),
        name: "Asha".into(),
        role: Role::Manager,
        merchant: Some(shop.scope.merchant()),
        password: Secret::new("a long enough password"),
    };
    create_person(t.app(), person).await.expect("a person");
    let form = |path: &str, body: &str, cookie: &str| {
        let request = Request::post(path).header("content-type", "application/x-www-form-urlencoded");
        let request = request.header("origin", PUBLIC).header("cookie", cookie);
        request.body(Body::from(body.to_owned())).expect("a request")
    };
    let good = "email=asha%40shop.example&password=a+long+enough+password";
    let signed_in = t.send(0, form("/signin", good, "")).await.is(303);
    let cookie = signed_in.header("set-cookie").split(';').next().unwrap_or_default().to_owned();
    for hostile in ["%00", "a%00%40b.in", "%FF", "%C0%AF", "%E2%80%AE", "%0d%0a"] {
        let body = format!("email=asha%40shop.example{hostile}&password={hostile}&next={hostile}");
        assert!(t.send(0, form("/signin", &body, "")).await.status < 500, "{body}");
        for path in [
            "/payments?q=",
            "/payments?amount=",
            "/payments?status=",
            "/payments?older=",
            "/webhooks?verdict=",
            "/deliveries?state=",
            "/?range=",
            "/routing?amount=",
            "/routing?amount=1&currency=",
            "/routing?amount=1&method=",
            "/routing/rule?at=",
            "/payments/x/capture/confirm?amount=",
        ] {
            let request = Request::get(format!("{path}{hostile}")).header("cookie", &cookie);
            let answer = t.send(0, request.body(Body::empty()).expect("a request")).await;
            assert!(answer.status < 500, "{path}{hostile}: {}", answer.status);
        }
        for path in ["/payments/", "/connections/", "/webhooks/", "/endpoints/", "/deliveries/"] {
            let request = Request::get(format!("{path}{hostile}")).header("cookie", &cookie);
            let answer = t.send(0, request.body(Body::empty()).expect("a request")).await;
            assert!((400..500).contains(&answer.status), "{path}{hostile}: {}", answer.status);
        }
    }
    t.ends().await;
}
