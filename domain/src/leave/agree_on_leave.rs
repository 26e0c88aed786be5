//! What one member's contract grants in place of what the policy grants in the contractual right,
//! from a day on. Where no policy grants anything there, nothing would come of it.

use jiff::civil::Date;

use super::policy::{Quantity, Right};
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

/// Refuses an unknown kind, an amount below nothing or too large, and an amount where no policy of
/// that day or later grants anything by contract. What is agreed on already changes nothing.
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
    if amount.is_some() && !grants_by_contract(kind, from) {
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

/// Whether a policy that holds on a day or later grants something in the contractual right.
fn grants_by_contract(kind: &LeaveType, from: Option<Date>) -> bool {
    let policies = kind.policies();
    let first = policies.iter().rposition(|dated| dated.from <= from).unwrap_or(0);
    let grants = policies[first..].iter().flat_map(|dated| &dated.policy.grants);
    grants.into_iter().any(|grant| grant.right == Right::Contractual)
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
    fn what_a_contract_grants_is_agreed_on_where_a_policy_grants_something_by_contract() {
        let mut kind = samples::annual();
        let leave = MemberLeave::default();
        let refusal = decide(&leave, &kind, agree(None, Some(10))).expect_err("the law's alone");
        let nothing = ("leave.nothing_by_contract", Some("/leave_type_id"));
        assert_eq!((refusal.code(), refusal.field()), nothing);
        let march = date(2026, 3, 1);
        let (leave_type, policy) = (samples::ANNUAL, samples::rich_policy());
        kind.evolve(&LeavePolicySet { leave_type, from: Some(march), policy }.into());
        for from in [None, Some(date(2026, 1, 1)), Some(march), Some(date(2027, 1, 1))] {
            let event = decide(&leave, &kind, agree(from, Some(10))).expect("from March on");
            assert_eq!(event.expect("it's new").from, from);
        }
        let mut bare = samples::rich_policy();
        bare.grants.truncate(1);
        let from = Some(date(2026, 6, 1));
        kind.evolve(&LeavePolicySet { leave_type, from, policy: bare }.into());
        assert!(decide(&leave, &kind, agree(Some(march), Some(10))).is_ok());
        assert!(decide(&leave, &kind, agree(from, Some(10))).is_err(), "no longer");
        assert!(decide(&leave, &kind, agree(from, None)).is_ok(), "back to the policy");
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
