//! What was paid out: the settlement list of the API, a day and a page at a time, and the file of the dashboard.

use super::meaning::Unheard;
use super::{Paytm, client, lines, wire};
use crate::contract::{Call, FileProblem, Lines, Page, SettlementFile, SettlementLine, Settlements, Span};
use crate::reading::calendar::{civil_in_india, day_begins_in_india};
use crate::reading::doubt::{refused, unauthorized, unreadable};
use crate::reading::pages::Place;
use crate::reading::tree::Tree;
use crate::wire::{CallError, Called, ReasonKind};
use crate::writing::Object;
use async_trait::async_trait;
use hundi_core::Mode;
use hundi_core::time::days;

/// Paytm's largest page.
const PAGE_LINES_MAX: usize = 20;

#[async_trait]
impl Settlements for Paytm {
    async fn list(&self, call: Call<'_>, span: Span, after: Option<&str>) -> Called<Option<Lines>> {
        // There is no such service on Paytm's test host.
        if call.account.mode == Mode::Test && !call.account.simulated {
            return Ok(None);
        }
        let place = Place::read(after, day_begins_in_india(span.from))?;
        if place.from >= span.to {
            return Ok(Some(Page { items: vec![], next: None }));
        }
        let items = day(call, place).await?;
        // The count of lines alone says whether there is more: the names of the totals differ between accounts.
        let next = place.next(items.len() >= PAGE_LINES_MAX, place.from.plus(days(1)), span.to);
        Ok(Some(Page { items, next }))
    }
}

impl SettlementFile for Paytm {
    fn read_file(&self, bytes: &[u8]) -> Result<Vec<SettlementLine>, FileProblem> {
        lines::of_file(bytes)
    }
}

async fn day(call: Call<'_>, at: Place) -> Called<Vec<SettlementLine>> {
    let merchant = client::merchant(call.account)?;
    let (day, page) = (civil_in_india(at.from), at.page.to_string());
    // This one call is signed as a form and sent as JSON.
    let signed = format!("{}|{page}|{PAGE_LINES_MAX}|{day}", merchant.mid);
    let body = Object::new()
        .put("MID", merchant.mid)
        .put("checksumHash", client::checksum(call, signed.as_bytes())?)
        .put("pageNum", page)
        .put("pageSize", PAGE_LINES_MAX.to_string())
        .put("utrProcessedStartTime", day);
    let path = "/merchant-settlement-service/settlement/list";
    let answer = client::post(call.to("settlements"), path, &body).await?;
    let unreadable = || unreadable("a list that does not read as one");
    let said: Tree = serde_json::from_slice(&answer.body).map_err(|_| unreadable())?;
    let (status, code) = (said.text("/status")?, said.text("/resultCode")?);
    // As documented, and as seen in integrations.
    let places = ["/settlementDetailList", "/settlementListResponse/settlementTransactionList"];
    let [documented, seen] = places.map(|place| said.read::<Vec<wire::Row>>(place));
    match (status.as_deref(), code.as_deref(), documented?.or(seen?)) {
        (Some("RECORD_NOT_FOUND"), _, _) => Ok(vec![]),
        (Some("SUCCESS"), Some("00000000") | None, Some(rows)) | (None, None, Some(rows)) => {
            rows.iter().map(lines::of_json).collect::<Result<_, _>>().map_err(|_| unreadable())
        }
        (_, Some("00000022"), _) => Err(unauthorized("wrong checksum")),
        (_, Some("00000030"), _) => Err(refused("a refused parameter")),
        (_, Some("00000074"), _) => Err(CallError::not_done(ReasonKind::RateLimited, "too many calls")),
        _ => Err(Unheard("a result that we do not know").into()),
    }
}
