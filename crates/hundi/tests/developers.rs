//! The client libraries, and the shops of the quick starts, against the running demo: built, tested by their own tests,
//! and every block of their pages run as it stands there.
//!
//! Where Node, Python or the compiler of TypeScript can't be had, a story is passed over, unless
//! `HUNDI_TEST_REQUIRE_SDK=1` says that they must be there.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

mod demo;
mod installed;
mod shop;
mod tools;

use demo::Demo;
use installed::{SPACE, once};
use shop::Shop;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use tools::{ready, run};

const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");

#[test]
fn the_typescript_library_and_its_shop() {
    let Some(home) = ready("Node with TypeScript", built()) else { return };
    run(Command::new("node").args(["--test", "test"]).current_dir(&home)).unwrap();
    let demo = Demo::start();

    let readme = blocks("clients/typescript/README.md", "ts").join("\n");
    compiled(&home, &[("readme.ts", &readme)]);
    runs(Command::new("node").arg("readme.js").current_dir(home.join("pages")), &demo);

    let guide = blocks("docs/quickstart-typescript.md", "ts");
    let [shop, pay] = &guide[..] else { panic!("{} blocks", guide.len()) };
    compiled(&home, &[("shop.ts", shop), ("pay.ts", pay)]);
    let (mut opens, mut pays) = (Command::new("node"), Command::new("node"));
    opens.arg("shop.js").current_dir(home.join("pages"));
    pays.arg("pay.js").current_dir(home.join("pages"));
    sells(&demo, opens, pays);
}

#[test]
fn the_python_library_and_its_shop() {
    let library = Path::new(ROOT).join("clients/python");
    let found = installed::python("client-python", &library.join("requirements-test.txt"));
    let Some(programs) = ready("Python with cryptography", found) else { return };
    let python = || {
        let mut python = Command::new(programs.join("python"));
        python.env("PYTHONPATH", library.join("src")).env("PYTHONDONTWRITEBYTECODE", "1");
        python
    };
    run(python().args(["-m", "unittest", "discover", "-s", "tests"]).current_dir(&library)).unwrap();
    let demo = Demo::start();

    let readme = blocks("clients/python/README.md", "python").join("\n");
    runs(python().arg("-c").arg(readme), &demo);

    let guide = blocks("docs/quickstart-python.md", "python");
    let [shop, pay] = &guide[..] else { panic!("{} blocks", guide.len()) };
    let (mut opens, mut pays) = (python(), python());
    opens.arg("-c").arg(shop);
    pays.arg("-c").arg(pay);
    sells(&demo, opens, pays);
}

/// The shop of a quick start takes an order and hears that it was paid.
fn sells(demo: &Demo, opens: Command, mut pays: Command) {
    let shop = Shop::open(demo, opens);
    let page = shop.buys();
    assert!(shop.shows(&page).contains("<p id=\"status\">created</p>"));
    runs(&mut pays, demo);
    shop.comes_to_show(&page, "<p id=\"status\">paid</p>");
    // What nobody signed is refused, and changes nothing.
    assert_eq!(shop.hears("{\"id\": \"evt_x\", \"type\": \"order.paid\"}"), 400);
    drop(shop);
    let verified = demo.verify();
    assert!(verified.status.success(), "{}", String::from_utf8_lossy(&verified.stdout));
}

/// A script of a page, to its end.
fn runs(script: &mut Command, demo: &Demo) {
    script.env("KEY", &demo.key).env("HUNDI", format!("http://{}", demo.listen)).env("NO_PROXY", "127.0.0.1");
    let ended = script.stdin(Stdio::null()).output().unwrap();
    let (out, err) = (String::from_utf8_lossy(&ended.stdout), String::from_utf8_lossy(&ended.stderr));
    assert!(ended.status.success(), "{out}\n{err}");
    assert!(!out.trim().is_empty(), "it says something\n{err}");
    assert!(!out.contains("hs_test_") && !err.contains("hs_test_"), "{out}\n{err}");
}

/// The blocks of a page in one language.
fn blocks(page: &str, language: &str) -> Vec<String> {
    let text = std::fs::read_to_string(Path::new(ROOT).join(page)).unwrap();
    let fence = format!("```{language}\n");
    let found: Vec<String> =
        text.split(&fence).skip(1).filter_map(|rest| rest.split("\n```").next()).map(str::to_owned).collect();
    assert!(!found.is_empty(), "{page}");
    found
}

/// The folder with the library built in it.
fn built() -> Result<PathBuf, String> {
    let source = Path::new(ROOT).join("clients/typescript");
    let home = Path::new(SPACE).join("client-node");
    run(Command::new("node").arg("--version"))?;
    let wanted = std::fs::read_to_string(source.join("package-lock.json")).map_err(|e| e.to_string())?;
    let copied = |name: &str| {
        let from = source.join(name);
        let to = home.join(name);
        if from.is_dir() {
            std::fs::remove_dir_all(&to).ok();
            std::fs::create_dir_all(&to).unwrap();
            for entry in std::fs::read_dir(from).unwrap() {
                let path = entry.unwrap().path();
                std::fs::copy(&path, to.join(path.file_name().unwrap())).unwrap();
            }
        } else {
            std::fs::copy(from, to).unwrap();
        }
    };
    std::fs::create_dir_all(&home).map_err(|error| error.to_string())?;
    ["package.json", "package-lock.json", "tsconfig.json", "src", "test"].into_iter().for_each(copied);
    once(&home, &wanted, || {
        let install = ["ci", "--silent", "--no-audit", "--no-fund", "--ignore-scripts"];
        run(Command::new("npm").args(install).current_dir(&home))
    })?;
    compiles(&home, &["-p", "."]);
    Ok(home)
}

/// Pages' blocks, compiled as strictly as the library itself, in a folder from which the library is found by its name.
fn compiled(home: &Path, pages: &[(&str, &String)]) {
    let folder = home.join("pages");
    std::fs::create_dir_all(&folder).unwrap();
    for (name, text) in pages {
        std::fs::write(folder.join(name), text).unwrap();
    }
    let mut arguments: Vec<String> = pages.iter().map(|(name, _)| format!("pages/{name}")).collect();
    arguments.extend(
        ["--module", "nodenext", "--target", "es2022", "--strict", "--types", "node"].map(str::to_owned),
    );
    compiles(home, &arguments.iter().map(String::as_str).collect::<Vec<_>>());
}

fn compiles(home: &Path, arguments: &[&str]) {
    let mut compiler = Command::new("node");
    compiler.arg("node_modules/typescript/bin/tsc").args(arguments).current_dir(home);
    let ended = compiler.stdin(Stdio::null()).output().unwrap();
    assert!(ended.status.success(), "{}", String::from_utf8_lossy(&ended.stdout));
}
