//! Named points: at each the server kills itself once, with SIGKILL, in the middle of a story that leads there.

use crate::client::Client;
use crate::dice::Dice;
use crate::process::{Death, KILLED};
use crate::story::{self, Fault, Mix};
use crate::told::History;
use crate::world::{Started, World};
use anyhow::{Result, bail};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// A place in the server at which a test build can be told to die, the nth time it comes there, and stories that lead
/// there.
#[derive(Clone, Copy, Debug)]
pub struct Point {
    pub name: &'static str,
    mix: Mix,
}

const fn at(name: &'static str) -> Point {
    Point { name, mix: Mix { faulty: 0, ..Mix::usual() } }
}

const fn taking(name: &'static str) -> Point {
    Point { name, mix: Mix { manual: 100, refunded: 0, again: 0, faulty: 0, fault: None } }
}

const fn giving_back(name: &'static str) -> Point {
    Point { name, mix: Mix { manual: 0, refunded: 100, again: 0, faulty: 0, fault: None } }
}

/// With a payer who closes the page and opens it again: the second request finds a payment under way.
const fn coming_again(name: &'static str) -> Point {
    Point { name, mix: Mix { again: 100, faulty: 0, ..Mix::usual() } }
}

const fn in_doubt(name: &'static str) -> Point {
    Point { name, mix: Mix { fault: Some(Fault::SilentOnOpening), ..Mix::usual() } }
}

/// After each beat of everything that leaves the house, and of everything that follows from it.
pub const POINTS: &[Point] = &[
    at("order.after_create"),
    at("pay.after_begin"),
    at("pay.after_call"),
    at("pay.after_record"),
    at("pay.before_answer"),
    at("answer.after_keep"),
    coming_again("pay.after_begin:2"),
    coming_again("pay.before_answer:2"),
    taking("capture.after_begin"),
    taking("capture.after_call"),
    taking("capture.after_record"),
    taking("capture.before_answer"),
    giving_back("refund.after_begin"),
    giving_back("refund.after_call"),
    giving_back("refund.after_record"),
    giving_back("refund.before_answer"),
    giving_back("refund.watch_after_record"),
    at("notice.before_store"),
    at("notice.after_store"),
    at("notice.after_work"),
    at("delivery.before_send"),
    at("delivery.after_send"),
    at("delivery.after_record"),
    at("follow.after_fan_out"),
    at("follow.after_fold"),
    giving_back("follow.after_chain"),
    at("job.after_claim"),
    at("job.before_end"),
    at("job.after_end"),
    at("watch.after_call"),
    at("watch.after_take_in"),
    at("watch.after_record"),
    in_doubt("watch.after_find"),
    at("return.before_look"),
    at("return.after_look"),
];

const REACHED_WITHIN: Duration = Duration::from_secs(40);
const TICK: Duration = Duration::from_millis(150);
/// While stories run, time runs faster: polls and retries come due in them.
const TICK_MS: i64 = 9_000;
/// Keys in flight at a death are free again after this, and a client may finish them.
pub(crate) const AFTER_DEATH_MS: i64 = 50_000;

/// Has the server die at a point and come up again, under stories that go on all the while. Returns how many.
pub(crate) fn die_at(world: &World, history: &History, dice: &mut Dice, point: Point) -> Result<u64> {
    world.stop(0)?;
    let started = world.start(0, Some(point.name))?;
    let over = AtomicBool::new(false);
    let client =
        Client::new(world, history, format!("at-{}-{:x}", point.name, dice.below(1 << 32)), dice.apart());
    let mut own = dice.apart();
    std::thread::scope(|scope| {
        let stories = scope.spawn(|| {
            let mut played = 0;
            while !over.load(Ordering::Relaxed) {
                story::play(world, &client, &mut own, point.mix)?;
                played += 1;
            }
            Ok::<_, anyhow::Error>(played)
        });
        let died = match started {
            Started::Died(death) => Ok(death),
            Started::Ready => wait(world),
        };
        // Whatever was found, the stories need a server to come to their end.
        let up = died.and_then(|death| {
            if death != Death::Signal(KILLED) {
                bail!("at {} it ended with {death:?}: {}", point.name, world.log());
            }
            Ok(())
        });
        world.kill(0)?;
        let again = world.start(0, None)?;
        world.clock.advance(AFTER_DEATH_MS)?;
        over.store(true, Ordering::Relaxed);
        let told = stories.join().map_err(|_| anyhow::anyhow!("the stories panicked"))?;
        up.map_err(|error| error.context(format!("at {}", point.name)))?;
        let played = told?;
        match again {
            Started::Ready => Ok(played),
            Started::Died(death) => {
                bail!("after {} the start ended with {death:?}: {}", point.name, world.log())
            }
        }
    })
}

fn wait(world: &World) -> Result<Death> {
    let end = Instant::now() + REACHED_WITHIN;
    let mut ticked = Instant::now();
    loop {
        if let Some(death) = world.death(0)? {
            return Ok(death);
        }
        if Instant::now() > end {
            bail!("the point was not reached within {REACHED_WITHIN:?}");
        }
        if ticked.elapsed() >= TICK {
            world.clock.advance(TICK_MS)?;
            ticked = Instant::now();
        }
        std::thread::sleep(Duration::from_millis(3));
    }
}
