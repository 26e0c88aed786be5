//! A kind of leave as its stream tells it.

use serde::{Deserialize, Serialize};

use super::ledger::DatedPolicy;
use super::{
    ClearLeavePolicy, DefineLeaveType, LeaveTypeEvent, PackRef, Refusal, RenameLeaveType,
    RestoreLeaveType, RetireLeaveType, SetLeavePolicy, clear_leave_policy, define_leave_type,
    rename_leave_type, restore_leave_type, retire_leave_type, set_leave_policy,
};
use crate::aggregate::aggregate;
use crate::country::{Counts, ShownIn};
use crate::id::{LeaveTypeId, StreamId};

const CODE_CHARACTERS_MAX: usize = 40;

/// The stream of a kind of leave.
pub fn leave_type_stream(leave_type: LeaveTypeId) -> StreamId {
    StreamId(leave_type.0)
}

/// Whether this can be the code of a kind of leave: `a` to `z`, `0` to `9` and `_`, a letter first.
pub fn is_code(text: &str) -> bool {
    let fits = |byte: u8| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'_');
    text.len() <= CODE_CHARACTERS_MAX
        && text.bytes().all(fits)
        && text.starts_with(|first: char| first.is_ascii_lowercase())
}

/// A code for a name, such as `study_leave` for "Study leave"; none where the name has no letter to
/// make one of.
pub fn code_of_name(name: &str) -> Option<String> {
    let lower = name.to_lowercase();
    let words = lower.split(|letter: char| !letter.is_ascii_alphanumeric());
    let joined = words.filter(|word| !word.is_empty()).collect::<Vec<_>>().join("_");
    let code: String = joined.chars().take(CODE_CHARACTERS_MAX).collect();
    is_code(&code).then_some(code)
}

/// A kind of leave.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct LeaveType {
    /// Which one; none where its stream is empty: there is no such kind.
    pub id: Option<LeaveTypeId>,
    /// Its stable name.
    pub code: String,
    /// What it's called.
    pub name: String,
    /// Whether the employer pays for it.
    pub paid: bool,
    /// How amounts of it are shown.
    pub shown_in: ShownIn,
    /// Which days of an absence it takes.
    pub counts: Counts,
    /// The pack it comes from.
    pub pack: Option<PackRef>,
    /// Whether no more of it is asked for.
    pub retired: bool,
    /// The firm's own terms, ordered by the day each holds from.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub own_policies: Vec<DatedPolicy>,
    /// The highest number of a text to accept that was given.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub terms_version: u32,
}

fn is_zero(number: &u32) -> bool {
    *number == 0
}

/// What can be asked of a kind of leave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LeaveTypeCommand {
    /// See [`define_leave_type`].
    Define(DefineLeaveType),
    /// See [`rename_leave_type`].
    Rename(RenameLeaveType),
    /// See [`retire_leave_type`].
    Retire(RetireLeaveType),
    /// See [`restore_leave_type`].
    Restore(RestoreLeaveType),
    /// See [`set_leave_policy`].
    SetPolicy(SetLeavePolicy),
    /// See [`clear_leave_policy`].
    ClearPolicy(ClearLeavePolicy),
}

aggregate!(LeaveType, "leave_type", LeaveTypeCommand, LeaveTypeEvent, Refusal);

impl LeaveType {
    /// What follows from a command.
    pub fn decide(&self, command: LeaveTypeCommand) -> Result<Vec<LeaveTypeEvent>, Refusal> {
        match command {
            LeaveTypeCommand::Define(command) => define_leave_type::decide(self, command),
            LeaveTypeCommand::Rename(command) => rename_leave_type::decide(self, command),
            LeaveTypeCommand::Retire(command) => retire_leave_type::decide(self, command),
            LeaveTypeCommand::Restore(command) => restore_leave_type::decide(self, command),
            LeaveTypeCommand::SetPolicy(command) => set_leave_policy::decide(self, command),
            LeaveTypeCommand::ClearPolicy(command) => clear_leave_policy::decide(self, command),
        }
    }

    /// Takes in what happened.
    pub fn evolve(&mut self, event: &LeaveTypeEvent) {
        match event {
            LeaveTypeEvent::LeaveTypeDefined(event) => {
                *self = LeaveType {
                    id: Some(event.leave_type),
                    code: event.code.clone(),
                    name: event.name.clone(),
                    paid: event.paid,
                    shown_in: event.shown_in,
                    counts: event.counts,
                    pack: event.pack.clone(),
                    retired: false,
                    own_policies: Vec::new(),
                    terms_version: 0,
                };
            }
            LeaveTypeEvent::LeaveTypeRenamed(event) => self.name.clone_from(&event.name),
            LeaveTypeEvent::LeaveTypeRetired(_) => self.retired = true,
            LeaveTypeEvent::LeaveTypeRestored(_) => self.retired = false,
            LeaveTypeEvent::LeavePolicySet(event) => {
                let version = event.policy.terms.as_ref().map_or(0, |terms| terms.version);
                self.terms_version = self.terms_version.max(version);
                let now = DatedPolicy { from: event.from, policy: event.policy.clone() };
                match self.own_policies.binary_search_by_key(&event.from, |own| own.from) {
                    Ok(place) => self.own_policies[place] = now,
                    Err(place) => self.own_policies.insert(place, now),
                }
            }
            LeaveTypeEvent::LeavePolicyCleared(event) => {
                self.own_policies.retain(|own| own.from != event.from);
            }
        }
    }

    /// Its id, or the refusal that there is no such kind.
    pub fn known(&self) -> Result<LeaveTypeId, Refusal> {
        self.id.ok_or(Refusal::UnknownLeaveType)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::leave::{LeaveTypeRetired, samples};
    use cqrs_es::test::TestFramework;

    #[test]
    fn the_aggregate_answers_as_the_plain_decisions_do() {
        let leave_type = samples::ANNUAL;
        let retired = LeaveTypeRetired { leave_type };
        TestFramework::<LeaveType>::with(())
            .given(vec![samples::annual_defined()])
            .when(LeaveTypeCommand::Retire(RetireLeaveType { leave_type }))
            .then_expect_events(vec![retired.clone().into()]);
        TestFramework::<LeaveType>::with(())
            .given(vec![samples::annual_defined(), retired.into()])
            .when(LeaveTypeCommand::Retire(RetireLeaveType { leave_type }))
            .then_expect_events(vec![]);
        TestFramework::<LeaveType>::with(())
            .given_no_previous_events()
            .when(LeaveTypeCommand::Restore(RestoreLeaveType { leave_type }))
            .then_expect_error(Refusal::UnknownLeaveType);
    }

    #[test]
    fn a_code_is_made_of_a_name_where_one_can_be() {
        assert_eq!(code_of_name(" Study  leave (2 days) ").as_deref(), Some("study_leave_2_days"));
        assert_eq!(code_of_name("Kind krank").as_deref(), Some("kind_krank"));
        assert_eq!(code_of_name("Ñandú").as_deref(), Some("and"));
        assert_eq!(code_of_name("2 days"), None);
        assert_eq!(code_of_name("休暇"), None);
        assert_eq!(code_of_name(&"long ".repeat(20)).map(|code| code.len()), Some(40));
    }

    #[test]
    fn a_code_has_small_letters_digits_and_underscores_with_a_letter_first() {
        assert!(["a", "family_responsibility", "x2"].into_iter().all(is_code));
        assert!(!["", "_a", "2x", "Annual", "a-b", "ä"].into_iter().any(is_code));
        assert!(is_code(&"a".repeat(40)) && !is_code(&"a".repeat(41)));
    }
}
