//! What each budget told: a row per alert, which stays when the budget changes or goes.

use domain::budgets::{BudgetAmount, BudgetEvent, BudgetPeriod};
use domain::id::{BudgetId, ProjectId};
use domain::log::{EventFamily, Recorded};
use jiff::Timestamp;
use migrations::TenantTx;

use super::budget::amount_of;
use super::budget_event;
use crate::model::{EventTypes, ReadModel};
use crate::row::{ReadError, Rows, read_rows, row, select};

row! {
    /// One alert.
    BudgetAlertRow in "rm_budget_alert" key(budget_id: BudgetId, position: i64)
    index("project": "(project_id, position)") {
        /// The budget.
        budget_id: BudgetId,
        /// The event that raised it.
        position: i64,
        /// Of which project.
        project_id: ProjectId,
        /// The percentage.
        threshold: u32,
        /// Of all of it, or of which month.
        period: BudgetPeriod,
        /// What the budget held: seconds, or minor units of the currency.
        amount: i64,
        /// The currency of a budget of fees.
        currency: Option<String>,
        /// What was spent, in the same unit.
        spent: i64,
        /// When that was measured.
        raised_at: Timestamp,
    }
}

impl BudgetAlertRow {
    /// What the budget held.
    pub fn held(&self) -> BudgetAmount {
        amount_of(self.amount, self.currency.as_ref())
    }
}

/// The fold of alerts.
#[derive(Debug)]
pub struct BudgetAlert;

impl ReadModel for BudgetAlert {
    const NAME: &'static str = "budget_alert";
    const VERSION: i32 = 1;
    const READS: &'static [EventTypes] = &[BudgetEvent::TYPES];
    type Row = BudgetAlertRow;

    fn touches(recorded: &Recorded) -> Vec<(BudgetId, i64)> {
        raised(recorded).map(|row| (row.budget_id, row.position)).into_iter().collect()
    }

    fn apply(rows: &mut Rows<BudgetAlertRow>, recorded: &Recorded) {
        if let Some(row) = raised(recorded) {
            rows.put(row);
        }
    }
}

fn raised(recorded: &Recorded) -> Option<BudgetAlertRow> {
    match budget_event(recorded)? {
        BudgetEvent::BudgetAlertRaised(event) => Some(BudgetAlertRow {
            budget_id: event.budget,
            position: recorded.position,
            project_id: event.project,
            threshold: event.threshold,
            period: event.period,
            amount: event.amount.value(),
            currency: event.amount.currency().map(str::to_owned),
            spent: event.spent,
            raised_at: event.at,
        }),
        BudgetEvent::BudgetSet(_)
        | BudgetEvent::BudgetCleared(_)
        | BudgetEvent::EstimateSet(_)
        | BudgetEvent::EstimateCleared(_) => None,
    }
}

/// The last alerts of a project's budgets, newest first.
pub async fn of_project(
    tx: &mut TenantTx,
    project: ProjectId,
    limit: i64,
) -> Result<Vec<BudgetAlertRow>, ReadError> {
    let sql = "where r.project_id = $1 order by r.position desc limit $2";
    read_rows(&select::<BudgetAlertRow>(tx, sql).bind(project.0).bind(limit).fetch_all().await?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::samples::budgets;
    use crate::tests::{assert_declares_what_it_touches, rows_of};

    #[test]
    fn an_alert_stays_when_its_budget_is_gone() {
        let history = budgets();
        let rows = rows_of::<BudgetAlert>(&history.0);
        assert_eq!(rows.len(), 1);
        assert_eq!(
            (rows[0].threshold, rows[0].spent, rows[0].period.to_string().as_str()),
            (80, 2900, "2026-02")
        );
        assert_eq!(rows[0].held(), BudgetAmount::Hours { seconds: 3600 });
        assert_declares_what_it_touches::<BudgetAlert>(&history.0);
    }
}
