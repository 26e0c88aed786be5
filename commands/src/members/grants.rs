//! Rights on single objects: who gives and takes them, and the one question that commands ask of
//! the policy. The caller's own stream says what they have, and the append checks that it has not
//! moved.

use domain::catalogue::{Client, Project, client_stream, project_stream};
use domain::files::{File, file_stream};
use domain::id::MemberId;
use domain::log::Actor;
use domain::members::{
    self, Action, Authority, Grant, Member, Object, give_grant, may, may_give, member_stream,
    take_back_grant,
};

use super::authority;
use crate::handle::Command;
use crate::refused::{CommandError, Reply};
use crate::unit::Unit;

/// In whose right this unit's command is given, where the policy lets them do this with the object;
/// else the command is forbidden.
pub async fn allowed(
    unit: &mut Unit<'_>,
    action: Action,
    object: &Object,
) -> Result<Authority, CommandError> {
    let by = authority(unit).await?;
    let grants = grants_of(unit).await?;
    match may(&by, &grants, action, object) {
        Ok(()) => Ok(by),
        Err(_) => Err(CommandError::Forbidden),
    }
}

/// What the caller was given on single objects.
async fn grants_of(unit: &mut Unit<'_>) -> Result<std::collections::BTreeSet<Grant>, CommandError> {
    match unit.metadata().actor {
        Actor::Member(member) => {
            Ok(unit.read::<Member>(member_stream(member)).await?.state.grants.clone())
        }
        Actor::Operator | Actor::System | Actor::Visitor => Ok(std::collections::BTreeSet::new()),
    }
}

/// Give a member a right on one object.
#[derive(Debug, Clone, Copy)]
pub struct GiveGrant {
    /// Who gets it.
    pub member: MemberId,
    /// Which right on what.
    pub grant: Grant,
}

impl Command for GiveGrant {
    async fn run(&self, unit: &mut Unit<'_>) -> Result<Reply, CommandError> {
        let member = unit.write::<Member>(member_stream(self.member)).await?;
        check(unit, self.grant, self.member).await?;
        let command = members::GiveGrant { member: self.member, grant: self.grant };
        let events = give_grant::decide(&member.state, command)?;
        unit.emit(&member, events);
        Ok(Reply::created(self.grant.id(self.member)))
    }
}

/// Take back a member's right on one object.
#[derive(Debug, Clone, Copy)]
pub struct TakeBackGrant {
    /// Who has it.
    pub member: MemberId,
    /// Which right on what.
    pub grant: Grant,
}

impl Command for TakeBackGrant {
    async fn run(&self, unit: &mut Unit<'_>) -> Result<Reply, CommandError> {
        let member = unit.write::<Member>(member_stream(self.member)).await?;
        let by = authority(unit).await?;
        // What was removed takes its rights with it, but an admin may tidy up.
        match object_of(unit, self.grant).await? {
            Some(object) if may(&by, &grants_of(unit).await?, Action::Grant, &object).is_err() => {
                return Err(CommandError::Forbidden);
            }
            None if !by.includes(members::Role::Admin) => return Err(CommandError::NotFound),
            Some(_) | None => {}
        }
        let command = members::TakeBackGrant { member: self.member, grant: self.grant };
        let events = take_back_grant::decide(&member.state, command)?;
        unit.emit(&member, events);
        Ok(Reply::changed(self.grant.id(self.member)))
    }
}

/// Refuses a grant on what is not there, and a caller who may not give it to that member.
async fn check(unit: &mut Unit<'_>, grant: Grant, to: MemberId) -> Result<(), CommandError> {
    let by = authority(unit).await?;
    let object = object_of(unit, grant).await?.ok_or(CommandError::NotFound)?;
    let grants = grants_of(unit).await?;
    if may_give(&by, &grants, &object, to).is_ok() {
        return Ok(());
    }
    // To whom may not even read a file it's not there.
    let private = matches!(object, Object::File { .. } | Object::Leave { .. });
    let hidden = private
        && may(&by, &grants, Action::ReadFile, &object).is_err()
        && !by.includes(members::Role::Admin);
    Err(if hidden { CommandError::NotFound } else { CommandError::Forbidden })
}

/// What a grant is on, with the facts that the policy asks for; none where there is no such thing.
async fn object_of(unit: &mut Unit<'_>, grant: Grant) -> Result<Option<Object>, CommandError> {
    Ok(match grant {
        Grant::AccountManager(client) => {
            let found = unit.read::<Client>(client_stream(client)).await?;
            found.exists().then_some(Object::Client(client))
        }
        Grant::ProjectManager(project) => {
            let found = unit.read::<Project>(project_stream(project)).await?;
            found.exists().then_some(Object::Project { project, client: found.state.client })
        }
        Grant::Reader(file) => {
            let found = unit.read::<File>(file_stream(file)).await?;
            found.state.kept().map(|kept| kept.object())
        }
        Grant::LeaveReader(member) => {
            let found = unit.read::<Member>(member_stream(member)).await?;
            found.exists().then_some(Object::Leave { member, approver: false })
        }
    })
}

#[cfg(test)]
mod tests;
