//! What creating an order writes, without anything around it: the same statements with the same values.

use crate::database::{self, Place};
use crate::http::unique;
use anyhow::{Context, Result};
use hundi_core::ids::Entropy;
use hundi_core::{EventId, Millis, OrderId};
use hundi_store::{Stmt, Value, registry};
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

/// The three statements of a created order, in order.
pub(crate) fn statements() -> Result<[&'static Stmt; 3]> {
    let named = |group: &str, name: &str| {
        let (_, all) = registry::ALL.iter().find(|(g, _)| *g == group)?;
        all.iter().copied().find(|stmt| stmt.name.rsplit("::").next() == Some(name))
    };
    let wanted = |group, name| named(group, name).with_context(|| format!("{group} has no {name}"));
    Ok([wanted("idempotency", "BEGIN_DONE")?, wanted("orders", "INSERT")?, wanted("events", "INSERT")?])
}

/// The values of one order's rows.
pub(crate) type Rows = [Vec<Value>; 3];

/// Makes rows that differ as real ones do.
#[derive(Clone)]
pub(crate) struct Maker {
    merchant: String,
    /// The public shape of an order, whose id is put in its place.
    shape: Arc<(String, String)>,
}

impl Maker {
    /// On a new database, which it leaves closed.
    pub(crate) async fn on(place: &Place, name: &str) -> Result<(Self, String)> {
        let (app, shop, database) = database::in_process(place, name).await?;
        let shape = database::one_order(&app, shop.scope).await?;
        app.store.clone().close().await;
        Ok((Self { merchant: shop.scope.merchant().to_string(), shape: Arc::new(shape) }, database))
    }

    pub(crate) fn make(&self) -> Rows {
        let now = now();
        let key = unique();
        let order = OrderId::new(now, entropy(&key)).to_string();
        let event = EventId::new(now, entropy(&unique())).to_string();
        let body = self.shape.1.replace(&self.shape.0, &order);
        let hash = format!("{key}{}", unique());
        let none = Value::Null;
        let (text, int) = (|t: &str| Value::from(t), Value::Int);
        [
            vec![
                text(&self.merchant),
                text("test"),
                text(&key),
                text(&hash),
                text(&order),
                int(now.0),
                int(201),
                text(&body),
            ],
            vec![
                text(&order),
                text(&self.merchant),
                text("test"),
                int(149_900),
                text("INR"),
                text("created"),
                int(0),
                text("refund"),
                text("automatic"),
                text("R-100042"),
                text("Birthday cake, 1 kg"),
                none.clone(),
                none.clone(),
                none.clone(),
                text(r#"{"table":"12"}"#),
                none.clone(),
                none.clone(),
                none.clone(),
                none.clone(),
                text("key:bench"),
                int(now.0),
                int(now.0),
                int(1),
                int(1),
                none.clone(),
                int(0),
            ],
            vec![
                text(&event),
                text(&self.merchant),
                text("test"),
                text("order.created"),
                text("order"),
                text(&order),
                int(1),
                none,
                int(now.0),
                text(&body),
            ],
        ]
    }
}

fn now() -> Millis {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Millis(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
}

fn entropy(text: &str) -> Entropy {
    let mut bytes = Entropy::default();
    bytes.copy_from_slice(&text.as_bytes()[..10]);
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_is_a_value_for_each_parameter() {
        let maker = Maker { merchant: "mer_1".into(), shape: Arc::new(("ord_1".into(), "{}".into())) };
        for (statement, values) in statements().expect("all three are registered").iter().zip(maker.make()) {
            let asked = (1..).take_while(|n| statement.sql.contains(&format!("${n}"))).count();
            assert_eq!(values.len(), asked, "{}", statement.name);
        }
    }
}
