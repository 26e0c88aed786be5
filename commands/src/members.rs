//! Changes of members, and in whose right any command is given: the caller's own stream says which
//! roles they have, and the append checks that it has not moved.

mod employment;
pub mod grants;
mod import;
mod invitation;
pub mod substitutes;

use domain::id::{MemberId, StreamId, TenantId};
use domain::log::{Actor, ClaimKey, ClaimKind};
use domain::members::{
    self, Authority, Member, MemberEvent, Refusal, Role, activate_member, add_member,
    change_member_email, change_member_roles, change_member_time_zone, deactivate_member,
    member_stream, normalised_email, rename_member,
};
use domain::personal::Unique;
use migrations::Tenants;
use migrations::keys::{KeyStore, hex};
use sqlx::Row;

pub use employment::{ChangeMemberEmployment, ChangeMemberManager, SetWorkPattern};
pub use import::{PeopleError, PeopleOptions, PeopleReport, PersonNote, import_people};
pub use invitation::{AddInvited, InviteMember};

use crate::event_log::read::held;
use crate::handle::Command;
use crate::refused::{CommandError, Reply};
use crate::unit::{Loaded, Unit};

/// In whose right this unit's command is given; forbids everything to who is no active member.
pub async fn authority(unit: &mut Unit<'_>) -> Result<Authority, CommandError> {
    let member = match unit.metadata().actor {
        Actor::Member(member) => member,
        Actor::Operator | Actor::System => return Ok(Authority::Operator),
        // Whatever a public route does, it must not do in anybody's right.
        Actor::Visitor => return Err(CommandError::Forbidden),
    };
    let caller = unit.read::<Member>(member_stream(member)).await?;
    if !caller.state.active {
        return Err(CommandError::Forbidden);
    }
    Ok(Authority::Member { member, roles: caller.state.roles.clone() })
}

/// The same, where the caller may do what `needed` may do; else the command is forbidden.
pub async fn authority_of(unit: &mut Unit<'_>, needed: Role) -> Result<Authority, CommandError> {
    let by = authority(unit).await?;
    if by.includes(needed) { Ok(by) } else { Err(CommandError::Forbidden) }
}

/// The claim on an e-mail address: who holds it is the member with that address.
pub fn email_claim(unit: &Unit<'_>, email: &str) -> ClaimKey {
    ClaimKey::digest(ClaimKind::MemberEmail, &unique_email(unit, email).digest)
}

/// The member with this address, for edges that have no unit of work.
pub async fn member_by_email(
    tenants: &Tenants,
    keys: &KeyStore,
    tenant: TenantId,
    email: &str,
) -> Result<Option<MemberId>, CommandError> {
    let keys = keys.of(tenant).await?;
    let digest = keys.digest("member_email", &[normalised_email(email).as_bytes()]);
    let claim = ClaimKey::digest(ClaimKind::MemberEmail, &hex(&digest));
    let mut tx = tenants.begin(tenant).await?;
    let found = held(&mut tx, &[claim]).await?.pop();
    tx.commit().await?;
    Ok(found.map(|(_, held)| MemberId(held.holder.0)))
}

fn unique_email(unit: &Unit<'_>, email: &str) -> Unique {
    unit.unique("member_email", email, &normalised_email(email))
}

/// Make a person a member.
#[derive(Debug, Clone)]
pub struct AddMember {
    /// A new id.
    pub member: MemberId,
    /// What they are called.
    pub name: String,
    /// The address they sign in with; imported people may have none yet.
    pub email: Option<String>,
    /// What they may do.
    pub roles: Vec<Role>,
    /// Their own IANA zone; none = the tenant's.
    pub time_zone: Option<String>,
}

impl Command for AddMember {
    async fn run(&self, unit: &mut Unit<'_>) -> Result<Reply, CommandError> {
        let member = unit.write::<Member>(member_stream(self.member)).await?;
        let by = authority(unit).await?;
        let events = self.decide(unit, &member, &by).await?;
        unit.emit(&member, events);
        Ok(Reply::created(self.member))
    }
}

impl AddMember {
    /// What adds the member, where nobody else has the address.
    async fn decide(
        &self,
        unit: &mut Unit<'_>,
        member: &Loaded<Member>,
        by: &Authority,
    ) -> Result<Vec<MemberEvent>, CommandError> {
        let email = self.email.as_deref().map(|email| unique_email(unit, email));
        let claim = email.as_ref().map(|email| email.digest.clone());
        let command = members::AddMember {
            member: self.member,
            name: self.name.clone(),
            email,
            roles: self.roles.clone(),
            time_zone: self.time_zone.clone(),
        };
        let events = add_member::decide(&member.state, by, command)?;
        if let Some(digest) = claim {
            let key = ClaimKey::digest(ClaimKind::MemberEmail, &digest);
            unit.check_claim(&key, member.stream).await?;
        }
        Ok(events)
    }
}

/// Call a member otherwise.
#[derive(Debug, Clone)]
pub struct RenameMember {
    /// The member.
    pub member: MemberId,
    /// The new name.
    pub name: String,
    /// The version of the member that the caller saw, where it matters.
    pub expected_version: Option<i32>,
}

impl Command for RenameMember {
    async fn run(&self, unit: &mut Unit<'_>) -> Result<Reply, CommandError> {
        let command = members::RenameMember { member: self.member, name: self.name.clone() };
        let decide = |member: &Member, by: &Authority| rename_member::decide(member, by, command);
        change(unit, self.member, self.expected_version, decide).await
    }
}

/// Give a member another address.
#[derive(Debug, Clone)]
pub struct ChangeMemberEmail {
    /// The member.
    pub member: MemberId,
    /// The new address.
    pub email: String,
    /// The version of the member that the caller saw, where it matters.
    pub expected_version: Option<i32>,
}

impl Command for ChangeMemberEmail {
    async fn run(&self, unit: &mut Unit<'_>) -> Result<Reply, CommandError> {
        let (member, by) = load(unit, self.member, self.expected_version).await?;
        let email = unique_email(unit, &self.email);
        let key = ClaimKey::digest(ClaimKind::MemberEmail, &email.digest);
        let command = members::ChangeMemberEmail { member: self.member, email };
        let events = change_member_email::decide(&member.state, &by, command)?;
        if !events.is_empty() {
            unit.check_claim(&key, member.stream).await?;
        }
        unit.emit(&member, events);
        Ok(Reply::changed(self.member))
    }
}

/// Give a member these roles instead of those they have.
#[derive(Debug, Clone)]
pub struct ChangeMemberRoles {
    /// The member.
    pub member: MemberId,
    /// All roles from now on.
    pub roles: Vec<Role>,
    /// The version of the member that the caller saw, where it matters.
    pub expected_version: Option<i32>,
}

impl Command for ChangeMemberRoles {
    async fn run(&self, unit: &mut Unit<'_>) -> Result<Reply, CommandError> {
        let (member, by) = load(unit, self.member, self.expected_version).await?;
        let others = other_active_owners(unit, &member, &by).await?;
        let command = members::ChangeMemberRoles { member: self.member, roles: self.roles.clone() };
        let events = change_member_roles::decide(&member.state, &by, others, command)?;
        unit.emit(&member, events);
        Ok(Reply::changed(self.member))
    }
}

/// Let a member work in another zone.
#[derive(Debug, Clone)]
pub struct ChangeMemberTimeZone {
    /// The member.
    pub member: MemberId,
    /// The IANA zone; none = the tenant's.
    pub time_zone: Option<String>,
    /// The version of the member that the caller saw, where it matters.
    pub expected_version: Option<i32>,
}

impl Command for ChangeMemberTimeZone {
    async fn run(&self, unit: &mut Unit<'_>) -> Result<Reply, CommandError> {
        let time_zone = self.time_zone.clone();
        let command = members::ChangeMemberTimeZone { member: self.member, time_zone };
        let decide =
            |member: &Member, by: &Authority| change_member_time_zone::decide(member, by, command);
        change(unit, self.member, self.expected_version, decide).await
    }
}

/// Let a member rest.
#[derive(Debug, Clone)]
pub struct DeactivateMember {
    /// The member.
    pub member: MemberId,
    /// The version of the member that the caller saw, where it matters.
    pub expected_version: Option<i32>,
}

impl Command for DeactivateMember {
    async fn run(&self, unit: &mut Unit<'_>) -> Result<Reply, CommandError> {
        let (member, by) = load(unit, self.member, self.expected_version).await?;
        let others = other_active_owners(unit, &member, &by).await?;
        let command = members::DeactivateMember { member: self.member };
        let events = deactivate_member::decide(&member.state, &by, others, command)?;
        unit.emit(&member, events);
        Ok(Reply::changed(self.member))
    }
}

/// Let a member act again.
#[derive(Debug, Clone)]
pub struct ActivateMember {
    /// The member.
    pub member: MemberId,
    /// The version of the member that the caller saw, where it matters.
    pub expected_version: Option<i32>,
}

impl Command for ActivateMember {
    async fn run(&self, unit: &mut Unit<'_>) -> Result<Reply, CommandError> {
        let command = members::ActivateMember { member: self.member };
        let decide = |member: &Member, by: &Authority| activate_member::decide(member, by, command);
        change(unit, self.member, self.expected_version, decide).await
    }
}

/// The member to change and in whose right.
pub(crate) async fn load(
    unit: &mut Unit<'_>,
    member: MemberId,
    seen: Option<i32>,
) -> Result<(Loaded<Member>, Authority), CommandError> {
    let member = unit.write::<Member>(member_stream(member)).await?;
    let by = authority(unit).await?;
    member.check_seen(seen)?;
    Ok((member, by))
}

async fn change(
    unit: &mut Unit<'_>,
    member: MemberId,
    seen: Option<i32>,
    decide: impl FnOnce(&Member, &Authority) -> Result<Vec<MemberEvent>, Refusal> + Send,
) -> Result<Reply, CommandError> {
    let (loaded, by) = load(unit, member, seen).await?;
    let events = decide(&loaded.state, &by)?;
    unit.emit(&loaded, events);
    Ok(Reply::changed(member))
}

/// How many other members are owners who can act. Whoever was ever given that role is looked at by
/// their stream, whose version the append checks: two owners can't unmake each other at once.
///
/// It's 0 without a look where the answer can't matter: no owner is unmade, or the caller may not.
async fn other_active_owners(
    unit: &mut Unit<'_>,
    member: &Loaded<Member>,
    by: &Authority,
) -> Result<u32, CommandError> {
    if !member.state.is_active_owner() || !by.grants(Role::Owner) {
        return Ok(0);
    }
    let rows = unit
        .tx()
        .await?
        .query(
            "select distinct stream_id from {t}.events
             where stream_type = 'member' and event_type in ('MemberAdded', 'MemberRolesChanged')
                and (payload -> 'roles')::text like '%\"owner\"%' and stream_id <> $1",
        )
        .bind(member.stream.0)
        .fetch_all()
        .await?;
    let mut owners = 0;
    for row in rows {
        let stream = StreamId(row.try_get(0).map_err(migrations::DoorError::from)?);
        owners += u32::from(unit.read::<Member>(stream).await?.state.is_active_owner());
    }
    Ok(owners)
}

#[cfg(test)]
mod tests;
