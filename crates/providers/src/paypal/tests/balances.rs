//! What stands on the account. The fields are those of PayPal's reference ("List all balances", Transaction Search v1).

use super::*;
use crate::contract::{Balances, Standing, Standings};

fn told(balances: &Value) -> Result<Standings, CallError> {
    let body = json!({
        "balances": balances, "account_id": "YPPFPAEAXCJ4A",
        "as_of_time": "2026-11-20T10:00:00Z", "last_refresh_time": "2026-11-20T08:15:20Z",
    });
    let wire = script(vec![ok(body.to_string())]);
    let said = run(Balances::balances(&PayPal, call(&account(), &wire)));
    assert_eq!(sent(&wire), ["GET /v1/reporting/balances"]);
    said
}

fn money(code: &str, value: &str) -> Value {
    json!({ "currency_code": code, "value": value })
}

#[test]
fn each_currency_is_told_with_what_is_held_back() {
    let said = told(&json!([
        { "currency": "USD", "primary": true, "total_balance": money("USD", "1200.50"),
          "available_balance": money("USD", "1000.00"), "withheld_balance": money("USD", "200.50") },
        { "currency": "JPY", "total_balance": money("JPY", "-300") },
        { "currency": "EUR", "total_balance": money("EUR", "0.00"), "available_balance": money("EUR", "0") },
    ]));
    let said = said.unwrap();
    let usd = Standing {
        currency: Currency::USD,
        total_minor: 1_200_50,
        available_minor: Some(1_000_00),
        withheld_minor: Some(200_50),
    };
    let yen =
        Standing { currency: Currency::JPY, total_minor: -300, available_minor: None, withheld_minor: None };
    assert_eq!(said.of[..2], [usd, yen]);
    assert_eq!(
        (said.of[2].total_minor, said.of[2].available_minor, said.of[2].withheld_minor),
        (0, Some(0), None)
    );
    assert_eq!(said.as_of.unwrap().to_string(), "2026-11-20T08:15:20.000Z");
}

#[test]
fn one_that_cannot_be_read_is_not_left_out() {
    for odd in [
        json!({ "currency": "XXX", "total_balance": money("XXX", "1.00") }),
        json!({ "currency": "USD", "total_balance": money("EUR", "1.00") }),
        json!({ "currency": "USD", "total_balance": money("USD", "1.005") }),
        json!({ "currency": "USD", "total_balance": money("USD", "") }),
        json!({ "currency": "USD" }),
    ] {
        let plain = json!({ "currency": "EUR", "total_balance": money("EUR", "1.00") });
        assert!(told(&json!([plain, odd])).is_err(), "{odd}");
    }
}

#[test]
fn an_app_without_the_permission_is_told_so() {
    let refused = json!({ "name": "NOT_AUTHORIZED", "debug_id": "90957fca61718" });
    let wire = script(vec![status(403, refused.to_string())]);
    let said = run(Balances::balances(&PayPal, call(&account(), &wire))).unwrap_err();
    assert_eq!(said.reason().kind, ReasonKind::Forbidden);
}
