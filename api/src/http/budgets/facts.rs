//! What budgets are measured by, at the moment that a read is about: rates, settings, the work, and
//! which day it is then.

use std::collections::BTreeSet;

use domain::id::ProjectId;
use jiff::Timestamp;
use jiff::civil::Date;
use projections::billing::price_book::PriceBook;
use projections::budgets::work::{self, Group};
use projections::budgets::{budget, local_day, recorded_at};
use projections::time::time_entry::TimeEntry;

use crate::http::billing::book::book_then;
use crate::http::call::About;
use crate::http::problem::Problem;

/// What budgets are measured by.
pub(super) struct Facts {
    /// Rates and settings.
    pub(super) book: PriceBook,
    /// What was worked on the projects.
    pub(super) groups: Vec<Group>,
    /// The day of the firm's calendar.
    pub(super) today: Date,
}

impl Facts {
    /// Those of these projects.
    pub(super) async fn of(about: &About, projects: &BTreeSet<ProjectId>) -> Result<Self, Problem> {
        let book = book_then(about).await?;
        let today = local_day(book.settings(), instant(about).await?);
        let groups = match about.rows_then::<TimeEntry>().await? {
            Some(rows) => work::of_entries(rows.iter(), projects),
            None => {
                let mut tx = about.tx().await?;
                let groups = work::of_projects(&mut tx, projects).await?;
                tx.commit().await?;
                groups
            }
        };
        Ok(Facts { book, groups, today })
    }

    /// What was worked on one of the projects.
    pub(super) fn work_on(&self, project: ProjectId) -> Vec<&Group> {
        self.groups.iter().filter(|group| group.project == project).collect()
    }
}

/// Now, or when the last event was recorded that counts.
async fn instant(about: &About) -> Result<Timestamp, Problem> {
    let Some(position) = about.as_of else { return Ok(about.now()) };
    let mut tx = about.tx().await?;
    let at = recorded_at(&mut tx, position).await?;
    tx.commit().await?;
    Ok(at.unwrap_or_else(|| about.now()))
}

/// The budgets of a project, by id.
pub(super) async fn budgets_of(
    about: &About,
    project: ProjectId,
) -> Result<Vec<budget::BudgetRow>, Problem> {
    if let Some(rows) = about.rows_then::<budget::Budget>().await? {
        let mut rows: Vec<_> =
            rows.iter().filter(|row| row.project_id == project).cloned().collect();
        rows.sort_by_key(|row| row.budget_id);
        return Ok(rows);
    }
    let mut tx = about.tx().await?;
    let rows = budget::of_project(&mut tx, project).await?;
    tx.commit().await?;
    Ok(rows)
}
