//! The storm itself: deeds, messages and jobs that fall due together happen at once, in tasks of their own; and time
//! passes until nothing is left to happen.
//!
//! Time moves in strides. In the first half hour, when the payers come, a stride is half a second; days later it is
//! hours, as if the server had been busy or down that long.

use super::life::{Life, SPREAD_MS};
use super::script::Deed;
use super::stage::{Account, Merchant, Stage};
use hundi::sandbox::Notice;
use hundi_core::time::{days, hours, minutes, seconds};
use hundi_core::{Millis, Secret};
use hundi_providers::registry;
use std::collections::BTreeMap;
use std::sync::Arc;
use tokio::task::JoinSet;

/// Longer than any schedule that a payment or refund of this batch can stand in.
const CALM_AFTER_MS: i64 = days(17);
/// Longer than what a line of a settlement file leads to: a provider is asked, and the merchant's server is told.
const SETTLED_MS: i64 = days(5);
/// Workers over one table of jobs, of all nodes together.
const WORKERS: usize = 3;
/// How long an old webhook secret holds, and a little.
const OLD_SECRET_MS: i64 = hours(49);

/// What is going to happen, in order of time.
#[derive(Default)]
struct Agenda(BTreeMap<(Millis, u32, usize), Happens>);

enum Happens {
    Deed(Arc<Life>, Deed),
    /// Our side of a change of webhook secrets.
    ChangesSecrets,
    /// The provider's side of it.
    ProvidersHear,
    /// Messages with the old proof come once more, too late.
    OldSecretIsTried,
}

/// Plays a batch of lives to their ends. `number` says whose webhook secrets are changed meanwhile.
pub async fn rages(stage: &Arc<Stage>, lives: &[Arc<Life>], number: usize) {
    let began = stage.now();
    let mut agenda = Agenda::default();
    for life in lives {
        for (nth, (at, deed)) in life.script.deeds.iter().enumerate() {
            let at = began.plus((*at).max(0));
            agenda.0.insert((at, life.script.n, nth), Happens::Deed(life.clone(), *deed));
        }
    }
    let change = began.plus(SPREAD_MS / 2);
    agenda.0.insert((change, u32::MAX, 0), Happens::ChangesSecrets);
    agenda.0.insert((change.plus(minutes(10)), u32::MAX, 1), Happens::ProvidersHear);
    agenda.0.insert((change.plus(OLD_SECRET_MS), u32::MAX, 2), Happens::OldSecretIsTried);

    let mut change = Change::of(stage, number);
    settles(stage).await;
    passes(stage, &mut agenda, &mut change, began, CALM_AFTER_MS).await;
    stage.reads_settlements().await;
    settles(stage).await;
    passes(stage, &mut agenda, &mut change, began, CALM_AFTER_MS + SETTLED_MS).await;
}

/// Lets time pass until so long after the batch began.
async fn passes(stage: &Arc<Stage>, agenda: &mut Agenda, change: &mut Change, began: Millis, until_ms: i64) {
    let end = began.plus(until_ms);
    while let Some(next) = next_due(stage, agenda).await.filter(|at| *at <= end) {
        let stride = stride(next.since(began));
        let at = Millis(next.0.div_euclid(stride) * stride + stride);
        stage.clock.set(at.max(stage.now()));
        let mut tasks = JoinSet::new();
        while agenda.0.first_key_value().is_some_and(|((due, _, _), _)| *due <= stage.now()) {
            let Some((_, happens)) = agenda.0.pop_first() else { break };
            match happens {
                Happens::Deed(life, deed) => {
                    let stage = stage.clone();
                    tasks.spawn(async move {
                        life.does(stage, deed).await;
                        1
                    });
                }
                Happens::ChangesSecrets => change.ours(stage).await,
                Happens::ProvidersHear => change.theirs(stage),
                Happens::OldSecretIsTried => change.is_over(stage).await,
            }
        }
        messages(stage, &mut tasks);
        work(stage, &mut tasks);
        ends(stage, tasks).await;
        settles(stage).await;
    }
    stage.clock.set(end.max(stage.now()));
    settles(stage).await;
}

const fn stride(age_ms: i64) -> i64 {
    match age_ms {
        _ if age_ms <= SPREAD_MS + minutes(6) => 500,
        _ if age_ms <= hours(3) => seconds(20),
        _ if age_ms <= days(2) => minutes(20),
        _ => hours(3),
    }
}

async fn next_due(stage: &Stage, agenda: &Agenda) -> Option<Millis> {
    let deeds = agenda.0.first_key_value().map(|((at, _, _), _)| *at);
    job_due(stage).await.into_iter().chain(deeds).chain(stage.network.next_due()).min()
}

async fn job_due(stage: &Stage) -> Option<Millis> {
    let store = &stage.nodes[0].0.store;
    store.read(async |tx| hundi_store::jobs::next_due(tx).await).await.expect("jobs can be read")
}

/// Everything that is due now, and what comes of it, until nothing is. That nothing is left is asked once, and not by
/// every worker: it is most of what a storm asks its database.
async fn settles(stage: &Arc<Stage>) {
    const TURNS_MAX: usize = 1_000;
    let app = &stage.nodes[0].0;
    for _ in 0..TURNS_MAX {
        let mut tasks = JoinSet::new();
        let told = messages(stage, &mut tasks);
        ends(stage, tasks).await;
        // Without a message a job may still be due: the followers promise deliveries.
        hundi_app::follow::settle(app).await.expect("the followers follow");
        if job_due(stage).await.is_some_and(|at| at <= stage.now()) {
            let mut tasks = JoinSet::new();
            work(stage, &mut tasks);
            ends(stage, tasks).await;
        } else if told == 0 {
            return;
        }
    }
    stage.breaks("it never settles".into());
}

/// Posts every message that a provider wants delivered now. How many.
fn messages(stage: &Arc<Stage>, tasks: &mut JoinSet<usize>) -> usize {
    let due = stage.network.due();
    let told = due.len();
    for (node, notice) in due.into_iter().enumerate() {
        let stage = stage.clone();
        tasks.spawn(async move {
            stage.delivers(node, notice).await;
            0
        });
    }
    told
}

fn work(stage: &Arc<Stage>, tasks: &mut JoinSet<usize>) {
    for (app, _) in stage.nodes.iter().cycle().take(WORKERS) {
        let (app, stage) = (app.clone(), stage.clone());
        tasks.spawn(async move {
            hundi_app::jobs::run_due(&app).await.unwrap_or_else(|error| {
                stage.breaks(format!("the worker: {error:?}"));
                0
            })
        });
    }
}

/// Waits for all; what panicked is broken. The sum of what they did.
async fn ends(stage: &Stage, mut tasks: JoinSet<usize>) -> usize {
    let mut done = 0;
    while let Some(ended) = tasks.join_next().await {
        match ended {
            Ok(n) => done += n,
            Err(error) => {
                let panic = error.into_panic();
                let text = panic.downcast_ref::<String>().cloned();
                let text = text.or_else(|| panic.downcast_ref::<&str>().map(|t| (*t).to_owned()));
                stage.breaks(format!("a task panicked: {}", text.unwrap_or_default()));
            }
        }
    }
    done
}

/// A change of one merchant's webhook secrets, at every provider that has one.
struct Change {
    merchant: usize,
    secret: Secret,
    /// With the old proof.
    letters: Vec<Notice>,
}

impl Change {
    fn of(stage: &Stage, number: usize) -> Self {
        let secret = Secret::new(format!("webhook-secret-of-storm-changed-{number:06}"));
        Self { merchant: number % stage.merchants.len(), secret, letters: Vec::new() }
    }

    fn accounts(merchant: &Merchant) -> impl Iterator<Item = &Account> {
        let has_one = |a: &&Account| registry::find(a.provider).is_some_and(|p| p.card().webhook_secret);
        merchant.accounts.iter().filter(has_one)
    }

    async fn ours(&mut self, stage: &Stage) {
        let merchant = &stage.merchants[self.merchant];
        for account in Self::accounts(merchant) {
            self.letters.extend(stage.letters_to(&account.webhook_url, 2));
            stage.changes_secret(account, merchant.scope, &self.secret).await;
        }
    }

    fn theirs(&self, stage: &Stage) {
        for account in Self::accounts(&stage.merchants[self.merchant]) {
            stage.tells_provider(account, &self.secret);
        }
    }

    async fn is_over(&mut self, stage: &Stage) {
        for letter in self.letters.drain(..) {
            let status = stage.posts(0, &letter).await;
            if status != 401 {
                stage.breaks(format!("an old secret's message to {} was answered {status}", letter.url));
            }
        }
    }
}
