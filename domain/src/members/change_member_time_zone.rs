//! A member works in another zone from now on; they may say so themselves. What was recorded keeps
//! its zone and its day.

use super::member::checked_time_zone;
use super::{Authority, Member, MemberEvent, MemberTimeZoneChanged, Refusal};
use crate::id::MemberId;

/// Let a member work in another zone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangeMemberTimeZone {
    /// The member.
    pub member: MemberId,
    /// The IANA zone; none = the tenant's.
    pub time_zone: Option<String>,
}

/// Refuses an unknown member, a caller without the right and an unknown zone; the one they have
/// changes nothing.
pub fn decide(
    member: &Member,
    by: &Authority,
    command: ChangeMemberTimeZone,
) -> Result<Vec<MemberEvent>, Refusal> {
    let id = member.own_or_looked_after_by(by)?;
    let time_zone = checked_time_zone(command.time_zone)?;
    if member.time_zone == time_zone {
        return Ok(Vec::new());
    }
    Ok(vec![MemberTimeZoneChanged { member: id, time_zone }.into()])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::members::{Role, samples};

    fn change(time_zone: Option<&str>) -> ChangeMemberTimeZone {
        let time_zone = time_zone.map(str::to_owned);
        ChangeMemberTimeZone { member: samples::MEMBER, time_zone }
    }

    #[test]
    fn a_member_gets_a_zone_and_goes_back_to_the_tenants() {
        let mut member = samples::member(&[Role::Member]);
        let by = samples::themselves(Role::Member);
        for time_zone in [Some("Europe/Berlin"), None] {
            let events = decide(&member, &by, change(time_zone)).unwrap();
            let time_zone = time_zone.map(str::to_owned);
            let changed = MemberTimeZoneChanged { member: samples::MEMBER, time_zone };
            assert_eq!(events, [changed.into()]);
            member.evolve(&events[0]);
        }
        assert_eq!(decide(&member, &by, change(None)), Ok(vec![]));
    }

    #[test]
    fn an_unknown_member_is_refused() {
        let refused = decide(&Member::default(), &Authority::Operator, change(None));
        assert_eq!(refused, Err(Refusal::UnknownMember));
    }

    #[test]
    fn a_colleague_who_is_neither_owner_nor_admin_is_refused() {
        let member = samples::member(&[Role::Member]);
        let refused = decide(&member, &samples::colleague(Role::Member), change(None));
        assert_eq!(refused, Err(Refusal::NotAllowed));
    }

    #[test]
    fn an_unknown_zone_is_refused() {
        let member = samples::member(&[Role::Member]);
        let refusal = decide(&member, &Authority::Operator, change(Some("GMT+25"))).unwrap_err();
        assert_eq!(refusal, Refusal::UnknownTimeZone { time_zone: "GMT+25".into() });
    }
}
