//! Who may record time on a project, over HTTP. A project without a linked member is open to all.

use commands::catalogue::{LinkProjectMember, UnlinkProjectMember};
use commands::{Command, CommandError, Reply, Unit};
use domain::catalogue::{self, project_stream};
use domain::id::{MemberId, ProjectId, StreamId};
use projections::catalogue::project_member::{self, ProjectMember, ProjectMemberRow};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

use super::tasks::must_exist;
use crate::http::answer::{Answer, Changed};
use crate::http::body::Json;
use crate::http::call::{About, Call, piece};
use crate::http::cursor::Page;
use crate::http::if_seen::IfSeen;
use crate::http::members::{ById, Nothing};
use crate::http::problem::Problem;

const KIND: &str = "project_member";

/// A member who may record time on a project.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "ProjectMember")]
pub(crate) struct ProjectMemberBody {
    project_id: Uuid,
    member_id: Uuid,
}

/// One member of a project.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
pub(crate) struct MemberOf {
    id: Uuid,
    member_id: Uuid,
}

fn shown(row: ProjectMemberRow) -> ProjectMemberBody {
    ProjectMemberBody { project_id: row.project_id.0, member_id: row.member_id.0 }
}

/// What stands for a link where one id is wanted.
fn object(project: ProjectId, member: MemberId) -> (&'static str, Uuid) {
    (KIND, StreamId::derived(KIND, &[project.0.as_bytes(), member.0.as_bytes()]).0)
}

async fn of_project(about: &About, project: ProjectId) -> Result<Vec<ProjectMemberRow>, Problem> {
    must_exist(about, project).await?;
    match about.rows_then::<ProjectMember>().await? {
        None => {
            let mut tx = about.tx().await?;
            let rows = project_member::of_project(&mut tx, project).await?;
            tx.commit().await?;
            Ok(rows)
        }
        Some(rows) => {
            Ok(piece(&rows, |row| row.project_id == project, |row| row.member_id, None, i64::MAX))
        }
    }
}

/// `GET /projects/{id}/members`.
pub(crate) async fn list(
    call: Call<ById, Nothing>,
) -> Result<Answer<Page<ProjectMemberBody>>, Problem> {
    let after = call.after()?.map(MemberId);
    let mut rows = of_project(&call, ProjectId(call.path.id)).await?;
    rows.retain(|row| after.is_none_or(|after| row.member_id > after));
    Ok(call.page(rows, |row| row.member_id.0, shown))
}

/// `GET /projects/{id}/members/{member_id}`.
pub(crate) async fn one(
    call: Call<MemberOf, Nothing>,
) -> Result<Answer<ProjectMemberBody>, Problem> {
    let (project, member) = (ProjectId(call.path.id), MemberId(call.path.member_id));
    let rows = of_project(&call, project).await?;
    let row = rows.into_iter().find(|row| row.member_id == member);
    let row = row.ok_or_else(Problem::not_found)?;
    let tag = call.tag(object(project, member), row.position);
    Ok(call.read(shown(row)).tagged(tag))
}

/// Whom to link.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct LinkBody {
    member_id: Uuid,
}

/// `POST /projects/{id}/members`.
pub(crate) async fn link(
    call: Call<ById, Nothing, Json<LinkBody>>,
) -> Result<Answer<Changed>, Problem> {
    let (project, member) = (ProjectId(call.path.id), MemberId(call.body.0.member_id));
    let done = call.send(LinkProjectMember { project, member }).await?;
    Ok(call.changed(done, object(project, member)))
}

/// Takes a link away, where it's there: one that is not is as unknown as any other.
struct Unlink {
    project: ProjectId,
    member: MemberId,
}

impl Command for Unlink {
    async fn run(&self, unit: &mut Unit<'_>) -> Result<Reply, CommandError> {
        let (project, member) = (self.project, self.member);
        let loaded = unit.write::<catalogue::Project>(project_stream(project)).await?;
        if !loaded.state.members.contains(&member) {
            return Err(CommandError::NotFound);
        }
        UnlinkProjectMember { project, member }.run(unit).await
    }
}

/// `DELETE /projects/{id}/members/{member_id}`.
pub(crate) async fn unlink(call: Call<MemberOf, Nothing>) -> Result<Answer<Changed>, Problem> {
    let (project, member) = (ProjectId(call.path.id), MemberId(call.path.member_id));
    let stream = project_stream(project);
    let of_link = |event_type: &str, payload: &Value| {
        event_type.starts_with("ProjectMember") && payload["member"] == member.to_string()
    };
    let command =
        |seen| IfSeen::<catalogue::Project, _>::new(stream, seen, Unlink { project, member });
    let done = call.send_if(object(project, member), stream, of_link, command).await?;
    Ok(call.done(done))
}
