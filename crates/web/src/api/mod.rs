//! The merchant API, `/api/v1`: JSON in, JSON out. This file is its table of contents.
//!
//! A handler takes an authenticated request, turns its body or query into one use case's input, and answers what that
//! use case says. The public shape of each object stands in `hundi_app::public`.

#[cfg(test)]
pub(crate) mod asked_for;
mod auth;
mod body;
mod card;
mod connections;
mod customers;
mod deliveries;
mod endpoints;
mod events;
mod exchanges;
mod exports;
mod fallbacks;
mod fields;
mod keys;
mod may;
mod orders;
mod payments;
mod query;
mod refunds;
mod rehearsals;
mod reply;
mod requests;
mod routing;
#[cfg(test)]
mod tests;

pub(crate) use rehearsals::{SEED_MAX, demo};
pub(crate) use reply::no_such_route;
pub(crate) use requests::{Begun, Known, Unanswered};

use crate::Web;
use axum::Router;
use axum::middleware::map_response;
use axum::routing::{get, post};

/// Every address under `/api/v1`.
pub fn routes() -> Router<Web> {
    Router::new()
        .route("/orders", get(orders::list).post(orders::create))
        .route("/orders/export", get(exports::orders))
        .route("/orders/{id}", get(orders::show))
        .route("/orders/{id}/cancel", post(orders::cancel))
        .route("/orders/{id}/payments", get(payments::list_of_order))
        .route("/payments", get(payments::list).post(payments::create))
        .route("/payments/export", get(exports::payments))
        .route("/payments/{id}", get(payments::show))
        .route("/payments/{id}/capture", post(payments::capture))
        .route("/payments/{id}/cancel", post(payments::cancel))
        .route("/payments/{id}/check", post(payments::check))
        .route("/payments/{id}/retry", post(payments::retry))
        .route("/payments/{id}/refunds", get(refunds::list_of_payment).post(refunds::create_of_payment))
        .route("/refunds", get(refunds::list).post(refunds::create))
        .route("/refunds/export", get(exports::refunds))
        .route("/refunds/{id}", get(refunds::show))
        .route("/refunds/{id}/check", post(refunds::check))
        .route("/events", get(events::list))
        .route("/events/{id}", get(events::show))
        .route("/events/{id}/resend", post(deliveries::resend))
        .route("/resends", get(deliveries::list_resends))
        .route("/events/{id}/deliveries", get(deliveries::list_of_event))
        .route("/endpoints", get(endpoints::list).post(endpoints::create))
        .route("/endpoints/{id}", get(endpoints::show).patch(endpoints::update).delete(endpoints::delete))
        .route("/endpoints/{id}/test", post(endpoints::test))
        .route("/endpoints/{id}/rotate_secret", post(endpoints::rotate_secret))
        .route("/endpoints/{id}/deliveries", get(deliveries::list_of_endpoint))
        .route("/endpoints/{id}/replay", post(deliveries::replay))
        .route("/replays/{id}", get(deliveries::show_replay))
        .route("/deliveries/{id}", get(deliveries::show))
        .route("/deliveries/{id}/retry", post(deliveries::retry))
        .route("/connections", get(connections::list).post(connections::create))
        .route("/connections/{id}", get(connections::show).patch(connections::update))
        .route("/connections/{id}/test", post(connections::test))
        .route("/connections/{id}/sweep", post(connections::sweep))
        .route("/connections/{id}/balance", get(connections::balance))
        .route("/sweeps/{id}", get(connections::show_sweep))
        .route("/connections/{id}/methods", get(connections::methods))
        .route("/customers", get(customers::list).post(customers::create))
        .route("/customers/{id}", get(customers::show).post(customers::update).delete(customers::delete))
        .route("/customers/{id}/methods", get(customers::list_methods))
        .route("/saved_methods/{id}", get(customers::show_method).delete(customers::delete_method))
        .route("/saved_methods/{id}/default", post(customers::make_default))
        .route("/routing", get(routing::show).put(routing::replace))
        .route("/routing/policy", get(routing::policy).put(routing::decide))
        .route("/routing/preview", get(routing::preview))
        .route("/routing/fallback", get(fallbacks::standing).put(fallbacks::agree))
        .route("/fallbacks", get(fallbacks::list).post(fallbacks::offer))
        .route("/fallbacks/{id}/withdraw", post(fallbacks::withdraw))
        .route("/exchanges", get(exchanges::list))
        .route("/requests", get(requests::list))
        .route("/balances", get(connections::balances))
        .route("/keys", get(keys::list).post(keys::create))
        .route("/keys/{id}", get(keys::show))
        .route("/keys/{id}/rotate", post(keys::rotate))
        .route("/keys/{id}/revoke", post(keys::revoke))
        .route("/test/settings", get(rehearsals::usual).put(rehearsals::set_usual))
        .route("/test/jobs/status", get(rehearsals::jobs))
        .fallback(reply::no_such_route)
        .method_not_allowed_fallback(reply::no_such_method)
        .layer(map_response(reply::not_kept))
}
