//! Which connection collects what: the rules in order, what would happen to a payment now, and the policy for money that
//! comes twice or too late.

use super::desk::{Desk, Done};
use super::refused::Refused;
use super::rule::{self, amount_of};
use crate::browser::page;
use crate::fields::{Asking, Fields, Sent, address};
use crate::pages::format::{count, counted, ist, ist_clock};
use crate::pages::parts::{Choice, MoneyLine, Sign};
use crate::pages::routing::{Found, FoundLine, PolicyView, RoutingPage, RuleRow, TestForm};
use crate::pages::shell::Place;
use axum::response::Response;
use http::StatusCode;
use hundi_app::Error;
use hundi_app::connections::{self, Shown};
use hundi_app::routing::{self, Ask, Exposure, LOOKED_AT_MAX, Policy, Preview, RuleText};
use hundi_core::order::LateSuccess;
use hundi_core::routing::{PassedOver, Unfit};
use hundi_core::scope::Permission;
use hundi_core::{Currency, Method, Money, Scope};

pub(super) const PATH: &str = "/routing";

pub(super) async fn show(desk: Desk, Asking(fields): Asking) -> Result<Response, Refused> {
    let scope = desk.may(Permission::ReadConnections)?;
    whole(&desk, scope, &fields, None).await
}

/// The page with a test, if one was asked for, and what is wrong with a policy that was sent.
async fn whole(
    desk: &Desk,
    scope: Scope,
    fields: &Fields,
    policy_error: Option<String>,
) -> Result<Response, Refused> {
    let app = &desk.app;
    let routing = routing::get(app, scope).await?;
    let connections = connections::list(app, scope).await?;
    let policy = routing::policy(app, scope).await?;
    let exposure = routing::exposure(app, scope).await?;
    let test = test(desk, scope, &connections, fields).await?;
    let wrong = test.error.is_some() || policy_error.is_some();
    let last = routing.rules.len().saturating_sub(1);
    let row = |(at, text): (usize, &RuleText)| RuleRow {
        at,
        name: text.name.clone(),
        when: rule::when_in_words(&text.when),
        to: rule::shares_in_words(text, &connections),
        edit_url: address("/routing/rule", &[("at", &at.to_string())]),
        first: at == 0,
        last: at == last,
    };
    let view = RoutingPage {
        shell: desk.shell(Place::Routing).await?,
        can_manage: desk.can(Permission::ManageRouting),
        rules: routing.rules.iter().enumerate().map(row).collect(),
        version: routing.version,
        changed: routing.updated_at.map(ist).unwrap_or_default(),
        usual: connections.iter().filter(|c| c.row.enabled).map(|c| c.row.label.clone()).collect(),
        test,
        policy: policy_view(&policy, &exposure, policy_error),
    };
    Ok(page(if wrong { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK }, &view))
}

// ---- what would happen

async fn test(
    desk: &Desk,
    scope: Scope,
    connections: &[Shown],
    fields: &Fields,
) -> Result<TestForm, Refused> {
    let typed: String = fields.get("amount").chars().take(30).collect();
    let currency = fields.parsed::<Currency>("currency").unwrap_or(Currency::INR);
    let method = fields.parsed::<Method>("method");
    let mut form = TestForm {
        currencies: rule::currencies(connections, Some(currency)),
        methods: methods(method),
        error: None,
        found: None,
        amount: typed,
    };
    if form.amount.is_empty() {
        return Ok(form);
    }
    match amount_of(&form.amount, currency) {
        Ok(amount) => {
            let ask = Ask { amount, method, flow: None, at: desk.now(), dice: 0 };
            let preview = routing::preview(&desk.app, scope, &ask).await?;
            form.found = Some(found(&preview, amount, method));
        }
        Err(sentence) => form.error = Some(sentence),
    }
    Ok(form)
}

fn methods(chosen: Option<Method>) -> Vec<Choice> {
    let any = rule::choice("", "Not known yet", chosen.is_none());
    let known = Method::ALL.iter().filter(|m| **m != Method::Other);
    let known = known.map(|m| rule::choice(m.as_str(), m.shown(), chosen == Some(*m)));
    [any].into_iter().chain(known).collect()
}

fn found(preview: &Preview, amount: Money, method: Option<Method>) -> Found {
    let tries = preview.tries.iter().enumerate().map(|(at, c)| FoundLine {
        sign: if at == 0 { Sign::SENT } else { Sign::NOTED },
        title: c.label.clone(),
        sentence: match at {
            0 => "Is asked first.".to_owned(),
            _ => "Is asked if the one before surely did nothing.".to_owned(),
        },
    });
    let over = preview.passed_over.iter().map(|(c, why)| FoundLine {
        sign: match why {
            PassedOver::Unfit(_) => Sign::TODO,
            PassedOver::Down { .. } | PassedOver::Recovering => Sign::WARNING,
        },
        title: c.label.clone(),
        sentence: why_not(*why),
    });
    let by = method.map(|m| format!(" by {}", m.shown())).unwrap_or_default();
    Found {
        what: format!("{}{by}, now", amount.shown()),
        rule: match (&preview.rule, preview.tries.is_empty()) {
            (_, true) => "Nobody can take it: the payer is told so.".to_owned(),
            (Some((at, name)), false) => format!(
                "Rule {}, “{name}”, decides. Where several share, the first is drawn for each order; this is one draw.",
                at + 1
            ),
            (None, false) => {
                "No rule fits. Connections are asked in the order in which they were made.".to_owned()
            }
        },
        lines: tries.chain(over).collect(),
    }
}

fn why_not(why: PassedOver) -> String {
    match why {
        PassedOver::Unfit(Unfit::Disabled) => "Is not enabled.".to_owned(),
        PassedOver::Unfit(Unfit::Currency) => "Does not take this currency.".to_owned(),
        PassedOver::Unfit(Unfit::Amount) => "Does not take so much, or so little.".to_owned(),
        PassedOver::Unfit(Unfit::Flow) => "Does not offer this way to pay.".to_owned(),
        PassedOver::Down { until } => {
            format!("Failed too often lately. It is left alone until {} IST.", ist_clock(until))
        }
        PassedOver::Recovering => "Failed too often lately. One payment at a time tries it again.".to_owned(),
    }
}

// ---- the policy

fn policy_view(policy: &Policy, exposure: &Exposure, error: Option<String>) -> PolicyView {
    let choice = |late: LateSuccess, label: &str, hint: &str| Choice {
        hint: hint.to_owned(),
        ..rule::choice(late.in_full(), label, policy.late_success == late)
    };
    let line = |amount: &Money| MoneyLine {
        label: "May be charged twice now".to_owned(),
        amount: amount.shown(),
        sum: false,
    };
    let mut exposed: Vec<MoneyLine> = exposure.amounts.iter().map(line).collect();
    if exposed.is_empty() {
        exposed.push(line(&Money::zero(Currency::INR)));
    }
    let orders = u64::try_from(exposure.orders).unwrap_or(u64::MAX);
    let rows = count(LOOKED_AT_MAX.unsigned_abs());
    PolicyView {
        choices: vec![
            choice(
                LateSuccess::Refund,
                "Give the later one back",
                "A payer may try another way beside one that is open. What comes second, or for an order that is over, \
                 goes back by itself.",
            ),
            choice(
                LateSuccess::Accept,
                "Accept it, and void the other",
                "A payment that begins takes the place of the open one, which is called off. Money for an order that \
                 is over pays it after all.",
            ),
        ],
        sentence: format!(
            "Above what is owed, should everything open succeed: {}. Counted from your newest {rows} payments of 7 days.",
            counted(orders, "order", "orders")
        ),
        exposed,
        changed: policy.updated_at.map(ist).unwrap_or_default(),
        error,
    }
}

pub(super) async fn decide(desk: Desk, Sent(fields): Sent) -> Result<Response, Refused> {
    let scope = desk.may(Permission::ManageRouting)?;
    let known = [LateSuccess::Refund, LateSuccess::Accept];
    let chosen = known.into_iter().find(|late| late.in_full() == fields.get("late_success"));
    let Some(late) = chosen else {
        let error = "Choose one of the two.".to_owned();
        return whole(&desk, scope, &Fields::default(), Some(error)).await;
    };
    routing::set_policy(&desk.app, scope, &desk.actor(), late).await?;
    Ok(Done::PolicySaved.at(PATH))
}

// ---- the list

/// Puts a rule earlier or later, or takes it away.
pub(super) async fn change(desk: Desk, Sent(fields): Sent) -> Result<Response, Refused> {
    let scope = desk.may(Permission::ManageRouting)?;
    let mut rules = routing::get(&desk.app, scope).await?.rules;
    let (at, version) = (rule::place(&fields, &rules)?, rule::version(&fields)?);
    match fields.get("do") {
        "up" if at > 0 => rules.swap(at, at - 1),
        "down" if at + 1 < rules.len() => rules.swap(at, at + 1),
        "remove" => drop(rules.remove(at)),
        _ => return Err(Error::invalid("do", "Choose earlier, later or remove.").into()),
    }
    routing::set_after(&desk.app, scope, &desk.actor(), rules, version).await?;
    Ok(Done::Saved.at(PATH))
}
