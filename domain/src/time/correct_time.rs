//! Correcting an entry that can't be changed any more, because its day is closed or an invoice
//! holds it: its exact negative is booked on an open day, and what should have been recorded
//! beside it, in one commit. What could be changed as it is, is not corrected.

use jiff::civil::Date;

use super::periods::Closing;
use super::record_time::{WorkFacts, check_day, check_room, check_words};
use super::{Entry, Refusal, TimeRecorded, TimeReversed, Timesheet, Worked};
use crate::id::{EntryId, InvoiceId, MemberId, ProjectId, TaskId};
use crate::personal::Personal;

/// Takes an entry back on an open day.
#[derive(Debug, Clone, PartialEq)]
pub struct CorrectTime {
    /// The entry.
    pub entry: EntryId,
    /// The new id of its negative.
    pub reversal: EntryId,
    /// The day to book it on.
    pub day: Date,
    /// Why; not blank.
    pub reason: Personal<String>,
    /// What stands in for it.
    pub replacement: Option<Replacement>,
}

/// What should have been recorded; each field left out is as it was.
#[derive(Debug, Clone, PartialEq)]
pub struct Replacement {
    /// Its new id.
    pub entry: EntryId,
    /// On what.
    pub project: Option<ProjectId>,
    /// Doing what.
    pub task: Option<TaskId>,
    /// How long.
    pub seconds: Option<i64>,
    /// Whether it may be billed.
    pub billable: Option<bool>,
    /// What was done, or nothing.
    pub note: Option<Option<Personal<String>>>,
    /// All labels.
    pub tags: Option<Vec<String>>,
}

impl Replacement {
    /// The project and the task that it is on: what facts are needed of.
    pub fn target(&self, entry: &Entry) -> (ProjectId, TaskId) {
        (self.project.unwrap_or(entry.project), self.task.unwrap_or(entry.task))
    }
}

/// What correcting is decided on.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct CorrectFacts {
    /// What closes the day of the entry.
    pub closed: Option<Closing>,
    /// The invoice that holds its seconds.
    pub billing: Option<InvoiceId>,
    /// How many of its seconds credit notes wrote off.
    pub written_off_seconds: i64,
    /// What took it back before.
    pub reversed_by: Option<EntryId>,
    /// What closes the day of the booking, for the entry or for what stands in for it.
    pub booking_closed: Option<Closing>,
    /// The project and the task of what stands in for it, where there is such.
    pub work: Option<WorkFacts>,
}

/// What correcting leads to in the sheet of the booking's day, `to`, which may be the entry's own.
pub fn decide(
    from: &Timesheet,
    to: &Timesheet,
    facts: &CorrectFacts,
    command: CorrectTime,
) -> Result<(TimeReversed, Option<TimeRecorded>), Refusal> {
    let CorrectTime { entry: id, reversal, day, reason, replacement } = command;
    let entry = from.entry(id)?;
    let member = from.member.expect("a sheet with entries has a member");
    if entry.reverses.is_some() {
        return Err(Refusal::IsReversal { entry: id });
    }
    if let Some(by) = facts.reversed_by {
        return Err(Refusal::EntryReversed { entry: id, by });
    }
    if facts.closed.is_none() && facts.billing.is_none() {
        return Err(Refusal::ChangeDirectly { entry: id });
    }
    if reason.get().is_some_and(|reason| reason.trim().is_empty()) {
        return Err(Refusal::ReasonRequired);
    }
    if let Some(closing) = facts.booking_closed {
        return Err(Refusal::period_closed(day, closing));
    }
    check_room(to)?;
    check_words(Some(&reason), &[])?;
    let booked = Worked { day, seconds: entry.worked.seconds, span: None };
    check_day(to, &booked)?;
    let work_day = entry.day_of_work();
    let written_off = facts.written_off_seconds.clamp(0, entry.worked.seconds.into());
    let written_off = u32::try_from(written_off).expect("no more than the entry has");
    // Nobody but the caller knows whether what stands in is what was written off, or new.
    let unsaid = |it: &Replacement| it.billable.is_none() && entry.billable;
    if written_off > 0 && replacement.as_ref().is_some_and(unsaid) {
        return Err(Refusal::WrittenOff { entry: id, seconds: written_off });
    }
    let recorded = replacement
        .map(|command| stand_in(facts, (id, entry), member, day, command))
        .transpose()?;
    let reversed = TimeReversed {
        entry: reversal,
        reverses: id,
        reversed_version: entry.version,
        member,
        project: entry.project,
        task: entry.task,
        day,
        work_day,
        seconds: entry.worked.seconds,
        billable: entry.billable,
        reason,
        written_off_seconds: (written_off > 0).then_some(written_off),
    };
    Ok((reversed, recorded))
}

/// Work that stays on its project and task needs no leave of them, as with a revision.
fn stand_in(
    facts: &CorrectFacts,
    (id, entry): (EntryId, &Entry),
    member: MemberId,
    day: Date,
    command: Replacement,
) -> Result<TimeRecorded, Refusal> {
    let (project, task) = command.target(entry);
    if (project, task) != (entry.project, entry.task) {
        facts.work.ok_or(Refusal::TaskUnknown)?.check()?;
    }
    let seconds = command.seconds.unwrap_or_else(|| i64::from(entry.worked.seconds));
    let note = command.note.unwrap_or_else(|| entry.note.clone());
    let tags = command.tags.unwrap_or_else(|| entry.tags.clone());
    check_words(note.as_ref(), &tags)?;
    Ok(TimeRecorded {
        entry: command.entry,
        version: 1,
        member,
        project,
        task,
        worked: Worked::duration(day, seconds)?,
        billable: command.billable.unwrap_or(entry.billable),
        note,
        tags,
        import: None,
        source: None,
        replaces: Some(id),
        work_day: Some(entry.day_of_work()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::periods::PeriodScope;
    use crate::time::samples::{
        duration, entry_id, invoice, member, member_note, record_facts, sheet_of, span, task,
    };
    use crate::time::{EntryState, revise_time};

    fn day(text: &str) -> Date {
        text.parse().expect("a day")
    }

    fn january() -> Closing {
        Closing { scope: PeriodScope::Tenant, through: day("2026-01-31") }
    }

    fn closed() -> CorrectFacts {
        CorrectFacts { closed: Some(january()), ..CorrectFacts::default() }
    }

    fn worked() -> Timesheet {
        sheet_of(&[(1, span("2026-01-07T09:00:00Z", "2026-01-07T10:00:00Z"))])
    }

    fn correct(replacement: Option<Replacement>) -> CorrectTime {
        CorrectTime {
            entry: entry_id(1),
            reversal: entry_id(2),
            day: day("2026-02-03"),
            reason: member_note("was half as long"),
            replacement,
        }
    }

    fn half() -> Replacement {
        Replacement {
            entry: entry_id(3),
            project: None,
            task: None,
            seconds: Some(1800),
            billable: None,
            note: None,
            tags: None,
        }
    }

    fn refused(facts: &CorrectFacts, command: CorrectTime) -> Refusal {
        decide(&worked(), &Timesheet::default(), facts, command).expect_err("refused")
    }

    #[test]
    fn a_correction_books_the_exact_negative_and_what_stands_in_on_an_open_day() {
        let mut february = Timesheet::default();
        let (reversed, recorded) =
            decide(&worked(), &february, &closed(), correct(Some(half()))).expect("corrected");
        let recorded = recorded.expect("something stands in");
        assert_eq!((reversed.signed_seconds(), reversed.reversed_version), (-3600, 1));
        assert_eq!((reversed.day, reversed.work_day), (day("2026-02-03"), day("2026-01-07")));
        assert_eq!((recorded.member, recorded.replaces), (member(1), Some(entry_id(1))));
        assert_eq!(recorded.work_day, Some(day("2026-01-07")));
        assert_eq!(recorded.worked, duration("2026-02-03", 1800));
        february.evolve(&reversed.into());
        february.evolve(&recorded.into());
        let sum: i64 = february.entries.values().map(Entry::signed_seconds).sum();
        assert_eq!((february.week, sum), ("2026-W06".parse().ok(), -1800));
        assert!(february.entries.values().all(|it| it.day_of_work() == day("2026-01-07")));
    }

    #[test]
    fn what_can_be_changed_as_it_is_is_not_corrected_and_what_an_invoice_holds_is() {
        let open = refused(&CorrectFacts::default(), correct(None));
        assert_eq!(open.code(), "time.change_directly");
        let billed = CorrectFacts { billing: Some(invoice(7)), ..CorrectFacts::default() };
        let sheet = worked();
        let same_week = CorrectTime { day: day("2026-01-08"), ..correct(None) };
        let (reversed, none) = decide(&sheet, &sheet, &billed, same_week).expect("corrected");
        assert_eq!((reversed.seconds, none), (3600, None));
    }

    #[test]
    fn what_was_written_off_is_not_taken_back_and_what_stands_in_says_whether_it_is_billed() {
        let facts = CorrectFacts {
            billing: Some(invoice(7)),
            written_off_seconds: 1200,
            ..CorrectFacts::default()
        };
        let (empty, sheet) = (Timesheet::default(), worked());
        let (reversed, _) = decide(&sheet, &empty, &facts, correct(None)).expect("corrected");
        assert_eq!((reversed.signed_seconds(), reversed.billable_seconds()), (-3600, -2400));
        let unsaid = refused(&facts, correct(Some(half())));
        assert_eq!(unsaid, Refusal::WrittenOff { entry: entry_id(1), seconds: 1200 });
        assert_eq!(unsaid.field(), Some("/replacement/billable"));
        let said = Replacement { billable: Some(false), ..half() };
        let (_, recorded) = decide(&sheet, &empty, &facts, correct(Some(said))).expect("corrected");
        assert_eq!(recorded.map(|it| it.billable), Some(false));
        // More than the entry has can't have been written off of it.
        let facts = CorrectFacts { written_off_seconds: 9999, ..facts };
        let (reversed, _) = decide(&sheet, &empty, &facts, correct(None)).expect("corrected");
        assert_eq!(reversed.billable_seconds(), 0);
    }

    #[test]
    fn an_entry_is_reversed_once_for_a_reason_and_on_an_open_day() {
        let again = CorrectFacts { reversed_by: Some(entry_id(9)), ..closed() };
        assert_eq!(refused(&again, correct(None)).code(), "time.entry_reversed");
        let blank = CorrectTime { reason: member_note(" "), ..correct(None) };
        let blank = refused(&closed(), blank);
        assert_eq!((blank.code(), blank.field()), ("time.reason_required", Some("/reason")));
        let booking = CorrectFacts { booking_closed: Some(january()), ..closed() };
        assert_eq!(refused(&booking, correct(None)).code(), "time.period_closed");
        let unknown = CorrectTime { entry: entry_id(8), ..correct(None) };
        assert!(refused(&closed(), unknown).is_missing());
    }

    #[test]
    fn a_reversal_is_neither_reversed_nor_revised() {
        let mut february = Timesheet::default();
        let (reversed, _) =
            decide(&worked(), &february, &closed(), correct(None)).expect("corrected");
        february.evolve(&reversed.into());
        let again = CorrectTime { entry: entry_id(2), reversal: entry_id(4), ..correct(None) };
        let refused = decide(&february, &february, &closed(), again).expect_err("refused");
        assert_eq!(refused, Refusal::IsReversal { entry: entry_id(2) });
        let facts = revise_time::ReviseFacts {
            work: record_facts().work,
            billing: None,
            overlap: crate::time::OverlapRule::Refuse,
            closed: None,
            target_closed: None,
            reversed_by: None,
        };
        let revise = revise_time::ReviseTime {
            billable: Some(false),
            ..revise_time::ReviseTime::of(entry_id(2))
        };
        let refused = revise_time::decide(&february, &facts, &[], revise).expect_err("refused");
        assert_eq!(refused, Refusal::IsReversal { entry: entry_id(2) });
        let reversal = &february.entries[&entry_id(2)];
        assert_eq!((reversal.state, reversal.version), (EntryState::Open, 1));
    }

    #[test]
    fn what_stands_in_goes_by_the_rules_of_new_work_only_where_the_work_is_another() {
        let archived = WorkFacts { project_archived: true, ..record_facts().work };
        let facts = CorrectFacts { work: Some(archived), ..closed() };
        let empty = Timesheet::default();
        assert!(decide(&worked(), &empty, &facts, correct(Some(half()))).is_ok());
        let other = Replacement { task: Some(task(2)), ..half() };
        assert_eq!(refused(&facts, correct(Some(other))), Refusal::ProjectArchived);
        let nothing = Replacement { seconds: Some(0), ..half() };
        assert_eq!(refused(&facts, correct(Some(nothing))).code(), "time.not_positive");
        let tags = Replacement { tags: Some(vec![String::new()]), ..half() };
        assert_eq!(refused(&facts, correct(Some(tags))).code(), "time.tags_out_of_bounds");
    }
}
