//! Counting on all nodes together, on a Redis; and on this one alone while there is none.
//!
//! The script does what [`super::counts`] does, step for step: a test runs both side by side. Time is the asker's, which
//! nodes take from the database. A key is hashed before it goes out: it may hold a payer's number.

use super::counts::STEPS;
use super::{Limit, Rule, Turn};
use crate::net::{Away, Redis, RedisAt};
use hundi_core::Millis;
use std::sync::atomic::{AtomicBool, Ordering};

/// KEYS: the counts, a hash of turns by step. ARGV: the step's length, this step, steps in a window, turns, now.
const SCRIPT: &str = "\
local length, this, steps = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local turns, now = tonumber(ARGV[4]), tonumber(ARGV[5])
local all, used, held = redis.call('HGETALL', KEYS[1]), 0, {}
for i = 1, #all, 2 do
  local step, taken = tonumber(all[i]), tonumber(all[i + 1])
  if step + steps < this then
    redis.call('HDEL', KEYS[1], all[i])
  else
    used = used + taken
    held[#held + 1] = { step, taken }
  end
end
table.sort(held, function(a, b) return a[1] < b[1] end)
local given = 0
if used < turns then
  given = 1
  used = used + 1
  local last = held[#held]
  if last and last[1] >= this then
    last[2] = last[2] + 1
  else
    last = { this, 1 }
    held[#held + 1] = last
  end
  redis.call('HSET', KEYS[1], string.format('%.0f', last[1]), last[2])
  redis.call('PEXPIRE', KEYS[1], string.format('%.0f', (last[1] + steps + 2) * length - now))
end
local left, wait = used, 0
for i = 1, #held do
  left = left - held[i][2]
  if left < turns then
    wait = (held[i][1] + steps + 1) * length - now
    break
  end
end
return { given, math.max(turns - used, 0), wait }";

/// The counts of all nodes.
pub(super) struct Shared {
    redis: Redis,
    /// Whether the last thing that was told of it is that it is away.
    is_away: AtomicBool,
}

impl Shared {
    pub(super) fn new(at: RedisAt) -> Self {
        Self { redis: Redis::new(at), is_away: AtomicBool::new(false) }
    }

    /// `None`: it is away, and whoever asks counts for itself. Told once each time it goes and comes.
    pub(super) async fn take(&self, rule: Rule, limit: Limit, hash: &str, now: Millis) -> Option<Turn> {
        let key = format!("hundi:limit:{}:{hash}", rule.as_str());
        let args = [limit.step_ms(), limit.step_of(now), STEPS, i64::from(limit.turns), now.0];
        let ended = self.redis.eval(SCRIPT, &key, &args, now).await.and_then(|numbers| {
            let turn = match numbers[..] {
                [given @ (0 | 1), remaining, wait_ms] => u32::try_from(remaining)
                    .ok()
                    .map(|remaining| Turn { given: given == 1, remaining, wait_ms }),
                _ => None,
            };
            turn.ok_or_else(|| Away::Failed("its answer is none that it should give".into()))
        });
        match ended {
            Ok(turn) => {
                if self.is_away.swap(false, Ordering::Relaxed) {
                    tracing::info!("Redis is back: limits are counted on all nodes together again");
                }
                Some(turn)
            }
            Err(why) => {
                if why != Away::LeftAlone && !self.is_away.swap(true, Ordering::Relaxed) {
                    tracing::warn!(%why, "Redis is away: each node counts limits for itself");
                }
                None
            }
        }
    }
}
