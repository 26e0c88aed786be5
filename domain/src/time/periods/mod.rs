//! Closed periods: per scope a day through which no time changes any more. A day of work is closed
//! once any scope that it lies in is closed through it; whoever changes time asks here first, and
//! the append makes sure that the answer still holds.

pub mod close_period;
mod events;
pub mod reopen_period;

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::Refusal;
use crate::aggregate::aggregate;
use crate::id::{ClientId, MemberId, ProjectId, StreamId};
use close_period::ClosePeriod;
use reopen_period::ReopenPeriod;

pub use events::{PeriodClosed, PeriodEvent, PeriodReopened};

/// The one stream of a tenant's closed periods.
pub fn periods_stream() -> StreamId {
    StreamId::derived("periods", &[])
}

/// Whose time is closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PeriodScope {
    /// Everybody's.
    Tenant,
    /// All for a client.
    Client(ClientId),
    /// All on a project.
    Project(ProjectId),
    /// All of a member.
    Member(MemberId),
}

impl std::fmt::Display for PeriodScope {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            PeriodScope::Tenant => write!(f, "all time"),
            PeriodScope::Client(client) => write!(f, "time for the client {client}"),
            PeriodScope::Project(project) => write!(f, "time on the project {project}"),
            PeriodScope::Member(member) => write!(f, "time of the member {member}"),
        }
    }
}

/// How far a scope is closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Closing {
    /// Whose time.
    pub scope: PeriodScope,
    /// The last day that is closed; all before it are closed too.
    pub through: Date,
}

/// Where time lies: what decides whether it's closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PlaceOfTime {
    /// Who worked.
    pub member: MemberId,
    /// For whom; none where the project is not known.
    pub client: Option<ClientId>,
    /// On what.
    pub project: ProjectId,
    /// The day it's booked on.
    pub day: Date,
}

impl PlaceOfTime {
    fn scopes(self) -> impl Iterator<Item = PeriodScope> {
        let client = self.client.map(PeriodScope::Client);
        let others = [PeriodScope::Project(self.project), PeriodScope::Member(self.member)];
        std::iter::once(PeriodScope::Tenant).chain(client).chain(others)
    }
}

/// How far each scope is closed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Periods {
    tenant: Option<Date>,
    clients: BTreeMap<ClientId, Date>,
    projects: BTreeMap<ProjectId, Date>,
    members: BTreeMap<MemberId, Date>,
}

/// What can be asked of the periods.
#[derive(Debug, Clone, PartialEq)]
pub enum PeriodCommand {
    /// See [`close_period`]; with today in the tenant's zone.
    Close(ClosePeriod, Date),
    /// See [`reopen_period`].
    Reopen(ReopenPeriod),
}

impl Periods {
    /// The last day through which a scope is closed by itself.
    pub fn through(&self, scope: PeriodScope) -> Option<Date> {
        match scope {
            PeriodScope::Tenant => self.tenant,
            PeriodScope::Client(client) => self.clients.get(&client).copied(),
            PeriodScope::Project(project) => self.projects.get(&project).copied(),
            PeriodScope::Member(member) => self.members.get(&member).copied(),
        }
    }

    /// The closing that holds time of this place, if one does: of several the one that goes
    /// furthest, for that is how late a day must be to be open.
    pub fn closed(&self, place: &PlaceOfTime) -> Option<Closing> {
        place
            .scopes()
            .filter_map(|scope| Some(Closing { scope, through: self.through(scope)? }))
            .filter(|closing| closing.through >= place.day)
            .max_by_key(|closing| closing.through)
    }

    /// What follows from a command; nothing is changed by asking.
    pub fn decide(&self, command: PeriodCommand) -> Result<Vec<PeriodEvent>, Refusal> {
        Ok(match command {
            PeriodCommand::Close(command, today) => {
                let closed = close_period::decide(self, today, command)?;
                closed.map(PeriodEvent::from).into_iter().collect()
            }
            PeriodCommand::Reopen(command) => vec![reopen_period::decide(self, command)?.into()],
        })
    }

    /// Takes in what happened.
    pub fn evolve(&mut self, event: &PeriodEvent) {
        match event {
            PeriodEvent::PeriodClosed(event) => self.set(event.scope, Some(event.through)),
            PeriodEvent::PeriodReopened(event) => {
                self.set(event.scope, event.from.yesterday().ok());
            }
        }
    }

    fn set(&mut self, scope: PeriodScope, through: Option<Date>) {
        fn put<K: Ord>(map: &mut BTreeMap<K, Date>, key: K, through: Option<Date>) {
            match through {
                Some(through) => map.insert(key, through),
                None => map.remove(&key),
            };
        }
        match scope {
            PeriodScope::Tenant => self.tenant = through,
            PeriodScope::Client(client) => put(&mut self.clients, client, through),
            PeriodScope::Project(project) => put(&mut self.projects, project, through),
            PeriodScope::Member(member) => put(&mut self.members, member, through),
        }
    }
}

aggregate!(Periods, "periods", PeriodCommand, PeriodEvent, Refusal);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::samples::{member, project};

    fn day(text: &str) -> Date {
        text.parse().expect("a day")
    }

    fn closed(scope: PeriodScope, through: &str) -> PeriodEvent {
        PeriodClosed { scope, through: day(through), reason: None }.into()
    }

    #[test]
    fn a_day_is_closed_by_any_scope_it_lies_in_and_the_one_that_goes_furthest_is_named() {
        let mut periods = Periods::default();
        let client = crate::billing::samples::client(1);
        let place = |on: &str| PlaceOfTime {
            member: member(1),
            client: Some(client),
            project: project(1),
            day: day(on),
        };
        assert_eq!(periods.closed(&place("1970-01-01")), None);
        for (scope, through) in [
            (PeriodScope::Tenant, "2026-01-31"),
            (PeriodScope::Client(client), "2026-02-10"),
            (PeriodScope::Project(project(2)), "2026-12-31"),
            (PeriodScope::Member(member(1)), "2026-02-05"),
        ] {
            periods.evolve(&closed(scope, through));
            assert_eq!(periods.through(scope), Some(day(through)));
        }
        let holds = |on: &str| periods.closed(&place(on)).map(|closing| closing.scope);
        assert_eq!(holds("2026-01-31"), Some(PeriodScope::Client(client)));
        assert_eq!(holds("2026-02-10"), Some(PeriodScope::Client(client)));
        assert_eq!(holds("2026-02-11"), None);
        let other = PlaceOfTime { project: project(2), ..place("2026-12-31") };
        assert!(periods.closed(&other).is_some());
        let unknown = PlaceOfTime { client: None, member: member(2), ..place("2026-02-01") };
        assert_eq!(periods.closed(&unknown), None);
    }
}
