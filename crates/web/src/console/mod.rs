//! The console: what a merchant's people see and do in a browser.
//!
//! A handler asks the desk for a scope, calls the application, fills a page. Refusals become pages in one place,
//! forms from elsewhere are turned away in another, and neither is repeated here.

mod balance;
mod capture;
mod connection;
mod connections;
mod customers;
mod deliveries;
mod desk;
mod endpoints;
mod fallback;
mod home;
mod keys;
mod notices;
mod paging;
mod payment;
mod payments;
mod refund;
mod refused;
mod routing;
mod rule;
mod session;
#[cfg(test)]
mod tests;
mod timeline;
mod words;

use crate::Web;
use crate::browser::{Face, guard};
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::from_fn;
use axum::routing::{get, post};

/// The longest form: credentials with a key file in them.
const FORM_BYTES_MAX: usize = 64 << 10;

/// Every address of the console.
pub fn routes() -> Router<Web> {
    Router::new()
        .route("/", get(home::show))
        .route("/signin", get(session::form).post(session::sign_in))
        .route("/signout", post(session::sign_out))
        .route("/mode", post(session::look_in_mode))
        .route("/merchant", post(session::look_at_merchant))
        .route("/payments", get(payments::list))
        .route("/payments/export", get(payments::export))
        .route("/payments/{id}", get(payment::show))
        .route("/payments/{id}/check", post(payment::check))
        .route("/payments/{id}/capture", get(capture::form).post(capture::take))
        .route("/payments/{id}/capture/confirm", get(capture::confirm))
        .route("/payments/{id}/retry", post(payment::retry))
        .route("/payments/{id}/cancel", post(payment::let_go))
        .route("/payments/{id}/refund", get(refund::form).post(refund::ask))
        .route("/payments/{id}/refund/confirm", get(refund::confirm))
        .route("/customers", get(customers::list))
        .route("/customers/{id}", get(customers::show))
        .route("/customers/{id}/erase", post(customers::erase))
        .route("/customers/{id}/forget/{method}", post(customers::forget))
        .route("/connections", get(connections::list))
        .route("/connections/new", get(connection::new).post(connection::create))
        .route("/connections/fallback", get(fallback::show).post(fallback::agree))
        .route("/connections/fallback/offer", post(fallback::offer))
        .route("/connections/fallback/{id}/withdraw", post(fallback::withdraw))
        .route("/connections/{id}", get(connection::show).post(connection::update))
        .route("/connections/{id}/test", post(connection::test))
        .route("/connections/{id}/sweep", post(connection::sweep))
        .route("/connections/{id}/balance", post(connection::balance))
        .route("/connections/{id}/secret", post(connection::secret))
        .route("/connections/{id}/switch", post(connection::switch))
        .route("/routing", get(routing::show))
        .route("/routing/policy", post(routing::decide))
        .route("/routing/rules", post(routing::change))
        .route("/routing/rule", get(rule::form).post(rule::save))
        .route("/webhooks", get(notices::list))
        .route("/webhooks/{id}", get(notices::show))
        .route("/webhooks/{id}/replay", post(notices::replay))
        .route("/endpoints", get(endpoints::list).post(endpoints::create))
        .route("/endpoints/new", get(endpoints::new))
        .route("/endpoints/{id}", get(endpoints::show).post(endpoints::update))
        .route("/endpoints/{id}/switch", post(endpoints::switch))
        .route("/endpoints/{id}/rotate", post(endpoints::rotate))
        .route("/endpoints/{id}/test", post(endpoints::test))
        .route("/deliveries", get(deliveries::list))
        .route("/deliveries/{id}", get(deliveries::show))
        .route("/deliveries/{id}/resend", post(deliveries::resend))
        .route("/keys", get(keys::list).post(keys::create))
        .route("/keys/{id}/revoke", post(keys::revoke))
        .fallback(refused::no_such_page)
        .layer(DefaultBodyLimit::max(FORM_BYTES_MAX))
        .layer(from_fn(refused::shown))
        .layer(from_fn(|request, next| guard(Face::Console, request, next)))
}
