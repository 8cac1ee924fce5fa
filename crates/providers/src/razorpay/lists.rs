//! Razorpay's own lists: what was paid and given back in a span of time, and what each came to in a settlement.

use super::{Razorpay, client, meaning, wire};
use crate::contract::{
    About, Call, FileProblem, Page, Report, SettledKind, SettlementLine, Settlements, Span, Sweep,
};
use crate::reading::answers;
use crate::reading::doubt::refused;
use crate::reading::loose::Loose;
use crate::reading::settled::sums;
use crate::reading::table;
use crate::wire::CallError;
use async_trait::async_trait;
use hundi_core::time::{days, minutes};
use hundi_core::{Currency, Millis, Money};
use meaning::Unheard;

/// Razorpay's largest page of payments and refunds.
const PAGE_ITEMS: usize = 100;
/// And of the settlement report.
const PAGE_LINES: usize = 1000;
/// The report's days are India's (from memory; the sheet marks it unconfirmed), five and a half hours ahead.
const AHEAD_MS: i64 = minutes(330);

#[async_trait]
impl Sweep for Razorpay {
    /// First the payments, then the refunds, by the time they were made. A payment that was made before the span and
    /// moved within it is not in it: whoever asks lets the spans overlap.
    async fn list(&self, call: Call<'_>, span: Span, after: Option<&str>) -> Result<Page<Report>, CallError> {
        let (list, skip) = place(after)?;
        let path = format!(
            "/v1/{}?from={}&to={}&count={PAGE_ITEMS}&skip={skip}",
            list.as_str(),
            span.from.secs(),
            span.to.secs(),
        );
        // A word that we don't know about one of them does not hide the others: its own poll will say it again.
        let (items, found): (Vec<Report>, usize) = match list {
            List::Payments => {
                let page = client::get::<wire::Collection<wire::Payment>>(call.to("sweep"), &path).await?;
                (page.items.iter().filter_map(|p| reported(p).ok()).collect(), page.items.len())
            }
            List::Refunds => {
                let page = client::get::<wire::Collection<wire::Refund>>(call.to("sweep"), &path).await?;
                (page.items.iter().filter_map(|r| meaning::refund(r).ok()).collect(), page.items.len())
            }
        };
        let next = match list {
            _ if found >= PAGE_ITEMS => Some(format!("{} {}", list.as_str(), skip + PAGE_ITEMS)),
            List::Payments => Some(format!("{} 0", List::Refunds.as_str())),
            List::Refunds => None,
        };
        Ok(Page { items, next })
    }

    /// A payment in a list names its order alone. Our reference stands on that order; or, where the payer used a link,
    /// on the link, whose order is Razorpay's own affair.
    async fn trace(&self, call: Call<'_>, report: Report) -> Result<Report, CallError> {
        let Report::Payment { about, fact } = report else { return Ok(report) };
        let known = match (&about.provider_order, &about.provider_payment) {
            (Some(order), Some(payment)) => named(call, order, payment).await?,
            // Without an order it was made on a page of Razorpay's that we never open.
            (None, _) | (Some(_), None) => None,
        };
        let about = known.map_or_else(
            || about.clone(),
            |known| About { provider_payment: about.provider_payment.clone(), ..known },
        );
        Ok(Report::Payment { about, fact })
    }
}

fn reported(payment: &wire::Payment) -> Result<Report, Unheard> {
    let about = About { provider_order: payment.order_id.clone(), ..About::default() };
    meaning::payment(payment, about)
}

async fn named(call: Call<'_>, order: &str, payment: &str) -> Result<Option<About>, CallError> {
    let path = format!("/v1/orders/{}", client::id(order)?);
    let found: wire::Order = client::get(call.to("trace"), &path).await?;
    if let Some(our_ref) = answers::our_ref(found.receipt.as_deref()).filter(|_| found.id == order) {
        return Ok(Some(About {
            provider_order: Some(found.id),
            our_ref: Some(our_ref),
            provider_payment: None,
        }));
    }
    let path = format!("/v1/payment_links?payment_id={}", client::id(payment)?);
    let links: wire::PaymentLinks = client::get(call.to("trace"), &path).await?;
    // A filter that is ignored lists links of others: only one that holds this payment counts.
    let holds = |link: &wire::PaymentLink| {
        link.payments.as_ref().is_some_and(|paid| paid.iter().any(|p| p.payment_id == payment))
    };
    Ok(links.payment_links.into_iter().find(holds).map(|link| About {
        our_ref: answers::our_ref(link.reference_id.as_deref()),
        provider_order: Some(link.id),
        provider_payment: None,
    }))
}

#[derive(Clone, Copy)]
enum List {
    Payments,
    Refunds,
}

impl List {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Payments => "payments",
            Self::Refunds => "refunds",
        }
    }
}

/// The list and the place in it that a cursor names: `payments 100`.
fn place(after: Option<&str>) -> Result<(List, usize), CallError> {
    let Some(cursor) = after else { return Ok((List::Payments, 0)) };
    let (list, skip) = cursor.split_once(' ').ok_or_else(nowhere)?;
    let list = [List::Payments, List::Refunds].into_iter().find(|l| l.as_str() == list);
    Ok((list.ok_or_else(nowhere)?, skip.parse().map_err(|_| nowhere())?))
}

fn nowhere() -> CallError {
    refused("not a place in this list")
}

// ---- settlements

#[async_trait]
impl Settlements for Razorpay {
    /// Every day that the span touches, whole: the report knows no shorter span.
    async fn list(
        &self,
        call: Call<'_>,
        span: Span,
        after: Option<&str>,
    ) -> Result<Option<Page<SettlementLine>>, CallError> {
        let (day, skip) = match after {
            None => (day_of(span.from), 0),
            Some(cursor) => day_and_place(cursor).ok_or_else(nowhere)?,
        };
        // `2026-11-21T...`
        let civil = Millis(day.saturating_mul(days(1))).to_string();
        let (Some(year), Some(month), Some(date)) = (civil.get(..4), civil.get(5..7), civil.get(8..10))
        else {
            return Err(nowhere());
        };
        let path = format!(
            "/v1/settlements/recon/combined?year={year}&month={month}&day={date}&count={PAGE_LINES}&skip={skip}"
        );
        let found: wire::Collection<wire::SettledLine> = client::get(call.to("settlements"), &path).await?;
        let next = match () {
            () if found.items.len() >= PAGE_LINES => Some(format!("{day} {}", skip + PAGE_LINES)),
            () if day < day_of(span.to.minus(1)) => Some(format!("{} 0", day + 1)),
            () => None,
        };
        let lines = found.items.iter().filter(|line| line.settled != Some(false)).map(line);
        Ok(Some(Page { items: lines.collect::<Result<_, _>>()?, next }))
    }

    fn read_file(&self, _bytes: &[u8]) -> Result<Vec<SettlementLine>, FileProblem> {
        Err(table::from_api_only("Razorpay"))
    }

    /// A sweep reads the lists that know it.
    async fn whose(&self, _call: Call<'_>, _line: &SettlementLine) -> Result<Option<Report>, CallError> {
        Ok(None)
    }
}

fn day_of(at: Millis) -> i64 {
    at.plus(AHEAD_MS).0.div_euclid(days(1))
}

fn day_and_place(cursor: &str) -> Option<(i64, usize)> {
    let (day, skip) = cursor.split_once(' ')?;
    Some((day.parse().ok()?, skip.parse().ok()?))
}

/// What the line did to the settlement is credit less debit. What Razorpay kept is what is missing between that and
/// the amount: its own `fee` column holds the tax too, and is left out of some kinds of line.
fn line(row: &wire::SettledLine) -> Result<SettlementLine, Unheard> {
    const UNREADABLE: Unheard = Unheard("a settlement line that does not add up");
    let (debit, credit) = (row.debit.unwrap_or(0), row.credit.unwrap_or(0));
    let net_minor = credit.checked_sub(debit).filter(|_| debit >= 0 && credit >= 0).ok_or(UNREADABLE)?;
    let currency = match row.currency.as_deref() {
        Some(code) => code.parse().map_err(|_| Unheard("a currency that we do not know"))?,
        None => Currency::INR,
    };
    let amount = row.amount.unwrap_or_else(|| net_minor.abs());
    if amount < 0 {
        return Err(UNREADABLE);
    }
    let kind = match row.kind.as_str() {
        "payment" if net_minor < 0 => return Err(UNREADABLE),
        "payment" => SettledKind::Payment,
        "refund" if net_minor > 0 => return Err(UNREADABLE),
        "refund" => SettledKind::Refund,
        // Disputes come as adjustments (from memory): one that takes money away is a chargeback.
        "adjustment" if row.dispute_id.is_some() && net_minor < 0 => SettledKind::Chargeback,
        // Transfers, adjustments, and whatever comes next: counted by what it moved, and matched to nothing.
        _ => SettledKind::Adjustment,
    };
    // What moved nothing of another kind kept nothing either.
    let moved = if kind == SettledKind::Adjustment && net_minor == 0 { 0 } else { amount };
    let sums = sums(kind, moved, net_minor, row.tax.unwrap_or(0)).ok_or(UNREADABLE)?;
    Ok(SettlementLine {
        kind,
        provider_id: row.entity_id.clone(),
        of_payment: row.payment_id.clone().filter(|_| kind != SettledKind::Payment),
        our_ref: our_ref(row, kind),
        gross: Money::new(amount, currency),
        fee_minor: sums.fee,
        tax_minor: sums.tax,
        net_minor,
        settlement: row.settlement_id.clone(),
        utr: row.settlement_utr.clone(),
        settled_at: row.settled_at.map(Millis::from_secs),
    })
}

/// A payment's line names its order's receipt, which is ours. A refund's names its payment's; its own reference stands
/// in its notes, where only a merchant's own call can write.
fn our_ref(row: &wire::SettledLine, kind: SettledKind) -> Option<hundi_core::OurRef> {
    match kind {
        SettledKind::Payment => answers::our_ref(row.order_receipt.as_deref()),
        SettledKind::Refund => {
            let text = Loose::of(row.notes.as_ref())?;
            let notes: wire::Notes = serde_json::from_str(text).ok()?;
            answers::our_ref(notes.our_ref.as_deref())
        }
        SettledKind::Chargeback | SettledKind::Adjustment => None,
    }
}
