//! `hundi export`: what a list holds, as a file, for those at the machine.

use crate::config::Config;
use crate::house;
use anyhow::{Context, anyhow, bail};
use clap::{Args, ValueEnum};
use hundi_app::exports::{self, Ask, Format, Of};
use hundi_app::{Actor, Amounts, metadata, orders, payments, refunds};
use hundi_core::{Currency, MerchantId, Millis, Mode, Scope};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Rows between two words of progress.
const TOLD_EVERY: u64 = 10_000;

#[derive(Debug, Args)]
pub(super) struct Options {
    #[arg(value_enum)]
    what: What,
    /// Whose: mer_…
    #[arg(long)]
    merchant: String,
    #[arg(long, default_value = "test")]
    mode: String,
    #[arg(long, default_value = "csv")]
    format: String,
    /// Made at this time or later: 2026-04-01T00:00:00Z.
    #[arg(long)]
    from: Option<String>,
    /// Made before this time.
    #[arg(long)]
    to: Option<String>,
    /// Only those in this state.
    #[arg(long)]
    status: Option<String>,
    /// Only those in this currency; of orders and payments.
    #[arg(long)]
    currency: Option<String>,
    /// Of this amount or more, in minor units.
    #[arg(long)]
    amount_min: Option<i64>,
    /// Of this amount or less, in minor units.
    #[arg(long)]
    amount_max: Option<i64>,
    /// Only what this reference leads to, whole.
    #[arg(long)]
    reference: Option<String>,
    /// Only what has this pair of metadata: key=value. Up to three times.
    #[arg(long)]
    metadata: Vec<String>,
    /// Where to write it. `-` is standard output.
    #[arg(long, default_value = "-")]
    out: PathBuf,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum What {
    Orders,
    Payments,
    Refunds,
}

pub(super) async fn export(config: &Config, options: Options) -> anyhow::Result<ExitCode> {
    let (scope, ask) = read(&options)?;
    let app = house::open_beside(config).await?;
    let told = |error: hundi_app::Error| anyhow!(error.sentence());
    let mut export = exports::begin(&app, scope, &Actor::new("command", ""), ask).await.map_err(told)?;
    let mut out = opened(&options.out)?;
    let mut next_word = TOLD_EVERY;
    while let Some(piece) = export.next().await.map_err(told)? {
        out.write_all(&piece).context("the file could not be written")?;
        if export.rows() >= next_word {
            eprintln!("{} rows", export.rows());
            next_word = export.rows().saturating_add(TOLD_EVERY);
        }
    }
    out.flush().context("the file could not be written")?;
    eprintln!("{} rows written", export.rows());
    drop(export);
    app.store.clone().close().await;
    Ok(ExitCode::SUCCESS)
}

fn opened(path: &Path) -> anyhow::Result<Box<dyn Write>> {
    if path == Path::new("-") {
        return Ok(Box::new(std::io::stdout().lock()));
    }
    let file = std::fs::File::create_new(path);
    let file = file.with_context(|| format!("{} can't be made (is it there already?)", path.display()))?;
    Ok(Box::new(std::io::BufWriter::new(file)))
}

/// The operator at the machine may act for any merchant.
fn read(o: &Options) -> anyhow::Result<(Scope, Ask)> {
    let merchant: MerchantId = o.merchant.parse().map_err(|e| anyhow!("merchant: {e}"))?;
    let mode: Mode = o.mode.parse().map_err(|_| anyhow!("mode must be test or live"))?;
    let format: Format = o.format.parse().map_err(|_| anyhow!("format must be csv or xlsx"))?;
    let (from, to) = (instant(o.from.as_deref())?, instant(o.to.as_deref())?);
    let amounts = Amounts { least: o.amount_min, most: o.amount_max };
    let reference = o.reference.clone();
    if o.metadata.len() > metadata::WANTED_MAX {
        bail!("up to {} pairs of metadata", metadata::WANTED_MAX);
    }
    let pairs = o.metadata.iter().map(|text| metadata::typed(text));
    let metadata: Vec<String> = pairs.collect::<Result<_, _>>().map_err(|e| anyhow!(e.sentence()))?;
    let currency = o.currency.as_deref().map(str::parse::<Currency>).transpose();
    let currency = currency.map_err(|_| anyhow!("currency must be an ISO 4217 code, such as INR"))?;
    let currency = currency.map(|currency| currency.code().to_owned());
    let no_state = || anyhow!("there is no such status");
    let of = match o.what {
        What::Orders => {
            let status = o.status.as_deref().map(str::parse).transpose().map_err(|_| no_state())?;
            let filter = orders::Filter { status, amounts, currency, reference, metadata, receipt: None };
            Of::Orders(filter)
        }
        What::Payments => {
            let status = o.status.as_deref().map(str::parse).transpose().map_err(|_| no_state())?;
            let filter =
                payments::Filter { status, amounts, currency, reference, metadata, ..Default::default() };
            Of::Payments(filter)
        }
        What::Refunds => {
            if currency.is_some() {
                bail!("refunds are not narrowed by currency");
            }
            let status = o.status.as_deref().map(str::parse).transpose().map_err(|_| no_state())?;
            Of::Refunds(refunds::Filter { status, amounts, reference, metadata, ..Default::default() })
        }
    };
    let words = [("status", &o.status), ("from", &o.from), ("to", &o.to), ("reference", &o.reference)];
    let words = words.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value.clone()?)));
    let (from, to) = (from.unwrap_or(Millis(i64::MIN)), to.unwrap_or(Millis(i64::MAX)));
    let ask = Ask { of, format, from, to, words: words.collect() };
    Ok((Scope::authenticated(merchant, mode), ask))
}

fn instant(text: Option<&str>) -> anyhow::Result<Option<Millis>> {
    let Some(text) = text else { return Ok(None) };
    let at = exports::instant(text);
    at.map(Some).ok_or_else(|| anyhow!("{text} is no time: type one as 2026-04-01T00:00:00Z"))
}
