//! Conflicts, cancelled callers and lost connections.

use super::pool;
use crate::testing::Scratch;
use crate::{DbError, Isolation, Stmt, Store, StoreConfig, Tx, TxError, v};
use hundi_core::Secret;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Barrier;
use tokio_postgres::Config;

static MAKE: Stmt = Stmt::new("t::MAKE", "CREATE TABLE t (id BIGINT PRIMARY KEY, n BIGINT NOT NULL)", None);
static PUT: Stmt = Stmt::new("t::PUT", "INSERT INTO t (id, n) VALUES ($1, $2)", None);
static GET: Stmt = Stmt::new("t::GET", "SELECT n FROM t WHERE id = $1", None);
static SET: Stmt = Stmt::new("t::SET", "UPDATE t SET n = $2 WHERE id = $1", None);
static COUNT: Stmt = Stmt::new("t::COUNT", "SELECT count(*) AS n FROM t", None);
static IDLE: Stmt = Stmt::new(
    "t::IDLE",
    "SELECT count(*) AS n FROM pg_stat_activity WHERE datname = current_database() AND state LIKE 'idle in trans%'",
    None,
);

/// A store of each isolation, with the rows 1 and 2 at zero.
async fn stores() -> Vec<(Scratch, Store)> {
    let mut all = Vec::new();
    for scratch in Scratch::each_pg().await {
        let store = scratch.open().await;
        let made = store.write(async |tx: &mut Tx| {
            tx.exec(&MAKE, v![]).await?;
            tx.exec(&PUT, v![1_i64, 0_i64]).await?;
            tx.exec(&PUT, v![2_i64, 0_i64]).await
        });
        made.await.unwrap();
        all.push((scratch, store));
    }
    all
}

async fn number(store: &Store, stmt: &'static Stmt, args: Vec<crate::Value>) -> i64 {
    store.read(async move |tx: &mut Tx| tx.opt(stmt, args.clone()).await?.unwrap().one()).await.unwrap()
}

/// Keeps nothing of a database error: what a closure must not, but may, do.
#[derive(Debug, PartialEq)]
enum Vague {
    Failed,
}

impl From<DbError> for Vague {
    fn from(_: DbError) -> Self {
        Self::Failed
    }
}

impl TxError for Vague {
    fn as_db(&self) -> Option<&DbError> {
        None
    }
}

#[tokio::test]
async fn colliding_increments_are_rerun_until_all_are_in() {
    for (scratch, store) in stores().await.into_iter().filter(|(s, _)| s.engine().contains("serializable")) {
        let meet = Arc::new(Barrier::new(2));
        let callers = [1_i64, 2].map(|_| {
            let (store, meet, runs) = (store.clone(), Arc::clone(&meet), AtomicUsize::new(0));
            tokio::spawn(async move {
                let add = store.write(async move |tx: &mut Tx| {
                    let n: i64 = tx.opt(&GET, v![1_i64]).await?.ok_or(Vague::Failed)?.one()?;
                    // Both have read before either writes, the first time.
                    if runs.fetch_add(1, Ordering::Relaxed) == 0 {
                        meet.wait().await;
                    }
                    tx.exec(&SET, v![1_i64, n + 1]).await?;
                    Ok::<_, Vague>(())
                });
                add.await
            })
        });
        for caller in callers {
            assert_eq!(caller.await.unwrap(), Ok(()));
        }
        assert_eq!(number(&store, &GET, v![1_i64]).await, 2);
        assert!(store.metrics().reruns >= 1);
        scratch.done(store).await;
    }
}

#[tokio::test]
async fn a_deadlock_is_rerun() {
    for (scratch, store) in stores().await {
        let meet = Arc::new(Barrier::new(2));
        let callers = [(1_i64, 2_i64), (2, 1)].map(|(first, second)| {
            let (store, meet, runs) = (store.clone(), Arc::clone(&meet), AtomicUsize::new(0));
            tokio::spawn(async move {
                let both = store.write(async move |tx: &mut Tx| {
                    tx.exec(&SET, v![first, first]).await?;
                    if runs.fetch_add(1, Ordering::Relaxed) == 0 {
                        meet.wait().await;
                    }
                    tx.exec(&SET, v![second, first]).await
                });
                both.await
            })
        });
        for caller in callers {
            assert_eq!(caller.await.unwrap(), Ok(1), "{}", scratch.engine());
        }
        assert!(store.metrics().reruns >= 1, "{}", scratch.engine());
        scratch.done(store).await;
    }
}

#[tokio::test]
async fn a_version_that_has_moved_on_is_read_again() {
    for (scratch, store) in stores().await {
        let runs = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&runs);
        let write = store.write(async move |tx: &mut Tx| {
            tx.push(&PUT, v![9_i64, 9_i64]).await?;
            match counted.fetch_add(1, Ordering::Relaxed) {
                0 | 1 => Err(DbError::Conflict("the version")),
                _ => Ok(()),
            }
        });
        assert_eq!(write.await, Ok(()));
        assert_eq!((runs.load(Ordering::Relaxed), store.metrics().reruns), (3, 2));
        assert_eq!(number(&store, &COUNT, v![]).await, 3, "{}", scratch.engine());
        scratch.done(store).await;
    }
}

#[tokio::test]
async fn a_cancelled_caller_leaves_no_open_transaction() {
    for (scratch, store) in stores().await {
        for round in 0..8_i64 {
            // More rounds than the pool has connections: none of them may leak either.
            let write = store.write(async move |tx: &mut Tx| {
                tx.exec(&PUT, v![100 + round, 0_i64]).await?;
                std::future::pending::<Result<(), DbError>>().await
            });
            assert!(tokio::time::timeout(Duration::from_millis(100), write).await.is_err());
        }
        assert_eq!(number(&store, &COUNT, v![]).await, 2, "{}", scratch.engine());
        let mut idle = number(&store, &IDLE, v![]).await;
        for _ in 0..50 {
            if idle == 0 {
                break;
            }
            // The server notices a closed socket a moment later.
            tokio::time::sleep(Duration::from_millis(20)).await;
            idle = number(&store, &IDLE, v![]).await;
        }
        assert_eq!(idle, 0, "{}", scratch.engine());
        scratch.done(store).await;
    }
}

#[tokio::test]
async fn a_statement_without_its_begin_cannot_write() {
    for (scratch, store) in stores().await {
        let StoreConfig::Postgres { url, .. } = scratch.config() else { panic!("a server") };
        let pool = pool::build(url, 1).unwrap();
        let client = pool::get(&pool).await.unwrap();
        let stray = client.batch_execute("INSERT INTO t (id, n) VALUES (7, 7)").await.unwrap_err();
        assert_eq!(stray.code().unwrap().code(), "25006");
        for (setting, value) in [("jit", "off"), ("statement_timeout", "10s")] {
            let row = client.query_one("SELECT current_setting($1)", &[&setting]).await.unwrap();
            assert_eq!(row.get::<_, String>(0), value);
        }
        drop(client);
        pool.close();
        scratch.done(store).await;
    }
}

#[tokio::test]
async fn a_stale_statement_is_prepared_anew() {
    static STAR: Stmt = Stmt::new("t::STAR", "SELECT * FROM t", None);
    static ALTER: Stmt = Stmt::new("t::ALTER", "ALTER TABLE t ADD COLUMN added BIGINT", None);
    for (scratch, store) in stores().await {
        let read = || store.read(async |tx: &mut Tx| tx.all(&STAR, v![]).await);
        // Until every connection has it.
        for _ in 0..8 {
            let [a, b, c, d] = [read(), read(), read(), read()];
            let (a, b, c, d) = tokio::join!(a, b, c, d);
            assert!(a.is_ok() && b.is_ok() && c.is_ok() && d.is_ok());
        }
        store.write(async |tx: &mut Tx| tx.exec(&ALTER, v![]).await).await.unwrap();
        let mut refused = 0;
        for _ in 0..40 {
            match read().await {
                Ok(_) => {}
                Err(DbError::Unavailable(_)) => refused += 1,
                Err(other) => panic!("{other}"),
            }
        }
        assert!((1..=4).contains(&refused), "once for each connection at most, not for ever: {refused}");
        scratch.done(store).await;
    }
}

#[tokio::test]
async fn a_glance_finds_a_connection_again() {
    static STAR: Stmt = Stmt::new("t::STAR_NEAR", "SELECT * FROM t WHERE id = $1", None);
    static ALTER: Stmt = Stmt::new("t::ALTER_NEAR", "ALTER TABLE t ADD COLUMN more BIGINT", None);
    // All but the one that says it.
    static END: Stmt = Stmt::new(
        "t::END",
        "SELECT pg_terminate_backend(pid) AS gone FROM pg_stat_activity WHERE datname = current_database() \
         AND pid <> pg_backend_pid()",
        None,
    );
    for (scratch, store) in stores().await {
        let refused = async || {
            let mut refused = 0;
            for _ in 0..20 {
                match store.glance(&STAR, v![1_i64]).await {
                    Ok(rows) => assert_eq!(rows.len(), 1),
                    Err(DbError::Unavailable(_)) => refused += 1,
                    Err(other) => panic!("{other}"),
                }
            }
            refused
        };
        assert_eq!(refused().await, 0);
        store.write(async |tx: &mut Tx| tx.exec(&ALTER, v![]).await).await.unwrap();
        let stale = refused().await;
        assert!((1..=2).contains(&stale), "once for each connection at most: {stale}");
        store.read(async |tx: &mut Tx| tx.all(&END, v![]).await).await.unwrap();
        let mut lost = refused().await;
        for _ in 0..100 {
            if lost == 0 {
                break;
            }
            // That a connection is lost is known a moment later.
            tokio::time::sleep(Duration::from_millis(20)).await;
            lost = refused().await;
        }
        assert_eq!(lost, 0, "a lost connection is replaced");
        scratch.done(store).await;
    }
}

#[tokio::test]
async fn the_servers_clock_is_ours_to_read() {
    for (scratch, store) in stores().await {
        let (a, b) =
            (store.database_now().await.unwrap().unwrap(), store.database_now().await.unwrap().unwrap());
        assert!(b >= a && a.0 > 1_700_000_000_000);
        scratch.done(store).await;
    }
}

#[tokio::test]
async fn a_server_without_tls_is_refused_where_tls_is_required() {
    for (scratch, store) in stores().await {
        let StoreConfig::Postgres { url, isolation, .. } = scratch.config() else { panic!("a server") };
        let url = Secret::new(format!("{}?sslmode=require", url.expose()));
        let config = StoreConfig::Postgres { url, pool: 1, isolation: *isolation };
        assert!(matches!(Store::open(&config).await.err(), Some(DbError::Unavailable(_))));
        scratch.done(store).await;
    }
}

/// When the wire between us and the server is cut.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Cut {
    BeforeTheInsert,
    BeforeTheCommit,
    AfterTheCommit,
}

#[tokio::test]
async fn a_lost_connection_says_what_is_known() {
    for (scratch, store) in stores().await {
        let StoreConfig::Postgres { url, isolation, .. } = scratch.config() else { panic!("a server") };
        for (id, cut) in (50_i64..).zip([Cut::BeforeTheInsert, Cut::BeforeTheCommit, Cut::AfterTheCommit]) {
            let through = through_a_wire(url, *isolation, cut).await;
            let wire = Store::open(&through).await.unwrap();
            let lost =
                wire.write(async move |tx: &mut Tx| tx.exec(&PUT, v![id, 0_i64]).await).await.unwrap_err();
            match cut {
                Cut::BeforeTheInsert => assert!(matches!(lost, DbError::Unavailable(_)), "{lost:?}"),
                Cut::BeforeTheCommit | Cut::AfterTheCommit => {
                    assert_eq!(lost, DbError::CommitUnknown, "{cut:?}")
                }
            }
            // One read tells.
            let rows = store.read(async move |tx: &mut Tx| tx.all(&GET, v![id]).await).await.unwrap();
            assert_eq!(rows.len(), usize::from(cut == Cut::AfterTheCommit), "{cut:?}");
            wire.close().await;
        }
        scratch.done(store).await;
    }
}

/// The same database behind a proxy that cuts every connection at a certain message.
async fn through_a_wire(url: &Secret, isolation: Isolation, cut: Cut) -> StoreConfig {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let here = listener.local_addr().unwrap();
    let server: Config = url.expose().parse().unwrap();
    let port = server.get_ports()[0];
    let url = Secret::new(url.expose().replace(&format!(":{port}/"), &format!(":{}/", here.port())));
    drop(tokio::spawn(async move {
        while let Ok((client, _)) = listener.accept().await {
            let server = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
            drop(tokio::spawn(carry(client, server, cut)));
        }
    }));
    StoreConfig::Postgres { url, pool: 1, isolation }
}

async fn carry(mut client: TcpStream, mut server: TcpStream, cut: Cut) {
    let (mut from_client, mut from_server) = (vec![0; 65_536], vec![0; 65_536]);
    loop {
        tokio::select! {
            n = client.read(&mut from_client) => {
                let Ok(n @ 1..) = n else { return };
                let sent = &from_client[..n];
                let says = |word: &[u8]| sent.windows(word.len()).any(|w| w == word);
                if cut == Cut::BeforeTheInsert && says(b"READ WRITE") || cut == Cut::BeforeTheCommit && says(b"COMMIT\0") {
                    return;
                }
                server.write_all(sent).await.unwrap();
                if cut == Cut::AfterTheCommit && says(b"COMMIT\0") {
                    // The server has answered; its answer is not passed on.
                    assert!(server.read(&mut from_server).await.unwrap() > 0);
                    return;
                }
            }
            n = server.read(&mut from_server) => {
                let Ok(n @ 1..) = n else { return };
                client.write_all(&from_server[..n]).await.unwrap();
            }
        }
    }
}
