//! `/pdf-editor`: an operation of the hosted service that this server does not have.

use axum::http::StatusCode;

use crate::layers::auth::Authenticated;
use crate::problem::Problem;

/// Every method and path of the editor.
pub(crate) async fn missing(_caller: Authenticated) -> Problem {
    Problem::plain(StatusCode::NOT_FOUND, "The PDF editor is not part of this server")
}
