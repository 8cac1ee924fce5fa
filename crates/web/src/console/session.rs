//! Coming in and going out: the sign-in form, the cookie, and what the session looks at.

use super::desk::Desk;
use super::refused::Refused;
use crate::browser::{local_path, page, see_other};
use crate::fields::{Asking, Sent};
use crate::limits;
use crate::pages::signin::SignIn;
use crate::web::{Asked, Settings, Web};
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use http::header::{COOKIE, HeaderMap, HeaderValue, SET_COOKIE};
use hundi_app::{Error, people};
use hundi_core::Secret;

/// As long as a session may last; the server ends it earlier when it is not used.
const COOKIE_SECS: u32 = 7 * 86_400;
const TOKEN_CHARS_MAX: usize = 100;

/// A `__Host-` cookie can't be set by a sibling host or over plain HTTP; on a loopback address without TLS browsers
/// would not keep it.
const fn cookie_name(settings: &Settings) -> &'static str {
    if settings.secure_cookies { "__Host-hundi" } else { "hundi" }
}

fn cookie(settings: &Settings, token: &str, secs: u32) -> HeaderValue {
    let secure = if settings.secure_cookies { "; Secure" } else { "" };
    let name = cookie_name(settings);
    let text = format!("{name}={token}; Path=/; HttpOnly; SameSite=Lax; Max-Age={secs}{secure}");
    HeaderValue::from_str(&text).expect("tokens are letters, digits, - and _")
}

/// The session's token, as the browser keeps it.
pub(super) fn token_of(headers: &HeaderMap, settings: &Settings) -> Option<Secret> {
    let name = cookie_name(settings);
    let lines = headers.get_all(COOKIE).iter().filter_map(|line| line.to_str().ok());
    let pairs = lines.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
    let mut named = pairs.filter(|(n, _)| *n == name).map(|(_, token)| token);
    let token = named.next()?;
    // Two of them: one was planted.
    (named.next().is_none() && token.len() <= TOKEN_CHARS_MAX).then(|| Secret::new(token))
}

pub(super) async fn form(State(web): State<Web>, headers: HeaderMap, Asking(fields): Asking) -> Response {
    let next = local_path(fields.get("next")).unwrap_or_else(|| "/".to_owned());
    if let Some(token) = token_of(&headers, &web.settings)
        && people::who(&web.app, &token).await.is_ok()
    {
        return see_other(&next);
    }
    let product = web.settings.product.clone();
    page(StatusCode::OK, &SignIn { product, email: String::new(), error: None, next })
}

pub(super) async fn sign_in(
    State(web): State<Web>,
    asked: Asked,
    headers: HeaderMap,
    Sent(fields): Sent,
) -> Result<Response, Refused> {
    let next = local_path(fields.get("next")).unwrap_or_else(|| "/".to_owned());
    let (email, password) = (fields.get("email"), Secret::new(fields.raw("password")));
    let opened = people::sign_in(&web.app, email, &password, &asked.ip.to_string(), &asked.user_agent).await;
    let token = match opened {
        Ok(token) => token,
        Err(refusal @ (Error::SignInRefused | Error::TooMany { .. } | Error::RateLimited(_))) => {
            let product = web.settings.product.clone();
            let error = Some(match &refusal {
                Error::TooMany { .. } => {
                    "Many people are signing in just now. Wait a moment, then try again.".to_owned()
                }
                refused => refused.sentence(),
            });
            let email = email.chars().take(200).collect();
            let status = match &refusal {
                Error::RateLimited(_) => StatusCode::TOO_MANY_REQUESTS,
                _ => StatusCode::UNAUTHORIZED,
            };
            return Ok(limits::refused(page(status, &SignIn { product, email, error, next }), &refusal));
        }
        Err(error) => return Err(error.into()),
    };
    // Whoever sat here before is signed out: the new session has a new token, and the old one is dead.
    if let Some(old) = token_of(&headers, &web.settings)
        && let Ok(old) = people::who(&web.app, &old).await
    {
        people::sign_out(&web.app, &old).await?;
    }
    Ok(with_cookie(see_other(&next), cookie(&web.settings, token.expose(), COOKIE_SECS)))
}

pub(super) async fn sign_out(State(web): State<Web>, desk: Desk) -> Result<Response, Refused> {
    people::sign_out(&web.app, &desk.person).await?;
    Ok(with_cookie(see_other("/signin"), cookie(&web.settings, "", 0)))
}

fn with_cookie(response: Response, cookie: HeaderValue) -> Response {
    ([(SET_COOKIE, cookie)], response).into_response()
}

/// Test or live. Back to the list that the page belongs to: its things are of one mode.
pub(super) async fn look_in_mode(desk: Desk, Sent(fields): Sent) -> Result<Response, Refused> {
    let mode = fields.parsed("mode").ok_or_else(|| Error::invalid("mode", "Choose Test or Live."))?;
    people::look_at(&desk.app, &desk.person, desk.person.merchant.id, mode).await?;
    Ok(see_other(&list_of(fields.get("back"))))
}

/// Another merchant within reach.
pub(super) async fn look_at_merchant(desk: Desk, Sent(fields): Sent) -> Result<Response, Refused> {
    let merchant = fields.parsed("merchant").ok_or(Error::NotFound { what: "merchant" })?;
    people::look_at(&desk.app, &desk.person, merchant, desk.person.mode).await?;
    Ok(see_other(&list_of(fields.get("back"))))
}

/// `/payments` of `/payments/pay_…?exchange=…`.
fn list_of(path: &str) -> String {
    let path = local_path(path).unwrap_or_default();
    let first = path.trim_start_matches('/').split(['/', '?']).next().unwrap_or_default();
    format!("/{first}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn back_to_the_list_of_a_thing() {
        assert_eq!(list_of("/payments/pay_1?exchange=x"), "/payments");
        assert_eq!(list_of("/?range=7d"), "/");
        assert_eq!(list_of("//evil.example/x"), "/");
    }

    #[test]
    fn a_cookie_that_is_sent_twice_is_nobodys() {
        let settings = Settings { product: String::new(), secure_cookies: false };
        let token = |line: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(COOKIE, HeaderValue::from_static(line));
            token_of(&headers, &settings).map(|t| t.expose().to_owned())
        };
        assert_eq!(token("a=b; hundi=tok").as_deref(), Some("tok"));
        assert_eq!(token("hundi=tok; hundi=planted"), None);
        assert_eq!(token("xhundi=tok"), None);
        assert!(cookie(&settings, "t", 5).to_str().is_ok_and(|c| !c.contains("Secure")));
    }
}
