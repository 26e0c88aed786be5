//! A project takes no new time. What is recorded stays, and can still be approved and billed.

use super::project::Project;
use super::{ProjectArchived, ProjectEvent, Refusal};
use crate::id::ProjectId;

/// Take no new time on a project.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ArchiveProject {
    /// The project.
    pub project: ProjectId,
}

/// Refuses an unknown project; one that is archived already stays as it is.
pub fn decide(project: &Project, _: ArchiveProject) -> Result<Vec<ProjectEvent>, Refusal> {
    let id = project.known()?;
    if project.archived {
        return Ok(Vec::new());
    }
    Ok(vec![ProjectArchived { project: id }.into()])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::samples;

    #[test]
    fn a_project_is_archived_once() {
        let mut project = samples::project();
        let command = ArchiveProject { project: samples::PROJECT };
        let events = decide(&project, command.clone()).unwrap();
        assert_eq!(events, [ProjectArchived { project: samples::PROJECT }.into()]);
        project.evolve(&events[0]);
        assert_eq!(decide(&project, command), Ok(vec![]));
    }

    #[test]
    fn an_unknown_project_is_refused() {
        let command = ArchiveProject { project: samples::PROJECT };
        assert_eq!(decide(&Project::default(), command), Err(Refusal::UnknownProject));
    }
}
