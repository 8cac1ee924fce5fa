//! `cargo xtask tidy`: the rules of the house that neither rustc nor clippy can hold.
//!
//! The rules are functions from files to breaches, so that each is tested with a breach planted. What they may read
//! is the text only: nothing here compiles, and the whole house is read in a moment.

mod arrows;
mod shape;
mod source;
#[cfg(test)]
mod tests;
mod words;

use anyhow::{Context, Result, bail};
use source::Source;
use std::path::Path;

/// A text file of the repository, its path counted from the root with `/` between.
pub(crate) struct File {
    pub(crate) path: String,
    pub(crate) text: String,
}

/// One place that breaks one rule.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Breach {
    path: String,
    line: usize,
    rule: &'static str,
    what: String,
}

impl File {
    fn breach(&self, line: usize, rule: &'static str, what: String) -> Breach {
        Breach { path: self.path.clone(), line, rule, what }
    }
}

/// Reads the tree below `root` and prints every breach; fails if there is one.
pub(crate) fn run(root: &Path) -> Result<()> {
    let mut files = Vec::new();
    for room in ["crates", "xtask"] {
        gather(root, room, &mut files)?;
    }
    let found = breaches(&files);
    for Breach { path, line, rule, what } in &found {
        println!("{path}:{line}: {rule}: {what}");
    }
    if found.is_empty() {
        println!("tidy: {} files", files.len());
        return Ok(());
    }
    bail!("tidy: {} breaches in {} files", found.len(), files.len())
}

/// Every breach in the files, in the order of their paths.
pub(crate) fn breaches(files: &[File]) -> Vec<Breach> {
    let sources: Vec<(&File, Source)> = files
        .iter()
        .filter(|file| file.path.ends_with(".rs"))
        .map(|file| (file, Source::read(&file.text)))
        .collect();
    let test_modules: Vec<String> =
        sources.iter().flat_map(|(file, source)| declared_for_tests(&file.path, source)).collect();
    let providers = words::providers(files);
    let mut found = Vec::new();
    for (file, source) in &sources {
        let is_unit_test = is_unit_test(&file.path, &test_modules);
        found.extend(shape::rust_file(file, is_unit_test));
        if !is_unit_test && !is_story(&file.path) {
            found.extend(words::breaches(file, Some(source), &providers));
        }
    }
    for file in files {
        match file.path.rsplit('.').next() {
            Some("html" | "css" | "js" | "svg") => found.extend(words::breaches(file, None, &providers)),
            Some("toml") if is_manifest(&file.path) => found.extend(arrows::breaches(file)),
            _ => {}
        }
    }
    found.extend(shape::migrations(files));
    found.extend(shape::budgets(files));
    found.sort_unstable();
    found
}

/// `crates/<room>/Cargo.toml`; xtask is no room.
fn is_manifest(path: &str) -> bool {
    matches!(path.split('/').collect::<Vec<_>>()[..], ["crates", _, "Cargo.toml"])
}

/// Integration tests and their fixtures.
fn is_story(path: &str) -> bool {
    path.contains("/tests/")
}

fn is_unit_test(path: &str, test_modules: &[String]) -> bool {
    path.ends_with("/tests.rs")
        || test_modules.iter().any(|module| {
            path.strip_prefix(module.as_str()).is_some_and(|rest| rest == ".rs" || rest.starts_with('/'))
        })
}

/// Where the modules stand that a file declares for tests only: `a/mod.rs` looks in `a/`, `a.rs` also.
fn declared_for_tests(path: &str, source: &Source) -> Vec<String> {
    let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
    let beside = match name {
        "mod.rs" | "lib.rs" | "main.rs" => folder.to_owned(),
        _ => path.trim_end_matches(".rs").to_owned(),
    };
    source.test_modules.iter().map(|module| format!("{beside}/{module}")).collect()
}

fn gather(root: &Path, folder: &str, files: &mut Vec<File>) -> Result<()> {
    const READ: &[&str] = &["rs", "toml", "sql", "html", "css", "js", "svg"];
    let here = root.join(folder);
    let entries = std::fs::read_dir(&here).with_context(|| format!("reading {}", here.display()))?;
    for entry in entries {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let path = format!("{folder}/{name}");
        if entry.file_type()?.is_dir() {
            if name != "target" && name != "node_modules" {
                gather(root, &path, files)?;
            }
        } else if name.rsplit_once('.').is_some_and(|(_, ending)| READ.contains(&ending)) {
            let text = std::fs::read_to_string(entry.path()).with_context(|| format!("reading {path}"))?;
            files.push(File { path, text });
        }
    }
    Ok(())
}
