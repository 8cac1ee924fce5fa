//! What every page must hold, read off its bytes: balanced tags, no inline style or handler, labelled fields, ids that
//! exist and are unique, no dead link. A small scanner, not a parser: our own templates are its only input.

use std::collections::{BTreeMap, BTreeSet};

const VOID: &[&str] = &["meta", "link", "input", "br"];

/// One start tag with its attributes.
struct Tag<'a> {
    name: &'a str,
    attributes: BTreeMap<&'a str, &'a str>,
    /// The tags it stands in, the outermost first.
    within: Vec<&'a str>,
}

/// All that is wrong with a page, in words.
pub(super) fn faults(html: &str) -> Vec<String> {
    let mut faults = Vec::new();
    let tags = tags(html, &mut faults);
    let ids: Vec<&str> = tags.iter().filter_map(|t| t.attributes.get("id").copied()).collect();
    let unique: BTreeSet<&str> = ids.iter().copied().collect();
    if unique.len() != ids.len() {
        faults.push("an id stands twice".to_owned());
    }
    let labelled: BTreeSet<&str> = tags.iter().filter_map(|t| t.attributes.get("for").copied()).collect();
    for tag in &tags {
        faults
            .extend(tag.faults(&unique, &labelled).into_iter().map(|what| format!("<{}>: {what}", tag.name)));
    }
    for once in ["h1", "main", "title"] {
        let count = tags.iter().filter(|t| t.name == once && !t.within.contains(&"svg")).count();
        if count != 1 {
            faults.push(format!("{count} of <{once}>"));
        }
    }
    faults
}

impl Tag<'_> {
    fn faults(&self, ids: &BTreeSet<&str>, labelled: &BTreeSet<&str>) -> Vec<String> {
        let mut faults = Vec::new();
        let get = |name: &str| self.attributes.get(name).copied();
        for name in self.attributes.keys() {
            if *name == "style" || name.starts_with("on") {
                faults.push(format!("{name}= breaks the content policy"));
            }
        }
        let is_field = matches!(self.name, "input" | "select" | "textarea") && get("type") != Some("hidden");
        let has_label = get("id").is_some_and(|id| labelled.contains(id));
        if is_field && !has_label && !self.within.contains(&"label") {
            faults.push(format!("no label for {}", get("name").or(get("id")).unwrap_or("a field")));
        }
        if let Some(href) = get("href").and_then(|href| href.strip_prefix('#'))
            && !ids.contains(href)
        {
            faults.push(format!("#{href} is not on the page"));
        }
        let named = ["aria-labelledby", "aria-describedby", "data-copy", "data-reveal"];
        for id in named.iter().filter_map(|name| get(name)).flat_map(str::split_whitespace) {
            if !ids.contains(id) {
                faults.push(format!("names #{id}, which is not on the page"));
            }
        }
        if self.name == "script"
            && !self.attributes.contains_key("src")
            && get("type") != Some("application/json")
        {
            faults.push("inline script".to_owned());
        }
        if self.name == "style" && !self.attributes.contains_key("nonce") {
            faults.push("style block without a nonce".to_owned());
        }
        if self.name == "form" && self.within.contains(&"form") {
            faults.push("a form inside a form".to_owned());
        }
        if get("class").is_some_and(|class| class.contains("{{") || class.contains("None")) {
            faults.push("an unfilled value".to_owned());
        }
        faults
    }
}

fn tags<'a>(html: &'a str, faults: &mut Vec<String>) -> Vec<Tag<'a>> {
    let mut tags = Vec::new();
    let mut open: Vec<&str> = Vec::new();
    let mut rest = html;
    while let Some(start) = rest.find('<') {
        rest = &rest[start + 1..];
        let Some(end) = closing(rest) else {
            faults.push("a tag is not closed".to_owned());
            break;
        };
        let inside = &rest[..end];
        rest = &rest[end + 1..];
        if inside.starts_with('!') {
            continue;
        }
        if let Some(name) = inside.strip_prefix('/') {
            if open.pop() != Some(name) {
                faults.push(format!("</{name}> closes what is not open"));
            }
            continue;
        }
        let name = inside.split([' ', '/']).next().unwrap_or_default();
        tags.push(Tag { name, attributes: attributes(&inside[name.len()..], faults), within: open.clone() });
        if VOID.contains(&name) || inside.ends_with('/') {
            continue;
        }
        // Until its end tag a script holds text only.
        if name == "script" {
            let Some(end) = rest.find("</script>") else { break };
            rest = &rest[end..];
        }
        open.push(name);
    }
    if !open.is_empty() {
        faults.push(format!("left open: {}", open.join(" ")));
    }
    tags
}

/// The `>` that ends a tag: not one inside quotes.
fn closing(text: &str) -> Option<usize> {
    let mut quoted = false;
    text.char_indices().find_map(|(at, c)| {
        quoted ^= c == '"';
        (c == '>' && !quoted).then_some(at)
    })
}

fn attributes<'a>(text: &'a str, faults: &mut Vec<String>) -> BTreeMap<&'a str, &'a str> {
    let mut found = BTreeMap::new();
    let mut rest = text.trim_matches([' ', '/', '\n']);
    while !rest.is_empty() {
        let end = rest.find([' ', '=']).unwrap_or(rest.len());
        let name = &rest[..end];
        let mut value = "";
        rest = &rest[end..];
        if let Some(quoted) = rest.strip_prefix("=\"") {
            let end = quoted.find('"').unwrap_or(quoted.len());
            value = &quoted[..end];
            rest = quoted.get(end + 1..).unwrap_or_default();
        }
        if found.insert(name, value).is_some() {
            faults.push(format!("{name} stands twice on a tag"));
        }
        rest = rest.trim_start();
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Wrapped into a page that has no fault of its own.
    #[track_caller]
    fn one_fault(part: &str, fault: &str) {
        let page = format!("<!doctype html><html><title>x</title><main><h1>x</h1>{part}</main></html>");
        assert_eq!(faults(&page), [fault], "{part}");
    }

    #[test]
    fn a_sound_page_has_no_fault() {
        let part = r##"<label for="a">A</label><input id="a"><label>B<input></label><a href="#a">a</a><p title="1 > 0">x</p>"##;
        let page = format!("<!doctype html><html><title>x</title><main><h1>x</h1>{part}</main></html>");
        assert_eq!(faults(&page), [""; 0]);
    }

    #[test]
    fn each_fault_is_found() {
        one_fault("<p style=\"color:red\">x</p>", "<p>: style= breaks the content policy");
        one_fault("<p onclick=\"x()\">x</p>", "<p>: onclick= breaks the content policy");
        one_fault("<input name=\"q\">", "<input>: no label for q");
        one_fault("<select name=\"s\"></select>", "<select>: no label for s");
        one_fault("<a href=\"#gone\">x</a>", "<a>: #gone is not on the page");
        one_fault("<a href=\"#\">x</a>", "<a>: # is not on the page");
        one_fault("<p id=\"a\"></p><p id=\"a\"></p>", "an id stands twice");
        one_fault("<p aria-describedby=\"a\"></p>", "<p>: names #a, which is not on the page");
        one_fault("<script>1<2</script>", "<script>: inline script");
        one_fault("<style>a{}</style>", "<style>: style block without a nonce");
        one_fault("<form><form></form></form>", "<form>: a form inside a form");
        one_fault("<p a=\"1\" a=\"2\"></p>", "a stands twice on a tag");
        one_fault("<h1>y</h1>", "2 of <h1>");
    }

    #[test]
    fn tags_must_balance() {
        assert!(!faults("<main><h1>x</h1><b><i></b></i></main>").is_empty());
        assert!(faults("<title>x</title><main><h1>x</h1>").iter().any(|f| f.starts_with("left open")));
    }
}
