//! Being filled.

use crate::Web;
use axum::Router;

pub fn routes() -> Router<Web> {
    Router::new()
}
