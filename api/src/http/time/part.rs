//! What of a week a caller is shown: what they asked for, of that what they may see, and what it
//! adds up to.

use std::collections::BTreeSet;

use domain::id::{ClientId, MemberId, ProjectId};
use domain::time::{Chain, EntryState, Office, Week};
use projections::time::time_entry::TimeEntryRow;
use schemars::JsonSchema;
use serde::Deserialize;
use uuid::Uuid;

use super::StateName;
use super::approvers::Approver;
use super::sheets::SheetSummary;
use super::steps::OfficeName;
use crate::http::call::About;
use crate::http::problem::Problem;

/// What of a week is shown; all of it where nothing is named.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct OfPart {
    /// Only what is on this project.
    project_id: Option<Uuid>,
    /// Only what is for this client.
    client_id: Option<Uuid>,
}

impl OfPart {
    /// Which entries the caller is shown of a member's week, by chain and project; none of another
    /// member where they have no say in any.
    pub(super) async fn shown(
        &self,
        about: &About,
        member: MemberId,
        week: Week,
    ) -> Result<impl Fn(&Chain, ProjectId, EntryState) -> bool + use<>, Problem> {
        let restricted = about.sees_only().is_some_and(|own| own != member);
        let approver = match restricted || self.client_id.is_some() {
            true => Some(Approver::caller(about).await?),
            false => None,
        };
        let say = approver.as_ref().filter(|_| restricted).map(|it| it.say_in(member, week));
        let (project, client) = (self.project_id.map(ProjectId), self.client_id.map(ClientId));
        Ok(move |chain: &Chain, on: ProjectId, state: EntryState| {
            let asked = matches!(state, EntryState::Submitted | EntryState::Approved);
            let client_of = |it: &Approver| it.client_of(on);
            project.is_none_or(|project| project == on)
                && (client.is_none() || approver.as_ref().and_then(client_of) == client)
                && say.as_ref().is_none_or(|say| asked && say(chain, on))
        })
    }

    pub(super) fn is_all(&self) -> bool {
        self.project_id.is_none() && self.client_id.is_none()
    }
}

/// What a part of a week adds up to, from its entries.
pub(super) fn of_part(mut summary: SheetSummary, rows: &[TimeEntryRow]) -> SheetSummary {
    let count = |state| {
        u32::try_from(rows.iter().filter(|row| row.state == state).count()).unwrap_or(u32::MAX)
    };
    let [open, submitted, approved, rejected] =
        [EntryState::Open, EntryState::Submitted, EntryState::Approved, EntryState::Rejected]
            .map(count);
    let asked = || {
        rows.iter().filter(|row| matches!(row.state, EntryState::Submitted | EntryState::Approved))
    };
    summary.entries = open + submitted + approved + rejected;
    summary.state = if summary.entries == 0 || open > 0 {
        StateName::Open
    } else if rejected > 0 {
        StateName::Rejected
    } else if submitted > 0 {
        StateName::Submitted
    } else {
        StateName::Approved
    };
    (summary.open, summary.submitted) = (open, submitted);
    (summary.approved, summary.rejected) = (approved, rejected);
    summary.seconds = rows.iter().map(|row| row.seconds).sum();
    summary.billable_seconds = rows.iter().filter(|row| row.billable).map(|row| row.seconds).sum();
    summary.steps_done = asked().map(|row| row.steps_done).sum();
    summary.steps = asked().map(|row| row.chain.steps()).sum();
    let waits = asked().filter(|row| row.state == EntryState::Submitted);
    let next = |row: &TimeEntryRow| row.chain.offices().get(row.steps_done as usize).copied();
    let waits: BTreeSet<Office> = waits.filter_map(next).collect();
    summary.waits_for = waits.into_iter().map(OfficeName::from).collect();
    summary
}
