//! The platform of the healthy book lends its account to a merchant: one payment is taken and given back in part, and the
//! agreement has ended since.

use super::book::{ASKED, desk};
use super::door::{Desk, NOW, at, captured, id};
use crate::fallbacks::{self, Ended, Fallback, Side};
use crate::history::{self, Exchange};
use crate::refunds::Origin;
use crate::{DbError, Tx, payments, people};
use hundi_core::order::LateSuccess;
use hundi_core::payment::Happened;
use hundi_core::refund::Happened as RefundHappened;
use hundi_core::{ExchangeId, FallbackId, Money, OrganizationId};

pub(super) async fn write(tx: &mut Tx, shop: Desk) -> Result<(), DbError> {
    let organization = id(OrganizationId::new);
    people::insert_organization(tx, organization, "Platform", NOW).await?;
    let platform = desk(tx, organization, shop.scope.mode()).await?;
    let owner = platform.scope.merchant();
    assert!(fallbacks::name_platform(tx, owner).await?);
    assert!(!fallbacks::name_platform(tx, shop.scope.merchant()).await?, "it is named once");
    assert_eq!(fallbacks::platform(tx).await?, Some(owner));
    let offer = Fallback {
        id: id(FallbackId::new),
        scope: shop.scope,
        connection_id: platform.connection,
        offered_by: "user:usr_platform".into(),
        offered_at: NOW,
        accepted: None,
        ended: None,
    };
    assert!(fallbacks::insert(tx, &offer).await?);
    let second = Fallback { id: id(FallbackId::new), ..offer.clone() };
    assert!(!fallbacks::insert(tx, &second).await?, "one stands for each merchant and mode");
    assert!(!fallbacks::standing(tx, shop.scope).await?.expect("it stands").stands_at(NOW));
    assert!(fallbacks::accept(tx, offer.id, "user:usr_shop", NOW).await?);
    assert!(!fallbacks::accept(tx, offer.id, "user:usr_shop", NOW).await?);
    let agreed = fallbacks::standing(tx, shop.scope).await?.expect("it stands");
    assert!(agreed.stands_at(NOW) && !agreed.stands_at(NOW.minus(1)));

    let shop = Desk { connection: platform.connection, lent: Some((owner, offer.id)), ..shop };
    let order = shop.order(tx, ASKED, LateSuccess::Refund).await?;
    let facts = [at(1, Happened::Opened), captured("pay_lent", 2, ASKED)];
    let payment = shop.pay(tx, order, None, &facts).await?;
    let more = [at(1, Happened::Opened), captured("pay_lent_more", 2, Money::inr(999_900))];
    let other = shop.order(tx, ASKED, LateSuccess::Refund).await?;
    shop.pay(tx, other, None, &more).await?;
    let captures = payments::captures_of_order(tx, order).await?;
    for told in [
        &[(4, RefundHappened::Processed)][..],
        &[(4, RefundHappened::Processed), (5, RefundHappened::Failed), (6, RefundHappened::Processed)],
        &[(4, RefundHappened::Processed), (5, RefundHappened::Failed)],
    ] {
        let refund = shop.refund(tx, payment, &captures[0], 10_000, Origin::Ours).await?;
        shop.refunded(tx, refund, told).await?;
    }
    let exchange = Exchange {
        id: id(ExchangeId::new),
        connection_id: platform.connection,
        object_id: payment.to_string(),
        purpose: "open".into(),
        request_line: "POST /v1/orders".into(),
        request_headers: String::new(),
        request_body: String::new(),
        status: Some(200),
        outcome: "answered".into(),
        response_headers: String::new(),
        response_body: String::new(),
        at: NOW,
        took_ms: 1,
    };
    history::exchanged(tx, &exchange).await?;
    let object = payment.to_string();
    assert!(history::exchanges(tx, shop.scope, &object).await?.is_empty(), "not the merchant's to read");
    assert_eq!(history::exchanges(tx, platform.scope, &object).await?.len(), 1);

    assert_eq!(fallbacks::newest_payment(tx, offer.id).await?, Some(NOW));
    let ended = Ended { side: Side::Merchant, by: "user:usr_shop".into(), at: NOW };
    assert!(fallbacks::end(tx, offer.id, &ended).await?);
    assert!(!fallbacks::end(tx, offer.id, &ended).await?);
    assert!(fallbacks::standing(tx, shop.scope).await?.is_none());
    let listed = fallbacks::of_owner(tx, platform.scope).await?;
    assert_eq!(listed.len(), 1);
    assert_eq!(listed[0].ended, Some(ended));
    assert_eq!(fallbacks::lent_to(tx, shop.scope).await?, [(platform.connection, "razorpay".to_owned())]);
    Ok(())
}
