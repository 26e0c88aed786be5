//! A member's favourites over HTTP: everybody sees and keeps their own.

use commands::time::{AddFavourite, ChangeFavourite, RemoveFavourite};
use domain::id::{FavouriteId, ProjectId, TaskId};
use domain::time::favourites::favourites_stream;
use projections::time::favourite::{self, Favourite, FavouriteRow};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

use crate::http::answer::{Answer, Changed};
use crate::http::body::Json;
use crate::http::call::{About, Call};
use crate::http::change::Change;
use crate::http::cursor::Page;
use crate::http::members::{ById, Nothing, nothing_to_change};
use crate::http::personal;
use crate::http::problem::Problem;

const KIND: &str = "favourite";

/// What a member records often.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "Favourite")]
pub(crate) struct FavouriteBody {
    id: Uuid,
    /// 1, 2, 3, … in your order.
    place: usize,
    /// What you call it.
    name: Option<String>,
    project_id: Uuid,
    task_id: Uuid,
    /// Null = as its task says then.
    billable: Option<bool>,
    /// The note that time begins with.
    note: Option<String>,
    tags: Vec<String>,
}

async fn shown(
    about: &About,
    rows: Vec<FavouriteRow>,
) -> Result<Vec<(FavouriteBody, i64)>, Problem> {
    let mut tx = about.tx().await?;
    let names = rows.iter().filter_map(|row| row.name.as_ref());
    let notes = rows.iter().filter_map(|row| row.note.as_ref());
    personal::load(&about.keys, &mut tx, names.chain(notes)).await?;
    tx.commit().await?;
    let body = |(place, row): (usize, FavouriteRow)| {
        let body = FavouriteBody {
            id: row.favourite_id.0,
            place,
            name: personal::text(&about.keys, row.name.as_ref()),
            project_id: row.project_id.0,
            task_id: row.task_id.0,
            billable: row.billable,
            note: personal::text(&about.keys, row.note.as_ref()),
            tags: row.tags,
        };
        (body, row.position)
    };
    Ok((1..).zip(rows).map(body).collect())
}

/// The caller's favourites in their order, at the moment asked for.
async fn own(about: &About) -> Result<Vec<FavouriteRow>, Problem> {
    let member = about.caller.member;
    if let Some(rows) = about.rows_then::<Favourite>().await? {
        let mut own: Vec<FavouriteRow> =
            rows.iter().filter(|row| row.member_id == member).cloned().collect();
        own.sort_by_key(|row| (row.place, row.favourite_id));
        return Ok(own);
    }
    let mut tx = about.tx().await?;
    let rows = favourite::of_member(&mut tx, member).await?;
    tx.commit().await?;
    Ok(rows)
}

/// `GET /favourites`.
pub(crate) async fn list(call: Call<(), Nothing>) -> Result<Answer<Page<FavouriteBody>>, Problem> {
    let rows = own(&call).await?;
    let items = shown(&call, rows).await?.into_iter().map(|(body, _)| body).collect();
    Ok(call.read(Page { items, next_cursor: None }))
}

/// `GET /favourites/{id}`.
pub(crate) async fn one(call: Call<ById, Nothing>) -> Result<Answer<FavouriteBody>, Problem> {
    let rows = own(&call).await?;
    let found = shown(&call, rows).await?.into_iter().find(|(body, _)| body.id == call.path.id);
    let (body, position) = found.ok_or_else(Problem::not_found)?;
    let tag = call.tag((KIND, body.id), position);
    Ok(call.read(body).tagged(tag))
}

/// A favourite to keep, as the last.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct AddFavouriteBody {
    name: Option<String>,
    project_id: Uuid,
    task_id: Uuid,
    /// Left out = as its task says then.
    billable: Option<bool>,
    note: Option<String>,
    #[serde(default)]
    tags: Vec<String>,
}

/// `POST /favourites`.
pub(crate) async fn add(
    call: Call<(), Nothing, Json<AddFavouriteBody>>,
) -> Result<Answer<Changed>, Problem> {
    let body = call.body.0.clone();
    let command = AddFavourite {
        favourite: FavouriteId(call.new_id()),
        member: call.caller.member,
        project: ProjectId(body.project_id),
        task: TaskId(body.task_id),
        billable: body.billable,
        name: body.name,
        note: body.note,
        tags: body.tags,
    };
    let done = call.send(command).await?;
    Ok(call.made(done, KIND, "/favourites"))
}

/// What to change of a favourite; what is left out stays.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ChangeFavouriteBody {
    /// Null takes it away.
    #[serde(default)]
    name: Change<String>,
    /// Where it stands from now on: 1 is the first. The others make room.
    place: Option<u32>,
    /// Name a task of it too.
    project_id: Option<Uuid>,
    task_id: Option<Uuid>,
    /// Null = as its task says then.
    #[serde(default)]
    billable: Change<bool>,
    /// Null takes it away.
    #[serde(default)]
    note: Change<String>,
    /// All tags from now on.
    tags: Option<Vec<String>>,
}

/// Whether an event of the caller's favourites changes this one: its own, and another order.
fn changes(id: Uuid) -> impl Fn(&str, &Value) -> bool {
    let id = id.to_string();
    move |event_type, payload| event_type == "FavouritesReordered" || payload["favourite"] == id
}

/// `PATCH /favourites/{id}`.
pub(crate) async fn change(
    call: Call<ById, Nothing, Json<ChangeFavouriteBody>>,
) -> Result<Answer<Changed>, Problem> {
    let (id, member, body) = (call.path.id, call.caller.member, call.body.0.clone());
    let command = ChangeFavourite {
        favourite: FavouriteId(id),
        member,
        place: body.place,
        project: body.project_id.map(ProjectId),
        task: body.task_id.map(TaskId),
        billable: body.billable.changed(),
        name: body.name.changed(),
        note: body.note.changed(),
        tags: body.tags,
        expected_version: None,
    };
    let of_work = command.project.is_some() || command.task.is_some() || command.place.is_some();
    let of_words = command.name.is_some() || command.note.is_some() || command.tags.is_some();
    if !of_work && !of_words && command.billable.is_none() {
        return Err(nothing_to_change());
    }
    let command = |expected_version| ChangeFavourite { expected_version, ..command.clone() };
    let (object, stream) = ((KIND, id), favourites_stream(member));
    let done = call.send_if(object, stream, changes(id), command).await?;
    Ok(call.changed(done, object))
}

/// `DELETE /favourites/{id}`.
pub(crate) async fn remove(call: Call<ById, Nothing>) -> Result<Answer<Changed>, Problem> {
    let (id, member) = (call.path.id, call.caller.member);
    let favourite = FavouriteId(id);
    let command = |expected_version| RemoveFavourite { favourite, member, expected_version };
    let stream = favourites_stream(member);
    let done = call.send_if((KIND, id), stream, changes(id), command).await?;
    Ok(call.done(done))
}
