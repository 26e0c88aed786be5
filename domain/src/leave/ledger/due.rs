//! What of a member's accounts is to be recorded: of one of them, or of those that a change of
//! their leave has moved.

use jiff::civil::Date;

use super::facts::AccountFacts;
use super::gather::LeaveSources;
use super::settle::settle_account;
use crate::id::{LeaveTypeId, MemberId};
use crate::leave::member_leave::LeavePosted;
use crate::leave::policy::{AccrualRule, LeavePolicy, OnLeaving, WorkCounted};

/// What is to be recorded of an account up to a day, and what is taken of it later; none where
/// nothing is.
pub fn due(
    sources: &LeaveSources<'_>,
    member: MemberId,
    leave_type: LeaveTypeId,
    today: Date,
) -> Option<LeavePosted> {
    let facts = sources.account(leave_type)?;
    let recorded = sources.leave.accounts.get(&leave_type);
    let recorded = recorded.map_or(&[][..], |account| &account.postings);
    let postings = settle_account(recorded, &facts, today);
    let posted = LeavePosted { member, leave_type, through: today, postings };
    (!posted.postings.is_empty()).then_some(posted)
}

/// The same of each account that is another one after a change of the member's leave.
pub fn due_after(
    before: &LeaveSources<'_>,
    after: &LeaveSources<'_>,
    member: MemberId,
    today: Date,
) -> Vec<LeavePosted> {
    let moved = |kind: &LeaveTypeId| match (before.account(*kind), after.account(*kind)) {
        (Some(before), Some(after)) => differs(&before, &after),
        (None, None) => false,
        (Some(_), None) | (None, Some(_)) => true,
    };
    let moved = after.types.keys().filter(|kind| moved(kind));
    moved.filter_map(|kind| due(after, member, *kind, today)).collect()
}

fn differs(before: &AccountFacts<'_>, after: &AccountFacts<'_>) -> bool {
    let counts = |counted| after.policies.iter().any(|it| counts_work(&it.policy, counted));
    before.absences != after.absences
        || before.entries != after.entries
        || before.cases != after.cases
        || before.agreed != after.agreed
        || (before.unpaid != after.unpaid && counts(WorkCounted::Paid))
        || (before.away != after.away && counts(WorkCounted::Worked))
}

/// Whether something grows with the work of days that count in this way.
fn counts_work(policy: &LeavePolicy, counted: WorkCounted) -> bool {
    policy.grants.iter().any(|grant| {
        let accrues = match grant.accrual {
            AccrualRule::Worked(rule) => rule.counts == counted,
            AccrualRule::CycleStart
            | AccrualRule::CycleEnd
            | AccrualRule::MonthStart
            | AccrualRule::MonthEnd
            | AccrualRule::Daily => false,
        };
        let leaving = match grant.on_leaving {
            OnLeaving::Worked { rule, .. } => rule.counts == counted,
            OnLeaving::Accrued | OnLeaving::Prorated => false,
        };
        accrues || leaving || grant.at_first.is_some_and(|first| first.worked.counts == counted)
    })
}
