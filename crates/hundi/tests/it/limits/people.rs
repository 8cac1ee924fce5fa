//! People: sign-ins, guesses at passwords, and refunds in the console.

use super::only;
use crate::house::TestApp;
use hundi_app::Error;
use hundi_app::limits::Rule;
use hundi_app::people::{NewPerson, create_person, sign_in};
use hundi_app::refunds::{self, NewRefund};
use hundi_core::refund::Reason;
use hundi_core::scope::Role;
use hundi_core::time::{minutes, seconds};
use hundi_core::{MerchantId, Money, Secret};
use tokio::task::JoinSet;

const PASSWORD: &str = "a long enough password";

async fn person(t: &TestApp, merchant: MerchantId) -> String {
    let email = "asha@malgudi.example".to_owned();
    let new = NewPerson {
        email: email.clone(),
        name: "Asha".into(),
        role: Role::Manager,
        merchant: Some(merchant),
        password: Secret::new(PASSWORD),
    };
    create_person(t.app(), new).await.expect("a person");
    email
}

async fn tries(t: &TestApp, email: &str, password: &str, ip: &str) -> Result<Secret, Error> {
    sign_in(t.app(), email, &Secret::new(password), ip, "a browser").await
}

/// Ten wrong ones lock, also when they come at once, and also for the right one that comes after them.
#[tokio::test]
async fn many_guesses_at_once_are_ten() {
    let t = TestApp::new().await;
    let shop = t.shop().await;
    let email = person(&t, shop.scope.merchant()).await;
    let guesses = (0..40).map(|n| if n < 39 { "wrong" } else { PASSWORD });
    let mut tasks = JoinSet::new();
    for guess in guesses {
        let (app, email) = (t.app().clone(), email.clone());
        tasks.spawn(async move { sign_in(&app, &email, &Secret::new(guess), "203.0.113.1", "").await });
    }
    let all = tasks.join_all().await;
    assert!(all.iter().all(|tried| *tried == Err(Error::SignInRefused)), "{all:?}");
    assert_eq!(tries(&t, &email, PASSWORD, "203.0.113.1").await, Err(Error::SignInRefused));
    t.clock.advance(minutes(15));
    tries(&t, &email, PASSWORD, "203.0.113.1").await.expect("the lock is over");
    t.ends().await;
}

/// After a lock there are ten tries again, not one.
#[tokio::test]
async fn a_lock_that_is_over_is_forgotten() {
    let t = TestApp::new().await;
    let shop = t.shop().await;
    let email = person(&t, shop.scope.merchant()).await;
    for _ in 0..10 {
        tries(&t, &email, "wrong", "203.0.113.1").await.expect_err("it is wrong");
    }
    tries(&t, &email, PASSWORD, "203.0.113.1").await.expect_err("it is locked");
    t.clock.advance(minutes(15));
    for _ in 0..9 {
        tries(&t, &email, "wrong", "203.0.113.1").await.expect_err("it is wrong");
    }
    tries(&t, &email, PASSWORD, "203.0.113.1").await.expect("nine are no ten");
    t.ends().await;
}

/// One address that goes through many accounts, and many addresses that go for one.
#[tokio::test]
async fn guesses_are_counted_by_address_and_by_account() {
    let limits = only(&[Rule::SignIns, Rule::SignInsFromAddress]);
    let t = TestApp::limited(limits.with(Rule::SignInsFromAddress, "15/15 minutes".parse().ok())).await;
    let shop = t.shop().await;
    let email = person(&t, shop.scope.merchant()).await;
    let limited = |tried: &Result<Secret, Error>| matches!(tried, Err(Error::RateLimited(_)));
    for n in 0..15 {
        assert!(!limited(&tries(&t, &format!("nobody{n}@malgudi.example"), "x", "203.0.113.1").await));
    }
    assert!(limited(&tries(&t, &email, PASSWORD, "203.0.113.1").await));
    tries(&t, &email, PASSWORD, "203.0.113.2").await.expect("another address");
    // Of an account that there is, and of one that there is not, the same.
    for name in [email.as_str(), "nobody@malgudi.example"] {
        let mut refused = 0;
        for n in 0..30 {
            refused += u32::from(limited(&tries(&t, name, "x", &format!("2001:db8:{n}::1")).await));
        }
        // The right one above was a turn as well.
        assert_eq!(refused, 10 + u32::from(name == email), "{name}");
    }
    // The page says how long.
    let form = format!("email={email}&password=x");
    let told = shop.clicks("/signin", &form).await;
    assert_eq!(told.status, 429, "{}", told.text());
    assert!(told.text().contains("Too many sign-ins with this e-mail address"), "{}", told.text());
    assert!(!told.header("retry-after").is_empty());
    t.ends().await;
}

#[tokio::test]
async fn a_person_gives_back_ten_times_an_hour_and_a_key_as_often_as_it_asks() {
    let t = TestApp::limited(only(&[Rule::Refunds])).await;
    let shop = t.shop().await;
    let order = shop.creates_order(100_000).await;
    let payment = order.is_paid().await;
    let actor = hundi_app::Actor::new("user:usr_1", "203.0.113.1");
    let asks = async || {
        let new = NewRefund {
            payment: payment.id.parse().expect("a payment's id"),
            amount: Some(Money::inr(100)),
            reason: Reason::Other,
            note: None,
            metadata: "{}".into(),
        };
        refunds::create(t.app(), shop.scope, &actor, new, None).await
    };
    for _ in 0..10 {
        asks().await.expect("a refund");
    }
    let Err(Error::RateLimited(standing)) = asks().await else { panic!("the eleventh within an hour") };
    for _ in 0..12 {
        payment.refunds(100).await;
    }
    t.passes(seconds(standing.wait_secs())).await;
    asks().await.expect("an hour later");
    t.ends().await;
}
