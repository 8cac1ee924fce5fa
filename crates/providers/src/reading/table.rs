//! Settlement files: comma-separated lines beneath headings. What a column is called varies with the account and the
//! year, so that letters and digits alone decide, not capitals, blanks or underscores.

use crate::contract::FileProblem;
use hundi_core::{Currency, Money};
use std::collections::BTreeMap;

/// A file may begin with lines for people.
const HEADING_LINES_MAX: usize = 20;

/// The rows beneath the first line that names a column of each group in `needed`.
pub(crate) fn read(bytes: &[u8], needed: &[&[&str]]) -> Result<Vec<Row>, FileProblem> {
    let text = str::from_utf8(bytes).map_err(|_| problem(1, "the file is not CSV in UTF-8"))?;
    let mut records = records(text.trim_start_matches('\u{feff}'))?.into_iter();
    let (line, names) = headings(&mut records, needed)?;
    let mut named: Vec<&String> = names.iter().filter(|name| !name.is_empty()).collect();
    named.sort();
    if named.windows(2).any(|pair| pair[0] == pair[1]) {
        return Err(problem(line, "two columns have the same heading"));
    }
    let row = |(line, cells): (usize, Vec<String>)| {
        if cells.len() != names.len() {
            return Err(problem(line, "another number of columns than there are headings"));
        }
        Ok(Row { line, cells: names.iter().cloned().zip(cells).collect() })
    };
    records.map(row).collect()
}

fn headings(
    records: &mut impl Iterator<Item = (usize, Vec<String>)>,
    needed: &[&[&str]],
) -> Result<(usize, Vec<String>), FileProblem> {
    let mut missing = "the file is empty".to_owned();
    for (at, (line, cells)) in records.take(HEADING_LINES_MAX).enumerate() {
        let names: Vec<String> = cells.iter().map(|cell| plain(cell)).collect();
        let has = |group: &&&[&str]| group.iter().any(|wanted| names.iter().any(|name| name == wanted));
        match needed.iter().find(|group| !has(group)) {
            None => return Ok((line, names)),
            // Of the line that has most to do with it: usually the first.
            Some(group) if at == 0 => missing = format!("there is no column {}", group[0]),
            Some(_) => {}
        }
    }
    Err(problem(1, &missing))
}

/// One line: its cells by their plain headings.
#[derive(Debug)]
pub(crate) struct Row {
    line: usize,
    cells: BTreeMap<String, String>,
}

impl Row {
    /// A line that came otherwise, as JSON. A name that is there twice with two values is refused.
    pub(crate) fn of(
        line: usize,
        fields: impl Iterator<Item = (String, String)>,
    ) -> Result<Self, FileProblem> {
        let mut cells = BTreeMap::new();
        for (name, value) in fields {
            if cells.insert(plain(&name), value.clone()).is_some_and(|before| before != value) {
                return Err(problem(line, &format!("{name} is there twice")));
            }
        }
        Ok(Self { line, cells })
    }

    /// The first of these columns that is there and says something.
    pub(crate) fn get(&self, names: &[&str]) -> Option<&str> {
        let said = names.iter().filter_map(|name| self.cells.get(*name));
        // Long digits are led in by an apostrophe, so that spreadsheets leave them alone.
        said.map(|cell| cell.trim().trim_matches('\'')).find(|cell| !cell.is_empty() && *cell != "null")
    }

    pub(crate) fn need(&self, names: &[&str]) -> Result<&str, FileProblem> {
        self.get(names).ok_or_else(|| self.wrong(&format!("{} is missing", names[0])))
    }

    /// Rupees with two decimals at most, in paise, with their sign.
    pub(crate) fn minor(&self, names: &[&str]) -> Result<Option<i64>, FileProblem> {
        let Some(text) = self.get(names) else { return Ok(None) };
        let (sign, digits) = text.strip_prefix('-').map_or((1, text), |rest| (-1, rest));
        let money = Money::parse_decimal(&digits.replace(',', ""), Currency::INR);
        let wrong = || self.wrong(&format!("{} is not an amount", names[0]));
        money.map(|m| Some(sign * m.minor())).ok_or_else(wrong)
    }

    /// The sum of columns, whichever of them are there.
    pub(crate) fn sum(&self, names: &[&str]) -> Result<i64, FileProblem> {
        let mut sum: i64 = 0;
        for name in names {
            let more = self.minor(&[name])?.unwrap_or(0);
            sum = sum.checked_add(more).ok_or_else(|| self.wrong("an amount beyond all sums"))?;
        }
        Ok(sum)
    }

    pub(crate) fn wrong(&self, what: &str) -> FileProblem {
        problem(self.line, what)
    }
}

fn plain(name: &str) -> String {
    name.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect()
}

/// Lines of cells, each with the number of the line it begins on, without those that say nothing. Cells are quoted where
/// they hold commas, quotes or line ends.
fn records(text: &str) -> Result<Vec<(usize, Vec<String>)>, FileProblem> {
    let (mut records, mut cells, mut cell) = (Vec::new(), Vec::new(), String::new());
    let (mut line, mut begun, mut quoted) = (1, 1, false);
    let mut letters = text.chars().peekable();
    while let Some(c) = letters.next() {
        line += usize::from(c == '\n');
        match (quoted, c) {
            (true, '"') if letters.peek() == Some(&'"') => cell.extend(letters.next()),
            (true, '"') => quoted = false,
            (true, other) => cell.push(other),
            (false, '"') if cell.is_empty() => quoted = true,
            (false, ',') => cells.push(std::mem::take(&mut cell)),
            (false, '\r') => {}
            (false, '\n') => {
                cells.push(std::mem::take(&mut cell));
                records.push((begun, std::mem::take(&mut cells)));
                begun = line;
            }
            (false, other) => cell.push(other),
        }
    }
    if quoted {
        return Err(problem(begun, "a quote that never ends"));
    }
    if !cell.is_empty() || !cells.is_empty() {
        cells.push(cell);
        records.push((begun, cells));
    }
    records.retain(|(_, cells)| cells.iter().any(|cell| !cell.trim().is_empty()));
    Ok(records)
}

fn problem(line: usize, what: &str) -> FileProblem {
    FileProblem { line, what: what.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NEEDED: &[&[&str]] = &[&["txnid", "transactionid"], &["amount"]];

    fn rows(text: &str) -> Result<Vec<Row>, (usize, String)> {
        read(text.as_bytes(), NEEDED).map_err(|p| (p.line, p.what))
    }

    #[test]
    fn cells_are_found_by_their_headings() {
        let text = "\u{feff}Statement of November\r\n\r\nTransaction ID,AMOUNT,Note\r\n'123,\"1,234.50\",\"a \"\"b\"\"\nc\"\r\n\r\n124,-2,\r\n";
        let rows = rows(text).expect("a file");
        assert_eq!(rows[0].get(&["txnid", "transactionid"]), Some("123"));
        assert_eq!(rows[0].minor(&["amount"]).expect("an amount"), Some(123_450));
        assert_eq!(rows[0].get(&["note"]), Some("a \"b\"\nc"));
        assert_eq!((rows[1].line, rows[1].sum(&["amount", "fee"]).expect("a sum")), (7, -200));
        assert_eq!((rows[1].get(&["note"]), rows.len()), (None, 2));
    }

    #[track_caller]
    fn refused(text: &str, line: usize, what: &str) {
        assert_eq!(rows(text).map(|_| ()), Err((line, what.to_owned())));
    }

    #[test]
    fn what_is_no_such_file_says_where() {
        refused("", 1, "the file is empty");
        refused("amount\n1", 1, "there is no column txnid");
        refused("txnid,amount,Amount\n", 1, "two columns have the same heading");
        refused("txnid,amount\na,1,2\n", 2, "another number of columns than there are headings");
        refused("txnid,amount\na,\"1\n", 2, "a quote that never ends");
        let odd = rows("txnid,amount\na,1.234\n").expect("a file").remove(0);
        assert_eq!(odd.minor(&["amount"]).map_err(|p| p.what), Err("amount is not an amount".to_owned()));
    }
}
