//! A rule's form as it was typed, read into a rule or into everything that is wrong with it.

use crate::fields::Fields;
use crate::pages::connections::FieldError;
use hundi_app::connections::Shown;
use hundi_app::routing::{RuleText, ShareText, WhenText};
use hundi_core::{Currency, Money};

/// As it was typed.
#[derive(Clone, Debug, Default)]
pub(super) struct Typed {
    pub(super) name: String,
    pub(super) methods: Vec<String>,
    pub(super) currency: String,
    pub(super) min: String,
    pub(super) max: String,
    pub(super) days: Vec<String>,
    pub(super) from: String,
    pub(super) until: String,
    /// By connection.
    pub(super) shares: Vec<(String, String)>,
}

impl Typed {
    pub(super) fn read(fields: &Fields, connections: &[Shown]) -> Self {
        let text = |name: &str| fields.get(name).chars().take(100).collect::<String>();
        let words = |name: &str| fields.all(name).map(str::to_owned).collect::<Vec<_>>();
        let share = |c: &Shown| {
            let id = c.row.id.to_string();
            let weight = text(&format!("share_{id}"));
            (id, weight)
        };
        Self {
            name: text("name"),
            methods: words("method"),
            currency: text("currency"),
            min: text("min"),
            max: text("max"),
            days: words("day"),
            from: text("from"),
            until: text("until"),
            shares: connections.iter().map(share).collect(),
        }
    }

    pub(super) fn of(rule: &RuleText, connections: &[Shown]) -> Self {
        let when = &rule.when;
        // Without a currency an amount has no decimals of its own: it is shown as rupees are, and asks for one.
        let currency = when.currency.as_deref().and_then(|code| code.parse::<Currency>().ok());
        let amount = |minor: Option<i64>| {
            minor.map(|m| Money::new(m, currency.unwrap_or(Currency::INR)).decimal()).unwrap_or_default()
        };
        let share = |c: &Shown| {
            let id = c.row.id.to_string();
            let weight = rule.to.iter().find(|s| s.connection == id).map(|s| s.weight.to_string());
            (id, weight.unwrap_or_default())
        };
        Self {
            name: rule.name.clone(),
            methods: when.methods.clone(),
            currency: when.currency.clone().unwrap_or_default(),
            min: amount(when.amount_min),
            max: amount(when.amount_max),
            days: when.days.clone(),
            from: when.from.clone().unwrap_or_default(),
            until: when.to.clone().unwrap_or_default(),
            shares: connections.iter().map(share).collect(),
        }
    }

    /// The rule, or everything that is wrong with what was typed.
    pub(super) fn rule(&self) -> Result<RuleText, Vec<FieldError>> {
        let mut errors = Vec::new();
        let mut wrong = |field: &str, sentence: &str| {
            errors.push(FieldError { field: field.to_owned(), sentence: sentence.to_owned() });
        };
        if !(1..=80).contains(&self.name.chars().count()) || self.name.contains(char::is_control) {
            wrong("name", "Type a name of up to 80 characters");
        }
        let currency = self.currency.parse::<Currency>().ok();
        let mut amount = |field: &str, typed: &str| match (typed.is_empty(), currency) {
            (true, _) => None,
            (false, None) => {
                wrong("currency", "Choose the currency of these amounts");
                None
            }
            (false, Some(currency)) => match amount_of(typed, currency) {
                Ok(amount) => Some(amount.minor()),
                Err(sentence) => {
                    wrong(field, &sentence);
                    None
                }
            },
        };
        let (min, max) = (amount("min", &self.min), amount("max", &self.max));
        if min.zip(max).is_some_and(|(min, max)| min > max) {
            wrong("max", "Type no less than the amount before it");
        }
        match (is_clock(&self.from), is_clock(&self.until), self.from.is_empty(), self.until.is_empty()) {
            (_, _, true, true) => {}
            (false, ..) => wrong("from", "Type a time such as 09:30 in both fields"),
            (true, false, ..) => wrong("until", "Type a time such as 18:00 in both fields"),
            (true, true, ..) if self.from == self.until => wrong("until", "Type another time than “From”"),
            (true, true, ..) => {}
        }
        let mut to = Vec::new();
        for (connection, typed) in self.shares.iter().filter(|(_, typed)| !typed.is_empty()) {
            let plain = typed.len() <= 4 && typed.bytes().all(|c| c.is_ascii_digit());
            match typed.parse().ok().filter(|weight: &u32| plain && *weight <= 1_000) {
                Some(weight) => to.push(ShareText { connection: connection.clone(), weight }),
                None => wrong(&format!("share_{connection}"), "Type a whole number from 0 to 1000"),
            }
        }
        if self.shares.iter().all(|(_, typed)| typed.is_empty()) {
            wrong("shares", "Give at least one connection a share");
        }
        let given = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
        let when = WhenText {
            methods: self.methods.clone(),
            currency: currency.map(|c| c.code().to_owned()),
            amount_min: min,
            amount_max: max,
            days: self.days.clone(),
            from: given(&self.from),
            to: given(&self.until),
        };
        errors.dedup_by(|a, b| a.field == b.field);
        if errors.is_empty() { Ok(RuleText { name: self.name.clone(), when, to }) } else { Err(errors) }
    }
}

/// `09:30`; the day may end at `24:00`.
fn is_clock(text: &str) -> bool {
    let digits = |t: &str| t.len() == 2 && t.bytes().all(|c| c.is_ascii_digit());
    let Some((hour, minute)) = text.split_once(':') else { return false };
    digits(hour) && digits(minute) && minute < "60" && (hour < "24" || text == "24:00")
}

/// Every payment has an amount of at least one minor unit.
pub(in crate::console) fn amount_of(typed: &str, currency: Currency) -> Result<Money, String> {
    let plain: String = typed.chars().filter(|c| !matches!(c, ',' | ' ' | '₹')).collect();
    let amount = Money::parse_decimal(&plain, currency).filter(|m| m.is_positive());
    amount.ok_or_else(|| match currency.exponent() {
        0 => format!("Type a whole amount, such as 1500: {} has no decimals", currency.code()),
        n => format!("Type an amount such as 1500.00, with {n} decimals at most"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed() -> Typed {
        Typed {
            name: "Large".to_owned(),
            currency: "INR".to_owned(),
            shares: vec![("conn_1".to_owned(), "70".to_owned()), ("conn_2".to_owned(), String::new())],
            ..Typed::default()
        }
    }

    #[track_caller]
    fn wrong(change: impl FnOnce(&mut Typed), fields: &[&str]) {
        let mut typed = typed();
        change(&mut typed);
        let found = typed.rule().err().unwrap_or_default();
        assert_eq!(found.iter().map(|e| e.field.as_str()).collect::<Vec<_>>(), fields);
    }

    #[test]
    fn what_is_typed_becomes_a_rule() {
        let rule = Typed { min: "₹1,500".to_owned(), max: "2000.50".to_owned(), ..typed() }.rule().unwrap();
        assert_eq!((rule.when.amount_min, rule.when.amount_max), (Some(150_000), Some(200_050)));
        assert_eq!(rule.to, [ShareText { connection: "conn_1".to_owned(), weight: 70 }]);
    }

    #[test]
    fn everything_that_is_wrong_stands_beside_its_field() {
        wrong(|t| t.name.clear(), &["name"]);
        wrong(|t| t.name = "two\nlines".to_owned(), &["name"]);
        wrong(|t| t.min = "a lot".to_owned(), &["min"]);
        wrong(|t| t.min = "0".to_owned(), &["min"]);
        wrong(|t| t.max = "1.234".to_owned(), &["max"]);
        wrong(|t| (t.min, t.max) = ("2".to_owned(), "1".to_owned()), &["max"]);
        wrong(
            |t| (t.min, t.max, t.currency) = ("1".to_owned(), "2".to_owned(), String::new()),
            &["currency"],
        );
        wrong(|t| t.from = "09:00".to_owned(), &["until"]);
        wrong(|t| t.until = "09:00".to_owned(), &["from"]);
        wrong(|t| (t.from, t.until) = ("9:00".to_owned(), "10:00".to_owned()), &["from"]);
        wrong(|t| (t.from, t.until) = ("09:00".to_owned(), "09:00".to_owned()), &["until"]);
        wrong(|t| t.shares[0].1 = "all".to_owned(), &["share_conn_1"]);
        wrong(|t| t.shares[0].1 = "1001".to_owned(), &["share_conn_1"]);
        wrong(|t| t.shares[0].1.clear(), &["shares"]);
        wrong(|t| (t.name, t.shares) = (String::new(), Vec::new()), &["name", "shares"]);
    }

    #[test]
    fn clocks() {
        for (text, fine) in [
            ("00:00", true),
            ("24:00", true),
            ("23:59", true),
            ("24:01", false),
            ("9:00", false),
            ("09:60", false),
            ("", false),
        ] {
            assert_eq!(is_clock(text), fine, "{text}");
        }
    }
}
