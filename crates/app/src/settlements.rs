//! Settlement files: what a provider says it paid out, held against what we know of each payment and refund.
//!
//! A file is no proof: anybody can write one. So a line moves nothing. What it names and we don't know is a cause to ask
//! the provider, whose own answer then goes through the one door; the rest is told to whoever brought the file.

use crate::connections::{self, Opened};
use crate::error::Error;
use crate::observe::{self, By, Matched};
use crate::payments::look;
use crate::wired::Wired;
use crate::{Actor, App, planted};
use hundi_core::payment::Status;
use hundi_core::refund::Status as RefundStatus;
use hundi_core::{AuditId, ConnectionId, Money, PaymentId, RefundId, Scope};
use hundi_providers::{SettledKind, SettlementLine};
use hundi_store::audit::{self, Record};
use hundi_store::{DbError, Tx, connections as rows, history, payments, refunds};
use std::sync::Arc;

/// The largest file that is read. Each of its lines costs a call or two at most, and nearly all of them none.
pub const FILE_BYTES_MAX: usize = 64 << 20;

/// What came of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Read {
    pub lines: usize,
    /// Payments and refunds that stood in our books as the file has them.
    pub known: usize,
    /// What the provider, being asked, confirmed.
    pub found: usize,
    /// Fees, holds and disputes by themselves: no line of a payment or a refund.
    pub others: usize,
    pub questions: Vec<Question>,
}

/// A line that a person should look at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    /// The provider's id in the line.
    pub line: String,
    pub amount: Money,
    pub what: What,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    /// Nothing of ours has such an id: another shop's on the same account, or something lost.
    NotOurs,
    /// We know it with another amount.
    OtherAmount,
    /// Settled, and yet the provider does not say that the money moved.
    NotConfirmed,
    /// The provider did not answer: read the file again later.
    NotAnswered,
}

impl What {
    pub const fn sentence(self) -> &'static str {
        match self {
            Self::NotOurs => "nothing here has such an id",
            Self::OtherAmount => "it stands here with another amount",
            Self::NotConfirmed => "the provider, being asked, does not confirm it",
            Self::NotAnswered => "the provider did not answer: read the file again later",
        }
    }
}

/// Reads a settlement file of a connection. Reading it twice changes nothing twice.
pub async fn read_file(
    app: &Arc<App>,
    scope: Scope,
    actor: &Actor,
    id: ConnectionId,
    bytes: &[u8],
) -> Result<Read, Error> {
    let row = app.store.read(async move |tx| rows::load(tx, scope, id).await).await?;
    let opened = connections::open_row(app, row.ok_or(Error::NotFound { what: "connection" })?).await?;
    let wrong = |what: String| Error::invalid("file", what);
    let Some(part) = opened.provider.settlement_file() else {
        return Err(wrong("This provider gives out no settlement file.".into()));
    };
    let lines = part.read_file(bytes).map_err(|p| wrong(format!("Line {}: {}.", p.line, p.what)))?;
    note(app, scope, actor, id, (bytes, lines.len())).await?;
    let mut read = Read { lines: lines.len(), known: 0, found: 0, others: 0, questions: Vec::new() };
    for line in &lines {
        let came = match standing(app, id, line).await? {
            Standing::Other => {
                read.others += 1;
                continue;
            }
            Standing::Known => {
                read.known += 1;
                continue;
            }
            Standing::Differs => Some(What::OtherAmount),
            Standing::Of(_) | Standing::Nobodys if planted!("settled_and_unasked") => None,
            Standing::Of(payment) => ask(app, &opened, line, payment).await?,
            Standing::Refund(refund, payment) => {
                crate::refunds::check_now(app, scope, refund).await?;
                ask(app, &opened, line, payment).await?
            }
            Standing::Nobodys => trace(app, &opened, line).await?,
        };
        match came {
            None => read.found += 1,
            Some(what) => {
                let (line, amount) = (line.provider_id.clone(), line.gross);
                read.questions.push(Question { line, amount, what });
            }
        }
    }
    Ok(read)
}

async fn note(
    app: &App,
    scope: Scope,
    actor: &Actor,
    id: ConnectionId,
    (bytes, lines): (&[u8], usize),
) -> Result<(), Error> {
    let print = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, bytes);
    let print = data_encoding::HEXLOWER.encode(print.as_ref());
    let record = Record {
        id: app.id(AuditId::new),
        chain: scope.merchant().to_string(),
        mode: scope.mode(),
        actor: actor.name.clone(),
        action: "connection.read_settlement_file".into(),
        target_type: "connection".into(),
        target_id: id.to_string(),
        detail: serde_json::json!({ "sha256": print, "lines": lines }).to_string(),
        ip: actor.ip.clone(),
        at: app.now(),
    };
    Ok(app.store.write(async move |tx| audit::insert(tx, &record).await).await?)
}

/// How a line stands to what we know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Standing {
    Known,
    /// Known with another amount.
    Differs,
    /// Of this payment, of which we don't know it.
    Of(PaymentId),
    /// A refund whose end we have not heard, of this payment.
    Refund(RefundId, PaymentId),
    Nobodys,
    /// No line of a payment or a refund.
    Other,
}

async fn standing(app: &App, connection: ConnectionId, line: &SettlementLine) -> Result<Standing, Error> {
    let line = line.clone();
    let found = app.store.read(async move |tx| match line.kind {
        SettledKind::Payment => of_payment(tx, connection, &line).await,
        SettledKind::Refund => of_refund(tx, connection, &line).await,
        SettledKind::Chargeback | SettledKind::Adjustment => Ok(Standing::Other),
    });
    Ok(found.await?)
}

async fn of_payment(
    tx: &mut Tx,
    connection: ConnectionId,
    line: &SettlementLine,
) -> Result<Standing, DbError> {
    let named = match line.our_ref {
        Some(our_ref) => payments::find_by_our_ref(tx, connection, our_ref).await?,
        None => None,
    };
    let id = match named {
        Some(id) => Some(id),
        None => payments::find_by_provider_payment(tx, connection, &line.provider_id).await?,
    };
    let Some(id) = id else { return Ok(Standing::Nobodys) };
    let payment = payments::load_by_id(tx, id).await?;
    let payment = payment.ok_or_else(|| DbError::Bug("a payment vanished".into()))?;
    let captured: Vec<_> = payment.state.captures().collect();
    Ok(match captured.iter().find(|(named, _)| *named == line.provider_id) {
        Some((_, captured)) if captured.amount == line.gross => Standing::Known,
        Some(_) => Standing::Differs,
        // Some files know a payment by other names than its provider's API does.
        None if captured.iter().any(|(_, captured)| captured.amount == line.gross) => Standing::Known,
        None if payment.status() == Status::Captured => Standing::Differs,
        None => Standing::Of(id),
    })
}

async fn of_refund(
    tx: &mut Tx,
    connection: ConnectionId,
    line: &SettlementLine,
) -> Result<Standing, DbError> {
    if let Some(id) = refunds::find(tx, connection, &line.provider_id, line.our_ref).await? {
        let refund = refunds::load_by_id(tx, id).await?;
        let refund = refund.ok_or_else(|| DbError::Bug("a refund vanished".into()))?;
        return Ok(match refund.status() {
            _ if refund.state.amount != line.gross => Standing::Differs,
            RefundStatus::Processed => Standing::Known,
            RefundStatus::Requested | RefundStatus::Processing | RefundStatus::Failed => {
                Standing::Refund(id, refund.payment_id)
            }
        });
    }
    let Some(of) = &line.of_payment else { return Ok(Standing::Nobodys) };
    let payment = payments::find_by_provider_payment(tx, connection, of).await?;
    Ok(payment.map_or(Standing::Nobodys, Standing::Of))
}

/// Asks about the payment, and looks whether the line is known now.
async fn ask(
    app: &Arc<App>,
    opened: &Opened,
    line: &SettlementLine,
    payment: PaymentId,
) -> Result<Option<What>, Error> {
    let since = app.now();
    let payment = look(app, payment, By::Sweep).await?;
    Ok(match standing(app, opened.row.id, line).await? {
        Standing::Known => None,
        Standing::Differs => Some(What::OtherAmount),
        Standing::Of(_) | Standing::Refund(..) | Standing::Nobodys | Standing::Other => {
            let heard = payment.state.answered_at.is_some_and(|at| at >= since);
            Some(if heard { What::NotConfirmed } else { What::NotAnswered })
        }
    })
}

/// Asks whose the line is.
async fn trace(app: &Arc<App>, opened: &Opened, line: &SettlementLine) -> Result<Option<What>, Error> {
    let Some(part) = opened.provider.whose() else { return Ok(Some(What::NotOurs)) };
    let connection = opened.row.id;
    let wire = Wired::new(app, connection, connection);
    let said = part.whose(opened.call(&wire), line).await;
    let exchanges = wire.take();
    let report = said.as_ref().ok().cloned().flatten();
    let matched = app.store.write(async move |tx| {
        // What was asked is kept, whatever came of it.
        for exchange in &exchanges {
            history::exchanged(tx, exchange).await?;
        }
        let Some(report) = &report else { return Ok(Matched::Nobody) };
        observe::of_report(tx, connection, report).await
    });
    match matched.await? {
        Matched::Payment(payment) | Matched::UnknownRefundOf(payment) => {
            ask(app, opened, line, payment).await
        }
        Matched::Refund(_) | Matched::Contradicts(_) | Matched::Nobody => {
            Ok(Some(if said.is_ok() { What::NotOurs } else { What::NotAnswered }))
        }
    }
}
