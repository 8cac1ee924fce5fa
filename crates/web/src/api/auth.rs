//! Who calls: an API key and its secret, in exactly one of three forms. Nothing else in a request says who is asking.
//!
//! Whatever is wrong with it, the answer is the same 401. Only who sends none at all is told so: it is no secret.

use super::may;
use super::requests::Known;
use crate::problem::Problem;
use crate::web::{Asked, Web};
use axum::extract::{FromRequestParts, MatchedPath};
use data_encoding::BASE64;
use http::header::AUTHORIZATION;
use http::request::Parts;
use http::{HeaderMap, Method};
use hundi_app::limits::{self, Rule};
use hundi_app::requests::WATCHER;
use hundi_app::{Actor, Error, api_keys};
use hundi_core::scope::Permission;
use hundi_core::{Scope, Secret, Version};

/// A merchant's server, proved by its key. Making one is the only way to a [`Scope`] here.
pub(super) struct Caller {
    pub(super) scope: Scope,
    /// What its key may do.
    pub(super) may: Vec<Permission>,
    pub(super) actor: Actor,
    pub(super) key_id: String,
    pub(super) asked: Asked,
    /// The shape of the answer.
    pub(super) version: Version,
}

impl FromRequestParts<Web> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, web: &Web) -> Result<Self, Problem> {
        let Ok(asked) = Asked::from_request_parts(parts, web).await;
        let proved = match credential(&parts.headers) {
            Some(given) => api_keys::authenticate(&web.app, &given.id, &given.secret, asked.ip).await,
            None if sends_none(&parts.headers) => Err(Error::NoCredentials),
            None => Err(Error::WrongCredentials),
        };
        let key = proved.map_err(|error| Problem::of(&asked, error))?;
        asked.known.get_or_init(|| Known::of(&key));
        let route = parts.extensions.get::<MatchedPath>().map_or("", MatchedPath::as_str);
        if let Some(standing) = limits::take(&web.app, rule(&parts.method, route, &asked), &key.key_id)
            .await
            .map_err(|error| Problem::of(&asked, error))?
        {
            // Another in the same request would be a second caller: there is one.
            asked.standing.get_or_init(|| standing);
        }
        let version = version(&parts.headers, key.version).map_err(|error| Problem::of(&asked, error))?;
        asked.version.get_or_init(|| version);
        let actor = Actor::new(format!("key:{}", key.key_id), asked.ip.to_string());
        let caller = Self { scope: key.scope, may: key.may, actor, key_id: key.key_id, asked, version };
        // The key is right; whether it may do this is said by the address alone, before anything else is read.
        let allowed = match may::needed(&parts.method, route) {
            Some(permission) => may::require(&caller, permission),
            None => Err(Error::Bug(format!("nobody said what {} {route} needs", parts.method))),
        };
        match allowed {
            Ok(()) => Ok(caller),
            Err(error) => Err(Problem::of(&caller.asked, error)),
        }
    }
}

/// What the tools that watch read, each second anew. It is counted apart, or a developer who looks on could ask nothing
/// more: they call themselves by a name, and whoever borrows it may read these lists a little more often.
const WATCHED: &[&str] = &["/events", "/events/{id}", "/resends", "/requests", "/exchanges"];

/// The limit that a request counts towards.
fn rule(method: &Method, route: &str, asked: &Asked) -> Rule {
    let path = route.strip_prefix("/api/v1").unwrap_or(route);
    let looks = asked.user_agent == WATCHER && *method == Method::GET && WATCHED.contains(&path);
    if looks { Rule::Looks } else { Rule::Requests }
}

/// The version that a request names, or else its key's.
fn version(headers: &HeaderMap, pinned: Version) -> Result<Version, Error> {
    let unknown = Error::UnknownVersion { param: "Hundi-Version" };
    match once(headers, "hundi-version") {
        Ok(None) => Ok(pinned),
        Ok(Some(date)) => date.parse().map_err(|_| unknown),
        Err(Unclear) => Err(unknown),
    }
}

#[derive(Debug, PartialEq, Eq)]
struct Credential {
    id: String,
    secret: Secret,
}

/// The one credential that the headers carry. Two are none: two readers could choose differently.
fn credential(headers: &HeaderMap) -> Option<Credential> {
    let key = once(headers, "x-api-key").ok()?;
    let secret = once(headers, "x-api-secret").ok()?;
    let authorization = once(headers, AUTHORIZATION.as_str()).ok()?;
    match (key, secret, authorization) {
        (Some(id), Some(secret), None) => Some(Credential { id: id.to_owned(), secret: Secret::new(secret) }),
        (None, None, Some(text)) => in_authorization(text),
        _ => None,
    }
}

/// Whether there is no trace of a credential.
fn sends_none(headers: &HeaderMap) -> bool {
    ["x-api-key", "x-api-secret", AUTHORIZATION.as_str()].iter().all(|name| !headers.contains_key(*name))
}

fn in_authorization(text: &str) -> Option<Credential> {
    let (scheme, rest) = text.split_once(' ')?;
    let pair = match () {
        () if scheme.eq_ignore_ascii_case("basic") => {
            String::from_utf8(BASE64.decode(rest.as_bytes()).ok()?).ok()?
        }
        () if scheme.eq_ignore_ascii_case("bearer") => rest.to_owned(),
        () => return None,
    };
    let (id, secret) = pair.split_once(':')?;
    Some(Credential { id: id.to_owned(), secret: Secret::new(secret) })
}

/// A header came twice, or is no text.
pub(super) struct Unclear;

/// The value of a header that may come once.
pub(super) fn once<'a>(headers: &'a HeaderMap, name: &str) -> Result<Option<&'a str>, Unclear> {
    let mut all = headers.get_all(name).iter();
    match (all.next(), all.next()) {
        (None, _) => Ok(None),
        (Some(one), None) => one.to_str().map(Some).map_err(|_| Unclear),
        (Some(_), Some(_)) => Err(Unclear),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::{HeaderName, HeaderValue};

    #[track_caller]
    fn check(headers: &[(&str, &str)], found: Option<(&str, &str)>) {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            let name: HeaderName = name.parse().unwrap();
            map.append(name, HeaderValue::from_bytes(value.as_bytes()).unwrap());
        }
        let found = found.map(|(id, secret)| Credential { id: id.into(), secret: Secret::new(secret) });
        assert!(credential(&map) == found, "{headers:?}");
    }

    #[test]
    fn exactly_one_form() {
        let (key, secret) = (("X-Api-Key", "hk_a"), ("x-api-secret", "hs_b"));
        let basic = format!("Basic {}", BASE64.encode(b"hk_a:hs_b"));
        let found = Some(("hk_a", "hs_b"));
        check(&[key, secret], found);
        check(&[("Authorization", &basic)], found);
        check(&[("authorization", &basic.replace("Basic", "bAsIc"))], found);
        check(&[("Authorization", "Bearer hk_a:hs_b")], found);
        check(&[("Authorization", "bearer hk_a:hs_b:c")], Some(("hk_a", "hs_b:c")));

        check(&[], None);
        check(&[key], None);
        check(&[secret], None);
        check(&[key, key, secret], None);
        check(&[key, secret, secret], None);
        check(&[key, secret, ("Authorization", "Bearer hk_a:hs_b")], None);
        check(&[key, ("Authorization", "Bearer hk_a:hs_b")], None);
        check(&[("Authorization", "Bearer hk_a:hs_b"), ("Authorization", "Bearer hk_a:hs_b")], None);
        check(&[("Authorization", "Bearer hk_a")], None);
        check(&[("Authorization", "Bearerhk_a:hs_b")], None);
        check(&[("Authorization", "Digest hk_a:hs_b")], None);
        check(&[("Authorization", "Basic hk_a:hs_b")], None);
        check(&[("Authorization", "Basic //79")], None);
        check(&[("Authorization", "")], None);
        check(&[("X-Api-Key", "hk_é"), secret], None);
        // The headers of other houses.
        for name in ["x-user-id", "x-merchant-id", "x-original-user", "x-forwarded-user", "cookie"] {
            check(&[(name, "hk_a:hs_b")], None);
        }
    }
}
