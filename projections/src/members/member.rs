//! Each member as they are now. Name and address stay sealed here; they're opened for a reader, and
//! read as erased once the member's key is destroyed.

use domain::id::MemberId;
use domain::log::{EventFamily, Recorded};
use domain::members::{MemberEvent, Registration, Role};
use domain::personal::{Envelope, Personal};
use jiff::Timestamp;
use jiff::civil::Date;
use migrations::TenantTx;

use crate::model::{EventTypes, ReadModel};
use crate::row::{ReadError, Rows, read_row, read_rows, row, select};

row! {
    /// One member.
    MemberRow in "rm_member" key(member_id: MemberId) {
        /// The member.
        member_id: MemberId,
        /// What they are called, sealed.
        name: Option<Envelope>,
        /// The address they sign in with and its digest, sealed.
        email: Option<Envelope>,
        /// What they may do.
        roles: Vec<Role>,
        /// Their own zone, where it's not the tenant's.
        time_zone: Option<String>,
        /// Whether they may sign in and record time.
        active: bool,
        /// How far they have come from being added to signing in.
        registration: Registration,
        /// Who they report to.
        manager_id: Option<MemberId>,
        /// Their first day of employment, where it is known.
        hired_on: Option<Date>,
        /// Their last day of employment, where there is one.
        left_on: Option<Date>,
        /// When they became a member.
        added_at: Timestamp,
        /// The last event that changed it.
        position: i64,
    }
}

/// The fold of members.
#[derive(Debug)]
pub struct Member;

impl ReadModel for Member {
    const NAME: &'static str = "member";
    const VERSION: i32 = 2;
    const READS: &'static [EventTypes] = &[MemberEvent::TYPES];
    type Row = MemberRow;

    fn touches(event: &Recorded) -> Vec<MemberId> {
        member_event(event).map(member_of).into_iter().collect()
    }

    fn apply(rows: &mut Rows<MemberRow>, recorded: &Recorded) {
        let Some(event) = member_event(recorded) else {
            return;
        };
        if let MemberEvent::MemberAdded(_) = event {
            rows.put(MemberRow {
                member_id: member_of(event),
                name: None,
                email: None,
                roles: Vec::new(),
                time_zone: None,
                active: true,
                registration: Registration::None,
                manager_id: None,
                hired_on: None,
                left_on: None,
                added_at: recorded.recorded_at,
                position: 0,
            });
        }
        rows.change(&member_of(event), |row| {
            take_in(row, event);
            row.position = recorded.position;
        });
    }
}

fn take_in(row: &mut MemberRow, event: &MemberEvent) {
    match event {
        MemberEvent::MemberAdded(event) => {
            row.name = sealed(&event.name);
            row.email = event.email.as_ref().and_then(sealed);
            row.roles.clone_from(&event.roles);
            row.time_zone.clone_from(&event.time_zone);
        }
        MemberEvent::MemberRenamed(event) => row.name = sealed(&event.name),
        MemberEvent::MemberEmailChanged(event) => row.email = sealed(&event.email),
        MemberEvent::MemberRolesChanged(event) => row.roles.clone_from(&event.roles),
        MemberEvent::MemberTimeZoneChanged(event) => row.time_zone.clone_from(&event.time_zone),
        MemberEvent::MemberDeactivated(_) => row.active = false,
        MemberEvent::MemberActivated(_) => row.active = true,
        MemberEvent::GrantGiven(_) | MemberEvent::GrantTakenBack(_) => {}
        MemberEvent::MemberInvited(_) => {
            if row.registration == Registration::None {
                row.registration = Registration::Invited;
            }
        }
        MemberEvent::MemberRegistered(_) => row.registration = Registration::Registered,
        MemberEvent::MemberManagerChanged(event) => row.manager_id = event.manager,
        MemberEvent::MemberEmploymentChanged(event) => {
            (row.hired_on, row.left_on) = (event.hired_on, event.left_on);
        }
        // Patterns of work and substitutes have rows of their own, and sessions are none of a
        // list's business.
        MemberEvent::WorkPatternSet(_)
        | MemberEvent::SubstituteNamed(_)
        | MemberEvent::SubstituteWithdrawn(_)
        | MemberEvent::MemberSessionsRevoked(_) => {}
    }
}

fn sealed<T>(field: &Personal<T>) -> Option<Envelope> {
    field.envelope().cloned()
}

fn member_of(event: &MemberEvent) -> MemberId {
    match event {
        MemberEvent::MemberAdded(event) => event.member,
        MemberEvent::MemberRenamed(event) => event.member,
        MemberEvent::MemberEmailChanged(event) => event.member,
        MemberEvent::MemberRolesChanged(event) => event.member,
        MemberEvent::MemberTimeZoneChanged(event) => event.member,
        MemberEvent::MemberDeactivated(event) => event.member,
        MemberEvent::MemberActivated(event) => event.member,
        MemberEvent::GrantGiven(event) => event.member,
        MemberEvent::GrantTakenBack(event) => event.member,
        MemberEvent::MemberInvited(event) => event.member,
        MemberEvent::MemberRegistered(event) => event.member,
        MemberEvent::MemberManagerChanged(event) => event.member,
        MemberEvent::MemberEmploymentChanged(event) => event.member,
        MemberEvent::WorkPatternSet(event) => event.member,
        MemberEvent::MemberSessionsRevoked(event) => event.member,
        MemberEvent::SubstituteNamed(event) => event.member,
        MemberEvent::SubstituteWithdrawn(event) => event.member,
    }
}

pub(super) fn member_event(recorded: &Recorded) -> Option<&MemberEvent> {
    recorded.event.family()
}

/// One member.
pub async fn find(tx: &mut TenantTx, member: MemberId) -> Result<Option<MemberRow>, ReadError> {
    let query = select::<MemberRow>(tx, "where r.member_id = $1").bind(member.0);
    query.fetch_optional().await?.as_ref().map(read_row).transpose()
}

/// Members by their ids; those that are not there are left out.
pub async fn find_many(
    tx: &mut TenantTx,
    ids: impl IntoIterator<Item = MemberId>,
) -> Result<Vec<MemberRow>, ReadError> {
    let ids: Vec<uuid::Uuid> = ids.into_iter().map(|id| id.0).collect();
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let query = select::<MemberRow>(tx, "where r.member_id = any($1)").bind(ids);
    read_rows(&query.fetch_all().await?)
}

/// Members by id, hence by age, after the one named.
pub async fn list(
    tx: &mut TenantTx,
    after: Option<MemberId>,
    limit: i64,
) -> Result<Vec<MemberRow>, ReadError> {
    let sql = "where $1::uuid is null or r.member_id > $1 order by r.member_id limit $2";
    let query = select::<MemberRow>(tx, sql).bind(after.map(|member| member.0)).bind(limit);
    read_rows(&query.fetch_all().await?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::samples::{History, id, members, sealed as sealed_text};
    use crate::tests::{assert_declares_what_it_touches, rows_of};
    use domain::personal::PurposeClass;

    #[test]
    fn a_member_is_what_was_last_said_of_them_with_name_and_address_sealed() {
        let history: History = members();
        let rows = rows_of::<Member>(&history.0);
        let [nova, imported] = &rows[..] else {
            panic!("two members, not {}", rows.len());
        };
        assert_eq!(nova.name, sealed(&sealed_text::<String>(PurposeClass::Identity, 1, "CCCC")));
        assert_eq!(nova.email, sealed(&sealed_text::<String>(PurposeClass::Identity, 1, "DDDD")));
        assert_eq!(nova.roles, [Role::Manager, Role::Billing]);
        assert_eq!((nova.active, nova.position), (true, 18));
        let day = |day| Some(jiff::civil::date(2026, 2, day));
        assert_eq!(nova.registration, Registration::Registered);
        assert_eq!((nova.hired_on, nova.left_on), (day(1), day(27)));
        assert_eq!(nova.manager_id, Some(MemberId(id(2))));
        assert_eq!(imported.registration, Registration::None);
        assert_eq!(nova.time_zone.as_deref(), Some("Europe/London"));
        assert_eq!((imported.member_id, imported.email.as_ref()), (MemberId(id(2)), None));
        assert!(!rows_of::<Member>(&history.0[..7])[0].active);
        assert_declares_what_it_touches::<Member>(&history.0);
    }
}
