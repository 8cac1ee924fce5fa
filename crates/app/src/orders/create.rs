//! A new order: one transaction for the row, its event, the job that ends it, and the kept answer.

use crate::answer::{Reply, Taken, remember, remembered, seen, taken_in};
use crate::error::Error;
use crate::{App, fail_point, jobs, metadata, planted, public};
use hundi_core::event::EventType;
use hundi_core::order::Status;
use hundi_core::time::{days, minutes};
use hundi_core::{CustomerId, EventId, Millis, Money, OrderId, Scope};
use hundi_store::customers::{self, Customer};
use hundi_store::events::{self, Event};
use hundi_store::idempotency::{self, Key};
use hundi_store::orders::{self, Order};
use hundi_store::policies;

/// What a merchant asks for, already checked field by field at the edge.
#[derive(Clone, Debug)]
pub struct NewOrder {
    pub amount: Money,
    pub capture_manual: bool,
    pub receipt: Option<String>,
    pub description: Option<String>,
    pub payer_name: Option<String>,
    pub payer_email: Option<String>,
    pub payer_phone: Option<String>,
    /// A JSON object.
    pub metadata: String,
    pub return_url: Option<String>,
    pub customer: Option<CustomerId>,
    /// Whether the payer's page offers what the customer has saved.
    pub offer_saved: bool,
    pub expires_at: Option<Millis>,
    pub created_by: String,
}

/// How far ahead an order may expire: not before anybody can pay it, not after everybody has forgotten it.
const EXPIRES_AHEAD_MS: std::ops::RangeInclusive<i64> = minutes(1)..=days(366);

/// Creates an order, once for each idempotency key.
pub async fn create(app: &App, scope: Scope, new: NewOrder, key: Option<Key>) -> Result<Reply, Error> {
    if new.expires_at.is_some_and(|at| !EXPIRES_AHEAD_MS.contains(&at.since(app.now()))) {
        // A repeat comes later than its first: the time may have passed meanwhile, and the answer stands.
        return match seen(app, key.as_ref()).await? {
            Taken::Replay(reply) => Ok(reply),
            Taken::Finish { .. } | Taken::Free => {
                Err(Error::invalid("expires_at", "Choose a time between one minute and one year ahead."))
            }
        };
    }
    if let Some(key) = &key
        && let Some(reply) = remembered(app, key)?
    {
        return Ok(reply);
    }
    loop {
        // Most keys are new, so that nobody looks before writing: a key that was taken has its answer here as well.
        let (id, event_id, job_id) = (app.id(OrderId::new), app.id(EventId::new), jobs::id(app));
        let (new, key_here, now) = (new.clone(), key.clone(), app.now());
        let link = app.checkout_url(id);
        let written = app
            .store
            .write(async move |tx| {
                let policy = policies::load(tx, scope).await?.ok_or(Error::NotFound { what: "merchant" })?;
                let mut order = row(id, scope, &new, policy.late_success, now);
                if let Some(customer) = new.customer {
                    let known = customers::load(tx, scope, customer).await?.filter(|c| c.erased_at.is_none());
                    made_out_to(&mut order, &known.ok_or_else(unknown_customer)?);
                }
                let shown = public::order(&order, &[], &link);
                let reply = Reply::new(201, &shown);
                if let Some(key) = &key_here
                    && !idempotency::begin_done(tx, key, &id.to_string(), &reply.kept(), now).await?
                {
                    return taken_in(tx, key, now).await;
                }
                orders::insert(tx, &order).await?;
                metadata::of_order(tx, scope, id, &order.metadata, now).await?;
                events::insert(tx, &created(event_id, &order, &shown)).await?;
                if let Some(at) = order.expires_at {
                    jobs::enqueue(tx, job_id, jobs::Kind::ExpireOrder, &id.to_string(), Some(scope), at, now)
                        .await?;
                }
                Ok::<_, Error>(Taken::Replay(reply))
            })
            .await?;
        fail_point!("order.after_create");
        app.ring();
        match written {
            Taken::Replay(reply) => {
                if let Some(key) = &key {
                    remember(app, key, &reply);
                }
                return Ok(reply);
            }
            // An order is written with its answer: there is no middle to finish.
            Taken::Finish { .. } | Taken::Free => {}
        }
    }
}

fn unknown_customer() -> Error {
    Error::invalid("customer_id", "Send the id of a customer: cus_…")
}

/// What the order itself does not say of its payer, the customer does.
fn made_out_to(order: &mut Order, customer: &Customer) {
    let said = |own: &mut Option<String>, known: &Option<String>| {
        if own.is_none() {
            own.clone_from(known);
        }
    };
    said(&mut order.payer_name, &customer.name);
    said(&mut order.payer_email, &customer.email);
    said(&mut order.payer_phone, &customer.phone);
}

fn row(
    id: OrderId,
    scope: Scope,
    new: &NewOrder,
    late_success: hundi_core::order::LateSuccess,
    now: Millis,
) -> Order {
    Order {
        id,
        scope,
        // What a float makes of amounts that have no exact binary form.
        amount: match planted!("rounding_loses_a_paisa") && new.amount.minor() % 100 != 0 {
            true => Money::new(new.amount.minor() - 1, new.amount.currency()),
            false => new.amount,
        },
        status: Status::Created,
        attempted: false,
        late_success,
        capture_manual: new.capture_manual,
        receipt: new.receipt.clone(),
        description: new.description.clone(),
        payer_name: new.payer_name.clone(),
        payer_email: new.payer_email.clone(),
        payer_phone: new.payer_phone.clone(),
        metadata: new.metadata.clone(),
        return_url: new.return_url.clone(),
        customer: new.customer,
        offer_saved: new.offer_saved,
        expires_at: new.expires_at,
        expired_at: None,
        cancelled_at: None,
        created_by: new.created_by.clone(),
        created_at: now,
        updated_at: now,
        version: 1,
        event_seq: 1,
    }
}

fn created(id: EventId, order: &Order, shown: &serde_json::Value) -> Event {
    Event {
        id,
        scope: order.scope,
        kind: EventType::OrderCreated,
        object_type: "order",
        object_id: order.id.to_string(),
        seq: 1,
        capture_id: None,
        created_at: order.created_at,
        body: shown.to_string(),
    }
}
