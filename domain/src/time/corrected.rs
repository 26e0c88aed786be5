//! Random orders of recording, changing, removing, closing, reopening, correcting, drafting and
//! voiding. Whatever is asked: no time of a closed day changes, each entry is reversed at most
//! once, the signed sum is what the last versions that hold say, and no second is billed twice.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use proptest::prelude::*;

use super::correct_time::{self, CorrectFacts, CorrectTime, Replacement};
use super::periods::close_period::{self, ClosePeriod};
use super::periods::reopen_period::{self, ReopenPeriod};
use super::periods::{PeriodEvent, PeriodScope, Periods, PlaceOfTime};
use super::samples::{duration, entry_id, member, member_note, project, record, record_facts};
use super::*;
use crate::billing::samples::client;
use crate::id::InvoiceId;

const FIRST: Date = jiff::civil::date(2026, 1, 5);
const TODAY: Date = jiff::civil::date(2026, 1, 25);

fn on(day: i64) -> Date {
    FIRST + jiff::Span::new().days(day)
}

#[derive(Debug, Clone)]
enum Step {
    Record { day: i64, seconds: i64 },
    Revise { entry: usize, day: i64, seconds: i64 },
    Remove { entry: usize },
    Correct { entry: usize, day: i64, seconds: Option<i64> },
    Close { scope: usize, day: i64 },
    Reopen { scope: usize, day: i64 },
    Draft,
    Void { invoice: usize },
}

fn step() -> impl Strategy<Value = Step> {
    let (entry, day, seconds) = (0_usize..40, 0_i64..21, 1_i64..=7200);
    prop_oneof![
        4 => (day.clone(), seconds.clone())
            .prop_map(|(day, seconds)| Step::Record { day, seconds }),
        2 => (entry.clone(), day.clone(), seconds.clone())
            .prop_map(|(entry, day, seconds)| Step::Revise { entry, day, seconds }),
        2 => entry.clone().prop_map(|entry| Step::Remove { entry }),
        6 => (entry.clone(), day.clone(), proptest::option::weighted(0.7, seconds))
            .prop_map(|(entry, day, seconds)| Step::Correct { entry, day, seconds }),
        2 => (0_usize..4, day.clone()).prop_map(|(scope, day)| Step::Close { scope, day }),
        1 => (0_usize..4, day).prop_map(|(scope, day)| Step::Reopen { scope, day }),
        1 => Just(Step::Draft),
        1 => (0_usize..6).prop_map(|invoice| Step::Void { invoice }),
    ]
}

/// One member's weeks, with the claims as a map: what the append holds unique.
#[derive(Default)]
struct Firm {
    sheets: BTreeMap<Week, Timesheet>,
    periods: Periods,
    reversed_by: BTreeMap<EntryId, EntryId>,
    replaced_by: BTreeMap<EntryId, EntryId>,
    billed: BTreeMap<EntryId, InvoiceId>,
    /// What was billed with each draft that stands.
    drafts: BTreeMap<InvoiceId, i64>,
    ids: u128,
}

type Placed = BTreeMap<EntryId, (Date, i64)>;

impl Firm {
    fn new_id(&mut self) -> EntryId {
        self.ids += 1;
        entry_id(self.ids)
    }

    fn sheet(&self, day: Date) -> Timesheet {
        self.sheets.get(&Week::of(day)).cloned().unwrap_or_default()
    }

    fn entries(&self) -> Placed {
        let entries = self.sheets.values().flat_map(|sheet| &sheet.entries);
        entries.map(|(id, entry)| (*id, (entry.worked.day, entry.signed_seconds()))).collect()
    }

    fn place(day: Date) -> PlaceOfTime {
        PlaceOfTime { member: member(1), client: Some(client(1)), project: project(1), day }
    }

    fn closed(&self, day: Date) -> Option<periods::Closing> {
        self.periods.closed(&Firm::place(day))
    }

    fn pick(&self, n: usize) -> Option<(EntryId, Date)> {
        let entries = self.entries();
        let (id, (day, _)) = entries.iter().nth(n % entries.len().max(1))?;
        Some((*id, *day))
    }

    fn take(&mut self, day: Date, event: impl Into<TimeEvent>) {
        let event = event.into();
        self.sheets.entry(Week::of(day)).or_default().evolve(&event);
        match &event {
            TimeEvent::TimeReversed(event) => {
                let before = self.reversed_by.insert(event.reverses, event.entry);
                assert_eq!(before, None, "an entry is reversed once");
            }
            TimeEvent::TimeRecorded(event) => {
                if let Some(replaced) = event.replaces {
                    assert_eq!(self.replaced_by.insert(replaced, event.entry), None);
                }
            }
            TimeEvent::TimeRemoved(event) => {
                event.reverses.map(|of| self.reversed_by.remove(&of));
                event.replaces.map(|of| self.replaced_by.remove(&of));
            }
            TimeEvent::TimeRevised(_)
            | TimeEvent::TimesheetSubmitted(_)
            | TimeEvent::TimesheetStepApproved(_)
            | TimeEvent::TimesheetApproved(_)
            | TimeEvent::TimesheetRejected(_)
            | TimeEvent::TimesheetReopened(_) => {}
        }
    }

    fn ask(&mut self, step: &Step) {
        match *step {
            Step::Record { day, seconds } => {
                let facts = RecordFacts { closed: self.closed(on(day)), ..record_facts() };
                let id = self.new_id();
                let worked = duration(&on(day).to_string(), seconds);
                let command = RecordTime { entry: id, ..record(1, worked) };
                let decided = record_time::decide(&self.sheet(on(day)), &facts, &[], command);
                decided.into_iter().for_each(|event| self.take(on(day), event));
            }
            Step::Revise { entry, day, seconds } => self.revise(entry, on(day), seconds),
            Step::Remove { entry } => {
                let Some((entry, day)) = self.pick(entry) else { return };
                let reverses = self.sheet(day).entries[&entry].reverses;
                let facts = RemoveFacts {
                    billing: self.billed.get(&entry).copied(),
                    closed: self.closed(day),
                    reversed_by: self.reversed_by.get(&entry).copied(),
                    replacement: reverses.and_then(|of| self.replaced_by.get(&of).copied()),
                };
                let command = RemoveTime { entry, reason: None };
                let decided = remove_time::decide(&self.sheet(day), &facts, command);
                decided.into_iter().for_each(|event| self.take(day, event));
            }
            Step::Correct { entry, day, seconds } => self.correct(entry, on(day), seconds),
            Step::Close { scope: n, day } => {
                let command = ClosePeriod { scope: scope(n), through: on(day), reason: None };
                let decided = close_period::decide(&self.periods, TODAY, command);
                let closed = decided.into_iter().flatten().map(PeriodEvent::from);
                closed.for_each(|event| self.periods.evolve(&event));
            }
            Step::Reopen { scope: n, day } => {
                let reason = member_note("late");
                let command = ReopenPeriod { scope: scope(n), from: on(day), reason };
                let decided = reopen_period::decide(&self.periods, command);
                let opened = decided.into_iter().map(PeriodEvent::from);
                opened.for_each(|event| self.periods.evolve(&event));
            }
            Step::Draft => {
                let id = InvoiceId(self.new_id().0);
                let free: Placed = self.entries();
                let free = free.into_iter().filter(|(entry, _)| !self.billed.contains_key(entry));
                let free: Vec<_> = free.collect();
                self.drafts.insert(id, free.iter().map(|(_, (_, seconds))| seconds).sum());
                self.billed.extend(free.into_iter().map(|(entry, _)| (entry, id)));
            }
            Step::Void { invoice } => {
                let Some(id) = self.drafts.keys().nth(invoice).copied() else { return };
                self.drafts.remove(&id);
                self.billed.retain(|_, held| *held != id);
            }
        }
    }

    fn revise(&mut self, entry: usize, to: Date, seconds: i64) {
        let Some((entry, day)) = self.pick(entry) else { return };
        let facts = ReviseFacts {
            work: record_facts().work,
            billing: self.billed.get(&entry).copied(),
            overlap: OverlapRule::Refuse,
            closed: self.closed(day),
            target_closed: self.closed(to),
            reversed_by: self.reversed_by.get(&entry).copied(),
        };
        let worked = Some(duration(&to.to_string(), seconds));
        let command = ReviseTime { worked, ..ReviseTime::of(entry) };
        if Week::of(day) == Week::of(to) {
            let decided = revise_time::decide(&self.sheet(day), &facts, &[], command);
            decided.into_iter().flatten().for_each(|event| self.take(day, event));
        } else if let Ok((removed, recorded)) =
            revise_time::decide_move(&self.sheet(day), &self.sheet(to), &facts, &[], command)
        {
            self.take(day, removed);
            self.take(to, recorded);
        }
    }

    fn correct(&mut self, entry: usize, day: Date, seconds: Option<i64>) {
        let Some((entry, from)) = self.pick(entry) else { return };
        let facts = CorrectFacts {
            closed: self.closed(from),
            billing: self.billed.get(&entry).copied(),
            written_off_seconds: 0,
            reversed_by: self.reversed_by.get(&entry).copied(),
            booking_closed: self.closed(day),
            work: Some(record_facts().work),
        };
        let (reversal, other) = (self.new_id(), self.new_id());
        let replacement = seconds.map(|seconds| Replacement {
            entry: other,
            project: None,
            task: None,
            seconds: Some(seconds),
            billable: None,
            note: None,
            tags: None,
        });
        let reason = member_note("wrong");
        let command = CorrectTime { entry, reversal, day, reason, replacement };
        let (sheet, to) = (self.sheet(from), self.sheet(day));
        if let Ok((reversed, recorded)) = correct_time::decide(&sheet, &to, &facts, command) {
            self.take(day, reversed);
            recorded.into_iter().for_each(|event| self.take(day, event));
        }
    }
}

fn scope(n: usize) -> PeriodScope {
    [
        PeriodScope::Tenant,
        PeriodScope::Client(client(1)),
        PeriodScope::Project(project(1)),
        PeriodScope::Member(member(1)),
    ][n]
}

/// Entries on closed days, as they are.
fn on_closed_days(firm: &Firm, entries: &Placed) -> Placed {
    let closed = entries.iter().filter(|(_, (day, _))| firm.closed(*day).is_some());
    closed.map(|(id, placed)| (*id, *placed)).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn no_order_of_closings_and_corrections_moves_closed_time_or_loses_a_second(
        steps in prop::collection::vec(step(), 1..80),
    ) {
        let mut firm = Firm::default();
        for step in steps {
            let before = firm.entries();
            let held = on_closed_days(&firm, &before);
            let moves_periods = matches!(step, Step::Close { .. } | Step::Reopen { .. });
            firm.ask(&step);
            let after = firm.entries();
            if !moves_periods {
                prop_assert_eq!(on_closed_days(&firm, &after), held, "after {:?}", step);
            }
            let weeks = firm.sheets.values().flat_map(|sheet| &sheet.entries);
            let known: BTreeMap<_, _> = weeks.collect();
            // What holds is what was neither taken back nor takes back; the rest is nothing.
            let holds = |id: &EntryId| {
                known[id].reverses.is_none() && !firm.reversed_by.contains_key(id)
            };
            let of_held = known.iter().filter(|(id, _)| holds(id));
            let held: i64 = of_held.map(|(_, entry)| entry.signed_seconds()).sum();
            prop_assert_eq!(after.values().map(|(_, seconds)| seconds).sum::<i64>(), held);
            let mut reversed = BTreeSet::new();
            for (id, entry) in &known {
                let Some(of) = entry.reverses else { continue };
                prop_assert!(reversed.insert(of), "{of} is reversed once");
                let other = known.get(&of);
                prop_assert!(other.is_some_and(|other| {
                    other.signed_seconds() == -entry.signed_seconds()
                        && other.day_of_work() == entry.day_of_work()
                }), "{id} is the exact negative of {of}");
            }
            // What drafts hold and what is free is all there is.
            let free: i64 = after
                .iter()
                .filter(|(id, _)| !firm.billed.contains_key(id))
                .map(|(_, (_, seconds))| seconds)
                .sum();
            prop_assert_eq!(firm.drafts.values().sum::<i64>() + free, held);
        }
    }
}
