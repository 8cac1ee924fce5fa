//! Opening: an order and its token, paid on Paytm's page or by a UPI link. And the same order asked for again.

use super::{Paytm, client, meaning};
use crate::asking::Errand;
use crate::contract::{Account, Call, CaptureBy, Flow, Handle, Open, Opened, Opening, Payer};
use crate::opened::by_upi;
use crate::reading::answers::is_upi_link;
use crate::reading::doubt::{refused, unreadable};
use crate::wire::Called;
use crate::writing::Object;
use async_trait::async_trait;
use hundi_core::{Currency, Mode};

#[async_trait]
impl Open for Paytm {
    async fn open(&self, call: Call<'_>, opening: &Opening) -> Called<Opened> {
        match opening.flow {
            Flow::Script => Err(refused("Paytm is opened by its page or by a UPI link")),
            Flow::Redirect => Ok(by_form(call, opening, &initiate(call.to("open"), opening).await?)?),
            Flow::UpiIntent => open_upi(call, opening).await,
        }
    }

    /// An order that nobody began to pay can't be told from one that never was, and asking for it again gives the
    /// same order with a token. So that is how it is found, while a payer may still want it. Afterwards no record of
    /// a transaction is a definite no: nobody else was ever given its token.
    async fn find(&self, call: Call<'_>, opening: &Opening) -> Called<Option<Opened>> {
        let over = call.wire.now() >= opening.expires_at;
        if over && super::status(call.to("find"), opening.our_ref.as_str()).await?.is_none() {
            return Ok(None);
        }
        // The `upi://` link can't be asked for again; the order can be paid by UPI on the page.
        by_form(call, opening, &initiate(call.to("find"), opening).await?).map(Some)
    }
}

/// Asks for the order and gives its token, which is good for fifteen minutes and one use.
async fn initiate(errand: Errand<'_>, opening: &Opening) -> Called<String> {
    match opening.capture {
        CaptureBy::Provider => {}
        CaptureBy::Us => return Err(refused("Paytm takes the money at once: holds are not offered")),
    }
    if opening.amount.currency() != Currency::INR {
        return Err(refused("Paytm takes rupees only"));
    }
    let account = errand.call.account;
    let mid = client::merchant(account)?.mid;
    let our_ref = opening.our_ref.as_str();
    let amount = Object::new().put("value", opening.amount.decimal()).put("currency", "INR");
    // Each order is its own customer there: Paytm shall not join the payers of our merchants.
    let payer = Object::new()
        .put("custId", our_ref)
        .maybe("mobile", mobile(&opening.payer))
        .maybe("email", opening.payer.email.as_deref().filter(|email| is_plain(email)));
    let body = Object::new()
        .put("requestType", "Payment")
        .put("mid", &mid)
        .put("websiteName", website(account))
        .put("orderId", our_ref)
        .put("callbackUrl", &opening.return_url)
        .put("txnAmount", amount)
        .put("userInfo", payer);
    let path = addressed("initiateTransaction", &mid, opening);
    let said = client::signed(errand.hidden(), &path, &body).await?;
    meaning::initiated(&meaning::result(&said)?)?;
    said.text("/txnToken")?
        .filter(|token| !token.is_empty())
        .ok_or_else(|| unreadable("an order without a token"))
}

fn by_form(call: Call<'_>, opening: &Opening, token: &str) -> Called<Opened> {
    let mid = client::merchant(call.account)?.mid;
    let action = format!("{}{}", client::host(call.account), addressed("showPaymentPage", &mid, opening));
    let field = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    let order = opening.our_ref.to_string();
    let fields = vec![field("mid", &mid), field("orderId", &order), field("txnToken", token)];
    Ok(Opened { provider_order: order, handle: Handle::Form { action, fields } })
}

// ---- UPI

/// Two calls: the order, then its UPI link. Whatever becomes of the second, the order is open, and a link that we
/// never got can't be shown: so its failure falls back to the page.
async fn open_upi(call: Call<'_>, opening: &Opening) -> Called<Opened> {
    if !call.account.can("upi_intent") {
        return Err(refused("UPI links are not enabled for this account"));
    }
    let token = initiate(call.to("open"), opening).await?;
    Ok(by_upi(by_form(call, opening, &token)?, upi_link(call, opening, &token).await))
}

async fn upi_link(call: Call<'_>, opening: &Opening, token: &str) -> Called<Option<String>> {
    let mid = client::merchant(call.account)?.mid;
    let order = opening.our_ref.as_str();
    let body = Object::new()
        .put("requestType", "NATIVE")
        .put("mid", &mid)
        .put("orderId", order)
        .put("paymentMode", "UPI_INTENT")
        .put("paymentFlow", "NONE");
    // This one call is opened by the token alone, without a signature. Its time is in seconds, as text.
    let head = Object::new()
        .put("version", "v1")
        .put("requestTimestamp", call.wire.now().secs().to_string())
        .put("channelId", "WEB")
        .put("txnToken", token);
    let path = addressed("processTransaction", &mid, opening);
    let said = client::sent(call.to("open_upi").hidden(), &path, &body, &head).await?;
    let of_another = said.text("/deepLinkInfo/orderId")?.is_some_and(|named| named != order);
    let link = said.text("/deepLinkInfo/deepLink")?.filter(|_| !of_another);
    Ok(link.filter(|link| is_upi_link(link, opening.amount)))
}

// ---- both

/// Each of these calls names merchant and order in its address as well. Both are plain.
fn addressed(what: &str, mid: &str, opening: &Opening) -> String {
    format!("/theia/api/v1/{what}?mid={mid}&orderId={}", opening.our_ref)
}

/// The name under which Paytm keeps an account's settings for its pages.
fn website(account: &Account) -> String {
    match (account.credential("website").expose(), account.mode) {
        ("", Mode::Test) => "WEBSTAGING".to_owned(),
        ("", Mode::Live) => "DEFAULT".to_owned(),
        (given, _) => given.to_owned(),
    }
}

/// Ten digits, as Paytm knows numbers in India; others are left out.
fn mobile(payer: &Payer) -> Option<&str> {
    let number = payer.phone.as_deref()?;
    let number = number.strip_prefix("+91").unwrap_or(number);
    (number.len() == 10 && number.bytes().all(|c| c.is_ascii_digit())).then_some(number)
}

/// A `|` anywhere in a request is refused (code 1008), and a payment shall not fail for a decoration.
fn is_plain(text: &str) -> bool {
    text.contains('@') && text.bytes().all(|c| c.is_ascii_graphic() && c != b'|')
}
