//! Sessions over HTTP: which there are of a member, and how they end. Everybody sees and ends their
//! own; who looks after a member does so for them.

use commands::sessions::{self, RevokeSessions, SessionRecord};
use domain::id::{MemberId, SessionId};
use domain::members::Role;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::answer::{Answer, Changed};
use super::body::OptionalJson;
use super::call::{About, Call};
use super::caller::state_of;
use super::cursor::Page;
use super::members::{ById, Nothing};
use super::problem::Problem;
use super::tag::Meant;

const KIND: &str = "session";

/// A session without its secret.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "Session")]
pub(crate) struct SessionBody {
    id: Uuid,
    member_id: Uuid,
    /// How the member showed who they are: `mailed_link`.
    method: Vec<String>,
    began_at: Timestamp,
    /// When it was last used, give or take five minutes.
    seen_at: Timestamp,
    /// When it ends at the latest.
    expires_at: Timestamp,
    /// When it ends unless it's used before.
    idle_expires_at: Timestamp,
    /// Whether this request was sent with it.
    current: bool,
}

/// Whose sessions.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Wanted {
    /// Of this member; left out = yours.
    member_id: Option<Uuid>,
}

/// A session as the caller sees it.
pub(crate) fn shown(about: &About, session: &SessionRecord) -> SessionBody {
    SessionBody {
        id: session.id.0,
        member_id: session.member.0,
        method: session.proofs.iter().map(|proof| proof.as_str().to_owned()).collect(),
        began_at: session.began_at,
        seen_at: session.seen_at,
        expires_at: session.expires_at,
        idle_expires_at: session.idle_expires_at(),
        current: about.caller.session == Some(session.id),
    }
}

/// `GET /sessions`.
pub(crate) async fn list(call: Call<(), Wanted>) -> Result<Answer<Page<SessionBody>>, Problem> {
    let own = call.caller.member;
    let member = call.query.member_id.map_or(own, MemberId);
    if member != own {
        call.must_be(&[Role::Admin])?;
    }
    let mut tx = call.tx().await?;
    let (state, _) = state_of(&mut tx, member).await?;
    let mut sessions = sessions::live(&mut tx, member, state.epoch, call.now()).await?;
    tx.commit().await?;
    sessions.retain(|_| state.active);
    // The latest first, so what follows is earlier.
    let key = |session: &SessionRecord| (session.began_at, session.id.0);
    let after: Option<(Timestamp, Uuid)> = call.after()?;
    sessions.retain(|session| after.is_none_or(|after| key(session) < after));
    Ok(call.page(sessions, key, |session| shown(&call, &session)))
}

/// `DELETE /sessions/{id}`. A session has one version while it's of use, so any tag of it is right.
pub(crate) async fn end(call: Call<ById, Nothing>) -> Result<Answer<Changed>, Problem> {
    let session = SessionId(call.path.id);
    if call.meant((KIND, session.0)) == Some(Meant::Unknown) {
        let mut tx = call.tx().await?;
        let found = sessions::find(&mut tx, session).await?;
        tx.commit().await?;
        found.ok_or_else(Problem::not_found)?;
        return Err(Problem::stale());
    }
    let done = sessions::end(&call.app.commands, call.sender(), session).await?;
    Ok(call.done(done))
}

/// Whose sessions to end.
#[derive(Debug, Clone, Copy, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RevokeBody {
    /// Of this member; left out = yours.
    member_id: Option<Uuid>,
}

/// `POST /sessions/revoke-all`. Links that were mailed before are of no use after it either; tokens
/// are.
pub(crate) async fn revoke_all(
    call: Call<(), Nothing, OptionalJson<RevokeBody>>,
) -> Result<Answer<Changed>, Problem> {
    let member = call.body.0.member_id.map_or(call.caller.member, MemberId);
    Ok(call.done(call.send(RevokeSessions { member }).await?))
}
