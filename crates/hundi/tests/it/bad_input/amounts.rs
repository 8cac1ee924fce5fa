//! What JSON can hold where an amount or a currency is expected, at every route that takes one.

use super::{Ask, At, ROUTES, Stage, refuses};
use crate::house::TestApp;
use serde_json::{Value, json};

/// JSON, but no amount: the refusal names the field.
const NO_AMOUNTS: &[&str] = &[
    "0",
    "-0",
    "-1",
    "-100",
    "-0.0",
    "0.1",
    "0.5",
    "1.0",
    "1.5",
    "100.00",
    "99.99",
    "1e2",
    "1E2",
    "1e+2",
    "1e-2",
    "100e0",
    "1e19",
    "1e400",
    "-1e400",
    "1e-400",
    "5e-324",
    "1.7976931348623157e308",
    "2147483648000000",
    "9007199254740991",
    "9007199254740992",
    "9007199254740993",
    "9007199254740993.0",
    "9223372036854775807",
    "9223372036854775808",
    "-9223372036854775808",
    "-9223372036854775809",
    "18446744073709551615",
    "18446744073709551616",
    "36893488147419103233",
    "99999999999999999999999999999999999999",
    "4111111111111111",
    "null",
    "true",
    "false",
    "\"\"",
    "\"100\"",
    "\"100.00\"",
    "\"1e2\"",
    "\" 100\"",
    "\"100 \"",
    "\"+100\"",
    "\"₹100\"",
    "\"Rs 100\"",
    "\"1,00,000\"",
    "\"NaN\"",
    "\"Infinity\"",
    "\"-1\"",
    "\"१००\"",
    "\"１００\"",
    "\"0x64\"",
    "\"1_000\"",
    "\"100\\u0000\"",
    "\"<b>100</b>\"",
    "\"' OR 1=1 --\"",
    "[]",
    "[100]",
    "[[100]]",
    "{}",
    "{\"minor\":100}",
    "{\"amount\":100}",
    "{\"$gt\":0}",
    "{\"value\":\"100\",\"currency\":\"INR\"}",
    "{\"a\":{\"b\":{\"c\":100}}}",
    "[{\"amount\":100}]",
];

/// No JSON at all: the refusal is of the body.
const NO_NUMBERS: &[&str] = &[
    "",
    "+1",
    "00",
    "01",
    "-01",
    "1.",
    ".5",
    "-",
    "--1",
    "1e",
    "1_000",
    "1,000",
    "0x10",
    "0b1",
    "1n",
    "NaN",
    "nan",
    "Infinity",
    "-Infinity",
    "undefined",
    "None",
    "'100'",
    "₹100",
    "१००",
    "1 0",
    "100 // all",
    "100\u{0}",
    "TRUE",
];

const NO_CURRENCIES: &[&str] = &[
    "null",
    "356",
    "0",
    "true",
    "[]",
    "[\"INR\"]",
    "{}",
    "{\"code\":\"INR\"}",
    "\"\"",
    "\" \"",
    "\"inr\"",
    "\"Inr\"",
    "\"iNR\"",
    "\"IN\"",
    "\"I\"",
    "\"INRR\"",
    "\"INR \"",
    "\" INR\"",
    "\"INR\\n\"",
    "\"I NR\"",
    "\"INR\\u0000\"",
    "\"XXX\"",
    "\"XTS\"",
    "\"XAU\"",
    "\"ZZZ\"",
    "\"₹\"",
    "\"$\"",
    "\"Rs\"",
    "\"356\"",
    "\"रुपये\"",
    "\"ІNR\"",
    "\"INR,USD\"",
    "\"INR;DROP TABLE orders\"",
    "\"<script>\"",
    "\"rupee\"",
];

/// The good body with this text in the place of a field's value.
pub(super) fn with_raw(good: &Value, field: &str, raw: &str) -> String {
    let mut body = good.clone();
    body[field] = json!("@here@");
    body.to_string().replace("\"@here@\"", raw)
}

#[tokio::test]
async fn amounts_and_currencies() {
    assert!(NO_AMOUNTS.len() + NO_NUMBERS.len() >= 60 && NO_CURRENCIES.len() >= 30);
    let t = TestApp::new().await;
    let (shop, other) = (t.shop().await, t.shop().await);
    let stage = Stage::of(&t, &shop, &other).await;
    let mut routes = 0;
    for route in ROUTES {
        let Some(good) = route.body(&stage).filter(|b| b.get("amount").is_some()) else { continue };
        routes += 1;
        let ask = |field: &str, raw: &str| {
            let body = with_raw(&good, field, raw);
            Ask::new(&stage, route.method, &route.at(&stage)).json(body)
        };
        stage
            .leaves_no_row(&route.name(), async {
                for raw in NO_AMOUNTS {
                    let code =
                        refuses(&stage, &ask("amount", raw).hides(bare(raw)), &At::field("amount")).await;
                    let known = ["invalid_field", "capture_not_whole", "refund_exceeds_captured"];
                    assert!(known.contains(&code.as_str()), "{raw}: {code}");
                }
                for raw in NO_NUMBERS {
                    let code = refuses(&stage, &ask("amount", raw), &At::Anywhere).await;
                    assert!(
                        ["unreadable_request", "invalid_field"].contains(&code.as_str()),
                        "{raw}: {code}"
                    );
                }
                if good.get("currency").is_some() {
                    for raw in NO_CURRENCIES {
                        refuses(&stage, &ask("currency", raw).hides(bare(raw)), &At::field("currency")).await;
                    }
                }
            })
            .await;
    }
    assert_eq!(routes, 4, "orders, capture, and two ways to refund");
    t.ends().await;
}

fn bare(raw: &str) -> &str {
    raw.trim_matches('"')
}
