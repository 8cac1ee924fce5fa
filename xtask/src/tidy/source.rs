//! Rust text taken apart: code without its comments and strings, and the strings by themselves.
//!
//! Not a parser. It knows just enough of the language (nested comments, raw strings, lifetimes) that a rule about
//! code is not set off by a sentence, and it leaves out what is built for tests only.

use std::ops::Range;

/// One file, ready for the rules.
pub(super) struct Source {
    /// The code, each comment and each string's inside replaced by spaces: offsets and lines stay what they were.
    pub(super) code: String,
    pub(super) literals: Vec<Literal>,
    /// What the `use` lines bring in, with the braces multiplied out.
    pub(super) imports: Vec<Import>,
    /// Names of modules that are declared for tests only: `#[cfg(test)] mod tests;`
    pub(super) test_modules: Vec<String>,
}

pub(super) struct Literal {
    pub(super) line: usize,
    pub(super) text: String,
}

pub(super) struct Import {
    pub(super) line: usize,
    pub(super) path: String,
}

impl Source {
    pub(super) fn read(text: &str) -> Source {
        let (mut code, strings) = without_comments_and_strings(text);
        let mut test_modules = Vec::new();
        let tests = test_only(&code, &mut test_modules);
        let literals = strings
            .into_iter()
            .filter(|at| !tests.iter().any(|test| test.contains(&at.start)))
            .map(|at| Literal { line: line_of(text, at.start), text: text[at].to_owned() })
            .collect();
        for test in tests {
            blank(&mut code, test);
        }
        let imports = imports(&code);
        Source { code, literals, imports, test_modules }
    }
}

/// The line, counted from one, on which an offset stands.
pub(super) fn line_of(text: &str, offset: usize) -> usize {
    text.as_bytes()[..offset].iter().filter(|byte| **byte == b'\n').count() + 1
}

pub(super) fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte >= 0x80
}

/// Blanks comments and the inside of strings; also says where the strings were.
fn without_comments_and_strings(text: &str) -> (String, Vec<Range<usize>>) {
    let bytes = text.as_bytes();
    let mut code = text.to_owned();
    let mut strings = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        let rest = &text.as_bytes()[at..];
        if rest.starts_with(b"//") {
            let end = rest.iter().position(|byte| *byte == b'\n').map_or(bytes.len(), |len| at + len);
            blank(&mut code, at..end);
            at = end;
        } else if rest.starts_with(b"/*") {
            let end = at + comment_len(rest);
            blank(&mut code, at..end);
            at = end;
        } else if let Some((inside, end)) = raw_string(bytes, at).or_else(|| plain_string(bytes, at)) {
            blank(&mut code, inside.clone());
            strings.push(inside);
            at = end;
        } else if rest[0] == b'\'' {
            let len = char_len(&text[at..]);
            if len > 1 {
                blank(&mut code, at + 1..at + len - 1);
            }
            at += len;
        } else {
            at += 1;
        }
    }
    (code, strings)
}

/// Comments nest in Rust.
fn comment_len(rest: &[u8]) -> usize {
    let mut depth = 0_usize;
    let mut at = 0;
    while at < rest.len() {
        if rest[at..].starts_with(b"/*") {
            depth += 1;
            at += 2;
        } else if rest[at..].starts_with(b"*/") {
            depth -= 1;
            at += 2;
            if depth == 0 {
                return at;
            }
        } else {
            at += 1;
        }
    }
    at
}

/// `r"…"`, `r#"…"#`, `br"…"`: the inside, and where it is over.
fn raw_string(bytes: &[u8], at: usize) -> Option<(Range<usize>, usize)> {
    let begins_a_word = at == 0 || !is_word(bytes[at - 1]) || matches!(bytes[at - 1], b'b' | b'c');
    if bytes[at] != b'r' || !begins_a_word {
        return None;
    }
    let hashes = bytes[at + 1..].iter().take_while(|byte| **byte == b'#').count();
    let open = at + 1 + hashes;
    if bytes.get(open) != Some(&b'"') {
        return None;
    }
    let close: Vec<u8> = std::iter::once(b'"').chain(std::iter::repeat_n(b'#', hashes)).collect();
    let len = bytes[open + 1..].windows(close.len()).position(|window| window == close)?;
    let inside = open + 1..open + 1 + len;
    let end = inside.end + close.len();
    Some((inside, end))
}

fn plain_string(bytes: &[u8], at: usize) -> Option<(Range<usize>, usize)> {
    if bytes[at] != b'"' {
        return None;
    }
    let mut end = at + 1;
    while end < bytes.len() && bytes[end] != b'"' {
        end += if bytes[end] == b'\\' { 2 } else { 1 };
    }
    let end = end.min(bytes.len());
    Some((at + 1..end, (end + 1).min(bytes.len())))
}

/// A quote opens a character (`'a'`, `'\n'`) or a lifetime (`'a`), whose quote stands alone.
fn char_len(rest: &str) -> usize {
    let mut chars = rest.char_indices().skip(1);
    match chars.next() {
        Some((_, '\\')) => rest[3..].find('\'').map_or(1, |len| 3 + len + 1),
        Some(_) => match chars.next() {
            Some((end, '\'')) => end + 1,
            _ => 1,
        },
        None => 1,
    }
}

fn blank(code: &mut String, range: Range<usize>) {
    let blanked: String =
        code[range.clone()].bytes().map(|byte| if byte == b'\n' { '\n' } else { ' ' }).collect();
    code.replace_range(range, &blanked);
}

/// Where items under `#[cfg(test)]` stand, their attribute included.
fn test_only(code: &str, modules: &mut Vec<String>) -> Vec<Range<usize>> {
    const ATTRIBUTE: &str = "#[cfg(test)]";
    if code.contains("#![cfg(test)]") {
        return std::iter::once(0..code.len()).collect();
    }
    let mut found = Vec::new();
    let mut from = 0;
    while let Some(start) = code[from..].find(ATTRIBUTE).map(|at| from + at) {
        let end = item_end(code, start + ATTRIBUTE.len());
        let item = &code[start + ATTRIBUTE.len()..end];
        if let Some(declared) = item.strip_suffix(';').and_then(|item| item.split("mod ").nth(1)) {
            modules.push(declared.trim().to_owned());
        }
        found.push(start..end);
        from = end;
    }
    found
}

/// An item ends with its first semicolon, or with the brace that closes its first one.
fn item_end(code: &str, from: usize) -> usize {
    let mut depth = 0_usize;
    for (at, byte) in code.bytes().enumerate().skip(from) {
        match byte {
            b'(' | b'[' | b'{' => depth += 1,
            b')' | b']' => depth = depth.saturating_sub(1),
            b'}' => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    return at + 1;
                }
            }
            b';' if depth == 0 => return at + 1,
            _ => {}
        }
    }
    code.len()
}

fn imports(code: &str) -> Vec<Import> {
    let mut all = Vec::new();
    let mut from = 0;
    while let Some(start) = code[from..].find("use ").map(|at| from + at) {
        from = start + 4;
        if start > 0 && is_word(code.as_bytes()[start - 1]) {
            continue;
        }
        let Some(len) = code[from..].find(';') else { break };
        let tree: String = code[from..from + len].split_whitespace().collect::<Vec<_>>().join(" ");
        let line = line_of(code, start);
        all.extend(multiplied_out("", &tree).into_iter().map(|path| Import { line, path }));
        from += len;
    }
    all
}

/// `std::{fs, io::{self, Read}}` is `std::fs`, `std::io::self` and `std::io::Read`.
fn multiplied_out(prefix: &str, tree: &str) -> Vec<String> {
    let tree = tree.trim();
    let Some(open) = tree.find('{') else {
        return vec![format!("{prefix}{tree}")];
    };
    let prefix = format!("{prefix}{}", tree[..open].trim());
    let inside = tree[open + 1..].strip_suffix('}').unwrap_or(&tree[open + 1..]);
    let mut depth = 0_usize;
    let branches = inside.split(|letter| {
        match letter {
            '{' => depth += 1,
            '}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        letter == ',' && depth == 0
    });
    branches.filter(|branch| !branch.trim().is_empty()).flat_map(|b| multiplied_out(&prefix, b)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn code_keeps(text: &str, kept: &[&str], gone: &[&str]) {
        let source = Source::read(text);
        assert_eq!(source.code.lines().count(), text.lines().count(), "lines stay where they were");
        for word in kept {
            assert!(source.code.contains(word), "{word} is code in {text}: {}", source.code);
        }
        for word in gone {
            assert!(!source.code.contains(word), "{word} is not code in {text}: {}", source.code);
        }
    }

    #[test]
    fn comments_and_strings_are_no_code() {
        code_keeps("a(); // hidden\nb();", &["a()", "b()"], &["hidden"]);
        code_keeps("a(); /* x /* hidden */ hidden */ b();", &["a()", "b()"], &["hidden"]);
        code_keeps(r#"a("hidden \" hidden"); b();"#, &["a(", "b()"], &["hidden"]);
        code_keeps("a(r#\"hidden \" // hidden\"#); b();", &["a(", "b()"], &["hidden"]);
        code_keeps("a(br\"hidden\\\"); b();", &["b()"], &["hidden"]);
        code_keeps(
            "a('\"'); b('\\''); c::<'x>('é'); d(\"hidden\"); e();",
            &["b(", "'x", "d(", "e()"],
            &["hidden"],
        );
        code_keeps("for x in \"/*\".chars() {} b(); // */", &["b()"], &[]);
    }

    #[test]
    fn strings_are_found_with_their_line() {
        let source = Source::read("// \"no\"\nlet a = \"one\";\nlet b = r#\"t\nwo\"#;");
        let found: Vec<_> = source.literals.iter().map(|l| (l.line, l.text.as_str())).collect();
        assert_eq!(found, [(2, "one"), (3, "t\nwo")]);
    }

    #[test]
    fn what_is_built_for_tests_only_is_left_out() {
        let text = "a();\n#[cfg(test)]\nmod inner { fn hidden() -> [u8; 2] { \"hidden\"; } }\nb();\n#[cfg(test)]\nmod far;\nc();";
        code_keeps(text, &["a()", "b()", "c()"], &["hidden", "inner"]);
        let source = Source::read(text);
        assert_eq!(source.test_modules, ["far"]);
        assert!(source.literals.is_empty());
    }

    #[test]
    fn imports_are_multiplied_out() {
        let source = Source::read("use std::{fs, io::{self, Read as R}};\npub use a::b;\nreuse (x);");
        let found: Vec<_> = source.imports.iter().map(|i| (i.line, i.path.as_str())).collect();
        assert_eq!(found, [(1, "std::fs"), (1, "std::io::self"), (1, "std::io::Read as R"), (2, "a::b")]);
    }
}
