//! Each import with its counts, so that it can be looked up and taken back.

use domain::id::ImportId;
use domain::import::ImportEvent;
use domain::log::{EventFamily, Recorded};
use jiff::Timestamp;
use migrations::TenantTx;

use super::ImportState;
use crate::model::{EventTypes, ReadModel};
use crate::row::{ReadError, Rows, read_row, read_rows, row, select};

row! {
    /// One import.
    ImportRow in "rm_import" key(import_id: ImportId) {
        /// The import.
        import_id: ImportId,
        /// `toggl`, `clockify`, `harvest` or `csv`.
        format: String,
        /// Hexadecimal HMAC of the whole file.
        file_digest: String,
        /// How many records the file holds.
        rows: u32,
        /// How far it is.
        state: ImportState,
        /// Rows that became entries.
        recorded: u32,
        /// Rows that were there already.
        duplicates: u32,
        /// Rows that could not be read or were refused.
        skipped: u32,
        /// The seconds recorded.
        seconds: i64,
        /// Entries removed when it was taken back.
        removed: u32,
        /// When it began.
        started_at: Timestamp,
        /// When it ended.
        finished_at: Option<Timestamp>,
        /// The last event that changed it.
        position: i64,
    }
}

/// The fold of imports.
#[derive(Debug)]
pub struct Import;

impl ReadModel for Import {
    const NAME: &'static str = "import";
    const VERSION: i32 = 1;
    const READS: &'static [EventTypes] = &[ImportEvent::TYPES];
    type Row = ImportRow;

    fn touches(event: &Recorded) -> Vec<ImportId> {
        match import_event(event) {
            Some(ImportEvent::ImportStarted(event)) => vec![event.import],
            Some(ImportEvent::ImportFinished(event)) => vec![event.import],
            Some(ImportEvent::ImportUndone(event)) => vec![event.import],
            None => Vec::new(),
        }
    }

    fn apply(rows: &mut Rows<ImportRow>, recorded: &Recorded) {
        match import_event(recorded) {
            Some(ImportEvent::ImportStarted(event)) => rows.put(ImportRow {
                import_id: event.import,
                format: event.format.clone(),
                file_digest: event.file_digest.clone(),
                rows: event.rows,
                state: ImportState::Running,
                recorded: 0,
                duplicates: 0,
                skipped: 0,
                seconds: 0,
                removed: 0,
                started_at: recorded.recorded_at,
                finished_at: None,
                position: recorded.position,
            }),
            Some(ImportEvent::ImportFinished(event)) => rows.change(&event.import, |row| {
                row.state = ImportState::Finished;
                row.recorded = event.recorded;
                row.duplicates = event.duplicates;
                row.skipped = event.skipped;
                row.seconds = i64::try_from(event.seconds).unwrap_or(i64::MAX);
                row.finished_at = Some(recorded.recorded_at);
                row.position = recorded.position;
            }),
            Some(ImportEvent::ImportUndone(event)) => rows.change(&event.import, |row| {
                row.state = ImportState::Undone;
                row.removed = event.removed;
                row.position = recorded.position;
            }),
            None => {}
        }
    }
}

fn import_event(recorded: &Recorded) -> Option<&ImportEvent> {
    recorded.event.family()
}

/// One import.
pub async fn find(tx: &mut TenantTx, import: ImportId) -> Result<Option<ImportRow>, ReadError> {
    let query = select::<ImportRow>(tx, "where r.import_id = $1").bind(import.0);
    query.fetch_optional().await?.as_ref().map(read_row).transpose()
}

/// Imports by id, hence by age, after the one named.
pub async fn list(
    tx: &mut TenantTx,
    after: Option<ImportId>,
    limit: i64,
) -> Result<Vec<ImportRow>, ReadError> {
    let sql = "where $1::uuid is null or r.import_id > $1 order by r.import_id limit $2";
    let query = select::<ImportRow>(tx, sql).bind(after.map(|import| import.0)).bind(limit);
    read_rows(&query.fetch_all().await?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::samples::imports;
    use crate::tests::{assert_declares_what_it_touches, rows_of};

    #[test]
    fn an_import_runs_ends_with_its_counts_and_can_be_taken_back() {
        let history = imports();
        let state = |upto: usize| rows_of::<Import>(&history.0[..upto])[0].state;
        assert_eq!((state(1), state(2)), (ImportState::Running, ImportState::Finished));
        let row = &rows_of::<Import>(&history.0)[0];
        assert_eq!((row.state, row.removed), (ImportState::Undone, 7));
        assert_eq!((row.recorded, row.duplicates, row.skipped, row.seconds), (7, 2, 1, 25_200));
        assert_declares_what_it_touches::<Import>(&history.0);
    }
}
