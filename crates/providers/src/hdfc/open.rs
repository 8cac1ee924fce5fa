//! Opening: a session whose page the payer is sent to. And finding its order again.

use super::{Hdfc, client, meaning};
use crate::contract::{Call, Handle, Open, Opened, Opening};
use crate::offered::offered;
use crate::reading::doubt::{ensure, if_there, unreadable};
use crate::wire::{CallError, Called, ReasonKind};
use crate::writing::Object;
use async_trait::async_trait;
use hundi_core::Millis;
use hundi_core::time::minutes;

/// Juspay's own default is days; an order must not outlive what we offer.
const EXPIRY_MINUTES_MIN: i64 = 1;
const EXPIRY_MINUTES_MAX: i64 = 7 * 24 * 60;
const DESCRIPTION_CHARS_MAX: usize = 100;
const OTHER: &str = "opened with another order or amount than was asked";

#[async_trait]
impl Open for Hdfc {
    async fn open(&self, call: Call<'_>, opening: &Opening) -> Called<Opened> {
        offered(self, call.account, opening)?;
        match new_session(call, opening).await {
            // "Already exists": an earlier call of ours made it and we never heard.
            Err(CallError::Unknown(reason)) if reason.kind == ReasonKind::Refused => {
                self.find(call, opening).await.ok().flatten().ok_or(CallError::Unknown(reason))
            }
            session => session,
        }
    }

    async fn find(&self, call: Call<'_>, opening: &Opening) -> Called<Option<Opened>> {
        let our_ref = opening.our_ref.as_str();
        let found = if_there(client::order(call.to("find"), our_ref, our_ref).await)?;
        let Some(order) = found else { return Ok(None) };
        let amount = meaning::money(order.amount.text(), order.currency.text())?;
        ensure(amount == opening.amount, OTHER)?;
        let url = match (meaning::page(&order.payment_links, call.account.simulated), order.id.text()) {
            (Some(url), _) => url.to_owned(),
            // The address that every session's page has had.
            (None, Some(id)) if is_juspays(id) => {
                format!("{}/payment-page/order/{id}", client::base(call.account)?)
            }
            (None, _) => return Err(unreadable("an order without a page")),
        };
        Ok(Some(opened(opening, url)))
    }
}

async fn new_session(call: Call<'_>, opening: &Opening) -> Called<Opened> {
    let client_id = call.account.credential("payment_page_client_id");
    let payer = &opening.payer;
    let minutes_left = minutes_left(opening.expires_at, call.wire.now());
    let body = Object::new()
        .put("order_id", opening.our_ref.as_str())
        .put("amount", opening.amount.decimal())
        .put("currency", opening.amount.currency().to_string())
        // A guest.
        .put("customer_id", "")
        .maybe("customer_email", payer.email.as_deref())
        .maybe("customer_phone", payer.phone.as_deref().and_then(ten_digits))
        .maybe("first_name", payer.name.as_deref())
        .put("payment_page_client_id", client_id.expose())
        .put("action", "paymentPage")
        .put("return_url", &opening.return_url)
        .put("description", opening.description.chars().take(DESCRIPTION_CHARS_MAX).collect::<String>())
        .put("metadata.expiryInMins", minutes_left.to_string());
    let session = client::session(call.to("open"), opening.our_ref.as_str(), &body).await?;
    // A session's answer says its amount nowhere but in what the page was opened with.
    let page = session.at("sdk_payload").at("payload");
    let on_page = page.text("orderId").ok_or_else(|| unreadable("a session without its order"))?;
    let amount = meaning::money(page.text("amount"), page.text("currency"))?;
    let named = [session.text("order_id"), Some(on_page)];
    let is_ours = named == [Some(opening.our_ref.as_str()); 2];
    ensure(is_ours && amount == opening.amount, OTHER)?;
    let url = meaning::page(session.at("payment_links"), call.account.simulated);
    Ok(opened(opening, url.ok_or_else(|| unreadable("a session without a page"))?.to_owned()))
}

/// The order is named by our reference everywhere; Juspay's own id of it is said by two answers only.
fn opened(opening: &Opening, url: String) -> Opened {
    Opened { provider_order: opening.our_ref.to_string(), handle: Handle::Redirect { url } }
}

fn minutes_left(expires_at: Millis, now: Millis) -> i64 {
    let ms = expires_at.since(now);
    (ms / minutes(1)).clamp(EXPIRY_MINUTES_MIN, EXPIRY_MINUTES_MAX)
}

/// An Indian number as Juspay takes it; others are left out, since the page asks by itself.
fn ten_digits(phone: &str) -> Option<String> {
    let digits: String = phone.chars().filter(char::is_ascii_digit).collect();
    let number = digits.strip_prefix("91").filter(|rest| rest.len() == 10).unwrap_or(&digits);
    (number.len() == 10).then(|| number.to_owned())
}

fn is_juspays(id: &str) -> bool {
    id.starts_with("ord") && id.len() <= 64 && id.bytes().all(|c| c.is_ascii_alphanumeric() || c == b'_')
}
