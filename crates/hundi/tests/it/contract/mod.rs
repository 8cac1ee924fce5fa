//! The contract table: every case over every provider, against its simulator, through the whole house.
//!
//! A provider may answer "not offered", never "not tested". `docs/providers.md` is written from what passed.

mod asking;
mod balance;
mod giving_back;
mod letting_go;
mod opening;
mod orders_of_arrival;
mod paying;
mod saving;
mod settling;
mod sweeping;
mod told;

use crate::house::{Order, Payment, Shop, TestApp};
use hundi_core::Money;
use hundi_providers::{Card, Provider, registry};
use serde_json::json;
use std::pin::Pin;

/// How a case ended that did not panic.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Verdict {
    Held,
    /// The provider has no such thing; and why we say so.
    NotOffered(&'static str),
}

use Verdict::{Held, NotOffered};

type Played<'s> = Pin<Box<dyn Future<Output = Verdict> + 's>>;

/// One row of the table.
struct Case {
    name: &'static str,
    play: for<'s> fn(&'s Stand<'s>) -> Played<'s>,
    /// Whether the simulator's history is all that was told: false where a story tells what never happened.
    witnessed: bool,
}

/// A row: its name and the function that plays it.
macro_rules! case {
    ($name:literal, $play:path) => {
        Case { name: $name, play: |stand| Box::pin($play(stand)), witnessed: true }
    };
}
use case;

fn all() -> Vec<&'static Case> {
    [
        opening::CASES,
        paying::CASES,
        asking::CASES,
        told::CASES,
        giving_back::CASES,
        letting_go::CASES,
        sweeping::CASES,
        saving::CASES,
        balance::CASES,
        settling::CASES,
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// A provider under test: a house, and a shop with an account there.
struct Stand<'t> {
    t: &'t TestApp,
    shop: Shop<'t>,
    provider: &'static dyn Provider,
}

impl<'t> Stand<'t> {
    async fn at(t: &'t TestApp, provider: &'static dyn Provider) -> Stand<'t> {
        let shop = t.shop_at(provider.card().id).await;
        Stand { t, shop, provider }
    }

    fn card(&self) -> &'static Card {
        self.provider.card()
    }

    /// An amount that fits every provider's currency, in its minor units.
    fn amount(&self) -> Money {
        let currency = self.card().currencies[0].parse().expect("cards name real currencies");
        Money::new(55_000, currency)
    }

    /// The first way to pay, as its callers would choose it.
    fn flow(&self) -> &'static str {
        self.card().flows[0].as_str()
    }

    async fn order(&self) -> Order<'_> {
        let amount = self.amount();
        let body = json!({ "amount": amount.minor(), "currency": amount.currency().code() });
        self.shop.creates_order_with(body).await
    }

    async fn manual_order(&self) -> Order<'_> {
        let amount = self.amount();
        let body = json!({
            "amount": amount.minor(), "currency": amount.currency().code(), "capture": "manual",
        });
        self.shop.creates_order_with(body).await
    }

    /// A payment that its payer can go to.
    async fn begun(&self) -> Payment<'_> {
        let payment = self.order().await.begins(self.flow()).await;
        payment.is("pending").await;
        payment
    }

    /// Paid by its payer, who came back; and everybody knows.
    async fn paid(&self) -> Payment<'_> {
        let payment = self.begun().await;
        let back = payment.payer("pay");
        payment.comes_back(&back.fields).await;
        self.t.settles().await;
        payment.is("captured").await;
        payment
    }

    async fn order_of(&self, payment: &Payment<'_>) -> String {
        let read = self.shop.gets(&format!("/api/v1/orders/{}", payment.order)).await.is(200);
        read.field("status")
    }

    /// How often something happened there.
    fn happened(&self, what: &str) -> usize {
        self.t.simulator(self.card().id).journal().iter().filter(|l| l.what == what).count()
    }

    fn dial(&self, op: hundi_providers::sim::Op, fault: hundi_providers::sim::Fault) {
        self.t.simulator(self.card().id).dial(hundi_providers::sim::Dial::once(op, fault));
    }

    fn dial_always(&self, op: hundi_providers::sim::Op, fault: hundi_providers::sim::Fault) {
        let matches = hundi_providers::sim::Match { op: Some(op), ..Default::default() };
        self.t.simulator(self.card().id).dial(hundi_providers::sim::Dial::new(matches, fault));
    }

    fn clear_dials(&self) {
        self.t.simulator(self.card().id).clear_dials();
    }
}

async fn plays(case: &Case, provider: &'static dyn Provider) -> Verdict {
    let t = TestApp::new().await;
    let stand = Stand::at(&t, provider).await;
    let verdict = (case.play)(&stand).await;
    t.settles().await;
    drop(stand);
    if case.witnessed {
        t.ends().await
    } else {
        t.ends_unwitnessed().await
    }
    verdict
}

/// Plays each case over one provider; all failures are told at once.
async fn holds(provider: &'static dyn Provider) {
    let id = provider.card().id;
    let mut broken = Vec::new();
    let mut verdicts = Vec::new();
    for case in all() {
        let played = tokio::task::LocalSet::new();
        let playing = played.spawn_local(plays(case, provider));
        let ended = played.run_until(playing).await;
        match ended {
            Ok(verdict) => verdicts.push((case.name, verdict)),
            Err(error) => broken.push(format!("{}: {}", case.name, said(error))),
        }
    }
    assert!(broken.is_empty(), "{id} breaks {} of {}:\n{}", broken.len(), all().len(), broken.join("\n"));
    table::check(id, &verdicts);
}

fn said(error: tokio::task::JoinError) -> String {
    text_of(&*error.into_panic())
}

/// What a panic said.
fn text_of(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic.downcast_ref::<String>().cloned();
    text.or_else(|| panic.downcast_ref::<&str>().map(|t| (*t).to_owned())).unwrap_or_default()
}

/// What a thread of its own makes of a provider: they run beside each other, and none stops another.
fn beside_each_other<F: Future<Output = ()> + 'static>(play: fn(&'static dyn Provider) -> F) {
    let playing: Vec<_> = chosen()
        .map(|provider| {
            let runs = move || {
                let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
                runtime.expect("a runtime can be built").block_on(play(provider));
            };
            let thread = std::thread::Builder::new().name(provider.card().id.into()).spawn(runs);
            (provider.card().id, thread.expect("a thread can be had"))
        })
        .collect();
    let ended = playing.into_iter().map(|(id, thread)| (id, thread.join()));
    let broken: Vec<String> =
        ended.filter_map(|(id, ended)| Some(format!("{id}: {}", text_of(&*ended.err()?)))).collect();
    assert!(broken.is_empty(), "{}", broken.join("\n\n"));
}

/// Every provider of the registry, or the one that `HUNDI_TEST_PROVIDER` names.
fn chosen() -> impl Iterator<Item = &'static dyn Provider> {
    let one = std::env::var("HUNDI_TEST_PROVIDER").ok();
    if let Some(id) = &one {
        assert!(registry::find(id).is_some(), "there is no provider {id}");
    }
    registry::all().filter(move |p| one.as_deref().is_none_or(|id| id == p.card().id))
}

#[test]
fn every_provider_holds_every_case() {
    beside_each_other(holds);
}

#[test]
fn the_table_is_long_enough_and_names_are_unique() {
    let mut names: Vec<_> = all().iter().map(|c| c.name).collect();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), all().len());
    assert!(names.len() >= 30, "{}", names.len());
}

mod table {
    //! What each provider did not offer, held against the page that says so.

    use super::Verdict;

    const PAGE: &str = "../../docs/providers.md";
    pub(super) const README: &str = "../../README.md";

    /// The page's part about one provider says what the table found.
    pub(super) fn check(id: &str, verdicts: &[(&'static str, Verdict)]) {
        let mut text = String::new();
        for (name, verdict) in verdicts {
            let line = match verdict {
                Verdict::Held => format!("- {name}\n"),
                Verdict::NotOffered(why) => format!("- {name}: not offered, {why}\n"),
            };
            text.push_str(&line);
        }
        let (begin, end) = (format!("<!-- cases of {id} -->\n"), format!("<!-- end of {id} -->\n"));
        part(PAGE, id, &begin, &end, &text);
    }

    /// One part of the page about how far messages are trusted.
    pub(super) fn evidence(text: &str) {
        part(PAGE, "evidence", "<!-- evidence -->\n", "<!-- end of evidence -->\n", text);
    }

    /// One part of a page, between its marks.
    pub(super) fn part(path: &str, name: &str, begin: &str, end: &str, text: &str) {
        // Tests run beside each other, and each writes its own part.
        static WRITING: std::sync::Mutex<()> = std::sync::Mutex::new(());
        let _one_writer = WRITING.lock();
        let page = std::fs::read_to_string(path).unwrap_or_default();
        let there = page.split_once(begin).and_then(|(_, rest)| rest.split_once(end)).map(|(part, _)| part);
        if there == Some(text) {
            return;
        }
        assert!(
            std::env::var_os("HUNDI_UPDATE_DOCS").is_some(),
            "{path} does not say what is true of {name}: run with HUNDI_UPDATE_DOCS=1\n{text}"
        );
        let whole = match page.split_once(begin) {
            Some((before, rest)) => {
                let after = rest.split_once(end).map_or("", |(_, after)| after);
                format!("{before}{begin}{text}{end}{after}")
            }
            None => format!("{page}\n### {name}\n\n{begin}{text}{end}"),
        };
        std::fs::write(path, whole).expect("the page can be written");
    }
}

/// The page's table of evidence is the cards'.
#[test]
fn the_page_says_how_far_each_message_is_trusted() {
    let mut text = String::from("| provider | message | grade | why |\n|---|---|---|---|\n");
    for card in registry::all().map(Provider::card) {
        assert!(!card.evidence.is_empty(), "{} says nothing of its messages", card.id);
        for row in card.evidence {
            text.push_str(&format!("| {} | {} | {:?} | {} |\n", card.name, row.message, row.grade, row.why));
        }
    }
    table::evidence(&text);
}

/// And the front page names them all.
#[test]
fn the_readme_names_every_provider() {
    let names: Vec<_> = registry::all().map(|p| p.card().name).collect();
    let (begin, end) = ("<!-- providers -->", "<!-- end of providers -->");
    table::part(table::README, "providers", begin, end, &names.join(", "));
}
