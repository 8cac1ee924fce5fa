//! Random kills: clients that never stop asking, and a server that is killed with -9 at moments that the dice choose,
//! now and then again while it is still coming up.

use crate::client::Client;
use crate::dice::Dice;
use crate::points::AFTER_DEATH_MS;
use crate::story::{self, Mix};
use crate::told::History;
use crate::world::{Started, World};
use anyhow::{Result, bail};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

const CLIENTS: u64 = 3;
/// Between a start and the next kill.
const LIFE_MS: u64 = 900;
/// A start that is itself cut short.
const CHILDHOOD_MS: u64 = 120;
/// Sometimes time leaps with a kill, so that leases, sessions and polls of the time before come due at once. Together
/// with what passes anyhow it stays below the five minutes for which a signature on its way is fresh.
const LEAP_MS: u64 = 150_000;

/// How a storm went.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Storm {
    /// Processes killed while they served.
    pub kills: u32,
    /// Of these, killed while they started.
    pub young: u32,
    pub stories: u64,
}

/// Kills until `kills` processes were killed.
pub(crate) fn rage(world: &World, history: &History, dice: &mut Dice, kills: u32) -> Result<Storm> {
    let (over, stories) = (AtomicBool::new(false), AtomicU64::new(0));
    let name = dice.below(1 << 32);
    std::thread::scope(|scope| {
        let clients: Vec<_> = (0..CLIENTS)
            .map(|n| {
                let client = Client::new(world, history, format!("storm-{name:x}-{n}"), dice.apart());
                let mut own = dice.apart();
                let (over, stories) = (&over, &stories);
                scope.spawn(move || {
                    while !over.load(Ordering::Relaxed) {
                        story::play(world, &client, &mut own, Mix::usual())?;
                        stories.fetch_add(1, Ordering::Relaxed);
                    }
                    Ok::<_, anyhow::Error>(())
                })
            })
            .collect();
        let mut storm = Storm::default();
        let raged = strike(world, dice, kills, &mut storm);
        over.store(true, Ordering::Relaxed);
        for client in clients {
            client.join().map_err(|_| anyhow::anyhow!("a client panicked"))??;
        }
        storm.stories = stories.load(Ordering::Relaxed);
        raged.map(|()| storm)
    })
}

fn strike(world: &World, dice: &mut Dice, kills: u32, storm: &mut Storm) -> Result<()> {
    while storm.kills < kills {
        std::thread::sleep(Duration::from_millis(20 + dice.below(LIFE_MS)));
        let node = usize::try_from(dice.below(world.nodes() as u64)).unwrap_or(0);
        match world.kill(node)? {
            Some(_) => storm.kills += 1,
            None => bail!("a server was gone before it was killed: {}", world.log()),
        }
        while storm.kills < kills && dice.percent(25) {
            world.start_blind(node)?;
            std::thread::sleep(Duration::from_millis(dice.below(CHILDHOOD_MS)));
            if world.kill(node)?.is_some() {
                storm.kills += 1;
                storm.young += 1;
            }
        }
        match world.start(node, None)? {
            Started::Ready => {}
            Started::Died(death) => bail!("a start ended with {death:?}: {}", world.log()),
        }
        let leap = if dice.percent(10) { dice.below(LEAP_MS) } else { 0 };
        world.clock.advance(AFTER_DEATH_MS + i64::try_from(leap).unwrap_or(0))?;
    }
    Ok(())
}
