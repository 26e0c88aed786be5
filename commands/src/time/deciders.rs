//! Who decides on a week: what the rule asks for is loaded here. Everybody's streams are looked
//! through only where an office goes with a grant or a role and somebody might fill it in place of
//! others.

use std::collections::{BTreeMap, BTreeSet};

use domain::catalogue::{Client, Project, client_stream, project_stream};
use domain::id::{ClientId, EntryId, MemberId, ProjectId};
use domain::log::Actor;
use domain::members::{Member, Role, member_stream};
use domain::settings::{Settings, settings_stream};
use domain::time::{Concerned, Deciding, Entry, Filled, Office, Part, Right, Timesheet, Week};

use crate::members::substitutes::{day_of, rights_of};
use crate::refused::CommandError;
use crate::unit::{Loaded, Unit};

/// What of a week is meant; all of it where nothing is named.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct WeekPart {
    /// What is on this project.
    pub project: Option<ProjectId>,
    /// What is for this client.
    pub client: Option<ClientId>,
    /// These entries.
    pub entries: Option<Vec<EntryId>>,
}

impl WeekPart {
    /// The part as rules know it; refuses a project or client that is not there.
    pub(super) async fn of(
        &self,
        unit: &mut Unit<'_>,
        sheet: &Timesheet,
    ) -> Result<Part, CommandError> {
        let mut part = Part {
            projects: self.project.map(|project| BTreeSet::from([project])),
            entries: self.entries.as_ref().map(|entries| entries.iter().copied().collect()),
        };
        if let Some(project) = self.project
            && !unit.read::<Project>(project_stream(project)).await?.exists()
        {
            return Err(CommandError::NotFound);
        }
        if let Some(client) = self.client {
            if !unit.read::<Client>(client_stream(client)).await?.exists() {
                return Err(CommandError::NotFound);
            }
            let clients = clients(unit, sheet.entries.values()).await?;
            let theirs = clients.into_iter().filter(|(_, of)| *of == client).map(|(it, _)| it);
            let projects: BTreeSet<ProjectId> = theirs.collect();
            part.projects = Some(match part.projects {
                Some(named) => named.intersection(&projects).copied().collect(),
                None => projects,
            });
        }
        Ok(part)
    }
}

/// Whose the projects of these entries are.
async fn clients(
    unit: &mut Unit<'_>,
    entries: impl Iterator<Item = &Entry>,
) -> Result<BTreeMap<ProjectId, ClientId>, CommandError> {
    let mut clients = BTreeMap::new();
    for project in entries.map(|entry| entry.project).collect::<BTreeSet<_>>() {
        let found = unit.read::<Project>(project_stream(project)).await?;
        clients.extend(found.state.client.map(|client| (project, client)));
    }
    Ok(clients)
}

/// Every member, whoever can act or not.
pub(crate) async fn everybody(unit: &mut Unit<'_>) -> Result<Vec<Loaded<Member>>, CommandError> {
    let streams = unit.streams_of(<Member as cqrs_es::Aggregate>::TYPE).await?;
    unit.peek_many::<Member>(&streams).await
}

/// What is known of a member's time but who fills the offices.
pub(super) async fn concerned(
    unit: &mut Unit<'_>,
    sheet: &Timesheet,
    member: MemberId,
) -> Result<Concerned, CommandError> {
    let state = unit.read::<Member>(member_stream(member)).await?.state;
    let line_manager = match state.manager {
        Some(manager) => {
            let manager = unit.read::<Member>(member_stream(manager)).await?;
            manager.state.id.filter(|_| manager.state.includes(Role::Member))
        }
        None => None,
    };
    let for_clients =
        |entry: &&Entry| entry.approval.chain.offices().contains(&Office::AccountManager);
    let clients = clients(unit, sheet.entries.values().filter(for_clients)).await?;
    Ok(Concerned { member, line_manager, clients, filled: Filled::default() })
}

/// Who decides on a week, and what is known of it. An operator decides in nobody's name and
/// therefore may not, nor may who can't act at all.
pub(super) async fn deciding(
    unit: &mut Unit<'_>,
    sheet: &Timesheet,
    member: MemberId,
    week: Week,
) -> Result<Deciding, CommandError> {
    let Actor::Member(by) = unit.metadata().actor else { return Err(CommandError::Forbidden) };
    let settings = unit.read::<Settings>(settings_stream()).await?.state;
    let rights = rights_of(unit, by, day_of(&settings, unit.now())).await?;
    if rights.is_empty() {
        return Err(CommandError::Forbidden);
    }
    let mut concerned = concerned(unit, sheet, member).await?;
    let offices = || sheet.entries.values().flat_map(|entry| entry.approval.chain.offices());
    let may_be_empty = |office: &Office| !matches!(office, Office::Manager | Office::LineManager);
    let fills = |right: &Right| {
        let has = |needed: Role| right.roles.iter().any(|role| role.includes(needed));
        has(Role::Manager) && !has(Role::Admin)
    };
    if rights.iter().any(fills) && offices().any(may_be_empty) {
        let everybody = everybody(unit).await?;
        everybody.iter().for_each(|member| unit.rest_on(member));
        let rights: Vec<Right> =
            everybody.iter().filter_map(|member| Right::of(&member.state)).collect();
        concerned.filled = Filled::by(&rights, member);
    }
    let self_approval = settings.self_approval(week.monday());
    Ok(Deciding { by, rights, self_approval, concerned })
}

/// Forbids who has no step of any entry of the week.
pub(super) fn must_have_a_say(deciding: &Deciding, sheet: &Timesheet) -> Result<(), CommandError> {
    let has_a_say = sheet.entries.values().any(|entry| deciding.has_a_say(entry));
    if has_a_say { Ok(()) } else { Err(CommandError::Forbidden) }
}
