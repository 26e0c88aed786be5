//! Leave is entered into an account by hand: a balance from another system, a day for a wedding, or
//! a day that is taken off again. It counts from its day on, and why is said each time.

use jiff::civil::Date;

use super::policy::{Quantity, Right};
use super::sound_policy::within;
use super::{GrantRefusal, LeaveEntered, LeaveMinutes, LeaveType, MemberLeave, Refusal};
use crate::id::{LeaveEntryId, LeaveTypeId, MemberId};
use crate::personal::Personal;

/// The most characters of a reason.
pub const REASON_CHARACTERS_MAX: usize = 1000;
/// The most entries of a member that count.
pub const ENTRIES_MAX: usize = 2000;

/// Enter leave by hand.
#[derive(Debug, Clone, PartialEq)]
pub struct EnterLeave {
    /// A new id.
    pub entry: LeaveEntryId,
    /// Into whose account.
    pub member: MemberId,
    /// Of what kind.
    pub leave_type: LeaveTypeId,
    /// The day from which it counts.
    pub effective: Date,
    /// How much, signed.
    pub minutes: LeaveMinutes,
    /// In which right.
    pub right: Right,
    /// The last day on which it can be taken; none = it goes over as the policy has it.
    pub expires: Option<Date>,
    /// Why.
    pub reason: Personal<String>,
}

/// Refuses an unknown kind, an id that was used, nothing or too much, a last day before the first
/// or of what is taken off, and no or too many words.
pub fn decide(
    leave: &MemberLeave,
    kind: &LeaveType,
    command: EnterLeave,
) -> Result<LeaveEntered, Refusal> {
    kind.known()?;
    let EnterLeave { entry, member, leave_type, effective, minutes, right, expires, reason } =
        command;
    if leave.entries.contains_key(&entry) {
        return Err(Refusal::AlreadyDefined);
    }
    if leave.entries.len() >= ENTRIES_MAX {
        return Err(GrantRefusal::TooManyEntries.into());
    }
    let amount = if minutes.is_negative() { -minutes } else { minutes };
    if !within(Quantity::Minutes(amount), 1) {
        return Err(GrantRefusal::InvalidAmount.into());
    }
    if expires.is_some_and(|last| last < effective || minutes.is_negative()) {
        return Err(GrantRefusal::InvalidExpiry.into());
    }
    check_reason(&reason)?;
    Ok(LeaveEntered { entry, member, leave_type, effective, minutes, right, expires, reason })
}

/// Refuses no words, and too many. What was erased says nothing and was checked before.
pub(super) fn check_reason(reason: &Personal<String>) -> Result<(), Refusal> {
    let fits = |text: &String| {
        let length = text.trim().chars().count();
        (1..=REASON_CHARACTERS_MAX).contains(&length)
    };
    if reason.get().is_none_or(fits) { Ok(()) } else { Err(GrantRefusal::InvalidReason.into()) }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::leave::samples;

    #[test]
    fn what_is_entered_counts_from_its_day_and_may_be_less_than_nothing() {
        let mut leave = MemberLeave::default();
        let event = decide(&leave, &samples::annual(), samples::enter(4800)).expect("sound");
        assert_eq!((event.effective, event.minutes), (date(2026, 1, 1), LeaveMinutes::of(4800)));
        leave.evolve(&event.into());
        assert_eq!(leave.entries.len(), 1);
        let again = decide(&leave, &samples::annual(), samples::enter(4800));
        assert_eq!(again, Err(Refusal::AlreadyDefined));
        assert!(decide(&MemberLeave::default(), &samples::annual(), samples::enter(-480)).is_ok());
    }

    #[test]
    fn what_makes_no_sense_is_refused_where_it_stands() {
        let refused = |change: &dyn Fn(&mut EnterLeave)| {
            let mut command = samples::enter(4800);
            change(&mut command);
            let refusal = decide(&MemberLeave::default(), &samples::annual(), command);
            let refusal = refusal.expect_err("it makes no sense");
            (refusal.code(), refusal.field())
        };
        let amount = ("leave.invalid_amount", Some("/minutes"));
        assert_eq!(refused(&|it| it.minutes = LeaveMinutes::ZERO), amount);
        assert_eq!(refused(&|it| it.minutes = LeaveMinutes::of(-6_000_000)), amount);
        let expiry = ("leave.invalid_expiry", Some("/expires"));
        assert_eq!(refused(&|it| it.expires = Some(date(2025, 12, 31))), expiry);
        let taken_off = refused(&|it| {
            it.minutes = LeaveMinutes::of(-1);
            it.expires = Some(date(2026, 12, 31));
        });
        assert_eq!(taken_off, expiry);
        let reason = ("leave.invalid_reason", Some("/reason"));
        for words in [" ".to_owned(), "x".repeat(1001)] {
            assert_eq!(refused(&|it| it.reason = samples::reason(&words)), reason);
        }
        let unknown = decide(&MemberLeave::default(), &LeaveType::default(), samples::enter(1));
        assert_eq!(unknown, Err(Refusal::UnknownLeaveType));
    }
}
