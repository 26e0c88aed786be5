//! When a project's budgets are looked at: a job per project and quarter of an hour, asked for by
//! the commits that add time to it. It's due at the quarter's end, when all of them have landed.

use std::collections::BTreeSet;

use domain::budgets::{Budgets, budget_stream};
use domain::id::{ProjectId, TenantId};
use domain::log::Event;
use domain::time::TimeEvent;
use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use crate::event_log::NewJob;
use crate::handle::Command;
use crate::refused::{CommandError, Reply};
use crate::unit::Unit;

/// The kind of jobs that look at a project's budgets; their reference is the project.
pub const BUDGET_CHECK: &str = "budget_check";

/// How many seconds a look waits for others to share it.
const QUARTER_SECONDS: i64 = 900;
/// A commit so close to a quarter's end may land after it, so it's left to the next one.
const MARGIN: SignedDuration = SignedDuration::from_secs(60);

/// When what is recorded now is looked at: at the end of the quarter of an hour.
pub fn checked_at(now: Timestamp) -> Timestamp {
    let latest = now.checked_add(MARGIN).unwrap_or(Timestamp::MAX).as_second();
    let end = (latest.div_euclid(QUARTER_SECONDS) + 1) * QUARTER_SECONDS;
    Timestamp::from_second(end).unwrap_or(Timestamp::MAX)
}

/// The id of that look. It follows from what it's about, and a job that is there is not added
/// again.
fn check_id(tenant: TenantId, project: ProjectId, due_at: Timestamp) -> Uuid {
    let about = due_at.as_second().to_be_bytes();
    domain::id::StreamId::derived(
        BUDGET_CHECK,
        &[tenant.0.as_bytes(), project.0.as_bytes(), &about],
    )
    .0
}

/// Runs a command; what it adds to projects that have budgets is looked at later. A process that
/// has not heard of a project's first budget yet asks for nothing, and the look of the day finds
/// what it missed: an alert is a notice, and no command waits for one.
pub(crate) async fn checking(
    command: &impl Command,
    unit: &mut Unit<'_>,
) -> Result<Reply, CommandError> {
    let reply = command.run(unit).await?;
    let due_at = checked_at(unit.now());
    for project in added_to(unit) {
        let budgets = unit.peek::<Budgets>(budget_stream(project)).await?;
        if !budgets.state.budgets.is_empty() {
            let id = check_id(unit.tenant(), project, due_at);
            unit.job(NewJob { id, kind: BUDGET_CHECK, reference: project.to_string(), due_at });
        }
    }
    Ok(reply)
}

/// The projects that this commit adds time to. What takes time off passes no percentage.
fn added_to(unit: &Unit<'_>) -> BTreeSet<ProjectId> {
    let events = unit.writes.values().flat_map(|(append, _)| &append.events);
    let project = |event: &Event| {
        if let Event::Time(TimeEvent::TimeRecorded(event)) = event {
            return Some(event.project);
        }
        if let Event::Time(TimeEvent::TimeRevised(event)) = event {
            return Some(event.project);
        }
        None
    };
    events.filter_map(project).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_look_is_at_the_end_of_the_quarter_or_of_the_next_where_that_is_near() {
        let at = |now: &str| checked_at(now.parse().unwrap()).to_string();
        assert_eq!(at("2026-03-02T09:00:00Z"), "2026-03-02T09:15:00Z");
        assert_eq!(at("2026-03-02T09:13:59Z"), "2026-03-02T09:15:00Z");
        assert_eq!(at("2026-03-02T09:14:00Z"), "2026-03-02T09:30:00Z");
    }

    #[test]
    fn a_look_comes_after_the_margin_and_within_a_quarter_of_it() {
        for second in 1_772_400_000..1_772_402_000 {
            let now = Timestamp::from_second(second).unwrap();
            let waits = checked_at(now).as_second() - second;
            assert!((61..=960).contains(&waits), "{now}");
        }
    }
}
