//! What a request would come to, looked at without writing anything: by the rule that submitting
//! goes by, over the same streams.

use std::collections::BTreeMap;

use cqrs_es::Aggregate;
use domain::id::{LeaveRequestId, MemberId, StreamId};
use domain::leave::{AskFacts, Assessed, LeaveDrafted, MemberLeaveEvent, assess, check_span};
use domain::members::{Member, Role};
use domain::time::{Chain, Concerned, Filled, Office, Right, Timesheet, timesheet_stream};
use jiff::Timestamp;
use jiff::civil::Date;
use migrations::TenantTx;
use uuid::Uuid;

use super::requests::{AskForLeave, refuse, seconds_of, weeks_of};
use super::sources::{FirmLeave, LeaveCut, at, states};
use crate::event_log::read;
use crate::members::substitutes::day_of;
use crate::refused::CommandError;

/// What a request would come to.
#[derive(Debug, Clone)]
pub struct Preview {
    /// What it was judged by, and what speaks against it.
    pub assessed: Assessed,
    /// Who decides, step by step: the office and who holds it now, substitutes not among them.
    pub approvers: Vec<(Office, Vec<MemberId>)>,
    /// Days of it on which work is recorded, in seconds.
    pub worked_too: Vec<(Date, i64)>,
}

/// Looks at a request that is asked for by `by`, whose right to ask is for the caller to check.
/// Where an existing draft is meant, its id is the request's.
pub async fn preview(
    tx: &mut TenantTx,
    by: MemberId,
    asked: &AskForLeave,
    now: Timestamp,
) -> Result<Preview, CommandError> {
    check_span(&asked.span).map_err(refuse)?;
    let member = asked.member;
    let mut firm = at(tx, Some(&[member]), LeaveCut::default(), asked.span.to).await?;
    if !firm.members.contains_key(&member) || !firm.types.contains_key(&asked.leave_type) {
        return Err(CommandError::NotFound);
    }
    firm.know(asked.span.from, asked.span.to);
    let mut leave = firm.leave.get(&member).map(|(_, leave)| leave.clone()).unwrap_or_default();
    // No id that was ever given, so that nothing else is meant by it.
    let request = LeaveRequestId(Uuid::nil());
    let AskForLeave { leave_type, span, case, accepted, .. } = *asked;
    let drafted = LeaveDrafted { request, member, leave_type, span, case, reason: None };
    leave.evolve(&MemberLeaveEvent::from(drafted));
    let sources = firm.with(member, &leave).ok_or(CommandError::NotFound)?;
    let (today, own) = (day_of(&firm.settings, now), by == member);
    let facts = AskFacts { sources, today, own, accepted };
    let assessed = assess(&facts, request)?;
    let approvers = approvers(tx, &firm, member, &assessed.chain).await?;
    let worked_too = worked_too(tx, member, &assessed).await?;
    Ok(Preview { assessed, approvers, worked_too })
}

async fn approvers(
    tx: &mut TenantTx,
    firm: &FirmLeave,
    member: MemberId,
    chain: &Chain,
) -> Result<Vec<(Office, Vec<MemberId>)>, CommandError> {
    let streams = read::streams_of(tx, Member::TYPE).await?;
    let everybody = states::<Member>(tx, &streams, None).await?;
    let rights: Vec<Right> = everybody.values().filter_map(|(_, it)| Right::of(it)).collect();
    let manager = firm.members.get(&member).and_then(|(_, member)| member.manager);
    let acts = |manager: &MemberId| {
        let of = everybody.get(&StreamId(manager.0));
        of.is_some_and(|(_, manager)| manager.includes(Role::Member))
    };
    let concerned = Concerned {
        member,
        line_manager: manager.filter(acts),
        clients: BTreeMap::new(),
        filled: Filled::by(&rights, member),
    };
    let who = |office: Office| {
        let others = rights.iter().filter(|right| right.of != member);
        let mut held: Vec<MemberId> = others
            .filter(|right| concerned.holds(right, office, None))
            .map(|right| right.of)
            .collect();
        held.sort_unstable();
        (office, held)
    };
    Ok(chain.offices().iter().copied().map(who).collect())
}

async fn worked_too(
    tx: &mut TenantTx,
    member: MemberId,
    assessed: &Assessed,
) -> Result<Vec<(Date, i64)>, CommandError> {
    let weeks: Vec<StreamId> =
        weeks_of(assessed).into_iter().map(|week| timesheet_stream(member, week)).collect();
    let sheets = states::<Timesheet>(tx, &weeks, None).await?;
    Ok(assessed.worked_too(&seconds_of(sheets.values().map(|(_, sheet)| sheet))))
}
