//! Bars and shares: plain numbers in, SVG coordinates out. Integers all the way, since money is behind them.

use super::format::whole;
use hundi_core::{Currency, Money};

/// One period of the chart.
#[derive(Clone, Debug)]
pub struct Period {
    /// `23 Oct`
    pub label: String,
    /// `Fri 23 Oct: ₹1,24,704.50, 111 payments`
    pub sentence: String,
    pub money: Money,
    /// `111`
    pub payments: String,
    /// The period still runs: drawn lighter.
    pub unfinished: bool,
}

/// Money by period, as bars, with a table of the same.
#[derive(Clone, Debug)]
pub struct Chart {
    /// `Money in by day`
    pub title: String,
    /// `23 Oct to 21 Nov`
    pub span: String,
    /// `Day` or `Hour`: heads the table.
    pub unit: &'static str,
    /// The read-out at rest.
    pub rest: String,
    /// From the top down.
    pub axis: Vec<String>,
    /// Heights of the lines behind the bars, `20.0` to `0.0`.
    pub lines: Vec<String>,
    pub bars: Vec<Bar>,
    /// How wide the drawing is, in bars.
    pub width: usize,
}

/// One bar of a [`Chart`] and its row in the table.
#[derive(Clone, Debug)]
pub struct Bar {
    pub x: String,
    pub y: String,
    pub height: String,
    pub unfinished: bool,
    pub label: String,
    /// Empty where labels would touch.
    pub tick: String,
    pub sentence: String,
    pub money: String,
    pub payments: String,
}

/// Lines above the ground, at most.
const LINES_MAX: i64 = 5;
/// Labels below, about.
const TICKS: usize = 4;

impl Chart {
    pub fn of(title: &str, span: String, unit: &'static str, currency: Currency, periods: &[Period]) -> Self {
        let most = periods.iter().map(|p| p.money.minor()).max().unwrap_or(0);
        let one = 10_i64.pow(u32::from(currency.exponent()));
        let step = step(most, one);
        let lines = (most + step - 1) / step;
        let lines = lines.max(1);
        let top = step * lines;
        let axis = (0..=lines).rev().map(|n| axis_label(Money::new(step * n, currency), one)).collect();
        let heights = (1..=lines).map(|n| hundredths(10_000 - 10_000 * n / lines)).collect();
        let best = periods.iter().filter(|p| p.money.is_positive()).max_by_key(|p| p.money.minor());
        let rest = best.map_or_else(|| "No money in yet".to_owned(), |p| format!("Best: {}", p.sentence));
        let gap = ((periods.len() + 1) / TICKS).max(1);
        let bars =
            periods.iter().enumerate().map(|(i, period)| bar(i, period, top, gap, periods.len())).collect();
        let title = title.to_owned();
        Self { title, span, unit, rest, axis, lines: heights, bars, width: periods.len().max(1) }
    }
}

fn bar(i: usize, period: &Period, top: i64, gap: usize, all: usize) -> Bar {
    let height = i128::from(period.money.minor().max(0)) * 10_000 / i128::from(top);
    let height = i64::try_from(height).unwrap_or(10_000);
    // The last label stands at the edge; one just before it would touch.
    let last = i + 1 == all;
    let shown = last || (i.is_multiple_of(gap) && all - 1 - i >= gap + gap / 2);
    Bar {
        x: format!("{i}.17"),
        y: hundredths(10_000 - height),
        height: hundredths(height),
        unfinished: period.unfinished,
        label: period.label.clone(),
        tick: if shown { period.label.clone() } else { String::new() },
        sentence: period.sentence.clone(),
        money: period.money.shown(),
        payments: period.payments.clone(),
    }
}

/// 1, 2 or 5 times a power of ten, so that at most five lines reach the highest bar. Never below one whole unit.
fn step(most: i64, one: i64) -> i64 {
    let mut power = one;
    loop {
        for times in [1, 2, 5] {
            let step = power.saturating_mul(times);
            if step.saturating_mul(LINES_MAX) >= most {
                return step;
            }
        }
        power = power.saturating_mul(10);
    }
}

/// `₹4 L`, `₹1.2 Cr`, `₹500`: the one place where amounts are shortened.
fn axis_label(money: Money, one: i64) -> String {
    const LAKH: i64 = 100_000;
    const CRORE: i64 = 10_000_000;
    let units = money.minor() / one;
    let short = |by: i64, name: &str| {
        let tenths = units / (by / 10);
        match tenths % 10 {
            0 => format!("₹{} {name}", tenths / 10),
            rest => format!("₹{}.{rest} {name}", tenths / 10),
        }
    };
    match units {
        0 => "0".to_owned(),
        CRORE.. if money.currency() == Currency::INR => short(CRORE, "Cr"),
        LAKH.. if money.currency() == Currency::INR => short(LAKH, "L"),
        _ => whole(money),
    }
}

fn hundredths(n: i64) -> String {
    format!("{}.{:02}", n / 100, n % 100)
}

/// One line of a breakdown: `UPI  ₹27,45,422.66  61.2%` over a bar.
#[derive(Clone, Debug)]
pub struct Share {
    pub name: String,
    pub value: String,
    pub percent: String,
    /// Of the longest bar, `0.0` to `100.0`.
    pub width: String,
}

/// Shares from names, what is shown for each, and the sizes behind.
pub fn shares(parts: &[(String, String, u64)]) -> Vec<Share> {
    let most = parts.iter().map(|(.., size)| *size).max().unwrap_or(0).max(1);
    let all: u64 = parts.iter().map(|(.., size)| *size).sum();
    let one = |(name, value, size): &(String, String, u64)| {
        let per_mille = u128::from(*size) * 1000 / u128::from(most);
        Share {
            name: name.clone(),
            value: value.clone(),
            percent: super::format::rate(*size, all).unwrap_or_default(),
            width: format!("{}.{}", per_mille / 10, per_mille % 10),
        }
    };
    parts.iter().map(one).collect()
}

#[cfg(test)]
mod tests {
    #![expect(clippy::inconsistent_digit_grouping, reason = "amounts read as rupees_paise")]

    use super::*;

    fn chart(paise: &[i64]) -> Chart {
        let period = |p: &i64| Period {
            label: "1 Nov".to_owned(),
            sentence: Money::inr(*p).shown(),
            money: Money::inr(*p),
            payments: "1".to_owned(),
            unfinished: false,
        };
        let periods: Vec<_> = paise.iter().map(period).collect();
        Chart::of("Money in by day", String::new(), "Day", Currency::INR, &periods)
    }

    #[track_caller]
    fn axis(most: i64, labels: &[&str]) {
        assert_eq!(chart(&[most]).axis, labels);
    }

    #[test]
    fn axes_are_round_and_in_indian_words() {
        axis(4_20_934_00, &["₹5 L", "₹4 L", "₹3 L", "₹2 L", "₹1 L", "0"]);
        axis(6_00_00_000_00, &["₹6 Cr", "₹4 Cr", "₹2 Cr", "0"]);
        axis(1_20_00_000_00, &["₹1.5 Cr", "₹1 Cr", "₹50 L", "0"]);
        axis(2_400_00, &["₹2,500", "₹2,000", "₹1,500", "₹1,000", "₹500", "0"]);
        axis(0, &["₹1", "0"]);
    }

    #[test]
    fn bars_reach_as_high_as_their_money() {
        let chart = chart(&[5_00_000_00, 1_24_704_50, 0]);
        let heights: Vec<_> = chart.bars.iter().map(|b| b.height.as_str()).collect();
        assert_eq!(heights, ["100.00", "24.94", "0.00"]);
        assert_eq!(chart.bars[1].y, "75.06");
        assert_eq!(chart.lines, ["80.00", "60.00", "40.00", "20.00", "0.00"]);
    }

    #[test]
    fn the_best_period_is_named_and_none_when_nothing_came() {
        assert_eq!(chart(&[5, 7, 6]).rest, "Best: ₹0.07");
        assert_eq!(chart(&[0, 0]).rest, "No money in yet");
    }

    #[test]
    fn shares_add_up_to_the_whole() {
        let part = |name: &str, size: u64| (name.to_owned(), size.to_string(), size);
        let shares = shares(&[part("UPI", 612), part("Card", 236), part("Other", 152)]);
        let shown: Vec<_> = shares.iter().map(|s| (s.percent.as_str(), s.width.as_str())).collect();
        assert_eq!(shown, [("61.2%", "100.0"), ("23.6%", "38.5"), ("15.2%", "24.8")]);
        assert!(super::shares(&[]).is_empty());
    }
}
