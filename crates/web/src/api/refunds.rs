//! `/refunds`: money given back.

use super::auth::Caller;
use super::body::{Nothing, Posted};
use super::fields::{self, Pairs, Whole};
use super::may;
use super::query::{Asking, Id, Params};
use super::reply::{self, one};
use crate::Web;
use axum::extract::State;
use axum::response::Response;
use hundi_app::answer::{Key, Reply};
use hundi_app::refunds::{self, Filter, NewRefund};
use hundi_app::{Error, expand, payments};
use hundi_core::refund::Reason;
use hundi_core::{PaymentId, RefundId};
use serde::Deserialize;
use serde_json::Value;

const NOTE_CHARS_MAX: usize = 200;

/// Of a payment that the path names.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Asked {
    #[serde(default, deserialize_with = "fields::given")]
    amount: Option<Whole>,
    reason: Option<String>,
    note: Option<String>,
    metadata: Option<Pairs>,
}

/// Of a payment that the body names. Not by flattening: that would let fields through that nobody knows.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct AskedOf {
    payment_id: String,
    #[serde(default, deserialize_with = "fields::given")]
    amount: Option<Whole>,
    reason: Option<String>,
    note: Option<String>,
    metadata: Option<Pairs>,
}

pub(super) async fn create(State(web): State<Web>, posted: Posted<AskedOf>) -> Response {
    let Posted { caller, key, body } = posted;
    let AskedOf { payment_id, amount, reason, note, metadata } = body;
    let outcome = match payment_id.parse() {
        Ok(payment) => {
            refunded(&web, &caller, payment, Asked { amount, reason, note, metadata }, key.clone()).await
        }
        Err(_) => Err(Error::invalid("payment_id", "Send a payment's id: pay_…")),
    };
    reply::done(&web, &caller, key.as_ref(), outcome).await
}

pub(super) async fn create_of_payment(State(web): State<Web>, id: Id, posted: Posted<Asked>) -> Response {
    let Posted { caller, key, body } = posted;
    let outcome = match id.parse("payment") {
        Ok(payment) => refunded(&web, &caller, payment, body, key.clone()).await,
        Err(error) => Err(error),
    };
    reply::done(&web, &caller, key.as_ref(), outcome).await
}

async fn refunded(
    web: &Web,
    caller: &Caller,
    payment: PaymentId,
    asked: Asked,
    key: Option<Key>,
) -> Result<Reply, Error> {
    let amount = match asked.amount {
        None => None,
        Some(minor) => {
            let payment = payments::get(&web.app, caller.scope, payment).await?;
            Some(fields::amount("amount", minor, payment.currency())?)
        }
    };
    let new = NewRefund {
        payment,
        amount,
        reason: reason(asked.reason.as_deref())?,
        note: fields::text("note", asked.note, NOTE_CHARS_MAX)?,
        metadata: fields::metadata(asked.metadata)?,
    };
    refunds::create(&web.app, caller.scope, &caller.actor, new, key).await
}

/// `late_success` is the word of the merchant's standing policy, and nobody else's.
fn reason(text: Option<&str>) -> Result<Reason, Error> {
    let Some(text) = text else { return Ok(Reason::Other) };
    let named = text.parse().ok().filter(|r| *r != Reason::LateSuccess);
    named.ok_or_else(|| {
        let known = Reason::ALL.iter().filter(|r| **r != Reason::LateSuccess).map(|r| r.as_str());
        Error::invalid("reason", format!("Send one of: {}.", known.collect::<Vec<_>>().join(", ")))
    })
}

pub(super) async fn show(State(web): State<Web>, id: Id, mut asking: Asking) -> Response {
    let found = async {
        let wanted = asking.params.expand(expand::OF_REFUNDS)?;
        may::expanded(&asking.caller, &wanted)?;
        asking.params.refuse_rest()?;
        let refund = refunds::get(&web.app, asking.caller.scope, id.parse("refund")?).await?;
        one(expand::refunds(&web.app, asking.caller.scope, &[refund], &wanted).await?)
    };
    let found = found.await;
    asking.answer(found)
}

pub(super) async fn list(State(web): State<Web>, mut asking: Asking) -> Response {
    let found = listed(&web, &mut asking, None).await;
    asking.answer(found)
}

pub(super) async fn list_of_payment(State(web): State<Web>, id: Id, mut asking: Asking) -> Response {
    let found = async {
        let payment = id.parse("payment")?;
        payments::get(&web.app, asking.caller.scope, payment).await?;
        listed(&web, &mut asking, Some(payment)).await
    };
    let found = found.await;
    asking.answer(found)
}

async fn listed(web: &Web, asking: &mut Asking, payment: Option<PaymentId>) -> Result<Value, Error> {
    let (scope, params) = (asking.caller.scope, &mut asking.params);
    let span = params.span()?;
    let wanted = params.expand(expand::OF_REFUNDS)?;
    may::expanded(&asking.caller, &wanted)?;
    let filter = filter(params, payment)?;
    params.refuse_rest()?;
    let page = span
        .page(|id: RefundId| async move { refunds::get(&web.app, scope, id).await.map(|r| r.created_at) })
        .await?;
    let rows = refunds::list(&web.app, scope, filter, page).await?;
    let (rows, end) = span.cut(rows, |r| r.id.to_string());
    Ok(end.page(expand::refunds(&web.app, scope, &rows, &wanted).await?))
}

/// What a list of refunds is narrowed to, beside the payment that its path may name.
pub(super) fn filter(params: &mut Params, payment: Option<PaymentId>) -> Result<Filter, Error> {
    let payment = match payment {
        Some(payment) => Some(payment),
        None => params.parsed("payment_id", "a payment's id: pay_…", |text| text.parse().ok())?,
    };
    let reasons: Vec<&str> = Reason::ALL.iter().map(|reason| reason.as_str()).collect();
    Ok(Filter {
        status: params.word("status", &["requested", "processing", "processed", "failed"])?,
        payment,
        order: params.parsed("order_id", "an order's id: ord_…", |text| text.parse().ok())?,
        connection: params
            .parsed("connection_id", "a connection's id: conn_…", |text| text.parse().ok())?,
        provider: params.provider()?,
        amounts: params.amounts()?,
        reason: params.word("reason", &reasons)?,
        reference: params.reference("reference")?,
        metadata: params.metadata()?,
    })
}

/// "Check now": asks the provider at once.
pub(super) async fn check(State(web): State<Web>, id: Id, posted: Posted<Nothing>) -> Response {
    let Posted { caller, key, body: Nothing {} } = posted;
    let outcome = match id.parse("refund") {
        Ok(id) => Box::pin(refunds::check_by_api(&web.app, caller.scope, id, key.clone())).await,
        Err(error) => Err(error),
    };
    reply::done(&web, &caller, key.as_ref(), outcome).await
}
