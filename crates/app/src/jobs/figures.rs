//! What this process has done since its start, for `/metrics`. Counters only; the database keeps the history.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::sync::{Mutex, PoisonError};

/// Counters by name and labels.
#[derive(Default)]
pub struct Figures(Mutex<BTreeMap<String, u64>>);

impl Figures {
    fn add(&self, name: String, n: u64) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner).entry(name).or_default() += n;
    }

    pub(crate) fn called(&self, purpose: &str, answered: bool, took_ms: i64) {
        let outcome = if answered { "answered" } else { "no_answer" };
        self.add(format!("hundi_provider_calls_total{{purpose=\"{purpose}\",outcome=\"{outcome}\"}}"), 1);
        let took = u64::try_from(took_ms).unwrap_or(0);
        self.add(format!("hundi_provider_call_ms_total{{purpose=\"{purpose}\"}}"), took);
    }

    pub(crate) fn limited(&self, rule: &str) {
        self.add(format!("hundi_rate_limited_total{{limit=\"{rule}\"}}"), 1);
    }

    pub(crate) fn counted_alone(&self) {
        self.add("hundi_limits_counted_alone_total".into(), 1);
    }

    pub(crate) fn refused_notice(&self) {
        self.add("hundi_notices_refused_total".into(), 1);
    }

    pub(crate) fn job(&self, kind: &str, outcome: &str) {
        self.add(format!("hundi_jobs_total{{kind=\"{kind}\",outcome=\"{outcome}\"}}"), 1);
    }

    pub(crate) fn delivered(&self, good: bool) {
        let outcome = if good { "delivered" } else { "failed" };
        self.add(format!("hundi_delivery_tries_total{{outcome=\"{outcome}\"}}"), 1);
    }

    /// A request was answered.
    pub fn answered(&self, route: &str, status: u16) {
        self.add(format!("hundi_http_requests_total{{route=\"{route}\",status=\"{status}\"}}"), 1);
    }

    /// In Prometheus' text form.
    pub fn text(&self) -> String {
        let counters = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut text = String::new();
        for (name, n) in counters.iter() {
            writeln!(text, "{name} {n}").expect("writing to a String never fails");
        }
        text
    }
}
