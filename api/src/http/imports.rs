//! Imports over HTTP: a file of another system is taken over as a whole, and taken back as a whole.

use axum::http::StatusCode;
use commands::Sender;
use commands::event_log::read::head_of;
use commands::import::{ImportError, ImportOptions, RowNote, run, undo};
use domain::id::ImportId;
use domain::import::Format;
use domain::log::{Actor, Via};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use projections::billing::price_book::PriceBook;
use projections::import::import::{self, ImportRow};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::answer::Answer;
use super::body::Csv;
use super::call::{About, Call};
use super::cursor::Page;
use super::members::{ById, Nothing};
use super::problem::{FieldError, Problem};
use super::tag::Meant;

const KIND: &str = "import";

/// The system that a file comes from.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum FormatName {
    Toggl,
    Clockify,
    Harvest,
    Csv,
}

impl From<FormatName> for Format {
    fn from(name: FormatName) -> Self {
        match name {
            FormatName::Toggl => Format::Toggl,
            FormatName::Clockify => Format::Clockify,
            FormatName::Harvest => Format::Harvest,
            FormatName::Csv => Format::Csv,
        }
    }
}

/// How to import.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct How {
    format: FormatName,
    /// The IANA zone of the file's local times; the tenant's where it's left out.
    time_zone: Option<String>,
    /// Write nothing, and say what would be.
    #[serde(default)]
    dry_run: bool,
}

/// A row with what there is to say of it.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(crate) struct Note {
    /// The number of the record in the file; the header is 1.
    row: u32,
    reason: String,
}

fn notes(notes: Vec<RowNote>) -> Vec<Note> {
    notes.into_iter().map(|RowNote { row, reason }| Note { row, reason }).collect()
}

/// What was made for want of one of that name.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(crate) struct CreatedBody {
    members: u32,
    clients: u32,
    projects: u32,
    tasks: u32,
}

/// What an import came to. Each row is recorded, a duplicate or skipped.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(crate) struct Report {
    /// The import; null where nothing was written.
    import_id: Option<Uuid>,
    rows: u32,
    recorded: u32,
    duplicates: u32,
    skipped: Vec<Note>,
    warnings: Vec<Note>,
    /// Distinct people in the file.
    members: u32,
    clients: u32,
    projects: u32,
    tasks: u32,
    created: CreatedBody,
    /// What was recorded in this run.
    seconds: u64,
    billable_seconds: u64,
}

fn sender(about: &About) -> Sender {
    let origin = about.origin.clone();
    let actor = Actor::Member(about.caller.member);
    Sender { origin, ..Sender::new(about.tenant.id, actor, Via::Import) }
}

/// The tenant's zone, today.
async fn tenant_zone(about: &About) -> Result<String, Problem> {
    let mut tx = about.tx().await?;
    let book = PriceBook::load(&mut tx).await?;
    tx.commit().await?;
    let today = about.now().to_zoned(TimeZone::UTC).date();
    Ok(book.settings().time_zone(today).to_owned())
}

/// `POST /imports`. The rows' own digests make it idempotent: a second run finds duplicates.
pub(crate) async fn add(call: Call<(), How, Csv>) -> Result<Answer<Report>, Problem> {
    let zone = match &call.query.time_zone {
        Some(zone) => zone.clone(),
        None => tenant_zone(&call).await?,
    };
    let options = ImportOptions { dry_run: call.query.dry_run, ..ImportOptions::default() };
    let bytes = call.body.0.to_vec();
    let format = call.query.format.into();
    let report = run(&call.app.commands, sender(&call), bytes, format, &zone, options)
        .await
        .map_err(|error| match error {
            ImportError::Command(error) => error.into(),
            ImportError::Export(refusal) => {
                let detail = refusal.to_string();
                let code = "import.unreadable";
                Problem::new(StatusCode::UNPROCESSABLE_ENTITY, code, detail.clone())
                    .with_error(FieldError { pointer: String::new(), code: code.into(), detail })
            }
        })?;
    let created = CreatedBody {
        members: report.created.members,
        clients: report.created.clients,
        projects: report.created.projects,
        tasks: report.created.tasks,
    };
    let status = if report.import_id.is_some() { StatusCode::CREATED } else { StatusCode::OK };
    let body = Report {
        import_id: report.import_id.map(|id| id.0),
        rows: report.rows,
        recorded: report.recorded,
        duplicates: report.duplicates,
        skipped: notes(report.skipped),
        warnings: notes(report.warnings),
        members: report.members,
        clients: report.clients,
        projects: report.projects,
        tasks: report.tasks,
        created,
        seconds: report.seconds,
        billable_seconds: report.billable_seconds,
    };
    let head = head_of(&call.app.tenants, call.tenant.id).await?;
    Ok(Answer::of(body).status(status).at(head))
}

/// An import.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "Import")]
pub(crate) struct ImportBody {
    id: Uuid,
    format: String,
    /// `running`, `finished` or `undone`.
    state: String,
    /// Records in the file.
    rows: u32,
    /// Rows that became entries.
    recorded: u32,
    duplicates: u32,
    skipped: u32,
    seconds: i64,
    /// Entries removed when it was taken back.
    removed: u32,
    started_at: Timestamp,
    finished_at: Option<Timestamp>,
}

/// `GET /imports`.
pub(crate) async fn list(call: Call<(), Nothing>) -> Result<Answer<Page<ImportBody>>, Problem> {
    let (after, limit) = (call.after()?.map(ImportId), call.look_for());
    let mut tx = call.tx().await?;
    let rows = import::list(&mut tx, after, limit).await?;
    tx.commit().await?;
    Ok(call.page(rows, |row| row.import_id.0, shown))
}

/// `GET /imports/{id}`.
pub(crate) async fn one(call: Call<ById, Nothing>) -> Result<Answer<ImportBody>, Problem> {
    let mut tx = call.tx().await?;
    let row = import::find(&mut tx, ImportId(call.path.id)).await?;
    tx.commit().await?;
    let row = row.ok_or_else(Problem::not_found)?;
    let tag = call.tag((KIND, row.import_id.0), row.position);
    Ok(call.read(shown(row)).tagged(tag))
}

fn shown(row: ImportRow) -> ImportBody {
    ImportBody {
        id: row.import_id.0,
        format: row.format,
        rows: row.rows,
        started_at: row.started_at,
        state: row.state.as_str().to_owned(),
        recorded: row.recorded,
        duplicates: row.duplicates,
        skipped: row.skipped,
        seconds: row.seconds,
        removed: row.removed,
        finished_at: row.finished_at,
    }
}

/// What taking an import back came to.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(crate) struct Undone {
    /// Entries that are gone.
    removed: u32,
    /// Entries that stay, because an invoice holds their seconds.
    billed: Vec<Uuid>,
    /// Whether nothing of it is left.
    complete: bool,
}

/// `DELETE /imports/{id}`.
pub(crate) async fn remove(call: Call<ById, Nothing>) -> Result<Answer<Undone>, Problem> {
    let (about, import) = (&call.about, ImportId(call.path.id));
    let mut tx = about.tx().await?;
    let row = import::find(&mut tx, import).await?;
    tx.commit().await?;
    match (about.meant((KIND, import.0)), row) {
        (Some(Meant::Seen(position)), Some(row)) if row.position > position => {
            return Err(Problem::stale());
        }
        (Some(Meant::Unknown), Some(_)) => return Err(Problem::stale()),
        (Some(Meant::Any | Meant::Seen(_) | Meant::Unknown) | None, _) => {}
    }
    let report = undo(&about.app.commands, sender(about), import).await?;
    let body = Undone {
        removed: report.removed,
        billed: report.billed.iter().map(|entry| entry.entry_id.0).collect(),
        complete: report.complete,
    };
    Ok(Answer::of(body).at(head_of(&about.app.tenants, about.tenant.id).await?))
}
