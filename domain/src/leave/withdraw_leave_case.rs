//! There is no such case any more: nothing is granted for it. Leave that rests on it comes first.

use super::{GrantRefusal, LeaveCaseWithdrawn, MemberLeave, Refusal};
use crate::id::{LeaveCaseId, MemberId};

/// Withdraw a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WithdrawLeaveCase {
    /// Which.
    pub case: LeaveCaseId,
    /// Whose.
    pub member: MemberId,
}

/// Refuses an unknown case, and one that leave is asked for or granted for.
pub fn decide(
    leave: &MemberLeave,
    command: WithdrawLeaveCase,
) -> Result<LeaveCaseWithdrawn, Refusal> {
    let WithdrawLeaveCase { case, member } = command;
    if !leave.cases.contains_key(&case) {
        return Err(GrantRefusal::NoSuchCase.into());
    }
    if leave.requests.values().any(|it| it.case == Some(case) && it.holds_days()) {
        return Err(GrantRefusal::CaseInUse.into());
    }
    Ok(LeaveCaseWithdrawn { case, member })
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::id::LeaveRequestId;
    use crate::leave::{
        LeaveCaseDeclared, LeaveDrafted, LeaveSpan, LeaveSubmitted, LeaveWithdrawn, samples,
    };
    use crate::time::Chain;

    #[test]
    fn a_case_is_withdrawn_once_no_leave_rests_on_it() {
        let (case, member, leave_type) = (samples::CASE, samples::MEMBER, samples::ANNUAL);
        let withdraw = WithdrawLeaveCase { case, member };
        let mut leave = MemberLeave::default();
        let refusal = decide(&leave, withdraw).expect_err("there is none");
        assert_eq!((refusal.code(), refusal.is_unknown()), ("leave.no_such_case", true));
        let (on, applies_to) = (date(2026, 2, 10), "other parent".to_owned());
        let (share_days, gave_birth) = (None, false);
        let begins = on;
        leave.evolve(
            &LeaveCaseDeclared {
                case,
                member,
                leave_type,
                applies_to,
                on,
                begins,
                share_days,
                gave_birth,
            }
            .into(),
        );
        let request = LeaveRequestId(uuid::Uuid::from_u128(5));
        let span = LeaveSpan { from: on, to: on, part: None };
        let drafted =
            LeaveDrafted { request, member, leave_type, span, case: Some(case), reason: None };
        leave.evolve(&drafted.into());
        assert!(decide(&leave, withdraw).is_ok(), "a draft holds nothing");
        let (days, chain) = (Vec::new(), Chain::default());
        let (terms, document_needed) = (None, false);
        let submitted = LeaveSubmitted { request, member, days, chain, terms, document_needed };
        leave.evolve(&submitted.into());
        assert_eq!(decide(&leave, withdraw), Err(GrantRefusal::CaseInUse.into()));
        leave.evolve(&LeaveWithdrawn { request, member }.into());
        let event = decide(&leave, withdraw).expect("it holds no days");
        leave.evolve(&event.into());
        assert!(leave.cases.is_empty());
    }
}
