//! What a list holds, as a file: the same filters, every row, written as it is read.
//!
//! A page is read in a transaction of its own and written out before the next, so that neither the database nor this
//! process holds more than a page however long the list is. Rows that come meanwhile are newer than the first and stay
//! out. Who took what is in the audit log before the first byte leaves.

mod columns;

use crate::error::Error;
use crate::{Actor, App, connections, fallbacks};
use columns::Columns;
use hundi_core::{AuditId, ConnectionId, Millis, Scope};
use hundi_documents::table::Cell;
use hundi_documents::xlsx::{TooLarge, Workbook};
use hundi_store::audit::{self, Record};
use hundi_store::orders::Order;
use hundi_store::{Cursor, Page, orders, payments, people, refunds};
use std::collections::HashMap;
use std::sync::Arc;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Rows that are held at once.
const PAGE: i64 = 500;
/// Exports of one process at once: each holds a reader now and then, and somebody's connection.
const AT_ONCE: usize = 4;

/// How many are under way.
pub(crate) struct Exports(Arc<Semaphore>);

impl Exports {
    pub(crate) fn new() -> Self {
        Self(Arc::new(Semaphore::new(AT_ONCE)))
    }
}

/// What is written.
#[derive(Clone, Debug)]
pub enum Of {
    Orders(orders::Filter),
    Payments(payments::Filter),
    Refunds(refunds::Filter),
}

impl Of {
    /// As the API and the audit log name it.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Orders(_) => "orders",
            Self::Payments(_) => "payments",
            Self::Refunds(_) => "refunds",
        }
    }

    const fn title(&self) -> &'static str {
        match self {
            Self::Orders(_) => "Orders",
            Self::Payments(_) => "Payments",
            Self::Refunds(_) => "Refunds",
        }
    }
}

/// As what it is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    Csv,
    Xlsx,
}

impl Format {
    pub const ALL: [Self; 2] = [Self::Csv, Self::Xlsx];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Xlsx => "xlsx",
        }
    }

    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Csv => "text/csv; charset=utf-8",
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        }
    }
}

/// Neither `csv` nor `xlsx`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnknownFormat;

impl std::str::FromStr for Format {
    type Err = UnknownFormat;

    fn from_str(text: &str) -> Result<Self, UnknownFormat> {
        Self::ALL.into_iter().find(|format| format.as_str() == text).ok_or(UnknownFormat)
    }
}

/// A time as somebody types it: `2026-04-01T00:00:00+05:30`.
pub fn instant(text: &str) -> Option<Millis> {
    text.parse::<jiff::Timestamp>().ok().map(|at| Millis(at.as_millisecond()))
}

/// What somebody asks for.
#[derive(Clone, Debug)]
pub struct Ask {
    pub of: Of,
    pub format: Format,
    /// Inclusive.
    pub from: Millis,
    /// Exclusive.
    pub to: Millis,
    /// The filters in the words of whoever asked, for the audit log.
    pub words: Vec<(String, String)>,
}

/// An export under way.
pub struct Export {
    app: Arc<App>,
    scope: Scope,
    of: Of,
    format: Format,
    page: Page,
    columns: Columns,
    sheet: Sheet,
    rows: u64,
    _place: OwnedSemaphorePermit,
}

/// What is written next, in either format.
enum Sheet {
    /// Lines that were not handed out yet.
    Csv(String),
    Xlsx(Box<Workbook>),
    Ended,
}

impl Export {
    /// What its file is called: `payments-2026-11-21.csv`, by the merchant's calendar.
    pub fn file_name(&self) -> String {
        let day = self.columns.local(self.app.now());
        let day = day.split(' ').next().unwrap_or_default();
        format!("{}-{day}.{}", self.of.name(), self.format.as_str())
    }

    /// Rows written so far.
    pub const fn rows(&self) -> u64 {
        self.rows
    }

    /// The next piece. `None` at the end.
    pub async fn next(&mut self) -> Result<Option<Vec<u8>>, Error> {
        loop {
            if matches!(self.sheet, Sheet::Ended) {
                return Ok(None);
            }
            let rows = self.read().await?;
            let last = rows.len() < usize::try_from(self.page.limit).unwrap_or(usize::MAX);
            if let Some((at, id, _)) = rows.last() {
                self.page.cursor = Cursor::After { at: *at, id: id.clone() };
            }
            let piece = self.write(rows.into_iter().map(|(_, _, cells)| cells).collect(), last);
            let piece = piece.map_err(|TooLarge| too_large())?;
            if !piece.is_empty() {
                return Ok(Some(piece));
            }
        }
    }

    fn write(&mut self, rows: Vec<Vec<Cell>>, last: bool) -> Result<Vec<u8>, TooLarge> {
        self.rows += u64::try_from(rows.len()).unwrap_or(u64::MAX);
        let piece = match &mut self.sheet {
            Sheet::Csv(lines) => {
                rows.iter().for_each(|cells| lines.push_str(&hundi_documents::csv::line(cells)));
                std::mem::take(lines).into_bytes()
            }
            Sheet::Xlsx(book) => {
                rows.iter().try_for_each(|cells| book.row(cells))?;
                book.take()
            }
            Sheet::Ended => Vec::new(),
        };
        if !last {
            return Ok(piece);
        }
        match std::mem::replace(&mut self.sheet, Sheet::Ended) {
            Sheet::Xlsx(book) => Ok([piece, book.finish()?].concat()),
            Sheet::Csv(_) | Sheet::Ended => Ok(piece),
        }
    }

    /// The next page, each row with its place and its cells.
    async fn read(&self) -> Result<Vec<(Millis, String, Vec<Cell>)>, Error> {
        let (scope, page, columns) = (self.scope, self.page.clone(), &self.columns);
        let store = &self.app.store;
        Ok(match self.of.clone() {
            Of::Orders(filter) => {
                let rows = store.read(async move |tx| {
                    let rows = orders::list(tx, scope, &filter, &page).await?;
                    let ids: Vec<_> = rows.iter().map(|o| o.id).collect();
                    Ok::<_, Error>((rows, payments::stakes_of_orders(tx, &ids).await?))
                });
                let (rows, stakes) = rows.await?;
                let of = |o: &Order| stakes.get(&o.id).map_or(&[][..], Vec::as_slice);
                rows.iter().map(|o| (o.created_at, o.id.to_string(), columns.order(o, of(o)))).collect()
            }
            Of::Payments(filter) => {
                let rows = store.read(async move |tx| {
                    let rows = payments::list(tx, scope, &filter, &page).await?;
                    let ids: Vec<_> = rows.iter().map(|p| p.order_id).collect();
                    Ok::<_, Error>((rows, orders::by_ids(tx, scope, &ids).await?))
                });
                let (rows, of) = rows.await?;
                let of: HashMap<_, &Order> = of.iter().map(|o| (o.id, o)).collect();
                let cells = |p| columns.payment(p, of.get(&p.order_id).copied());
                rows.iter().map(|p| (p.created_at, p.id.to_string(), cells(p))).collect()
            }
            Of::Refunds(filter) => {
                let rows = store.read(async move |tx| refunds::list(tx, scope, &filter, &page).await).await?;
                rows.iter().map(|f| (f.created_at, f.id.to_string(), columns.refund(f))).collect()
            }
        })
    }
}

/// Begins an export, once it is in the audit log.
pub async fn begin(app: &Arc<App>, scope: Scope, actor: &Actor, ask: Ask) -> Result<Export, Error> {
    let place = app.exports.0.clone().try_acquire_owned();
    let place = place.map_err(|_| Error::TooMany { what: "exports at once" })?;
    let record = record(app, scope, actor, &ask);
    let id = scope.merchant();
    let merchant = app
        .store
        .write(async move |tx| {
            let merchant = people::merchant(tx, id).await?.ok_or(Error::NotFound { what: "merchant" })?;
            audit::insert(tx, &record).await?;
            Ok::<_, Error>(merchant)
        })
        .await?;
    app.ring();
    let columns = Columns::new(&merchant.zone, names_of(app, scope).await?);
    let headings = Columns::headings(&ask.of);
    let cells: Vec<Cell> = headings.iter().map(|heading| Cell::text(*heading)).collect();
    let sheet = match ask.format {
        Format::Csv => Sheet::Csv(hundi_documents::csv::line(&cells)),
        Format::Xlsx => {
            let book = Workbook::new(ask.of.title(), headings);
            Sheet::Xlsx(Box::new(book.map_err(|TooLarge| too_large())?))
        }
    };
    let page = Page { created_from: ask.from, created_to: ask.to, ..Page::newest(PAGE) };
    let (of, format, app) = (ask.of, ask.format, app.clone());
    Ok(Export { app, scope, of, format, page, columns, sheet, rows: 0, _place: place })
}

/// Four gigabytes, compressed, are more than a workbook can be: whoever has so many rows asks for CSV.
fn too_large() -> Error {
    Error::BodyTooLarge { bytes_max: usize::try_from(u32::MAX).unwrap_or(usize::MAX) }
}

/// What each connection is called, and whose it is.
async fn names_of(app: &App, scope: Scope) -> Result<HashMap<ConnectionId, (String, String)>, Error> {
    let own = connections::list(app, scope).await?;
    let own = own.into_iter().map(|c| (c.row.id, (c.row.provider, c.row.label)));
    let lent = fallbacks::lent_to(app, scope).await?.into_iter();
    Ok(lent.map(|(id, provider)| (id, (provider, fallbacks::LABEL.to_owned()))).chain(own).collect())
}

fn record(app: &App, scope: Scope, actor: &Actor, ask: &Ask) -> Record {
    let filters: serde_json::Map<String, serde_json::Value> =
        ask.words.iter().map(|(name, value)| (name.clone(), value.as_str().into())).collect();
    Record {
        id: app.id(AuditId::new),
        chain: scope.merchant().to_string(),
        mode: scope.mode(),
        actor: actor.name.clone(),
        action: "export.begin".into(),
        target_type: "export".into(),
        target_id: ask.of.name().to_owned(),
        detail: serde_json::json!({ "format": ask.format.as_str(), "filters": filters }).to_string(),
        ip: actor.ip.clone(),
        at: app.now(),
    }
}
