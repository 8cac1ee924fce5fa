//! Letters to a merchant's people, for what they must hear of although nobody looks at the console.
//!
//! Off where no mail server is set. A letter is promised in the transaction of what it tells, one job for each person,
//! and written when it is sent: it is brought at least once, and says the same Message-ID each time.

mod letter;

pub use letter::{Address, NotAnAddress};

use crate::error::Error;
use crate::jobs::{self, Ending, Job, Kind};
use crate::net::{Envelope, MailAt, Undelivered, bring_letter};
use crate::{App, fail_point};
use hundi_core::scope::Permission;
use hundi_core::time::{hours, minutes};
use hundi_core::{AuditId, EndpointId, Millis, Scope, UserId};
use hundi_store::endpoints::{self, Endpoint};
use hundi_store::people::{self, Merchant, Person};
use hundi_store::{DbError, Tx};
use letter::Letter;
use std::sync::Arc;

/// Where letters are handed in, and whom they are from.
#[derive(Clone, Debug)]
pub struct Mail {
    pub at: MailAt,
    pub from: Address,
    /// Shown beside the address.
    pub name: String,
}

/// Between the tries to hand a letter in. After the last it is before whoever runs us, among the dead jobs.
const GAPS_MS: [i64; 6] = [minutes(1), minutes(5), minutes(30), hours(2), hours(12), hours(24)];

/// Promises a letter about an endpoint that was disabled by no person's hand, to each who may mend it. `record` is the
/// audit record of it, by which the letters are told from those of another time.
pub(crate) async fn endpoint_disabled(
    app: &App,
    tx: &mut Tx,
    scope: Scope,
    (endpoint, record): (EndpointId, AuditId),
    now: Millis,
) -> Result<(), DbError> {
    if app.config.mail.is_none() {
        return Ok(());
    }
    for person in people::of_merchant(tx, scope.merchant()).await? {
        if person.role.allows(Permission::ManageWebhooks) {
            let key = format!("{endpoint} {record} {}", person.id);
            jobs::enqueue(tx, jobs::id(app), Kind::Mail, &key, Some(scope), now, now).await?;
        }
    }
    Ok(())
}

/// What a job is to tell, and to whom.
struct Told {
    endpoint: Endpoint,
    merchant: Merchant,
    person: Person,
}

/// The job. A letter that has become untrue is not sent.
pub(crate) async fn send(app: &Arc<App>, job: &Job) -> Result<Ending, Error> {
    let Some(mail) = &app.config.mail else { return Ok(Ending::Done) };
    let bad_key = || Error::Bug("a mail job has no readable key".into());
    let mut words = job.key.split(' ');
    let mut word = || words.next().unwrap_or_default();
    let endpoint: EndpointId = word().parse().map_err(|_| bad_key())?;
    let record: AuditId = word().parse().map_err(|_| bad_key())?;
    let person: UserId = word().parse().map_err(|_| bad_key())?;
    let Some(told) = load(app, endpoint, person).await? else { return Ok(Ending::Done) };
    // Before addresses were checked for letters, others could be typed.
    let Ok(to) = told.person.email.parse::<Address>() else {
        tracing::warn!(user = %person, "no letter can be sent to this person's address");
        return Ok(Ending::Done);
    };
    let host = app.config.public_url.split("//").nth(1).unwrap_or_default();
    let host = host.split([':', '/']).next().unwrap_or_default();
    let (subject, text) = words_of(&told, &app.config.public_url);
    let letter = Letter {
        to: &to,
        to_name: &told.person.name,
        subject: &subject,
        text: &text,
        message_id: &format!("{record}.{person}@{host}"),
        at: app.now(),
    };
    let (from, to, text) = (mail.from.to_string(), to.to_string(), letter.written(mail));
    fail_point!("mail.before_send");
    let ended = bring_letter(&mail.at, &Envelope { from: &from, to: &to, text: &text }).await;
    fail_point!("mail.after_send");
    match ended {
        Ok(()) => Ok(Ending::Done),
        Err(refused @ Undelivered::Refused(_)) => {
            tracing::warn!(user = %person, error = %refused, "a letter was refused for good");
            Ok(Ending::Done)
        }
        Err(Undelivered::Later(error)) => {
            tracing::warn!(attempt = job.attempt, error, "a letter could not be handed in");
            let done = usize::try_from(job.attempt).unwrap_or(usize::MAX).saturating_sub(1);
            let ending =
                GAPS_MS.get(done).map(|gap| Ending::Retry { at: app.now().plus(*gap), error: error.clone() });
            Ok(ending.unwrap_or(Ending::Dead { error }))
        }
    }
}

async fn load(app: &App, endpoint: EndpointId, person: UserId) -> Result<Option<Told>, Error> {
    let read = app.store.read(async move |tx| {
        let Some(endpoint) = endpoints::load_by_id(tx, endpoint).await?.filter(|e| !e.enabled) else {
            return Ok(None);
        };
        let Some(merchant) = people::merchant(tx, endpoint.scope.merchant()).await? else { return Ok(None) };
        let person = people::person(tx, person).await?.filter(|p| p.disabled_at.is_none());
        Ok::<_, DbError>(person.map(|person| Told { endpoint, merchant, person }))
    });
    Ok(read.await?)
}

/// Subject and text. Of the endpoint's address the host alone: merchants put tokens into what stands behind it.
fn words_of(told: &Told, public_url: &str) -> (String, String) {
    let Told { endpoint, merchant, person } = told;
    let host = url::Url::parse(&endpoint.url).ok().and_then(|url| url.host_str().map(str::to_owned));
    let host = host.unwrap_or_else(|| "your server".to_owned());
    let mode = endpoint.scope.mode();
    let reason = endpoint.disabled_reason.as_deref().unwrap_or("its tries failed");
    let subject = format!("Webhooks to {host} are off ({}, {mode} mode)", merchant.name);
    let text = format!(
        "Hello {},\n\nhundi has stopped sending events of {} to {host}, in {mode} mode: {reason}.\n\nNo event is \
         lost: all of them are kept. When your server answers again, enable the endpoint and have sent again what it \
         missed:\n\n{public_url}/endpoints/{}\n\nYou get this letter because you look after webhooks there.\n",
        person.name, merchant.name, endpoint.id,
    );
    (subject, text)
}
