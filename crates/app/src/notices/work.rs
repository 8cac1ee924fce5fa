//! Working on a stored message: each thing it says is matched to ours and goes through the one door.

use crate::connections::{self, open_row};
use crate::error::Error;
use crate::jobs::{self, Ending, Kind};
use crate::observe::{self, By, Came, Cause, Matched, News};
use crate::payments::refund_report;
use crate::{App, fail_point, planted};
use hundi_core::payment::{Fact, Happened, Try};
use hundi_core::time::seconds;
use hundi_core::{ConnectionId, Millis, NoticeId};
use hundi_providers::{Forged, Grade, Kept, Notice as Read, Report};
use hundi_store::connections as rows;
use hundi_store::notices::{self, Effect, Notice, Parked, State, Worked};
use hundi_store::{Tx, payments, refunds};
use std::sync::Arc;

/// A message can overtake the provider's own answer to us: so long it waits for its payment to become known.
const WAIT_MS: i64 = seconds(90);
const WAIT_GAP_MS: i64 = seconds(10);

/// The job.
pub(crate) async fn work(app: &Arc<App>, id: NoticeId) -> Result<Ending, Error> {
    let loaded = app
        .store
        .read(async move |tx| {
            let Some(notice) = notices::load_by_id(tx, id).await? else { return Ok(None) };
            let row = rows::load_by_id(tx, notice.connection_id).await?;
            Ok::<_, Error>(row.map(|row| (notice, row)))
        })
        .await?;
    let Some((notice, row)) = loaded.filter(|(n, _)| n.state == State::Received && n.verified) else {
        return Ok(Ending::Done);
    };
    match read_again(app, &notice, row).await? {
        Ok(read) => carry_out(app, notice, read).await,
        Err(forged) => {
            let worked = Worked {
                state: State::Failed,
                effect: Effect::None,
                meaning_key: None,
                object_id: None,
                detail: Some(format!("It could not be read again: {}.", forged.as_str())),
            };
            let now = app.now();
            app.store.write(async move |tx| notices::worked(tx, id, &worked, now).await).await?;
            Ok(Ending::Done)
        }
    }
}

/// Its job gave up: for a person, who can have it worked on again.
pub(crate) async fn give_up(app: &Arc<App>, id: NoticeId, why: &str) -> Result<(), Error> {
    let now = app.now();
    let worked = Worked {
        state: State::Failed,
        effect: Effect::None,
        meaning_key: None,
        object_id: None,
        detail: Some(format!("It could not be worked on: {why}.")),
    };
    Ok(app.store.write(async move |tx| notices::worked(tx, id, &worked, now).await).await?)
}

/// It was verified when it came; what it says is read from the same bytes once more.
async fn read_again(
    app: &App,
    notice: &Notice,
    row: rows::Connection,
) -> Result<Result<Read, Forged>, Error> {
    let opened = open_row(app, row).await?;
    let Some(part) = opened.provider.notices() else { return Ok(Err(Forged::Unreadable)) };
    let headers = super::receive::headers_of(notice);
    Ok(part.read_again(&opened.account, Kept::of_verified(&headers, &notice.body)))
}

async fn carry_out(app: &Arc<App>, notice: Notice, read: Read) -> Result<Ending, Error> {
    let (house, connection) = (app.clone(), notice.connection_id);
    let ending = app
        .store
        .write(async move |tx| {
            let now = house.now();
            if too_early(tx, &notice, &read, now).await? {
                return Ok(Ending::Later(now.plus(WAIT_GAP_MS)));
            }
            let mut worked = Worked {
                state: State::Done,
                effect: Effect::None,
                meaning_key: None,
                object_id: None,
                detail: None,
            };
            for report in &read.reports {
                one(&house, tx, &notice, read.grade, report, &mut worked).await?;
            }
            worked.meaning_key = Some(meaning(&read));
            notices::worked(tx, notice.id, &worked, now).await?;
            Ok::<_, Error>(Ending::Done)
        })
        .await?;
    fail_point!("notice.after_work");
    if matches!(ending, Ending::Done) {
        connections::heard_from(app, connection).await?;
    }
    app.ring();
    Ok(ending)
}

/// Whether it may be about a payment whose opening we have not heard the answer of yet.
async fn too_early(tx: &mut Tx, notice: &Notice, read: &Read, now: Millis) -> Result<bool, Error> {
    if now.since(notice.received_at) >= WAIT_MS || planted!("early_messages_dropped") {
        return Ok(false);
    }
    for report in &read.reports {
        let matched = observe::of_report(tx, notice.connection_id, report).await?;
        if matched == Matched::Nobody
            && payments::any_being_opened(
                tx,
                notice.scope,
                notice.connection_id,
                notice.received_at.minus(WAIT_MS),
            )
            .await?
        {
            return Ok(true);
        }
    }
    Ok(false)
}

async fn one(
    app: &App,
    tx: &mut Tx,
    notice: &Notice,
    grade: Grade,
    report: &Report,
    worked: &mut Worked,
) -> Result<(), Error> {
    let matched = observe::of_report(tx, notice.connection_id, report).await?;
    let cause = Cause::shown_by(By::Webhook, notice.id.to_string());
    match matched {
        Matched::Nobody => {
            if let Some(parked) = parked(notice.connection_id, notice.id.to_string(), report) {
                notices::park(tx, notice.scope, &parked, app.now()).await?;
                note(worked, Effect::Parked, None);
            }
        }
        Matched::Contradicts(payment) => {
            note(worked, Effect::None, Some(payment.to_string()));
            worked.detail = Some("It names one of our payments and something that is not its own.".into());
        }
        Matched::Payment(payment) | Matched::UnknownRefundOf(payment) if grade != Grade::A => {
            // Weaker proof is only a cause to ask (DESIGN, rule 4). A captured payment is watched no more; what may be
            // news of it all the same, such as a refund that nobody here asked for, is asked about once.
            let kind = if may_be_of_a_refund(report) && !planted!("unheard_refund_unasked") {
                Kind::Look
            } else {
                Kind::Watch
            };
            let now = app.now();
            // Its own merchant's, which need not be the connection's.
            let scope = payments::load_by_id(tx, payment).await?.map(|p| p.scope);
            jobs::enqueue(tx, jobs::id(app), kind, &payment.to_string(), scope, now, now).await?;
            note(worked, Effect::Asked, Some(payment.to_string()));
        }
        Matched::Refund(refund) if grade != Grade::A => {
            let now = app.now();
            let scope = refunds::load_by_id(tx, refund).await?.map(|f| f.scope);
            jobs::enqueue(tx, jobs::id(app), Kind::Refund, &refund.to_string(), scope, now, now).await?;
            note(worked, Effect::Asked, Some(refund.to_string()));
        }
        Matched::Payment(payment) => {
            let Report::Payment { fact, .. } = report else { return Ok(()) };
            // A message is no answer to what we asked: it may be older than a call whose outcome we don't know.
            let mut facts = vec![fact.clone()];
            if planted!("messages_settle_doubt") {
                facts.push(Fact { at: app.now(), happened: Happened::Answered });
            }
            let news = News::of(facts);
            let (_, came) = observe::payment(app, tx, payment, news, &cause).await?;
            note(worked, effect_of(came), Some(payment.to_string()));
        }
        Matched::Refund(_) | Matched::UnknownRefundOf(_) => {
            let object = match matched {
                Matched::Refund(id) => id.to_string(),
                Matched::UnknownRefundOf(id) | Matched::Payment(id) | Matched::Contradicts(id) => {
                    id.to_string()
                }
                Matched::Nobody => String::new(),
            };
            let came = refund_report(app, tx, report, matched, &cause).await?;
            note(worked, effect_of(came), Some(object));
        }
    }
    Ok(())
}

/// It names a refund, or only that there is something to ask about.
const fn may_be_of_a_refund(report: &Report) -> bool {
    match report {
        Report::Refund { .. } => true,
        Report::Payment { fact, .. } => !matches!(fact.happened, Happened::Tried { .. }),
    }
}

const fn effect_of(came: Came) -> Effect {
    match came {
        Came::Applied => Effect::Applied,
        Came::Same => Effect::Same,
    }
}

/// What the message says, whatever id its sender put on it: ids travel in headers that nobody signs (SAFETY, section 0).
fn meaning(read: &Read) -> String {
    let said = read.reports.iter().map(|report| match report {
        Report::Payment { about, fact } => {
            let what = match &fact.happened {
                Happened::Tried { what, .. } => format!("{what:?}"),
                other => format!("{other:?}"),
            };
            format!("{}:{}:{what}", about.provider_payment.as_deref().unwrap_or_default(), fact.at.0)
        }
        Report::Refund { about, fact } => {
            format!("{}:{}:{:?}:{:?}", about.provider_refund, fact.at.0, fact.happened, about.bank_ref)
        }
    });
    let said = format!("{}|{}", read.kind, said.collect::<Vec<_>>().join("|"));
    let hash = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, said.as_bytes());
    data_encoding::HEXLOWER.encode(hash.as_ref())
}

/// A message can say several things: the strongest effect is its effect.
fn note(worked: &mut Worked, effect: Effect, object: Option<String>) {
    let rank = |e: Effect| match e {
        Effect::None => 0,
        Effect::Parked => 1,
        Effect::Same => 2,
        Effect::Asked => 3,
        Effect::Applied => 4,
    };
    if rank(effect) >= rank(worked.effect) {
        worked.effect = effect;
        worked.object_id = object.or_else(|| worked.object_id.take());
    }
}

/// What is put aside of money that is not ours. `shown_by` is the notice or the sweep that named it.
pub(crate) fn parked(connection_id: ConnectionId, shown_by: String, report: &Report) -> Option<Parked> {
    let (provider_object, kind, amount) = match report {
        Report::Payment { about, fact } => {
            let amount = match &fact.happened {
                Happened::Tried { what: Try::Authorized { amount } | Try::Captured { amount }, .. } => {
                    Some(*amount)
                }
                _ => None,
            };
            (about.provider_payment.clone().or_else(|| about.provider_order.clone())?, "payment", amount)
        }
        Report::Refund { about, .. } => (about.provider_refund.clone(), "refund", Some(about.amount)),
    };
    Some(Parked {
        connection_id,
        provider_object,
        kind: kind.to_owned(),
        amount_minor: amount.map(hundi_core::Money::minor),
        currency: amount.map(|m| m.currency().to_string()),
        shown_by,
    })
}
