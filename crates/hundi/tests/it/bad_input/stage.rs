//! Two shops with one of everything, so that each route has something that a bad request could have changed.

use crate::house::{Shop, TestApp, operator, text};
use hundi_app::fallbacks;
use hundi_app::people::{self, NewMerchant};
use hundi_core::FallbackId;
use hundi_core::order::LateSuccess;
use hundi_core::time::seconds;
use hundi_providers::sim::{Acts, Fault, Op};
use hundi_store::testing::row_counts;
use serde_json::json;
use std::collections::BTreeMap;

/// What an id in a path or body names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    /// Unpaid, and nobody has tried yet.
    Order,
    /// Another such order.
    OrderToo,
    /// An authorised payment.
    Held,
    /// Another one.
    HeldToo,
    Paid,
    /// Its provider refused to open it.
    Failed,
    Refund,
    Event,
    Endpoint,
    Delivery,
    Replay,
    Connection,
    Key,
    Sweep,
    Customer,
    SavedMethod,
    /// What the platform, which the first shop is, offered to somebody.
    Fallback,
}

impl Kind {
    pub(super) const ALL: [Self; 17] = [
        Self::Order,
        Self::OrderToo,
        Self::Held,
        Self::HeldToo,
        Self::Paid,
        Self::Failed,
        Self::Refund,
        Self::Event,
        Self::Endpoint,
        Self::Delivery,
        Self::Replay,
        Self::Connection,
        Self::Key,
        Self::Sweep,
        Self::Customer,
        Self::SavedMethod,
        Self::Fallback,
    ];

    /// What our ids of it begin with.
    pub(super) const fn prefix(self) -> &'static str {
        match self {
            Self::Order | Self::OrderToo => "ord",
            Self::Held | Self::HeldToo | Self::Paid | Self::Failed => "pay",
            Self::Refund => "rfd",
            Self::Event => "evt",
            Self::Endpoint => "whe",
            Self::Delivery => "dlv",
            Self::Replay => "rpl",
            Self::Connection => "conn",
            Self::Key => "hk",
            Self::Sweep => "swp",
            Self::Customer => "cus",
            Self::SavedMethod => "pm",
            Self::Fallback => "fbk",
        }
    }
}

pub(super) type Things = BTreeMap<Kind, String>;

pub(super) struct Stage<'t> {
    pub(super) t: &'t TestApp,
    pub(super) shop: &'t Shop<'t>,
    pub(super) mine: Things,
    pub(super) theirs: Things,
    pub(super) others_merchant: String,
}

impl<'t> Stage<'t> {
    pub(super) async fn of(t: &'t TestApp, shop: &'t Shop<'t>, other: &Shop<'_>) -> Self {
        let mut mine = things(t, shop).await;
        let mut theirs = things(t, other).await;
        mine.insert(Kind::Fallback, offered(t, shop).await);
        // Only one merchant lends, so that nobody else has an offer: this one is nobody's.
        theirs.insert(Kind::Fallback, FallbackId::new(t.now(), [9; 10]).to_string());
        Self { t, shop, mine, theirs, others_merchant: other.scope.merchant().to_string() }
    }

    /// Whatever happens in it leaves no row behind, in any table.
    pub(super) async fn leaves_no_row<T>(&self, what: &str, deeds: impl Future<Output = T>) -> T {
        let before = row_counts(self.t.store()).await;
        let done = deeds.await;
        assert_eq!(row_counts(self.t.store()).await, before, "{what}");
        done
    }
}

/// The shop is the platform's own, and lends its account to a third one.
async fn offered(t: &TestApp, shop: &Shop<'_>) -> String {
    fallbacks::name_platform(t.app(), &operator(), shop.scope.merchant()).await.expect("nobody is named yet");
    let new = NewMerchant {
        organization: "Borrowers".into(),
        name: "Borrower".into(),
        zone: "Asia/Kolkata".into(),
        late_success: LateSuccess::Refund,
    };
    let borrower = people::create_merchant(t.app(), new).await.expect("a merchant").id.to_string();
    let body = json!({ "merchant_id": borrower, "connection_id": shop.connection.to_string() });
    shop.posts("/api/v1/fallbacks", &body).await.is(201).field("id")
}

async fn things(t: &TestApp, shop: &Shop<'_>) -> Things {
    let (order, order_too) = (shop.creates_order(50_000).await, shop.creates_order(60_000).await);
    let mut held = Vec::new();
    for _ in 0..2 {
        let order = shop.creates_manual_order(120_000).await;
        let payment = order.begins("script").await;
        payment.payer("authorize");
        t.settles().await;
        payment.is("authorized").await;
        held.push(payment.id);
    }
    t.dial(Op::CreateOrder, Fault::Status { status: 429, acts: Acts::Never });
    let failed = shop.creates_order(70_000).await.begins("script").await;
    failed.is("failed").await;
    let paid = shop.creates_order(90_000).await.is_paid().await;
    let refund = paid.refunds(10_000).await;
    t.passes(seconds(60)).await;
    let listed = |path: String| async move { shop.gets(&path).await.is(200).json()["data"][0].clone() };
    let event = listed("/api/v1/events?limit=1".into()).await;
    let again = format!("/api/v1/endpoints/{}/replay", shop.endpoint);
    let replay = shop.posts(&again, &json!({ "since": "2026-11-21T00:00:00Z" })).await.is(202).field("id");
    let swept = shop.posts(&format!("/api/v1/connections/{}/sweep", shop.connection), &json!({})).await;
    let sweep = swept.is(202).field("id");
    t.passes(seconds(60)).await;
    let customer = shop.customer().await;
    let saved = shop.keeps_a_card(&customer).await;
    let delivery = listed(format!("/api/v1/endpoints/{}/deliveries", shop.endpoint)).await;
    [
        (Kind::Order, order.id),
        (Kind::OrderToo, order_too.id),
        (Kind::Held, held[0].clone()),
        (Kind::HeldToo, held[1].clone()),
        (Kind::Paid, paid.id.clone()),
        (Kind::Failed, failed.id),
        (Kind::Refund, text(&refund, "id")),
        (Kind::Event, text(&event, "id")),
        (Kind::Endpoint, shop.endpoint.clone()),
        (Kind::Delivery, text(&delivery, "id")),
        (Kind::Replay, replay),
        (Kind::Connection, shop.connection.to_string()),
        (Kind::Key, shop.posts("/api/v1/keys", &json!({ "name": "Another" })).await.is(201).field("id")),
        (Kind::Sweep, sweep),
        (Kind::Customer, customer),
        (Kind::SavedMethod, saved),
    ]
    .into()
}
