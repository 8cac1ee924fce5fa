//! Cells of a table, whatever it is written as.

/// One cell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cell {
    /// Somebody's words. Never read as a formula.
    Text(String),
    /// A whole number of ours.
    Whole(i64),
    /// A number as exact decimal text: `1499.00`. Never made of a float, never rounded.
    Decimal(String),
    Empty,
}

impl Cell {
    /// Text, or nothing.
    pub fn text(text: impl Into<String>) -> Self {
        let text = text.into();
        if text.is_empty() { Self::Empty } else { Self::Text(text) }
    }

    /// The same of what may be missing.
    pub fn opt(text: Option<impl Into<String>>) -> Self {
        text.map_or(Self::Empty, Self::text)
    }
}
