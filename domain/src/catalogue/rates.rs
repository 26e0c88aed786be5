//! Rates, dated in both senses: each holds from a day, and is known since its place in the log. The
//! most specific rate wins, and among equals the one with the latest day, then the latest known.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::id::{ClientId, MemberId, ProjectId, StreamId, TaskId};

/// What a rate is for. What is left out matches anything; an empty scope is the tenant's own rate.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
pub struct RateScope {
    /// Work by this member.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub member: Option<MemberId>,
    /// Work on this project.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub project: Option<ProjectId>,
    /// Work of this task.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub task: Option<TaskId>,
    /// Work for this client.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client: Option<ClientId>,
}

/// Charged to the client, or what the work costs the firm.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RateKind {
    /// What the client is charged.
    Bill,
    /// What the firm pays; hidden from who may not see it.
    Cost,
}

/// What a rate is per.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RateUnit {
    /// Per hour of 3600 seconds.
    Hour,
    /// Per working day of `BILLABLE_HOURS_IN_WORKING_DAY` hours.
    Day,
}

/// An amount per unit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rate {
    /// Per what.
    pub unit: RateUnit,
    /// Minor units of the currency, not negative.
    pub amount_minor: i64,
    /// ISO 4217 code.
    pub currency: String,
}

/// The work that a rate is sought for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RatedWork {
    /// By whom.
    pub member: MemberId,
    /// On what.
    pub project: ProjectId,
    /// Doing what.
    pub task: TaskId,
    /// For whom.
    pub client: ClientId,
    /// On which local day.
    pub day: Date,
}

impl RateScope {
    /// The stream of the rate card of this scope.
    pub fn stream(&self) -> StreamId {
        let part = |id: Option<uuid::Uuid>| id.map_or_else(Vec::new, |id| id.as_bytes().to_vec());
        StreamId::derived(
            "rate_card",
            &[
                &part(self.member.map(Into::into)),
                &part(self.project.map(Into::into)),
                &part(self.task.map(Into::into)),
                &part(self.client.map(Into::into)),
            ],
        )
    }

    /// Whether the work is of this scope.
    pub fn covers(&self, work: &RatedWork) -> bool {
        self.member.is_none_or(|member| member == work.member)
            && self.project.is_none_or(|project| project == work.project)
            && self.task.is_none_or(|task| task == work.task)
            && self.client.is_none_or(|client| client == work.client)
    }

    /// How specific it is: a member weighs more than a task, a task more than a project, a project
    /// more than a client, and each more than all lighter ones together.
    pub fn specificity(&self) -> u8 {
        u8::from(self.member.is_some()) << 3
            | u8::from(self.task.is_some()) << 2
            | u8::from(self.project.is_some()) << 1
            | u8::from(self.client.is_some())
    }

    /// Every scope that covers the work, most specific first: where its rate may stand.
    pub fn candidates(work: &RatedWork) -> Vec<RateScope> {
        (0..16_u8)
            .rev()
            .map(|bits| RateScope {
                member: (bits & 8 != 0).then_some(work.member),
                task: (bits & 4 != 0).then_some(work.task),
                project: (bits & 2 != 0).then_some(work.project),
                client: (bits & 1 != 0).then_some(work.client),
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    #[test]
    fn candidates_are_all_sixteen_scopes_from_most_to_least_specific() {
        let work = RatedWork {
            member: MemberId(Uuid::from_u128(1)),
            project: ProjectId(Uuid::from_u128(2)),
            task: TaskId(Uuid::from_u128(3)),
            client: ClientId(Uuid::from_u128(4)),
            day: jiff::civil::date(2026, 1, 1),
        };
        let scopes = RateScope::candidates(&work);
        assert_eq!(scopes.len(), 16);
        assert!(scopes.iter().all(|scope| scope.covers(&work)));
        assert!(scopes.windows(2).all(|pair| pair[0].specificity() > pair[1].specificity()));
        assert_eq!(scopes[15], RateScope::default());
        let mut streams: Vec<_> = scopes.iter().map(RateScope::stream).collect();
        streams.sort_unstable();
        streams.dedup();
        assert_eq!(streams.len(), 16);
    }
}
