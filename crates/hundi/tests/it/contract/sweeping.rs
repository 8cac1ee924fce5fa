//! Sweeps: what the provider's own lists find that nobody told and no question found.

use super::{Case, Held, NotOffered, Stand, Verdict, case};
use hundi_core::time::{hours, minutes};
use hundi_providers::sim::{Acts, Fault, Op};
use serde_json::{Value, json};

pub(super) const CASES: &[Case] = &[
    case!("a sweep finds the money whose answer and webhook were lost", finds),
    case!("a sweep puts money aside that is not ours, once", puts_aside),
    case!("a sweep reads every page", reads_every_page),
    case!("the same sweep twice changes nothing", twice),
    case!("a sweep finds a refund made in the provider's dashboard", finds_refunds),
    case!("a list that does not answer is asked again", asks_again),
];

const NO_LIST: &str = "it has no list of payments";

fn offered(s: &Stand<'_>) -> bool {
    s.provider.sweep().is_some()
}

/// Read to its end, without letting time pass. Lists may be hours late.
async fn sweeps(s: &Stand<'_>) -> Value {
    let path = format!("/api/v1/connections/{}/sweep", s.shop.connection);
    let begun = s.shop.posts(&path, &json!({})).await.is(202).field("id");
    s.t.settles().await;
    let read = s.shop.gets(&format!("/api/v1/sweeps/{begun}")).await.is(200).json();
    assert_eq!(read["status"], "done", "{read}");
    read
}

async fn later(s: &Stand<'_>) {
    s.t.passes(hours(4)).await;
}

fn loses_webhooks(s: &Stand<'_>) {
    s.dial_always(Op::Webhook, Fault::WebhookDrop);
}

/// Neither a question nor our word is answered.
fn answers_nothing(s: &Stand<'_>) {
    for op in [Op::Fetch, Op::Capture] {
        s.dial_always(op, Fault::Status { status: 500, acts: Acts::Never });
    }
}

/// Somebody else's payment on the same account, if the provider's accounts can have such.
fn foreign(s: &Stand<'_>) -> bool {
    let mut body = json!({ "amount": s.amount().minor(), "currency": s.amount().currency().code() });
    for (name, value) in &s.shop.public_credentials {
        body[name.as_str()] = json!(value);
    }
    s.t.asks(s.card().id, "/sim/control/foreign_payment", &body).is_ok()
}

/// The payer paid; the webhook is lost, and nobody who asks is answered.
async fn pays_unheard<'s>(s: &'s Stand<'_>) -> crate::house::Payment<'s> {
    let payment = s.begun().await;
    loses_webhooks(s);
    let back = payment.payer("pay");
    if s.provider.finish().is_some() {
        // Money only by our word, whose answer is lost.
        s.dial(Op::Capture, Fault::SilentAfterActing);
        payment.comes_back(&back.fields).await;
        payment.is_in_doubt().await;
    }
    answers_nothing(s);
    later(s).await;
    assert_ne!(payment.reads().await["status"], "captured");
    s.clear_dials();
    loses_webhooks(s);
    payment
}

async fn finds(s: &Stand<'_>) -> Verdict {
    if !offered(s) {
        let path = format!("/api/v1/connections/{}/sweep", s.shop.connection);
        s.shop.posts(&path, &json!({})).await.refuses(422, "sweep_not_offered");
        return NotOffered(NO_LIST);
    }
    let payment = pays_unheard(s).await;
    let swept = sweeps(s).await;
    assert_eq!(swept["applied"], 1, "{swept}");
    payment.is("captured").await;
    payment.is_known().await;
    assert_eq!(s.order_of(&payment).await, "paid");
    assert_eq!(s.shop.balance("sales").await, -s.amount().minor());
    Held
}

async fn puts_aside(s: &Stand<'_>) -> Verdict {
    if !offered(s) {
        return NotOffered(NO_LIST);
    }
    let payment = s.begun().await;
    loses_webhooks(s);
    assert!(foreign(s), "an account with a list can be paid into by others");
    later(s).await;
    let (first, second) = (sweeps(s).await, sweeps(s).await);
    assert_eq!((&first["parked"], &second["parked"]), (&json!(1), &json!(0)), "{first} {second}");
    assert_eq!((&first["applied"], &second["items"]), (&json!(0), &first["items"]));
    assert_ne!(s.order_of(&payment).await, "paid");
    assert_eq!((s.shop.balance("sales").await, s.shop.balance("suspense").await), (0, 0));
    Held
}

async fn reads_every_page(s: &Stand<'_>) -> Verdict {
    const OTHERS: usize = 101;
    if !offered(s) {
        return NotOffered(NO_LIST);
    }
    // Whichever end the list begins at, ours is on another page than some.
    let payment = pays_unheard(s).await;
    for _ in 0..OTHERS {
        assert!(foreign(s));
    }
    answers_nothing(s);
    later(s).await;
    s.clear_dials();
    loses_webhooks(s);
    let swept = sweeps(s).await;
    assert!(swept["pages"].as_i64() > Some(1), "{swept}");
    assert_eq!((&swept["parked"], &swept["applied"]), (&json!(OTHERS), &json!(1)), "{swept}");
    payment.is("captured").await;
    Held
}

async fn twice(s: &Stand<'_>) -> Verdict {
    if !offered(s) {
        return NotOffered(NO_LIST);
    }
    let payment = pays_unheard(s).await;
    sweeps(s).await;
    let (before, heard) = (payment.reads().await, s.shop.heard().len());
    let again = sweeps(s).await;
    assert_eq!((&again["applied"], &again["parked"]), (&json!(0), &json!(0)), "{again}");
    s.t.settles().await;
    assert_eq!(payment.reads().await["tries"], before["tries"]);
    assert_eq!(s.shop.heard().len(), heard);
    assert_eq!(s.shop.balance("sales").await, -s.amount().minor());
    Held
}

async fn finds_refunds(s: &Stand<'_>) -> Verdict {
    if !offered(s) {
        return NotOffered(NO_LIST);
    }
    let payment = s.paid().await;
    loses_webhooks(s);
    let there = payment.provider_tries().await;
    let (id, _) = there.iter().find(|(_, status)| status == "captured").expect("it was captured");
    let body = json!({ "payment_id": id, "amount": 10_000 });
    s.t.asks(s.card().id, "/sim/control/refund", &body).expect("there is a dashboard");
    later(s).await;
    assert_eq!(payment.reads().await["amount_refunded"], 0, "nobody told");
    sweeps(s).await;
    assert_eq!(payment.reads().await["amount_refunded"], 10_000);
    sweeps(s).await;
    assert_eq!(payment.all_refunds().await.len(), 1);
    Held
}

async fn asks_again(s: &Stand<'_>) -> Verdict {
    if !offered(s) {
        return NotOffered(NO_LIST);
    }
    let payment = pays_unheard(s).await;
    s.dial(Op::List, Fault::Status { status: 503, acts: Acts::Never });
    s.dial(Op::List, Fault::HtmlErrorPage);
    s.dial(Op::List, Fault::TruncatedJson);
    answers_nothing(s);
    let path = format!("/api/v1/connections/{}/sweep", s.shop.connection);
    let begun = s.shop.posts(&path, &json!({})).await.is(202).field("id");
    s.t.settles().await;
    let read = s.shop.gets(&format!("/api/v1/sweeps/{begun}")).await.json();
    assert_eq!(read["status"], "running", "{read}");
    assert!(!read["error"].is_null(), "{read}");
    s.t.passes(minutes(10)).await;
    let read = s.shop.gets(&format!("/api/v1/sweeps/{begun}")).await.json();
    s.clear_dials();
    loses_webhooks(s);
    if read["status"] != "done" {
        // Where each line is asked about by itself, that had to wait as well.
        s.t.passes(hours(1)).await;
    }
    let read = s.shop.gets(&format!("/api/v1/sweeps/{begun}")).await.json();
    assert_eq!((&read["status"], &read["error"]), (&json!("done"), &Value::Null), "{read}");
    payment.is("captured").await;
    Held
}
