//! What can be done with an invoice on its page: each a plain form that becomes the same command as in
//! the API, and leads back to the page once that shows what was done.

use super::super::Shown;
use super::super::inside::{Inside, settled};
use crate::http::answer::{Answer, Changed};
use crate::http::billing::invoices;
use crate::http::body::{Carried, OptionalJson};
use crate::http::members::{ById, Nothing};
use crate::http::problem::Problem;
use axum::body::Bytes;
use axum::http::{HeaderMap, HeaderValue, header};
use serde_json::{Map, Value};

/// What is filled in as the API's own body, which says what is wrong with it.
fn body<B: Carried>(fields: Vec<(&str, Option<Value>)>) -> Result<B, Problem> {
    let fields: Map<String, Value> =
        fields.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))).collect();
    let text = Value::Object(fields).to_string();
    let mut headers = HeaderMap::new();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    B::read(&headers, &Bytes::from(text))
}

/// Does it as the API does, and leads back.
async fn done<B, F>(
    inside: Inside<ById, Nothing>,
    body: B,
    act: impl FnOnce(crate::http::call::Call<ById, Nothing, B>) -> F,
) -> Result<Shown, Problem>
where
    F: Future<Output = Result<Answer<Changed>, Problem>>,
{
    let (app, tenant) = (inside.app.clone(), inside.tenant.clone());
    let back = format!("/invoices/{}", inside.call.path.id);
    let answer = act(inside.carrying(body)).await?;
    Ok(settled(&app, &tenant, answer.body().position, &back).await)
}

fn text(inside: &Inside<ById, Nothing>, name: &str) -> Option<Value> {
    inside.form.field(name).map(Value::from)
}

/// `POST /invoices/{id}/void`.
pub(in super::super) async fn void(inside: Inside<ById, Nothing>) -> Result<Shown, Problem> {
    let body: OptionalJson<_> = body(vec![("reason", text(&inside, "reason"))])?;
    done(inside, body, invoices::void).await
}
