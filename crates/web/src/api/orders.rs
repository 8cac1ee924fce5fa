//! `/orders`: what is owed.

use super::body::{Nothing, Object, Posted};
use super::fields::{self, Pairs, Whole};
use super::may;
use super::query::{Asking, Id, Params};
use super::reply;
use crate::Web;
use axum::extract::State;
use axum::response::Response;
use hundi_app::orders::{self, Filter, NewOrder};
use hundi_app::{Error, expand};
use hundi_core::{Mode, OrderId};
use serde::Deserialize;
use serde_json::Value;

const RECEIPT_CHARS_MAX: usize = 40;
const DESCRIPTION_CHARS_MAX: usize = 200;
const NAME_CHARS_MAX: usize = 100;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Asked {
    amount: Whole,
    currency: String,
    capture: Option<String>,
    receipt: Option<String>,
    description: Option<String>,
    customer: Option<Object<Customer>>,
    customer_id: Option<String>,
    offer_saved_methods: Option<bool>,
    metadata: Option<Pairs>,
    return_url: Option<String>,
    expires_at: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Customer {
    name: Option<String>,
    email: Option<String>,
    phone: Option<String>,
}

impl Asked {
    pub(super) fn checked(self, mode: Mode, created_by: String) -> Result<NewOrder, Error> {
        let currency = fields::currency(&self.currency)?;
        let customer = self.customer.map(|c| c.0).unwrap_or_default();
        let capture_manual = match self.capture.as_deref() {
            None | Some("automatic") => false,
            Some("manual") => true,
            Some(_) => return Err(Error::invalid("capture", "Send automatic or manual.")),
        };
        let customer_id = self.customer_id.as_deref().map(str::parse).transpose();
        let customer_id =
            customer_id.map_err(|_| Error::invalid("customer_id", "Send the id of a customer: cus_…"))?;
        let offer_saved = self.offer_saved_methods.unwrap_or(false);
        if offer_saved && customer_id.is_none() {
            return Err(Error::invalid("offer_saved_methods", "Send it together with customer_id."));
        }
        Ok(NewOrder {
            customer: customer_id,
            offer_saved,
            amount: fields::amount("amount", self.amount, currency)?,
            capture_manual,
            receipt: fields::text("receipt", self.receipt, RECEIPT_CHARS_MAX)?,
            description: fields::text("description", self.description, DESCRIPTION_CHARS_MAX)?,
            payer_name: fields::text("customer.name", customer.name, NAME_CHARS_MAX)?,
            payer_email: fields::email("customer.email", customer.email)?,
            payer_phone: fields::phone("customer.phone", customer.phone)?,
            metadata: fields::metadata(self.metadata)?,
            return_url: fields::return_url("return_url", self.return_url, mode)?,
            expires_at: fields::instant("expires_at", self.expires_at.as_deref())?,
            created_by,
        })
    }
}

pub(super) async fn create(State(web): State<Web>, posted: Posted<Asked>) -> Response {
    let Posted { caller, key, body } = posted;
    let outcome = match body.checked(caller.scope.mode(), caller.actor.name.clone()) {
        Ok(new) => orders::create(&web.app, caller.scope, new, key.clone()).await,
        Err(error) => Err(error),
    };
    reply::done(&web, &caller, key.as_ref(), outcome).await
}

pub(super) async fn show(State(web): State<Web>, id: Id, mut asking: Asking) -> Response {
    let found = async {
        let wanted = asking.params.expand(expand::OF_ORDERS)?;
        may::expanded(&asking.caller, &wanted)?;
        asking.params.refuse_rest()?;
        expand::order(&web.app, asking.caller.scope, id.parse("order")?, &wanted).await
    };
    let found = found.await;
    asking.answer(found)
}

pub(super) async fn list(State(web): State<Web>, mut asking: Asking) -> Response {
    let found = listed(&web, &mut asking).await;
    asking.answer(found)
}

async fn listed(web: &Web, asking: &mut Asking) -> Result<Value, Error> {
    let (scope, params) = (asking.caller.scope, &mut asking.params);
    let span = params.span()?;
    let wanted = params.expand(expand::OF_ORDERS)?;
    may::expanded(&asking.caller, &wanted)?;
    let filter = filter(params)?;
    params.refuse_rest()?;
    let page = span
        .page(|id: OrderId| async move { orders::get(&web.app, scope, id).await.map(|o| o.created_at) })
        .await?;
    let rows = orders::list(&web.app, scope, filter, page).await?;
    let (rows, end) = span.cut(rows, |o| o.id.to_string());
    Ok(end.page(expand::orders(&web.app, scope, &rows, &wanted).await?))
}

/// What a list of orders is narrowed to.
pub(super) fn filter(params: &mut Params) -> Result<Filter, Error> {
    Ok(Filter {
        status: params.word("status", &["created", "attempted", "paid", "expired", "cancelled"])?,
        receipt: params.reference("receipt")?,
        amounts: params.amounts()?,
        currency: params.currency()?,
        reference: params.reference("reference")?,
        metadata: params.metadata()?,
    })
}

pub(super) async fn cancel(State(web): State<Web>, id: Id, posted: Posted<Nothing>) -> Response {
    let Posted { caller, key, body: Nothing {} } = posted;
    let outcome = match id.parse("order") {
        Ok(id) => orders::cancel(&web.app, caller.scope, &caller.actor, id, key.clone()).await,
        Err(error) => Err(error),
    };
    reply::done(&web, &caller, key.as_ref(), outcome).await
}
