//! Wiring: from a configuration to an application, and from an application to a running server.

use crate::config::Config;
use anyhow::{Context, bail};
use hundi_app::clock::{Clock, SystemClock};
use hundi_app::keys::Peppers;
use hundi_app::net::{Net, NetPolicy};
use hundi_app::passwords::{Cost, Passwords};
use hundi_app::random::SystemRandomness;
use hundi_app::seal::MasterKeys;
use hundi_app::{App, Ports, Schedule};
use hundi_core::guard::RetryLimits;
use hundi_core::time::hours;
use hundi_store::{Standing, Store};
use hundi_web::edge::{EdgeLimits, HostList, serve};
use hundi_web::{Settings, metrics_router, router};
use std::future::Future;
use std::sync::Arc;
use tokio::net::TcpListener;

/// Which halves of the house a process runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Role {
    /// Answers requests and does the jobs.
    All,
    Web,
    Worker,
}

/// Opens the application as the database's server.
pub async fn open(config: &Config) -> anyhow::Result<Arc<App>> {
    let store = Store::open(&config.store()?).await.context(NOT_OPENED)?;
    store.migrate().await.context("the database could not be brought up to date")?;
    app_on(store, config).await
}

/// Opens the application beside a running server, for commands. An empty database is set up first: whoever begins with
/// a merchant and a key need not have started a server before.
pub async fn open_beside(config: &Config) -> anyhow::Result<Arc<App>> {
    match standing(config).await? {
        // Before anything is made: without them it would have to be made again.
        Standing::Empty => secrets(config).map(drop)?,
        Standing::Behind { .. } => bail!("the database {BEHIND}"),
        Standing::Current => {
            let store = Store::open_beside(&config.store()?).await.context(NOT_OPENED)?;
            return app_on(store, config).await;
        }
    }
    open(config).await
}

/// How far the database is, without a change to it.
pub async fn standing(config: &Config) -> anyhow::Result<Standing> {
    Store::standing(&config.store()?).await.context(NOT_OPENED)
}

/// What commands say of a database that only a server may bring up to date.
pub const BEHIND: &str = "was set up by an older hundi; start the server first, which brings it up to date";
const NOT_OPENED: &str = "the database could not be opened";

async fn app_on(store: Store, config: &Config) -> anyhow::Result<Arc<App>> {
    let (masters, peppers) = secrets(config)?;
    let random = Arc::new(SystemRandomness::new());
    let policy = NetPolicy { allow: config.allowed()?, ..NetPolicy::strict() };
    let net = Arc::new(Net::new(policy)?);
    let checked = net.clone();
    let ports = Ports {
        store,
        clock: clock(),
        random: random.clone(),
        transport: net,
        check_url: Arc::new(move |url, mode| checked.check_url(url, mode)),
        masters,
        peppers,
        passwords: Passwords::new(Cost::OWASP, 2, random),
    };
    Ok(App::start(ports, app_config(config)?).await?)
}

/// The two secrets, read.
pub fn secrets(config: &Config) -> anyhow::Result<(MasterKeys, Peppers)> {
    let (masters, peppers) = config.secrets()?;
    let masters = MasterKeys::parse(&masters).context("master_keys")?;
    Ok((masters, Peppers::parse(&peppers).context("peppers")?))
}

fn app_config(config: &Config) -> anyhow::Result<hundi_app::Config> {
    Ok(hundi_app::Config {
        public_url: config.public_url.clone(),
        sandbox: config.sandbox.clone(),
        deliveries_live: Schedule::live(),
        deliveries_test: match config.retries_test.as_slice() {
            [] => Schedule::test(),
            gaps => Schedule::short(gaps),
        },
        limits: config.limits()?,
        retries: RetryLimits { retries_max: config.retries_max, within_ms: hours(config.retry_hours_max) },
        mail: config.mail()?,
    })
}

fn clock() -> Arc<dyn Clock> {
    #[cfg(feature = "failpoints")]
    if let Some(file) = std::env::var_os("HUNDI_CLOCK_FILE") {
        return Arc::new(hundi_app::clock::OffsetClock::new(file.into()));
    }
    Arc::new(SystemClock)
}

/// Serves until `stop`, then finishes what has begun.
pub async fn run(
    app: Arc<App>,
    config: &Config,
    role: Role,
    listener: Option<TcpListener>,
    stop: impl Future<Output = ()> + Send + 'static,
) -> anyhow::Result<()> {
    keep_time(&app).await;
    let (told, mut stopping) = tokio::sync::watch::channel(false);
    let mut worker_stop = stopping.clone();
    tokio::spawn(async move {
        stop.await;
        told.send_replace(true);
    });
    if role != Role::Web {
        hundi_app::jobs::take_back(&app).await.map_err(|e| anyhow::anyhow!(e.to_log()))?;
    }
    let worker = (role != Role::Web).then(|| {
        let app = app.clone();
        tokio::spawn(async move {
            let stopped = async {
                // The sender lives until it has told.
                worker_stop.wait_for(|stop| *stop).await.map(drop).unwrap_or_default();
            };
            hundi_app::jobs::run(app, stopped).await;
        })
    });
    let settings = Settings { product: "hundi".into(), secure_cookies: config.is_https() };
    let figures = match config.metrics_listen {
        None => None,
        Some(address) => {
            let listener = TcpListener::bind(address).await;
            let listener = listener.with_context(|| format!("cannot listen on {address} for metrics"))?;
            let router = metrics_router(app.clone(), settings.clone());
            let mut stop = stopping.clone();
            let stopped = async move {
                stop.wait_for(|stop| *stop).await.map(drop).unwrap_or_default();
            };
            Some(tokio::spawn(serve(listener, router, EdgeLimits::standard(), stopped)))
        }
    };
    match listener.filter(|_| role != Role::Worker) {
        Some(listener) => {
            let limits = EdgeLimits {
                trusted_proxies: config.trusted_proxies,
                hosts: HostList::new(config.hosts.iter().cloned()),
                paths_of_any_host: vec!["/health/".into()],
                ..EdgeLimits::standard()
            };
            let stopped = async move {
                stopping.wait_for(|stop| *stop).await.map(drop).unwrap_or_default();
            };
            serve(listener, router(app.clone(), settings), limits, stopped).await?;
        }
        None => {
            stopping.wait_for(|stop| *stop).await?;
        }
    }
    if let Some(worker) = worker {
        worker.await?;
    }
    if let Some(figures) = figures {
        figures.await??;
    }
    Ok(())
}

/// Goes by the database's clock, and looks again every minute. A clock that tests move is left alone.
async fn keep_time(app: &Arc<App>) {
    const EVERY: std::time::Duration = std::time::Duration::from_secs(60);
    #[cfg(feature = "failpoints")]
    if std::env::var_os("HUNDI_CLOCK_FILE").is_some() {
        return;
    }
    let app = app.clone();
    if let Err(error) = app.correct_clock().await {
        tracing::warn!(error = error.to_log(), "the database's clock could not be read");
    }
    tokio::spawn(async move {
        loop {
            tokio::time::sleep(EVERY).await;
            if let Err(error) = app.correct_clock().await {
                tracing::warn!(error = error.to_log(), "the database's clock could not be read");
            }
        }
    });
}

/// Ctrl-C, or what a service manager sends.
pub async fn asked_to_stop() {
    use tokio::signal::unix::{SignalKind, signal};
    match signal(SignalKind::terminate()) {
        Ok(mut terminate) => {
            tokio::select! {
                _ = tokio::signal::ctrl_c() => {}
                _ = terminate.recv() => {}
            }
        }
        Err(error) => {
            tracing::warn!(%error, "SIGTERM can't be heard; use Ctrl-C");
            std::future::pending::<()>().await;
        }
    }
}
