//! The payer's pages, behind an order's unguessable link. No cookie, no session: the link is the whole right.
//!
//! What the browser brings back changes words at most. Whether money moved is asked of the provider.

mod emi;
mod facing;
mod handle;
mod show;
#[cfg(test)]
mod tests;

use crate::Web;
use crate::browser::{Face, Nonce, guard, see_other};
use crate::fields::{Asking, Fields, InPath, Sent, address};
use crate::web::Asked;
use axum::extract::{DefaultBodyLimit, State};
use axum::middleware::from_fn;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use facing::{Wanted, facing};
use hundi_app::checkout::till;
use hundi_app::connections::Flow;
use hundi_app::limits::{self, Rule};
use hundi_app::methods::{self, CONSENT_VERSION, Consented};
use hundi_app::payments::{self, Choice};
use hundi_app::{Actor, Error, answer, returns};
use hundi_core::{FailureReason, Method, SavedMethodId};
use serde_json::json;
use show::Showing;
pub(crate) use show::saved_name;
use std::time::Duration;

/// A provider's return is a few hundred bytes.
const FORM_BYTES_MAX: usize = 32 << 10;

/// Every address of the payer's, below `/pay`.
pub fn routes() -> Router<Web> {
    Router::new()
        .route("/{token}", get(look))
        .route("/{token}/state", get(state))
        .route("/{token}/start", post(start))
        .route("/{token}/check", post(check))
        .route("/{token}/forget", post(forget))
        .route("/{token}/return/{payment}", get(come_back).post(come_back))
        .layer(DefaultBodyLimit::max(FORM_BYTES_MAX))
        .layer(from_fn(|request, next| guard(Face::Checkout, request, next)))
}

fn showing<'a>(web: &'a Web, token: &'a str, nonce: &'a Nonce) -> Showing<'a> {
    Showing {
        app: &web.app,
        product: &web.settings.product,
        token,
        nonce: &nonce.0,
        go: false,
        removed: false,
    }
}

/// The page as it is now.
async fn look(
    State(web): State<Web>,
    nonce: Nonce,
    InPath(token): InPath<String>,
    Asking(fields): Asking,
) -> Response {
    let said = (fields.get("said") == "failed").then(|| fields.parsed("reason"));
    let wanted = Wanted {
        other: fields.get("other") == "1",
        said_failed: said.map(|reason| reason.unwrap_or(FailureReason::Unrecognised)),
    };
    let removed = fields.get("said") == "removed";
    let showing = Showing { go: fields.get("go") == "1", removed, ..showing(&web, &token, &nonce) };
    match till(&web.app, &token).await {
        Ok(till) => showing.till(&till, wanted).await,
        Err(error) => refused(&showing, &error),
    }
}

fn refused(showing: &Showing<'_>, error: &Error) -> Response {
    if error.status() >= 500 {
        tracing::error!(error = error.to_log(), "a payer's page could not be shown");
    }
    showing.refused(error)
}

/// One word, for pages that wait. It only reads: returns, webhooks and the watch job move things.
async fn state(State(web): State<Web>, nonce: Nonce, InPath(token): InPath<String>) -> Response {
    match till(&web.app, &token).await {
        Ok(till) => {
            Json(json!({ "state": facing(&till, Wanted::default(), web.app.now()).word() })).into_response()
        }
        Err(error) => refused(&showing(&web, &token, &nonce), &error),
    }
}

/// While the same form's first sending is still at the provider: ask so often, so far apart.
const IN_FLIGHT_LOOKS: u32 = 20;
const IN_FLIGHT_GAP: Duration = Duration::from_millis(500);

/// The payer has chosen.
async fn start(
    State(web): State<Web>,
    asked: Asked,
    nonce: Nonce,
    InPath(token): InPath<String>,
    Sent(fields): Sent,
) -> Response {
    let page = format!("/pay/{token}");
    let showing = showing(&web, &token, &nonce);
    let till = match till(&web.app, &token).await {
        Ok(till) => till,
        Err(error) => return refused(&showing, &error),
    };
    let order = &till.order;
    // Only what this page offers: a method that somebody types in is nobody's.
    let saved = fields.parsed::<SavedMethodId>("saved").filter(|id| till.saved.iter().any(|m| m.id == *id));
    let flow = fields.parsed::<Flow>("flow").filter(|_| saved.is_none());
    // Other methods are chosen at the provider; a page that opens on instalments saves the payer a step.
    let method = fields.parsed::<Method>("method").filter(|m| *m == Method::Emi && saved.is_none());
    let named = method.map(|m| format!(":{m}")).unwrap_or_default();
    let (Some(what), consented) = (
        saved.map(|id| id.to_string()).or(flow.map(|f| format!("{}{named}", f.as_str()))),
        fields.get("consent") == "yes",
    ) else {
        return see_other(&page);
    };
    let choice = Choice {
        connection: fields.parsed("connection").filter(|_| saved.is_none()),
        flow,
        method,
        payer_ip: Some(asked.ip.to_string()),
        payer_agent: Some(asked.user_agent.clone()).filter(|agent| !agent.is_empty()),
        keep: consented
            .then(|| Consented { version: CONSENT_VERSION.to_owned(), ip: Some(asked.ip.to_string()) }),
        by: "payer".to_owned(),
    };
    let key = form_key(&fields).map(|key| {
        let key = format!("checkout:{}:{what}:{key}", order.id);
        answer::key(order.scope, &key, "checkout start", what.as_bytes())
    });
    for _ in 0..IN_FLIGHT_LOOKS {
        let (app, choice, key) = (&web.app, choice.clone(), key.clone());
        let begun = match saved {
            Some(saved) => payments::charge_by_api(app, order.scope, order.id, saved, choice, key).await,
            None => payments::pay_by_api(app, order.scope, order.id, choice, key).await,
        };
        match begun {
            Err(Error::KeyInFlight) => tokio::time::sleep(IN_FLIGHT_GAP).await,
            Ok(_) => return see_other(&address(&page, &[("go", "1")])),
            Err(error @ Error::RateLimited(_)) => return refused(&showing, &error),
            // The page itself says why: it is in doubt, in progress, paid, expired, or can't be paid now.
            Err(error) if error.status() < 500 => return see_other(&page),
            Err(error) => return refused(&showing, &error),
        }
    }
    see_other(&page)
}

/// The payer wants a method kept no longer. Whoever has the link could have paid with it.
async fn forget(
    State(web): State<Web>,
    asked: Asked,
    nonce: Nonce,
    InPath(token): InPath<String>,
    Sent(fields): Sent,
) -> Response {
    let (page, showing) = (format!("/pay/{token}"), showing(&web, &token, &nonce));
    let till = match till(&web.app, &token).await {
        Ok(till) => till,
        Err(error) => return refused(&showing, &error),
    };
    // Only what this page shows.
    let Some(id) =
        fields.parsed::<SavedMethodId>("saved").filter(|id| till.saved.iter().any(|m| m.id == *id))
    else {
        return see_other(&page);
    };
    let actor = Actor::new("payer", asked.ip.to_string());
    match methods::delete(&web.app, till.order.scope, &actor, id).await {
        Ok(()) => see_other(&address(&page, &[("other", "1"), ("said", "removed")])),
        Err(error) => refused(&showing, &error),
    }
}

/// A word of ours from the form; anything else is as good as none.
fn form_key(fields: &Fields) -> Option<&str> {
    let key = fields.get("key");
    let plain = key.bytes().all(|c| c.is_ascii_alphanumeric());
    (plain && (1..=64).contains(&key.len())).then_some(key)
}

/// The payer comes back from the provider, by a link or by the provider's own form.
async fn come_back(
    State(web): State<Web>,
    asked: Asked,
    nonce: Nonce,
    InPath((token, payment)): InPath<(String, String)>,
    Asking(in_address): Asking,
    Sent(in_form): Sent,
) -> Response {
    let page = format!("/pay/{token}");
    let fields: Vec<(String, String)> = in_form.0.into_iter().chain(in_address.0).collect();
    let ip = asked.ip.to_string();
    match returns::come_back(&web.app, &token, &payment, &fields, &ip).await {
        Ok(back) => see_other(&match back.said_failure {
            Some(reason) => address(&page, &[("said", "failed"), ("reason", reason.as_str())]),
            None => page,
        }),
        Err(error) => refused(&showing(&web, &token, &nonce), &error),
    }
}

/// The payer asks for the result at once, as often as is good for the provider.
async fn check(State(web): State<Web>, nonce: Nonce, InPath(token): InPath<String>) -> Response {
    let till = match till(&web.app, &token).await {
        Ok(till) => till,
        Err(error) => return refused(&showing(&web, &token, &nonce), &error),
    };
    if let facing::Facing::InDoubt(payment) = facing(&till, Wanted::default(), web.app.now())
        && limits::may(&web.app, Rule::PayerChecks, &payment.id.to_string()).await
        && let Err(error) = payments::check_for_payer(&web.app, payment).await
    {
        tracing::warn!(payment = %payment.id, error = error.to_log(), "a payer's check failed");
    }
    see_other(&format!("/pay/{token}"))
}
