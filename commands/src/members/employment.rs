//! Who a member reports to, when they are employed, and by which pattern they work.

use domain::id::MemberId;
use domain::members::{
    self, ManagerFacts, Member, change_member_employment, change_member_manager, member_stream,
    set_work_pattern,
};
use jiff::civil::Date;

use super::{change, load};
use crate::handle::Command;
use crate::refused::{CommandError, Reply};
use crate::unit::Unit;

/// Let a member report to another one.
#[derive(Debug, Clone)]
pub struct ChangeMemberManager {
    /// The member.
    pub member: MemberId,
    /// Their manager from now on; none = nobody.
    pub manager: Option<MemberId>,
    /// The version of the member that the caller saw, where it matters.
    pub expected_version: Option<i32>,
}

impl Command for ChangeMemberManager {
    async fn run(&self, unit: &mut Unit<'_>) -> Result<Reply, CommandError> {
        let (member, by) = load(unit, self.member, self.expected_version).await?;
        let facts = match self.manager {
            Some(manager) => manager_facts(unit, self.member, manager).await?,
            None => ManagerFacts::default(),
        };
        let command = members::ChangeMemberManager { member: self.member, manager: self.manager };
        let events = change_member_manager::decide(&member.state, &by, &facts, command)?;
        unit.emit(&member, events);
        Ok(Reply::changed(self.member))
    }
}

/// What is known of a manager to be. Everybody on the way up is read in a way that the append
/// checks: two who are put above each other at once can't both get their way. States from memory
/// may for a moment make up a circle; it's left at its second turn, and the append finds them old.
async fn manager_facts(
    unit: &mut Unit<'_>,
    member: MemberId,
    manager: MemberId,
) -> Result<ManagerFacts, CommandError> {
    let mut facts = ManagerFacts::default();
    let mut next = Some(manager);
    while let Some(of) = next.filter(|of| *of != member) {
        let state = unit.read::<Member>(member_stream(of)).await?.state;
        state.known()?;
        if of == manager {
            facts.active = state.active;
        }
        next = state.manager.filter(|above| !facts.above.contains(above));
        facts.above.extend(next);
    }
    Ok(facts)
}

/// Say between which days a member is employed; what is left out stays.
#[derive(Debug, Clone)]
pub struct ChangeMemberEmployment {
    /// The member.
    pub member: MemberId,
    /// The first day, or that none is known.
    pub hired_on: Option<Option<Date>>,
    /// The last day, or that there is none.
    pub left_on: Option<Option<Date>>,
    /// The version of the member that the caller saw, where it matters.
    pub expected_version: Option<i32>,
}

impl Command for ChangeMemberEmployment {
    async fn run(&self, unit: &mut Unit<'_>) -> Result<Reply, CommandError> {
        let ChangeMemberEmployment { member, hired_on, left_on, expected_version } = self.clone();
        let command = members::ChangeMemberEmployment { member, hired_on, left_on };
        let decide = |state: &Member, by: &members::Authority| {
            change_member_employment::decide(state, by, command)
        };
        change(unit, member, expected_version, decide).await
    }
}

/// Set by which pattern a member works from a day on.
#[derive(Debug, Clone)]
pub struct SetWorkPattern {
    /// The member.
    pub member: MemberId,
    /// The first day; none = from always.
    pub from: Option<Date>,
    /// Minutes of work by weekday, Monday first, seven for each week of the cycle.
    pub minutes: Vec<u32>,
    /// The version of the member that the caller saw, where it matters.
    pub expected_version: Option<i32>,
}

impl Command for SetWorkPattern {
    async fn run(&self, unit: &mut Unit<'_>) -> Result<Reply, CommandError> {
        let SetWorkPattern { member, from, minutes, expected_version } = self.clone();
        let command = members::SetWorkPattern { member, from, minutes };
        let decide =
            |state: &Member, by: &members::Authority| set_work_pattern::decide(state, by, command);
        change(unit, member, expected_version, decide).await
    }
}
