//! A project is called otherwise; archived ones too.

use super::{Project, ProjectEvent, ProjectRenamed, Refusal};
use crate::id::ProjectId;
use crate::name::checked_name;

/// Call a project otherwise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RenameProject {
    /// The project.
    pub project: ProjectId,
    /// The new name.
    pub name: String,
}

/// Refuses an unknown project and a bad name; the name it has changes nothing.
pub fn decide(project: &Project, command: RenameProject) -> Result<Vec<ProjectEvent>, Refusal> {
    let (id, Some(client)) = (project.known()?, project.client) else {
        return Err(Refusal::UnknownProject);
    };
    let name = checked_name(&command.name).ok_or(Refusal::InvalidName)?;
    if project.name == name {
        return Ok(Vec::new());
    }
    Ok(vec![ProjectRenamed { project: id, client, name }.into()])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::samples;

    fn rename(name: &str) -> RenameProject {
        RenameProject { project: samples::PROJECT, name: name.into() }
    }

    #[test]
    fn a_project_gets_its_new_name_within_its_client() {
        let (project, client) = (samples::PROJECT, samples::CLIENT);
        let renamed = ProjectRenamed { project, client, name: "Web shop".into() };
        assert_eq!(decide(&samples::project(), rename("Web shop ")), Ok(vec![renamed.into()]));
    }

    #[test]
    fn the_name_it_has_changes_nothing() {
        assert_eq!(decide(&samples::project(), rename("Website")), Ok(vec![]));
    }

    #[test]
    fn an_unknown_project_is_refused() {
        assert_eq!(decide(&Project::default(), rename("X")), Err(Refusal::UnknownProject));
    }

    #[test]
    fn a_bad_name_is_refused() {
        assert_eq!(decide(&samples::project(), rename("\u{7}")), Err(Refusal::InvalidName));
    }
}
