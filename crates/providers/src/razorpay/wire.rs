//! Razorpay's JSON, as it is. Only what is read at many places has a type; other fields are read by their places where
//! they are needed, and those that we don't use by nobody: Razorpay adds fields without a new version.
//!
//! Money is `i64` only, so a float, a string or an exponent is refused. Parts that merely decorate are only `shown`: an
//! empty object arrives as `[]`, and no oddity in them may hide that money moved. No `Debug` on what holds a payer's data.

use crate::contract::About;
use crate::reading::answers;
use crate::reading::doubt::Unheard;
use crate::reading::tree::Tree;
use hundi_core::OurRef;
use serde::Deserialize;
use serde::de::{Deserializer, Error};

/// An order, a payment link, a payment or a refund: what each of them has, and the rest by its places.
pub(super) struct Entity {
    pub(super) id: String,
    pub(super) amount: i64,
    pub(super) currency: String,
    pub(super) created_at: i64,
    pub(super) said: Tree,
}

impl<'de> Deserialize<'de> for Entity {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let said = Tree::deserialize(from)?;
        let odd = |Unheard(what)| D::Error::custom(what);
        Ok(Self {
            id: said.must("/id").map_err(odd)?,
            amount: said.must("/amount").map_err(odd)?,
            currency: said.must("/currency").map_err(odd)?,
            created_at: said.must("/created_at").map_err(odd)?,
            said,
        })
    }
}

impl Entity {
    /// What we have by this id, and nothing else.
    pub(super) fn named(self, id: &str) -> Result<Self, Unheard> {
        if self.id == id { Ok(self) } else { Err(Unheard("another one than was asked for")) }
    }

    /// Our reference on an order or, by another word, on a payment link.
    pub(super) fn our_ref(&self) -> Result<Option<OurRef>, Unheard> {
        let (of_order, of_link) = (self.said.text("/receipt")?, self.said.text("/reference_id")?);
        Ok(answers::our_ref(of_order.or(of_link).as_deref()))
    }

    /// Whose its payments are. We ask through a link, so the link is the order's name: the order beneath it is
    /// Razorpay's own affair.
    pub(super) fn about(&self) -> Result<About, Unheard> {
        let provider_order = Some(self.id.clone());
        Ok(About { provider_order, provider_payment: None, our_ref: self.our_ref()? })
    }

    /// What was paid through a link: `null` (or `[]`) until something was captured.
    pub(super) fn payments(&self) -> Result<Vec<String>, Unheard> {
        let paid: Vec<Tree> = self.said.read("/payments")?.unwrap_or_default();
        paid.iter().map(|payment| payment.must("/payment_id")).collect()
    }
}

/// A list. That of payment links alone has another shape.
#[derive(Deserialize)]
pub(super) struct Listed<T> {
    #[serde(alias = "payment_links")]
    pub(super) items: Vec<T>,
}
