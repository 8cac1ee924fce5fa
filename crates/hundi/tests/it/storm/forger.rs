//! Messages that nobody should believe: altered, without proof, of another merchant, out of date, or heard before.

use super::life::another;
use super::script::Forgery;
use super::stage::{Account, Stage};
use hundi::sandbox::Notice;
use std::sync::atomic::Ordering;

/// How many of an account's last messages somebody has kept.
const KEPT: usize = 4;

/// Tries one forgery with the last messages to an account. Whether money moved is the judge's to see.
pub async fn forges(stage: &Stage, merchant: usize, account: &Account, forgery: Forgery) {
    for (node, letter) in stage.letters_to(&account.webhook_url, KEPT).into_iter().enumerate() {
        let (forged, allowed): (Notice, &[u16]) = match forgery {
            // Where the proof does not cover the body it passes, and is only a cause to ask.
            Forgery::OtherBody => (inflated(letter), &[200, 401, 503]),
            Forgery::NoProof => (bare(letter), &[200, 401, 503]),
            Forgery::OtherMerchant => match another(stage, merchant, account.provider) {
                Some(url) => (to_another(letter, url), &[401]),
                None => return,
            },
            // Its secret may have been changed since: that is another test's.
            Forgery::Replay => (letter, &[200, 401, 503]),
        };
        let status = stage.posts(node, &forged).await;
        if forgery == Forgery::OtherBody && status == 200 {
            stage.believed.fetch_add(1, Ordering::Relaxed);
        }
        if !allowed.contains(&status) {
            stage.breaks(format!("{forgery:?} at {} was answered {status}", account.provider));
        }
    }
}

fn to_another(mut letter: Notice, url: String) -> Notice {
    letter.url = url;
    letter
}

/// Every run of digits in it ends in another one: other ids, other amounts.
fn inflated(mut letter: Notice) -> Notice {
    let is_digit = |b: Option<&u8>| b.is_some_and(u8::is_ascii_digit);
    for at in 0..letter.body.len() {
        let last = is_digit(letter.body.get(at)) && !is_digit(letter.body.get(at + 1));
        if last {
            letter.body[at] = if letter.body[at] == b'9' { b'8' } else { b'9' };
        }
    }
    letter
}

/// Without any header of proof, and backwards where the proof stands in the body.
fn bare(mut letter: Notice) -> Notice {
    letter.headers.retain(|(name, _)| name == "content-type");
    letter.body.reverse();
    letter
}
