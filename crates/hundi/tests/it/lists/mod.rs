//! Lists: what is found in them, what is shown beside what they hold, and pages that are whole while rows come.

mod expanded;
mod exported;
mod metadata;
mod narrowed;
mod paging;

use serde_json::Value;

/// The ids on a page.
fn ids(page: &Value) -> Vec<String> {
    let rows = page["data"].as_array().unwrap_or_else(|| panic!("no list: {page}"));
    rows.iter().map(|row| crate::house::text(row, "id")).collect()
}
