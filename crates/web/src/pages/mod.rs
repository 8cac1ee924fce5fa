//! The pages: view structs with ready values, and the templates that they fill. No logic here beyond how things are
//! written; whoever fills a struct has asked the application and formats with [`format`].
//!
//! Render with [`html`], which puts in the icons that the page uses.

pub mod capture;
pub mod chart;
pub mod checkout;
pub mod connections;
pub mod customers;
pub mod deliveries;
pub mod endpoints;
pub mod error_list;
pub mod errors;
pub mod fallback;
pub mod format;
#[cfg(test)]
mod gallery;
pub mod home;
mod icons;
pub mod keys;
pub mod notices;
pub mod parts;
pub mod payment;
pub mod payments;
pub mod reference;
pub mod refund;
pub mod routing;
pub mod shell;
pub mod signin;

/// The page as it is sent.
pub fn html(page: &impl askama::Template) -> Result<String, askama::Error> {
    Ok(icons::placed(&page.render()?))
}
