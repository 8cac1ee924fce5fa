//! A small door into the states, as the app's: facts go through the machines, and what follows is written with them.

use crate::history::Transition;
use crate::ledger::Entry;
use crate::orders::Order;
use crate::payments::{Capture, Payment};
use crate::refunds::{Origin, Refund};
use crate::{DbError, Tx, audit, discrepancies, events, history, ledger, orders, payments, refunds};
use hundi_core::event::EventType;
use hundi_core::ids::Entropy;
use hundi_core::ledger::{Book as Whose, EntryKind, Held, Posting};
use hundi_core::order::{self, LateSuccess, Paid};
use hundi_core::payment::{self, Happened, Into, PostCapture, Try, TryDetail};
use hundi_core::{
    AuditId, CaptureId, ConnectionId, Currency, DiscrepancyId, EntryId, EventId, FailureReason, FallbackId,
    MerchantId, Millis, Money, OrderId, OurRef, PaymentId, RefundId, Scope, ledger as books, refund,
};
use std::sync::atomic::{AtomicI64, Ordering};

/// When the book is written. Facts lie some milliseconds after it.
pub(super) const NOW: Millis = Millis(1_789_000_000_000);

/// An id that nobody else has: its time is its number.
pub(super) fn id<T>(make: impl Fn(Millis, Entropy) -> T) -> T {
    static LAST: AtomicI64 = AtomicI64::new(0);
    make(NOW.plus(LAST.fetch_add(1, Ordering::Relaxed)), Entropy::default())
}

/// Whose payments, and at which account.
#[derive(Clone, Copy)]
pub(super) struct Desk {
    pub(super) scope: Scope,
    pub(super) connection: ConnectionId,
    /// The account is this merchant's, by this agreement.
    pub(super) lent: Option<(MerchantId, FallbackId)>,
}

/// A fact at so many milliseconds.
pub(super) fn at(ms: i64, happened: Happened) -> payment::Fact {
    payment::Fact { at: Millis(NOW.0 + ms), happened }
}

pub(super) fn tried(provider_payment: &str, ms: i64, what: Try) -> payment::Fact {
    let detail = TryDetail::default();
    at(ms, Happened::Tried { provider_payment: provider_payment.into(), what, detail })
}

pub(super) fn captured(provider_payment: &str, ms: i64, amount: Money) -> payment::Fact {
    tried(provider_payment, ms, Try::Captured { amount })
}

impl Desk {
    pub(super) async fn order(
        self,
        tx: &mut Tx,
        amount: Money,
        policy: LateSuccess,
    ) -> Result<OrderId, DbError> {
        let o = Order {
            id: id(OrderId::new),
            scope: self.scope,
            amount,
            status: order::Status::Created,
            attempted: false,
            late_success: policy,
            capture_manual: false,
            receipt: None,
            description: None,
            payer_name: None,
            payer_email: None,
            payer_phone: None,
            metadata: "{}".into(),
            return_url: None,
            customer: None,
            offer_saved: false,
            expires_at: None,
            expired_at: None,
            cancelled_at: None,
            created_by: "test".into(),
            created_at: NOW,
            updated_at: NOW,
            version: 1,
            event_seq: 1,
        };
        orders::insert(tx, &o).await?;
        self.tell(tx, EventType::OrderCreated, "order", o.id.to_string(), 1, None).await?;
        Ok(o.id)
    }

    /// Begins a payment and feeds it facts.
    pub(super) async fn pay(
        self,
        tx: &mut Tx,
        order: OrderId,
        after: Option<PaymentId>,
        facts: &[payment::Fact],
    ) -> Result<PaymentId, DbError> {
        let o = orders::load_by_link(tx, order).await?.expect("just written");
        let p = Payment {
            id: id(PaymentId::new),
            scope: self.scope,
            order_id: order,
            connection_id: self.connection,
            fallback: self.lent.map(|(_, agreement)| agreement),
            after,
            our_ref: id(OurRef::new),
            flow: "redirect".into(),
            state: payment::State::new(o.amount),
            captured_minor: 0,
            refunded_minor: 0,
            reserved_minor: 0,
            adopted_minor: 0,
            provider_order: None,
            handle: None,
            payer_ip: None,
            payer_agent: None,
            escalated_at: None,
            missing_at: None,
            expires_at: NOW,
            next_poll_at: None,
            polls: 0,
            created_by: "test".into(),
            created_at: NOW,
            updated_at: NOW,
            version: 1,
            event_seq: 1,
        };
        payments::insert(tx, &p).await?;
        self.tell(tx, EventType::PaymentCreated, "payment", p.id.to_string(), 1, None).await?;
        self.close(tx, order, &[order::Fact::Attempted]).await?;
        self.learn(tx, p.id, facts).await?;
        Ok(p.id)
    }

    pub(super) async fn learn(
        self,
        tx: &mut Tx,
        payment: PaymentId,
        facts: &[payment::Fact],
    ) -> Result<(), DbError> {
        let mut p = payments::load_by_id(tx, payment).await?.expect("just written");
        let before = p.state.clone();
        let mut paid = Vec::new();
        for fact in facts {
            let payment::Step::Move { to, effects } = payment::step(&p.state, fact) else { continue };
            p.state = to;
            for effect in effects {
                match effect {
                    payment::Effect::PostCapture(post) => {
                        let late = self.post_capture(tx, &mut p, &post).await?;
                        if post.into == Into::Sales {
                            paid.push(order::Fact::Paid(Paid {
                                at: post.at,
                                provider_payment: post.provider_payment,
                                late,
                            }));
                        }
                    }
                    payment::Effect::TryFailed { .. } => {
                        self.say(tx, &mut p, EventType::PaymentTryFailed).await?
                    }
                    payment::Effect::OpenDiscrepancy(d) => {
                        self.question(tx, &p, d.kind.as_str(), &d.provider_payment).await?;
                    }
                    payment::Effect::Became { from, to } => {
                        if let Some(kind) = EventType::of_payment(to) {
                            self.say(tx, &mut p, kind).await?;
                        }
                        moved(tx, "payment", p.id.to_string(), p.event_seq, from.as_str(), to.as_str())
                            .await?;
                    }
                }
            }
        }
        payments::save(tx, &p, &before).await?;
        if paid.is_empty() { Ok(()) } else { self.close(tx, p.order_id, &paid).await }
    }

    async fn post_capture(self, tx: &mut Tx, p: &mut Payment, post: &PostCapture) -> Result<bool, DbError> {
        let o = orders::load_by_link(tx, p.order_id).await?.expect("just written");
        let capture = Capture {
            late: o.expired_at.is_some() || o.cancelled_at.is_some(),
            id: id(CaptureId::new),
            payment_id: p.id,
            provider_payment: post.provider_payment.clone(),
            amount: post.amount,
            into: post.into,
            at: post.at,
        };
        assert!(payments::insert_capture(tx, p, &capture, NOW).await?);
        if post.amount.currency() == p.currency() {
            p.captured_minor += post.amount.minor();
        }
        let posted = books::capture(p.scope.merchant(), self.held(), post.amount, post.into).unwrap();
        for one in posted {
            self.post(tx, EntryKind::Capture, ("capture", capture.id.to_string()), 1, one).await?;
        }
        let kind = match post.into {
            Into::Sales => EventType::PaymentCaptured,
            Into::Suspense => EventType::PaymentSuspended,
        };
        p.event_seq += 1;
        self.tell(tx, kind, "payment", p.id.to_string(), p.event_seq, Some(capture.id)).await?;
        Ok(capture.late)
    }

    fn held(self) -> Held {
        let connection = self.connection;
        self.lent.map_or(Held::Own(connection), |(owner, _)| Held::Lent { connection, owner })
    }

    async fn post(
        self,
        tx: &mut Tx,
        kind: EntryKind,
        source: (&'static str, String),
        nth: i64,
        (book, posting): (Whose, Posting),
    ) -> Result<(), DbError> {
        let entry = Entry {
            id: id(EntryId::new),
            book,
            mode: self.scope.mode(),
            kind,
            source_type: match (source.0, book == Whose::Merchant(self.scope.merchant())) {
                ("capture", false) => "lent_capture",
                ("refund", false) => "lent_refund",
                (own, _) => own,
            },
            source_id: source.1,
            nth,
            at: NOW,
            postings: vec![posting],
        };
        ledger::insert(tx, &entry, NOW).await
    }

    /// Facts about an order, those of its captures among them.
    pub(super) async fn close(
        self,
        tx: &mut Tx,
        order: OrderId,
        facts: &[order::Fact],
    ) -> Result<(), DbError> {
        let mut o = orders::load_by_link(tx, order).await?.expect("just written");
        let captures = payments::captures_of_order(tx, order).await?;
        let mut state = order::State::new(o.amount, o.late_success);
        (state.attempted, state.expired_at, state.cancelled_at) = (o.attempted, o.expired_at, o.cancelled_at);
        state.paid_by = captures
            .iter()
            .filter(|c| c.into == Into::Sales)
            .map(|c| Paid { at: c.at, provider_payment: c.provider_payment.clone(), late: c.late })
            .filter(|paid| !facts.contains(&order::Fact::Paid(paid.clone())))
            .collect();
        let find = |id: &str| captures.iter().find(|c| c.provider_payment == id).expect("a row of its own");
        for fact in facts {
            let order::Step::Move { to, effects } = order::step(&state, fact) else { continue };
            state = to;
            (o.attempted, o.expired_at, o.cancelled_at) =
                (state.attempted, state.expired_at, state.cancelled_at);
            o.status = state.status();
            for effect in effects {
                match effect {
                    order::Effect::Became { from, to } => {
                        o.event_seq += 1;
                        let kind = EventType::of_order(to);
                        self.tell(tx, kind, "order", o.id.to_string(), o.event_seq, None).await?;
                        moved(tx, "order", o.id.to_string(), o.event_seq, from.as_str(), to.as_str()).await?;
                    }
                    order::Effect::Overpaid { provider_payment } => {
                        let p = payments::load_by_id(tx, find(&provider_payment).payment_id).await?;
                        self.question(tx, &p.expect("it has a capture"), "overpaid", &provider_payment)
                            .await?;
                    }
                    order::Effect::GiveBack { provider_payment } => {
                        let capture = find(&provider_payment);
                        self.refund(tx, capture.payment_id, capture, capture.amount.minor(), Origin::Ours)
                            .await?;
                    }
                }
            }
        }
        orders::save(tx, &o).await
    }

    /// Asks for a refund of a capture, or adopts one.
    pub(super) async fn refund(
        self,
        tx: &mut Tx,
        payment: PaymentId,
        capture: &Capture,
        minor: i64,
        origin: Origin,
    ) -> Result<RefundId, DbError> {
        let p = payments::load_by_id(tx, payment).await?.expect("just written");
        match origin {
            Origin::Ours => assert!(payments::reserve(tx, p.id, minor, NOW).await?),
            Origin::Provider => payments::add_adopted(tx, p.id, Money::new(minor, p.currency()), NOW).await?,
        }
        let f = Refund {
            id: id(RefundId::new),
            scope: self.scope,
            payment_id: p.id,
            order_id: p.order_id,
            connection_id: self.connection,
            provider_payment: capture.provider_payment.clone(),
            our_ref: id(OurRef::new),
            origin,
            state: refund::State::new(Money::new(minor, capture.amount.currency())),
            captured_into: capture.into,
            reason: "other".into(),
            note: None,
            metadata: "{}".into(),
            failure: None,
            provider_refund: None,
            bank_ref: None,
            next_poll_at: None,
            polls: 0,
            requested_by: "test".into(),
            created_at: NOW,
            updated_at: NOW,
            version: 1,
            event_seq: 1,
        };
        refunds::insert(tx, &f).await?;
        if origin == Origin::Ours {
            audit::insert(tx, &self.audited("refund.create", "refund", f.id.to_string())).await?;
        }
        self.tell(tx, EventType::RefundRequested, "refund", f.id.to_string(), 1, None).await?;
        Ok(f.id)
    }

    /// What the provider said of a refund.
    pub(super) async fn refunded(
        self,
        tx: &mut Tx,
        refund: RefundId,
        facts: &[(i64, refund::Happened)],
    ) -> Result<(), DbError> {
        let mut f = refunds::load_by_id(tx, refund).await?.expect("just written");
        for (ms, happened) in facts {
            let fact = refund::Fact { at: Millis(NOW.0 + ms), happened: *happened };
            let refund::Step::Move { to, effects } = refund::step(&f.state, &fact) else { continue };
            f.state = to;
            for effect in effects {
                match effect {
                    refund::Effect::Post => self.post_refund(tx, &f, EntryKind::Refund).await?,
                    refund::Effect::Reverse => self.post_refund(tx, &f, EntryKind::RefundReturned).await?,
                    refund::Effect::Became { from, to } => {
                        let minor = f.state.amount.minor();
                        match (from.reserves(), to.reserves(), f.origin) {
                            (true, false, Origin::Ours) => payments::release(tx, f.payment_id, minor).await?,
                            (false, true, Origin::Ours) => {
                                assert!(payments::reserve(tx, f.payment_id, minor, NOW).await?);
                            }
                            _ => {}
                        }
                        f.event_seq += 1;
                        let id = f.id.to_string();
                        let kind = EventType::of_refund(to);
                        self.tell(tx, kind, "refund", id.clone(), f.event_seq, None).await?;
                        moved(tx, "refund", id, f.event_seq, from.as_str(), to.as_str()).await?;
                    }
                }
            }
        }
        refunds::save(tx, &f).await
    }

    async fn post_refund(self, tx: &mut Tx, f: &Refund, kind: EntryKind) -> Result<(), DbError> {
        let merchant = f.scope.merchant();
        let posted = books::refund(merchant, self.held(), f.state.amount, f.captured_into).unwrap();
        let sign = if kind == EntryKind::Refund { 1 } else { -1 };
        for (book, posting) in posted {
            let posting = if sign == 1 { posting } else { posting.mirrored() };
            let source = f.id.to_string();
            let nth = ledger::count_of_source(tx, &source, kind, book).await? + 1;
            self.post(tx, kind, ("refund", source), nth, (book, posting)).await?;
        }
        payments::add_refunded(
            tx,
            f.payment_id,
            Money::new(sign * f.state.amount.minor(), f.state.amount.currency()),
            NOW,
        )
        .await
    }

    async fn say(self, tx: &mut Tx, p: &mut Payment, kind: EventType) -> Result<(), DbError> {
        p.event_seq += 1;
        self.tell(tx, kind, "payment", p.id.to_string(), p.event_seq, None).await
    }

    async fn question(self, tx: &mut Tx, p: &Payment, kind: &str, subject: &str) -> Result<(), DbError> {
        let d = discrepancies::Discrepancy {
            id: id(DiscrepancyId::new),
            scope: self.scope,
            kind: kind.into(),
            subject: subject.into(),
            connection_id: self.connection,
            order_id: Some(p.order_id),
            payment_id: Some(p.id),
            amount: None,
            detail: String::new(),
            open: true,
            opened_at: NOW,
        };
        assert!(discrepancies::open(tx, &d).await?);
        self.tell(tx, EventType::DiscrepancyOpened, "discrepancy", d.id.to_string(), 1, None).await
    }

    async fn tell(
        self,
        tx: &mut Tx,
        kind: EventType,
        object_type: &'static str,
        object_id: String,
        seq: i64,
        capture_id: Option<CaptureId>,
    ) -> Result<(), DbError> {
        let event = events::Event {
            id: id(EventId::new),
            scope: self.scope,
            kind,
            object_type,
            object_id,
            seq,
            capture_id,
            created_at: NOW,
            body: "{}".into(),
        };
        events::insert(tx, &event).await
    }

    pub(super) fn audited(self, action: &str, target_type: &str, target_id: String) -> audit::Record {
        audit::Record {
            id: id(AuditId::new),
            chain: self.scope.merchant().to_string(),
            mode: self.scope.mode(),
            actor: "user:usr_test".into(),
            action: action.into(),
            target_type: target_type.into(),
            target_id,
            detail: "{}".into(),
            ip: "127.0.0.1".into(),
            at: NOW,
        }
    }
}

async fn moved(
    tx: &mut Tx,
    kind: &'static str,
    object_id: String,
    seq: i64,
    from: &str,
    to: &str,
) -> Result<(), DbError> {
    let transition = Transition {
        object_id,
        seq,
        kind,
        from: from.into(),
        to: to.into(),
        cause: "webhook".into(),
        evidence: None,
        at: NOW,
        created_at: NOW,
    };
    history::moved(tx, &transition).await
}

/// A reason, where any will do.
pub(super) const DECLINED: FailureReason = FailureReason::DeclinedByBank;
pub(super) const USD: Currency = Currency::USD;
