//! What moved on the account, and what each movement came to when it was paid out: two lists, a cursor each.

use super::meaning::Unheard;
use super::{Cashfree, client, meaning, values, wire};
use crate::asking::Errand;
use crate::contract::{Call, Page, Report, SettledKind, SettlementLine, Settlements, Span, Sweep};
use crate::reading::doubt::each_row;
use crate::reading::tree::Tree;
use crate::wire::CallError;
use crate::writing::Object;
use async_trait::async_trait;
use hundi_core::Money;
use hundi_core::time::hours;

/// Each row of a sweep costs a call, and an account has a hundred a minute.
const SWEEP_ROWS: u32 = 20;
const SETTLEMENT_ROWS: u32 = 500;
/// How late a movement shows is not documented: what one list missed is in the next.
const LATE_MS: i64 = hours(6);
const CURSOR_CHARS_MAX: usize = 2000;

#[async_trait]
impl Sweep for Cashfree {
    /// A row says what moved and not how it now stands, so each is asked for: then it is the same fact as a poll's.
    async fn list(&self, call: Call<'_>, span: Span, after: Option<&str>) -> Result<Page<Report>, CallError> {
        let early = Span { from: span.from.minus(LATE_MS), ..span };
        let errand = call.to("sweep");
        each_row(page(errand, "/recon", early, after, SWEEP_ROWS).await?, |row| moved(errand, row)).await
    }
}

#[async_trait]
impl Settlements for Cashfree {
    async fn list(
        &self,
        call: Call<'_>,
        span: Span,
        after: Option<&str>,
    ) -> Result<Option<Page<SettlementLine>>, CallError> {
        let errand = call.to("settlements");
        let page = page(errand, "/settlement/recon", span, after, SETTLEMENT_ROWS).await?;
        let items = page.items.iter().map(line).collect::<Result<_, Unheard>>()?;
        Ok(Some(Page { items, next: page.next }))
    }
}

async fn page(
    errand: Errand<'_>,
    path: &str,
    span: Span,
    after: Option<&str>,
    limit: u32,
) -> Result<Page<Tree>, CallError> {
    let (from, to) = (values::written(span.from), values::written(span.to));
    let ask = Object::new()
        .put("pagination", Object::new().put("limit", limit).put("cursor", after))
        .put("filters", Object::new().put("start_date", from).put("end_date", to));
    let listed: wire::Listed = client::post(errand, path, &ask).await?;
    // An empty page is the end whatever it says, and a cursor that leads to itself would never end.
    let leads_on = |cursor: &String| {
        let fit = !cursor.is_empty() && cursor.len() <= CURSOR_CHARS_MAX;
        fit && !listed.data.is_empty() && after != Some(cursor.as_str())
    };
    let next = listed.cursor.clone().filter(leads_on);
    Ok(Page { items: listed.data, next })
}

// ---- the sweep

async fn moved(errand: Errand<'_>, row: Tree) -> Result<Option<Report>, CallError> {
    let word = |place: &str| row.word(place);
    if word("/event_status")?.as_deref() != Some("SUCCESS") {
        return Ok(None);
    }
    let Some(order) = word("/order_id")? else { return Ok(None) };
    let order = client::id(&order)?;
    match (row.need("/event_type")?.as_str(), word("/cf_payment_id")?, word("/refund_id")?) {
        ("PAYMENT", Some(id), _) => {
            let payment = super::payment(errand, order, &id).await?;
            Ok(Some(meaning::payment(&payment, order)?))
        }
        ("REFUND", _, Some(id)) => {
            let path = format!("/orders/{order}/refunds/{}", client::id(&id)?);
            let given: wire::Refund = client::get(errand, &path).await?;
            Ok(Some(meaning::refund(&given)?))
        }
        // Settlements, disputes and adjustments are no movement of a payment.
        _ => Ok(None),
    }
}

// ---- settlements

fn line(row: &Tree) -> Result<SettlementLine, Unheard> {
    let currency = row.need("/event_details/event_currency")?;
    let read = |number: &str| {
        let amount = values::money(number, &currency);
        amount.ok_or(Unheard("an amount in a settlement that we cannot read"))
    };
    let minor = |place: &str| row.word(place)?.map_or(Ok(0), |n| read(&n).map(Money::minor));
    let amount = read(&row.need("/event_details/event_amount")?)?;
    let moved = read(&row.need("/event_details/event_settlement_amount")?)?.minor().abs();
    let net_minor = match row.need("/event_details/sale_type")?.as_str() {
        "CREDIT" => moved,
        "DEBIT" => -moved,
        _ => return Err(Unheard("a line that neither adds nor takes")),
    };
    let kind = match row.need("/event_details/event_type")?.as_str() {
        "PAYMENT" => SettledKind::Payment,
        "REFUND" => SettledKind::Refund,
        "DISPUTE" | "CHARGEBACK" => SettledKind::Chargeback,
        // Reversals of those, sweeps, and whatever else is kept or given.
        _ => SettledKind::Adjustment,
    };
    let gross = amount.minor().abs();
    let kept = if net_minor < 0 { moved - gross } else { gross - moved };
    let (charge, tax) =
        (minor("/event_details/event_service_charge")?, minor("/event_details/event_service_tax")?);
    let (gross, fee_minor, tax_minor) = match kind {
        SettledKind::Adjustment => (net_minor, 0, 0),
        // Fees that are billed apart are named and not kept; and what was kept is never more than what is missing.
        SettledKind::Payment | SettledKind::Refund | SettledKind::Chargeback => match charge + tax == kept {
            true => (gross, charge, tax),
            false => (gross, kept, 0),
        },
    };
    let is_payment = kind == SettledKind::Payment;
    let (event, payment) =
        (row.need("/event_details/event_id")?, row.word("/payment_details/cf_payment_id")?);
    let ours = if is_payment { "/order_details/order_id" } else { "/refund_details/refund_id" };
    let named = |place: &str| Ok(row.word(place)?.filter(|text| !text.is_empty()));
    let settled = row.word("/settlement_details/settlement_date")?;
    Ok(SettlementLine {
        kind,
        provider_id: payment.clone().filter(|_| is_payment).unwrap_or(event),
        of_payment: payment.filter(|_| !is_payment),
        our_ref: row.word(ours)?.as_deref().and_then(meaning::our_ref),
        gross: Money::new(gross, amount.currency()),
        fee_minor,
        tax_minor,
        net_minor,
        settlement: named("/settlement_details/cf_settlement_id")?,
        utr: named("/settlement_details/utr")?,
        settled_at: settled.as_deref().map(meaning::time).transpose()?,
    })
}
