//! What an account can be paid with, the state of the banks, and what a card's first digits say.

use super::RazorpaySim;
use super::ask::{Ask, Refusal, Said, collection};
use serde_json::json;

/// Banks and wallets on the payer's page.
pub(super) const BANKS: &[(&str, &str)] =
    &[("HDFC", "HDFC Bank"), ("ICIC", "ICICI Bank"), ("SBIN", "State Bank of India"), ("UTIB", "Axis Bank")];
pub(super) const WALLETS: &[(&str, &str)] = &[("mobikwik", "MobiKwik"), ("airtelmoney", "Airtel Money")];

/// Empty maps arrive as `[]`.
pub(super) fn list(_: &mut RazorpaySim, _: &Ask<'_>) -> Said {
    let banks: serde_json::Map<_, _> =
        BANKS.iter().map(|(code, name)| ((*code).to_owned(), json!(name))).collect();
    let wallets: serde_json::Map<_, _> =
        WALLETS.iter().map(|(code, _)| ((*code).to_owned(), json!(true))).collect();
    Ok(json!({
        "entity": "methods", "card": true, "debit_card": true, "credit_card": true, "prepaid_card": true,
        "card_networks": { "AMEX": 1, "DICL": 1, "MC": 1, "MAES": 1, "VISA": 1, "JCB": 0, "RUPAY": 1, "BAJAJ": 0 },
        "card_subtype": { "consumer": 1, "business": 0, "premium": 0 },
        "amex": true, "netbanking": banks, "wallet": wallets, "emi": true, "upi": true, "cardless_emi": [],
        "paylater": [], "emi_subvention": "customer", "emi_types": { "credit": true, "debit": false },
        "debit_emi_providers": [], "emi_plans": emi_plans(), "emi_options": emi_options(), "recurring": [], "upi_intent": true,
        "nach": false, "cod": false, "offline": false, "google_pay": false, "apps": [],
    }))
}

/// Two banks' plans: months, and percent a year.
type Plans = &'static [(u32, &'static str)];
const EMI: &[(&str, i64, Plans)] = &[
    ("HDFC", 300_000, &[(3, "16"), (6, "16"), (9, "16"), (12, "16"), (24, "16")]),
    ("ICIC", 150_000, &[(3, "15.99"), (6, "15.99"), (12, "15.99")]),
];

fn emi_plans() -> serde_json::Value {
    let plans = |plans: &[(u32, &str)]| -> serde_json::Map<String, serde_json::Value> {
        plans.iter().map(|(months, rate)| (months.to_string(), percent(rate))).collect()
    };
    EMI.iter()
        .map(|(bank, min, of)| ((*bank).to_owned(), json!({ "min_amount": min, "plans": plans(of) })))
        .collect()
}

fn emi_options() -> serde_json::Value {
    let option = |min: i64, (months, rate): &(u32, &str)| json!({ "duration": months, "interest": percent(rate), "subvention": "customer", "min_amount": min });
    let of = |(bank, min, plans): &(&str, i64, Plans)| {
        ((*bank).to_owned(), plans.iter().map(|plan| option(*min, plan)).collect::<Vec<_>>())
    };
    EMI.iter().map(of).collect()
}

/// A number as Razorpay writes it: `16`, `15.99`.
fn percent(text: &str) -> serde_json::Value {
    serde_json::from_str(text).expect("rates are written as numbers")
}

pub(super) fn downtimes(sim: &mut RazorpaySim, _: &Ask<'_>) -> Said {
    Ok(collection(sim.downtimes.clone()))
}

pub(super) fn downtime(sim: &mut RazorpaySim, ask: &Ask<'_>) -> Said {
    let found = sim.downtimes.iter().find(|d| d["id"] == ask.id(0));
    found.cloned().ok_or_else(Refusal::no_such_id)
}

/// Six digits are the bank's, not the card's: this is not a card number.
pub(super) fn iin(_: &mut RazorpaySim, ask: &Ask<'_>) -> Said {
    let iin = ask.id(0);
    if iin.len() != 6 || !iin.bytes().all(|b| b.is_ascii_digit()) {
        return Err(Refusal::bad("The iin must be 6 digits."));
    }
    let network = match iin.as_bytes()[0] {
        b'4' => "Visa",
        b'5' => "MasterCard",
        b'3' => "American Express",
        b'6' => "RuPay",
        _ => "Unknown",
    };
    Ok(json!({
        "iin": iin, "entity": "iin", "network": network, "type": "credit", "sub_type": "consumer",
        "card_iin": null, "issuer_code": "HDFC", "issuer_name": "HDFC Bank", "international": false,
        "is_tokenized": false, "emi": { "available": false }, "recurring": { "available": true },
        "authentication_types": [{ "type": "3ds" }, { "type": "otp" }],
    }))
}

/// Only what the SDKs' payout helpers ask of a payments account; payouts are another product.
pub(super) fn fund_account(sim: &mut RazorpaySim, ask: &Ask<'_>) -> Said {
    let kind = ask.text("account_type").ok_or_else(|| Refusal::missing("account_type"))?;
    if !["vpa", "bank_account", "card"].contains(&kind) {
        return Err(Refusal::field("account_type", "The selected account type is invalid."));
    }
    Ok(json!({
        "id": sim.mint.id("fa"), "entity": "fund_account", "contact_id": ask.text("contact_id"),
        "customer_id": ask.text("customer_id"), "account_type": kind, "batch_id": null, "active": true,
        "created_at": sim.now.secs(),
    }))
}
