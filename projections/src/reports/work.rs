//! Entries as a report needs them: narrow, for its days and filters, a month at a time so that five
//! years of a large firm never lie in memory at once. Notes come along only where they're shown.

use domain::id::{EntryId, MemberId, ProjectId, TaskId};
use domain::personal::Envelope;
use domain::time::rounding::Measured;
use domain::time::{EntryState, Span};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff_sqlx::ToSqlx;
use migrations::TenantTx;

use crate::row::{Cell, CellError, ReadError, cells_of};
use crate::time::time_entry::TimeEntryRow;

/// Which time a report is about. A list that is left out does not matter; of a list any one fits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    /// The first day.
    pub from: Date,
    /// The last day.
    pub to: Date,
    /// By these members.
    pub members: Option<Vec<MemberId>>,
    /// On these projects.
    pub projects: Option<Vec<ProjectId>>,
    /// Doing these tasks.
    pub tasks: Option<Vec<TaskId>>,
    /// With any of these labels.
    pub tags: Option<Vec<String>>,
    /// In these states.
    pub states: Option<Vec<EntryState>>,
    /// Billable or not.
    pub billable: Option<bool>,
}

impl Wanted {
    /// All time of these days.
    pub fn days(from: Date, to: Date) -> Self {
        let (members, projects, tasks) = (None, None, None);
        Wanted { from, to, members, projects, tasks, tags: None, states: None, billable: None }
    }

    /// Whether this entry is meant.
    pub fn holds(&self, row: &TimeEntryRow) -> bool {
        fn any<T: PartialEq>(list: Option<&Vec<T>>, value: &T) -> bool {
            list.is_none_or(|list| list.contains(value))
        }
        (self.from..=self.to).contains(&row.day)
            && any(self.members.as_ref(), &row.member_id)
            && any(self.projects.as_ref(), &row.project_id)
            && any(self.tasks.as_ref(), &row.task_id)
            && any(self.states.as_ref(), &row.state)
            && self.tags.as_ref().is_none_or(|tags| row.tags.iter().any(|it| tags.contains(it)))
            && self.billable.is_none_or(|billable| row.billable == billable)
    }

    /// Its days in pieces of at most a month, in order.
    pub fn months(&self) -> Vec<(Date, Date)> {
        let mut pieces = Vec::new();
        let mut from = self.from;
        while from <= self.to {
            let to = from.last_of_month().min(self.to);
            pieces.push((from, to));
            match to.tomorrow() {
                Ok(next) => from = next,
                Err(_) => break,
            }
        }
        pieces
    }
}

/// An entry in a report.
#[derive(Debug, Clone, PartialEq)]
pub struct Work {
    /// Which.
    pub entry: EntryId,
    /// By whom.
    pub member: MemberId,
    /// On what.
    pub project: ProjectId,
    /// Doing what.
    pub task: TaskId,
    /// The day it counts for.
    pub day: Date,
    /// The day of the work: another one where it corrects what is closed. Rates and rounding go by
    /// it.
    pub work_day: Date,
    /// How long; negative where it takes time back.
    pub seconds: i64,
    /// Whether it may be billed.
    pub billable: bool,
    /// How far its approval has come.
    pub state: EntryState,
    /// Its labels.
    pub tags: Vec<String>,
    /// From when to when, where it's known.
    pub span: Option<Box<Span>>,
    /// What was done, sealed, where it's to be shown.
    pub note: Option<Envelope>,
}

/// From when to when, where all of it is known.
fn span(
    start: Option<Timestamp>,
    end: Option<Timestamp>,
    zone: Option<String>,
) -> Option<Box<Span>> {
    Some(Box::new(Span { start: start?, end: end?, zone: zone? }))
}

impl Work {
    /// With all that is in a row of its read model; `reversed` is the entry that it takes back.
    pub fn of(row: &TimeEntryRow, reversed: Option<&TimeEntryRow>) -> Self {
        let timed = reversed.unwrap_or(row);
        Work {
            entry: row.entry_id,
            member: row.member_id,
            project: row.project_id,
            task: row.task_id,
            day: row.day,
            work_day: row.work_day,
            seconds: row.seconds,
            billable: row.billable,
            state: row.state,
            tags: row.tags.clone(),
            span: span(timed.start_at, timed.end_at, timed.zone.clone()),
            note: row.note.clone(),
        }
    }

    /// Its time as rounding sees it.
    pub fn measured(&self) -> Measured<'_> {
        Measured { seconds: self.seconds, span: self.span.as_deref() }
    }
}

/// A member's day on one project and task: what is rounded as a day's sum, and priced at one rate.
fn unit_of(work: &Work) -> (MemberId, Date, ProjectId, TaskId, Date) {
    (work.member, work.day, work.project, work.task, work.work_day)
}

/// Orders entries so that those of a member's day on one project and task lie together.
pub fn by_units(entries: &mut [Work]) -> impl Iterator<Item = &[Work]> {
    entries.sort_unstable_by_key(|work| (unit_of(work), work.entry));
    entries.chunk_by(|left, right| unit_of(left) == unit_of(right))
}

/// Notes are long, so they come along only where they're wanted. What takes time back was worked
/// when that time was.
const ENTRIES: &str = "select r.entry_id, r.member_id, r.project_id, r.task_id, r.day, r.work_day,
        r.seconds, r.billable, r.state, r.tags, coalesce(r.start_at, o.start_at),
        coalesce(r.end_at, o.end_at), coalesce(r.zone, o.zone), case when $9 then r.note end
    from {t}.rm_time_entry r
    left join {t}.rm_time_entry o on o.entry_id = r.reverses
    where r.day between $1 and $2
        and ($3::uuid[] is null or r.member_id = any($3))
        and ($4::uuid[] is null or r.project_id = any($4))
        and ($5::uuid[] is null or r.task_id = any($5))
        and ($6::text[] is null or r.tags && $6)
        and ($7::text[] is null or r.state = any($7))
        and ($8::boolean is null or r.billable = $8)";

/// The entries of some days of those wanted, in no order.
pub async fn between(
    tx: &mut TenantTx,
    wanted: &Wanted,
    (from, to): (Date, Date),
    with_notes: bool,
) -> Result<Vec<Work>, ReadError> {
    fn ids<T: Copy + Into<uuid::Uuid>>(list: Option<&Vec<T>>) -> Option<Vec<uuid::Uuid>> {
        list.map(|list| list.iter().map(|id| (*id).into()).collect())
    }
    let states = wanted.states.as_ref();
    let states: Option<Vec<&'static str>> =
        states.map(|states| states.iter().map(|state| state.as_str()).collect());
    let answers = tx
        .query(ENTRIES)
        .bind(from.to_sqlx())
        .bind(to.to_sqlx())
        .bind(ids(wanted.members.as_ref()))
        .bind(ids(wanted.projects.as_ref()))
        .bind(ids(wanted.tasks.as_ref()))
        .bind(wanted.tags.clone())
        .bind(states)
        .bind(wanted.billable)
        .bind(with_notes)
        .fetch_all()
        .await?;
    answers.iter().map(|answer| Ok(read(&cells_of(answer)?)?)).collect()
}

fn read(cells: &[Option<&[u8]>]) -> Result<Work, CellError> {
    let [entry, member, project, task, day, work_day, seconds, rest @ ..] = cells else {
        return Err(CellError::UNNAMED);
    };
    let [billable, state, tags, start, end, zone, note] = rest else {
        return Err(CellError::UNNAMED);
    };
    Ok(Work {
        entry: Cell::read(*entry)?,
        member: Cell::read(*member)?,
        project: Cell::read(*project)?,
        task: Cell::read(*task)?,
        day: Cell::read(*day)?,
        work_day: Cell::read(*work_day)?,
        seconds: Cell::read(*seconds)?,
        billable: Cell::read(*billable)?,
        state: Cell::read(*state)?,
        tags: Cell::read(*tags)?,
        span: span(Cell::read(*start)?, Cell::read(*end)?, Cell::read(*zone)?),
        note: Cell::read(*note)?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn days_are_read_in_pieces_that_neither_overlap_nor_leave_a_day_out() {
        let wanted = Wanted::days(date(2025, 12, 30), date(2026, 3, 1));
        let pieces = wanted.months();
        assert_eq!(pieces.len(), 4);
        assert_eq!(pieces[0], (date(2025, 12, 30), date(2025, 12, 31)));
        assert_eq!(pieces[3], (date(2026, 3, 1), date(2026, 3, 1)));
        assert!(pieces.windows(2).all(|pair| pair[0].1.tomorrow().ok() == Some(pair[1].0)));
        let end = Wanted::days(Date::MAX, Date::MAX).months();
        assert_eq!(end, [(Date::MAX, Date::MAX)]);
    }
}
