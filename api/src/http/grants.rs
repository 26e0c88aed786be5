//! Rights on single objects over HTTP. Admins give them; whoever owns a file shows it to others.
//! Everybody sees what they were given themselves, and who else reads a file of theirs or why they
//! are away.

use commands::files::file_of;
use commands::members::grants::{GiveGrant, TakeBackGrant};
use domain::id::{FileId, MemberId};
use domain::members::{Grant, Member, Role, member_stream};
use jiff::Timestamp;
use projections::members::grant::{self, GrantRow};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

use super::answer::{Answer, Changed};
use super::body::Json;
use super::call::{About, Call};
use super::cursor::Page;
use super::if_seen::IfSeen;
use super::members::{ById, Nothing};
use super::problem::Problem;

const KIND: &str = "grant";

/// A right on one object.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum RightName {
    /// Looks after a client and its bills.
    AccountManager,
    /// Looks after a project.
    ProjectManager,
    /// Reads a file.
    Reader,
    /// Reads why a member is away; the member or an owner gives it.
    LeaveReader,
}

impl RightName {
    fn on(self, object: Uuid) -> Grant {
        match self {
            RightName::AccountManager => Grant::AccountManager(domain::id::ClientId(object)),
            RightName::ProjectManager => Grant::ProjectManager(domain::id::ProjectId(object)),
            RightName::Reader => Grant::Reader(FileId(object)),
            RightName::LeaveReader => Grant::LeaveReader(MemberId(object)),
        }
    }

    fn of(grant: Grant) -> Self {
        match grant {
            Grant::AccountManager(_) => RightName::AccountManager,
            Grant::ProjectManager(_) => RightName::ProjectManager,
            Grant::Reader(_) => RightName::Reader,
            Grant::LeaveReader(_) => RightName::LeaveReader,
        }
    }
}

/// A right that somebody has.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "Grant")]
pub(crate) struct GrantBody {
    id: Uuid,
    member_id: Uuid,
    right: RightName,
    /// The client, project or file, or the member whose leave it is.
    object_id: Uuid,
    given_at: Timestamp,
}

fn shown(row: &GrantRow) -> Result<GrantBody, Problem> {
    let grant = row.grant().ok_or_else(|| Problem::internal(&"a right that nobody knows"))?;
    Ok(GrantBody {
        id: row.grant_id,
        member_id: row.member_id.0,
        right: RightName::of(grant),
        object_id: row.object_id,
        given_at: row.given_at,
    })
}

/// Which grants to list.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Filter {
    member_id: Option<Uuid>,
    /// A client, a project or a file, or the member whose leave it is.
    object_id: Option<Uuid>,
}

/// Whether the caller sees everybody's grants.
fn sees_all(about: &About) -> bool {
    about.caller.may(&[Role::Admin, Role::Auditor])
}

/// Whether it's a file of the caller's own, or their leave.
async fn is_own(about: &About, object: Uuid) -> Result<bool, Problem> {
    if object == about.caller.member.0 {
        return Ok(true);
    }
    let mut tx = about.tx().await?;
    let (state, _) = file_of(&mut tx, FileId(object)).await?;
    tx.commit().await?;
    Ok(state.kept().is_some_and(|kept| kept.owner == about.caller.member))
}

/// `GET /grants`.
pub(crate) async fn list(call: Call<(), Filter>) -> Result<Answer<Page<GrantBody>>, Problem> {
    let Filter { member_id, object_id } = call.query;
    let mut wanted = grant::Wanted { member: member_id.map(MemberId), object: object_id };
    let own = match object_id {
        Some(object) if !sees_all(&call) => is_own(&call, object).await?,
        Some(_) | None => false,
    };
    if !sees_all(&call) && !own {
        match wanted.member {
            Some(member) if member != call.caller.member => return Err(Problem::forbidden()),
            Some(_) | None => wanted.member = Some(call.caller.member),
        }
    }
    let (after, limit) = (call.after()?, call.look_for());
    let mut tx = call.tx().await?;
    let rows = grant::list(&mut tx, wanted, after, limit).await?;
    tx.commit().await?;
    let bodies = rows.iter().map(shown).collect::<Result<Vec<_>, _>>()?;
    Ok(call.page(bodies, |body| body.id, |body| body))
}

/// A grant that the caller may see.
async fn found(about: &About, id: Uuid) -> Result<(GrantRow, Grant), Problem> {
    let mut tx = about.tx().await?;
    let row = grant::find(&mut tx, id).await?;
    tx.commit().await?;
    let row = row.ok_or_else(Problem::not_found)?;
    let grant = row.grant().ok_or_else(Problem::not_found)?;
    let seen = sees_all(about)
        || row.member_id == about.caller.member
        || is_own(about, row.object_id).await?;
    if seen { Ok((row, grant)) } else { Err(Problem::not_found()) }
}

/// `GET /grants/{id}`.
pub(crate) async fn one(call: Call<ById, Nothing>) -> Result<Answer<GrantBody>, Problem> {
    let (row, _) = found(&call, call.path.id).await?;
    let tag = call.tag((KIND, row.grant_id), row.position);
    Ok(call.read(shown(&row)?).tagged(tag))
}

/// A right to give.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct GiveGrantBody {
    /// Who gets it.
    member_id: Uuid,
    right: RightName,
    /// The client, project or file, or the member whose leave it is.
    object_id: Uuid,
}

/// `POST /grants`.
pub(crate) async fn give(
    call: Call<(), Nothing, Json<GiveGrantBody>>,
) -> Result<Answer<Changed>, Problem> {
    let GiveGrantBody { member_id, right, object_id } = call.body.0;
    let command = GiveGrant { member: MemberId(member_id), grant: right.on(object_id) };
    let done = call.send(command).await?;
    Ok(call.made(done, KIND, "/grants"))
}

/// `DELETE /grants/{id}`.
pub(crate) async fn take_back(call: Call<ById, Nothing>) -> Result<Answer<Changed>, Problem> {
    let (row, grant) = found(&call, call.path.id).await?;
    let member = row.member_id;
    let stream = member_stream(member);
    let object = row.object_id.to_string();
    let of_grant = |_: &str, payload: &Value| {
        payload["right"] == grant.right() && payload["object"] == object.as_str()
    };
    let done = call.send_if((KIND, row.grant_id), stream, of_grant, |seen| {
        IfSeen::<Member, _>::new(stream, seen, TakeBackGrant { member, grant })
    });
    Ok(call.changed(done.await?, (KIND, row.grant_id)))
}
