//! Submitting, approving, sending back and reopening a member's week or part of it.

use domain::billing::invoice_of;
use domain::id::MemberId;
use domain::log::{ClaimKey, ClaimKind};
use domain::settings::{Settings, settings_stream};
use domain::time::reject_timesheet::RejectFacts;
use domain::time::reopen_timesheet::{self, ReopenFacts};
use domain::time::{
    EntryState, Part, TimeEvent, Timesheet, Week, approve_timesheet, reject_timesheet,
    submit_timesheet, timesheet_stream,
};

use super::deciders::{WeekPart, deciding, must_have_a_say};
use super::letters::{mail_decided, mail_deciders};
use super::periods::closed_in;
use super::{authority_over, reason_about};
use crate::handle::Command;
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

/// Ask for approval of what is open or was sent back.
#[derive(Debug, Clone)]
pub struct SubmitTimesheet {
    /// Whose week.
    pub member: MemberId,
    /// Which week.
    pub week: Week,
    /// What of it.
    pub part: WeekPart,
}

impl Command for SubmitTimesheet {
    async fn run(&self, unit: &mut Unit<'_>) -> Result<Reply, CommandError> {
        let sheet = load(unit, self.member, self.week).await?;
        authority_over(unit, self.member).await?;
        let settings = unit.read::<Settings>(settings_stream()).await?.state;
        let chain = settings.approval_chain(self.week.monday());
        let part = self.part.of(unit, &sheet.state).await?;
        let command = submit_timesheet::SubmitTimesheet { part };
        let submitted = submit_timesheet::decide(&sheet.state, &chain, &command)?;
        let events = [TimeEvent::from(submitted)];
        mail_deciders(unit, &settings, &sheet, &events).await?;
        unit.emit(&sheet, events);
        Ok(Reply::changed(self.member))
    }
}

/// Approve what waits for the caller: each entry goes as many steps on as they may decide.
#[derive(Debug, Clone)]
pub struct ApproveTimesheet {
    /// Whose week.
    pub member: MemberId,
    /// Which week.
    pub week: Week,
    /// What of it.
    pub part: WeekPart,
    /// The hash of the content of it that the approver saw, where they say it.
    pub content: Option<String>,
}

impl Command for ApproveTimesheet {
    async fn run(&self, unit: &mut Unit<'_>) -> Result<Reply, CommandError> {
        let sheet = load(unit, self.member, self.week).await?;
        let deciding = deciding(unit, &sheet.state, self.member, self.week).await?;
        must_have_a_say(&deciding, &sheet.state)?;
        let part = self.part.of(unit, &sheet.state).await?;
        let command = approve_timesheet::ApproveTimesheet { part, content: self.content.clone() };
        let approved = approve_timesheet::decide(&sheet.state, &deciding, command)?;
        let settings = unit.read::<Settings>(settings_stream()).await?.state;
        mail_decided(unit, &settings, &sheet, &approved);
        mail_deciders(unit, &settings, &sheet, &approved).await?;
        unit.emit(&sheet, approved);
        Ok(Reply::changed(self.member))
    }
}

/// Send back what waits for the caller.
#[derive(Debug, Clone)]
pub struct RejectTimesheet {
    /// Whose week.
    pub member: MemberId,
    /// Which week.
    pub week: Week,
    /// What of it.
    pub part: WeekPart,
    /// Why.
    pub reason: String,
}

impl Command for RejectTimesheet {
    async fn run(&self, unit: &mut Unit<'_>) -> Result<Reply, CommandError> {
        let sheet = load(unit, self.member, self.week).await?;
        let deciding = deciding(unit, &sheet.state, self.member, self.week).await?;
        must_have_a_say(&deciding, &sheet.state)?;
        let part = self.part.of(unit, &sheet.state).await?;
        let reason = reason_about(self.member, &self.reason);
        let closed = closed_in(unit, &sheet.state, &[EntryState::Submitted]).await?;
        let facts = RejectFacts { closed };
        let command = reject_timesheet::RejectTimesheet { part, reason };
        let rejected = reject_timesheet::decide(&sheet.state, &facts, &deciding, command)?;
        let settings = unit.read::<Settings>(settings_stream()).await?.state;
        mail_decided(unit, &settings, &sheet, &rejected);
        unit.emit(&sheet, rejected);
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
    /// What of it.
    pub part: WeekPart,
    /// Why.
    pub reason: Option<String>,
}

impl Command for ReopenTimesheet {
    async fn run(&self, unit: &mut Unit<'_>) -> Result<Reply, CommandError> {
        let sheet = load(unit, self.member, self.week).await?;
        let deciding = deciding(unit, &sheet.state, self.member, self.week).await?;
        // What they have submitted themselves everybody may take back.
        if deciding.by != self.member {
            must_have_a_say(&deciding, &sheet.state)?;
        }
        let part = self.part.of(unit, &sheet.state).await?;
        let facts = billed(unit, &sheet.state, &part).await?;
        let reason = self.reason.as_deref().map(|reason| reason_about(self.member, reason));
        let command = reopen_timesheet::ReopenTimesheet { part, reason };
        let reopened = reopen_timesheet::decide(&sheet.state, &facts, &deciding, command)?;
        unit.emit(&sheet, reopened);
        Ok(Reply::changed(self.member))
    }
}

/// What invoices hold of the part that may be opened again; the append makes sure of the rest.
async fn billed(
    unit: &mut Unit<'_>,
    sheet: &Timesheet,
    part: &Part,
) -> Result<ReopenFacts, CommandError> {
    let closed = sheet.entries.iter().filter(|(id, entry)| {
        matches!(entry.state, EntryState::Submitted | EntryState::Approved)
            && part.holds(**id, entry.project)
    });
    let keyed = closed.map(|(id, _)| (ClaimKey::id(ClaimKind::EntryBilling, *id), *id));
    let keyed: Vec<_> = keyed.collect();
    let keys: Vec<ClaimKey> = keyed.iter().map(|(key, _)| key.clone()).collect();
    let held = unit.held_many(&keys).await?;
    let mut billed = Vec::new();
    for (key, entry) in keyed {
        match held.iter().find(|(claim, _)| *claim == key) {
            Some((_, held)) => billed.push((entry, invoice_of(held.holder))),
            None => unit.must_be_free(key),
        }
    }
    let states = [EntryState::Submitted, EntryState::Approved];
    let closed = closed_in(unit, sheet, &states).await?;
    Ok(ReopenFacts { billed, closed })
}
