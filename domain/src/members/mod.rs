//! Members: the people of a tenant and what they may do. Owners and admins look after them, owners
//! only after owners, for whoever changes an address or a role can become that person.

pub mod activate_member;
pub mod add_member;
mod authority;
pub mod begin_session;
pub mod change_member_email;
pub mod change_member_employment;
pub mod change_member_manager;
pub mod change_member_roles;
pub mod change_member_time_zone;
pub mod deactivate_member;
mod email;
pub mod end_session;
mod events;
pub mod give_grant;
mod grant;
pub mod invite_member;
mod member;
pub mod name_substitute;
mod people_file;
pub mod policy;
mod refusal;
pub mod register_member;
pub mod rename_member;
pub mod revoke_member_sessions;
mod role;
#[cfg(test)]
pub(crate) mod samples;
mod session;
pub mod set_work_pattern;
pub mod take_back_grant;
pub mod withdraw_substitute;
mod work_pattern;
mod working_week;

pub use activate_member::ActivateMember;
pub use add_member::AddMember;
pub use authority::Authority;
pub use begin_session::BeginSession;
pub use change_member_email::ChangeMemberEmail;
pub use change_member_employment::ChangeMemberEmployment;
pub use change_member_manager::{ChangeMemberManager, ManagerFacts};
pub use change_member_roles::ChangeMemberRoles;
pub use change_member_time_zone::ChangeMemberTimeZone;
pub use deactivate_member::DeactivateMember;
pub use email::{EMAIL_BYTES_MAX, checked_email, normalised_email};
pub use end_session::EndSession;
pub use events::{
    GrantGiven, GrantTakenBack, MemberActivated, MemberAdded, MemberDeactivated,
    MemberEmailChanged, MemberEmploymentChanged, MemberEvent, MemberInvited, MemberManagerChanged,
    MemberRegistered, MemberRenamed, MemberRolesChanged, MemberSessionsRevoked,
    MemberTimeZoneChanged, SubstituteNamed, SubstituteWithdrawn, WorkPatternSet,
};
pub use give_grant::GiveGrant;
pub use grant::Grant;
pub use invite_member::InviteMember;
pub use member::{Member, MemberCommand, Registration, member_stream};
pub use name_substitute::{NameSubstitute, SubstituteFacts, Substitution};
pub use people_file::{
    PEOPLE_HEADER, PEOPLE_MAX, PeopleFile, PeopleFileError, PersonFault, PersonRow, read_people,
};
pub use policy::{Action, Denied, Object, may, may_give};
pub use refusal::Refusal;
pub use register_member::RegisterMember;
pub use rename_member::RenameMember;
pub use revoke_member_sessions::RevokeMemberSessions;
pub use role::{Role, RoleError};
pub use session::{
    Proof, Session, SessionBegun, SessionCommand, SessionEnded, SessionEvent, session_stream,
};
pub use set_work_pattern::SetWorkPattern;
pub use take_back_grant::TakeBackGrant;
pub use withdraw_substitute::WithdrawSubstitute;
pub use work_pattern::{PATTERN_RULE, WorkPattern};
