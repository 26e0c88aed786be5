//! What the letters about corrected balances of leave have in common: what each came to before and
//! comes to now, and what has changed, as the log tells it. Nobody's reasons are among it.

use std::collections::BTreeSet;

use commands::event_log::read::{StoredRow, stream_after};
use commands::jobs::WorkError;
use commands::leave::sources::{FirmLeave, LeaveCut, at};
use domain::country::{Counts, ShownIn};
use domain::id::{LeaveTypeId, MemberId, StreamId, TenantId};
use domain::leave::ledger::{Posting, PostingKind, RestsOn, average_day, moved};
use domain::leave::{
    HolidayEvent, LeaveMinutes, LeavePosted, LeaveType, LeaveTypeEvent, MemberLeave,
    MemberLeaveEvent, calendar_stream, leave_type_stream, member_leave_stream,
};
use domain::log::Event;
use domain::members::{MemberEvent, WorkPattern, member_stream};
use jiff::civil::Date;
use migrations::TenantTx;

use crate::mail::Post;

/// A balance that was corrected, in words.
pub(super) struct Corrected {
    /// What the kind of leave is called.
    pub(super) kind: String,
    /// What it came to.
    pub(super) before: String,
    /// What it comes to.
    pub(super) after: String,
}

/// What a commit has corrected of a member's leave.
#[derive(Default)]
pub(super) struct Told {
    pub(super) balances: Vec<Corrected>,
    pub(super) changes: BTreeSet<String>,
}

/// An amount as this kind of leave is shown.
pub(super) fn amount(
    minutes: LeaveMinutes,
    kind: &LeaveType,
    patterns: &[WorkPattern],
    day: Date,
) -> String {
    match (kind.shown_in, kind.counts) {
        (ShownIn::Hours, Counts::WorkingDays) => {
            let hours = minutes.in_days(LeaveMinutes::of(60));
            format!("{hours} hours")
        }
        (ShownIn::Days, _) | (ShownIn::Hours, Counts::CalendarDays) => {
            let days = minutes.in_days(average_day(patterns, kind.counts, day));
            format!("{days} days")
        }
    }
}

/// What the commit with this event of a member's leave has corrected.
pub(super) async fn told(
    post: &Post,
    tenant: TenantId,
    member: MemberId,
    version: i32,
) -> Result<Told, WorkError> {
    let mut tx = post.log().tenants().begin(tenant).await?;
    let rows = stream_after(&mut tx, member_leave_stream(member), 0).await?;
    let mut state = MemberLeave::default();
    let mut posted = Vec::new();
    let command = rows.iter().find(|row| row.version == version).map(|row| row.command_id);
    for row in &rows {
        let Event::MemberLeave(event) = row.decode()?.event else { continue };
        match event {
            MemberLeaveEvent::LeavePosted(event) if Some(row.command_id) == command => {
                posted.push(event);
            }
            event => {
                if row.version < version {
                    state.evolve(&event);
                }
            }
        }
    }
    let through = posted.iter().map(|event| event.through).max().unwrap_or_default();
    let firm = at(&mut tx, Some(&[member]), LeaveCut::default(), through).await?;
    let mut told = Told::default();
    for event in &posted {
        tell(&mut tx, (&firm, &state), event, &mut told).await?;
    }
    tx.commit().await?;
    Ok(told)
}

async fn tell(
    tx: &mut TenantTx,
    (firm, state): (&FirmLeave, &MemberLeave),
    posted: &LeavePosted,
    told: &mut Told,
) -> Result<(), WorkError> {
    let recorded = state.accounts.get(&posted.leave_type).map_or(&[][..], |it| &it.postings);
    let kind = firm.types.get(&posted.leave_type).map(|(_, kind)| kind);
    let member = firm.members.get(&posted.member).map(|(_, member)| member);
    let (Some(moved), Some(kind), Some(member)) =
        (moved(recorded, &posted.postings, posted.through), kind, member)
    else {
        return Ok(());
    };
    let shown = |minutes| amount(minutes, kind, &member.patterns, posted.through);
    told.balances.push(Corrected {
        kind: kind.name.clone(),
        before: shown(moved.before),
        after: shown(moved.after),
    });
    if let Some((old, new)) = rested_on(recorded, &posted.postings) {
        let of_member = since(tx, member_stream(posted.member), old.member, new.member).await?;
        told.changes.extend(of_member.iter().filter_map(of_member_words));
        let calendar = since(tx, calendar_stream(), old.calendar, new.calendar).await?;
        told.changes.extend(calendar.iter().filter_map(of_calendar_words));
        let of_kind = kind_stream(posted.leave_type);
        let terms = since(tx, of_kind, old.leave_type, new.leave_type).await?;
        told.changes.extend(terms.iter().filter_map(|event| of_terms_words(event, &kind.name)));
    }
    Ok(())
}

fn kind_stream(leave_type: LeaveTypeId) -> StreamId {
    leave_type_stream(leave_type)
}

/// The oldest versions that what was taken back rested on, and those it rests on now.
fn rested_on(recorded: &[Posting], posted: &[Posting]) -> Option<(RestsOn, RestsOn)> {
    let corrections = posted.iter().filter(|posting| posting.kind == PostingKind::Correct);
    let mut both: Option<(RestsOn, RestsOn)> = None;
    for correction in corrections {
        let taken_back = recorded.iter().find(|it| Some(it.n) == correction.reverses);
        let Some(old) = taken_back.map(|it| it.rests_on) else { continue };
        let oldest = both.map_or(old, |(oldest, _)| RestsOn {
            member: oldest.member.min(old.member),
            calendar: oldest.calendar.min(old.calendar),
            leave_type: oldest.leave_type.min(old.leave_type),
        });
        both = Some((oldest, correction.rests_on));
    }
    both
}

/// What happened in a stream after a version, up to another.
async fn since(
    tx: &mut TenantTx,
    stream: StreamId,
    after: i32,
    until: i32,
) -> Result<Vec<Event>, WorkError> {
    let rows = stream_after(tx, stream, after).await?;
    let rows = rows.iter().filter(|row: &&StoredRow| row.version <= until);
    Ok(rows.map(|row| row.decode().map(|it| it.event)).collect::<Result<_, _>>()?)
}

fn from(day: Option<Date>) -> String {
    day.map_or_else(String::new, |day| format!(" from {day}"))
}

fn of_member_words(event: &Event) -> Option<String> {
    let Event::Member(event) = event else { return None };
    if let MemberEvent::MemberEmploymentChanged(event) = event {
        let day = |day: Option<Date>| day.map_or("not known".to_owned(), |day| day.to_string());
        let (first, last) = (day(event.hired_on), event.left_on.map(|day| day.to_string()));
        let last = last.map_or_else(String::new, |last| format!(", last day {last}"));
        return Some(format!("Dates of employment: first day {first}{last}"));
    }
    if let MemberEvent::WorkPatternSet(event) = event {
        return Some(format!("Pattern of work{}", from(event.from)));
    }
    None
}

fn of_calendar_words(event: &Event) -> Option<String> {
    let Event::Holiday(event) = event else { return None };
    Some(match event {
        HolidayEvent::HolidayCalendarAdopted(event) => {
            format!("Public holidays{}", from(event.from))
        }
        HolidayEvent::HolidayDeclared(event) => {
            format!("{} is a holiday: {}", event.day, event.name)
        }
        HolidayEvent::HolidayWithdrawn(event) => format!("{} is no holiday", event.day),
    })
}

fn of_terms_words(event: &Event, kind: &str) -> Option<String> {
    let Event::LeaveType(event) = event else { return None };
    match event {
        LeaveTypeEvent::LeavePolicySet(event) => {
            Some(format!("Terms of {kind}{}", from(event.from)))
        }
        LeaveTypeEvent::LeavePolicyCleared(event) => {
            Some(format!("Terms of {kind}{}: those before hold", from(event.from)))
        }
        LeaveTypeEvent::LeaveTypeDefined(_)
        | LeaveTypeEvent::LeaveTypeRenamed(_)
        | LeaveTypeEvent::LeaveTypeRetired(_)
        | LeaveTypeEvent::LeaveTypeRestored(_) => None,
    }
}
