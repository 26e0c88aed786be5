//! Who should have worked in a week by their pattern, less their leave, and has submitted nothing
//! of it.

use std::collections::BTreeMap;

use domain::id::MemberId;
use domain::members::{Member, WorkPattern};
use domain::time::Week;
use projections::leave::leave_day::{self, LeaveDay, Taken, taken_then};
use projections::leave::leave_request::LeaveRequest;
use projections::members::member::{self, Member as Members, MemberRow};
use projections::members::work_pattern::{self, WorkPattern as Patterns, WorkPatternRow};
use projections::time::timesheet_week::{self, TimesheetWeek, TimesheetWeekRow};

use super::sheets::{Filter, SheetSummary, empty, summary};
use crate::http::answer::Answer;
use crate::http::call::Call;
use crate::http::cursor::Page;
use crate::http::problem::Problem;

/// More than any firm has of anything here.
const ALL: i64 = 1_000_000;

type Found = (Vec<MemberRow>, Vec<WorkPatternRow>, Vec<TimesheetWeekRow>, Taken);

/// The firm at the moment asked for.
async fn found(call: &Call<(), Filter>, week: Week) -> Result<Found, Problem> {
    let members = call.rows_then::<Members>().await?;
    let patterns = call.rows_then::<Patterns>().await?;
    let weeks = call.rows_then::<TimesheetWeek>().await?;
    let days = call.rows_then::<LeaveDay>().await?;
    let requests = call.rows_then::<LeaveRequest>().await?;
    let (first, last) = (week.monday(), week.sunday());
    let taken = days.zip(requests).map(|(days, of)| taken_then(&days, &of, first, last));
    let then = (members, patterns, weeks, taken);
    if let (Some(members), Some(patterns), Some(weeks), Some(taken)) = then {
        let mut members: Vec<MemberRow> = members.iter().cloned().collect();
        members.sort_by_key(|row| row.member_id);
        let mut patterns: Vec<WorkPatternRow> = patterns.iter().cloned().collect();
        patterns.sort_by_key(|row| (row.member_id, row.from_day));
        return Ok((
            members,
            patterns,
            weeks.iter().filter(|it| it.week == week).cloned().collect(),
            taken,
        ));
    }
    let mut tx = call.tx().await?;
    let members = member::list(&mut tx, None, ALL).await?;
    let patterns = work_pattern::list(&mut tx).await?;
    let weeks = timesheet_week::list(&mut tx, None, Some(week), None, None, ALL).await?;
    let taken = leave_day::taken(&mut tx, None, first, last).await?;
    tx.commit().await?;
    Ok((members, patterns, weeks, taken))
}

/// The weeks that are missing, by member; of one member alone where one is named.
pub(super) async fn list(
    call: &Call<(), Filter>,
    week: Week,
    asked: Option<MemberId>,
) -> Result<Answer<Page<SheetSummary>>, Problem> {
    let only = match (asked, call.sees_only()) {
        (asked, None) => asked,
        (None, Some(own)) => Some(own),
        (Some(asked), Some(own)) if asked == own => Some(own),
        (Some(_), Some(_)) => return Err(Problem::forbidden()),
    };
    let (members, patterns, weeks, taken) = found(call, week).await?;
    let mut by_member: BTreeMap<MemberId, Vec<WorkPattern>> = BTreeMap::new();
    for row in patterns {
        let pattern = WorkPattern { from: row.from_day.0, minutes: row.minutes };
        by_member.entry(row.member_id).or_default().push(pattern);
    }
    let weeks: BTreeMap<MemberId, TimesheetWeekRow> =
        weeks.into_iter().map(|row| (row.member_id, row)).collect();
    let after: Option<MemberId> = call.after()?;
    let mut missing = Vec::new();
    for row in members {
        let id = row.member_id;
        let sheet = weeks.get(&id);
        let known = Member {
            active: row.active,
            hired_on: row.hired_on,
            left_on: row.left_on,
            patterns: by_member.remove(&id).unwrap_or_default(),
            ..Member::default()
        };
        let leave = taken.get(&id).map_or(&[][..], Vec::as_slice);
        let is_missing = known.first_day_of_work_beside(week, leave).is_some()
            && sheet.is_none_or(|sheet| sheet.open == sheet.entries);
        if is_missing && only.is_none_or(|only| only == id) && after.is_none_or(|it| id > it) {
            missing.push((id, sheet.map_or_else(|| empty(id, week), summary)));
        }
    }
    missing.truncate(usize::try_from(call.look_for()).unwrap_or(usize::MAX));
    Ok(call.page(missing, |(id, _)| *id, |(_, shown)| shown))
}
