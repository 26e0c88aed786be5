//! Who sees what of a project's budgets: whoever looks after it sees all; where the firm lets them,
//! those who may work on it see hours, and of other members nothing.

use domain::id::ProjectId;
use domain::members::{Action, Object, Role};
use projections::catalogue::project::{self, Project, ProjectRow};
use projections::catalogue::project_member::{self, ProjectMember};

use crate::http::call::About;
use crate::http::files::caller_may;
use crate::http::problem::Problem;
use crate::http::settings::settings_then;

/// How much is seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum View {
    /// Hours and fees, of everybody.
    All,
    /// Hours, and of members only oneself.
    Hours,
}

/// The project, and how much of it the caller sees; 403 where it's nothing.
pub(super) async fn seen(about: &About, id: ProjectId) -> Result<(ProjectRow, View), Problem> {
    let found = match about.rows_then::<Project>().await? {
        Some(mut rows) => rows.take(&id),
        None => {
            let mut tx = about.tx().await?;
            let found = project::find(&mut tx, id).await?;
            tx.commit().await?;
            found
        }
    };
    let row = found.ok_or_else(Problem::not_found)?;
    let object = Object::Project { project: id, client: Some(row.client_id) };
    if caller_may(about, Action::ReadBudgets, &object) {
        return Ok((row, View::All));
    }
    let shown = about.caller.may(&[Role::Member])
        && settings_then(about).await?.budgets_seen_by_members()
        && works_on(about, id).await?;
    if shown { Ok((row, View::Hours)) } else { Err(Problem::forbidden()) }
}

/// Whether the caller may record time on the project: nobody is linked to it, or they are.
async fn works_on(about: &About, project: ProjectId) -> Result<bool, Problem> {
    let linked: Vec<_> = match about.rows_then::<ProjectMember>().await? {
        Some(rows) => {
            rows.iter().filter(|row| row.project_id == project).map(|row| row.member_id).collect()
        }
        None => {
            let mut tx = about.tx().await?;
            let rows = project_member::of_project(&mut tx, project).await?;
            tx.commit().await?;
            rows.iter().map(|row| row.member_id).collect()
        }
    };
    Ok(linked.is_empty() || linked.contains(&about.caller.member))
}
