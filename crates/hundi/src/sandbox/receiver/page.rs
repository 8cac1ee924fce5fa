//! The receiver's one page: what arrived, newest first. It reloads itself and needs no script.

use super::{Delivery, Proof};
use std::collections::VecDeque;
use std::fmt::Write;

const ROWS_MAX: usize = 100;

pub(super) fn list(heard: u64, shown: &VecDeque<Delivery>) -> String {
    let mut rows = String::new();
    for delivery in shown.iter().take(ROWS_MAX) {
        let proof = match delivery.proof {
            Proof::Genuine => "<td class=\"good\">verified</td>",
            Proof::Forged => "<td class=\"bad\">wrong signature</td>",
            Proof::Unchecked => "<td>not checked: no secret told</td>",
        };
        let seq = delivery.seq.map_or_else(String::new, |seq| seq.to_string());
        let grade = if (200..300).contains(&delivery.answered) { "good" } else { "bad" };
        write!(
            rows,
            "<tr><td>{}</td><td><b>{}</b></td><td><code>{}</code></td><td>{seq}</td>{proof}\
             <td class=\"{grade}\">{}</td><td><code>{}</code></td></tr>",
            delivery.at,
            escape(&delivery.kind),
            escape(&delivery.object_id),
            delivery.answered,
            escape(&delivery.id),
        )
        .expect("a String takes everything");
    }
    if shown.is_empty() {
        rows.push_str(
            "<tr><td colspan=\"7\">Nothing yet. Take a payment, and its events arrive here.</td></tr>",
        );
    }
    format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>Demo receiver</title>\
         <meta http-equiv=\"refresh\" content=\"2\">\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"><style>{STYLE}</style></head>\
         <body><main><h1>Demo receiver</h1><p>Stands for a merchant's own server. Received: {heard}.</p>\
         <div><table><thead><tr><th>Time</th><th>Event</th><th>Object</th><th>Seq</th><th>Signature</th>\
         <th>Answered</th><th>Id</th></tr></thead><tbody>{rows}</tbody></table></div></main></body></html>"
    )
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

const STYLE: &str = "body{margin:0;padding:2rem 1rem;background:#eef1f6;color:#0f1b33;font:15px/1.5 system-ui,sans-serif}\
main{max-width:72rem;margin:0 auto}h1{margin:0;font-size:1.375rem}p{margin:.25rem 0 1rem;color:#5b6780}\
div{overflow-x:auto;background:#fff;border-radius:.75rem;box-shadow:0 1px 2px #0f1b3322}\
table{width:100%;border-collapse:collapse;font-variant-numeric:tabular-nums}\
th,td{padding:.5rem .875rem;text-align:left;white-space:nowrap;border-bottom:1px solid #e3e8f0}\
th{font-size:.8125rem;color:#5b6780}.good{color:#0b6b3a}.bad{color:#b42318}";
