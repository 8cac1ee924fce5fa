//! An endpoint's job: sends what is due to it, a few at a time, until nothing is.
//!
//! All that goes to one endpoint goes through one job, so that its turns, its rate and its order hold however many
//! nodes there are. What came of the tries is written many at a time, while the next ones are on their way.

use super::doorbell::Bell;
use super::note::{Heard, Noted, note};
use super::pace;
use super::send::{Target, Tried, send};
use crate::clock::Stopwatch;
use crate::endpoints::signing_keys;
use crate::error::Error;
use crate::jobs::Ending;
use crate::{App, fail_point, planted};
use hundi_core::{DeliveryId, EndpointId, Millis};
use hundi_store::deliveries::{self as rows, Delivery};
use hundi_store::endpoints;
use hundi_store::events::Event;
use std::collections::{HashMap, HashSet, VecDeque};
use std::future::pending;
use std::sync::Arc;
use std::time::Duration;
use tokio::task::{Id, JoinError, JoinHandle, JoinSet};
use tokio::time::sleep;

/// Tries at one endpoint at one time: a slow one must not stand in the way of others (SAFETY T45).
const AT_ONCE: usize = 4;
/// Tries whose end is not written yet. They are made again if the process dies.
const UNWRITTEN_MAX: usize = 64;
/// So many are written together, or what there is after this long: nobody waits for it, and each write syncs.
const WRITTEN_AT_ONCE: usize = 32;
const GATHER: Duration = Duration::from_millis(20);
/// Deliveries read at once: always some that are not among those.
const READ_MAX: usize = 128;
/// What was read is read anew after this long: the endpoint may have been changed, and more may be due.
const FRESH: Duration = Duration::from_millis(500);
/// A run begins no try after this, so that it ends well within its lease.
const RUN: Duration = Duration::from_secs(15);

/// The job: sends whatever is due, and says when the next is.
pub(crate) async fn deliver(app: &Arc<App>, id: EndpointId) -> Result<Ending, Error> {
    let Some(first) = read(app, id).await? else { return Ok(Ending::Done) };
    let mut run = Run {
        app: app.clone(),
        begun: Stopwatch::start(),
        failing: false,
        target: first.target.clone(),
        waiting: VecDeque::new(),
        read_at: Stopwatch::start(),
        is_all: false,
        next: None,
        paced: None,
        halted: false,
        stays: false,
        tries: JoinSet::new(),
        on_the_way: HashMap::new(),
        heard: Vec::new(),
        heard_at: Stopwatch::start(),
        writing: None,
        unwritten: HashSet::new(),
    };
    run.takes(first);
    run.goes(&app.doorbells.put_up(id)).await
}

/// An endpoint as it is now, and what is due to it.
struct Read {
    target: Arc<Target>,
    due: Vec<(Delivery, Event)>,
    /// The first that is due later.
    next: Option<Millis>,
}

/// `None`: the endpoint is gone.
async fn read(app: &App, id: EndpointId) -> Result<Option<Read>, Error> {
    let (now, limit) = (app.now(), i64::try_from(READ_MAX).unwrap_or(i64::MAX));
    let found = app
        .store
        .read(async move |tx| {
            let Some(endpoint) = endpoints::load_by_id(tx, id).await? else { return Ok(None) };
            let in_turn = endpoint.ordered && !planted!("order_not_kept");
            let due = rows::due(tx, id, in_turn, now, limit).await?;
            let next = rows::next_due(tx, id, now).await?;
            Ok::<_, Error>(Some((endpoint, due, next)))
        })
        .await?;
    let Some((endpoint, due, next)) = found else { return Ok(None) };
    let keys = signing_keys(app, &endpoint).await?;
    Ok(Some(Read { target: Arc::new(Target { endpoint, keys }), due, next }))
}

/// One run of an endpoint's job.
struct Run {
    app: Arc<App>,
    begun: Stopwatch,
    target: Arc<Target>,
    /// Tries fail, so that the first that succeeds is to be noted.
    failing: bool,
    /// Due, and not begun.
    waiting: VecDeque<(Delivery, Event)>,
    read_at: Stopwatch,
    /// Nothing was due but what was read.
    is_all: bool,
    next: Option<Millis>,
    /// The endpoint's rate is used up until then.
    paced: Option<Millis>,
    /// It said that it is gone, which is not written yet.
    halted: bool,
    /// Something was sent since it last stayed.
    stays: bool,
    tries: JoinSet<Tried>,
    on_the_way: HashMap<Id, Delivery>,
    heard: Vec<Heard>,
    /// When the first of them ended.
    heard_at: Stopwatch,
    writing: Option<JoinHandle<Result<Noted, Error>>>,
    /// Begun, and what came of it not written: reading anew must not bring them a second time.
    unwritten: HashSet<DeliveryId>,
}

/// What a run waits for.
enum Happened {
    Tried(Result<(Id, Tried), JoinError>),
    Written(Result<Result<Noted, Error>, JoinError>),
    Rung,
    Time,
}

impl Run {
    async fn goes(mut self, bell: &Bell<'_>) -> Result<Ending, Error> {
        loop {
            if self.wants_more() {
                let Some(more) = read(&self.app, self.target.endpoint.id).await? else {
                    return Ok(Ending::Done);
                };
                self.takes(more);
            }
            self.begins().await?;
            self.writes();
            if self.tries.is_empty() && self.writing.is_none() {
                let stays = std::mem::take(&mut self.stays) && self.waiting.is_empty() && !self.is_over();
                if stays && bell.rings_soon().await {
                    self.is_all = false;
                    continue;
                }
                return Ok(self.ending());
            }
            match self.waits(bell).await {
                Happened::Tried(one) => self.hears(one),
                Happened::Written(noted) => {
                    self.wrote(noted.map_err(|_| Error::Bug("noting tries panicked".into()))??);
                }
                Happened::Rung => self.is_all = false,
                Happened::Time => {}
            }
        }
    }

    fn is_over(&self) -> bool {
        self.begun.is_over(RUN) || self.app.doorbells.is_closed()
    }

    fn may_begin(&self) -> bool {
        let is_paced = self.paced.is_some_and(|until| self.app.now() < until);
        let has_room = self.on_the_way.len() < AT_ONCE && self.unwritten.len() < UNWRITTEN_MAX;
        has_room && !is_paced && !self.halted && !self.is_over()
    }

    fn wants_more(&self) -> bool {
        let is_dry = self.waiting.is_empty() && !self.is_all;
        self.may_begin() && (is_dry || self.read_at.is_over(FRESH))
    }

    fn takes(&mut self, read: Read) {
        let now = self.app.now();
        let later = self.next.filter(|at| *at > now);
        self.next = later.into_iter().chain(read.next).min();
        self.is_all = read.due.len() < READ_MAX || planted!("reads_but_once");
        let is_new = |one: &(Delivery, Event)| {
            !self.unwritten.contains(&one.0.id) || planted!("on_its_way_and_sent_again")
        };
        self.waiting = read.due.into_iter().filter(is_new).collect();
        self.failing |= read.target.endpoint.failing_since.is_some();
        self.target = read.target;
        self.read_at = Stopwatch::start();
    }

    /// Sends what there are turns and room for.
    async fn begins(&mut self) -> Result<(), Error> {
        if !self.target.endpoint.enabled {
            for (delivery, _) in std::mem::take(&mut self.waiting) {
                self.unwritten.insert(delivery.id);
                self.heard.push(Heard::disabled(delivery, self.app.now()));
            }
        }
        while !self.waiting.is_empty() && self.may_begin() {
            self.paced = pace::full_until(&self.app, &self.target.endpoint).await?;
            if self.paced.is_some() {
                break;
            }
            let Some((delivery, event)) = self.waiting.pop_front() else { break };
            let (app, target, id) = (self.app.clone(), self.target.clone(), delivery.id);
            let task = self.tries.spawn(async move {
                fail_point!("delivery.before_send");
                send(&app, &target, &event, id).await
            });
            self.stays = true;
            self.unwritten.insert(id);
            self.on_the_way.insert(task.id(), delivery);
        }
        Ok(())
    }

    /// What was heard can be written. It goes with the next write while one is under way.
    fn may_write(&self) -> bool {
        self.writing.is_none() && !self.heard.is_empty()
    }

    fn writes(&mut self) {
        // Whatever comes next in its order waits for it.
        let is_awaited = self.tries.is_empty() || self.halted || self.target.endpoint.ordered;
        let is_enough = self.heard.len() >= WRITTEN_AT_ONCE || self.heard_at.is_over(GATHER);
        if self.may_write() && (is_awaited || is_enough) {
            let heard = std::mem::take(&mut self.heard);
            self.writing = Some(tokio::spawn(note(self.app.clone(), self.failing, heard)));
        }
    }

    async fn waits(&mut self, bell: &Bell<'_>) -> Happened {
        let may_begin = self.may_begin();
        let stale = may_begin.then(|| self.read_at.left(FRESH));
        let gathered = self.may_write().then(|| self.heard_at.left(GATHER));
        let soonest = stale.into_iter().chain(gathered).min();
        let Self { tries, writing, .. } = self;
        let written = async {
            match writing {
                Some(task) => task.await,
                None => pending().await,
            }
        };
        tokio::select! {
            Some(one) = tries.join_next_with_id() => Happened::Tried(one),
            noted = written => Happened::Written(noted),
            () = bell.rings(), if may_begin => Happened::Rung,
            () = sleep(soonest.unwrap_or_default()), if soonest.is_some() => Happened::Time,
        }
    }

    fn hears(&mut self, one: Result<(Id, Tried), JoinError>) {
        fail_point!("delivery.after_send");
        let (task, tried) = match one {
            Ok(sent) => sent,
            Err(panicked) => (panicked.id(), Tried::broken(&self.target, self.app.now())),
        };
        let Some(delivery) = self.on_the_way.remove(&task) else { return };
        self.app.figures.delivered(tried.good());
        if tried.is_gone() {
            self.halted = true;
            self.waiting.clear();
        }
        let heard = Heard::new(&self.app, &self.target.endpoint, delivery, tried);
        self.next = self.next.into_iter().chain(heard.next).min();
        if self.heard.is_empty() {
            self.heard_at = Stopwatch::start();
        }
        self.heard.push(heard);
    }

    fn wrote(&mut self, noted: Noted) {
        fail_point!("delivery.after_record");
        self.writing = None;
        self.failing = noted.failing;
        for id in &noted.deliveries {
            self.unwritten.remove(id);
        }
        if self.halted && self.heard.is_empty() || noted.disabled {
            self.halted = false;
            self.waiting.clear();
            self.is_all = false;
        }
        // What stood behind these may go.
        if self.target.endpoint.ordered {
            self.is_all = false;
        }
    }

    fn ending(&self) -> Ending {
        let now = self.app.now();
        match (self.paced.filter(|until| now < *until), self.next) {
            (Some(until), _) if !self.waiting.is_empty() => Ending::Later(until),
            _ if !self.waiting.is_empty() || !self.is_all => Ending::Later(now),
            (_, Some(next)) => Ending::Later(next),
            (_, None) => Ending::Done,
        }
    }
}
