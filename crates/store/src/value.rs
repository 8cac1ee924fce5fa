//! Values on their way into a statement, and rows on their way out. Four kinds, alike on both engines.

use crate::DbError;
use hundi_core::{Currency, EventId, FailureReason, Method, Millis, Mode, OurRef};
use hundi_core::{event, ids, order, payment, refund, scope};
use std::fmt;

/// One value of a row or an argument.
#[derive(Clone, PartialEq, Eq)]
pub enum Value {
    Null,
    Int(i64),
    Text(String),
    Bytes(Vec<u8>),
}

/// Shows the kind and the size, never the content: drivers log arguments.
impl fmt::Debug for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => f.write_str("null"),
            Self::Int(_) => f.write_str("integer"),
            Self::Text(text) => write!(f, "text of {} bytes", text.len()),
            Self::Bytes(bytes) => write!(f, "{} bytes", bytes.len()),
        }
    }
}

/// What can be an argument of a statement.
pub trait ToValue {
    fn to_value(&self) -> Value;
}

/// What can be read from a column. `None`: the column holds something else.
pub trait FromValue: Sized {
    fn from_value(value: &Value) -> Option<Self>;
}

/// The arguments of a statement, by value or by reference: `v![id, &name, None::<i64>]`.
#[macro_export]
macro_rules! v {
    ($($value:expr),* $(,)?) => { vec![$($crate::ToValue::to_value(&$value)),*] };
}

impl<T: ToValue + ?Sized> ToValue for &T {
    fn to_value(&self) -> Value {
        (**self).to_value()
    }
}

impl<T: ToValue> ToValue for Option<T> {
    fn to_value(&self) -> Value {
        self.as_ref().map_or(Value::Null, T::to_value)
    }
}

impl ToValue for Value {
    fn to_value(&self) -> Value {
        self.clone()
    }
}

impl<T> From<Option<T>> for Value
where
    Self: From<T>,
{
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Self::from)
    }
}

macro_rules! values {
    ($($type:ty: |$value:ident| $to:expr;)*) => {$(
        impl ToValue for $type {
            fn to_value(&self) -> Value {
                let $value = self;
                $to
            }
        }

        impl From<$type> for Value {
            fn from(value: $type) -> Self {
                value.to_value()
            }
        }
    )*};
}

values! {
    i64: |n| Value::Int(*n);
    i32: |n| Value::Int(i64::from(*n));
    u32: |n| Value::Int(i64::from(*n));
    u16: |n| Value::Int(i64::from(*n));
    u8: |n| Value::Int(i64::from(*n));
    bool: |yes| Value::Int(i64::from(*yes));
    Millis: |at| Value::Int(at.0);
    String: |text| Value::Text(text.clone());
    Vec<u8>: |bytes| Value::Bytes(bytes.clone());
}

impl ToValue for str {
    fn to_value(&self) -> Value {
        Value::Text(self.to_owned())
    }
}

impl ToValue for [u8] {
    fn to_value(&self) -> Value {
        Value::Bytes(self.to_vec())
    }
}

impl<const N: usize> ToValue for [u8; N] {
    fn to_value(&self) -> Value {
        Value::Bytes(self.to_vec())
    }
}

impl<const N: usize> From<[u8; N]> for Value {
    fn from(bytes: [u8; N]) -> Self {
        Self::Bytes(bytes.to_vec())
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

/// A provider's word that is only shown, on its way into a row. PostgreSQL holds no NUL in a text, and money must not
/// wait for a name that has one.
pub(crate) fn shown(text: Option<&String>) -> Option<String> {
    text.map(|text| text.replace('\0', "\u{fffd}"))
}

macro_rules! texts {
    ($($show:ident: $($type:ty),* $(,)?;)*) => {$($(
        values! { $type: |value| Value::Text(String::from(value.$show())); }

        impl FromValue for $type {
            fn from_value(value: &Value) -> Option<Self> {
                match value {
                    Value::Text(text) => text.parse().ok(),
                    Value::Null | Value::Int(_) | Value::Bytes(_) => None,
                }
            }
        }
    )*)*};
}

texts! {
    as_str: Mode, Method, FailureReason, OurRef, event::EventType, order::Status, order::LateSuccess,
        payment::Status, refund::Status, refund::Reason, scope::Role;
    to_string: Currency, EventId, ids::OrderId, ids::PaymentId, ids::CaptureId, ids::RefundId, ids::ConnectionId,
        ids::MerchantId, ids::OrganizationId, ids::EndpointId, ids::DeliveryId, ids::ReplayId, ids::ResendId, ids::NoticeId, ids::SweepId, ids::CustomerId,
        ids::SavedMethodId, ids::FallbackId,
        ids::EntryId, ids::DiscrepancyId, ids::JobId, ids::UserId, ids::AuditId, ids::ExchangeId, ids::TransitionId,
        ids::DataKeyId, ids::RequestId;
}

macro_rules! columns {
    ($($type:ty: $pattern:pat => $read:expr;)*) => {$(
        impl FromValue for $type {
            fn from_value(value: &Value) -> Option<Self> {
                match value {
                    $pattern => $read,
                    _ => None,
                }
            }
        }
    )*};
}

columns! {
    i64: Value::Int(n) => Some(*n);
    i32: Value::Int(n) => (*n).try_into().ok();
    u32: Value::Int(n) => (*n).try_into().ok();
    u16: Value::Int(n) => (*n).try_into().ok();
    u8: Value::Int(n) => (*n).try_into().ok();
    bool: Value::Int(n @ (0 | 1)) => Some(*n == 1);
    Millis: Value::Int(n) => Some(Self(*n));
    String: Value::Text(text) => Some(text.clone());
    Vec<u8>: Value::Bytes(bytes) => Some(bytes.clone());
}

impl<const N: usize> FromValue for [u8; N] {
    fn from_value(value: &Value) -> Option<Self> {
        match value {
            Value::Bytes(bytes) => bytes.as_slice().try_into().ok(),
            Value::Null | Value::Int(_) | Value::Text(_) => None,
        }
    }
}

impl FromValue for Value {
    fn from_value(value: &Value) -> Option<Self> {
        Some(value.clone())
    }
}

impl<T: FromValue> FromValue for Option<T> {
    fn from_value(value: &Value) -> Option<Self> {
        if *value == Value::Null { Some(None) } else { T::from_value(value).map(Some) }
    }
}

/// One row of an answer, owned.
#[derive(Clone, Debug)]
pub struct Row {
    statement: &'static str,
    values: Vec<Value>,
}

impl Row {
    pub(crate) const fn new(statement: &'static str, values: Vec<Value>) -> Self {
        Self { statement, values }
    }

    /// Reads the columns one after the other, in the order that the statement names them.
    pub const fn read(&self) -> Reader<'_> {
        Reader { row: self, next: 0 }
    }

    /// The first column, for statements that have but one.
    pub fn one<T: FromValue>(&self) -> Result<T, DbError> {
        self.read().get()
    }
}

/// Reads a row column by column.
#[derive(Debug)]
pub struct Reader<'a> {
    row: &'a Row,
    next: usize,
}

impl Reader<'_> {
    /// The next column as a `T`. What does not parse means that the database holds what we never wrote.
    pub fn get<T: FromValue>(&mut self) -> Result<T, DbError> {
        let (statement, column) = (self.row.statement, self.next);
        let value = self.row.values.get(column);
        let value =
            value.ok_or_else(|| DbError::bug(statement, format_args!("there is no column {column}")))?;
        self.next += 1;
        T::from_value(value).ok_or_else(|| {
            let wanted = std::any::type_name::<T>();
            DbError::Broken(format!("{statement}: column {column} holds {value:?}, not {wanted}"))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use hundi_core::OrderId;

    #[test]
    fn columns_are_read_in_order_and_by_type() {
        let id = OrderId::new(Millis(1_789_000_000_000), [3; 10]);
        let gone = None::<&str>;
        let row =
            Row::new("t::LOAD", v![id, &Mode::Live, 7_i64, true, gone, b"raw", String::from("x"), 5_i64]);
        let mut r = row.read();
        assert_eq!(r.get::<OrderId>(), Ok(id));
        assert_eq!(r.get::<Mode>(), Ok(Mode::Live));
        assert_eq!(r.get::<Option<i64>>(), Ok(Some(7)));
        assert_eq!(r.get::<bool>(), Ok(true));
        assert_eq!(r.get::<Option<String>>(), Ok(None));
        assert_eq!(r.get::<Vec<u8>>(), Ok(b"raw".to_vec()));
        assert_eq!(r.get::<String>(), Ok("x".to_owned()));
        assert!(matches!(r.get::<bool>(), Err(DbError::Broken(_))), "5 is neither yes nor no");
        assert!(matches!(r.get::<i64>(), Err(DbError::Bug(_))), "there is no ninth column");
    }

    #[test]
    fn a_wrong_type_names_statement_and_column_but_no_content() {
        let row = Row::new("t::LOAD", v!["4111111111111111"]);
        let told = row.one::<OrderId>().unwrap_err().to_string();
        assert!(told.contains("t::LOAD") && told.contains("column 0"), "{told}");
        assert!(!told.contains("4111"), "{told}");
        assert!(!format!("{row:?}").contains("4111"));
    }
}
