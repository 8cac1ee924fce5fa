//! Addresses that browsers are sent to and that we call: only what every reader reads alike.

use super::texts::{route_of, with};
use super::{Ask, At, Stage, refuses};
use crate::house::TestApp;
use serde_json::json;

/// Addresses that lead elsewhere, or elsewhere for some readers (SAFETY T51). No host in them is let into an answer.
const NO_RETURN_URLS: &[&str] = &[
    "",
    " ",
    "shop.example",
    "/thanks",
    "//evil.example",
    "///evil.example",
    "\\\\evil.example",
    "\\/\\/evil.example",
    "/\\evil.example",
    "https:evil.example",
    "https:/evil.example",
    "https:///evil.example",
    "https:\\\\evil.example",
    "https://",
    "https://?x",
    "https://#x",
    "http://evil.example",
    "http://localhost.evil.example",
    "http://127.0.0.1.evil.example",
    "http://localhost@evil.example",
    "javascript:alert(1)",
    "JavaScript:alert(1)",
    "java\tscript:alert(1)",
    "javascript://shop.example/%0aalert(1)",
    " javascript:alert(1)",
    "data:text/html,<script>alert(1)</script>",
    "vbscript:msgbox(1)",
    "file:///etc/passwd",
    "ftp://shop.example",
    "ws://shop.example",
    "mailto:a@b.in",
    "blob:https://shop.example/x",
    "about:blank",
    "intent://evil#Intent;end",
    "https://user@shop.example",
    "https://user:pw@shop.example",
    "https://@shop.example",
    "https://:@shop.example",
    "https://shop.example\\@evil.example",
    "https://shop.example%00.evil.example",
    "https://shop.example/\tx",
    "https://shop.example/\r\nSet-Cookie:a=b",
    "\thttps://shop.example",
    " https://shop.example",
    "https://shop.example ",
    "ht\ttps://shop.example",
    "https://shop example/",
    "https://shop.example:99999/",
    "https://shop.example:x/",
    "https://[::1",
    "https://exa%mple.org",
    "https://shöp.example",
    "https://shop。example/<x>",
    "https://shop.example/<script>",
    "https://shop.example/\"onload=",
    "http://10.0.0.1/",
    "http://169.254.169.254/latest",
];

/// Where we are not led to call (SAFETY T41 has the rest of them).
const NO_ENDPOINT_URLS: &[&str] = &[
    "",
    "shop.example",
    "/hook",
    "//shop.example/hook",
    "ftp://shop.example/",
    "file:///etc/passwd",
    "gopher://shop.example/",
    "javascript:alert(1)",
    "data:,x",
    "https://",
    "https://user:pw@shop.example/",
    "https://user@shop.example/",
    "http://127.0.0.1/",
    "https://127.0.0.1/",
    "http://[::1]/",
    "http://0.0.0.0/",
    "http://0/",
    "http://2130706433/",
    "http://0x7f000001/",
    "http://0177.0.0.1/",
    "http://127.1/",
    "http://10.0.0.1/",
    "http://172.16.0.1/",
    "http://192.168.0.1/",
    "http://169.254.169.254/latest/meta-data/",
    "http://[fd00::1]/",
    "http://[::ffff:127.0.0.1]/",
    "http://100.100.100.200/",
    "https://shop.example:22/",
    "https://shop.example:25/",
    "https://shop.example:99999/",
    "https://shop.example/\r\nX: y",
    "https://shop.example/\0",
];

#[tokio::test]
async fn addresses_that_lead_elsewhere() {
    assert!(NO_RETURN_URLS.len() >= 40);
    let t = TestApp::new().await;
    let (shop, other) = (t.shop().await, t.shop().await);
    let stage = Stage::of(&t, &shop, &other).await;
    let cases = [
        ("POST /orders", "return_url", NO_RETURN_URLS),
        ("POST /endpoints", "url", NO_ENDPOINT_URLS),
        ("PATCH /endpoints/{id}", "url", NO_ENDPOINT_URLS),
    ];
    for (name, field, values) in cases {
        let route = route_of(name);
        let good = route.body(&stage).expect("it takes a body");
        stage
            .leaves_no_row(name, async {
                for value in values {
                    let ask = Ask::new(&stage, route.method, &route.at(&stage)).json(with(
                        &good,
                        field,
                        json!(value),
                    ));
                    // The sentence itself names one scheme.
                    let hidden = if *value == "https://" { "" } else { value };
                    refuses(&stage, &ask.hides(hidden), &At::field(field)).await;
                }
            })
            .await;
    }
    let after = shop.gets(&format!("/api/v1/endpoints/{}", shop.endpoint)).await.is(200);
    assert_eq!(after.field("url"), shop.endpoint_url);
    t.ends().await;
}
