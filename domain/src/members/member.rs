//! A member as their stream tells it.

use std::collections::BTreeSet;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::change_member_manager::{self, ChangeMemberManager, ManagerFacts};
use super::{
    ActivateMember, AddMember, Authority, ChangeMemberEmail, ChangeMemberEmployment,
    ChangeMemberRoles, ChangeMemberTimeZone, DeactivateMember, GiveGrant, Grant, InviteMember,
    MemberEvent, NameSubstitute, Refusal, RegisterMember, RenameMember, RevokeMemberSessions, Role,
    SetWorkPattern, SubstituteFacts, Substitution, TakeBackGrant, WithdrawSubstitute, WorkPattern,
    activate_member, add_member, change_member_email, change_member_employment,
    change_member_roles, change_member_time_zone, deactivate_member, give_grant, invite_member,
    name_substitute, register_member, rename_member, revoke_member_sessions, set_work_pattern,
    take_back_grant, withdraw_substitute,
};
use crate::aggregate::aggregate;
use crate::id::{MemberId, StreamId};
use crate::personal::{Personal, Unique};
use crate::settings::canonical_time_zone;

/// The stream of a member.
pub fn member_stream(member: MemberId) -> StreamId {
    StreamId(member.0)
}

/// A person of a tenant. To be written down, name and address must be sealed, as they are in events
/// that came from the log; once erased they are there but can't be read.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Member {
    /// Which one; none where their stream is empty: there is no such member.
    pub id: Option<MemberId>,
    /// What they are called.
    pub name: Option<Personal<String>>,
    /// The address they sign in with.
    pub email: Option<Personal<Unique>>,
    /// What they may do while active, the most entitled first.
    pub roles: Vec<Role>,
    /// Their own zone, where it is not the tenant's.
    pub time_zone: Option<String>,
    /// Whether they may sign in and record time.
    pub active: bool,
    /// What they may do with single objects, while active.
    #[serde(default)]
    pub grants: BTreeSet<Grant>,
    /// How far they have come from being added to signing in.
    pub registration: Registration,
    /// Who they report to.
    pub manager: Option<MemberId>,
    /// Their first day of employment, where it is known.
    pub hired_on: Option<Date>,
    /// Their last day of employment, where there is one.
    pub left_on: Option<Date>,
    /// By which patterns they work, ordered by the day each holds from.
    pub patterns: Vec<WorkPattern>,
    /// Who stands in for them, and when, in the order they were named.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub substitutes: Vec<Substitution>,
    /// How often all sessions begun before were ended at once: one that began in an earlier epoch
    /// is over, in every process that reads this stream, without a list to go through.
    pub epoch: u32,
}

/// How far a member has come from being added to signing in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Registration {
    /// Nobody has asked them yet.
    #[default]
    None,
    /// They were asked by mail.
    Invited,
    /// They have followed a link that was mailed to them.
    Registered,
}

impl Registration {
    /// The name in the API and in read models.
    pub fn as_str(self) -> &'static str {
        match self {
            Registration::None => "none",
            Registration::Invited => "invited",
            Registration::Registered => "registered",
        }
    }

    /// The one of that name.
    pub fn parse(name: &str) -> Option<Self> {
        let all = [Registration::None, Registration::Invited, Registration::Registered];
        all.into_iter().find(|it| it.as_str() == name)
    }
}

/// What can be asked of a member, each with in whose right and the facts it needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MemberCommand {
    /// See [`add_member`].
    Add(Authority, AddMember),
    /// See [`rename_member`].
    Rename(Authority, RenameMember),
    /// See [`change_member_email`].
    ChangeEmail(Authority, ChangeMemberEmail),
    /// See [`change_member_roles`].
    ChangeRoles {
        /// In whose right.
        by: Authority,
        /// How many other active members are owners.
        other_active_owners: u32,
        /// The command.
        command: ChangeMemberRoles,
    },
    /// See [`change_member_time_zone`].
    ChangeTimeZone(Authority, ChangeMemberTimeZone),
    /// See [`deactivate_member`].
    Deactivate {
        /// In whose right.
        by: Authority,
        /// How many other active members are owners.
        other_active_owners: u32,
        /// The command.
        command: DeactivateMember,
    },
    /// See [`activate_member`].
    Activate(Authority, ActivateMember),
    /// See [`give_grant`].
    GiveGrant(GiveGrant),
    /// See [`take_back_grant`].
    TakeBackGrant(TakeBackGrant),
    /// See [`invite_member`].
    Invite(Authority, InviteMember),
    /// See [`register_member`].
    Register(RegisterMember),
    /// See [`change_member_manager`].
    ChangeManager(Authority, ManagerFacts, ChangeMemberManager),
    /// See [`change_member_employment`].
    ChangeEmployment(Authority, ChangeMemberEmployment),
    /// See [`set_work_pattern`].
    SetWorkPattern(Authority, SetWorkPattern),
    /// See [`revoke_member_sessions`].
    RevokeSessions(Authority, RevokeMemberSessions),
    /// See [`name_substitute`].
    NameSubstitute(Authority, SubstituteFacts, NameSubstitute),
    /// See [`withdraw_substitute`].
    WithdrawSubstitute(Authority, WithdrawSubstitute),
}

aggregate!(Member, "member", MemberCommand, MemberEvent, Refusal);

impl Member {
    /// What follows from a command.
    pub fn decide(&self, command: MemberCommand) -> Result<Vec<MemberEvent>, Refusal> {
        match command {
            MemberCommand::Add(by, command) => add_member::decide(self, &by, command),
            MemberCommand::Rename(by, command) => rename_member::decide(self, &by, command),
            MemberCommand::ChangeEmail(by, command) => {
                change_member_email::decide(self, &by, command)
            }
            MemberCommand::ChangeRoles { by, other_active_owners, command } => {
                change_member_roles::decide(self, &by, other_active_owners, command)
            }
            MemberCommand::ChangeTimeZone(by, command) => {
                change_member_time_zone::decide(self, &by, command)
            }
            MemberCommand::Deactivate { by, other_active_owners, command } => {
                deactivate_member::decide(self, &by, other_active_owners, command)
            }
            MemberCommand::Activate(by, command) => activate_member::decide(self, &by, command),
            MemberCommand::GiveGrant(command) => give_grant::decide(self, command),
            MemberCommand::TakeBackGrant(command) => take_back_grant::decide(self, command),
            MemberCommand::Invite(by, command) => invite_member::decide(self, &by, command),
            MemberCommand::Register(command) => register_member::decide(self, command),
            MemberCommand::ChangeManager(by, facts, command) => {
                change_member_manager::decide(self, &by, &facts, command)
            }
            MemberCommand::ChangeEmployment(by, command) => {
                change_member_employment::decide(self, &by, command)
            }
            MemberCommand::SetWorkPattern(by, command) => {
                set_work_pattern::decide(self, &by, command)
            }
            MemberCommand::RevokeSessions(by, command) => {
                revoke_member_sessions::decide(self, &by, command)
            }
            MemberCommand::NameSubstitute(by, facts, command) => {
                name_substitute::decide(self, &by, &facts, command)
            }
            MemberCommand::WithdrawSubstitute(by, command) => {
                withdraw_substitute::decide(self, &by, command)
            }
        }
    }

    /// Takes in what happened.
    pub fn evolve(&mut self, event: &MemberEvent) {
        match event {
            MemberEvent::MemberAdded(event) => {
                *self = Member {
                    id: Some(event.member),
                    name: Some(event.name.clone()),
                    email: event.email.clone(),
                    roles: event.roles.clone(),
                    time_zone: event.time_zone.clone(),
                    active: true,
                    ..Member::default()
                };
            }
            MemberEvent::MemberRenamed(event) => self.name = Some(event.name.clone()),
            MemberEvent::MemberEmailChanged(event) => {
                // Whoever holds a session has shown that the old address is theirs, no more.
                self.epoch += 1;
                self.email = Some(event.email.clone());
            }
            MemberEvent::MemberRolesChanged(event) => {
                let kept = |held: &Role| event.roles.iter().any(|role| role.includes(*held));
                self.epoch += u32::from(!self.roles.iter().all(kept));
                self.roles.clone_from(&event.roles);
            }
            MemberEvent::MemberTimeZoneChanged(event) => {
                self.time_zone.clone_from(&event.time_zone);
            }
            MemberEvent::MemberDeactivated(_) => {
                self.epoch += 1;
                self.active = false;
            }
            MemberEvent::MemberActivated(_) => self.active = true,
            MemberEvent::GrantGiven(event) => {
                self.grants.insert(event.grant);
            }
            MemberEvent::GrantTakenBack(event) => {
                self.grants.remove(&event.grant);
            }
            MemberEvent::MemberInvited(_) => {
                if self.registration == Registration::None {
                    self.registration = Registration::Invited;
                }
            }
            MemberEvent::MemberRegistered(_) => self.registration = Registration::Registered,
            MemberEvent::MemberManagerChanged(event) => self.manager = event.manager,
            MemberEvent::MemberEmploymentChanged(event) => {
                (self.hired_on, self.left_on) = (event.hired_on, event.left_on);
            }
            MemberEvent::WorkPatternSet(event) => {
                WorkPattern { from: event.from, minutes: event.minutes.clone() }
                    .put_into(&mut self.patterns);
            }
            MemberEvent::MemberSessionsRevoked(_) => self.epoch += 1,
            MemberEvent::SubstituteNamed(event) => self.substitutes.push(Substitution::of(event)),
            MemberEvent::SubstituteWithdrawn(event) => {
                self.substitutes.retain(|substitution| substitution.id != event.id);
            }
        }
    }

    /// Their id, or the refusal that there is no such member.
    pub fn known(&self) -> Result<MemberId, Refusal> {
        self.id.ok_or(Refusal::UnknownMember)
    }

    /// Whether they may do what `needed` may do; nobody may anything while not active.
    pub fn includes(&self, needed: Role) -> bool {
        self.active && self.roles.iter().any(|role| role.includes(needed))
    }

    /// Whether they are an owner who can act.
    pub fn is_active_owner(&self) -> bool {
        self.active && self.roles.contains(&Role::Owner)
    }

    /// By which pattern they work on a day, where one was set for it.
    pub fn pattern_on(&self, day: Date) -> Option<&WorkPattern> {
        let holds = |pattern: &&WorkPattern| pattern.from.is_none_or(|from| from <= day);
        self.patterns.iter().rev().find(holds)
    }

    /// The member's id, if the caller is an owner or admin who may change them.
    pub(super) fn looked_after_by(&self, by: &Authority) -> Result<MemberId, Refusal> {
        let id = self.known()?;
        check_grants(by, &self.roles)?;
        Ok(id)
    }

    /// The member's id, if the caller is the member or may change them.
    pub(super) fn own_or_looked_after_by(&self, by: &Authority) -> Result<MemberId, Refusal> {
        let id = self.known()?;
        if by.is(id) { Ok(id) } else { self.looked_after_by(by) }
    }

    /// Refuses to lose the tenant's last owner.
    pub(super) fn check_owner_left(&self, other_active_owners: u32) -> Result<(), Refusal> {
        if self.is_active_owner() && other_active_owners == 0 {
            return Err(Refusal::LastOwner);
        }
        Ok(())
    }
}

/// Refuses a caller who may not give or take one of the roles.
pub(super) fn check_grants(by: &Authority, roles: &[Role]) -> Result<(), Refusal> {
    if !by.includes(Role::Admin) {
        return Err(Refusal::NotAllowed);
    }
    match roles.iter().find(|role| !by.grants(**role)) {
        Some(role) => Err(Refusal::RoleTooHigh { role: *role, needed: Role::Owner }),
        None => Ok(()),
    }
}

/// The roles in their order without repetition; refuses none at all.
pub(super) fn canonical_roles(mut roles: Vec<Role>) -> Result<Vec<Role>, Refusal> {
    roles.sort_unstable();
    roles.dedup();
    if roles.is_empty() { Err(Refusal::NoRole) } else { Ok(roles) }
}

/// The zone's name as the IANA database spells it; refuses one that it does not have.
pub(super) fn checked_time_zone(time_zone: Option<String>) -> Result<Option<String>, Refusal> {
    let Some(time_zone) = time_zone else { return Ok(None) };
    match canonical_time_zone(&time_zone) {
        Some(name) => Ok(Some(name)),
        None => Err(Refusal::UnknownTimeZone { time_zone }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::members::{
        MemberActivated, MemberDeactivated, MemberEmailChanged, MemberRolesChanged, samples,
    };
    use cqrs_es::test::TestFramework;

    #[test]
    fn a_member_may_nothing_while_not_active() {
        let mut member = samples::member(&[Role::Owner]);
        assert!(member.includes(Role::Billing) && member.is_active_owner());
        member.evolve(&MemberDeactivated { member: samples::MEMBER }.into());
        assert!(!member.includes(Role::Member) && !member.is_active_owner());
    }

    #[test]
    fn a_new_epoch_begins_where_somebody_rests_loses_a_right_or_gets_another_address() {
        let roles = |roles: &[Role]| {
            let member = samples::MEMBER;
            MemberRolesChanged { member, roles: roles.to_vec() }.into()
        };
        let mut member = samples::member(&[Role::Manager, Role::Auditor]);
        let mut begins = |event: MemberEvent| {
            let before = member.epoch;
            member.evolve(&event);
            member.epoch > before
        };
        assert!(!begins(roles(&[Role::Admin, Role::Auditor])), "more rights");
        assert!(begins(roles(&[Role::Admin])), "no auditor any more");
        assert!(begins(roles(&[Role::Billing])));
        assert!(!begins(roles(&[Role::Billing, Role::Member])), "a right they had before");
        let email = samples::personal_address("nova@example.org");
        assert!(begins(MemberEmailChanged { member: samples::MEMBER, email }.into()));
        assert!(begins(MemberDeactivated { member: samples::MEMBER }.into()));
        assert!(!begins(MemberActivated { member: samples::MEMBER }.into()));
    }

    #[test]
    fn the_aggregate_answers_as_the_plain_decisions_do() {
        let member = samples::MEMBER;
        let deactivate = |other_active_owners| MemberCommand::Deactivate {
            by: Authority::Operator,
            other_active_owners,
            command: DeactivateMember { member },
        };
        TestFramework::<Member>::with(())
            .given(vec![samples::added(&[Role::Owner])])
            .when(deactivate(1))
            .then_expect_events(vec![MemberDeactivated { member }.into()]);
        TestFramework::<Member>::with(())
            .given(vec![samples::added(&[Role::Owner])])
            .when(deactivate(0))
            .then_expect_error(Refusal::LastOwner);
    }
    #[test]
    fn a_member_from_the_log_reads_back_as_written_with_name_and_address_sealed() {
        let id = samples::MEMBER.0;
        let sealed = format!("p1.identity.{}.AAAA", id.simple());
        let added = format!(
            r#"{{"email":"{sealed}","member":"{id}","name":"{sealed}","roles":["member"]}}"#
        );
        let event = crate::log::Event::decode("MemberAdded", 1, &added).unwrap();
        let mut member = Member::default();
        member.evolve(&event.try_into().unwrap());
        assert!(member.includes(Role::Member));
        let stored = serde_json::to_string(&member).unwrap();
        assert_eq!(serde_json::from_str::<Member>(&stored).unwrap(), member);
        let clear = samples::member(&[Role::Member]);
        assert!(serde_json::to_string(&clear).is_err(), "never in clear");
    }
}
