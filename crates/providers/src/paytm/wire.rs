//! Paytm's JSON, as it is: an envelope of head and body, numbers and amounts as text in rupees.
//!
//! The body is always handled as the text it arrived in or will leave in, since that is what is signed. Its fields are
//! read by their places ([`Tree`]) where they are needed: a number where a text must be is refused there.

use crate::reading::loose::{Loose, Plain};
use crate::reading::tree::Tree;
use crate::writing::Object;
use serde::Deserialize;
use serde_json::value::RawValue;
use std::collections::BTreeMap;

/// `{"head":{..},"body":{..}}`: an answer or a notice.
#[derive(Deserialize)]
pub(super) struct Envelope<'a> {
    pub(super) head: Option<Head>,
    #[serde(borrow)]
    pub(super) body: &'a RawValue,
}

#[derive(Deserialize)]
pub(super) struct Head {
    /// Absent on some errors.
    pub(super) signature: Option<String>,
}

/// What every answer says of itself.
#[derive(Deserialize)]
pub(super) struct Words {
    #[serde(rename = "resultStatus")]
    pub(super) status: String,
    #[serde(rename = "resultCode")]
    pub(super) code: String,
}

/// A line of a settlement, under names whose spelling differs from account to account.
pub(super) type Row = BTreeMap<String, Loose<Plain>>;

/// What forms say of a payment under the same names in capitals.
const CAPITALS: &str = "status respCode mid orderId txnId txnAmount currency txnType txnDate paymentMode \
                        bankTxnId bankName";

/// A form's fields, each of which is there once, as a notice in JSON has them.
pub(super) fn of_form(fields: &[(String, String)]) -> Tree {
    let capitals = CAPITALS.split(' ').map(|name| (name, name.to_ascii_uppercase()));
    let names = capitals.chain([("maskedCardNo", "maskedCardNo".to_owned())]);
    let field = |name: &str| fields.iter().find(|(n, _)| n == name).map(|(_, value)| value);
    Tree::from(&names.fold(Object::new(), |said, (name, in_form)| said.maybe(name, field(&in_form))))
}
