//! What a person reads when something could not be done. One place for the whole console.

use crate::Web;
use crate::browser::page;
use crate::limits;
use crate::pages::errors::ErrorPage;
use crate::web::Asked;
use axum::extract::Request;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use hundi_app::Error;

/// A refusal on its way to [`shown`], which knows what the page needs.
#[derive(Clone, Debug)]
pub(super) struct Refused(pub(super) Error);

impl From<Error> for Refused {
    fn from(error: Error) -> Self {
        Self(error)
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        let mut response = status(&self.0).into_response();
        response.extensions_mut().insert(self);
        response
    }
}

/// An address that leads nowhere reads like one that leads to somebody else's.
pub(super) async fn no_such_page() -> Refused {
    Refused(Error::NotFound { what: "page" })
}

/// Turns a refusal into its page.
pub(super) async fn shown(request: Request, next: Next) -> Response {
    let web = request.extensions().get::<Web>().cloned().expect("the layer below sets it on every request");
    let asked =
        request.extensions().get::<Asked>().cloned().expect("the layer below sets it on every request");
    let mut response = next.run(request).await;
    let Some(Refused(error)) = response.extensions_mut().remove::<Refused>() else { return response };
    if error.status() >= 500 {
        tracing::error!(request_id = %asked.request_id, error = error.to_log(), "refused");
    }
    limits::refused(page(status(&error), &error_page(&error, web.settings.product.clone(), &asked)), &error)
}

fn status(error: &Error) -> StatusCode {
    StatusCode::from_u16(error.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}

fn error_page(error: &Error, product: String, asked: &Asked) -> ErrorPage {
    let request_id = asked.request_id.to_string();
    match error {
        Error::NotFound { .. } => ErrorPage::not_found(product),
        Error::NotAllowed => ErrorPage::not_allowed(product),
        Error::ProviderRefused { .. } => ErrorPage {
            title: "The provider refused".to_owned(),
            failed: error.sentence(),
            unchanged: "No money moved.".to_owned(),
            advice: "Look at the payment’s exchanges for its answer.".to_owned(),
            ..ErrorPage::fault(product, request_id)
        },
        Error::RateLimited(_) => ErrorPage {
            title: "Too often".to_owned(),
            failed: error.sentence(),
            unchanged: "Nothing was changed.".to_owned(),
            advice: "Wait that long, then do it again.".to_owned(),
            ..ErrorPage::fault(product, request_id)
        },
        refused if refused.status() < 500 => ErrorPage {
            title: "That can’t be done".to_owned(),
            failed: refused.sentence(),
            unchanged: "Nothing was changed.".to_owned(),
            advice: "Go back, look at what it is about, and choose again.".to_owned(),
            ..ErrorPage::fault(product, request_id)
        },
        _ => ErrorPage::fault(product, request_id),
    }
}
