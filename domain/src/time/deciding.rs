//! Who decides on an entry at a step: whoever holds its office, by role, by grant or as the
//! member's manager; a role manager where nobody else than the member holds it, so that nothing is
//! stuck; owners and admins always. A substitute has the rights of whom they stand in for. Nobody
//! decides on their own time, unless a firm of one has set it so.

use std::collections::{BTreeMap, BTreeSet};

use super::chain::{Chain, Office};
use super::{Entry, EntryId, Refusal};
use crate::id::{ClientId, MemberId, ProjectId};
use crate::members::{Action, Authority, Grant, Member, Object, Role, may};

/// In whose right somebody decides, and what that one may do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Right {
    /// Whose right it is.
    pub of: MemberId,
    /// What they may do by role.
    pub roles: Vec<Role>,
    /// What they may do with single objects.
    pub grants: BTreeSet<Grant>,
}

impl Right {
    /// The right of a member; none where they rest or only read.
    pub fn of(member: &Member) -> Option<Self> {
        let of = member.id.filter(|_| member.includes(Role::Member))?;
        Some(Right { of, roles: member.roles.clone(), grants: member.grants.clone() })
    }

    fn includes(&self, needed: Role) -> bool {
        self.roles.iter().any(|role| role.includes(needed))
    }

    /// Whether the table of rights lets them approve with regard to this.
    fn may_approve(&self, object: &Object) -> bool {
        let by = Authority::Member { member: self.of, roles: self.roles.clone() };
        may(&by, &self.grants, Action::ApproveTime, object).is_ok()
    }
}

/// Which offices somebody else than the member holds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filled {
    /// Those that go with a project or a client.
    pub grants: BTreeSet<Grant>,
    /// That of billing.
    pub billing: bool,
    /// That of an admin.
    pub admin: bool,
}

impl Filled {
    /// What others than `except` hold.
    pub fn by<'a>(members: impl IntoIterator<Item = &'a Right>, except: MemberId) -> Self {
        let mut filled = Filled::default();
        for right in members.into_iter().filter(|right| right.of != except) {
            filled.grants.extend(&right.grants);
            filled.billing |= right.includes(Role::Billing);
            filled.admin |= right.includes(Role::Admin);
        }
        filled
    }
}

/// What is known of the time that is decided on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Concerned {
    /// Whose time it is.
    pub member: MemberId,
    /// Their manager, where there is one who can act.
    pub line_manager: Option<MemberId>,
    /// Whose the projects are.
    pub clients: BTreeMap<ProjectId, ClientId>,
    /// Which offices are filled; may be left empty where no right is a role manager's.
    pub filled: Filled,
}

impl Concerned {
    /// Whether this right is the office's, for time on a project or, without one, for leave: a role
    /// manager's where the office is empty, as it is where it goes with a project and there is
    /// none.
    pub fn holds(
        &self,
        right: &Right,
        office: Office,
        project: impl Into<Option<ProjectId>>,
    ) -> bool {
        let project = project.into();
        let stands_in = || right.may_approve(&Object::Member(self.member));
        match office {
            Office::Manager => stands_in(),
            Office::LineManager => match self.line_manager {
                Some(manager) => manager == right.of,
                None => stands_in(),
            },
            Office::ProjectManager => {
                let Some(project) = project else { return stands_in() };
                let grant = Grant::ProjectManager(project);
                let own = right.grants.contains(&grant)
                    && right.may_approve(&Object::Project { project, client: None });
                own || (!self.filled.grants.contains(&grant) && stands_in())
            }
            Office::AccountManager => {
                let client = project.and_then(|project| self.clients.get(&project).copied());
                let grant = client.map(Grant::AccountManager);
                let own = grant.is_some_and(|grant| right.grants.contains(&grant))
                    && client.is_some_and(|client| right.may_approve(&Object::Client(client)));
                let filled = grant.is_some_and(|grant| self.filled.grants.contains(&grant));
                own || (!filled && stands_in())
            }
            Office::Billing => {
                right.includes(Role::Billing) || (!self.filled.billing && stands_in())
            }
            Office::Admin => right.includes(Role::Admin) || (!self.filled.admin && stands_in()),
        }
    }

    /// The same, or an admin's, who may always decide.
    fn may(&self, right: &Right, office: Office, project: Option<ProjectId>) -> bool {
        right.includes(Role::Admin) || self.holds(right, office, project)
    }
}

/// Who decides, and on whose time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deciding {
    /// Who decides.
    pub by: MemberId,
    /// Their own right, then those of the absent for whom they stand in today.
    pub rights: Vec<Right>,
    /// Whether members may decide on their own time.
    pub self_approval: bool,
    /// What is known of the time.
    pub concerned: Concerned,
}

impl Deciding {
    /// In whose right they may decide at the step of this office; their own comes first.
    pub fn right(&self, office: Office, project: impl Into<Option<ProjectId>>) -> Option<&Right> {
        let project = project.into();
        let may =
            |right: &&Right| self.may_use(right) && self.concerned.may(right, office, project);
        self.rights.iter().find(may)
    }

    /// Nobody decides on their own time, nor does somebody else in their name.
    fn may_use(&self, right: &Right) -> bool {
        let own = self.concerned.member;
        if right.of == self.by {
            self.by != own || self.self_approval
        } else {
            self.by != own && right.of != own
        }
    }

    /// For whom they stand in when they use this right.
    pub fn stands_in_for(&self, right: &Right) -> Option<MemberId> {
        (right.of != self.by).then_some(right.of)
    }

    /// Whether any step of an entry is theirs, whatever stands against it now.
    pub fn has_a_say(&self, entry: &Entry) -> bool {
        self.concerns(&entry.approval.chain, entry.project)
    }

    /// Whether any step of a chain is theirs, for time on a project or for leave.
    pub fn concerns(&self, chain: &Chain, project: impl Into<Option<ProjectId>>) -> bool {
        let project = project.into();
        let may = |office: Office| {
            self.rights.iter().any(|right| self.concerned.may(right, office, project))
        };
        chain.offices().iter().copied().any(may)
    }

    /// In whose right they may open an entry again: any step of it may be theirs.
    pub(super) fn any_right(&self, entry: &Entry) -> Option<&Right> {
        let mut offices = entry.approval.chain.offices().iter();
        offices.find_map(|office| self.right(*office, entry.project))
    }

    /// Why they may decide on none of these entries now.
    pub(super) fn why_not(&self, entries: &[(EntryId, &Entry)]) -> Refusal {
        if self.by == self.concerned.member {
            return Refusal::OwnApproval;
        }
        let waits_for = entries.iter().find_map(|(_, entry)| entry.approval.next());
        Refusal::NotYourStep { waits_for: waits_for.unwrap_or(Office::Manager) }
    }
}
