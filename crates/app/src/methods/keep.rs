//! From a payer's consent to a saved method: written with the payment, asked of the provider once money was taken.

use super::{FEATURE, METHODS_MAX, SavedMethod, charges_saved, sealed};
use crate::connections::{self, Opened};
use crate::error::Error;
use crate::jobs::{self, Ending, Kind};
use crate::keys::Purpose;
use crate::payments::subject_of;
use crate::wired::Wired;
use crate::{App, fail_point};
use hundi_core::payment::Status;
use hundi_core::time::{days, hours, seconds};
use hundi_core::{CustomerId, Millis, PaymentId, SavedMethodId};
use hundi_providers::{CallError, Flow, KeptMethod, Learned, Person, TokenRef};
use hundi_store::customers::Customer;
use hundi_store::orders::Order;
use hundi_store::payments::Payment;
use hundi_store::saved_methods::{self as rows, Consent, Outcome, State};
use hundi_store::{Tx, customers, history, payments};
use std::sync::Arc;

/// The text of the payer's page, by its version. A new text gets a new version: consents name the one they were given to.
pub const CONSENT_VERSION: &str = "checkout-2026-11";
/// What the payer agrees to there.
pub const CONSENT_TEXT: &str = "Save this for next time. The payment provider keeps it, and this shop may charge it \
    again for what I order or agreed to. I can have it removed at any time.";

/// The first question to the provider, and the longest gap between two.
const FIRST_LOOK_MS: i64 = seconds(15);
const GAP_MS_MAX: i64 = hours(1);
/// A provider that has not decided by then will not.
const UNDECIDED_MS_MAX: i64 = days(7);

/// A payer agreed that what they pay with is kept.
#[derive(Clone, Debug)]
pub struct Consented {
    /// Of the text that was agreed to.
    pub version: String,
    pub ip: Option<String>,
}

/// What the opening of a payment says of it.
#[derive(Clone, Debug)]
pub(crate) struct Kept {
    customer: CustomerId,
    /// The provider's record of the payer.
    pub(crate) there: String,
    consented: Consented,
}

/// Whether what a payer agreed to can be kept, with the provider's record of them: made there now, if there is none.
/// What can't be kept keeps nobody from paying.
pub(crate) async fn consent_at(
    app: &App,
    connected: &Opened,
    flow: Flow,
    order: &Order,
    consented: Option<&Consented>,
) -> Result<Option<Kept>, Error> {
    let (Some(consented), Some(customer)) = (consented, order.customer) else { return Ok(None) };
    let Some(part) = connected.provider.saved().filter(|_| charges_saved(connected)) else { return Ok(None) };
    if !part.keeps_by().contains(&flow) {
        return Ok(None);
    }
    let connection = connected.row.id;
    let (known, row) = app
        .store
        .read(async move |tx| {
            let known = customers::at_provider(tx, customer, connection).await?;
            Ok::<_, Error>((known, customers::load_by_id(tx, customer).await?))
        })
        .await?;
    let Some(row) = row.filter(|c| c.erased_at.is_none()) else { return Ok(None) };
    let kept = |there| Some(Kept { customer, there, consented: consented.clone() });
    if let Some(there) = known {
        return Ok(kept(there));
    }
    let wire = Wired::new(app, connection, customer);
    let made = part.customer(connected.call(&wire), &person(&row)).await;
    let (now, exchanges) = (app.now(), wire.take());
    let there = made.as_ref().ok().cloned();
    let there = app
        .store
        .write(async move |tx| {
            for exchange in &exchanges {
                history::exchanged(tx, exchange).await?;
            }
            let Some(there) = &there else { return Ok(None) };
            customers::insert_at_provider(tx, customer, connection, there, now).await?;
            // Two at once: the first one stands.
            Ok::<_, Error>(customers::at_provider(tx, customer, connection).await?)
        })
        .await?;
    if there.is_none() {
        tracing::warn!(%customer, %connection, "a payer's method can't be kept: the provider made no record of them");
    }
    Ok(there.and_then(kept))
}

pub(crate) fn person(c: &Customer) -> Person {
    Person { id: c.id.to_string(), name: c.name.clone(), email: c.email.clone(), phone: c.phone.clone() }
}

impl Kept {
    /// Writes the consent beside its payment, and promises to ask what came of it.
    pub(crate) async fn write(
        &self,
        app: &App,
        tx: &mut Tx,
        payment: &Payment,
        now: Millis,
    ) -> Result<(), Error> {
        let consent = Consent {
            payment: payment.id,
            customer: self.customer,
            connection: payment.connection_id,
            provider_customer: self.there.clone(),
            at: now,
            version: self.consented.version.clone(),
            ip: self.consented.ip.clone().unwrap_or_default(),
            state: Outcome::Asked,
        };
        rows::insert_consent(tx, &consent).await?;
        let (key, at) = (payment.id.to_string(), now.plus(FIRST_LOOK_MS));
        Ok(jobs::enqueue(tx, jobs::id(app), Kind::Keep, &key, Some(payment.scope), at, now).await?)
    }
}

/// The job: once money was taken, asks the provider what it keeps.
pub(crate) async fn keep(app: &Arc<App>, id: PaymentId) -> Result<Ending, Error> {
    let read = app.store.read(async move |tx| {
        let consent = rows::consent(tx, id).await?;
        let customer = match &consent {
            Some(consent) => customers::load_by_id(tx, consent.customer).await?,
            None => None,
        };
        Ok::<_, Error>((consent, customer, payments::load_by_id(tx, id).await?))
    });
    let (Some(consent), Some(customer), Some(payment)) = read.await? else { return Ok(Ending::Done) };
    if consent.state != Outcome::Asked {
        return Ok(Ending::Done);
    }
    let age = app.now().since(consent.at);
    let later = Ending::Later(app.now().plus((age / 2).clamp(FIRST_LOOK_MS, GAP_MS_MAX)));
    match payment.status() {
        Status::Captured | Status::Authorized => {}
        Status::Created | Status::Pending if age < UNDECIDED_MS_MAX => return Ok(later),
        Status::Created | Status::Pending | Status::Failed | Status::Expired | Status::Cancelled => {
            return nothing(app, id).await;
        }
    }
    match ask(app, &consent, &payment).await? {
        Ok(Learned::Kept(kept)) => {
            save(app, &consent, &customer, &payment, *kept).await?;
            Ok(Ending::Done)
        }
        Ok(Learned::Nothing) => nothing(app, id).await,
        Ok(Learned::NotYet) | Err(_) if age < UNDECIDED_MS_MAX => Ok(later),
        Ok(Learned::NotYet) | Err(_) => nothing(app, id).await,
    }
}

async fn ask(app: &App, consent: &Consent, payment: &Payment) -> Result<Result<Learned, CallError>, Error> {
    let connected = connections::open(app, payment.connection_id).await?;
    let Some(part) = connected.provider.saved() else { return Ok(Ok(Learned::Nothing)) };
    let held = payment.state.held().map(|(id, _)| id.to_owned());
    let taken = payment.state.captures().next().map(|(id, _)| id.to_owned());
    let Some(provider_payment) = taken.or(held) else { return Ok(Ok(Learned::NotYet)) };
    let wire = Wired::new(app, payment.connection_id, payment.id);
    let subject = subject_of(payment)?;
    let call = connected.call(&wire);
    let learned = part.learn(call, &subject, &provider_payment, &consent.provider_customer).await;
    let exchanges = wire.take();
    app.store
        .write(async move |tx| {
            for exchange in &exchanges {
                history::exchanged(tx, exchange).await?;
            }
            Ok::<_, Error>(())
        })
        .await?;
    fail_point!("keep.after_ask");
    Ok(learned)
}

async fn save(
    app: &Arc<App>,
    consent: &Consent,
    customer: &Customer,
    payment: &Payment,
    kept: KeptMethod,
) -> Result<(), Error> {
    let (id, now, scope) = (app.id(SavedMethodId::new), app.now(), payment.scope);
    let token = TokenRef { customer: consent.provider_customer.clone(), token: kept.token };
    let print = app.peppers.hash(Purpose::Fingerprint, token.token.expose());
    let method = SavedMethod {
        id,
        scope,
        customer: customer.id,
        connection: consent.connection,
        payment: payment.id,
        state: State::Active,
        token: Some(sealed(app, scope, id, &token).await?),
        token_print: print,
        method: kept.method,
        network: kept.network,
        last4: kept.last4,
        expiry_month: kept.expiry_month,
        expiry_year: kept.expiry_year,
        label: kept.label,
        is_default: false,
        consent_at: consent.at,
        consent_version: consent.version.clone(),
        consent_ip: consent.ip.clone(),
        created_at: now,
        updated_at: now,
        version: 1,
    };
    let house = app.clone();
    app.store
        .write(async move |tx| {
            customers::lock(tx, method.customer).await?;
            let customer = customers::load_by_id(tx, method.customer).await?;
            let erased = customer.is_none_or(|c| c.erased_at.is_some());
            let of = rows::active_of(tx, method.customer, METHODS_MAX).await?;
            rows::consent_ended(tx, method.payment, Outcome::Kept).await?;
            if !rows::insert(tx, &method).await? {
                return Ok(());
            }
            if erased {
                // They were forgotten meanwhile: so is this.
                return super::forget::begin(&house, tx, &method, now).await;
            }
            if !of.iter().any(|m| m.is_default) {
                rows::make_default(tx, method.customer, method.id, now).await?;
            }
            Ok::<_, Error>(())
        })
        .await?;
    fail_point!("keep.after_save");
    app.ring();
    Ok(())
}

async fn nothing(app: &App, id: PaymentId) -> Result<Ending, Error> {
    app.store.write(async move |tx| rows::consent_ended(tx, id, Outcome::Nothing).await).await?;
    Ok(Ending::Done)
}

/// For pages and checks: whether what is paid by this connection and flow could be kept.
pub(crate) fn can_keep(provider: &dyn hundi_providers::Provider, features: &[String], flow: Flow) -> bool {
    let by = provider.saved().map_or(&[][..], |part| part.keeps_by());
    by.contains(&flow) && features.iter().any(|f| f == FEATURE)
}
