//! What may be billed: approved, billable, and not reserved by a draft. The row of an entry is
//! there from its first second on, because an approval names entries without saying what they are;
//! the question filters, with an index that holds the answers only.

mod invoiced;

use domain::billing::InvoiceEvent;
use domain::id::{ClientId, EntryId, InvoiceId, MemberId, ProjectId, StreamId, TaskId};
use domain::log::{EventFamily, Recorded};
use domain::time::{EntryVersion, TimeEvent, TimeRecorded, TimeReversed};
use jiff::civil::Date;
use jiff_sqlx::ToSqlx;
use migrations::{DoorError, Template, TenantTx};
use sqlx::Row as _;

use super::FreedBy;
use crate::model::{EventTypes, ReadModel};
use crate::row::{ReadError, Rows, read_rows, row, select};

row! {
    /// One lot, as billing sees it: an entry, or what a credit note set free of it.
    UnbilledRow in "rm_unbilled" key(entry_id: EntryId, freed_by: FreedBy)
    index(
        "open": "(project_id, day) where approved and billable and invoice_id is null",
        "taken": "(project_id) where invoice_id is not null"
    ) {
        /// The entry.
        entry_id: EntryId,
        /// The credit note that set these seconds free.
        freed_by: FreedBy,
        /// The stream of the timesheet it's in.
        sheet_id: StreamId,
        /// Who worked.
        member_id: MemberId,
        /// On what.
        project_id: ProjectId,
        /// Doing what.
        task_id: TaskId,
        /// The day it's booked on: the period goes by it.
        day: Date,
        /// The local day of the work: rates and rounding go by it.
        work_day: Date,
        /// How long, unrounded; less than nothing where it takes time back. What a credit note took
        /// off an invoice is not in it.
        seconds: i64,
        /// Of what a credit note set free, what it was credited as: it's billed again as just that.
        billed_seconds: Option<i64>,
        /// Whether it stands in for a reversed entry, whose day of work it keeps.
        replacement: bool,
        /// Its version.
        version: u32,
        /// Whether it may be billed at all.
        billable: bool,
        /// Whether this version is approved.
        approved: bool,
        /// The draft that reserves it.
        invoice_id: Option<InvoiceId>,
        /// The last event that changed it.
        position: i64,
    }
}

/// Where a row stands in lists.
pub type Place = (Date, EntryId, FreedBy);

/// The fold of what may be billed.
#[derive(Debug)]
pub struct Unbilled;

impl ReadModel for Unbilled {
    const NAME: &'static str = "unbilled";
    const VERSION: i32 = 4;
    const READS: &'static [EventTypes] = &[TimeEvent::TYPES, InvoiceEvent::TYPES];
    type Row = UnbilledRow;

    fn touches(event: &Recorded) -> Vec<(EntryId, FreedBy)> {
        if let Some(event) = event.event.family() {
            return touched_by_time(event).into_iter().map(whole).collect();
        }
        event.event.family().map(invoiced::touched).unwrap_or_default()
    }

    fn apply(rows: &mut Rows<UnbilledRow>, recorded: &Recorded) {
        if let Some(event) = recorded.event.family() {
            apply_time(rows, event, recorded);
        } else if let Some(event) = recorded.event.family() {
            invoiced::apply(rows, event, recorded.position);
        }
    }
}

/// The key of an entry as it was recorded.
fn whole(entry: EntryId) -> (EntryId, FreedBy) {
    (entry, FreedBy::NOBODY)
}

fn touched_by_time(event: &TimeEvent) -> Vec<EntryId> {
    let all = |versions: &[EntryVersion]| versions.iter().map(|it| it.entry).collect();
    match event {
        TimeEvent::TimeRecorded(event) => vec![event.entry],
        TimeEvent::TimeRevised(event) => vec![event.entry],
        TimeEvent::TimeRemoved(event) => vec![event.entry],
        TimeEvent::TimeReversed(event) => vec![event.entry],
        TimeEvent::TimesheetApproved(event) => all(&event.entries),
        TimeEvent::TimesheetRejected(event) => all(&event.entries),
        TimeEvent::TimesheetReopened(event) => all(&event.entries),
        // To ask for approval changes nothing here: what is asked for was not approved.
        TimeEvent::TimesheetSubmitted(_) | TimeEvent::TimesheetStepApproved(_) => Vec::new(),
    }
}

fn apply_time(rows: &mut Rows<UnbilledRow>, event: &TimeEvent, recorded: &Recorded) {
    match event {
        TimeEvent::TimeRecorded(event) => rows.put(of_recorded(event, recorded)),
        TimeEvent::TimeReversed(event) => rows.put(of_reversed(event, recorded)),
        TimeEvent::TimeRevised(event) => rows.change(&whole(event.entry), |row| {
            row.member_id = event.member;
            row.project_id = event.project;
            row.task_id = event.task;
            if !row.replacement {
                row.work_day = event.worked.day;
            }
            row.day = event.worked.day;
            row.seconds = i64::from(event.worked.seconds);
            row.version = event.version;
            row.billable = event.billable;
            row.approved = false;
            row.position = recorded.position;
        }),
        TimeEvent::TimeRemoved(event) => {
            // A move is a removal here and a record there in one commit, in either order.
            if rows.get(&whole(event.entry)).is_some_and(|row| row.sheet_id == recorded.stream) {
                rows.remove(&whole(event.entry));
            }
        }
        TimeEvent::TimesheetApproved(event) => mark(rows, recorded, &event.entries, true),
        TimeEvent::TimesheetRejected(event) => mark(rows, recorded, &event.entries, false),
        TimeEvent::TimesheetReopened(event) => mark(rows, recorded, &event.entries, false),
        TimeEvent::TimesheetSubmitted(_) | TimeEvent::TimesheetStepApproved(_) => {}
    }
}

fn of_recorded(event: &TimeRecorded, recorded: &Recorded) -> UnbilledRow {
    UnbilledRow {
        entry_id: event.entry,
        freed_by: FreedBy::NOBODY,
        sheet_id: recorded.stream,
        member_id: event.member,
        project_id: event.project,
        task_id: event.task,
        day: event.worked.day,
        work_day: event.work_day.unwrap_or(event.worked.day),
        seconds: i64::from(event.worked.seconds),
        billed_seconds: None,
        replacement: event.replaces.is_some(),
        version: event.version,
        billable: event.billable,
        approved: false,
        invoice_id: None,
        position: recorded.position,
    }
}

fn of_reversed(event: &TimeReversed, recorded: &Recorded) -> UnbilledRow {
    UnbilledRow {
        entry_id: event.entry,
        freed_by: FreedBy::NOBODY,
        sheet_id: recorded.stream,
        member_id: event.member,
        project_id: event.project,
        task_id: event.task,
        day: event.day,
        work_day: event.work_day,
        seconds: event.billable_seconds(),
        billed_seconds: None,
        replacement: false,
        version: 1,
        billable: event.billable && event.billable_seconds() != 0,
        approved: false,
        invoice_id: None,
        position: recorded.position,
    }
}

/// A step of approval is bound to the version it names.
fn mark(
    rows: &mut Rows<UnbilledRow>,
    recorded: &Recorded,
    versions: &[EntryVersion],
    approved: bool,
) {
    for EntryVersion { entry, version } in versions {
        let meant = |row: &UnbilledRow| {
            let same = row.version == *version && row.sheet_id == recorded.stream;
            same && row.approved != approved
        };
        let key = whole(*entry);
        if rows.get(&key).is_some_and(meant) {
            rows.change(&key, |row| {
                row.approved = approved;
                row.position = recorded.position;
            });
        }
    }
}

/// Which time that may be billed; what is left out matches all.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Wanted {
    /// For this client.
    pub client: Option<ClientId>,
    /// On this project.
    pub project: Option<ProjectId>,
    /// Of this task.
    pub task: Option<TaskId>,
    /// By this member.
    pub member: Option<MemberId>,
    /// The first day.
    pub from: Option<Date>,
    /// The last day.
    pub to: Option<Date>,
    /// Work of this day or later, whichever day it's booked on.
    pub worked_from: Option<Date>,
    /// Approved time alone.
    pub approved: bool,
}

impl UnbilledRow {
    /// Where it stands in lists: by the day it's booked on, the entry, and what set it free.
    pub fn place(&self) -> Place {
        (self.day, self.entry_id, self.freed_by)
    }
}

impl Wanted {
    /// Whether this row of a client's work is wanted: billable, and not on any invoice.
    pub fn covers(&self, row: &UnbilledRow, client: ClientId) -> bool {
        row.billable
            && row.invoice_id.is_none()
            && (row.approved || !self.approved)
            && self.client.is_none_or(|wanted| wanted == client)
            && self.project.is_none_or(|wanted| wanted == row.project_id)
            && self.task.is_none_or(|wanted| wanted == row.task_id)
            && self.member.is_none_or(|wanted| wanted == row.member_id)
            && self.from.is_none_or(|from| row.day >= from)
            && self.to.is_none_or(|to| row.day <= to)
            && self.worked_from.is_none_or(|from| row.work_day >= from)
    }
}

/// What all questions here have in common; the first seven parameters are those of [`Wanted`].
macro_rules! wanted {
    ($rest:literal) => {
        concat!(
            "join {t}.rm_project p on p.project_id = r.project_id
            where r.billable and ($1::uuid is null or p.client_id = $1)
                and ($2::uuid is null or r.project_id = $2)
                and ($3::uuid is null or r.task_id = $3)
                and ($4::uuid is null or r.member_id = $4)
                and ($5::date is null or r.day >= $5) and ($6::date is null or r.day <= $6)
                and ($7::date is null or r.work_day >= $7)",
            $rest
        )
    };
}

/// Billable time that no invoice holds; by day and entry, `limit` at most.
pub async fn open(
    tx: &mut TenantTx,
    wanted: &Wanted,
    limit: i64,
) -> Result<Vec<UnbilledRow>, ReadError> {
    // In the words of the partial index, so that approved time is found by it.
    let approved = wanted!(
        " and r.approved and r.invoice_id is null order by r.day, r.entry_id, r.freed_by limit $8"
    );
    let any = wanted!(" and r.invoice_id is null order by r.day, r.entry_id, r.freed_by limit $8");
    let sql = if wanted.approved { approved } else { any };
    let answers = select::<UnbilledRow>(tx, sql)
        .bind(wanted.client.map(|id| id.0))
        .bind(wanted.project.map(|id| id.0))
        .bind(wanted.task.map(|id| id.0))
        .bind(wanted.member.map(|id| id.0))
        .bind(wanted.from.map(Date::to_sqlx))
        .bind(wanted.to.map(Date::to_sqlx))
        .bind(wanted.worked_from.map(Date::to_sqlx))
        .bind(limit)
        .fetch_all()
        .await?;
    read_rows(&answers)
}

/// The streams of the timesheets that these entries are in.
pub async fn sheets(
    tx: &mut TenantTx,
    entries: impl IntoIterator<Item = EntryId>,
) -> Result<Vec<StreamId>, ReadError> {
    let ids: Vec<uuid::Uuid> = entries.into_iter().map(|entry| entry.0).collect();
    let sql = "where r.entry_id = any($1)";
    let rows =
        read_rows::<UnbilledRow>(&select::<UnbilledRow>(tx, sql).bind(ids).fetch_all().await?)?;
    Ok(rows.into_iter().map(|row| row.sheet_id).collect())
}

/// How many seconds of a project's work are on invoices, drafts too.
pub async fn taken(tx: &mut TenantTx, project: ProjectId) -> Result<i64, ReadError> {
    let sql = "select coalesce(sum(r.seconds), 0)::bigint from {t}.rm_unbilled r
        where r.project_id = $1 and r.invoice_id is not null";
    let row = tx.query(sql).bind(project.0).fetch_one().await?;
    Ok(row.try_get(0).map_err(DoorError::from)?)
}

/// How many entries invoices hold of what would be wanted, and their seconds.
pub async fn held(tx: &mut TenantTx, wanted: &Wanted) -> Result<(i64, i64), ReadError> {
    const COUNT: &str =
        "select count(*), coalesce(sum(r.seconds), 0)::bigint from {t}.rm_unbilled r ";
    let template = Template::assembled([COUNT, wanted!(" and r.invoice_id is not null")]);
    let answer = tx
        .query(template)
        .bind(wanted.client.map(|id| id.0))
        .bind(wanted.project.map(|id| id.0))
        .bind(wanted.task.map(|id| id.0))
        .bind(wanted.member.map(|id| id.0))
        .bind(wanted.from.map(Date::to_sqlx))
        .bind(wanted.to.map(Date::to_sqlx))
        .bind(wanted.worked_from.map(Date::to_sqlx))
        .fetch_one()
        .await?;
    let number = |n| answer.try_get::<i64, _>(n).map_err(DoorError::from);
    Ok((number(0)?, number(1)?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::samples::{
        History, MONDAY, approved, drafted, id, recorded, reopened, revised, voided, weeks_of_time,
    };
    use crate::tests::{assert_declares_what_it_touches, rows_of};
    use domain::time::TimeRevised;

    fn billable_entries(history: &History) -> Vec<u128> {
        let open = |row: &UnbilledRow| row.approved && row.billable && row.invoice_id.is_none();
        let rows = rows_of::<Unbilled>(&history.0);
        rows.iter().filter(|row| open(row)).map(|row| row.entry_id.0.as_u128()).collect()
    }

    #[test]
    fn an_approved_entry_can_be_billed_until_a_draft_reserves_it_and_again_once_that_is_void() {
        let mut history = History::default();
        history.time(1, MONDAY, recorded(101, MONDAY, 3600)).time(
            1,
            MONDAY,
            recorded(102, MONDAY, 60),
        );
        assert_eq!(billable_entries(&history), []);
        history.time(1, MONDAY, approved(&[(101, 1), (102, 1)]));
        assert_eq!(billable_entries(&history), [101, 102]);
        history.invoice(500, drafted(500, &[(101, 3600)]));
        assert_eq!(billable_entries(&history), [102]);
        history.invoice(501, voided(501, &[101]));
        assert_eq!(billable_entries(&history), [102], "another invoice can't give it back");
        history.invoice(500, voided(500, &[101]));
        assert_eq!(billable_entries(&history), [101, 102]);
        history.time(1, MONDAY, reopened(&[(101, 1)])).time(1, MONDAY, revised(102, 2, MONDAY, 5));
        assert_eq!(billable_entries(&history), []);
        history.time(1, MONDAY, approved(&[(102, 1)]));
        assert_eq!(billable_entries(&history), [], "an old version was approved");
        let billable = TimeRevised { billable: true, ..revised(102, 3, MONDAY, 5) };
        history.time(1, MONDAY, billable).time(1, MONDAY, approved(&[(102, 3)]));
        assert_eq!(billable_entries(&history), [102]);
        let changed = TimeRevised { billable: true, ..revised(102, 4, MONDAY, 6) };
        history.time(1, MONDAY, changed);
        assert_eq!(billable_entries(&history), [], "another content voids the approval");
    }

    #[test]
    fn it_declares_every_row_that_it_touches() {
        let mut history = weeks_of_time();
        history.invoice(500, drafted(500, &[(101, 3600), (102, 60)]));
        history.invoice(500, voided(500, &[101, 102]));
        assert_declares_what_it_touches::<Unbilled>(&history.0);
        assert_eq!(rows_of::<Unbilled>(&history.0)[0].member_id, MemberId(id(1)));
    }
}
