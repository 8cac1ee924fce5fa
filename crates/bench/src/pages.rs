//! A long list of events by cursor: a page near its newest end, in its middle and at its oldest should cost the same.
//!
//! A database and a server of their own, so that a million rows weigh on no other cell.

use crate::database::{self, Place, Shop, told};
use crate::http::{Ask, OverHttp, Target};
use crate::sample::{Sample, closed_loop};
use crate::server::{Server, free_address};
use anyhow::Result;
use hundi::config::Config;
use hundi::house;
use hundi_app::{App, follow};
use hundi_core::event::EventType;
use hundi_core::{EventId, Millis, OrderId};
use hundi_store::events::{self, Event};
use std::sync::Arc;
use std::time::Duration;

/// Where in the list a page begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Part {
    Newest,
    Middle,
    Oldest,
}

/// Rows in one transaction.
const BATCH: usize = 1_000;
/// Different pages that are asked for in turn.
const PAGES: usize = 64;
const PAGE: usize = 100;

pub(crate) struct Events {
    config: Config,
    shop: Shop,
    ids: Vec<String>,
    pub(crate) database: String,
}

impl Events {
    /// So many events of one merchant, numbered and followed.
    pub(crate) async fn make(place: &Place, count: usize) -> Result<Self> {
        let database = place.create("events").await?;
        let listen = free_address()?;
        let public_url = format!("http://{listen}");
        let config = Config { listen, public_url, ..database::config(database.clone()) };
        let app = house::open(&config).await?;
        let shop = database::shop(&app, "events").await?;
        let (order, body) = database::one_order(&app, shop.scope).await?;
        let mut ids = Vec::with_capacity(count);
        while ids.len() < count {
            let from = ids.len();
            let some: Vec<Event> =
                (from..count.min(from + BATCH)).map(|n| event(n, &shop, &order, &body)).collect();
            ids.extend(some.iter().map(|e| e.id.to_string()));
            insert(&app, some).await?;
        }
        follow::settle(&app).await.map_err(told)?;
        app.store.clone().close().await;
        Ok(Self { config, shop, ids, database })
    }

    pub(crate) async fn measure(&self, part: Part, length: Duration) -> Result<Sample> {
        let server = Server::start(&self.config).await?;
        let span = PAGES * PAGE;
        let first = match part {
            Part::Newest => self.ids.len().saturating_sub(span),
            Part::Middle => self.ids.len() / 2,
            Part::Oldest => 2 * PAGE,
        };
        let page = |n: usize| {
            let id = &self.ids[(first + n * PAGE).min(self.ids.len() - 1)];
            let path = format!("/api/v1/events?limit={PAGE}&starting_after={id}");
            Target { credentials: self.shop.credentials.clone(), ..Target::new(server.address, path) }.get()
        };
        let ask = Ask::Same((0..PAGES).map(page).collect());
        let callers = OverHttp::several(1, server.address, ask, 200).await?;
        let sample = closed_loop(callers, length).await?;
        server.stop().await?;
        Ok(sample)
    }
}

fn event(n: usize, shop: &Shop, order: &str, body: &str) -> Event {
    // A second apart, the last one now.
    let at = Millis(1_700_000_000_000).plus(i64::try_from(n).unwrap_or(0) * 1_000);
    let mut entropy = [0; 10];
    entropy[..8].copy_from_slice(&u64::try_from(n).unwrap_or(0).to_be_bytes());
    let id = OrderId::new(at, entropy).to_string();
    Event {
        id: EventId::new(at, entropy),
        scope: shop.scope,
        kind: EventType::OrderCreated,
        object_type: "order",
        body: body.replace(order, &id),
        object_id: id,
        seq: 1,
        capture_id: None,
        created_at: at,
    }
}

async fn insert(app: &Arc<App>, some: Vec<Event>) -> Result<()> {
    let written = app.store.write(async move |tx| {
        for event in &some {
            events::insert(tx, event).await?;
        }
        Ok::<_, hundi_store::DbError>(())
    });
    Ok(written.await?)
}
