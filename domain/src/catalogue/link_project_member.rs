//! A member may record time on a project. The first link closes a project that was open to all.

use super::{Project, ProjectEvent, ProjectMemberLinked, Refusal};
use crate::id::{MemberId, ProjectId};
use crate::members::Member;

/// Let a member record time on a project.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LinkProjectMember {
    /// The project.
    pub project: ProjectId,
    /// The member.
    pub member: MemberId,
}

/// Refuses an unknown or archived project and an unknown or inactive member; a link that is there
/// stays as it is. `member` is the one that the command names.
pub fn decide(
    project: &Project,
    member: &Member,
    command: LinkProjectMember,
) -> Result<Vec<ProjectEvent>, Refusal> {
    let id = project.active()?;
    if member.id != Some(command.member) {
        return Err(Refusal::UnknownMember);
    }
    if project.members.contains(&command.member) {
        return Ok(Vec::new());
    }
    if !member.active {
        return Err(Refusal::MemberInactive);
    }
    Ok(vec![ProjectMemberLinked { project: id, member: command.member }.into()])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::samples;

    const LINK: LinkProjectMember =
        LinkProjectMember { project: samples::PROJECT, member: samples::MEMBER };

    #[test]
    fn an_active_member_is_linked_once() {
        let mut project = samples::project();
        let events = decide(&project, &samples::member(), LINK).unwrap();
        let linked = ProjectMemberLinked { project: samples::PROJECT, member: samples::MEMBER };
        assert_eq!(events, [linked.into()]);
        project.evolve(&events[0]);
        assert_eq!(decide(&project, &samples::member(), LINK), Ok(vec![]));
    }

    #[test]
    fn an_unknown_project_is_refused() {
        let refused = decide(&Project::default(), &samples::member(), LINK);
        assert_eq!(refused, Err(Refusal::UnknownProject));
    }

    #[test]
    fn an_archived_project_is_refused() {
        let project = Project { archived: true, ..samples::project() };
        assert_eq!(decide(&project, &samples::member(), LINK), Err(Refusal::ProjectArchived));
    }

    #[test]
    fn an_unknown_member_is_refused() {
        let refused = decide(&samples::project(), &Member::default(), LINK);
        assert_eq!(refused, Err(Refusal::UnknownMember));
    }

    #[test]
    fn an_inactive_member_is_refused() {
        let member = Member { active: false, ..samples::member() };
        assert_eq!(decide(&samples::project(), &member, LINK), Err(Refusal::MemberInactive));
    }
}
