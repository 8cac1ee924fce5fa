//! Ids that name nothing of the caller's: in the path of every route, and in the bodies that name something.

use super::amounts::with_raw;
use super::{Ask, At, Kind, ROUTES, Stage, refuses};
use crate::house::TestApp;
use serde_json::json;

/// Spellings of a good id that are not it, and things that are no id. As they stand in a path.
fn spellings(good: &str) -> Vec<String> {
    let (prefix, rest) = good.split_once('_').expect("an id has a prefix");
    let mut all: Vec<String> = [
        "",
        "0",
        "1",
        "-1",
        "null",
        "undefined",
        "..",
        ".",
        "%2e%2e",
        "..%2f..%2forders",
        "%2e%2e%2f",
        "%2F",
        "%00",
        "%FF%FE",
        "%C0%AF",
        "%E2%82%B9",
        "%F0%9F%92%B8",
        "%20",
        "%0d%0aX-A:b",
        "%3Cscript%3Ealert(1)%3C/script%3E",
        "'%20OR%201=1--",
        "%25s%25n",
        "$%7B7*7%7D",
        "*",
        "~",
        "%E2%80%AE",
    ]
    .map(str::to_owned)
    .into();
    all.extend([
        good.to_uppercase(),
        format!("{}_{rest}", prefix.to_uppercase()),
        format!("{prefix}_{}", rest.to_uppercase()),
        format!("{good}%20"),
        format!("%20{good}"),
        format!("{good}%00"),
        format!("{good}%0a"),
        format!("{good}/"),
        format!("{good}/.."),
        format!("{good};a=b"),
        format!("{good},{good}"),
        format!("{good}0"),
        good[..good.len() - 1].to_owned(),
        good.replace('_', ""),
        good.replace('_', "-"),
        good.replace('_', "__"),
        rest.to_owned(),
        format!("{prefix}_"),
        format!("{prefix}_8zzzzzzzzzzzzzzzzzzzzzzzzz"),
        format!("{prefix}_00000000000000000000000000"),
        format!("{prefix}_7zzzzzzzzzzzzzzzzzzzzzzzzz"),
        format!("{prefix}_{}", "a".repeat(10_000)),
        "a".repeat(10_000),
        "%2e".repeat(5_000),
    ]);
    all
}

#[tokio::test]
async fn in_paths() {
    let t = TestApp::new().await;
    let (shop, other) = (t.shop().await, t.shop().await);
    let stage = Stage::of(&t, &shop, &other).await;
    for route in ROUTES {
        let Some(kind) = route.id else { continue };
        let mut ids = spellings(&stage.mine[&kind]);
        ids.push(stage.theirs[&kind].clone());
        ids.extend(Kind::ALL.iter().filter(|k| k.prefix() != kind.prefix()).map(|k| stage.mine[k].clone()));
        assert!(ids.len() >= 30);
        stage
            .leaves_no_row(&route.name(), async {
                for id in &ids {
                    // `/orders/` + nothing and a trailing slash make other addresses, at which nothing stands.
                    let ask = route.good_at(&stage, &route.at_id(id)).hides(id.as_str());
                    let code = refuses(&stage, &ask, &At::Whole).await;
                    assert_eq!(code, "not_found", "{} {id:.80}", route.name());
                }
            })
            .await;
    }
    for (kind, id) in &stage.mine {
        assert!(id.starts_with(kind.prefix()), "{kind:?} {id}");
    }
    t.ends().await;
}

/// Field by field: what it is called, what it names, and a body it stands in.
#[tokio::test]
async fn in_bodies() {
    let t = TestApp::new().await;
    let (shop, other) = (t.shop().await, t.shop().await);
    let stage = Stage::of(&t, &shop, &other).await;
    let fields = [
        ("/payments", "order_id", Kind::OrderToo),
        ("/payments", "connection_id", Kind::Connection),
        ("/refunds", "payment_id", Kind::Paid),
        ("/payments/{id}/retry", "connection_id", Kind::Connection),
    ];
    for (path, field, kind) in fields {
        let route = ROUTES.iter().find(|r| r.method == "POST" && r.path == path).expect("it is listed");
        let good = route.body(&stage).expect("it takes a body");
        let id = &stage.mine[&kind];
        let mut raws: Vec<String> =
            ["0", "1", "1.5", "true", "[]", "{}", "[\"x\"]", "{\"id\":\"x\"}"].map(str::to_owned).into();
        raws.push(json!([id]).to_string());
        // What no string of JSON can be is left to the tables of bodies.
        let decoded = |s: String| {
            let text = s.replace("%00", "\0").replace("%20", " ").replace("%0a", "\n").replace("%2e", ".");
            json!(text).to_string()
        };
        // Nobody's is well-formed, and another's is as unknown: both are looked up, and not found.
        let nobodys = ["00000000000000000000000000", "7zzzzzzzzzzzzzzzzzzzzzzzzz"];
        let malformed = spellings(id).into_iter().filter(|s| !nobodys.iter().any(|n| s.ends_with(n)));
        raws.extend(malformed.map(decoded));
        raws.extend(
            Kind::ALL
                .iter()
                .filter(|k| k.prefix() != kind.prefix())
                .map(|k| json!(stage.mine[k]).to_string()),
        );
        let ask = |raw: &str| {
            Ask::new(&stage, "POST", &route.at(&stage))
                .json(with_raw(&good, field, raw))
                .hides(raw.trim_matches('"'))
        };
        stage
            .leaves_no_row(field, async {
                for raw in &raws {
                    refuses(&stage, &ask(raw), &At::field(field)).await;
                }
                let known = |n: &str| json!(format!("{}_{n}", kind.prefix())).to_string();
                for raw in nobodys.map(known).into_iter().chain([json!(stage.theirs[&kind]).to_string()]) {
                    let code = refuses(&stage, &ask(&raw), &At::Anywhere).await;
                    assert!(["not_found", "no_connection"].contains(&code.as_str()), "{field} {raw}: {code}");
                }
            })
            .await;
    }
    t.ends().await;
}
