//! `/payments`: begun, looked at, captured, called off, asked about.

use super::body::{Nothing, Object, Posted};
use super::fields::{self, Whole};
use super::may;
use super::query::{Asking, Id, Params};
use super::rehearsals;
use super::reply::{self, one};
use crate::Web;
use axum::extract::State;
use axum::response::Response;
use http::HeaderMap;
use hundi_app::answer::{Key, Reply};
use hundi_app::methods::Consented;
use hundi_app::payments::{self, Choice, Filter};
use hundi_app::{Error, expand};
use hundi_core::{Method, OrderId, PaymentId, SavedMethodId};
use serde::Deserialize;
use serde_json::Value;
use std::net::IpAddr;

const AGENT_CHARS_MAX: usize = 300;
const CONSENT_CHARS_MAX: usize = 40;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Asked {
    order_id: String,
    flow: Option<String>,
    connection_id: Option<String>,
    method: Option<String>,
    save_consent: Option<String>,
    payer: Option<Object<Payer>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Payer {
    ip: Option<String>,
    user_agent: Option<String>,
}

impl Asked {
    fn checked(self, by: String) -> Result<(OrderId, Choice, Option<SavedMethodId>), Error> {
        let id =
            self.order_id.parse().map_err(|_| Error::invalid("order_id", "Send an order's id: ord_…"))?;
        // A saved method's id stands where a method's name may stand: it says more exactly how this is paid.
        let saved = self.method.as_deref().and_then(|text| text.parse::<SavedMethodId>().ok());
        if saved.is_some()
            && (self.flow.is_some() || self.connection_id.is_some() || self.save_consent.is_some())
        {
            let message =
                "A saved method is charged where it is kept: send no flow, connection or consent with it.";
            return Err(Error::invalid("method", message));
        }
        let consent = fields::text("save_consent", self.save_consent, CONSENT_CHARS_MAX)?;
        let way = Way {
            flow: self.flow,
            connection_id: self.connection_id,
            method: self.method.filter(|_| saved.is_none()),
            payer: self.payer,
        };
        let mut choice = way.checked(by)?;
        choice.keep = consent.map(|version| Consented { version, ip: choice.payer_ip.clone() });
        Ok((id, choice, saved))
    }
}

/// How to pay, where the order is known.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Way {
    flow: Option<String>,
    connection_id: Option<String>,
    method: Option<String>,
    payer: Option<Object<Payer>>,
}

impl Way {
    fn checked(self, by: String) -> Result<Choice, Error> {
        let connection = self.connection_id.as_deref().map(str::parse).transpose();
        let flow = self.flow.as_deref().map(str::parse).transpose();
        let method = self.method.as_deref().map(str::parse::<Method>).transpose();
        let payer = self.payer.map(|p| p.0).unwrap_or_default();
        let ip = payer.ip.as_deref().map(str::parse::<IpAddr>).transpose();
        Ok(Choice {
            connection: connection
                .map_err(|_| Error::invalid("connection_id", "Send a connection's id: conn_…"))?,
            flow: flow.map_err(|()| Error::invalid("flow", "Send script, redirect or upi_intent."))?,
            method: method.map_err(|_| {
                Error::invalid("method", "Send a method, such as upi or card, or a saved one: pm_…")
            })?,
            payer_ip: ip
                .map_err(|_| Error::invalid("payer.ip", "Send an IPv4 or IPv6 address."))?
                .map(|ip| ip.to_string()),
            payer_agent: fields::text("payer.user_agent", payer.user_agent, AGENT_CHARS_MAX)?,
            keep: None,
            by,
        })
    }
}

pub(super) async fn create(State(web): State<Web>, headers: HeaderMap, posted: Posted<Asked>) -> Response {
    let Posted { caller, key, body } = posted;
    let outcome = async {
        let (order, choice, saved) = body.checked(caller.actor.name.clone())?;
        let wish = rehearsals::wish(&web, &caller, &headers).await?;
        match saved {
            None => payments::pay_rehearsed(&web.app, caller.scope, order, (choice, wish), key.clone()).await,
            Some(saved) => {
                payments::charge_by_api(&web.app, caller.scope, order, saved, choice, key.clone()).await
            }
        }
    };
    let outcome = outcome.await;
    reply::done(&web, &caller, key.as_ref(), outcome).await
}

pub(super) async fn show(State(web): State<Web>, id: Id, mut asking: Asking) -> Response {
    let found = async {
        let wanted = asking.params.expand(expand::OF_PAYMENTS)?;
        may::expanded(&asking.caller, &wanted)?;
        asking.params.refuse_rest()?;
        let payment = payments::get(&web.app, asking.caller.scope, id.parse("payment")?).await?;
        one(expand::payments(&web.app, asking.caller.scope, &[payment], &wanted).await?)
    };
    let found = found.await;
    asking.answer(found)
}

pub(super) async fn list(State(web): State<Web>, mut asking: Asking) -> Response {
    let found = listed(&web, &mut asking, None).await;
    asking.answer(found)
}

pub(super) async fn list_of_order(State(web): State<Web>, id: Id, mut asking: Asking) -> Response {
    let found = async {
        let order = id.parse("order")?;
        hundi_app::orders::get(&web.app, asking.caller.scope, order).await?;
        listed(&web, &mut asking, Some(order)).await
    };
    let found = found.await;
    asking.answer(found)
}

async fn listed(web: &Web, asking: &mut Asking, order: Option<OrderId>) -> Result<Value, Error> {
    let (scope, params) = (asking.caller.scope, &mut asking.params);
    let span = params.span()?;
    let wanted = params.expand(expand::OF_PAYMENTS)?;
    may::expanded(&asking.caller, &wanted)?;
    let filter = filter(params, order)?;
    params.refuse_rest()?;
    let page = span
        .page(|id: PaymentId| async move { payments::get(&web.app, scope, id).await.map(|p| p.created_at) })
        .await?;
    let rows = payments::list(&web.app, scope, filter, page).await?;
    let (rows, end) = span.cut(rows, |p| p.id.to_string());
    Ok(end.page(expand::payments(&web.app, scope, &rows, &wanted).await?))
}

/// What a list of payments is narrowed to, beside the order that its path may name.
pub(super) fn filter(params: &mut Params, order: Option<OrderId>) -> Result<Filter, Error> {
    let methods: Vec<&str> = Method::ALL.iter().map(|m| m.as_str()).collect();
    let statuses = ["created", "pending", "authorized", "captured", "failed", "expired", "cancelled"];
    let order = match order {
        Some(order) => Some(order),
        None => params.parsed("order_id", "an order's id: ord_…", |text| text.parse().ok())?,
    };
    Ok(Filter {
        status: params.word("status", &statuses)?,
        method: params.word("method", &methods)?,
        order,
        connection: params
            .parsed("connection_id", "a connection's id: conn_…", |text| text.parse().ok())?,
        provider: params.provider()?,
        amounts: params.amounts()?,
        currency: params.currency()?,
        in_doubt: params.parsed("outcome", "unknown", |text| (text == "unknown").then_some(true))?.is_some(),
        refunded: false,
        reference: params.reference("reference")?,
        metadata: params.metadata()?,
    })
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Captured {
    #[serde(default, deserialize_with = "fields::given")]
    amount: Option<Whole>,
}

pub(super) async fn capture(State(web): State<Web>, id: Id, posted: Posted<Captured>) -> Response {
    let key = posted.key.clone();
    let outcome = captured(&web, &id, &posted).await;
    reply::done(&web, &posted.caller, key.as_ref(), outcome).await
}

async fn captured(web: &Web, id: &Id, posted: &Posted<Captured>) -> Result<Reply, Error> {
    let (id, scope) = (id.parse("payment")?, posted.caller.scope);
    let amount = match posted.body.amount {
        None => None,
        Some(minor) => {
            let payment = payments::get(&web.app, scope, id).await?;
            Some(fields::amount("amount", minor, payment.currency())?)
        }
    };
    payments::capture(&web.app, scope, &posted.caller.actor, id, amount, posted.key.clone()).await
}

pub(super) async fn cancel(State(web): State<Web>, id: Id, posted: Posted<Nothing>) -> Response {
    let Posted { caller, key, body: Nothing {} } = posted;
    let outcome = match id.parse("payment") {
        Ok(id) => payments::cancel(&web.app, caller.scope, &caller.actor, id, key.clone()).await,
        Err(error) => Err(error),
    };
    reply::done(&web, &caller, key.as_ref(), outcome).await
}

/// Another payment of the same order, after one that failed or expired.
pub(super) async fn retry(State(web): State<Web>, id: Id, posted: Posted<Way>) -> Response {
    let Posted { caller, key, body } = posted;
    let begun = async {
        let id = id.parse("payment")?;
        let choice = body.checked(caller.actor.name.clone())?;
        payments::retry(&web.app, caller.scope, id, choice, key.clone()).await
    };
    let outcome = begun.await;
    reply::done(&web, &caller, key.as_ref(), outcome).await
}

/// "Check now": asks the provider at once.
pub(super) async fn check(State(web): State<Web>, id: Id, posted: Posted<Nothing>) -> Response {
    let Posted { caller, key, body: Nothing {} } = posted;
    let outcome = checked(&web, &id, &caller, key.clone()).await;
    reply::done(&web, &caller, key.as_ref(), outcome).await
}

async fn checked(web: &Web, id: &Id, caller: &super::auth::Caller, key: Option<Key>) -> Result<Reply, Error> {
    payments::check_by_api(&web.app, caller.scope, id.parse("payment")?, key).await
}
