//! Taking a message in. Nothing but its proof is looked at here.

use super::trace;
use crate::connections::{provider_of, webhook_secrets};
use crate::error::Error;
use crate::jobs::{self, Kind};
use crate::limits::{self, Rule};
use crate::wired::{Wired, is_secret};
use crate::{App, connections, fail_point, planted};
use hundi_core::NoticeId;
use hundi_core::time::hours;
use hundi_providers::{Forged, Grade, Unverified};
use hundi_store::connections as rows;
use hundi_store::notices::{self, Effect, Notice, State};
use std::sync::Arc;

/// Refused messages kept for each connection in an hour; beyond, they are counted and dropped.
const REFUSED_KEPT_MAX: i64 = 200;

/// How a message was received.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Received {
    /// Verified and stored.
    Taken,
    /// Properly signed, but not readable: kept for a person.
    Unreadable,
    /// Not proven to be the provider's.
    Refused,
}

/// A message at a connection's own address. `headers` have lower-case names; `ip` is where it came from.
pub async fn receive(
    app: &Arc<App>,
    provider: &str,
    token: &str,
    headers: &[(String, String)],
    body: &[u8],
    ip: &str,
) -> Result<Received, Error> {
    let nowhere = Error::NotFound { what: "webhook address" };
    // What is not made of a token's characters is not looked up: no database holds a NUL in a text.
    if !token.bytes().all(|c| c.is_ascii_alphanumeric() || c == b'-' || c == b'_') {
        return Err(nowhere);
    }
    let wanted = token.to_owned();
    let row = app.store.read(async move |tx| rows::load_by_token(tx, &wanted).await).await?;
    let row = row.filter(|r| r.provider == provider).ok_or(nowhere.clone())?;
    // A stranger who knows the address uses up his own turns, and not the provider's.
    limits::take(app, Rule::Webhooks, &format!("{}:{}", row.id, limits::network_of(ip))).await?;
    let notices_of = provider_of(&row.provider)?.notices().ok_or(nowhere)?;
    let secrets = webhook_secrets(app, &row).await?;
    let (scope, id) = (row.scope, row.id);
    let opened = connections::open_row(app, row).await?;
    let wire = Wired::new(app, id, id);
    let verified = notices_of.verify(opened.call(&wire), &secrets, Unverified::new(headers, body)).await;
    let mut notice = Notice {
        id: app.id(NoticeId::new),
        scope,
        connection_id: id,
        received_at: app.now(),
        headers: kept_headers(headers),
        body: body.to_vec(),
        verified: false,
        verdict: "verified".into(),
        grade: None,
        kind: None,
        event_id: None,
        state: State::Refused,
        effect: Effect::None,
        meaning_key: None,
        object_id: None,
        detail: None,
        worked_at: None,
    };
    let received = match verified {
        Ok(read) => {
            notice.verified = true;
            notice.grade = Some(grade_text(read.grade).into());
            notice.kind = Some(readable(&read.kind));
            notice.event_id = read.event_id.as_deref().map(readable);
            notice.state = State::Received;
            Received::Taken
        }
        // Neither proven nor refuted: the provider sends it again.
        Err(Forged::CannotTell) => return Err(Error::ProofUnavailable),
        Err(Forged::Unreadable) => {
            notice.verified = true;
            notice.verdict = Forged::Unreadable.as_str().into();
            notice.state = State::Failed;
            Received::Unreadable
        }
        Err(forged) => {
            notice.verdict = forged.as_str().into();
            tracing::warn!(connection = %id, verdict = forged.as_str(), "a message with a bad signature was refused");
            app.figures.refused_notice();
            if !planted!("refused_kept_raw") {
                notice.headers = trace::of_headers(headers);
                notice.body = trace::of_body(body);
            }
            Received::Refused
        }
    };
    store(app, notice, received).await?;
    Ok(received)
}

async fn store(app: &Arc<App>, notice: Notice, received: Received) -> Result<(), Error> {
    fail_point!("notice.before_store");
    if planted!("answer_before_store") {
        return Ok(());
    }
    let job = jobs::id(app);
    app.store
        .write(async move |tx| {
            let now = notice.received_at;
            if received == Received::Refused {
                let since = now.minus(hours(1));
                if notices::too_many_refused(tx, notice.connection_id, since, REFUSED_KEPT_MAX).await?
                    && !planted!("every_forgery_kept")
                {
                    return Ok(());
                }
            }
            notices::insert(tx, &notice).await?;
            if received == Received::Taken {
                let key = notice.id.to_string();
                jobs::enqueue(tx, job, Kind::Notice, &key, Some(notice.scope), now, now).await?;
            }
            Ok::<_, Error>(())
        })
        .await?;
    fail_point!("notice.after_store");
    app.ring();
    Ok(())
}

/// A word of the provider's as it is shown and looked for. PostgreSQL's text cannot hold a NUL, and no word of ours has
/// one: a message that is properly signed must not fail for it.
fn readable(word: &str) -> String {
    word.chars()
        .map(|c| if c.is_control() { char::REPLACEMENT_CHARACTER } else { c })
        .take(WORD_CHARS_MAX)
        .collect()
}

pub(super) const fn grade_text(grade: Grade) -> &'static str {
    match grade {
        Grade::A => "A",
        Grade::B => "B",
        Grade::C => "C",
    }
}

/// What is kept of the headers. A signature is no secret: it proves these bytes and no others. A constant proof is one.
fn kept_headers(headers: &[(String, String)]) -> String {
    let line = |(name, value): &(String, String)| {
        let value = if is_credential(name) { "[hidden]" } else { value.as_str() };
        format!("{name}: {}", value.chars().take(LINE_MAX).collect::<String>())
    };
    headers.iter().take(KEPT_MAX).map(line).collect::<Vec<_>>().join("\n")
}

fn is_credential(name: &str) -> bool {
    is_secret(name) && !name.contains("signature")
}

/// The kept headers, as they came.
pub(super) fn headers_of(notice: &Notice) -> Vec<(String, String)> {
    let pairs = notice.headers.lines().filter_map(|line| line.split_once(": "));
    pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
}

const WORD_CHARS_MAX: usize = 200;
const KEPT_MAX: usize = 60;
const LINE_MAX: usize = 500;
