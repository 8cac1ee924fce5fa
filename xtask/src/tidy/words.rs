//! Words that may stand in one place only, or nowhere: clock, chance, environment, files, sockets, SQL, names.
//!
//! The table below is the whole list, exceptions and their reasons included. Tests are exempt from all of it:
//! `#[cfg(test)]`, files named `tests.rs`, and whatever is under a `tests` folder.

use super::source::{Source, is_word, line_of};
use super::{Breach, File};

/// A word and where it may stand.
pub(super) struct Rule {
    pub(super) name: &'static str,
    look: Look,
    words: &'static [&'static str],
    /// Where the rule holds.
    within: &'static [&'static str],
    /// Paths in which the words are at home, each with the reason. A trailing star stands for any ending.
    homes: &'static [(&'static str, &'static str)],
    instead: &'static str,
}

#[derive(Clone, Copy, PartialEq)]
enum Look {
    Code,
    /// SQL within one string; the words are only for reading.
    Sql,
    /// Code and strings, in any case; in pages and scripts the whole text.
    Anywhere,
}

const PROGRAMMES: [(&str, &str); 2] = [
    ("crates/bench", "a load generator measures"),
    ("crates/chaos", "kills processes and reads their journals"),
];

const PROVIDER_NAMES: &str = "provider-names";
/// A bank too, which payers choose by name.
const ALSO_A_BANK: &str = "hdfc";

pub(super) const RULES: &[Rule] = &[
    Rule {
        name: "clock",
        look: Look::Code,
        words: &[
            "SystemTime::now",
            "Instant::now",
            "Timestamp::now",
            "Zoned::now",
            "UNIX_EPOCH",
            "SystemTime as",
            "Instant as",
        ],
        within: &["crates/"],
        homes: &[
            ("crates/app/src/clock*", "the one clock"),
            ("crates/web/src/edge*", "deadlines of connections; no time it reads is kept"),
            ("crates/store/src/lite/reader.rs", "a deadline cuts a long read off; no time it reads is kept"),
            ("crates/store/src/migrate.rs", "a deadline ends the wait for another's migration; none is kept"),
            ("crates/store/src/pg/rerun.rs", "a deadline ends the reruns; no time it reads is kept"),
            PROGRAMMES[0],
            PROGRAMMES[1],
        ],
        instead: "take `now` as an argument, or ask the clock in app/src/clock.rs",
    },
    Rule {
        name: "randomness",
        look: Look::Code,
        words: &["SystemRandom", "rand::", "getrandom", "thread_rng"],
        within: &["crates/"],
        homes: &[
            ("crates/app/src/random*", "the one source of chance"),
            (
                "crates/providers/src/hdfc/sealed.rs",
                "RSA's library wants a source for a signature that draws nothing",
            ),
            ("crates/providers/src/hdfc/sim/seal.rs", "the same"),
            ("crates/store/src/pg/rerun.rs", "those who collided wait a random moment; store can't ask app"),
            PROGRAMMES[0],
            PROGRAMMES[1],
        ],
        instead: "ask app/src/random.rs, or take the bytes as an argument",
    },
    Rule {
        name: "environment",
        look: Look::Code,
        words: &["std::env", "env::var", "env::vars", "env::args"],
        within: &["crates/"],
        homes: &[("crates/hundi/src", "the binary reads its configuration"), PROGRAMMES[0], PROGRAMMES[1]],
        instead: "only the binary reads the environment: pass the value in",
    },
    Rule {
        name: "files",
        look: Look::Code,
        words: &["std::fs", "tokio::fs", "File::open", "File::create", "OpenOptions"],
        within: &["crates/"],
        homes: &[
            ("crates/store/src/store.rs", "whether its own database file is there yet"),
            ("crates/hundi/src", "the binary reads its configuration"),
            ("crates/app/src/clock.rs", "in test builds only: the clock that tests move stands in a file"),
            ("crates/store/src/lite*", "a SQLite database is a file, and a second server on it is refused"),
            PROGRAMMES[0],
            PROGRAMMES[1],
        ],
        instead: "only the binary reads files: pass the bytes in",
    },
    Rule {
        name: "sockets",
        look: Look::Code,
        words: &[
            "TcpStream",
            "TcpSocket",
            "UdpSocket",
            "UnixStream",
            "reqwest",
            "lookup_host",
            "ToSocketAddrs",
        ],
        within: &["crates/"],
        homes: &[
            ("crates/app/src/net*", "the one outward client"),
            ("crates/web/src/edge*", "the accept loop holds the streams it accepted"),
            PROGRAMMES[0],
            PROGRAMMES[1],
        ],
        instead: "outward calls go through app/src/net.rs",
    },
    Rule {
        name: "listeners",
        look: Look::Code,
        words: &["TcpListener", "UnixListener"],
        within: &["crates/"],
        homes: &[
            ("crates/web/src/edge*", "the accept loop"),
            ("crates/hundi/src", "the binary binds what it serves"),
            PROGRAMMES[0],
            PROGRAMMES[1],
        ],
        instead: "listening is for web/src/edge and the binary",
    },
    Rule {
        name: "sql",
        look: Look::Sql,
        words: &["SELECT", "INSERT INTO", "UPDATE .. SET", "DELETE FROM"],
        within: &["crates/"],
        homes: &[("crates/store", "the room of SQL"), PROGRAMMES[0], PROGRAMMES[1]],
        instead: "SQL stays in crates/store",
    },
    Rule {
        name: PROVIDER_NAMES,
        look: Look::Anywhere,
        // And each that has a folder. Juspay is whom HDFC SmartGateway speaks by.
        words: &["razorpay", "phonepe", "paytm", "paypal", "juspay"],
        within: &["crates/core", "crates/store", "crates/documents", "crates/app", "crates/web"],
        homes: &[],
        instead: "only crates/providers knows whom it speaks to: use the provider's card",
    },
    Rule {
        name: "floats",
        look: Look::Code,
        words: &["f32", "f64"],
        within: &["crates/"],
        homes: &[
            ("crates/web/src/console/charts*", "coordinates of a drawing, never an amount"),
            PROGRAMMES[0],
            PROGRAMMES[1],
        ],
        instead: "count in whole minor units, milliseconds or basis points",
    },
    Rule {
        name: "unwrap",
        look: Look::Code,
        words: &[".unwrap()", ".expect(\"\")"],
        within: &["crates/", "xtask/"],
        homes: &[],
        instead: "use `?`, or `expect(\"why it cannot be\")`",
    },
    Rule {
        name: "let-underscore",
        look: Look::Code,
        words: &["let _ =", "let _:"],
        within: &["crates/", "xtask/"],
        homes: &[],
        instead: "handle it, or name what is dropped with `drop(..)`",
    },
    Rule {
        name: "unfinished",
        look: Look::Code,
        words: &["todo!", "unimplemented!", "dbg!"],
        within: &["crates/", "xtask/"],
        homes: &[],
        instead: "what is not built yet is absent",
    },
    Rule {
        name: "web-names-no-table",
        look: Look::Anywhere,
        words: &["iv_", "hundi_store", "rusqlite", "tokio_postgres"],
        within: &["crates/web"],
        homes: &[],
        instead: "call one function of app",
    },
];

/// The providers that there are: each has a folder with a card in it.
pub(super) fn providers(files: &[File]) -> Vec<String> {
    let folder = |file: &File| match file.path.split('/').collect::<Vec<_>>()[..] {
        ["crates", "providers", "src", folder, "card.rs"] => Some(folder.to_owned()),
        _ => None,
    };
    files.iter().filter_map(folder).filter(|folder| folder != ALSO_A_BANK).collect()
}

/// Every breach of every rule in one file. `source` is there for Rust files, `None` for pages, styles and scripts.
pub(super) fn breaches(file: &File, source: Option<&Source>, providers: &[String]) -> Vec<Breach> {
    RULES
        .iter()
        .filter(|rule| rule.holds_in(&file.path))
        .flat_map(|rule| {
            rule.breaches(file, source, if rule.name == PROVIDER_NAMES { providers } else { &[] })
        })
        .collect()
}

impl Rule {
    fn holds_in(&self, path: &str) -> bool {
        self.within.iter().any(|within| path.starts_with(within))
            && !self.homes.iter().any(|(home, _)| is_at_home(path, home))
    }

    /// `more` are words beside its own.
    fn breaches<'w>(&self, file: &File, source: Option<&Source>, more: &'w [String]) -> Vec<Breach> {
        let mut found: Vec<(usize, &'w str)> = match (source, self.look) {
            (None, Look::Anywhere) => self.hits(&file.text.to_lowercase(), 1, more),
            (None, _) => Vec::new(),
            (Some(source), Look::Sql) => sql(source),
            (Some(source), Look::Code) => self.code_hits(source),
            (Some(source), Look::Anywhere) => {
                let mut found = self.hits(&source.code.to_lowercase(), 1, more);
                for literal in &source.literals {
                    found.extend(self.hits(&literal.text.to_lowercase(), literal.line, more));
                }
                found
            }
        };
        found.sort_unstable();
        found.dedup_by_key(|(line, _)| *line);
        found
            .into_iter()
            .map(|(line, word)| file.breach(line, self.name, format!("`{word}` here: {}", self.instead)))
            .collect()
    }

    /// Also looks at imports, so that `use std::{env, fs}` is no way around.
    fn code_hits(&self, source: &Source) -> Vec<(usize, &'static str)> {
        let mut found = self.hits(&source.code, 1, &[]);
        for import in &source.imports {
            found.extend(self.hits(&import.path, import.line, &[]));
        }
        found
    }

    fn hits<'w>(&self, text: &str, first_line: usize, more: &'w [String]) -> Vec<(usize, &'w str)> {
        let part_of_a_word = self.look == Look::Anywhere;
        let mut found = Vec::new();
        for word in self.words.iter().copied().chain(more.iter().map(String::as_str)) {
            for (at, _) in text.match_indices(word) {
                if part_of_a_word && word != "iv_" || stands_alone(text, at, word) {
                    found.push((first_line + line_of(text, at) - 1, word));
                }
            }
        }
        found
    }
}

fn is_at_home(path: &str, home: &str) -> bool {
    match home.strip_suffix('*') {
        Some(beginning) => path.strip_prefix(beginning).is_some_and(|rest| rest.starts_with(['.', '/', '_'])),
        None => path.strip_prefix(home).is_some_and(|rest| rest.is_empty() || rest.starts_with('/')),
    }
}

/// `Instant::now` is found in `time::Instant::now()`, not in `MyInstant::now()`.
fn stands_alone(text: &str, at: usize, word: &str) -> bool {
    let bytes = text.as_bytes();
    let ends = |own: u8, other: Option<&u8>| !is_word(own) || !other.is_some_and(|byte| is_word(*byte));
    let (first, last) = (word.as_bytes()[0], word.as_bytes()[word.len() - 1]);
    ends(first, at.checked_sub(1).and_then(|before| bytes.get(before)))
        && (last == b'_' || ends(last, bytes.get(at + word.len())))
}

/// Capital letters only: people write "select an order" on pages.
fn sql(source: &Source) -> Vec<(usize, &'static str)> {
    let mut found = Vec::new();
    for literal in &source.literals {
        let words: Vec<&str> = literal
            .text
            .split(|letter: char| letter.is_whitespace() || letter == '(')
            .filter(|word| !word.is_empty())
            .collect();
        let after = |word: &str| words.iter().position(|w| *w == word).map(|at| &words[at + 1..]);
        let spoken = [
            ("SELECT", after("SELECT").is_some_and(|rest| !rest.is_empty())),
            ("INSERT INTO", words.windows(2).any(|pair| pair == ["INSERT", "INTO"])),
            ("UPDATE .. SET", after("UPDATE").is_some_and(|rest| rest.contains(&"SET"))),
            ("DELETE FROM", words.windows(2).any(|pair| pair == ["DELETE", "FROM"])),
        ];
        found.extend(spoken.iter().filter(|(_, said)| *said).map(|(word, _)| (literal.line, *word)));
    }
    found
}
