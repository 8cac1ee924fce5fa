//! What moved on the account, and what each movement came to when it was paid out: two lists, a cursor each.

use super::meaning::Unheard;
use super::wire::{Listed, Movement, Settled};
use super::{Cashfree, client, meaning, values, wire};
use crate::asking::Errand;
use crate::contract::{
    Call, FileProblem, Page, Report, SettledKind, SettlementLine, Settlements, Span, Sweep,
};
use crate::reading::doubt::of_this_row;
use crate::reading::loose::Plain;
use crate::reading::table;
use crate::wire::CallError;
use crate::writing::Object;
use async_trait::async_trait;
use hundi_core::Money;
use hundi_core::time::hours;
use serde::de::DeserializeOwned;

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
        let page = page::<Movement>(call.to("sweep"), "/recon", early, after, SWEEP_ROWS).await?;
        let mut items = Vec::new();
        for row in page.items {
            items.extend(of_this_row(moved(call.to("sweep"), &row).await)?);
        }
        Ok(Page { items, next: page.next })
    }

    /// Each was asked for already, and bears the name that its order was opened by.
    async fn trace(&self, _call: Call<'_>, report: Report) -> Result<Report, CallError> {
        Ok(report)
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
        let page = page::<Settled>(errand, "/settlement/recon", span, after, SETTLEMENT_ROWS).await?;
        let items = page.items.iter().map(line).collect::<Result<_, Unheard>>()?;
        Ok(Some(Page { items, next: page.next }))
    }

    fn read_file(&self, _bytes: &[u8]) -> Result<Vec<SettlementLine>, FileProblem> {
        Err(table::from_api_only("Cashfree"))
    }

    /// A sweep asks for each movement itself.
    async fn whose(&self, _call: Call<'_>, _line: &SettlementLine) -> Result<Option<Report>, CallError> {
        Ok(None)
    }
}

async fn page<T: DeserializeOwned>(
    errand: Errand<'_>,
    path: &str,
    span: Span,
    after: Option<&str>,
    limit: u32,
) -> Result<Page<T>, CallError> {
    let (from, to) = (values::written(span.from), values::written(span.to));
    let ask = Object::new()
        .put("pagination", Object::new().put("limit", limit).put("cursor", after))
        .put("filters", Object::new().put("start_date", from).put("end_date", to));
    let listed: Listed<T> = client::post(errand, path, &ask).await?;
    // An empty page is the end whatever it says, and a cursor that leads to itself would never end.
    let leads_on = |cursor: &String| {
        let fit = !cursor.is_empty() && cursor.len() <= CURSOR_CHARS_MAX;
        fit && !listed.data.is_empty() && after != Some(cursor.as_str())
    };
    let next = listed.cursor.clone().filter(leads_on);
    Ok(Page { items: listed.data, next })
}

// ---- the sweep

async fn moved(errand: Errand<'_>, row: &Movement) -> Result<Option<Report>, CallError> {
    let Some(order) = row.order_id.as_deref().filter(|_| row.event_status.as_deref() == Some("SUCCESS"))
    else {
        return Ok(None);
    };
    let order = client::id(order)?;
    match (row.event_type.as_str(), &row.cf_payment_id, &row.refund_id) {
        ("PAYMENT", Some(Plain(payment)), _) => {
            let payment = super::payment(errand, order, payment).await?;
            Ok(Some(meaning::payment(&payment, order)?))
        }
        ("REFUND", _, Some(refund)) => {
            let path = format!("/orders/{order}/refunds/{}", client::id(refund)?);
            let given: wire::Refund = client::get(errand, &path).await?;
            Ok(Some(meaning::refund(&given)?))
        }
        // Settlements, disputes and adjustments are no movement of a payment.
        _ => Ok(None),
    }
}

// ---- settlements

fn line(row: &Settled) -> Result<SettlementLine, Unheard> {
    let event = &row.event_details;
    let read = |number: &Plain| {
        let amount = values::money(&number.0, &event.event_currency);
        amount.ok_or(Unheard("an amount in a settlement that we cannot read"))
    };
    let minor = |number: &Option<Plain>| number.as_ref().map_or(Ok(0), |n| read(n).map(Money::minor));
    let amount = read(&event.event_amount)?;
    let (gross, moved) = (amount.minor().abs(), read(&event.event_settlement_amount)?.minor().abs());
    let net_minor = match event.sale_type.as_str() {
        "CREDIT" => moved,
        "DEBIT" => -moved,
        _ => return Err(Unheard("a line that neither adds nor takes")),
    };
    let kind = match event.event_type.as_str() {
        "PAYMENT" => SettledKind::Payment,
        "REFUND" => SettledKind::Refund,
        "DISPUTE" | "CHARGEBACK" => SettledKind::Chargeback,
        // Reversals of those, sweeps, and whatever else is kept or given.
        _ => SettledKind::Adjustment,
    };
    let kept = if net_minor < 0 { moved - gross } else { gross - moved };
    let (charge, tax) = (minor(&event.event_service_charge)?, minor(&event.event_service_tax)?);
    // Fees that are billed apart are named and not kept; and what was kept is never more than what is missing.
    let (fee_minor, tax_minor) = if charge + tax == kept { (charge, tax) } else { (kept, 0) };
    let order = row.order_details.as_ref().and_then(|o| o.order_id.as_deref());
    let refund = row.refund_details.as_ref().and_then(|r| r.refund_id.as_deref());
    let payment = row.payment_details.as_ref().and_then(|p| p.cf_payment_id.as_ref()).map(|id| id.0.clone());
    let settlement = row.settlement_details.as_ref();
    let text = |id: Option<&Plain>| id.map(|id| id.0.clone()).filter(|text| !text.is_empty());
    let settled = settlement.and_then(|s| s.settlement_date.as_deref());
    let named = match kind {
        SettledKind::Payment => payment.clone(),
        SettledKind::Refund | SettledKind::Chargeback | SettledKind::Adjustment => None,
    };
    Ok(SettlementLine {
        kind,
        provider_id: named.unwrap_or_else(|| event.event_id.0.clone()),
        of_payment: payment.filter(|_| kind != SettledKind::Payment),
        our_ref: if kind == SettledKind::Payment { order } else { refund }.and_then(meaning::our_ref),
        gross: Money::new(if kind == SettledKind::Adjustment { net_minor } else { gross }, amount.currency()),
        fee_minor: if kind == SettledKind::Adjustment { 0 } else { fee_minor },
        tax_minor: if kind == SettledKind::Adjustment { 0 } else { tax_minor },
        net_minor,
        settlement: text(settlement.and_then(|s| s.cf_settlement_id.as_ref())),
        utr: text(settlement.and_then(|s| s.utr.as_ref())),
        settled_at: settled.map(meaning::time).transpose()?,
    })
}
