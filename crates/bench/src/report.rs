//! The tables, in Markdown.

use crate::cells::Cell;
use crate::database::Engine;
use crate::idle::Idle;
use crate::machine::Used;
use crate::sample::{Sample, thousandths};
use crate::walk::Cost;
use std::collections::BTreeMap;
use std::fmt::Write;

/// The medians of one engine.
pub(crate) struct Measured {
    pub(crate) engine: Engine,
    pub(crate) samples: BTreeMap<Cell, Sample>,
    pub(crate) costs: BTreeMap<Cell, Cost>,
    /// The server's, after all its cells.
    pub(crate) used: Used,
    pub(crate) idle: Idle,
}

/// Everything about one engine.
pub(crate) fn tables(m: &Measured) -> String {
    let mut text = format!(
        "### {}\n\n| what | at once | rate/s | p50 ms | p95 ms | p99 ms | of the limit |\n| --- | --: | --: | --: | --: | --: | --: |\n",
        m.engine.name()
    );
    for (cell, s) in &m.samples {
        let limit = limit_of(*cell, &m.samples).map(|limit| shown_thousandths(thousandths(s.rate, limit)));
        line(
            &mut text,
            &format!(
                "| {cell} | {} | {} | {} | {} | {} |",
                grouped(s.rate),
                shown_ms(s.p50_us),
                shown_ms(s.p95_us),
                shown_ms(s.p99_us),
                limit.unwrap_or_default()
            ),
        );
    }
    costs(&mut text, m);
    standing(&mut text, m);
    text
}

/// What a cell is held against: the bare writer with as many callers, and on PostgreSQL beneath it the single-row
/// insert at 16 callers, which is its best; for what only reads, HTTP itself.
fn limit_of(cell: Cell, samples: &BTreeMap<Cell, Sample>) -> Option<u64> {
    let rate = |cell| samples.get(&cell).map(|s| s.rate);
    match cell {
        Cell::UseCase(n) | Cell::Create(n) => rate(Cell::Bare(n)),
        Cell::Bare(_) | Cell::Walk(_) => rate(Cell::Insert(16)),
        // A kept answer and a read are held against what HTTP does here with a constant.
        Cell::Replay(n) | Cell::Read(n) => rate(Cell::Live(n)),
        Cell::Deliver => rate(Cell::Client),
        Cell::Disk | Cell::Insert(_) | Cell::Live(_) | Cell::Client | Cell::Page(_) => None,
    }
}

fn costs(text: &mut String, m: &Measured) {
    if m.costs.is_empty() {
        return;
    }
    line(
        text,
        "\n| one payment of the whole walk | at once | server's CPU ms | database KB | statements | commits | deliveries |",
    );
    line(text, "| --- | --: | --: | --: | --: | --: | --: |");
    for (cell, c) in &m.costs {
        let written = format!(
            "| {cell} | {} | {}.{} | {} | {} | {} |",
            shown_ms(c.cpu_us),
            c.bytes / 1000,
            c.bytes % 1000 / 100,
            c.statements,
            shown_thousandths(c.commits_hundredths * 10),
            shown_thousandths(c.deliveries_hundredths * 10)
        );
        line(text, &written);
    }
}

fn standing(text: &mut String, m: &Measured) {
    let rate = |cell| m.samples.get(&cell).map_or(0, |s: &Sample| s.rate);
    let (insert, create) = (rate(Cell::Insert(16)), rate(Cell::Create(16)).max(rate(Cell::Create(128))));
    if insert > 0 {
        let ratio = shown_thousandths(thousandths(create, insert));
        line(text, &format!("\nCreating orders runs at {ratio} of the single-row insert at 16 callers."));
    }
    let database = if insert > 0 { insert } else { rate(Cell::Bare(16)) };
    if database > 0 && rate(Cell::Deliver) > 0 {
        let (ratio, what) = (
            shown_thousandths(thousandths(rate(Cell::Deliver), database)),
            if insert > 0 { "single-row insert" } else { "bare writer" },
        );
        line(text, &format!("\nWebhooks go out at {ratio} of the {what} at 16 callers."));
    }
    let p50 = |cell| m.samples.get(&cell).map(|s: &Sample| s.p50_us);
    if let (Some(create), Some(sync)) = (p50(Cell::Create(1)), p50(Cell::Disk)) {
        let above = shown_ms(create.saturating_sub(sync));
        line(text, &format!("\nOne connection's p50 lies {above} ms above one sync of the disk."));
    }
    let mib = |kb: u64| format!("{}.{} MiB", kb / 1024, kb % 1024 * 10 / 1024);
    let written = format!(
        "\nServer: ready {} ms after its start on this database; {} at rest; {} after all of the above, {} at most.\n",
        m.idle.ready_ms,
        mib(m.idle.rss_kb),
        mib(m.used.rss_kb),
        mib(m.used.rss_max_kb)
    );
    line(text, &written);
}

fn line(text: &mut String, written: &str) {
    writeln!(text, "{written}").expect("a String takes any text");
}

/// `12,345`
fn grouped(n: u64) -> String {
    let digits = n.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// Milliseconds with two decimals, of microseconds.
pub(crate) fn shown_ms(us: u64) -> String {
    let hundredths = (us + 5) / 10;
    format!("{}.{:02}", hundredths / 100, hundredths % 100)
}

fn shown_thousandths(n: u64) -> String {
    format!("{}.{:03}", n / 1000, n % 1000).trim_end_matches('0').trim_end_matches('.').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_read_well() {
        assert_eq!([grouped(7), grouped(1_234), grouped(1_234_567)], ["7", "1,234", "1,234,567"]);
        assert_eq!([shown_ms(4), shown_ms(1_234), shown_ms(12_995)], ["0.00", "1.23", "13.00"]);
        assert_eq!(
            [shown_thousandths(600), shown_thousandths(67), shown_thousandths(2000)],
            ["0.6", "0.067", "2"]
        );
    }
}
