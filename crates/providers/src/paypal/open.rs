//! Opening an order and finding it again. The payer goes to PayPal's own page, top level.

use super::wire::{Amount, Link};
use super::{PayPal, client};
use crate::contract::{Call, CaptureBy, Handle, Open, Opened, Opening};
use crate::offered::offered;
use crate::reading::answers::{is_page, our_ref};
use crate::reading::doubt::{ensure, is_refused, unreadable};
use crate::reading::tree::Tree;
use crate::wire::Called;
use crate::writing::Object;
use async_trait::async_trait;

/// PayPal's longest description and brand name.
const TEXT_CHARS_MAX: usize = 127;

#[async_trait]
impl Open for PayPal {
    async fn open(&self, call: Call<'_>, opening: &Opening) -> Called<Opened> {
        offered(self, call.account, opening)?;
        let body = new_order(opening)?;
        let key = opening.our_ref.as_str();
        let answer = client::post(call.to("open"), "/v2/checkout/orders", key, Some(&body)).await?;
        opened(call, opening, &client::read(&answer)?)
    }

    /// PayPal has no look-up by our reference, but gives the same order to the same key for six hours, and another one
    /// later. Either is right to hand out: of an order whose address nobody was given, nobody can be charged, and none
    /// takes money without our word. For the same reason nothing is there once our own session is over.
    async fn find(&self, call: Call<'_>, opening: &Opening) -> Called<Option<Opened>> {
        if opening.expires_at <= call.wire.now() {
            return Ok(None);
        }
        match self.open(call, opening).await {
            Err(error) if is_refused(&error) => Ok(None),
            opened => opened.map(Some),
        }
    }
}

fn new_order(opening: &Opening) -> Called<Object> {
    let our_ref = opening.our_ref.as_str();
    let short = |text: &str| text.chars().take(TEXT_CHARS_MAX).collect::<String>();
    let unit = Object::new()
        .put("reference_id", "default")
        .put("invoice_id", our_ref)
        .put("custom_id", our_ref)
        .put("description", short(&opening.description))
        .put("amount", Amount::of(opening.amount)?);
    let experience = Object::new()
        .put("brand_name", short(&opening.merchant_name))
        .put("landing_page", "NO_PREFERENCE")
        .put("shipping_preference", "NO_SHIPPING")
        .put("user_action", "PAY_NOW")
        .put("return_url", &opening.return_url)
        // The payer who turns back comes without a `PayerID`, which tells the two apart.
        .put("cancel_url", &opening.return_url);
    let intent = match opening.capture {
        CaptureBy::Provider => "CAPTURE",
        CaptureBy::Us => "AUTHORIZE",
    };
    let source = Object::new().put("paypal", Object::new().put("experience_context", experience));
    Ok(Object::new().put("intent", intent).put("purchase_units", [unit]).put("payment_source", source))
}

/// What was opened must be what was asked: a payer is never sent to another amount.
fn opened(call: Call<'_>, opening: &Opening, order: &Tree) -> Called<Opened> {
    let provider_order = order.need_text("/id")?;
    if !client::is_id(&provider_order) {
        return Err(unreadable("an id that is none of PayPal's"));
    }
    let [unit] = &order.list("/purchase_units")?[..] else {
        return Err(unreadable("an order of more or less than one unit"));
    };
    let amount = unit.read("/amount")?.as_ref().and_then(Amount::money);
    let ours = our_ref(unit.text("/custom_id")?.as_deref()) == Some(opening.our_ref);
    ensure(ours && amount == Some(opening.amount), "opened otherwise than was asked")?;
    // `payer-action` where the way to pay was named, `approve` where it was not: whichever there is.
    let links: Vec<Link> = order.read("/links")?.unwrap_or_default();
    let link = links.into_iter().find(|link| link.rel == "payer-action" || link.rel == "approve");
    let url = link.map(|link| link.href).filter(|url| is_page(url, call.account.simulated));
    let url = url.ok_or_else(|| unreadable("an order without an address"))?;
    Ok(Opened { provider_order, handle: Handle::Redirect { url } })
}
