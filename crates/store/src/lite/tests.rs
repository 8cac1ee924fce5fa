//! The writer and the readers under the circumstances they were made for.

use super::queue::Queue;
use super::{LiteTx, Stance, job, open, reader, writer};
use crate::lanes::Lane;
use crate::shared::{Counters, Shared};
use crate::testing::Scratch;
use crate::{DbError, Stmt, Store, StoreConfig, Tx, v};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, mpsc};
use std::time::Duration;
use tokio::sync::oneshot;

static MAKE: Stmt = Stmt::new("t::MAKE", "CREATE TABLE t (id INTEGER PRIMARY KEY, x TEXT) STRICT", None);
static PUT: Stmt = Stmt::new("t::PUT", "INSERT INTO t (id, x) VALUES ($1, $2)", None);
static COUNT: Stmt = Stmt::new("t::COUNT", "SELECT count(*) FROM t", None);
static ENDLESS: Stmt = Stmt::new(
    "t::ENDLESS",
    "WITH RECURSIVE c (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c) SELECT count(*) FROM c",
    None,
);

async fn store() -> (Scratch, Store) {
    let scratch = Scratch::sqlite();
    let store = scratch.open().await;
    store.write(async |tx: &mut Tx| tx.exec(&MAKE, v![]).await).await.unwrap();
    (scratch, store)
}

async fn count(store: &Store) -> i64 {
    store.read(async |tx: &mut Tx| tx.opt(&COUNT, v![]).await?.unwrap().one()).await.unwrap()
}

async fn put(store: &Store, id: i64) -> Result<u64, DbError> {
    store.write(async move |tx: &mut Tx| tx.exec(&PUT, v![id, "x"]).await).await
}

fn path(scratch: &Scratch) -> &Path {
    let StoreConfig::Sqlite { path } = scratch.config() else { panic!("a file") };
    path
}

/// Keeps the writer busy inside an operation until the sender is dropped.
async fn hold_the_writer(store: &Store) -> mpsc::Sender<()> {
    let (release, released) = mpsc::channel::<()>();
    let (entered, has_entered) = mpsc::channel();
    let released = Mutex::new(released);
    let store = store.clone();
    drop(tokio::spawn(async move {
        let hold = store.write(async move |_: &mut Tx| {
            entered.send(()).unwrap();
            released.lock().unwrap().recv().unwrap_err();
            Ok::<_, DbError>(())
        });
        hold.await
    }));
    tokio::task::spawn_blocking(move || has_entered.recv()).await.unwrap().unwrap();
    release
}

async fn until_queued(store: &Store, n: u64) {
    while store.metrics().queue_depth < n {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn what_queues_up_shares_one_commit() {
    let (scratch, store) = store().await;
    let before = store.metrics();
    let release = hold_the_writer(&store).await;
    let callers: Vec<_> = (0..50)
        .map(|n| {
            tokio::spawn({
                let store = store.clone();
                async move { put(&store, n).await }
            })
        })
        .collect();
    until_queued(&store, 50).await;
    drop(release);
    for caller in callers {
        assert_eq!(caller.await.unwrap(), Ok(1));
    }
    let after = store.metrics();
    assert_eq!(
        (after.batches - before.batches, after.ops - before.ops),
        (2, 51),
        "the holder, then all the others"
    );
    scratch.done(store).await;
}

#[tokio::test]
async fn one_failure_undoes_only_itself() {
    let (scratch, store) = store().await;
    let release = hold_the_writer(&store).await;
    let spawn = |fault: Fault, id: i64| {
        let store = store.clone();
        tokio::spawn(async move {
            let write = store.write(async move |tx: &mut Tx| {
                tx.exec(&PUT, v![id, "x"]).await?;
                match fault {
                    Fault::None => Ok(()),
                    Fault::Error => Err(DbError::Conflict("no")),
                    Fault::Statement => tx.exec(&PUT, v![id, "again"]).await.map(drop),
                    Fault::Panic => panic!("as the test wants it"),
                    Fault::Waits => {
                        tokio::task::yield_now().await;
                        Ok(())
                    }
                }
            });
            write.await
        })
    };
    let callers = [
        spawn(Fault::None, 1),
        spawn(Fault::Error, 2),
        spawn(Fault::Statement, 3),
        spawn(Fault::Panic, 4),
        spawn(Fault::Waits, 5),
        spawn(Fault::None, 6),
    ];
    until_queued(&store, 6).await;
    let batches = store.metrics().batches;
    drop(release);
    let mut answers = Vec::new();
    for caller in callers {
        answers.push(caller.await.unwrap());
    }
    let told = |text: &str| Err(DbError::Bug(text.to_owned()));
    assert_eq!((&answers[0], &answers[5]), (&Ok(()), &Ok(())));
    assert_eq!(answers[1], Err(DbError::Conflict("no")));
    assert!(matches!(&answers[2], Err(DbError::Bug(why)) if why.contains("UNIQUE")), "{:?}", answers[2]);
    assert_eq!(answers[3], told("the operation panicked"));
    assert_eq!(answers[4], told("the operation waited inside a transaction"));
    assert_eq!(count(&store).await, 2);
    assert_eq!(store.metrics().batches, batches + 2, "all six were in one batch");
    scratch.done(store).await;
}

#[derive(Clone, Copy)]
enum Fault {
    None,
    Error,
    Statement,
    Panic,
    Waits,
}

#[tokio::test]
async fn interactive_work_goes_first() {
    let (scratch, store) = store().await;
    let release = hold_the_writer(&store).await;
    let order = Arc::new(Mutex::new(Vec::new()));
    let spawn = |name: &'static str, background: bool| {
        let (store, order) = (store.clone(), Arc::clone(&order));
        tokio::spawn(async move {
            let note = async move |_: &mut Tx| {
                order.lock().unwrap().push(name);
                Ok::<_, DbError>(())
            };
            if background { store.write_background(note).await } else { store.write(note).await }
        })
    };
    let import = spawn("import", true);
    until_queued(&store, 1).await;
    let payer = spawn("payer", false);
    until_queued(&store, 2).await;
    drop(release);
    import.await.unwrap().unwrap();
    payer.await.unwrap().unwrap();
    assert_eq!(*order.lock().unwrap(), ["payer", "import"]);
    scratch.done(store).await;
}

#[tokio::test]
async fn whoever_leaves_the_queue_is_not_served() {
    let (scratch, store) = store().await;
    let release = hold_the_writer(&store).await;
    let leaver = tokio::spawn({
        let store = store.clone();
        async move { put(&store, 1).await }
    });
    until_queued(&store, 1).await;
    leaver.abort();
    assert!(leaver.await.unwrap_err().is_cancelled());
    drop(release);
    put(&store, 2).await.unwrap();
    assert_eq!(count(&store).await, 1);
    scratch.done(store).await;
}

/// A writer's connection to a new file, and what it is told of a broken database.
fn writer_of(path: &Path) -> (rusqlite::Connection, Shared, Arc<AtomicUsize>) {
    let conn = open::writer(path, Stance::Server).unwrap();
    let broken = Arc::new(AtomicUsize::new(0));
    let heard = Arc::clone(&broken);
    let shared = Shared::new(Arc::new(move |_| {
        heard.fetch_add(1, Ordering::Relaxed);
    }));
    (conn, shared, broken)
}

type Answer = oneshot::Receiver<Result<u64, DbError>>;

fn queued(queue: &Queue, f: impl AsyncFn(&mut Tx) -> Result<u64, DbError> + Send + 'static) -> Answer {
    let (reply, answer) = oneshot::channel();
    queue.push(Box::new(job::Op::new(f, reply)), Lane::Interactive).unwrap();
    answer
}

#[test]
fn a_failed_commit_takes_back_every_answer() {
    let folder = tempfile::tempdir().unwrap();
    let (mut conn, shared, broken) = writer_of(&folder.path().join("a.db"));
    conn.execute_batch(MAKE.sql).unwrap();
    conn.commit_hook(Some(|| true)).unwrap();
    let queue = Queue::new(10);
    let mut answers = [
        queued(&queue, async |tx: &mut Tx| tx.exec(&PUT, v![1_i64, "a"]).await),
        // Refused because of what the first one wrote, which is undone: not a refusal to be believed.
        queued(&queue, async |tx: &mut Tx| match tx.opt(&COUNT, v![]).await?.unwrap().one::<i64>()? {
            0 => Ok(0),
            _ => Err(DbError::Conflict("already there")),
        }),
    ];
    queue.close();
    writer::run(Tx::of_lite(LiteTx::new(conn, shared)), &queue, &Counters::default());
    for answer in &mut answers {
        let answer = answer.try_recv().unwrap();
        assert!(matches!(answer, Err(DbError::Unavailable(_))), "{answer:?}");
    }
    assert_eq!(broken.load(Ordering::Relaxed), 0);
}

#[test]
fn a_full_disk_refuses_and_the_server_stays_up() {
    let folder = tempfile::tempdir().unwrap();
    let (conn, shared, broken) = writer_of(&folder.path().join("a.db"));
    conn.execute_batch(MAKE.sql).unwrap();
    conn.execute_batch("PRAGMA max_page_count = 20").unwrap();
    let queue = Queue::new(10);
    let mut answers = [
        queued(&queue, async |tx: &mut Tx| tx.exec(&PUT, v![1_i64, "x".repeat(200_000)]).await),
        queued(&queue, async |tx: &mut Tx| tx.exec(&PUT, v![2_i64, "small"]).await),
    ];
    queue.close();
    writer::run(Tx::of_lite(LiteTx::new(conn, shared)), &queue, &Counters::default());
    assert!(matches!(answers[0].try_recv().unwrap(), Err(DbError::Unavailable(_))));
    // Whether the neighbour's write was kept or undone with it is SQLite's choice; an answer is never wrong about it.
    let told = answers[1].try_recv().unwrap();
    let conn = rusqlite::Connection::open(folder.path().join("a.db")).unwrap();
    let rows: i64 = conn.query_row("SELECT count(*) FROM t", [], |row| row.get(0)).unwrap();
    assert_eq!(rows, i64::from(told.is_ok()), "{told:?}");
    assert_eq!(broken.load(Ordering::Relaxed), 0);
}

#[test]
fn a_corrupt_database_stops_everything() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.db");
    let (conn, ..) = writer_of(&path);
    conn.execute_batch(MAKE.sql).unwrap();
    conn.execute_batch("INSERT INTO t (id, x) VALUES (1, 'a')").unwrap();
    drop(conn);
    // The second page holds the table.
    let mut bytes = std::fs::read(&path).unwrap();
    bytes[4096..8192].fill(0xee);
    std::fs::write(&path, bytes).unwrap();

    let (conn, shared, broken) = writer_of(&path);
    let queue = Arc::new(Queue::new(300));
    let read = async |tx: &mut Tx| tx.all(&COUNT, v![]).await.map(|_| 0);
    let make = async |tx: &mut Tx| tx.exec(&OTHER, v![]).await;
    static OTHER: Stmt = Stmt::new("t::OTHER", "CREATE TABLE other (id INTEGER PRIMARY KEY) STRICT", None);
    // The first batch breaks; the second one finds the writer stopped.
    let mut answers = vec![queued(&queue, make), queued(&queue, read)];
    answers.extend((0..250).map(|_| queued(&queue, make)));
    queue.close();
    writer::run(Tx::of_lite(LiteTx::new(conn, shared)), &queue, &Counters::default());
    for answer in &mut answers {
        assert!(matches!(answer.try_recv().unwrap(), Err(DbError::Broken(_))));
    }
    assert_eq!(broken.load(Ordering::Relaxed), 1);
}

#[tokio::test]
async fn an_answer_means_that_it_is_in_the_log() {
    let (scratch, store) = store().await;
    for id in 0..20 {
        put(&store, id).await.unwrap();
    }
    // As the disk stands while the server still runs: what a crash would leave.
    let copy = tempfile::tempdir().unwrap();
    for suffix in ["", "-wal"] {
        let name = format!("hundi.db{suffix}");
        std::fs::copy(path(&scratch).with_file_name(&name), copy.path().join(&name)).unwrap();
    }
    let config = StoreConfig::Sqlite { path: copy.path().join("hundi.db") };
    let after = Store::open(&config).await.unwrap();
    assert_eq!(count(&after).await, 20);
    after.close().await;
    scratch.done(store).await;
}

#[tokio::test]
async fn a_second_server_is_refused_but_a_command_is_not() {
    let (scratch, server) = store().await;
    let refused = Store::open(scratch.config()).await.err().unwrap();
    assert!(refused.to_string().contains("another hundi server"), "{refused}");

    let command = Store::open_beside(scratch.config()).await.unwrap();
    assert_eq!(put(&command, 1).await, Ok(1));
    assert_eq!(put(&server, 2).await, Ok(1));
    assert_eq!((count(&command).await, count(&server).await), (2, 2));
    command.close().await;

    server.close().await;
    let next = Store::open(scratch.config()).await.unwrap();
    assert_eq!(count(&next).await, 2);
    scratch.done(next).await;
}

#[tokio::test]
async fn a_command_beside_the_server_does_not_migrate() {
    let scratch = Scratch::sqlite();
    let server = scratch.open().await;
    let command = Store::open_beside(scratch.config()).await.unwrap();
    assert!(command.migrate().await.is_err());
    server.migrate().await.unwrap();
    assert_eq!(command.migrate().await, Ok(()));
    command.close().await;
    scratch.done(server).await;
}

#[test]
fn a_read_that_takes_too_long_is_cut_off() {
    let folder = tempfile::tempdir().unwrap();
    let path: PathBuf = folder.path().join("a.db");
    let (conn, shared, _) = writer_of(&path);
    conn.execute_batch(MAKE.sql).unwrap();
    let mut conn = open::reader(&path).unwrap();
    let deadline = reader::Deadline::watching(&mut conn).unwrap();
    let queue = Queue::new(10);
    let mut endless = queued(&queue, async |tx: &mut Tx| tx.all(&ENDLESS, v![]).await.map(|_| 0));
    let count = async |tx: &mut Tx| tx.all(&COUNT, v![]).await.map(|rows| rows.len() as u64);
    // So many that a reader takes several at once: those beside the long one are not cut off with it.
    let mut others: Vec<_> = (0..8).map(|_| queued(&queue, count)).collect();
    queue.close();
    reader::run_with(Tx::of_lite(LiteTx::new(conn, shared)), &queue, &deadline, Duration::from_millis(50));
    assert!(matches!(endless.try_recv().unwrap(), Err(DbError::Unavailable(_))));
    for other in &mut others {
        assert_eq!(other.try_recv().unwrap(), Ok(1), "and the reader goes on");
    }
}
