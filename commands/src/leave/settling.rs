//! What follows for a member's accounts from a change of their leave, in the same commit: whoever
//! changes leave emits through here, so that no account is left behind what it rests on.

use domain::id::MemberId;
use domain::leave::ledger::due_after;
use domain::leave::{MemberLeave, MemberLeaveEvent};

use super::sources::FirmLeave;
use crate::members::substitutes::day_of;
use crate::unit::{Loaded, Unit};

/// Writes events of a member's leave, and what they lead to in each account that they have moved.
pub(crate) fn emit_settled(
    unit: &mut Unit<'_>,
    firm: &FirmLeave,
    leave: &Loaded<MemberLeave>,
    member: MemberId,
    mut events: Vec<MemberLeaveEvent>,
) {
    let mut after = MemberLeave::clone(&leave.state);
    events.iter().for_each(|event| after.evolve(event));
    let today = day_of(&firm.settings, unit.now());
    let sources = (firm.with(member, &leave.state), firm.with(member, &after));
    if let (Some(before), Some(after)) = sources {
        let posted = due_after(&before, &after, member, today);
        events.extend(posted.into_iter().map(MemberLeaveEvent::from));
    }
    unit.emit(leave, events);
}
