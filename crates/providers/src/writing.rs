//! JSON as it is sent: fields in the order in which they are put, so that a request reads as its provider documents it.
//! And forms.
//!
//! Adapters write their requests with it; simulators have their own hands.

use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_json::value::RawValue;
use url::form_urlencoded;

/// The body of a form.
pub(crate) fn form<V: AsRef<str>>(fields: &[(&str, V)]) -> Vec<u8> {
    form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish().into_bytes()
}

/// An object that is being written.
#[derive(Clone)]
pub(crate) struct Object(Vec<(&'static str, Box<RawValue>)>);

impl Object {
    pub(crate) const fn new() -> Self {
        Self(Vec::new())
    }

    pub(crate) fn put(mut self, name: &'static str, value: impl Serialize) -> Self {
        let raw = serde_json::value::to_raw_value(&value);
        self.0.push((name, raw.expect("texts, numbers, flags and objects of them are always JSON")));
        self
    }

    /// The same where there is a value, and nothing where there is none.
    pub(crate) fn maybe(self, name: &'static str, value: Option<impl Serialize>) -> Self {
        match value {
            Some(value) => self.put(name, value),
            None => self,
        }
    }

    /// Itself, unless there is nothing in it.
    pub(crate) fn unless_empty(self) -> Option<Self> {
        (!self.0.is_empty()).then_some(self)
    }

    pub(crate) fn text(&self) -> String {
        serde_json::to_string(self).expect("what was JSON by parts is JSON")
    }

    pub(crate) fn bytes(&self) -> Vec<u8> {
        self.text().into_bytes()
    }
}

impl Serialize for Object {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let mut map = to.serialize_map(Some(self.0.len()))?;
        for (name, value) in &self.0 {
            map.serialize_entry(name, value)?;
        }
        map.end()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_stand_where_they_were_put_and_what_is_not_there_is_not_written() {
        let amount = RawValue::from_string("170.00".to_owned()).expect("a number");
        let inner = Object::new().put("z", true).put("a", None::<i64>);
        let object = Object::new()
            .put("name", "\"Asha\"")
            .put("amount", amount)
            .maybe("email", None::<&str>)
            .maybe("minor", Some(17_000))
            .put("inner", inner);
        let written = r#"{"name":"\"Asha\"","amount":170.00,"minor":17000,"inner":{"z":true,"a":null}}"#;
        assert_eq!(object.text(), written);
        assert_eq!(object.bytes(), written.as_bytes());
        assert!(object.unless_empty().is_some() && Object::new().unless_empty().is_none());
    }

    #[test]
    fn a_form_is_encoded() {
        assert_eq!(form(&[("a", "1 &2"), ("b", "")]), b"a=1+%262&b=");
    }
}
