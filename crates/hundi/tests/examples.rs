//! Every curl line of the README and of `docs` is executed, in its order, against the demo that the guide starts: with
//! the key that it prints, as somebody does who reads from the top.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

mod demo;
mod tools;

use demo::Demo;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");
/// Documents, and what they show being refused.
const REFUSALS: [(&str, &[u16]); 1] = [("api.md", &[409, 422, 422, 400])];

/// The README first, then all others by name.
fn documents() -> Vec<PathBuf> {
    let mut documents: Vec<PathBuf> = std::fs::read_dir(Path::new(ROOT).join("docs"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "md"))
        .collect();
    documents.sort();
    documents.insert(0, Path::new(ROOT).join("README.md"));
    documents
}

/// Fenced shell blocks that ask something by curl, or set up what others ask with.
fn script(document: &str) -> String {
    let blocks = document.split("```sh\n").skip(1).filter_map(|rest| rest.split("\n```").next());
    blocks
        .filter(|block| block.contains("curl ") || block.contains("HUNDI=${"))
        .collect::<Vec<_>>()
        .join("\n")
}

#[test]
fn every_curl_line_of_the_documents_works() {
    let found =
        ["bash", "curl", "jq"].iter().try_for_each(|name| tools::run(Command::new(name).arg("--version")));
    let Some(()) = tools::ready("bash, curl and jq", found) else { return };
    let demo = Demo::start();
    let mut asked = 0;
    for path in documents() {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let script = script(&std::fs::read_to_string(&path).unwrap());
        let lines = script.matches("curl -").count();
        let script = script.replace("hk_test_…:hs_test_…", &demo.key);
        let answers = walk(&demo, &name, &script);
        assert!(answers.len() >= lines, "{name} has {lines} curl lines, and {} answers came", answers.len());
        let refused: Vec<u16> =
            answers.iter().map(|(status, _)| *status).filter(|s| !(200..300).contains(s)).collect();
        let shown =
            REFUSALS.iter().find(|(document, _)| *document == name).map_or(&[][..], |(_, shown)| *shown);
        assert_eq!(refused, shown, "{name}: {answers:#?}");
        asked += answers.len();
    }
    assert!(asked > 50, "{asked} requests");
    let verified = demo.verify();
    assert!(verified.status.success(), "{}", String::from_utf8_lossy(&verified.stdout));
}

/// Runs the blocks of one document as one script. The status and address of each request.
fn walk(demo: &Demo, name: &str, script: &str) -> Vec<(u16, String)> {
    let notes = tempfile::tempdir().unwrap();
    let file = notes.path().join("script.sh");
    std::fs::write(&file, format!("{}\n{script}\n", include_str!("examples/prelude.sh"))).unwrap();
    let mut bash = Command::new("bash");
    bash.arg(&file).env("NOTES", notes.path()).env("KEY", &demo.key).stdin(Stdio::null());
    for (variable, address) in [("HUNDI", demo.listen), ("SIM", demo.sandbox), ("RECEIVER", demo.receiver)] {
        bash.env(variable, format!("http://{address}"));
    }
    let ended = bash.output().unwrap();
    let (out, err) = (String::from_utf8_lossy(&ended.stdout), String::from_utf8_lossy(&ended.stderr));
    assert!(ended.status.success(), "{name} stops:\n{out}\n{err}");
    let answers = err.lines().filter_map(|line| line.strip_prefix("ANSWER "));
    answers
        .map(|line| {
            let (status, address) = line.split_once(' ').unwrap();
            (status.parse().unwrap(), address.to_owned())
        })
        .collect()
}
