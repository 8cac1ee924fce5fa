//! Faults that can be dialled in: which calls they hit, what goes wrong, how often.
//!
//! Set from Rust, over the control API, or by what an order says in its own notes. Every fault says whether the simulator
//! acted. The same for every provider, so that one table of cases can play them all.

use super::AMOUNT_MAX;
use hundi_core::Millis;
use serde_json::{Value, json};

/// What a call does, for aiming faults.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Op {
    /// An access token being asked for.
    Token,
    CreateOrder,
    /// Any read of orders, payments, links, or of what is beneath one of them.
    Fetch,
    /// The account's own lists: everything that moved in a span of time.
    List,
    FetchRefund,
    Capture,
    Void,
    /// A saved method being charged.
    Charge,
    Refund,
    CreateUpi,
    CreateLink,
    CancelLink,
    /// The payer paying: for wrong amounts and late authorization.
    Pay,
    /// A webhook being queued.
    Webhook,
    Other,
}

impl Op {
    const ALL: &[Self] = &[
        Self::Token,
        Self::CreateOrder,
        Self::Fetch,
        Self::List,
        Self::FetchRefund,
        Self::Capture,
        Self::Void,
        Self::Charge,
        Self::Refund,
        Self::CreateUpi,
        Self::CreateLink,
        Self::CancelLink,
        Self::Pay,
        Self::Webhook,
        Self::Other,
    ];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Token => "token",
            Self::CreateOrder => "create_order",
            Self::Fetch => "fetch",
            Self::List => "list",
            Self::FetchRefund => "fetch_refund",
            Self::Capture => "capture",
            Self::Void => "void",
            Self::Charge => "charge",
            Self::Refund => "refund",
            Self::CreateUpi => "create_upi",
            Self::CreateLink => "create_link",
            Self::CancelLink => "cancel_link",
            Self::Pay => "pay",
            Self::Webhook => "webhook",
            Self::Other => "other",
        }
    }

    pub(crate) fn parse(text: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|op| op.as_str() == text)
    }
}

fn no_op(name: &str) -> String {
    let all: Vec<_> = Op::ALL.iter().map(|op| op.as_str()).collect();
    format!("no op is called {name}: one of {}", all.join(", "))
}

/// Which happenings a fault hits. What is `None` matches everything; the empty match hits all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Match {
    pub op: Option<Op>,
    pub amount_minor: Option<i64>,
    /// The merchant's reference of the order, link or refund.
    pub our_ref: Option<String>,
    /// The provider's order id.
    pub order: Option<String>,
    /// The account's public id.
    pub key_id: Option<String>,
    /// A webhook's name: `payment.captured`.
    pub event: Option<String>,
    /// Only every so manieth.
    pub every: Option<u32>,
}

/// Whether the simulator did what was asked before it misbehaved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Acts {
    Before,
    Never,
}

/// What goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Acts, and closes the connection without a byte.
    SilentAfterActing,
    /// Closes the connection without a byte, and acts so much later.
    ActAfterSilence {
        ms: i64,
    },
    /// Closes the connection without a byte and never acts.
    DropBeforeActing,
    /// Answers 500, 502, 503 or 429.
    Status {
        status: u16,
        acts: Acts,
    },
    /// Acts, and answers with a proxy's error page.
    HtmlErrorPage,
    /// Acts, and answers 200 with nothing.
    EmptyOk,
    /// Acts, and closes in the middle of the body.
    TruncatedJson,
    /// Acts, and says a status that nobody has heard of.
    UnknownStatus,
    /// Acts, and answers late.
    Slow {
        ms: i64,
    },
    /// Does as if the thing did not exist; give it `times`, and it is found afterwards.
    NotFoundThenFound,
    /// Authorizes or captures another amount than was asked.
    WrongAmount {
        minor: i64,
    },
    /// The payment fails, and the bank says so much later that it succeeded.
    LateAuthorization {
        ms: i64,
    },
    /// The refund stays pending so long.
    RefundDelay {
        ms: i64,
    },
    /// The refund is accepted and fails so much later.
    RefundFails {
        ms: i64,
    },
    /// So many more deliveries of the same event.
    WebhookDuplicate {
        n: u32,
    },
    /// The event waits until the account's next one has gone out.
    WebhookReorder,
    WebhookDelay {
        ms: i64,
    },
    WebhookDrop,
}

/// Where in the simulator a fault takes hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    Answer,
    Amount,
    Bank,
    Refund,
    Webhook,
}

impl Fault {
    /// By what name each is dialled.
    const NAMES: &[&str] = &[
        "silent_after_acting",
        "act_after_silence",
        "drop_before_acting",
        "status",
        "html_error_page",
        "empty_ok",
        "truncated_json",
        "unknown_status",
        "slow",
        "not_found_then_found",
        "wrong_amount",
        "late_authorization",
        "refund_delay",
        "refund_fails",
        "webhook_duplicate",
        "webhook_reorder",
        "webhook_delay",
        "webhook_drop",
    ];

    pub(crate) const fn place(self) -> Place {
        match self {
            Self::SilentAfterActing
            | Self::ActAfterSilence { .. }
            | Self::DropBeforeActing
            | Self::Status { .. }
            | Self::HtmlErrorPage
            | Self::EmptyOk
            | Self::TruncatedJson
            | Self::UnknownStatus
            | Self::Slow { .. }
            | Self::NotFoundThenFound => Place::Answer,
            Self::WrongAmount { .. } => Place::Amount,
            Self::LateAuthorization { .. } => Place::Bank,
            Self::RefundDelay { .. } | Self::RefundFails { .. } => Place::Refund,
            Self::WebhookDuplicate { .. }
            | Self::WebhookReorder
            | Self::WebhookDelay { .. }
            | Self::WebhookDrop => Place::Webhook,
        }
    }

    /// From a name and its numbers, as the control API and notes give them.
    pub(crate) fn parse(name: &str, from: &Value) -> Result<Self, String> {
        let ms = || number(from, "ms");
        Ok(match name {
            "silent_after_acting" => Self::SilentAfterActing,
            "act_after_silence" => Self::ActAfterSilence { ms: ms()? },
            "drop_before_acting" => Self::DropBeforeActing,
            "status" => Self::Status { status: status(from)?, acts: acts(from)? },
            "html_error_page" => Self::HtmlErrorPage,
            "empty_ok" => Self::EmptyOk,
            "truncated_json" => Self::TruncatedJson,
            "unknown_status" => Self::UnknownStatus,
            "slow" => Self::Slow { ms: ms()? },
            "not_found_then_found" => Self::NotFoundThenFound,
            "wrong_amount" => Self::WrongAmount { minor: number(from, "minor")? },
            "late_authorization" => Self::LateAuthorization { ms: ms()? },
            "refund_delay" => Self::RefundDelay { ms: ms()? },
            "refund_fails" => Self::RefundFails { ms: ms()? },
            "webhook_duplicate" => {
                let n = u32::try_from(number(from, "n")?).ok().filter(|n| *n <= 100);
                Self::WebhookDuplicate { n: n.ok_or("n must be at most 100")? }
            }
            "webhook_reorder" => Self::WebhookReorder,
            "webhook_delay" => Self::WebhookDelay { ms: ms()? },
            "webhook_drop" => Self::WebhookDrop,
            other => return Err(format!("no fault is called {other}: one of {}", Self::NAMES.join(", "))),
        })
    }

    fn to_json(self) -> Value {
        match self {
            Self::SilentAfterActing => json!({ "fault": "silent_after_acting" }),
            Self::ActAfterSilence { ms } => json!({ "fault": "act_after_silence", "ms": ms }),
            Self::DropBeforeActing => json!({ "fault": "drop_before_acting" }),
            Self::Status { status, acts } => {
                json!({ "fault": "status", "status": status, "acts": acts == Acts::Before })
            }
            Self::HtmlErrorPage => json!({ "fault": "html_error_page" }),
            Self::EmptyOk => json!({ "fault": "empty_ok" }),
            Self::TruncatedJson => json!({ "fault": "truncated_json" }),
            Self::UnknownStatus => json!({ "fault": "unknown_status" }),
            Self::Slow { ms } => json!({ "fault": "slow", "ms": ms }),
            Self::NotFoundThenFound => json!({ "fault": "not_found_then_found" }),
            Self::WrongAmount { minor } => json!({ "fault": "wrong_amount", "minor": minor }),
            Self::LateAuthorization { ms } => json!({ "fault": "late_authorization", "ms": ms }),
            Self::RefundDelay { ms } => json!({ "fault": "refund_delay", "ms": ms }),
            Self::RefundFails { ms } => json!({ "fault": "refund_fails", "ms": ms }),
            Self::WebhookDuplicate { n } => json!({ "fault": "webhook_duplicate", "n": n }),
            Self::WebhookReorder => json!({ "fault": "webhook_reorder" }),
            Self::WebhookDelay { ms } => json!({ "fault": "webhook_delay", "ms": ms }),
            Self::WebhookDrop => json!({ "fault": "webhook_drop" }),
        }
    }
}

fn number(from: &Value, name: &str) -> Result<i64, String> {
    let found = match from.get(name) {
        Some(Value::Number(n)) => n.as_i64(),
        Some(Value::String(text)) => text.parse().ok(),
        _ => None,
    };
    let usable = found.filter(|n| (0..=AMOUNT_MAX).contains(n));
    usable.ok_or_else(|| format!("{name} must be a whole number, zero or more"))
}

fn status(from: &Value) -> Result<u16, String> {
    let status = u16::try_from(number(from, "status")?).unwrap_or_default();
    if [429, 500, 502, 503].contains(&status) {
        Ok(status)
    } else {
        Err("status must be 429, 500, 502 or 503".into())
    }
}

/// Not acting is the default, since that is what a 429 or a 503 mostly means.
fn acts(from: &Value) -> Result<Acts, String> {
    match from.get("acts") {
        None | Some(Value::Null | Value::Bool(false)) => Ok(Acts::Never),
        Some(Value::Bool(true)) => Ok(Acts::Before),
        Some(_) => Err("acts must be true or false".into()),
    }
}

/// A fault, aimed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dial {
    pub matches: Match,
    pub fault: Fault,
    /// How many hits are left; `None` never ends.
    pub times: Option<u32>,
}

impl Dial {
    pub const fn new(matches: Match, fault: Fault) -> Self {
        Self { matches, fault, times: None }
    }

    /// The fault at one kind of call, once.
    pub fn once(op: Op, fault: Fault) -> Self {
        Self { matches: Match { op: Some(op), ..Match::default() }, fault, times: Some(1) }
    }

    pub(crate) fn parse(from: &Value) -> Result<Self, String> {
        let text = |name: &str| from.get(name).and_then(Value::as_str).map(str::to_owned);
        let op = match text("op") {
            None => None,
            Some(name) => Some(Op::parse(&name).ok_or_else(|| no_op(&name))?),
        };
        let count = |name: &str| match from.get(name) {
            None | Some(Value::Null) => Ok(None),
            Some(_) => {
                u32::try_from(number(from, name)?).map(Some).map_err(|_| format!("{name} is too large"))
            }
        };
        let amount_minor = if from.get("amount").is_some() { Some(number(from, "amount")?) } else { None };
        let name = text("fault").ok_or("fault is missing")?;
        Ok(Self {
            matches: Match {
                op,
                amount_minor,
                our_ref: text("our_ref"),
                order: text("order_id"),
                key_id: text("key_id"),
                event: text("event"),
                every: count("every")?.filter(|n| *n > 0),
            },
            fault: Fault::parse(&name, from)?,
            times: count("times")?,
        })
    }

    pub(crate) fn to_json(&self) -> Value {
        let mut shown = self.fault.to_json();
        shown["op"] = json!(self.matches.op.map(Op::as_str));
        shown["amount"] = json!(self.matches.amount_minor);
        shown["our_ref"] = json!(self.matches.our_ref);
        shown["order_id"] = json!(self.matches.order);
        shown["key_id"] = json!(self.matches.key_id);
        shown["event"] = json!(self.matches.event);
        shown["every"] = json!(self.matches.every);
        shown["times"] = json!(self.times);
        shown
    }
}

/// What a fault is aimed at: one call, payment or webhook.
#[derive(Clone, Debug, Default)]
pub(crate) struct Target {
    pub(crate) op: Option<Op>,
    pub(crate) amount: Option<i64>,
    pub(crate) refs: Vec<String>,
    pub(crate) order: Option<String>,
    pub(crate) key_id: String,
    pub(crate) event: Option<String>,
}

/// The dials that are set, in the order they were.
pub(crate) struct Panel {
    dials: Vec<(Dial, u32)>,
}

impl Panel {
    pub(crate) const fn new() -> Self {
        Self { dials: Vec::new() }
    }

    pub(crate) fn set(&mut self, dial: Dial) {
        self.dials.push((dial, 0));
    }

    pub(crate) fn clear(&mut self) {
        self.dials.clear();
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.dials.is_empty()
    }

    pub(crate) fn shown(&self) -> Vec<Value> {
        self.dials.iter().map(|(dial, _)| dial.to_json()).collect()
    }

    /// The first dial that hits, used up by one.
    pub(crate) fn take(&mut self, place: Place, target: &Target) -> Option<Fault> {
        let mut hit = None;
        for (at, (dial, seen)) in self.dials.iter_mut().enumerate() {
            if dial.fault.place() != place || !dial.matches.fits(target) {
                continue;
            }
            *seen += 1;
            if *seen % dial.matches.every.unwrap_or(1) == 0 {
                hit = Some(at);
                break;
            }
        }
        let (dial, _) = &mut self.dials[hit?];
        let fault = dial.fault;
        if let Some(left) = &mut dial.times {
            *left = left.saturating_sub(1);
        }
        self.dials.retain(|(dial, _)| dial.times != Some(0));
        Some(fault)
    }
}

impl Match {
    fn fits(&self, target: &Target) -> bool {
        // A fault of webhooks, banks or refunds is already placed by its kind, so its op may be left out; but an op
        // that is given must be the one at hand.
        self.op.is_none_or(|op| target.op == Some(op))
            && self.amount_minor.is_none_or(|amount| target.amount == Some(amount))
            && self.our_ref.as_ref().is_none_or(|wanted| target.refs.contains(wanted))
            && self.order.as_ref().is_none_or(|wanted| target.order.as_ref() == Some(wanted))
            && self.key_id.as_ref().is_none_or(|wanted| *wanted == target.key_id)
            && self.event.as_deref().is_none_or(|wanted| target.event.as_deref() == Some(wanted))
    }
}

/// Dials that an order's own notes ask for, so that a demo or a test can choose a story per order:
/// `sim_fault` with `sim_op`, `sim_ms`, `sim_status`, `sim_acts`, `sim_minor`, `sim_n` and `sim_times`.
pub(crate) fn from_notes(notes: &Value) -> Vec<Dial> {
    let note = |name: &str| notes.get(name).and_then(Value::as_str);
    let Some(names) = note("sim_fault") else {
        return Vec::new();
    };
    let numbers = json!({
        "ms": note("sim_ms").unwrap_or("600000"),
        "status": note("sim_status").unwrap_or("500"),
        "acts": note("sim_acts") == Some("true"),
        "minor": note("sim_minor").unwrap_or("100"),
        "n": note("sim_n").unwrap_or("1"),
    });
    let times = note("sim_times").map_or(Some(1), |text| text.parse().ok());
    let op = note("sim_op").and_then(Op::parse);
    names
        .split(',')
        .filter_map(|name| Fault::parse(name.trim(), &numbers).ok())
        .map(|fault| {
            let op = op.or(if fault.place() == Place::Answer { Some(Op::CreateOrder) } else { None });
            // Webhook stories hold for every event of the order unless a number is given.
            let times =
                if fault.place() == Place::Webhook && note("sim_times").is_none() { None } else { times };
            Dial { matches: Match { op, ..Match::default() }, fault, times }
        })
        .collect()
}

/// When an event that was told to let another pass goes out at last, if no other comes.
pub(crate) const fn held_until(now: Millis) -> Millis {
    now.plus(60_000)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_guide_names_every_fault_and_op() {
        let guide = include_str!("../../../../docs/sandbox.md");
        let numbers = json!({ "ms": 1, "status": 503, "minor": 1, "n": 1 });
        for name in Fault::NAMES {
            let fault = Fault::parse(name, &numbers).expect(name);
            assert_eq!(fault.to_json()["fault"], *name);
            assert!(guide.contains(&format!("| `{name}` |")), "{name} is not in docs/sandbox.md");
        }
        for op in Op::ALL {
            assert!(
                guide.contains(&format!("`{}`", op.as_str())),
                "{} is not in docs/sandbox.md",
                op.as_str()
            );
        }
    }

    #[test]
    fn what_is_misspelt_is_told_what_there_is() {
        for (dial, says) in [
            (json!({ "fault": "nope" }), "no fault is called nope: one of silent_after_acting, "),
            (
                json!({ "fault": "slow", "ms": 1, "op": "nope" }),
                "no op is called nope: one of token, create_order, ",
            ),
            (json!({ "fault": "slow" }), "ms must be a whole number"),
            (json!({}), "fault is missing"),
        ] {
            let refused = Dial::parse(&dial).expect_err("refused");
            assert!(refused.contains(says), "{refused}");
        }
    }
}
