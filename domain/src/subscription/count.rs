//! How many members a month is billed for.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::log::Recorded;
use crate::members::MemberEvent;

/// The two counts of a month, of which the greater is billed.
///
/// `acted` is the number of members who caused at least one event of the tenant's log that was
/// recorded in the month: at or after its first instant and before the next month's, in UTC.
/// `set_active` is the number of members who, at the month's last instant, were set active and had
/// an address to sign in with. So who worked and left is billed in the month they worked in, and
/// who could have worked is billed too; who was imported without an address and never acted is not.
///
/// Both follow from the tenant's log alone, so they come out the same however late they are
/// counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct MemberCount {
    /// Who caused an event in the month.
    pub acted: u32,
    /// Who was set active when it ended.
    pub set_active: u32,
}

impl MemberCount {
    /// How many are billed.
    pub fn billed(self) -> u32 {
        self.acted.max(self.set_active)
    }
}

/// Whether a member, of whom these are all events in order, was set active just before `end` and
/// had an address to sign in with.
pub fn set_active_at(events: &[Recorded<MemberEvent>], end: Timestamp) -> bool {
    let (mut active, mut address) = (false, false);
    for recorded in events.iter().take_while(|recorded| recorded.recorded_at < end) {
        match &recorded.event {
            MemberEvent::MemberAdded(event) => {
                (active, address) = (true, event.email.is_some());
            }
            MemberEvent::MemberEmailChanged(_) => address = true,
            MemberEvent::MemberDeactivated(_) => active = false,
            MemberEvent::MemberActivated(_) => active = true,
            MemberEvent::MemberRenamed(_)
            | MemberEvent::MemberRolesChanged(_)
            | MemberEvent::MemberTimeZoneChanged(_)
            | MemberEvent::MemberInvited(_)
            | MemberEvent::MemberRegistered(_)
            | MemberEvent::MemberManagerChanged(_)
            | MemberEvent::MemberEmploymentChanged(_)
            | MemberEvent::WorkPatternSet(_)
            | MemberEvent::MemberSessionsRevoked(_)
            | MemberEvent::SubstituteNamed(_)
            | MemberEvent::SubstituteWithdrawn(_)
            | MemberEvent::GrantGiven(_)
            | MemberEvent::GrantTakenBack(_) => {}
        }
    }
    active && address
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::{MemberId, StreamId, SubjectId};
    use crate::members::{
        MemberActivated, MemberAdded, MemberDeactivated, MemberEmailChanged, Role,
    };
    use crate::personal::{Personal, PurposeClass, Unique};
    use uuid::Uuid;

    const MEMBER: MemberId = MemberId(Uuid::from_u128(1));

    fn at(text: &str) -> Timestamp {
        format!("{text}T12:00:00Z").parse().unwrap()
    }

    fn address() -> Personal<Unique> {
        let unique = Unique { text: "nova@example.com".into(), digest: "1".into() };
        Personal::new(SubjectId(MEMBER.0), PurposeClass::Identity, unique)
    }

    fn added(address: Option<Personal<Unique>>) -> MemberEvent {
        let name = Personal::new(SubjectId(MEMBER.0), PurposeClass::Identity, "Nova".into());
        let roles = vec![Role::Member];
        MemberAdded { member: MEMBER, name, email: address, roles, time_zone: None }.into()
    }

    fn history(events: Vec<(&str, MemberEvent)>) -> Vec<Recorded<MemberEvent>> {
        let recorded = |(n, (day, event)): (usize, (&str, MemberEvent))| Recorded {
            position: n as i64 + 1,
            stream: StreamId(MEMBER.0),
            version: n as i32 + 1,
            recorded_at: at(day),
            event,
        };
        events.into_iter().enumerate().map(recorded).collect()
    }

    #[test]
    fn the_greater_count_is_billed() {
        assert_eq!(MemberCount { acted: 3, set_active: 2 }.billed(), 3);
        assert_eq!(MemberCount { acted: 1, set_active: 2 }.billed(), 2);
    }

    #[test]
    fn who_is_set_active_when_the_month_ends_counts() {
        let events = history(vec![
            ("2026-01-10", added(Some(address()))),
            ("2026-02-10", MemberDeactivated { member: MEMBER }.into()),
            ("2026-03-10", MemberActivated { member: MEMBER }.into()),
        ]);
        let counts =
            |end: &str| set_active_at(&events, format!("{end}T00:00:00Z").parse().unwrap());
        assert_eq!(
            ["2026-01-01", "2026-02-01", "2026-03-01", "2026-04-01"].map(counts),
            [false, true, false, true]
        );
    }

    #[test]
    fn who_has_no_address_can_not_sign_in_and_does_not_count() {
        let email = MemberEmailChanged { member: MEMBER, email: address() };
        let events = history(vec![("2026-01-10", added(None)), ("2026-02-10", email.into())]);
        assert!(!set_active_at(&events, at("2026-02-01")));
        assert!(set_active_at(&events, at("2026-03-01")));
    }
}
