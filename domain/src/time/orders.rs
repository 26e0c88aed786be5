//! Random orders of commands over three neighbouring weeks of one member. Whatever is asked, no two
//! entries overlap, versions only grow, one change touches no other entry's approval, and the state
//! is the fold of its events wherever it's cut.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::samples::{
    deciding, entry_id, invoice, member_note, record, record_facts, span_in, task,
};
use super::*;
use crate::members::Role;
use record_time::WorkFacts;

const ZONES: [&str; 4] = ["UTC", "Pacific/Kiritimati", "Pacific/Midway", "Europe/Berlin"];

/// What a random step asks for; the entry is one of a few, so that steps meet each other.
#[derive(Debug, Clone)]
enum Step {
    Record { entry: u128, worked: Worked },
    Revise { entry: u128, worked: Option<Worked>, task: Option<u128>, billed: bool },
    Remove { entry: u128, billed: bool },
    Submit { week: usize },
    Approve { week: usize, by: u128 },
    Reject { week: usize },
    Reopen { week: usize, billed: Option<u128> },
}

fn worked() -> impl Strategy<Value = Worked> {
    // Quarter hours of 16 days around the edges of a week, so that overlaps are common.
    (0_i64..16 * 96, 1_i64..=96, 0..ZONES.len(), any::<bool>()).prop_map(
        |(from, quarters, zone, with_span)| {
            let start = samples::at("2026-01-04T00:00:00Z").as_second() + from * 900;
            let at = |second| jiff::Timestamp::from_second(second).expect("within 2026");
            let end = at(start + quarters * 900);
            let worked = span_in(&at(start).to_string(), &end.to_string(), ZONES[zone]);
            Worked { span: worked.span.filter(|_| with_span), ..worked }
        },
    )
}

fn step() -> impl Strategy<Value = Step> {
    let (entry, week) = (1_u128..12, 0_usize..4);
    prop_oneof![
        4 => (entry.clone(), worked()).prop_map(|(entry, worked)| Step::Record { entry, worked }),
        3 => (
            entry.clone(),
            proptest::option::of(worked()),
            proptest::option::of(1_u128..3),
            proptest::bool::weighted(0.2),
        )
            .prop_map(|(entry, worked, task, billed)| Step::Revise { entry, worked, task, billed }),
        1 => (entry.clone(), proptest::bool::weighted(0.2))
            .prop_map(|(entry, billed)| Step::Remove { entry, billed }),
        2 => week.clone().prop_map(|week| Step::Submit { week }),
        2 => (week.clone(), 1_u128..3).prop_map(|(week, by)| Step::Approve { week, by }),
        1 => week.clone().prop_map(|week| Step::Reject { week }),
        1 => (week, proptest::option::weighted(0.3, entry))
            .prop_map(|(week, billed)| Step::Reopen { week, billed }),
    ]
}

/// The sheets of one member with what happened in each.
#[derive(Default)]
struct Weeks {
    sheets: BTreeMap<Week, Timesheet>,
    events: BTreeMap<Week, Vec<TimeEvent>>,
}

impl Weeks {
    fn sheet(&self, week: Week) -> Timesheet {
        self.sheets.get(&week).cloned().unwrap_or_default()
    }

    /// The sheets that the decision must see besides the entry's own.
    fn neighbours(&self, worked: &Worked) -> Vec<Timesheet> {
        let weeks = neighbour_weeks(worked, Week::of(worked.day)).into_iter();
        weeks.map(|week| self.sheet(week)).collect()
    }

    fn week_of(&self, entry: u128) -> Option<Week> {
        let mut sheets = self.sheets.iter();
        sheets.find(|(_, sheet)| sheet.entry(entry_id(entry)).is_ok()).map(|(week, _)| *week)
    }

    fn week(&self, index: usize) -> Week {
        let first: Week = "2026-W01".parse().expect("a week");
        (0..index).fold(first, |week, _| week.after())
    }

    fn take(&mut self, week: Week, events: Vec<TimeEvent>) {
        let sheet = self.sheets.entry(week).or_default();
        for event in &events {
            sheet.evolve(event);
        }
        self.events.entry(week).or_default().extend(events);
    }

    /// Asks for the step; what is refused changes nothing.
    fn ask(&mut self, step: Step) {
        let (week, command) = match step {
            Step::Record { entry, worked } => {
                // The claim on the entry's id keeps it from being recorded in two weeks.
                if self.week_of(entry).is_some() {
                    return;
                }
                let neighbours = self.neighbours(&worked);
                let week = Week::of(worked.day);
                let command = Box::new(record(entry, worked));
                (week, TimeCommand::RecordTime(command, record_facts(), neighbours))
            }
            Step::Revise { entry, worked, task: to, billed } => {
                return self.revise(entry, worked, to, billed);
            }
            Step::Remove { entry, billed } => {
                let Some(week) = self.week_of(entry) else { return };
                let facts =
                    RemoveFacts { billing: billed.then(|| invoice(1)), ..Default::default() };
                let command = RemoveTime { entry: entry_id(entry), reason: None };
                (week, TimeCommand::RemoveTime(command, facts))
            }
            Step::Submit { week } => {
                let command = SubmitTimesheet::default();
                (self.week(week), TimeCommand::SubmitTimesheet(command, Chain::default()))
            }
            Step::Approve { week, by } => {
                let deciding = Box::new(deciding(by, &[Role::Manager]));
                let command = ApproveTimesheet::default();
                (self.week(week), TimeCommand::ApproveTimesheet(command, deciding))
            }
            Step::Reject { week } => {
                let part = Part::default();
                let command = RejectTimesheet { part, reason: member_note("Why?") };
                let deciding = Box::new(deciding(2, &[Role::Manager]));
                let facts = RejectFacts::default();
                (self.week(week), TimeCommand::RejectTimesheet(command, facts, deciding))
            }
            Step::Reopen { week, billed } => {
                let command = ReopenTimesheet { part: Part::default(), reason: None };
                let deciding = Box::new(deciding(2, &[Role::Manager]));
                let billed = billed.map(|entry| (entry_id(entry), invoice(1)));
                let facts =
                    ReopenFacts { billed: billed.into_iter().collect(), ..Default::default() };
                (self.week(week), TimeCommand::ReopenTimesheet(command, facts, deciding))
            }
        };
        if let Ok(events) = command.decide(&self.sheet(week)) {
            self.take(week, events);
        }
    }

    fn revise(&mut self, entry: u128, worked: Option<Worked>, to: Option<u128>, billed: bool) {
        let Some(week) = self.week_of(entry) else { return };
        let sheet = self.sheet(week);
        let command = ReviseTime { worked, task: to.map(task), ..ReviseTime::of(entry_id(entry)) };
        let found = sheet.entry(entry_id(entry)).expect("found in this week");
        let target = command.target_week(found);
        let neighbours = self.neighbours(command.worked.as_ref().unwrap_or(&found.worked));
        let seen: Vec<_> = neighbours.iter().collect();
        let facts = ReviseFacts {
            work: WorkFacts { ..record_facts().work },
            billing: billed.then(|| invoice(1)),
            overlap: OverlapRule::Refuse,
            closed: None,
            target_closed: None,
            reversed_by: None,
        };
        if target == week {
            if let Ok(Some(event)) = revise_time::decide(&sheet, &facts, &seen, command) {
                self.take(week, vec![event.into()]);
            }
        } else if let Ok((removed, recorded)) =
            revise_time::decide_move(&sheet, &self.sheet(target), &facts, &seen, command)
        {
            self.take(week, vec![removed.into()]);
            self.take(target, vec![recorded.into()]);
        }
    }

    fn entries(&self) -> BTreeMap<EntryId, &Entry> {
        let entries = self.sheets.values().flat_map(|sheet| &sheet.entries);
        entries.map(|(id, entry)| (*id, entry)).collect()
    }
}

fn state_by_definition(sheet: &Timesheet) -> EntryState {
    let states: Vec<_> = sheet.entries.values().map(|entry| entry.state).collect();
    for state in [EntryState::Open, EntryState::Rejected, EntryState::Submitted] {
        if states.contains(&state) {
            return state;
        }
    }
    if states.is_empty() { EntryState::Open } else { EntryState::Approved }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn no_order_of_commands_breaks_a_week(steps in prop::collection::vec(step(), 1..60)) {
        let mut weeks = Weeks::default();
        for step in steps {
            let before: BTreeMap<_, _> =
                weeks.entries().into_iter().map(|(id, entry)| (id, entry.clone())).collect();
            weeks.ask(step.clone());
            let after = weeks.entries();
            let all: Vec<_> = after.iter().collect();
            for (index, (id, entry)) in all.iter().enumerate() {
                for (other, theirs) in &all[index + 1..] {
                    prop_assert!(
                        !entry.worked.overlaps(&theirs.worked), "{id} and {other} after {step:?}"
                    );
                }
                let Some(old) = before.get(id) else { continue };
                prop_assert!(entry.version >= old.version);
                let approval = old.approval.clone();
                let same_content =
                    Entry { state: old.state, approval, ..(**entry).clone() } == *old;
                prop_assert_eq!(entry.version == old.version, same_content);
                let changes_one = matches!(step, Step::Record { .. } | Step::Revise { .. });
                if changes_one && same_content {
                    prop_assert_eq!(entry.state, old.state);
                } else if changes_one {
                    prop_assert_eq!(entry.state, EntryState::Open);
                }
            }
            for (week, sheet) in &weeks.sheets {
                prop_assert_eq!(sheet.state(), state_by_definition(sheet));
                let at_home = |entry: &Entry| Week::of(entry.worked.day) == *week;
                prop_assert!(sheet.entries.values().all(at_home));
            }
        }
    }

    #[test]
    fn a_fold_of_all_events_is_the_fold_of_the_rest_on_the_fold_of_the_first(
        steps in prop::collection::vec(step(), 1..40), cut in any::<prop::sample::Index>(),
    ) {
        let mut weeks = Weeks::default();
        steps.into_iter().for_each(|step| weeks.ask(step));
        for (week, events) in &weeks.events {
            let fold = |mut sheet: Timesheet, events: &[TimeEvent]| {
                events.iter().for_each(|event| sheet.evolve(event));
                sheet
            };
            let (first, rest) = events.split_at(cut.index(events.len() + 1));
            let in_two = fold(fold(Timesheet::default(), first), rest);
            prop_assert_eq!(&in_two, &weeks.sheets[week]);
            let stored = serde_json::to_string(&in_two).expect("nothing in clear in it");
            let read: Timesheet = serde_json::from_str(&stored).expect("as it was written");
            prop_assert_eq!(&read, &in_two);
        }
    }
}

#[test]
fn the_aggregate_answers_as_the_plain_decisions_do() {
    use cqrs_es::test::TestFramework;

    let worked = samples::duration("2026-01-07", 60);
    let recorded =
        record_time::decide(&Timesheet::default(), &record_facts(), &[], record(1, worked.clone()))
            .expect("recorded");
    let command =
        || TimeCommand::RecordTime(Box::new(record(1, worked.clone())), record_facts(), Vec::new());
    TestFramework::<Timesheet>::with(())
        .given_no_previous_events()
        .when(command())
        .then_expect_events(vec![recorded.clone().into()]);
    TestFramework::<Timesheet>::with(())
        .given(vec![recorded.into()])
        .when(command())
        .then_expect_error(Refusal::EntryExists { entry: entry_id(1) });
}
