//! Opening: an order for the script and for UPI, a payment link for the page without script. And finding them again.

use super::{Razorpay, client, meaning, wire};
use crate::contract::{Call, CaptureBy, Flow, Handle, Open, Opened, Opening, Payer};
use crate::reading::doubt::{Unheard, refused, surely_unknown, unreadable};
use crate::wire::CallError;
use crate::writing::Object;
use async_trait::async_trait;
use hundi_core::time::{days, minutes};
use hundi_core::{Method, Millis};
use serde_json::Value;
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
    async fn open(&self, call: Call<'_>, opening: &Opening) -> Result<Opened, CallError> {
        match opening.flow {
            Flow::Script => opened_by_script(call, opening, new_order(call, opening).await?),
            Flow::UpiIntent => open_upi(call, opening).await,
            Flow::Redirect => open_link(call, opening).await,
        }
    }

    async fn find(&self, call: Call<'_>, opening: &Opening) -> Result<Option<Opened>, CallError> {
        match opening.flow {
            // The `upi://` link can't be asked for again; the order can be paid by UPI in checkout.
            Flow::Script | Flow::UpiIntent => {
                let order = find_order(call, opening).await?;
                order.map(|order| opened_by_script(call, opening, order)).transpose()
            }
            Flow::Redirect => find_link(call, opening).await?.map(opened_by_link).transpose(),
        }
    }
}

// ---- orders

pub(super) async fn new_order(call: Call<'_>, opening: &Opening) -> Result<wire::Order, CallError> {
    let (capture, automatic_expiry_period) = match opening.capture {
        CaptureBy::Provider => ("automatic", Some(HOLD_MINUTES)),
        CaptureBy::Us => ("manual", None),
    };
    let hold = Object::new()
        .maybe("automatic_expiry_period", automatic_expiry_period)
        .put("manual_expiry_period", HOLD_MINUTES)
        .put("refund_speed", "normal");
    let keep_for = opening.keep_for.as_deref();
    let body = client::amount(opening.amount)
        .put("receipt", opening.our_ref.as_str())
        .put("notes", our_notes(opening))
        .maybe("customer_id", keep_for)
        .maybe("method", keep_for.map(|_| "card"))
        .maybe("token", keep_for.map(|_| registration(opening, call.wire.now())))
        .put("payment", Object::new().put("capture", capture).put("capture_options", hold));
    let order: wire::Order = client::post(call.to("open"), "/v1/orders", &body).await?;
    as_asked(opening, &order.id, order.amount, &order.currency)?;
    Ok(order)
}

/// What the payer's bank is asked to allow later: charges of up to Razorpay's own limit, or of as much as now, whenever
/// the merchant has something to charge.
fn registration(opening: &Opening, now: Millis) -> Object {
    Object::new()
        .put("max_amount", opening.amount.minor().max(RECURRING_MINOR_MAX))
        .put("expire_at", now.plus(days(RECURRING_DAYS)).secs())
        .put("frequency", "as_presented")
}

/// The oldest order with our receipt. A POST whose answer was lost may have been repeated: then there are several,
/// none of which any payer was shown, and every caller must find the same one.
pub(super) async fn find_order(call: Call<'_>, opening: &Opening) -> Result<Option<wire::Order>, CallError> {
    let path = format!("/v1/orders?receipt={}&count=100", opening.our_ref);
    let orders: wire::Collection<wire::Order> = client::get(call.to("find"), &path).await?;
    // The filter is Razorpay's, the check is ours.
    let ours = orders.items.into_iter().filter(|o| o.receipt.as_deref() == Some(opening.our_ref.as_str()));
    let oldest = ours.min_by(|a, b| (a.created_at, &a.id).cmp(&(b.created_at, &b.id)));
    if let Some(order) = &oldest {
        as_asked(opening, &order.id, order.amount, &order.currency)?;
    }
    Ok(oldest)
}

fn opened_by_script(call: Call<'_>, opening: &Opening, order: wire::Order) -> Result<Opened, CallError> {
    let live = client::base(call.account) == super::card::CARD.live_base_url;
    let src = match super::card::CARD.script_url {
        Some(url) if live => url.to_owned(),
        _ => format!("{}/v1/checkout.js", client::base(call.account)),
    };
    let secs_left = opening.expires_at.since(call.wire.now()) / 1000;
    let key = call.account.credential("key_id");
    let options = Object::new()
        .put("key", key.expose())
        .put("amount", opening.amount.minor())
        .put("currency", opening.amount.currency().to_string())
        .put("name", &opening.merchant_name)
        .put("description", &opening.description)
        .put("order_id", &order.id)
        .maybe("prefill", prefill(&opening.payer))
        .put("callback_url", &opening.return_url)
        .put("redirect", true)
        .put("retry", Object::new().put("enabled", true))
        .maybe("customer_id", opening.keep_for.as_deref())
        .maybe("recurring", opening.keep_for.as_ref().map(|_| "1"))
        .put("timeout", secs_left.clamp(CHECKOUT_SECS_MIN, CHECKOUT_SECS_MAX))
        .text();
    let handle = Handle::Script { src, global: "Razorpay".to_owned(), options };
    Ok(Opened { provider_order: order.id, handle })
}

// ---- UPI

/// Two calls: the order, then a payment beneath it. Whatever becomes of the second, the order is open and can be
/// paid by script, and a `upi://` link that we never got can't be shown: so its failure falls back to the script.
async fn open_upi(call: Call<'_>, opening: &Opening) -> Result<Opened, CallError> {
    if !call.account.can("upi_intent") {
        return Err(refused("UPI links are not enabled for this account"));
    }
    let order = new_order(call, opening).await?;
    match upi_link(call, opening, &order).await {
        Ok(Some(link)) => Ok(Opened { provider_order: order.id, handle: Handle::Upi { link } }),
        Ok(None) | Err(CallError::NotDone(_) | CallError::Unknown(_)) => {
            opened_by_script(call, opening, order)
        }
    }
}

async fn upi_link(
    call: Call<'_>,
    opening: &Opening,
    order: &wire::Order,
) -> Result<Option<String>, CallError> {
    // The origin alone: the path of a return address is a secret of the payer's.
    let referer = Url::parse(&opening.return_url).ok().map(|url| url.origin().ascii_serialization());
    let payer = &opening.payer;
    let body = client::amount(opening.amount)
        .put("order_id", &order.id)
        .put("method", "upi")
        .put("upi", Object::new().put("flow", "intent"))
        .maybe("email", payer.email.as_deref())
        .maybe("contact", payer.phone.as_deref())
        .maybe("ip", payer.ip.as_deref())
        .maybe("user_agent", payer.user_agent.as_deref())
        .maybe("referer", referer)
        .put("description", &opening.description);
    let created: Value = client::post(call.to("open_upi"), "/v1/payments/create/upi", &body).await?;
    let link = created.get("link").and_then(Value::as_str).filter(|link| link.starts_with("upi://"));
    Ok(link.map(str::to_owned))
}

// ---- payment links

async fn open_link(call: Call<'_>, opening: &Opening) -> Result<Opened, CallError> {
    // A link has no capture settings: it would take the money although the merchant wants to decide.
    match opening.capture {
        CaptureBy::Provider => {}
        CaptureBy::Us => return Err(refused("a payment link can't hold money without taking it")),
    }
    match new_link(call, opening).await {
        Err(CallError::NotDone(reason)) if is_repeat(&reason.detail) => {
            // An earlier call of ours made it and we never heard.
            let found = find_link(call, opening).await.map_err(|error| surely_unknown(&error))?;
            opened_by_link(found.ok_or(CallError::Unknown(reason))?)
        }
        link => opened_by_link(link?),
    }
}

/// "payment link creation with reference ID already attempted", and however else it may be put: it only makes us look.
fn is_repeat(detail: &str) -> bool {
    let detail = detail.to_lowercase();
    detail.contains("reference") && detail.contains("already")
}

async fn new_link(call: Call<'_>, opening: &Opening) -> Result<wire::PaymentLink, CallError> {
    let body = client::amount(opening.amount)
        .put("accept_partial", false)
        .put("description", &opening.description)
        .put("reference_id", opening.our_ref.as_str())
        .maybe("customer", person(&opening.payer))
        .put("expire_by", link_end(opening.expires_at, call.wire.now()).secs())
        .put("notify", Object::new().put("sms", false).put("email", false))
        .put("reminder_enable", false)
        .put("notes", our_notes(opening))
        .put("callback_url", &opening.return_url)
        .put("callback_method", "get");
    let link: wire::PaymentLink = client::post(call.to("open"), "/v1/payment_links", &body).await?;
    as_asked(opening, &link.id, link.amount, &link.currency)?;
    Ok(link)
}

fn link_end(expires_at: Millis, now: Millis) -> Millis {
    expires_at.clamp(now.plus(LINK_MS_MIN), now.plus(LINK_MS_MAX))
}

async fn find_link(call: Call<'_>, opening: &Opening) -> Result<Option<wire::PaymentLink>, CallError> {
    let path = format!("/v1/payment_links?reference_id={}", opening.our_ref);
    let links: wire::PaymentLinks = client::get(call.to("find"), &path).await?;
    let links = links.payment_links.into_iter();
    let ours = links.filter(|l| l.reference_id.as_deref() == Some(opening.our_ref.as_str()));
    let oldest = ours.min_by(|a, b| (a.created_at, &a.id).cmp(&(b.created_at, &b.id)));
    if let Some(link) = &oldest {
        as_asked(opening, &link.id, link.amount, &link.currency)?;
    }
    Ok(oldest)
}

fn opened_by_link(link: wire::PaymentLink) -> Result<Opened, CallError> {
    let url = link.short_url.filter(|url| url.starts_with("https://") || url.starts_with("http://"));
    let url = url.ok_or_else(|| unreadable("a payment link without an address"))?;
    Ok(Opened { provider_order: link.id, handle: Handle::Redirect { url } })
}

// ---- both

/// What was opened must be what was asked: a payer is never sent to another amount.
fn as_asked(opening: &Opening, id: &str, amount: i64, currency: &str) -> Result<(), CallError> {
    if !client::is_id(id) {
        return Err(unreadable("an id that is none of Razorpay's"));
    }
    if meaning::money(amount, currency)? != opening.amount {
        return Err(Unheard("opened with another amount than was asked").into());
    }
    Ok(())
}

fn our_notes(opening: &Opening) -> Object {
    Object::new().put("our_ref", opening.our_ref.as_str())
}

fn person(payer: &Payer) -> Option<Object> {
    let (name, email, contact) = (payer.name.as_deref(), payer.email.as_deref(), payer.phone.as_deref());
    let known = name.or(email).or(contact).is_some();
    known.then(|| Object::new().maybe("name", name).maybe("email", email).maybe("contact", contact))
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
    person(payer).map(|person| person.maybe("method", method))
}
