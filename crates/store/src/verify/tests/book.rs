//! A small healthy book in which everything happens once: paid, paid twice, too late, wrong amounts and currencies,
//! silence, refunds that came back, messages good and bad, deliveries that took two tries.

use super::door::{DECLINED, Desk, NOW, USD, at, captured, id, tried};
use super::{kept, lent};
use crate::connections::Connection;
use crate::deliveries::{Promise, State as Delivered, Try as Attempt};
use crate::endpoints::{Endpoint, Retries, Signature};
use crate::figures::Counted;
use crate::idempotency::{Answer, Key};
use crate::jobs::Leases;
use crate::notices::{Effect, Notice, State as Worked};
use crate::people::Merchant;
use crate::refunds::Origin;
use crate::{DbError, Store, Tx};
use crate::{
    audit, connections, deliveries, endpoints, events, figures, idempotency, jobs, ledger, notices, payments,
    people, settings,
};
use hundi_core::order::{Fact as OrderFact, LateSuccess};
use hundi_core::payment::{Happened, Into, Try};
use hundi_core::refund::Happened as RefundHappened;
use hundi_core::{
    ConnectionId, DeliveryId, EndpointId, JobId, MerchantId, Millis, Mode, Money, NoticeId, OrganizationId,
    Scope, Version,
};

pub(super) const ASKED: Money = Money::inr(149_900);

/// Writes the book.
pub(super) async fn write(store: &Store) {
    let done = store.write(async |tx: &mut Tx| {
        let (desk, elsewhere) = desks(tx).await?;
        listening(tx, desk).await?;
        paid_and_refunded(tx, desk).await?;
        other_states(tx, desk).await?;
        around(tx, desk).await?;
        kept::write(tx, desk).await?;
        lent::write(tx, desk).await?;
        followed(tx, desk).await?;
        // After the followers have been there: some is folded and passed on, some is not yet.
        does_not_fit(tx, desk).await?;
        paid_and_refunded(tx, elsewhere).await?;
        if tx.is_pg() {
            events::sequence(tx).await?;
            ledger::sequence(tx).await?;
        }
        Ok::<_, DbError>(())
    });
    done.await.unwrap();
}

/// Two merchants of one organization, in different modes.
async fn desks(tx: &mut Tx) -> Result<(Desk, Desk), DbError> {
    let organization = id(OrganizationId::new);
    people::insert_organization(tx, organization, "Chai", NOW).await?;
    let desk = desk(tx, organization, Mode::Test).await?;
    Ok((desk, self::desk(tx, organization, Mode::Live).await?))
}

pub(super) async fn desk(tx: &mut Tx, organization: OrganizationId, mode: Mode) -> Result<Desk, DbError> {
    let merchant = Merchant {
        id: id(MerchantId::new),
        organization,
        name: "Chai stall".into(),
        zone: "Asia/Kolkata".into(),
        late_success: LateSuccess::Refund,
        created_at: NOW,
    };
    people::insert_merchant(tx, &merchant).await?;
    let connection = Connection {
        id: id(ConnectionId::new),
        scope: Scope::of_row(merchant.id, mode),
        provider: "razorpay".into(),
        label: "Main".into(),
        enabled: true,
        fingerprint: merchant.id.to_string(),
        key_hint: "rzp".into(),
        credentials: vec![1],
        webhook_token: merchant.id.to_string(),
        webhook_secret: None,
        webhook_secret_old: None,
        webhook_old_until: None,
        flows: "redirect".into(),
        features: String::new(),
        min_minor: 1,
        max_minor: i64::MAX,
        session_ms: 1,
        tested_at: None,
        test_result: None,
        updated_by: "test".into(),
        updated_at: NOW,
        created_at: NOW,
        version: 1,
    };
    assert!(connections::insert(tx, &connection).await?);
    Ok(Desk { scope: connection.scope, connection: connection.id, lent: None })
}

async fn listening(tx: &mut Tx, desk: Desk) -> Result<(), DbError> {
    for events in ["*", "payment.captured,refund.processed"] {
        let endpoint = Endpoint {
            id: id(EndpointId::new),
            scope: desk.scope,
            url: "https://shop.example/hook".into(),
            description: None,
            events: events.into(),
            signature: Signature::Hmac,
            public_key: None,
            secret: vec![1],
            secret_old: None,
            secret_old_until: None,
            retries: Retries::Standard,
            rate_per_sec: None,
            ordered: false,
            enabled: true,
            disabled_reason: None,
            failing_since: None,
            failures: 0,
            after_pos: 0,
            created_at: NOW,
            api_version: Version::NEWEST,
            version: 1,
        };
        endpoints::insert(tx, &endpoint).await?;
    }
    Ok(())
}

/// A refund that went, one that came back and went again, one that waits, one that failed; one that went unknown.
async fn paid_and_refunded(tx: &mut Tx, desk: Desk) -> Result<(), DbError> {
    use RefundHappened::{Accepted, Failed, Processed, WentUnknown};
    let name = desk.scope.mode();
    let provider_payment = format!("pay_first_{name}");
    let order = desk.order(tx, ASKED, LateSuccess::Refund).await?;
    let facts = [
        at(1, Happened::Opened),
        tried(&format!("pay_declined_{name}"), 2, Try::Failed { reason: DECLINED }),
        captured(&provider_payment, 3, ASKED),
    ];
    let payment = desk.pay(tx, order, None, &facts).await?;
    let told: [&[(i64, RefundHappened)]; 5] = [
        &[(4, Accepted), (5, Processed)],
        &[(4, Processed), (5, Failed), (6, Processed)],
        &[(4, Accepted)],
        &[(4, Accepted), (5, Failed)],
        &[(4, WentUnknown)],
    ];
    for facts in told {
        let captures = payments::captures_of_order(tx, order).await?;
        let refund = desk.refund(tx, payment, &captures[0], 10_000, Origin::Ours).await?;
        desk.refunded(tx, refund, facts).await?;
    }
    Ok(())
}

/// Every status that a payment and an order can stand in.
async fn other_states(tx: &mut Tx, desk: Desk) -> Result<(), DbError> {
    let held = |name| tried(name, 2, Try::Authorized { amount: ASKED });
    let opened = at(1, Happened::Opened);
    let ends: [&[hundi_core::payment::Fact]; 9] = [
        &[],
        std::slice::from_ref(&opened),
        &[opened.clone(), held("pay_held")],
        &[opened.clone(), held("pay_let_go"), tried("pay_let_go", 3, Try::Released), at(4, Happened::Lapsed)],
        &[at(1, Happened::Refused { reason: DECLINED })],
        &[opened.clone(), tried("pay_no", 2, Try::Failed { reason: DECLINED }), at(3, Happened::Lapsed)],
        &[opened.clone(), held("pay_off"), at(3, Happened::Cancelled)],
        &[at(1, Happened::WentUnknown), at(2, Happened::Answered), tried("pay_begun", 3, Try::Started)],
        &[opened.clone(), at(5, Happened::WentUnknown)],
    ];
    for facts in ends {
        let order = desk.order(tx, ASKED, LateSuccess::Accept).await?;
        desk.pay(tx, order, None, facts).await?;
    }

    desk.order(tx, ASKED, LateSuccess::Refund).await?;
    let called_off = desk.order(tx, ASKED, LateSuccess::Refund).await?;
    desk.close(tx, called_off, &[OrderFact::Cancelled { at: Millis(NOW.0 + 9) }]).await?;
    // Late money: kept by one merchant's policy, given back by another's.
    for (name, policy) in [("pay_late_kept", LateSuccess::Accept), ("pay_late_back", LateSuccess::Refund)] {
        let order = desk.order(tx, ASKED, policy).await?;
        let payment = desk.pay(tx, order, None, std::slice::from_ref(&opened)).await?;
        desk.close(tx, order, &[OrderFact::Expired { at: Millis(NOW.0 + 5) }]).await?;
        desk.learn(tx, payment, &[captured(name, 6, ASKED)]).await?;
    }
    Ok(())
}

/// Paid twice, in another amount, in another currency, and given back at the provider.
async fn does_not_fit(tx: &mut Tx, desk: Desk) -> Result<(), DbError> {
    let opened = at(1, Happened::Opened);
    // The first one fell silent before it was opened; the second was allowed; both were paid in the end.
    for policy in [LateSuccess::Refund, LateSuccess::Accept] {
        let order = desk.order(tx, ASKED, policy).await?;
        let silent = desk.pay(tx, order, None, &[at(1, Happened::WentUnknown)]).await?;
        let second = desk.pay(tx, order, Some(silent), std::slice::from_ref(&opened)).await?;
        if policy == LateSuccess::Refund {
            desk.learn(tx, second, &[captured("pay_second", 5, ASKED)]).await?;
            desk.learn(tx, silent, &[captured("pay_silent", 6, ASKED)]).await?;
        }
    }
    let order = desk.order(tx, ASKED, LateSuccess::Refund).await?;
    let facts = [opened.clone(), captured("pay_more", 2, Money::inr(999_900))];
    let payment = desk.pay(tx, order, None, &facts).await?;
    let captures = payments::captures_of_order(tx, order).await?;
    assert_eq!(captures[0].into, Into::Suspense);
    let adopted = desk.refund(tx, payment, &captures[0], 500, Origin::Provider).await?;
    desk.refunded(tx, adopted, &[(3, RefundHappened::Processed)]).await?;

    let order = desk.order(tx, ASKED, LateSuccess::Refund).await?;
    let facts = [opened, captured("pay_dollars", 2, Money::new(1800, USD))];
    desk.pay(tx, order, None, &facts).await?;
    Ok(())
}

/// Messages, keys and jobs.
async fn around(tx: &mut Tx, desk: Desk) -> Result<(), DbError> {
    let messages = [
        (true, Some("A"), Worked::Done, Effect::Applied, Some("meaning 1")),
        (true, Some("A"), Worked::Done, Effect::Same, Some("meaning 1")),
        (true, Some("B"), Worked::Done, Effect::Asked, Some("meaning 2")),
        (false, None, Worked::Refused, Effect::None, None),
        (true, None, Worked::Failed, Effect::None, None),
    ];
    for (verified, grade, state, effect, meaning) in messages {
        let notice = Notice {
            id: id(NoticeId::new),
            scope: desk.scope,
            connection_id: desk.connection,
            received_at: NOW,
            headers: String::new(),
            body: b"{}".to_vec(),
            verified,
            verdict: String::new(),
            grade: grade.map(str::to_owned),
            kind: None,
            event_id: None,
            state,
            effect,
            meaning_key: meaning.map(str::to_owned),
            object_id: None,
            detail: None,
            worked_at: None,
        };
        notices::insert(tx, &notice).await?;
    }
    let key = |key: &str| Key { scope: desk.scope, key: key.into(), body_hash: String::new() };
    let answer = Answer { status: 201, body: "{}".into() };
    assert!(idempotency::begin_done(tx, &key("done"), "ord_1", &answer, NOW).await?);
    assert!(idempotency::begin(tx, &key("running"), "ord_2", NOW).await?);
    for kind in ["deliver", "watch"] {
        jobs::enqueue(tx, id(JobId::new), kind, "key", Some(desk.scope), NOW.plus(1), NOW).await?;
    }
    let leases = Leases { until: NOW.plus(60_000), of: "deliver", until_of: NOW.plus(60_000) };
    assert_eq!(jobs::claim(tx, NOW.plus(1), leases, 1).await?.len(), 1);
    Ok(())
}

/// What the followers do: positions, deliveries, figures, balances, the audit chain.
async fn followed(tx: &mut Tx, desk: Desk) -> Result<(), DbError> {
    if tx.is_pg() {
        events::sequence(tx).await?;
        ledger::sequence(tx).await?;
    }
    let from = settings::locked_watermark(tx, "events").await?;
    let listening = endpoints::list(tx, desk.scope).await?;
    let all = events::after(tx, from, i64::MAX).await?;
    for placed in &all {
        let kind = placed.event.kind.as_str();
        let wanting = listening.iter().filter(|e| e.wants(kind));
        let promises: Vec<_> = wanting
            .map(|e| Promise { id: id(DeliveryId::new), event: &placed.event, endpoint: e.id })
            .collect();
        deliveries::schedule(tx, &promises, NOW).await?;
        let (what, minor) = match kind {
            "payment.captured" => ("captured", ASKED.minor()),
            "refund.processed" => ("refunded", 10_000),
            _ => continue,
        };
        for split in ["all", "method:upi"] {
            let (currency, split) = ("INR".into(), split.into());
            figures::add(tx, desk.scope, &Counted { hour: NOW, currency, what, split }, 1, minor).await?;
        }
    }
    let to = all.last().map_or(from, |last| last.pos);
    settings::move_watermark(tx, "events", from, to).await?;
    delivered(tx, desk).await?;
    settings::locked_watermark(tx, "ledger").await?;
    ledger::fold(tx).await?;
    for record in audit::unchained(tx).await? {
        let tip = audit::tip(tx, &record.chain).await?;
        audit::chain(tx, record.id, &audit::link(tip, &record)).await?;
    }
    Ok(())
}

/// The first delivery of each endpoint: refused once, then taken.
async fn delivered(tx: &mut Tx, desk: Desk) -> Result<(), DbError> {
    for endpoint in endpoints::list(tx, desk.scope).await? {
        let page = crate::Page::newest(1);
        let mut newest = deliveries::list(tx, desk.scope, endpoint.id, None, &page).await?;
        let mut delivery = newest.remove(0);
        for (n, status, state) in [(1, 503, Delivered::Scheduled), (2, 204, Delivered::Delivered)] {
            let attempt = Attempt {
                n,
                at: NOW,
                took_ms: 1,
                url: None,
                status: Some(status),
                error: None,
                response: String::new(),
            };
            assert!(deliveries::tried(tx, &delivery, &attempt, state, None, NOW).await?);
            delivery.attempts += 1;
        }
    }
    Ok(())
}
