//! A task takes no new time. What is recorded on it stays.

use super::{Project, ProjectEvent, Refusal, TaskArchived};
use crate::id::{ProjectId, TaskId};

/// Take no new time on a task.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ArchiveTask {
    /// The project.
    pub project: ProjectId,
    /// The task.
    pub task: TaskId,
}

/// Refuses an unknown project or task; a task that is archived already stays as it is.
pub fn decide(project: &Project, command: ArchiveTask) -> Result<Vec<ProjectEvent>, Refusal> {
    let id = project.known()?;
    if project.task(command.task)?.archived {
        return Ok(Vec::new());
    }
    Ok(vec![TaskArchived { project: id, task: command.task }.into()])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::samples;

    const ARCHIVE: ArchiveTask = ArchiveTask { project: samples::PROJECT, task: samples::TASK };

    #[test]
    fn a_task_is_archived_once() {
        let mut project = samples::project();
        let events = decide(&project, ARCHIVE).unwrap();
        let archived = TaskArchived { project: samples::PROJECT, task: samples::TASK };
        assert_eq!(events, [archived.into()]);
        project.evolve(&events[0]);
        assert_eq!(decide(&project, ARCHIVE), Ok(vec![]));
    }

    #[test]
    fn an_unknown_project_is_refused() {
        assert_eq!(decide(&Project::default(), ARCHIVE), Err(Refusal::UnknownProject));
    }

    #[test]
    fn an_unknown_task_is_refused() {
        let mut project = samples::project();
        project.tasks.clear();
        assert_eq!(decide(&project, ARCHIVE), Err(Refusal::UnknownTask));
    }
}
