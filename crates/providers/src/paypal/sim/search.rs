//! The transaction search: every movement on the account, hours late.

use super::PayPalSim;
use super::ask::{Ask, Refusal, Said};
use super::craft::{Sum, search_time, time};
use super::state::Movement;
use crate::sim::kit::indian_date;
use crate::sim::{SimRequest, statement};
use hundi_core::Millis;
use hundi_core::time::days;
use serde_json::{Value, json};

const RANGE_MS_MAX: i64 = days(31);

pub(super) fn list(sim: &mut PayPalSim, ask: &Ask) -> Said {
    let account = &sim.accounts[ask.account];
    if !account.may_search {
        return Err(Refusal::not_authorized());
    }
    let (from, to) = (date(ask, "start_date")?, date(ask, "end_date")?);
    if to < from || to.since(from) > RANGE_MS_MAX {
        return Err(Refusal::invalid("INVALID_PARAMETER_VALUE"));
    }
    let rows = number(ask, "page_size", 100)?;
    let page = number(ask, "page", 1)?;
    if !(1..=500).contains(&rows) || page == 0 {
        return Err(Refusal::invalid("INVALID_PARAMETER_VALUE"));
    }
    let shown_by = sim.now.minus(account.search_after_ms);
    let wanted = ask.query("transaction_id");
    let status = ask.query("transaction_status").unwrap_or("S");
    let fits = |m: &&Movement| {
        let within = from <= m.at && m.at <= to && m.at <= shown_by;
        let asked = wanted.is_none_or(|id| id == m.id) && status == "S";
        m.account == ask.account && within && asked
    };
    let found: Vec<&Movement> = sim.movements.iter().filter(fits).collect();
    let details: Vec<Value> = found.iter().skip((page - 1) * rows).take(rows).map(|m| row(sim, m)).collect();
    let value = json!({
        "transaction_details": details,
        "account_number": account.merchant_id,
        "start_date": search_time(from),
        "end_date": search_time(to),
        "last_refreshed_datetime": search_time(shown_by),
        "page": page,
        "total_items": found.len(),
        "total_pages": found.len().div_ceil(rows),
        "links": [],
    });
    Ok((200, value))
}

fn row(sim: &PayPalSim, moved: &Movement) -> Value {
    let mut info = json!({
        "paypal_account_id": "QYR5Z8XDVJNXQ",
        "transaction_id": moved.id,
        "transaction_event_code": moved.code,
        "transaction_initiation_date": search_time(moved.at),
        "transaction_updated_date": search_time(moved.at),
        "transaction_amount": moved.sum.json(),
        "fee_amount": moved.sum.of(moved.fee).json(),
        "transaction_status": "S",
        "ending_balance": balance(sim, moved).json(),
        "available_balance": balance(sim, moved).json(),
    });
    for (name, value) in [("invoice_id", &moved.invoice_id), ("custom_field", &moved.custom_id)] {
        if let Some(value) = value {
            info[name] = json!(value);
        }
    }
    if let Some(reference) = &moved.reference {
        info["paypal_reference_id"] = json!(reference);
        info["paypal_reference_id_type"] = json!("TXN");
    }
    json!({ "transaction_info": info })
}

/// What the account held in that currency after the movement.
fn balance(sim: &PayPalSim, until: &Movement) -> Sum {
    let mut held = 0;
    for moved in &sim.movements {
        if moved.account == until.account && moved.sum.currency == until.sum.currency {
            held += moved.sum.minor + moved.fee;
        }
        if moved.id == until.id {
            break;
        }
    }
    until.sum.of(held)
}

pub(super) fn balances(sim: &mut PayPalSim, ask: &Ask) -> Said {
    if !sim.accounts[ask.account].may_search {
        return Err(Refusal::not_authorized());
    }
    let mine: Vec<&Movement> = sim.movements.iter().filter(|m| m.account == ask.account).collect();
    let mut codes: Vec<&str> = mine.iter().map(|m| m.sum.currency.as_str()).collect();
    codes.sort_unstable();
    codes.dedup();
    let last = |code: &&str| mine.iter().rev().find(|m| m.sum.currency == **code).map(|m| balance(sim, m));
    let shown = codes.iter().filter_map(last).map(|held| {
        json!({ "currency": held.currency, "total_balance": held.json(), "available_balance": held.json(), "withheld_balance": held.of(0).json() })
    });
    let value = json!({
        "balances": shown.collect::<Vec<_>>(), "account_id": sim.accounts[ask.account].merchant_id,
        "as_of_time": time(sim.now), "last_refresh_time": time(sim.now),
    });
    Ok((200, value))
}

/// What the merchant's bank shows, withdrawals being automatic: what moved in a day leaves the balance the day after.
/// They are no movement of a payment, and the search leaves them out.
pub(super) fn bank_statement(sim: &PayPalSim, request: &SimRequest) -> Result<String, String> {
    let keys: Vec<&str> = sim.accounts.iter().map(|a| a.client_id.as_str()).collect();
    let account = statement::whose(request, &keys)?;
    let mine: Vec<&Movement> = sim.movements.iter().filter(|m| m.account == account).collect();
    let currency = mine.first().map_or("USD", |m| m.sum.currency.as_str());
    let in_currency = mine.iter().filter(|m| m.sum.currency == currency && m.at.plus(days(1)) <= sim.now);
    let lines = in_currency.map(|m| {
        let at = m.at.plus(days(1));
        let (year, month, day) = indian_date(at);
        let utr = format!("PYPL{year:04}{month:02}{day:02}{account:04}");
        statement::Line { at, utr, net: m.sum.minor + m.fee }
    });
    Ok(statement::csv("PAYPAL PAYMENTS", currency, &statement::transfers(lines)))
}

fn number(ask: &Ask, name: &str, usual: usize) -> Result<usize, Refusal> {
    let wrong = |_| Refusal::invalid("INVALID_PARAMETER_SYNTAX");
    ask.query(name).map_or(Ok(usual), |text| text.parse().map_err(wrong))
}

/// RFC 3339 with seconds, in UTC or with an offset.
fn date(ask: &Ask, name: &str) -> Result<Millis, Refusal> {
    let text = ask.query(name).ok_or_else(|| Refusal::invalid("MISSING_REQUIRED_PARAMETER"))?;
    at(text).ok_or_else(|| Refusal::invalid("INVALID_PARAMETER_SYNTAX"))
}

fn at(text: &str) -> Option<Millis> {
    let field = |from: usize, to: usize| text.get(from..to)?.parse::<i64>().ok();
    let (year, month, day) = (field(0, 4)?, field(5, 7)?, field(8, 10)?);
    let leap = |y: i64| y % 4 == 0 && (y % 100 != 0 || y % 400 == 0);
    let months = [31, if leap(year) { 29 } else { 28 }, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    let before = months.get(..usize::try_from(month - 1).ok()?)?.iter().sum::<i64>();
    let years: i64 = (1970..year.min(2200)).map(|y| if leap(y) { 366 } else { 365 }).sum();
    let seconds = field(11, 13)? * 3600 + field(14, 16)? * 60 + field(17, 19)?;
    let rest = text.get(19..)?;
    let (part, zone) = match rest.strip_prefix('.') {
        Some(more) => more.split_at(more.find(['Z', '+', '-'])?),
        None => ("", rest),
    };
    let ms = format!("{part:0<3}").get(..3)?.parse::<i64>().ok()?;
    let digits: String = zone.chars().filter(char::is_ascii_digit).collect();
    let ahead = match zone.chars().next()? {
        'Z' => 0,
        sign @ ('+' | '-') => {
            let minutes =
                digits.get(..2)?.parse::<i64>().ok()? * 60 + digits.get(2..4)?.parse::<i64>().ok()?;
            if sign == '+' { minutes } else { -minutes }
        }
        _ => return None,
    };
    let whole = (years + before + day - 1) * 86_400 + seconds - ahead * 60;
    Some(Millis(whole * 1000 + ms))
}
