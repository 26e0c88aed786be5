//! The first page after signing in: where one can go from here.

use askama::Template;
use axum::http::StatusCode;

use super::super::problem::Problem;
use super::inside::{Around, Inside};
use super::{Shown, page};

#[derive(Template)]
#[template(path = "pages/start.html")]
struct StartPage {
    around: Around,
}

/// `GET /`.
pub(super) async fn show(inside: Inside) -> Result<Shown, Problem> {
    page(StatusCode::OK, &StartPage { around: inside.around().await? })
}
