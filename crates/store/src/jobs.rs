//! Jobs: work that was promised in a transaction and is done after it.

use crate::{DbError, Row, Tx, v};
use hundi_core::{JobId, Millis, Mode, Scope};

/// A job as claimed.
#[derive(Clone, Debug)]
pub struct Job {
    pub id: JobId,
    pub kind: String,
    /// What it is about: with the kind, unique among live jobs.
    pub key: String,
    pub scope: Option<Scope>,
    pub attempt: i64,
    /// Results are written only while this is the row's.
    pub fence: i64,
}

crate::statements! {
    // One live job per kind and key. Asked for while it runs, it runs again: no wake-up is lost.
    ENQUEUE =
        "INSERT INTO job (id, kind, key, merchant_id, mode, state, run_ms, again_ms, attempt, lease_until_ms, fence, \
         last_error, created_ms) VALUES ($1, $2, $3, $4, $5, 'ready', $6, NULL, 0, NULL, 0, NULL, $7) \
         ON CONFLICT (kind, key) DO UPDATE SET \
         again_ms = CASE WHEN job.state <> 'leased' THEN job.again_ms \
           WHEN job.again_ms IS NULL OR excluded.run_ms < job.again_ms THEN excluded.run_ms ELSE job.again_ms END, \
         run_ms = CASE WHEN job.state = 'leased' OR excluded.run_ms > job.run_ms THEN job.run_ms ELSE excluded.run_ms END, \
         attempt = CASE WHEN job.state = 'dead' THEN 0 ELSE job.attempt END, \
         state = CASE WHEN job.state = 'dead' THEN 'ready' ELSE job.state END";
    WITHDRAW = "DELETE FROM job WHERE kind = $1 AND key = $2 AND state = 'ready'";
    CLAIM =
        "UPDATE job SET state = 'leased', fence = fence + 1, attempt = attempt + 1, \
         lease_until_ms = CASE WHEN kind = $4 THEN CAST($5 AS BIGINT) ELSE CAST($2 AS BIGINT) END \
         WHERE id IN (SELECT id FROM job WHERE state = 'ready' AND run_ms <= $1 ORDER BY run_ms LIMIT $3) \
         RETURNING id, kind, key, merchant_id, mode, attempt, fence",
        pg "UPDATE job SET state = 'leased', fence = fence + 1, attempt = attempt + 1, \
            lease_until_ms = CASE WHEN kind = $4 THEN CAST($5 AS BIGINT) ELSE CAST($2 AS BIGINT) END \
            WHERE id IN (SELECT id FROM job WHERE state = 'ready' AND run_ms <= $1 ORDER BY run_ms LIMIT $3 \
            FOR UPDATE SKIP LOCKED) RETURNING id, kind, key, merchant_id, mode, attempt, fence";
    // A worker that died: its lease ran out. Its late result will miss the fence.
    RECLAIM =
        "UPDATE job SET state = 'ready', lease_until_ms = NULL, run_ms = $1, fence = fence + 1 \
         WHERE state = 'leased' AND lease_until_ms < $1";
    // Whoever held them is gone for certain.
    FREE =
        "UPDATE job SET state = 'ready', lease_until_ms = NULL, run_ms = $1, fence = fence + 1 WHERE state = 'leased'";
    DONE = "DELETE FROM job WHERE id = $1 AND fence = $2 AND again_ms IS NULL";
    AGAIN =
        "UPDATE job SET state = 'ready', run_ms = again_ms, again_ms = NULL, attempt = 0, lease_until_ms = NULL \
         WHERE id = $1 AND fence = $2 AND again_ms IS NOT NULL RETURNING run_ms";
    // Done for now; wanted again at a known time.
    LATER =
        "UPDATE job SET state = 'ready', run_ms = CASE WHEN again_ms IS NOT NULL AND again_ms < $3 THEN again_ms ELSE $3 END, \
         again_ms = NULL, attempt = 0, lease_until_ms = NULL, last_error = NULL WHERE id = $1 AND fence = $2 \
         RETURNING run_ms";
    RETRY =
        "UPDATE job SET state = 'ready', run_ms = $3, lease_until_ms = NULL, last_error = $4 WHERE id = $1 AND fence = $2";
    BURY =
        "UPDATE job SET state = 'dead', lease_until_ms = NULL, last_error = $3 WHERE id = $1 AND fence = $2";
    RERUN = "UPDATE job SET state = 'ready', run_ms = $2, attempt = 0 WHERE id = $1 AND state = 'dead'";
    COUNT =
        "INSERT INTO job_count (kind, day, done, failed) VALUES ($1, $2, $3, $4) ON CONFLICT (kind, day) \
         DO UPDATE SET done = job_count.done + excluded.done, failed = job_count.failed + excluded.failed";
    STANDING = "SELECT kind, state, COUNT(*) AS n, MIN(run_ms) AS oldest FROM job GROUP BY kind, state ORDER BY kind, state";
    STANDING_OF = "SELECT kind, state, COUNT(*) AS n, MIN(run_ms) AS oldest FROM job WHERE merchant_id = $1 AND mode = $2 \
        GROUP BY kind, state ORDER BY kind, state";
    DEAD = "SELECT id, kind, key, merchant_id, mode, attempt, fence FROM job WHERE state = 'dead' ORDER BY run_ms LIMIT 100";
    ANYTHING_DUE =
        "SELECT 1 AS one WHERE EXISTS (SELECT id FROM job WHERE state = 'ready' AND run_ms <= $1) \
         OR EXISTS (SELECT id FROM job WHERE state = 'leased' AND lease_until_ms < $1)";
    IS_LIVE = "SELECT id FROM job WHERE kind = $1 AND key = $2 AND state IN ('ready', 'leased') LIMIT 1";
    NEXT = "SELECT MIN(run_ms) AS at FROM job WHERE state = 'ready'";
    DUE_NOW = "SELECT COUNT(*) AS n FROM job WHERE (state = 'ready' AND run_ms <= $1) OR state = 'leased'";
}

/// Promises work on `key` at `run_at`, in the transaction of what causes it.
pub async fn enqueue(
    tx: &mut Tx,
    id: JobId,
    kind: &str,
    key: &str,
    scope: Option<Scope>,
    run_at: Millis,
    now: Millis,
) -> Result<(), DbError> {
    let args = v![id, kind, key, scope.map(Scope::merchant), scope.map(Scope::mode), run_at, now];
    tx.push(&ENQUEUE, args).await
}

/// Whether a job of this kind and key waits, or is being done.
pub async fn is_live(tx: &mut Tx, kind: &str, key: &str) -> Result<bool, DbError> {
    Ok(tx.opt(&IS_LIVE, v![kind, key]).await?.is_some())
}

/// Deletes a job that nobody has claimed.
pub async fn withdraw(tx: &mut Tx, kind: &str, key: &str) -> Result<(), DbError> {
    tx.exec(&WITHDRAW, v![kind, key]).await.map(drop)
}

/// Until when claimed jobs are their worker's: all until one time, but those of one kind until another.
#[derive(Clone, Copy, Debug)]
pub struct Leases {
    pub until: Millis,
    pub of: &'static str,
    pub until_of: Millis,
}

/// Takes up to `limit` due jobs.
pub async fn claim(tx: &mut Tx, now: Millis, leases: Leases, limit: i64) -> Result<Vec<Job>, DbError> {
    let args = v![now, leases.until, limit, leases.of, leases.until_of];
    tx.all(&CLAIM, args).await?.iter().map(read).collect()
}

/// Whether a claim would find something.
pub async fn anything_due(tx: &mut Tx, now: Millis) -> Result<bool, DbError> {
    Ok(tx.opt(&ANYTHING_DUE, v![now]).await?.is_some())
}

/// Frees jobs whose worker let its lease run out.
pub async fn reclaim(tx: &mut Tx, now: Millis) -> Result<u64, DbError> {
    tx.exec(&RECLAIM, v![now]).await
}

/// Frees every job that is held. Returns how many.
pub async fn free_all(tx: &mut Tx, now: Millis) -> Result<u64, DbError> {
    tx.exec(&FREE, v![now]).await
}

/// How a run ended.
#[derive(Clone, Debug)]
pub enum Ending {
    Done,
    /// Wanted again at a known time: a poll, a delivery's next try.
    Later(Millis),
    Retry {
        at: Millis,
        error: String,
    },
    Dead {
        error: String,
    },
}

/// What became of a job whose run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// The lease was lost meanwhile: nothing was written.
    NotOurs,
    Over,
    /// It was asked for while it ran, or wants to run again: then.
    Due(Millis),
}

/// Writes how a run ended, unless the lease was lost meanwhile.
pub async fn end(tx: &mut Tx, job: &Job, ending: &Ending) -> Result<Ended, DbError> {
    let changed = match ending {
        Ending::Done => match tx.exec(&DONE, v![job.id, job.fence]).await? {
            0 => return due(tx.opt(&AGAIN, v![job.id, job.fence]).await?),
            n => n,
        },
        Ending::Later(at) => return due(tx.opt(&LATER, v![job.id, job.fence, *at]).await?),
        Ending::Retry { at, error } => tx.exec(&RETRY, v![job.id, job.fence, *at, error]).await?,
        Ending::Dead { error } => tx.exec(&BURY, v![job.id, job.fence, error]).await?,
    };
    Ok(if changed > 0 { Ended::Over } else { Ended::NotOurs })
}

fn due(row: Option<Row>) -> Result<Ended, DbError> {
    row.map_or(Ok(Ended::NotOurs), |row| row.read().get().map(Ended::Due))
}

/// A person asks for a dead job to run again.
pub async fn rerun(tx: &mut Tx, id: JobId, now: Millis) -> Result<bool, DbError> {
    Ok(tx.exec(&RERUN, v![id, now]).await? == 1)
}

/// Counts finished runs per kind and day.
pub async fn count(tx: &mut Tx, kind: &str, day: i64, done: i64, failed: i64) -> Result<(), DbError> {
    tx.exec(&COUNT, v![kind, day, done, failed]).await.map(drop)
}

/// How many jobs of a kind are in a state, and when the oldest is due.
#[derive(Clone, Debug)]
pub struct Standing {
    pub kind: String,
    pub state: String,
    pub count: i64,
    pub oldest: Option<Millis>,
}

/// The whole table at a glance.
pub async fn standing(tx: &mut Tx) -> Result<Vec<Standing>, DbError> {
    tx.all(&STANDING, v![]).await?.iter().map(read_standing).collect()
}

/// One merchant's part of it.
pub async fn standing_of(tx: &mut Tx, scope: Scope) -> Result<Vec<Standing>, DbError> {
    tx.all(&STANDING_OF, v![scope.merchant(), scope.mode()]).await?.iter().map(read_standing).collect()
}

fn read_standing(row: &Row) -> Result<Standing, DbError> {
    let mut r = row.read();
    Ok(Standing { kind: r.get()?, state: r.get()?, count: r.get()?, oldest: r.get()? })
}

/// Jobs that gave up.
pub async fn dead(tx: &mut Tx) -> Result<Vec<Job>, DbError> {
    tx.all(&DEAD, v![]).await?.iter().map(read).collect()
}

/// When the next job is due.
pub async fn next_due(tx: &mut Tx) -> Result<Option<Millis>, DbError> {
    tx.opt(&NEXT, v![]).await?.map_or(Ok(None), |r| r.read().get())
}

/// How many jobs are due or running.
pub async fn due_now(tx: &mut Tx, now: Millis) -> Result<i64, DbError> {
    tx.opt(&DUE_NOW, v![now]).await?.map_or(Ok(0), |r| r.read().get())
}

fn read(row: &Row) -> Result<Job, DbError> {
    let mut r = row.read();
    let (id, kind, key) = (r.get()?, r.get()?, r.get()?);
    let scope = match (r.get()?, r.get::<Option<Mode>>()?) {
        (Some(merchant), Some(mode)) => Some(Scope::of_row(merchant, mode)),
        _ => None,
    };
    Ok(Job { id, kind, key, scope, attempt: r.get()?, fence: r.get()? })
}
