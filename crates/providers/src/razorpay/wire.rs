//! Razorpay's JSON, as it is. Its orders, payment links, payments and refunds are read by their places where they are
//! meant; what each of them has stands here. Fields that we don't use are read by nobody: Razorpay adds some without a new
//! version.
//!
//! Money is `i64` only, so a float, a string or an exponent is refused. Parts that merely decorate are only `shown`: an
//! empty object arrives as `[]`, and no oddity in them may hide that money moved.

use crate::contract::About;
use crate::reading::answers;
use crate::reading::doubt::{Heard, Unheard};
use crate::reading::tree::Tree;
use hundi_core::{Millis, Money, OurRef};

/// A list's items. That of payment links alone has another name for them.
pub(super) fn items(listed: &Tree) -> Heard<Vec<Tree>> {
    let links = listed.read("/payment_links")?;
    links.map_or_else(|| listed.must("/items"), Ok)
}

/// What we have by this id, and nothing else.
pub(super) fn named(entity: Tree, id: &str) -> Heard<Tree> {
    if entity.need_text("/id")? == id { Ok(entity) } else { Err(Unheard("another one than was asked for")) }
}

pub(super) fn money(entity: &Tree) -> Heard<Money> {
    let (minor, currency) = (entity.must("/amount")?, entity.need_text("/currency")?);
    let currency = currency.parse().map_err(|_| Unheard("a currency that we do not know"))?;
    let amount = Money::new(minor, currency);
    if amount.is_positive() { Ok(amount) } else { Err(Unheard("an amount that is not positive")) }
}

pub(super) fn made_at(entity: &Tree) -> Heard<Millis> {
    entity.must("/created_at").map(Millis::from_secs)
}

/// Our reference on an order or, by another word, on a payment link.
pub(super) fn our_ref(opened: &Tree) -> Heard<Option<OurRef>> {
    let (of_order, of_link) = (opened.text("/receipt")?, opened.text("/reference_id")?);
    Ok(answers::our_ref(of_order.or(of_link).as_deref()))
}

/// Whose its payments are. We ask through a link, so the link is the order's name: the order beneath it is Razorpay's
/// own affair.
pub(super) fn about(opened: &Tree) -> Heard<About> {
    let provider_order = Some(opened.need_text("/id")?);
    Ok(About { provider_order, provider_payment: None, our_ref: our_ref(opened)? })
}

/// What was paid through a link: `null` (or `[]`) until something was captured.
pub(super) fn payments(link: &Tree) -> Heard<Vec<String>> {
    link.list("/payments")?.iter().map(|payment| payment.need_text("/payment_id")).collect()
}

/// The oldest of those that are ours. A call whose answer was lost may have been repeated: then there are several, and
/// every caller must find the same one.
pub(super) fn oldest(listed: Vec<Tree>, is_ours: impl Fn(&Tree) -> Heard<bool>) -> Heard<Option<Tree>> {
    let mut ours = Vec::new();
    for entity in listed {
        // That none is ours is said of things that can be read.
        money(&entity)?;
        if is_ours(&entity)? {
            ours.push((made_at(&entity)?, entity.need_text("/id")?, entity));
        }
    }
    let oldest = ours.into_iter().min_by(|(a_at, a, _), (b_at, b, _)| (a_at, a).cmp(&(b_at, b)));
    Ok(oldest.map(|(_, _, entity)| entity))
}
