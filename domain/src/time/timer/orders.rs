//! Random orders of starts, stops, changes and discards beside entries recorded by hand. Whatever
//! is asked, one timer at most runs, no two recorded entries overlap, and each timer that was
//! started ends as one entry at most.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::change_timer::tests::change;
use super::start_timer::StartFacts;
use super::start_timer::tests::{facts, start};
use super::*;
use crate::time::record_time;
use crate::time::samples::{at, entry_id, record, record_facts, span};
use crate::time::{EntryId, Timesheet, Week, neighbour_weeks};

/// What a random step asks for, at a moment that moves on by minutes.
#[derive(Debug, Clone)]
enum Step {
    Start { back: i64, stop_running: bool },
    Stop { end_back: Option<i64> },
    Change { back: i64 },
    Discard,
    Record { back: i64, minutes: i64 },
}

fn step() -> impl Strategy<Value = (i64, Step)> {
    let step = prop_oneof![
        4 => (0_i64..600, any::<bool>())
            .prop_map(|(back, stop_running)| Step::Start { back, stop_running }),
        4 => proptest::option::of(0_i64..300).prop_map(|end_back| Step::Stop { end_back }),
        2 => (0_i64..1500).prop_map(|back| Step::Change { back }),
        1 => Just(Step::Discard),
        3 => (0_i64..900, 1_i64..240)
            .prop_map(|(back, minutes)| Step::Record { back, minutes }),
    ];
    (0_i64..700, step)
}

/// A member with a timer and weeks.
struct Desk {
    now: i64,
    timer: Timer,
    sheets: BTreeMap<Week, Timesheet>,
    started: Vec<EntryId>,
    recorded: Vec<EntryId>,
}

fn instant(second: i64) -> Timestamp {
    Timestamp::from_second(second).expect("within 2026")
}

impl Desk {
    fn new() -> Self {
        Desk {
            // Saturday, so that steps cross the edge of a week.
            now: at("2026-01-10T12:00:00Z").as_second(),
            timer: Timer::default(),
            sheets: BTreeMap::new(),
            started: Vec::new(),
            recorded: Vec::new(),
        }
    }

    fn around(&self, worked: &Worked) -> Vec<Timesheet> {
        let weeks = neighbour_weeks(worked, Week::of(worked.day)).into_iter();
        weeks.map(|week| self.sheets.get(&week).cloned().unwrap_or_default()).collect()
    }

    /// Records as a stop or a member does; what is refused changes nothing.
    fn record(&mut self, command: record_time::RecordTime) -> Option<crate::time::TimeRecorded> {
        let around = self.around(&command.worked);
        let around: Vec<&Timesheet> = around.iter().collect();
        let sheet = self.sheets.entry(Week::of(command.worked.day)).or_default();
        record_time::decide(sheet, &record_facts(), &around, command).ok()
    }

    fn take(&mut self, event: crate::time::TimeRecorded) {
        self.recorded.push(event.entry);
        let sheet = self.sheets.entry(Week::of(event.worked.day)).or_default();
        sheet.evolve(&event.into());
    }

    fn stop(&mut self, end: Option<Timestamp>) -> bool {
        let Some(running) = &self.timer.running else { return false };
        let command = StopTimer { entry: running.entry, end, now: instant(self.now) };
        let Ok(stopping) = stop_timer::decide(&self.timer, command) else { return false };
        let Some(recorded) = self.record(stopping.record.clone()) else { return false };
        self.timer.evolve(&stopping.stopped.clone().into());
        self.take(stopping.finish(recorded));
        true
    }

    fn ask(&mut self, number: u128, step: Step) {
        let now = instant(self.now);
        match step {
            Step::Start { back, stop_running } => {
                let before = (self.timer.clone(), self.sheets.clone(), self.recorded.clone());
                if stop_running && self.timer.running.is_some() && !self.stop(None) {
                    return;
                }
                let from = instant(self.now - back * 60);
                let command =
                    StartTimer { now, start: from, ..start(number, "2026-01-01T00:00:00Z") };
                let taken = taken_so_far(from, now, &command.zone).expect("a day at most");
                let mut sheets = self.around(&taken);
                sheets.extend(self.sheets.get(&Week::of(taken.day)).cloned());
                let facts = StartFacts { sheets, ..facts() };
                match start_timer::decide(&self.timer, &facts, command) {
                    Ok(event) => {
                        self.started.push(event.entry);
                        self.timer.evolve(&event.into());
                    }
                    // Both land in one commit or neither does.
                    Err(_) => (self.timer, self.sheets, self.recorded) = before,
                }
            }
            Step::Stop { end_back } => {
                self.stop(end_back.map(|back| instant(self.now - back * 60)));
            }
            Step::Change { back } => {
                let Some(running) = &self.timer.running else { return };
                let start = Some((instant(self.now - back * 60), "UTC".to_owned()));
                let command = ChangeTimer { entry: running.entry, start, now, ..change(0) };
                let decided = change_timer::decide(&self.timer, &record_facts().work, command);
                if let Ok(Some(event)) = decided {
                    self.timer.evolve(&event.into());
                }
            }
            Step::Discard => {
                let Some(running) = &self.timer.running else { return };
                let command = DiscardTimer { entry: running.entry, reason: None };
                let event = discard_timer::decide(&self.timer, command).expect("it runs");
                self.timer.evolve(&event.into());
            }
            Step::Record { back, minutes } => {
                let from = self.now - back * 60;
                let to = instant(from + minutes * 60);
                let worked = span(&instant(from).to_string(), &to.to_string());
                if let Some(event) = self.record(record(number, worked)) {
                    self.take(event);
                }
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn no_order_of_steps_runs_two_timers_or_records_one_twice(
        steps in prop::collection::vec(step(), 1..50),
    ) {
        let mut desk = Desk::new();
        for (number, (minutes, step)) in (1_u128..).zip(steps) {
            desk.now += minutes * 60;
            desk.ask(number, step.clone());
            let entries: Vec<_> =
                desk.sheets.values().flat_map(|sheet| &sheet.entries).collect();
            for (n, (id, entry)) in entries.iter().enumerate() {
                for (other, theirs) in &entries[n + 1..] {
                    let apart = !entry.worked.overlaps(&theirs.worked);
                    prop_assert!(apart, "{id} and {other} after {step:?}");
                }
            }
            let mut once = desk.recorded.clone();
            once.sort_unstable();
            once.dedup();
            prop_assert_eq!(once.len(), desk.recorded.len());
            prop_assert_eq!(once.len(), entries.len());
            if let Some(running) = &desk.timer.running {
                prop_assert_eq!(desk.started.last(), Some(&running.entry));
                prop_assert!(!desk.recorded.contains(&running.entry));
                let back = desk.now - running.start.as_second();
                prop_assert!(back >= 0, "a timer that begins ahead after {:?}", step);
            }
        }
    }

    #[test]
    fn a_timer_is_the_fold_of_what_happened_to_it(minutes in 1_i64..1440, changed: bool) {
        let mut timer = Timer::default();
        let begun = at("2026-01-07T09:00:00Z");
        let mut events: Vec<TimerEvent> = Vec::new();
        let command = StartTimer { now: begun, ..start(1, "2026-01-07T09:00:00Z") };
        let mut commands = vec![TimerCommand::Start(Box::new(command), facts())];
        if changed {
            let command = ChangeTimer { billable: Some(false), ..change(1) };
            commands.push(TimerCommand::Change(Box::new(command), record_facts().work));
        }
        let now = instant(begun.as_second() + minutes * 60);
        commands.push(TimerCommand::Stop(StopTimer { entry: entry_id(1), end: None, now }));
        for command in commands {
            for event in timer.decide(command).expect("all may be") {
                timer.evolve(&event);
                events.push(event);
            }
        }
        let mut folded = Timer::default();
        events.iter().for_each(|event| folded.evolve(event));
        prop_assert_eq!(&folded, &timer);
        prop_assert_eq!(folded.running, None);
        prop_assert_eq!(events.len(), if changed { 3 } else { 2 });
    }
}
