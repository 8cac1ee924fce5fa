//! `hundi connections`: a merchant's accounts at providers, for those who set a server up without its console.

use super::terminal;
use crate::config::Config;
use crate::house;
use anyhow::{Context, anyhow, bail};
use clap::Subcommand;
use hundi_app::Actor;
use hundi_app::connections::{self, Draft, Flow};
use hundi_app::settlements::{self, FILE_BYTES_MAX};
use hundi_app::sweeps;
use hundi_core::{MerchantId, Mode, Scope, Secret};
use std::collections::BTreeMap;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

#[derive(Debug, Subcommand)]
pub(super) enum Connections {
    /// Connects an account, after the provider has accepted its credentials. Prints its id and its webhook address.
    Add(Added),
    /// Lists a merchant's connections.
    List {
        merchant: String,
        #[arg(long, default_value = "test")]
        mode: String,
    },
    /// Has the provider's own lists read over a connection: a running server does it. Prints the sweep's id.
    Sweep {
        connection: String,
        #[arg(long)]
        merchant: String,
        #[arg(long, default_value = "test")]
        mode: String,
        /// How many days back at least; as far as was never read, unless said.
        #[arg(long)]
        days: Option<i64>,
    },
    /// Reads a settlement file that a provider gave out, and asks the provider about whatever in it is not known here.
    /// Ends with 1 where a line is left for a person.
    Settled {
        connection: String,
        /// CSV, as downloaded.
        file: PathBuf,
        #[arg(long)]
        merchant: String,
        #[arg(long, default_value = "test")]
        mode: String,
    },
}

#[derive(Debug, clap::Args)]
pub(super) struct Added {
    #[arg(long)]
    merchant: String,
    #[arg(long, default_value = "test")]
    mode: String,
    /// The provider's name: razorpay.
    #[arg(long)]
    provider: String,
    #[arg(long, default_value = "Main")]
    label: String,
    /// `name=value`; `name=-` reads the value from a line of standard input, `name=env:NAME` from the environment.
    #[arg(long = "credential", required = true)]
    credentials: Vec<String>,
    /// The environment variable that holds the webhook secret.
    #[arg(long)]
    webhook_secret_env: Option<String>,
    /// A way to pay: script, redirect, upi_intent. May be given several times.
    #[arg(long = "flow", required = true)]
    flows: Vec<String>,
    /// What the account's owner says it can do, such as upi_intent. May be given several times.
    #[arg(long = "feature")]
    features: Vec<String>,
}

pub(super) async fn connections(config: &Config, what: Connections) -> anyhow::Result<ExitCode> {
    let app = house::open_beside(config).await?;
    let told = |error: hundi_app::Error| anyhow!(error.sentence());
    let mut code = ExitCode::SUCCESS;
    match what {
        Connections::Add(added) => {
            let (scope, draft) = read(added).await?;
            let actor = Actor::new("command", "");
            let saved = connections::save(&app, scope, &actor, draft).await.map_err(told)?;
            let shown = connections::get(&app, scope, saved.id).await.map_err(told)?;
            println!("connection   {}\nwebhook url  {}", saved.id, shown.webhook_url);
        }
        Connections::List { merchant, mode } => {
            for shown in connections::list(&app, scope(&merchant, &mode)?).await.map_err(told)? {
                let state = if shown.row.enabled { "enabled" } else { "disabled" };
                println!("{}  {state}  {}  {}", shown.row.id, shown.row.provider, shown.row.label);
            }
        }
        Connections::Sweep { connection, merchant, mode, days } => {
            let id = connection.parse().map_err(|e| anyhow!("connection: {e}"))?;
            let (scope, actor) = (scope(&merchant, &mode)?, Actor::new("command", ""));
            let sweep = sweeps::sweep(&app, scope, &actor, id, days).await.map_err(told)?;
            println!("{}  {}  from {} to {}", sweep.id, sweep.state.as_str(), sweep.from, sweep.to);
        }
        Connections::Settled { connection, file, merchant, mode } => {
            let id = connection.parse().map_err(|e| anyhow!("connection: {e}"))?;
            let (scope, actor) = (scope(&merchant, &mode)?, Actor::new("command", ""));
            let bytes = of_file(&file)?;
            let read = settlements::read_file(&app, scope, &actor, id, &bytes).await.map_err(told)?;
            show(&read);
            if !read.questions.is_empty() {
                code = ExitCode::FAILURE;
            }
        }
    }
    app.store.clone().close().await;
    Ok(code)
}

fn of_file(path: &Path) -> anyhow::Result<Vec<u8>> {
    let bytes_max = u64::try_from(FILE_BYTES_MAX).unwrap_or(u64::MAX);
    let mut bytes = Vec::new();
    let file = std::fs::File::open(path).with_context(|| format!("{} cannot be opened", path.display()))?;
    file.take(bytes_max + 1).read_to_end(&mut bytes)?;
    if bytes.len() > FILE_BYTES_MAX {
        bail!("the file is larger than {} MiB", FILE_BYTES_MAX >> 20);
    }
    Ok(bytes)
}

fn show(read: &settlements::Read) {
    println!(
        "{} lines: {} known, {} found by asking, {} of no payment, {} for a person",
        read.lines,
        read.known,
        read.found,
        read.others,
        read.questions.len()
    );
    for question in &read.questions {
        let amount = question.amount;
        println!(
            "{}  {} {}  {}",
            question.line,
            amount.decimal(),
            amount.currency(),
            question.what.sentence()
        );
    }
}

async fn read(added: Added) -> anyhow::Result<(Scope, Draft)> {
    let mut credentials = BTreeMap::new();
    for pair in &added.credentials {
        let (name, value) = pair.split_once('=').context("--credential must be name=value")?;
        credentials.insert(name.to_owned(), secret(name, value).await?);
    }
    let webhook_secret = added.webhook_secret_env.as_deref().map(from_env).transpose()?;
    let flow = |text: &String| text.parse::<Flow>().map_err(|()| no_flow(text));
    let draft = Draft {
        provider: added.provider,
        label: added.label,
        credentials,
        webhook_secret,
        features: added.features,
        flows: added.flows.iter().map(flow).collect::<anyhow::Result<_>>()?,
        min_minor: None,
        max_minor: None,
        session_ms: None,
    };
    Ok((scope(&added.merchant, &added.mode)?, draft))
}

fn no_flow(typed: &str) -> anyhow::Error {
    let flows: Vec<_> = Flow::ALL.iter().map(|flow| flow.as_str()).collect();
    anyhow!("there is no flow {typed}; the flows are {}", flows.join(", "))
}

/// Only what is public may stand in the arguments: everybody on the machine can list them.
async fn secret(name: &str, value: &str) -> anyhow::Result<Secret> {
    if let Some(variable) = value.strip_prefix("env:") {
        return from_env(variable);
    }
    if value != "-" {
        return Ok(Secret::new(value));
    }
    terminal::secret(name).await
}

fn from_env(variable: &str) -> anyhow::Result<Secret> {
    match std::env::var(variable) {
        Ok(value) if !value.is_empty() => Ok(Secret::new(&value)),
        _ => bail!("the environment variable {variable} is empty"),
    }
}

/// The operator at the machine may act for any merchant.
fn scope(merchant: &str, mode: &str) -> anyhow::Result<Scope> {
    let merchant: MerchantId = merchant.parse().map_err(|e| anyhow!("merchant: {e}"))?;
    let mode: Mode = mode.parse().map_err(|_| anyhow!("mode must be test or live"))?;
    Ok(Scope::authenticated(merchant, mode))
}
