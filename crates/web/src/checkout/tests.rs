//! What payers face, as a table over what is known; and what their forms and returns do.

use crate::testing::{House, SIMULATOR, Says};
use axum::body::Body;
use http::Request;
use hundi_app::orders::{self, Order};
use hundi_app::{Actor, payments};
use hundi_core::order::LateSuccess;
use hundi_core::payment::{Happened, Status, Try, TryDetail};
use hundi_core::{ConnectionId, Currency, FailureReason, Method, Mode, Money, Scope};

const SCRIPT: &str = r#"{"type":"script","src":"https://checkout.acme.example/x.js","global":"Acme","options":{"name":"</script><script>alert(1)</script>"}}"#;
const LINK: &str = r#"{"type":"redirect","url":"https://pay.acme.example/l/1?a=1&b=2"}"#;
const UPI: &str = r#"{"type":"upi_intent","link":"upi://pay?pa=shop@bank&am=1499.00&cu=INR"}"#;

fn tried(id: &str, what: Try) -> Happened {
    let detail = TryDetail { method: Some(Method::Upi), ..TryDetail::default() };
    Happened::Tried { provider_payment: id.to_owned(), what, detail }
}

struct Shop {
    house: House,
    connection: ConnectionId,
}

impl Shop {
    async fn new() -> Self {
        let house = House::new().await;
        let connection = house.connection(house.scope, "Main").await;
        Self { house, connection }
    }

    async fn order(&self) -> Order {
        self.house
            .order(self.house.scope, |o| o.return_url = Some("https://shop.example/thanks?x=1".to_owned()))
            .await
    }

    fn path(&self, order: &Order) -> String {
        format!("/pay/{}", self.house.app.checkout_token(order.id))
    }

    async fn pays(&self, order: &Order, handle: Option<&str>, facts: &[Happened]) {
        // Each a little later than the one before.
        self.house.clock.advance(1);
        self.house.payment(order, self.connection, handle, facts).await;
    }

    /// The page and the word for pages that wait.
    #[track_caller]
    fn faces(&self, order: &Order, query: &str, text: &str, word: &str) -> impl Future<Output = ()> {
        let caller = std::panic::Location::caller();
        async move {
            let page = self.house.get("", &format!("{}{query}", self.path(order))).await;
            assert!(page.text.contains(text), "{caller}: {text:?} is not in {}", page.text);
            let state = self.house.get("", &format!("{}/state", self.path(order))).await;
            assert_eq!(state.text, format!("{{\"state\":\"{word}\"}}"), "{caller}");
        }
    }
}

#[tokio::test]
async fn what_the_payer_faces() {
    let shop = Shop::new().await;
    let asked = Money::inr(149_900);

    let order = shop.order().await;
    shop.faces(&order, "", "Cancel and go back", "choose").await;

    // The second of two clicks waits for the first; an opening that was stopped stands in nobody's way.
    let order = shop.order().await;
    shop.pays(&order, None, &[]).await;
    shop.faces(&order, "", "Opening the payment", "opening").await;
    shop.house.clock.advance(60_000);
    shop.faces(&order, "", "The payment page did not open.", "choose").await;

    let order = shop.order().await;
    shop.pays(&order, Some(SCRIPT), &[Happened::Opened]).await;
    shop.faces(&order, "", "payment window opens over this page", "paying").await;
    shop.faces(&order, "?other=1", "Ways to pay", "paying").await;
    shop.faces(&order, "?said=failed&reason=user_cancelled", "Cancelled by the payer", "paying").await;

    let order = shop.order().await;
    shop.pays(&order, Some(LINK), &[Happened::Opened]).await;
    shop.faces(&order, "", "href=\"https://pay.acme.example/l/1?a=1&#38;b=2\"", "paying").await;
    shop.faces(&order, "?go=1", "content=\"0;url=https://pay.acme.example/l/1?a=1&#38;b=2\"", "paying").await;

    let order = shop.order().await;
    shop.pays(&order, Some(UPI), &[Happened::Opened]).await;
    shop.faces(&order, "", "upi://pay?pa=shop@bank&#38;am=1499.00", "paying").await;

    // A declined try does not end a payment: the payer may still be at it.
    let order = shop.order().await;
    let declined = |id| tried(id, Try::Failed { reason: FailureReason::DeclinedByBank });
    shop.pays(&order, Some(SCRIPT), &[Happened::Opened, declined("a")]).await;
    shop.faces(&order, "", "payment window opens", "paying").await;
    shop.faces(&order, "?said=failed&reason=declined_by_bank", "No money was taken.", "paying").await;

    let order = shop.order().await;
    shop.pays(&order, Some(SCRIPT), &[Happened::Opened, declined("a2"), Happened::Lapsed]).await;
    shop.faces(&order, "", "Declined by the bank. <b>No money was taken.</b>", "failed").await;
    shop.faces(&order, "?other=1", "Ways to pay", "failed").await;

    // Broken off is not proved: it may still go through.
    let order = shop.order().await;
    let silent = tried("b", Try::Failed { reason: FailureReason::TimedOut });
    shop.pays(&order, Some(SCRIPT), &[Happened::Opened, silent, Happened::Lapsed]).await;
    shop.faces(&order, "", "If your bank took any money, it comes back by itself.", "failed").await;

    let order = shop.order().await;
    shop.pays(&order, Some(SCRIPT), &[Happened::Opened, Happened::Lapsed]).await;
    shop.faces(&order, "", "The time for that payment ran out.", "choose").await;

    // In doubt, with the handle in the payer's hands: nothing else is offered, whatever the address says.
    for query in ["", "?other=1", "?said=failed&reason=user_cancelled"] {
        let order = shop.order().await;
        shop.pays(&order, Some(SCRIPT), &[Happened::Opened, Happened::WentUnknown]).await;
        shop.faces(&order, query, "Please don’t pay again.", "in_doubt").await;
    }
    // In doubt, and no payer ever saw it: another may be started.
    let order = shop.order().await;
    shop.pays(&order, None, &[Happened::WentUnknown]).await;
    shop.faces(&order, "", "The payment page did not open.", "choose").await;

    let order = shop.order().await;
    shop.pays(&order, Some(SCRIPT), &[Happened::Opened, tried("c", Try::Authorized { amount: asked })]).await;
    shop.faces(&order, "", "₹1,499.00 authorised", "held").await;

    // Another amount than was asked: taken, questioned, and not asked for again.
    let order = shop.order().await;
    let wrong = tried("d", Try::Captured { amount: Money::inr(100) });
    shop.pays(&order, Some(SCRIPT), &[Happened::Opened, wrong]).await;
    shop.faces(&order, "", "Please don’t pay again.", "in_doubt").await;

    let order = shop.order().await;
    let actor = Actor::new("user:test", "");
    orders::cancel(&shop.house.app, order.scope, &actor, order.id, None).await.unwrap();
    shop.faces(&order, "", "This order was cancelled", "cancelled").await;
}

#[tokio::test]
async fn where_the_other_is_voided_the_payer_may_choose_again_as_well() {
    let shop = Shop::new().await;
    shop.house.late_money(LateSuccess::Accept).await;
    let order = shop.order().await;
    shop.pays(&order, Some(SCRIPT), &[Happened::Opened]).await;
    let page = shop.house.get("", &shop.path(&order)).await;
    assert!(page.text.contains("Pay another way"));
    let page = shop.house.get("", &format!("{}?other=1", shop.path(&order))).await;
    assert!(page.text.contains("Ways to pay"));
}

#[tokio::test]
async fn an_order_that_nobody_can_take() {
    let shop = Shop::new().await;
    let usd: Currency = "USD".parse().unwrap();
    for (amount, says) in [
        (Money::inr(1), "The shop’s account cannot take this amount"),
        (Money::inr(9_900_000_000), "The shop’s account cannot take this amount"),
        (Money::new(500_000, usd), "The shop’s account cannot take this currency"),
    ] {
        let order = shop.house.order(shop.house.scope, |o| o.amount = amount).await;
        shop.house.get("", &shop.path(&order)).await.shows(200, says);
        shop.faces(&order, "", "and no money was taken.", "unpayable").await;
        let started = shop.house.post("", &format!("{}/start", shop.path(&order)), "flow=script").await;
        started.leads_to(&shop.path(&order));
    }
    // Without any account it may be a matter of minutes.
    let nobodys = shop.house.order(shop.house.others_scope, |_| {}).await;
    shop.house.get("", &shop.path(&nobodys)).await.shows(503, "Try again in a few minutes");
}

#[tokio::test]
async fn only_a_simulated_payment_is_paid_here() {
    const PAY_HERE: &str = "Simulated: pay here";
    let at_simulator = format!("{SIMULATOR}/sim/payer?order=order_");
    for (house, mode, shown) in [
        (House::simulated().await, Mode::Test, true),
        (House::simulated().await, Mode::Live, false),
        (House::new().await, Mode::Test, false),
        (House::new().await, Mode::Live, false),
    ] {
        let scope = Scope::authenticated(house.scope.merchant(), mode);
        let connection = house.connection(scope, "Main").await;
        let shop = Shop { house, connection };
        let order = shop.house.order(scope, |_| {}).await;
        shop.pays(&order, Some(UPI), &[Happened::Opened]).await;
        shop.faces(&order, "", "Scan with any UPI app", "paying").await;
        let page = shop.house.get("", &shop.path(&order)).await;
        assert_eq!(page.text.contains(PAY_HERE), shown, "{mode}");
        assert_eq!(page.text.contains(&at_simulator), shown, "{mode}");
        assert!(shown || !page.text.contains("imulat"), "{mode}: {}", page.text);
    }
}

#[tokio::test]
async fn the_way_back_never_carries_a_status_and_never_a_script() {
    let shop = Shop::new().await;
    let page = shop.house.get("", &shop.path(&shop.order().await)).await;
    let order = page.text.split("order_id=").nth(1).unwrap().split('"').next().unwrap();
    page.shows(200, &format!("https://shop.example/thanks?x=1&#38;order_id={order}"));
    for elsewhere in [
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        "javascript://shop.example/%0aalert(1)",
        "data:text/html,<script>alert(1)</script>",
        "vbscript:x",
        "//shop.example",
        "/local",
        "https:",
        "https://user:pw@shop.example/",
        "ftp://shop.example/",
        "file:///etc/passwd",
        "\\\\shop.example",
    ] {
        let order = shop.house.order(shop.house.scope, |o| o.return_url = Some(elsewhere.to_owned())).await;
        let page = shop.house.get("", &shop.path(&order)).await;
        assert!(!page.text.contains("Cancel and go back"), "{elsewhere}");
    }
}

#[tokio::test]
async fn a_providers_script_gets_its_origin_and_nothing_else_does() {
    let shop = Shop::new().await;
    let order = shop.order().await;
    let plain = shop.house.get("", &shop.path(&order)).await;
    let policy = plain.header("content-security-policy").to_owned();
    assert!(policy.contains("script-src 'self' 'nonce-") && policy.contains("frame-src 'none'"), "{policy}");
    assert!(!policy.contains("https:") && !policy.contains("unsafe"), "{policy}");
    shop.pays(&order, Some(SCRIPT), &[Happened::Opened]).await;
    let page = shop.house.get("", &shop.path(&order)).await;
    let policy = page.header("content-security-policy");
    assert!(policy.contains("https://checkout.acme.example") && !policy.contains("unsafe"), "{policy}");
    let word = policy.split("'nonce-").nth(1).unwrap().split('\'').next().unwrap();
    page.shows(200, &format!("<script src=\"https://checkout.acme.example/x.js\" nonce=\"{word}\""));
    // Options can't leave their block.
    assert!(!page.text.contains("<script>alert"));
    assert_eq!(page.header("referrer-policy"), "strict-origin-when-cross-origin");
    assert_eq!(page.header("x-frame-options"), "DENY");
    assert_eq!(page.header("set-cookie"), "");
}

#[tokio::test]
async fn links_that_are_not_ours() {
    let shop = Shop::new().await;
    let order = shop.order().await;
    let token = shop.house.app.checkout_token(order.id);
    let (id, _) = token.split_once('.').unwrap();
    for wrong in [
        id.to_owned(),
        format!("{id}."),
        format!("{id}.{}", "0".repeat(32)),
        "x".to_owned(),
        format!("{token}0"),
    ] {
        shop.house.get("", &format!("/pay/{wrong}")).await.shows(404, "No such payment page");
        shop.house
            .post("", &format!("/pay/{wrong}/start"), "flow=script")
            .await
            .shows(404, "No such payment page");
        shop.house.post("", &format!("/pay/{wrong}/check"), "").await.shows(404, "No such payment page");
        shop.house.get("", &format!("/pay/{wrong}/state")).await.shows(404, "No such payment page");
    }
}

#[tokio::test]
async fn starting_with_nobody_there_fails_and_with_silence_is_not_called_failed() {
    let shop = Shop::new().await;
    let order = shop.order().await;
    let path = shop.path(&order);
    let start = format!("{path}/start");
    let went = format!("{path}?go=1");

    shop.house.post("", &start, "flow=script&key=k1").await.leads_to(&went);
    shop.faces(&order, "", "The payment provider refused to start. <b>No money was taken.</b>", "failed")
        .await;
    // The same form again is the same payment.
    shop.house.post("", &start, "flow=script&key=k1").await.leads_to(&went);
    let all = payments::of_order(&shop.house.app, order.scope, order.id).await.unwrap();
    assert_eq!(all.len(), 1);
    assert_eq!((all[0].status(), all[0].created_by.as_str()), (Status::Failed, "payer"));

    shop.house.clock.advance(1);
    shop.house.providers_say(Says::Nothing);
    shop.house.post("", &start, "flow=script&key=k2").await.leads_to(&went);
    shop.faces(&order, "", "The payment page did not open.", "choose").await;
    let all = payments::of_order(&shop.house.app, order.scope, order.id).await.unwrap();
    assert!(all.len() == 2 && all[1].state.in_doubt_since().is_some());

    // A way that is not offered, and no way at all.
    shop.house.post("", &start, "flow=redirect&key=k3").await.leads_to(&path);
    shop.house.post("", &start, "flow=nonsense").await.leads_to(&path);
    shop.house
        .post_from("cross-site", "", &start, "flow=script&key=k4")
        .await
        .shows(403, "not sent from our own page");
    let all = payments::of_order(&shop.house.app, order.scope, order.id).await.unwrap();
    assert_eq!(all.len(), 2);
}

#[tokio::test]
async fn the_payer_comes_back_from_elsewhere() {
    let shop = Shop::new().await;
    let order = shop.order().await;
    let payment = shop.house.payment(&order, shop.connection, Some(SCRIPT), &[Happened::Opened]).await;
    let path = shop.path(&order);
    let back = format!("{path}/return/{payment}");
    // By the provider's own form, from its own site, and by a link. A bare word of success changes nothing.
    let forged = "status=captured&paid=1&order_id=x&payment_id=y&signature=z";
    shop.house.post_from("cross-site", "", &back, forged).await.leads_to(&path);
    shop.house.get("", &format!("{back}?{forged}")).await.leads_to(&path);
    shop.faces(&order, "", "payment window opens", "paying").await;
    // A payment of another order, or of none.
    let other = shop.order().await;
    let wrong = format!("{}/return/{payment}", shop.path(&other));
    shop.house.get("", &wrong).await.shows(404, "No such payment page");
    shop.house.get("", &format!("{path}/return/nonsense")).await.shows(404, "No such payment page");
    let json = Request::post(back).header("content-type", "application/json").body(Body::from("{}")).unwrap();
    assert_eq!(shop.house.send(json).await.status, 415);
}

#[tokio::test]
async fn a_payer_can_ask_again_but_not_all_the_time() {
    let shop = Shop::new().await;
    let order = shop.order().await;
    let facts = [Happened::Opened, Happened::WentUnknown];
    let payment = shop.house.payment(&order, shop.connection, Some(SCRIPT), &facts).await;
    let path = shop.path(&order);
    shop.house.providers_say(Says::Nothing);
    let asked = async || {
        let story = payments::story(&shop.house.app, order.scope, payment).await.unwrap();
        story.exchanges.len()
    };
    shop.house.post("", &format!("{path}/check"), "").await.leads_to(&path);
    let once = asked().await;
    assert!(once >= 1);
    shop.house.post("", &format!("{path}/check"), "").await.leads_to(&path);
    assert_eq!(asked().await, once);
    shop.house.clock.advance(10_500);
    shop.house.post("", &format!("{path}/check"), "").await.leads_to(&path);
    assert!(asked().await > once);
    // Where nothing is in doubt, nobody is asked.
    let calm = shop.order().await;
    shop.pays(&calm, Some(SCRIPT), &[Happened::Opened]).await;
    shop.house.post("", &format!("{}/check", shop.path(&calm)), "").await.leads_to(&shop.path(&calm));
}
