//! Addresses that no merchant may make us call: refused when registered, and again when called (SAFETY T40 to T45).

use crate::house::{MERCHANT, TestApp};
use serde_json::json;

const CLOSED: &[&str] = &[
    "http://127.0.0.1/",
    "https://127.0.0.1/",
    "https://127.1/",
    "https://2130706433/",
    "https://0x7f000001/",
    "https://0177.0.0.1/",
    "https://localhost/",
    "https://LOCALHOST./",
    "https://0.0.0.0/",
    "https://10.0.0.7/",
    "https://172.16.0.1/",
    "https://192.168.1.1/",
    "https://169.254.169.254/latest/meta-data/",
    "https://100.100.100.200/",
    "https://[::1]/",
    "https://[::]/",
    "https://[::ffff:127.0.0.1]/",
    "https://[::ffff:7f00:1]/",
    "https://[64:ff9b::7f00:1]/",
    "https://[fe80::1]/",
    "https://[fc00::1]/",
    "https://[2002:7f00:1::]/",
    "https://224.0.0.1/",
    "https://255.255.255.255/",
    "https://198.18.0.1/",
    "http://127.0.0.1:4010/v1/orders",
    "http://127.0.0.1:4021/",
    "https://user:secret@127.0.0.1:4020/",
    "ftp://shop.example/",
    "file:///etc/passwd",
    "gopher://127.0.0.1:6379/_",
    "//127.0.0.1/",
    "javascript:alert(1)",
    "https://shop.example:22/",
    "https://",
    "not an address",
    "",
];

#[tokio::test]
async fn closed_addresses_are_refused_at_registration_and_at_a_change() {
    let t = TestApp::new().await;
    let shop = t.shop().await;
    let path = format!("/api/v1/endpoints/{}", shop.endpoint);
    // The simulator's own place is open to us by configuration, and not to merchants' pleasure alone.
    for url in CLOSED.iter().filter(|url| !url.contains(":4010")) {
        let made = shop.posts("/api/v1/endpoints", &json!({ "url": url })).await;
        assert_eq!(made.status, 400, "{url}: {}", made.text());
        let changed = shop.patches(&path, &json!({ "url": url })).await;
        assert_eq!(changed.status, 400, "{url}: {}", changed.text());
    }
    let all = shop.gets("/api/v1/endpoints").await.json();
    assert_eq!(all["data"].as_array().map(Vec::len), Some(1));
    t.ends().await;
}

/// A row that names a closed address all the same (a name that resolves elsewhere by now): the call itself refuses, and
/// what the merchant reads tells an open port from a closed one nowhere.
#[tokio::test]
async fn a_closed_address_is_not_called_either() {
    use hundi_app::net::{Net, NetPolicy, Outgoing, To};
    let net = Net::new(NetPolicy { allow: vec!["127.0.0.1:4020".parse().unwrap()], ..NetPolicy::strict() })
        .unwrap();
    for url in CLOSED {
        let out = Outgoing {
            method: "POST".into(),
            url: (*url).to_owned(),
            headers: Vec::new(),
            body: Vec::new(),
            deadline_ms: 2_000,
            body_bytes_max: 1_000,
            to: To::Merchant(hundi_core::Mode::Test),
        };
        let ended = net.send(out).await;
        assert!(matches!(ended, Err(hundi_app::net::NetError::Forbidden(_))), "{url}: {ended:?}");
    }
    assert!(MERCHANT.ends_with(":4020"));
}
