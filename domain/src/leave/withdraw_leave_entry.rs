//! What was entered by hand counts no more, as if it never had: the account is replayed without it.

use super::enter_leave::check_reason;
use super::{GrantRefusal, LeaveEntryWithdrawn, MemberLeave, Refusal};
use crate::id::{LeaveEntryId, MemberId};
use crate::personal::Personal;

/// Withdraw an entry.
#[derive(Debug, Clone, PartialEq)]
pub struct WithdrawLeaveEntry {
    /// Which.
    pub entry: LeaveEntryId,
    /// Of whose account.
    pub member: MemberId,
    /// Why.
    pub reason: Personal<String>,
}

/// Refuses an unknown entry, and no or too many words.
pub fn decide(
    leave: &MemberLeave,
    command: WithdrawLeaveEntry,
) -> Result<LeaveEntryWithdrawn, Refusal> {
    let WithdrawLeaveEntry { entry, member, reason } = command;
    let known = leave.entries.get(&entry).ok_or(GrantRefusal::NoSuchEntry)?;
    check_reason(&reason)?;
    Ok(LeaveEntryWithdrawn { entry, member, leave_type: known.leave_type, reason })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::leave::{enter_leave, samples};

    #[test]
    fn an_entry_is_withdrawn_once_and_with_a_reason() {
        let withdraw = |words: &str| {
            let (entry, member) = (samples::ENTRY, samples::MEMBER);
            WithdrawLeaveEntry { entry, member, reason: samples::reason(words) }
        };
        let mut leave = MemberLeave::default();
        let unknown = decide(&leave, withdraw("A mistake")).expect_err("there is none");
        assert_eq!((unknown.code(), unknown.is_unknown()), ("leave.no_such_entry", true));
        let entered = enter_leave::decide(&leave, &samples::annual(), samples::enter(480));
        leave.evolve(&entered.expect("sound").into());
        let refusal = decide(&leave, withdraw("")).expect_err("no words");
        assert_eq!(refusal, GrantRefusal::InvalidReason.into());
        let event = decide(&leave, withdraw("A mistake")).expect("it's there");
        assert_eq!(event.leave_type, samples::ANNUAL);
        leave.evolve(&event.into());
        assert!(leave.entries.is_empty());
    }
}
