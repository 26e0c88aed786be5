//! A kind of leave has the firm's own terms from a day on, or always; past days too, for accounts
//! are replayed. Terms that must be accepted are numbered here, so that an acceptance names a text.

use jiff::civil::Date;

use super::ledger::DatedPolicy;
use super::policy::{LeavePolicy, Terms};
use super::sound_policy::check_policy;
use super::{GrantRefusal, LeavePolicySet, LeaveType, LeaveTypeEvent, Refusal};
use crate::id::LeaveTypeId;

/// The most policies of its own that a kind of leave has.
pub const POLICIES_MAX: usize = 200;

/// Set the terms of a kind of leave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SetLeavePolicy {
    /// The kind.
    pub leave_type: LeaveTypeId,
    /// The first day; none = from always.
    pub from: Option<Date>,
    /// The terms; the version of a text to accept is not looked at.
    pub policy: LeavePolicy,
}

/// Refuses an unknown kind, what can't be a policy, and too many of them; those it has from that
/// day on already change nothing.
pub fn decide(kind: &LeaveType, command: SetLeavePolicy) -> Result<Vec<LeaveTypeEvent>, Refusal> {
    let leave_type = kind.known()?;
    let SetLeavePolicy { from, mut policy, .. } = command;
    check_policy(&policy)?;
    policy.terms = policy.terms.map(|terms| numbered(kind, terms));
    let own = kind.own_policies.iter().find(|own| own.from == from);
    match own {
        Some(own) if own.policy == policy => return Ok(Vec::new()),
        None if kind.own_policies.len() >= POLICIES_MAX => {
            return Err(GrantRefusal::TooManyPolicies.into());
        }
        Some(_) | None => {}
    }
    Ok(vec![LeavePolicySet { leave_type, from, policy }.into()])
}

/// A text that stands in another policy keeps its number; a new one gets the next.
fn numbered(kind: &LeaveType, terms: Terms) -> Terms {
    let text = terms.text.trim().to_owned();
    let known = |own: &DatedPolicy| own.policy.terms.clone().filter(|it| it.text == text);
    let same = kind.own_policies.iter().find_map(known);
    same.unwrap_or_else(|| Terms { version: kind.terms_version + 1, text })
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::leave::{LeavePolicyCleared, samples};

    fn set(from: Option<Date>, text: &str) -> SetLeavePolicy {
        let mut policy = samples::rich_policy();
        policy.terms = Some(Terms { version: 7, text: text.into() });
        SetLeavePolicy { leave_type: samples::ANNUAL, from, policy }
    }

    fn version(events: &[LeaveTypeEvent]) -> Option<u32> {
        let [LeaveTypeEvent::LeavePolicySet(event)] = events else { return None };
        event.policy.terms.as_ref().map(|terms| terms.version)
    }

    #[test]
    fn terms_are_numbered_by_their_text_however_often_they_are_set() {
        let mut kind = samples::annual();
        let mut set = |from, text| {
            let events = decide(&kind, set(from, text)).expect("a sound policy");
            events.iter().for_each(|event| kind.evolve(event));
            version(&events)
        };
        let march = Some(date(2026, 3, 1));
        assert_eq!(set(None, " I hand over my work. "), Some(1));
        assert_eq!(set(None, "I hand over my work."), None, "nothing changes");
        assert_eq!(set(march, "I hand over my work."), Some(1), "the same text");
        assert_eq!(set(march, "I hand over all."), Some(2));
        assert_eq!(set(march, "I hand over nothing."), Some(3));
        kind.evolve(&LeavePolicyCleared { leave_type: samples::ANNUAL, from: march }.into());
        let again = decide(&kind, super::tests::set(march, "Another.")).expect("a sound policy");
        assert_eq!(version(&again), Some(4), "a number that was used names its text for ever");
    }

    #[test]
    fn an_unknown_kind_what_can_be_no_policy_and_too_many_are_refused() {
        let refused = |kind: &LeaveType, command| decide(kind, command).unwrap_err();
        let unknown = refused(&LeaveType::default(), set(None, "A."));
        assert_eq!(unknown, Refusal::UnknownLeaveType);
        let mut bad = set(None, "A.");
        bad.policy.cycle.months = 0;
        let refusal = refused(&samples::annual(), bad);
        assert_eq!(refusal.code(), "leave.invalid_policy");
        assert_eq!(refusal.field(), Some("/policy/cycle/months"));
        let mut full = samples::annual();
        let day = |days| date(2000, 1, 1) + jiff::Span::new().days(days);
        for days in 0..200 {
            let from = Some(day(days));
            full.own_policies.push(DatedPolicy { from, policy: samples::rich_policy() });
        }
        assert_eq!(refused(&full, set(None, "A.")), GrantRefusal::TooManyPolicies.into());
        assert!(decide(&full, set(Some(day(7)), "A.")).is_ok(), "one of its days may change");
    }
}
