//! Who may do what: every address that changes something, for every role. And nothing of anybody else's.

use super::signing_in::POSTS;
use crate::testing::House;
use hundi_core::Money;
use hundi_core::payment::{Happened, Try, TryDetail};
use hundi_core::scope::{Permission, Role};

/// What an address asks for; none for what everybody may do who is signed in.
fn asks_for(path: &str) -> Option<Permission> {
    let (first, rest) =
        path.trim_start_matches('/').split_once('/').unwrap_or((path.trim_start_matches('/'), ""));
    match (first, rest) {
        ("payments", "x/refund") => Some(Permission::Refund),
        ("payments" | "customers", _) => Some(Permission::TakePayments),
        ("connections", "x/balance") => Some(Permission::ReadBooks),
        ("connections", _) => Some(Permission::ManageConnections),
        ("routing", _) => Some(Permission::ManageRouting),
        ("webhooks" | "endpoints" | "deliveries", _) => Some(Permission::ManageWebhooks),
        ("keys", _) => Some(Permission::ManageKeys),
        _ => None,
    }
}

#[tokio::test]
async fn every_post_asks_the_role_first() {
    let house = House::new().await;
    for role in Role::ALL.iter().copied() {
        let cookie = house.signed_in(role).await;
        for path in POSTS.iter().filter(|p| asks_for(p).is_some()) {
            let answer = house.post(&cookie, path, "").await;
            let allowed = asks_for(path).is_some_and(|permission| role.allows(permission));
            // Whoever may is told that there is no `x`, or what is missing in the form.
            assert_eq!(answer.status != 403, allowed, "{role:?} at {path}: {}", answer.status);
            if !allowed {
                answer.shows(403, "Your role does not include this page or action.");
            }
        }
    }
}

#[tokio::test]
async fn every_page_asks_the_role_first() {
    let house = House::new().await;
    let pages = [
        ("/", Permission::ReadPayments),
        ("/payments", Permission::ReadPayments),
        ("/payments/x/refund", Permission::Refund),
        ("/payments/x/refund/confirm", Permission::Refund),
        ("/payments/x/capture", Permission::TakePayments),
        ("/payments/x/capture/confirm", Permission::TakePayments),
        ("/customers", Permission::ReadPayments),
        ("/customers/x", Permission::ReadPayments),
        ("/connections", Permission::ReadConnections),
        ("/connections/new", Permission::ManageConnections),
        ("/connections/x", Permission::ReadConnections),
        ("/routing", Permission::ReadConnections),
        ("/routing/rule", Permission::ManageRouting),
        ("/connections/fallback", Permission::ReadConnections),
        ("/webhooks", Permission::ReadWebhooks),
        ("/webhooks/x", Permission::ReadWebhooks),
        ("/endpoints", Permission::ReadWebhooks),
        ("/endpoints/new", Permission::ManageWebhooks),
        ("/endpoints/x", Permission::ReadWebhooks),
        ("/deliveries", Permission::ReadWebhooks),
        ("/deliveries/x", Permission::ReadWebhooks),
        ("/keys", Permission::ManageKeys),
    ];
    for role in Role::ALL.iter().copied() {
        let cookie = house.signed_in(role).await;
        for (path, permission) in pages {
            let answer = house.get(&cookie, path).await;
            assert_eq!(
                answer.status != 403,
                role.allows(permission),
                "{role:?} at {path}: {}",
                answer.status
            );
        }
    }
}

#[tokio::test]
async fn without_a_session_nothing_is_done() {
    let house = House::new().await;
    for path in POSTS.iter().filter(|p| **p != "/signin") {
        house.post("", path, "").await.leads_to("/signin");
    }
}

/// Somebody else's id reads like one that nobody has.
#[tokio::test]
async fn what_is_not_yours_is_not_there() {
    let house = House::new().await;
    let cookie = house.signed_in(Role::Manager).await;
    let connection = house.connection(house.others_scope, "Theirs").await;
    let order = house.order(house.others_scope, |_| {}).await;
    let captured = Happened::Tried {
        provider_payment: "p1".to_owned(),
        what: Try::Captured { amount: Money::inr(149_900) },
        detail: TryDetail::default(),
    };
    let payment = house.payment(&order, connection, None, &[captured]).await;
    let unknown = |id: &str| format!("{}00000000", &id[..id.len() - 8]);
    let theirs = [
        ("GET", "/payments/", payment.to_string(), ""),
        ("GET", "/payments/", payment.to_string(), "/refund"),
        ("GET", "/payments/", payment.to_string(), "/refund/confirm?amount=1"),
        ("POST", "/payments/", payment.to_string(), "/check"),
        ("POST", "/payments/", payment.to_string(), "/capture"),
        ("GET", "/payments/", payment.to_string(), "/capture"),
        ("POST", "/payments/", payment.to_string(), "/retry"),
        ("POST", "/payments/", payment.to_string(), "/refund"),
        ("GET", "/connections/", connection.to_string(), ""),
        ("POST", "/connections/", connection.to_string(), ""),
        ("POST", "/connections/", connection.to_string(), "/test"),
        ("POST", "/connections/", connection.to_string(), "/secret"),
        ("POST", "/connections/", connection.to_string(), "/switch"),
    ];
    for (method, path, id, rest) in theirs {
        let ask = async |id: &str| match method {
            "GET" => house.get(&cookie, &format!("{path}{id}{rest}")).await,
            _ => house.post(&cookie, &format!("{path}{id}{rest}"), "enabled=true&amount=1&key=k").await,
        };
        let (foreign, missing, nonsense) = (ask(&id).await, ask(&unknown(&id)).await, ask("nonsense").await);
        assert_eq!(foreign.status.as_u16(), 404, "{method} {path}…{rest}");
        assert_eq!(
            (foreign.status, &foreign.text),
            (missing.status, &missing.text),
            "{method} {path}…{rest}"
        );
        assert_eq!(
            (foreign.status, &foreign.text),
            (nonsense.status, &nonsense.text),
            "{method} {path}…{rest}"
        );
    }
    // Lists and filters do not show it either.
    for list in [
        format!("/payments?q={payment}"),
        format!("/payments?connection={connection}"),
        "/connections".to_owned(),
    ] {
        let answer = house.get(&cookie, &list).await;
        assert_eq!(answer.status, 200);
        assert!(
            !answer.text.contains("Theirs") && !answer.text.contains(&format!("/payments/{payment}")),
            "{list}"
        );
    }
    // Their merchant can't be looked at.
    let form = format!("merchant={}", house.others_scope.merchant());
    house.post(&cookie, "/merchant", &form).await.shows(404, "No such page");
}

#[tokio::test]
async fn test_and_live_do_not_mix() {
    let house = House::new().await;
    let cookie = house.signed_in(Role::Manager).await;
    let connection = house.connection(house.scope, "Ours").await;
    let order = house.order(house.scope, |_| {}).await;
    let payment = house.payment(&order, connection, None, &[Happened::Opened]).await;
    house.get(&cookie, &format!("/payments/{payment}")).await.shows(200, "Test mode");
    house.post(&cookie, "/mode", &format!("mode=live&back=/payments/{payment}")).await.leads_to("/payments");
    house.get(&cookie, &format!("/payments/{payment}")).await.shows(404, "No such page");
    assert!(!house.get(&cookie, "/payments").await.text.contains("Test mode"));
    house.post(&cookie, "/mode", "mode=other").await.shows(400, "Choose Test or Live");
}
