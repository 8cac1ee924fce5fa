//! What keeps browsers safe on our pages: where a form may come from, what a page may load, where a link may lead.
//!
//! Two grades. The console has a session cookie, so a form from anywhere else is refused. The payer's pages have none:
//! whoever holds the link may pay, so only what openly says that it comes from elsewhere is refused there.

use crate::Web;
use axum::extract::{FromRequestParts, Request};
use axum::middleware::Next;
use axum::response::{Html, IntoResponse, Response};
use http::header::{self, HeaderName, HeaderValue};
use http::request::Parts;
use http::{HeaderMap, StatusCode};
use std::convert::Infallible;
use std::fmt::Write;
use url::Url;

/// One word per answer: what the policy allows by it, nobody could have written into the page before.
#[derive(Clone, Debug)]
pub(crate) struct Nonce(pub(crate) String);

impl<S: Sync> FromRequestParts<S> for Nonce {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(parts
            .extensions
            .get::<Self>()
            .cloned()
            .expect("the layers of the console and the checkout set it"))
    }
}

/// Origins that a page needs beside our own: a provider's script, its frames, what they talk to.
#[derive(Clone, Debug, Default)]
pub(crate) struct Guests(pub(crate) Vec<String>);

/// Whose pages these are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Face {
    Console,
    Checkout,
}

/// Every page of a face passes here: forms from elsewhere are turned away, and the answer carries its policy.
pub(crate) async fn guard(face: Face, mut request: Request, next: Next) -> Response {
    let web = request.extensions().get::<Web>().cloned().expect("the layer below sets it on every request");
    if !request.method().is_safe() && !may_send(face, request.uri().path(), request.headers(), &web) {
        let sentence =
            "This form was not sent from our own page, so nothing was done. Open the page and try again.";
        return with_policy(face, &web, "", (StatusCode::FORBIDDEN, sentence).into_response());
    }
    let nonce = web.app.nonce();
    request.extensions_mut().insert(Nonce(nonce.clone()));
    let response = next.run(request).await;
    with_policy(face, &web, &nonce, response)
}

fn may_send(face: Face, path: &str, headers: &HeaderMap, web: &Web) -> bool {
    match face {
        Face::Console => is_ours(headers, &web.app.config.public_url) == Some(true),
        // A provider sends the payer back with a form of its own; what it brings is checked, never believed.
        Face::Checkout if path.contains("/return/") => true,
        Face::Checkout => is_ours(headers, &web.app.config.public_url) != Some(false),
    }
}

/// Whether a request comes from a page of ours; `None` where the browser does not say. Browsers that send
/// `Sec-Fetch-Site` never let a page set it, so it goes before `Origin`.
fn is_ours(headers: &HeaderMap, public_url: &str) -> Option<bool> {
    let text = |name: HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
    if let Some(value) = headers.get("sec-fetch-site") {
        return Some(matches!(value.to_str(), Ok("same-origin" | "none")));
    }
    let origin = text(header::ORIGIN)?;
    if origin == "null" {
        return None;
    }
    let of_public = Url::parse(public_url).ok().map(|url| url.origin().ascii_serialization());
    let same = of_public.is_some_and(|ours| ours == origin);
    let here = Url::parse(origin).ok().zip(text(header::HOST)).is_some_and(|(url, host)| {
        let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
        url.host_str().is_some_and(|name| format!("{name}{port}").eq_ignore_ascii_case(host))
    });
    Some(same || here)
}

fn with_policy(face: Face, web: &Web, nonce: &str, mut response: Response) -> Response {
    let guests = response.extensions_mut().remove::<Guests>().unwrap_or_default();
    let headers = response.headers_mut();
    let mut set = |name: HeaderName, value: &str| {
        let value =
            HeaderValue::from_str(value).expect("our words, hex, and origins as the URL parser writes them");
        headers.insert(name, value);
    };
    set(header::CONTENT_SECURITY_POLICY, &policy(face, nonce, &guests));
    set(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    set(header::X_FRAME_OPTIONS, "DENY");
    // A payer's link is a secret: nobody else may read it off a Referer. Our own forms may, so that browsers without
    // Sec-Fetch-Site still say where they come from; and others see the host, without which PhonePe opens no page.
    set(header::REFERRER_POLICY, "strict-origin-when-cross-origin");
    set(HeaderName::from_static("permissions-policy"), permissions(face));
    set(header::CACHE_CONTROL, "no-store");
    if web.app.config.public_url.starts_with("https://") {
        set(header::STRICT_TRANSPORT_SECURITY, "max-age=31536000");
    }
    response
}

/// A provider's window may ask for the browser's payment sheet; nothing here needs more.
const fn permissions(face: Face) -> &'static str {
    match face {
        Face::Console => "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
        Face::Checkout => "camera=(), microphone=(), geolocation=(), usb=()",
    }
}

/// Nothing by default, and no inline script or style without the answer's own word.
fn policy(face: Face, nonce: &str, guests: &Guests) -> String {
    let mut more = String::new();
    for guest in &guests.0 {
        // Whatever can't stand in a policy as one origin is left out: the page then does without it.
        if let Some(origin) = origin_of(guest) {
            write!(more, " {origin}").expect("a String takes any text");
        }
    }
    // A provider's window leaves by forms that lead on to banks which nobody can list beforehand.
    let forms = if more.is_empty() { "" } else { " https:" };
    let frames = if more.is_empty() { " 'none'".to_owned() } else { more.clone() };
    let by_word = if nonce.is_empty() { String::new() } else { format!(" 'nonce-{nonce}'") };
    let frame_src = match face {
        Face::Console => String::new(),
        Face::Checkout => format!(" frame-src{frames};"),
    };
    format!(
        "default-src 'none'; script-src 'self'{by_word}{more}; style-src 'self'{by_word}{more}; \
         img-src 'self' data:{more}; connect-src 'self'{more};{frame_src} form-action 'self'{more}{forms}; \
         base-uri 'none'; frame-ancestors 'none'"
    )
}

fn origin_of(text: &str) -> Option<String> {
    let url = Url::parse(text).ok().filter(|url| matches!(url.scheme(), "https" | "http"))?;
    let origin = url.origin().ascii_serialization();
    origin.bytes().all(|c| c.is_ascii_graphic() && !matches!(c, b';' | b',' | b'\'')).then_some(origin)
}

/// A path of ours to go to, from something that came with a request; anything else is no path (SAFETY T51).
pub(crate) fn local_path(text: &str) -> Option<String> {
    const PATH_BYTES_MAX: usize = 1_000;
    let plain = text.bytes().all(|c| c.is_ascii_graphic() && c != b'\\');
    if !plain || !text.starts_with('/') || text.starts_with("//") || text.len() > PATH_BYTES_MAX {
        return None;
    }
    // Resolved as a browser would: it must not leave the host.
    let here = Url::parse("https://here.invalid").ok()?;
    let there = here.join(text).ok().filter(|url| url.origin() == here.origin())?;
    let query = there.query().map(|q| format!("?{q}")).unwrap_or_default();
    let path = there.path();
    (!path.starts_with("//")).then(|| format!("{path}{query}"))
}

/// A rendered page.
pub(crate) fn page(status: StatusCode, page: &impl askama::Template) -> Response {
    match crate::pages::html(page) {
        Ok(html) => (status, Html(html)).into_response(),
        Err(error) => {
            tracing::error!(%error, "a page could not be written");
            (StatusCode::INTERNAL_SERVER_ERROR, "Something failed here. Try again.\n").into_response()
        }
    }
}

/// Go there with a GET.
pub(crate) fn see_other(path: &str) -> Response {
    match HeaderValue::from_str(path) {
        Ok(location) => (StatusCode::SEE_OTHER, [(header::LOCATION, location)]).into_response(),
        Err(_) => StatusCode::NOT_FOUND.into_response(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn leads(text: &str, to: Option<&str>) {
        assert_eq!(local_path(text).as_deref(), to, "{text:?}");
    }

    #[test]
    fn only_paths_of_ours() {
        leads("/", Some("/"));
        leads("/payments?status=in_doubt", Some("/payments?status=in_doubt"));
        leads("/payments/../connections", Some("/connections"));
        for elsewhere in [
            "",
            "payments",
            "//evil.example",
            "///evil.example",
            "/\\evil.example",
            "\\/evil.example",
            "\\\\evil.example",
            "/\t/evil.example",
            "/\n/evil.example",
            "/\r\nLocation: x",
            "\t//evil.example",
            " //evil.example",
            "https://evil.example",
            "https:evil.example",
            "https:/evil.example",
            "HTTPS://evil.example",
            "http://here.invalid",
            "javascript:alert(1)",
            "JaVaScRiPt:alert(1)",
            "javascript://host/%0aalert(1)",
            "data:text/html,x",
            "vbscript:x",
            "@evil.example",
            "?next=/",
            "#x",
            "/..//evil.example",
            "/.//evil.example",
            "/a/..//evil.example",
            "/é",
            "/a b",
            "/\u{0}",
            "/\u{7f}",
            "/\u{2028}",
            "／／evil.example",
        ] {
            leads(elsewhere, None);
        }
        leads("/%2f%2fevil.example", Some("/%2f%2fevil.example"));
        leads("/%5cevil.example", Some("/%5cevil.example"));
        leads(&format!("/{}", "a".repeat(1_000)), None);
    }

    fn headers(pairs: &[(&str, &str)]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            let name: HeaderName = name.parse().expect("a header's name");
            headers.insert(name, HeaderValue::from_str(value).expect("plain text"));
        }
        headers
    }

    #[track_caller]
    fn ours(pairs: &[(&str, &str)], verdict: Option<bool>) {
        assert_eq!(is_ours(&headers(pairs), "https://pay.example"), verdict, "{pairs:?}");
    }

    #[test]
    fn whose_form_it_is() {
        ours(&[("sec-fetch-site", "same-origin")], Some(true));
        ours(&[("sec-fetch-site", "none")], Some(true));
        ours(&[("sec-fetch-site", "same-site")], Some(false));
        ours(&[("sec-fetch-site", "cross-site")], Some(false));
        // A page can't set Sec-Fetch-Site, so Origin does not outweigh it.
        ours(&[("sec-fetch-site", "cross-site"), ("origin", "https://pay.example")], Some(false));
        ours(&[], None);
        ours(&[("origin", "null")], None);
        ours(&[("origin", "https://pay.example")], Some(true));
        ours(&[("origin", "https://pay.example:444")], Some(false));
        ours(&[("origin", "http://pay.example")], Some(false));
        ours(&[("origin", "https://pay.example.evil.example")], Some(false));
        ours(&[("origin", "https://evil.example"), ("host", "pay.example")], Some(false));
        ours(&[("origin", "http://10.0.0.5:8080"), ("host", "10.0.0.5:8080")], Some(true));
        ours(&[("origin", "http://10.0.0.5:8081"), ("host", "10.0.0.5:8080")], Some(false));
        ours(&[("origin", "garbage"), ("host", "garbage")], Some(false));
    }

    #[test]
    fn a_policy_has_its_word_and_nothing_inline() {
        let none = Guests::default();
        let console = policy(Face::Console, "w0rd", &none);
        assert!(
            console.contains("script-src 'self' 'nonce-w0rd';") && console.contains("default-src 'none'")
        );
        assert!(console.contains("form-action 'self';") && console.contains("frame-ancestors 'none'"));
        assert!(!console.contains("unsafe"));
        let guests = Guests(vec![
            "https://checkout.acme.example/v1/x.js".to_owned(),
            "https://evil.example; script-src *".to_owned(),
            "javascript:alert(1)".to_owned(),
        ]);
        let paying = policy(Face::Checkout, "w0rd", &guests);
        assert!(paying.contains("script-src 'self' 'nonce-w0rd' https://checkout.acme.example;"), "{paying}");
        assert!(paying.contains("frame-src https://checkout.acme.example;"));
        assert!(!paying.contains("unsafe") && !paying.contains("evil") && !paying.contains("javascript"));
        assert!(policy(Face::Checkout, "w0rd", &none).contains("frame-src 'none';"));
    }
}
