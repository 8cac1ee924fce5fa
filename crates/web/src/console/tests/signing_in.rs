//! Coming in and going out, and forms from elsewhere.

use crate::testing::{House, PASSWORD, cookie_of, email};
use axum::body::Body;
use http::Request;
use hundi_core::scope::Role;
use hundi_core::time::hours;

fn form(password: &str, next: &str) -> String {
    let fields =
        [("email", email(Role::Manager)), ("password", password.to_owned()), ("next", next.to_owned())];
    url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish()
}

#[tokio::test]
async fn in_and_out_again() {
    let house = House::new().await;
    house.get("", "/payments?status=failed").await.leads_to("/signin?next=%2Fpayments%3Fstatus%3Dfailed");
    house.get("", "/signin?next=/payments").await.shows(200, r#"name="next" value="/payments""#);
    let answer = house.post("", "/signin", &form(PASSWORD, "/payments?status=failed")).await;
    answer.leads_to("/payments?status=failed");
    let set = answer.header("set-cookie");
    assert!(set.starts_with("__Host-hundi="), "{set}");
    for part in ["; Path=/", "; HttpOnly", "; SameSite=Lax", "; Secure"] {
        assert!(set.contains(part), "{part} in {set}");
    }
    let cookie = cookie_of(&answer);
    house.get(&cookie, "/payments").await.shows(200, "A manager");
    house.get(&cookie, "/signin?next=/connections").await.leads_to("/connections");

    let out = house.post(&cookie, "/signout", "").await;
    out.leads_to("/signin");
    assert!(out.header("set-cookie").contains("Max-Age=0"));
    house.get(&cookie, "/payments").await.leads_to("/signin?next=%2Fpayments");
}

#[tokio::test]
async fn a_wrong_password_says_nothing_about_who_exists() {
    let house = House::new().await;
    let wrong = house.post("", "/signin", &form("something else entirely", "/")).await;
    let nobody = house.post("", "/signin", "email=nobody%40malgudi.example&password=x").await;
    assert_eq!((wrong.status.as_u16(), nobody.status.as_u16()), (401, 401));
    assert_eq!(wrong.header("set-cookie"), "");
    wrong.shows(401, "E-mail address or password is wrong");
    nobody.shows(401, "E-mail address or password is wrong");
    // What was typed is kept, but never the password.
    wrong.shows(401, &email(Role::Manager));
    assert!(!wrong.text.contains("something else entirely"));
}

#[tokio::test]
async fn signing_in_changes_the_token_and_ends_the_old_one() {
    let house = House::new().await;
    let first = house.signed_in(Role::Manager).await;
    let answer = house.post(&first, "/signin", &form(PASSWORD, "/")).await;
    let second = cookie_of(&answer);
    assert_ne!(first, second);
    house.get(&first, "/payments").await.leads_to("/signin?next=%2Fpayments");
    house.get(&second, "/payments").await.shows(200, "A manager");
    // A planted cookie is not taken over.
    let planted = "__Host-hundi=planted";
    let third = cookie_of(&house.post(planted, "/signin", &form(PASSWORD, "/")).await);
    assert_ne!(third, planted);
    house.clock.advance(hours(13));
    house.get(&second, "/payments").await.leads_to("/signin?next=%2Fpayments");
}

#[tokio::test]
async fn next_never_leads_away() {
    let house = House::new().await;
    for next in [
        "//evil.example",
        "https://evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "javascript:alert(1)",
        "/\t/evil.example",
        "/..//evil.example",
        "https:evil.example",
        "",
    ] {
        house.post("", "/signin", &form(PASSWORD, next)).await.leads_to("/");
    }
    let cookie = house.signed_in(Role::Manager).await;
    house.get(&cookie, "/signin?next=//evil.example").await.leads_to("/");
    house.post(&cookie, "/mode", "mode=live&back=//evil.example/x").await.leads_to("/");
}

/// Every address that changes something.
pub(super) const POSTS: &[&str] = &[
    "/signin",
    "/signout",
    "/mode",
    "/merchant",
    "/payments/x/check",
    "/payments/x/capture",
    "/payments/x/refund",
    "/connections/new",
    "/connections/x",
    "/connections/x/test",
    "/connections/x/sweep",
    "/connections/x/balance",
    "/connections/x/secret",
    "/connections/x/switch",
    "/connections/fallback",
    "/connections/fallback/offer",
    "/connections/fallback/x/withdraw",
    "/webhooks/x/replay",
    "/endpoints",
    "/endpoints/x",
    "/endpoints/x/switch",
    "/endpoints/x/rotate",
    "/endpoints/x/test",
    "/deliveries/x/resend",
    "/payments/x/cancel",
    "/keys",
    "/keys/x/revoke",
    "/customers/x/erase",
    "/customers/x/forget/x",
    "/payments/x/retry",
    "/routing/policy",
    "/routing/rules",
    "/routing/rule",
];

#[tokio::test]
async fn forms_from_elsewhere_do_nothing() {
    let house = House::new().await;
    let cookie = house.signed_in(Role::Manager).await;
    for path in POSTS {
        for site in ["cross-site", "same-site", "", "SAME-ORIGIN"] {
            house
                .post_from(site, &cookie, path, "enabled=false")
                .await
                .shows(403, "not sent from our own page");
        }
        for origin in
            ["https://evil.example", "null", "https://pay.example.evil.example", "http://pay.example"]
        {
            let request = Request::post(*path).header("cookie", &cookie).header("origin", origin);
            let answer = house.send(request.body(Body::empty()).unwrap()).await;
            answer.shows(403, "not sent from our own page");
        }
        let bare = Request::post(*path).header("cookie", &cookie).body(Body::empty()).unwrap();
        assert_eq!(house.send(bare).await.status, 403, "{path}");
    }
    house.get(&cookie, "/payments").await.shows(200, "A manager");
    // An old browser says Origin only.
    let request = Request::post("/signout").header("cookie", &cookie).header("origin", "https://pay.example");
    house.send(request.body(Body::empty()).unwrap()).await.leads_to("/signin");
}

#[tokio::test]
async fn every_page_carries_its_policy() {
    let house = House::new().await;
    let cookie = house.signed_in(Role::Manager).await;
    let mut words = Vec::new();
    for path in ["/", "/payments", "/nowhere", "/signin", "/payments/pay_x", "/signin?next=/x"] {
        let answer = house.get(if path.starts_with("/signin") { "" } else { &cookie }, path).await;
        let policy = answer.header("content-security-policy");
        assert!(policy.starts_with("default-src 'none'; script-src 'self' 'nonce-"), "{path}: {policy}");
        assert!(!policy.contains("unsafe") && policy.contains("frame-ancestors 'none'"), "{policy}");
        words.push(policy.split("nonce-").nth(1).unwrap().split('\'').next().unwrap().to_owned());
        assert_eq!(answer.header("x-content-type-options"), "nosniff");
        assert_eq!(answer.header("x-frame-options"), "DENY");
        assert_eq!(answer.header("referrer-policy"), "strict-origin-when-cross-origin");
        assert_eq!(answer.header("cache-control"), "no-store");
        assert_eq!(answer.header("strict-transport-security"), "max-age=31536000");
        assert!(answer.header("permissions-policy").contains("camera=()"));
    }
    words.sort();
    words.dedup();
    assert_eq!(words.len(), 6, "each answer has a word of its own");
}

#[tokio::test]
async fn on_a_loopback_address_without_tls() {
    let house = House::of("http://127.0.0.1:8080", false).await;
    let answer = house.post("", "/signin", &form(PASSWORD, "/")).await;
    let set = answer.header("set-cookie");
    assert!(set.starts_with("hundi=") && !set.contains("Secure"), "{set}");
    assert_eq!(answer.header("strict-transport-security"), "");
}
