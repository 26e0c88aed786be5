//! Links to a client's own page of an invoice: made, listed and taken back by whoever may change
//! the client's bills. A link's secret is told once, when it's made.

use axum::http::header;
use commands::billing::client_links::{CloseClientLink, OpenClientLink, secret_of};
use commands::event_log::read::stream_after;
use domain::billing::correspondence::{Correspondence, CorrespondenceEvent, correspondence_stream};
use domain::billing::{Invoice, InvoiceEvent, invoice_stream};
use domain::id::{ClientId, ClientLinkId, InvoiceId};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

use super::sight::{clients_seen, must_see};
use crate::http::answer::{Answer, Changed};
use crate::http::body::OptionalJson;
use crate::http::call::{About, Call};
use crate::http::cursor::Page;
use crate::http::members::{ById, Nothing};
use crate::http::personal;
use crate::http::platform::{port_of, site_url};
use crate::http::problem::Problem;

const KIND: &str = "client_link";

/// A link to be made.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct OpenBody {
    /// Whom it's mailed to; left out = nobody: hand it over yourself.
    email: Option<String>,
}

/// A link that was made.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "OpenedClientLink")]
pub(crate) struct OpenedBody {
    #[serde(flatten)]
    done: Changed,
    /// The page. It's told now and never again: whoever knows it sees the invoice.
    url: String,
}

/// A link to a client's page.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "ClientLink")]
pub(crate) struct LinkBody {
    id: Uuid,
    /// Whom it was mailed to, where it was.
    email: Option<String>,
    opened_at: Timestamp,
    /// From when on it opens nothing.
    expires_at: Timestamp,
    /// `open`, `expired` or `closed`.
    state: &'static str,
}

/// `POST /invoices/{id}/client-link`.
pub(crate) async fn open(
    call: Call<ById, Nothing, OptionalJson<OpenBody>>,
) -> Result<Answer<OpenedBody>, Problem> {
    let invoice = InvoiceId(call.path.id);
    let email = call.body.0.email.clone();
    let link = ClientLinkId(call.new_id());
    let done = call.send(OpenClientLink { invoice, link, email }).await?;
    let url = done.reply.id.map(|id| url_of(&call, invoice, ClientLinkId(id)));
    let url = url.unwrap_or_default();
    let below = format!("/invoices/{invoice}/client-links");
    Ok(call.made(done, KIND, &below).map(|done| OpenedBody { done, url }))
}

fn url_of(about: &About, invoice: InvoiceId, link: ClientLinkId) -> String {
    let host = about.headers.get(header::HOST).and_then(|host| host.to_str().ok());
    let host = host.unwrap_or_default().split(':').next().unwrap_or_default().to_lowercase();
    let site = site_url(&host, port_of(&about.headers));
    format!("{site}/client/{}", secret_of(&about.keys, invoice, link))
}

/// Whose an invoice is, at the moment that is asked about.
async fn client_of(about: &About, id: InvoiceId) -> Result<ClientId, Problem> {
    clients_seen(about)?;
    let mut tx = about.tx().await?;
    let rows = stream_after(&mut tx, invoice_stream(id), 0).await?;
    tx.commit().await?;
    let mut invoice = Invoice::default();
    for row in rows.iter().filter(|row| about.as_of.is_none_or(|until| row.position <= until)) {
        let recorded = row.decode()?;
        let event: Option<&InvoiceEvent> = recorded.event.family();
        event.into_iter().for_each(|event| invoice.evolve(event));
    }
    let drafted = invoice.drafted.ok_or_else(|| Problem::not_found_at("{id}"))?;
    must_see(about, drafted.client)?;
    Ok(drafted.client)
}

/// `GET /invoices/{id}/client-links`.
pub(crate) async fn list(call: Call<ById, Nothing>) -> Result<Answer<Page<LinkBody>>, Problem> {
    let id = InvoiceId(call.path.id);
    client_of(&call, id).await?;
    let mut tx = call.tx().await?;
    let rows = stream_after(&mut tx, correspondence_stream(id), 0).await?;
    let mut said = Correspondence::default();
    for row in rows.iter().filter(|row| call.as_of.is_none_or(|until| row.position <= until)) {
        let recorded = row.decode()?;
        let event: Option<&CorrespondenceEvent> = recorded.event.family();
        event.into_iter().for_each(|event| said.evolve(event));
    }
    let sealed = said.links.iter().filter_map(|link| link.to.as_ref()?.envelope());
    personal::load(&call.keys, &mut tx, sealed).await?;
    tx.commit().await?;
    let now = call.now();
    let items = said.links.iter().map(|link| LinkBody {
        id: link.link.0,
        email: personal::text(&call.keys, link.to.as_ref().and_then(|to| to.envelope())),
        opened_at: link.opened_at,
        expires_at: link.expires_at,
        state: match (link.closed, link.is_open(now)) {
            (true, _) => "closed",
            (false, true) => "open",
            (false, false) => "expired",
        },
    });
    Ok(call.read(Page { items: items.collect(), next_cursor: None }))
}

/// Which link of which invoice.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
pub(crate) struct ByLink {
    /// The invoice.
    id: Uuid,
    /// The link.
    link_id: Uuid,
}

/// `DELETE /invoices/{id}/client-links/{link_id}`.
pub(crate) async fn close(call: Call<ByLink, Nothing>) -> Result<Answer<Changed>, Problem> {
    let ByLink { id, link_id } = call.path;
    let invoice = InvoiceId(id);
    let of_link =
        move |_: &str, payload: &Value| payload["link"] == Value::String(link_id.to_string());
    let command = |_| CloseClientLink { invoice, link: ClientLinkId(link_id) };
    let stream = correspondence_stream(invoice);
    let done = call.send_if((KIND, link_id), stream, of_link, command).await?;
    Ok(call.done(done))
}
