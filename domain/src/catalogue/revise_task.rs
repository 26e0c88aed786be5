//! A task gets another name or default. Recorded time keeps what it had.

use super::{Project, ProjectEvent, Refusal, TaskRevised};
use crate::id::{ProjectId, TaskId};
use crate::name::checked_name;

/// Give a task a name and a default.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReviseTask {
    /// The project.
    pub project: ProjectId,
    /// The task.
    pub task: TaskId,
    /// Its name from now on.
    pub name: String,
    /// Its default from now on.
    pub billable: bool,
}

/// Refuses an unknown or archived project or task and a bad or taken name; what it is already
/// changes nothing.
pub fn decide(project: &Project, command: ReviseTask) -> Result<Vec<ProjectEvent>, Refusal> {
    let id = project.active()?;
    let ReviseTask { task, billable, .. } = command;
    let held = project.task(task)?;
    if held.archived {
        return Err(Refusal::TaskArchived);
    }
    let name = checked_name(&command.name).ok_or(Refusal::InvalidName)?;
    if project.has_task_named(&name, Some(task)) {
        return Err(Refusal::TaskNameTaken);
    }
    if held.name == name && held.billable == billable {
        return Ok(Vec::new());
    }
    Ok(vec![TaskRevised { project: id, task, name, billable }.into()])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::samples;

    fn revise(name: &str, billable: bool) -> ReviseTask {
        let (project, task) = (samples::PROJECT, samples::TASK);
        ReviseTask { project, task, name: name.into(), billable }
    }

    #[test]
    fn a_task_gets_another_name_and_default() {
        let mut project = samples::project();
        let events = decide(&project, revise("design", false)).unwrap();
        let (id, task) = (samples::PROJECT, samples::TASK);
        let revised = TaskRevised { project: id, task, name: "design".into(), billable: false };
        assert_eq!(events, [revised.into()]);
        project.evolve(&events[0]);
        assert_eq!(decide(&project, revise("design ", false)), Ok(vec![]));
    }

    #[test]
    fn an_unknown_project_is_refused() {
        let refused = decide(&Project::default(), revise("X", true));
        assert_eq!(refused, Err(Refusal::UnknownProject));
    }

    #[test]
    fn an_archived_project_is_refused() {
        let project = Project { archived: true, ..samples::project() };
        assert_eq!(decide(&project, revise("X", true)), Err(Refusal::ProjectArchived));
    }

    #[test]
    fn an_unknown_task_is_refused() {
        let mut project = samples::project();
        project.tasks.clear();
        assert_eq!(decide(&project, revise("X", true)), Err(Refusal::UnknownTask));
    }

    #[test]
    fn an_archived_task_is_refused() {
        let mut project = samples::project();
        project.tasks.get_mut(&samples::TASK).unwrap().archived = true;
        assert_eq!(decide(&project, revise("X", true)), Err(Refusal::TaskArchived));
    }

    #[test]
    fn a_bad_name_is_refused() {
        assert_eq!(decide(&samples::project(), revise("", true)), Err(Refusal::InvalidName));
    }

    #[test]
    fn the_name_of_another_task_is_refused() {
        let refused = decide(&samples::project(), revise("travel", true));
        assert_eq!(refused, Err(Refusal::TaskNameTaken));
    }
}
