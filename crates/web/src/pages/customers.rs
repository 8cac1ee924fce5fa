//! Customers: the list, and one with their payments and saved methods.

use super::parts::{Cursor, Fact};
use super::payments::PaymentRow;
use super::shell::Shell;
use askama::Template;

/// Customers, the newest 25 first.
#[derive(Template)]
#[template(path = "console/customers.html")]
pub struct CustomersPage {
    pub shell: Shell,
    pub rows: Vec<CustomerRow>,
    /// An e-mail address or a number, as typed.
    pub q: String,
    pub cursor: Cursor,
}

/// One customer in the list.
#[derive(Clone, Debug)]
pub struct CustomerRow {
    pub url: String,
    pub name: String,
    pub email: String,
    pub phone: String,
    pub made: String,
}

/// One customer.
#[derive(Template)]
#[template(path = "console/customer.html")]
pub struct CustomerPage {
    pub shell: Shell,
    pub id: String,
    pub name: String,
    pub facts: Vec<Fact>,
    pub methods: Vec<MethodRow>,
    pub rows: Vec<PaymentRow>,
    /// Erases them (POST). None where that was done, or the role may not.
    pub erase_url: Option<String>,
}

/// One saved method.
#[derive(Clone, Debug)]
pub struct MethodRow {
    /// `Visa ••1007`
    pub label: String,
    pub is_default: bool,
    /// `12/35`; may be empty.
    pub expires: String,
    /// When, and to which text.
    pub consent: String,
    /// None where the role may not.
    pub forget_url: Option<String>,
}
