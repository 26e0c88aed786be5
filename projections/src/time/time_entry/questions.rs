//! What is asked of the entries: one of them, some by day, or their spans.

use std::collections::BTreeMap;

use domain::id::{ClientId, EntryId, ImportId, MemberId, ProjectId, TaskId};
use domain::personal::Envelope;
use domain::time::{EntryState, Span};
use jiff::civil::Date;
use jiff_sqlx::ToSqlx;
use migrations::TenantTx;

use super::TimeEntryRow;
use crate::row::{ReadError, read_row, read_rows, select, select_by};

/// Which entries are asked for; what is left out does not matter.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Wanted<'a> {
    /// By this member.
    pub member: Option<MemberId>,
    /// On this project.
    pub project: Option<ProjectId>,
    /// On a project of this client.
    pub client: Option<ClientId>,
    /// On this task.
    pub task: Option<TaskId>,
    /// That may be billed, or that may not.
    pub billable: Option<bool>,
    /// With this label.
    pub tag: Option<&'a str>,
    /// From this day on.
    pub from: Option<Date>,
    /// Up to this day, which is included.
    pub to: Option<Date>,
    /// In this state.
    pub state: Option<EntryState>,
    /// Of this import.
    pub import: Option<ImportId>,
}

/// One entry.
pub async fn find(tx: &mut TenantTx, entry: EntryId) -> Result<Option<TimeEntryRow>, ReadError> {
    let query = select::<TimeEntryRow>(tx, "where r.entry_id = $1").bind(entry.0);
    query.fetch_optional().await?.as_ref().map(read_row).transpose()
}

/// Entries by day and id after those of a cursor.
pub async fn list(
    tx: &mut TenantTx,
    wanted: &Wanted<'_>,
    after: Option<(Date, EntryId)>,
    limit: i64,
) -> Result<Vec<TimeEntryRow>, ReadError> {
    // Only what narrows it is asked, or no index would do for every combination.
    const PLACES: [&str; 13] =
        ["$1", "$2", "$3", "$4", "$5", "$6", "$7", "$8", "$9", "$10", "$11", "$12", "$13"];
    let of_client =
        " and r.project_id in (select p.project_id from {t}.rm_project p where p.client_id = ";
    let asked = [
        (wanted.member.is_some(), " and r.member_id = ", ""),
        (wanted.project.is_some(), " and r.project_id = ", ""),
        (wanted.task.is_some(), " and r.task_id = ", ""),
        (wanted.client.is_some(), of_client, ")"),
        (wanted.from.is_some(), " and r.day >= ", ""),
        (wanted.to.is_some(), " and r.day <= ", ""),
        (wanted.state.is_some(), " and r.state = ", ""),
        (wanted.import.is_some(), " and r.import_id = ", ""),
        (wanted.billable.is_some(), " and r.billable = ", ""),
        (wanted.tag.is_some(), " and ", " = any(r.tags)"),
        (after.is_some(), " and (r.day, r.entry_id) > (", ""),
        (after.is_some(), ", ", ")"),
    ];
    let mut places = PLACES.into_iter();
    let mut rest = vec!["where true"];
    for (_, before, behind) in asked.iter().filter(|(asked, ..)| *asked) {
        rest.extend([*before].into_iter().chain(places.next()).chain([*behind]));
    }
    rest.extend([" order by r.day, r.entry_id limit "].into_iter().chain(places.next()));
    let mut query = select_by::<TimeEntryRow>(tx, &rest);
    let of_work = [wanted.member.map(|it| it.0), wanted.project.map(|it| it.0)];
    let of_kind = [wanted.task.map(|it| it.0), wanted.client.map(|it| it.0)];
    for id in of_work.into_iter().chain(of_kind).flatten() {
        query = query.bind(id);
    }
    for day in [wanted.from, wanted.to].into_iter().flatten() {
        query = query.bind(day.to_sqlx());
    }
    if let Some(state) = wanted.state {
        query = query.bind(state.as_str());
    }
    if let Some(import) = wanted.import {
        query = query.bind(import.0);
    }
    if let Some(billable) = wanted.billable {
        query = query.bind(billable);
    }
    if let Some(tag) = wanted.tag {
        query = query.bind(tag);
    }
    if let Some((day, entry)) = after {
        query = query.bind(day.to_sqlx()).bind(entry.0);
    }
    let answers = query.bind(limit).fetch_all().await?;
    read_rows(&answers)
}

/// The spans that these entries are rounded by where a rule rounds both ends: their own, and of one
/// that takes another back, the other's, so that both are rounded alike.
pub async fn spans(
    tx: &mut TenantTx,
    entries: impl IntoIterator<Item = EntryId>,
) -> Result<BTreeMap<EntryId, Span>, ReadError> {
    let entries: Vec<EntryId> = entries.into_iter().collect();
    let ids: Vec<uuid::Uuid> = entries.iter().map(|entry| entry.0).collect();
    let sql = "where (r.start_at is not null or r.reverses is not null) and r.entry_id = any(
            $1::uuid[] || array(select it.reverses from {t}.rm_time_entry it
                where it.entry_id = any($1) and it.reverses is not null))";
    let answers = select::<TimeEntryRow>(tx, sql).bind(ids).fetch_all().await?;
    let rows = read_rows::<TimeEntryRow>(&answers)?.into_iter().map(|row| (row.entry_id, row));
    let rows: BTreeMap<EntryId, TimeEntryRow> = rows.collect();
    let span = |entry: EntryId| Some((entry, rows.get(&entry)?.span_among(|id| rows.get(id))?));
    Ok(entries.into_iter().filter_map(span).collect())
}

/// The notes of these entries, sealed; those without one are left out.
pub async fn notes(
    tx: &mut TenantTx,
    entries: impl IntoIterator<Item = EntryId>,
) -> Result<Vec<(EntryId, Envelope)>, ReadError> {
    let ids: Vec<uuid::Uuid> = entries.into_iter().map(|entry| entry.0).collect();
    let sql = "where r.entry_id = any($1) and r.note is not null";
    let rows =
        read_rows::<TimeEntryRow>(&select::<TimeEntryRow>(tx, sql).bind(ids).fetch_all().await?)?;
    Ok(rows.into_iter().filter_map(|row| Some((row.entry_id, row.note?))).collect())
}
