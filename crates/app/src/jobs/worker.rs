//! The worker: claims due jobs, runs each in its own task, writes how it ended while the lease is still its own.

use super::{Ending, Job, Kind, housekeeping};
use crate::error::Error;
use crate::follow::{Followed, Unseen, follow};
use crate::{
    App, deliveries, fail_point, mail, methods, notices, orders, payments, planted, random, refunds,
    rehearsal, sweeps,
};
use hundi_core::Millis;
use hundi_core::time::{hours, minutes, seconds};
use hundi_store::DbError;
use hundi_store::jobs::{self as rows, Ended, Leases};
use std::collections::HashMap;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

/// How long a claimed job is ours. Longer than any handler's own deadlines together.
const LEASE_MS: i64 = minutes(3);
/// The same for an endpoint's job: all that is due to the endpoint waits for it when its worker dies.
const DELIVER_LEASE_MS: i64 = minutes(1);
/// Jobs claimed in one transaction.
const CLAIM_MAX: i64 = 32;
/// Claimed jobs in this process; beyond, the rest stays for another node.
const RUNNING_MAX: usize = 512;
/// Polled so often when nobody rings: another node's work, a clock that moved.
const POLL_MS: u64 = 500;
/// The first wait after a failure; it doubles up to an hour.
const RETRY_MS: i64 = seconds(5);

/// Works until `stop` is done, then finishes what runs.
pub async fn run(app: Arc<App>, stop: impl Future<Output = ()>) {
    app.doorbells.attend();
    let limits = Limits::new();
    let mut running = JoinSet::new();
    tokio::pin!(stop);
    loop {
        match claim(&app, &limits, &mut running).await {
            Ok(true) => continue,
            Ok(false) => {}
            Err(error) => tracing::error!(error = error.to_log(), "the worker cannot read its jobs"),
        }
        while running.try_join_next().is_some() {}
        tokio::select! {
            () = &mut stop => break,
            () = app.work.notified() => {}
            () = tokio::time::sleep(Duration::from_millis(POLL_MS)) => {}
        }
    }
    app.doorbells.close();
    while running.join_next().await.is_some() {}
    app.doorbells.leave();
}

/// Takes back what the process before this one held when it died, if no other can be at work: nobody waits for its leases.
pub async fn take_back(app: &App) -> Result<(), Error> {
    if !app.store.is_ours_alone() {
        return Ok(());
    }
    let now = app.now();
    let freed = app.store.write(async move |tx| rows::free_all(tx, now).await).await?;
    if freed > 0 {
        tracing::info!(jobs = freed, "took back what was being done when the server stopped");
    }
    Ok(())
}

/// One turn of the worker. `true`: there may be more to do at once.
async fn claim(app: &Arc<App>, limits: &Limits, running: &mut JoinSet<()>) -> Result<bool, Error> {
    let turn = turn(app, running.len() < RUNNING_MAX).await?;
    let full = turn.jobs.len() >= usize::try_from(CLAIM_MAX).unwrap_or(usize::MAX);
    for job in turn.jobs {
        let app = app.clone();
        let turn = limits.of(&job.kind);
        running.spawn(async move {
            // A closed semaphore cannot happen: it is never closed.
            let _turn = turn.acquire_owned().await;
            one(&app, job).await;
        });
    }
    Ok(turn.more || full)
}

/// Runs everything that is due now, one after the other, until nothing is. For tests and commands: their clock stands.
pub async fn run_due(app: &Arc<App>) -> Result<usize, Error> {
    const TURNS_MAX: usize = 10_000;
    let mut done = 0;
    for _ in 0..TURNS_MAX {
        let turn = turn(app, true).await?;
        if turn.jobs.is_empty() && !turn.more {
            return Ok(done);
        }
        for job in turn.jobs {
            one(app, job).await;
            done += 1;
        }
    }
    Err(Error::Bug("jobs keep making jobs that are due at once".into()))
}

/// Jobs that became ours.
struct Turn {
    jobs: Vec<Job>,
    /// Followers have more to do.
    more: bool,
}

/// Does chores and follows, and takes jobs that are due. One read says what of it there is to do.
async fn turn(app: &Arc<App>, takes: bool) -> Result<Turn, Error> {
    // Chores tell events, which are passed on at once.
    housekeeping::if_due(app).await?;
    let now = app.now();
    let seen = app.store.read(async move |tx| {
        Ok::<_, DbError>((Unseen::read(tx).await?, rows::anything_due(tx, now).await?))
    });
    let (unseen, due) = seen.await?;
    let Followed { promised, more } = follow(app, unseen).await?;
    if !takes || !due && !promised {
        return Ok(Turn { jobs: Vec::new(), more });
    }
    let now = app.now();
    let claimed = app.store.write(async move |tx| {
        rows::reclaim(tx, now).await?;
        let of = Kind::Deliver.as_str();
        let leases = Leases { until: now.plus(LEASE_MS), of, until_of: now.plus(DELIVER_LEASE_MS) };
        rows::claim(tx, now, leases, CLAIM_MAX).await
    });
    let jobs = claimed.await?;
    fail_point!("job.after_claim");
    Ok(Turn { jobs, more })
}

/// One run of one job, a panic included.
async fn one(app: &Arc<App>, job: Job) {
    let handled = tokio::spawn(handle(app.clone(), job.clone())).await;
    let ending = match handled {
        Ok(Ok(ending)) => ending,
        Ok(Err(error)) => failed(app, &job, &error.to_log()),
        Err(_) => failed(app, &job, "it panicked"),
    };
    if let (Ending::Dead { error }, Some(Kind::Notice)) = (&ending, Kind::parse(&job.kind)) {
        give_up_notice(app, &job, error).await;
    }
    fail_point!("job.before_end");
    let outcome = match &ending {
        Ending::Done => "done",
        Ending::Later(_) => "later",
        Ending::Retry { .. } => "retried",
        Ending::Dead { .. } => "dead",
    };
    app.figures.job(&job.kind, outcome);
    if let (Ending::Done, Some(scope)) = (&ending, job.scope) {
        app.tally.count(scope);
    }
    let (fenced, later_fences) = (job.clone(), if planted!("no_fencing") { 8 } else { 0 });
    let written = app.store.write(async move |tx| {
        for later in 0..=later_fences {
            let held = Job { fence: fenced.fence + later, ..fenced.clone() };
            let ended = rows::end(tx, &held, &ending).await?;
            if ended != Ended::NotOurs {
                return Ok(ended);
            }
        }
        Ok::<_, DbError>(Ended::NotOurs)
    });
    let written = written.await;
    fail_point!("job.after_end");
    match written {
        Ok(Ended::Due(at)) if at <= app.now() => app.ring(),
        Ok(Ended::Due(_) | Ended::Over) => {}
        Ok(Ended::NotOurs) => {
            tracing::warn!(job = %job.id, kind = job.kind, "its lease was lost; another worker has it")
        }
        // The lease runs out and the job comes back.
        Err(error) => {
            tracing::error!(job = %job.id, kind = job.kind, %error, "how a job ended could not be written")
        }
    }
}

async fn handle(app: Arc<App>, job: Job) -> Result<Ending, Error> {
    let bad_key = || Error::Bug(format!("a {} job has no readable key", job.kind));
    match Kind::parse(&job.kind).ok_or_else(|| Error::Bug(format!("no job is called {}", job.kind)))? {
        Kind::Watch => payments::watch(&app, job.key.parse().map_err(|_| bad_key())?).await,
        Kind::Look => payments::look_once(&app, job.key.parse().map_err(|_| bad_key())?).await,
        Kind::Capture => payments::finish_capture(&app, job.key.parse().map_err(|_| bad_key())?).await,
        Kind::Void => payments::finish_void(&app, job.key.parse().map_err(|_| bad_key())?).await,
        Kind::Refund => refunds::watch(&app, job.key.parse().map_err(|_| bad_key())?).await,
        Kind::Notice => notices::work(&app, job.key.parse().map_err(|_| bad_key())?).await,
        Kind::Deliver => match job.key.parse() {
            Ok(endpoint) => deliveries::deliver(&app, endpoint).await,
            Err(_) => deliveries::pass_on(&app, job.key.parse().map_err(|_| bad_key())?).await,
        },
        Kind::Replay => deliveries::carry_on(&app, job.key.parse().map_err(|_| bad_key())?).await,
        Kind::Keep => methods::keep(&app, job.key.parse().map_err(|_| bad_key())?).await,
        Kind::Forget => methods::forget(&app, job.key.parse().map_err(|_| bad_key())?).await,
        Kind::ExpireOrder => orders::expire::expire(&app, job.key.parse().map_err(|_| bad_key())?).await,
        Kind::Rehearse => rehearsal::play(&app, job.key.parse().map_err(|_| bad_key())?).await,
        Kind::Mail => mail::send(&app, &job).await,
        Kind::Sweep => sweeps::work(&app, job.key.parse().map_err(|_| bad_key())?).await,
    }
}

/// A message that could not be worked on goes to a person's desk.
async fn give_up_notice(app: &Arc<App>, job: &Job, error: &str) {
    let Ok(id) = job.key.parse() else { return };
    if let Err(error) = notices::give_up(app, id, error).await {
        tracing::error!(job = %job.id, error = error.to_log(), "a message that failed could not be marked so");
    }
}

fn failed(app: &App, job: &Job, error: &str) -> Ending {
    let kind = Kind::parse(&job.kind);
    tracing::error!(job = %job.id, kind = job.kind, key = job.key, attempt = job.attempt, error, "a job failed");
    if kind.is_none_or(|k| job.attempt >= k.tries_max()) {
        return Ending::Dead { error: error.to_owned() };
    }
    let doublings = u32::try_from(job.attempt.clamp(0, 10)).unwrap_or(10);
    let wait = RETRY_MS.saturating_mul(1_i64 << doublings).min(hours(1));
    let jitter = i64::try_from(random::number(&*app.random, 1000)).unwrap_or(0);
    let at: Millis = app.now().plus(wait + jitter);
    Ending::Retry { at, error: error.to_owned() }
}

/// How many jobs of each kind run at one time.
struct Limits(HashMap<&'static str, Arc<Semaphore>>);

impl Limits {
    fn new() -> Self {
        Self(Kind::ALL.iter().map(|k| (k.as_str(), Arc::new(Semaphore::new(k.at_once())))).collect())
    }

    fn of(&self, kind: &str) -> Arc<Semaphore> {
        self.0.get(kind).cloned().unwrap_or_else(|| Arc::new(Semaphore::new(1)))
    }
}
