//! What can happen to a member.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::{Grant, Role};
use crate::id::{MemberId, SubstitutionId};
use crate::personal::{Personal, Unique};

/// A person became a member, active at once.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MemberAdded {
    /// The member.
    pub member: MemberId,
    /// What they are called.
    pub name: Personal<String>,
    /// The address they sign in with; one member per address. Imported people may have none yet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<Personal<Unique>>,
    /// What they may do.
    pub roles: Vec<Role>,
    /// Their own zone, where it's not the tenant's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time_zone: Option<String>,
}

/// A member is called otherwise.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MemberRenamed {
    /// The member.
    pub member: MemberId,
    /// The new name.
    pub name: Personal<String>,
}

/// A member has another address.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MemberEmailChanged {
    /// The member.
    pub member: MemberId,
    /// The new address.
    pub email: Personal<Unique>,
}

/// A member has other roles.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MemberRolesChanged {
    /// The member.
    pub member: MemberId,
    /// All roles from now on.
    pub roles: Vec<Role>,
}

/// A member works in another zone from now on; what was recorded stays where it was.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MemberTimeZoneChanged {
    /// The member.
    pub member: MemberId,
    /// The new zone; none = the tenant's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time_zone: Option<String>,
}

/// A member left or rests: no sign-in, no new time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MemberDeactivated {
    /// The member.
    pub member: MemberId,
}

/// A member is back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MemberActivated {
    /// The member.
    pub member: MemberId,
}

/// A member has a right on one object.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct GrantGiven {
    /// The member.
    pub member: MemberId,
    /// Which right on what.
    #[serde(flatten)]
    pub grant: Grant,
}

/// A member has that right no longer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct GrantTakenBack {
    /// The member.
    pub member: MemberId,
    /// Which right on what.
    #[serde(flatten)]
    pub grant: Grant,
}

/// A member was asked by mail to register; again, where the first mail was lost.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MemberInvited {
    /// The member.
    pub member: MemberId,
}

/// A member has shown for the first time that their address is theirs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MemberRegistered {
    /// The member.
    pub member: MemberId,
}

/// A member has another manager.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MemberManagerChanged {
    /// The member.
    pub member: MemberId,
    /// Their manager from now on; none = nobody.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub manager: Option<MemberId>,
}

/// The days between which a member is employed are known otherwise; both days are part of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MemberEmploymentChanged {
    /// The member.
    pub member: MemberId,
    /// The first day; none = not known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hired_on: Option<Date>,
    /// The last day; none = none is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub left_on: Option<Date>,
}

/// A member works by this pattern from a day on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WorkPatternSet {
    /// The member.
    pub member: MemberId,
    /// The first day; none = from always.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<Date>,
    /// Minutes of work by weekday, Monday first: seven for each week of the cycle, whose first week
    /// is that of the first day.
    pub minutes: Vec<u32>,
}

/// Every session that a member had begun is over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MemberSessionsRevoked {
    /// The member.
    pub member: MemberId,
}

/// Somebody decides in a member's right on these days.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct SubstituteNamed {
    /// What it's known by.
    pub id: SubstitutionId,
    /// Who is away.
    pub member: MemberId,
    /// Who stands in for them.
    pub substitute: MemberId,
    /// The first day.
    pub from: Date,
    /// The last day.
    pub to: Date,
}

/// They stand in for the member no longer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct SubstituteWithdrawn {
    /// What it's known by.
    pub id: SubstitutionId,
    /// Who was to be away.
    pub member: MemberId,
}

crate::event_family! {
    /// The events of a member's stream.
    MemberEvent {
        /// A person became a member.
        MemberAdded = 1 [name, email],
        /// Another name.
        MemberRenamed = 1 [name],
        /// Another address.
        MemberEmailChanged = 1 [email],
        /// Other roles.
        MemberRolesChanged = 1,
        /// Another zone.
        MemberTimeZoneChanged = 1,
        /// Left or rests.
        MemberDeactivated = 1,
        /// Back again.
        MemberActivated = 1,
        /// A right on one object.
        GrantGiven = 1,
        /// That right no longer.
        GrantTakenBack = 1,
        /// Asked by mail to register.
        MemberInvited = 1,
        /// Has registered.
        MemberRegistered = 1,
        /// Another manager.
        MemberManagerChanged = 1,
        /// Other days of employment.
        MemberEmploymentChanged = 1,
        /// A pattern of work from a day on.
        WorkPatternSet = 1,
        /// No session goes on.
        MemberSessionsRevoked = 1,
        /// Somebody stands in for some days.
        SubstituteNamed = 1,
        /// They do so no longer.
        SubstituteWithdrawn = 1,
    }
}
