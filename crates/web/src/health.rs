//! For load balancers and monitoring. Nothing secret, and nothing of a merchant's.

use crate::web::Web;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::{StatusCode, header};
use hundi_app::check;
use std::fmt::Write;

/// The process runs.
pub(crate) async fn live() -> &'static str {
    "ok\n"
}

/// The process can do its work: its database answers.
pub(crate) async fn ready(State(web): State<Web>) -> Response {
    match check::health(&web.app).await {
        Ok(_) => "ok\n".into_response(),
        Err(_) => (StatusCode::SERVICE_UNAVAILABLE, "the database does not answer\n").into_response(),
    }
}

/// In Prometheus' text form.
pub(crate) async fn metrics(State(web): State<Web>) -> Response {
    let mut text = web.app.figures.text();
    let Ok(health) = check::health(&web.app).await else {
        return (StatusCode::SERVICE_UNAVAILABLE, text).into_response();
    };
    let store = &health.store;
    let mut line = |name: &str, n: u64| {
        writeln!(text, "{name} {n}").expect("writing to a String never fails");
    };
    line("hundi_db_statements_total", store.statements);
    line("hundi_db_batches_total", store.batches);
    line("hundi_db_operations_total", store.ops);
    line("hundi_db_reruns_total", store.reruns);
    line("hundi_db_log_bytes", store.log_bytes);
    for standing in &health.jobs {
        let name = format!("hundi_jobs{{kind=\"{}\",state=\"{}\"}}", standing.kind, standing.state);
        line(&name, u64::try_from(standing.count).unwrap_or(0));
    }
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4")], text).into_response()
}
