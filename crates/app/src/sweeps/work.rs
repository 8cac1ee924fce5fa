//! Carrying a sweep out: a page in each run of its job. Each line becomes the same fact as a poll's and goes through the
//! one door; a process stopped anywhere reads the page again, which changes nothing twice.

use super::{Found, State, Sweep};
use crate::connections::{self, Opened as Connected};
use crate::error::Error;
use crate::jobs::{self, Ending, Kind};
use crate::notices::parked;
use crate::observe::{self, By, Came, Cause, Matched, News};
use crate::payments::{look, refund_report};
use crate::wired::Wired;
use crate::{App, fail_point, planted};
use hundi_core::payment::{Happened, Try};
use hundi_core::time::{hours, minutes, seconds};
use hundi_core::{ConnectionId, Millis, PaymentId, SweepId};
use hundi_providers::{CallError, Page, Reason, ReasonKind, Report, Span};
use hundi_store::{DbError, Tx, history, notices, payments, sweeps};
use std::collections::BTreeSet;
use std::sync::Arc;

/// A provider that ends its list never is not listened to for ever.
const PAGES_MAX: i64 = 5_000;
/// Failures in a row of one page before the sweep is given up: about a day.
const FAILURES_MAX: i64 = 30;
/// The first wait after one; it doubles up to an hour.
const RETRY_MS: i64 = minutes(1);
/// What is being opened since this long may be ours although nothing here names it yet.
const OPENING_MS: i64 = seconds(90);

/// The job: one page, and whether there is another.
pub(crate) async fn work(app: &Arc<App>, id: SweepId) -> Result<Ending, Error> {
    let sweep = app.store.read(async move |tx| sweeps::load_by_id(tx, id).await).await?;
    let Some(sweep) = sweep.filter(|s| s.state == State::Running) else { return Ok(Ending::Done) };
    let connected = connections::open(app, sweep.connection_id).await?;
    let wire = Wired::new(app, sweep.connection_id, sweep.id);
    let page = read(app, &connected, &sweep, &wire).await?;
    fail_point!("sweep.after_read");
    match page {
        Ok(page) => take_in(app, sweep, page, wire.take()).await,
        Err(error) => not_heard(app, &sweep, error.reason(), wire.take()).await,
    }
}

/// A page, with more of the names of what fits nothing of ours; and payments looked at of which the list holds refunds
/// that we don't know: only a payment's own page tells a refund from a hold that was let go.
async fn read(
    app: &Arc<App>,
    connected: &Connected,
    sweep: &Sweep,
    wire: &Wired<'_>,
) -> Result<Result<Page<Report>, CallError>, Error> {
    let Some(part) = connected.provider.sweep() else { return Err(Error::SweepNotOffered) };
    let span = Span { from: sweep.from, to: sweep.to };
    let page = match part.list(connected.call(wire), span, sweep.place.as_deref()).await {
        Ok(page) => page,
        Err(error) => return Ok(Err(error)),
    };
    let (mut items, mut looked) = (Vec::with_capacity(page.items.len()), BTreeSet::new());
    for report in page.items {
        match standing(app, sweep.connection_id, report.clone()).await? {
            Standing::Ours | Standing::Known => items.push(report),
            Standing::RefundOf(payment) => {
                if looked.insert(payment) {
                    look(app, payment, By::Sweep).await?;
                }
                items.push(report);
            }
            Standing::Unnamed => match traced(connected, wire, &report).await {
                Ok(traced) => items.push(traced),
                Err(error) if is_of_this_one(error.reason().kind) => items.push(report),
                Err(error) => return Ok(Err(error)),
            },
        }
    }
    Ok(Ok(Page { items, next: page.next }))
}

/// With more of its names, where the provider has them.
async fn traced(connected: &Connected, wire: &Wired<'_>, report: &Report) -> Result<Report, CallError> {
    match connected.provider.trace() {
        Some(part) => part.trace(connected.call(wire), report.clone()).await,
        None => Ok(report.clone()),
    }
}

enum Standing {
    Ours,
    /// A refund that we don't know, of this payment of ours.
    RefundOf(PaymentId),
    /// Fits nothing of ours by what the list says, and was not asked about yet.
    Unnamed,
    /// Nobody's, and asked about before; or no money moved by it.
    Known,
}

async fn standing(app: &App, connection: ConnectionId, report: Report) -> Result<Standing, Error> {
    app.store
        .read(async move |tx| {
            Ok(match observe::of_report(tx, connection, &report).await? {
                Matched::Payment(_) | Matched::Refund(_) | Matched::Contradicts(_) => Standing::Ours,
                Matched::UnknownRefundOf(payment) => Standing::RefundOf(payment),
                Matched::Nobody if !moved(&report) => Standing::Known,
                Matched::Nobody => {
                    let by = notices::parked_by(tx, connection, &name_of(&report)).await?;
                    let swept = by.is_some_and(|by| by.parse::<SweepId>().is_ok());
                    if swept { Standing::Known } else { Standing::Unnamed }
                }
            })
        })
        .await
}

/// Whether the bank holds or moved money by it. A failed try of somebody else's is no business of ours.
fn moved(report: &Report) -> bool {
    match report {
        Report::Refund { .. } => true,
        Report::Payment { fact, .. } => match &fact.happened {
            Happened::Tried { what, .. } => matches!(what, Try::Authorized { .. } | Try::Captured { .. }),
            Happened::Opened
            | Happened::Approved
            | Happened::Refused { .. }
            | Happened::Lapsed
            | Happened::Cancelled
            | Happened::WentUnknown
            | Happened::CaptureAsked { .. }
            | Happened::Answered => false,
        },
    }
}

fn name_of(report: &Report) -> String {
    match report {
        Report::Payment { about, .. } => about.provider_payment.clone().unwrap_or_default(),
        Report::Refund { about, .. } => about.provider_refund.clone(),
    }
}

const fn is_of_this_one(kind: ReasonKind) -> bool {
    matches!(kind, ReasonKind::NotFound | ReasonKind::Refused)
}

// ---- recording

async fn take_in(
    app: &Arc<App>,
    sweep: Sweep,
    page: Page<Report>,
    exchanges: Vec<history::Exchange>,
) -> Result<Ending, Error> {
    let house = app.clone();
    let evidence = exchanges.first().map(|x| x.id.to_string());
    let cause = evidence.map_or(Cause::of(By::Sweep), |id| Cause::shown_by(By::Sweep, id));
    let ending = app
        .store
        .write_background(async move |tx| {
            let (app, now) = (&*house, house.now());
            let mut found = Found { items: count(page.items.len()), ..Found::default() };
            for report in &page.items {
                one(app, tx, &sweep, report, &cause, &mut found).await?;
            }
            // A page that brought nothing new leaves nothing behind.
            if found.applied + found.parked + found.questioned > 0 {
                for exchange in &exchanges {
                    history::exchanged(tx, exchange).await?;
                }
            }
            let next = page.next.as_deref().filter(|_| !planted!("sweep_reads_one_page"));
            if !sweeps::advance(tx, &sweep, next, found, now).await? {
                return Err(DbError::Conflict("another worker read this page").into());
            }
            let read = (sweep.id, sweep.pages + 1);
            Ok::<_, Error>(match next {
                Some(_) if read.1 >= PAGES_MAX => {
                    let why = format!("the list has more than {PAGES_MAX} pages");
                    sweeps::end(tx, read, State::Failed, Some(&why), now).await?;
                    Ending::Done
                }
                Some(_) => Ending::Later(now),
                None => {
                    sweeps::end(tx, read, State::Done, None, now).await?;
                    Ending::Done
                }
            })
        })
        .await?;
    fail_point!("sweep.after_record");
    app.ring();
    Ok(ending)
}

async fn one(
    app: &App,
    tx: &mut Tx,
    sweep: &Sweep,
    report: &Report,
    cause: &Cause,
    found: &mut Found,
) -> Result<(), Error> {
    let (connection, now) = (sweep.connection_id, app.now());
    let matched = observe::of_report(tx, connection, report).await?;
    let came = match (&matched, report) {
        (Matched::Payment(id), Report::Payment { fact, .. }) => {
            let (payment, came) = observe::payment(app, tx, *id, News::of(vec![fact.clone()]), cause).await?;
            // A list's word is no answer to a call whose outcome we don't know: whoever waits for one is asked about.
            if payment.state.in_doubt_since().is_some() || payment.status().is_open() {
                let (job, key) = (jobs::id(app), id.to_string());
                jobs::enqueue(tx, job, Kind::Watch, &key, Some(payment.scope), now, now).await?;
            }
            came
        }
        (Matched::Refund(_), Report::Refund { .. }) => refund_report(app, tx, report, matched, cause).await?,
        (Matched::Contradicts(payment), _) => {
            observe::contradicted(app, tx, *payment, &name_of(report)).await?;
            found.questioned += 1;
            Came::Same
        }
        (Matched::Nobody, _) if moved(report) && !being_opened(tx, sweep, now).await? => {
            if let Some(aside) = parked(connection, sweep.id.to_string(), report) {
                found.parked += i64::from(notices::park(tx, sweep.scope, &aside, now).await?);
            }
            Came::Same
        }
        // What its payment's own page did not confirm as a refund is not taken for one.
        (Matched::Nobody | Matched::UnknownRefundOf(_) | Matched::Payment(_) | Matched::Refund(_), _) => {
            Came::Same
        }
    };
    if came == Came::Applied {
        found.applied += 1;
        notices::unpark(tx, connection, &name_of(report)).await?;
    }
    Ok(())
}

async fn being_opened(tx: &mut Tx, sweep: &Sweep, now: Millis) -> Result<bool, DbError> {
    payments::any_being_opened(tx, sweep.scope, sweep.connection_id, now.minus(OPENING_MS)).await
}

/// Not hearing is no answer: the page is asked for again, and after a day a person is told.
async fn not_heard(
    app: &Arc<App>,
    sweep: &Sweep,
    reason: &Reason,
    exchanges: Vec<history::Exchange>,
) -> Result<Ending, Error> {
    // Asking again does not help, until somebody changes the account or we change the question.
    let hopeless = matches!(
        reason.kind,
        ReasonKind::Unauthorized | ReasonKind::Forbidden | ReasonKind::Refused | ReasonKind::NotFound
    );
    let over = hopeless || sweep.failures + 1 >= FAILURES_MAX;
    let (sweep, why, now) = (sweep.clone(), reason.kind.as_str(), app.now());
    let failures = sweep.failures;
    app.store
        .write_background(async move |tx| {
            // One of them shows what the others said.
            for exchange in exchanges.iter().filter(|_| over || failures == 0) {
                history::exchanged(tx, exchange).await?;
            }
            sweeps::stumble(tx, &sweep, why, now).await?;
            if over {
                sweeps::end(tx, (sweep.id, sweep.pages), State::Failed, Some(why), now).await?;
            }
            Ok::<_, DbError>(())
        })
        .await?;
    let doublings = u32::try_from(failures.clamp(0, 10)).unwrap_or(10);
    let wait = RETRY_MS.saturating_mul(1 << doublings).min(hours(1));
    Ok(if over { Ending::Done } else { Ending::Later(now.plus(wait)) })
}

fn count(n: usize) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
}
