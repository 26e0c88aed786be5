//! Why a change of the catalogue is refused. A name that is taken is found by its claim when the
//! event is appended; it is named here too, so that all refusals of the slice stand in one place.

use super::set_rounding_rule::INTERVAL_MINUTES_MAX;
use crate::money::RATE_MINOR_MAX;
use crate::name::NAME_RULE;

/// A state of the world that a change of the catalogue meets.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The name is empty, too long or holds control characters.
    #[error("{NAME_RULE}")]
    InvalidName,
    /// The code is no current currency.
    #[error("{currency:?} is no current ISO 4217 code; give one in capitals such as EUR")]
    UnknownCurrency {
        /// The code given.
        currency: String,
        /// The JSON pointer of the field.
        field: &'static str,
    },
    /// The amount of a rate is negative or beyond all measure.
    #[error("a rate is 0 to {RATE_MINOR_MAX} minor units per hour or day; mind the minor unit")]
    InvalidAmount,
    /// The interval of a rounding rule is out of bounds.
    #[error("a rounding interval is 1 to {INTERVAL_MINUTES_MAX} minutes; mode none needs none")]
    InvalidInterval,
    /// Something with this id is there.
    #[error("this id was used before; leave it out or make a new one")]
    AlreadyAdded,
    /// Another client has the name.
    #[error("another client has this name; use that one or choose another name")]
    ClientNameTaken,
    /// Another project of the client has the name.
    #[error("another project of this client has this name; use that one or choose another name")]
    ProjectNameTaken,
    /// Another task of the project has the name.
    #[error("another task of this project has this name; use that one or choose another name")]
    TaskNameTaken,
    /// No such client.
    #[error("there is no such client; add it first")]
    UnknownClient,
    /// No such project.
    #[error("there is no such project; add it first")]
    UnknownProject,
    /// No such task on the project.
    #[error("the project has no such task; add it first")]
    UnknownTask,
    /// No such member.
    #[error("there is no such member; add them first")]
    UnknownMember,
    /// The member is not active.
    #[error("the member is not active; activate them first")]
    MemberInactive,
    /// The client takes no new projects.
    #[error("the client is archived; restore it to add projects")]
    ClientArchived,
    /// The project is archived.
    #[error("the project is archived; restore it first")]
    ProjectArchived,
    /// The task is archived.
    #[error("the task is archived; add a new one instead")]
    TaskArchived,
    /// The project has as many tasks as one can have.
    #[error("a project has at most {max} tasks; archive some or begin another project")]
    TooManyTasks {
        /// How many it may have that are not archived.
        max: usize,
    },
}

impl Refusal {
    /// The stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Refusal::InvalidName => "catalogue.invalid_name",
            Refusal::UnknownCurrency { .. } => "catalogue.unknown_currency",
            Refusal::InvalidAmount => "catalogue.invalid_amount",
            Refusal::InvalidInterval => "catalogue.invalid_interval",
            Refusal::AlreadyAdded => "catalogue.already_added",
            Refusal::ClientNameTaken => "catalogue.client_name_taken",
            Refusal::ProjectNameTaken => "catalogue.project_name_taken",
            Refusal::TaskNameTaken => "catalogue.task_name_taken",
            Refusal::UnknownClient => "catalogue.unknown_client",
            Refusal::UnknownProject => "catalogue.unknown_project",
            Refusal::UnknownTask => "catalogue.unknown_task",
            Refusal::UnknownMember => "catalogue.unknown_member",
            Refusal::MemberInactive => "catalogue.member_inactive",
            Refusal::ClientArchived => "catalogue.client_archived",
            Refusal::ProjectArchived => "catalogue.project_archived",
            Refusal::TaskArchived => "catalogue.task_archived",
            Refusal::TooManyTasks { .. } => "catalogue.too_many_tasks",
        }
    }

    /// The JSON pointer of the field it is about, where there is one.
    pub fn field(&self) -> Option<&'static str> {
        match self {
            Refusal::InvalidName
            | Refusal::ClientNameTaken
            | Refusal::ProjectNameTaken
            | Refusal::TaskNameTaken => Some("/name"),
            Refusal::UnknownCurrency { field, .. } => Some(field),
            Refusal::InvalidAmount => Some("/rate/amount_minor"),
            Refusal::InvalidInterval => Some("/rule/interval_minutes"),
            Refusal::UnknownClient | Refusal::ClientArchived => Some("/client_id"),
            Refusal::UnknownMember | Refusal::MemberInactive => Some("/member_id"),
            Refusal::AlreadyAdded
            | Refusal::UnknownProject
            | Refusal::UnknownTask
            | Refusal::ProjectArchived
            | Refusal::TaskArchived
            | Refusal::TooManyTasks { .. } => None,
        }
    }

    /// Whether what was named is not there at all.
    pub fn is_unknown(&self) -> bool {
        matches!(
            self,
            Refusal::UnknownClient
                | Refusal::UnknownProject
                | Refusal::UnknownTask
                | Refusal::UnknownMember
        )
    }
}
