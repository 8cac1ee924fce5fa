//! A statement: a name and one SQL text for both engines, with `$1..` placeholders.

use std::fmt::Write as _;
use std::sync::OnceLock;

/// One named statement. Made by [`statements!`](crate::statements) in each table's file.
pub struct Stmt {
    /// Module and constant, for errors and metrics.
    pub name: &'static str,
    /// The text for both engines.
    pub sql: &'static str,
    /// PostgreSQL's own text, where one text cannot serve both. Counted by a test.
    pub pg: Option<&'static str>,
    lite: OnceLock<String>,
}

impl Stmt {
    pub const fn new(name: &'static str, sql: &'static str, pg: Option<&'static str>) -> Self {
        Self { name, sql, pg, lite: OnceLock::new() }
    }

    /// The text for PostgreSQL.
    pub(crate) fn for_pg(&self) -> &'static str {
        self.pg.unwrap_or(self.sql)
    }

    /// The text for SQLite: `$2` becomes `?2`, since SQLite would number `$`-names by first appearance.
    pub(crate) fn for_lite(&self) -> &str {
        self.lite.get_or_init(|| numbered(self.sql))
    }
}

impl std::fmt::Debug for Stmt {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name)
    }
}

fn numbered(sql: &str) -> String {
    let mut text = String::with_capacity(sql.len());
    let mut quoted = false;
    let mut rest = sql.chars().peekable();
    while let Some(c) = rest.next() {
        quoted ^= c == '\'';
        let placeholder = c == '$' && !quoted && rest.peek().is_some_and(char::is_ascii_digit);
        text.write_char(if placeholder { '?' } else { c }).expect("writing to a String never fails");
    }
    text
}

/// Declares a table's statements as statics of type [`Stmt`](crate::Stmt), and `ALL` of them for the registry.
///
/// `NAME = "text for both";` or, where that cannot be, `NAME = "SQLite's text", pg "PostgreSQL's text";`
#[macro_export]
macro_rules! statements {
    ($($(#[$meta:meta])* $name:ident = $sql:expr $(, pg $pg:expr)?);* $(;)?) => {
        $(
            $(#[$meta])*
            pub(crate) static $name: $crate::Stmt = $crate::Stmt::new(
                concat!(module_path!(), "::", stringify!($name)),
                $sql,
                $crate::statements!(@pg $($pg)?),
            );
        )*
        /// Every statement of this file, for the registry.
        pub(crate) static ALL: &[&$crate::Stmt] = &[$(&$name),*];
    };
    (@pg) => { None };
    (@pg $pg:expr) => { Some($pg) };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placeholders_keep_their_numbers_on_sqlite() {
        let of = |sql| numbered(sql);
        assert_eq!(of("UPDATE t SET a = $2 WHERE b = $1"), "UPDATE t SET a = ?2 WHERE b = ?1");
        assert_eq!(of("SELECT '$1', $12, 'it''s $3'"), "SELECT '$1', ?12, 'it''s $3'");
    }
}
