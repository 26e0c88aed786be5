//! A project that was archived takes time again, whatever became of its client.

use super::project::Project;
use super::{ProjectEvent, ProjectRestored, Refusal};
use crate::id::ProjectId;

/// Take time on a project again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RestoreProject {
    /// The project.
    pub project: ProjectId,
}

/// Refuses an unknown project; one that is restored already stays as it is.
pub fn decide(project: &Project, _: RestoreProject) -> Result<Vec<ProjectEvent>, Refusal> {
    let id = project.known()?;
    if !project.archived {
        return Ok(Vec::new());
    }
    Ok(vec![ProjectRestored { project: id }.into()])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::samples;

    #[test]
    fn a_project_is_restored_once() {
        let mut project = samples::project();
        project.archived = true;
        let command = RestoreProject { project: samples::PROJECT };
        let events = decide(&project, command.clone()).unwrap();
        assert_eq!(events, [ProjectRestored { project: samples::PROJECT }.into()]);
        project.evolve(&events[0]);
        assert_eq!(decide(&project, command), Ok(vec![]));
    }

    #[test]
    fn an_unknown_project_is_refused() {
        let command = RestoreProject { project: samples::PROJECT };
        assert_eq!(decide(&Project::default(), command), Err(Refusal::UnknownProject));
    }
}
