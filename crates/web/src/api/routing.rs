//! `/routing`: which connection collects what, and what would happen to a payment now.

use super::body::{Object, Posted};
use super::query::{Asking, Bare};
use super::{fields, reply};
use crate::Web;
use axum::extract::State;
use axum::response::Response;
use hundi_app::routing::{self, Ask, RuleText, ShareText, WhenText};
use hundi_app::{Error, public};
use hundi_core::Method;
use hundi_core::order::LateSuccess;
use serde::Deserialize;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Written {
    rules: Vec<Object<WrittenRule>>,
}

/// A rule of objects: left to itself, each would be read from an array of its fields as well.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenRule {
    name: String,
    #[serde(default, deserialize_with = "fields::given")]
    when: Option<Object<WhenText>>,
    to: Vec<Object<ShareText>>,
}

impl WrittenRule {
    fn read(self) -> RuleText {
        RuleText {
            name: self.name,
            when: self.when.map(|when| when.0).unwrap_or_default(),
            to: self.to.into_iter().map(|share| share.0).collect(),
        }
    }
}

pub(super) async fn show(State(web): State<Web>, Bare(caller): Bare) -> Response {
    let found = async {
        let routing = routing::get(&web.app, caller.scope).await?;
        Ok::<_, Error>(public::routing(&routing, caller.scope))
    };
    reply::found(&caller, found.await)
}

/// A list is put in the place of the one before: doing it twice is doing it once.
pub(super) async fn replace(State(web): State<Web>, posted: Posted<Written>) -> Response {
    let Posted { caller, key: _, body } = posted;
    let rules: Vec<RuleText> = body.rules.into_iter().map(|rule| rule.0.read()).collect();
    let done = async {
        check_names(&rules)?;
        let routing = routing::set(&web.app, caller.scope, &caller.actor, rules).await?;
        Ok::<_, Error>(public::routing(&routing, caller.scope))
    };
    reply::found(&caller, done.await)
}

/// Names are lines for people, like every other; how long they may be is for the rules to say.
fn check_names(rules: &[RuleText]) -> Result<(), Error> {
    for (at, rule) in rules.iter().enumerate().filter(|(_, rule)| !rule.name.trim().is_empty()) {
        fields::text(&format!("rules[{at}].name"), Some(rule.name.clone()), usize::MAX)?;
    }
    Ok(())
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Decided {
    late_success: String,
}

pub(super) async fn policy(State(web): State<Web>, Bare(caller): Bare) -> Response {
    let found = async {
        let policy = routing::policy(&web.app, caller.scope).await?;
        Ok::<_, Error>(public::policy(&policy, caller.scope))
    };
    reply::found(&caller, found.await)
}

pub(super) async fn decide(State(web): State<Web>, posted: Posted<Decided>) -> Response {
    let Posted { caller, key: _, body } = posted;
    let done = async {
        let known = [LateSuccess::Refund, LateSuccess::Accept];
        let late = known.into_iter().find(|policy| policy.in_full() == body.late_success);
        let late = late
            .ok_or_else(|| Error::invalid("late_success", "Send refund_later or accept_and_void_other."))?;
        let policy = routing::set_policy(&web.app, caller.scope, &caller.actor, late).await?;
        Ok::<_, Error>(public::policy(&policy, caller.scope))
    };
    reply::found(&caller, done.await)
}

pub(super) async fn preview(State(web): State<Web>, mut asking: Asking) -> Response {
    let found = async {
        let ask = wanted(&mut asking, web.app.now())?;
        let preview = routing::preview(&web.app, asking.caller.scope, &ask).await?;
        Ok::<_, Error>(public::routing_preview(&preview))
    };
    let found = found.await;
    asking.answer(found)
}

fn wanted(asking: &mut Asking, at: hundi_core::Millis) -> Result<Ask, Error> {
    let params = &mut asking.params;
    let missing = |name: &'static str| Error::invalid(name, "This parameter is required.");
    let currency = params.take("currency");
    let minor = params.parsed("amount", "a whole number of minor units", |text| {
        text.parse().ok().filter(|_| text.bytes().all(|c| c.is_ascii_digit()))
    })?;
    let methods: Vec<&str> = Method::ALL.iter().map(|m| m.as_str()).collect();
    let method = params.word("method", &methods)?;
    let flow = params.parsed("flow", "script, redirect or upi_intent", |text| text.parse().ok())?;
    params.refuse_rest()?;
    let currency = currency.ok_or_else(|| missing("currency"))?;
    let minor = fields::Whole(minor.ok_or_else(|| missing("amount"))?);
    let amount = fields::amount("amount", minor, fields::currency(&currency)?)?;
    Ok(Ask { amount, method, flow, at, dice: 0 })
}
