//! `hundi fallback`: the platform's own account as a last resort, for the operator.

use crate::config::Config;
use crate::house;
use anyhow::{anyhow, bail};
use clap::Subcommand;
use hundi_app::fallbacks::{self, NewOffer};
use hundi_app::{Actor, App};
use hundi_core::{MerchantId, Mode, Scope};
use std::process::ExitCode;

#[derive(Debug, Subcommand)]
pub(super) enum Fallback {
    /// Names the platform's own merchant, whose connections are lent. Once: books rest on it. Without a merchant: says it.
    Platform { merchant: Option<String> },
    /// Offers one of the platform's connections to a merchant, which has to accept it in its console or by API.
    Offer {
        merchant: String,
        connection: String,
        #[arg(long, default_value = "test")]
        mode: String,
    },
    /// Lists what was offered, and what became of it.
    List {
        #[arg(long, default_value = "test")]
        mode: String,
    },
    /// Takes an offer back, accepted or not. No payment begins on it from then on.
    Withdraw {
        offer: String,
        #[arg(long, default_value = "test")]
        mode: String,
    },
}

pub(super) async fn fallback(config: &Config, what: Fallback) -> anyhow::Result<ExitCode> {
    let app = house::open_beside(config).await?;
    let actor = Actor::new("command", "");
    match what {
        Fallback::Platform { merchant: None } => match fallbacks::platform(&app).await.map_err(told)? {
            Some(named) => println!("{named}"),
            None => bail!("the platform's own merchant is not named yet: hundi fallback platform mer_…"),
        },
        Fallback::Platform { merchant: Some(merchant) } => {
            let merchant = id(&merchant)?;
            fallbacks::name_platform(&app, &actor, merchant).await.map_err(told)?;
            println!("{merchant}");
        }
        Fallback::Offer { merchant, connection, mode } => {
            let connection = connection.parse().map_err(|e| anyhow!("connection: {e}"))?;
            let new = NewOffer { merchant: id(&merchant)?, connection };
            let scope = platform(&app, &mode).await?;
            println!("{}", fallbacks::offer(&app, scope, &actor, new).await.map_err(told)?.id);
        }
        Fallback::List { mode } => {
            let scope = platform(&app, &mode).await?;
            for f in fallbacks::offers(&app, scope).await.map_err(told)? {
                let state = match (&f.accepted, &f.ended) {
                    (_, Some(ended)) => format!("ended by {}", ended.side.as_str()),
                    (Some(_), None) => "accepted".to_owned(),
                    (None, None) => "offered".to_owned(),
                };
                println!("{}  {state}  {}  {}", f.id, f.scope.merchant(), f.connection_id);
            }
        }
        Fallback::Withdraw { offer, mode } => {
            let offer = offer.parse().map_err(|e| anyhow!("offer: {e}"))?;
            let scope = platform(&app, &mode).await?;
            let ended = fallbacks::withdraw(&app, scope, &actor, offer).await.map_err(told)?;
            println!("{}  ended", ended.id);
        }
    }
    app.store.clone().close().await;
    Ok(ExitCode::SUCCESS)
}

fn told(error: hundi_app::Error) -> anyhow::Error {
    anyhow!(error.sentence())
}

/// The operator at the machine acts for the platform's own merchant.
async fn platform(app: &App, mode: &str) -> anyhow::Result<Scope> {
    let mode: Mode = mode.parse().map_err(|_| anyhow!("mode must be test or live"))?;
    let named = fallbacks::platform(app).await.map_err(told)?;
    let named = named
        .ok_or_else(|| anyhow!("name the platform's own merchant first: hundi fallback platform mer_…"))?;
    Ok(Scope::authenticated(named, mode))
}

fn id(text: &str) -> anyhow::Result<MerchantId> {
    text.parse().map_err(|e| anyhow!("merchant: {e}"))
}
