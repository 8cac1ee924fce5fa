//! Pages of lists: the cursor in the address, and the links to the pages before and after.

use crate::fields::{Fields, address};
use crate::pages::parts::Cursor as Links;
use hundi_app::{Cursor, Page};
use hundi_core::Millis;

/// Rows on a page.
pub(super) const ROWS: usize = 25;

/// The page that an address asks for: one row more than is shown, to know whether there are more.
pub(super) fn page_of(fields: &Fields) -> Page {
    let cursor = match (position(fields.get("older")), position(fields.get("newer"))) {
        (Some((at, id)), _) => Cursor::After { at, id },
        (None, Some((at, id))) => Cursor::Before { at, id },
        (None, None) => Cursor::Newest,
    };
    Page { cursor, ..Page::newest(i64::try_from(ROWS + 1).unwrap_or(i64::MAX)) }
}

/// `1795248912000.pay_…`
fn position(text: &str) -> Option<(Millis, String)> {
    let (at, id) = text.split_once('.')?;
    let plain = id.len() <= 64 && id.bytes().all(|c| c.is_ascii_alphanumeric() || c == b'_');
    Some((Millis(at.parse().ok()?), id.to_owned())).filter(|_| plain)
}

/// Cuts the row too many off, and links to the pages on both sides. `kept` are the filters.
pub(super) fn paged<T>(
    mut rows: Vec<T>,
    asked: &Page,
    (path, kept): (&str, &[(&str, &str)]),
    key: impl Fn(&T) -> (Millis, String),
) -> (Vec<T>, Links) {
    let more = rows.len() > ROWS;
    let upwards = matches!(asked.cursor, Cursor::Before { .. });
    if more && upwards {
        rows.remove(0);
    }
    rows.truncate(ROWS);
    let (has_newer, has_older) = match asked.cursor {
        Cursor::Newest => (false, more),
        Cursor::After { .. } => (true, more),
        Cursor::Before { .. } => (more, true),
    };
    let link = |name: &str, row: Option<&T>| {
        let (at, id) = key(row?);
        let at = format!("{}.{id}", at.0);
        let fields: Vec<(&str, &str)> = kept.iter().copied().chain([(name, at.as_str())]).collect();
        Some(address(path, &fields))
    };
    let links = Links {
        newer: link("newer", rows.first().filter(|_| has_newer)),
        older: link("older", rows.last().filter(|_| has_older)),
    };
    (rows, links)
}

/// `“yesterday” is no date, so it was left out.`
pub(super) fn ignored(name: &str, typed: &str) -> String {
    let what = match name {
        "from" | "to" => "date",
        other => other,
    };
    let typed: String = typed.chars().take(40).collect();
    format!("“{typed}” is no {what} to filter by, so it was left out.")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asking(query: &str) -> Page {
        page_of(&Fields::parse(query.as_bytes()))
    }

    #[track_caller]
    fn links(query: &str, rows: usize, newer: Option<&str>, older: Option<&str>) {
        let asked = asking(query);
        // Newest first: the highest number stands on top.
        let rows: Vec<usize> = (0..rows).rev().collect();
        let key = |n: &usize| (Millis(i64::try_from(*n).unwrap_or(0)), format!("pay_{n}"));
        let (rows, links) = paged(rows, &asked, ("/payments", &[("status", "failed")]), key);
        assert!(rows.len() <= ROWS);
        assert_eq!((links.newer.as_deref(), links.older.as_deref()), (newer, older));
    }

    #[test]
    fn there_and_back() {
        links("", 3, None, None);
        links("", 26, None, Some("/payments?status=failed&older=1.pay_1"));
        links(
            "older=9.pay_9",
            26,
            Some("/payments?status=failed&newer=25.pay_25"),
            Some("/payments?status=failed&older=1.pay_1"),
        );
        links("older=9.pay_9", 2, Some("/payments?status=failed&newer=1.pay_1"), None);
        // Upwards the row too many is the newest.
        links(
            "newer=9.pay_9",
            26,
            Some("/payments?status=failed&newer=24.pay_24"),
            Some("/payments?status=failed&older=0.pay_0"),
        );
        links("newer=9.pay_9", 0, None, None);
    }

    #[test]
    fn what_is_no_position_is_the_newest_page() {
        for query in ["older=", "older=x.pay_1", "older=1", "older=1.pay'1", "newer=1.%7E"] {
            assert!(matches!(asking(query).cursor, Cursor::Newest), "{query}");
        }
    }
}
