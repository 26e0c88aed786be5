//! Who may do what with which object: one table, and what it does not allow is denied. A role
//! allows it for all objects, a grant for one, and some things are everybody's own. What a rule of
//! the business adds (nobody approves their own time) is decided where that rule is.

use std::collections::BTreeSet;

use super::{Authority, Grant, Role};
use crate::files::{FileAbout, FileKind};
use crate::id::{ClientId, FileId, MemberId, ProjectId};

/// What somebody wants to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Action {
    /// Take on a client.
    AddClient,
    /// Rename, archive or restore a client.
    ChangeClient,
    /// Change what a client is billed in.
    ChangeClientCurrency,
    /// Set or clear rates.
    ChangeRates,
    /// Begin a project for a client.
    AddProject,
    /// Change a project, its tasks and who works on it.
    ChangeProject,
    /// See a project's budgets, those of fees too, and how far it has come.
    ReadBudgets,
    /// Read bills and what may be billed.
    ReadBills,
    /// Draft and void bills.
    ChangeBills,
    /// Record time in a member's name.
    RecordTime,
    /// Ask for leave in a member's name.
    AskForLeave,
    /// Approve, reject or reopen time: of a member, on a project or for a client, each where the
    /// steps of an approval ask for it.
    ApproveTime,
    /// Close periods and open them again.
    ClosePeriods,
    /// Correct a member's time that an invoice holds.
    CorrectBilledTime,
    /// Take over hours from another system.
    Import,
    /// Keep a file.
    StoreFile,
    /// See a file and what is inside.
    ReadFile,
    /// Destroy a file.
    RemoveFile,
    /// Read why a member is away.
    ReadLeaveReason,
    /// Give a right on the object, or take it back.
    Grant,
}

impl Action {
    /// Every action.
    pub const ALL: [Action; 20] = [
        Action::AddClient,
        Action::ChangeClient,
        Action::ChangeClientCurrency,
        Action::ChangeRates,
        Action::AddProject,
        Action::ChangeProject,
        Action::ReadBudgets,
        Action::ReadBills,
        Action::ChangeBills,
        Action::RecordTime,
        Action::AskForLeave,
        Action::ApproveTime,
        Action::ClosePeriods,
        Action::CorrectBilledTime,
        Action::Import,
        Action::StoreFile,
        Action::ReadFile,
        Action::RemoveFile,
        Action::ReadLeaveReason,
        Action::Grant,
    ];
}

/// What it's to be done with, and the facts about it that the table asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Object {
    /// The firm as a whole.
    Firm,
    /// A client.
    Client(ClientId),
    /// A project.
    Project {
        /// Which.
        project: ProjectId,
        /// Whose; none where it's not known.
        client: Option<ClientId>,
    },
    /// A member.
    Member(MemberId),
    /// A file.
    File {
        /// Which.
        file: FileId,
        /// What it's for.
        kind: FileKind,
        /// Whose it is.
        owner: MemberId,
        /// What it's about.
        about: Option<FileAbout>,
        /// Whether the caller has or had a step of what it's about to decide on.
        approver: bool,
    },
    /// A member's leave, or one request of it.
    Leave {
        /// Whose.
        member: MemberId,
        /// Whether the caller has or had a step of the request to decide on.
        approver: bool,
    },
}

/// The caller may not do this.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the caller may not do this")]
pub struct Denied(pub Action);

/// Who may.
#[derive(Debug, Clone, Copy, Default)]
struct Rule {
    /// Whoever has one of these roles, or one that includes it.
    roles: &'static [Role],
    /// The member that the object is of, while they have a role to work with.
    own: bool,
    /// Whoever looks after the client.
    account_manager: bool,
    /// Whoever looks after the project.
    project_manager: bool,
    /// Whoever was given the file, or why the member is away, to read.
    reader: bool,
    /// Whoever has or had a step of the request for leave to decide on.
    approver: bool,
    /// Not whoever would only do themselves a favour by their role.
    not_for_themselves: bool,
    /// Not even at the machine's command line.
    no_operator: bool,
}

const NOBODY: Rule = Rule {
    roles: &[],
    own: false,
    account_manager: false,
    project_manager: false,
    reader: false,
    approver: false,
    not_for_themselves: false,
    no_operator: false,
};

/// The table.
fn rule(action: Action, object: &Object) -> Rule {
    const ADMINS: Rule = Rule { roles: &[Role::Admin], ..NOBODY };
    const MANAGERS: Rule = Rule { roles: &[Role::Manager], ..NOBODY };
    const MONEY: Rule = Rule { roles: &[Role::Billing], ..NOBODY };
    match (action, object) {
        (Action::AddClient, Object::Firm) => MANAGERS,
        (Action::ChangeClient, Object::Client(_)) => Rule { account_manager: true, ..MANAGERS },
        (Action::ChangeClientCurrency, Object::Client(_) | Object::Firm) => MONEY,
        (Action::ChangeRates, Object::Firm) => MONEY,
        (Action::AddProject, Object::Client(_)) => Rule { account_manager: true, ..MANAGERS },
        (Action::ChangeProject, Object::Project { .. }) => {
            Rule { account_manager: true, project_manager: true, ..MANAGERS }
        }
        (Action::ReadBudgets, Object::Project { .. }) => {
            let roles = &[Role::Manager, Role::Billing, Role::Auditor];
            Rule { roles, account_manager: true, project_manager: true, ..NOBODY }
        }
        (Action::ReadBills, Object::Client(_)) => {
            let roles = &[Role::Billing, Role::Auditor];
            Rule { roles, account_manager: true, ..NOBODY }
        }
        (Action::ReadBills, Object::Firm) => {
            Rule { roles: &[Role::Billing, Role::Auditor], ..NOBODY }
        }
        (Action::ChangeBills, Object::Client(_)) => Rule { account_manager: true, ..MONEY },
        (Action::ChangeBills, Object::Firm) => MONEY,
        (Action::RecordTime | Action::AskForLeave, Object::Member(_)) => {
            Rule { own: true, ..MANAGERS }
        }
        (Action::ApproveTime, Object::Member(_)) => Rule { no_operator: true, ..MANAGERS },
        (Action::ClosePeriods, Object::Firm) => {
            Rule { roles: &[Role::Admin, Role::Billing], ..NOBODY }
        }
        (Action::CorrectBilledTime, Object::Member(_)) => {
            Rule { roles: &[Role::Manager, Role::Billing], ..NOBODY }
        }
        (Action::ApproveTime, Object::Client(_)) => {
            Rule { no_operator: true, account_manager: true, ..ADMINS }
        }
        (Action::ApproveTime, Object::Project { .. }) => {
            Rule { no_operator: true, project_manager: true, ..ADMINS }
        }
        (Action::Import, Object::Firm) => ADMINS,
        (Action::Grant, Object::Client(_) | Object::Project { .. }) => ADMINS,
        (
            Action::StoreFile | Action::ReadFile | Action::RemoveFile | Action::Grant,
            Object::File { kind, about, .. },
        ) => {
            let about_work = about.is_some_and(FileAbout::is_work);
            // What belongs to a request for leave tells as much as a sick note, whatever it is.
            let kind = if about.is_some() && !about_work { FileKind::Medical } else { *kind };
            of_file(action, kind, about_work)
        }
        (Action::ReadLeaveReason, Object::Leave { .. }) => Rule {
            roles: &[Role::Owner],
            own: true,
            reader: true,
            approver: true,
            no_operator: true,
            ..NOBODY
        },
        (Action::Grant, Object::Leave { .. }) => {
            Rule { roles: &[Role::Owner], own: true, no_operator: true, ..NOBODY }
        }
        (_, _) => NOBODY,
    }
}

/// The part of the table that is about files. What tells of somebody's health is theirs: nobody
/// reads it by a role, not even owners, who can give themselves the right, which the log tells.
fn of_file(action: Action, kind: FileKind, about_work: bool) -> Rule {
    const ADMINS: Rule = Rule { roles: &[Role::Admin], ..NOBODY };
    const EVERYBODY: Rule = Rule { roles: &[Role::Member, Role::Auditor], ..NOBODY };
    const BOOKS: Rule = Rule {
        roles: &[Role::Manager, Role::Billing, Role::Auditor],
        own: true,
        account_manager: true,
        project_manager: true,
        reader: true,
        ..NOBODY
    };
    let theirs = Rule { own: true, reader: true, ..NOBODY };
    match (action, kind) {
        (Action::StoreFile | Action::RemoveFile, FileKind::Logo) => ADMINS,
        (Action::ReadFile, FileKind::Logo) => EVERYBODY,
        (Action::ReadFile, FileKind::Document | FileKind::Contract) if about_work => BOOKS,
        (Action::ReadFile, FileKind::Document | FileKind::Contract) => {
            Rule { roles: &[Role::Admin], ..theirs }
        }
        (Action::StoreFile, FileKind::Document | FileKind::Contract) if about_work => {
            let roles = &[Role::Manager, Role::Billing];
            Rule { roles, account_manager: true, project_manager: true, ..NOBODY }
        }
        (Action::StoreFile, FileKind::Document) => Rule { own: true, ..ADMINS },
        (Action::RemoveFile, FileKind::Document) => Rule { own: true, ..ADMINS },
        // Who signed a contract can't make it go away.
        (Action::StoreFile | Action::RemoveFile, FileKind::Contract) => ADMINS,
        (Action::StoreFile, FileKind::SickNote | FileKind::Medical) => Rule { own: true, ..ADMINS },
        (Action::ReadFile, FileKind::SickNote | FileKind::Medical) => {
            Rule { no_operator: true, approver: true, ..theirs }
        }
        (Action::RemoveFile, FileKind::SickNote | FileKind::Medical) => {
            Rule { own: true, ..NOBODY }
        }
        // As the invoice itself: see `ReadBills`.
        (Action::ReadFile, FileKind::Issued) => {
            let roles = &[Role::Billing, Role::Auditor];
            Rule { roles, account_manager: true, ..NOBODY }
        }
        (Action::Grant, FileKind::Logo) => NOBODY,
        (Action::Grant, FileKind::Document | FileKind::Contract) => Rule { own: true, ..ADMINS },
        (Action::Grant, FileKind::SickNote | FileKind::Medical) => {
            Rule { own: true, not_for_themselves: true, ..ADMINS }
        }
        (_, _) => NOBODY,
    }
}

/// Whether the caller may do it, by role, by grant, or because it's their own; denied otherwise.
pub fn may(
    by: &Authority,
    grants: &BTreeSet<Grant>,
    action: Action,
    object: &Object,
) -> Result<(), Denied> {
    let rule = rule(action, object);
    let allowed = match by {
        Authority::Operator => !rule.roles.is_empty() && !rule.no_operator,
        Authority::Member { member, .. } => {
            // An auditor changes nothing, and whoever has no role at all does nothing.
            let reads = matches!(action, Action::ReadFile | Action::ReadLeaveReason);
            let works = by.includes(Role::Member) || reads;
            let has = |grant: Grant| works && grants.contains(&grant);
            rule.roles.iter().any(|role| by.includes(*role))
                || (rule.own && works && owner_of(object) == Some(*member))
                || (rule.account_manager
                    && client_of(object).is_some_and(|it| has(Grant::AccountManager(it))))
                || (rule.project_manager
                    && project_of(object).is_some_and(|it| has(Grant::ProjectManager(it))))
                || (rule.reader && reader_of(object).is_some_and(has))
                || (rule.approver && works && is_approver(object))
        }
    };
    if allowed { Ok(()) } else { Err(Denied(action)) }
}

/// Whether the caller may give this grant to a member: an admin opens nobody's health to
/// themselves, an owner may, and the log tells.
pub fn may_give(
    by: &Authority,
    grants: &BTreeSet<Grant>,
    object: &Object,
    to: MemberId,
) -> Result<(), Denied> {
    may(by, grants, Action::Grant, object)?;
    let strict = rule(Action::Grant, object).not_for_themselves;
    let favour = strict && by.is(to) && !by.includes(Role::Owner) && owner_of(object) != Some(to);
    if favour { Err(Denied(Action::Grant)) } else { Ok(()) }
}

fn owner_of(object: &Object) -> Option<MemberId> {
    match object {
        Object::Member(member) => Some(*member),
        Object::File { owner, .. } => Some(*owner),
        Object::Leave { member, .. } => Some(*member),
        Object::Firm | Object::Client(_) | Object::Project { .. } => None,
    }
}

fn client_of(object: &Object) -> Option<ClientId> {
    match object {
        Object::Client(client) => Some(*client),
        Object::Project { client, .. } => *client,
        Object::File { about: Some(FileAbout::Client(client)), .. } => Some(*client),
        Object::Firm | Object::Member(_) | Object::File { .. } | Object::Leave { .. } => None,
    }
}

fn project_of(object: &Object) -> Option<ProjectId> {
    match object {
        Object::Project { project, .. } => Some(*project),
        Object::File { about: Some(FileAbout::Project(project)), .. } => Some(*project),
        Object::Firm
        | Object::Client(_)
        | Object::Member(_)
        | Object::File { .. }
        | Object::Leave { .. } => None,
    }
}

/// The grant that opens it to be read.
fn reader_of(object: &Object) -> Option<Grant> {
    match object {
        Object::File { file, .. } => Some(Grant::Reader(*file)),
        Object::Leave { member, .. } => Some(Grant::LeaveReader(*member)),
        Object::Firm | Object::Client(_) | Object::Project { .. } | Object::Member(_) => None,
    }
}

fn is_approver(object: &Object) -> bool {
    match object {
        Object::File { approver, .. } | Object::Leave { approver, .. } => *approver,
        Object::Firm | Object::Client(_) | Object::Project { .. } | Object::Member(_) => false,
    }
}

#[cfg(test)]
mod tests;
