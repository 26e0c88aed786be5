//! Each right on a single object that somebody has now.

use domain::id::MemberId;
use domain::log::{EventFamily, Recorded};
use domain::members::{self, MemberEvent};
use jiff::Timestamp;
use migrations::TenantTx;
use uuid::Uuid;

use super::member::member_event;
use crate::model::{EventTypes, ReadModel};
use crate::row::{ReadError, Rows, read_row, read_rows, row, select};

row! {
    /// One grant.
    GrantRow in "rm_grant" key(grant_id: Uuid)
    index("member": "(member_id, grant_id)", "object": "(object_id, grant_id)") {
        /// What it's known by.
        grant_id: Uuid,
        /// Who has it.
        member_id: MemberId,
        /// `account_manager`, `project_manager` or `reader`.
        right_name: String,
        /// On what.
        object_id: Uuid,
        /// Since when.
        given_at: Timestamp,
        /// The event that gave it.
        position: i64,
    }
}

impl GrantRow {
    /// The right with its object.
    pub fn grant(&self) -> Option<members::Grant> {
        members::Grant::of(&self.right_name, self.object_id)
    }
}

/// The fold of grants.
#[derive(Debug)]
pub struct Grant;

impl ReadModel for Grant {
    const NAME: &'static str = "grant";
    const VERSION: i32 = 1;
    const READS: &'static [EventTypes] = &[MemberEvent::TYPES];
    type Row = GrantRow;

    fn touches(event: &Recorded) -> Vec<Uuid> {
        match change_of(event) {
            Some((member, grant, _)) => vec![grant.id(member)],
            None => Vec::new(),
        }
    }

    fn apply(rows: &mut Rows<GrantRow>, recorded: &Recorded) {
        match change_of(recorded) {
            Some((member, grant, true)) => rows.put(GrantRow {
                grant_id: grant.id(member),
                member_id: member,
                right_name: grant.right().to_owned(),
                object_id: grant.object(),
                given_at: recorded.recorded_at,
                position: recorded.position,
            }),
            Some((member, grant, false)) => {
                rows.remove(&grant.id(member));
            }
            None => {}
        }
    }
}

/// Who got which grant, or lost it.
fn change_of(recorded: &Recorded) -> Option<(MemberId, members::Grant, bool)> {
    match member_event(recorded)? {
        MemberEvent::GrantGiven(event) => Some((event.member, event.grant, true)),
        MemberEvent::GrantTakenBack(event) => Some((event.member, event.grant, false)),
        MemberEvent::MemberAdded(_)
        | MemberEvent::MemberRenamed(_)
        | MemberEvent::MemberEmailChanged(_)
        | MemberEvent::MemberRolesChanged(_)
        | MemberEvent::MemberTimeZoneChanged(_)
        | MemberEvent::MemberDeactivated(_)
        | MemberEvent::MemberActivated(_)
        | MemberEvent::MemberInvited(_)
        | MemberEvent::MemberRegistered(_)
        | MemberEvent::MemberManagerChanged(_)
        | MemberEvent::MemberEmploymentChanged(_)
        | MemberEvent::WorkPatternSet(_)
        | MemberEvent::SubstituteNamed(_)
        | MemberEvent::SubstituteWithdrawn(_)
        | MemberEvent::MemberSessionsRevoked(_) => None,
    }
}

/// One grant.
pub async fn find(tx: &mut TenantTx, grant: Uuid) -> Result<Option<GrantRow>, ReadError> {
    let query = select::<GrantRow>(tx, "where r.grant_id = $1").bind(grant);
    query.fetch_optional().await?.as_ref().map(read_row).transpose()
}

/// Which grants to look for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Wanted {
    /// Of this member.
    pub member: Option<MemberId>,
    /// On this object.
    pub object: Option<Uuid>,
}

/// Grants by id, after the one named.
pub async fn list(
    tx: &mut TenantTx,
    wanted: Wanted,
    after: Option<Uuid>,
    limit: i64,
) -> Result<Vec<GrantRow>, ReadError> {
    let sql = "where ($1::uuid is null or r.grant_id > $1)
            and ($2::uuid is null or r.member_id = $2)
            and ($3::uuid is null or r.object_id = $3)
        order by r.grant_id limit $4";
    let query = select::<GrantRow>(tx, sql)
        .bind(after)
        .bind(wanted.member.map(|member| member.0))
        .bind(wanted.object)
        .bind(limit);
    read_rows(&query.fetch_all().await?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::samples::{files, id};
    use crate::tests::{assert_declares_what_it_touches, rows_of};

    #[test]
    fn a_grant_is_there_until_it_is_taken_back() {
        let history = files();
        let rows = rows_of::<Grant>(&history.0);
        let [row] = &rows[..] else { panic!("one grant, not {}", rows.len()) };
        assert_eq!((row.member_id, row.object_id), (MemberId(id(1)), id(10)));
        assert_eq!(row.grant().map(|grant| grant.id(row.member_id)), Some(row.grant_id));
        assert_eq!(rows_of::<Grant>(&history.0[..4]).len(), 2);
        assert_declares_what_it_touches::<Grant>(&history.0);
    }
}
