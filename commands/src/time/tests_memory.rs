//! What processes keep of a week in memory: caught up with what others have written meanwhile, it's
//! the fold of the whole stream, whatever was asked in whichever order.

use std::collections::BTreeMap;

use domain::id::EntryId;
use domain::log::{Actor, Event, Recorded};
use domain::time::{Timesheet, timesheet_stream};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

use super::samples::{Office, duration, week};
use super::*;
use crate::testing::Firm;

/// What a random step asks of one of two processes; entries are few, so that steps meet each other.
#[derive(Debug, Clone)]
enum Step {
    Record { entry: usize, minutes: i64 },
    Revise { entry: usize, minutes: i64 },
    Remove { entry: usize },
    Submit,
    Approve,
}

fn steps() -> impl Strategy<Value = Vec<(usize, Step)>> {
    let (entry, minutes) = (0_usize..5, 1_i64..600);
    let step = prop_oneof![
        3 => (entry.clone(), minutes.clone())
            .prop_map(|(entry, minutes)| Step::Record { entry, minutes }),
        3 => (entry.clone(), minutes)
            .prop_map(|(entry, minutes)| Step::Revise { entry, minutes }),
        1 => entry.prop_map(|entry| Step::Remove { entry }),
        1 => Just(Step::Submit),
        1 => Just(Step::Approve),
    ];
    prop::collection::vec((0_usize..2, step), 10..25)
}

/// An office with a second process beside it.
struct Pair {
    office: Office,
    other: Firm,
    entries: Vec<EntryId>,
}

impl Pair {
    async fn new() -> Self {
        let office = Office::new().await;
        let other = office.firm.in_another_process();
        let entries = (0..5).map(|_| EntryId(migrations::testing::random_id())).collect();
        Pair { office, other, entries }
    }

    fn processes(&self) -> [&Firm; 2] {
        [&self.office.firm, &self.other]
    }

    /// Asks a process for a step; a refusal is as good an answer as any.
    async fn ask(&self, process: usize, step: &Step) {
        let (office, firm) = (&self.office, self.processes()[process]);
        let (member, manager) = (Actor::Member(office.member), Actor::Member(office.manager));
        let week = week("2026-W02");
        let worked = |minutes: i64| duration("2026-01-07", 60 * minutes);
        let outcome = match *step {
            Step::Record { entry, minutes } => {
                let entry = self.entries[entry];
                let command = RecordTime { entry, ..office.record(worked(minutes)) };
                firm.send(member, command).await
            }
            Step::Revise { entry, minutes } => {
                let command = ReviseTime {
                    entry: self.entries[entry],
                    project: None,
                    task: None,
                    worked: Some(worked(minutes)),
                    billable: None,
                    note: Some(Some(format!("{minutes} minutes"))),
                    tags: None,
                    expected_version: None,
                };
                firm.send(member, command).await
            }
            Step::Remove { entry } => {
                let (entry, reason) = (self.entries[entry], None);
                firm.send(member, RemoveTime { entry, reason, expected_version: None }).await
            }
            Step::Submit => {
                firm.send(
                    member,
                    SubmitTimesheet { member: office.member, week, part: WeekPart::default() },
                )
                .await
            }
            Step::Approve => {
                let command = ApproveTimesheet {
                    member: office.member,
                    week,
                    content: None,
                    part: WeekPart::default(),
                };
                firm.send(manager, command).await
            }
        };
        match outcome {
            Ok(_) | Err(CommandError::Refused(_) | CommandError::NotFound) => {}
            Err(error) => panic!("{step:?}: {error:?}"),
        }
    }

    /// Each version of the week with its state as one fold makes it, notes still sealed.
    async fn folded(&self) -> (BTreeMap<i32, Timesheet>, Vec<TimeEvent>) {
        let stream = timesheet_stream(self.office.member, week("2026-W02"));
        let (mut sheet, mut events) = (Timesheet::default(), Vec::new());
        let mut versions = BTreeMap::from([(0, sheet.clone())]);
        for Recorded { stream: of, version, event, .. } in self.office.firm.recorded().await {
            let (true, Event::Time(event)) = (of == stream, event) else { continue };
            sheet.evolve(&event);
            versions.insert(version, sheet.clone());
            events.push(event);
        }
        (versions, events)
    }

    /// What each process remembers is the state of some version, and with the events after it that
    /// of the last one.
    async fn check(&self) {
        let stream = timesheet_stream(self.office.member, week("2026-W02"));
        let (versions, events) = self.folded().await;
        let (last, whole) = versions.last_key_value().expect("version 0 is there");
        for firm in self.processes() {
            let kept = firm.commands.cache().get::<Timesheet>(firm.id(), stream);
            let (version, state) = kept.unwrap_or_default();
            assert!(version <= *last, "it remembers what was never written");
            let mut sheet = Timesheet::clone(&state);
            events[version as usize..].iter().for_each(|event| sheet.evolve(event));
            assert_eq!(same(&sheet), same(whole), "version {version} of {last}");
            assert_eq!(same(&state), same(&versions[&version]), "version {version} itself");
        }
    }
}

/// All of a state that does not depend on whether its notes are open.
fn same(sheet: &Timesheet) -> Vec<String> {
    let entry = |(id, entry): (&EntryId, &Entry)| {
        let Entry { version, worked, billable, state, .. } = entry;
        format!("{id} {version} {worked:?} {billable} {state:?}")
    };
    sheet.entries.iter().map(entry).collect()
}

#[test]
fn what_two_processes_remember_of_a_week_is_with_its_tail_the_fold_of_the_whole() {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let mut runner = TestRunner::new(Config { cases: 4, ..Config::default() });
    let outcome = runner.run(&steps(), |steps| {
        runtime.block_on(async {
            let pair = Pair::new().await;
            for (process, step) in &steps {
                pair.ask(*process, step).await;
                pair.check().await;
            }
            pair.office.check_claims().await;
        });
        Ok(())
    });
    outcome.unwrap_or_else(|error| panic!("{error}"));
}
