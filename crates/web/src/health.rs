//! For load balancers and monitoring. Nothing secret, and nothing of a merchant's.

use crate::web::{Asked, Web};
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, StatusCode, header};
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

/// What each figure is, for Prometheus: its name, its kind, and what it counts.
const FIGURES: &[(&str, &str, &str)] = &[
    ("hundi_provider_calls_total", "counter", "Calls to providers, by purpose and outcome."),
    ("hundi_provider_call_ms_total", "counter", "Milliseconds that calls to providers took, by purpose."),
    ("hundi_notices_refused_total", "counter", "Messages from providers whose proof did not hold."),
    ("hundi_rate_limited_total", "counter", "What was refused because it was done too often, by limit."),
    (
        "hundi_limits_counted_alone_total",
        "counter",
        "Turns of limits that this node counted for itself because Redis was away.",
    ),
    ("hundi_jobs_total", "counter", "Jobs that were worked on, by kind and outcome."),
    ("hundi_delivery_tries_total", "counter", "Tries at delivering events to merchants, by outcome."),
    ("hundi_http_requests_total", "counter", "Requests that were answered, by route and status."),
    ("hundi_db_statements_total", "counter", "Statements that the database ran."),
    ("hundi_db_batches_total", "counter", "Commits."),
    ("hundi_db_operations_total", "counter", "Transactions, several of which may share a commit."),
    ("hundi_db_reruns_total", "counter", "Transactions that were run again after a conflict."),
    ("hundi_db_log_bytes", "gauge", "Size of the write-ahead log, on SQLite."),
    ("hundi_jobs", "gauge", "Jobs that are there, by kind and state."),
];

/// For those on this machine alone: the figures say how much business is done. A proxy on this machine that speaks for
/// somebody else does not count. Whoever watches from elsewhere gets an address of its own (`metrics_listen`).
pub(crate) async fn metrics_here(State(web): State<Web>, asked: Asked, headers: HeaderMap) -> Response {
    let passed_on = headers.contains_key("x-forwarded-for") || headers.contains_key("forwarded");
    if !asked.ip.is_loopback() || passed_on {
        return StatusCode::NOT_FOUND.into_response();
    }
    metrics(State(web)).await
}

/// In Prometheus' text form.
pub(crate) async fn metrics(State(web): State<Web>) -> Response {
    let mut text = web.app.figures.text();
    let Ok(health) = check::health(&web.app).await else {
        return (StatusCode::SERVICE_UNAVAILABLE, described(&text)).into_response();
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
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4")], described(&text)).into_response()
}

/// The figures, each name once with what it is above it.
fn described(lines: &str) -> String {
    let name = |line: &str| line.split(['{', ' ']).next().unwrap_or_default().to_owned();
    let mut text = String::new();
    let mut last = String::new();
    for line in lines.lines() {
        let this = name(line);
        if this != last
            && let Some((name, kind, help)) = FIGURES.iter().find(|(name, ..)| *name == this)
        {
            writeln!(text, "# HELP {name} {help}\n# TYPE {name} {kind}")
                .expect("writing to a String never fails");
        }
        last = this;
        writeln!(text, "{line}").expect("writing to a String never fails");
    }
    text
}

#[cfg(test)]
mod tests {
    use crate::testing::House;
    use axum::body::Body;
    use http::Request;

    #[tokio::test]
    async fn every_figure_says_what_it_is() {
        let house = House::new().await;
        house.connection(house.scope, "Main").await;
        house.get("", "/nowhere").await;
        let shown = house.get("", "/metrics").await;
        assert_eq!(shown.status, 200);
        let figures = shown.text.lines().filter(|line| !line.starts_with('#'));
        for line in figures {
            let name = line.split(['{', ' ']).next().unwrap();
            let told = |what: &str| shown.text.matches(&format!("# {what} {name} ")).count();
            assert_eq!((told("HELP"), told("TYPE")), (1, 1), "{name}: {}", shown.text);
        }
        assert!(
            shown.text.contains("hundi_provider_calls_total{") && shown.text.contains("hundi_db_log_bytes ")
        );
    }

    #[tokio::test]
    async fn nobody_from_elsewhere_sees_them() {
        let house = House::new().await;
        for header in ["x-forwarded-for", "forwarded"] {
            let request = Request::get("/metrics").header(header, "203.0.113.9").body(Body::empty()).unwrap();
            assert_eq!(house.send(request).await.status, 404);
        }
        let mut request = Request::get("/metrics").body(Body::empty()).unwrap();
        request.extensions_mut().insert(crate::edge::ClientAddr("203.0.113.9".parse().unwrap()));
        assert_eq!(house.send(request).await.status, 404);
    }
}
