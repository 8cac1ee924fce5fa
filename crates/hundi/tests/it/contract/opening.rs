//! Opening: what was opened, what surely was not, and what nobody knows.

use super::{Case, Held, NotOffered, Stand, Verdict, case};
use crate::house::{Order, Payment};
use hundi_core::time::{hours, minutes, seconds};
use hundi_providers::sim::{Acts, Fault, Op};

pub(super) const CASES: &[Case] = &[
    case!("opens, with our reference and a way to pay", opens),
    case!("no connection can be made: surely not done", unreachable),
    case!("silent after acting: found again, opened once", silent_after_acting),
    case!("acts after silence: found when it is there", acts_after_silence),
    case!("silent before acting: refused after two noes", never_there),
    case!("not found, then found: one no is not believed", not_found_then_found),
    case!("429: turned away, or in doubt, and never opened twice", rate_limited),
    case!("5xx after acting: found again", server_error_acted),
    case!("5xx before acting: not believed at once", server_error_never),
    case!("an HTML error page says nothing", html),
    case!("an empty 200 says nothing", empty),
    case!("a truncated answer says nothing", truncated),
    case!("a late answer is not a failure", slow),
    case!("an unknown field changes nothing", unknown_field),
    case!("the connection test tells wrong keys", wrong_keys),
];

async fn opens(s: &Stand<'_>) -> Verdict {
    let order = s.order().await;
    let payment = order.begins(s.flow()).await;
    let read = payment.is("pending").await;
    assert!(read["provider_order"].is_string() && read["next_step"].is_object(), "{read}");
    assert_eq!(s.happened("order"), 1);
    let journal = s.t.simulator(s.card().id).journal().to_vec();
    let opened = journal.iter().find(|l| l.what == "order").expect("it was opened");
    assert_eq!(
        (opened.our_ref.as_str(), opened.amount_minor),
        (payment.our_ref.as_str(), s.amount().minor())
    );
    assert_eq!(opened.currency, s.amount().currency().code());
    Held
}

async fn unreachable(s: &Stand<'_>) -> Verdict {
    let place = crate::house::place_of(s.card().id);
    s.t.network.listens(&place, false);
    let payment = s.order().await.begins(s.flow()).await;
    let read = payment.is("failed").await;
    assert_eq!(read["outcome"], "known", "{read}");
    s.t.network.listens(&place, true);
    assert_eq!(s.happened("order"), 0);
    Held
}

/// It acted and we did not hear: in doubt, then found by our reference, and paid once.
async fn is_found_again(s: &Stand<'_>, fault: Fault) -> Verdict {
    s.dial(Op::CreateOrder, fault);
    let order = s.order().await;
    let payment = order.begins(s.flow()).await;
    assert_eq!(payment.is_in_doubt().await["status"], "created", "{fault:?}");
    s.t.passes(minutes(2)).await;
    if payment.reads().await["outcome"] == "unknown" {
        return told_once(s, &order, &payment).await;
    }
    let found = payment.is_known().await;
    assert_eq!(found["status"], "pending", "{fault:?}: {found}");
    assert_eq!(s.happened("order"), 1, "{fault:?}");
    let payment = order.payments().await.remove(0);
    let back = payment.payer("pay");
    payment.comes_back(&back.fields).await;
    s.t.settles().await;
    order.is("paid").await;
    Held
}

/// Where the address of a page is told once, nobody can be sent there: the payer begins another, and the first ends by
/// itself without anybody having paid it.
async fn told_once(s: &Stand<'_>, order: &Order<'_>, payment: &Payment<'_>) -> Verdict {
    assert_eq!(s.happened("order"), 1);
    let second = order.begins(s.flow()).await;
    let back = second.payer("pay");
    second.comes_back(&back.fields).await;
    s.t.settles().await;
    order.is("paid").await;
    s.t.passes(hours(2)).await;
    assert_eq!(payment.is_known().await["status"], "failed");
    assert_eq!((s.happened("captured"), s.happened("order")), (1, 2));
    NotOffered("the address of its page is told once: it ends by itself, and the payer begins another")
}

async fn silent_after_acting(s: &Stand<'_>) -> Verdict {
    is_found_again(s, Fault::SilentAfterActing).await
}

async fn server_error_acted(s: &Stand<'_>) -> Verdict {
    is_found_again(s, Fault::Status { status: 502, acts: Acts::Before }).await
}

async fn html(s: &Stand<'_>) -> Verdict {
    is_found_again(s, Fault::HtmlErrorPage).await
}

async fn empty(s: &Stand<'_>) -> Verdict {
    is_found_again(s, Fault::EmptyOk).await
}

async fn truncated(s: &Stand<'_>) -> Verdict {
    is_found_again(s, Fault::TruncatedJson).await
}

async fn slow(s: &Stand<'_>) -> Verdict {
    is_found_again(s, Fault::Slow { ms: 31_000 }).await
}

async fn acts_after_silence(s: &Stand<'_>) -> Verdict {
    s.dial(Op::CreateOrder, Fault::ActAfterSilence { ms: seconds(40) });
    let order = s.order().await;
    let payment = order.begins(s.flow()).await;
    payment.is_in_doubt().await;
    s.t.passes(minutes(10)).await;
    if payment.reads().await["outcome"] == "unknown" {
        return told_once(s, &order, &payment).await;
    }
    assert_eq!(payment.is_known().await["status"], "pending");
    // Where opening is found again by repeating it, the late act is the same order once more.
    assert_eq!(s.happened("order"), 1);
    Held
}

async fn not_found_then_found(s: &Stand<'_>) -> Verdict {
    s.dial(Op::CreateOrder, Fault::SilentAfterActing);
    s.dial(Op::Fetch, Fault::NotFoundThenFound);
    let order = s.order().await;
    let payment = order.begins(s.flow()).await;
    s.t.passes(minutes(10)).await;
    if payment.reads().await["outcome"] == "unknown" {
        s.clear_dials();
        return told_once(s, &order, &payment).await;
    }
    assert_eq!(payment.is_known().await["status"], "pending");
    assert_eq!(s.happened("order"), 1);
    s.clear_dials();
    Held
}

/// Never there: failed at last, or opened by asking once more, and in no case twice.
async fn ends_with_at_most_one(s: &Stand<'_>, fault: Fault) -> Verdict {
    s.dial(Op::CreateOrder, fault);
    let order = s.order().await;
    let payment = order.begins(s.flow()).await;
    s.t.passes(minutes(30)).await;
    let read = payment.is_known().await;
    let status = read["status"].as_str().unwrap_or_default();
    assert!(["failed", "pending", "expired"].contains(&status), "{read}");
    assert_eq!(s.happened("order"), usize::from(status != "failed"), "{read}");
    Held
}

async fn never_there(s: &Stand<'_>) -> Verdict {
    ends_with_at_most_one(s, Fault::DropBeforeActing).await
}

async fn rate_limited(s: &Stand<'_>) -> Verdict {
    ends_with_at_most_one(s, Fault::Status { status: 429, acts: Acts::Never }).await
}

async fn server_error_never(s: &Stand<'_>) -> Verdict {
    ends_with_at_most_one(s, Fault::Status { status: 503, acts: Acts::Never }).await
}

async fn unknown_field(s: &Stand<'_>) -> Verdict {
    s.t.gate.alters(|_, body| {
        if let Some(rest) = body.strip_prefix(b"{\"") {
            let mut altered = b"{\"hundi_never_heard\":{\"of\":[1,null]},\"".to_vec();
            altered.extend_from_slice(rest);
            *body = altered;
        }
    });
    let payment = s.paid().await;
    let refund = payment.refunds(10_000).await;
    assert!(["processing", "processed"].contains(&refund["status"].as_str().unwrap_or_default()), "{refund}");
    s.t.passes(hundi_core::time::days(8)).await;
    assert_eq!(payment.all_refunds().await[0]["status"], "processed");
    s.t.gate.alters_nothing();
    Held
}

async fn wrong_keys(s: &Stand<'_>) -> Verdict {
    let scope = s.shop.scope;
    let mut credentials = s.t.simulator(s.card().id).demo_credentials(9_999);
    for field in s.card().credentials.iter().filter(|f| f.kind.is_secret()) {
        if let Some(secret) = credentials.get_mut(field.name) {
            // PEM keys are left as they are: a wrong one is not readable at all.
            if !secret.expose().contains("-----BEGIN") {
                *secret = hundi_core::Secret::new("AAAAAAAAAAAAAAAA");
            }
        }
    }
    let draft = hundi_app::connections::Draft {
        provider: s.card().id.into(),
        label: "Wrong".into(),
        credentials,
        webhook_secret: None,
        features: vec![],
        flows: s.card().flows.to_vec(),
        min_minor: None,
        max_minor: None,
        session_ms: None,
    };
    let tested = hundi_app::connections::test(s.t.app(), scope, &draft).await.expect("a test ends");
    assert_eq!(tested.result, "wrong_key", "{tested:?}");
    let place = crate::house::place_of(s.card().id);
    s.t.network.listens(&place, false);
    let tested = hundi_app::connections::test(s.t.app(), scope, &draft).await.expect("a test ends");
    assert_eq!(tested.result, "unreachable", "{tested:?}");
    s.t.network.listens(&place, true);
    let own = hundi_app::connections::test_saved(s.t.app(), scope, s.shop.connection).await;
    assert_eq!(own.expect("a test ends").result, "works");
    Held
}
