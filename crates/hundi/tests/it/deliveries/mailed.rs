//! Whoever looks after webhooks is written to when an endpoint is disabled by no person's hand (PRODUCT WO3).

use crate::house::{Mailbox, Shop, TestApp};
use hundi::sandbox::Reply;
use hundi_app::people::{self, NewPerson};
use hundi_core::scope::Role;
use hundi_core::time::{days, hours, minutes};
use hundi_core::{MerchantId, Secret};
use serde_json::json;

async fn joins(t: &TestApp, email: &str, name: &str, role: Role, merchant: Option<MerchantId>) {
    let password = Secret::new("a long enough password");
    let new = NewPerson { email: email.into(), name: name.into(), role, merchant, password };
    people::create_person(t.app(), new).await.expect("a person");
}

/// One who may mend it, one who may not, and some who are nobody here.
async fn staffed<'t>(t: &'t TestApp) -> Shop<'t> {
    let (shop, other) = (t.shop().await, t.shop().await);
    let mine = Some(shop.scope.merchant());
    joins(t, "asha@shop.example", "Asha\r\nBcc: all@example.com", Role::Developer, mine).await;
    joins(t, "bela@shop.example", "Bela", Role::Staff, mine).await;
    joins(t, "chand@other.example", "Chand", Role::Manager, Some(other.scope.merchant())).await;
    joins(t, "dev@platform.example", "Dev", Role::PlatformAdmin, None).await;
    shop
}

async fn is_gone(shop: &Shop<'_>) {
    shop.t.receiver.replies(|_| Reply::Status(410));
    shop.creates_order(10_000).await;
    shop.t.settles().await;
}

#[tokio::test]
async fn whoever_may_mend_it_is_written_to_once() {
    let mailbox = Mailbox::open();
    let t = TestApp::writing_to(&mailbox).await;
    let shop = staffed(&t).await;
    is_gone(&shop).await;
    let letters = mailbox.letters();
    assert_eq!(letters.len(), 1, "{letters:?}");
    let letter = &letters[0];
    assert_eq!(letter.to, "asha@shop.example");
    for said in ["it answered 410 Gone", "in test mode", &format!("/endpoints/{}", shop.endpoint)] {
        assert!(letter.text.contains(said), "{said}: {}", letter.text);
    }
    // The address may hold a token behind its host, and no name makes a header.
    assert!(!letter.text.contains(&format!("{}/", crate::house::MERCHANT)), "{}", letter.text);
    assert!(letter.headers.iter().all(|(name, _)| name != "Bcc"), "{letter:?}");
    assert_eq!(letter.header("Auto-Submitted"), "auto-generated");
    t.passes(days(2)).await;
    assert_eq!(mailbox.letters().len(), 1);

    // The next time is another letter.
    let path = format!("/api/v1/endpoints/{}", shop.endpoint);
    shop.patches(&path, &json!({ "status": "enabled" })).await.is(200);
    is_gone(&shop).await;
    let letters = mailbox.letters();
    assert_eq!(letters.len(), 2);
    assert_ne!(letters[0].header("Message-ID"), letters[1].header("Message-ID"));
    t.ends().await;
}

#[tokio::test]
async fn a_letter_is_brought_until_it_is_taken_and_is_the_same_each_time() {
    let mailbox = Mailbox::open();
    let t = TestApp::writing_to(&mailbox).await;
    let shop = staffed(&t).await;
    // Later, then silence after it was taken: nobody knows.
    mailbox.answers(&["451 later", ""]);
    is_gone(&shop).await;
    assert_eq!(mailbox.letters().len(), 1);
    t.passes(minutes(2)).await;
    assert_eq!(mailbox.letters().len(), 2);
    t.passes(hours(1)).await;
    let letters = mailbox.letters();
    assert_eq!(letters.iter().map(|l| l.taken).collect::<Vec<_>>(), [false, false, true]);
    let ids: std::collections::BTreeSet<&str> = letters.iter().map(|l| l.header("Message-ID")).collect();
    assert_eq!(ids.len(), 1);
    t.passes(days(2)).await;
    assert_eq!(mailbox.letters().len(), 3);
    t.ends().await;
}

#[tokio::test]
async fn a_letter_that_nobody_needs_any_more_is_not_brought() {
    let mailbox = Mailbox::open();
    let t = TestApp::writing_to(&mailbox).await;
    let shop = staffed(&t).await;
    mailbox.answers(&["451 later"]);
    is_gone(&shop).await;
    let path = format!("/api/v1/endpoints/{}", shop.endpoint);
    shop.patches(&path, &json!({ "status": "enabled" })).await.is(200);
    t.passes(days(2)).await;
    assert_eq!(mailbox.letters().len(), 1);

    // A box that is not there is asked for once.
    mailbox.has_no_box_of("asha@shop.example");
    is_gone(&shop).await;
    t.passes(days(2)).await;
    assert_eq!(mailbox.letters().len(), 1);
    t.ends().await;
}

#[tokio::test]
async fn nobody_is_written_to_where_no_mail_server_is_set_or_a_person_did_it() {
    let t = TestApp::new().await;
    let shop = staffed(&t).await;
    is_gone(&shop).await;
    assert_eq!(shop.audited("endpoint.disable").await, 1);
    t.ends().await;

    let mailbox = Mailbox::open();
    let t = TestApp::writing_to(&mailbox).await;
    let shop = staffed(&t).await;
    let path = format!("/api/v1/endpoints/{}", shop.endpoint);
    shop.patches(&path, &json!({ "status": "disabled" })).await.is(200);
    t.passes(days(1)).await;
    assert!(mailbox.letters().is_empty());
    t.ends().await;
}
