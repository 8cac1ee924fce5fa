//! The transaction search: what moved on the account, and what each movement cost.
//!
//! It runs hours late and names a movement by its capture or refund alone. So each list begins a few hours early, and a
//! sweep asks for every capture and refund in it: only they say what our own name for their payment is.

use super::{PayPal, client, meaning, values, wire};
use crate::asking::Errand;
use crate::contract::{
    Call, FileProblem, Page, Report, SettledKind, SettlementLine, Settlements, Span, Sweep,
};
use crate::reading::answers::our_ref;
use crate::reading::doubt::{of_this_row, refused};
use crate::reading::table;
use crate::wire::CallError;
use async_trait::async_trait;
use hundi_core::time::{days, hours};
use hundi_core::{Millis, Money};
use meaning::Unheard;

/// PayPal's widest range is 31 days.
const RANGE_MS_MAX: i64 = days(31);
/// The search shows a movement up to three hours late: twice that, so that what one list missed is in the next.
const LATE_MS: i64 = hours(6);
/// Each row of a sweep costs two calls at most.
const SWEEP_ROWS: u32 = 20;
const SETTLEMENT_ROWS: u32 = 500;

#[async_trait]
impl Sweep for PayPal {
    async fn list(&self, call: Call<'_>, span: Span, after: Option<&str>) -> Result<Page<Report>, CallError> {
        let (rows, next) = page(call.to("sweep"), span, after, SWEEP_ROWS).await?;
        let mut items = Vec::new();
        for row in rows {
            items.extend(of_this_row(moved(call.to("sweep"), &row).await)?);
        }
        Ok(Page { items, next })
    }

    /// Each row was asked for by itself already.
    async fn trace(&self, _call: Call<'_>, report: Report) -> Result<Report, CallError> {
        Ok(report)
    }
}

#[async_trait]
impl Settlements for PayPal {
    /// PayPal keeps a balance instead of paying out in settlements: a line says what a movement did to it.
    async fn list(
        &self,
        call: Call<'_>,
        span: Span,
        after: Option<&str>,
    ) -> Result<Option<Page<SettlementLine>>, CallError> {
        let (rows, next) = page(call.to("settlements"), span, after, SETTLEMENT_ROWS).await?;
        let lines = rows.iter().filter_map(|row| line(row).transpose());
        Ok(Some(Page { items: lines.collect::<Result<_, _>>()?, next }))
    }

    fn read_file(&self, _bytes: &[u8]) -> Result<Vec<SettlementLine>, FileProblem> {
        Err(table::from_api_only("PayPal"))
    }

    /// A sweep asks for each movement itself.
    async fn whose(&self, _call: Call<'_>, _line: &SettlementLine) -> Result<Option<Report>, CallError> {
        Ok(None)
    }
}

// ---- pages

/// The range and page that a cursor names: `1789000000000 2`.
fn place(span: Span, after: Option<&str>) -> Option<(Span, u32)> {
    let (from, number) = match after {
        None => (span.from.minus(LATE_MS), 1),
        Some(cursor) => {
            let (from, number) = cursor.split_once(' ')?;
            (Millis(from.parse().ok()?), number.parse().ok()?)
        }
    };
    Some((Span { from, to: from.plus(RANGE_MS_MAX).min(span.to) }, number))
}

async fn page(
    errand: Errand<'_>,
    span: Span,
    after: Option<&str>,
    rows: u32,
) -> Result<(Vec<wire::TransactionInfo>, Option<String>), CallError> {
    let (range, number) = place(span, after).ok_or_else(|| refused("not a place in this list"))?;
    let time = |at: Millis| at.to_string().replace(':', "%3A");
    let path = format!(
        "/v1/reporting/transactions?start_date={}&end_date={}&fields=transaction_info\
         &balance_affecting_records_only=Y&page_size={rows}&page={number}",
        time(range.from),
        time(range.to),
    );
    let found: wire::Transactions = client::get(errand, &path).await?;
    let next = match () {
        () if i64::from(number) < found.total_pages => Some(format!("{} {}", range.from.0, number + 1)),
        () if range.to < span.to => Some(format!("{} 1", range.to.0)),
        () => None,
    };
    Ok((found.transaction_details.into_iter().map(|t| t.transaction_info).collect(), next))
}

// ---- the sweep

/// What a row is about, in its own words and under our name for it. Rows of other kinds are none of a checkout's.
async fn moved(errand: Errand<'_>, row: &wire::TransactionInfo) -> Result<Option<Report>, CallError> {
    match row.transaction_event_code.as_str() {
        "T0006" => Ok(Some(meaning::capture_alone(&capture(errand, &row.transaction_id).await?)?)),
        "T1107" => {
            let path = format!("/v2/payments/refunds/{}", client::id(&row.transaction_id)?);
            let given: wire::Refund = client::get(errand, &path).await?;
            let of = meaning::capture_of(&given).ok_or(Unheard("a refund that does not say of what"))?;
            let taken = capture(errand, of).await?;
            let of_payment = our_ref(taken.custom_id.as_deref());
            Ok(Some(meaning::refund(&given, meaning::own_name(&taken), of_payment)?))
        }
        _ => Ok(None),
    }
}

async fn capture(errand: Errand<'_>, id: &str) -> Result<wire::Capture, CallError> {
    let path = format!("/v2/payments/captures/{}", client::id(id)?);
    Ok(client::get(errand, &path).await?)
}

// ---- lines

/// A row as a line. Fees and what left the account are negative at PayPal; a fee that is kept is positive with us.
fn line(row: &wire::TransactionInfo) -> Result<Option<SettlementLine>, Unheard> {
    let kind = match row.transaction_event_code.as_str() {
        "T0006" => SettledKind::Payment,
        "T1107" => SettledKind::Refund,
        "T1106" | "T1201" => SettledKind::Chargeback,
        // Withdrawals, conversions and holds move the balance too, and are no line of a payment.
        _ => return Ok(None),
    };
    // Pending and denied rows have moved nothing yet.
    if row.transaction_status != "S" {
        return Ok(None);
    }
    let unreadable = Unheard("an amount in a list that we cannot read");
    let (moved, currency) = values::read_signed(&row.transaction_amount).ok_or(unreadable)?;
    let fee = match &row.fee_amount {
        Some(fee) => values::read_signed(fee).filter(|(_, of)| *of == currency).ok_or(unreadable)?.0,
        None => 0,
    };
    let net_minor = moved.checked_add(fee).ok_or(unreadable)?;
    let reference = row.paypal_reference_id.clone();
    let of_payment = reference.filter(|_| row.paypal_reference_id_type.as_deref() == Some("TXN"));
    Ok(Some(SettlementLine {
        kind,
        provider_id: row.transaction_id.clone(),
        of_payment: of_payment.filter(|_| kind != SettledKind::Payment),
        our_ref: our_ref(row.custom_field.as_deref()),
        gross: Money::new(moved.abs(), currency),
        fee_minor: -fee,
        // GST on PayPal's fees comes with its monthly invoice, not with a movement.
        tax_minor: 0,
        net_minor,
        settlement: None,
        utr: None,
        settled_at: Some(meaning::time(&row.transaction_initiation_date)?),
    }))
}
