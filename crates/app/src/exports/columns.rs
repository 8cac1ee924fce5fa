//! The columns of each export, and a row's cells in their order.
//!
//! An amount stands there twice: in whole minor units, and as an exact decimal. A time likewise: in UTC, and by the
//! merchant's own clock.

use super::Of;
use crate::public::{paid_minor, shown_status};
use hundi_core::guard::Stake;
use hundi_core::payment::TryState;
use hundi_core::{ConnectionId, FailureReason, Method, Millis, Money};
use hundi_documents::table::Cell;
use hundi_store::orders::Order;
use hundi_store::payments::Payment;
use hundi_store::refunds::Refund;
use std::collections::HashMap;

const ORDERS: &[&str] = &[
    "id",
    "receipt",
    "status",
    "currency",
    "amount_minor",
    "amount",
    "amount_paid_minor",
    "amount_paid",
    "description",
    "customer_name",
    "customer_email",
    "customer_phone",
    "metadata",
    "created_utc",
    "created_local",
    "updated_utc",
    "updated_local",
    "livemode",
];
const PAYMENTS: &[&str] = &[
    "id",
    "order_id",
    "receipt",
    "status",
    "outcome",
    "currency",
    "amount_minor",
    "amount",
    "amount_captured_minor",
    "amount_captured",
    "amount_refunded_minor",
    "amount_refunded",
    "method",
    "instrument",
    "provider",
    "connection_id",
    "connection",
    "our_ref",
    "provider_order",
    "provider_payment",
    "bank_ref",
    "failure_reason",
    "customer_name",
    "customer_email",
    "customer_phone",
    "metadata",
    "created_utc",
    "created_local",
    "updated_utc",
    "updated_local",
    "livemode",
];
const REFUNDS: &[&str] = &[
    "id",
    "payment_id",
    "order_id",
    "status",
    "outcome",
    "currency",
    "amount_minor",
    "amount",
    "reason",
    "note",
    "origin",
    "provider",
    "connection_id",
    "connection",
    "our_ref",
    "provider_refund",
    "provider_payment",
    "bank_ref",
    "failure_reason",
    "metadata",
    "created_utc",
    "created_local",
    "updated_utc",
    "updated_local",
    "livemode",
];

/// What cells need beside their row.
pub(super) struct Columns {
    zone: jiff::tz::TimeZone,
    connections: HashMap<ConnectionId, (String, String)>,
}

impl Columns {
    pub(super) fn new(zone: &str, connections: HashMap<ConnectionId, (String, String)>) -> Self {
        Self { zone: jiff::tz::TimeZone::get(zone).unwrap_or(jiff::tz::TimeZone::UTC), connections }
    }

    pub(super) const fn headings(of: &Of) -> &'static [&'static str] {
        match of {
            Of::Orders(_) => ORDERS,
            Of::Payments(_) => PAYMENTS,
            Of::Refunds(_) => REFUNDS,
        }
    }

    /// `2026-11-21 13:30:00`, where the merchant is.
    pub(super) fn local(&self, at: Millis) -> String {
        let Ok(stamp) = jiff::Timestamp::from_millisecond(at.0) else { return at.to_string() };
        stamp.to_zoned(self.zone.clone()).strftime("%Y-%m-%d %H:%M:%S").to_string()
    }

    fn times(&self, created: Millis, updated: Millis) -> [Cell; 4] {
        let (utc, local) = (|at: Millis| Cell::text(at.to_string()), |at| Cell::text(self.local(at)));
        [utc(created), local(created), utc(updated), local(updated)]
    }

    fn connection(&self, id: ConnectionId) -> [Cell; 3] {
        let known = self.connections.get(&id);
        [
            Cell::opt(known.map(|(provider, _)| provider.clone())),
            Cell::text(id.to_string()),
            Cell::opt(known.map(|(_, label)| label.clone())),
        ]
    }

    pub(super) fn order(&self, o: &Order, stakes: &[Stake]) -> Vec<Cell> {
        let paid = Money::new(paid_minor(o, stakes), o.amount.currency());
        let mut cells = vec![
            Cell::text(o.id.to_string()),
            Cell::opt(o.receipt.clone()),
            Cell::text(o.status.as_str()),
            Cell::text(o.amount.currency().code()),
        ];
        cells.extend([o.amount, paid].into_iter().flat_map(amount));
        cells.push(Cell::opt(o.description.clone()));
        cells.extend(payer(o));
        cells.extend(self.times(o.created_at, o.updated_at));
        cells.push(livemode(o.scope));
        cells
    }

    pub(super) fn payment(&self, p: &Payment, order: Option<&Order>) -> Vec<Cell> {
        let of = |minor| Money::new(minor, p.currency());
        let failure = p.state.failure().filter(|_| p.captured_minor == 0);
        let (try_id, tried) = telling(p).unzip();
        let detail = tried.map(|t| &t.detail);
        let mut cells = vec![
            Cell::text(p.id.to_string()),
            Cell::text(p.order_id.to_string()),
            Cell::opt(order.and_then(|o| o.receipt.clone())),
            Cell::text(shown_status(p)),
            outcome(p.state.in_doubt_since()),
            Cell::text(p.currency().code()),
        ];
        cells
            .extend([p.state.asked, of(p.captured_minor), of(p.refunded_minor)].into_iter().flat_map(amount));
        cells.push(Cell::opt(p.method().map(Method::as_str)));
        cells.push(Cell::opt(detail.and_then(|d| d.instrument.clone())));
        cells.extend(self.connection(p.connection_id));
        cells.extend([
            Cell::text(p.our_ref.as_str()),
            Cell::opt(p.provider_order.clone()),
            Cell::opt(try_id),
            Cell::opt(detail.and_then(|d| d.bank_ref.clone())),
            Cell::opt(failure.map(FailureReason::as_str)),
        ]);
        cells.extend(order.map_or_else(|| vec![Cell::Empty; 4], |o| payer(o).to_vec()));
        cells.extend(self.times(p.created_at, p.updated_at));
        cells.push(livemode(p.scope));
        cells
    }

    pub(super) fn refund(&self, f: &Refund) -> Vec<Cell> {
        let mut cells = vec![
            Cell::text(f.id.to_string()),
            Cell::text(f.payment_id.to_string()),
            Cell::text(f.order_id.to_string()),
            Cell::text(f.status().as_str()),
            outcome(f.state.in_doubt_since()),
            Cell::text(f.state.amount.currency().code()),
        ];
        cells.extend(amount(f.state.amount));
        cells.extend([
            Cell::text(f.reason.clone()),
            Cell::opt(f.note.clone()),
            Cell::text(f.origin.as_str()),
        ]);
        cells.extend(self.connection(f.connection_id));
        cells.extend([
            Cell::text(f.our_ref.as_str()),
            Cell::opt(f.provider_refund.clone()),
            Cell::text(f.provider_payment.clone()),
            Cell::opt(f.bank_ref.clone()),
            Cell::opt(f.failure.map(FailureReason::as_str)),
            metadata(&f.metadata),
        ]);
        cells.extend(self.times(f.created_at, f.updated_at));
        cells.push(livemode(f.scope));
        cells
    }
}

fn amount(money: Money) -> [Cell; 2] {
    [Cell::Whole(money.minor()), Cell::Decimal(money.decimal())]
}

/// Who pays, and what the merchant filed with the order.
fn payer(o: &Order) -> [Cell; 4] {
    [
        Cell::opt(o.payer_name.clone()),
        Cell::opt(o.payer_email.clone()),
        Cell::opt(o.payer_phone.clone()),
        metadata(&o.metadata),
    ]
}

fn metadata(json: &str) -> Cell {
    if json == "{}" { Cell::Empty } else { Cell::text(json) }
}

fn outcome(in_doubt_since: Option<Millis>) -> Cell {
    Cell::text(if in_doubt_since.is_some() { "unknown" } else { "known" })
}

fn livemode(scope: hundi_core::Scope) -> Cell {
    Cell::text(if scope.mode().is_live() { "true" } else { "false" })
}

/// The try that matters most: the one that took money, else the latest.
fn telling(p: &Payment) -> Option<(&str, &TryState)> {
    let captured = p.state.tries().find(|(_, t)| t.captured.is_some());
    captured.or_else(|| p.state.tries().max_by_key(|(_, t)| t.first_at))
}
