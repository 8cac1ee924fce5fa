//! Texts in every field that takes one: control characters, card numbers, markup, metadata.

use super::amounts::with_raw;
use super::{Ask, At, ROUTES, Route, Stage, refuses};
use crate::house::TestApp;
use serde_json::{Value, json};

/// Fields that hold words for people: the route, the field's path, and how long it may be.
const WORDS: &[(&str, &str, usize)] = &[
    ("POST /orders", "receipt", 40),
    ("POST /orders", "description", 200),
    ("POST /orders", "customer.name", 100),
    ("POST /payments", "payer.user_agent", 300),
    ("POST /payments/{id}/retry", "payer.user_agent", 300),
    ("POST /payments/{id}/refunds", "note", 200),
    ("POST /refunds", "note", 200),
    ("POST /endpoints", "description", 200),
    ("PATCH /endpoints/{id}", "description", 200),
];

const CONTROLS: &[&str] = &[
    "",
    " ",
    "\u{a0}",
    "a\0b",
    "\0",
    "a\nb",
    "a\r\nb",
    "a\tb",
    "a\u{b}b",
    "\u{1b}[31mred",
    "a\u{7f}",
    "a\u{85}b",
    "\u{9b}1m",
    "\u{202e}gpj.exe",
    "a\u{2028}b",
    "a\u{2029}b",
    "\u{2066}x\u{2069}",
    "\u{feff}a",
];

const PANS: &[&str] = &[
    "4111 1111 1111 1111",
    "4111111111111111",
    "4111-1111-1111-1111",
    "card 5555 5555 5555 4444 thanks",
    "378282246310005",
    "6521111111111110",
    "paid by 4012888888881881 today",
];

/// Must come back as text or not at all.
const MARKUP: &[&str] = &[
    "<script>alert(1)</script>",
    "</title><script>alert(1)</script>",
    "\"><script>alert(1)</script>",
    "'><img src=x onerror=alert(1)>",
    "<img src=x onerror=alert(1)>",
    "<svg/onload=alert(1)>",
    "<svg><script>alert(1)</script>",
    "<body onload=alert(1)>",
    "<iframe src=javascript:alert(1)>",
    "<a href=javascript:alert(1)>x</a>",
    "<input autofocus onfocus=alert(1)>",
    "<details open ontoggle=alert(1)>",
    "<video><source onerror=alert(1)>",
    "<math href=javascript:alert(1)>x",
    "<object data=javascript:alert(1)>",
    "<embed src=javascript:alert(1)>",
    "<form action=javascript:alert(1)>",
    "<button formaction=javascript:alert(1)>",
    "<style>@import'//evil'</style>",
    "<link rel=stylesheet href=//evil>",
    "<meta http-equiv=refresh content=0;url=//evil>",
    "<base href=//evil/>",
    "<!--<img src=--><img src=x onerror=alert(1)>",
    "<scr<script>ipt>alert(1)</scr</script>ipt>",
    "<ScRiPt>alert(1)</sCrIpT>",
    "\" onmouseover=\"alert(1)",
    "' onmouseover='alert(1)",
    "{{constructor.constructor('alert(1)')()}}<b>",
    "${alert(1)}<b>",
    "<x onclick=alert(1)>x",
    "</script><script>alert(1)</script>",
    "]]><script>alert(1)</script>",
    "<%= 7*7 %><b>",
];

pub(super) fn route_of(name: &str) -> &'static Route {
    ROUTES.iter().find(|r| r.name() == name).unwrap_or_else(|| panic!("{name} is not listed"))
}

/// The good body with another value at a path of one or two names.
pub(super) fn with(good: &Value, path: &str, value: Value) -> String {
    let mut body = good.clone();
    match path.split_once('.') {
        Some((outer, inner)) => body[outer][inner] = value,
        None => body[path] = value,
    }
    body.to_string()
}

#[tokio::test]
async fn words_are_bounded_lines_without_card_numbers() {
    let t = TestApp::new().await;
    let (shop, other) = (t.shop().await, t.shop().await);
    let stage = Stage::of(&t, &shop, &other).await;
    for (name, field, chars_max) in WORDS {
        let route = route_of(name);
        let good = route.body(&stage).expect("it takes a body");
        let ask = |value: &str| {
            let body = with(&good, field, json!(value));
            Ask::new(&stage, route.method, &route.at(&stage)).json(body).hides(value)
        };
        stage
            .leaves_no_row(&format!("{name} {field}"), async {
                let long = "é".repeat(chars_max + 1);
                for value in CONTROLS.iter().chain(PANS).copied().chain([long.as_str()]) {
                    refuses(&stage, &ask(value), &At::field(field)).await;
                }
            })
            .await;
    }
    has_no_card_number(&t);
    t.ends().await;
}

/// Everywhere else that text can stand.
#[tokio::test]
async fn card_data_is_refused_wherever_it_stands() {
    let t = TestApp::new().await;
    let (shop, other) = (t.shop().await, t.shop().await);
    let stage = Stage::of(&t, &shop, &other).await;
    for route in ROUTES {
        let Some(good) = route.body(&stage) else { continue };
        stage
            .leaves_no_row(&route.name(), async {
                for name in
                    ["card", "card_number", "cardNumber", "cvv", "cvc2", "exp_month", "track2", "upi_pin"]
                {
                    for raw in ["\"4111111111111111\"", "{\"number\":\"4111111111111111\",\"cvv\":\"123\"}"] {
                        let ask = Ask::new(&stage, route.method, &route.at(&stage))
                            .json(with_raw(&good, name, raw));
                        refuses(&stage, &ask.hides("4111111111111111"), &At::field(name)).await;
                    }
                }
                if good.get("metadata").is_none() {
                    return;
                }
                for pan in PANS {
                    for (pairs, at) in [
                        (json!({ "note": pan }), "metadata.note"),
                        (json!({ "cvv": "123" }), "metadata.cvv"),
                        (json!({ *pan: "x" }), "metadata"),
                    ] {
                        let body = with(&good, "metadata", pairs);
                        let ask = Ask::new(&stage, route.method, &route.at(&stage)).json(body);
                        refuses(&stage, &ask.hides(*pan), &At::field(at)).await;
                    }
                }
            })
            .await;
    }
    for (name, field, value) in [
        ("POST /orders", "return_url", "https://shop.example/?card=4111111111111111"),
        ("POST /orders", "customer.email", "4111111111111111@example.com"),
        ("POST /endpoints", "url", "https://shop.example/4111111111111111"),
    ] {
        let route = route_of(name);
        let good = route.body(&stage).expect("it takes a body");
        let ask = Ask::new(&stage, route.method, &route.at(&stage)).json(with(&good, field, json!(value)));
        stage.leaves_no_row(field, refuses(&stage, &ask.hides("4111111111111111"), &At::field(field))).await;
    }
    has_no_card_number(&t);
    t.ends().await;
}

/// SAFETY: no card number in the database's bytes, its log included.
fn has_no_card_number(t: &TestApp) {
    let Some(bytes) = t.database_bytes() else { return };
    let holds = |needle: &str| bytes.windows(needle.len()).any(|w| w == needle.as_bytes());
    assert!(holds("INR"), "this is the database");
    for pan in PANS {
        assert!(!holds(pan), "{pan} was kept");
    }
}

#[tokio::test]
async fn metadata_has_limits() {
    let t = TestApp::new().await;
    let (shop, other) = (t.shop().await, t.shop().await);
    let stage = Stage::of(&t, &shop, &other).await;
    let many: serde_json::Map<_, _> = (0..51).map(|n| (format!("k{n}"), json!("v"))).collect();
    let long_key = "k".repeat(41);
    let mut cases = vec![
        (json!(many), "metadata"),
        (json!({ "k": "v".repeat(501) }), "metadata.k"),
        (json!({ long_key: "v" }), "metadata"),
    ];
    for value in [json!("text"), json!(1), json!(true), json!([]), json!([["k", "v"]])] {
        cases.push((value, "metadata"));
    }
    for key in ["", " ", "a b", "ключ", "a/b", "a[b]", "a\0", "<b>", "a\"b"] {
        cases.push((json!({ key: "v" }), "metadata"));
    }
    for value in [
        json!(1),
        json!(1.5),
        json!(true),
        json!(null),
        json!([]),
        json!({ "a": "b" }),
        json!("a\0b"),
        json!("a\nb"),
    ] {
        cases.push((json!({ "k": value }), "metadata.k"));
    }
    for route in ROUTES {
        let Some(good) = route.body(&stage).filter(|b| b.get("metadata").is_some()) else { continue };
        let ask = |body: String| Ask::new(&stage, route.method, &route.at(&stage)).json(body);
        stage
            .leaves_no_row(&route.name(), async {
                for (value, at) in &cases {
                    refuses(&stage, &ask(with(&good, "metadata", value.clone())), &At::field(at)).await;
                }
                let twice = with_raw(&good, "metadata", "{\"k\":\"a\",\"\\u006b\":\"b\"}");
                refuses(&stage, &ask(twice), &At::field("metadata.k")).await;
            })
            .await;
    }
    t.ends().await;
}

/// Other fields with a form of their own.
#[tokio::test]
async fn words_and_forms_of_single_fields() {
    let t = TestApp::new().await;
    let (shop, other) = (t.shop().await, t.shop().await);
    let stage = Stage::of(&t, &shop, &other).await;
    let cases: &[(&str, &str, &[&str])] = &[
        ("POST /orders", "capture", &["", "Manual", "auto", "none", "true", "manual "]),
        (
            "POST /orders",
            "customer.email",
            &[
                "",
                "asha",
                "@b.in",
                "a@",
                "a@b",
                "a@b@c.in",
                "a b@c.in",
                "a@b.in\r\nBcc: x@y.in",
                "<a@b.in>",
                "a@b.in,c@d.in",
            ],
        ),
        (
            "POST /orders",
            "customer.phone",
            &[
                "",
                "9876543210",
                "+",
                "+91 98765 43210",
                "+0123456789",
                "+1234567890123456",
                "tel:+919876543210",
                "+91987654321x",
            ],
        ),
        (
            "POST /orders",
            "expires_at",
            &[
                "",
                "tomorrow",
                "2026-12-01",
                "2026-12-01T08:00:00",
                "1795248000",
                "2026-02-30T08:00:00Z",
                "2026-11-21T08:00:00Z",
                "2020-01-01T00:00:00Z",
                "2099-01-01T00:00:00Z",
                "9999-12-31T23:59:59Z",
                "0000-01-01T00:00:00Z",
            ],
        ),
        ("POST /payments", "flow", &["", "Script", "upi", "card", "redirect ", "none"]),
        (
            "POST /payments",
            "payer.ip",
            &["", "localhost", "256.1.1.1", "1.2.3", "1.2.3.4/8", "::g", "1.2.3.4:80", "01.2.3.4"],
        ),
        ("POST /payments/{id}/retry", "flow", &["", "Script", "upi"]),
        ("PUT /routing/policy", "late_success", &["", "refund", "accept", "Refund_later", "later"]),
        ("POST /payments/{id}/refunds", "reason", &["", "Other", "late_success", "because", "fraud "]),
        ("POST /refunds", "reason", &["", "Other", "late_success", "because"]),
        ("PATCH /endpoints/{id}", "status", &["", "Enabled", "on", "deleted", "1"]),
    ];
    for (name, field, values) in cases {
        let route = route_of(name);
        let good = route.body(&stage).expect("it takes a body");
        stage
            .leaves_no_row(&format!("{name} {field}"), async {
                for value in *values {
                    let ask = Ask::new(&stage, route.method, &route.at(&stage)).json(with(
                        &good,
                        field,
                        json!(value),
                    ));
                    assert_eq!(refuses(&stage, &ask, &At::field(field)).await, "invalid_field");
                }
            })
            .await;
    }
    for (value, at) in [
        (json!([]), "events"),
        (json!([""]), "events[0]"),
        (json!(["order.paid", "x"]), "events[1]"),
        (json!(["*", "order.paid"]), "events[0]"),
        (json!(vec!["order.paid"; 51]), "events"),
        (json!(["ORDER.PAID"]), "events[0]"),
        (json!("order.paid"), "events"),
        (json!([1]), "events[0]"),
        (json!([["order.paid"]]), "events[0]"),
    ] {
        for name in ["POST /endpoints", "PATCH /endpoints/{id}"] {
            let route = route_of(name);
            let good = route.body(&stage).expect("it takes a body");
            let ask =
                Ask::new(&stage, route.method, &route.at(&stage)).json(with(&good, "events", value.clone()));
            stage.leaves_no_row(name, refuses(&stage, &ask, &At::field(at))).await;
        }
    }
    t.ends().await;
}

/// Markup is text: in JSON as it came, on pages escaped.
#[tokio::test]
async fn markup_stays_text() {
    assert!(MARKUP.len() >= 30);
    let t = TestApp::new().await;
    let shop = t.shop().await;
    for payload in MARKUP {
        let receipt: String = payload.chars().take(40).collect();
        let body = json!({
            "amount": 25_000, "currency": "INR", "description": payload, "receipt": receipt,
            "customer": { "name": payload }, "metadata": { "k": payload },
        });
        let order = shop.creates_order_with(body).await;
        let read = order.reads().await;
        assert_eq!((&read["description"], &read["customer"]["name"]), (&json!(payload), &json!(payload)));
        let page = shop
            .t
            .send(
                0,
                http::Request::get(format!("/pay/{}", order.token().await))
                    .body(axum::body::Body::empty())
                    .expect("a request"),
            )
            .await
            .is(200);
        let page = page.text();
        assert!(!page.contains(payload) && !page.contains(&receipt), "{payload} stands on the payer's page");
        let escaped = payload
            .replace('&', "&#38;")
            .replace('<', "&#60;")
            .replace('>', "&#62;")
            .replace('"', "&#34;")
            .replace('\'', "&#39;");
        assert!(page.contains(&escaped), "{payload} is shown as text: {page}");
    }
    t.ends().await;
}
