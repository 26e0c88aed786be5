//! `GET /me`: who the caller is, in which tenant, by what credentials, and what is known of their
//! work. Read from their own stream, so that it's there from their first moment on.

use commands::sessions;
use domain::id::MemberId;
use domain::members::Member;
use domain::personal::Personal;
use jiff::tz::TimeZone;
use schemars::JsonSchema;
use serde::Serialize;
use uuid::Uuid;

use super::patterns::PatternBody;
use super::{KIND, MemberBody, Nothing, RoleName};
use crate::http::answer::Answer;
use crate::http::call::{About, Call};
use crate::http::caller::state_of;
use crate::http::personal;
use crate::http::problem::Problem;
use crate::http::sessions::{SessionBody, shown};

/// The caller.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(crate) struct Me {
    #[serde(flatten)]
    member: MemberBody,
    /// In which tenant.
    tenant: TenantBody,
    /// What the token may be used for; empty = all that the member may do.
    scopes: Vec<String>,
    /// By which pattern they work today; null where none was set.
    work_pattern: Option<PatternBody>,
    /// The session that the request was sent with; null where it was a token.
    session: Option<SessionBody>,
}

/// The tenant that the host leads to.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "Tenant")]
pub(crate) struct TenantBody {
    id: Uuid,
    slug: String,
    name: String,
}

/// A member as they are shown to themselves, and what their stream says.
pub(crate) async fn own_body(
    about: &About,
    id: MemberId,
) -> Result<(MemberBody, (Member, i64)), Problem> {
    let mut tx = about.tx().await?;
    let (state, position) = state_of(&mut tx, id).await?;
    let name = state.name.as_ref().and_then(Personal::envelope);
    let email = state.email.as_ref().and_then(Personal::envelope);
    personal::load(&about.keys, &mut tx, name.into_iter().chain(email)).await?;
    tx.commit().await?;
    let member = MemberBody {
        id: id.0,
        name: personal::text(&about.keys, name),
        email: personal::unique_text(&about.keys, email),
        roles: state.roles.iter().copied().map(RoleName::from).collect(),
        time_zone: state.time_zone.clone(),
        active: state.active,
        registration: state.registration.into(),
        manager_id: state.manager.map(Uuid::from),
        hired_on: state.hired_on,
        left_on: state.left_on,
    };
    Ok((member, (state, position)))
}

/// `GET /me`.
pub(crate) async fn me(call: Call<(), Nothing>) -> Result<Answer<Me>, Problem> {
    let id = call.caller.member;
    let (member, (state, position)) = own_body(&call, id).await?;
    let today = call.now().to_zoned(TimeZone::UTC).date();
    let session = match call.caller.session {
        None => None,
        Some(session) => {
            let mut tx = call.tx().await?;
            let found = sessions::find(&mut tx, session).await?;
            tx.commit().await?;
            found.map(|found| shown(&call, &found))
        }
    };
    let (slug, name) = (call.tenant.slug.clone(), call.tenant.name.clone());
    let me = Me {
        member,
        tenant: TenantBody { id: call.tenant.id.0, slug, name },
        scopes: call.caller.scopes.names(),
        work_pattern: state.pattern_on(today).map(PatternBody::of),
        session,
    };
    Ok(Answer::of(me).tagged(call.tag((KIND, id.0), position)))
}
