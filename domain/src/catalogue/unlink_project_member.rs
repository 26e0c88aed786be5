//! A member may no longer record time on a project. Without its last link a project is open to all
//! again; to close it, archive it.

use super::{Project, ProjectEvent, ProjectMemberUnlinked, Refusal};
use crate::id::{MemberId, ProjectId};

/// Let a member no longer record time on a project.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnlinkProjectMember {
    /// The project.
    pub project: ProjectId,
    /// The member.
    pub member: MemberId,
}

/// Refuses an unknown project; where the member is not linked, nothing happens.
pub fn decide(
    project: &Project,
    command: UnlinkProjectMember,
) -> Result<Vec<ProjectEvent>, Refusal> {
    let id = project.known()?;
    if !project.members.contains(&command.member) {
        return Ok(Vec::new());
    }
    Ok(vec![ProjectMemberUnlinked { project: id, member: command.member }.into()])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::samples;

    const UNLINK: UnlinkProjectMember =
        UnlinkProjectMember { project: samples::PROJECT, member: samples::MEMBER };

    #[test]
    fn a_linked_member_is_unlinked_once_even_from_an_archived_project() {
        let mut project = Project { archived: true, ..samples::project() };
        project.members.insert(samples::MEMBER);
        let events = decide(&project, UNLINK).unwrap();
        let unlinked = ProjectMemberUnlinked { project: samples::PROJECT, member: samples::MEMBER };
        assert_eq!(events, [unlinked.into()]);
        project.evolve(&events[0]);
        assert_eq!(decide(&project, UNLINK), Ok(vec![]));
    }

    #[test]
    fn an_unknown_project_is_refused() {
        assert_eq!(decide(&Project::default(), UNLINK), Err(Refusal::UnknownProject));
    }
}
