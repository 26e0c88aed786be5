//! Who reads why somebody is away, and what belongs to a request: its member, whoever has or had a
//! step of its approval, whoever was given the right, and of reasons the owner. An admin or auditor
//! as such is none of these. Everything that shows leave asks here.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;

use super::{LeaveRequest, LeaveState};
use crate::id::MemberId;
use crate::members::{Action, Authority, Grant, Member, Object, Role, may};
use crate::time::{Approval, Concerned, Filled, Office, PassedStep, Right};

/// Of a request what its readers depend on.
#[derive(Debug, Clone, Copy)]
pub struct Asked<'a> {
    /// Whose it is.
    pub member: MemberId,
    /// Where it stands.
    pub state: LeaveState,
    /// Whether it was ever asked for: what was only written down is its member's alone.
    pub submitted: bool,
    /// Its steps, and those behind it.
    pub approval: &'a Approval,
    /// The step that decided it.
    pub decided: Option<PassedStep>,
}

impl<'a> Asked<'a> {
    /// The same of a request as it's folded.
    pub fn of(member: MemberId, request: &'a LeaveRequest) -> Self {
        let LeaveRequest { state, approval, decided, .. } = request;
        let submitted = request.holds_steps();
        Asked { member, state: *state, submitted, approval, decided: *decided }
    }
}

/// Somebody who looks at leave, with what of the firm decides on what they see.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Onlooker {
    /// Who; none is nobody, who sees nothing.
    by: Option<MemberId>,
    roles: Vec<Role>,
    grants: BTreeSet<Grant>,
    /// Their own right to decide, and those of the absent for whom they stand in.
    rights: Vec<Right>,
    everybody: Vec<Right>,
    managers: BTreeMap<MemberId, MemberId>,
}

impl Onlooker {
    /// A member of a firm that these are the members of, on a day.
    pub fn of<'a>(
        by: MemberId,
        members: impl IntoIterator<Item = &'a Member>,
        today: Date,
    ) -> Self {
        let mut found = Onlooker::default();
        for member in members {
            let Some(id) = member.id else { continue };
            found.managers.extend(member.manager.map(|manager| (id, manager)));
            let right = Right::of(member);
            if id == by && member.active {
                found.by = Some(by);
                found.roles.clone_from(&member.roles);
                found.grants.clone_from(&member.grants);
                found.rights.extend(right.clone());
            } else if member.substitutes_on(today).any(|substitute| substitute == by) {
                found.rights.extend(right.clone());
            }
            found.everybody.extend(right);
        }
        // Who can't act stands in for nobody.
        if !found.rights.iter().any(|right| right.of == by) {
            found.rights.clear();
        }
        found
    }

    /// Whether they have or had a step of this request to decide on: by office, as the member's
    /// manager, in place of somebody absent, or because they did. Who decides by being an owner or
    /// admin alone has none before they have decided.
    pub fn has_a_step(&self, asked: &Asked<'_>) -> bool {
        let Some(by) = self.by.filter(|_| asked.submitted) else { return false };
        let passed = asked.approval.passed.iter().chain(&asked.decided);
        let was_theirs = |step: &PassedStep| step.by == by || step.in_right_of == Some(by);
        if by != asked.member && passed.into_iter().any(was_theirs) {
            return true;
        }
        // Once it's decided it's theirs who decided, and not of whoever comes to hold the office.
        if asked.state != LeaveState::Submitted {
            return false;
        }
        let others = |right: &&Right| right.of != asked.member && by != asked.member;
        let mut rights = self.rights.iter().filter(others).peekable();
        if rights.peek().is_none() {
            return false;
        }
        let concerned = self.concerned(asked.member);
        rights.any(|right| {
            let mut offices = asked.approval.chain.offices().iter();
            offices.any(|office| holds(&concerned, right, *office))
        })
    }

    /// Whether they may read why the member is away, or was not let go.
    pub fn sees_reason(&self, asked: &Asked<'_>) -> bool {
        if !asked.submitted {
            return self.by == Some(asked.member);
        }
        self.reads(asked.member, self.has_a_step(asked))
    }

    /// Whether they may read what was said of a member's leave where no request is meant, such as
    /// why a balance was entered by hand.
    pub fn sees_reasons_of(&self, member: MemberId) -> bool {
        self.reads(member, false)
    }

    fn reads(&self, member: MemberId, approver: bool) -> bool {
        let Some(by) = self.by else { return false };
        let authority = Authority::Member { member: by, roles: self.roles.clone() };
        let object = Object::Leave { member, approver };
        may(&authority, &self.grants, Action::ReadLeaveReason, &object).is_ok()
    }

    fn concerned(&self, member: MemberId) -> Concerned {
        let manager = self.managers.get(&member).copied();
        let acts = |manager: &MemberId| self.everybody.iter().any(|right| right.of == *manager);
        Concerned {
            member,
            line_manager: manager.filter(acts),
            clients: BTreeMap::new(),
            filled: Filled::by(&self.everybody, member),
        }
    }
}

/// Whether an office is theirs, and not only a role that includes every other.
fn holds(concerned: &Concerned, right: &Right, office: Office) -> bool {
    let mut right = right.clone();
    if office != Office::Admin {
        right.roles.retain(|role| !matches!(role, Role::Owner | Role::Admin));
    }
    // Leave is on no project: offices of projects and clients are stood in for by managers.
    concerned.holds(&right, office, None)
}

#[cfg(test)]
mod tests;
