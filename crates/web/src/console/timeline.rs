//! What happened to a payment, newest first, each line with its source and its evidence.

use super::desk::Desk;
use crate::pages::format::{iso, ist_clock, ist_day};
use crate::pages::parts::Sign;
use crate::pages::payment::{Entry, Evidence};
use hundi_app::connections::Shown;
use hundi_app::payments::{Happening, Story, Told};
use hundi_core::Millis;
use hundi_core::scope::Permission;

/// All that is known, in order of time.
pub(super) fn of(desk: &Desk, story: &Story, connection: &Shown) -> Vec<Entry> {
    let teller = Teller { desk, story, connection };
    let moved = |kind: &'static str| {
        let of_kind =
            move |told: &&Told| matches!(&told.what, Happening::Moved { kind: k, .. } if *k == kind);
        story.told.iter().filter(of_kind).map(|told| (told.at, teller.told(told)))
    };
    let messages = story.told.iter().filter(|told| matches!(told.what, Happening::Message { .. }));
    let mut lines: Vec<(Millis, Entry)> = teller.beginnings();
    // What happened in one instant is told in the order of cause and effect.
    lines.extend(teller.tries());
    lines.extend(moved("payment"));
    lines.extend(moved("order"));
    lines.extend(teller.refunds());
    lines.extend(moved("refund"));
    lines.extend(messages.map(|told| (told.at, teller.told(told))));
    lines.sort_by_key(|(at, _)| *at);
    lines.reverse();
    lines.into_iter().map(|(_, entry)| entry).collect()
}

struct Teller<'a> {
    desk: &'a Desk,
    story: &'a Story,
    connection: &'a Shown,
}

impl Teller<'_> {
    fn entry(&self, at: Millis, title: &str, source: &'static str, sentence: String, sign: Sign) -> Entry {
        let same_day = ist_day(at) == ist_day(self.story.payment.created_at);
        let clock = ist_clock(at);
        Entry {
            at: if same_day { clock } else { format!("{}, {clock}", ist_day(at)) },
            iso: iso(at),
            title: title.to_owned(),
            source,
            sentence,
            sign,
            evidence: Evidence::None,
        }
    }

    fn told(&self, told: &Told) -> Entry {
        let (title, sentence, sign) = match &told.what {
            Happening::Moved { kind, from, to } => self.moved(kind, from, to),
            Happening::Message { kind, effect, verified } => message(kind, effect, *verified),
        };
        let evidence = told.evidence.as_deref().map_or(Evidence::None, |id| self.evidence(id));
        Entry { evidence, ..self.entry(told.at, title, source(&told.source), sentence, sign) }
    }

    /// An exchange is shown on this page, a provider's message on its own, if the person may see those.
    fn evidence(&self, id: &str) -> Evidence {
        let payment = self.story.payment.id;
        if self.story.exchanges.iter().any(|x| x.id.to_string() == id) {
            return Evidence::Link(format!("/payments/{payment}?exchange={id}#x"));
        }
        let is_notice = self.story.notices.iter().any(|n| n.id.to_string() == id);
        if is_notice && self.desk.can(Permission::ReadWebhooks) {
            return Evidence::Link(format!("/webhooks/{id}"));
        }
        Evidence::None
    }

    fn moved(&self, kind: &str, from: &str, to: &str) -> (&'static str, String, Sign) {
        let provider = self.connection.card.name;
        let asked = self.story.payment.state.asked.shown();
        match (kind, to) {
            ("order", "attempted") => {
                ("Order tried", "A payment of the order was begun.".to_owned(), Sign::NOTED)
            }
            ("order", "paid") => ("Order paid", "The order counts as paid, once.".to_owned(), Sign::NOTED),
            ("order", "expired") => ("Order expired", "Nothing is due any more.".to_owned(), Sign::NOTED),
            ("order", "cancelled") => ("Order cancelled", "Nothing is due any more.".to_owned(), Sign::NOTED),
            ("refund", "processing") => {
                ("Refund accepted", format!("{provider} has it and is sending the money back."), Sign::REFUND)
            }
            ("refund", "processed") => {
                ("Refunded", format!("{provider} says that the money went back."), Sign::REFUND)
            }
            ("refund", "failed") => (
                "Refund failed",
                format!("{provider} says that nothing went back. The amount can be refunded again."),
                Sign::FAILED,
            ),
            ("payment", "pending") => (
                "Waiting for the payer",
                format!("{provider} opened it and waits for the payer."),
                Sign::SENT,
            ),
            ("payment", "authorized") => {
                ("Authorised", format!("The bank holds {asked}. It is not taken yet."), Sign::HELD)
            }
            ("payment", "captured") => (
                "Paid",
                format!("{provider} says that {asked} was taken. Amount, currency and order match."),
                Sign::DONE,
            ),
            ("payment", "failed") => ("Failed", self.why_failed(), Sign::FAILED),
            ("payment", "expired") => (
                "Expired",
                "The payer’s time ran out. Money that still arrives is found and shown here.".to_owned(),
                Sign::NOTED,
            ),
            ("payment", "cancelled") => ("Cancelled", "It was called off.".to_owned(), Sign::NOTED),
            _ => ("Changed", format!("From {from} to {to}."), Sign::NOTED),
        }
    }

    fn why_failed(&self) -> String {
        match self.story.payment.state.failure() {
            Some(reason) => format!("{}.", reason.title()),
            None => "The provider said so.".to_owned(),
        }
    }

    /// What the payer tried inside, and silence: these move no status, and are told nevertheless.
    fn tries(&self) -> Vec<(Millis, Entry)> {
        let state = &self.story.payment.state;
        let mut lines = Vec::new();
        for (id, t) in state.tries() {
            if let Some((at, reason)) = t.failure {
                let how = t.detail.method.map_or("A try", |m| m.shown());
                let code =
                    t.detail.provider_code.as_deref().map(|c| format!(" Its code: {c}.")).unwrap_or_default();
                let sentence =
                    format!("{how} {id}: {}.{code} The payer can try again inside.", reason.title());
                let entry = self.entry(at, "A try failed", "Provider", sentence, Sign::NOTED);
                lines.push((at, entry));
            }
        }
        if let Some(at) = state.unknown_at {
            let provider = self.connection.card.name;
            let after = match state.in_doubt_since() {
                Some(_) => "No second payment is started until it is known.",
                None => "It has answered since.",
            };
            let sentence = format!("{provider} did not answer, so the outcome was unknown. {after}");
            let silent = self.story.exchanges.iter().rfind(|x| x.status.is_none() && x.at <= at);
            let evidence = silent.map_or(Evidence::None, |x| self.evidence(&x.id.to_string()));
            let entry = self.entry(at, "In doubt", "No answer", sentence, Sign::DOUBT);
            lines.push((at, Entry { evidence, ..entry }));
        }
        lines
    }

    fn refunds(&self) -> Vec<(Millis, Entry)> {
        let mut lines = Vec::new();
        for refund in &self.story.refunds {
            let amount = refund.state.amount.shown();
            let (title, source) = match refund.requested_by.as_str() {
                by if by.starts_with("user:") => ("Refund asked for", "Person"),
                "policy" => ("Given back by policy", "Router"),
                "provider" => ("Refunded at the provider", "Provider"),
                _ => ("Refund asked for", "API"),
            };
            let sentence = format!("{amount}. {}.", super::words::reason(&refund.reason));
            lines.push((
                refund.created_at,
                self.entry(refund.created_at, title, source, sentence, Sign::REFUND),
            ));
        }
        lines
    }

    fn beginnings(&self) -> Vec<(Millis, Entry)> {
        let (p, o) = (&self.story.payment, &self.story.order);
        let by_payer = p.created_by == "payer";
        let begun = self.entry(
            p.created_at,
            &format!("Sent to {}", self.connection.card.name),
            if by_payer { "Payer" } else { "API" },
            format!("Through {}.", self.connection.row.label),
            Sign::SENT,
        );
        let ordered = self.entry(
            o.created_at,
            "Order created",
            "API",
            format!("{} to pay.", o.amount.shown()),
            Sign::NOTED,
        );
        vec![(o.created_at, ordered), (p.created_at, begun)]
    }
}

fn message(kind: &str, effect: &str, verified: bool) -> (&'static str, String, Sign) {
    let told = match (verified, effect) {
        (false, _) => "Its signature did not hold. It was kept as evidence and moved nothing.",
        (true, "same") => "The same again, ignored.",
        (true, "asked") => "Not proof enough by itself: the provider was asked.",
        (true, "parked") => "About money that is not ours. Put aside.",
        (true, _) => "Kept. It moved nothing.",
    };
    let sign = if verified { Sign::NOTED } else { Sign::WARNING };
    ("Message from the provider", format!("{kind}. {told}"), sign)
}

fn source(word: &str) -> &'static str {
    match word {
        "api" => "API",
        "return" => "Return",
        "webhook" => "Webhook",
        "poll" => "Poll",
        "sweep" => "Daily list",
        "timeout" => "No answer",
        "person" => "Person",
        "policy" => "Router",
        _ => "Reconciliation",
    }
}
