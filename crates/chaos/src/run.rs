//! Whole programmes: the sample that every test run takes, and the long one.

use crate::client::Client;
use crate::dice::Dice;
use crate::judge::{Judged, judge};
use crate::points::{self, POINTS, Point};
use crate::settle;
use crate::storm;
use crate::told::{Asked, History};
use crate::twins::{self, TWINS};
use crate::world::{Plan, World};
use anyhow::{Context, Result, bail};
use std::collections::BTreeMap;
use std::fmt;
use std::time::{Duration, Instant};

/// A line of the table.
#[derive(Debug)]
pub struct Line {
    pub case: String,
    pub kills: u32,
    pub stories: u64,
    pub captures: usize,
    pub refunds: usize,
    pub events: usize,
    asked: Asked,
    pub took: Duration,
}

/// What a programme did. Whatever was broken ended it with an error instead.
#[derive(Debug, Default)]
pub struct Report {
    pub lines: Vec<Line>,
    pub refusals: BTreeMap<String, u64>,
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "{:<40} {:>6} {:>8} {:>9} {:>8} {:>8} {:>9} {:>6} {:>7}",
            "case", "kills", "stories", "captures", "refunds", "events", "requests", "lost", "seconds"
        )?;
        for l in &self.lines {
            let (asked, secs) = (&l.asked, l.took.as_secs());
            writeln!(
                f,
                "{:<40} {:>6} {:>8} {:>9} {:>8} {:>8} {:>9} {:>6} {:>7}",
                l.case, l.kills, l.stories, l.captures, l.refunds, l.events, asked.requests, asked.lost, secs
            )?;
        }
        let kills: u32 = self.lines.iter().map(|l| l.kills).sum();
        writeln!(f, "{kills} kills, nothing broken. Refusals that clients met: {:?}", self.refusals)
    }
}

impl Report {
    /// Joins another's lines to these.
    pub fn add(&mut self, other: Self) {
        self.lines.extend(other.lines);
        for (code, n) in other.refusals {
            *self.refusals.entry(code).or_default() += n;
        }
    }
}

/// One world under judgement.
struct Trial {
    world: World,
    history: History,
    dice: Dice,
    judged: Judged,
    began: Instant,
    kills: u32,
    stories: u64,
}

impl Trial {
    fn new(plan: &Plan) -> Result<Self> {
        Ok(Self {
            world: World::new(plan).context("making a world")?,
            history: History::default(),
            dice: Dice::new(plan.seed),
            judged: Judged::default(),
            began: Instant::now(),
            kills: plan.births,
            stories: 0,
        })
    }

    fn point(&mut self, point: Point) -> Result<()> {
        self.stories += points::die_at(&self.world, &self.history, &mut self.dice, point)?;
        self.kills += 1;
        Ok(())
    }

    fn storm(&mut self, kills: u32) -> Result<()> {
        let storm = storm::rage(&self.world, &self.history, &mut self.dice, kills)?;
        self.kills += storm.kills;
        self.stories += storm.stories;
        Ok(())
    }

    /// Rest, then judgement: an error names everything that does not fit.
    fn judge(&mut self, after: &str) -> Result<(usize, usize, usize)> {
        settle::rest(&self.world).with_context(|| format!("after {after}"))?;
        let client = Client::new(&self.world, &self.history, "judge".into(), self.dice.apart());
        let verdict = judge(&self.world, &self.history, &client, &mut self.judged)?;
        if verdict.broken.is_empty() {
            return Ok((verdict.captures, verdict.refunds, verdict.events));
        }
        bail!("after {after}:\n  {}", verdict.broken.join("\n  "))
    }

    fn end(self, case: String, (captures, refunds, events): (usize, usize, usize)) -> Result<Report> {
        let line = Line {
            case,
            kills: self.kills,
            stories: self.stories,
            captures,
            refunds,
            events,
            asked: self.history.counts(),
            took: self.began.elapsed(),
        };
        let refusals = self.history.refusals();
        self.world.end()?;
        Ok(Report { lines: vec![line], refusals })
    }
}

/// Runs a trial and judges it once more at its end; one that fails leaves its folder and its seed behind.
fn tried(plan: &Plan, case: String, deeds: impl FnOnce(&mut Trial) -> Result<()>) -> Result<Report> {
    let mut trial = Trial::new(plan)?;
    match deeds(&mut trial).and_then(|()| trial.judge("everything")) {
        Ok(counts) => trial.end(case, counts),
        Err(error) => {
            let folder = trial.world.keep();
            Err(error.context(format!("{case}: broken; seed {}; see {}", plan.seed, folder.display())))
        }
    }
}

/// What a test run takes: every point once, judged in groups, and a few random kills.
pub fn sample(plan: &Plan, kills: u32) -> Result<Report> {
    const GROUP: usize = 9;
    let case = format!("sample on {}", plan.engine.name());
    tried(plan, case, |trial| {
        for group in POINTS.chunks(GROUP) {
            for point in group {
                trial.point(*point)?;
            }
            trial.judge(&group.iter().map(|p| p.name).collect::<Vec<_>>().join(", "))?;
        }
        trial.storm(kills)
    })
}

/// Every point once (or those that are named), each judged by itself.
pub fn every_point(plan: &Plan, named: &[String]) -> Result<Report> {
    let case = format!("points on {}", plan.engine.name());
    let wanted = |p: &&Point| named.is_empty() || named.iter().any(|n| p.name.starts_with(n.as_str()));
    tried(plan, case, |trial| {
        for point in POINTS.iter().filter(wanted) {
            trial.point(*point)?;
            trial.judge(point.name)?;
            println!("{:<10} {:<28} died, came back, agrees", plan.engine.name(), point.name);
        }
        Ok(())
    })
}

/// One key at every server at once, and a death at each beat of what it asks for.
pub fn one_key(plan: &Plan) -> Result<Report> {
    let case = format!("one key on {}, {}", plan.engine.name(), servers(plan.nodes));
    tried(plan, case, |trial| {
        for twins in TWINS {
            trial.kills += twins::ask(&trial.world, &trial.history, &mut trial.dice, *twins)?;
            trial.stories += 1;
        }
        Ok(())
    })
}

fn servers(nodes: usize) -> String {
    if nodes == 1 { "1 server".to_owned() } else { format!("{nodes} servers") }
}

/// Random kills in one world, judged after each `round` of them.
pub fn random_kills(plan: &Plan, kills: u32, round: u32) -> Result<Report> {
    let nodes = match plan.nodes {
        1 => String::new(),
        nodes => format!(", {nodes} nodes"),
    };
    let case = format!("kills on {}{nodes}, seed {}", plan.engine.name(), plan.seed);
    tried(plan, case, |trial| {
        let mut left = kills;
        while left > 0 {
            let now = left.min(round.max(1));
            trial.storm(now)?;
            left -= now;
            if left > 0 {
                trial.judge(&format!("{} of {kills} kills", kills - left))?;
            }
        }
        Ok(())
    })
}
