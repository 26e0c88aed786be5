//! Approving a week or part of it: what was submitted, in the versions it has, and nothing else.
//! Each entry goes as many steps on as the caller may decide; what is left waits for others.
//! Nobody approves their own time, unless a firm of one has set it so.

use std::collections::BTreeMap;

use super::chain::{Chain, PassedStep};
use super::content::content_hash;
use super::deciding::Deciding;
use super::part::Part;
use super::{
    Entry, EntryState, EntryVersion, Refusal, TimeEvent, Timesheet, TimesheetApproved,
    TimesheetStepApproved,
};
use crate::id::{EntryId, MemberId};

/// Approves what waits for the caller.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ApproveTimesheet {
    /// What of the week.
    pub part: Part,
    /// The hash of what the approver saw of it (`Timesheet::submitted_content`), where they say it.
    pub content: Option<String>,
}

/// What entries have in common that go one step on together.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Step<'a> {
    /// How many are behind them.
    behind: usize,
    chain: &'a Chain,
    in_right_of: Option<MemberId>,
}

/// What approving leads to: an event per step, in the order of the steps.
pub fn decide(
    sheet: &Timesheet,
    deciding: &Deciding,
    command: ApproveTimesheet,
) -> Result<Vec<TimeEvent>, Refusal> {
    let waiting = command.part.of(sheet, &[EntryState::Submitted])?;
    if waiting.is_empty() {
        return Err(Refusal::NothingSubmitted);
    }
    let mut steps: BTreeMap<Step<'_>, Vec<(EntryId, &Entry)>> = BTreeMap::new();
    for (id, entry) in &waiting {
        let chain = &entry.approval.chain;
        for (behind, office) in chain.offices().iter().enumerate().skip(entry.approval.passed.len())
        {
            let Some(right) = deciding.right(*office, entry.project) else { break };
            let step = Step { behind, chain, in_right_of: deciding.stands_in_for(right) };
            steps.entry(step).or_default().push((*id, *entry));
        }
    }
    if steps.is_empty() {
        return Err(deciding.why_not(&waiting));
    }
    if command.content.is_some_and(|seen| seen != content_hash(waiting.iter().copied())) {
        return Err(Refusal::ContentChanged);
    }
    Ok(steps.into_iter().map(|(step, entries)| event(sheet, deciding, &step, &entries)).collect())
}

fn event(
    sheet: &Timesheet,
    deciding: &Deciding,
    step: &Step<'_>,
    entries: &[(EntryId, &Entry)],
) -> TimeEvent {
    let (member, week) = sheet.whose();
    let (by, in_right_of, chain) = (deciding.by, step.in_right_of, step.chain.clone());
    let content = content_hash(entries.iter().copied());
    let entries = versions(entries);
    if step.behind + 1 == chain.offices().len() {
        return TimesheetApproved { member, week, by, entries, content, in_right_of, chain }.into();
    }
    let step = u32::try_from(step.behind + 1).expect("a chain has few steps");
    TimesheetStepApproved { member, week, step, chain, by, in_right_of, entries, content }.into()
}

/// The entries in the versions they have.
pub(super) fn versions(entries: &[(EntryId, &Entry)]) -> Vec<EntryVersion> {
    let version =
        |(entry, found): &(EntryId, &Entry)| EntryVersion { entry: *entry, version: found.version };
    entries.iter().map(version).collect()
}

impl Timesheet {
    /// Takes in a step: of the version it names, and only where it's the next one.
    pub(super) fn pass(&mut self, event: &TimesheetStepApproved) {
        let passed = PassedStep { by: event.by, in_right_of: event.in_right_of };
        for EntryVersion { entry, version } in &event.entries {
            let waits = |entry: &&mut Entry| {
                entry.version == *version && entry.state == EntryState::Submitted
            };
            if let Some(entry) = self.entries.get_mut(entry).filter(waits)
                && entry.approval.passed.len() + 1 == event.step as usize
            {
                entry.approval.passed.push(passed);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::members::Role;
    use crate::time::samples::{
        deciding, duration, entry_id, in_chain, in_state, member, project, right, sheet_of,
    };

    fn submitted() -> Timesheet {
        let sheet = sheet_of(&[(1, duration("2026-01-07", 60)), (2, duration("2026-01-07", 60))]);
        in_state(sheet, &[1], EntryState::Submitted)
    }

    fn all() -> ApproveTimesheet {
        ApproveTimesheet::default()
    }

    fn taken(sheet: &mut Timesheet, events: &[TimeEvent]) {
        events.iter().for_each(|event| sheet.evolve(event));
    }

    #[test]
    fn what_was_submitted_is_approved_and_nothing_else() {
        let mut sheet = submitted();
        let content = Some(sheet.submitted_content(&Part::default()));
        let seen = ApproveTimesheet { content: content.clone(), ..all() };
        let events = decide(&sheet, &deciding(2, &[Role::Manager]), seen).expect("approved");
        let [TimeEvent::TimesheetApproved(approved)] = &events[..] else { panic!("{events:?}") };
        assert_eq!(Some(approved.content.clone()), content);
        taken(&mut sheet, &events);
        assert_eq!(sheet.entries[&entry_id(1)].state, EntryState::Approved);
        assert_eq!(sheet.entries[&entry_id(2)].state, EntryState::Open);
        assert_eq!(sheet.state(), EntryState::Open);
    }

    #[test]
    fn nobody_approves_their_own_time_unless_the_tenant_allows_it() {
        let mut own = deciding(1, &[Role::Owner]);
        assert_eq!(decide(&submitted(), &own, all()), Err(Refusal::OwnApproval));
        own.self_approval = true;
        assert!(decide(&submitted(), &own, all()).is_ok());
    }

    #[test]
    fn an_approval_of_other_content_than_there_is_now_is_refused() {
        let seen = ApproveTimesheet { content: Some("00".repeat(32)), ..all() };
        let manager = deciding(2, &[Role::Manager]);
        assert_eq!(decide(&submitted(), &manager, seen), Err(Refusal::ContentChanged));
    }

    #[test]
    fn a_week_with_nothing_submitted_is_not_approved() {
        let open = sheet_of(&[(1, duration("2026-01-07", 60))]);
        let manager = deciding(2, &[Role::Manager]);
        assert_eq!(decide(&open, &manager, all()), Err(Refusal::NothingSubmitted));
        let none = Timesheet::default();
        assert_eq!(decide(&none, &manager, all()), Err(Refusal::NothingSubmitted));
    }

    #[test]
    fn part_of_a_week_is_approved_and_its_content_is_that_parts() {
        let mut sheet = in_state(submitted(), &[2], EntryState::Submitted);
        sheet.entries.get_mut(&entry_id(2)).unwrap().project = project(2);
        let manager = deciding(2, &[Role::Manager]);
        let (first, whole) = (Part::of_project(project(1)), Part::default());
        let of = |part: &Part, content: &Part| ApproveTimesheet {
            part: part.clone(),
            content: Some(sheet.submitted_content(content)),
        };
        let refused = decide(&sheet, &manager, of(&first, &whole));
        assert_eq!(refused, Err(Refusal::ContentChanged));
        let events = decide(&sheet, &manager, of(&first, &first)).expect("approved");
        taken(&mut sheet, &events);
        assert_eq!(sheet.entries[&entry_id(1)].state, EntryState::Approved);
        assert_eq!(sheet.entries[&entry_id(2)].state, EntryState::Submitted);
        let entries = Some(BTreeSet::from([entry_id(1)]));
        let again = ApproveTimesheet { part: Part { entries, ..whole }, content: None };
        assert_eq!(decide(&sheet, &manager, again), Err(Refusal::NothingSubmitted));
    }

    #[test]
    fn each_step_waits_for_its_office_and_the_last_one_approves() {
        let mut sheet = in_chain(submitted(), &[1], "line_manager,billing");
        let mut line = deciding(3, &[Role::Member]);
        line.concerned.line_manager = Some(member(3));
        let mut billing = deciding(4, &[Role::Billing]);
        billing.concerned = line.concerned.clone();
        let refused = decide(&sheet, &billing, all()).expect_err("not yet");
        assert_eq!((refused.code(), refused.field()), ("time.not_your_step", None));
        let events = decide(&sheet, &line, all()).expect("the first step");
        let [TimeEvent::TimesheetStepApproved(step)] = &events[..] else { panic!("{events:?}") };
        assert_eq!((step.step, step.by, step.in_right_of), (1, member(3), None));
        taken(&mut sheet, &events);
        assert_eq!(sheet.entries[&entry_id(1)].state, EntryState::Submitted);
        assert_eq!(sheet.entries[&entry_id(1)].approval.passed.len(), 1);
        assert!(decide(&sheet, &line, all()).is_err(), "theirs is behind it");
        let events = decide(&sheet, &billing, all()).expect("the last step");
        taken(&mut sheet, &events);
        assert_eq!(sheet.entries[&entry_id(1)].state, EntryState::Approved);
    }

    #[test]
    fn whoever_may_decide_several_steps_in_a_row_does_them_at_once() {
        let mut sheet = in_chain(submitted(), &[1], "manager,billing,admin");
        let events = decide(&sheet, &deciding(2, &[Role::Admin]), all()).expect("approved");
        let types: Vec<_> = events.iter().map(crate::log::EventFamily::event_type).collect();
        let (step, last) = ("TimesheetStepApproved", "TimesheetApproved");
        assert_eq!(types, [step, step, last]);
        taken(&mut sheet, &events);
        assert_eq!(sheet.entries[&entry_id(1)].state, EntryState::Approved);
    }

    #[test]
    fn a_substitute_decides_in_the_right_of_the_absent_but_not_on_their_own_or_the_absents_time() {
        let mut deputy = deciding(5, &[Role::Member]);
        assert!(decide(&submitted(), &deputy, all()).is_err());
        deputy.rights.push(right(2, &[Role::Manager]));
        let events = decide(&submitted(), &deputy, all()).expect("approved");
        let [TimeEvent::TimesheetApproved(approved)] = &events[..] else { panic!("{events:?}") };
        assert_eq!((approved.by, approved.in_right_of), (member(5), Some(member(2))));
        deputy.concerned.member = member(5);
        assert_eq!(decide(&submitted(), &deputy, all()), Err(Refusal::OwnApproval));
        deputy.concerned.member = member(2);
        let refused = decide(&submitted(), &deputy, all()).expect_err("the absent's own");
        assert_eq!(refused.code(), "time.not_your_step");
    }
}
