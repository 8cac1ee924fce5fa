//! The platform's account as a last resort: the merchant accepts it or ends it, and the platform lends it.

use super::desk::{Desk, Done};
use super::refused::Refused;
use crate::browser::page;
use crate::fields::{Fields, Sent};
use crate::pages::fallback::{FallbackPage, Lends, Lent, Standing};
use crate::pages::format::{ist, ist_short};
use crate::pages::parts::{Badge, Choice};
use crate::pages::shell::Place;
use axum::extract::Path;
use axum::response::Response;
use http::StatusCode;
use hundi_app::books::{self, Balance};
use hundi_app::fallbacks::{self, Fallback, NewOffer};
use hundi_app::{Error, connections, people};
use hundi_core::scope::Permission;
use hundi_core::{FallbackId, MerchantId, Money, Scope};
use std::collections::BTreeSet;

const PATH: &str = "/connections/fallback";
/// As its account stands in the books.
const DUE: &str = "due_from_platform";

pub(super) async fn show(desk: Desk) -> Result<Response, Refused> {
    desk.may(Permission::ReadConnections)?;
    shown(&desk, StatusCode::OK, "", None).await
}

/// The merchant decides.
pub(super) async fn agree(desk: Desk, Sent(fields): Sent) -> Result<Response, Refused> {
    let scope = desk.may(Permission::ManageConnections)?;
    let accepted = match fields.get("accepted") {
        "true" => true,
        "false" => false,
        _ => return Err(Error::invalid("accepted", "Choose whether to accept.").into()),
    };
    fallbacks::set(&desk.app, scope, &desk.actor(), accepted).await?;
    Ok(if accepted { Done::Enabled } else { Done::Disabled }.at(PATH))
}

/// The platform offers one of its connections.
pub(super) async fn offer(desk: Desk, Sent(fields): Sent) -> Result<Response, Refused> {
    let scope = desk.may(Permission::ManageConnections)?;
    let offered = match read(&fields) {
        Ok(new) => fallbacks::offer(&desk.app, scope, &desk.actor(), new).await,
        Err(error) => Err(error),
    };
    match offered {
        Ok(_) => Ok(Done::Saved.at(PATH)),
        Err(error @ (Error::Invalid { .. } | Error::FallbackStands)) => {
            let typed: String = fields.get("merchant").chars().take(64).collect();
            shown(&desk, StatusCode::UNPROCESSABLE_ENTITY, &typed, Some(error.sentence())).await
        }
        Err(error) => Err(error.into()),
    }
}

fn read(fields: &Fields) -> Result<NewOffer, Error> {
    let merchant = fields.parsed::<MerchantId>("merchant");
    let connection = fields.parsed("connection");
    Ok(NewOffer {
        merchant: merchant.ok_or_else(|| Error::invalid("merchant", "Type a merchant’s id: mer_…"))?,
        connection: connection.ok_or_else(|| Error::invalid("connection", "Choose a connection."))?,
    })
}

/// And takes it back.
pub(super) async fn withdraw(desk: Desk, Path(id): Path<String>) -> Result<Response, Refused> {
    let scope = desk.may(Permission::ManageConnections)?;
    let id: FallbackId = id.parse().map_err(|_| Refused(Error::NotFound { what: "offer" }))?;
    fallbacks::withdraw(&desk.app, scope, &desk.actor(), id).await?;
    Ok(Done::Disabled.at(PATH))
}

async fn shown(
    desk: &Desk,
    status: StatusCode,
    typed: &str,
    error: Option<String>,
) -> Result<Response, Refused> {
    let scope = desk.may(Permission::ReadConnections)?;
    let may_decide = desk.can(Permission::ManageConnections);
    let balances = match desk.can(Permission::ReadBooks) {
        true => books::balances(&desk.app, scope).await?,
        false => Vec::new(),
    };
    let standing = fallbacks::standing(&desk.app, scope).await?;
    let is_platform = fallbacks::platform(&desk.app).await? == Some(scope.merchant());
    let lends = match is_platform {
        true => Some(lends(desk, scope, &balances, typed, error).await?),
        false => None,
    };
    let view = FallbackPage {
        shell: desk.shell(Place::Connections).await?,
        standing: stands(standing.as_ref()),
        due: amounts(&balances, DUE, 1),
        agree_url: may_decide.then(|| PATH.to_owned()),
        lends,
    };
    Ok(page(status, &view))
}

fn stands(standing: Option<&Fallback>) -> Standing {
    match standing {
        None => Standing::Nothing,
        Some(f) => match &f.accepted {
            None => Standing::Offered(ist(f.offered_at)),
            Some(accepted) => Standing::Accepted(ist(accepted.at)),
        },
    }
}

/// What an account holds, in each of its currencies, on the side that makes it grow.
fn amounts(balances: &[Balance], account: &str, side: i64) -> Vec<String> {
    let of = balances.iter().filter(|b| b.account == account && b.debits != b.credits);
    let shown = |b: &Balance| {
        let minor = side * b.debits.saturating_sub(b.credits);
        b.currency.parse().map_or_else(
            |_| format!("{minor} {}", b.currency),
            |currency| Money::new(minor, currency).shown(),
        )
    };
    of.map(shown).collect()
}

async fn lends(
    desk: &Desk,
    scope: Scope,
    balances: &[Balance],
    typed: &str,
    error: Option<String>,
) -> Result<Lends, Refused> {
    let may_decide = desk.can(Permission::ManageConnections);
    let own = connections::list(&desk.app, scope).await?;
    let merchants = people::merchants(&desk.app).await?;
    let name = |id: MerchantId| merchants.iter().find(|m| m.id == id).map(|m| m.name.clone());
    let label = |f: &Fallback| own.iter().find(|c| c.row.id == f.connection_id).map(|c| c.row.label.clone());
    // What is owed is the merchant's, not the offer's: it stands beside the newest one alone.
    let mut told = BTreeSet::new();
    let row = |f: Fallback| {
        let merchant = f.scope.merchant();
        let owed = if told.insert(merchant) {
            amounts(balances, &format!("owed:{merchant}"), -1).join(", ")
        } else {
            String::new()
        };
        let (state, at) = match (&f.accepted, &f.ended) {
            (_, Some(ended)) => (Badge::DISABLED, ended.at),
            (Some(accepted), None) => (Badge::ENABLED, accepted.at),
            (None, None) => (Badge::WAITING, f.offered_at),
        };
        Lent {
            merchant: name(merchant).unwrap_or_default(),
            merchant_id: merchant.to_string(),
            connection: label(&f).unwrap_or_default(),
            state,
            at: ist_short(at),
            owed,
            withdraw_url: (may_decide && f.ended.is_none()).then(|| format!("{PATH}/{}/withdraw", f.id)),
        }
    };
    let choice = |(at, c): (usize, &connections::Shown)| Choice {
        value: c.row.id.to_string(),
        label: c.row.label.clone(),
        hint: String::new(),
        checked: at == 0,
    };
    Ok(Lends {
        rows: fallbacks::offers(&desk.app, scope).await?.into_iter().map(row).collect(),
        connections: own.iter().enumerate().map(choice).collect(),
        offer_url: (may_decide && !own.is_empty()).then(|| format!("{PATH}/offer")),
        merchant: typed.to_owned(),
        error,
    })
}
