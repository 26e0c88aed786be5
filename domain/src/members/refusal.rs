//! Why a change of a member is refused. An address that is taken is found by its claim when the
//! event is appended; it is named here too, so that all refusals of the slice stand in one place.

use super::Role;
use super::work_pattern::PATTERN_RULE;
use crate::name::NAME_RULE;

/// A state of the world that a change of a member meets.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The name is empty, too long or holds control characters.
    #[error("{NAME_RULE}")]
    InvalidName,
    /// The text is no e-mail address.
    #[error("this is no e-mail address; give one such as nova@example.com, of 254 bytes at most")]
    InvalidEmail,
    /// Another member has the address.
    #[error("another member has this e-mail address; use that member or another address")]
    EmailTaken,
    /// The database of time zones has no such zone.
    #[error("there is no time zone {time_zone:?}; give an IANA name such as Africa/Johannesburg")]
    UnknownTimeZone {
        /// The name given.
        time_zone: String,
    },
    /// Nobody is a member without a role.
    #[error("give at least one role; to keep somebody out, deactivate them")]
    NoRole,
    /// A member with this id is there.
    #[error("this id was used before; leave it out or make a new one")]
    AlreadyAdded,
    /// No such member.
    #[error("there is no such member; add them first")]
    UnknownMember,
    /// The caller may not change this member.
    #[error("only owners and admins change other members; ask one of them")]
    NotAllowed,
    /// The caller may not give or take this role, or change who has it.
    #[error("only whoever has the role {needed} may do this to a member with the role {role}")]
    RoleTooHigh {
        /// The role given, taken or held.
        role: Role,
        /// The least role that may.
        needed: Role,
    },
    /// Nobody would be left to own the tenant.
    #[error("this is the last active owner; make somebody else an owner first")]
    LastOwner,
    /// One member can have only so many.
    #[error("a member has at most {max} grants; give a role, or take some back")]
    TooManyGrants {
        /// How many.
        max: usize,
    },
    /// The member does not have this right.
    #[error("there is no such grant")]
    UnknownGrant,
    /// Nobody can write to the member.
    #[error("this member has no e-mail address; give them one first")]
    NoEmail,
    /// The member rests.
    #[error("this member is not active; activate them first")]
    NotActive,
    /// An invitation would say nothing new.
    #[error("this member has registered; they ask for a link to sign in themselves")]
    AlreadyRegistered,
    /// A manager would be under themselves.
    #[error("this manager is the member or somebody under them; choose another one")]
    ManagerCycle,
    /// The manager rests.
    #[error("this manager is not active; choose another one")]
    ManagerNotActive,
    /// The last day is before the first.
    #[error("the last day of employment is before the first; check both")]
    LeftBeforeHired,
    /// The minutes are no weeks of work.
    #[error("{PATTERN_RULE}")]
    InvalidWorkPattern,
    /// A cycle of several weeks needs to begin somewhere.
    #[error("a pattern of several weeks needs the day from which it holds")]
    CycleWithoutStart,
    /// Nobody stands in for themselves.
    #[error("nobody stands in for themselves; name another member")]
    OwnSubstitute,
    /// The substitute rests or changes nothing.
    #[error("this member is not active or only reads; name another one")]
    SubstituteUnfit,
    /// The days are none, or too many.
    #[error("give a first and a last day, the last not before the first, {max} days at most")]
    SubstituteDays {
        /// How many days at most.
        max: i32,
    },
    /// The days are over.
    #[error("these days are over; nothing is decided in the past")]
    SubstituteDaysOver,
    /// Somebody stands in for the member on some of these days.
    #[error("somebody stands in for this member on some of these days; withdraw that first")]
    SubstituteDaysTaken,
    /// One member can have only so many.
    #[error("a member has at most {max} substitutes on record; withdraw some of them")]
    TooManySubstitutes {
        /// How many.
        max: usize,
    },
    /// Nobody stands in under this id.
    #[error("there is no such substitute")]
    UnknownSubstitution,
    /// No such session.
    #[error("there is no such session")]
    UnknownSession,
    /// How somebody showed who they are is not enough for them.
    #[error("this way of signing in is not enough for this member; use a stronger one")]
    ProofTooWeak,
    /// A link that leads nowhere: why is not said, for it may be in the wrong hands.
    #[error("this link can't be used: it was used, is too old or was changed; ask for a new one")]
    LinkUnusable,
}

impl Refusal {
    /// The stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Refusal::InvalidName => "members.invalid_name",
            Refusal::InvalidEmail => "members.invalid_email",
            Refusal::EmailTaken => "members.email_taken",
            Refusal::UnknownTimeZone { .. } => "members.unknown_time_zone",
            Refusal::NoRole => "members.no_role",
            Refusal::AlreadyAdded => "members.already_added",
            Refusal::UnknownMember => "members.unknown_member",
            Refusal::NotAllowed => "members.not_allowed",
            Refusal::RoleTooHigh { .. } => "members.role_too_high",
            Refusal::LastOwner => "members.last_owner",
            Refusal::TooManyGrants { .. } => "members.too_many_grants",
            Refusal::UnknownGrant => "members.unknown_grant",
            Refusal::NoEmail => "members.no_email",
            Refusal::NotActive => "members.not_active",
            Refusal::AlreadyRegistered => "members.already_registered",
            Refusal::ManagerCycle => "members.manager_cycle",
            Refusal::ManagerNotActive => "members.manager_not_active",
            Refusal::LeftBeforeHired => "members.left_before_hired",
            Refusal::InvalidWorkPattern => "members.invalid_work_pattern",
            Refusal::CycleWithoutStart => "members.cycle_without_start",
            Refusal::OwnSubstitute => "members.own_substitute",
            Refusal::SubstituteUnfit => "members.substitute_unfit",
            Refusal::SubstituteDays { .. } => "members.substitute_days",
            Refusal::SubstituteDaysOver => "members.substitute_days_over",
            Refusal::SubstituteDaysTaken => "members.substitute_days_taken",
            Refusal::TooManySubstitutes { .. } => "members.too_many_substitutes",
            Refusal::UnknownSubstitution => "members.unknown_substitution",
            Refusal::UnknownSession => "members.unknown_session",
            Refusal::ProofTooWeak => "members.proof_too_weak",
            Refusal::LinkUnusable => "members.link_unusable",
        }
    }

    /// The JSON pointer of the field it is about, where there is one.
    pub fn field(&self) -> Option<&'static str> {
        match self {
            Refusal::InvalidName => Some("/name"),
            Refusal::InvalidEmail | Refusal::EmailTaken => Some("/email"),
            Refusal::UnknownTimeZone { .. } => Some("/time_zone"),
            Refusal::NoRole => Some("/roles"),
            Refusal::ManagerCycle | Refusal::ManagerNotActive => Some("/manager_id"),
            Refusal::LeftBeforeHired => Some("/left_on"),
            Refusal::InvalidWorkPattern => Some("/minutes"),
            Refusal::CycleWithoutStart => Some("/from"),
            Refusal::OwnSubstitute | Refusal::SubstituteUnfit => Some("/substitute_id"),
            Refusal::SubstituteDays { .. } | Refusal::SubstituteDaysOver => Some("/to"),
            Refusal::SubstituteDaysTaken => Some("/from"),
            Refusal::LinkUnusable => Some("/token"),
            Refusal::AlreadyAdded
            | Refusal::UnknownMember
            | Refusal::NotAllowed
            | Refusal::RoleTooHigh { .. }
            | Refusal::LastOwner
            | Refusal::TooManyGrants { .. }
            | Refusal::UnknownGrant
            | Refusal::TooManySubstitutes { .. }
            | Refusal::UnknownSubstitution
            | Refusal::NoEmail
            | Refusal::NotActive
            | Refusal::AlreadyRegistered
            | Refusal::UnknownSession
            | Refusal::ProofTooWeak => None,
        }
    }

    /// Whether what was named is not there at all.
    pub fn is_unknown(&self) -> bool {
        matches!(
            self,
            Refusal::UnknownMember
                | Refusal::UnknownSession
                | Refusal::UnknownGrant
                | Refusal::UnknownSubstitution
        )
    }

    /// Whether the caller lacks the right.
    pub fn is_forbidden(&self) -> bool {
        matches!(self, Refusal::NotAllowed | Refusal::RoleTooHigh { .. })
    }
}
