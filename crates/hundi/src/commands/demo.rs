//! `hundi demo`: the whole thing on one machine, with a simulator, a receiver and a shop that has a week of history.

mod history;
mod kept;
mod neighbours;

use super::log;
use crate::config::{Config, limits_of};
use crate::house::{self, Role};
use crate::sandbox::{Receiver, ReceiverConfig, Sandbox, SandboxConfig, Simulated};
use anyhow::{Context, bail};
use history::Shop;
use hundi_app::Demo;
use hundi_app::random::SystemRandomness;
use hundi_app::seal::Ring;
use hundi_core::Secret;
use kept::Kept;
use neighbours::Place;
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use tokio::net::TcpListener;

#[derive(Debug, clap::Args)]
pub(super) struct Options {
    /// Everything is kept in this folder, and made anew at each start.
    #[arg(long, default_value = "data/demo")]
    data: PathBuf,
    /// Go on with what the last demo left there. The simulated provider has forgotten it: its payments can be looked
    /// at, and no longer refunded.
    #[arg(long)]
    keep: bool,
    #[arg(long, default_value = "127.0.0.1:8080")]
    listen: SocketAddr,
    #[arg(long, default_value = "127.0.0.1:4010")]
    sandbox: SocketAddr,
    #[arg(long, default_value = "127.0.0.1:4020")]
    receiver: SocketAddr,
    /// How often something may be done, as `[limits]` says it: `all=off`, `requests=1000/minute`.
    #[arg(long, env = "HUNDI_LIMITS")]
    limits: Option<String>,
}

pub(super) const EMAIL: &str = "asha@demo.example";
pub(super) const PASSWORD: &str = "demo-password";
const MARK: &str = "this-is-a-demo";

pub(super) async fn demo(options: Options) -> anyhow::Result<ExitCode> {
    // Taken first: a port that is in use is told before anything is made, or deleted.
    let taken = |address: SocketAddr| {
        format!("{address} is in use; choose another with --listen, --sandbox, --receiver")
    };
    let listener = TcpListener::bind(options.listen).await.with_context(|| taken(options.listen))?;
    let places = neighbours::places(&options);
    let kept = if options.keep { kept::read(&options.data)? } else { None };
    if kept.is_none() {
        fresh_folder(&options.data)?;
    }
    let config = demo_config(&options, &places, listener.local_addr()?, kept.as_ref())?;
    log(&Config { log: "warn".into(), ..config.clone() });
    let made = match &kept {
        Some(kept) => history::again(&config, &places, &kept.shop()?).await?,
        None => {
            let made = history::make(&config, &options, &places).await?;
            kept::write(&options.data, &config, &made)?;
            made
        }
    };

    let mut providers = vec![Simulated::new("razorpay", options.sandbox, Box::new(made.simulator))];
    for neighbour in made.neighbours {
        let (id, listen) = (neighbour.id, neighbour.listen);
        let simulator = neighbour.into_simulator().context("somebody still holds a simulator")?;
        providers.push(Simulated::new(id, listen, simulator));
    }
    let journal_dir = Some(options.data.clone());
    let sandbox = Sandbox::start(SandboxConfig { providers, journal_dir, clock_file: None, tls: None })
        .await
        .with_context(|| taken(options.sandbox))?;
    let receiver = ReceiverConfig {
        listen: options.receiver,
        secrets: vec![made.shop.endpoint_secret.clone()],
        journal: Some(options.data.join("receiver.jsonl")),
        clock: sandbox.clock(),
    };
    let receiver = Receiver::start(receiver).await.with_context(|| taken(options.receiver))?;
    let app = house::open(&config).await?;
    app.is_a_demo(Demo {
        merchant: made.shop.scope.merchant(),
        key_id: made.shop.key_id.clone(),
        key_secret: Secret::new(&made.shop.key_secret),
        endpoint_secret: made.shop.endpoint_secret.reveal(),
        receiver: receiver.url(),
    });
    print_welcome(&config, &options, &made.shop);
    house::run(app.clone(), &config, Role::All, Some(listener), house::asked_to_stop()).await?;
    app.store.clone().close().await;
    drop((sandbox, receiver));
    Ok(ExitCode::SUCCESS)
}

/// Nothing but an earlier demo is ever deleted.
fn fresh_folder(data: &Path) -> anyhow::Result<()> {
    if data.exists() {
        let ours = data.join(MARK).exists();
        let empty = std::fs::read_dir(data)?.next().is_none();
        if !ours && !empty {
            bail!("{} holds something else than a demo; choose another folder with --data", data.display());
        }
        std::fs::remove_dir_all(data)?;
    }
    std::fs::create_dir_all(data)?;
    Ok(std::fs::write(
        data.join(MARK),
        "Deleted and made anew at each start of the demo, unless it is given --keep.\n",
    )?)
}

fn demo_config(
    options: &Options,
    places: &[Place],
    listen: SocketAddr,
    kept: Option<&Kept>,
) -> anyhow::Result<Config> {
    let random = SystemRandomness::new();
    let made = |first| Ring::generate_text(&random, first, 1);
    let config = Config {
        listen,
        public_url: format!("http://{listen}"),
        database: format!("sqlite:{}", options.data.join("hundi.db").display()),
        master_keys: Some(kept.map_or_else(|| made('v'), |k| k.master_keys.clone())),
        peppers: Some(kept.map_or_else(|| made('p'), |k| k.peppers.clone())),
        sandbox: simulated(options, places),
        allow: simulated(options, places)
            .into_values()
            .filter_map(|url| url.strip_prefix("http://").map(str::to_owned))
            .chain([options.receiver.to_string()])
            .collect(),
        limits: options.limits.as_deref().map(limits_of).transpose()?.unwrap_or_default(),
        ..Config::default()
    };
    // So that `hundi verify` and the other commands can be run beside the demo.
    let (masters, peppers) = config.secrets()?;
    let text = format!(
        "database = \"{}\"\npublic_url = \"{}\"\nmaster_keys = \"{masters}\"\npeppers = \"{peppers}\"\n",
        config.database, config.public_url
    );
    kept::private(&options.data.join("hundi.toml"), &text)?;
    Ok(config)
}

/// Where each provider's simulator listens.
fn simulated(options: &Options, places: &[Place]) -> BTreeMap<String, String> {
    let url = |at: SocketAddr| format!("http://{at}");
    let others = places.iter().map(|(id, at)| ((*id).to_owned(), url(*at)));
    others.chain([("razorpay".to_owned(), url(options.sandbox))]).collect()
}

fn print_welcome(config: &Config, options: &Options, shop: &Shop) {
    let (url, sandbox, receiver) = (&config.public_url, options.sandbox, options.receiver);
    let (key, secret) = (&shop.key_id, &shop.key_secret);
    println!(
        "\nhundi is running. Everything here is simulated; no money moves.\n\n\
         Console    {url}/   sign in as {EMAIL} with {PASSWORD}\n\
         Webhooks   http://{receiver}/   what the shop's own server received\n\
         Simulated  {simulators}\n\
         Verify     cargo run -q -p hundi -- --config {data}/hundi.toml verify\n\
         Data       {data}: the next start makes all of it anew, unless it is given --keep\n\n\
         Take a payment in the browser: create an order and open its checkout_url. Beside a UPI code,\n\
         which no real app knows, \"Simulated: pay here\" leads to the simulated provider.\n\n  \
         export KEY={key}:{secret}\n  \
         curl -s {url}/api/v1/orders -u $KEY \\\n    \
         -H 'Content-Type: application/json' -H 'Idempotency-Key: first-order' \\\n    \
         -d '{{\"amount\": 149900, \"currency\": \"INR\", \"receipt\": \"R-1001\"}}'\n\n\
         Or by curl alone: begin a payment of that order, pay it at the simulator, and look.\n\n  \
         curl -s {url}/api/v1/payments -u $KEY \\\n    \
         -H 'Content-Type: application/json' -d '{{\"order_id\": \"ord_…\"}}'\n  \
         curl -s http://{sandbox}/sim/api/pay -H 'Content-Type: application/json' \\\n    \
         -d '{{\"order\": \"order_…\", \"outcome\": \"pay\", \"method\": \"upi\"}}'     # its provider_order\n  \
         curl -s {url}/api/v1/payments/pay_… -u $KEY\n  \
         curl -s {url}/api/v1/payments/pay_…/refunds -u $KEY \\\n    \
         -H 'Content-Type: application/json' -d '{{\"amount\": 50000}}'\n\n\
         Stop with Ctrl-C.\n",
        data = options.data.display(),
        simulators =
            config.sandbox.iter().map(|(id, url)| format!("{id} {url}")).collect::<Vec<_>>().join(", "),
    );
}
