//! CSV as RFC 4180 has it, line by line, in UTF-8 and safe to open in a spreadsheet.

use crate::table::Cell;

/// One line with its end.
pub fn line(cells: &[Cell]) -> String {
    let mut line = String::new();
    for (at, cell) in cells.iter().enumerate() {
        if at > 0 {
            line.push(',');
        }
        match cell {
            Cell::Empty => {}
            Cell::Whole(n) => line += &n.to_string(),
            Cell::Decimal(text) => line += text,
            Cell::Text(text) => push_text(&mut line, text),
        }
    }
    line.push_str("\r\n");
    line
}

fn push_text(line: &mut String, text: &str) {
    let mark = if could_be_a_formula(text) { "'" } else { "" };
    let quoted = text.contains([',', '"', '\r', '\n']) || text.starts_with(' ') || text.ends_with(' ');
    if quoted {
        line.push('"');
        line.push_str(mark);
        line.push_str(&text.replace('"', "\"\""));
        line.push('"');
    } else {
        line.push_str(mark);
        line.push_str(text);
    }
}

/// A spreadsheet takes a cell that begins so for a formula, and runs it for whoever opens the file (OWASP, CSV
/// Injection). A quote before it makes it text; a payer's name is never worth more than that.
fn could_be_a_formula(text: &str) -> bool {
    // Full-width forms are the same signs in some languages' programs.
    let signs = ['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠'];
    text.starts_with(signs) || text.trim_start().starts_with(signs)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(cell: Cell, written: &str) {
        assert_eq!(line(&[cell.clone(), Cell::Whole(1)]), format!("{written},1\r\n"), "{cell:?}");
    }

    #[test]
    fn what_needs_quotes_has_them() {
        check(Cell::text("Two chairs"), "Two chairs");
        check(Cell::text("a,b"), "\"a,b\"");
        check(Cell::text("say \"a\""), "\"say \"\"a\"\"\"");
        check(Cell::text("a\nb"), "\"a\nb\"");
        check(Cell::text(" a"), "\" a\"");
        check(Cell::text("₹ आशा"), "₹ आशा");
        check(Cell::text(""), "");
        check(Cell::Empty, "");
    }

    #[test]
    fn nothing_that_somebody_typed_is_a_formula() {
        check(Cell::text("=1+1"), "'=1+1");
        check(Cell::text("+919876543210"), "'+919876543210");
        check(Cell::text("-2+3"), "'-2+3");
        check(Cell::text("@SUM(A1)"), "'@SUM(A1)");
        check(Cell::text("\t=1"), "'\t=1");
        check(Cell::text("\r=1"), "\"'\r=1\"");
        check(Cell::text("  =1"), "\"'  =1\"");
        check(Cell::text("＝1"), "'＝1");
        check(Cell::text("=HYPERLINK(\"http://x\",\"y\")"), "\"'=HYPERLINK(\"\"http://x\"\",\"\"y\"\")\"");
        check(Cell::text("a=1"), "a=1");
    }

    #[test]
    fn our_own_numbers_stay_numbers() {
        check(Cell::Whole(-5), "-5");
        check(Cell::Decimal("-1499.00".into()), "-1499.00");
    }
}
