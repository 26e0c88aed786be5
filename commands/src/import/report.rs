//! What an import comes to, in the shape that edges show it in.

use std::collections::BTreeSet;

use domain::id::ImportId;
use domain::import::{Export, ExportRow};
use domain::name::normalised_name;
use serde::Serialize;
use uuid::Uuid;

use super::people::person_key;
use super::plan::ReadRow;

/// A row with what there is to say of it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct RowNote {
    /// The number of the record in the file; the header is 1.
    pub row: u32,
    /// The reason, as a sentence.
    pub reason: String,
}

/// What was made for want of one of that name.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Created {
    /// Members.
    pub members: u32,
    /// Clients, with the one for rows that name none.
    pub clients: u32,
    /// Projects.
    pub projects: u32,
    /// Tasks, with those for rows that name none.
    pub tasks: u32,
}

/// What an import comes to. Each row is recorded, a duplicate or skipped.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct ImportReport {
    /// The import; none where nothing was written: in a dry run, or when nothing was new.
    pub import_id: Option<ImportId>,
    /// Records in the file after the header.
    pub rows: u32,
    /// Rows that became entries.
    pub recorded: u32,
    /// Rows that were there from an earlier import.
    pub duplicates: u32,
    /// Rows that can't be read or recorded.
    pub skipped: Vec<RowNote>,
    /// What was taken with a doubt; row 1 stands for the whole file.
    pub warnings: Vec<RowNote>,
    /// Distinct people in the file.
    pub members: u32,
    /// Distinct clients that the file names.
    pub clients: u32,
    /// Distinct projects that the file names.
    pub projects: u32,
    /// Distinct tasks that the file names.
    pub tasks: u32,
    /// What was made.
    pub created: Created,
    /// Seconds recorded in this run.
    pub seconds: u64,
    /// Those of them that may be billed.
    pub billable_seconds: u64,
}

/// What became of some rows.
#[derive(Debug, Default)]
pub(super) struct Totals {
    pub recorded: u32,
    pub duplicates: u32,
    pub skipped: Vec<RowNote>,
    pub warnings: Vec<RowNote>,
    pub seconds: u64,
    pub billable_seconds: u64,
    /// The members, clients, projects and tasks of the rows recorded.
    pub used: BTreeSet<Uuid>,
}

impl Totals {
    pub(super) fn skip(&mut self, row: u32, reason: impl ToString) {
        self.skipped.push(RowNote { row, reason: reason.to_string() });
    }

    pub(super) fn warn(&mut self, row: u32, reason: impl ToString) {
        self.warnings.push(RowNote { row, reason: reason.to_string() });
    }

    pub(super) fn add(&mut self, mut other: Totals) {
        self.recorded += other.recorded;
        self.duplicates += other.duplicates;
        self.skipped.append(&mut other.skipped);
        self.warnings.append(&mut other.warnings);
        self.seconds += other.seconds;
        self.billable_seconds += other.billable_seconds;
        self.used.append(&mut other.used);
    }
}

fn count<T: Ord>(items: impl Iterator<Item = T>) -> u32 {
    u32::try_from(items.collect::<BTreeSet<T>>().len()).unwrap_or(u32::MAX)
}

impl ImportReport {
    /// What can be said of a file before anything of it is recorded.
    pub(super) fn of(export: &Export, rows: &[ReadRow]) -> Self {
        let rows = || rows.iter().map(|read| &read.row);
        let client = |row: &ExportRow| row.client.as_deref().map(normalised_name);
        let project = |row: &ExportRow| (client(row), normalised_name(&row.project));
        let task = |row: &ExportRow| {
            let task = row.task.as_deref().map(normalised_name)?;
            Some((project(row), task))
        };
        let mut totals = Totals::default();
        export.faults.iter().for_each(|fault| totals.skip(fault.row, fault));
        export.warnings.iter().for_each(|warning| totals.warn(warning.row, &warning.reason));
        let records = rows().count() + export.faults.len();
        let mut report = ImportReport {
            rows: u32::try_from(records).unwrap_or(u32::MAX),
            members: count(rows().filter_map(|row| row.person.as_ref()).map(person_key)),
            clients: count(rows().filter_map(client)),
            projects: count(rows().map(project)),
            tasks: count(rows().filter_map(task)),
            ..ImportReport::default()
        };
        report.take(totals);
        report
    }

    /// Adds what became of some rows.
    pub(super) fn take(&mut self, totals: Totals) {
        self.recorded += totals.recorded;
        self.duplicates += totals.duplicates;
        self.skipped.extend(totals.skipped);
        self.warnings.extend(totals.warnings);
        self.seconds += totals.seconds;
        self.billable_seconds += totals.billable_seconds;
        self.skipped.sort();
        self.warnings.sort();
    }
}
