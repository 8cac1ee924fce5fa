//! `hundi users`: merchants and people, until there are pages for them.

use super::terminal;
use crate::config::Config;
use crate::house;
use anyhow::anyhow;
use clap::Subcommand;
use hundi_app::people::{self, NewMerchant, NewPerson};
use hundi_core::MerchantId;
use hundi_core::order::LateSuccess;
use hundi_core::scope::Role;
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
        /// What happens to money that comes too late: refund_later, or accept_and_void_other.
        #[arg(long, default_value = "refund_later")]
        late_success: String,
    },
    /// Changes what happens to money that comes too late: refund_later, or accept_and_void_other.
    LateSuccess { merchant: String, policy: String },
    /// Lists the merchants.
    Merchants,
    /// Makes a person. The password is asked for, or read from standard input.
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
    /// Sets a new password, asked for or read from standard input, and ends all sessions.
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
            let role: Role = role.parse().map_err(|_| no_role(&role))?;
            let merchant = merchant.as_deref().map(id).transpose()?;
            people::check_person(&app, &email, &name, role, merchant).await.map_err(told)?;
            let new = NewPerson { email, name, role, merchant, password: terminal::password().await? };
            println!("{}", people::create_person(&app, new).await.map_err(told)?.id);
        }
        Users::Password { email } => {
            people::is_known(&app, &email).await.map_err(told)?;
            let password = terminal::password().await?;
            people::set_password(&app, &email, &password).await.map_err(told)?;
            println!("{email} has a new password; all sessions are ended");
        }
        Users::Merchants => {
            for merchant in people::merchants(&app).await.map_err(told)? {
                println!("{}  {}  {}", merchant.id, merchant.late_success.in_full(), merchant.name);
            }
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
    LateSuccess::read(text).ok_or_else(|| anyhow!("the policy must be refund_later or accept_and_void_other"))
}

fn no_role(typed: &str) -> anyhow::Error {
    let roles: Vec<_> = Role::ALL.iter().map(|role| role.as_str()).collect();
    anyhow!("there is no role {typed}; the roles are {}", roles.join(", "))
}
