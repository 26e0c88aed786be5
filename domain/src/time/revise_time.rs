//! Revising an entry: what is not named stays as it was. Another content voids this entry's
//! submission or approval and no other's; seconds on an invoice can't change. A new day in another
//! week moves the entry: removed there and recorded here, with the same id, in one commit.

use super::periods::Closing;
use super::record_time::{WorkFacts, check_day, check_overlap, check_room, check_words};
use super::{
    Entry, OverlapRule, Refusal, TimeRecorded, TimeRemoved, TimeRevised, Timesheet, Week, Worked,
};
use crate::id::{EntryId, InvoiceId, MemberId, ProjectId, TaskId};
use crate::personal::Personal;

/// Changes an entry; each field left out stays as it is.
#[derive(Debug, Clone, PartialEq)]
pub struct ReviseTime {
    /// The entry.
    pub entry: EntryId,
    /// Another project; a task of it should come along.
    pub project: Option<ProjectId>,
    /// Another task.
    pub task: Option<TaskId>,
    /// Another time.
    pub worked: Option<Worked>,
    /// Whether it may be billed.
    pub billable: Option<bool>,
    /// Another note, or none from now on.
    pub note: Option<Option<Personal<String>>>,
    /// Other tags: all from now on.
    pub tags: Option<Vec<String>>,
}

/// What revising is decided on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReviseFacts {
    /// The project and the task it's on afterwards.
    pub work: WorkFacts,
    /// The invoice that holds the entry's seconds.
    pub billing: Option<InvoiceId>,
    /// What to do about an overlap.
    pub overlap: OverlapRule,
    /// What closes the day it's on.
    pub closed: Option<Closing>,
    /// What closes the day that it would be on, or the work that it would be.
    pub target_closed: Option<Closing>,
    /// What took it back.
    pub reversed_by: Option<EntryId>,
}

impl ReviseTime {
    /// A revision of the entry that changes nothing yet.
    pub fn of(entry: EntryId) -> Self {
        ReviseTime {
            entry,
            project: None,
            task: None,
            worked: None,
            billable: None,
            note: None,
            tags: None,
        }
    }

    /// The project and the task of the entry once it's revised: what facts are needed of.
    pub fn target(&self, entry: &Entry) -> (ProjectId, TaskId) {
        (self.project.unwrap_or(entry.project), self.task.unwrap_or(entry.task))
    }

    /// The week of the entry once it's revised. Where it's another than the sheet's, ask
    /// `decide_move`.
    pub fn target_week(&self, entry: &Entry) -> Week {
        Week::of(self.worked.as_ref().unwrap_or(&entry.worked).day)
    }

    /// The entry as it would be, open and one version on.
    fn revised(self, entry: &Entry) -> Entry {
        let (project, task) = self.target(entry);
        Entry {
            version: entry.version + 1,
            project,
            task,
            worked: self.worked.unwrap_or_else(|| entry.worked.clone()),
            billable: self.billable.unwrap_or(entry.billable),
            state: super::EntryState::Open,
            approval: super::Approval::default(),
            note: self.note.unwrap_or_else(|| entry.note.clone()),
            tags: self.tags.unwrap_or_else(|| entry.tags.clone()),
            import: entry.import,
            reverses: entry.reverses,
            replaces: entry.replaces,
            written_off_seconds: entry.written_off_seconds,
            work_day: entry.work_day,
        }
    }
}

/// What revising within the week leads to: nothing where nothing would change.
pub fn decide(
    sheet: &Timesheet,
    facts: &ReviseFacts,
    neighbours: &[&Timesheet],
    command: ReviseTime,
) -> Result<Option<TimeRevised>, Refusal> {
    let id = command.entry;
    let (member, entry) = existing(sheet, id)?;
    let new = command.revised(entry);
    if is_same(&new, entry) {
        return Ok(None);
    }
    check_change(facts, id, entry, &new)?;
    check_day(sheet, &new.worked)?;
    if new.worked != entry.worked {
        check_overlap(sheet, neighbours, facts.overlap, &new.worked, id)?;
    }
    Ok(Some(TimeRevised {
        entry: id,
        version: new.version,
        member,
        project: new.project,
        task: new.task,
        worked: new.worked,
        billable: new.billable,
        note: new.note,
        tags: new.tags,
    }))
}

/// What moving to another week leads to, for the old sheet and for the new one. `neighbours` are
/// those of the new week; the old sheet may be among them.
pub fn decide_move(
    from: &Timesheet,
    to: &Timesheet,
    facts: &ReviseFacts,
    neighbours: &[&Timesheet],
    command: ReviseTime,
) -> Result<(TimeRemoved, TimeRecorded), Refusal> {
    let id = command.entry;
    let (member, entry) = existing(from, id)?;
    let new = command.revised(entry);
    check_change(facts, id, entry, &new)?;
    check_room(to)?;
    check_day(to, &new.worked)?;
    check_overlap(to, neighbours, facts.overlap, &new.worked, id)?;
    let moved_to = Some(Week::of(new.worked.day));
    let (reverses, replaces) = (entry.reverses, entry.replaces);
    let removed = TimeRemoved { entry: id, member, moved_to, reverses, replaces, reason: None };
    let recorded = TimeRecorded {
        entry: id,
        version: new.version,
        member,
        project: new.project,
        task: new.task,
        worked: new.worked,
        billable: new.billable,
        note: new.note,
        tags: new.tags,
        import: new.import,
        // The import holds the claim on the row since the first record; it's not taken again.
        source: None,
        replaces: new.replaces,
        work_day: new.work_day,
    };
    Ok((removed, recorded))
}

fn existing(sheet: &Timesheet, entry: EntryId) -> Result<(MemberId, &Entry), Refusal> {
    let found = sheet.entry(entry)?;
    Ok((sheet.member.expect("a sheet with entries has a member"), found))
}

/// Whether nothing but version and approval differs.
fn is_same(new: &Entry, old: &Entry) -> bool {
    let approval = new.approval.clone();
    *new == Entry { version: new.version, state: new.state, approval, ..old.clone() }
}

/// Work that stays on its project and task needs no leave of them; what is billed stays as it is.
fn check_change(facts: &ReviseFacts, id: EntryId, old: &Entry, new: &Entry) -> Result<(), Refusal> {
    if old.reverses.is_some() {
        return Err(Refusal::IsReversal { entry: id });
    }
    if let Some(invoice) = facts.billing {
        return Err(Refusal::EntryBilled { entry: id, invoice });
    }
    if let Some(by) = facts.reversed_by {
        return Err(Refusal::EntryReversed { entry: id, by });
    }
    for (closing, day) in [(facts.closed, old.worked.day), (facts.target_closed, new.worked.day)] {
        if let Some(closing) = closing {
            return Err(Refusal::period_closed(day, closing));
        }
    }
    if (new.project, new.task) != (old.project, old.task) {
        facts.work.check()?;
    }
    check_words(new.note.as_ref(), &new.tags)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::EntryState;
    use crate::time::samples::{
        duration, entry_id, in_state, invoice, member, member_note, record_facts, sheet_of, span,
        task,
    };

    fn facts() -> ReviseFacts {
        ReviseFacts {
            work: record_facts().work,
            billing: None,
            overlap: OverlapRule::Refuse,
            closed: None,
            target_closed: None,
            reversed_by: None,
        }
    }

    fn approved() -> Timesheet {
        let nine = span("2026-01-07T09:00:00Z", "2026-01-07T10:00:00Z");
        let ten = span("2026-01-07T10:00:00Z", "2026-01-07T11:00:00Z");
        in_state(sheet_of(&[(1, nine), (2, ten)]), &[1, 2], EntryState::Approved)
    }

    fn revise() -> ReviseTime {
        ReviseTime::of(entry_id(1))
    }

    fn later(end: &str) -> ReviseTime {
        ReviseTime { worked: Some(span("2026-01-07T09:00:00Z", end)), ..revise() }
    }

    #[test]
    fn a_revision_voids_the_approval_of_its_entry_and_of_no_other() {
        let mut sheet = approved();
        let command = ReviseTime { billable: Some(false), ..later("2026-01-07T09:30:00Z") };
        let revised = decide(&sheet, &facts(), &[], command).expect("revised").expect("a change");
        assert_eq!((revised.version, revised.billable), (2, false));
        assert_eq!(revised.worked.seconds, 1800);
        sheet.evolve(&revised.into());
        assert_eq!(sheet.entries[&entry_id(1)].state, EntryState::Open);
        assert_eq!(sheet.entries[&entry_id(2)].state, EntryState::Approved);
        assert_eq!(sheet.state(), EntryState::Open);
    }

    #[test]
    fn what_changes_nothing_is_no_event_even_when_billed() {
        let billed = ReviseFacts { billing: Some(invoice(7)), ..facts() };
        let same = later("2026-01-07T10:00:00Z");
        assert_eq!(decide(&approved(), &billed, &[], same), Ok(None));
    }

    #[test]
    fn what_is_not_named_stays_and_a_note_can_be_taken_away() {
        let mut sheet = approved();
        let note = ReviseTime {
            note: Some(Some(member_note("Drafted"))),
            tags: Some(vec!["law".into()]),
            ..revise()
        };
        sheet.evolve(&decide(&sheet, &facts(), &[], note).expect("revised").expect("new").into());
        let without = ReviseTime { note: Some(None), ..revise() };
        let event = decide(&sheet, &facts(), &[], without).expect("revised").expect("new");
        assert_eq!((event.version, event.note), (3, None));
        assert_eq!(event.tags, ["law"]);
    }

    #[test]
    fn billed_time_can_not_be_revised_nor_moved() {
        let billed = ReviseFacts { billing: Some(invoice(7)), ..facts() };
        let refusal = Refusal::EntryBilled { entry: entry_id(1), invoice: invoice(7) };
        let shorter = decide(&approved(), &billed, &[], later("2026-01-07T09:30:00Z"));
        assert_eq!(shorter, Err(refusal.clone()));
        let away = ReviseTime { worked: Some(duration("2026-01-14", 60)), ..revise() };
        let moved = decide_move(&approved(), &Timesheet::default(), &billed, &[], away);
        assert_eq!(moved, Err(refusal));
    }

    #[test]
    fn an_archived_project_still_lets_its_old_time_be_corrected_but_takes_none_over() {
        let work = WorkFacts { project_archived: true, ..record_facts().work };
        let archived = ReviseFacts { work, ..facts() };
        assert!(decide(&approved(), &archived, &[], later("2026-01-07T09:30:00Z")).is_ok());
        let other = ReviseTime { task: Some(task(2)), ..revise() };
        assert_eq!(decide(&approved(), &archived, &[], other), Err(Refusal::ProjectArchived));
    }

    #[test]
    fn a_revision_may_not_overlap_another_entry_but_may_overlap_its_old_self() {
        let longer = decide(&approved(), &facts(), &[], later("2026-01-07T10:30:00Z"));
        assert!(matches!(longer, Err(Refusal::Overlap { with, .. }) if with == entry_id(2)));
        assert!(decide(&approved(), &facts(), &[], later("2026-01-07T09:59:59Z")).is_ok());
    }

    #[test]
    fn a_note_can_be_changed_on_time_that_was_imported_with_an_overlap() {
        let nine = span("2026-01-07T09:00:00Z", "2026-01-07T10:00:00Z");
        let sheet = sheet_of(&[(1, nine.clone()), (2, nine)]);
        let note = ReviseTime { note: Some(Some(member_note("x"))), ..revise() };
        assert!(decide(&sheet, &facts(), &[], note).is_ok());
    }

    #[test]
    fn an_unknown_entry_and_words_out_of_bounds_are_refused() {
        let unknown = ReviseTime::of(entry_id(9));
        let refusal = Refusal::EntryUnknown { entry: entry_id(9) };
        assert_eq!(decide(&approved(), &facts(), &[], unknown), Err(refusal));
        let tags = ReviseTime { tags: Some(vec![String::new()]), ..revise() };
        let refused = decide(&approved(), &facts(), &[], tags).expect_err("an empty tag");
        assert_eq!(refused.code(), "time.tags_out_of_bounds");
    }

    #[test]
    fn another_week_is_reached_by_a_move_only() {
        let away = ReviseTime { worked: Some(duration("2026-01-14", 60)), ..revise() };
        let week = "2026-W03".parse().expect("a week");
        assert_eq!(away.target_week(approved().entry(entry_id(1)).expect("there")), week);
        let refused = decide(&approved(), &facts(), &[], away);
        assert_eq!(refused, Err(Refusal::OtherWeek { week }));
    }

    #[test]
    fn a_moved_entry_keeps_its_id_and_its_versions_go_on() {
        let (mut from, mut to) = (approved(), sheet_of(&[(3, duration("2026-01-12", 60))]));
        let monday = span("2026-01-12T00:00:00Z", "2026-01-12T01:00:00Z");
        let command = ReviseTime { worked: Some(monday), ..revise() };
        let (removed, recorded) =
            decide_move(&from, &to, &facts(), &[&from], command).expect("moved");
        assert_eq!(removed.moved_to, to.week);
        assert_eq!((recorded.version, recorded.member), (2, member(1)));
        from.evolve(&removed.into());
        to.evolve(&recorded.into());
        assert!(from.entry(entry_id(1)).is_err());
        assert_eq!(to.entry(entry_id(1)).expect("moved here").state, EntryState::Open);
    }

    #[test]
    fn a_move_is_refused_where_the_new_week_holds_other_work_at_that_time() {
        let monday = span("2026-01-12T00:00:00Z", "2026-01-12T01:00:00Z");
        let to = sheet_of(&[(3, monday.clone())]);
        let command = ReviseTime { worked: Some(monday), ..revise() };
        let moved = decide_move(&approved(), &to, &facts(), &[], command);
        assert!(matches!(moved, Err(Refusal::Overlap { with, .. }) if with == entry_id(3)));
    }
}
