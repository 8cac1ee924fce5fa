//! `hundi sandbox`.

use super::log;
use crate::config::Config;
use crate::house;

use crate::sandbox::{Receiver, ReceiverConfig, Sandbox, SandboxConfig, Simulated, Tls};
use anyhow::{Context, bail};
use hundi_core::Secret;
use hundi_providers::registry;
use hundi_providers::sim::SimMerchant;
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;

#[derive(Debug, clap::Args)]
pub(super) struct Options {
    /// The same seed gives the same ids and outcomes.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// The first provider listens here, each next one a port higher.
    #[arg(long, default_value = "127.0.0.1:4010")]
    listen: SocketAddr,
    /// An account that a simulator knows from the start, `provider:name=value,name=value`. Each provider that is not
    /// named has one of its own making, which is printed.
    #[arg(long = "account")]
    accounts: Vec<String>,
    /// Append what happens to files in this folder.
    #[arg(long)]
    journal: Option<PathBuf>,
    /// Follow the offset in this file, as test builds of the server do.
    #[arg(long)]
    clock_file: Option<PathBuf>,
    /// Also serve all of them over TLS here, under the providers' own names: for SDKs that speak nothing else.
    #[arg(long, value_name = "ADDRESS")]
    tls: Option<SocketAddr>,
    /// Where the authority lies that makes the certificate: trust its ca.pem. Made at the first start.
    #[arg(long, value_name = "FOLDER", default_value = "data/sandbox-tls", requires = "tls")]
    tls_folder: PathBuf,
    /// Also receive webhooks here, and show them.
    #[arg(long)]
    receiver: Option<SocketAddr>,
}

pub(super) async fn sandbox(options: Options) -> anyhow::Result<ExitCode> {
    log(&Config::default());
    let config = SandboxConfig {
        providers: simulated(&options)?,
        journal_dir: options.journal.clone(),
        clock_file: options.clock_file,
        tls: options.tls.map(|listen| Tls { listen, folder: options.tls_folder }),
    };
    let running = Sandbox::start(config).await?;
    for (provider, url) in running.urls() {
        println!("{provider}  {url}");
    }
    if let Some((address, authority)) = running.tls() {
        println!("tls  https://{address}, trusted by {}, for", authority.display());
        for (name, provider) in running.tls_names() {
            println!("     {name}  {provider}");
        }
    }
    let receiver = match options.receiver {
        Some(listen) => {
            let journal = options.journal.map(|dir| dir.join("receiver.jsonl"));
            let config = ReceiverConfig { listen, secrets: Vec::new(), journal, clock: running.clock() };
            let receiver = Receiver::start(config).await?;
            println!("receiver  {}", receiver.url());
            Some(receiver)
        }
        None => None,
    };
    house::asked_to_stop().await;
    drop((running, receiver));
    Ok(ExitCode::SUCCESS)
}

/// Every provider's simulator with its accounts. What it was not given and made itself is printed: it is for anybody.
fn simulated(options: &Options) -> anyhow::Result<Vec<Simulated>> {
    let given = options.accounts.iter().map(|text| account(text)).collect::<anyhow::Result<Vec<_>>>()?;
    let mut all = Vec::new();
    for (port, id) in (options.listen.port()..).zip(registry::all().map(|p| p.card().id)) {
        let mut simulator = registry::simulator(id, options.seed).expect("the registry lists it");
        let own: Vec<_> = given.iter().filter(|(of, _)| of == id).map(|(_, named)| named.clone()).collect();
        let known = if own.is_empty() {
            let demo = simulator.demo_credentials(1);
            for (name, value) in &demo {
                println!("{id}  {name} = {}", value.expose());
            }
            vec![demo]
        } else {
            own
        };
        for credentials in known {
            simulator.put_merchant(&SimMerchant {
                credentials,
                name: "Demo merchant".into(),
                webhook_url: None,
                webhook_secret: None,
            });
        }
        all.push(Simulated::new(id, SocketAddr::new(options.listen.ip(), port), simulator));
    }
    if let Some((unknown, _)) = given.iter().find(|(of, _)| registry::find(of).is_none()) {
        bail!("no provider is called {unknown}");
    }
    Ok(all)
}

fn account(text: &str) -> anyhow::Result<(String, BTreeMap<String, Secret>)> {
    let shape = "--account must be provider:name=value,name=value";
    let (provider, fields) = text.split_once(':').context(shape)?;
    let pair = |field: &str| {
        let (name, value) = field.split_once('=')?;
        Some((name.to_owned(), Secret::new(value)))
    };
    let credentials = fields.split(',').map(pair).collect::<Option<_>>().context(shape)?;
    Ok((provider.to_owned(), credentials))
}
