//! The judgement: what the client was told, what the provider did, what the receiver heard and what the database says
//! must be one story. Returns what does not fit, in words.
//!
//! The checks carry the names of SAFETY's witness checks, W1 to W9.

use crate::client::Client;
use crate::told::History;
use crate::world::World;
use anyhow::{Context, Result};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// How far earlier judgements came: keys are asked again once.
#[derive(Default)]
pub(crate) struct Judged {
    keys: usize,
    alarms: usize,
}

/// What was found, and how much was looked at.
#[derive(Debug, Default)]
pub(crate) struct Verdict {
    pub broken: Vec<String>,
    pub captures: usize,
    pub refunds: usize,
    pub events: usize,
    pub heard: usize,
}

/// Judges a world at rest.
pub(crate) fn judge(
    world: &World,
    history: &History,
    client: &Client<'_>,
    judged: &mut Judged,
) -> Result<Verdict> {
    let mut verdict = Verdict::default();
    the_client(history, client, judged)?;
    let there = Provider::read(world)?;
    captures(world, &there, &mut verdict)?;
    refunds(world, &there, &mut verdict)?;
    charged_once(world, &there, &mut verdict)?;
    the_book(world, &there, &mut verdict)?;
    the_receiver(world, client, &mut verdict)?;
    the_database(world, judged, &mut verdict)?;
    verdict.broken.extend(history.take_broken());
    Ok(verdict)
}

/// W5, W6: every key has its one answer, every object is there, and nobody saw less than before.
fn the_client(history: &History, client: &Client<'_>, judged: &mut Judged) -> Result<()> {
    for told in history.told_from(judged.keys) {
        client.asks_again(&told)?;
        judged.keys += 1;
    }
    for id in history.objects() {
        client.reads(&id)?;
    }
    Ok(())
}

/// The provider's journal.
struct Provider {
    lines: Vec<Line>,
}

struct Line {
    what: String,
    id: String,
    our_ref: String,
    minor: i64,
}

impl Provider {
    fn read(world: &World) -> Result<Self> {
        let text = |line: &Value, name: &str| line[name].as_str().unwrap_or_default().to_owned();
        let lines = world.journal("razorpay")?;
        let lines = lines.iter().map(|line| Line {
            what: text(line, "what"),
            id: text(line, "id"),
            our_ref: text(line, "our_ref"),
            minor: line["amount_minor"].as_i64().unwrap_or(0),
        });
        Ok(Self { lines: lines.collect() })
    }

    fn of<'a>(&'a self, what: &'a str) -> impl Iterator<Item = &'a Line> {
        self.lines.iter().filter(move |line| line.what == what)
    }

    fn amounts(&self, what: &str, verdict: &mut Verdict) -> BTreeMap<String, i64> {
        let mut all = BTreeMap::new();
        for line in self.of(what) {
            if all.insert(line.id.clone(), line.minor).is_some() {
                verdict.broken.push(format!("W3 {} was {what} twice at the provider", line.id));
            }
        }
        all
    }
}

/// W1, W2: the provider's captures are ours, one to one.
fn captures(world: &World, there: &Provider, verdict: &mut Verdict) -> Result<()> {
    let here = world.database.rows("SELECT provider_capture_id, amount FROM iv_capture")?;
    let there = there.amounts("captured", verdict);
    verdict.captures = there.len();
    same("W1/W2 captures", &here, &there, verdict)
}

/// W4: the same of refunds.
fn refunds(world: &World, there: &Provider, verdict: &mut Verdict) -> Result<()> {
    let here =
        world.database.rows("SELECT provider_refund, amount_minor FROM refund WHERE status = 'processed'")?;
    let processed = there.amounts("refund_processed", verdict);
    verdict.refunds = processed.len();
    let mut accepted = BTreeMap::<&str, u32>::new();
    for line in there.of("refund_accepted").filter(|line| !line.our_ref.is_empty()) {
        *accepted.entry(&line.our_ref).or_default() += 1;
    }
    for (our_ref, times) in accepted.iter().filter(|(_, times)| **times > 1) {
        verdict.broken.push(format!("W4 refund {our_ref} was accepted {times} times"));
    }
    same("W4 refunds", &here, &processed, verdict)
}

fn same(
    what: &str,
    rows: &[Vec<String>],
    there: &BTreeMap<String, i64>,
    verdict: &mut Verdict,
) -> Result<()> {
    let mut here = BTreeMap::new();
    for row in rows {
        if here.insert(row[0].clone(), row[1].parse::<i64>()?).is_some() {
            verdict.broken.push(format!("{what}: {} stands here twice", row[0]));
        }
    }
    for (id, minor) in there {
        match here.get(id) {
            None => verdict.broken.push(format!("{what}: {id} of {minor} is at the provider and not here")),
            Some(ours) if ours != minor => {
                verdict.broken.push(format!("{what}: {id} is {minor} there and {ours} here"));
            }
            Some(_) => {}
        }
    }
    for (id, minor) in here.iter().filter(|(id, _)| !there.contains_key(*id)) {
        verdict.broken.push(format!("{what}: {id} of {minor} is here and not at the provider"));
    }
    Ok(())
}

/// W3, W8: one charge for each reference, one charge that stays for each order, and no order unpaid that was charged.
fn charged_once(world: &World, there: &Provider, verdict: &mut Verdict) -> Result<()> {
    let mut charges = BTreeMap::<&str, u32>::new();
    for line in there.of("captured") {
        *charges.entry(&line.our_ref).or_default() += 1;
    }
    for (our_ref, times) in charges.iter().filter(|(_, times)| **times > 1) {
        verdict.broken.push(format!("W3 reference {our_ref:?} was charged {times} times"));
    }
    let orders = world.database.rows(
        "SELECT o.id, o.status, o.amount, COALESCE(SUM(p.captured), 0), COALESCE(SUM(p.refunded), 0), \
         (SELECT COUNT(*) FROM iv_discrepancy d WHERE d.order_id = o.id), \
         (SELECT COUNT(*) FROM iv_refund r WHERE r.order_id = o.id AND r.status IN ('requested', 'processing')) \
         FROM iv_order o LEFT JOIN iv_payment p ON p.order_id = o.id GROUP BY o.id, o.status, o.amount",
    )?;
    for row in &orders {
        let number = |at: usize| row[at].parse::<i64>();
        let (amount, taken, returned) = (number(2)?, number(3)?, number(4)?);
        let questioned = number(5)? + number(6)? > 0;
        if taken - returned > amount && !questioned {
            verdict.broken.push(format!("W3 order {} of {amount} keeps {taken} less {returned}", row[0]));
        }
        if taken > 0 && row[1] != "paid" && !questioned && taken != returned {
            verdict.broken.push(format!("W8 order {} is {} and was charged {taken}", row[0], row[1]));
        }
    }
    Ok(())
}

/// W9: what the provider holds is what the ledger says that it holds.
fn the_book(world: &World, there: &Provider, verdict: &mut Verdict) -> Result<()> {
    let sum = |what: &str| there.of(what).map(|line| line.minor).sum::<i64>();
    let holds = sum("captured") - sum("refund_processed");
    let says = world.database.number(
        "SELECT CAST(COALESCE(SUM(balance), 0) AS BIGINT) FROM iv_account WHERE account LIKE 'provider:%' \
         AND book <> 'platform'",
    )?;
    if holds != says {
        verdict.broken.push(format!("W9 the provider holds {holds} and the ledger says {says}"));
    }
    Ok(())
}

/// W7: every event was heard, as itself, and the list of events pages to exactly the events there are.
fn the_receiver(world: &World, client: &Client<'_>, verdict: &mut Verdict) -> Result<()> {
    let mut heard = BTreeMap::<String, (String, String, i64)>::new();
    for line in world.journal("receiver")? {
        let text = |name: &str| line[name].as_str().unwrap_or_default().to_owned();
        let what = (text("type"), text("object_id"), line["seq"].as_i64().unwrap_or(0));
        if line["verified"] != true {
            verdict.broken.push(format!("W7 an unsigned delivery of {}", text("id")));
        }
        let before = heard.entry(text("id")).or_insert_with(|| what.clone());
        if *before != what {
            verdict.broken.push(format!("W7 event {} was heard as {before:?} and as {what:?}", text("id")));
        }
    }
    let events = world
        .database
        .rows("SELECT id, type, source_id, seq FROM iv_event WHERE source_type <> 'capture'")?;
    for row in &events {
        let what = (row[1].clone(), row[2].clone(), row[3].parse()?);
        match heard.get(&row[0]) {
            None => verdict.broken.push(format!("W7 event {} {} was never heard", row[0], row[1])),
            Some(other) if *other != what => {
                verdict.broken.push(format!("W7 event {} is {what:?} and was heard as {other:?}", row[0]));
            }
            Some(_) => {}
        }
    }
    let known: BTreeSet<&str> = events.iter().map(|row| row[0].as_str()).collect();
    for id in heard.keys().filter(|id| !known.contains(id.as_str())) {
        verdict.broken.push(format!("W7 event {id} was heard and is not here"));
    }
    let listed = every_event(client)?;
    if listed.len() != known.len() || listed.iter().any(|id| !known.contains(id.as_str())) {
        verdict.broken.push(format!("W7 {} events are listed, {} are here", listed.len(), known.len()));
    }
    verdict.events = events.len();
    verdict.heard = heard.len();
    Ok(())
}

fn every_event(client: &Client<'_>) -> Result<BTreeSet<String>> {
    const PAGES_MAX: usize = 10_000;
    let mut all = BTreeSet::new();
    let mut next = String::new();
    for _ in 0..PAGES_MAX {
        let page = client.lists(&format!("/api/v1/events?limit=100{next}"))?;
        let data = page["data"].as_array().context("a list has data")?;
        all.extend(data.iter().filter_map(|event| event["id"].as_str()).map(str::to_owned));
        match page["next"].as_str().filter(|_| page["has_more"] == true) {
            Some(id) => next = format!("&starting_after={id}"),
            None => break,
        }
    }
    Ok(all)
}

/// The product's own proof, and what must not be left over.
fn the_database(world: &World, judged: &mut Judged, verdict: &mut Verdict) -> Result<()> {
    let (well, text) = world.tries(&["verify", "--quiet"], &[])?;
    if !well {
        verdict.broken.push(format!("hundi verify: {}", text.trim()));
    }
    for (what, sql) in LEFT_OVER {
        let rows = world.database.rows(sql)?;
        if !rows.is_empty() {
            verdict.broken.push(format!("{what}: {rows:?}"));
        }
    }
    let alarms = world.alarms();
    verdict.broken.extend(alarms.iter().skip(judged.alarms).map(|line| format!("the log: {line}")));
    judged.alarms = alarms.len();
    Ok(())
}

const LEFT_OVER: &[(&str, &str)] = &[
    ("payments left in doubt", "SELECT id, status FROM iv_attempt WHERE in_doubt_at IS NOT NULL LIMIT 5"),
    (
        "refunds left on their way",
        "SELECT id, status FROM iv_refund WHERE status IN ('requested', 'processing') LIMIT 5",
    ),
    ("keys left running", "SELECT idem_key, resource_id FROM iv_idem WHERE state = 'running' LIMIT 5"),
    ("jobs that gave up", "SELECT kind, key FROM iv_job WHERE state = 'dead' LIMIT 5"),
    ("jobs still held", "SELECT kind, key FROM iv_job WHERE state = 'leased' LIMIT 5"),
    ("deliveries not made", "SELECT id, state FROM iv_delivery WHERE state <> 'delivered' LIMIT 5"),
    (
        "messages not worked on",
        "SELECT id, state FROM iv_inbox WHERE state NOT IN ('done', 'refused') LIMIT 5",
    ),
];
