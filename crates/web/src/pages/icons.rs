//! The icons: inline symbols, and on each page only those that it uses.
//!
//! Templates write `<svg class="i" aria-hidden="true"><use href="#i-name"/></svg>`; the symbols are put in afterwards,
//! so that no template keeps a list of its own.

use std::fmt::Write as _;

/// Where the layouts want the symbols.
const MARK: &str = "<!--icons-->";
/// How a page asks for one.
const USE: &str = "href=\"#i-";

/// A name and what is drawn in a 16 by 16 box, in alphabetical order.
const SYMBOLS: &[(&str, &str)] = &[
    ("bank", r#"<path d="M2 6.25 8 2.5l6 3.75zM3.5 6.5v5M6.5 6.5v5M9.5 6.5v5M12.5 6.5v5M2 13.5h12"/>"#),
    ("cal", r#"<rect x="2" y="3" width="12" height="11" rx="1.5"/><path d="M2 6.5h12M5 1.5V4M11 1.5V4"/>"#),
    ("chev", r#"<path d="m4 6 4 4 4-4"/>"#),
    ("code", r#"<path d="M5 4.5 1.5 8 5 11.5M11 4.5 14.5 8 11 11.5M9.25 3l-2.5 10"/>"#),
    (
        "copy",
        r#"<rect x="5.5" y="5.5" width="8.5" height="8.5" rx="1.5"/><path d="M10.5 5.5V3A1 1 0 0 0 9.5 2H3a1 1 0 0 0-1 1v6.5a1 1 0 0 0 1 1h2.5"/>"#,
    ),
    ("down", r#"<path d="M8 2v8.5M4.75 7.5 8 10.75l3.25-3.25M2.5 13.5h11"/>"#),
    (
        "eye",
        r#"<path d="M1.5 8S4 3.5 8 3.5 14.5 8 14.5 8 12 12.5 8 12.5 1.5 8 1.5 8z"/><circle cx="8" cy="8" r="2"/>"#,
    ),
    ("flag", r#"<path d="M3.5 14V2.5h8.5l-2 3 2 3H3.5"/>"#),
    (
        "globe",
        r#"<circle cx="8" cy="8" r="6.25"/><path d="M1.75 8h12.5M8 1.75c4 4.1 4 8.4 0 12.5-4-4.1-4-8.4 0-12.5z"/>"#,
    ),
    ("home", r#"<path d="M2.5 7 8 2.5 13.5 7v6.5h-4v-4h-3v4h-4z"/>"#),
    ("left", r#"<path d="M10 3.5 5.5 8l4.5 4.5"/>"#),
    ("lock", r#"<rect x="3" y="7" width="10" height="7" rx="1.5"/><path d="M5 7V5a3 3 0 0 1 6 0v2"/>"#),
    ("menu", r#"<path d="M2 4h12M2 8h12M2 12h12"/>"#),
    (
        "order",
        r#"<path d="M3.5 1.75h9v12.5l-2.25-1.5L8 14.25l-2.25-1.5-2.25 1.5z"/><path d="M6 5.5h4M6 8.5h4"/>"#,
    ),
    ("out", r#"<path d="M8 10.5V2M4.75 5 8 1.75 11.25 5M2.5 10v3.5h11V10"/>"#),
    (
        "pay",
        r#"<rect x="1.75" y="3.25" width="12.5" height="9.5" rx="1.5"/><path d="M1.75 6.5h12.5M4.5 10h2.5"/>"#,
    ),
    ("phone", r#"<rect x="4.5" y="1.5" width="7" height="13" rx="1.5"/><path d="M7.25 12.25h1.5"/>"#),
    ("plug", r#"<path d="M5.5 2v3M10.5 2v3M3.5 5h9v2.5a4.5 4.5 0 0 1-9 0zM8 12v2.5"/>"#),
    ("plus", r#"<path d="M8 3v10M3 8h10"/>"#),
    ("pulse", r#"<path d="M1.5 8h3l2-5 3 10 2-5h3"/>"#),
    ("refund", r#"<path d="M6 3 2.5 6.5 6 10"/><path d="M2.5 6.5h7a3.5 3.5 0 0 1 0 7H7"/>"#),
    ("right", r#"<path d="m6 3.5 4.5 4.5L6 12.5"/>"#),
    (
        "route",
        r#"<circle cx="3.5" cy="12.5" r="1.75"/><circle cx="12.5" cy="3.5" r="1.75"/><path d="M5.25 12.5H10a2.25 2.25 0 0 0 0-4.5H6a2.25 2.25 0 0 1 0-4.5h4.75"/>"#,
    ),
    (
        "s-bad",
        r#"<path d="M5.25 1.75h5.5l3.5 3.5v5.5l-3.5 3.5h-5.5l-3.5-3.5v-5.5z" fill="currentColor" stroke="none"/><path d="m5.75 5.75 4.5 4.5M10.25 5.75l-4.5 4.5" stroke="var(--surface)" stroke-width="1.75"/>"#,
    ),
    (
        "s-dia",
        r#"<path d="M8 1.25 14.75 8 8 14.75 1.25 8z" fill="currentColor" stroke="none"/><path d="M8 4.75v3.75M8 11v.1" stroke="var(--surface)" stroke-width="2"/>"#,
    ),
    ("s-dot", r#"<circle cx="8" cy="8" r="2.5" fill="currentColor" stroke="none"/>"#),
    (
        "s-half",
        r#"<circle cx="8" cy="8" r="5.75"/><path d="M8 2.25a5.75 5.75 0 0 0 0 11.5z" fill="currentColor" stroke="none"/>"#,
    ),
    ("s-o", r#"<circle cx="8" cy="8" r="6"/>"#),
    (
        "s-ok",
        r#"<circle cx="8" cy="8" r="6.5" fill="currentColor" stroke="none"/><path d="m5 8.25 2.25 2.25L11.25 6" stroke="var(--surface)" stroke-width="2"/>"#,
    ),
    ("s-ring", r#"<circle cx="8" cy="8" r="5.75"/><path d="M8 5v3.25l2 1.25"/>"#),
    ("s-sq", r#"<rect x="2.5" y="2.5" width="11" height="11" rx="1.5"/><path d="M5.5 8h5"/>"#),
    (
        "s-tri",
        r#"<path d="M8 1.75 15 14H1z" fill="currentColor" stroke="none"/><path d="M8 6.25v3.25M8 11.75v.1" stroke="var(--surface)" stroke-width="1.75"/>"#,
    ),
    ("search", r#"<circle cx="7" cy="7" r="4.5"/><path d="m10.5 10.5 3.5 3.5"/>"#),
    (
        "user",
        r#"<circle cx="8" cy="5" r="2.75"/><path d="M2.5 14c.6-2.8 2.7-4.25 5.5-4.25S12.9 11.2 13.5 14"/>"#,
    ),
    (
        "wallet",
        r#"<path d="M2 4.5A1.5 1.5 0 0 1 3.5 3H12v2.5"/><path d="M2 4.5v7A1.5 1.5 0 0 0 3.5 13h10V5.5h-10A1.5 1.5 0 0 1 2 4.5z"/><path d="M10.75 9.25h.5"/>"#,
    ),
    ("x", r#"<path d="m3.5 3.5 9 9M12.5 3.5l-9 9"/>"#),
];

/// Puts the symbols that `page` uses where its layout wants them.
pub(super) fn placed(page: &str) -> String {
    let mut used: Vec<&str> = page.split(USE).skip(1).filter_map(|rest| rest.split('"').next()).collect();
    used.sort_unstable();
    used.dedup();
    let mut sprite = String::from("<svg width=\"0\" height=\"0\" class=\"vh\" aria-hidden=\"true\">");
    for (name, drawn) in used.iter().filter_map(|name| symbol(name)) {
        write!(sprite, "<symbol id=\"i-{name}\" viewBox=\"0 0 16 16\">{drawn}</symbol>")
            .expect("a String takes any text");
    }
    sprite.push_str("</svg>");
    page.replacen(MARK, &sprite, 1)
}

fn symbol(name: &str) -> Option<(&'static str, &'static str)> {
    SYMBOLS.iter().copied().find(|(n, _)| *n == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_used_and_each_once() {
        let page = r##"<body><!--icons--><use href="#i-x"/><use href="#i-home"/><use href="#i-x"/></body>"##;
        let placed = placed(page);
        assert_eq!(placed.matches("<symbol").count(), 2);
        assert!(placed.contains(r#"<symbol id="i-home""#) && placed.contains(r#"<symbol id="i-x""#));
        assert!(!placed.contains(MARK));
    }

    #[test]
    fn names_are_sorted_and_unique() {
        assert!(SYMBOLS.windows(2).all(|pair| pair[0].0 < pair[1].0));
    }
}
