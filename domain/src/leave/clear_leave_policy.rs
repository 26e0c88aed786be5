//! The firm's own terms of a day hold no more: those before them do, or the law's.

use jiff::civil::Date;

use super::{GrantRefusal, LeavePolicyCleared, LeaveType, LeaveTypeEvent, Refusal};
use crate::id::LeaveTypeId;

/// Take back the terms of a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClearLeavePolicy {
    /// The kind.
    pub leave_type: LeaveTypeId,
    /// The first day of the terms; none = from always.
    pub from: Option<Date>,
}

/// Refuses an unknown kind, and a day from which it has no terms of the firm's own.
pub fn decide(kind: &LeaveType, command: ClearLeavePolicy) -> Result<Vec<LeaveTypeEvent>, Refusal> {
    let (leave_type, from) = (kind.known()?, command.from);
    if kind.own_policies.iter().all(|own| own.from != from) {
        return Err(GrantRefusal::NoSuchPolicy.into());
    }
    Ok(vec![LeavePolicyCleared { leave_type, from }.into()])
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::leave::{LeavePolicySet, samples};

    #[test]
    fn what_was_set_is_taken_back_once_and_the_law_holds_again() {
        let (leave_type, policy) = (samples::ANNUAL, samples::rich_policy());
        let mut kind = samples::annual();
        let law = kind.policies();
        kind.evolve(&LeavePolicySet { leave_type, from: None, policy }.into());
        assert_ne!(kind.policies(), law);
        let clear = |from| ClearLeavePolicy { leave_type, from };
        let other = decide(&kind, clear(Some(date(2026, 1, 1))));
        assert_eq!(other, Err(GrantRefusal::NoSuchPolicy.into()));
        let events = decide(&kind, clear(None)).expect("it was set");
        assert_eq!(events, [LeavePolicyCleared { leave_type, from: None }.into()]);
        events.iter().for_each(|event| kind.evolve(event));
        assert_eq!(kind.policies(), law);
        assert_eq!(decide(&kind, clear(None)), Err(GrantRefusal::NoSuchPolicy.into()));
        assert!(GrantRefusal::NoSuchPolicy.is_unknown());
        let unknown = decide(&LeaveType::default(), clear(None));
        assert_eq!(unknown, Err(Refusal::UnknownLeaveType));
    }
}
