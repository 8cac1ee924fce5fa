//! Opening: an order for the script and for UPI, a payment link for the page without script. And finding them again.

use super::card::CARD;
use super::{Razorpay, client, wire};
use crate::contract::{Call, CaptureBy, Flow, Handle, Open, Opened, Opening, Payer};
use crate::offered::offered;
use crate::opened::by_upi;
use crate::reading::answers::is_page;
use crate::reading::doubt::{ensure, is_refused_with, made_before, refused, unreadable};
use crate::reading::tree::Tree;
use crate::wire::Called;
use crate::writing::Object;
use async_trait::async_trait;
use hundi_core::time::{days, minutes};
use hundi_core::{Method, Millis, Money, OurRef};
use url::Url;

/// Razorpay's longest: five days. Both windows are given, so that no setting of the account decides.
const HOLD_MINUTES: u32 = 7200;
/// A link must end at least 15 minutes ahead by Razorpay's clock, and at most six months.
const LINK_MS_MIN: i64 = minutes(16);
const LINK_MS_MAX: i64 = days(180);
/// Beyond ₹15,000 a charge needs the cardholder each time (Razorpay's page on recurring payments by card).
const RECURRING_MINOR_MAX: i64 = 1_500_000;
const RECURRING_DAYS: i64 = 5 * 365;
const CHECKOUT_SECS_MIN: i64 = 60;
const CHECKOUT_SECS_MAX: i64 = 86_400;

#[async_trait]
impl Open for Razorpay {
    async fn open(&self, call: Call<'_>, opening: &Opening) -> Called<Opened> {
        offered(self, call.account, opening)?;
        match opening.flow {
            Flow::Redirect => open_link(call, opening).await,
            Flow::Script => open_order(call, opening).await,
            Flow::UpiIntent => {
                let page = open_order(call, opening).await?;
                let link = upi_link(call, opening, &page.provider_order).await;
                Ok(by_upi(page, link))
            }
        }
    }

    async fn find(&self, call: Call<'_>, opening: &Opening) -> Called<Option<Opened>> {
        match opening.flow {
            // The `upi://` link can't be asked for again; the order can be paid by UPI in checkout.
            Flow::Script | Flow::UpiIntent => {
                let order = find_order(call, opening.our_ref, opening.amount).await?;
                Ok(order.map(|order| by_script(call, opening, order)))
            }
            Flow::Redirect => find_link(call, opening).await,
        }
    }
}

// ---- orders

/// What an order is made of, whether its payer comes or a saved method is charged.
pub(super) struct Ordered<'a> {
    pub(super) our_ref: OurRef,
    pub(super) amount: Money,
    pub(super) capture: CaptureBy,
    pub(super) keep_for: Option<&'a str>,
}

async fn open_order(call: Call<'_>, opening: &Opening) -> Called<Opened> {
    let &Opening { our_ref, amount, capture, ref keep_for, .. } = opening;
    let keep_for = keep_for.as_deref();
    let order = new_order(call, Ordered { our_ref, amount, capture, keep_for }).await?;
    Ok(by_script(call, opening, order))
}

pub(super) async fn new_order(call: Call<'_>, order: Ordered<'_>) -> Called<String> {
    let (capture, automatic_expiry_period) = match order.capture {
        CaptureBy::Provider => ("automatic", Some(HOLD_MINUTES)),
        CaptureBy::Us => ("manual", None),
    };
    let hold = Object::new()
        .maybe("automatic_expiry_period", automatic_expiry_period)
        .put("manual_expiry_period", HOLD_MINUTES)
        .put("refund_speed", "normal");
    let body = client::amount(order.amount)
        .put("receipt", order.our_ref.as_str())
        .put("notes", Object::new().put("our_ref", order.our_ref.as_str()))
        .maybe("customer_id", order.keep_for)
        .maybe("method", order.keep_for.map(|_| "card"))
        .maybe("token", order.keep_for.map(|_| registration(order.amount, call.wire.now())))
        .put("payment", Object::new().put("capture", capture).put("capture_options", hold));
    as_asked(&client::post(call.to("open"), "/v1/orders", &body).await?, order.amount)
}

/// What the payer's bank is asked to allow later: charges of up to Razorpay's own limit, or of as much as now, whenever
/// the merchant has something to charge.
fn registration(amount: Money, now: Millis) -> Object {
    Object::new()
        .put("max_amount", amount.minor().max(RECURRING_MINOR_MAX))
        .put("expire_at", now.plus(days(RECURRING_DAYS)).secs())
        .put("frequency", "as_presented")
}

pub(super) async fn find_order(call: Call<'_>, our_ref: OurRef, amount: Money) -> Called<Option<String>> {
    let order = find(call, &format!("/v1/orders?receipt={our_ref}&count=100"), our_ref).await?;
    order.map(|order| as_asked(&order, amount)).transpose()
}

fn by_script(call: Call<'_>, opening: &Opening, provider_order: String) -> Opened {
    let base = client::base(call.account);
    let hosted = CARD.script_url.filter(|_| base == CARD.live_base_url).map(str::to_owned);
    let src = hosted.unwrap_or_else(|| format!("{base}/v1/checkout.js"));
    let secs_left = opening.expires_at.since(call.wire.now()) / 1000;
    let key = call.account.credential("key_id");
    let options = Object::new()
        .put("key", key.expose())
        .put("amount", opening.amount.minor())
        .put("currency", opening.amount.currency().to_string())
        .put("name", &opening.merchant_name)
        .put("description", &opening.description)
        .put("order_id", &provider_order)
        .maybe("prefill", prefill(&opening.payer))
        .put("callback_url", &opening.return_url)
        .put("redirect", true)
        .put("retry", Object::new().put("enabled", true))
        .maybe("customer_id", opening.keep_for.as_deref())
        .maybe("recurring", opening.keep_for.as_ref().map(|_| "1"))
        .put("timeout", secs_left.clamp(CHECKOUT_SECS_MIN, CHECKOUT_SECS_MAX))
        .text();
    let handle = Handle::Script { src, global: "Razorpay".to_owned(), options };
    Opened { provider_order, handle }
}

// ---- UPI

/// The second of two calls: a payment beneath the order.
async fn upi_link(call: Call<'_>, opening: &Opening, order: &str) -> Called<Option<String>> {
    // The origin alone: the path of a return address is a secret of the payer's.
    let referer = Url::parse(&opening.return_url).ok().map(|url| url.origin().ascii_serialization());
    let payer = &opening.payer;
    let body = client::amount(opening.amount)
        .put("order_id", order)
        .put("method", "upi")
        .put("upi", Object::new().put("flow", "intent"))
        .maybe("email", payer.email.as_deref())
        .maybe("contact", payer.phone.as_deref())
        .maybe("ip", payer.ip.as_deref())
        .maybe("user_agent", payer.user_agent.as_deref())
        .maybe("referer", referer)
        .put("description", &opening.description);
    let created = client::post(call.to("open_upi"), "/v1/payments/create/upi", &body).await?;
    Ok(created.shown("/link"))
}

// ---- payment links

async fn open_link(call: Call<'_>, opening: &Opening) -> Called<Opened> {
    // A link has no capture settings: it would take the money although the merchant wants to decide.
    if opening.capture == CaptureBy::Us {
        return Err(refused("a payment link can't hold money without taking it"));
    }
    match new_link(call, opening).await {
        // "payment link creation with reference ID already attempted", and however else it may be put: it only makes us look.
        Err(no) if is_refused_with(&no, &["reference"]) && is_refused_with(&no, &["already"]) => {
            made_before(&no, find_link(call, opening).await)
        }
        link => link,
    }
}

async fn new_link(call: Call<'_>, opening: &Opening) -> Called<Opened> {
    let now = call.wire.now();
    let body = client::amount(opening.amount)
        .put("accept_partial", false)
        .put("description", &opening.description)
        .put("reference_id", opening.our_ref.as_str())
        .maybe("customer", who(&opening.payer).unless_empty())
        .put("expire_by", opening.expires_at.clamp(now.plus(LINK_MS_MIN), now.plus(LINK_MS_MAX)).secs())
        .put("notify", Object::new().put("sms", false).put("email", false))
        .put("reminder_enable", false)
        .put("notes", Object::new().put("our_ref", opening.our_ref.as_str()))
        .put("callback_url", &opening.return_url)
        .put("callback_method", "get");
    by_link(&client::post(call.to("open"), "/v1/payment_links", &body).await?, opening.amount)
}

async fn find_link(call: Call<'_>, opening: &Opening) -> Called<Option<Opened>> {
    let path = format!("/v1/payment_links?reference_id={}", opening.our_ref);
    let link = find(call, &path, opening.our_ref).await?;
    link.map(|link| by_link(&link, opening.amount)).transpose()
}

fn by_link(link: &Tree, amount: Money) -> Called<Opened> {
    let provider_order = as_asked(link, amount)?;
    let url = link.text("/short_url")?.filter(|url| is_page(url, true));
    let url = url.ok_or_else(|| unreadable("a payment link without an address"))?;
    Ok(Opened { provider_order, handle: Handle::Redirect { url } })
}

// ---- both

/// The filter is Razorpay's, the check is ours. No payer was shown any of them.
async fn find(call: Call<'_>, path: &str, our_ref: OurRef) -> Called<Option<Tree>> {
    let listed = client::page(call.to("find"), path).await?;
    Ok(wire::oldest(listed, |opened| Ok(wire::our_ref(opened)? == Some(our_ref)))?)
}

/// What was opened must be what was asked: a payer is never sent to another amount.
fn as_asked(opened: &Tree, amount: Money) -> Called<String> {
    ensure(wire::money(opened)? == amount, "opened with another amount than was asked")?;
    let id = opened.need_text("/id")?;
    ensure(client::is_id(&id), "an id that is none of Razorpay's")?;
    Ok(id)
}

/// As checkout, links and customers' records know people.
pub(super) fn person(name: Option<&str>, email: Option<&str>, contact: Option<&str>) -> Object {
    Object::new().maybe("name", name).maybe("email", email).maybe("contact", contact)
}

/// Who pays, and what checkout opens on. The method counts only beside both an e-mail address and a number; bank and
/// months can't be given to checkout: the payer chooses them there.
fn prefill(payer: &Payer) -> Option<Object> {
    let method = payer.wants.and_then(|method| match method {
        Method::Card => Some("card"),
        Method::Netbanking => Some("netbanking"),
        Method::Wallet => Some("wallet"),
        Method::Emi => Some("emi"),
        Method::Upi => Some("upi"),
        Method::PayLater | Method::BankTransfer | Method::Other => None,
    });
    who(payer).unless_empty().map(|person| person.maybe("method", method))
}

fn who(payer: &Payer) -> Object {
    person(payer.name.as_deref(), payer.email.as_deref(), payer.phone.as_deref())
}
