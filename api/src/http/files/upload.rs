//! A file on its way in: as a form, or as the body itself with its particulars in the query. The
//! rights are asked before the content is read, and the content goes to the store as it comes.

use axum::body::Bytes;
use axum::http::{HeaderMap, StatusCode, header};
use commands::files::{ContentError, MayStore, Receiver, StoreFile};
use commands::{CommandError, Done, IdempotencyKey};
use domain::files::{FileAbout, FileKind, Refusal};
use domain::id::{ClientId, FileId, LeaveRequestId, MemberId, ProjectId};
use migrations::files::{ObjectName, TenantFiles};
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::Deserialize;
use uuid::Uuid;

use super::disposition::Disposition;
use super::multipart::{Multipart, boundary};
use super::{KIND, KindName};
use crate::http::answer::{Answer, Changed};
use crate::http::body::{Carried, Described};
use crate::http::call::{About, Call};
use crate::http::incoming::Incoming;
use crate::http::problem::{FieldError, Problem};

/// The longest field of a form beside the file.
const FIELD_MAX: usize = 1 << 10;

/// The particulars of a file, where they are not fields of a form.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Particulars {
    /// What it's for.
    kind: Option<KindName>,
    /// Whose it is; left out = the caller's.
    owner_id: Option<Uuid>,
    /// The client it's about.
    client_id: Option<Uuid>,
    /// The project it's about.
    project_id: Option<Uuid>,
    /// The request for leave that it belongs to, of its owner.
    leave_request_id: Option<Uuid>,
    /// What it's called; left out = as the form or `Content-Disposition` has it.
    name: Option<String>,
}

/// The body: a form with the file as its last part, or the file itself.
#[derive(Debug)]
pub(crate) enum Uploaded {
    /// A form.
    Form(Box<Multipart>),
    /// The file.
    Raw(Incoming),
}

impl Carried for Uploaded {
    const UPLOAD: bool = true;
    const STREAMS: bool = true;

    fn read(_: &HeaderMap, _: &Bytes) -> Result<Self, Problem> {
        Err(Problem::internal(&"a file is never read into memory"))
    }

    fn stream(headers: &HeaderMap, incoming: Incoming) -> Result<Self, Problem> {
        let media = headers.get(header::CONTENT_TYPE).and_then(|it| it.to_str().ok());
        let media = media.unwrap_or_default().trim().to_ascii_lowercase();
        if !media.starts_with("multipart/") {
            return Ok(Uploaded::Raw(incoming));
        }
        let Some(boundary) = boundary(headers) else {
            let detail = "send a form as Content-Type: multipart/form-data with its boundary, or \
                          the file itself as any other type";
            let unsupported = StatusCode::UNSUPPORTED_MEDIA_TYPE;
            return Err(Problem::new(unsupported, "request.unsupported_media_type", detail));
        };
        Ok(Uploaded::Form(Box::new(Multipart::new(incoming, &boundary))))
    }

    fn described(generator: &mut SchemaGenerator) -> Option<Described> {
        let schema: Schema = generator.subschema_for::<Form>();
        Some(Described { media: "multipart/form-data", schema, optional: false })
    }
}

/// A form with a file. Its fields come before the file, which is its last part.
#[derive(JsonSchema)]
#[schemars(rename = "FileForm")]
#[allow(dead_code, reason = "it's described, and read part by part")]
struct Form {
    kind: KindName,
    owner_id: Option<Uuid>,
    client_id: Option<Uuid>,
    project_id: Option<Uuid>,
    /// Left out = as the file's part says.
    name: Option<String>,
    #[schemars(extend("format" = "binary"))]
    file: String,
}

fn fault(field: &str, code: &'static str, detail: &str) -> Problem {
    Problem::malformed(vec![FieldError::new(format!("/{field}"), code, detail)])
}

/// The fields of a form up to its file.
async fn fields(form: &mut Multipart, said: &mut Particulars) -> Result<(), Problem> {
    while let Some(part) = form.next_part().await? {
        let field = part.name.unwrap_or_default();
        if field == "file" {
            said.name = said.name.take().or(part.file_name);
            return Ok(());
        }
        let text = form.text(FIELD_MAX).await?;
        let id = || {
            let wrong = || fault(&field, "form.invalid", "an id is a UUID");
            Uuid::try_parse(&text).map(Some).map_err(|_| wrong())
        };
        let twice = || fault(&field, "form.repeated_field", "give this field once");
        match field.as_str() {
            "kind" => {
                let kind = serde_json::from_value(text.clone().into()).ok();
                let wrong = || fault("kind", "form.invalid", "there is no such kind of file");
                set(&mut said.kind, Some(kind.ok_or_else(wrong)?), twice)?;
            }
            "owner_id" => set(&mut said.owner_id, id()?, twice)?,
            "client_id" => set(&mut said.client_id, id()?, twice)?,
            "project_id" => set(&mut said.project_id, id()?, twice)?,
            "leave_request_id" => set(&mut said.leave_request_id, id()?, twice)?,
            "name" => set(&mut said.name, Some(text), twice)?,
            _ => return Err(fault(&field, "form.unknown_field", "there is no such field")),
        }
    }
    Err(fault("file", "form.missing_field", "the last part of the form is the file"))
}

fn set<T>(
    field: &mut Option<T>,
    value: Option<T>,
    twice: impl Fn() -> Problem,
) -> Result<(), Problem> {
    match field {
        Some(_) => Err(twice()),
        None => {
            *field = value;
            Ok(())
        }
    }
}

impl Uploaded {
    async fn piece(&mut self) -> Result<Option<Bytes>, Problem> {
        match self {
            Uploaded::Form(form) => form.piece().await,
            Uploaded::Raw(incoming) => incoming.next().await,
        }
    }

    /// Refuses whatever follows the file.
    async fn end(&mut self) -> Result<(), Problem> {
        match self {
            Uploaded::Raw(_) => Ok(()),
            Uploaded::Form(form) => match form.next_part().await? {
                None => Ok(()),
                Some(_) => {
                    Err(fault("file", "form.invalid", "the file is the last part of the form"))
                }
            },
        }
    }
}

/// A file without its content.
struct New {
    file: FileId,
    kind: FileKind,
    owner: MemberId,
    about: Option<FileAbout>,
    name: String,
}

fn new_file(about: &About, said: Particulars) -> Result<New, Problem> {
    let kind = said.kind.ok_or_else(|| {
        fault("kind", "form.missing_field", "say what the file is for, before the file")
    })?;
    let client = said.client_id.map(|id| FileAbout::Client(ClientId(id)));
    let project = said.project_id.map(|id| FileAbout::Project(ProjectId(id)));
    let request = said.leave_request_id.map(|id| FileAbout::LeaveRequest(LeaveRequestId(id)));
    let mut subjects = [client, project, request].into_iter().flatten();
    let of = subjects.next();
    if subjects.next().is_some() {
        let key = if request.is_some() { "leave_request_id" } else { "project_id" };
        let detail = "a file is about a client, a project or a request for leave";
        return Err(fault(key, "form.invalid", detail));
    }
    let kind = FileKind::from(kind);
    Ok(New {
        file: FileId(about.new_id()),
        kind,
        owner: said.owner_id.map_or(about.caller.member, MemberId),
        about: of,
        name: said.name.unwrap_or_else(|| kind.to_string()),
    })
}

fn not_taken(error: ContentError) -> Problem {
    match error {
        ContentError::Store(error) => {
            tracing::error!(%error, "the file store does not answer");
            Problem::unavailable("files.store_away", "the file store does not answer; try again")
        }
        ContentError::Hopeless => {
            CommandError::from(domain::refusal::Refusal::from(Refusal::UnknownType)).into()
        }
    }
}

/// `POST /files`.
pub(crate) async fn store(
    call: Call<(), Particulars, Uploaded>,
) -> Result<Answer<Changed>, Problem> {
    let Call { query: mut said, mut body, about, .. } = call;
    match &mut body {
        Uploaded::Form(form) => fields(form, &mut said).await?,
        Uploaded::Raw(_) => {
            let named = about.headers.get(header::CONTENT_DISPOSITION);
            let named = named.and_then(|it| std::str::from_utf8(it.as_bytes()).ok());
            let named = named.and_then(Disposition::parse).and_then(|it| it.file_name);
            said.name = said.name.or(named);
        }
    }
    let new = new_file(&about, said)?;
    let may = MayStore { kind: new.kind, owner: new.owner, about: new.about };
    about.send_under(None, may).await?;
    let files = about.app.files.of(about.tenant.id);
    let begun = Receiver::begin(&files, &about.keys, new.kind, new.file);
    let mut receiver = begun.map_err(|error| not_taken(error.into()))?;
    while let Some(piece) = body.piece().await? {
        receiver.write(&piece).await.map_err(not_taken)?;
    }
    body.end().await?;
    // From here it goes on to its end even if the caller hangs up.
    let task = tokio::spawn(kept(about, files, receiver, new));
    let (about, done) = task.await.map_err(|error| Problem::internal(&error))?;
    Ok(about.made(done?, KIND, "/files"))
}

/// Makes the content durable, then has the log say so; else destroys what was written.
async fn kept(
    about: About,
    files: TenantFiles,
    receiver: Receiver,
    new: New,
) -> (About, Result<Done, Problem>) {
    let New { file, kind, owner, about: of, name } = new;
    let object = ObjectName { kind, id: file };
    let (content, sealed_with) = match receiver.finish().await {
        Ok(finished) => finished,
        Err(error) => return (about, Err(not_taken(error))),
    };
    // The same request has the same content, whatever it was sealed with this time.
    let hash = content.unsealed_sha256.as_ref().unwrap_or(&content.sha256);
    let request = format!("{kind}|{owner}|{of:?}|{name}|{hash}").into_bytes();
    let key = about.key.clone().map(|key| IdempotencyKey { request, ..key });
    let command = StoreFile { file, kind, owner, about: of, name, content, key: sealed_with };
    let sent = about.send_under(key, command).await;
    let stays = match &sent {
        Ok(done) => done.reply.id == Some(file.0),
        // It may have landed; the daily sweep looks again.
        Err(problem) => problem.is_uncertain(),
    };
    if !stays && let Err(error) = files.delete(object).await {
        tracing::warn!(%error, %file, "the object of a file that was not kept stays for the sweep");
    }
    (about, sent)
}
