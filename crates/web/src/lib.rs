//! The faces: what speaks to us over HTTP.
//!
//! A handler parses, authorizes, calls one function of `hundi_app`, renders. No provider and no table is named here.

pub mod api;
pub mod assets;
mod browser;
pub mod checkout;
pub mod console;
mod docs;
mod download;
pub mod edge;
mod fields;
mod health;
mod hooks;
mod limits;
mod openapi;
pub mod pages;
mod problem;
#[cfg(test)]
mod testing;
mod web;

pub use web::{Settings, Web};

use axum::Router;
use axum::routing::{any, get};
use hundi_app::App;
use std::sync::Arc;

/// Every address that we answer at: the product's table of contents.
pub fn router(app: Arc<App>, settings: Settings) -> Router {
    let web = Web::new(app, settings);
    Router::new()
        .nest("/api/v1", api::routes())
        .route("/api/{*rest}", any(api::no_such_route))
        .nest("/hooks", hooks::routes())
        .nest("/pay", checkout::routes())
        .merge(console::routes())
        .merge(docs::routes())
        .merge(assets::routes())
        .route("/health/live", get(health::live))
        .route("/health/ready", get(health::ready))
        .route("/metrics", get(health::metrics_here))
        .layer(axum::middleware::from_fn_with_state(web.clone(), web::with_request_id))
        .with_state(web)
}

/// The figures alone, for a listener of their own that monitoring can reach and the public can't.
pub fn metrics_router(app: Arc<App>, settings: Settings) -> Router {
    let web = Web::new(app, settings);
    Router::new().route("/metrics", get(health::metrics)).with_state(web)
}
