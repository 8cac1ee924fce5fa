//! Older shapes of public objects, kept alive: the newest is what is made, and pure functions lead back from it.
//!
//! A change has a date, the objects it is about (by their `object`), and two functions on such an object's JSON: `down`
//! makes the older shape of the newer, `up` the newer of what was stored before. Both leave alone what has their result
//! already. They work wherever such an object stands: in an answer, a list, an event, a kept answer.
//!
//! To change a shape: change the function that makes it, add a date to `hundi_core::Version`, and a change here.

use hundi_core::{FailureReason, Version};
use serde_json::{Map, Value, json};

/// One change of a shape.
struct Change {
    /// The first version that has it.
    since: Version,
    object: &'static str,
    down: fn(&mut Map<String, Value>),
    up: fn(&mut Map<String, Value>),
}

/// From the oldest to the newest.
const CHANGES: &[Change] = &[
    Change { since: Version::V20261101, object: "refund", down: failure_to_reason, up: reason_to_failure },
    Change { since: Version::V20261101, object: "payment", down: tries_to_reasons, up: tries_to_failures },
];

/// A value in the newest shape as this version has it.
#[must_use]
pub fn shown(version: Version, mut value: Value) -> Value {
    for change in CHANGES.iter().rev().filter(|change| change.since > version) {
        each(&mut value, change.object, change.down);
    }
    value
}

/// What was stored, in the newest shape, however old it is.
#[must_use]
pub(super) fn stored(mut value: Value) -> Value {
    for change in CHANGES {
        each(&mut value, change.object, change.up);
    }
    value
}

/// A body that was just made or kept long ago, as this version has it. Byte for byte the same each time.
#[must_use]
pub fn rendered(version: Version, body: String, kept: bool) -> String {
    if version == Version::NEWEST && !kept {
        return body;
    }
    let Ok(read) = serde_json::from_str::<Value>(&body) else { return body };
    let made = shown(version, stored(read.clone()));
    if made == read { body } else { made.to_string() }
}

/// Every object of this kind, wherever it stands. What merchants wrote themselves is theirs, whatever it looks like.
fn each(value: &mut Value, object: &str, change: fn(&mut Map<String, Value>)) {
    match value {
        Value::Object(fields) => {
            if fields.get("object").and_then(Value::as_str) == Some(object) {
                change(fields);
            }
            for (_, inner) in fields.iter_mut().filter(|(name, _)| *name != "metadata") {
                each(inner, object, change);
            }
        }
        Value::Array(all) => all.iter_mut().for_each(|inner| each(inner, object, change)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

// 2026-11-01: why something failed is said in one way everywhere. Before, refunds and the tries of a payment had the
// bare word in `failure_reason`.

fn failure_to_reason(fields: &mut Map<String, Value>) {
    if let Some(failure) = fields.remove("failure") {
        let reason = failure.get("reason").cloned().unwrap_or(Value::Null);
        fields.insert("failure_reason".into(), reason);
    }
}

fn reason_to_failure(fields: &mut Map<String, Value>) {
    if let Some(reason) = fields.remove("failure_reason") {
        let known = reason.as_str().and_then(|word| word.parse().ok());
        fields.insert("failure".into(), known.map_or(Value::Null, failure));
    }
}

fn tries_to_reasons(payment: &mut Map<String, Value>) {
    each_try(payment, failure_to_reason);
}

fn tries_to_failures(payment: &mut Map<String, Value>) {
    each_try(payment, reason_to_failure);
}

fn each_try(payment: &mut Map<String, Value>, change: fn(&mut Map<String, Value>)) {
    let tries = payment.get_mut("tries").and_then(Value::as_array_mut);
    tries.into_iter().flatten().filter_map(Value::as_object_mut).for_each(change);
}

/// Why something failed: the word for programs, and the same for people.
pub(super) fn failure(reason: FailureReason) -> Value {
    json!({ "reason": reason.as_str(), "message": reason.title() })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn payment() -> Value {
        let failed = failure(FailureReason::BankDown);
        json!({
            "object": "payment", "metadata": { "object": "refund", "failure": "mine" },
            "failure": { "reason": "bank_down", "message": "The bank", "advice": "Wait" },
            "tries": [{ "status": "failed", "failure": failed }, { "status": "captured", "failure": null }],
        })
    }

    fn refund(reason: Option<FailureReason>) -> Value {
        json!({ "object": "refund", "amount": 1, "failure": reason.map(failure), "note": "failure_reason" })
    }

    #[test]
    fn the_newest_is_left_alone() {
        for value in [payment(), refund(None), json!({ "object": "list", "data": [refund(None)] })] {
            assert_eq!(shown(Version::NEWEST, value.clone()), value);
            assert_eq!(stored(value.clone()), value);
        }
    }

    #[test]
    fn the_first_shape_has_the_bare_word() {
        let old = shown(Version::V20260801, payment());
        assert_eq!(old["tries"][0], json!({ "status": "failed", "failure_reason": "bank_down" }));
        assert_eq!(old["tries"][1], json!({ "status": "captured", "failure_reason": null }));
        assert_eq!(old["failure"], payment()["failure"], "a payment's own was so from the beginning");
        assert_eq!(old["metadata"], payment()["metadata"], "what a merchant wrote is the merchant's");
        let event = json!({ "object": "event", "data": { "object": refund(Some(FailureReason::BankDown)) } });
        let old = shown(Version::V20260801, event);
        let object = &old["data"]["object"];
        assert_eq!((&object["failure_reason"], object.get("failure")), (&json!("bank_down"), None));
    }

    #[test]
    fn down_and_up_lead_back_to_where_they_began_and_twice_is_once() {
        let reasons = FailureReason::ALL.iter().map(|reason| refund(Some(*reason)));
        for value in reasons.chain([payment(), refund(None)]) {
            let listed = json!({ "object": "list", "data": [value] });
            for version in Version::ALL {
                let old = shown(version, listed.clone());
                assert_eq!(shown(version, old.clone()), old, "{version}");
                assert_eq!(stored(old), listed, "{version}");
            }
        }
    }

    #[test]
    fn a_kept_answer_is_the_same_bytes_each_time() {
        let newest = refund(Some(FailureReason::BankDown)).to_string();
        let of_before = shown(Version::V20260801, refund(Some(FailureReason::BankDown))).to_string();
        for version in Version::ALL {
            let first = rendered(version, newest.clone(), false);
            assert_eq!(rendered(version, newest.clone(), true), first, "{version}");
            // Kept before the change came: whoever is pinned to its day gets it back as it was.
            assert_eq!(rendered(version, of_before.clone(), true), first, "{version}");
        }
        assert_eq!(rendered(Version::V20260801, "no json".into(), true), "no json");
    }

    #[test]
    fn changes_are_in_their_order() {
        assert!(CHANGES.is_sorted_by_key(|change| change.since));
        assert!(CHANGES.iter().all(|change| change.since > Version::ALL[0]));
    }
}
