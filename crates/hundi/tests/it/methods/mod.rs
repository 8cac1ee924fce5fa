//! Stories of customers and what providers keep for them: kept by consent, charged once, forgotten.

mod charge;
mod choices;
mod customers;
mod keep;
mod payer_page;

use crate::house::{Answer, Order, Shop, text};
use hundi_core::time::seconds;
use serde_json::{Value, json};

impl Shop<'_> {
    /// A customer with all that a provider wants to know of one. Each has an address and number of their own.
    pub async fn customer(&self) -> String {
        let n = self.t.app().nonce();
        let digits: String = n.bytes().map(|c| char::from(b'0' + c % 10)).take(9).collect();
        let body = json!({
            "name": "Asha Rao", "email": format!("asha.{}@example.com", n.to_lowercase()), "phone": format!("+919{digits}"),
        });
        self.posts("/api/v1/customers", &body).await.is(201).field("id")
    }

    pub async fn order_of(&self, customer: &str, minor: i64) -> Order<'_> {
        let body = json!({ "amount": minor, "currency": "INR", "customer_id": customer });
        self.creates_order_with(body).await
    }

    /// The customer pays by card and agrees that it is kept. Gives the saved method.
    pub async fn keeps_a_card(&self, customer: &str) -> String {
        let order = self.order_of(customer, 50_000).await;
        self.pays_and_consents(&order).await;
        let methods = self.methods_of(customer).await;
        assert!(!methods.is_empty(), "nothing was kept");
        let newest = methods.iter().map(|m| text(m, "id")).max();
        newest.expect("there is one")
    }

    pub async fn pays_and_consents(&self, order: &Order<'_>) {
        let body = json!({ "order_id": order.id, "flow": "script", "save_consent": "2026-11" });
        let begun = self.posts("/api/v1/payments", &body).await.is(201).json();
        let payment = crate::house::Payment::of(self, begun);
        payment.payer_with(&json!({ "outcome": "pay", "method": "card", "card": "visa" }));
        self.t.settles().await;
        self.t.passes(seconds(40)).await;
        order.is("paid").await;
    }

    /// Those that can be charged.
    pub async fn methods_of(&self, customer: &str) -> Vec<Value> {
        let listed = self.gets(&format!("/api/v1/customers/{customer}/methods")).await.is(200).json();
        listed["data"].as_array().expect("a list").clone()
    }

    pub async fn charges(&self, order: &Order<'_>, method: &str) -> Answer {
        self.posts("/api/v1/payments", &json!({ "order_id": order.id, "method": method })).await
    }
}
