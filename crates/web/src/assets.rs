//! Files that browsers load: styles, scripts, the icon. They live in the binary, each at a path that carries a hash of
//! its bytes, so that a browser may keep it for ever and a new release is seen at once.

use axum::Router;
use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use http::header::{CACHE_CONTROL, CONTENT_TYPE, ETAG, IF_NONE_MATCH};
use http::{HeaderMap, StatusCode};
use std::fmt;

/// One embedded file. Shown as its path, which is what templates write.
#[derive(Debug)]
pub struct Asset {
    stem: &'static str,
    extension: &'static str,
    content_type: &'static str,
    bytes: &'static [u8],
    hash: u64,
}

/// The console's and the payer's colours.
pub static TOKENS_CSS: Asset = Asset::css("tokens", include_bytes!("../assets/tokens.css"));
/// The console's parts.
pub static CONSOLE_CSS: Asset = Asset::css("console", include_bytes!("../assets/console.css"));
/// The payer's pages.
pub static CHECKOUT_CSS: Asset = Asset::css("checkout", include_bytes!("../assets/checkout.css"));
/// Touches for the console.
pub static UI_JS: Asset = Asset::js("ui", include_bytes!("../assets/ui.js"));
/// Touches for the payer's pages.
pub static PAY_JS: Asset = Asset::js("pay", include_bytes!("../assets/pay.js"));
/// The reference of the API.
pub static DOCS_CSS: Asset = Asset::css("docs", include_bytes!("../assets/docs.css"));
/// Its forms.
pub static DOCS_JS: Asset = Asset::js("docs", include_bytes!("../assets/docs.js"));
/// The browser tab's icon.
pub static ICON: Asset = Asset::new("icon", "svg", "image/svg+xml", include_bytes!("../assets/icon.svg"));

static ALL: [&Asset; 8] =
    [&TOKENS_CSS, &CONSOLE_CSS, &CHECKOUT_CSS, &DOCS_CSS, &UI_JS, &PAY_JS, &DOCS_JS, &ICON];

/// A year, and no question in between: the path changes when the bytes do.
const KEEP: &str = "public, max-age=31536000, immutable";

impl Asset {
    const fn css(stem: &'static str, bytes: &'static [u8]) -> Self {
        Self::new(stem, "css", "text/css; charset=utf-8", bytes)
    }

    const fn js(stem: &'static str, bytes: &'static [u8]) -> Self {
        Self::new(stem, "js", "text/javascript; charset=utf-8", bytes)
    }

    const fn new(
        stem: &'static str,
        extension: &'static str,
        content_type: &'static str,
        bytes: &'static [u8],
    ) -> Self {
        Self { stem, extension, content_type, bytes, hash: fnv1a(bytes) }
    }

    /// `console-0123456789abcdef.css`
    pub fn file_name(&self) -> String {
        format!("{}-{:016x}.{}", self.stem, self.hash, self.extension)
    }

    /// What the file holds.
    pub const fn bytes(&self) -> &'static [u8] {
        self.bytes
    }
}

/// The asset's path.
impl fmt::Display for Asset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "/assets/{}-{:016x}.{}", self.stem, self.hash, self.extension)
    }
}

/// FNV-1a, 64 bits. It tells releases apart; it keeps nobody out, so it need not be a cryptographic hash.
const fn fnv1a(bytes: &[u8]) -> u64 {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    let mut at = 0;
    while at < bytes.len() {
        hash = (hash ^ bytes[at] as u64).wrapping_mul(0x0000_0100_0000_01b3);
        at += 1;
    }
    hash
}

/// The asset of that exact file name, hash included.
pub fn find(file_name: &str) -> Option<&'static Asset> {
    ALL.iter().copied().find(|asset| asset.file_name() == file_name)
}

/// Everything that is served.
#[cfg(test)]
pub(crate) fn all() -> &'static [&'static Asset] {
    &ALL
}

/// `/assets/{file}` for any application state.
pub fn routes<S: Clone + Send + Sync + 'static>() -> Router<S> {
    Router::new().route("/assets/{file}", get(serve))
}

async fn serve(Path(file): Path<String>, headers: HeaderMap) -> Response {
    let Some(asset) = find(&file) else { return StatusCode::NOT_FOUND.into_response() };
    let tag = format!("\"{:016x}\"", asset.hash);
    let known = headers.get(IF_NONE_MATCH).and_then(|value| value.to_str().ok());
    let kept = [(ETAG, tag.clone()), (CACHE_CONTROL, KEEP.to_owned())];
    if known.is_some_and(|tags| tags.split(',').any(|t| t.trim() == tag)) {
        return (StatusCode::NOT_MODIFIED, kept).into_response();
    }
    (kept, [(CONTENT_TYPE, asset.content_type)], asset.bytes).into_response()
}

#[cfg(test)]
mod tests {

    use super::*;
    use http_body_util::BodyExt;
    use tower::ServiceExt;

    async fn asked(path: &str, tag: Option<&str>) -> (StatusCode, HeaderMap, usize) {
        let mut request = http::Request::get(path);
        if let Some(tag) = tag {
            request = request.header(IF_NONE_MATCH, tag);
        }
        let request = request.body(axum::body::Body::empty()).unwrap();
        let (head, body) = routes().with_state(()).oneshot(request).await.unwrap().into_parts();
        (head.status, head.headers, body.collect().await.unwrap().to_bytes().len())
    }

    #[tokio::test]
    async fn served_once_and_then_remembered() {
        let path = CONSOLE_CSS.to_string();
        let (status, headers, length) = asked(&path, None).await;
        assert_eq!((status, length), (StatusCode::OK, CONSOLE_CSS.bytes().len()));
        assert_eq!(headers[CACHE_CONTROL], KEEP);
        assert_eq!(headers[CONTENT_TYPE], "text/css; charset=utf-8");
        let tag = headers[ETAG].to_str().unwrap();
        let (status, _, length) = asked(&path, Some(tag)).await;
        assert_eq!((status, length), (StatusCode::NOT_MODIFIED, 0));
    }

    #[tokio::test]
    async fn an_old_hash_is_not_found() {
        assert_eq!(asked("/assets/console-0000000000000000.css", None).await.0, StatusCode::NOT_FOUND);
        assert_eq!(asked("/assets/console.css", None).await.0, StatusCode::NOT_FOUND);
    }

    #[test]
    fn within_the_budgets() {
        let bytes = |assets: &[&Asset]| assets.iter().map(|a| a.bytes().len()).sum::<usize>();
        assert!(bytes(&[&TOKENS_CSS, &CONSOLE_CSS]) < 20_000);
        assert!(bytes(&[&CHECKOUT_CSS]) < 8_000);
        assert!(bytes(&[&DOCS_CSS]) < 3_000);
        assert!(bytes(&[&DOCS_JS]) < 4_000);
        assert!(bytes(&[&UI_JS]) < 4_000);
        assert!(bytes(&[&PAY_JS]) < 4_000);
    }
}
