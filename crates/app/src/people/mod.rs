//! People, their sessions, and the merchants within their reach.

mod manage;
mod sign_in;

pub use hundi_store::people::{Merchant, Person};
pub use manage::{
    NewMerchant, NewPerson, check_person, create_merchant, create_person, everyone, is_known, merchants,
    set_late_success, set_password,
};
pub use sign_in::{SignedIn, look_at, reach, sign_in, sign_out, who};
