//! Takes over time from other systems. A file is read, its names are looked up or made, and its
//! rows are recorded week by week, each row once: a claim on its keyed digest tells a later run
//! that it is there. So a run that was cut off is simply run again, and a run can be taken back as
//! a whole.

mod look;
mod people;
mod places;
mod plan;
mod report;
mod run_state;
mod simulate;
mod undo;
mod week;

use std::sync::{Arc, Mutex};

use domain::id::{EntryId, ImportId, MemberId};
use domain::import::{Export, ExportRefusal, Format, ImportFinished, read_export, row_identity};
use domain::members::{Action, Object};
use futures::{StreamExt, TryStreamExt};
use migrations::keys::{TenantKeys, hex};

pub use report::{Created, ImportReport, RowNote};
pub use undo::{BilledEntry, UndoReport, undo};

use crate::handle::{Commands, Sender};
use crate::members::grants::allowed;
use crate::refused::CommandError;
use look::Look;
use plan::{Plan, ReadRow, plan};
use report::Totals;
use run_state::{FinishImport, StartImport};
use week::{RecordWeek, WeekWork, by_parity, without};

/// How many weeks or names are written at once; the log writes them in groups.
const AT_ONCE: usize = 64;

/// How far an import has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// Rows that are through, recorded or not.
    pub done: usize,
    /// Rows that there are to record.
    pub of: usize,
}

/// Who is told how far an import has come.
pub type OnProgress = Arc<dyn Fn(Progress) + Send + Sync>;

/// How an import runs.
#[derive(Clone, Default)]
pub struct ImportOptions {
    /// Write nothing, and report what would be.
    pub dry_run: bool,
    /// Whose time it is where a row does not say; without one such rows are skipped.
    pub default_member: Option<MemberId>,
    /// Who is told of each week.
    pub progress: Option<OnProgress>,
}

impl std::fmt::Debug for ImportOptions {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ImportOptions")
            .field("dry_run", &self.dry_run)
            .field("default_member", &self.default_member)
            .finish_non_exhaustive()
    }
}

/// Why nothing, or not all, of a file was imported.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ImportError {
    /// The file can't be read as this format.
    #[error(transparent)]
    Export(#[from] ExportRefusal),
    /// The caller may not import, or the log could not take it: run it again, and rows that are in
    /// count as duplicates.
    #[error(transparent)]
    Command(#[from] CommandError),
}

/// Imports a file. Local times are in `zone` unless a row names its own.
///
/// What is there is found by name: members by e-mail address, else by a name that is one member's
/// only; clients by name; projects by name within their client; tasks by name within their project.
/// What is missing is made: a row without a client goes to a client "No client", one without a task
/// to a task "General" of its project. Where nothing is left to record, nothing at all is written,
/// and the report names no import.
///
/// # Errors
/// An [`ImportError`]; see there. Rows at fault are no error: the report has them with their
/// reason.
pub async fn run(
    commands: &Commands,
    sender: Sender,
    bytes: Vec<u8>,
    format: Format,
    zone: &str,
    options: ImportOptions,
) -> Result<ImportReport, ImportError> {
    let keys = commands.log().keys().of(sender.tenant).await.map_err(CommandError::from)?;
    let (export, rows, file_digest) = read(bytes, format, zone.to_owned(), keys).await?;
    let mut report = ImportReport::of(&export, &rows);
    let import = ImportId(commands.log().clock().new_id());
    // All commands of a run are one correlation; a key would make them one command.
    let sender = Sender { key: None, correlation: Some(import.0), ..sender };
    let look = Look::of(commands, &sender).await?;
    let mut unit = look.unit();
    allowed(&mut unit, Action::Import, &Object::Firm).await?;
    let mut plan = plan(&mut unit, rows, &options).await?;
    report.take(std::mem::take(&mut plan.totals));
    let weeks = by_parity(import, std::mem::take(&mut plan.rows));
    let simulated = simulate::simulate(&mut unit, &plan, &weeks).await?;
    look.close(unit).await?;
    plan.keep_needed(&simulated.used);
    report.created = plan.created();
    if options.dry_run || simulated.recorded == 0 {
        report.take(simulated);
        return Ok(report);
    }
    let skipped = simulated.skipped.iter().map(|note| note.row).collect();
    let weeks = without(weeks, &skipped);
    report.take(Totals { skipped: simulated.skipped, ..Totals::default() });
    let format = format.to_string();
    let start = StartImport { import, format, file_digest, rows: report.rows };
    commands.handle(sender.clone(), start).await?;
    make_names(commands, &sender, &plan).await?;
    report.take(record(commands, &sender, weeks, &options).await?);
    report.import_id = Some(import);
    let finished = ImportFinished {
        import,
        recorded: report.recorded,
        duplicates: report.duplicates,
        skipped: u32::try_from(report.skipped.len()).unwrap_or(u32::MAX),
        seconds: report.seconds,
    };
    commands.handle(sender, FinishImport { finished }).await?;
    Ok(report)
}

/// Reads a file away from the threads that serve others, with the digests of its rows and its own.
async fn read(
    bytes: Vec<u8>,
    format: Format,
    zone: String,
    keys: Arc<TenantKeys>,
) -> Result<(Export, Vec<ReadRow>, String), ImportError> {
    let reading = tokio::task::spawn_blocking(move || {
        let mut export = read_export(&bytes, format, &zone)?;
        let rows = std::mem::take(&mut export.rows);
        let read = |row| {
            let digest = hex(&keys.digest("import_row", &[row_identity(&row).as_bytes()]));
            ReadRow { row, digest }
        };
        let rows: Vec<ReadRow> = rows.into_iter().map(read).collect();
        Ok((export, rows, hex(&keys.digest("import_file", &[&bytes]))))
    });
    reading.await.unwrap_or_else(|error| {
        tracing::error!(%error, "reading an export panicked");
        Err(CommandError::Internal("reading the file panicked".into()).into())
    })
}

/// Makes the members, the clients and then the projects with their tasks that were missing.
async fn make_names(commands: &Commands, sender: &Sender, plan: &Plan) -> Result<(), CommandError> {
    let send = |command| commands.handle(sender.clone(), command);
    let members = futures::stream::iter(plan.new_members()).map(send);
    members.buffer_unordered(AT_ONCE).try_for_each(|_| std::future::ready(Ok(()))).await?;
    let send = |command| commands.handle(sender.clone(), command);
    let clients = futures::stream::iter(plan.places.new_clients()).map(send);
    clients.buffer_unordered(AT_ONCE).try_for_each(|_| std::future::ready(Ok(()))).await?;
    let send = |command| commands.handle(sender.clone(), command);
    let projects = futures::stream::iter(plan.places.new_work()).map(send);
    projects.buffer_unordered(AT_ONCE).try_for_each(|_| std::future::ready(Ok(()))).await
}

/// Records the weeks, many at once, first the even ones and then the odd ones: weeks that could
/// overlap each other are never under way together.
async fn record(
    commands: &Commands,
    sender: &Sender,
    weeks: [Vec<Arc<WeekWork>>; 2],
    options: &ImportOptions,
) -> Result<Totals, CommandError> {
    let of = weeks.iter().flatten().map(|work| work.rows.len()).sum();
    let mut totals = Totals::default();
    let mut done = 0;
    for half in weeks {
        let each = half.into_iter().map(|work| async move {
            let outcome = Arc::new(Mutex::new(Totals::default()));
            let rows = work.rows.len();
            let command = RecordWeek { work, outcome: outcome.clone() };
            commands.handle(sender.clone(), command).await?;
            let week = std::mem::take(&mut *outcome.lock().expect("no panic under it"));
            Ok::<_, CommandError>((rows, week))
        });
        let mut each = futures::stream::iter(each).buffer_unordered(AT_ONCE);
        while let Some((rows, week)) = each.try_next().await? {
            totals.add(week);
            done += rows;
            if let Some(progress) = &options.progress {
                progress(Progress { done, of });
            }
        }
    }
    Ok(totals)
}

/// A new id for the entry of a row.
fn new_entry(unit: &crate::unit::Unit<'_>) -> EntryId {
    EntryId(unit.new_id())
}

#[cfg(test)]
mod tests;
#[cfg(test)]
mod tests_undo;
