//! Who is told by mail what becomes of a week: those who decide next, and the member once it's
//! decided. Nobody is told what they did themselves.

use std::collections::BTreeSet;

use domain::id::{MemberId, ProjectId};
use domain::log::Actor;
use domain::members::Member;
use domain::settings::Settings;
use domain::time::{EntryState, Filled, Office, Right, TimeEvent, Timesheet};

use super::deciders::{concerned, everybody};
use crate::mail::Letter;
use crate::members::substitutes::day_of;
use crate::refused::CommandError;
use crate::unit::{Loaded, Unit};

/// The most people who are told that they may decide.
const TOLD_MAX: usize = 10;

fn is_caller(unit: &Unit<'_>, member: MemberId) -> bool {
    matches!(unit.metadata().actor, Actor::Member(caller) if caller == member)
}

/// Tells the member what was approved or sent back by these events, which follow on the sheet.
pub(super) fn mail_decided(
    unit: &mut Unit<'_>,
    settings: &Settings,
    sheet: &Loaded<Timesheet>,
    events: &[TimeEvent],
) {
    let (Some(member), Some(week)) = (sheet.state.member, sheet.state.week) else { return };
    if !settings.mails_timesheets() || is_caller(unit, member) {
        return;
    }
    for (version, event) in (sheet.version + 1..).zip(events) {
        match event {
            TimeEvent::TimesheetApproved(_) => {
                unit.mail(Letter::TimesheetApproved { member, week, version });
            }
            TimeEvent::TimesheetRejected(_) => {
                unit.mail(Letter::TimesheetRejected { member, week, version });
            }
            TimeEvent::TimeRecorded(_)
            | TimeEvent::TimeRevised(_)
            | TimeEvent::TimeRemoved(_)
            | TimeEvent::TimeReversed(_)
            | TimeEvent::TimesheetSubmitted(_)
            | TimeEvent::TimesheetStepApproved(_)
            | TimeEvent::TimesheetReopened(_) => {}
        }
    }
}

/// Tells those who hold the office of the next step of what these events have moved there.
pub(super) async fn mail_deciders(
    unit: &mut Unit<'_>,
    settings: &Settings,
    sheet: &Loaded<Timesheet>,
    events: &[TimeEvent],
) -> Result<(), CommandError> {
    let (Some(member), Some(week)) = (sheet.state.member, sheet.state.week) else { return Ok(()) };
    let mut after = Timesheet::clone(&sheet.state);
    events.iter().for_each(|event| after.evolve(event));
    let moved = after.entries.iter().filter(|(id, entry)| {
        entry.state == EntryState::Submitted && sheet.state.entries.get(id) != Some(entry)
    });
    let waits = moved.filter_map(|(_, entry)| Some((entry.approval.next()?, entry.project)));
    let waits: BTreeSet<(Office, ProjectId)> = waits.collect();
    if waits.is_empty() || !settings.mails_timesheets() {
        return Ok(());
    }
    let mut concerned = concerned(unit, &after, member).await?;
    let everybody = everybody(unit).await?;
    let rights: Vec<Right> = everybody.iter().filter_map(|it| Right::of(&it.state)).collect();
    concerned.filled = Filled::by(&rights, member);
    let holds = |right: &&Right| {
        let mut waits = waits.iter();
        right.of != member && waits.any(|(office, on)| concerned.holds(right, *office, *on))
    };
    let today = day_of(settings, unit.now());
    let mut told = told(rights.iter().filter(holds), &everybody, today);
    told.retain(|to| *to != member && !is_caller(unit, *to));
    for to in told.into_iter().take(TOLD_MAX) {
        unit.mail(Letter::TimesheetSubmitted { to, member, week });
    }
    Ok(())
}

/// Those who hold the office, each with who stands in for them, if they can be written to.
pub(crate) fn told<'a>(
    holders: impl Iterator<Item = &'a Right>,
    everybody: &[Loaded<Member>],
    today: jiff::civil::Date,
) -> Vec<MemberId> {
    let find = |of: MemberId| everybody.iter().find(|it| it.state.id == Some(of));
    let mut told: Vec<MemberId> = Vec::new();
    for holder in holders {
        let substitutes = find(holder.of).map(|it| it.state.substitutes_on(today));
        for to in std::iter::once(holder.of).chain(substitutes.into_iter().flatten()) {
            let reached = find(to).is_some_and(|it| it.state.active && it.state.email.is_some());
            if reached && !told.contains(&to) {
                told.push(to);
            }
        }
    }
    told
}
