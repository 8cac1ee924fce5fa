//! The platform's own account as a last resort: only where both agreed, never beside a doubt, and in two books.

mod agreed;
mod apart;
mod collects;

use crate::house::{Answer, Shop, TestApp, operator, text};
use hundi_app::fallbacks;
use hundi_core::time::seconds;
use hundi_providers::sim::{Acts, Dial, Fault, Match, Op, Simulator};
use serde_json::{Value, json};

const TURNED_AWAY: Fault = Fault::Status { status: 429, acts: Acts::Never };

/// The platform's own merchant, and a shop that may fall back to its account.
async fn platform_and_shop(t: &TestApp) -> (Shop<'_>, Shop<'_>) {
    let (platform, shop) = (t.shop().await, t.shop().await);
    let named = fallbacks::name_platform(t.app(), &operator(), platform.scope.merchant()).await;
    named.expect("nobody is named yet");
    platform.lends_to(&shop).await.is(201);
    shop.agrees(true).await.is(200);
    (platform, shop)
}

impl Shop<'_> {
    async fn lends_to(&self, borrower: &Shop<'_>) -> Answer {
        let merchant = borrower.scope.merchant().to_string();
        let body = json!({ "merchant_id": merchant, "connection_id": self.connection.to_string() });
        self.posts("/api/v1/fallbacks", &body).await
    }

    async fn agrees(&self, accepted: bool) -> Answer {
        self.puts("/api/v1/routing/fallback", &json!({ "accepted": accepted })).await
    }

    async fn withdraws(&self, offer: &str) -> Answer {
        self.posts(&format!("/api/v1/fallbacks/{offer}/withdraw"), &json!({})).await
    }

    /// The newest of what it offered.
    async fn offer(&self) -> Value {
        self.gets("/api/v1/fallbacks?limit=1").await.is(200).json()["data"][0].clone()
    }

    /// None of its own connections takes anything.
    async fn closes_its_own(&self) {
        self.switches_its_own("disabled").await;
    }

    async fn switches_its_own(&self, status: &str) {
        let path = format!("/api/v1/connections/{}", self.connection);
        self.patches(&path, &json!({ "status": status })).await.is(200);
    }

    /// What this one owes another, by its own book.
    async fn owes(&self, other: &Shop<'_>) -> i64 {
        -self.balance(&format!("owed:{}", other.scope.merchant())).await
    }

    async fn previews(&self) -> Value {
        let path = "/api/v1/routing/preview?amount=20000&currency=INR&flow=script";
        self.gets(path).await.is(200).json()
    }
}

/// Openings at this shop's own account are turned away.
fn turns_away(t: &TestApp, shop: &Shop<'_>, times: Option<u32>) {
    let key_id = Some(shop.provider_key.clone());
    let matches = Match { op: Some(Op::CreateOrder), key_id, ..Match::default() };
    t.sim().dial(Dial { matches, fault: TURNED_AWAY, times });
}

/// What both books say of it: due to the shop, sold by it, held for the platform, owed by it.
async fn books(platform: &Shop<'_>, shop: &Shop<'_>) -> [i64; 4] {
    [
        shop.balance("due_from_platform").await,
        -shop.balance("sales").await - shop.balance("refunds").await,
        platform.balance("provider").await,
        platform.owes(shop).await,
    ]
}
