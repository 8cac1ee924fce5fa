//! Every page with sample data: checked as bytes, and written to a folder when somebody wants to look.
//!
//! `HUNDI_GALLERY_DIR=/tmp/gallery cargo test -p hundi-web gallery` writes them, with their assets, for a browser.

mod capture;
mod check;
mod docs;
mod keys;
mod money;
mod payer;
mod routing;
mod samples;
mod setup;

use crate::assets;
use std::collections::BTreeMap;

fn pages() -> BTreeMap<&'static str, String> {
    let made = money::pages().into_iter().chain(setup::pages()).chain(payer::pages());
    made.chain(capture::pages()).chain(routing::pages()).chain(docs::pages()).chain(keys::pages()).collect()
}

#[test]
fn every_page_is_sound() {
    for (name, html) in pages() {
        assert_eq!(check::faults(&html), [""; 0], "{name}");
    }
}

#[test]
fn every_icon_that_a_page_uses_is_drawn_on_it() {
    for (name, html) in pages() {
        for used in html.split("href=\"#i-").skip(1) {
            let id = used.split('"').next().unwrap_or_default();
            assert!(html.contains(&format!("<symbol id=\"i-{id}\"")), "{name}: i-{id}");
        }
    }
}

#[test]
fn every_asset_that_a_page_names_is_served() {
    for (name, html) in pages() {
        let named: Vec<_> =
            html.split("\"/assets/").skip(1).filter_map(|rest| rest.split('"').next()).collect();
        assert!(!named.is_empty(), "{name} has no style");
        for file in named {
            assert!(assets::find(file).is_some(), "{name}: {file}");
        }
    }
}

#[test]
fn what_people_typed_is_text_everywhere() {
    let hostile = "<script>alert(1)</script>\"'";
    for (name, html) in [("sign in", setup::sign_in_as(hostile)), ("pay", payer::pay_for(hostile))] {
        assert!(html.contains("&#60;script&#62;alert(1)"), "{name} shows it");
        assert!(!html.contains("<script>alert"), "{name} runs it");
        assert_eq!(check::faults(&html), [""; 0], "{name}");
    }
}

#[test]
fn pages_can_be_looked_at() {
    let Some(folder) = std::env::var_os("HUNDI_GALLERY_DIR") else { return };
    let folder = std::path::PathBuf::from(folder);
    std::fs::create_dir_all(folder.join("assets")).unwrap();
    for asset in assets::all() {
        std::fs::write(folder.join("assets").join(asset.file_name()), asset.bytes()).unwrap();
    }
    for (name, html) in pages() {
        let name = format!("{}.html", name.replace(' ', "-"));
        std::fs::write(folder.join(name), html.replace("\"/assets/", "\"assets/")).unwrap();
    }
}
