//! Rules as a merchant writes them, in JSON; and read into what decides.

use crate::error::Error;
use hundi_core::routing::{Rule, Share, When, Window};
use hundi_core::{Currency, Method};
use serde::{Deserialize, Serialize};

const NAME_CHARS_MAX: usize = 80;
const SHARES_MAX: usize = 20;
const WEIGHT_MAX: u32 = 1_000;
/// The largest amount of the currency with the smallest minor unit: no order is above it.
const MINOR_MAX: i64 = 10_000_000_000_000;
const DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RuleText {
    pub name: String,
    #[serde(default)]
    pub when: WhenText,
    pub to: Vec<ShareText>,
}

/// What is left out matches everything.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WhenText {
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub methods: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub currency: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub amount_min: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub amount_max: Option<i64>,
    /// `mon` to `sun`; none means every day.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub days: Vec<String>,
    /// `09:30` on the merchant's own clock; with `to`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ShareText {
    pub connection: String,
    /// Among the others of the rule; 0 is a last resort. 1 unless said.
    #[serde(default = "one")]
    pub weight: u32,
}

const fn one() -> u32 {
    1
}

/// Reads them, or says which field of which rule is wrong.
pub(super) fn read(rules: &[RuleText]) -> Result<Vec<Rule>, Error> {
    rules.iter().enumerate().map(|(at, text)| rule(&format!("rules[{at}]"), text)).collect()
}

fn rule(path: &str, text: &RuleText) -> Result<Rule, Error> {
    if text.name.trim().is_empty() || text.name.chars().count() > NAME_CHARS_MAX {
        return Err(Error::invalid(format!("{path}.name"), "Give it a name of up to 80 characters."));
    }
    if !(1..=SHARES_MAX).contains(&text.to.len()) {
        return Err(Error::invalid(format!("{path}.to"), "Send 1 to 20 connections."));
    }
    let share = |(at, share): (usize, &ShareText)| {
        let path = format!("{path}.to[{at}]");
        if share.weight > WEIGHT_MAX {
            return Err(Error::invalid(format!("{path}.weight"), "Send a weight from 0 to 1000."));
        }
        let wrong = |_| Error::invalid(format!("{path}.connection"), "Send a connection's id: conn_…");
        Ok(Share { connection: share.connection.parse().map_err(wrong)?, weight: share.weight })
    };
    let to = text.to.iter().enumerate().map(share).collect::<Result<Vec<_>, Error>>()?;
    for (at, share) in to.iter().enumerate() {
        if to[..at].iter().any(|earlier| earlier.connection == share.connection) {
            return Err(Error::invalid(format!("{path}.to[{at}].connection"), "Name each connection once."));
        }
    }
    Ok(Rule { name: text.name.clone(), when: when(&format!("{path}.when"), &text.when)?, to })
}

fn when(path: &str, text: &WhenText) -> Result<When, Error> {
    let method = |(at, name): (usize, &String)| {
        let known = name.parse::<Method>();
        known.map_err(|_| {
            Error::invalid(format!("{path}.methods[{at}]"), "Send a method, such as upi or card.")
        })
    };
    let currency = text.currency.as_deref().map(str::parse::<Currency>).transpose();
    let positive = |name: &str, amount: Option<i64>| match amount {
        Some(minor) if !(1..=MINOR_MAX).contains(&minor) => {
            Err(Error::invalid(format!("{path}.{name}"), format!("Send minor units from 1 to {MINOR_MAX}.")))
        }
        fine => Ok(fine),
    };
    let (min_minor, max_minor) =
        (positive("amount_min", text.amount_min)?, positive("amount_max", text.amount_max)?);
    if min_minor.zip(max_minor).is_some_and(|(min, max)| min > max) {
        return Err(Error::invalid(format!("{path}.amount_max"), "Send no less than amount_min."));
    }
    Ok(When {
        methods: text.methods.iter().enumerate().map(method).collect::<Result<_, _>>()?,
        currency: currency
            .map_err(|_| Error::invalid(format!("{path}.currency"), "Send an ISO 4217 code, such as INR."))?,
        min_minor,
        max_minor,
        window: window(path, text)?,
    })
}

fn window(path: &str, text: &WhenText) -> Result<Option<Window>, Error> {
    let mut days = [text.days.is_empty(); 7];
    for (at, name) in text.days.iter().enumerate() {
        let day = DAYS.iter().position(|day| day == name);
        let wrong =
            || Error::invalid(format!("{path}.days[{at}]"), "Send mon, tue, wed, thu, fri, sat or sun.");
        days[day.ok_or_else(wrong)?] = true;
    }
    let clock = |name: &str, text: &str| {
        minute(text).ok_or_else(|| Error::invalid(format!("{path}.{name}"), "Send a time such as 09:30."))
    };
    match (text.from.as_deref(), text.to.as_deref()) {
        (None, None) if text.days.is_empty() => Ok(None),
        (None, None) => Ok(Some(Window { days, from_minute: 0, to_minute: 24 * 60 })),
        (Some(from), Some(to)) => {
            let (from_minute, to_minute) = (clock("from", from)?, clock("to", to)?);
            if from_minute == to_minute {
                return Err(Error::invalid(format!("{path}.to"), "Send another time than from."));
            }
            Ok(Some(Window { days, from_minute, to_minute }))
        }
        (Some(_), None) => Err(Error::invalid(format!("{path}.to"), "Send both from and to.")),
        (None, Some(_)) => Err(Error::invalid(format!("{path}.from"), "Send both from and to.")),
    }
}

/// `00:00` to `24:00`.
fn minute(text: &str) -> Option<u16> {
    let (hour, minute) = text.split_once(':')?;
    let digits = |t: &str| (t.len() == 2).then(|| t.parse::<u16>().ok()).flatten();
    let (hour, minute) = (digits(hour)?, digits(minute)?);
    let at = hour * 60 + minute;
    (minute < 60 && at <= 24 * 60).then_some(at)
}

#[cfg(test)]
mod tests {
    use super::*;
    use hundi_core::Millis;
    use hundi_core::ids::ConnectionId;
    use serde_json::{Value, json};

    fn conn(n: u8) -> String {
        ConnectionId::new(Millis(1), [n; 10]).to_string()
    }

    #[track_caller]
    fn refused(rule: &Value, at: &str) {
        let rules: Vec<RuleText> = serde_json::from_value(json!([rule])).unwrap();
        let error = read(&rules).unwrap_err();
        assert_eq!(error.param(), Some(at), "{rule}");
    }

    #[test]
    fn what_is_written_is_what_is_read() {
        let rule = json!({
            "name": "UPI by day",
            "when": { "methods": ["upi"], "currency": "INR", "amount_min": 100, "amount_max": 50_000,
                "days": ["mon", "sun"], "from": "09:30", "to": "18:00" },
            "to": [{ "connection": conn(1), "weight": 70 }, { "connection": conn(2) }],
        });
        let texts: Vec<RuleText> = serde_json::from_value(json!([rule])).unwrap();
        let rules = read(&texts).unwrap();
        let window = rules[0].when.window.as_ref().unwrap();
        assert_eq!(window.days, [true, false, false, false, false, false, true]);
        assert_eq!((window.from_minute, window.to_minute), (570, 1080));
        assert_eq!((rules[0].to[0].weight, rules[0].to[1].weight), (70, 1));
        // What is shown again is what was written.
        let again: Vec<RuleText> = serde_json::from_value(serde_json::to_value(&texts).unwrap()).unwrap();
        assert_eq!(again, texts);
    }

    #[test]
    fn what_is_wrong_is_named() {
        let to = json!([{ "connection": conn(1) }]);
        let with = |when: Value| json!({ "name": "r", "when": when, "to": to });
        refused(&json!({ "name": " ", "to": to }), "rules[0].name");
        refused(&json!({ "name": "r", "to": [] }), "rules[0].to");
        refused(&json!({ "name": "r", "to": [{ "connection": "pay_1" }] }), "rules[0].to[0].connection");
        refused(
            &json!({ "name": "r", "to": [{ "connection": conn(1), "weight": 1001 }] }),
            "rules[0].to[0].weight",
        );
        refused(
            &json!({ "name": "r", "to": [{ "connection": conn(1) }, { "connection": conn(1) }] }),
            "rules[0].to[1].connection",
        );
        refused(&with(json!({ "methods": ["upi", "cash"] })), "rules[0].when.methods[1]");
        refused(&with(json!({ "currency": "XXL" })), "rules[0].when.currency");
        refused(&with(json!({ "amount_min": 0 })), "rules[0].when.amount_min");
        refused(&with(json!({ "amount_max": MINOR_MAX + 1 })), "rules[0].when.amount_max");
        refused(&with(json!({ "amount_min": 9, "amount_max": 8 })), "rules[0].when.amount_max");
        refused(&with(json!({ "days": ["Monday"] })), "rules[0].when.days[0]");
        refused(&with(json!({ "from": "09:30" })), "rules[0].when.to");
        refused(&with(json!({ "to": "09:30" })), "rules[0].when.from");
        for wrong in ["9:30", "09:60", "24:01", "0930", "", "aa:bb", "09:30:00"] {
            refused(&with(json!({ "from": wrong, "to": "10:00" })), "rules[0].when.from");
        }
        refused(&with(json!({ "from": "10:00", "to": "10:00" })), "rules[0].when.to");
    }
}
