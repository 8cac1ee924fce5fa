//! Webhooks as an attacker, or a provider in a strange mood, writes them.

use super::Shop;
use aws_lc_rs::hmac;
use data_encoding::HEXLOWER;
use serde_json::{Value, json};

/// A message to a connection's webhook, on its way.
#[derive(Clone)]
pub struct Letter {
    pub path: String,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

/// What Razorpay signs with: lower-case hex of HMAC-SHA256 over the raw body.
pub fn signature(secret: &str, body: &[u8]) -> String {
    HEXLOWER.encode(hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes()), body).as_ref())
}

/// A payment entity, as webhooks carry it.
pub fn payment_entity(id: &str, order: &str, minor: i64, status: &str, at_secs: i64) -> Value {
    json!({
        "id": id, "entity": "payment", "amount": minor, "currency": "INR", "status": status, "order_id": order,
        "method": "upi", "captured": status == "captured", "amount_refunded": 0, "refund_status": null,
        "vpa": "asha@upi", "email": "asha@example.com", "contact": "+919999999999", "notes": [], "fee": null,
        "tax": null, "error_code": null, "error_description": null, "error_reason": null, "created_at": at_secs,
    })
}

impl Shop<'_> {
    /// A properly signed letter.
    pub fn letter(&self, event: &str, payload: &Value) -> Letter {
        let body = json!({
            "entity": "event", "account_id": "acc_letter", "event": event, "contains": ["payment"],
            "payload": payload, "created_at": self.t.now().secs(),
        })
        .to_string()
        .into_bytes();
        let signed = signature(&self.webhook_secret, &body);
        let headers = [
            ("content-type", "application/json".to_owned()),
            ("x-razorpay-event-id", format!("letter{}", self.t.now().0)),
            ("x-razorpay-signature", signed),
        ];
        let headers = headers.map(|(name, value)| (name.to_owned(), value)).into();
        Letter { path: self.webhook_path.clone(), headers, body }
    }

    /// A properly signed `payment.captured`.
    pub fn captured_letter(&self, id: &str, order: &str, minor: i64) -> Letter {
        let entity = payment_entity(id, order, minor, "captured", self.t.now().secs());
        self.letter("payment.captured", &json!({ "payment": { "entity": entity } }))
    }

    /// Posts it to our server. Returns the status.
    pub async fn posts_letter(&self, letter: &Letter) -> u16 {
        self.t.posts_message(0, &letter.path, &letter.headers, &letter.body).await
    }
}

impl Letter {
    /// The same with another signature; `None` leaves the header out.
    pub fn signed(mut self, signature: Option<&str>) -> Self {
        self.headers.retain(|(name, _)| name != "x-razorpay-signature");
        if let Some(text) = signature {
            self.headers.push(("x-razorpay-signature".into(), text.into()));
        }
        self
    }

    pub fn signature(&self) -> &str {
        let found = self.headers.iter().find(|(name, _)| name == "x-razorpay-signature");
        found.map_or("", |(_, value)| value.as_str())
    }
}
