//! Who decides on a member's leave, and to whom a request is there at all: the member, managers,
//! and whoever holds a step of its approval. To everybody else it's like one that never was.

use domain::id::MemberId;
use domain::leave::LeaveRequest;
use domain::log::Actor;
use domain::members::{Member, Role, member_stream};
use domain::settings::Settings;
use domain::time::{Chain, Concerned, Deciding, Filled, Office, Right};

use super::sources::FirmLeave;
use crate::members::substitutes::{day_of, rights_of};
use crate::refused::CommandError;
use crate::time::everybody;
use crate::unit::Unit;

/// What is known of a member's leave but who fills the offices.
pub(super) async fn concerned(
    unit: &mut Unit<'_>,
    member: &Member,
) -> Result<Concerned, CommandError> {
    let line_manager = match member.manager {
        Some(manager) => {
            let manager = unit.read::<Member>(member_stream(manager)).await?;
            manager.state.id.filter(|_| manager.state.includes(Role::Member))
        }
        None => None,
    };
    let member = member.id.ok_or(CommandError::NotFound)?;
    let clients = std::collections::BTreeMap::new();
    Ok(Concerned { member, line_manager, clients, filled: Filled::default() })
}

/// Whether it may be that nobody holds it but the member. Offices that go with a project are a role
/// manager's here.
fn may_be_empty(chain: &Chain) -> bool {
    chain.offices().iter().any(|office| matches!(office, Office::Billing | Office::Admin))
}

/// Who decides on a member's leave by this chain. An operator decides in nobody's name and
/// therefore may not, nor may who can't act at all.
pub(super) async fn deciding(
    unit: &mut Unit<'_>,
    settings: &Settings,
    member: &Member,
    request: &LeaveRequest,
) -> Result<Deciding, CommandError> {
    let Actor::Member(by) = unit.metadata().actor else { return Err(CommandError::Forbidden) };
    let rights = rights_of(unit, by, day_of(settings, unit.now())).await?;
    if rights.is_empty() {
        return Err(CommandError::Forbidden);
    }
    let mut concerned = concerned(unit, member).await?;
    if may_be_empty(&request.approval.chain) {
        concerned.filled = filled(unit, concerned.member).await?;
    }
    let self_approval = settings.self_approval(request.span.from);
    Ok(Deciding { by, rights, self_approval, concerned })
}

/// Which offices others than the member hold.
async fn filled(unit: &mut Unit<'_>, member: MemberId) -> Result<Filled, CommandError> {
    let everybody = everybody(unit).await?;
    everybody.iter().for_each(|member| unit.rest_on(member));
    let rights: Vec<Right> = everybody.iter().filter_map(|it| Right::of(&it.state)).collect();
    Ok(Filled::by(&rights, member))
}

/// Lets nobody know of a request who has nothing to do with it.
pub(super) async fn must_see(
    unit: &mut Unit<'_>,
    firm: &FirmLeave,
    member: MemberId,
    request: &LeaveRequest,
) -> Result<(), CommandError> {
    let Actor::Member(by) = unit.metadata().actor else { return Ok(()) };
    if by == member {
        return Ok(());
    }
    // What was only written down is its member's alone.
    if !request.holds_steps() {
        return Err(CommandError::NotFound);
    }
    let caller = unit.read::<Member>(member_stream(by)).await?;
    if caller.state.active && caller.state.includes(Role::Manager) {
        return Ok(());
    }
    let (_, of) = firm.members.get(&member).ok_or(CommandError::NotFound)?;
    let deciding = match deciding(unit, &firm.settings, of, request).await {
        Err(CommandError::Forbidden) => return Err(CommandError::NotFound),
        other => other?,
    };
    let concerns = deciding.concerns(&request.approval.chain, None);
    if concerns { Ok(()) } else { Err(CommandError::NotFound) }
}
