//! Configuration: one TOML file, then environment variables over it. Errors say what to write.

use anyhow::{Context, bail};
use hundi_app::limits::Limits;
use hundi_app::mail::{Mail, NotAnAddress};
use hundi_app::net::{Allow, NotAMailServer};
use hundi_core::Secret;
use hundi_core::time::hours;
use hundi_providers::registry;
use hundi_store::{Isolation, StoreConfig};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use tracing_subscriber::EnvFilter;

/// Everything that can be set.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// Where we listen.
    pub listen: SocketAddr,
    /// Where monitoring may read `/metrics`; without it, only this machine may, at `listen`.
    pub metrics_listen: Option<SocketAddr>,
    /// Where others reach us; no slash at the end.
    pub public_url: String,
    /// `sqlite:PATH` or `postgres://…`.
    pub database: String,
    /// Connections to PostgreSQL.
    pub pool: usize,
    /// `read_committed` or `serializable`, on PostgreSQL.
    pub isolation: String,
    /// `v1:<base64 of 32 bytes>`, the current one first.
    pub master_keys: Option<String>,
    /// `p1:<base64 of 32 bytes>`, the current one first.
    pub peppers: Option<String>,
    /// Read the two above from this file, one `name = "value"` a line.
    pub secrets_file: Option<PathBuf>,
    /// Simulators that stand in for providers in test mode: provider id to address.
    pub sandbox: BTreeMap<String, String>,
    /// Places that we may call although they are not public: `127.0.0.1:4010`, `10.1.0.0/16`.
    pub allow: Vec<String>,
    /// How often something may be done: `requests = "100/minute"`, `refunds = "off"`; and where all nodes count
    /// together: `redis = "redis://host:6379"`.
    pub limits: BTreeMap<String, String>,
    /// Proxies of ours that add to X-Forwarded-For.
    pub trusted_proxies: usize,
    /// Names that we answer to; empty means any.
    pub hosts: Vec<String>,
    /// Seconds between the tries of a test delivery, in place of the usual ones; the last is the end.
    pub retries_test: Vec<u32>,
    /// How often a failed payment may be tried again.
    pub retries_max: usize,
    /// And for how many hours after the first that failed.
    pub retry_hours_max: i64,
    /// Where letters to a merchant's people are handed in: `smtps://user:password@host:465`, or `smtp://…:587` with
    /// STARTTLS. Without it none are sent. It holds a password: better in the environment.
    pub mail_url: Option<String>,
    /// Whom they are from: `hundi@example.com`, or `Tiffin Cloud <hundi@example.com>`.
    pub mail_from: Option<String>,
    /// `info`, `debug`, or a filter such as `hundi_app=debug,info`.
    pub log: String,
    pub log_json: bool,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 8080)),
            metrics_listen: None,
            public_url: "http://127.0.0.1:8080".into(),
            database: "sqlite:data/hundi.db".into(),
            pool: 12,
            isolation: "read_committed".into(),
            master_keys: None,
            peppers: None,
            secrets_file: None,
            sandbox: BTreeMap::new(),
            allow: Vec::new(),
            limits: BTreeMap::new(),
            trusted_proxies: 0,
            hosts: Vec::new(),
            retries_test: Vec::new(),
            retries_max: hundi_app::RETRIES.retries_max,
            retry_hours_max: hundi_app::RETRIES.within_ms / hours(1),
            mail_url: None,
            mail_from: None,
            log: "info".into(),
            log_json: false,
        }
    }
}

/// More would be no limit.
const RETRIES_MAX: usize = 20;
/// A month.
const RETRY_HOURS_MAX: i64 = 720;

/// Every variable that is a setting.
const SETTINGS: &[&str] = &[
    "HUNDI_CONFIG",
    "HUNDI_LISTEN",
    "HUNDI_METRICS_LISTEN",
    "HUNDI_PUBLIC_URL",
    "HUNDI_DATABASE",
    "HUNDI_POOL",
    "HUNDI_ISOLATION",
    "HUNDI_MASTER_KEYS",
    "HUNDI_PEPPERS",
    "HUNDI_SECRETS_FILE",
    "HUNDI_ALLOW",
    "HUNDI_LIMITS",
    "HUNDI_SANDBOX",
    "HUNDI_RETRIES_TEST",
    "HUNDI_RETRIES_MAX",
    "HUNDI_RETRY_HOURS_MAX",
    "HUNDI_MAIL_URL",
    "HUNDI_MAIL_FROM",
    "HUNDI_LOG",
];
/// `starts=5/minute,all=off`: what a setting in one line says of limits.
pub(crate) fn limits_of(text: &str) -> anyhow::Result<BTreeMap<String, String>> {
    let pair = |pair: &str| {
        let (rule, limit) =
            pair.split_once('=').context("HUNDI_LIMITS must be limit=5/minute, or all=off")?;
        Ok((rule.trim().to_owned(), limit.trim().trim_matches('"').to_owned()))
    };
    text.split(',').filter(|t| !t.is_empty()).map(pair).collect()
}

/// What builds for tests also hear. In any other build they would be thought to work.
const SETTINGS_OF_TESTS: &[&str] = &["HUNDI_FAIL", "HUNDI_PLANTED", "HUNDI_CLOCK_FILE"];
/// Of the commands that call the API, in whose shells a server may be started as well.
const OF_CALLERS: &[&str] = &["HUNDI_SERVER", "HUNDI_API_KEY", "HUNDI_WEBHOOK_SECRET"];
/// Of the programmes that test us, which start us with their own environment.
const OF_TESTERS: &[&str] =
    &["HUNDI_TEST_", "HUNDI_E2E_", "HUNDI_UPDATE_DOCS", "HUNDI_GALLERY_DIR", "HUNDI_SCHEMA_REQUESTS"];

/// Refuses a variable that would be read by nobody: a misspelt setting is a setting that does not hold.
fn known(mut names: impl Iterator<Item = String>) -> anyhow::Result<()> {
    let settings = || {
        let more = if cfg!(feature = "failpoints") { SETTINGS_OF_TESTS } else { &[] };
        SETTINGS.iter().chain(more).copied()
    };
    let strange = names.find(|name| {
        name.starts_with("HUNDI_")
            && !settings().any(|setting| setting == name)
            && !OF_CALLERS.contains(&name.as_str())
            && !OF_TESTERS.iter().any(|of| name.starts_with(of))
    });
    match strange {
        Some(name) => {
            bail!("{name} is no setting; the settings are {}", settings().collect::<Vec<_>>().join(", "))
        }
        None => Ok(()),
    }
}

/// The two secrets that a server cannot start without.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct SecretsFile {
    master_keys: String,
    peppers: String,
}

impl Config {
    /// Reads the file, if there is one, and the environment over it.
    pub fn read(file: Option<&Path>) -> anyhow::Result<Self> {
        let mut config = match file {
            Some(path) => {
                let text = std::fs::read_to_string(path)
                    .with_context(|| format!("cannot read the configuration {}", path.display()))?;
                toml::from_str(&text).with_context(|| format!("in {}", path.display()))?
            }
            None => Self::default(),
        };
        let named = std::env::vars_os().filter_map(|(name, _)| name.into_string().ok());
        known(named)?;
        config.overlay(|name| std::env::var(name).ok())?;
        if let Some(path) = &config.secrets_file {
            let text = std::fs::read_to_string(path)
                .with_context(|| format!("cannot read the secrets file {}", path.display()))?;
            // The error of the parser may quote the line, which is a secret.
            let Ok(secrets) = toml::from_str::<SecretsFile>(&text) else {
                bail!(
                    "{} must hold master_keys = \"…\" and peppers = \"…\", and nothing else",
                    path.display()
                );
            };
            config.master_keys.get_or_insert(secrets.master_keys);
            config.peppers.get_or_insert(secrets.peppers);
        }
        config.check()?;
        Ok(config)
    }

    fn overlay(&mut self, env: impl Fn(&str) -> Option<String>) -> anyhow::Result<()> {
        if let Some(text) = env("HUNDI_LISTEN") {
            self.listen = text.parse().context("HUNDI_LISTEN must be an address such as 0.0.0.0:8080")?;
        }
        if let Some(text) = env("HUNDI_METRICS_LISTEN") {
            let address =
                text.parse().context("HUNDI_METRICS_LISTEN must be an address such as 10.0.0.5:9100")?;
            self.metrics_listen = Some(address);
        }
        if let Some(text) = env("HUNDI_PUBLIC_URL") {
            self.public_url = text;
        }
        if let Some(text) = env("HUNDI_DATABASE") {
            self.database = text;
        }
        if let Some(text) = env("HUNDI_POOL") {
            self.pool = text.parse().context("HUNDI_POOL must be a number")?;
        }
        if let Some(text) = env("HUNDI_ISOLATION") {
            self.isolation = text;
        }
        if let Some(text) = env("HUNDI_MASTER_KEYS") {
            self.master_keys = Some(text);
        }
        if let Some(text) = env("HUNDI_PEPPERS") {
            self.peppers = Some(text);
        }
        if let Some(text) = env("HUNDI_SECRETS_FILE") {
            self.secrets_file = Some(text.into());
        }
        if let Some(text) = env("HUNDI_ALLOW") {
            self.allow = text.split(',').filter(|t| !t.is_empty()).map(str::to_owned).collect();
        }
        if let Some(text) = env("HUNDI_SANDBOX") {
            for pair in text.split(',').filter(|t| !t.is_empty()) {
                let (provider, url) =
                    pair.split_once('=').context("HUNDI_SANDBOX must be provider=address")?;
                // As in the file: `razorpay = "http://127.0.0.1:4010"`.
                let url = url.trim().trim_matches('"');
                self.sandbox.insert(provider.trim().to_owned(), url.to_owned());
            }
        }
        if let Some(text) = env("HUNDI_RETRIES_TEST") {
            let secs = text.split(',').map(str::trim).map(str::parse).collect::<Result<_, _>>();
            self.retries_test = secs.context("HUNDI_RETRIES_TEST must be seconds, such as 1,1,2")?;
        }
        if let Some(text) = env("HUNDI_LIMITS") {
            self.limits.extend(limits_of(&text)?);
        }
        if let Some(text) = env("HUNDI_RETRIES_MAX") {
            self.retries_max = text.parse().context("HUNDI_RETRIES_MAX must be a number")?;
        }
        if let Some(text) = env("HUNDI_RETRY_HOURS_MAX") {
            self.retry_hours_max = text.parse().context("HUNDI_RETRY_HOURS_MAX must be a number of hours")?;
        }
        if let Some(text) = env("HUNDI_MAIL_URL") {
            self.mail_url = Some(text);
        }
        if let Some(text) = env("HUNDI_MAIL_FROM") {
            self.mail_from = Some(text);
        }
        if let Some(text) = env("HUNDI_LOG") {
            self.log = text;
        }
        Ok(())
    }

    fn check(&self) -> anyhow::Result<()> {
        let url = self.public_url.as_str();
        let plain = url.starts_with("http://") || url.starts_with("https://");
        if !plain || url.ends_with('/') || url.contains(['?', '#', '@']) {
            bail!(
                "public_url must be an address such as https://pay.example.com, without a slash at its end"
            );
        }
        if self.retries_max > RETRIES_MAX || !(1..=RETRY_HOURS_MAX).contains(&self.retry_hours_max) {
            bail!("retries_max must be 0 to {RETRIES_MAX}, and retry_hours_max 1 to {RETRY_HOURS_MAX}");
        }
        self.store()?;
        self.isolation()?;
        self.allowed()?;
        if self.retries_test.len() > 20 || self.retries_test.iter().any(|secs| !(1..=86_400).contains(secs)) {
            bail!("retries_test must be up to 20 gaps, each from 1 to 86400 seconds");
        }
        self.limits()?;
        self.mail()?;
        for (provider, url) in &self.sandbox {
            if registry::find(provider).is_none() {
                let all: Vec<_> = registry::all().map(|p| p.card().id).collect();
                bail!("sandbox: there is no provider {provider}; the providers are {}", all.join(", "));
            }
            if !url.starts_with("http://") && !url.starts_with("https://") {
                bail!("sandbox: {url} must be an address such as http://127.0.0.1:4010");
            }
        }
        EnvFilter::try_new(&self.log)
            .map_err(|e| anyhow::anyhow!("log: {}: {e}; write a level, or hundi_app=debug,info", self.log))?;
        Ok(())
    }

    fn isolation(&self) -> anyhow::Result<Isolation> {
        match self.isolation.as_str() {
            "read_committed" => Ok(Isolation::ReadCommitted),
            "serializable" => Ok(Isolation::Serializable),
            _ => bail!("isolation must be read_committed or serializable"),
        }
    }

    pub fn store(&self) -> anyhow::Result<StoreConfig> {
        if let Some(path) = self.database.strip_prefix("sqlite:") {
            if path.is_empty() {
                bail!("database must name a file, such as sqlite:data/hundi.db");
            }
            return Ok(StoreConfig::Sqlite { path: path.into() });
        }
        if self.database.starts_with("postgres://") || self.database.starts_with("postgresql://") {
            return Ok(StoreConfig::Postgres {
                url: Secret::new(&self.database),
                pool: self.pool,
                isolation: self.isolation()?,
            });
        }
        bail!("database must be sqlite:PATH or postgres://USER@HOST/NAME")
    }

    pub fn allowed(&self) -> anyhow::Result<Vec<Allow>> {
        let one = |text: &String| {
            text.parse::<Allow>()
                .map_err(|_| anyhow::anyhow!("allow: {text} must be an address with its port or a network"))
        };
        self.allow.iter().map(one).collect()
    }

    /// What is limited, and how. `all = "off"` is where whoever measures begins.
    pub fn limits(&self) -> anyhow::Result<Limits> {
        let mut limits = match self.limits.get("all").map(String::as_str) {
            None => Limits::standard(),
            Some("off") => Limits::off(),
            Some(_) => bail!("limits: all can only be off"),
        };
        for (rule, limit) in self.limits.iter().filter(|(rule, _)| *rule != "all") {
            limits.set(rule, limit).map_err(|error| anyhow::anyhow!("limits: {error}"))?;
        }
        Ok(limits)
    }

    /// Where letters are handed in, and whom they are from. Both are set, or neither.
    pub fn mail(&self) -> anyhow::Result<Option<Mail>> {
        match (&self.mail_url, &self.mail_from) {
            (None, None) => Ok(None),
            (Some(url), Some(from)) => {
                let at = url.parse().map_err(|error: NotAMailServer| anyhow::anyhow!("mail_url: {error}"))?;
                let (name, address) = match from.strip_suffix('>').and_then(|f| f.rsplit_once('<')) {
                    Some((name, address)) => (name.trim(), address),
                    None => ("hundi", from.as_str()),
                };
                let address = address.trim().parse();
                let address = address.map_err(|error: NotAnAddress| anyhow::anyhow!("mail_from: {error}"))?;
                Ok(Some(Mail { at, from: address, name: name.to_owned() }))
            }
            (Some(_), None) => bail!("mail_url needs mail_from beside it: whom letters are from"),
            (None, Some(_)) => bail!("mail_from needs mail_url beside it: where letters are handed in"),
        }
    }

    /// The two secrets, or what to do to get them.
    pub fn secrets(&self) -> anyhow::Result<(String, String)> {
        match (&self.master_keys, &self.peppers) {
            (Some(masters), Some(peppers)) => Ok((masters.clone(), peppers.clone())),
            _ => bail!(
                "there are no secrets. Run `hundi keys secrets > secrets.toml`, keep that file safe (without it, \
                 sealed credentials are lost), and set secrets_file = \"secrets.toml\" or HUNDI_SECRETS_FILE"
            ),
        }
    }

    /// The files with secrets in them that others on this machine can read.
    pub fn open_secrets(&self, file: Option<&Path>) -> Vec<PathBuf> {
        use std::os::unix::fs::PermissionsExt;
        let in_config = file.filter(|_| self.secrets_file.is_none() && self.master_keys.is_some());
        let files = self.secrets_file.as_deref().into_iter().chain(in_config);
        let open =
            |path: &&Path| std::fs::metadata(path).is_ok_and(|found| found.permissions().mode() & 0o077 != 0);
        files.filter(open).map(Path::to_owned).collect()
    }

    pub fn is_https(&self) -> bool {
        self.public_url.starts_with("https://")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use hundi_app::limits::Rule;

    #[track_caller]
    fn refused(text: &str, says: &str) {
        let config = toml::from_str::<Config>(text).map_err(anyhow::Error::from);
        let error = config.and_then(|c| c.check()).expect_err(text);
        assert!(format!("{error:#}").contains(says), "{error:#}");
    }

    #[test]
    fn errors_say_what_to_write() {
        refused("public_url = 'pay.example.com'", "https://pay.example.com");
        refused("public_url = 'https://pay.example.com/'", "without a slash");
        refused("database = 'mysql://x'", "postgres://");
        refused("database = 'sqlite:'", "sqlite:data");
        refused("database = 'postgres://h/d'\nisolation = 'dirty'", "serializable");
        refused("allow = ['nowhere']", "with its port");
        refused("retries_test = [0]", "from 1 to 86400");
        refused("retries_max = 21", "0 to 20");
        refused("retry_hours_max = 0", "1 to 720");
        refused("colour = 'red'", "unknown field");
        refused("listen = 'here'", "socket address");
        refused("isolation = 'dirty'", "serializable");
        refused("log = 'foo=bar='", "hundi_app=debug,info");
        refused("sandbox = { razorpay = '127.0.0.1:4010' }", "http://127.0.0.1:4010");
        refused("limits = { request = '100/minute' }", "the limits are requests, looks, payment_starts");
        refused("limits = { requests = 'many' }", "requests: write a limit such as 5/minute");
        refused("limits = { redis = '127.0.0.1' }", "redis://host:6379");
        refused("limits = { all = '5/minute' }", "all can only be off");
        refused("mail_url = 'smtp://mail.example'", "needs mail_from");
        refused("mail_from = 'a@b.example'", "needs mail_url");
        refused("mail_url = 'mail.example'\nmail_from = 'a@b.example'", "smtp://user:password@host:587");
        refused("mail_url = 'smtp://mail.example'\nmail_from = 'hundi'", "such as hundi@example.com");
        refused("sandbox = { razorpai = 'http://127.0.0.1:4010' }", "the providers are razorpay");
    }

    #[test]
    fn letters_are_from_somebody() {
        let from = |text: &str| {
            let (url, from) = (Some("smtps://u:p@mail.example".to_owned()), Some(text.to_owned()));
            let mail = Config { mail_url: url, mail_from: from, ..Config::default() }.mail();
            mail.ok().flatten().map(|mail| (mail.name, mail.from.to_string()))
        };
        let pair = |name: &str, address: &str| Some((name.to_owned(), address.to_owned()));
        assert_eq!(from("hundi@pay.example"), pair("hundi", "hundi@pay.example"));
        assert_eq!(from("Tiffin Cloud <hundi@pay.example>"), pair("Tiffin Cloud", "hundi@pay.example"));
        assert_eq!(from("Tiffin <x> <hundi@pay.example>"), pair("Tiffin <x>", "hundi@pay.example"));
        for wrong in ["", "hundi", "<>", "a@b.example <", "A <a@b.example\r\nBcc: c@d.example>"] {
            assert_eq!(from(wrong), None, "{wrong}");
        }
        assert!(Config::default().mail().is_ok_and(|mail| mail.is_none()));
    }

    #[test]
    fn a_misspelt_variable_is_refused() {
        let names = |all: &[&str]| known(all.iter().map(|name| (*name).to_owned()));
        assert!(names(&["PATH", "HUNDI_LISTEN", "HUNDI_TEST_PG", "XHUNDI_TYPO"]).is_ok());
        let refused = names(&["HUNDI_LISTEN", "HUNDI_TYPO"]).expect_err("a typo").to_string();
        assert!(
            refused.contains("HUNDI_TYPO is no setting") && refused.contains("HUNDI_DATABASE"),
            "{refused}"
        );
        assert_eq!(names(&["HUNDI_FAIL"]).is_ok(), cfg!(feature = "failpoints"));
    }

    #[test]
    fn the_environment_lies_over_the_file() {
        let mut config: Config = toml::from_str("public_url = 'https://a.example'").unwrap();
        let env = |name: &str| match name {
            "HUNDI_PUBLIC_URL" => Some("https://b.example".to_owned()),
            "HUNDI_SANDBOX" => Some("razorpay=http://127.0.0.1:4010".to_owned()),
            "HUNDI_LIMITS" => Some("all=off,refunds=20/hour".to_owned()),
            _ => None,
        };
        let as_in_the_file =
            |name: &str| (name == "HUNDI_SANDBOX").then(|| "razorpay = \"http://127.0.0.1:4010\"".to_owned());
        let mut other = Config::default();
        other.overlay(as_in_the_file).unwrap();
        config.overlay(env).unwrap();
        assert_eq!(other.sandbox, config.sandbox);
        assert_eq!(config.public_url, "https://b.example");
        assert_eq!(config.sandbox["razorpay"], "http://127.0.0.1:4010");
        assert!(config.secrets().is_err());
        let limits = config.limits().unwrap();
        assert_eq!(limits.of(Rule::Refunds).map(|l| l.to_string()).as_deref(), Some("20/hour"));
        assert_eq!(limits.of(Rule::Requests), None);
    }
}
