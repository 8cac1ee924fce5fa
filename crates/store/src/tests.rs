//! Stories that both engines must tell alike: SQLite, and PostgreSQL at both isolations.

use crate::testing::Scratch;
use crate::{DbError, Stmt, Store, Tx, TxError, Value, v};
use std::sync::Arc;
use std::time::Duration;

static MAKE_PARENT: Stmt =
    Stmt::new("t::MAKE_PARENT", "CREATE TABLE parent (id BIGINT PRIMARY KEY, name TEXT)", None);
static MAKE_CHILD: Stmt = Stmt::new(
    "t::MAKE_CHILD",
    "CREATE TABLE child (id BIGINT PRIMARY KEY, parent BIGINT NOT NULL REFERENCES parent (id))",
    None,
);
static PARENT: Stmt = Stmt::new("t::PARENT", "INSERT INTO parent (id, name) VALUES ($1, $2)", None);
static CHILD: Stmt = Stmt::new("t::CHILD", "INSERT INTO child (id, parent) VALUES ($1, $2)", None);
static RENAME: Stmt = Stmt::new("t::RENAME", "UPDATE parent SET name = $2 WHERE id = $1", None);
static NAME: Stmt = Stmt::new("t::NAME", "SELECT name FROM parent WHERE id = $1", None);
static LOCK: Stmt = Stmt::new("t::LOCK", "SELECT id FROM parent WHERE id = $1 FOR UPDATE", None);
static COUNT: Stmt =
    Stmt::new("t::COUNT", "SELECT (SELECT count(*) FROM parent) + (SELECT count(*) FROM child) AS n", None);
static ALL_NAMES: Stmt = Stmt::new("t::ALL_NAMES", "SELECT name FROM parent ORDER BY id", None);

/// Opens a scratch database of each kind with two tables in it.
async fn stores() -> Vec<(Scratch, Store)> {
    let mut all = Vec::new();
    for scratch in Scratch::each().await {
        let store = scratch.open().await;
        let made = store.write(async |tx: &mut Tx| {
            tx.exec(&MAKE_PARENT, v![]).await?;
            tx.exec(&MAKE_CHILD, v![]).await
        });
        made.await.unwrap();
        all.push((scratch, store));
    }
    all
}

async fn count(store: &Store) -> i64 {
    store.read(async |tx: &mut Tx| tx.opt(&COUNT, v![]).await?.unwrap().one()).await.unwrap()
}

/// The error of a use case that keeps nothing of a database error but its text.
#[derive(Debug)]
enum UseCase {
    Refused,
    Db(DbError),
}

impl From<DbError> for UseCase {
    fn from(error: DbError) -> Self {
        Self::Db(error)
    }
}

impl TxError for UseCase {
    fn as_db(&self) -> Option<&DbError> {
        match self {
            Self::Refused => None,
            Self::Db(error) => Some(error),
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_callers_future_can_be_spawned() {
    async fn helper(tx: &mut Tx, id: i64, names: &[&str]) -> Result<u64, DbError> {
        let mut changed = 0;
        for name in names {
            changed += tx.exec(&RENAME, v![id, name]).await?;
        }
        Ok(changed)
    }
    async fn use_case(store: &Store, name: &str) -> Result<(u64, Vec<String>), UseCase> {
        // A static reference and a trait object among the captures: what makes the compiler give up on `Send` when
        // the closure's own future is part of the caller's.
        let (name, second): (_, &'static str) = (name.to_owned(), "second");
        let id: Arc<dyn Fn() -> i64 + Send + Sync> = Arc::new(|| 1);
        store
            .write(async move |tx: &mut Tx| {
                tx.exec(&PARENT, v![id(), name]).await?;
                let renamed = helper(tx, id(), &[name.as_str(), second]).await?;
                let rows = tx.all(&ALL_NAMES, v![]).await?;
                let names = rows.iter().map(crate::Row::one).collect::<Result<_, _>>()?;
                tx.lock(&LOCK, v![1_i64]).await?;
                Ok((renamed, names))
            })
            .await
    }
    for (scratch, store) in stores().await {
        let (shared, name) = (store.clone(), String::from("first"));
        let boxed: std::pin::Pin<Box<dyn Future<Output = _> + Send>> =
            Box::pin(async move { use_case(&shared, &name).await });
        let done = tokio::spawn(boxed).await.unwrap().unwrap();
        assert_eq!(done, (2, vec!["second".to_owned()]), "{}", scratch.engine());
        scratch.done(store).await;
    }
}

#[tokio::test]
async fn an_error_undoes_everything() {
    for (scratch, store) in stores().await {
        let refused = store.write(async |tx: &mut Tx| {
            tx.exec(&PARENT, v![1_i64, "a"]).await?;
            tx.push(&PARENT, v![2_i64, "b"]).await?;
            Err::<(), _>(UseCase::Refused)
        });
        assert!(matches!(refused.await, Err(UseCase::Refused)), "{}", scratch.engine());
        assert_eq!(count(&store).await, 0, "{}", scratch.engine());
        scratch.done(store).await;
    }
}

#[tokio::test]
async fn a_swallowed_error_commits_nothing() {
    for (scratch, store) in stores().await {
        let went_on = store.write(async |tx: &mut Tx| {
            tx.exec(&PARENT, v![1_i64, "a"]).await?;
            let swallowed = tx.exec(&CHILD, v![1_i64, 99_i64]).await;
            assert!(swallowed.is_err());
            // PostgreSQL refuses whatever follows, so SQLite does as well.
            assert!(tx.exec(&PARENT, v![2_i64, "b"]).await.is_err());
            Ok::<_, DbError>(())
        });
        assert!(matches!(went_on.await, Err(DbError::Bug(_))), "{}", scratch.engine());
        assert_eq!(count(&store).await, 0, "{}", scratch.engine());
        scratch.done(store).await;
    }
}

#[tokio::test]
async fn pushes_keep_their_order() {
    for (scratch, store) in stores().await {
        let done = store.write(async |tx: &mut Tx| {
            tx.push(&PARENT, v![1_i64, "a"]).await?;
            tx.push(&CHILD, v![10_i64, 1_i64]).await?;
            // Sees what was pushed before it.
            let renamed = tx.exec(&RENAME, v![1_i64, "b"]).await?;
            tx.push(&PARENT, v![2_i64, "c"]).await?;
            tx.push(&CHILD, v![11_i64, 2_i64]).await?;
            Ok::<_, DbError>(renamed)
        });
        assert_eq!(done.await, Ok(1), "{}", scratch.engine());
        assert_eq!(count(&store).await, 4, "{}", scratch.engine());
        scratch.done(store).await;
    }
}

#[tokio::test]
async fn a_push_that_fails_at_the_end_is_not_a_success() {
    for (scratch, store) in stores().await {
        let pushed = store.write(async |tx: &mut Tx| {
            tx.exec(&PARENT, v![1_i64, "a"]).await?;
            tx.push(&CHILD, v![1_i64, 99_i64]).await?;
            tx.push(&PARENT, v![2_i64, "b"]).await?;
            Ok::<_, DbError>(())
        });
        assert!(matches!(pushed.await, Err(DbError::Bug(_))), "{}", scratch.engine());
        assert_eq!(count(&store).await, 0, "{}", scratch.engine());
        // The connection is fit for the next one.
        let next = store.write(async |tx: &mut Tx| tx.push(&PARENT, v![1_i64, "a"]).await);
        assert_eq!(next.await, Ok(()), "{}", scratch.engine());
        assert_eq!(count(&store).await, 1, "{}", scratch.engine());
        scratch.done(store).await;
    }
}

#[tokio::test]
async fn a_read_cannot_write() {
    for (scratch, store) in stores().await {
        let wrote = store.read(async |tx: &mut Tx| tx.exec(&PARENT, v![1_i64, "a"]).await);
        assert!(matches!(wrote.await, Err(DbError::Bug(_))), "{}", scratch.engine());
        let pushed = store.read(async |tx: &mut Tx| tx.push(&PARENT, v![1_i64, "a"]).await);
        assert!(matches!(pushed.await, Err(DbError::Bug(_))), "{}", scratch.engine());
        assert_eq!(count(&store).await, 0, "{}", scratch.engine());
        scratch.done(store).await;
    }
}

#[tokio::test]
async fn a_glance_sees_what_was_written_and_writes_nothing() {
    for (scratch, store) in stores().await {
        let engine = scratch.engine();
        let wrote = store.glance(&PARENT, v![1_i64, "a"]).await;
        assert!(wrote.is_err(), "{engine}");
        assert!(matches!(store.glance(&NAME, v![]).await, Err(DbError::Bug(_))), "{engine}");
        assert_eq!(count(&store).await, 0, "{engine}");
        assert!(store.glance(&NAME, v![1_i64]).await.unwrap().is_empty(), "{engine}");
        for id in 1..=20_i64 {
            let written = store.write(async move |tx: &mut Tx| tx.exec(&PARENT, v![id, "a"]).await);
            assert_eq!(written.await, Ok(1), "{engine}");
            // More of them than can be read at once.
            let many = (0..20).map(|_| {
                let store = store.clone();
                tokio::spawn(async move { store.glance(&NAME, v![id]).await })
            });
            for one in many.collect::<Vec<_>>() {
                let rows = one.await.unwrap().unwrap();
                let names: Vec<String> = rows.iter().map(|row| row.one().unwrap()).collect();
                assert_eq!(names, ["a"], "{engine}");
            }
        }
        let inner = store.clone();
        let nested = store.read(async move |_: &mut Tx| inner.glance(&NAME, v![1_i64]).await).await;
        assert!(matches!(nested, Err(DbError::Bug(_))), "{engine}");
        let clone = store.clone();
        store.close().await;
        let late = clone.glance(&NAME, v![1_i64]).await;
        assert!(matches!(late, Err(DbError::Unavailable(_))), "{engine}: {late:?}");
        scratch.done(clone).await;
    }
}

#[tokio::test]
async fn many_rows_go_together() {
    static ALL: Stmt = Stmt::new(
        "t::PUT_ALL",
        "INSERT INTO parent (id, name) VALUES ($1, $2) ON CONFLICT (id) DO NOTHING",
        Some(
            "INSERT INTO parent (id, name) SELECT * FROM unnest(CAST($1 AS BIGINT[]), CAST($2 AS TEXT[])) \
             ON CONFLICT (id) DO NOTHING",
        ),
    );
    for (scratch, store) in stores().await {
        let engine = scratch.engine();
        let put = |rows: Vec<Vec<Value>>| {
            store.write(async move |tx: &mut Tx| tx.push_all(&ALL, rows.clone()).await)
        };
        assert_eq!(put(vec![]).await, Ok(()), "{engine}");
        let awkward = "{\"a\",NULL}\\";
        let rows = vec![v![1_i64, "a"], v![2_i64, None::<&str>], v![3_i64, awkward], v![1_i64, "twice"]];
        assert_eq!(put(rows).await, Ok(()), "{engine}");
        let rows = store.read(async |tx: &mut Tx| tx.all(&ALL_NAMES, v![]).await).await.unwrap();
        let names: Vec<Option<String>> = rows.iter().map(|row| row.one().unwrap()).collect();
        assert_eq!(names, [Some("a".to_owned()), None, Some(awkward.to_owned())], "{engine}");
        for wrong in [
            vec![v![4_i64, "a"], v![5_i64]],
            vec![v![4_i64], v![5_i64]],
            vec![v![4_i64, "a", "b"], v![5_i64, "a", "b"]],
        ] {
            let refused = put(wrong).await;
            assert!(matches!(refused, Err(DbError::Bug(_))), "{engine}: {refused:?}");
        }
        let read = store.read(async |tx: &mut Tx| tx.push_all(&ALL, vec![v![9_i64, "a"]]).await).await;
        assert!(matches!(read, Err(DbError::Bug(_))), "{engine}");
        assert_eq!(count(&store).await, 3, "{engine}");
        scratch.done(store).await;
    }
}

#[tokio::test]
async fn mistakes_in_arguments_are_ours() {
    for (scratch, store) in stores().await {
        for args in [v![1_i64], v![1_i64, "a", "b"]] {
            let done = store.write(async move |tx: &mut Tx| tx.exec(&PARENT, args.clone()).await).await;
            assert!(matches!(done, Err(DbError::Bug(_))), "{}: {done:?}", scratch.engine());
        }
        let two_rows = store.write(async |tx: &mut Tx| {
            tx.exec(&PARENT, v![1_i64, "a"]).await?;
            tx.exec(&PARENT, v![2_i64, "b"]).await?;
            tx.opt(&ALL_NAMES, v![]).await
        });
        assert!(matches!(two_rows.await, Err(DbError::Bug(_))), "{}", scratch.engine());
        assert_eq!(count(&store).await, 0, "{}", scratch.engine());
        scratch.done(store).await;
    }
}

#[tokio::test]
async fn values_survive_the_journey() {
    static MAKE: [Stmt; 2] = [
        Stmt::new("t::MAKE", "CREATE TABLE kinds (n BIGINT, t TEXT, b BYTEA)", None),
        Stmt::new("t::MAKE", "CREATE TABLE kinds (n INTEGER, t TEXT, b BLOB) STRICT", None),
    ];
    static PUT: Stmt = Stmt::new("t::PUT", "INSERT INTO kinds (t, b, n) VALUES ($2, $3, $1)", None);
    static GET: Stmt = Stmt::new("t::GET", "SELECT n, t, b, n IS NULL AS empty FROM kinds", None);
    static CLEAR: Stmt = Stmt::new("t::CLEAR", "DELETE FROM kinds", None);
    let sets = [
        v![i64::MIN, "", Vec::<u8>::new()],
        v![i64::MAX, "₹ and 'quotes' and $1", vec![0_u8, 255]],
        vec![Value::Null; 3],
    ];
    for (scratch, store) in stores().await {
        let make = &MAKE[usize::from(!scratch.engine().starts_with("postgres"))];
        store.write(async move |tx: &mut Tx| tx.exec(make, v![]).await).await.unwrap();
        for set in &sets {
            let put = set.clone();
            let got = store.write(async move |tx: &mut Tx| {
                tx.exec(&PUT, put.clone()).await?;
                let row = tx.opt(&GET, v![]).await?.unwrap();
                tx.exec(&CLEAR, v![]).await?;
                let mut r = row.read();
                Ok::<_, DbError>((vec![r.get::<Value>()?, r.get()?, r.get()?], r.get::<bool>()?))
            });
            assert_eq!(got.await, Ok((set.clone(), set[0] == Value::Null)), "{}", scratch.engine());
        }
        scratch.done(store).await;
    }
}

#[tokio::test]
async fn a_caller_that_leaves_before_its_turn_leaves_nothing_behind() {
    for (scratch, store) in stores().await {
        let write = store.write(async |tx: &mut Tx| {
            tx.exec(&PARENT, v![1_i64, "a"]).await?;
            tokio::time::sleep(Duration::from_secs(60)).await;
            Ok::<_, DbError>(())
        });
        // SQLite refuses to wait inside a transaction; PostgreSQL's caller is cut off while it does.
        let left = tokio::time::timeout(Duration::from_millis(200), write).await;
        assert!(!matches!(left, Ok(Ok(()))), "{}", scratch.engine());
        assert_eq!(count(&store).await, 0, "{}", scratch.engine());
        let next = store.write(async |tx: &mut Tx| tx.exec(&PARENT, v![1_i64, "b"]).await);
        assert_eq!(next.await, Ok(1), "{}", scratch.engine());
        scratch.done(store).await;
    }
}

#[tokio::test]
async fn nothing_is_lost_among_many() {
    for (scratch, store) in stores().await {
        store.write(async |tx: &mut Tx| tx.exec(&PARENT, v![0_i64, "0"]).await).await.unwrap();
        let callers = (1..=40_i64).map(|n| {
            let store = store.clone();
            tokio::spawn(async move {
                let add = store.write(async move |tx: &mut Tx| {
                    tx.lock(&LOCK, v![0_i64]).await?;
                    let name: String = tx.opt(&NAME, v![0_i64]).await?.unwrap().one()?;
                    let next = name.parse::<i64>().unwrap() + n;
                    tx.exec(&RENAME, v![0_i64, next.to_string()]).await?;
                    tx.push(&PARENT, v![n, "x"]).await
                });
                add.await
            })
        });
        for caller in callers.collect::<Vec<_>>() {
            assert_eq!(caller.await.unwrap(), Ok(()), "{}", scratch.engine());
        }
        let sum =
            store.read(async |tx: &mut Tx| tx.opt(&NAME, v![0_i64]).await?.unwrap().one::<String>()).await;
        assert_eq!(sum, Ok("820".to_owned()), "{}", scratch.engine());
        assert_eq!(count(&store).await, 41, "{}", scratch.engine());
        let metrics = store.metrics();
        assert_eq!(metrics.ops, 42, "{}", scratch.engine());
        // Three to five statements each; a lock is none on SQLite.
        assert!(metrics.batches <= metrics.ops && metrics.statements > 40 * 3, "{metrics:?}");
        scratch.done(store).await;
    }
}

#[tokio::test]
async fn an_operation_inside_an_operation_is_refused() {
    for (scratch, store) in stores().await {
        let inner = store.clone();
        let nested = store.write(async move |tx: &mut Tx| {
            tx.exec(&PARENT, v![1_i64, "a"]).await?;
            inner.read(async |tx: &mut Tx| tx.opt(&COUNT, v![]).await).await
        });
        let told = DbError::Bug("an operation inside an operation".to_owned());
        assert_eq!(nested.await.err(), Some(told), "{}", scratch.engine());
        assert_eq!(count(&store).await, 0, "{}", scratch.engine());
        scratch.done(store).await;
    }
}

#[tokio::test]
async fn a_panic_stays_with_its_operation() {
    for (scratch, store) in stores().await {
        let panics = store.write(async |tx: &mut Tx| {
            tx.exec(&PARENT, v![1_i64, "a"]).await?;
            panic!("as the test wants it");
            #[expect(unreachable_code, reason = "says what the closure would return")]
            Ok::<(), DbError>(())
        });
        assert_eq!(
            panics.await,
            Err(DbError::Bug("the operation panicked".to_owned())),
            "{}",
            scratch.engine()
        );
        let next = store.write(async |tx: &mut Tx| tx.exec(&PARENT, v![1_i64, "b"]).await);
        assert_eq!(next.await, Ok(1), "{}", scratch.engine());
        assert_eq!(count(&store).await, 1, "{}", scratch.engine());
        scratch.done(store).await;
    }
}

#[tokio::test]
async fn a_closed_store_refuses() {
    for (scratch, store) in stores().await {
        let clone = store.clone();
        store.close().await;
        let late = clone.write(async |tx: &mut Tx| tx.exec(&PARENT, v![1_i64, "a"]).await).await;
        assert!(matches!(late, Err(DbError::Unavailable(_))), "{late:?}");
        scratch.done(clone).await;
    }
}
