//! Members: the people of a tenant and what they may do. Owners and admins look after them, owners
//! only after owners, for whoever changes an address or a role can become that person.

pub mod activate_member;
pub mod add_member;
mod authority;
pub mod change_member_email;
pub mod change_member_roles;
pub mod change_member_time_zone;
pub mod deactivate_member;
mod email;
mod events;
pub mod give_grant;
mod grant;
mod member;
pub mod policy;
mod refusal;
pub mod rename_member;
mod role;
#[cfg(test)]
pub(crate) mod samples;
pub mod take_back_grant;

pub use activate_member::ActivateMember;
pub use add_member::AddMember;
pub use authority::Authority;
pub use change_member_email::ChangeMemberEmail;
pub use change_member_roles::ChangeMemberRoles;
pub use change_member_time_zone::ChangeMemberTimeZone;
pub use deactivate_member::DeactivateMember;
pub use email::{EMAIL_BYTES_MAX, checked_email, normalised_email};
pub use events::{
    GrantGiven, GrantTakenBack, MemberActivated, MemberAdded, MemberDeactivated,
    MemberEmailChanged, MemberEvent, MemberRenamed, MemberRolesChanged, MemberTimeZoneChanged,
};
pub use give_grant::GiveGrant;
pub use grant::Grant;
pub use member::{Member, MemberCommand, member_stream};
pub use policy::{Action, Denied, Object, may, may_give};
pub use refusal::Refusal;
pub use rename_member::RenameMember;
pub use role::{Role, RoleError};
pub use take_back_grant::TakeBackGrant;
