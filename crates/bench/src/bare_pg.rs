//! The limits on PostgreSQL: one durable insert of one row, and a created order's rows in one bare transaction. A pool as
//! large as ours, prepared statements, no HTTP, no JSON, no authentication, no facade.

use crate::database::Place;
use crate::http::unique;
use crate::rows::{Maker, statements};
use crate::sample::Caller;
use anyhow::{Result, ensure};
use deadpool_postgres::{Manager, ManagerConfig, Pool, RecyclingMethod, Runtime};
use hundi_store::Value;
use tokio_postgres::NoTls;
use tokio_postgres::types::ToSql;

const INSERT: &str = "INSERT INTO bare_row (id, body) VALUES ($1, $2)";

/// A database with a table of our own beside the house's.
pub(crate) struct Bare {
    maker: Maker,
    pool: Pool,
    sql: [&'static str; 3],
    pub(crate) database: String,
}

impl Bare {
    pub(crate) async fn start(place: &Place) -> Result<Self> {
        let (maker, database) = Maker::on(place, "bare").await?;
        let recycling = ManagerConfig { recycling_method: RecyclingMethod::Fast };
        let manager = Manager::from_config(database.parse()?, NoTls, recycling);
        let size = hundi::config::Config::default().pool;
        let pool = Pool::builder(manager).max_size(size).runtime(Runtime::Tokio1).build()?;
        let client = pool.get().await?;
        client.batch_execute("CREATE TABLE bare_row (id TEXT PRIMARY KEY, body TEXT NOT NULL)").await?;
        drop(client);
        let sql = statements()?.map(|stmt| stmt.pg.unwrap_or(stmt.sql));
        Ok(Self { maker, pool, sql, database })
    }

    pub(crate) fn inserting(&self, count: usize) -> Vec<Row> {
        (0..count).map(|_| Row(self.pool.clone())).collect()
    }

    pub(crate) fn creating(&self, count: usize) -> Vec<Order> {
        let one = |_| Order { maker: self.maker.clone(), pool: self.pool.clone(), sql: self.sql };
        (0..count).map(one).collect()
    }
}

/// Inserts one row and commits.
pub(crate) struct Row(Pool);

impl Caller for Row {
    async fn once(&mut self) -> Result<()> {
        let client = self.0.get().await?;
        let statement = client.prepare_cached(INSERT).await?;
        let (id, body) = (unique(), "x".repeat(100));
        ensure!(client.execute(&statement, &[&id, &body]).await? == 1, "a row was not written");
        Ok(())
    }
}

/// Writes an order's rows in one transaction, sent in one flight.
pub(crate) struct Order {
    maker: Maker,
    pool: Pool,
    sql: [&'static str; 3],
}

impl Caller for Order {
    async fn once(&mut self) -> Result<()> {
        let rows = self.maker.make();
        let client = self.pool.get().await?;
        let [first, second, third] = self.sql;
        let first = client.prepare_cached(first).await?;
        let second = client.prepare_cached(second).await?;
        let third = client.prepare_cached(third).await?;
        let [a, b, c] = [borrowed(&rows[0]), borrowed(&rows[1]), borrowed(&rows[2])];
        // Each puts its request on the wire at its first poll, in this order.
        let (begun, a, b, c, done) = tokio::join!(
            client.batch_execute("BEGIN"),
            client.execute(&first, &a),
            client.execute(&second, &b),
            client.execute(&third, &c),
            client.batch_execute("COMMIT"),
        );
        begun?;
        ensure!([a?, b?, c?] == [1, 1, 1], "a row was not written");
        Ok(done?)
    }
}

fn borrowed(values: &[Value]) -> Vec<&(dyn ToSql + Sync)> {
    values.iter().map(|value| value as &(dyn ToSql + Sync)).collect()
}
