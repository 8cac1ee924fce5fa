//! Cards that Razorpay keeps for a customer: registered with the first payment, charged as recurring payments.
//!
//! Two calls: an order, which moves nothing and is found by its receipt; then a recurring payment beneath it. An order
//! is paid once, so that silence after the second is settled by asking for the order's payments.

use super::open::{self, Ordered};
use super::{Razorpay, client, meaning};
use crate::charging::came_to;
use crate::contract::{Call, Charge, Flow, KeptMethod, Learned, Person, Report, Saved, Subject, TokenRef};
use crate::reading::answers::veiled_vpa;
use crate::reading::doubt::{Heard, ensure, if_there, refused};
use crate::reading::tree::Tree;
use crate::wire::Called;
use crate::writing::Object;
use async_trait::async_trait;
use hundi_core::time::days;
use hundi_core::{Method, Secret};

#[async_trait]
impl Saved for Razorpay {
    /// Checkout is given the customer; a payment link has no such setting.
    fn keeps_by(&self) -> &'static [Flow] {
        &[Flow::Script]
    }

    async fn customer(&self, call: Call<'_>, person: &Person) -> Called<String> {
        let Person { id, name, email, phone } = person;
        let body = open::person(name.as_deref(), email.as_deref(), phone.as_deref())
            // The record that is there already, rather than an error.
            .put("fail_existing", "0")
            .put("notes", Object::new().put("customer", id));
        let made = client::post(call.to("customer"), "/v1/customers", &body).await?;
        let id = made.need_text("/id")?;
        ensure(client::is_id(&id), "an id that is none of Razorpay's")?;
        Ok(id)
    }

    async fn learn(&self, call: Call<'_>, _: &Subject, payment: &str, customer: &str) -> Called<Learned> {
        let errand = call.to("learn").hidden();
        let payment = client::get(errand, &format!("/v1/payments/{}", client::id(payment)?)).await?;
        // A payer may have paid as somebody else: what is kept for them is not this customer's.
        let theirs = payment.text("/customer_id")?.is_some_and(|of| of == customer);
        let Some(token) = payment.text("/token_id")?.filter(|_| theirs) else { return Ok(Learned::Nothing) };
        let path = format!("/v1/customers/{}/tokens", client::id(customer)?);
        let mut tokens = client::page(errand, &path).await?.into_iter();
        let kept = tokens.find(|kept| kept.shown("/id").as_ref() == Some(&token));
        Ok(kept.map_or(Ok(Learned::NotYet), |kept| learned(token, &kept))?)
    }

    async fn open(&self, call: Call<'_>, charge: &Charge) -> Called<String> {
        let Charge { our_ref, amount, capture, .. } = *charge;
        open::new_order(call, Ordered { our_ref, amount, capture, keep_for: None }).await
    }

    async fn find(&self, call: Call<'_>, charge: &Charge) -> Called<Option<String>> {
        open::find_order(call, charge.our_ref, charge.amount).await
    }

    async fn charge(&self, call: Call<'_>, charge: &Charge, provider_order: &str) -> Called<Vec<Report>> {
        let (Some(email), Some(contact)) = (&charge.payer.email, &charge.payer.phone) else {
            return Err(refused("a recurring payment names its customer's e-mail address and phone number"));
        };
        let body = Object::new()
            .put("email", email)
            .put("contact", contact)
            .put("amount", charge.amount.minor())
            .put("currency", charge.amount.currency().to_string())
            .put("order_id", client::id(provider_order)?)
            .put("customer_id", &charge.token.customer)
            .put("token", charge.token.token.expose())
            .put("recurring", "1")
            .put("description", &charge.description);
        let path = "/v1/payments/create/recurring";
        let said = client::post(call.to("charge"), path, &body).await;
        let said = said.and_then(|said| Ok(said.need_text("/razorpay_payment_id").map(drop)?));
        came_to(self, call, charge, provider_order, said).await
    }

    /// Where a customer is told before a debit, Razorpay debits 25 hours after telling them; banks answer for days.
    fn settles_within_ms(&self) -> i64 {
        days(3)
    }

    async fn forget(&self, call: Call<'_>, token: &TokenRef) -> Called<()> {
        let (customer, token) = (client::id(&token.customer)?, client::id(token.token.expose())?);
        let path = format!("/v1/customers/{customer}/tokens/{token}");
        if_there(client::delete(call.to("forget"), &path).await).map(|_| ())
    }
}

/// What may be charged by us is what the bank confirmed for recurring payments; whatever else is kept, the payer
/// themselves would have to confirm each time.
fn learned(id: String, token: &Tree) -> Heard<Learned> {
    match token.shown("/recurring_details/status").as_deref() {
        Some("confirmed") => {}
        Some("initiated") => return Ok(Learned::NotYet),
        Some(_) | None => return Ok(Learned::Nothing),
    }
    let last4 = token.shown("/card/last4");
    Ok(Learned::Kept(Box::new(KeptMethod {
        token: Secret::new(id),
        method: token.text("/method")?.as_deref().map_or(Method::Other, meaning::method),
        network: token.shown("/card/network"),
        last4: last4.filter(|l| l.len() == 4 && l.bytes().all(|c| c.is_ascii_digit())),
        expiry_month: token.aside("/card/expiry_month").filter(|month| (1..=12).contains(month)),
        expiry_year: token.aside("/card/expiry_year").filter(|year| (2000..=2100).contains(year)),
        label: token.text("/vpa")?.as_deref().map(veiled_vpa),
    })))
}
