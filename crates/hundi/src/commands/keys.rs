//! `hundi keys`.

use crate::config::Config;
use crate::house;
use clap::Subcommand;
use hundi_app::api_keys::NewKey;
use hundi_app::networks::Network;
use hundi_app::random::SystemRandomness;
use hundi_app::seal::Ring;
use hundi_app::{Actor, api_keys};
use hundi_core::scope::Permission;
use hundi_core::{MerchantId, Mode, Scope, Version};
use std::process::ExitCode;

#[derive(Debug, Subcommand)]
pub(super) enum Keys {
    /// Prints new secrets for a server: keep them safe, they are made once.
    Secrets,
    /// Makes an API key; prints its secret, this once.
    Create {
        merchant: String,
        #[arg(long, default_value = "test")]
        mode: String,
        #[arg(long, default_value = "made by command")]
        name: String,
        /// What it may do, such as payments:read. May be given several times; what most servers need, when left out.
        #[arg(long = "scope")]
        scopes: Vec<String>,
        /// An address or a network that it may be used from. May be given several times; anywhere, when left out.
        #[arg(long = "network")]
        networks: Vec<String>,
    },
    /// Lists a merchant's API keys.
    List {
        merchant: String,
        #[arg(long, default_value = "test")]
        mode: String,
    },
    /// Has an API key answered in the shape of another version, from now on.
    Pin {
        merchant: String,
        key: String,
        /// A date, such as 2026-11-01.
        #[arg(value_name = "VERSION")]
        date: String,
    },
    /// Revokes an API key, from now on.
    Revoke { merchant: String, key: String },
    /// Puts every data key under the current master key.
    Rewrap,
}

pub(super) async fn keys(config: &Config, what: Keys) -> anyhow::Result<ExitCode> {
    if let Keys::Secrets = what {
        let random = SystemRandomness::new();
        println!("master_keys = \"{}\"", Ring::generate_text(&random, 'v', 1));
        println!("peppers = \"{}\"", Ring::generate_text(&random, 'p', 1));
        return Ok(ExitCode::SUCCESS);
    }
    let app = house::open_beside(config).await?;
    let actor = Actor::new("command", "");
    let told = |error: hundi_app::Error| anyhow::anyhow!(error.sentence());
    match what {
        Keys::Secrets => {}
        Keys::Create { merchant, mode, name, scopes, networks } => {
            let new = wanted(&name, &scopes, &networks)?;
            let made = api_keys::create_with(&app, scope(&merchant, &mode)?, &actor, new).await;
            let (key, secret) = made.map_err(told)?;
            println!("key id      {}\nkey secret  {}", key.id, secret.expose());
        }
        Keys::List { merchant, mode } => {
            for key in api_keys::list(&app, scope(&merchant, &mode)?).await.map_err(told)? {
                let state = if key.revoked_at.is_some() { "revoked" } else { "good" };
                println!("{}  {state}  {}  {}  {}", key.id, key.api_version, key.created_at, key.name);
            }
        }
        Keys::Pin { merchant, key, date } => {
            let dates = || Version::ALL.map(Version::as_str).join(", ");
            let version: Version =
                date.parse().map_err(|_| anyhow::anyhow!("the versions are {}", dates()))?;
            api_keys::pin(&app, scope_of(&merchant, &key)?, &actor, &key, version).await.map_err(told)?;
            println!("{key} is answered as of {version}");
        }
        Keys::Revoke { merchant, key } => {
            api_keys::revoke(&app, scope_of(&merchant, &key)?, &actor, &key).await.map_err(told)?;
            println!("{key} is revoked");
        }
        Keys::Rewrap => {
            let moved = hundi_app::vault::rewrap_all(&app).await.map_err(told)?;
            println!("{moved} data keys are under the current master key");
        }
    }
    app.store.clone().close().await;
    Ok(ExitCode::SUCCESS)
}

fn wanted(name: &str, scopes: &[String], networks: &[String]) -> anyhow::Result<NewKey> {
    let scope = |text: &String| -> anyhow::Result<Permission> {
        let known: Option<Permission> = text.parse().ok().filter(|p| Permission::OF_KEYS.contains(p));
        let all: Vec<&str> = Permission::OF_KEYS.iter().map(|p| p.as_str()).collect();
        known.ok_or_else(|| anyhow::anyhow!("there is no scope {text}; the scopes are {}", all.join(", ")))
    };
    let network = |text: &String| -> anyhow::Result<Network> {
        text.parse().map_err(|_| anyhow::anyhow!("{text} is neither an address nor a network"))
    };
    let mut new = NewKey::usual(name);
    if !scopes.is_empty() {
        new.may = scopes.iter().map(scope).collect::<anyhow::Result<_>>()?;
    }
    new.networks = networks.iter().map(network).collect::<anyhow::Result<_>>()?;
    Ok(new)
}

/// The scope of a key's merchant, in the mode that its id names.
fn scope_of(merchant: &str, key: &str) -> anyhow::Result<Scope> {
    let mode = hundi_app::keys::mode_of_key_id(key).ok_or_else(|| anyhow::anyhow!("{key} is no key id"))?;
    scope(merchant, mode.as_str())
}

/// The operator at the machine may act for any merchant.
fn scope(merchant: &str, mode: &str) -> anyhow::Result<Scope> {
    let merchant: MerchantId = merchant.parse().map_err(|e| anyhow::anyhow!("merchant: {e}"))?;
    let mode: Mode = mode.parse().map_err(|_| anyhow::anyhow!("mode must be test or live"))?;
    Ok(Scope::authenticated(merchant, mode))
}
