//! What a provider says stands on an account, on the page of its connection.

use crate::pages::connections::BalanceView;
use crate::pages::format::ist;
use crate::pages::parts::{Fact, Sign};
use hundi_app::Error;
use hundi_app::connections::Shown;
use hundi_app::standings::{self, Standing, Told};
use hundi_core::Money;

/// None where the provider tells nobody. `told` is what it said just now, if it was asked.
pub(super) fn view(c: &Shown, told: Option<Result<Told, Error>>) -> Option<BalanceView> {
    if !standings::told_by(&c.row.provider) {
        return None;
    }
    let provider = c.card.name;
    let (sign, title, sentence, lines, at) = match told {
        None => {
            let sentence = "It is asked when you press the button, and nothing is kept.";
            (Sign::TODO, "Not asked yet".to_owned(), sentence.to_owned(), Vec::new(), String::new())
        }
        Some(Ok(told)) => {
            let lines: Vec<Fact> = told.standings.of.iter().flat_map(facts).collect();
            let sentence = match lines.is_empty() {
                true => "Nothing stands on the account.",
                false => "Collected and not yet paid out, in its own words.",
            };
            let at = told.standings.as_of.map(ist).unwrap_or_default();
            (Sign::DONE, format!("{provider} told"), sentence.to_owned(), lines, at)
        }
        Some(Err(error)) => {
            (Sign::WARNING, format!("{provider} did not tell"), error.sentence(), Vec::new(), String::new())
        }
    };
    let url = format!("/connections/{}/balance", c.row.id);
    Some(BalanceView { sign, title, sentence, lines, at, url })
}

fn facts(s: &Standing) -> Vec<Fact> {
    let fact = |label: &str, minor: i64| {
        Fact::text(&format!("{label}, {}", s.currency), Money::new(minor, s.currency).shown())
    };
    let available = s.available_minor.map(|minor| fact("Available", minor));
    let withheld = s.withheld_minor.map(|minor| fact("Held back", minor));
    available.into_iter().chain(withheld).chain([fact("Total", s.total_minor)]).collect()
}
