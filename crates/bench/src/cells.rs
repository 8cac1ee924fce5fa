//! The cells of the tables, and how each is measured. All of an engine's cells are run in turn, round after round, so
//! that a slow minute of the machine falls on all of them.

use crate::bare_lite::Writer;
use crate::database::{self, Engine, Place, Shop, new_order, told};
use crate::http::{Ask, OverHttp, unique};
use crate::pages::{Events, Part};
use crate::sample::{Caller, Sample, closed_loop};
use crate::walk::{Cost, walk};
use crate::world::World;
use crate::{bare_pg, disk, outward};
use anyhow::{Context, Result, ensure};
use hundi_app::{App, answer, orders};
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

/// One line of a table: what is done, and by how many at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Cell {
    /// `fdatasync` of appends: what the disk can do.
    Disk,
    /// One durable row on PostgreSQL: what that database can do.
    Insert(usize),
    /// The rows of a created order, and nothing around them.
    Bare(usize),
    /// The use case, in this process, without HTTP and without authentication.
    UseCase(usize),
    /// `POST /api/v1/orders`, each under an idempotency key of its own.
    Create(usize),
    /// The same again under keys that were used: the kept answer.
    Replay(usize),
    /// `GET /api/v1/orders/{id}`.
    Read(usize),
    /// `GET /health/live`: what HTTP can do here.
    Live(usize),
    Walk(usize),
    /// The product's HTTP client and a receiver: what webhooks out could do at best.
    Client,
    /// Events to the endpoints of a merchant that has many.
    Deliver,
    /// `GET /api/v1/events` by cursor, in a list of very many.
    Page(Part),
}

impl Cell {
    pub(crate) fn of(engine: Engine) -> Vec<Self> {
        let many = [1, 16, 128];
        let limits = match engine {
            Engine::Sqlite => vec![Self::Disk],
            Engine::Postgres => many.map(Self::Insert).to_vec(),
        };
        let three = [Self::Bare, Self::UseCase, Self::Create];
        let three = three.iter().flat_map(|cell| many.map(cell));
        let reads = [Self::Replay, Self::Read, Self::Live];
        let reads = reads.iter().flat_map(|cell| [1, 128].map(cell));
        let pages = [Part::Newest, Part::Middle, Part::Oldest].map(Self::Page);
        let rest = [1, 16].map(Self::Walk).into_iter().chain([Self::Client, Self::Deliver]).chain(pages);
        limits.into_iter().chain(three).chain(reads).chain(rest).collect()
    }
}

impl fmt::Display for Cell {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (what, many) = match *self {
            Self::Disk => ("disk: fdatasync of a 4 KiB append", 1),
            Self::Insert(n) => ("limit: one durable single-row insert", n),
            Self::Bare(n) => ("limit: an order's rows, bare writer", n),
            Self::UseCase(n) => ("use case `orders::create`, in process", n),
            Self::Create(n) => ("create order, `POST /api/v1/orders`", n),
            Self::Replay(n) => ("create order again, same key (kept answer)", n),
            Self::Read(n) => ("read order, `GET /api/v1/orders/{id}`", n),
            Self::Live(n) => ("HTTP alone, `GET /health/live`", n),
            Self::Walk(n) => ("whole walk, order to delivered capture", n),
            Self::Client => ("limit: the HTTP client to a receiver, no database", outward::AT_ONCE),
            Self::Deliver => ("webhooks out, to 16 endpoints", outward::AT_ONCE),
            Self::Page(Part::Newest) => ("100 events of a very long list, its newest", 1),
            Self::Page(Part::Middle) => ("100 events of a very long list, its middle", 1),
            Self::Page(Part::Oldest) => ("100 events of a very long list, its oldest", 1),
        };
        write!(f, "{what} | {many}")
    }
}

/// An engine with everything that its cells need.
pub(crate) struct Bench {
    pub(crate) place: Place,
    pub(crate) world: World,
    bare: Bare,
    app: Arc<App>,
    shop: Shop,
    /// `None`: left out.
    events: Option<Events>,
    /// To be dropped at the end.
    databases: Vec<String>,
}

enum Bare {
    Lite(Writer),
    Pg(bare_pg::Bare),
}

impl Bench {
    /// `events` is how long the long list is; without any its cells are left out.
    pub(crate) async fn make(place: Place, events: usize) -> Result<Self> {
        let world = World::make(&place).await?;
        let (app, shop, database) = database::in_process(&place, "usecase").await?;
        let mut databases = vec![database, world.config.database.clone()];
        let bare = match place.engine {
            Engine::Sqlite => Bare::Lite(Writer::start(&place).await?),
            Engine::Postgres => {
                let bare = bare_pg::Bare::start(&place).await?;
                databases.push(bare.database.clone());
                Bare::Pg(bare)
            }
        };
        let events = if events > 0 { Some(Events::make(&place, events).await?) } else { None };
        databases.extend(events.iter().map(|e| e.database.clone()));
        Ok(Self { place, world, bare, app, shop, events, databases })
    }

    pub(crate) async fn measure(&self, cell: Cell, length: Duration) -> Result<(Sample, Option<Cost>)> {
        let sample = match (cell, &self.bare) {
            (Cell::Disk, _) => {
                let folder = self.place.folder.clone();
                tokio::task::spawn_blocking(move || disk::appends(&folder, length)).await??
            }
            (Cell::Insert(n), Bare::Pg(bare)) => closed_loop(bare.inserting(n), length).await?,
            (Cell::Insert(_), Bare::Lite(_)) => anyhow::bail!("there is no such cell on SQLite"),
            (Cell::Bare(n), Bare::Pg(bare)) => closed_loop(bare.creating(n), length).await?,
            (Cell::Bare(n), Bare::Lite(bare)) => closed_loop(bare.callers(n), length).await?,
            (Cell::UseCase(n), _) => {
                let one = |_| UseCase { app: self.app.clone(), shop: self.shop.clone() };
                closed_loop((0..n).map(one).collect(), length).await?
            }
            (Cell::Create(n), _) => self.over_http(n, self.world.creating(), 201, length).await?,
            (Cell::Replay(n), _) => self.over_http(n, self.world.replaying(), 201, length).await?,
            (Cell::Read(n), _) => self.over_http(n, self.world.reading(), 200, length).await?,
            (Cell::Live(n), _) => self.over_http(n, self.world.living(), 200, length).await?,
            (Cell::Client, _) => outward::client_alone(&self.world.receiver, length).await?,
            (Cell::Deliver, _) => outward::deliveries(&self.world, length).await?,
            (Cell::Page(part), _) => {
                let events = self.events.as_ref().context("there is no long list")?;
                events.measure(part, length).await?
            }
            (Cell::Walk(n), _) => {
                let (sample, cost) = walk(&self.world, &self.place, n, length).await?;
                return Ok((sample, Some(cost)));
            }
        };
        Ok((sample, None))
    }

    /// Whether there is something to measure.
    pub(crate) fn has(&self, cell: Cell) -> bool {
        !matches!(cell, Cell::Page(_)) || self.events.is_some()
    }

    async fn over_http(&self, n: usize, ask: Ask, status: u16, length: Duration) -> Result<Sample> {
        let callers = OverHttp::several(n, self.world.server.address, ask, status).await?;
        closed_loop(callers, length).await
    }

    /// Closes and removes everything but the served world, whose databases' names are returned.
    pub(crate) async fn close(self) -> Result<(Place, World, Vec<String>)> {
        self.app.store.clone().close().await;
        drop(self.bare);
        Ok((self.place, self.world, self.databases))
    }
}

/// A caller of the use case.
struct UseCase {
    app: Arc<App>,
    shop: Shop,
}

impl Caller for UseCase {
    async fn once(&mut self) -> Result<()> {
        let scope = self.shop.scope;
        let key = answer::key(scope, &unique(), "POST /api/v1/orders", database::ORDER.as_bytes());
        let reply = orders::create(&self.app, scope, new_order(), Some(key)).await.map_err(told)?;
        ensure!(reply.status == 201 && !reply.replayed, "answered {}", reply.status);
        Ok(())
    }
}
