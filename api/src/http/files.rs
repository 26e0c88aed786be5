//! Files over HTTP. Who may read one is asked of the policy on every read, from the file's own
//! stream, so a right that was taken back opens nothing a moment later. A file that the caller may
//! not read is answered like one that is not there.

pub(crate) mod content;
pub(crate) mod disposition;
mod multipart;
mod upload;

use axum::response::{IntoResponse, Response};
use commands::files::{RemoveFile, destroy, file_of};
use commands::leave::sight::Sight;
use domain::files::{File, FileAbout, FileKind, FileStored, file_stream};
use domain::id::{ClientId, FileId, LeaveRequestId, MemberId, ProjectId};
use domain::members::{Action, Object, may};
use jiff::Timestamp;
use migrations::TenantTx;
use migrations::files::ObjectName;
use projections::files::file::{self, FileRow};
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

use super::answer::{Answer, Answers, Changed};
use super::call::{About, Call};
use super::cursor::Page;
use super::members::{ById, Nothing};
use super::personal;
use super::problem::Problem;
use content::Content;
pub(crate) use upload::store;

const KIND: &str = "file";
/// How many files are looked at in one go for those that the caller may read.
const AT_ONCE: i64 = 200;

/// What a file is for, as `domain::files::FileKind` names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum KindName {
    Logo,
    Document,
    Contract,
    SickNote,
    Medical,
    Issued,
}

impl From<KindName> for FileKind {
    fn from(name: KindName) -> Self {
        match name {
            KindName::Logo => FileKind::Logo,
            KindName::Document => FileKind::Document,
            KindName::Contract => FileKind::Contract,
            KindName::SickNote => FileKind::SickNote,
            KindName::Medical => FileKind::Medical,
            KindName::Issued => FileKind::Issued,
        }
    }
}

impl From<FileKind> for KindName {
    fn from(kind: FileKind) -> Self {
        match kind {
            FileKind::Logo => KindName::Logo,
            FileKind::Document => KindName::Document,
            FileKind::Contract => KindName::Contract,
            FileKind::SickNote => KindName::SickNote,
            FileKind::Medical => KindName::Medical,
            FileKind::Issued => KindName::Issued,
        }
    }
}

/// A file.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "File")]
pub(crate) struct FileBody {
    id: Uuid,
    kind: KindName,
    /// Whose it is.
    owner_id: Uuid,
    /// The client it's about.
    client_id: Option<Uuid>,
    /// The project it's about.
    project_id: Option<Uuid>,
    /// The request for leave it belongs to.
    leave_request_id: Option<Uuid>,
    /// What it's called; null once it was erased.
    name: Option<String>,
    /// The length of the content in bytes.
    size: u64,
    /// What the content is, as found by looking at it.
    media_type: String,
    /// SHA-256 over the content in hexadecimal digits; null where it's about somebody's health.
    sha256: Option<String>,
    stored_at: Timestamp,
    /// Where the content is.
    content: String,
}

fn shown(about: &About, row: FileRow) -> FileBody {
    FileBody {
        id: row.file_id.0,
        kind: row.kind.into(),
        owner_id: row.owner_id.0,
        client_id: row.client_id.map(|client| client.0),
        project_id: row.project_id.map(|project| project.0),
        leave_request_id: row.leave_request_id.map(|request| request.0),
        name: personal::text(&about.keys, row.name.as_ref()),
        size: u64::try_from(row.size).unwrap_or_default(),
        media_type: row.media_type,
        sha256: row.content_sha256,
        stored_at: row.stored_at,
        content: format!("{}/files/{}/content", super::BASE, row.file_id),
    }
}

/// Whether the caller may do this with an object, by the table.
pub(crate) fn caller_may(about: &About, action: Action, object: &Object) -> bool {
    may(&about.caller.authority(), &about.caller.grants, action, object).is_ok()
}

/// Which files to list.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Filter {
    kind: Option<KindName>,
    owner_id: Option<Uuid>,
    client_id: Option<Uuid>,
    project_id: Option<Uuid>,
    leave_request_id: Option<Uuid>,
}

/// What the caller has a step of, where any of these files may belong to a request for
/// leave.
async fn sight_of(about: &About, tx: &mut TenantTx, rows: &[FileRow]) -> Result<Sight, Problem> {
    let tells = |row: &&FileRow| row.leave_request_id.is_some() || row.kind.is_about_health();
    let of_leave = rows.iter().filter(tells);
    let owners = of_leave.map(|row| row.owner_id).collect();
    Ok(Sight::load(tx, about.caller.member, owners, about.now()).await?)
}

/// `GET /files`: those that the caller may read.
pub(crate) async fn list(call: Call<(), Filter>) -> Result<Answer<Page<FileBody>>, Problem> {
    let wanted = file::Wanted {
        kind: call.query.kind.map(FileKind::from),
        owner: call.query.owner_id.map(MemberId),
        client: call.query.client_id.map(ClientId),
        project: call.query.project_id.map(ProjectId),
        leave_request: call.query.leave_request_id.map(LeaveRequestId),
    };
    let mut after: Option<FileId> = call.after()?.map(FileId);
    let wish = usize::try_from(call.look_for()).unwrap_or_default();
    let mut found = Vec::new();
    let mut tx = call.tx().await?;
    while found.len() < wish {
        let rows = file::list(&mut tx, &wanted, after, AT_ONCE).await?;
        let last = (rows.len() as i64) < AT_ONCE;
        after = rows.last().map(|row| row.file_id);
        let sight = sight_of(&call, &mut tx, &rows).await?;
        let readable = |row: &FileRow| caller_may(&call, Action::ReadFile, &sight.on(row.object()));
        found.extend(rows.into_iter().filter(readable));
        if last {
            break;
        }
    }
    found.truncate(wish);
    personal::load(&call.keys, &mut tx, found.iter().filter_map(|row| row.name.as_ref())).await?;
    tx.commit().await?;
    Ok(call.page(found, |row| row.file_id.0, |row| shown(&call, row)))
}

/// A file that the caller may read, and the position of its last change.
async fn readable(
    about: &About,
    tx: &mut TenantTx,
    file: FileId,
) -> Result<(FileStored, i64), Problem> {
    let (state, position) = file_of(tx, file).await?;
    let kept = state.kept().ok_or_else(Problem::not_found)?;
    let object = Sight::of_file(tx, about.caller.member, kept, about.now()).await?;
    if !caller_may(about, Action::ReadFile, &object) {
        return Err(Problem::not_found());
    }
    Ok((kept.clone(), position))
}

/// A file's description, or what is inside.
pub(crate) enum Shown {
    /// The description.
    Described(Answer<FileBody>),
    /// The content.
    Content(Content),
}

impl IntoResponse for Shown {
    fn into_response(self) -> Response {
        match self {
            Shown::Described(answer) => answer.into_response(),
            Shown::Content(content) => content.into_response(),
        }
    }
}

impl Answers for Shown {
    fn schema(generator: &mut SchemaGenerator) -> Schema {
        generator.subschema_for::<FileBody>()
    }
}

/// `GET /files/{id}`: the description; the content for who accepts no JSON.
pub(crate) async fn one(call: Call<ById, Nothing>) -> Result<Shown, Problem> {
    if content::is_asked_for(&call.headers) {
        return Ok(Shown::Content(content_of(&call, FileId(call.path.id)).await?));
    }
    let mut tx = call.tx().await?;
    let (stored, position) = readable(&call, &mut tx, FileId(call.path.id)).await?;
    let name = stored.name.envelope().cloned();
    personal::load(&call.keys, &mut tx, name.iter()).await?;
    let stored_at = stored_at(&mut tx, position).await?;
    tx.commit().await?;
    let (client_id, project_id, leave_request_id) = match stored.about {
        None => (None, None, None),
        Some(FileAbout::Client(client)) => (Some(client), None, None),
        Some(FileAbout::Project(project)) => (None, Some(project), None),
        Some(FileAbout::LeaveRequest(request)) => (None, None, Some(request)),
    };
    let plain = (!stored.sealed).then(|| stored.sha256.clone());
    let row = FileRow {
        file_id: stored.file,
        kind: stored.kind,
        owner_id: stored.owner,
        client_id,
        project_id,
        leave_request_id,
        name,
        size: i64::try_from(stored.size).unwrap_or(i64::MAX),
        media_type: stored.media_type,
        content_sha256: stored.content_sha256.or(plain),
        stored_at,
        position,
    };
    let tag = call.tag((KIND, call.path.id), position);
    Ok(Shown::Described(call.read(shown(&call, row)).tagged(tag)))
}

/// When the event of a position was recorded.
async fn stored_at(tx: &mut TenantTx, position: i64) -> Result<Timestamp, Problem> {
    let rows = commands::event_log::read::rows_after(tx, position - 1, 1).await?;
    let row = rows.first().ok_or_else(|| Problem::internal(&"an event that was read is gone"))?;
    Ok(row.recorded_at)
}

/// `GET /files/{id}/content`.
pub(crate) async fn content(call: Call<ById, Nothing>) -> Result<Content, Problem> {
    content_of(&call, FileId(call.path.id)).await
}

async fn content_of(about: &About, file: FileId) -> Result<Content, Problem> {
    let mut tx = about.tx().await?;
    let (stored, position) = readable(about, &mut tx, file).await?;
    let key = File::key(file);
    if !about.keys.knows(&[key]) {
        about.keys.load(&mut tx, &[key]).await?;
    }
    tx.commit().await?;
    let name = personal::text(&about.keys, stored.name.envelope());
    let tag = about.tag(("file content", file.0), position);
    Content::open(about, &stored, name, tag).await
}

/// `DELETE /files/{id}`.
pub(crate) async fn remove(call: Call<ById, Nothing>) -> Result<Answer<Changed>, Problem> {
    let file = FileId(call.path.id);
    let mut tx = call.tx().await?;
    let (state, _) = file_of(&mut tx, file).await?;
    tx.commit().await?;
    let kind = state.stored.map(|stored| stored.kind);
    let command = |expected_version| RemoveFile { file, expected_version };
    let any = |_: &str, _: &Value| true;
    let done = call.send_if((KIND, file.0), file_stream(file), any, command).await?;
    if let Some(kind) = kind {
        let (app, files) = (call.app.clone(), call.app.files.of(call.tenant.id));
        let name = ObjectName { kind, id: file };
        // It goes on to its end even if the caller hangs up; what fails is for the daily sweep.
        let destroyed =
            tokio::spawn(async move { destroy(&app.tenants, &app.keys, &files, name).await });
        match destroyed.await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => tracing::error!(%error, %file, "a removed file is still stored"),
            Err(error) => tracing::error!(%error, %file, "a removed file is still stored"),
        }
    }
    Ok(call.changed(done, (KIND, file.0)))
}

/// Whose leave the event of a file tells of, if anybody's.
pub(crate) fn told_of(payload: &Value) -> Option<MemberId> {
    let about: Option<FileAbout> = serde_json::from_value(payload["about"].clone()).ok()?;
    let owner = payload["owner"].as_str().and_then(|id| Uuid::try_parse(id).ok());
    owner.map(MemberId).filter(|_| about.is_some_and(|about| !about.is_work()))
}

/// Takes out of an event what its reader may not see, before anything is opened: the name of a file
/// about somebody's health, or of one that belongs to a request for leave, is for who may read it.
pub(crate) fn hide(about: &About, sight: &Sight, payload: &mut Value) {
    let said = |name: &str| payload[name].as_str().and_then(|id| Uuid::try_parse(id).ok());
    let kind = payload["kind"].as_str().and_then(|kind| kind.parse::<FileKind>().ok());
    let open = match (said("file"), said("owner"), kind) {
        (Some(file), Some(owner), Some(kind)) => {
            let subject = serde_json::from_value(payload["about"].clone()).unwrap_or_default();
            let (file, owner) = (FileId(file), MemberId(owner));
            let object = Object::File { file, kind, owner, about: subject, approver: false };
            is_public(kind, subject) || caller_may(about, Action::ReadFile, &sight.on(object))
        }
        _ => false,
    };
    if !open {
        payload["name"] = Value::Null;
    }
}

/// Whether whoever may see the log may see what it's called.
fn is_public(kind: FileKind, about: Option<FileAbout>) -> bool {
    !kind.is_about_health() && about.is_none_or(FileAbout::is_work)
}
