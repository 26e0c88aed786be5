//! Clients over HTTP. A client may be a natural person, so a name can be gone for ever: then it's
//! null.

use commands::catalogue::{
    AddClient, ArchiveClient, ChangeClientCurrency, RenameClient, RestoreClient,
};
use commands::{Command, CommandError, Reply, Unit};
use domain::catalogue::client_stream;
use domain::id::ClientId;
use projections::catalogue::client::{self, Client, ClientRow};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::http::answer::{Answer, Changed};
use crate::http::body::Json;
use crate::http::call::{About, Call, piece};
use crate::http::change::Change;
use crate::http::cursor::Page;
use crate::http::members::{ById, Nothing, nothing_to_change};
use crate::http::personal;
use crate::http::problem::Problem;

const KIND: &str = "client";

/// Whom the tenant works for.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "Client")]
pub(crate) struct ClientBody {
    id: Uuid,
    /// Null once the client's data were erased.
    name: Option<String>,
    /// The ISO 4217 code it's billed in; null = the tenant's.
    currency: Option<String>,
    /// Whether it takes no new projects.
    archived: bool,
}

fn shown(about: &About, row: ClientRow) -> ClientBody {
    ClientBody {
        id: row.client_id.0,
        name: personal::unique_text(&about.keys, row.name.as_ref()),
        currency: row.currency,
        archived: row.archived,
    }
}

/// `GET /clients`.
pub(crate) async fn list(call: Call<(), Nothing>) -> Result<Answer<Page<ClientBody>>, Problem> {
    let (after, limit) = (call.after()?.map(ClientId), call.look_for());
    let mut tx = call.tx().await?;
    let rows = match call.rows_then::<Client>().await? {
        None => client::list(&mut tx, after, limit).await?,
        Some(rows) => piece(&rows, |_| true, |row| row.client_id, after, limit),
    };
    personal::load(&call.keys, &mut tx, rows.iter().filter_map(|row| row.name.as_ref())).await?;
    tx.commit().await?;
    Ok(call.page(rows, |row| row.client_id.0, |row| shown(&call, row)))
}

/// `GET /clients/{id}`.
pub(crate) async fn one(call: Call<ById, Nothing>) -> Result<Answer<ClientBody>, Problem> {
    let id = ClientId(call.path.id);
    let mut tx = call.tx().await?;
    let row = match call.rows_then::<Client>().await? {
        None => client::find(&mut tx, id).await?,
        Some(mut rows) => rows.take(&id),
    };
    let row = row.ok_or_else(Problem::not_found)?;
    personal::load(&call.keys, &mut tx, &row.name).await?;
    tx.commit().await?;
    let tag = call.tag((KIND, id.0), row.position);
    Ok(call.read(shown(&call, row)).tagged(tag))
}

/// A client to take on.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct AddClientBody {
    name: String,
    /// The ISO 4217 code it's billed in, which billing decides; left out = the tenant's.
    currency: Option<String>,
}

/// `POST /clients`.
pub(crate) async fn add(
    call: Call<(), Nothing, Json<AddClientBody>>,
) -> Result<Answer<Changed>, Problem> {
    let AddClientBody { name, currency } = call.body.0.clone();
    let client = ClientId(call.new_id());
    let done = call.send(AddClient { client, name, currency }).await?;
    Ok(call.made(done, KIND, "/clients"))
}

/// What to change of a client; what is left out stays.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ChangeClientBody {
    name: Option<String>,
    /// Null = the tenant's.
    #[serde(default)]
    currency: Change<String>,
    /// Whether it takes no new projects.
    archived: Option<bool>,
}

/// Several changes of a client in one commit.
struct ChangeClient {
    client: ClientId,
    body: ChangeClientBody,
    expected_version: Option<i32>,
}

impl Command for ChangeClient {
    async fn run(&self, unit: &mut Unit<'_>) -> Result<Reply, CommandError> {
        let (client, expected_version) = (self.client, self.expected_version);
        if let Some(name) = self.body.name.clone() {
            RenameClient { client, name, expected_version }.run(unit).await?;
        }
        if let Some(currency) = self.body.currency.clone().changed() {
            ChangeClientCurrency { client, currency, expected_version }.run(unit).await?;
        }
        match self.body.archived {
            None => {}
            Some(true) => drop(ArchiveClient { client, expected_version }.run(unit).await?),
            Some(false) => drop(RestoreClient { client, expected_version }.run(unit).await?),
        }
        Ok(Reply::changed(client))
    }
}

/// `PATCH /clients/{id}`.
pub(crate) async fn change(
    call: Call<ById, Nothing, Json<ChangeClientBody>>,
) -> Result<Answer<Changed>, Problem> {
    let (client, body) = (ClientId(call.path.id), &call.body.0);
    if body.name.is_none() && body.archived.is_none() && body.currency == Change::Keep {
        return Err(nothing_to_change());
    }
    let object = (KIND, client.0);
    let command = |expected_version| ChangeClient { client, body: body.clone(), expected_version };
    let done = call.send_if(object, client_stream(client), |_, _| true, command).await?;
    Ok(call.changed(done, object))
}
