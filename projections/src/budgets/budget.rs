//! Each budget with its terms as they are now. One that was cleared has no row; what it told stays
//! among the alerts.

use domain::budgets::{
    Budget as Terms, BudgetAmount, BudgetCounts, BudgetEvent, BudgetEvery, BudgetSet,
};
use domain::id::{BudgetId, ProjectId, TaskId};
use domain::log::{EventFamily, Recorded};
use jiff::Timestamp;
use jiff::civil::Date;
use migrations::TenantTx;

use super::budget_event;
use crate::model::{EventTypes, ReadModel};
use crate::row::{ReadError, Rows, read_row, read_rows, row, select};

row! {
    /// One budget.
    BudgetRow in "rm_budget" key(budget_id: BudgetId)
    index("project": "(project_id, budget_id)") {
        /// The budget.
        budget_id: BudgetId,
        /// Of which project.
        project_id: ProjectId,
        /// Of which task, where it is of one.
        task_id: Option<TaskId>,
        /// Once, or each month anew.
        every: BudgetEvery,
        /// The first day that counts.
        from_day: Option<Date>,
        /// The last day that counts.
        to_day: Option<Date>,
        /// Seconds, or minor units of the currency.
        amount: i64,
        /// The currency of a budget of fees.
        currency: Option<String>,
        /// Which time counts.
        counts: BudgetCounts,
        /// At which percentages somebody is told, ascending.
        alert_at: Vec<u32>,
        /// Since when its terms are these.
        set_at: Timestamp,
        /// The event that set them.
        position: i64,
    }
}

/// An amount in its two columns.
pub(super) fn amount_of(amount: i64, currency: Option<&String>) -> BudgetAmount {
    match currency {
        None => BudgetAmount::Hours { seconds: amount },
        Some(currency) => BudgetAmount::Fees { amount_minor: amount, currency: currency.clone() },
    }
}

impl BudgetRow {
    /// Its terms.
    pub fn terms(&self) -> Terms {
        Terms {
            task: self.task_id,
            period: self.every,
            from: self.from_day,
            to: self.to_day,
            amount: amount_of(self.amount, self.currency.as_ref()),
            counts: self.counts,
            alert_at: self.alert_at.clone(),
        }
    }
}

/// The fold of budgets.
#[derive(Debug)]
pub struct Budget;

impl ReadModel for Budget {
    const NAME: &'static str = "budget";
    const VERSION: i32 = 1;
    const READS: &'static [EventTypes] = &[BudgetEvent::TYPES];
    type Row = BudgetRow;

    fn touches(event: &Recorded) -> Vec<BudgetId> {
        match budget_event(event) {
            Some(BudgetEvent::BudgetSet(event)) => vec![event.budget],
            Some(BudgetEvent::BudgetCleared(event)) => vec![event.budget],
            Some(
                BudgetEvent::EstimateSet(_)
                | BudgetEvent::EstimateCleared(_)
                | BudgetEvent::BudgetAlertRaised(_),
            )
            | None => Vec::new(),
        }
    }

    fn apply(rows: &mut Rows<BudgetRow>, recorded: &Recorded) {
        match budget_event(recorded) {
            Some(BudgetEvent::BudgetSet(event)) => rows.put(of_set(event, recorded)),
            Some(BudgetEvent::BudgetCleared(event)) => rows.remove(&event.budget),
            Some(
                BudgetEvent::EstimateSet(_)
                | BudgetEvent::EstimateCleared(_)
                | BudgetEvent::BudgetAlertRaised(_),
            )
            | None => {}
        }
    }
}

fn of_set(event: &BudgetSet, recorded: &Recorded) -> BudgetRow {
    let terms = &event.terms;
    BudgetRow {
        budget_id: event.budget,
        project_id: event.project,
        task_id: terms.task,
        every: terms.period,
        from_day: terms.from,
        to_day: terms.to,
        amount: terms.amount.value(),
        currency: terms.amount.currency().map(str::to_owned),
        counts: terms.counts,
        alert_at: terms.alert_at.clone(),
        set_at: recorded.recorded_at,
        position: recorded.position,
    }
}

/// The budgets of a project, by id.
pub async fn of_project(
    tx: &mut TenantTx,
    project: ProjectId,
) -> Result<Vec<BudgetRow>, ReadError> {
    let sql = "where r.project_id = $1 order by r.budget_id";
    read_rows(&select::<BudgetRow>(tx, sql).bind(project.0).fetch_all().await?)
}

/// One budget.
pub async fn find(tx: &mut TenantTx, budget: BudgetId) -> Result<Option<BudgetRow>, ReadError> {
    let query = select::<BudgetRow>(tx, "where r.budget_id = $1").bind(budget.0);
    query.fetch_optional().await?.as_ref().map(read_row).transpose()
}

/// The budgets of projects that take time, by project and id, after the ones named.
pub async fn running(
    tx: &mut TenantTx,
    after: Option<(ProjectId, BudgetId)>,
    limit: i64,
) -> Result<Vec<BudgetRow>, ReadError> {
    let sql = "join {t}.rm_project p on p.project_id = r.project_id and not p.archived
        where $1::uuid is null or (r.project_id, r.budget_id) > ($1, $2)
        order by r.project_id, r.budget_id limit $3";
    let answers = select::<BudgetRow>(tx, sql)
        .bind(after.map(|(project, _)| project.0))
        .bind(after.map(|(_, budget)| budget.0))
        .bind(limit)
        .fetch_all()
        .await?;
    read_rows(&answers)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::samples::{budgets, id};
    use crate::tests::{assert_declares_what_it_touches, rows_of};

    #[test]
    fn a_budget_has_the_terms_that_were_last_set_until_it_is_cleared() {
        let history = budgets();
        let rows = rows_of::<Budget>(&history.0[..2]);
        assert_eq!(rows.iter().map(|row| row.budget_id.0).collect::<Vec<_>>(), [id(70), id(71)]);
        let rows = rows_of::<Budget>(&history.0);
        assert_eq!(rows.len(), 1, "one was cleared");
        assert_eq!((rows[0].amount, rows[0].currency.as_deref()), (900_000, Some("ZAR")));
        assert_eq!(rows[0].terms().amount.value(), 900_000);
        assert_declares_what_it_touches::<Budget>(&history.0);
    }
}
