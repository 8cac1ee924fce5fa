//! PayPal's reports: the transaction search, which tells what moved on the account and what each movement cost, and what
//! stands on it.
//!
//! The search runs hours late and names a movement by its capture or refund alone. So each list begins a few hours early, and a
//! sweep asks for every capture and refund in it: only they say what our own name for their payment is.

use super::wire::Amount;
use super::{PayPal, client, meaning, named};
use crate::asking::Errand;
use crate::contract::{
    Balances, Call, Lines, Page, Report, SettledKind, SettlementLine, Settlements, Span, Standing, Standings,
    Sweep,
};
use crate::reading::answers::our_ref;
use crate::reading::doubt::{Heard, each_row};
use crate::reading::pages::Place;
use crate::reading::tree::Tree;
use crate::wire::Called;
use async_trait::async_trait;
use hundi_core::time::{days, hours};
use hundi_core::{Currency, Millis, Money};
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
    async fn list(&self, call: Call<'_>, span: Span, after: Option<&str>) -> Called<Page<Report>> {
        let errand = call.to("sweep");
        each_row(page(errand, span, after, SWEEP_ROWS).await?, |row| moved(errand, row)).await
    }
}

#[async_trait]
impl Settlements for PayPal {
    /// PayPal keeps a balance instead of paying out in settlements: a line says what a movement did to it.
    async fn list(&self, call: Call<'_>, span: Span, after: Option<&str>) -> Called<Option<Lines>> {
        let page = page(call.to("settlements"), span, after, SETTLEMENT_ROWS).await?;
        let lines = page.items.iter().filter_map(|row| line(row).transpose());
        Ok(Some(Page { items: lines.collect::<Heard<_>>()?, next: page.next }))
    }
}

// ---- pages

async fn page(errand: Errand<'_>, span: Span, after: Option<&str>, rows: u32) -> Called<Page<Tree>> {
    let place = Place::read(after, span.from.minus(LATE_MS))?;
    let ends = place.from.plus(RANGE_MS_MAX).min(span.to);
    let time = |at: Millis| at.to_string().replace(':', "%3A");
    let path = format!(
        "/v1/reporting/transactions?start_date={}&end_date={}&fields=transaction_info\
         &balance_affecting_records_only=Y&page_size={rows}&page={}",
        time(place.from),
        time(ends),
        place.page,
    );
    let found: Tree = client::get(errand, &path).await?;
    let more = i64::from(place.page) < found.must("/total_pages")?;
    let rows: Vec<Tree> = found.must("/transaction_details")?;
    // One that can't even be asked about is not left out in silence.
    let named = |row: Tree| row.having(&["/transaction_id", "/transaction_event_code"]);
    let items = rows.iter().map(|row| row.must("/transaction_info").and_then(named)).collect::<Heard<_>>()?;
    Ok(Page { items, next: place.next(more, ends, span.to) })
}

// ---- the sweep

/// What a row is about, in its own words and under our name for it. Rows of other kinds are none of a checkout's.
async fn moved(errand: Errand<'_>, row: Tree) -> Called<Option<Report>> {
    let id = row.need_text("/transaction_id")?;
    match row.need_text("/transaction_event_code")?.as_str() {
        "T0006" => Ok(Some(meaning::capture_alone(&named(errand, "payments/captures", &id).await?)?)),
        "T1107" => {
            let given = named(errand, "payments/refunds", &id).await?;
            let of =
                meaning::above(&given, "captures")?.ok_or(Unheard("a refund that does not say of what"))?;
            let taken = named(errand, "payments/captures", &of).await?;
            let of_payment = our_ref(taken.text("/custom_id")?.as_deref());
            Ok(Some(meaning::refund(&given, meaning::name_of(&taken, None)?, of_payment)?))
        }
        _ => Ok(None),
    }
}

// ---- lines

/// A row as a line. Fees and what left the account are negative at PayPal; a fee that is kept is positive with us.
fn line(row: &Tree) -> Heard<Option<SettlementLine>> {
    let kind = match row.need_text("/transaction_event_code")?.as_str() {
        "T0006" => SettledKind::Payment,
        "T1107" => SettledKind::Refund,
        "T1106" | "T1201" => SettledKind::Chargeback,
        // Withdrawals, conversions and holds move the balance too, and are no line of a payment.
        _ => return Ok(None),
    };
    // Pending and denied rows have moved nothing yet.
    if row.need_text("/transaction_status")? != "S" {
        return Ok(None);
    }
    let unreadable = Unheard("an amount in a list that we cannot read");
    let moved = row.must::<Amount>("/transaction_amount")?.signed().ok_or(unreadable)?;
    let fee = match row.read::<Amount>("/fee_amount")? {
        Some(fee) => fee.signed().ok_or(unreadable)?,
        None => Money::new(0, moved.currency()),
    };
    let is_of_payment = row.text("/paypal_reference_id_type")?.as_deref() == Some("TXN");
    let reference = row.text("/paypal_reference_id")?.filter(|_| is_of_payment);
    Ok(Some(SettlementLine {
        kind,
        provider_id: row.need_text("/transaction_id")?,
        of_payment: reference.filter(|_| kind != SettledKind::Payment),
        our_ref: our_ref(row.text("/custom_field")?.as_deref()),
        gross: Money::new(moved.minor().abs(), moved.currency()),
        fee_minor: -fee.minor(),
        // GST on PayPal's fees comes with its monthly invoice, not with a movement.
        tax_minor: 0,
        net_minor: moved.add(fee).map_err(|_| unreadable)?.minor(),
        settlement: None,
        utr: None,
        settled_at: Some(meaning::instant(&row.need_text("/transaction_initiation_date")?)?),
    }))
}

// ---- balances

#[async_trait]
impl Balances for PayPal {
    /// Up to three hours late.
    async fn balances(&self, call: Call<'_>) -> Called<Standings> {
        let told: Tree = client::get(call.to("balances"), "/v1/reporting/balances").await?;
        let of: Vec<Tree> = told.must("/balances")?;
        let of = of.iter().map(standing).collect::<Result<_, _>>()?;
        let as_of = told.text("/last_refresh_time")?.or(told.text("/as_of_time")?);
        Ok(Standings { of, as_of: as_of.as_deref().map(meaning::instant).transpose()? })
    }
}

/// One that can't be read is not left out: what is left would look like all there is.
fn standing(told: &Tree) -> Heard<Standing> {
    let unreadable = Unheard("a balance that we cannot read");
    let currency: Currency = told.need_text("/currency")?.parse().map_err(|_| unreadable)?;
    let minor = |place: &str| {
        let fits = |amount: &Money| amount.currency() == currency;
        let minor = |amount: Amount| amount.signed().filter(fits).map(Money::minor).ok_or(unreadable);
        told.read(place)?.map(minor).transpose()
    };
    Ok(Standing {
        currency,
        total_minor: minor("/total_balance")?.ok_or(unreadable)?,
        available_minor: minor("/available_balance")?,
        withheld_minor: minor("/withheld_balance")?,
    })
}
