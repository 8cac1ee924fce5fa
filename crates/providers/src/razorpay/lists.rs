//! Razorpay's own lists: what was paid and given back in a span of time, and what each came to in a settlement.

use super::client::{self, PAGE_ITEMS_MAX};
use super::{Razorpay, meaning, wire};
use crate::contract::{
    About, Call, Lines, Page, Report, SettledKind, SettlementLine, Settlements, Span, Sweep, Trace,
};
use crate::reading::answers;
use crate::reading::calendar::{civil_in_india, day_begins_in_india};
use crate::reading::doubt::{Heard, Unheard, if_known, refused};
use crate::reading::pages::Place;
use crate::reading::settled::sums;
use crate::reading::tree::Tree;
use crate::wire::Called;
use async_trait::async_trait;
use hundi_core::time::days;
use hundi_core::{Currency, Millis, Money, OurRef};

/// Razorpay's largest page of the settlement report.
const PAGE_LINES: u32 = 1000;

#[async_trait]
impl Sweep for Razorpay {
    /// First the payments, then the refunds, by the time they were made. A payment that was made before the span and
    /// moved within it is not in it: whoever asks lets the spans overlap. A cursor is a list and a place: `payments 100`.
    async fn list(&self, call: Call<'_>, span: Span, after: Option<&str>) -> Called<Page<Report>> {
        let place = after.unwrap_or("payments 0").split_once(' ');
        let place = place.and_then(|(list, skip)| Some((list, skip.parse::<usize>().ok()?)));
        let (list, skip) = place.ok_or_else(|| refused("not a place in this list"))?;
        let (then, read): (_, fn(&Tree) -> Heard<Report>) = match list {
            "payments" => (Some("refunds 0"), meaning::payment_alone),
            "refunds" => (None, meaning::refund),
            _ => return Err(refused("not a place in this list")),
        };
        let (from, to) = (span.from.secs(), span.to.secs());
        let path = format!("/v1/{list}?from={from}&to={to}&count={PAGE_ITEMS_MAX}&skip={skip}");
        let found = client::page(call.to("sweep"), &path).await?;
        let next = match found.len() >= PAGE_ITEMS_MAX {
            true => Some(format!("{list} {}", skip + PAGE_ITEMS_MAX)),
            false => then.map(str::to_owned),
        };
        // What we don't know a word of is left out: its own poll will say it again.
        let items = found.iter().filter_map(|entity| if_known(read(entity)).transpose());
        Ok(Page { items: items.collect::<Heard<_>>()?, next })
    }
}

#[async_trait]
impl Trace for Razorpay {
    /// A payment in a list names its order alone. Our reference stands on that order; or, where the payer used a link,
    /// on the link, whose order is Razorpay's own affair.
    async fn trace(&self, call: Call<'_>, report: Report) -> Called<Report> {
        let Report::Payment { mut about, fact } = report else { return Ok(report) };
        // Without an order it was made on a page of Razorpay's that we never open.
        if let (Some(order), Some(payment)) = (&about.provider_order, &about.provider_payment)
            && let Some(known) = opened(call, order, payment).await?
        {
            about = About { provider_payment: about.provider_payment, ..wire::about(&known)? };
        }
        Ok(Report::Payment { about, fact })
    }
}

/// The order or the link beneath which this was paid.
async fn opened(call: Call<'_>, order: &str, payment: &str) -> Called<Option<Tree>> {
    let found = client::one(call.to("trace"), "orders", order).await?;
    if wire::our_ref(&found)?.is_some() {
        return Ok(Some(found));
    }
    let path = format!("/v1/payment_links?payment_id={}", client::id(payment)?);
    // A filter that is ignored lists links of others: only one that holds this payment counts.
    for link in client::page(call.to("trace"), &path).await? {
        if wire::payments(&link)?.iter().any(|paid| paid == payment) {
            return Ok(Some(link));
        }
    }
    Ok(None)
}

// ---- settlements

#[async_trait]
impl Settlements for Razorpay {
    /// Every day that the span touches, whole: the report knows no shorter span. Its days are India's (from memory; the
    /// sheet marks it unconfirmed).
    async fn list(&self, call: Call<'_>, span: Span, after: Option<&str>) -> Called<Option<Lines>> {
        let place = Place::read(after, day_begins_in_india(span.from))?;
        let skip = (place.page - 1) * PAGE_LINES;
        // `2026-11-21`
        let day = civil_in_india(place.from).replacen('-', "&month=", 1).replacen('-', "&day=", 1);
        let path = format!("/v1/settlements/recon/combined?year={day}&count={PAGE_LINES}&skip={skip}");
        let found = client::page(call.to("settlements"), &path).await?;
        let next = place.next(found.len() >= PAGE_LINES as usize, place.from.plus(days(1)), span.to);
        let mut items = Vec::new();
        for row in found {
            if row.read("/settled")? != Some(false) {
                items.push(line(&row)?);
            }
        }
        Ok(Some(Page { items, next }))
    }
}

/// What the line did to the settlement is credit less debit. What Razorpay kept is what is missing between that and
/// the amount: its own `fee` column holds the tax too, and is left out of some kinds of line. Adjustments lack several
/// of the fields.
fn line(row: &Tree) -> Heard<SettlementLine> {
    const UNREADABLE: Unheard = Unheard("a settlement line that does not add up");
    let minor = |place: &str| match row.read(place)? {
        Some(minor) if minor < 0 => Err(UNREADABLE),
        minor => Ok(minor),
    };
    let net_minor: i64 = minor("/credit")?.unwrap_or(0) - minor("/debit")?.unwrap_or(0);
    let amount = minor("/amount")?.unwrap_or(net_minor.abs());
    let currency = row.text("/currency")?.map_or(Ok(Currency::INR), |code| code.parse());
    let kind = match row.need_text("/type")?.as_str() {
        "payment" if net_minor < 0 => return Err(UNREADABLE),
        "payment" => SettledKind::Payment,
        "refund" if net_minor > 0 => return Err(UNREADABLE),
        "refund" => SettledKind::Refund,
        // Disputes come as adjustments (from memory): one that takes money away is a chargeback.
        "adjustment" if net_minor < 0 && row.text("/dispute_id")?.is_some() => SettledKind::Chargeback,
        // Transfers, adjustments, and whatever comes next: counted by what it moved, and matched to nothing.
        _ => SettledKind::Adjustment,
    };
    // What moved nothing of another kind kept nothing either.
    let moved = if kind == SettledKind::Adjustment && net_minor == 0 { 0 } else { amount };
    let sums = sums(kind, moved, net_minor, row.read("/tax")?.unwrap_or(0)).ok_or(UNREADABLE)?;
    Ok(SettlementLine {
        kind,
        provider_id: row.need_text("/entity_id")?,
        of_payment: row.text("/payment_id")?.filter(|_| kind != SettledKind::Payment),
        our_ref: our_ref(row, kind)?,
        gross: Money::new(amount, currency.map_err(|_| Unheard("a currency that we do not know"))?),
        fee_minor: sums.fee,
        tax_minor: sums.tax,
        net_minor,
        settlement: row.text("/settlement_id")?,
        utr: row.text("/settlement_utr")?,
        settled_at: row.read("/settled_at")?.map(Millis::from_secs),
    })
}

/// A payment's line names its order's receipt, which is ours. A refund's names its payment's; its own reference stands
/// in its notes, a text here, where only a merchant's own call can write.
fn our_ref(row: &Tree, kind: SettledKind) -> Heard<Option<OurRef>> {
    let noted = || serde_json::from_str::<Tree>(&row.shown("/notes")?).ok()?.shown("/our_ref");
    let named = match kind {
        SettledKind::Payment => row.text("/order_receipt")?,
        SettledKind::Refund => noted(),
        SettledKind::Chargeback | SettledKind::Adjustment => None,
    };
    Ok(answers::our_ref(named.as_deref()))
}
