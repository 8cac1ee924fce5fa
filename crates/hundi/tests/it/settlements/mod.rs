//! Settlement files beyond the contract: a line moves nothing by itself, and what is only known from one is asked about.

use crate::house::{Payment, Shop, TestApp, operator, place_of};
use hundi_app::Error;
use hundi_app::settlements::{self, Read, What};
use hundi_core::time::{days, hours};
use hundi_providers::sim::{Acts, Dial, Fault, Match, Op, SimRequest};
use serde_json::{Value, json};

impl Shop<'_> {
    /// As somebody downloads it from the dashboard.
    fn settlement_file(&self) -> String {
        let client = &self.public_credentials["client_id"];
        let request = SimRequest {
            method: "GET".into(),
            target: format!("/sim/control/settlement_file?client_id={client}"),
            headers: vec![],
            body: vec![],
            base_url: place_of("phonepe"),
        };
        let said = self.t.simulator("phonepe").handle(&request, self.t.now());
        String::from_utf8(said.body).unwrap()
    }

    async fn reads_file(&self, file: &str) -> Result<Read, Error> {
        let actor = operator();
        settlements::read_file(self.t.app(), self.scope, &actor, self.connection, file.as_bytes()).await
    }
}

fn dials(t: &TestApp, op: Op, fault: Fault) {
    let matches = Match { op: Some(op), ..Match::default() };
    t.simulator("phonepe").dial(Dial::new(matches, fault));
}

/// Paid, and nobody was told of anything since.
async fn paid<'s>(t: &TestApp, shop: &'s Shop<'_>) -> Payment<'s> {
    let payment = shop.creates_order(70_000).await.begins("redirect").await;
    let back = payment.payer("pay");
    payment.comes_back(&back.fields).await;
    t.settles().await;
    payment.is("captured").await;
    dials(t, Op::Webhook, Fault::WebhookDrop);
    payment
}

async fn refunded_there(t: &TestApp, payment: &Payment<'_>, minor: i64) -> Value {
    let there = payment.provider_tries().await;
    let (id, _) = there.iter().find(|(_, status)| status == "captured").unwrap();
    t.at("phonepe", "/sim/control/refund", &json!({ "payment_id": id, "amount": minor }))
}

#[tokio::test]
async fn a_refund_that_only_the_settlement_file_knows_is_asked_about_and_adopted_once() {
    let t = TestApp::new().await;
    let shop = t.shop_at("phonepe").await;
    let payment = paid(&t, &shop).await;
    refunded_there(&t, &payment, 10_000).await;
    refunded_there(&t, &payment, 5_000).await;
    t.passes(days(4)).await;
    shop.posts(&format!("{}/check", payment.path()), &json!({})).await.is(200);
    assert_eq!(payment.reads().await["amount_refunded"], 0, "its order does not tell of refunds");
    let file = shop.settlement_file();
    let read = shop.reads_file(&file).await.unwrap();
    assert_eq!((read.lines, read.known, read.found, read.questions.len()), (3, 1, 2, 0), "{read:?}");
    t.settles().await;
    assert_eq!(payment.reads().await["amount_refunded"], 15_000);
    assert_eq!(shop.heard_of("refund.processed"), 2);
    let again = shop.reads_file(&file).await.unwrap();
    assert_eq!((again.known, again.found), (3, 0), "{again:?}");
    assert_eq!(payment.all_refunds().await.len(), 2);
    assert_eq!(shop.audited("connection.read_settlement_file").await, 2);
    t.ends().await;
}

/// Anybody can write a file. Only the provider's own answer moves anything.
#[tokio::test]
async fn a_file_that_was_made_up_moves_nothing() {
    let t = TestApp::new().await;
    let shop = t.shop_at("phonepe").await;
    let payment = paid(&t, &shop).await;
    let open = shop.creates_order(80_000).await.begins("redirect").await;
    t.passes(days(4)).await;
    open.is("expired").await;
    let true_one = shop.settlement_file();
    let (headings, line) = true_one.split_once("\r\n").unwrap();
    let made_up = [
        line.replace(&payment.our_ref, &open.our_ref).replace("700.00", "800.00"),
        line.replace("PAYMENT", "REFUND").replace(&payment.our_ref, "DASHBOARD-nobodys"),
        line.replace("700.00", "900.00"),
    ];
    let file = format!("{headings}\r\n{}", made_up.concat());
    let read = shop.reads_file(&file).await.unwrap();
    let questions: Vec<_> = read.questions.iter().map(|q| q.what).collect();
    assert_eq!(questions, [What::NotConfirmed, What::NotOurs, What::OtherAmount], "{read:?}");
    t.settles().await;
    open.is("expired").await;
    assert_eq!(payment.reads().await["amount_refunded"], 0);
    assert_eq!(shop.balance("sales").await, -70_000);
    t.ends().await;
}

#[tokio::test]
async fn a_provider_that_does_not_answer_is_asked_again_with_the_next_reading() {
    let t = TestApp::new().await;
    let shop = t.shop_at("phonepe").await;
    let payment = paid(&t, &shop).await;
    refunded_there(&t, &payment, 10_000).await;
    t.passes(days(4)).await;
    let file = shop.settlement_file();
    dials(&t, Op::FetchRefund, Fault::Status { status: 503, acts: Acts::Never });
    let read = shop.reads_file(&file).await.unwrap();
    assert_eq!(read.questions.iter().map(|q| q.what).collect::<Vec<_>>(), [What::NotAnswered], "{read:?}");
    assert_eq!(payment.reads().await["amount_refunded"], 0);
    t.simulator("phonepe").clear_dials();
    t.passes(hours(1)).await;
    assert_eq!(shop.reads_file(&file).await.unwrap().found, 1);
    t.settles().await;
    assert_eq!(payment.reads().await["amount_refunded"], 10_000);
    t.ends().await;
}

#[tokio::test]
async fn what_is_no_settlement_file_is_refused_with_its_line() {
    let t = TestApp::new().await;
    let shop = t.shop_at("phonepe").await;
    paid(&t, &shop).await;
    t.passes(days(4)).await;
    for file in [String::new(), "a,b\r\n1,2\r\n".into(), shop.settlement_file().replace("PAYMENT", "BONUS")] {
        match shop.reads_file(&file).await {
            Err(Error::Invalid { param, message }) => {
                assert!(param == "file" && message.starts_with("Line "), "{param}: {message}");
            }
            other => panic!("{other:?} of {file:?}"),
        }
    }
    let other = t.shop().await;
    let actor = operator();
    let theirs = settlements::read_file(t.app(), other.scope, &actor, shop.connection, b"").await;
    assert!(matches!(theirs, Err(Error::NotFound { .. })), "{theirs:?}");
    t.ends().await;
}
