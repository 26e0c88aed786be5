//! Who stands in for whom, and on which days.

use domain::id::{MemberId, SubstitutionId};
use domain::log::{EventFamily, Recorded};
use domain::members::{MemberEvent, SubstituteNamed};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff_sqlx::ToSqlx;
use migrations::TenantTx;

use super::member::member_event;
use crate::model::{EventTypes, ReadModel};
use crate::row::{ReadError, Rows, read_rows, row, select};

row! {
    /// Days on which somebody stands in.
    SubstituteRow in "rm_substitute" key(substitution_id: SubstitutionId)
    index("member": "(member_id, from_day)", "substitute": "(substitute_id, to_day)") {
        /// What it's known by.
        substitution_id: SubstitutionId,
        /// Who is away.
        member_id: MemberId,
        /// Who stands in for them.
        substitute_id: MemberId,
        /// The first day.
        from_day: Date,
        /// The last day.
        to_day: Date,
        /// Since when it's known.
        named_at: Timestamp,
        /// The event that named them.
        position: i64,
    }
}

/// The fold of substitutes.
#[derive(Debug)]
pub struct Substitute;

impl ReadModel for Substitute {
    const NAME: &'static str = "substitute";
    const VERSION: i32 = 1;
    const READS: &'static [EventTypes] = &[MemberEvent::TYPES];
    type Row = SubstituteRow;

    fn touches(event: &Recorded) -> Vec<SubstitutionId> {
        match change_of(event) {
            Some(Change::Named(event)) => vec![event.id],
            Some(Change::Withdrawn(id)) => vec![id],
            None => Vec::new(),
        }
    }

    fn apply(rows: &mut Rows<SubstituteRow>, recorded: &Recorded) {
        match change_of(recorded) {
            Some(Change::Named(event)) => rows.put(SubstituteRow {
                substitution_id: event.id,
                member_id: event.member,
                substitute_id: event.substitute,
                from_day: event.from,
                to_day: event.to,
                named_at: recorded.recorded_at,
                position: recorded.position,
            }),
            Some(Change::Withdrawn(id)) => {
                rows.remove(&id);
            }
            None => {}
        }
    }
}

enum Change<'a> {
    Named(&'a SubstituteNamed),
    Withdrawn(SubstitutionId),
}

fn change_of(recorded: &Recorded) -> Option<Change<'_>> {
    match member_event(recorded)? {
        MemberEvent::SubstituteNamed(event) => Some(Change::Named(event)),
        MemberEvent::SubstituteWithdrawn(event) => Some(Change::Withdrawn(event.id)),
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
        | MemberEvent::MemberSessionsRevoked(_)
        | MemberEvent::GrantGiven(_)
        | MemberEvent::GrantTakenBack(_) => None,
    }
}

/// Who stands in for a member, by the first day.
pub async fn of_member(
    tx: &mut TenantTx,
    member: MemberId,
) -> Result<Vec<SubstituteRow>, ReadError> {
    let sql = "where r.member_id = $1 order by r.from_day, r.substitution_id";
    read_rows(&select::<SubstituteRow>(tx, sql).bind(member.0).fetch_all().await?)
}

/// Whom somebody stands in for on a day.
pub async fn absent_of(
    tx: &mut TenantTx,
    substitute: MemberId,
    day: Date,
) -> Result<Vec<SubstituteRow>, ReadError> {
    let sql = "where r.substitute_id = $1 and r.to_day >= $2 and r.from_day <= $2
        order by r.member_id";
    let query = select::<SubstituteRow>(tx, sql).bind(substitute.0).bind(day.to_sqlx());
    read_rows(&query.fetch_all().await?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::samples::{id, members};
    use crate::tests::{assert_declares_what_it_touches, rows_of};
    use jiff::civil::date;

    #[test]
    fn a_substitute_is_there_until_they_are_withdrawn() {
        let history = members().0;
        assert_declares_what_it_touches::<Substitute>(&history);
        let rows = rows_of::<Substitute>(&history);
        let [row] = &rows[..] else { panic!("one, not {}", rows.len()) };
        assert_eq!((row.member_id, row.substitute_id), (MemberId(id(1)), MemberId(id(2))));
        assert_eq!((row.from_day, row.to_day), (date(2026, 3, 9), date(2026, 3, 13)));
    }
}
