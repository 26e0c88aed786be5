//! A kind of work is added to a project. Tasks of one project have names of their own; the name of
//! an archived task is free again.

use super::project::TASKS_MAX;
use super::{Project, ProjectEvent, Refusal, TaskAdded};
use crate::id::{ProjectId, TaskId};
use crate::name::checked_name;

/// Add a kind of work to a project.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AddTask {
    /// The project.
    pub project: ProjectId,
    /// A new id.
    pub task: TaskId,
    /// Its name.
    pub name: String,
    /// Whether time on it is billable unless its entry says otherwise.
    pub billable: bool,
}

/// Refuses an unknown or archived project, an id that was used, a bad or taken name, and one task
/// too many.
pub fn decide(project: &Project, command: AddTask) -> Result<Vec<ProjectEvent>, Refusal> {
    let id = project.active()?;
    if project.tasks.contains_key(&command.task) {
        return Err(Refusal::AlreadyAdded);
    }
    let name = checked_name(&command.name).ok_or(Refusal::InvalidName)?;
    if project.has_task_named(&name, None) {
        return Err(Refusal::TaskNameTaken);
    }
    if project.tasks.values().filter(|task| !task.archived).count() >= TASKS_MAX {
        return Err(Refusal::TooManyTasks { max: TASKS_MAX });
    }
    let AddTask { task, billable, .. } = command;
    Ok(vec![TaskAdded { project: id, task, name, billable }.into()])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::{TaskArchived, samples};
    use uuid::Uuid;

    fn add(number: u128, name: &str) -> AddTask {
        let task = TaskId(Uuid::from_u128(number));
        AddTask { project: samples::PROJECT, task, name: name.into(), billable: true }
    }

    #[test]
    fn a_task_is_added_under_its_trimmed_name() {
        let task = TaskId(Uuid::from_u128(50));
        let name = "Support".to_owned();
        let added = TaskAdded { project: samples::PROJECT, task, name, billable: true };
        assert_eq!(decide(&samples::project(), add(50, " Support")), Ok(vec![added.into()]));
    }

    #[test]
    fn the_name_of_an_archived_task_is_free_again() {
        let mut project = samples::project();
        assert_eq!(decide(&project, add(50, "DESIGN")), Err(Refusal::TaskNameTaken));
        let (id, task) = (samples::PROJECT, samples::TASK);
        project.evolve(&TaskArchived { project: id, task }.into());
        assert_eq!(decide(&project, add(50, "Design")).unwrap().len(), 1);
    }

    #[test]
    fn an_unknown_project_is_refused() {
        assert_eq!(decide(&Project::default(), add(50, "X")), Err(Refusal::UnknownProject));
    }

    #[test]
    fn an_archived_project_is_refused() {
        let project = Project { archived: true, ..samples::project() };
        let refusal = decide(&project, add(50, "X")).unwrap_err();
        assert_eq!(refusal.code(), "catalogue.project_archived");
    }

    #[test]
    fn an_id_that_was_used_is_refused() {
        let number = samples::TASK.0.as_u128();
        assert_eq!(decide(&samples::project(), add(number, "X")), Err(Refusal::AlreadyAdded));
    }

    #[test]
    fn a_bad_name_is_refused() {
        assert_eq!(decide(&samples::project(), add(50, "  ")), Err(Refusal::InvalidName));
    }

    #[test]
    fn one_task_too_many_is_refused() {
        let mut project = samples::project();
        project.tasks.clear();
        for number in 100..100 + TASKS_MAX as u128 {
            let events = decide(&project, add(number, &format!("Task {number}"))).unwrap();
            project.evolve(&events[0]);
        }
        let refused = decide(&project, add(50, "Support"));
        assert_eq!(refused, Err(Refusal::TooManyTasks { max: TASKS_MAX }));
    }
}
