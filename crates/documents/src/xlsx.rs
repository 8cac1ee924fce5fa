//! A workbook that is written as its rows come (ECMA-376), so that any number of rows takes the memory of a few.
//!
//! Texts stand in their cells, so that no table of them has to be kept; no cell is ever a formula. What one sheet can't
//! hold goes on in the next.

use crate::table::Cell;
use crate::zip::Zip;

pub use crate::zip::TooLarge;

/// Rows of one sheet, its headings included. The format's own end is 1,048,576.
const ROWS_MAX: usize = 1_000_000;
/// What a cell can hold.
const CELL_CHARS_MAX: usize = 32_767;

const HEAD: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n";
const MAIN: &str = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
const DOCUMENT: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
const PACKAGE: &str = "http://schemas.openxmlformats.org/package/2006";
const OFFICE: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml";

/// Formats of cells by their place in the list below: as it comes, text that stays text when it is edited, a heading.
const STYLES: &str = "<fonts count=\"2\"><font><sz val=\"11\"/><name val=\"Calibri\"/></font><font><b/><sz val=\"11\"/>\
    <name val=\"Calibri\"/></font></fonts><fills count=\"2\"><fill><patternFill patternType=\"none\"/></fill>\
    <fill><patternFill patternType=\"gray125\"/></fill></fills>\
    <borders count=\"1\"><border/></borders><cellStyleXfs count=\"1\"><xf numFmtId=\"0\"/></cellStyleXfs><cellXfs count=\"3\">\
    <xf numFmtId=\"0\" xfId=\"0\"/><xf numFmtId=\"49\" xfId=\"0\" applyNumberFormat=\"1\" quotePrefix=\"1\"/>\
    <xf numFmtId=\"0\" fontId=\"1\" xfId=\"0\" applyFont=\"1\"/></cellXfs>";

/// A workbook of one table.
pub struct Workbook {
    zip: Zip,
    /// Of its sheets; each has its number behind it from the second on.
    name: String,
    headings: Vec<String>,
    sheets: usize,
    rows: usize,
    rows_max: usize,
}

impl Workbook {
    /// Begins it. The name is a word of ours.
    pub fn new(name: &str, headings: &[&str]) -> Result<Self, TooLarge> {
        Self::with_rows_max(name, headings, ROWS_MAX)
    }

    fn with_rows_max(name: &str, headings: &[&str], rows_max: usize) -> Result<Self, TooLarge> {
        let headings = headings.iter().map(|heading| (*heading).to_owned()).collect();
        let mut new = Self { zip: Zip::new(), name: name.to_owned(), headings, sheets: 0, rows: 0, rows_max };
        new.next_sheet()?;
        Ok(new)
    }

    /// Writes the next row.
    pub fn row(&mut self, cells: &[Cell]) -> Result<(), TooLarge> {
        if self.rows == self.rows_max {
            self.zip.write("</sheetData></worksheet>");
            self.next_sheet()?;
        }
        self.put(cells, 1);
        Ok(())
    }

    /// The bytes that are whole by now.
    pub fn take(&mut self) -> Vec<u8> {
        self.zip.take()
    }

    /// Ends it. What is taken then is the rest.
    pub fn finish(mut self) -> Result<Vec<u8>, TooLarge> {
        self.zip.write("</sheetData></worksheet>");
        let sheets = 1..=self.sheets;
        let named = |n: usize| if n == 1 { self.name.clone() } else { format!("{} {n}", self.name) };
        let listed: String = sheets
            .clone()
            .map(|n| format!("<sheet name=\"{}\" sheetId=\"{n}\" r:id=\"rId{n}\"/>", named(n)))
            .collect();
        let styles = self.sheets + 1;
        let related: String = sheets
            .clone()
            .map(|n| relation(n, &format!("{DOCUMENT}/worksheet"), &format!("worksheets/sheet{n}.xml")))
            .chain([relation(styles, &format!("{DOCUMENT}/styles"), "styles.xml")])
            .collect();
        let parts: String = sheets
            .map(|n| part(&format!("/xl/worksheets/sheet{n}.xml"), "worksheet"))
            .chain([part("/xl/workbook.xml", "sheet.main"), part("/xl/styles.xml", "styles")])
            .collect();
        let book =
            format!("<workbook xmlns=\"{MAIN}\" xmlns:r=\"{DOCUMENT}\"><sheets>{listed}</sheets></workbook>");
        self.file("xl/workbook.xml", &book)?;
        self.file("xl/_rels/workbook.xml.rels", &relations(&related))?;
        self.file("xl/styles.xml", &format!("<styleSheet xmlns=\"{MAIN}\">{STYLES}</styleSheet>"))?;
        let root = relation(1, &format!("{DOCUMENT}/officeDocument"), "xl/workbook.xml");
        self.file("_rels/.rels", &relations(&root))?;
        let types = format!(
            "<Types xmlns=\"{PACKAGE}/content-types\"><Default Extension=\"rels\" \
             ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/>\
             <Default Extension=\"xml\" ContentType=\"application/xml\"/>{parts}</Types>"
        );
        self.file("[Content_Types].xml", &types)?;
        self.zip.finish()
    }

    fn file(&mut self, name: &'static str, xml: &str) -> Result<(), TooLarge> {
        self.zip.begin(name, 0)?;
        self.zip.write(HEAD);
        self.zip.write(xml);
        Ok(())
    }

    fn next_sheet(&mut self) -> Result<(), TooLarge> {
        self.sheets += 1;
        self.rows = 0;
        self.zip.begin("xl/worksheets/sheet#.xml", self.sheets)?;
        self.zip.write(HEAD);
        self.zip.write(&format!(
            "<worksheet xmlns=\"{MAIN}\"><sheetViews><sheetView workbookViewId=\"0\"><pane ySplit=\"1\" \
             topLeftCell=\"A2\" activePane=\"bottomLeft\" state=\"frozen\"/></sheetView></sheetViews><sheetData>"
        ));
        let headings: Vec<Cell> = self.headings.iter().map(Cell::text).collect();
        self.put(&headings, 2);
        Ok(())
    }

    fn put(&mut self, cells: &[Cell], style: usize) {
        self.rows += 1;
        let row = self.rows;
        let mut xml = format!("<row r=\"{row}\">");
        for (at, cell) in cells.iter().enumerate() {
            match cell {
                Cell::Empty => {}
                Cell::Whole(n) => xml += &format!("<c r=\"{}{row}\"><v>{n}</v></c>", column(at)),
                Cell::Decimal(n) => xml += &format!("<c r=\"{}{row}\"><v>{n}</v></c>", column(at)),
                Cell::Text(text) => {
                    xml += &format!("<c r=\"{}{row}\" s=\"{style}\" t=\"inlineStr\"><is><t", column(at));
                    xml += " xml:space=\"preserve\">";
                    push_text(&mut xml, text);
                    xml += "</t></is></c>";
                }
            }
        }
        xml += "</row>";
        self.zip.write(&xml);
    }
}

fn relation(n: usize, kind: &str, target: &str) -> String {
    format!("<Relationship Id=\"rId{n}\" Type=\"{kind}\" Target=\"{target}\"/>")
}

fn relations(all: &str) -> String {
    format!("<Relationships xmlns=\"{PACKAGE}/relationships\">{all}</Relationships>")
}

fn part(name: &str, kind: &str) -> String {
    format!("<Override PartName=\"{name}\" ContentType=\"{OFFICE}.{kind}+xml\"/>")
}

/// `A` to `Z`, then `AA`.
fn column(at: usize) -> String {
    let letter = |n: usize| char::from(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ"[n % 26]);
    if at < 26 { letter(at).to_string() } else { format!("{}{}", letter(at / 26 - 1), letter(at)) }
}

/// Characters that XML has no place for are left out, and so is what a cell can't hold.
fn push_text(xml: &mut String, text: &str) {
    for (at, c) in text.char_indices().take(CELL_CHARS_MAX) {
        match c {
            '&' => xml.push_str("&amp;"),
            '<' => xml.push_str("&lt;"),
            '>' => xml.push_str("&gt;"),
            // Kept as it is; as itself a reader makes a line feed of it.
            '\r' => xml.push_str("&#13;"),
            // Spreadsheets read `_x000D_` as the character of that number (ECMA-376, ST_Xstring).
            '_' if is_escape(&text[at..]) => xml.push_str("_x005F_"),
            '\t' | '\n' => xml.push(c),
            '\u{fffe}' | '\u{ffff}' => {}
            c if c < ' ' => {}
            c => xml.push(c),
        }
    }
}

fn is_escape(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.len() >= 7 && bytes[1] == b'x' && bytes[6] == b'_' && bytes[2..6].iter().all(u8::is_ascii_hexdigit)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::deflate::Crc32;
    use crate::deflate::tests::inflated;
    use std::collections::BTreeMap;

    fn number(bytes: &[u8], at: usize, size: usize) -> usize {
        bytes[at..at + size].iter().rev().fold(0, |all, byte| all << 8 | usize::from(*byte))
    }

    /// Reads an archive as its directory tells, and checks what stands there twice.
    fn files(zip: &[u8]) -> BTreeMap<String, String> {
        let end = zip.len() - 22;
        assert_eq!(&zip[end..end + 4], b"PK\x05\x06");
        let (count, mut at) = (number(zip, end + 10, 2), number(zip, end + 16, 4));
        assert_eq!(number(zip, end + 12, 4), end - at);
        let mut files = BTreeMap::new();
        for _ in 0..count {
            assert_eq!(&zip[at..at + 4], b"PK\x01\x02");
            let (crc, packed, size) =
                (number(zip, at + 16, 4), number(zip, at + 20, 4), number(zip, at + 24, 4));
            let (name_length, local) = (number(zip, at + 28, 2), number(zip, at + 42, 4));
            let name = &zip[at + 46..at + 46 + name_length];
            assert_eq!(
                (&zip[local..local + 4], &zip[local + 30..local + 30 + name_length]),
                (&b"PK\x03\x04"[..], name)
            );
            let data = local + 30 + name_length;
            let unpacked = inflated(&zip[data..data + packed]);
            let mut sum = Crc32::new();
            sum.add(&unpacked);
            assert_eq!((unpacked.len(), usize::try_from(sum.sum()).unwrap()), (size, crc));
            let behind = data + packed;
            assert_eq!(&zip[behind..behind + 4], b"PK\x07\x08");
            assert_eq!((number(zip, behind + 4, 4), number(zip, behind + 8, 4)), (crc, packed));
            files.insert(String::from_utf8(name.to_vec()).unwrap(), String::from_utf8(unpacked).unwrap());
            at += 46 + name_length;
        }
        assert_eq!(at, end);
        files
    }

    #[test]
    fn cells_are_what_they_are() {
        let mut book = Workbook::new("Payments", &["id", "amount"]).unwrap();
        book.row(&[Cell::text("=1+1"), Cell::Decimal("1499.00".into()), Cell::Empty, Cell::Whole(149_900)])
            .unwrap();
        book.row(&[Cell::text("a<b>&\"c\"\r\u{7}\u{fffe} _x0041_ _x_ आशा")]).unwrap();
        let files = files(&book.finish().unwrap());
        let names: Vec<_> = files.keys().map(String::as_str).collect();
        assert_eq!(
            names,
            [
                "[Content_Types].xml",
                "_rels/.rels",
                "xl/_rels/workbook.xml.rels",
                "xl/styles.xml",
                "xl/workbook.xml",
                "xl/worksheets/sheet1.xml"
            ]
        );
        let sheet = &files["xl/worksheets/sheet1.xml"];
        for part in [
            "<c r=\"A1\" s=\"2\" t=\"inlineStr\"><is><t xml:space=\"preserve\">id</t>",
            "<c r=\"A2\" s=\"1\" t=\"inlineStr\"><is><t xml:space=\"preserve\">=1+1</t>",
            "<c r=\"B2\"><v>1499.00</v></c><c r=\"D2\"><v>149900</v></c></row>",
            "a&lt;b&gt;&amp;\"c\"&#13; _x005F_x0041_ _x_ आशा</t>",
        ] {
            assert!(sheet.contains(part), "{part}\n{sheet}");
        }
        assert!(!sheet.contains("<f"), "a formula");
    }

    #[test]
    fn what_one_sheet_cannot_hold_goes_on_in_the_next() {
        let mut book = Workbook::with_rows_max("Orders", &["n"], 3).unwrap();
        (0..5).for_each(|n| book.row(&[Cell::Whole(n)]).unwrap());
        let files = files(&book.finish().unwrap());
        assert!(files["xl/worksheets/sheet2.xml"].contains("<c r=\"A3\"><v>3</v></c>"));
        assert!(files["xl/worksheets/sheet3.xml"].contains("<c r=\"A2\"><v>4</v></c></row></sheetData>"));
        assert!(files["xl/workbook.xml"].contains("<sheet name=\"Orders 3\" sheetId=\"3\" r:id=\"rId3\"/>"));
        assert_eq!(files["[Content_Types].xml"].matches("worksheet+xml").count(), 3);
    }

    #[test]
    fn columns_are_named_as_spreadsheets_name_them() {
        let named: Vec<String> = [0, 25, 26, 51, 52, 701].into_iter().map(column).collect();
        assert_eq!(named, ["A", "Z", "AA", "AZ", "BA", "ZZ"]);
    }

    /// What is not taken yet is all that a long table holds on to.
    #[test]
    fn a_hundred_thousand_rows_take_the_memory_of_a_few() {
        const AT_ONCE: usize = 500;
        let mut book = Workbook::new("Payments", &["id", "amount_minor", "amount", "status", "at"]).unwrap();
        let (mut most, mut whole) = (0, Vec::new());
        for n in 0..100_000_i64 {
            let at = format!("2026-11-21T08:{:02}:{:02}.000Z", n / 60 % 60, n % 60);
            let decimal = format!("{}.{:02}", n / 100, n % 100);
            let id = format!("pay_01kq8q4t6w8y0a2c4e6g8j{n:06}");
            book.row(&[
                Cell::text(id),
                Cell::Whole(n),
                Cell::Decimal(decimal),
                Cell::text("captured"),
                Cell::text(at),
            ])
            .unwrap();
            if n % AT_ONCE as i64 == 0 {
                let part = book.take();
                most = most.max(part.len());
                whole.extend(part);
            }
        }
        whole.extend(book.finish().unwrap());
        assert!(most < AT_ONCE * 200, "{most} bytes at once");
        let files = files(&whole);
        assert_eq!(files["xl/worksheets/sheet1.xml"].matches("<row ").count(), 100_001);
    }
}
