//! v2: a token from a service of its own, plain JSON, an order with attempts beneath it.
//!
//! The verbs are here and in `told.rs`; its JSON is in `wire.rs`, what it means in `meaning.rs`, how it is proved in
//! `sign.rs`.

mod meaning;
pub(super) mod sign;
mod told;
mod wire;

use super::client::{self, Kind};
use super::meaning::money;
use crate::asking::{self, Errand};
use crate::bearing::{Bearing, Grant, Token};
use crate::contract::{
    Account, Call, Flow, Open, Opened, Opening, Refund, RefundAsk, Report, Subject, TestConnection,
    TestResult, Watch,
};
use crate::reading::aside::Aside;
use crate::reading::doubt::{
    ensure, if_there, is_refusal, or_found, refused, still_there, unauthorized, unknown_if_gone, unreadable,
};
use crate::wire::{Answer, CallError, Called, Header, ReasonKind};
use crate::writing::{Object, form};
use async_trait::async_trait;
use hundi_core::time::{days, minutes};
use hundi_core::{Millis, Secret};
use meaning::Standing;
use serde::de::DeserializeOwned;

/// The documented bounds of an order's life at the hosted page.
const EXPIRE_SECS_MIN: i64 = 300;
const EXPIRE_SECS_MAX: i64 = 3600;

/// The API that PhonePe gives to whoever comes now.
pub(super) struct V2;

// ---- opening

#[async_trait]
impl Open for V2 {
    async fn open(&self, call: Call<'_>, opening: &Opening) -> Called<Opened> {
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
        let opened: Aside = post(call.to("open").hidden(), path, &body).await?;
        if !opened.text("orderId").is_some_and(client::is_id) {
            return Err(unreadable("an id that is none of PhonePe's"));
        }
        client::handed_out(opening, opened.text("redirectUrl"), opened.text("intentUrl"))
    }

    /// The page's address is told once: an order id that was used is refused, and the status does not tell it. So of an
    /// order that nobody could reach we say that we don't know, until it is over there; then it is as good as never
    /// opened.
    async fn find(&self, call: Call<'_>, opening: &Opening) -> Called<Option<Opened>> {
        let asked = order(call.to("find"), opening.flow, opening.our_ref.as_str()).await;
        let Some(order) = if_there(asked)? else { return Ok(None) };
        let amount = money(order.amount, order.currency.as_deref())?;
        ensure(amount == opening.amount, "opened with another amount than was asked")?;
        let attempts = order.payment_details.as_deref().unwrap_or_default();
        let acted = attempts.iter().any(|a| a.state != "PENDING");
        match meaning::standing(&order.state)? {
            Standing::Over if attempts.is_empty() => Ok(None),
            // Somebody was there all the same: it must be watched.
            standing if acted || standing != Standing::Open => Ok(Some(client::nothing_to_show(opening))),
            _ => Err(CallError::unknown(ReasonKind::Refused, "opened, and its page can't be had again")),
        }
    }
}

fn page_flow(opening: &Opening) -> Object {
    let urls = Object::new().put("redirectUrl", &opening.return_url);
    Object::new().put("type", "PG_CHECKOUT").put("message", &opening.description).put("merchantUrls", urls)
}

/// Without a target app the link is a plain `upi://` one, for whichever app the payer has.
fn intent_flow() -> Object {
    Object::new().put("type", "PG").put("paymentMode", Object::new().put("type", "UPI_INTENT"))
}

// ---- asking

#[async_trait]
impl Watch for V2 {
    async fn fetch(&self, call: Call<'_>, subject: &Subject) -> Called<Vec<Report>> {
        let (named, errand) = (&subject.provider_order, call.to("fetch"));
        // PhonePe charges nobody by itself: each of its payers was sent somewhere.
        let flow = subject.flow.ok_or_else(|| refused("a payment that no payer was sent to"))?;
        let order = order(errand, flow, named).await.map_err(unknown_if_gone)?;
        let mut reports = meaning::order(&order, named)?;
        if let Some(paid) = order.payment_details.iter().flatten().find(|a| a.state == "COMPLETED") {
            for id in heard_of(call, named) {
                // That money was taken is never held back because a refund of it could not be asked about.
                if let Ok(refund) = refund_status(errand, &id).await
                    && refund.original_merchant_order_id.as_ref().is_none_or(|of| of == named)
                {
                    reports.extend(meaning::refund(&refund, &id, &paid.transaction_id));
                }
            }
        }
        Ok(reports)
    }
}

async fn order(errand: Errand<'_>, flow: Flow, named: &str) -> Called<wire::Order> {
    let family = match flow {
        Flow::UpiIntent => "payments",
        Flow::Redirect | Flow::Script => "checkout",
    };
    let path = format!("/{family}/v2/order/{}/status?details=true", client::id(named)?);
    let order: wire::Order = get(errand, &path).await?;
    ensure(
        order.merchant_order_id.as_ref().is_none_or(|id| id == named),
        "another order than was asked for",
    )?;
    Ok(order)
}

// ---- giving back

#[async_trait]
impl Refund for V2 {
    async fn refund(&self, call: Call<'_>, ask: &RefundAsk) -> Called<Report> {
        let our_ref = ask.our_ref.as_str();
        let body = Object::new()
            .put("merchantRefundId", our_ref)
            .put("originalMerchantOrderId", client::id(&ask.subject.provider_order)?)
            .put("amount", ask.amount.minor());
        let made = post(call.to("refund"), "/payments/v2/refund", &body).await;
        let made = made.and_then(|refund| of_ask(ask, &refund, our_ref));
        or_found(made, is_refusal, Refund::fetch(self, call, ask, None)).await
    }

    /// A refund is named by the reference that its maker gave it: ours, or that of somebody at the dashboard.
    async fn fetch(
        &self,
        call: Call<'_>,
        ask: &RefundAsk,
        provider_refund: Option<&str>,
    ) -> Called<Option<Report>> {
        let name = provider_refund.unwrap_or(ask.our_ref.as_str());
        let found = if_there(refund_status(call.to("fetch_refund"), name).await)?;
        still_there(found.map(|refund| of_ask(ask, &refund, name)).transpose()?, provider_refund)
    }
}

async fn refund_status(errand: Errand<'_>, named: &str) -> Called<wire::Refund> {
    let path = format!("/payments/v2/refund/{}/status", client::id(named)?);
    let refund: wire::Refund = get(errand, &path).await?;
    let said = refund.merchant_refund_id.as_ref();
    ensure(said.is_none_or(|id| id == named), "another refund than was asked for")?;
    Ok(refund)
}

fn of_ask(ask: &RefundAsk, refund: &wire::Refund, name: &str) -> Called<Report> {
    let of = refund.original_merchant_order_id.as_ref();
    ensure(of.is_none_or(|of| *of == ask.subject.provider_order), "a refund of another order")?;
    let amount = money(refund.amount, refund.currency.as_deref())?;
    ensure(amount == ask.amount, "a refund of another amount than was asked")?;
    Ok(meaning::refund(refund, name, &ask.provider_payment)?)
}

// ---- refunds that we only heard of

/// How long, and how many for one order.
const HEARD_MS: i64 = days(2);
const HEARD_MAX: usize = 10;

/// An order's status lists no refunds, so one that was made in the dashboard is known by its webhook alone. Its id is
/// kept until the order is asked about, which then asks about the refund too. In memory: the settlement file is the
/// net below.
fn hear_of(call: Call<'_>, order: &str, refund: &str) {
    let mut known = heard_of(call, order);
    let fit = client::is_id(order) && client::is_id(refund);
    if fit && known.len() < HEARD_MAX && !known.iter().any(|k| k == refund) {
        known.push(refund.to_owned());
        let until = call.wire.now().plus(HEARD_MS);
        call.wire.keep(&heard_name(order), &Secret::new(known.join(" ")), until);
    }
}

/// The order of a refund that a settlement names, to be asked about, and the refund with it.
pub(super) async fn order_of_refund(call: Call<'_>, refund: &str) -> Called<Option<Report>> {
    let found = if_there(refund_status(call.to("settlements"), refund).await)?;
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

/// No order of ours is called so: ours have no hyphen.
const NO_ORDER: &str = "hundi-connection-test";

#[async_trait]
impl TestConnection for V2 {
    /// A token, and a question about an order that is not there: who may ask is told so.
    async fn test(&self, call: Call<'_>) -> TestResult {
        client::tested(if_there(order(call.to("test"), Flow::Redirect, NO_ORDER).await).map(drop))
    }
}

// ---- calling

async fn get<T: DeserializeOwned>(errand: Errand<'_>, path: &str) -> Called<T> {
    client::read(&ask(errand, "GET", path, vec![]).await?, Kind::Question)
}

async fn post<T>(errand: Errand<'_>, path: &str, body: &Object) -> Called<T>
where
    T: DeserializeOwned,
{
    client::read(&ask(errand, "POST", path, body.bytes()).await?, Kind::Deed)
}

async fn ask(errand: Errand<'_>, method: &'static str, path: &str, body: Vec<u8>) -> Called<Answer> {
    let account = errand.call.account;
    let url = format!("{}{path}", client::base(account, "/apis/pg"));
    let grant = &Client::of(account)?;
    Bearing { errand, scheme: "O-Bearer", grant }.send(method, url, client::headers(), body).await
}

/// Who we are.
struct Client {
    id: Secret,
    secret: Secret,
    version: Secret,
}

impl Client {
    /// Refused before any call when something is missing.
    fn of(account: &Account) -> Called<Self> {
        if !matches!(account.credential("api").expose(), "" | client::V2) {
            return Err(unauthorized("neither v1 nor v2 is chosen"));
        }
        if account.given(["client_secret"]).is_none() && account.given(["salt_key"]).is_some() {
            return Err(unauthorized(client::SALT_ON_V2));
        }
        match account.given(["client_id", "client_secret", "client_version"]) {
            Some([id, secret, version]) => Ok(Self { id, secret, version }),
            None => Err(unauthorized("the client id, secret or version is missing")),
        }
    }
}

/// So long before its end a token is not used any more.
const RENEW_EARLY_MS: i64 = minutes(5);

#[async_trait]
impl Grant for Client {
    async fn new_token(&self, call: Call<'_>) -> Called<Token> {
        let body = form(&[
            ("client_id", self.id.expose()),
            ("client_secret", self.secret.expose()),
            ("client_version", self.version.expose()),
            ("grant_type", "client_credentials"),
        ]);
        let url = format!("{}/v1/oauth/token", client::base(call.account, "/apis/identity-manager"));
        let headers = vec![Header::plain("content-type", asking::FORM), asking::accepts_json()];
        let answer = call.to("token").hidden().post(url, headers, body).await?;
        if answer.status == 404 {
            return Err(unauthorized(client::SALT_ON_V2));
        }
        let said: Aside = client::read(&answer, Kind::Question)?;
        let token = said.text("access_token").ok_or_else(|| unreadable("no token, or an empty one"))?;
        // Seconds. `expires_in` may be null; the documents say to go by this.
        let ends = said.text("expires_at").and_then(|secs| secs.parse().ok()).map(Millis::from_secs);
        Ok(Token { secret: Secret::new(token), until: ends.map(|at| at.minus(RENEW_EARLY_MS)) })
    }
}
