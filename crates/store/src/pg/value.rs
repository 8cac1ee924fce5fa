//! Our four kinds of value in PostgreSQL's types. Strict: what would need a conversion is a mistake in the statement.

use crate::{DbError, Row, Stmt, Value};
use bytes::BytesMut;
use std::fmt::Debug;
use tokio_postgres::types::{FromSql, IsNull, Kind, ToSql, Type, to_sql_checked};

type AnyError = Box<dyn std::error::Error + Sync + Send>;

/// Checks arguments against what the server expects, so that binding them cannot fail.
pub(super) fn check_args(stmt: &Stmt, params: &[Type], args: &[Value]) -> Result<(), DbError> {
    check(stmt, params, args, fits)
}

/// The same of columns of arguments, each of which the server takes as an array.
pub(super) fn check_columns(stmt: &Stmt, params: &[Type], columns: &[Vec<Value>]) -> Result<(), DbError> {
    check(stmt, params, columns, |column, param| match param.kind() {
        Kind::Array(of) => column.iter().all(|value| fits(value, of)),
        _ => false,
    })
}

fn check<T: Debug>(
    stmt: &Stmt,
    params: &[Type],
    args: &[T],
    fits: impl Fn(&T, &Type) -> bool,
) -> Result<(), DbError> {
    if params.len() != args.len() {
        let told = format_args!("{} arguments for {} parameters", args.len(), params.len());
        return Err(DbError::bug(stmt.name, told));
    }
    for (i, (param, arg)) in params.iter().zip(args).enumerate() {
        if !fits(arg, param) {
            return Err(DbError::bug(stmt.name, format_args!("argument {} is {arg:?}, not {param}", i + 1)));
        }
    }
    Ok(())
}

fn fits(value: &Value, wanted: &Type) -> bool {
    match value {
        Value::Null => true,
        Value::Int(n) => *wanted == Type::INT8 || (*wanted == Type::INT4 && i32::try_from(*n).is_ok()),
        Value::Text(text) => is_text(wanted) && !text.contains('\0'),
        Value::Bytes(_) => *wanted == Type::BYTEA,
    }
}

fn is_text(kind: &Type) -> bool {
    [Type::TEXT, Type::VARCHAR, Type::BPCHAR, Type::NAME].contains(kind)
}

impl ToSql for Value {
    fn to_sql(&self, wanted: &Type, out: &mut BytesMut) -> Result<IsNull, AnyError> {
        match self {
            Self::Null => Ok(IsNull::Yes),
            Self::Int(n) if *wanted == Type::INT4 => i32::try_from(*n)?.to_sql(wanted, out),
            Self::Int(n) => n.to_sql(wanted, out),
            Self::Text(text) => text.to_sql(wanted, out),
            Self::Bytes(bytes) => bytes.to_sql(wanted, out),
        }
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    to_sql_checked!();
}

/// A row of the server's as one of ours.
pub(super) fn row(stmt: &'static Stmt, row: &tokio_postgres::Row) -> Result<Row, DbError> {
    let values = row.columns().iter().enumerate().map(|(i, column)| {
        row.try_get::<_, Value>(i).map_err(|_| {
            let told = format_args!("column {i} is {}, which has no place here; cast it", column.type_());
            DbError::bug(stmt.name, told)
        })
    });
    Ok(Row::new(stmt.name, values.collect::<Result<_, _>>()?))
}

impl<'a> FromSql<'a> for Value {
    fn from_sql(kind: &Type, raw: &'a [u8]) -> Result<Self, AnyError> {
        Ok(match *kind {
            Type::INT8 => Self::Int(i64::from_sql(kind, raw)?),
            Type::INT4 => Self::Int(i32::from_sql(kind, raw)?.into()),
            Type::INT2 => Self::Int(i16::from_sql(kind, raw)?.into()),
            // A comparison in a SELECT list; SQLite answers 0 or 1.
            Type::BOOL => Self::Int(bool::from_sql(kind, raw)?.into()),
            Type::BYTEA => Self::Bytes(raw.to_vec()),
            _ => Self::Text(String::from_sql(kind, raw)?),
        })
    }

    fn from_sql_null(_: &Type) -> Result<Self, AnyError> {
        Ok(Self::Null)
    }

    fn accepts(kind: &Type) -> bool {
        [Type::INT8, Type::INT4, Type::INT2, Type::BOOL, Type::BYTEA].contains(kind) || is_text(kind)
    }
}
