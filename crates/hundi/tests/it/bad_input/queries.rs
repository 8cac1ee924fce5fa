//! Query parameters: at every list, and at routes that take none.

use super::{Ask, At, Kind, ROUTES, Stage, Takes, refuses};
use crate::house::TestApp;

/// Of every list: the parameter that is refused, and its values as they stand in an address.
const OF_LISTS: &[(&str, &[&str])] = &[
    (
        "limit",
        &[
            "",
            "0",
            "00",
            "-1",
            "%2B1",
            "101",
            "1000000000",
            "99999999999999999999",
            "1.0",
            "1e1",
            "01",
            "0x1",
            "ten",
            "abc",
            "%201",
            "1%20",
            "null",
            "true",
            "1,2",
            "%E0%A5%A7",
            "1;2",
            "1%27",
        ],
    ),
    (
        "created[gte]",
        &[
            "",
            "yesterday",
            "now",
            "-1",
            "1.5",
            "2026",
            "2026-11-21",
            "2026-11-21T08:00Z",
            "2026-11-21T08:00:00",
            "2026-11-21%2008:00:00Z",
            "2026-13-01T00:00:00Z",
            "2026-02-30T00:00:00Z",
            "2026-11-21T25:00:00Z",
            "123456789012",
            "NaN",
            "2026-11-21T08:00:00+05:30",
        ],
    ),
    ("created[gt]", &["", "x", "1e3"]),
    ("created[lt]", &["", "x", "1e3"]),
    ("created[lte]", &["", "x", "1e3"]),
    ("created[ne]", &["1"]),
    ("created", &["1795248000"]),
    ("created[]", &["1795248000"]),
    ("Limit", &["1"]),
    ("page", &["1"]),
    ("offset", &["1"]),
    ("sort", &["amount"]),
    ("order", &["asc"]),
    ("q", &["x"]),
    ("merchant_id", &["mer_1"]),
    ("mode", &["live"]),
    ("livemode", &["true"]),
    ("expand[]", &["", "x", "everything", "payments.refunds.payment"]),
    ("expand", &["payments"]),
    ("callback", &["alert"]),
    ("__proto__", &["1"]),
    ("starting_after", &["", "0", "x", "%2e%2e", "%3Cscript%3E", "ord_x", "ord_00000000000000000000000000"]),
    ("ending_before", &["", "0", "x", "%2e%2e", "%3Cscript%3E", "ord_x", "ord_00000000000000000000000000"]),
];

/// Values that no filter takes. `reference`, `receipt` and `object_id` are anybody's words, up to a length.
const NO_FILTERS: &[&str] = &["", "x", "Captured", "-1", "1e2", "0.5", "paid%20", "%E2%82%B9", "null"];

#[tokio::test]
async fn of_lists() {
    let t = TestApp::new().await;
    let (shop, other) = (t.shop().await, t.shop().await);
    let stage = Stage::of(&t, &shop, &other).await;
    for route in ROUTES {
        let Takes::List(filters) = route.takes else { continue };
        let path = route.at(&stage);
        let ask = |query: &str| Ask::new(&stage, "GET", &format!("{path}?{query}"));
        stage
            .leaves_no_row(&route.name(), async {
                let mut cases = 0;
                for (name, values) in OF_LISTS {
                    for value in *values {
                        cases += 1;
                        let ask = ask(&format!("{name}={value}")).hides(*value);
                        assert_eq!(refuses(&stage, &ask, &At::field(name)).await, "invalid_field");
                    }
                }
                assert!(cases >= 60, "{cases}");
                for name in filters {
                    let free = ["reference", "receipt", "object_id", "email", "phone"].contains(name);
                    let long = "x".repeat(101);
                    let values = if free { &["", long.as_str(), "4111111111111111"][..] } else { NO_FILTERS };
                    // What the path says already is no parameter: refused as well, by the same name.
                    for value in values {
                        refuses(&stage, &ask(&format!("{name}={value}")).hides(*value), &At::field(name))
                            .await;
                    }
                }
                // Where a page starts: an object of this list, and of this merchant.
                for id in stage.theirs.values() {
                    for name in ["starting_after", "ending_before"] {
                        refuses(&stage, &ask(&format!("{name}={id}")).hides(id.as_str()), &At::field(name))
                            .await;
                    }
                }
                refuses(&stage, &ask("limit=1&limit=1"), &At::field("limit")).await;
                refuses(&stage, &ask("limit=1&lim%69t=2"), &At::field("limit")).await;
                let mine = stage.mine[&Kind::Paid].as_str();
                let twice = format!("starting_after={mine}&ending_before={mine}");
                refuses(&stage, &ask(&twice), &At::field("ending_before")).await;
                for query in ["a=%00", "a=%FF", "%FF=1", "a=%0d%0a", "a=%C0%AF"] {
                    assert_eq!(refuses(&stage, &ask(query), &At::Whole).await, "unreadable_request");
                }
                let many: Vec<String> = (0..31).map(|n| format!("p{n}=1")).collect();
                refuses(&stage, &ask(&many.join("&")), &At::Whole).await;
                for query in ["%3Cscript%3E=1", "=1", "&&x%20y=1", "4111111111111111=1", &"y".repeat(5_000)] {
                    refuses(&stage, &ask(query), &At::field("query")).await;
                }
            })
            .await;
    }
    t.ends().await;
}

/// Another kind's id names no place in a list.
#[tokio::test]
async fn pages_start_at_the_lists_own_kind() {
    let t = TestApp::new().await;
    let (shop, other) = (t.shop().await, t.shop().await);
    let stage = Stage::of(&t, &shop, &other).await;
    let kind_of = |path: &str| match path.rsplit('/').next() {
        Some("orders") => "ord",
        Some("payments") => "pay",
        Some("refunds") => "rfd",
        Some("events") => "evt",
        Some("endpoints") => "whe",
        Some("deliveries") => "dlv",
        Some("connections") => "conn",
        Some("keys") => "hk",
        Some("resends") => "rsd",
        Some("customers") => "cus",
        Some("exchanges") => "exch",
        Some("requests") => "req",
        Some("fallbacks") => "fbk",
        _ => panic!("{path} is a list of what?"),
    };
    for route in ROUTES.iter().filter(|r| matches!(r.takes, Takes::List(_))) {
        let path = route.at(&stage);
        for (kind, id) in stage.mine.iter().filter(|(k, _)| k.prefix() != kind_of(route.path)) {
            for name in ["starting_after", "ending_before"] {
                let ask = Ask::new(&stage, "GET", &format!("{path}?{name}={id}"));
                let code = refuses(&stage, &ask.hides(id.as_str()), &At::field(name)).await;
                assert_eq!(code, "invalid_field", "{} {kind:?}", route.name());
            }
        }
    }
    t.ends().await;
}

#[tokio::test]
async fn where_none_is_taken() {
    let t = TestApp::new().await;
    let (shop, other) = (t.shop().await, t.shop().await);
    let stage = Stage::of(&t, &shop, &other).await;
    for route in ROUTES.iter().filter(|r| !matches!(r.takes, Takes::List(_))) {
        let good = route.good(&stage);
        stage
            .leaves_no_row(&route.name(), async {
                for name in
                    ["limit", "amount", "expand[]", "mode", "idempotency_key", "return_url", "api_key", "x"]
                {
                    let ask = Ask { path: format!("{}?{name}=1", good.path), ..good.clone() };
                    refuses(&stage, &ask, &At::field(name)).await;
                }
            })
            .await;
    }
    t.ends().await;
}
