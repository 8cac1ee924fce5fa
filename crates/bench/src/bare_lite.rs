//! The limit on SQLite: a bare group-commit writer. One thread, rusqlite, a savepoint for each operation, one COMMIT for
//! whatever has queued up, answers after it. No HTTP, no JSON, no authentication, no facade.

use crate::database::Place;
use crate::rows::{Maker, Rows, statements};
use crate::sample::Caller;
use anyhow::{Context, Result, anyhow, ensure};
use rusqlite::{Connection, params_from_iter};
use tokio::sync::{mpsc, oneshot};

/// As our own writer's.
const BATCH_MAX: usize = 256;
const WAITING_MAX: usize = 4_096;

/// As our own writer's: durable at each COMMIT, checkpoints inline.
const SETTINGS: &str = "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; \
    PRAGMA cache_size = -65536; PRAGMA temp_store = MEMORY; PRAGMA wal_autocheckpoint = 1000;";

type Asked = (Rows, oneshot::Sender<()>);

/// A writer whose thread ends with it.
pub(crate) struct Writer {
    maker: Maker,
    queue: mpsc::Sender<Asked>,
}

impl Writer {
    pub(crate) async fn start(place: &Place) -> Result<Self> {
        let (maker, database) = Maker::on(place, "bare").await?;
        let path = database.strip_prefix("sqlite:").context("a file")?.to_owned();
        let (queue, asked) = mpsc::channel(WAITING_MAX);
        let conn = Connection::open(path)?;
        conn.execute_batch(SETTINGS)?;
        let sql = statements()?.map(|stmt| stmt.sql.replace('$', "?"));
        std::thread::Builder::new().name("bare-writer".into()).spawn(move || {
            if let Err(error) = write(&conn, &sql, asked) {
                eprintln!("the bare writer stopped: {error}");
            }
        })?;
        Ok(Self { maker, queue })
    }

    pub(crate) fn callers(&self, count: usize) -> Vec<Bare> {
        (0..count).map(|_| Bare { maker: self.maker.clone(), queue: self.queue.clone() }).collect()
    }
}

fn write(conn: &Connection, sql: &[String; 3], mut asked: mpsc::Receiver<Asked>) -> Result<()> {
    let step = |sql: &str| conn.prepare_cached(sql)?.execute([]);
    let mut batch = Vec::with_capacity(BATCH_MAX);
    while asked.blocking_recv_many(&mut batch, BATCH_MAX) > 0 {
        step("BEGIN IMMEDIATE")?;
        for (rows, _) in &batch {
            step("SAVEPOINT operation")?;
            for (sql, values) in sql.iter().zip(rows) {
                let written = conn.prepare_cached(sql)?.execute(params_from_iter(values))?;
                ensure!(written == 1, "a row was not written");
            }
            step("RELEASE operation")?;
        }
        step("COMMIT")?;
        for (_, answer) in batch.drain(..) {
            // A caller whose time was up has left.
            answer.send(()).unwrap_or_default();
        }
    }
    Ok(())
}

/// A caller of the bare writer.
pub(crate) struct Bare {
    maker: Maker,
    queue: mpsc::Sender<Asked>,
}

impl Caller for Bare {
    async fn once(&mut self) -> Result<()> {
        let (answer, answered) = oneshot::channel();
        let rows = self.maker.make();
        self.queue.send((rows, answer)).await.map_err(|_| anyhow!("the bare writer is gone"))?;
        Ok(answered.await?)
    }
}
