//! What one member's contract grants in place of what the policy grants in the contractual right,
//! or besides it where it grants nothing there, from a day on. Without a policy nothing is granted.

use jiff::civil::Date;

use super::policy::Quantity;
use super::sound_policy::within;
use super::{AgreedLeave, GrantRefusal, LeaveAgreed, LeaveType, MemberLeave, Refusal};
use crate::id::{LeaveTypeId, MemberId};

/// The most agreements of a member on a kind of leave.
pub const AGREEMENTS_MAX: usize = 200;

/// Agree on what a contract grants per cycle.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AgreeOnLeave {
    /// Whose contract.
    pub member: MemberId,
    /// Of what kind.
    pub leave_type: LeaveTypeId,
    /// The first day; none = from always.
    pub from: Option<Date>,
    /// How much; none = what the policy says.
    pub amount: Option<Quantity>,
}

/// Refuses an unknown kind, an amount below nothing or too large, and an amount where the kind has
/// no policy at all. What is agreed on already changes nothing.
pub fn decide(
    leave: &MemberLeave,
    kind: &LeaveType,
    command: AgreeOnLeave,
) -> Result<Option<LeaveAgreed>, Refusal> {
    kind.known()?;
    let AgreeOnLeave { member, leave_type, from, amount } = command;
    if amount.is_some_and(|amount| !within(amount, 0)) {
        return Err(GrantRefusal::InvalidAgreement.into());
    }
    if amount.is_some() && kind.policies().is_empty() {
        return Err(GrantRefusal::NothingByContract.into());
    }
    let agreed = leave.agreed.get(&leave_type).map_or(&[][..], Vec::as_slice);
    if agreed.contains(&AgreedLeave { from, amount }) {
        return Ok(None);
    }
    if agreed.len() >= AGREEMENTS_MAX && agreed.iter().all(|it| it.from != from) {
        return Err(GrantRefusal::TooManyAgreements.into());
    }
    Ok(Some(LeaveAgreed { member, leave_type, from, amount }))
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::leave::{LeaveDays, LeavePolicySet, samples};

    fn agree(from: Option<Date>, days: Option<i64>) -> AgreeOnLeave {
        let amount = days.map(|days| Quantity::Days(LeaveDays::of(days)));
        AgreeOnLeave { member: samples::MEMBER, leave_type: samples::ANNUAL, from, amount }
    }

    #[test]
    fn what_a_contract_grants_is_agreed_on_where_there_is_a_policy() {
        let leave = MemberLeave::default();
        let (law, mut own) = (samples::annual(), LeaveType { pack: None, ..samples::annual() });
        for from in [None, Some(date(2026, 1, 1))] {
            let event = decide(&leave, &law, agree(from, Some(10))).expect("the law's policy");
            assert_eq!(event.expect("it's new").from, from);
        }
        let refusal = decide(&leave, &own, agree(None, Some(10))).expect_err("no policy");
        let nothing = ("leave.nothing_by_contract", Some("/leave_type_id"));
        assert_eq!((refusal.code(), refusal.field()), nothing);
        assert!(decide(&leave, &own, agree(None, None)).is_ok(), "back to the policy");
        let (leave_type, policy) = (samples::ANNUAL, samples::rich_policy());
        let from = Some(date(2026, 3, 1));
        own.evolve(&LeavePolicySet { leave_type, from, policy }.into());
        assert!(decide(&leave, &own, agree(None, Some(10))).is_ok());
    }

    #[test]
    fn the_same_again_changes_nothing_and_less_than_nothing_is_refused() {
        let mut kind = samples::annual();
        let (leave_type, policy) = (samples::ANNUAL, samples::rich_policy());
        kind.evolve(&LeavePolicySet { leave_type, from: None, policy }.into());
        let mut leave = MemberLeave::default();
        let event = decide(&leave, &kind, agree(None, Some(0))).expect("nothing is an amount");
        leave.evolve(&event.expect("it's new").into());
        assert_eq!(decide(&leave, &kind, agree(None, Some(0))), Ok(None));
        let refusal = decide(&leave, &kind, agree(None, Some(-1))).expect_err("below nothing");
        assert_eq!(refusal, GrantRefusal::InvalidAgreement.into());
        let unknown = decide(&leave, &LeaveType::default(), agree(None, None));
        assert_eq!(unknown, Err(Refusal::UnknownLeaveType));
        let agreed = leave.agreed.get_mut(&leave_type).expect("one");
        for days in 1..200 {
            let from = Some(date(2000, 1, 1) + jiff::Span::new().days(days));
            agreed.push(AgreedLeave { from, amount: None });
        }
        let refusal = decide(&leave, &kind, agree(Some(date(2026, 1, 1)), None));
        assert_eq!(refusal, Err(GrantRefusal::TooManyAgreements.into()));
        assert!(decide(&leave, &kind, agree(None, Some(7))).is_ok(), "one of them may change");
    }
}
