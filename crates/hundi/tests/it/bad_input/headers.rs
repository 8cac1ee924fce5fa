//! Credentials at every route, idempotency keys at every route that takes one, and headers that name somebody else.

use super::{Ask, At, ROUTES, Stage, Takes, refuses};
use crate::house::{Shop, TestApp};
use data_encoding::BASE64;

type Headers = Vec<(&'static str, Vec<u8>)>;

/// Everything that proves nobody.
fn credentials(shop: &Shop<'_>, other: &Shop<'_>) -> Vec<Headers> {
    let (id, secret) = (shop.key_id.as_str(), shop.key_secret.as_str());
    let pair = |id: &str, secret: &str| {
        vec![("x-api-key", id.as_bytes().to_vec()), ("x-api-secret", secret.as_bytes().to_vec())]
    };
    let auth = |text: &str| vec![("authorization", text.as_bytes().to_vec())];
    let basic = |text: &str| auth(&format!("Basic {}", BASE64.encode(text.as_bytes())));
    let both = format!("{id}:{secret}");
    let cut = &secret[..secret.len() - 1];
    let mut all: Vec<Headers> = vec![
        vec![],
        pair("", ""),
        pair(id, ""),
        pair("", secret),
        pair(id, "wrong"),
        pair(id, cut),
        pair(id, &format!("{secret}x")),
        pair(id, &format!("{secret} ")),
        pair(id, &secret.to_uppercase()),
        pair(id, &other.key_secret),
        pair(&other.key_id, secret),
        pair(secret, id),
        pair(id, id),
        pair(&id.to_uppercase(), secret),
        pair(&id.replace("_test_", "_live_"), secret),
        pair(&id.replace("_test_", "_live_"), &secret.replace("_test_", "_live_")),
        pair("' OR 1=1 --", secret),
        pair(&"a".repeat(10_000), secret),
        pair(id, &"a".repeat(10_000)),
        auth(""),
        auth("Basic"),
        auth("Basic "),
        auth("Basic !!!"),
        auth(&format!("Basic {both}")),
        auth(&format!("Basic {}", BASE64.encode(b"\xff\xfe:\xff"))),
        auth(&format!("Basic  {}", BASE64.encode(both.as_bytes()))),
        basic(id),
        basic(":"),
        basic(&format!("{id}:")),
        basic(&format!(":{secret}")),
        basic(&format!("{id}:{cut}")),
        basic(&format!("{id};{secret}")),
        auth("Bearer"),
        auth(&format!("Bearer {id}")),
        auth(&format!("Bearer {secret}")),
        auth(&format!("Bearer {id} {secret}")),
        auth(&format!("Bearer  {both}")),
        auth(&format!("Bearer:{both}")),
        auth(&format!("Token {both}")),
        auth(&format!("Digest {both}")),
        auth(&both),
        vec![("cookie", format!("session={secret}").into_bytes())],
        vec![("x-api-key", b"\xff".to_vec()), ("x-api-secret", secret.as_bytes().to_vec())],
    ];
    // Two forms at once, and one form twice, although each alone would do.
    all.push([pair(id, secret), auth(&format!("Bearer {both}"))].concat());
    all.push([pair(id, secret), basic(&both)].concat());
    all.push([pair(id, secret), auth("")].concat());
    all.push([pair(id, secret), pair(id, secret)].concat());
    all.push([pair(id, secret), pair(&other.key_id, &other.key_secret)].concat());
    all.push([basic(&both), basic(&both)].concat());
    all
}

#[tokio::test]
async fn credentials_that_prove_nobody() {
    let t = TestApp::new().await;
    let (shop, other) = (t.shop().await, t.shop().await);
    let stage = Stage::of(&t, &shop, &other).await;
    for route in ROUTES {
        let good = route.good(&stage).without("x-api-key").without("x-api-secret");
        stage
            .leaves_no_row(&route.name(), async {
                for headers in credentials(&shop, &other) {
                    let mut ask = good.clone().hides(shop.key_secret.as_str());
                    ask.headers.splice(0..0, headers);
                    assert_eq!(
                        refuses(&stage, &ask, &At::Whole).await,
                        "wrong_credentials",
                        "{}",
                        route.name()
                    );
                }
                // Not in the address either.
                let path = format!("{}?key={}&secret={}", good.path, shop.key_id, shop.key_secret);
                let ask = Ask { path, ..good.clone() };
                assert_eq!(refuses(&stage, &ask, &At::Whole).await, "wrong_credentials");
            })
            .await;
    }
    t.ends().await;
}

#[tokio::test]
async fn idempotency_keys() {
    let t = TestApp::new().await;
    let (shop, other) = (t.shop().await, t.shop().await);
    let stage = Stage::of(&t, &shop, &other).await;
    let long = "k".repeat(256);
    let keys: &[&[&[u8]]] = &[
        &[b""],
        &[long.as_bytes()],
        &[b"one", b"two"],
        &[b"same", b"same"],
        &[b"", b"one"],
        &["ключ".as_bytes()],
        &["₹".as_bytes()],
        &[b"\xff\xfe"],
        &[b"a\tb"],
        &[b"4111 1111 1111 1111"],
        &[b"order-4111111111111111"],
    ];
    for route in ROUTES.iter().filter(|r| matches!(r.takes, Takes::Body(_) | Takes::Nothing)) {
        let good = route.good(&stage).without("idempotency-key");
        stage
            .leaves_no_row(&route.name(), async {
                for values in keys {
                    let ask =
                        values.iter().fold(good.clone(), |ask, value| ask.header("idempotency-key", *value));
                    let hidden = String::from_utf8_lossy(values[0]).into_owned();
                    refuses(&stage, &ask.hides(hidden), &At::field("Idempotency-Key")).await;
                }
            })
            .await;
    }
    t.ends().await;
}

/// Headers that make a caller somebody else, elsewhere (SAFETY T31).
const MAGIC: &[&str] = &[
    "x-user-id",
    "x-merchant-id",
    "x-original-user",
    "x-forwarded-user",
    "x-remote-user",
    "remote-user",
    "x-wcpay-platform-checkout-user",
    "x-account-id",
    "x-organization-id",
    "x-tenant-id",
    "x-hundi-merchant",
    "x-hundi-scope",
    "x-livemode",
    "x-mode",
    "stripe-account",
    "x-profile-id",
    "x-auth-request-user",
    "x-authenticated-userid",
    "x-consumer-id",
    "x-role",
    "x-admin",
    "x-forwarded-for",
    "x-real-ip",
    "x-original-url",
    "x-rewrite-url",
    "x-http-method-override",
    "x-method-override",
    "forwarded",
    "cookie",
    "impersonate",
    "x-impersonate-user",
    "x-client-cert",
    "x-ssl-client-verify",
];

#[tokio::test]
async fn no_header_but_the_credential_says_who_asks() {
    let t = TestApp::new().await;
    let (shop, other) = (t.shop().await, t.shop().await);
    let stage = Stage::of(&t, &shop, &other).await;
    let theirs = other.scope.merchant().to_string();
    for route in
        ROUTES.iter().filter(|r| matches!(r.takes, Takes::List(_) | Takes::Bare) && r.method == "GET")
    {
        let plain = route.good(&stage);
        let as_it_is = plain.sent(&stage).await.is(200);
        for name in MAGIC {
            for value in [theirs.as_str(), other.key_id.as_str(), "1", "live", "DELETE", "/api/v1/balances"] {
                let said = plain.clone().header(name, value).sent(&stage).await;
                assert_eq!(
                    (said.status, said.text()),
                    (200, as_it_is.text()),
                    "{} {name}: {value}",
                    route.name()
                );
            }
        }
    }
    let body = serde_json::json!({ "amount": 100, "currency": "INR" }).to_string();
    let mut made = Ask::new(&stage, "POST", "/api/v1/orders").json(body);
    made.headers.extend(MAGIC.iter().map(|name| (*name, theirs.clone().into_bytes())));
    let id = made.sent(&stage).await.is(201).field("id");
    shop.gets(&format!("/api/v1/orders/{id}")).await.is(200);
    other.gets(&format!("/api/v1/orders/{id}")).await.refuses(404, "not_found");
    t.ends().await;
}
