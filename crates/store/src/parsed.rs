//! Reading columns that hold a word of ours: a status, a reason, a role.

use crate::value::Reader;
use crate::{DbError, FromValue, Value};
use std::str::FromStr;

impl Reader<'_> {
    /// The next column as a word. One that nobody wrote means a broken database.
    pub fn parsed<T: FromStr>(&mut self) -> Result<T, DbError> {
        word(&self.get::<String>()?)
    }

    pub fn parsed_opt<T: FromStr>(&mut self) -> Result<Option<T>, DbError> {
        self.get::<Option<String>>()?.map(|text| word(&text)).transpose()
    }

    /// Passes over `n` columns.
    pub fn skip(&mut self, n: usize) -> Result<(), DbError> {
        for _ in 0..n {
            self.get::<Anything>()?;
        }
        Ok(())
    }
}

struct Anything;

impl FromValue for Anything {
    fn from_value(_: &Value) -> Option<Self> {
        Some(Self)
    }
}

fn word<T: FromStr>(text: &str) -> Result<T, DbError> {
    text.parse().map_err(|_| DbError::Broken(format!("a column holds no {}", std::any::type_name::<T>())))
}
