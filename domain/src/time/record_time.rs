//! Recording time: an active member, a project and task that take time, and no other work of the
//! member at the same instants. Importers may record overlaps; they take over what was there.

use super::worked::Worked;
use super::{OverlapRule, Refusal, TimeRecorded, Timesheet, Week, find_overlap};
use crate::id::{EntryId, ImportId, MemberId, ProjectId, TaskId};
use crate::import::ImportSource;
use crate::personal::Personal;

/// How many entries a week may hold; a submission names each of them in one event.
pub const MOST_ENTRIES: usize = 2000;
/// The longest note, in characters.
pub const LONGEST_NOTE: usize = 10_000;
/// How many tags an entry may have.
pub const MOST_TAGS: usize = 50;
/// The longest tag, in characters.
pub const LONGEST_TAG: usize = 100;

/// Adds an entry to the week of its local start day.
#[derive(Debug, Clone, PartialEq)]
pub struct RecordTime {
    /// The new entry.
    pub entry: EntryId,
    /// Who worked.
    pub member: MemberId,
    /// On what.
    pub project: ProjectId,
    /// Doing what.
    pub task: TaskId,
    /// When, or how long.
    pub worked: Worked,
    /// Whether it may be billed; the task's default where it's not said.
    pub billable: Option<bool>,
    /// What was done.
    pub note: Option<Personal<String>>,
    /// Labels.
    pub tags: Vec<String>,
    /// The import it comes with.
    pub import: Option<ImportId>,
    /// The row it comes from.
    pub source: Option<Personal<ImportSource>>,
}

/// What is known of a task.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TaskFacts {
    /// It takes no new time.
    pub archived: bool,
    /// Whether time on it is billable unless its entry says otherwise.
    pub billable_default: bool,
}

/// What is known of the project and the task that time is recorded on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WorkFacts {
    /// The project takes no new time.
    pub project_archived: bool,
    /// The member is linked to the project, or the project is open to all.
    pub member_linked_or_open: bool,
    /// The task, where the project has it.
    pub task: Option<TaskFacts>,
}

/// What recording time is decided on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RecordFacts {
    /// The member is active.
    pub member_active: bool,
    /// The project and the task.
    pub work: WorkFacts,
    /// What to do about an overlap.
    pub overlap: OverlapRule,
}

impl WorkFacts {
    /// The task, where new time may be recorded on it.
    pub(super) fn check(&self) -> Result<TaskFacts, Refusal> {
        if self.project_archived {
            return Err(Refusal::ProjectArchived);
        }
        if !self.member_linked_or_open {
            return Err(Refusal::MemberNotLinked);
        }
        let task = self.task.ok_or(Refusal::TaskUnknown)?;
        if task.archived {
            return Err(Refusal::TaskArchived);
        }
        Ok(task)
    }
}

/// What recording leads to; `neighbours` are the neighbour weeks that may overlap (see
/// `neighbour_weeks`), as far as they hold anything.
pub fn decide(
    sheet: &Timesheet,
    facts: &RecordFacts,
    neighbours: &[&Timesheet],
    command: RecordTime,
) -> Result<TimeRecorded, Refusal> {
    if !facts.member_active {
        return Err(Refusal::MemberInactive);
    }
    let task = facts.work.check()?;
    if sheet.entries.contains_key(&command.entry) {
        return Err(Refusal::EntryExists { entry: command.entry });
    }
    check_room(sheet)?;
    check_day(sheet, &command.worked)?;
    check_words(command.note.as_ref(), &command.tags)?;
    check_overlap(sheet, neighbours, facts.overlap, &command.worked, command.entry)?;
    Ok(TimeRecorded {
        entry: command.entry,
        version: 1,
        member: command.member,
        project: command.project,
        task: command.task,
        worked: command.worked,
        billable: command.billable.unwrap_or(task.billable_default),
        note: command.note,
        tags: command.tags,
        import: command.import,
        source: command.source,
        replaces: None,
        work_day: None,
    })
}

pub(super) fn check_room(sheet: &Timesheet) -> Result<(), Refusal> {
    if sheet.entries.len() >= MOST_ENTRIES {
        return Err(Refusal::WeekFull { most: MOST_ENTRIES });
    }
    Ok(())
}

/// The day must be one that timesheets are kept for, and in the sheet's week if that is known.
pub(super) fn check_day(sheet: &Timesheet, worked: &Worked) -> Result<(), Refusal> {
    if !(1970..2200).contains(&worked.day.year()) {
        return Err(Refusal::DayOutOfRange);
    }
    let week = Week::of(worked.day);
    if sheet.week.is_some_and(|mine| mine != week) {
        return Err(Refusal::OtherWeek { week });
    }
    Ok(())
}

/// Bounds of note and tags. A note that is still sealed was checked when it was new.
pub(super) fn check_words(note: Option<&Personal<String>>, tags: &[String]) -> Result<(), Refusal> {
    let note = note.and_then(Personal::get);
    if note.is_some_and(|note| note.chars().count() > LONGEST_NOTE) {
        return Err(Refusal::NoteTooLong { most: LONGEST_NOTE });
    }
    let sound = |tag: &String| !tag.trim().is_empty() && tag.chars().count() <= LONGEST_TAG;
    if tags.len() > MOST_TAGS || !tags.iter().all(sound) {
        return Err(Refusal::TagsOutOfBounds { most: MOST_TAGS, longest: LONGEST_TAG });
    }
    Ok(())
}

pub(super) fn check_overlap(
    sheet: &Timesheet,
    neighbours: &[&Timesheet],
    rule: OverlapRule,
    worked: &Worked,
    entry: EntryId,
) -> Result<(), Refusal> {
    let sheets = std::iter::once(sheet).chain(neighbours.iter().copied());
    match (rule, find_overlap(sheets, worked, entry)) {
        (OverlapRule::Refuse, Some((with, sheet))) => {
            let span = sheet.entries[&with].worked.span.as_ref();
            let span = span.expect("only entries with spans overlap");
            Err(Refusal::Overlap { with, start: span.start, end: span.end })
        }
        (OverlapRule::Refuse, None) | (OverlapRule::Allow, _) => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::samples::{
        at, duration, entry_id, member_note, record, record_facts, sheet_of, span, task_facts,
    };

    fn nine() -> Worked {
        span("2026-01-07T09:00:00Z", "2026-01-07T10:00:00Z")
    }

    fn refused(facts: &RecordFacts, command: RecordTime) -> Refusal {
        decide(&Timesheet::default(), facts, &[], command).expect_err("must be refused")
    }

    #[test]
    fn time_is_recorded_as_said_and_billable_as_its_task_unless_said() {
        let sheet = Timesheet::default();
        let recorded = decide(&sheet, &record_facts(), &[], record(1, nine())).expect("recorded");
        assert_eq!((recorded.version, recorded.billable), (1, true));
        assert_eq!(recorded.worked, nine());
        let said = RecordTime { billable: Some(false), ..record(1, nine()) };
        assert!(!decide(&sheet, &record_facts(), &[], said).expect("recorded").billable);
    }

    #[test]
    fn an_inactive_member_records_no_time() {
        let facts = RecordFacts { member_active: false, ..record_facts() };
        assert_eq!(refused(&facts, record(1, nine())), Refusal::MemberInactive);
    }

    #[test]
    fn projects_and_tasks_that_take_no_time_refuse_it() {
        let work = record_facts().work;
        let archived = TaskFacts { archived: true, ..task_facts() };
        for (work, refusal) in [
            (WorkFacts { project_archived: true, ..work }, Refusal::ProjectArchived),
            (WorkFacts { member_linked_or_open: false, ..work }, Refusal::MemberNotLinked),
            (WorkFacts { task: None, ..work }, Refusal::TaskUnknown),
            (WorkFacts { task: Some(archived), ..work }, Refusal::TaskArchived),
        ] {
            let facts = RecordFacts { work, ..record_facts() };
            assert_eq!(refused(&facts, record(1, nine())), refusal);
        }
    }

    #[test]
    fn an_entry_is_recorded_once() {
        let sheet = sheet_of(&[(1, nine())]);
        let again = decide(&sheet, &record_facts(), &[], record(1, duration("2026-01-08", 60)));
        assert_eq!(again, Err(Refusal::EntryExists { entry: entry_id(1) }));
    }

    #[test]
    fn overlap_within_the_week_and_with_a_neighbour_week_names_the_other_entry() {
        let refusal = Refusal::Overlap {
            with: entry_id(1),
            start: at("2026-01-11T23:00:00Z"),
            end: at("2026-01-12T02:00:00Z"),
        };
        let sunday = sheet_of(&[(1, span("2026-01-11T23:00:00Z", "2026-01-12T02:00:00Z"))]);
        let late = record(2, span("2026-01-11T23:30:00Z", "2026-01-11T23:40:00Z"));
        assert_eq!(decide(&sunday, &record_facts(), &[], late), Err(refusal.clone()));
        let monday = record(2, span("2026-01-12T01:59:59Z", "2026-01-12T03:00:00Z"));
        let empty = Timesheet::default();
        let across = decide(&empty, &record_facts(), &[&sunday], monday.clone());
        assert_eq!(across, Err(refusal.clone()));
        assert!(refusal.to_string().contains(&entry_id(1).to_string()));
        let facts = RecordFacts { overlap: OverlapRule::Allow, ..record_facts() };
        assert!(decide(&empty, &facts, &[&sunday], monday).is_ok());
        let touching = record(2, span("2026-01-12T02:00:00Z", "2026-01-12T03:00:00Z"));
        assert!(decide(&empty, &record_facts(), &[&sunday], touching).is_ok());
    }

    #[test]
    fn a_day_of_another_week_or_out_of_range_is_refused() {
        let sheet = sheet_of(&[(1, nine())]);
        let other = decide(&sheet, &record_facts(), &[], record(2, duration("2026-01-12", 60)));
        let week = "2026-W03".parse().expect("a week");
        assert_eq!(other, Err(Refusal::OtherWeek { week }));
        let old = record(1, duration("1969-12-31", 60));
        assert_eq!(refused(&record_facts(), old), Refusal::DayOutOfRange);
        let far = record(1, duration("2200-01-01", 60));
        assert_eq!(refused(&record_facts(), far), Refusal::DayOutOfRange);
    }

    #[test]
    fn notes_and_tags_have_bounds() {
        let long =
            RecordTime { note: Some(member_note(&"é".repeat(10_001))), ..record(1, nine()) };
        assert_eq!(refused(&record_facts(), long), Refusal::NoteTooLong { most: LONGEST_NOTE });
        let refusal = Refusal::TagsOutOfBounds { most: MOST_TAGS, longest: LONGEST_TAG };
        for tags in [vec!["a".to_owned(); 51], vec![" ".to_owned()], vec!["a".repeat(101)]] {
            let command = RecordTime { tags, ..record(1, nine()) };
            assert_eq!(refused(&record_facts(), command), refusal);
        }
        let fits = RecordTime {
            note: Some(member_note(&"é".repeat(10_000))),
            tags: vec!["é".repeat(100); 50],
            ..record(1, nine())
        };
        assert!(decide(&Timesheet::default(), &record_facts(), &[], fits).is_ok());
    }

    #[test]
    fn a_full_week_takes_no_more() {
        let full: Vec<_> = (1..=2000).map(|n| (n, duration("2026-01-07", 1))).collect();
        let sheet = sheet_of(&full);
        let one_more = record(2001, duration("2026-01-07", 1));
        assert_eq!(
            decide(&sheet, &record_facts(), &[], one_more),
            Err(Refusal::WeekFull { most: 2000 })
        );
    }
}
