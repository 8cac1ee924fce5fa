//! Texts that want to be more than text: wherever somebody else's words are shown (SAFETY T57).

use crate::testing::House;
use hundi_core::payment::{Happened, Try, TryDetail};
use hundi_core::scope::Role;
use hundi_core::{FailureReason, Method};

const PAYLOADS: &[&str] = &[
    "<script>alert(1)</script>",
    "\"><img src=x onerror=alert(1)>",
    "'><svg onload=alert(1)>",
    "</title><script>alert(1)</script>",
    "</textarea><script>alert(1)</script>",
    "</script><script>alert(1)</script>",
    "<!--<img src=\"--><img src=x onerror=alert(1)//\">",
    "javascript:alert(1)",
    "\" onmouseover=alert(1) x=\"",
    "' autofocus onfocus=alert(1) '",
    "{{ 7 * 7 }}",
    "${alert(1)}",
    "<iframe srcdoc='<script>alert(1)</script>'>",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "\u{202e}<b>",
];

/// No element, attribute or address of the page came out of the payload.
#[track_caller]
fn is_only_text(html: &str, payload: &str, place: &str) {
    for mark in ["<script>alert", "<img src=x", "<svg onload", "<iframe srcdoc", "<b>\u{202e}", "\u{202e}<b>"]
    {
        assert!(!html.contains(mark), "{place}: {payload}");
    }
    // A quote that stayed one would end an attribute.
    assert!(
        !html.contains("\" onmouseover=alert") && !html.contains("' autofocus onfocus=alert"),
        "{place}: {payload}"
    );
    assert!(
        !html.contains("href=\"javascript:") && !html.contains("action=\"javascript:"),
        "{place}: {payload}"
    );
}

#[tokio::test]
async fn other_peoples_words_are_text() {
    let house = House::new().await;
    let cookie = house.signed_in(Role::Manager).await;
    let connection = house.connection(house.scope, "<script>alert(1)</script>\"'>").await;
    for (i, payload) in PAYLOADS.iter().enumerate() {
        let order = house
            .order(house.scope, |o| {
                o.receipt = Some(format!("R{i}{payload}"));
                o.description = Some((*payload).to_owned());
                o.payer_name = Some((*payload).to_owned());
                o.return_url = Some((*payload).to_owned());
            })
            .await;
        let detail = TryDetail {
            method: Some(Method::Card),
            instrument: Some((*payload).to_owned()),
            bank_ref: Some((*payload).to_owned()),
            provider_code: Some((*payload).to_owned()),
            ..TryDetail::default()
        };
        let what = Try::Failed { reason: FailureReason::DeclinedByBank };
        let tried = Happened::Tried { provider_payment: format!("p{i}{payload}"), what, detail };
        let handle = serde_json::json!({ "type": "redirect", "url": payload }).to_string();
        let payment = house.payment(&order, connection, Some(&handle), &[Happened::Opened, tried]).await;
        let asked = url::form_urlencoded::byte_serialize(payload.as_bytes()).collect::<String>();
        let token = house.app.checkout_token(order.id);
        for path in [
            format!("/payments/{payment}"),
            format!("/payments?q={asked}"),
            format!("/payments?status={asked}&from={asked}&amount={asked}&method={asked}&done={asked}"),
            format!("/signin?next={asked}"),
            format!("/pay/{token}"),
            format!("/pay/{token}?said=failed&reason={asked}"),
            format!("/pay/{token}?other=1"),
            "/".to_owned(),
            "/payments".to_owned(),
            "/connections".to_owned(),
            format!("/connections/{connection}"),
        ] {
            let answer = house.get(&cookie, &path).await;
            is_only_text(&answer.text, payload, &path);
        }
    }
}
