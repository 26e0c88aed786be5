//! Members over HTTP: who I am, who there is, and changes of them. Addresses are shown to the
//! member and to those who look after members or audit them.

mod changes;
mod import;
mod me;
mod patterns;
pub(crate) mod substitutes;

use commands::members::{
    ActivateMember, AddInvited, AddMember, ChangeMemberRoles, DeactivateMember, InviteMember,
};
use commands::{Command, Done};
use domain::id::MemberId;
use domain::members::{Registration, Role, member_stream};
use domain::personal::Envelope;
use jiff::civil::Date;
use projections::members::member::{self, Member, MemberRow};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::answer::{Answer, Changed};
use super::body::{Json, OptionalJson};
use super::call::{About, Call, piece};
use super::cursor::Page;
use super::personal;
use super::problem::{FieldError, Problem};

pub(crate) use changes::change;
pub(crate) use import::import;
pub(crate) use me::{me, own_body};
pub(crate) use patterns::{list as list_patterns, set as set_pattern};

const KIND: &str = "member";

/// A role, as `domain::members::Role` names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum RoleName {
    Owner,
    Admin,
    Manager,
    Billing,
    Member,
    Auditor,
}

impl From<RoleName> for Role {
    fn from(name: RoleName) -> Self {
        match name {
            RoleName::Owner => Role::Owner,
            RoleName::Admin => Role::Admin,
            RoleName::Manager => Role::Manager,
            RoleName::Billing => Role::Billing,
            RoleName::Member => Role::Member,
            RoleName::Auditor => Role::Auditor,
        }
    }
}

impl From<Role> for RoleName {
    fn from(role: Role) -> Self {
        match role {
            Role::Owner => RoleName::Owner,
            Role::Admin => RoleName::Admin,
            Role::Manager => RoleName::Manager,
            Role::Billing => RoleName::Billing,
            Role::Member => RoleName::Member,
            Role::Auditor => RoleName::Auditor,
        }
    }
}

/// How far a member has come from being added to signing in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum RegistrationName {
    /// Nobody has asked them to register.
    None,
    /// They were asked by mail.
    Invited,
    /// They have followed a link that was mailed to them.
    Registered,
}

impl From<Registration> for RegistrationName {
    fn from(registration: Registration) -> Self {
        match registration {
            Registration::None => RegistrationName::None,
            Registration::Invited => RegistrationName::Invited,
            Registration::Registered => RegistrationName::Registered,
        }
    }
}

/// A person of the tenant.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "Member")]
pub(crate) struct MemberBody {
    id: Uuid,
    /// Null once the person's data were erased.
    name: Option<String>,
    /// The address they sign in with; null where there is none, or where you may not see it.
    email: Option<String>,
    roles: Vec<RoleName>,
    /// Their own IANA zone; null = the tenant's.
    time_zone: Option<String>,
    /// Whether they may sign in and record time.
    active: bool,
    registration: RegistrationName,
    /// Who they report to.
    manager_id: Option<Uuid>,
    /// Their first day of employment; null where it's not known, or where you may not see it.
    hired_on: Option<Date>,
    /// Their last day of employment; null where there is none, or where you may not see it.
    left_on: Option<Date>,
}

/// One object by its id.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
pub(crate) struct ById {
    pub(crate) id: Uuid,
}

/// No parameters.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Nothing {}

fn sees_addresses(about: &About, member: MemberId) -> bool {
    about.caller.member == member || about.caller.may(&[Role::Manager, Role::Auditor])
}

fn shown(about: &About, row: MemberRow) -> MemberBody {
    let sees = sees_addresses(about, row.member_id);
    let email = row.email.as_ref().filter(|_| sees);
    MemberBody {
        id: row.member_id.0,
        name: personal::text(&about.keys, row.name.as_ref()),
        email: personal::unique_text(&about.keys, email),
        roles: row.roles.into_iter().map(RoleName::from).collect(),
        time_zone: row.time_zone,
        active: row.active,
        registration: row.registration.into(),
        manager_id: row.manager_id.map(Uuid::from),
        hired_on: row.hired_on.filter(|_| sees),
        left_on: row.left_on.filter(|_| sees),
    }
}

fn sealed(row: &MemberRow) -> impl Iterator<Item = &Envelope> {
    row.name.iter().chain(&row.email)
}

/// `GET /members`.
pub(crate) async fn list(call: Call<(), Nothing>) -> Result<Answer<Page<MemberBody>>, Problem> {
    let (after, limit) = (call.after()?.map(MemberId), call.look_for());
    let mut tx = call.tx().await?;
    let rows = match call.rows_then::<Member>().await? {
        None => member::list(&mut tx, after, limit).await?,
        Some(rows) => piece(&rows, |_| true, |row| row.member_id, after, limit),
    };
    personal::load(&call.keys, &mut tx, rows.iter().flat_map(sealed)).await?;
    tx.commit().await?;
    Ok(call.page(rows, |row| row.member_id.0, |row| shown(&call, row)))
}

/// `GET /members/{id}`.
pub(crate) async fn one(call: Call<ById, Nothing>) -> Result<Answer<MemberBody>, Problem> {
    let id = MemberId(call.path.id);
    let mut tx = call.tx().await?;
    let row = match call.rows_then::<Member>().await? {
        None => member::find(&mut tx, id).await?,
        Some(mut rows) => rows.take(&id),
    };
    let row = row.ok_or_else(Problem::not_found)?;
    personal::load(&call.keys, &mut tx, sealed(&row)).await?;
    tx.commit().await?;
    let tag = call.tag((KIND, id.0), row.position);
    Ok(call.read(shown(&call, row)).tagged(tag))
}

/// A person to take in.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct AddMemberBody {
    name: String,
    /// The address they sign in with.
    email: Option<String>,
    /// At least one.
    roles: Vec<RoleName>,
    /// Their own IANA zone; left out = the tenant's.
    time_zone: Option<String>,
    /// Whether to mail them an invitation; left out = where there is an address.
    invite: Option<bool>,
}

/// `POST /members`.
pub(crate) async fn add(
    call: Call<(), Nothing, Json<AddMemberBody>>,
) -> Result<Answer<Changed>, Problem> {
    let AddMemberBody { name, email, roles, time_zone, invite } = call.body.0.clone();
    let member = MemberId(call.new_id());
    let roles = roles.into_iter().map(Role::from).collect();
    let invite = invite.unwrap_or(email.is_some());
    let add = AddMember { member, name, email, roles, time_zone };
    let done = if invite { call.send(AddInvited(add)).await? } else { call.send(add).await? };
    Ok(call.made(done, KIND, "/members"))
}

/// 400: a change that changes nothing is a slip.
pub(crate) fn nothing_to_change() -> Problem {
    let detail = "name at least one field to change";
    Problem::malformed(vec![FieldError::new("", "json.nothing_to_change", detail)])
}

/// Sends a command on a member, if they are as the caller saw them.
async fn send<C: Command>(
    about: &About,
    member: MemberId,
    command: impl Fn(Option<i32>) -> C,
) -> Result<Done, Problem> {
    about.send_if((KIND, member.0), member_stream(member), |_, _| true, command).await
}

/// All roles of a member from now on.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RolesBody {
    /// At least one.
    roles: Vec<RoleName>,
}

/// `POST /members/{id}/roles`.
pub(crate) async fn change_roles(
    call: Call<ById, Nothing, Json<RolesBody>>,
) -> Result<Answer<Changed>, Problem> {
    let member = MemberId(call.path.id);
    let roles: Vec<Role> = call.body.0.roles.iter().copied().map(Role::from).collect();
    let done = send(&call, member, |expected_version| ChangeMemberRoles {
        member,
        roles: roles.clone(),
        expected_version,
    });
    Ok(call.changed(done.await?, (KIND, member.0)))
}

/// No members.
#[derive(Debug, Clone, Copy, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NoBody {}

/// `POST /members/{id}/invite`.
pub(crate) async fn invite(
    call: Call<ById, Nothing, OptionalJson<NoBody>>,
) -> Result<Answer<Changed>, Problem> {
    let member = MemberId(call.path.id);
    let command = |expected_version| InviteMember { member, expected_version };
    Ok(call.changed(send(&call, member, command).await?, (KIND, member.0)))
}

/// `POST /members/{id}/deactivate`.
pub(crate) async fn deactivate(
    call: Call<ById, Nothing, OptionalJson<NoBody>>,
) -> Result<Answer<Changed>, Problem> {
    let member = MemberId(call.path.id);
    let command = |expected_version| DeactivateMember { member, expected_version };
    Ok(call.changed(send(&call, member, command).await?, (KIND, member.0)))
}

/// `POST /members/{id}/activate`.
pub(crate) async fn activate(
    call: Call<ById, Nothing, OptionalJson<NoBody>>,
) -> Result<Answer<Changed>, Problem> {
    let member = MemberId(call.path.id);
    let command = |expected_version| ActivateMember { member, expected_version };
    Ok(call.changed(send(&call, member, command).await?, (KIND, member.0)))
}
