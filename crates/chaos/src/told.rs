//! The client's history: what was asked under which key, what was answered, and what each object was seen as.
//!
//! Two promises are checked as answers come in: a key has one answer for ever, and money that was seen stays seen.

use crate::http::Answer;
use serde_json::Value;
use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// A request that changes something, and its final answer.
#[derive(Clone, Debug)]
pub(crate) struct Told {
    pub key: String,
    pub path: String,
    pub body: String,
    pub answer: Answer,
}

/// The most that the client was ever told of an object.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Seen {
    pub amount: i64,
    /// An order's or a payment's amounts taken and given back.
    pub taken: i64,
    pub returned: i64,
    /// Paid, captured or processed: states that only grow.
    pub settled: bool,
}

/// Everything that the client remembers. It is never killed.
#[derive(Default)]
pub(crate) struct History(Mutex<Book>);

#[derive(Default)]
struct Book {
    told: Vec<Told>,
    seen: BTreeMap<String, Seen>,
    broken: Vec<String>,
    requests: u64,
    lost: u64,
    refused: BTreeMap<String, u64>,
}

/// How much was asked.
#[derive(Clone, Debug, Default)]
pub(crate) struct Asked {
    pub requests: u64,
    pub lost: u64,
}

impl History {
    fn book(&self) -> MutexGuard<'_, Book> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// One request went out; `lost` says that no whole answer came.
    pub(crate) fn asked(&self, lost: bool) {
        let mut book = self.book();
        book.requests += 1;
        book.lost += u64::from(lost);
    }

    /// The final answer to a key.
    pub(crate) fn answered(&self, told: Told) {
        self.seen(&told.answer.body, Read::Kept);
        self.book().told.push(told);
    }

    /// A refusal that a client has to live with.
    pub(crate) fn refused(&self, code: &str) {
        *self.book().refused.entry(code.to_owned()).or_default() += 1;
    }

    /// Something that must not happen.
    pub(crate) fn broken(&self, what: String) {
        self.book().broken.push(what);
    }

    /// An object as an answer shows it.
    pub(crate) fn seen(&self, body: &str, read: Read) {
        let Ok(object) = serde_json::from_str::<Value>(body) else { return };
        let Some((id, now)) = read_object(&object) else { return };
        let mut book = self.book();
        let before = book.seen.entry(id.clone()).or_insert_with(|| now.clone());
        let went_back = now.taken < before.taken
            || now.returned < before.returned
            || (before.settled && !now.settled)
            || now.amount != before.amount;
        let was = before.clone();
        before.taken = before.taken.max(now.taken);
        before.returned = before.returned.max(now.returned);
        before.settled |= now.settled;
        // A kept answer tells of an earlier time.
        if went_back && (read == Read::Fresh || now.amount != was.amount) {
            book.broken.push(format!("{id} was seen as {was:?} and later as {now:?}"));
        }
    }

    pub(crate) fn objects(&self) -> Vec<String> {
        self.book().seen.keys().cloned().collect()
    }

    /// Answers from the `from`th on.
    pub(crate) fn told_from(&self, from: usize) -> Vec<Told> {
        self.book().told.get(from..).unwrap_or_default().to_vec()
    }

    pub(crate) fn take_broken(&self) -> Vec<String> {
        std::mem::take(&mut self.book().broken)
    }

    pub(crate) fn counts(&self) -> Asked {
        let book = self.book();
        Asked { requests: book.requests, lost: book.lost }
    }

    /// Refusals by their code.
    pub(crate) fn refusals(&self) -> BTreeMap<String, u64> {
        self.book().refused.clone()
    }
}

/// How an object was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Read {
    /// From the database, now.
    Fresh,
    /// Perhaps from the kept answer of an earlier request.
    Kept,
}

fn read_object(object: &Value) -> Option<(String, Seen)> {
    let number = |name: &str| object[name].as_i64().unwrap_or(0);
    let status = object["status"].as_str()?;
    let (taken, returned, settled) = match object["object"].as_str()? {
        "order" => (number("amount_paid"), 0, status == "paid"),
        "payment" => {
            let settled = ["captured", "partially_refunded", "refunded"].contains(&status);
            (number("amount_captured"), number("amount_refunded"), settled)
        }
        "refund" => (0, 0, status == "processed"),
        _ => return None,
    };
    let seen = Seen { amount: number("amount"), taken, returned, settled };
    Some((object["id"].as_str()?.to_owned(), seen))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[track_caller]
    fn check(bodies: &[(Value, Read)], broken: usize) {
        let history = History::default();
        for (body, read) in bodies {
            history.seen(&body.to_string(), *read);
        }
        assert_eq!(history.take_broken().len(), broken);
    }

    #[test]
    fn money_that_was_seen_stays_seen() {
        let payment = |status: &str, taken: i64| {
            json!({ "object": "payment", "id": "pay_1", "status": status, "amount": 500, "amount_captured": taken,
                "amount_refunded": 0 })
        };
        let (fresh, kept) = (Read::Fresh, Read::Kept);
        check(&[(payment("pending", 0), fresh), (payment("captured", 500), fresh)], 0);
        check(&[(payment("captured", 500), fresh), (payment("pending", 0), kept)], 0);
        check(&[(payment("captured", 500), kept), (payment("pending", 0), fresh)], 1);
        check(&[(payment("captured", 500), fresh), (payment("failed", 500), fresh)], 1);
        let mut other = payment("captured", 500);
        other["amount"] = json!(501);
        check(&[(payment("captured", 500), fresh), (other, kept)], 1);
        check(&[(json!({ "object": "list" }), fresh), (json!("text"), fresh)], 0);
    }
}
