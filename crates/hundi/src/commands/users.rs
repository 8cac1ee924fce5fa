//! `hundi users`: merchants and people, until there are pages for them.

use crate::config::Config;
use crate::house;
use anyhow::{Context, anyhow};
use clap::Subcommand;
use hundi_app::people::{self, NewMerchant, NewPerson};
use hundi_core::order::LateSuccess;
use hundi_core::scope::Role;
use hundi_core::{MerchantId, Secret};
use std::io::BufRead;
use std::process::ExitCode;

#[derive(Debug, Subcommand)]
pub(super) enum Users {
    /// Makes a merchant.
    Merchant {
        name: String,
        #[arg(long)]
        organization: Option<String>,
        #[arg(long, default_value = "Asia/Kolkata")]
        zone: String,
        /// What happens to money that comes too late or twice: refund, or accept.
        #[arg(long, default_value = "refund")]
        late_success: String,
    },
    /// Changes what happens to money that comes too late or twice.
    LateSuccess { merchant: String, policy: String },
    /// Makes a person. The password is read from standard input.
    Create {
        email: String,
        #[arg(long)]
        name: String,
        /// platform_admin, platform_support, organization_admin, manager, staff, finance, developer
        #[arg(long)]
        role: String,
        #[arg(long)]
        merchant: Option<String>,
    },
    /// Sets a new password, read from standard input, and ends all sessions.
    Password { email: String },
    /// Lists everybody.
    List,
}

pub(super) async fn users(config: &Config, what: Users) -> anyhow::Result<ExitCode> {
    let app = house::open_beside(config).await?;
    let told = |error: hundi_app::Error| anyhow!(error.sentence());
    match what {
        Users::Merchant { name, organization, zone, late_success } => {
            let organization = organization.unwrap_or_else(|| name.clone());
            let new = NewMerchant { organization, name, zone, late_success: policy(&late_success)? };
            println!("{}", people::create_merchant(&app, new).await.map_err(told)?.id);
        }
        Users::LateSuccess { merchant, policy: word } => {
            people::set_late_success(&app, id(&merchant)?, policy(&word)?).await.map_err(told)?;
            println!("{merchant}: {word}");
        }
        Users::Create { email, name, role, merchant } => {
            let role: Role = role.parse().map_err(|_| anyhow!("there is no role {role}"))?;
            let merchant = merchant.as_deref().map(id).transpose()?;
            let new = NewPerson { email, name, role, merchant, password: typed()? };
            println!("{}", people::create_person(&app, new).await.map_err(told)?.id);
        }
        Users::Password { email } => {
            people::set_password(&app, &email, &typed()?).await.map_err(told)?;
            println!("{email} has a new password; all sessions are ended");
        }
        Users::List => {
            for person in people::everyone(&app).await.map_err(told)? {
                let merchant = person.merchant.map_or_else(String::new, |m| m.to_string());
                println!("{}  {}  {}  {merchant}", person.id, person.email, person.role.as_str());
            }
        }
    }
    app.store.clone().close().await;
    Ok(ExitCode::SUCCESS)
}

fn id(text: &str) -> anyhow::Result<MerchantId> {
    text.parse().map_err(|e| anyhow!("merchant: {e}"))
}

fn policy(text: &str) -> anyhow::Result<LateSuccess> {
    text.parse().map_err(|()| anyhow!("the policy must be refund or accept"))
}

/// From standard input, so that it stands in no list of processes and no shell history.
fn typed() -> anyhow::Result<Secret> {
    eprintln!("Type the password, then Enter:");
    let mut line = String::new();
    std::io::stdin().lock().read_line(&mut line).context("the password could not be read")?;
    Ok(Secret::new(line.trim_end_matches(['\r', '\n'])))
}
