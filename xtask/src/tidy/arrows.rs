//! Who may depend on whom: the house's one direction, read from the rooms' Cargo.toml files.

use super::{Breach, File};

/// A room and the rooms it may use, also in its tests but for the exceptions below. Benches and chaos programmes stand outside the house.
const ARROWS: &[(&str, &[&str])] = &[
    ("hundi-core", &[]),
    ("hundi-providers", &["hundi-core"]),
    ("hundi-store", &["hundi-core"]),
    ("hundi-documents", &["hundi-core"]),
    ("hundi-app", &["hundi-core", "hundi-providers", "hundi-store", "hundi-documents"]),
    ("hundi-web", &["hundi-core", "hundi-app"]),
    ("hundi", &["hundi-core", "hundi-providers", "hundi-store", "hundi-documents", "hundi-app", "hundi-web"]),
];

/// Arrows that tests alone may draw, each with its reason.
const FOR_TESTS: &[(&str, &str, &str)] = &[
    ("hundi-web", "hundi-store", "tests of the faces open a scratch database beneath the application"),
    (
        "hundi",
        "hundi-chaos",
        "every test run takes a sample of the kill programme, which knows no room of ours",
    ),
];

const OUTSIDE_THE_HOUSE: &[&str] = &["hundi-bench", "hundi-chaos"];

/// Crates from elsewhere that a room must do without, because its purity is what it is for.
const WITHOUT: &[(&str, &[&str])] = &[
    ("hundi-providers", &["tokio", "hyper", "reqwest", "axum", "rusqlite", "tokio-postgres"]),
    ("hundi-documents", &["tokio", "hyper", "reqwest", "axum", "rusqlite", "tokio-postgres"]),
    ("hundi-store", &["hyper", "reqwest", "axum"]),
    ("hundi-app", &["hyper", "axum", "rusqlite", "tokio-postgres"]),
    ("hundi-web", &["reqwest", "rusqlite", "tokio-postgres"]),
];

/// Breaches in one room's manifest.
pub(super) fn breaches(manifest: &File) -> Vec<Breach> {
    let room = Manifest::read(&manifest.text);
    if OUTSIDE_THE_HOUSE.contains(&room.name.as_str()) {
        return Vec::new();
    }
    let Some((_, allowed)) = ARROWS.iter().find(|(name, _)| *name == room.name) else {
        let what = format!(
            "`{}` is no room of the house: give it its arrows in xtask/src/tidy/arrows.rs",
            room.name
        );
        return vec![manifest.breach(1, "arrows", what)];
    };
    let without =
        WITHOUT.iter().find(|(name, _)| *name == room.name).map_or(&[][..], |(_, without)| *without);
    let mut found = Vec::new();
    for Dependency { line, name, for_tests } in &room.dependencies {
        let of_the_house =
            ARROWS.iter().any(|(other, _)| other == name) || OUTSIDE_THE_HOUSE.contains(&name.as_str());
        let of_tests = *for_tests && FOR_TESTS.iter().any(|(from, to, _)| *from == room.name && to == name);
        if of_the_house && !allowed.contains(&name.as_str()) && !of_tests {
            found.push(manifest.breach(*line, "arrows", format!("{} must not know {name}", room.name)));
        } else if !of_the_house && !for_tests && room.name == "hundi-core" {
            found.push(manifest.breach(*line, "arrows", format!("the core is pure: it can't use {name}")));
        } else if !for_tests && without.contains(&name.as_str()) {
            found.push(manifest.breach(
                *line,
                "arrows",
                format!("{} does its work without {name}", room.name),
            ));
        }
    }
    found
}

struct Manifest {
    name: String,
    dependencies: Vec<Dependency>,
}

struct Dependency {
    line: usize,
    name: String,
    for_tests: bool,
}

impl Manifest {
    /// Scans sections line by line: our manifests use one line for each dependency, or a table with its name.
    fn read(text: &str) -> Manifest {
        let mut manifest = Manifest { name: String::new(), dependencies: Vec::new() };
        let mut section = String::new();
        for (at, line) in text.lines().enumerate() {
            let line = line.trim();
            if let Some(header) = line.strip_prefix('[') {
                section = header.trim_end_matches(']').to_owned();
                if let Some((_, name)) = section.split_once("dependencies.") {
                    manifest.depends(at + 1, name, &section);
                }
                continue;
            }
            let Some((key, value)) = line.split_once('=') else { continue };
            let (key, value) = (key.trim(), value.trim());
            if section == "package" && key == "name" {
                manifest.name = value.trim_matches('"').to_owned();
            } else if section.ends_with("dependencies") {
                // `hundi-core.workspace = true` names its crate before the dot.
                let key = key.split('.').next().unwrap_or(key);
                manifest.depends(at + 1, renamed(value).unwrap_or(key), &section);
            } else if section.contains("dependencies.") && key == "package" {
                manifest.depends(at + 1, value.trim_matches('"'), &section);
            }
        }
        manifest
    }

    fn depends(&mut self, line: usize, name: &str, section: &str) {
        let for_tests = section.contains("dev-dependencies");
        self.dependencies.push(Dependency { line, name: name.trim_matches('"').to_owned(), for_tests });
    }
}

/// `other = { package = "hundi-app" }` is hundi-app under another name.
fn renamed(value: &str) -> Option<&str> {
    let (_, after) = value.split_once("package")?;
    after.trim_start().strip_prefix('=')?.trim_start().strip_prefix('"')?.split('"').next()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(name: &str, dependencies: &str) -> Vec<String> {
        let text = format!("[package]\nname = \"{name}\"\n\n{dependencies}\n");
        breaches(&File { path: "crates/x/Cargo.toml".into(), text }).into_iter().map(|b| b.what).collect()
    }

    #[track_caller]
    fn refused(name: &str, dependencies: &str, word: &str) {
        let found = found(name, dependencies);
        assert!(found.iter().any(|what| what.contains(word)), "{name} with {dependencies}: {found:?}");
    }

    #[test]
    fn upward_arrows_are_refused_in_every_spelling() {
        refused("hundi-core", "[dependencies]\nhundi-app = { workspace = true }", "hundi-app");
        refused("hundi-store", "[dependencies]\nhundi-providers = { workspace = true }", "hundi-providers");
        refused("hundi-providers", "[dependencies.hundi-store]\nworkspace = true", "hundi-store");
        refused("hundi-documents", "[dependencies]\nhundi-app.workspace = true", "hundi-app");
        refused(
            "hundi-app",
            "[target.'cfg(unix)'.dependencies]\nhundi-web = { path = \"../web\" }",
            "hundi-web",
        );
        refused("hundi-web", "[dependencies]\nhundi-store = { workspace = true }", "hundi-store");
        assert_eq!(found("hundi-web", "[dev-dependencies]\nhundi-store = { workspace = true }"), [""; 0]);
        refused(
            "hundi-web",
            "[dependencies]\nx = { package = \"hundi-providers\", path = \"..\" }",
            "hundi-providers",
        );
        refused("hundi-web", "[dependencies.x]\npackage = \"hundi-documents\"", "hundi-documents");
        refused("hundi-app", "[dependencies]\nhundi = { path = \"../hundi\" }", "hundi");
        refused("hundi", "[dependencies]\nhundi-bench = { path = \"../bench\" }", "hundi-bench");
        refused("hundi", "[dependencies]\nhundi-chaos = { path = \"../chaos\" }", "hundi-chaos");
        refused("hundi-app", "[dev-dependencies]\nhundi-chaos = { path = \"../chaos\" }", "hundi-chaos");
        assert_eq!(found("hundi", "[dev-dependencies]\nhundi-chaos = { workspace = true }"), [""; 0]);
    }

    #[test]
    fn pure_rooms_stay_pure() {
        refused("hundi-core", "[dependencies]\nserde = \"1\"", "serde");
        refused("hundi-providers", "[dependencies]\nreqwest = { workspace = true }", "reqwest");
        refused("hundi-web", "[dependencies]\ntokio-postgres = { workspace = true }", "tokio-postgres");
        assert_eq!(found("hundi-core", "[dev-dependencies]\nproptest = \"1\""), [""; 0]);
    }

    #[test]
    fn an_unknown_room_is_asked_for_its_arrows() {
        refused("hundi-attic", "", "hundi-attic");
        assert_eq!(found("hundi-bench", "[dependencies]\nhundi-app = { workspace = true }"), [""; 0]);
    }

    #[test]
    fn the_house_as_drawn_passes() {
        for (name, allowed) in ARROWS {
            let lines: Vec<String> =
                allowed.iter().map(|room| format!("{room} = {{ workspace = true }}")).collect();
            assert_eq!(found(name, &format!("[dependencies]\n{}", lines.join("\n"))), [""; 0]);
        }
    }
}
