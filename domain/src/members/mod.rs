//! Members: the people of a tenant and what they may do.

mod events;
mod role;

pub use events::{
    MemberActivated, MemberAdded, MemberDeactivated, MemberEmailChanged, MemberEvent,
    MemberRenamed, MemberRolesChanged, MemberTimeZoneChanged,
};
pub use role::{Role, RoleError};
