//! `/orders/export` and its like: what a list holds, as a file.

use super::query::{Asking, Params};
use super::{orders, payments, refunds};
use crate::Web;
use crate::download::download;
use crate::problem::Problem;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use hundi_app::Error;
use hundi_app::exports::{self, Ask, Format, Of};

pub(super) async fn orders(State(web): State<Web>, asking: Asking) -> Response {
    sent(&web, asking, |params| orders::filter(params).map(Of::Orders)).await
}

pub(super) async fn payments(State(web): State<Web>, asking: Asking) -> Response {
    sent(&web, asking, |params| payments::filter(params, None).map(Of::Payments)).await
}

pub(super) async fn refunds(State(web): State<Web>, asking: Asking) -> Response {
    sent(&web, asking, |params| refunds::filter(params, None).map(Of::Refunds)).await
}

async fn sent(web: &Web, mut asking: Asking, of: impl FnOnce(&mut Params) -> Result<Of, Error>) -> Response {
    let asked = asked(&mut asking.params, of);
    let begun = async {
        let ask = asked?;
        let format = ask.format;
        download(exports::begin(&web.app, asking.caller.scope, &asking.caller.actor, ask).await?, format)
            .await
    };
    begun.await.unwrap_or_else(|error| Problem::of(&asking.caller.asked, error).into_response())
}

fn asked(params: &mut Params, of: impl FnOnce(&mut Params) -> Result<Of, Error>) -> Result<Ask, Error> {
    let words = params.words();
    let format = params.parsed("format", "csv or xlsx", |text| text.parse::<Format>().ok())?;
    let (from, to) = params.created()?;
    let of = of(params)?;
    params.refuse_rest()?;
    let format = format.ok_or_else(|| Error::invalid("format", "Send csv or xlsx."))?;
    Ok(Ask { of, format, from, to, words })
}
