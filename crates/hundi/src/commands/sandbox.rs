//! `hundi sandbox`.

use super::log;
use crate::config::Config;
use crate::house;

use crate::sandbox::{Receiver, ReceiverConfig, Sandbox, SandboxConfig, Simulated};
use hundi_providers::razorpay::sim::{RazorpaySim, SimAccount};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;

#[derive(Debug, clap::Args)]
pub(super) struct Options {
    /// The same seed gives the same ids and outcomes.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    #[arg(long, default_value = "127.0.0.1:4010")]
    listen: SocketAddr,
    /// An account that the simulator knows from the start: `key_id:key_secret`.
    #[arg(long = "account", default_value = "rzp_test_SandboxKey01:sandbox-secret")]
    accounts: Vec<String>,
    /// Append what happens to files in this folder.
    #[arg(long)]
    journal: Option<PathBuf>,
    /// Follow the offset in this file, as test builds of the server do.
    #[arg(long)]
    clock_file: Option<PathBuf>,
    /// Also receive webhooks here, and show them.
    #[arg(long)]
    receiver: Option<SocketAddr>,
}

pub(super) async fn sandbox(options: Options) -> anyhow::Result<ExitCode> {
    log(&Config::default());
    let mut simulator = RazorpaySim::new(options.seed);
    for (n, account) in options.accounts.iter().enumerate() {
        let (key, secret) =
            account.split_once(':').ok_or_else(|| anyhow::anyhow!("--account must be key_id:key_secret"))?;
        simulator.add_account(SimAccount::new(key, secret, format!("acc_Sandbox{n:07}")));
    }
    let mut simulated = Simulated::razorpay(simulator);
    simulated.listen = options.listen;
    let config = SandboxConfig {
        providers: vec![simulated],
        journal_dir: options.journal.clone(),
        clock_file: options.clock_file,
    };
    let running = Sandbox::start(config).await?;
    for (provider, url) in running.urls() {
        println!("{provider}  {url}");
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
