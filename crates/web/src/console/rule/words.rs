//! A rule in words.

use super::DAYS;
use hundi_app::connections::Shown;
use hundi_app::routing::{RuleText, ShareText, WhenText};
use hundi_core::{Currency, Method, Money};

/// `UPI or Card, from ₹500.00, on Mon, Tue, 09:00 to 18:00`; `Every payment`.
pub(in crate::console) fn when_in_words(when: &WhenText) -> String {
    let mut parts = Vec::new();
    let named = |word: &String| word.parse().map_or_else(|_| word.clone(), |m: Method| m.shown().to_owned());
    let names: Vec<String> = when.methods.iter().map(named).collect();
    if !names.is_empty() {
        parts.push(names.join(" or "));
    }
    let currency = when.currency.as_deref().and_then(|code| code.parse::<Currency>().ok());
    let amount = |minor: i64| match currency {
        Some(currency) => Money::new(minor, currency).shown(),
        None => format!("{minor} in the smallest unit of any currency"),
    };
    match (when.amount_min, when.amount_max) {
        (Some(min), Some(max)) => parts.push(format!("{} to {}", amount(min), amount(max))),
        (Some(min), None) => parts.push(format!("from {}", amount(min))),
        (None, Some(max)) => parts.push(format!("up to {}", amount(max))),
        (None, None) => parts.extend(currency.map(|c| format!("in {}", c.code()))),
    }
    let days: Vec<&str> =
        DAYS.iter().filter(|(d, _)| when.days.iter().any(|t| t == d)).map(|(_, label)| *label).collect();
    if !days.is_empty() {
        parts.push(format!("on {}", days.join(", ")));
    }
    if let (Some(from), Some(to)) = (&when.from, &when.to) {
        parts.push(format!("{from} to {to}"));
    }
    if parts.is_empty() { "Every payment".to_owned() } else { parts.join(", ") }
}

/// `Main account 70 of 100, Second account 30 of 100, Third account last`
pub(in crate::console) fn shares_in_words(rule: &RuleText, connections: &[Shown]) -> String {
    let total: u64 = rule.to.iter().map(|s| u64::from(s.weight)).sum();
    let alone = rule.to.iter().filter(|s| s.weight > 0).count() == 1;
    let share = |s: &ShareText| {
        let row = connections.iter().find(|c| c.row.id.to_string() == s.connection);
        let name = row.map_or("a connection that is gone", |c| c.row.label.as_str());
        match s.weight {
            0 => format!("{name} last"),
            _ if alone => format!("{name} first"),
            weight => format!("{name} {weight} of {total}"),
        }
    };
    rule.to.iter().map(share).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rule_in_words() {
        let when = |json: &str| when_in_words(&serde_json::from_str::<WhenText>(json).unwrap());
        assert_eq!(when("{}"), "Every payment");
        assert_eq!(when(r#"{"methods":["upi","card"],"days":["sun","mon"]}"#), "UPI or Card, on Mon, Sun");
        assert_eq!(when(r#"{"currency":"USD","amount_min":100}"#), "from USD 1.00");
        assert_eq!(when(r#"{"currency":"USD","from":"22:00","to":"06:00"}"#), "in USD, 22:00 to 06:00");
        assert_eq!(when(r#"{"amount_max":100}"#), "up to 100 in the smallest unit of any currency");
    }
}
