//! The shape of files: length, opening words, numbered migrations, the weight of styles and scripts.

use super::{Breach, File};
use std::collections::BTreeMap;

/// Most files fit in two or three screens; this is where one has certainly become two.
const LINES_MAX: usize = 600;

pub(super) fn rust_file(file: &File, is_unit_test: bool) -> Vec<Breach> {
    let mut found = Vec::new();
    let lines = file.text.lines().count();
    if lines > LINES_MAX {
        let what = format!("{lines} lines, and {LINES_MAX} is the end: this is two files");
        found.push(file.breach(LINES_MAX + 1, "length", what));
    }
    if !is_unit_test && !file.text.starts_with("//!") {
        let what = "opens without `//!`: say what lives here, and what deliberately does not".to_owned();
        found.push(file.breach(1, "opening", what));
    }
    found
}

/// Migrations are `0001_words.sql`, without gap or double; engines that have folders of their own keep step.
pub(super) fn migrations(files: &[File]) -> Vec<Breach> {
    let mut found = Vec::new();
    let mut folders: BTreeMap<&str, Vec<(usize, &File)>> = BTreeMap::new();
    for file in files.iter().filter(|file| is_migration(&file.path)) {
        let (folder, name) = file.path.rsplit_once('/').unwrap_or(("", &file.path));
        match number(name) {
            Some(number) => folders.entry(folder).or_default().push((number, file)),
            None => {
                found.push(file.breach(1, "migrations", "is not named like `0001_orders.sql`".to_owned()));
            }
        }
    }
    for numbered in folders.values_mut() {
        numbered.sort_by_key(|(number, _)| *number);
        for (at, (number, file)) in numbered.iter().enumerate() {
            if *number != at + 1 {
                let what = format!("comes as number {} of its folder: neither gaps nor doubles", at + 1);
                found.push(file.breach(1, "migrations", what));
                break;
            }
        }
    }
    let longest = folders.values().map(Vec::len).max().unwrap_or(0);
    for (folder, numbered) in &folders {
        if numbered.len() < longest
            && let Some((_, last)) = numbered.last()
        {
            let what = format!("{folder} ends here, another engine has {longest} migrations");
            found.push(last.breach(1, "migrations", what));
        }
    }
    found
}

fn is_migration(path: &str) -> bool {
    path.starts_with("crates/store/") && path.contains("/migrations/") && path.ends_with(".sql")
}

fn number(name: &str) -> Option<usize> {
    let (digits, words) = name.strip_suffix(".sql")?.split_once('_')?;
    let plain = words.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_');
    let numbered = digits.len() == 4 && digits.bytes().all(|byte| byte.is_ascii_digit());
    if numbered && plain && !words.is_empty() { digits.parse().ok() } else { None }
}

const ASSETS: &str = "crates/web/assets/";

/// Files that reach a browser together and what they may weigh together, from the visual guide.
struct Budget {
    of: &'static str,
    files: &'static [&'static str],
    bytes: usize,
}

const BUDGETS: &[Budget] = &[
    Budget { of: "the console's style", files: &["tokens.css", "console.css"], bytes: 20_000 },
    Budget { of: "the checkout's style", files: &["checkout.css"], bytes: 8_000 },
    Budget { of: "the reference's style", files: &["docs.css"], bytes: 3_000 },
    Budget { of: "the receipt's style", files: &["receipt.css"], bytes: 4_000 },
];

/// Each script of ours by itself.
const SCRIPT_BYTES: usize = 4_000;

/// Scripts by others, served as they came.
const NOT_OURS: &[&str] = &["htmx.min.js", "htmx.js"];

pub(super) fn budgets(files: &[File]) -> Vec<Breach> {
    let mut found = Vec::new();
    let assets: Vec<(&str, &File)> = files
        .iter()
        .filter(|file| file.path.starts_with(ASSETS))
        .map(|file| (file.path.rsplit('/').next().unwrap_or(&file.path), file))
        .collect();
    for budget in BUDGETS {
        let of_it = || assets.iter().filter(|(name, _)| budget.files.contains(name));
        let bytes: usize = of_it().map(|(_, file)| file.text.len()).sum();
        if let Some((_, last)) = of_it().next_back()
            && bytes >= budget.bytes
        {
            let what = format!("{} weighs {bytes} bytes, its budget is {}", budget.of, budget.bytes);
            found.push(last.breach(1, "budgets", what));
        }
    }
    for (name, file) in &assets {
        let bytes = file.text.len();
        if name.ends_with(".css") && !BUDGETS.iter().any(|budget| budget.files.contains(name)) {
            let what = "a style without a budget: give it one in xtask/src/tidy/shape.rs".to_owned();
            found.push(file.breach(1, "budgets", what));
        } else if name.ends_with(".js") && !NOT_OURS.contains(name) && bytes >= SCRIPT_BYTES {
            let what = format!("the script weighs {bytes} bytes, its budget is {SCRIPT_BYTES}");
            found.push(file.breach(1, "budgets", what));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(path: &str, text: &str) -> File {
        File { path: path.into(), text: text.into() }
    }

    fn rules(found: Vec<Breach>) -> Vec<&'static str> {
        found.into_iter().map(|breach| breach.rule).collect()
    }

    #[test]
    fn a_long_file_is_two_files() {
        let long = |lines: usize| file("crates/a/src/b.rs", &format!("//! B.\n{}", "\n".repeat(lines - 1)));
        assert_eq!(rules(rust_file(&long(601), false)), ["length"]);
        assert_eq!(rules(rust_file(&long(600), false)), [""; 0]);
    }

    #[test]
    fn a_module_opens_with_words() {
        let bare = file("crates/a/src/b.rs", "use x;\n//! Late.");
        assert_eq!(rules(rust_file(&bare, false)), ["opening"]);
        assert_eq!(rules(rust_file(&bare, true)), [""; 0], "a module's own tests explain themselves");
    }

    #[track_caller]
    fn migrations_are(paths: &[&str], breached: &[&str]) {
        let files: Vec<File> = paths.iter().map(|path| file(&format!("crates/store/{path}"), "")).collect();
        let found: Vec<String> = migrations(&files).into_iter().map(|breach| breach.path).collect();
        let breached: Vec<String> = breached.iter().map(|path| format!("crates/store/{path}")).collect();
        assert_eq!(found, breached);
    }

    #[test]
    fn migrations_are_numbered() {
        migrations_are(&["migrations/0001_a.sql", "migrations/0002_b.sql"], &[]);
        migrations_are(&["migrations/0001_a.sql", "migrations/0003_b.sql"], &["migrations/0003_b.sql"]);
        migrations_are(&["migrations/0001_a.sql", "migrations/0001_b.sql"], &["migrations/0001_b.sql"]);
        for odd in ["orders.sql", "1_orders.sql", "0001-orders.sql", "0001_Orders.sql", "0001_.sql"] {
            let odd = format!("migrations/{odd}");
            migrations_are(&[&odd], &[&odd]);
        }
        let lite = ["migrations/lite/0001_a.sql", "migrations/lite/0002_b.sql"];
        migrations_are(&[lite[0], lite[1], "migrations/pg/0001_a.sql"], &["migrations/pg/0001_a.sql"]);
    }

    #[track_caller]
    fn assets_weigh(assets: &[(&str, usize)], breaches: usize) {
        let files: Vec<File> = assets
            .iter()
            .map(|(name, bytes)| file(&format!("{ASSETS}{name}"), &"x".repeat(*bytes)))
            .collect();
        assert_eq!(budgets(&files).len(), breaches, "{assets:?}");
    }

    #[test]
    fn styles_and_scripts_keep_to_their_budget() {
        assets_weigh(
            &[("tokens.css", 1_000), ("console.css", 18_999), ("checkout.css", 7_999), ("ui.js", 3_999)],
            0,
        );
        assets_weigh(&[("tokens.css", 1_000), ("console.css", 19_000)], 1);
        assets_weigh(&[("checkout.css", 8_000)], 1);
        assets_weigh(&[("ui.js", 4_000)], 1);
        assets_weigh(&[("checkout/pay.js", 4_000)], 1);
        assets_weigh(&[("surprise.css", 1)], 1);
        assets_weigh(&[("htmx.min.js", 50_000)], 0);
    }
}
