//! Opening: an order for the script and for UPI, a payment link for the page without script. And finding them again.

use super::{Razorpay, client, meaning, wire};
use crate::contract::{Call, CaptureBy, Flow, Handle, Open, Opened, Opening, Payer};
use crate::reading::doubt::refused;
use crate::wire::{CallError, ReasonKind};
use async_trait::async_trait;
use hundi_core::time::{days, minutes};
use hundi_core::{Method, Millis, OurRef};
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
    let body = wire::NewOrder {
        amount: opening.amount.minor(),
        currency: opening.amount.currency().to_string(),
        receipt: opening.our_ref.as_str(),
        notes: our_notes(&opening.our_ref),
        customer_id: opening.keep_for.as_deref(),
        method: opening.keep_for.as_ref().map(|_| "card"),
        token: opening.keep_for.as_ref().map(|_| registration(opening, call.wire.now())),
        payment: wire::CaptureSettings {
            capture,
            capture_options: wire::CaptureOptions {
                automatic_expiry_period,
                manual_expiry_period: HOLD_MINUTES,
                refund_speed: "normal",
            },
        },
    };
    let order: wire::Order = client::post(call, "open", "/v1/orders", &body, vec![]).await?;
    as_asked(opening, &order.id, order.amount, &order.currency)?;
    Ok(order)
}

/// What the payer's bank is asked to allow later: charges of up to Razorpay's own limit, or of as much as now, whenever
/// the merchant has something to charge.
fn registration(opening: &Opening, now: Millis) -> wire::Registration {
    wire::Registration {
        max_amount: opening.amount.minor().max(RECURRING_MINOR_MAX),
        expire_at: now.plus(days(RECURRING_DAYS)).secs(),
        frequency: "as_presented",
    }
}

/// The oldest order with our receipt. A POST whose answer was lost may have been repeated: then there are several,
/// none of which any payer was shown, and every caller must find the same one.
pub(super) async fn find_order(call: Call<'_>, opening: &Opening) -> Result<Option<wire::Order>, CallError> {
    let path = format!("/v1/orders?receipt={}&count=100", opening.our_ref);
    let orders: wire::Collection<wire::Order> = client::get(call, "find", &path).await?;
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
    let options = wire::CheckoutOptions {
        key: key.expose(),
        amount: opening.amount.minor(),
        currency: opening.amount.currency().to_string(),
        name: &opening.merchant_name,
        description: &opening.description,
        order_id: &order.id,
        prefill: prefill(&opening.payer),
        callback_url: &opening.return_url,
        redirect: true,
        retry: wire::Retry { enabled: true },
        customer_id: opening.keep_for.as_deref(),
        recurring: opening.keep_for.as_ref().map(|_| "1"),
        timeout: secs_left.clamp(CHECKOUT_SECS_MIN, CHECKOUT_SECS_MAX),
    };
    let options =
        serde_json::to_string(&options).expect("structs of strings, numbers and flags are always JSON");
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
    let body = wire::NewUpiPayment {
        amount: opening.amount.minor(),
        currency: opening.amount.currency().to_string(),
        order_id: &order.id,
        method: "upi",
        upi: wire::UpiFlow { flow: "intent" },
        email: opening.payer.email.as_deref(),
        contact: opening.payer.phone.as_deref(),
        ip: opening.payer.ip.as_deref(),
        user_agent: opening.payer.user_agent.as_deref(),
        referer: referer.as_deref(),
        description: &opening.description,
    };
    let created: wire::UpiCreated =
        client::post(call, "open_upi", "/v1/payments/create/upi", &body, vec![]).await?;
    Ok(created.link.filter(|link| link.starts_with("upi://")))
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
            let found = find_link(call, opening).await.map_err(|e| CallError::Unknown(e.reason().clone()))?;
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
    let body = wire::NewLink {
        amount: opening.amount.minor(),
        currency: opening.amount.currency().to_string(),
        accept_partial: false,
        description: &opening.description,
        reference_id: opening.our_ref.as_str(),
        customer: person(&opening.payer),
        expire_by: link_end(opening.expires_at, call.wire.now()).secs(),
        notify: wire::Notify { sms: false, email: false },
        reminder_enable: false,
        notes: our_notes(&opening.our_ref),
        callback_url: &opening.return_url,
        callback_method: "get",
    };
    let link: wire::PaymentLink = client::post(call, "open", "/v1/payment_links", &body, vec![]).await?;
    as_asked(opening, &link.id, link.amount, &link.currency)?;
    Ok(link)
}

fn link_end(expires_at: Millis, now: Millis) -> Millis {
    expires_at.clamp(now.plus(LINK_MS_MIN), now.plus(LINK_MS_MAX))
}

async fn find_link(call: Call<'_>, opening: &Opening) -> Result<Option<wire::PaymentLink>, CallError> {
    let path = format!("/v1/payment_links?reference_id={}", opening.our_ref);
    let links: wire::PaymentLinks = client::get(call, "find", &path).await?;
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
    let url =
        url.ok_or_else(|| CallError::unknown(ReasonKind::Unreadable, "a payment link without an address"))?;
    Ok(Opened { provider_order: link.id, handle: Handle::Redirect { url } })
}

// ---- both

/// What was opened must be what was asked: a payer is never sent to another amount.
fn as_asked(opening: &Opening, id: &str, amount: i64, currency: &str) -> Result<(), CallError> {
    if !client::is_id(id) {
        return Err(CallError::unknown(ReasonKind::Unreadable, "an id that is none of Razorpay's"));
    }
    if meaning::money(amount, currency)? != opening.amount {
        return Err(CallError::unknown(
            ReasonKind::Unrecognised,
            "opened with another amount than was asked",
        ));
    }
    Ok(())
}

fn our_notes(our_ref: &OurRef) -> wire::OurNotes<'_> {
    wire::OurNotes { our_ref: our_ref.as_str(), reason: None }
}

fn person(payer: &Payer) -> Option<wire::Person<'_>> {
    let (name, email, contact) = (payer.name.as_deref(), payer.email.as_deref(), payer.phone.as_deref());
    let known = name.or(email).or(contact).is_some();
    known.then_some(wire::Person { name, email, contact })
}

/// Bank and months can't be given to checkout: the payer chooses them there.
fn prefill(payer: &Payer) -> Option<wire::Prefill<'_>> {
    let method = payer.wants.and_then(|method| match method {
        Method::Card => Some("card"),
        Method::Netbanking => Some("netbanking"),
        Method::Wallet => Some("wallet"),
        Method::Emi => Some("emi"),
        Method::Upi => Some("upi"),
        Method::PayLater | Method::BankTransfer | Method::Other => None,
    });
    person(payer).map(|person| wire::Prefill { person, method })
}
