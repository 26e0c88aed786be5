//! Raising what was found to be spent: once per percentage, period and amount, which the stream
//! itself holds, and a letter for the greatest of them to those who look after the project.

use std::collections::BTreeMap;

use domain::budgets::{
    self, BudgetAlertRaised, BudgetEvent, BudgetPeriod, Budgets, Finding, budget_stream,
    raise_alerts,
};
use domain::catalogue::{Project, project_stream};
use domain::id::{BudgetId, ClientId, MemberId, ProjectId, StreamId};
use domain::members::{Authority, Grant, Member, Role};

use crate::handle::Command;
use crate::mail::Letter;
use crate::members::authority;
use crate::refused::{CommandError, Reply};
use crate::unit::Unit;

/// To how many people one alert is sent at most.
const RECIPIENTS_MAX: usize = 10;

/// Raise the alerts that follow from what was found to be spent; for the program itself.
#[derive(Debug, Clone)]
pub struct RaiseAlerts {
    /// The project.
    pub project: ProjectId,
    /// What was found.
    pub findings: Vec<Finding>,
}

impl Command for RaiseAlerts {
    async fn run(&self, unit: &mut Unit<'_>) -> Result<Reply, CommandError> {
        let budgets = unit.write::<Budgets>(budget_stream(self.project)).await?;
        match authority(unit).await? {
            Authority::Operator => {}
            Authority::Member { .. } => return Err(CommandError::Forbidden),
        }
        let RaiseAlerts { project, findings } = self.clone();
        let command = budgets::RaiseAlerts { project, findings, at: unit.now() };
        let events = raise_alerts::decide(&budgets.state, &command);
        let letters = greatest(&events);
        if !letters.is_empty() {
            for member in recipients(unit, project).await? {
                for alert in &letters {
                    unit.mail(letter(member, alert));
                }
            }
        }
        unit.emit(&budgets, events);
        Ok(Reply { id: None, created: false })
    }
}

/// Of several percentages of one budget and period that were passed at once, the greatest says all.
fn greatest(events: &[BudgetEvent]) -> Vec<BudgetAlertRaised> {
    let mut greatest: BTreeMap<(BudgetId, BudgetPeriod), BudgetAlertRaised> = BTreeMap::new();
    for event in events {
        let BudgetEvent::BudgetAlertRaised(event) = event else { continue };
        greatest.insert((event.budget, event.period), event.clone());
    }
    greatest.into_values().collect()
}

fn letter(member: MemberId, alert: &BudgetAlertRaised) -> Letter {
    let BudgetAlertRaised { project, budget, threshold, period, .. } = *alert;
    Letter::BudgetAlert { member, project, budget, threshold, period }
}

/// Who is told: whoever looks after the project, else after its client, else the managers, else
/// those who may do what managers do.
async fn recipients(
    unit: &mut Unit<'_>,
    project: ProjectId,
) -> Result<Vec<MemberId>, CommandError> {
    let client = unit.peek::<Project>(project_stream(project)).await?.state.client;
    let streams: Vec<StreamId> = unit.streams_of("member").await?;
    let members = unit.peek_many::<Member>(&streams).await?;
    let active: Vec<&Member> =
        members.iter().map(|member| &*member.state).filter(|member| member.active).collect();
    let told = told(&active, project, client);
    Ok(told.into_iter().take(RECIPIENTS_MAX).collect())
}

fn told(members: &[&Member], project: ProjectId, client: Option<ClientId>) -> Vec<MemberId> {
    let choices: [&dyn Fn(&Member) -> bool; 4] = [
        &|member| member.grants.contains(&Grant::ProjectManager(project)),
        &|member| {
            client.is_some_and(|client| member.grants.contains(&Grant::AccountManager(client)))
        },
        &|member| member.roles.contains(&Role::Manager),
        &|member| member.roles.iter().any(|role| role.includes(Role::Manager)),
    ];
    let find = |choice: &&dyn Fn(&Member) -> bool| {
        let chosen = members.iter().filter(|member| choice(member));
        let mut chosen: Vec<MemberId> = chosen.filter_map(|member| member.id).collect();
        chosen.sort_unstable();
        chosen
    };
    choices.iter().map(find).find(|chosen| !chosen.is_empty()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::id::ProjectId;
    use uuid::Uuid;

    #[test]
    fn those_closest_to_the_project_are_told_and_managers_only_where_there_is_nobody_else() {
        let (project, client) = (ProjectId(Uuid::from_u128(1)), ClientId(Uuid::from_u128(2)));
        let member = |n: u128, role, grant: Option<Grant>| Member {
            id: Some(MemberId(Uuid::from_u128(n))),
            active: true,
            roles: vec![role],
            grants: grant.into_iter().collect(),
            ..Member::default()
        };
        let all = [
            member(14, Role::Owner, None),
            member(13, Role::Manager, None),
            member(12, Role::Member, Some(Grant::AccountManager(client))),
            member(11, Role::Member, Some(Grant::ProjectManager(project))),
            member(10, Role::Member, Some(Grant::ProjectManager(ProjectId(client.0)))),
        ];
        let mut left: Vec<&Member> = all.iter().collect();
        for expected in [11, 12, 13, 14] {
            let told = told(&left, project, Some(client));
            assert_eq!(told, [MemberId(Uuid::from_u128(expected))]);
            left.retain(|member| member.id != Some(told[0]));
        }
        assert_eq!(told(&left, project, Some(client)), []);
    }
}
