//! Settling the accounts of leave: what their facts lead to by today is recorded, however late.
//! Who changes leave itself settles in the same commit; this is for what changes around it, such
//! as days that pass, holidays, patterns of work and terms.

mod asked;
mod jobs;
mod lapsing;
#[cfg(test)]
mod tests;

use cqrs_es::Aggregate;
use domain::id::{LeaveTypeId, MemberId};
use domain::leave::ledger::{due, moved};
use domain::leave::{LeavePosted, MemberLeave, MemberLeaveEvent};
use domain::members::{Authority, Member, Role};
use domain::settings::{Settings, settings_stream};
use jiff::civil::Date;

pub use asked::LEAVE_SETTLE;
pub(crate) use asked::ask;
pub use jobs::LeaveSettling;

use super::sources::{FirmLeave, of_member};
use crate::handle::Command;
use crate::mail::Letter;
use crate::members::authority;
use crate::members::substitutes::day_of;
use crate::refused::{CommandError, Reply};
use crate::unit::{Loaded, Unit};

/// The most admins who are told of one change for the whole firm.
const ADMINS_MAX: usize = 10;

/// What is to be recorded of a member's accounts today; nothing where they are settled.
pub fn due_of(firm: &FirmLeave, member: MemberId, today: Date) -> Vec<LeavePosted> {
    let Some(sources) = firm.of(member) else { return Vec::new() };
    firm.types.keys().filter_map(|kind| due(&sources, member, *kind, today)).collect()
}

/// Whether any of these moves a balance by corrections.
fn corrects(leave: &MemberLeave, posted: &[LeavePosted], today: Date) -> bool {
    posted.iter().any(|posted| {
        let recorded = recorded(leave, posted.leave_type);
        moved(recorded, &posted.postings, today).is_some()
    })
}

fn recorded(leave: &MemberLeave, leave_type: LeaveTypeId) -> &[domain::leave::ledger::Posting] {
    leave.accounts.get(&leave_type).map_or(&[], |account| &account.postings)
}

/// Settle a member's accounts, and tell them and their manager of corrections; for the program
/// itself. Sent again it finds nothing to do.
#[derive(Debug, Clone, Copy)]
pub struct SettleLeave {
    /// Whose.
    pub member: MemberId,
}

async fn must_be_the_program(unit: &mut Unit<'_>) -> Result<(), CommandError> {
    match authority(unit).await? {
        Authority::Operator => Ok(()),
        Authority::Member { .. } => Err(CommandError::Forbidden),
    }
}

async fn today(unit: &mut Unit<'_>) -> Result<Date, CommandError> {
    let settings = unit.peek::<Settings>(settings_stream()).await?;
    Ok(day_of(&settings.state, unit.now()))
}

impl Command for SettleLeave {
    async fn run(&self, unit: &mut Unit<'_>) -> Result<Reply, CommandError> {
        must_be_the_program(unit).await?;
        let today = today(unit).await?;
        let (firm, leave) = of_member(unit, self.member, today).await?;
        let posted = due_of(&firm, self.member, today);
        if corrects(&leave.state, &posted, today) {
            self.tell(unit, &firm, &leave).await?;
        }
        unit.emit(&leave, posted.into_iter().map(MemberLeaveEvent::from));
        Ok(Reply { id: None, created: false })
    }
}

impl SettleLeave {
    async fn tell(
        &self,
        unit: &mut Unit<'_>,
        firm: &FirmLeave,
        leave: &Loaded<MemberLeave>,
    ) -> Result<(), CommandError> {
        let (member, version) = (self.member, leave.version + 1);
        let own = firm.members.get(&member).map(|(_, member)| member);
        let mut told: Vec<MemberId> =
            own.filter(|own| reached(own)).and(Some(member)).into_iter().collect();
        if let Some(manager) = own.and_then(|own| own.manager) {
            let stream = domain::members::member_stream(manager);
            let found = unit.peek::<Member>(stream).await?;
            told.extend(reached(&found.state).then_some(manager));
        }
        for to in told {
            unit.mail(Letter::LeaveCorrected { to, member, version });
        }
        Ok(())
    }
}

/// Whether a mail comes to them.
fn reached(member: &Member) -> bool {
    member.active && member.email.is_some()
}

/// Tell admins which balances were corrected between two positions of the log by a change for the
/// whole firm. The job's id makes it one mail each, however often the job is tried.
#[derive(Debug, Clone, Copy)]
struct TellAdmins {
    after: i64,
    until: i64,
}

impl Command for TellAdmins {
    async fn run(&self, unit: &mut Unit<'_>) -> Result<Reply, CommandError> {
        must_be_the_program(unit).await?;
        let streams = unit.streams_of(Member::TYPE).await?;
        let members = unit.peek_many::<Member>(&streams).await?;
        let admins = members.iter().map(|member| &member.state);
        let admins = admins.filter(|member| reached(member) && member.includes(Role::Admin));
        let admins: Vec<MemberId> =
            admins.filter_map(|member| member.id).take(ADMINS_MAX).collect();
        let TellAdmins { after, until } = *self;
        for to in admins {
            unit.mail(Letter::LeaveCorrections { to, after, until });
        }
        Ok(Reply { id: None, created: false })
    }
}
