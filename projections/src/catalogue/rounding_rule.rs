//! Each rounding rule of a client, project or task with the day it holds from, and since when it's
//! known. Which one applies to some work is decided at reading, by the same pure rule everywhere.

use domain::catalogue::RoundingRuleEvent;
use domain::catalogue::rounding_rules::RuleScope;
use domain::id::{ClientId, ProjectId, StreamId, TaskId};
use domain::log::{EventFamily, Recorded};
use domain::time::{Rounding, RoundingMode, RoundingScope, RoundingTie};
use jiff::Timestamp;
use migrations::TenantTx;

use crate::model::{EventTypes, ReadModel};
use crate::row::{ReadError, Rows, Since, read_rows, row, select, text_cells};

row! {
    /// One rule. Exactly one of client, project and task is named.
    RoundingRuleRow in "rm_rounding_rule" key(rule_id: StreamId, from_day: Since) {
        /// The stream of the rules of the scope.
        rule_id: StreamId,
        /// The first day it holds.
        from_day: Since,
        /// All work for this client.
        client_id: Option<ClientId>,
        /// All work on this project.
        project_id: Option<ProjectId>,
        /// All work of this task.
        task_id: Option<TaskId>,
        /// Which way.
        mode: RoundingMode,
        /// What becomes of an exact half.
        tie: RoundingTie,
        /// What is rounded.
        scope: RoundingScope,
        /// The interval.
        interval_minutes: u32,
        /// Since when it's known.
        known_at: Timestamp,
        /// The event that set it.
        position: i64,
    }
}

text_cells! {
    RoundingMode: |mode| mode.as_str(), RoundingMode::parse;
    RoundingTie: |tie| tie.as_str(), RoundingTie::parse;
    RoundingScope: |scope| scope.as_str(), RoundingScope::parse;
}

impl RoundingRuleRow {
    /// Whose work the rule is for; none of a row that no event makes.
    pub fn scope_of_work(&self) -> Option<RuleScope> {
        let task = self.task_id.map(RuleScope::Task);
        let project = self.project_id.map(RuleScope::Project);
        task.or(project).or(self.client_id.map(RuleScope::Client))
    }

    /// The rule itself.
    pub fn rule(&self) -> Rounding {
        let RoundingRuleRow { mode, tie, scope, interval_minutes, .. } = *self;
        Rounding { mode, tie, scope, interval_minutes }
    }
}

/// The fold of rounding rules.
#[derive(Debug)]
pub struct RoundingRule;

impl ReadModel for RoundingRule {
    const NAME: &'static str = "rounding_rule";
    const VERSION: i32 = 1;
    const READS: &'static [EventTypes] = &[RoundingRuleEvent::TYPES];
    type Row = RoundingRuleRow;

    fn touches(event: &Recorded) -> Vec<(StreamId, Since)> {
        match rule_event(event) {
            Some(RoundingRuleEvent::RoundingRuleSet(event)) => {
                vec![(event.scope.stream(), Since(event.from))]
            }
            Some(RoundingRuleEvent::RoundingRuleCleared(event)) => {
                vec![(event.scope.stream(), Since(event.from))]
            }
            None => Vec::new(),
        }
    }

    fn apply(rows: &mut Rows<RoundingRuleRow>, recorded: &Recorded) {
        match rule_event(recorded) {
            Some(RoundingRuleEvent::RoundingRuleSet(event)) => {
                let (mut client_id, mut project_id, mut task_id) = (None, None, None);
                match event.scope {
                    RuleScope::Client(id) => client_id = Some(id),
                    RuleScope::Project(id) => project_id = Some(id),
                    RuleScope::Task(id) => task_id = Some(id),
                }
                rows.put(RoundingRuleRow {
                    rule_id: event.scope.stream(),
                    from_day: Since(event.from),
                    client_id,
                    project_id,
                    task_id,
                    mode: event.rule.mode,
                    tie: event.rule.tie,
                    scope: event.rule.scope,
                    interval_minutes: event.rule.interval_minutes,
                    known_at: recorded.recorded_at,
                    position: recorded.position,
                });
            }
            Some(RoundingRuleEvent::RoundingRuleCleared(event)) => {
                rows.remove(&(event.scope.stream(), Since(event.from)));
            }
            None => {}
        }
    }
}

fn rule_event(recorded: &Recorded) -> Option<&RoundingRuleEvent> {
    recorded.event.family()
}

/// Every rule, by scope and day. There are few: one per client, project or task that has its own.
pub async fn all(tx: &mut TenantTx) -> Result<Vec<RoundingRuleRow>, ReadError> {
    let sql = "order by r.rule_id, r.from_day";
    read_rows(&select::<RoundingRuleRow>(tx, sql).fetch_all().await?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::samples::{id, rounding_rules};
    use crate::tests::{assert_declares_what_it_touches, rows_of};
    use jiff::civil::date;

    #[test]
    fn rules_of_different_days_and_scopes_stand_side_by_side_and_one_can_be_taken_back() {
        let history = rounding_rules();
        let rows = rows_of::<RoundingRule>(&history.0);
        let shown = |row: &RoundingRuleRow| {
            (row.scope_of_work(), row.from_day.0, row.rule().interval_minutes)
        };
        let mut shown: Vec<_> = rows.iter().map(shown).collect();
        shown.sort_unstable();
        let later = Some(date(2026, 3, 3));
        assert_eq!(
            shown,
            [
                (Some(RuleScope::Client(ClientId(id(10)))), None, 6),
                (Some(RuleScope::Project(ProjectId(id(20)))), None, 15),
                (Some(RuleScope::Project(ProjectId(id(20)))), later, 30),
            ]
        );
        assert!(
            rows.iter().all(|row| row.scope_of_work().map(|it| it.stream()) == Some(row.rule_id))
        );
        assert_declares_what_it_touches::<RoundingRule>(&history.0);
    }
}
