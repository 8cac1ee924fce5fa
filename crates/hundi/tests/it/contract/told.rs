//! Being told: by whom, how often, in what order, and what is a forgery.

use super::{Case, Held, NotOffered, Stand, Verdict, case};
use hundi::sandbox::Notice;
use hundi_core::Secret;
use hundi_core::time::minutes;

pub(super) const CASES: &[Case] = &[
    case!("a notice twice is a notice once", twice),
    case!("a notice that comes late changes nothing", late),
    case!("notices in the wrong order end alike", reordered),
    case!("a notice with another body is refused or only makes us ask", other_body),
    case!("a notice without its proof is refused", no_proof),
    case!("another merchant's notice is refused or pays nothing", other_merchant),
    case!("the old secret holds for a while after a change", old_secret),
    case!("a notice before the payer is back is enough", early),
    case!("a return that was altered pays nothing", altered_return),
    case!("a return of one payment pays no other", replayed_return),
];

/// The messages that the simulator has for us now, none of them delivered by us yet.
fn on_their_way(s: &Stand<'_>) -> Vec<Notice> {
    let due = s.t.network.due();
    for notice in &due {
        s.t.network.delivered(notice, Some(200));
    }
    due
}

async fn posts(s: &Stand<'_>, notice: &Notice) -> u16 {
    s.t.posts_webhook(notice).await
}

/// Paid, with the messages about it in hand; money is taken though nobody has told us.
async fn paid_and_untold<'s>(s: &'s Stand<'_>) -> (crate::house::Payment<'s>, Vec<Notice>) {
    let payment = s.begun().await;
    payment.payer("pay");
    let notices = on_their_way(s);
    (payment, notices)
}

async fn twice(s: &Stand<'_>) -> Verdict {
    if s.provider.notices().is_none() {
        return NotOffered("it sends no webhooks");
    }
    let (payment, notices) = paid_and_untold(s).await;
    assert!(!notices.is_empty(), "nothing was sent");
    for notice in notices.iter().chain(&notices).chain(&notices) {
        assert_eq!(posts(s, notice).await, 200);
    }
    s.t.settles().await;
    payment.is("captured").await;
    assert_eq!(s.shop.balance("sales").await, -s.amount().minor());
    assert_eq!(s.shop.heard_of("payment.captured"), 1);
    Held
}

async fn late(s: &Stand<'_>) -> Verdict {
    let (payment, notices) = paid_and_untold(s).await;
    s.t.passes(minutes(10)).await;
    payment.is("captured").await;
    for notice in &notices {
        assert_eq!(posts(s, notice).await, 200);
    }
    s.t.settles().await;
    payment.is("captured").await;
    assert_eq!(s.shop.balance("sales").await, -s.amount().minor());
    Held
}

async fn reordered(s: &Stand<'_>) -> Verdict {
    let (payment, notices) = paid_and_untold(s).await;
    for notice in notices.iter().rev() {
        assert_eq!(posts(s, notice).await, 200);
    }
    s.t.passes(minutes(10)).await;
    payment.is("captured").await;
    assert_eq!(s.shop.balance("sales").await, -s.amount().minor());
    Held
}

/// The same message about ten times the amount.
fn inflated(notice: &Notice, s: &Stand<'_>) -> Notice {
    let minor = s.amount().minor().to_string();
    let decimal = s.amount().decimal();
    let text = String::from_utf8_lossy(&notice.body).into_owned();
    let other = text.replace(&minor, &format!("{minor}0")).replace(&decimal, "5500.00");
    let mut forged = notice.clone();
    forged.body = other.into_bytes();
    forged
}

async fn other_body(s: &Stand<'_>) -> Verdict {
    let (payment, notices) = paid_and_untold(s).await;
    for notice in &notices {
        let forged = inflated(notice, s);
        let status = posts(s, &forged).await;
        let says = forged.body != notice.body;
        // Where the proof does not cover the body the message passes, and only makes us ask.
        assert!(status == 401 || status == 200, "{status}");
        assert!(says || status == 200);
    }
    s.t.settles().await;
    let read = payment.reads().await;
    let taken = read["amount_captured"].as_i64().unwrap_or_default();
    assert!(taken == 0 || taken == s.amount().minor(), "{read}");
    assert!(s.shop.balance("suspense").await == 0, "{read}");
    is_paid_when_asked(s, &payment).await
}

/// The truth comes by asking, whatever was told before.
async fn is_paid_when_asked(s: &Stand<'_>, payment: &crate::house::Payment<'_>) -> Verdict {
    s.shop.posts(&format!("{}/check", payment.path()), &serde_json::json!({})).await.is(200);
    payment.is("captured").await;
    assert_eq!(s.shop.balance("sales").await, -s.amount().minor());
    Held
}

async fn no_proof(s: &Stand<'_>) -> Verdict {
    if s.provider.notices().is_none() {
        return NotOffered("it sends no webhooks");
    }
    let (payment, notices) = paid_and_untold(s).await;
    for notice in &notices {
        let mut bare = notice.clone();
        bare.headers.retain(|(name, _)| name == "content-type");
        let proof_in_body = posts(s, &bare).await;
        // A proof that travels in the body is broken there instead.
        if proof_in_body != 401 {
            let text = String::from_utf8_lossy(&notice.body).into_owned();
            let broken: String = text.chars().rev().collect();
            bare.body = broken.into_bytes();
            assert_eq!(posts(s, &bare).await, 401, "{text}");
        }
    }
    let read = payment.reads().await;
    assert_eq!(s.shop.balance("suspense").await, 0, "{read}");
    is_paid_when_asked(s, &payment).await
}

async fn other_merchant(s: &Stand<'_>) -> Verdict {
    if s.provider.notices().is_none() {
        return NotOffered("it sends no webhooks");
    }
    let (payment, notices) = paid_and_untold(s).await;
    let other = s.t.shop_at(s.card().id).await;
    for notice in &notices {
        let url = format!("{}{}", crate::house::PUBLIC, other.webhook_path);
        let mut astray = notice.clone();
        astray.url = url;
        let status = posts(s, &astray).await;
        assert_eq!(status, 401, "another account's proof was taken");
    }
    s.t.settles().await;
    payment.is("pending").await;
    assert_eq!((other.balance("sales").await, other.balance("suspense").await), (0, 0));
    is_paid_when_asked(s, &payment).await
}

async fn old_secret(s: &Stand<'_>) -> Verdict {
    if !s.card().webhook_secret {
        return NotOffered("its proof is made with the credentials, which change with the connection");
    }
    let (payment, notices) = paid_and_untold(s).await;
    let new = Secret::new("a-new-webhook-secret-0001");
    let actor = crate::house::operator();
    let (app, scope) = (s.t.app(), s.shop.scope);
    hundi_app::connections::rotate_webhook_secret(app, scope, &actor, s.shop.connection, &new)
        .await
        .expect("it is changed");
    for notice in &notices {
        assert_eq!(posts(s, notice).await, 200);
    }
    s.t.settles().await;
    payment.is("captured").await;
    s.t.passes(hundi_core::time::hours(49)).await;
    for notice in &notices {
        assert_eq!(posts(s, notice).await, 401, "the old secret holds for ever");
    }
    Held
}

async fn early(s: &Stand<'_>) -> Verdict {
    if s.provider.notices().is_none() {
        return NotOffered("it sends no webhooks");
    }
    let payment = s.begun().await;
    let back = payment.payer("pay");
    s.t.settles().await;
    payment.is("captured").await;
    payment.comes_back(&back.fields).await;
    payment.is("captured").await;
    assert_eq!(s.shop.balance("sales").await, -s.amount().minor());
    Held
}

async fn altered_return(s: &Stand<'_>) -> Verdict {
    let payment = s.begun().await;
    let mut back = payment.payer("fail").fields;
    for (_, value) in &mut back {
        if value.eq_ignore_ascii_case("failed") || value.eq_ignore_ascii_case("txn_failure") {
            "TXN_SUCCESS".clone_into(value);
        }
    }
    back.push(("status".into(), "CHARGED".into()));
    back.push(("code".into(), "PAYMENT_SUCCESS".into()));
    s.t.loses_webhooks();
    payment.comes_back(&back).await;
    assert_ne!(payment.reads().await["status"], "captured");
    assert_eq!(s.shop.balance("sales").await, 0);
    Held
}

async fn replayed_return(s: &Stand<'_>) -> Verdict {
    let paid = s.begun().await;
    let back = paid.payer("pay");
    paid.comes_back(&back.fields).await;
    s.t.settles().await;
    paid.is("captured").await;
    let other = s.begun().await;
    other.comes_back(&back.fields).await;
    s.t.settles().await;
    other.is("pending").await;
    assert_ne!(s.order_of(&other).await, "paid");
    assert_eq!(s.shop.balance("sales").await, -s.amount().minor());
    Held
}
