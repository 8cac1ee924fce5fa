//! Databases to measure on: fresh ones, each with a merchant or two, on the disk and the cluster that the run was given.

use anyhow::{Context, Result, anyhow};
use hundi::config::Config;
use hundi::house;
use hundi_app::answer::Reply;
use hundi_app::orders::{self, NewOrder};
use hundi_app::people::{self, NewMerchant};
use hundi_app::random::SystemRandomness;
use hundi_app::seal::Ring;
use hundi_app::{Actor, App, api_keys};
use hundi_core::order::LateSuccess;
use hundi_core::{Mode, Money, Scope};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tokio_postgres::NoTls;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Engine {
    Sqlite,
    Postgres,
}

impl Engine {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Sqlite => "SQLite",
            Self::Postgres => "PostgreSQL",
        }
    }
}

/// Where databases are made.
pub(crate) struct Place {
    pub(crate) engine: Engine,
    pub(crate) folder: PathBuf,
    /// The cluster's address, for PostgreSQL.
    pub(crate) cluster: Option<String>,
}

impl Place {
    /// A new, empty database, as the configuration names it.
    pub(crate) async fn create(&self, name: &str) -> Result<String> {
        let Some(cluster) = &self.cluster else {
            return Ok(format!("sqlite:{}", self.folder.join(name).with_extension("db").display()));
        };
        let name = format!("bench_{}_{name}", std::process::id());
        let client = connect(cluster).await?;
        client.batch_execute(&format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")).await?;
        client.batch_execute(&format!("CREATE DATABASE {name}")).await?;
        let (server, _) = cluster.rsplit_once('/').context("the cluster's address names no database")?;
        Ok(format!("{server}/{name}"))
    }

    /// How much of the disk a database takes, the space that it has set free not counted.
    pub(crate) async fn bytes(&self, database: &str) -> Result<u64> {
        if let Some(path) = database.strip_prefix("sqlite:") {
            return lite_bytes(Path::new(path));
        }
        let client = connect(database).await?;
        let row = client.query_one("SELECT pg_database_size(current_database())", &[]).await?;
        Ok(u64::try_from(row.get::<_, i64>(0))?)
    }

    /// Removes a database of the cluster. Files go with their folder.
    pub(crate) async fn drop(&self, database: &str) -> Result<()> {
        if let Some(cluster) = &self.cluster {
            let (_, name) = database.rsplit_once('/').context("an address without a database")?;
            connect(cluster).await?.batch_execute(&format!("DROP DATABASE {name} WITH (FORCE)")).await?;
        }
        Ok(())
    }
}

fn lite_bytes(path: &Path) -> Result<u64> {
    let conn = rusqlite::Connection::open_with_flags(path, rusqlite::OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    let number = |sql: &str| conn.query_row(sql, [], |row| row.get::<_, i64>(0));
    let pages = number("PRAGMA page_count")? - number("PRAGMA freelist_count")?;
    Ok(u64::try_from(pages * number("PRAGMA page_size")?)?)
}

pub(crate) async fn connect(url: &str) -> Result<tokio_postgres::Client> {
    let (client, connection) = tokio_postgres::connect(url, NoTls).await.context("connecting")?;
    // Ends with the client.
    drop(tokio::spawn(connection));
    Ok(client)
}

/// A configuration with new secrets for a database.
pub(crate) fn config(database: String) -> Config {
    let random = SystemRandomness::new();
    Config {
        database,
        master_keys: Some(Ring::generate_text(&random, 'v', 1)),
        peppers: Some(Ring::generate_text(&random, 'p', 1)),
        log: "warn".into(),
        ..Config::default()
    }
}

/// A merchant with an API key.
#[derive(Clone)]
pub(crate) struct Shop {
    pub(crate) scope: Scope,
    /// The head lines that prove who asks.
    pub(crate) credentials: String,
}

pub(crate) async fn shop(app: &Arc<App>, name: &str) -> Result<Shop> {
    let new = NewMerchant {
        organization: name.to_owned(),
        name: name.to_owned(),
        zone: "Asia/Kolkata".into(),
        late_success: LateSuccess::Refund,
    };
    let merchant = people::create_merchant(app, new).await.map_err(told)?;
    let scope = Scope::authenticated(merchant.id, Mode::Test);
    let (key, secret) =
        api_keys::create(app, scope, &Actor::new("command", ""), "bench").await.map_err(told)?;
    let credentials = format!("x-api-key: {}\r\nx-api-secret: {}\r\n", key.id, secret.expose());
    Ok(Shop { scope, credentials })
}

/// An application on a new database with one merchant, in this process, and without a worker.
pub(crate) async fn in_process(place: &Place, name: &str) -> Result<(Arc<App>, Shop, String)> {
    let database = place.create(name).await?;
    let app = house::open(&config(database.clone())).await?;
    let shop = shop(&app, name).await?;
    Ok((app, shop, database))
}

/// The order that every cell creates, by API and past it.
pub(crate) const ORDER: &str = r#"{"amount":149900,"currency":"INR","receipt":"R-100042","description":"Birthday cake, 1 kg","metadata":{"table":"12"}}"#;

/// The same, as the API reads it.
pub(crate) fn new_order() -> NewOrder {
    NewOrder {
        amount: Money::inr(149_900),
        capture_manual: false,
        receipt: Some("R-100042".into()),
        description: Some("Birthday cake, 1 kg".into()),
        payer_name: None,
        payer_email: None,
        payer_phone: None,
        metadata: r#"{"table":"12"}"#.into(),
        customer: None,
        offer_saved: false,
        return_url: None,
        expires_at: None,
        created_by: "key:bench".into(),
    }
}

/// One order, created past HTTP: its id and its public shape.
pub(crate) async fn one_order(app: &App, scope: Scope) -> Result<(String, String)> {
    let Reply { body, .. } = orders::create(app, scope, new_order(), None).await.map_err(told)?;
    let shown: serde_json::Value = serde_json::from_str(&body)?;
    let id = shown["id"].as_str().context("an order has an id")?.to_owned();
    Ok((id, body))
}

pub(crate) fn told(error: hundi_app::Error) -> anyhow::Error {
    anyhow!("{} ({})", error.sentence(), error.to_log())
}
