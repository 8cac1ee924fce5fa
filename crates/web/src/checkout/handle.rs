//! What a payer has to be shown to pay: read back from the payment's row, and checked before a browser gets it.

use hundi_core::Mode;
use serde::Deserialize;
use serde_json::Value;
use url::Url;

/// The provider's way in. Which one it is says its own type: a provider may answer another flow than was asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Handle {
    Script { src: String, global: String, options: String },
    Redirect { url: String },
    Form { action: String, fields: Vec<(String, String)> },
    Upi { link: String },
}

#[derive(Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum Kept {
    Script { src: String, global: String, options: Value },
    Redirect { url: String },
    Form { action: String, fields: Vec<(String, String)> },
    UpiIntent { link: String },
}

impl Handle {
    /// None: nothing that a browser should be given.
    pub(super) fn read(json: &str, mode: Mode) -> Option<Self> {
        match serde_json::from_str(json).ok()? {
            Kept::Script { src, global, options } => {
                let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '$' | '.');
                let named = !global.is_empty() && global.chars().all(plain);
                named.then_some(Self::Script {
                    src: web_address(&src, mode)?,
                    global,
                    options: options.to_string(),
                })
            }
            Kept::Redirect { url } => Some(Self::Redirect { url: web_address(&url, mode)? }),
            Kept::Form { action, fields } => Some(Self::Form { action: web_address(&action, mode)?, fields }),
            Kept::UpiIntent { link } => {
                let plain = link.bytes().all(|c| c.is_ascii_graphic());
                (plain && link.starts_with("upi://")).then_some(Self::Upi { link })
            }
        }
    }
}

/// HTTPS; plain HTTP only where a simulator may stand in. Never a script, never with a user before the host.
pub(super) fn web_address(text: &str, mode: Mode) -> Option<String> {
    let url = Url::parse(text).ok()?;
    let scheme = match mode {
        Mode::Live => url.scheme() == "https",
        Mode::Test => matches!(url.scheme(), "https" | "http"),
    };
    let bare = url.username().is_empty() && url.password().is_none() && url.host_str().is_some();
    (scheme && bare).then(|| url.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_is_read() {
        let read = |json: &str| Handle::read(json, Mode::Live);
        let script =
            r#"{"type":"script","src":"https://s.example/x.js","global":"Acme.Pay","options":{"a":1}}"#;
        assert_eq!(
            read(script),
            Some(Handle::Script {
                src: "https://s.example/x.js".to_owned(),
                global: "Acme.Pay".to_owned(),
                options: r#"{"a":1}"#.to_owned()
            })
        );
        assert_eq!(
            read(r#"{"type":"redirect","url":"https://p.example/l?a=1"}"#),
            Some(Handle::Redirect { url: "https://p.example/l?a=1".to_owned() })
        );
        assert_eq!(
            read(r#"{"type":"form","action":"https://p.example/show?a=1","fields":[["mid","M1"]]}"#),
            Some(Handle::Form {
                action: "https://p.example/show?a=1".to_owned(),
                fields: vec![("mid".to_owned(), "M1".to_owned())]
            })
        );
        assert_eq!(
            read(r#"{"type":"upi_intent","link":"upi://pay?pa=a@b&am=1.00"}"#),
            Some(Handle::Upi { link: "upi://pay?pa=a@b&am=1.00".to_owned() })
        );
    }

    #[test]
    fn nothing_dangerous_is_a_handle() {
        for json in [
            "",
            "{}",
            r#"{"type":"other"}"#,
            r#"{"type":"redirect","url":"javascript:alert(1)"}"#,
            r#"{"type":"redirect","url":"http://p.example/"}"#,
            r#"{"type":"form","action":"javascript:alert(1)","fields":[]}"#,
            r#"{"type":"form","action":"https://p.example/","fields":[["a"]]}"#,
            r#"{"type":"redirect","url":"https://user:pw@p.example/"}"#,
            r#"{"type":"redirect","url":"//p.example/"}"#,
            r#"{"type":"redirect","url":"data:text/html,x"}"#,
            r#"{"type":"upi_intent","link":"https://p.example"}"#,
            r#"{"type":"upi_intent","link":"upi://pay?a=\"x y\""}"#,
            r#"{"type":"script","src":"http://s.example/x.js","global":"A","options":{}}"#,
            r#"{"type":"script","src":"https://s.example/x.js","global":"A();alert","options":{}}"#,
        ] {
            assert_eq!(Handle::read(json, Mode::Live), None, "{json}");
        }
        let local = r#"{"type":"redirect","url":"http://127.0.0.1:9000/l"}"#;
        assert!(Handle::read(local, Mode::Test).is_some() && Handle::read(local, Mode::Live).is_none());
    }
}
