//! What was paid out: the settlement list of the API, a day and a page at a time, and the file of the dashboard.

use super::meaning::Unheard;
use super::{Paytm, client, lines, time, wire};
use crate::contract::{Call, FileProblem, Page, Report, SettlementLine, Settlements, Span};
use crate::reading::doubt::{refused, unauthorized, unreadable};
use crate::wire::{CallError, ReasonKind};
use crate::writing::Object;
use async_trait::async_trait;
use hundi_core::time::days;
use hundi_core::{Millis, Mode};

/// Paytm's largest page.
const PAGE_LINES_MAX: usize = 20;
/// A day of a million transactions ends somewhere.
const PAGES_MAX: u32 = 50_000;

#[async_trait]
impl Settlements for Paytm {
    async fn list(
        &self,
        call: Call<'_>,
        span: Span,
        after: Option<&str>,
    ) -> Result<Option<Page<SettlementLine>>, CallError> {
        // There is no such service on Paytm's test host.
        if call.account.mode == Mode::Test && !call.account.simulated {
            return Ok(None);
        }
        let first = Cursor { day: time::day_begins(span.from), page: 1 };
        let at = match after {
            Some(text) => Cursor::read(text).ok_or(Unheard("a place in the list that is none"))?,
            None => first,
        };
        if at.day >= span.to {
            return Ok(Some(Page { items: vec![], next: None }));
        }
        let items = day(call, &at).await?;
        let next = at.next(items.len() >= PAGE_LINES_MAX);
        let next = (next.day < span.to).then(|| next.written());
        Ok(Some(Page { items, next }))
    }

    fn read_file(&self, bytes: &[u8]) -> Result<Vec<SettlementLine>, FileProblem> {
        lines::of_file(bytes)
    }

    /// A line names the payment of a refund as well: nothing is left to ask.
    async fn whose(&self, _call: Call<'_>, _line: &SettlementLine) -> Result<Option<Report>, CallError> {
        Ok(None)
    }
}

/// A page of a day in India: `2026-01-02/3`.
struct Cursor {
    day: Millis,
    page: u32,
}

impl Cursor {
    fn read(text: &str) -> Option<Self> {
        let (day, page) = text.split_once('/')?;
        let page = page.parse().ok().filter(|page| (1..=PAGES_MAX).contains(page))?;
        Some(Self { day: time::instant(day)?, page })
    }

    fn written(&self) -> String {
        format!("{}/{}", time::day(self.day), self.page)
    }

    /// The count of lines alone says whether there is more: the names of the totals differ between accounts.
    fn next(&self, full: bool) -> Self {
        if full && self.page < PAGES_MAX {
            Self { page: self.page + 1, ..*self }
        } else {
            Self { day: self.day.plus(days(1)), page: 1 }
        }
    }
}

async fn day(call: Call<'_>, at: &Cursor) -> Result<Vec<SettlementLine>, CallError> {
    let merchant = client::merchant(call.account)?;
    let (day, page) = (time::day(at.day), at.page.to_string());
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
    let said: wire::Settled = serde_json::from_slice(&answer.body).map_err(|_| unreadable())?;
    let listed = said.settlement_list_response.and_then(|list| list.settlement_transaction_list);
    let rows = said.settlement_detail_list.or(listed);
    match (said.status.as_deref(), said.result_code.as_deref(), rows) {
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
