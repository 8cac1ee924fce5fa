//! Bodies that are not what they should be, at every route that takes one: shape, encoding, type, size, and fields
//! that are the server's own (SAFETY T32).

use super::amounts::with_raw;
use super::{Ask, At, ROUTES, Route, Stage, Takes, refuses};
use crate::house::TestApp;
use serde_json::Value;

/// What callers may not set. Where one of them is a field, a number is no value of it.
const SERVERS_OWN: &[&str] = &[
    "status",
    "merchant_id",
    "fee",
    "mode",
    "captured",
    "approved_by",
    "livemode",
    "id",
    "object",
    "amount_paid",
    "amount_due",
    "amount_captured",
    "amount_refunded",
    "created_by",
    "created_at",
    "updated_at",
    "outcome",
    "in_doubt_since",
    "provider_order",
    "provider_payment",
    "our_ref",
    "checkout_url",
    "secret",
    "enabled",
    "origin",
    "scope",
    "organization_id",
    "role",
    "is_admin",
    "version",
    "balance",
    "paid",
    "refunded",
    "settled",
    "__proto__",
    "constructor",
    "Amount",
    "AMOUNT",
    "amount.",
    "amount-minor",
    "url.",
    "key",
];

#[tokio::test]
async fn fields_of_the_servers_own() {
    let t = TestApp::new().await;
    let (shop, other) = (t.shop().await, t.shop().await);
    let stage = Stage::of(&t, &shop, &other).await;
    for route in ROUTES {
        let Some(good) = route.body(&stage) else { continue };
        stage
            .leaves_no_row(&route.name(), async {
                for name in SERVERS_OWN {
                    let ask =
                        Ask::new(&stage, route.method, &route.at(&stage)).json(with_raw(&good, name, "1"));
                    assert_eq!(refuses(&stage, &ask, &At::field(name)).await, "invalid_field");
                }
                for (within, _) in good
                    .as_object()
                    .expect("an object")
                    .iter()
                    .filter(|(n, v)| v.is_object() && *n != "metadata")
                {
                    let raw = "{\"merchant_id\":\"mer_1\"}";
                    let ask =
                        Ask::new(&stage, route.method, &route.at(&stage)).json(with_raw(&good, within, raw));
                    refuses(&stage, &ask, &At::Field(format!("{within}.merchant_id"))).await;
                }
                // Names that can't be repeated safely are not.
                for name in [
                    "<script>alert(1)</script>",
                    "a b c d e",
                    "\u{202e}tnuoma",
                    "4111111111111111",
                    &"x".repeat(5_000),
                ] {
                    let ask =
                        Ask::new(&stage, route.method, &route.at(&stage)).json(with_raw(&good, name, "1"));
                    refuses(&stage, &ask.hides(name), &At::Anywhere).await;
                }
            })
            .await;
    }
    t.ends().await;
}

/// Whole bodies made of a good one.
fn bodies(route: &Route, good: &Value) -> Vec<Vec<u8>> {
    let text = good.to_string();
    let open = &text[..text.len() - 1];
    let deep = |n: usize| format!("{}1{}", "[".repeat(n), "]".repeat(n));
    let nested = |n: usize| format!("{}1{}", "{\"a\":".repeat(n), "}".repeat(n));
    let comma = if good.as_object().is_some_and(serde_json::Map::is_empty) { "" } else { "," };
    let mut all: Vec<String> = [
        "null",
        "true",
        "1",
        "\"x\"",
        "[]",
        "[{}]",
        "[null]",
        "{",
        "}",
        "{]",
        "x",
        "{\"a\"}",
        "{a:1}",
        "{'a':1}",
        "{,}",
        "undefined",
        "NaN",
        "amount=1&currency=INR",
        "<order/>",
        "--x\r\n\r\n",
        "%7B%7D",
        "\0",
        "{}{}",
        "{} {}",
        "{}\0",
        "{}x",
        "{},",
        "{};",
        "{}//",
        "{}/**/",
        "{}#",
        "{}\u{a0}",
        "{}\u{feff}",
        "\u{feff}{}",
        "\u{b}{}",
    ]
    .map(str::to_owned)
    .into();
    all.extend([
        format!("[{text}]"),
        format!("\"{}\"", text.replace('"', "\\\"")),
        format!("{text}{text}"),
        format!("{text}\n{text}"),
        format!("{text} trailing"),
        format!("{text}]"),
        format!("{text}\u{0}"),
        format!("// a comment\n{text}"),
        format!("/* a comment */{text}"),
        format!("{text}// a comment"),
        format!("# a comment\n{text}"),
        format!("{open}{comma}\"x\":}}"),
        format!("{open}{comma}x:1}}"),
        format!("{open}{comma}'x':1}}"),
        format!("{open}{comma}\"x\":1,}}"),
        format!("{open}{comma}\"x\":{}}}", deep(200)),
        format!("{open}{comma}\"x\":{}}}", nested(200)),
        format!("{open}{comma}\"x\":\"a\nb\"}}"),
        format!("{open}{comma}\"x\":\"\\x41\"}}"),
        format!("{open}{comma}\"x\":\"\\ud800\"}}"),
        open.to_owned(),
        format!("\u{feff}{text}"),
        deep(200),
        nested(200),
        "[".repeat(60_000),
        "{\"a\":".repeat(12_000),
    ]);
    if !comma.is_empty() {
        all.push(format!("{open},}}"));
    }
    let mut all: Vec<Vec<u8>> = all.into_iter().map(String::into_bytes).collect();
    let wide = |bytes: fn(u16) -> [u8; 2]| text.encode_utf16().flat_map(bytes).collect::<Vec<u8>>();
    all.extend([
        wide(u16::to_le_bytes),
        wide(u16::to_be_bytes),
        [b"\xff\xfe".to_vec(), wide(u16::to_le_bytes)].concat(),
        [b"\xfe\xff".to_vec(), wide(u16::to_be_bytes)].concat(),
        [open.as_bytes(), comma.as_bytes(), b"\"x\":\"\xff\"}"].concat(),
        [open.as_bytes(), comma.as_bytes(), b"\"x\":\"\xc0\xaf\"}"].concat(),
        [open.as_bytes(), comma.as_bytes(), b"\"x\":\"\xed\xa0\x80\"}"].concat(),
        [open.as_bytes(), comma.as_bytes(), b"\"\xff\":1}"].concat(),
        b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03".to_vec(),
    ]);
    // Where everything may be left out, nothing is a good body.
    let all_optional = [
        "/customers",
        "/customers/{id}",
        "/payments/{id}/capture",
        "/connections/{id}/sweep",
        "/payments/{id}/retry",
        "/payments/{id}/refunds",
        "/endpoints/{id}",
        "/endpoints/{id}/rotate_secret",
        "/connections/{id}",
        "/keys/{id}/rotate",
        "/test/settings",
    ];
    if matches!(route.takes, Takes::Body(_)) && !all_optional.contains(&route.path) {
        all.extend([Vec::new(), b"{}".to_vec(), b" {} ".to_vec()]);
    }
    all
}

#[tokio::test]
async fn shapes_and_encodings() {
    let t = TestApp::new().await;
    let (shop, other) = (t.shop().await, t.shop().await);
    let stage = Stage::of(&t, &shop, &other).await;
    for route in ROUTES {
        let Some(good) = route.body(&stage) else { continue };
        let all = bodies(route, &good);
        assert!(all.len() >= 60, "{}", all.len());
        stage
            .leaves_no_row(&route.name(), async {
                let ask = |body: Vec<u8>| Ask::new(&stage, route.method, &route.at(&stage)).json(body);
                for body in all {
                    let code = refuses(&stage, &ask(body), &At::Anywhere).await;
                    assert!(["unreadable_request", "invalid_field"].contains(&code.as_str()), "{code}");
                }
                for (name, value) in good.as_object().expect("an object") {
                    let text = good.to_string();
                    for twin in
                        [name.clone(), format!("\\u{:04x}{}", u32::from(name.as_bytes()[0]), &name[1..])]
                    {
                        let body = format!("{},\"{twin}\":{value}}}", &text[..text.len() - 1]);
                        refuses(&stage, &ask(body.into_bytes()), &At::field(name)).await;
                    }
                }
                for bytes in [(64 << 10) + 1, 1 << 20] {
                    let mut body = good.to_string().into_bytes();
                    body.resize(bytes, b' ');
                    assert_eq!(refuses(&stage, &ask(body), &At::Whole).await, "body_too_large");
                }
            })
            .await;
    }
    t.ends().await;
}

/// A value of another type than its field's, field by field.
#[tokio::test]
async fn values_of_another_type() {
    let t = TestApp::new().await;
    let (shop, other) = (t.shop().await, t.shop().await);
    let stage = Stage::of(&t, &shop, &other).await;
    for route in ROUTES {
        let Some(good) = route.body(&stage) else { continue };
        stage
            .leaves_no_row(&route.name(), async {
                for (name, value) in good.as_object().expect("an object") {
                    let wrong =
                        |raw: &&str| serde_json::from_str::<Value>(raw).is_ok_and(|v| !same_kind(&v, value));
                    for raw in ["1", "-1.5", "true", "\"\"", "[1]", "[[]]", "{\"a\":1}", "[\"a\",1]"]
                        .iter()
                        .filter(|r| wrong(r))
                    {
                        let ask = Ask::new(&stage, route.method, &route.at(&stage))
                            .json(with_raw(&good, name, raw));
                        let code = refuses(&stage, &ask, &At::Anywhere).await;
                        assert_eq!(code, "invalid_field", "{} {name} {raw}", route.name());
                    }
                }
            })
            .await;
    }
    t.ends().await;
}

const fn same_kind(a: &Value, b: &Value) -> bool {
    matches!(
        (a, b),
        (Value::Number(_), Value::Number(_))
            | (Value::Bool(_), Value::Bool(_))
            | (Value::String(_), Value::String(_))
            | (Value::Array(_), Value::Array(_))
            | (Value::Object(_), Value::Object(_))
    )
}

#[tokio::test]
async fn types_and_packings() {
    let t = TestApp::new().await;
    let (shop, other) = (t.shop().await, t.shop().await);
    let stage = Stage::of(&t, &shop, &other).await;
    let types: &[&[u8]] = &[
        b"",
        b" ",
        b"text/plain",
        b"text/json",
        b"application/x-www-form-urlencoded",
        b"multipart/form-data; boundary=x",
        b"application/xml",
        b"application/octet-stream",
        b"application/json; charset=utf-16",
        b"application/json; charset=latin1",
        b"application/json; charset=",
        b"application/json; boundary=x",
        b"application/json;",
        b"application/json, text/plain",
        b"application/jsonp",
        b"application/json+x",
        b"application/problem+json",
        b"application/ld+json",
        b"*/*",
        b"application/*",
        b"json",
        b"application/json\xff",
        b"application/json\tx",
        b"application / json",
    ];
    let packings = ["gzip", "br", "deflate", "zstd", "compress", "identity", "gzip, gzip", "", "x"];
    for route in ROUTES.iter().filter(|r| matches!(r.takes, Takes::Body(_) | Takes::Nothing)) {
        let good = route.good(&stage);
        stage
            .leaves_no_row(&route.name(), async {
                let bare = good.clone().without("content-type");
                let mut asks: Vec<Ask> =
                    types.iter().map(|kind| bare.clone().header("content-type", *kind)).collect();
                asks.push(good.clone().header("content-type", "application/json"));
                asks.extend(packings.map(|p| good.clone().header("content-encoding", p)));
                asks.push(bare);
                for ask in asks {
                    assert_eq!(refuses(&stage, &ask, &At::Whole).await, "unsupported_media_type");
                }
            })
            .await;
    }
    t.ends().await;
}
