//! Submitting, approving, sending back and reopening a member's week.

use domain::billing::invoice_of;
use domain::id::{EntryId, MemberId};
use domain::log::{ClaimKey, ClaimKind};
use domain::members::{Action, Authority, Object};
use domain::settings::{Settings, settings_stream};
use domain::time::approve_timesheet::{self, ApprovalFacts};
use domain::time::reject_timesheet::RejectFacts;
use domain::time::reopen_timesheet::{self, ReopenFacts};
use domain::time::{
    EntryState, TimeEvent, Timesheet, Week, reject_timesheet, submit_timesheet, timesheet_stream,
};

use super::periods::closed_in;
use super::{authority_over, reason_about};
use crate::handle::Command;
use crate::members::grants::allowed;
use crate::refused::{CommandError, Reply};
use crate::unit::{Loaded, Unit};

async fn load(
    unit: &mut Unit<'_>,
    member: MemberId,
    week: Week,
) -> Result<Loaded<Timesheet>, CommandError> {
    let sheet = unit.write::<Timesheet>(timesheet_stream(member, week)).await?;
    if sheet.exists() { Ok(sheet) } else { Err(CommandError::NotFound) }
}

/// Who decides: a manager. An operator decides in nobody's name and therefore may not.
async fn decider(unit: &mut Unit<'_>, of: MemberId) -> Result<MemberId, CommandError> {
    match allowed(unit, Action::ApproveTime, &Object::Member(of)).await? {
        Authority::Member { member, .. } => Ok(member),
        Authority::Operator => Err(CommandError::Forbidden),
    }
}

/// Ask for approval of all that is open or was sent back.
#[derive(Debug, Clone)]
pub struct SubmitTimesheet {
    /// Whose week.
    pub member: MemberId,
    /// Which week.
    pub week: Week,
}

impl Command for SubmitTimesheet {
    async fn run(&self, unit: &mut Unit<'_>) -> Result<Reply, CommandError> {
        let sheet = load(unit, self.member, self.week).await?;
        authority_over(unit, self.member).await?;
        let submitted = submit_timesheet::decide(&sheet.state, submit_timesheet::SubmitTimesheet)?;
        unit.emit(&sheet, [TimeEvent::from(submitted)]);
        Ok(Reply::changed(self.member))
    }
}

/// Approve all that waits for it.
#[derive(Debug, Clone)]
pub struct ApproveTimesheet {
    /// Whose week.
    pub member: MemberId,
    /// Which week.
    pub week: Week,
    /// The hash of the content that the approver saw, where they say it.
    pub content: Option<String>,
}

impl Command for ApproveTimesheet {
    async fn run(&self, unit: &mut Unit<'_>) -> Result<Reply, CommandError> {
        let sheet = load(unit, self.member, self.week).await?;
        let by = decider(unit, self.member).await?;
        let settings = unit.read::<Settings>(settings_stream()).await?;
        let facts =
            ApprovalFacts { self_approval: settings.state.self_approval(self.week.monday()) };
        let command = approve_timesheet::ApproveTimesheet { by, content: self.content.clone() };
        let approved = approve_timesheet::decide(&sheet.state, &facts, command)?;
        unit.emit(&sheet, [TimeEvent::from(approved)]);
        Ok(Reply::changed(self.member))
    }
}

/// Send back all that waits for approval.
#[derive(Debug, Clone)]
pub struct RejectTimesheet {
    /// Whose week.
    pub member: MemberId,
    /// Which week.
    pub week: Week,
    /// Why.
    pub reason: String,
}

impl Command for RejectTimesheet {
    async fn run(&self, unit: &mut Unit<'_>) -> Result<Reply, CommandError> {
        let sheet = load(unit, self.member, self.week).await?;
        let by = decider(unit, self.member).await?;
        let reason = reason_about(self.member, &self.reason);
        let closed = closed_in(unit, &sheet.state, &[EntryState::Submitted]).await?;
        let command = reject_timesheet::RejectTimesheet { by, reason };
        let rejected = reject_timesheet::decide(&sheet.state, &RejectFacts { closed }, command)?;
        unit.emit(&sheet, [TimeEvent::from(rejected)]);
        Ok(Reply::changed(self.member))
    }
}

/// Open again what was submitted or approved.
#[derive(Debug, Clone)]
pub struct ReopenTimesheet {
    /// Whose week.
    pub member: MemberId,
    /// Which week.
    pub week: Week,
    /// Why.
    pub reason: Option<String>,
}

impl Command for ReopenTimesheet {
    async fn run(&self, unit: &mut Unit<'_>) -> Result<Reply, CommandError> {
        let sheet = load(unit, self.member, self.week).await?;
        let by = decider(unit, self.member).await?;
        let reopened: Vec<EntryId> = sheet
            .state
            .entries
            .iter()
            .filter(|(_, entry)| {
                matches!(entry.state, EntryState::Submitted | EntryState::Approved)
            })
            .map(|(id, _)| *id)
            .collect();
        let keys: Vec<ClaimKey> =
            reopened.iter().map(|id| ClaimKey::id(ClaimKind::EntryBilling, *id)).collect();
        let held = unit.held_many(&keys).await?;
        let invoice = |key: &ClaimKey| {
            let held = held.iter().find(|(claim, _)| claim == key)?;
            Some(invoice_of(held.1.holder))
        };
        let billed = reopened
            .iter()
            .zip(&keys)
            .filter_map(|(entry, key)| Some((*entry, invoice(key)?)))
            .collect();
        keys.iter()
            .filter(|key| invoice(key).is_none())
            .for_each(|key| unit.must_be_free(key.clone()));
        let states = [EntryState::Submitted, EntryState::Approved];
        let closed = closed_in(unit, &sheet.state, &states).await?;
        let command = reopen_timesheet::ReopenTimesheet {
            by,
            reason: self.reason.as_deref().map(|reason| reason_about(self.member, reason)),
        };
        let reopened =
            reopen_timesheet::decide(&sheet.state, &ReopenFacts { billed, closed }, command)?;
        unit.emit(&sheet, [TimeEvent::from(reopened)]);
        Ok(Reply::changed(self.member))
    }
}
