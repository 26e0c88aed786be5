//! Who may record time on a project. A project without any row here is open to all.

use domain::catalogue::ProjectEvent;
use domain::id::{MemberId, ProjectId};
use domain::log::{EventFamily, Recorded};
use migrations::TenantTx;

use super::project_event;
use crate::model::{EventTypes, ReadModel};
use crate::row::{ReadError, Rows, read_rows, row, select};

row! {
    /// One member of one project.
    ProjectMemberRow in "rm_project_member" key(project_id: ProjectId, member_id: MemberId)
    index("member": "(member_id)") {
        /// The project.
        project_id: ProjectId,
        /// The member.
        member_id: MemberId,
        /// The event that linked them.
        position: i64,
    }
}

/// The fold of who may work on what.
#[derive(Debug)]
pub struct ProjectMember;

impl ReadModel for ProjectMember {
    const NAME: &'static str = "project_member";
    const VERSION: i32 = 1;
    const READS: &'static [EventTypes] = &[ProjectEvent::TYPES];
    type Row = ProjectMemberRow;

    fn touches(event: &Recorded) -> Vec<(ProjectId, MemberId)> {
        project_event(event).and_then(link).map(|(key, _)| key).into_iter().collect()
    }

    fn apply(rows: &mut Rows<ProjectMemberRow>, recorded: &Recorded) {
        match project_event(recorded).and_then(link) {
            Some(((project_id, member_id), true)) => {
                let position = recorded.position;
                rows.put(ProjectMemberRow { project_id, member_id, position });
            }
            Some((key, false)) => rows.remove(&key),
            None => {}
        }
    }
}

/// Which link an event is about, and whether it's there from now on.
fn link(event: &ProjectEvent) -> Option<((ProjectId, MemberId), bool)> {
    match event {
        ProjectEvent::ProjectMemberLinked(event) => Some(((event.project, event.member), true)),
        ProjectEvent::ProjectMemberUnlinked(event) => Some(((event.project, event.member), false)),
        ProjectEvent::ProjectAdded(_)
        | ProjectEvent::ProjectRenamed(_)
        | ProjectEvent::ProjectArchived(_)
        | ProjectEvent::ProjectRestored(_)
        | ProjectEvent::TaskAdded(_)
        | ProjectEvent::TaskRevised(_)
        | ProjectEvent::TaskArchived(_) => None,
    }
}

/// The members linked with a project, by id.
pub async fn of_project(
    tx: &mut TenantTx,
    project: ProjectId,
) -> Result<Vec<ProjectMemberRow>, ReadError> {
    let sql = "where r.project_id = $1 order by r.member_id";
    read_rows(&select::<ProjectMemberRow>(tx, sql).bind(project.0).fetch_all().await?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::samples::{catalogue, id};
    use crate::tests::{assert_declares_what_it_touches, rows_of};

    #[test]
    fn a_link_is_there_until_it_is_taken_back() {
        let history = catalogue();
        assert_eq!(rows_of::<ProjectMember>(&history.0[..14]).len(), 2);
        let rows = rows_of::<ProjectMember>(&history.0);
        assert_eq!(rows.iter().map(|row| row.member_id.0).collect::<Vec<_>>(), [id(2)]);
        assert_declares_what_it_touches::<ProjectMember>(&history.0);
    }
}
