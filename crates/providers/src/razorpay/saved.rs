//! Cards that Razorpay keeps for a customer: registered with the first payment, charged as recurring payments.
//!
//! Two calls: an order, which moves nothing and is found by its receipt; then a recurring payment beneath it. An order
//! is paid once, so that silence after the second is settled by asking for the order's payments.

use super::{Razorpay, client, meaning, open, wire};
use crate::contract::{
    Call, Charge, Flow, KeptMethod, Learned, Opening, Payer, Person, Report, Saved, Subject, TokenRef, Watch,
};
use crate::reading::doubt::{if_there, is_refused, refused, surely_unknown};
use crate::reading::loose::Loose;
use crate::wire::CallError;
use crate::writing::Object;
use async_trait::async_trait;
use hundi_core::time::days;
use hundi_core::{Method, Millis, Secret};
use meaning::Unheard;
use serde_json::Value;

#[async_trait]
impl Saved for Razorpay {
    /// Checkout is given the customer; a payment link has no such setting.
    fn keeps_by(&self) -> &'static [Flow] {
        &[Flow::Script]
    }

    async fn customer(&self, call: Call<'_>, person: &Person) -> Result<String, CallError> {
        let body = Object::new()
            .maybe("name", person.name.as_deref())
            .maybe("email", person.email.as_deref())
            .maybe("contact", person.phone.as_deref())
            // The record that is there already, rather than an error.
            .put("fail_existing", "0")
            .put("notes", Object::new().put("customer", &person.id));
        let made: Value = client::post(call.to("customer"), "/v1/customers", &body).await?;
        let id = made.get("id").and_then(Value::as_str).filter(|id| client::is_id(id));
        Ok(id.ok_or(Unheard("an id that is none of Razorpay's"))?.to_owned())
    }

    async fn learn(
        &self,
        call: Call<'_>,
        _: &Subject,
        provider_payment: &str,
        customer: &str,
    ) -> Result<Learned, CallError> {
        let path = format!("/v1/payments/{}", client::id(provider_payment)?);
        let payment: wire::KeptFrom = client::get(call.to("learn").hidden(), &path).await?;
        // A payer may have paid as somebody else: what is kept for them is not this customer's.
        let Some(token) = payment.token_id.filter(|_| payment.customer_id.as_deref() == Some(customer))
        else {
            return Ok(Learned::Nothing);
        };
        let path = format!("/v1/customers/{}/tokens", client::id(customer)?);
        let tokens: wire::Collection<wire::Token> = client::get(call.to("learn").hidden(), &path).await?;
        match tokens.items.into_iter().find(|t| t.id == token) {
            Some(token) => Ok(learned(token)),
            None => Ok(Learned::NotYet),
        }
    }

    async fn open(&self, call: Call<'_>, charge: &Charge) -> Result<String, CallError> {
        open::new_order(call, &as_opening(charge)).await.map(|order| order.id)
    }

    async fn find(&self, call: Call<'_>, charge: &Charge) -> Result<Option<String>, CallError> {
        Ok(open::find_order(call, &as_opening(charge)).await?.map(|order| order.id))
    }

    async fn charge(
        &self,
        call: Call<'_>,
        charge: &Charge,
        provider_order: &str,
    ) -> Result<Vec<Report>, CallError> {
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
        let said: Result<wire::Charged, _> = client::post(call.to("charge"), path, &body).await;
        let refusal = match said {
            Ok(_) => None,
            // A decline is a refusal here, and leaves a failed payment behind.
            Err(error) if is_refused(&error) => Some(error),
            Err(other) => return Err(other),
        };
        let (our_ref, provider_order) = (charge.our_ref, provider_order.to_owned());
        let subject = Subject { our_ref, provider_order, flow: None, amount: charge.amount };
        match (Watch::fetch(self, call, &subject).await, refusal) {
            (Ok(reports), None) if reports.is_empty() => {
                Err(Unheard("a charge that was taken on and is not there").into())
            }
            (Ok(reports), Some(refusal)) if reports.is_empty() => Err(refusal),
            (Ok(reports), _) => Ok(reports),
            (Err(_), Some(refusal)) => Err(surely_unknown(&refusal)),
            (Err(error), None) => Err(surely_unknown(&error)),
        }
    }

    /// Where a customer is told before a debit, Razorpay debits 25 hours after telling them; banks answer for days.
    fn settles_within_ms(&self) -> i64 {
        days(3)
    }

    async fn forget(&self, call: Call<'_>, token: &TokenRef) -> Result<(), CallError> {
        let (customer, token) = (client::id(&token.customer)?, client::id(token.token.expose())?);
        let path = format!("/v1/customers/{customer}/tokens/{token}");
        if_there(client::delete(call.to("forget"), &path).await).map(|_| ())
    }
}

/// What may be charged by us is what the bank confirmed for recurring payments; whatever else is kept, the payer
/// themselves would have to confirm each time.
fn learned(token: wire::Token) -> Learned {
    let details = Loose::of(token.recurring_details.as_ref());
    match details.and_then(|d| d.get("status")?.as_str()) {
        Some("confirmed") => {}
        Some("initiated") => return Learned::NotYet,
        Some(_) | None => return Learned::Nothing,
    }
    let card = Loose::of(token.card.as_ref());
    let last4 = card.and_then(|c| c.last4.clone());
    Learned::Kept(Box::new(KeptMethod {
        token: Secret::new(token.id),
        method: token.method.as_deref().map_or(Method::Other, meaning::method),
        network: card.and_then(|c| c.network.clone()),
        last4: last4.filter(|l| l.len() == 4 && l.bytes().all(|c| c.is_ascii_digit())),
        expiry_month: card.and_then(|c| c.expiry_month).filter(|m| (1..=12).contains(m)),
        expiry_year: card.and_then(|c| c.expiry_year).filter(|y| (2000..=2100).contains(y)),
        label: token.vpa.as_deref().map(masked_name),
    }))
}

/// `a•••@upi`.
fn masked_name(vpa: &str) -> String {
    let (name, handle) = vpa.split_once('@').unwrap_or((vpa, ""));
    let first: String = name.chars().take(1).collect();
    format!("{first}•••@{handle}")
}

/// An order for a charge is an order like any other.
fn as_opening(charge: &Charge) -> Opening {
    Opening {
        our_ref: charge.our_ref,
        amount: charge.amount,
        flow: Flow::Script,
        description: charge.description.clone(),
        merchant_name: String::new(),
        payer: Payer::default(),
        return_url: String::new(),
        expires_at: Millis(i64::MAX),
        capture: charge.capture,
        keep_for: None,
    }
}
