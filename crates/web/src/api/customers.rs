//! `/customers` and `/saved_methods`: payers that a merchant knows, and what providers keep for them.

use super::body::{Nothing, Posted};
use super::fields::{self, Pairs};
use super::query::{Asking, Bare, Id};
use super::reply;
use crate::Web;
use axum::extract::State;
use axum::response::Response;
use hundi_app::customers::{self, Changes, Filter, NewCustomer};
use hundi_app::{Error, methods, public};
use hundi_core::CustomerId;
use serde::Deserialize;
use serde_json::{Value, json};

const NAME_CHARS_MAX: usize = 100;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Asked {
    name: Option<String>,
    email: Option<String>,
    phone: Option<String>,
    metadata: Option<Pairs>,
}

impl Asked {
    fn checked(self) -> Result<NewCustomer, Error> {
        Ok(NewCustomer {
            name: fields::text("name", self.name, NAME_CHARS_MAX)?,
            email: fields::email("email", self.email)?,
            phone: fields::phone("phone", self.phone)?,
            metadata: fields::metadata(self.metadata)?,
        })
    }
}

/// `null` takes a field away; one that is left out stays.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Changed {
    #[serde(default, deserialize_with = "fields::given")]
    name: Option<Option<String>>,
    #[serde(default, deserialize_with = "fields::given")]
    email: Option<Option<String>>,
    #[serde(default, deserialize_with = "fields::given")]
    phone: Option<Option<String>>,
    metadata: Option<Pairs>,
}

impl Changed {
    fn checked(self) -> Result<Changes, Error> {
        Ok(Changes {
            name: self.name.map(|name| fields::text("name", name, NAME_CHARS_MAX)).transpose()?,
            email: self.email.map(|email| fields::email("email", email)).transpose()?,
            phone: self.phone.map(|phone| fields::phone("phone", phone)).transpose()?,
            metadata: self.metadata.map(|pairs| fields::metadata(Some(pairs))).transpose()?,
        })
    }
}

pub(super) async fn create(State(web): State<Web>, posted: Posted<Asked>) -> Response {
    let Posted { caller, key, body } = posted;
    let outcome = match body.checked() {
        Ok(new) => customers::create(&web.app, caller.scope, &caller.actor, new, key.clone()).await,
        Err(error) => Err(error),
    };
    reply::done(&web, &caller, key.as_ref(), outcome).await
}

pub(super) async fn show(State(web): State<Web>, id: Id, Bare(caller): Bare) -> Response {
    let found = async {
        let customer = customers::get(&web.app, caller.scope, id.parse("customer")?).await?;
        Ok::<_, Error>(public::customer(&customer))
    };
    reply::found(&caller, found.await)
}

pub(super) async fn list(State(web): State<Web>, mut asking: Asking) -> Response {
    let found = listed(&web, &mut asking).await;
    asking.answer(found)
}

async fn listed(web: &Web, asking: &mut Asking) -> Result<Value, Error> {
    let (scope, params) = (asking.caller.scope, &mut asking.params);
    let span = params.span()?;
    let filter = Filter { email: params.reference("email")?, phone: params.reference("phone")? };
    params.refuse_rest()?;
    let page = span
        .page(|id: CustomerId| async move { customers::get(&web.app, scope, id).await.map(|c| c.created_at) })
        .await?;
    let rows = customers::list(&web.app, scope, filter, page).await?;
    Ok(span.listed(rows, |c| c.id.to_string(), public::customer))
}

pub(super) async fn update(State(web): State<Web>, id: Id, posted: Posted<Changed>) -> Response {
    let Posted { caller, key, body } = posted;
    let asked = id.parse("customer").and_then(|id| Ok((id, body.checked()?)));
    let outcome = match asked {
        Ok((id, changes)) => {
            customers::update(&web.app, caller.scope, &caller.actor, id, changes, key.clone()).await
        }
        Err(error) => Err(error),
    };
    reply::done(&web, &caller, key.as_ref(), outcome).await
}

/// Personal data goes; the id stays.
pub(super) async fn delete(State(web): State<Web>, id: Id, Bare(caller): Bare) -> Response {
    let found = async {
        let id = id.parse("customer")?;
        let customer = customers::delete(&web.app, caller.scope, &caller.actor, id).await?;
        Ok::<_, Error>(public::customer(&customer))
    };
    reply::found(&caller, found.await)
}

/// Few, so that they come as one page: those that can be charged, the default one first.
pub(super) async fn list_methods(State(web): State<Web>, id: Id, Bare(caller): Bare) -> Response {
    let found = async {
        let rows = methods::list(&web.app, caller.scope, id.parse("customer")?).await?;
        Ok::<_, Error>(public::page(rows.iter().map(public::saved_method).collect(), false, None))
    };
    reply::found(&caller, found.await)
}

pub(super) async fn show_method(State(web): State<Web>, id: Id, Bare(caller): Bare) -> Response {
    let found = async {
        let method = methods::get(&web.app, caller.scope, id.parse("saved method")?).await?;
        Ok::<_, Error>(public::saved_method(&method))
    };
    reply::found(&caller, found.await)
}

pub(super) async fn make_default(State(web): State<Web>, id: Id, posted: Posted<Nothing>) -> Response {
    let Posted { caller, key, body: Nothing {} } = posted;
    let outcome = match id.parse("saved method") {
        Ok(id) => methods::make_default_by_api(&web.app, caller.scope, &caller.actor, id, key.clone()).await,
        Err(error) => Err(error),
    };
    reply::done(&web, &caller, key.as_ref(), outcome).await
}

pub(super) async fn delete_method(State(web): State<Web>, id: Id, Bare(caller): Bare) -> Response {
    let found = async {
        let id = id.parse("saved method")?;
        methods::delete(&web.app, caller.scope, &caller.actor, id).await?;
        Ok::<_, Error>(json!({ "id": id.to_string(), "object": "saved_method", "deleted": true }))
    };
    reply::found(&caller, found.await)
}
