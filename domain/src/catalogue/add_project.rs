//! A project begins. That no other of its client has its name is held by a claim in the append.

use super::{Client, Project, ProjectAdded, ProjectEvent, Refusal};
use crate::id::{ClientId, ProjectId};
use crate::name::checked_name;

/// Begin a project.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AddProject {
    /// A new id.
    pub project: ProjectId,
    /// For whom.
    pub client: ClientId,
    /// Its name.
    pub name: String,
}

/// Refuses an id that was used, an unknown or archived client, a bad name. `client` is the one that
/// the command names.
pub fn decide(
    project: &Project,
    client: &Client,
    command: AddProject,
) -> Result<Vec<ProjectEvent>, Refusal> {
    if project.id.is_some() {
        return Err(Refusal::AlreadyAdded);
    }
    if client.id != Some(command.client) {
        return Err(Refusal::UnknownClient);
    }
    if client.archived {
        return Err(Refusal::ClientArchived);
    }
    let name = checked_name(&command.name).ok_or(Refusal::InvalidName)?;
    Ok(vec![ProjectAdded { project: command.project, client: command.client, name }.into()])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::samples;

    #[test]
    fn a_project_begins_under_its_trimmed_name() {
        let events =
            decide(&Project::default(), &samples::client(), samples::add_project(" Website "));
        assert_eq!(events.unwrap(), samples::project_events()[..1]);
    }

    #[test]
    fn an_id_that_was_used_is_refused() {
        let command = samples::add_project("Website");
        let refused = decide(&samples::project(), &samples::client(), command);
        assert_eq!(refused, Err(Refusal::AlreadyAdded));
    }

    #[test]
    fn an_unknown_client_is_refused() {
        let command = samples::add_project("Website");
        let refused = decide(&Project::default(), &Client::default(), command);
        assert_eq!(refused, Err(Refusal::UnknownClient));
    }

    #[test]
    fn an_archived_client_takes_no_new_project() {
        let client = Client { archived: true, ..samples::client() };
        let refused = decide(&Project::default(), &client, samples::add_project("Website"));
        assert_eq!(refused, Err(Refusal::ClientArchived));
    }

    #[test]
    fn a_bad_name_is_refused() {
        let refused = decide(&Project::default(), &samples::client(), samples::add_project(""));
        assert_eq!(refused, Err(Refusal::InvalidName));
    }
}
