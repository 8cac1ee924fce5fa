//! v2: a token from a service of its own, plain JSON, an order with attempts beneath it.

use super::client::{self, Client, Kind, Service};
use super::meaning::{self, Standing, Unheard};
use super::wire;
use crate::asking::{self, Errand};
use crate::contract::{Call, Flow, Opened, Opening, RefundAsk, Report, Subject};
use crate::reading::doubt::{
    if_there, is_refusal, refused, unauthorized, unknown_if_gone, unless_found, unreadable,
};
use crate::wire::{Answer, CallError, Header, ReasonKind};
use crate::writing::Object;
use hundi_core::time::{days, minutes};
use hundi_core::{Millis, Secret};
use serde::de::DeserializeOwned;
use url::form_urlencoded;

/// The documented bounds of an order's life at the hosted page.
const EXPIRE_SECS_MIN: i64 = 300;
const EXPIRE_SECS_MAX: i64 = 3600;

/// No order of ours is called so: ours have no hyphen.
const NO_ORDER: &str = "hundi-connection-test";

// ---- opening

pub(super) async fn open(call: Call<'_>, client: &Client, opening: &Opening) -> Result<Opened, CallError> {
    let secs_left = opening.expires_at.since(call.wire.now()) / 1000;
    let (path, flow, device) = match opening.flow {
        Flow::UpiIntent => ("/payments/v2/pay", intent_flow(), Some(client::device(opening))),
        Flow::Redirect | Flow::Script => ("/checkout/v2/pay", page_flow(opening), None),
    };
    let body = Object::new()
        .put("merchantOrderId", opening.our_ref.as_str())
        .put("amount", opening.amount.minor())
        .put("expireAfter", secs_left.clamp(EXPIRE_SECS_MIN, EXPIRE_SECS_MAX))
        .put("paymentFlow", flow)
        .maybe("deviceContext", device);
    let opened: wire::Opened = post(call.to("open").hidden(), client, path, &body).await?;
    if !client::is_id(&opened.order_id) {
        return Err(unreadable("an id that is none of PhonePe's"));
    }
    client::handed_out(opening, opened.redirect_url, opened.intent_url)
}

fn page_flow(opening: &Opening) -> Object {
    let urls = Object::new().put("redirectUrl", &opening.return_url);
    Object::new().put("type", "PG_CHECKOUT").put("message", &opening.description).put("merchantUrls", urls)
}

/// Without a target app the link is a plain `upi://` one, for whichever app the payer has.
fn intent_flow() -> Object {
    Object::new().put("type", "PG").put("paymentMode", Object::new().put("type", "UPI_INTENT"))
}

/// The page's address is told once: an order id that was used is refused, and the status does not tell it. So of an
/// order that nobody could reach we say that we don't know, until it is over there; then it is as good as never opened.
pub(super) async fn find(
    call: Call<'_>,
    client: &Client,
    opening: &Opening,
) -> Result<Option<Opened>, CallError> {
    let named = opening.our_ref.as_str();
    let asked = order(call.to("find"), client, opening.flow, named).await;
    let Some(order) = if_there(asked)? else { return Ok(None) };
    if meaning::money(order.amount, order.currency.as_deref())? != opening.amount {
        return Err(Unheard("opened with another amount than was asked").into());
    }
    let attempts = order.payment_details.as_deref().unwrap_or_default();
    let acted = attempts.iter().any(|a| a.state != "PENDING");
    match meaning::standing(&order.state)? {
        Standing::Over if attempts.is_empty() => Ok(None),
        // Somebody was there all the same: it must be watched.
        standing if acted || standing != Standing::Open => Ok(Some(client::nothing_to_show(opening))),
        _ => Err(CallError::unknown(ReasonKind::Refused, "opened, and its page can't be had again")),
    }
}

// ---- asking

pub(super) async fn fetch(
    call: Call<'_>,
    client: &Client,
    subject: &Subject,
) -> Result<Vec<Report>, CallError> {
    let (named, errand) = (&subject.provider_order, call.to("fetch"));
    let asked = order(errand, client, sent_by(subject)?, named).await;
    let order = asked.map_err(unknown_if_gone)?;
    let mut reports = meaning::order(&order, named)?;
    let paid = order.payment_details.iter().flatten().find(|a| a.state == "COMPLETED");
    if let Some(paid) = paid {
        for id in heard_of(call, named) {
            // That money was taken is never held back because a refund of it could not be asked about.
            if let Ok(refund) = refund_status(errand, client, &id).await
                && refund.original_merchant_order_id.as_ref().is_none_or(|of| of == named)
            {
                reports.extend(meaning::refund(&refund, &id, &paid.transaction_id));
            }
        }
    }
    Ok(reports)
}

/// PhonePe charges nobody by itself: each of its payers was sent somewhere.
fn sent_by(subject: &Subject) -> Result<Flow, CallError> {
    subject.flow.ok_or_else(|| refused("a payment that no payer was sent to"))
}

async fn order(
    errand: Errand<'_>,
    client: &Client,
    flow: Flow,
    named: &str,
) -> Result<wire::Order, CallError> {
    let family = match flow {
        Flow::UpiIntent => "payments",
        Flow::Redirect | Flow::Script => "checkout",
    };
    let path = format!("/{family}/v2/order/{}/status?details=true", client::id(named)?);
    let order: wire::Order = get(errand, client, &path).await?;
    if order.merchant_order_id.as_ref().is_some_and(|id| id != named) {
        return Err(Unheard("another order than was asked for").into());
    }
    Ok(order)
}

// ---- giving back

pub(super) async fn refund(call: Call<'_>, client: &Client, ask: &RefundAsk) -> Result<Report, CallError> {
    let our_ref = ask.our_ref.as_str();
    let body = Object::new()
        .put("merchantRefundId", our_ref)
        .put("originalMerchantOrderId", client::id(&ask.subject.provider_order)?)
        .put("amount", ask.amount.minor());
    match post(call.to("refund"), client, "/payments/v2/refund", &body).await {
        Ok(refund) => of_ask(ask, &refund, our_ref),
        Err(refusal) if is_refusal(&refusal) => {
            unless_found(refusal, fetch_refund(call, client, ask, our_ref).await)
        }
        Err(other) => Err(other),
    }
}

pub(super) async fn fetch_refund(
    call: Call<'_>,
    client: &Client,
    ask: &RefundAsk,
    name: &str,
) -> Result<Option<Report>, CallError> {
    let found = if_there(refund_status(call.to("fetch_refund"), client, name).await)?;
    found.map(|refund| of_ask(ask, &refund, name)).transpose()
}

async fn refund_status(errand: Errand<'_>, client: &Client, named: &str) -> Result<wire::Refund, CallError> {
    let path = format!("/payments/v2/refund/{}/status", client::id(named)?);
    let refund: wire::Refund = get(errand, client, &path).await?;
    if refund.merchant_refund_id.as_ref().is_some_and(|id| id != named) {
        return Err(Unheard("another refund than was asked for").into());
    }
    Ok(refund)
}

fn of_ask(ask: &RefundAsk, refund: &wire::Refund, name: &str) -> Result<Report, CallError> {
    if refund.original_merchant_order_id.as_ref().is_some_and(|of| *of != ask.subject.provider_order) {
        return Err(Unheard("a refund of another order").into());
    }
    if meaning::money(refund.amount, refund.currency.as_deref())? != ask.amount {
        return Err(Unheard("a refund of another amount than was asked").into());
    }
    Ok(meaning::refund(refund, name, &ask.provider_payment)?)
}

// ---- refunds that we only heard of

/// How long, and how many for one order.
const HEARD_MS: i64 = days(2);
const HEARD_MAX: usize = 10;

/// An order's status lists no refunds, so one that was made in the dashboard is known by its webhook alone. Its id is
/// kept until the order is asked about, which then asks about the refund too. In memory: the settlement file is the
/// net below.
pub(super) fn hear_of(call: Call<'_>, order: &str, refund: &str) {
    let mut known = heard_of(call, order);
    if client::is_id(order)
        && client::is_id(refund)
        && known.len() < HEARD_MAX
        && !known.iter().any(|k| k == refund)
    {
        known.push(refund.to_owned());
        let until = call.wire.now().plus(HEARD_MS);
        call.wire.keep(&heard_name(order), &Secret::new(known.join(" ")), until);
    }
}

/// The order of a refund that a settlement names, to be asked about, and the refund with it.
pub(super) async fn order_of_refund(
    call: Call<'_>,
    client: &Client,
    refund: &str,
) -> Result<Option<Report>, CallError> {
    let found = if_there(refund_status(call.to("settlements"), client, refund).await)?;
    let Some(order) = found.and_then(|refund| refund.original_merchant_order_id) else { return Ok(None) };
    hear_of(call, &order, refund);
    Ok(Some(meaning::exists(&order, "")))
}

fn heard_of(call: Call<'_>, order: &str) -> Vec<String> {
    let kept = call.wire.recall(&heard_name(order));
    kept.map_or_else(Vec::new, |ids| ids.expose().split(' ').map(str::to_owned).collect())
}

fn heard_name(order: &str) -> String {
    format!("refunds of {order}")
}

// ---- testing a connection

/// A token, and a question about an order that is not there: who may ask is told so.
pub(super) async fn test(call: Call<'_>, client: &Client) -> Result<(), CallError> {
    if_there(order(call.to("test"), client, Flow::Redirect, NO_ORDER).await).map(drop)
}

// ---- calling

async fn get<T: DeserializeOwned>(errand: Errand<'_>, client: &Client, path: &str) -> Result<T, CallError> {
    client::read(&ask(errand, client, "GET", path, vec![]).await?, Kind::Question)
}

async fn post<T: DeserializeOwned>(
    errand: Errand<'_>,
    client: &Client,
    path: &str,
    body: &Object,
) -> Result<T, CallError> {
    client::read(&ask(errand, client, "POST", path, body.bytes()).await?, Kind::Deed)
}

/// A token can be taken back before its time: a 401 is worth one more.
async fn ask(
    errand: Errand<'_>,
    client: &Client,
    method: &'static str,
    path: &str,
    body: Vec<u8>,
) -> Result<Answer, CallError> {
    let url = format!("{}{path}", client::base(errand.call.account, Service::V2));
    let bearer = |token: &Secret| {
        client::headers(vec![Header::secret("authorization", format!("O-Bearer {}", token.expose()))])
    };
    let headers = bearer(&token(errand.call, client).await?);
    let answer = errand.send(method, url.clone(), headers, body.clone()).await?;
    if answer.status != 401 {
        return Ok(answer);
    }
    errand.call.wire.forget(TOKEN);
    let headers = bearer(&token(errand.call, client).await?);
    errand.send(method, url, headers, body).await
}

// ---- the token

const TOKEN: &str = "token";
/// So long before its end a token is not used any more.
const RENEW_EARLY_MS: i64 = minutes(5);

async fn token(call: Call<'_>, client: &Client) -> Result<Secret, CallError> {
    match call.wire.recall(TOKEN) {
        Some(kept) => Ok(kept),
        // Without a token nothing was asked of anybody, however its own call ended.
        None => new_token(call, client).await.map_err(|error| surely_not_done(&error)),
    }
}

async fn new_token(call: Call<'_>, client: &Client) -> Result<Secret, CallError> {
    let fields = [
        ("client_id", client.id.expose()),
        ("client_secret", client.secret.expose()),
        ("client_version", client.version.expose()),
        ("grant_type", "client_credentials"),
    ];
    let url = format!("{}/v1/oauth/token", client::base(call.account, Service::Token));
    let headers = vec![Header::plain("content-type", asking::FORM), asking::accepts_json()];
    let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish().into_bytes();
    let answer = call.to("token").hidden().post(url, headers, body).await?;
    if answer.status == 404 {
        return Err(unauthorized(client::SALT_ON_V2));
    }
    let token: wire::Token = client::read(&answer, Kind::Question)?;
    if token.access_token.is_empty() {
        return Err(unreadable("a token that is empty"));
    }
    let secret = Secret::new(token.access_token);
    let ends = token.expires_at.map(Millis::from_secs);
    if let Some(until) = ends.map(|at| at.minus(RENEW_EARLY_MS)).filter(|until| call.wire.now() < *until) {
        call.wire.keep(TOKEN, &secret, until);
    }
    Ok(secret)
}

fn surely_not_done(error: &CallError) -> CallError {
    let reason = error.reason();
    let kind = match reason.kind {
        kind @ (ReasonKind::Unreachable
        | ReasonKind::TimedOut
        | ReasonKind::RateLimited
        | ReasonKind::Unauthorized
        | ReasonKind::Forbidden) => kind,
        ReasonKind::Broken
        | ReasonKind::ServerError
        | ReasonKind::Unreadable
        | ReasonKind::Unrecognised
        | ReasonKind::Refused
        | ReasonKind::NotFound => ReasonKind::ServerError,
    };
    CallError::not_done(kind, format!("no token: {}", reason.detail))
}
