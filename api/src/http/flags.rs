//! Feature flags over HTTP: a member sees which are on for them, an operator sees and throws them.

use axum::http::StatusCode;
use commands::flags::{self, DefineFlag, KnownFlag, OverrideFlag, RemoveFlag};
use domain::flags::{Flag, Share, ShareOf, Subject, flag_stream};
use domain::id::{MemberId, TenantId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::answer::{Answer, Changed};
use super::body::Json;
use super::call::{About, Call};
use super::cursor::Page;
use super::members::Nothing;
use super::problem::Problem;

const KIND: &str = "flag";

/// A flag.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "Flag")]
pub(crate) struct FlagBody {
    key: String,
    /// Whether it's on for you.
    on: bool,
    /// What is said of it, for operators.
    #[serde(skip_serializing_if = "Option::is_none")]
    definition: Option<DefinitionBody>,
}

/// What a flag is.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "FlagDefinition")]
pub(crate) struct DefinitionBody {
    /// What it switches, for people.
    description: String,
    /// Whether it's on where nothing else is said.
    default: bool,
    /// For how many it's on where it's off by default.
    share: Option<ShareBody>,
    /// What is said of single tenants and members.
    overrides: Vec<OverrideBody>,
}

/// A part of all tenants or members.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "FlagShare")]
#[serde(deny_unknown_fields)]
pub(crate) struct ShareBody {
    of: ShareOfName,
    /// 0 to 100.
    percent: u8,
}

/// What a percentage counts.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ShareOfName {
    /// Whole tenants.
    Tenants,
    /// Members one by one.
    Members,
}

/// What is said of one tenant or member.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "FlagOverride")]
#[serde(deny_unknown_fields)]
pub(crate) struct OverrideBody {
    /// Which tenant.
    tenant_id: Uuid,
    /// Which member of it alone; null = the whole tenant.
    member_id: Option<Uuid>,
    /// On or off; null takes the word back.
    on: Option<bool>,
}

fn definition(flag: &Flag) -> DefinitionBody {
    let share = flag.share.map(|Share { of, percent }| {
        let of = match of {
            ShareOf::Tenants => ShareOfName::Tenants,
            ShareOf::Members => ShareOfName::Members,
        };
        ShareBody { of, percent }
    });
    let tenants = flag.tenants.iter().map(|(tenant, on)| OverrideBody {
        tenant_id: tenant.0,
        member_id: None,
        on: Some(*on),
    });
    let members = flag.members.iter().flat_map(|(tenant, members)| {
        members.iter().map(|(member, on)| OverrideBody {
            tenant_id: tenant.0,
            member_id: Some(member.0),
            on: Some(*on),
        })
    });
    let overrides = tenants.chain(members).collect();
    let description = flag.description.clone();
    DefinitionBody { description, default: flag.default, share, overrides }
}

/// Whom flags are evaluated for in a request.
pub(crate) fn subject(about: &About) -> Subject {
    let member = about.caller.member;
    Subject { tenant: about.tenant.id, member: (!member.0.is_nil()).then_some(member) }
}

/// `GET /flags`: on a tenant's site which are on for the caller; on the base domain all of them.
pub(crate) async fn list(call: Call<(), Nothing>) -> Result<Answer<Page<FlagBody>>, Problem> {
    let evaluated = call.app.flags.of(subject(&call)).await?;
    let on_platform = call.tenant.id.is_platform();
    let items = if on_platform {
        let known = flags::defined(&call.app.tenants).await?;
        known.into_iter().map(|known| shown(&call, known)).collect()
    } else {
        let flag = |(key, on): (&str, bool)| FlagBody { key: key.into(), on, definition: None };
        evaluated.iter().map(flag).collect()
    };
    Ok(Answer::of(Page { items, next_cursor: None }))
}

fn shown(about: &About, known: KnownFlag) -> FlagBody {
    let evaluated = domain::flags::Evaluated::of([&known.flag], subject(about));
    let key = known.flag.key.clone().unwrap_or_default();
    FlagBody { on: evaluated.is_on(&key), definition: Some(definition(&known.flag)), key }
}

/// The key in the path.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
pub(crate) struct ByFlag {
    /// The flag's key.
    pub(crate) flag: String,
}

/// `GET /flags/{flag}`.
pub(crate) async fn one(call: Call<ByFlag, Nothing>) -> Result<Answer<FlagBody>, Problem> {
    let known = flags::defined(&call.app.tenants).await?;
    let named = |known: &KnownFlag| known.flag.key.as_ref() == Some(&call.path.flag);
    let known = known.into_iter().find(named).ok_or_else(Problem::not_found)?;
    let tag = call.tag((KIND, flag_stream(&call.path.flag).0), known.position);
    Ok(Answer::of(shown(&call, known)).tagged(tag))
}

/// A flag to define, or to define otherwise.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct DefineFlagBody {
    /// `a-z`, `0-9` and `_`, beginning with a letter.
    key: String,
    /// What it switches, for people.
    description: String,
    /// Whether it's on where nothing else is said; left out = no.
    default: Option<bool>,
    /// For how many it's on where it's off by default.
    share: Option<ShareBody>,
}

/// `POST /flags`.
pub(crate) async fn define(
    call: Call<(), Nothing, Json<DefineFlagBody>>,
) -> Result<Answer<Changed>, Problem> {
    let DefineFlagBody { key, description, default, share } = call.body.0.clone();
    let share = share.map(|share| {
        let of = match share.of {
            ShareOfName::Tenants => ShareOf::Tenants,
            ShareOfName::Members => ShareOf::Members,
        };
        (of, share.percent)
    });
    let stream = flag_stream(&key);
    let command = DefineFlag { key, description, default: default.unwrap_or(false), share };
    let done = call.send(command).await?;
    call.app.flags.forget();
    let status = if done.reply.created { StatusCode::CREATED } else { StatusCode::OK };
    Ok(call.changed(done, (KIND, stream.0)).status(status))
}

/// `POST /flags/{flag}/overrides`.
pub(crate) async fn throw(
    call: Call<ByFlag, Nothing, Json<OverrideBody>>,
) -> Result<Answer<Changed>, Problem> {
    let OverrideBody { tenant_id, member_id, on } = call.body.0;
    let (key, tenant) = (call.path.flag.clone(), TenantId(tenant_id));
    if call.app.platform.tenant_by_id(tenant).await?.is_none() {
        return Err(Problem::not_found());
    }
    let (stream, member) = (flag_stream(&key), member_id.map(MemberId));
    let command = OverrideFlag { key, tenant, member, on };
    let done = call.send(command).await?;
    call.app.flags.forget();
    Ok(call.changed(done, (KIND, stream.0)))
}

/// `DELETE /flags/{flag}`.
pub(crate) async fn remove(call: Call<ByFlag, Nothing>) -> Result<Answer<Changed>, Problem> {
    let stream = flag_stream(&call.path.flag);
    let command = |expected_version| RemoveFlag { key: call.path.flag.clone(), expected_version };
    let done = call.send_if((KIND, stream.0), stream, |_, _| true, command).await?;
    call.app.flags.forget();
    Ok(call.done(done))
}
