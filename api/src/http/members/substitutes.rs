//! Who stands in for a member, over HTTP. They, who stands in, and those who look after them see
//! it; the member and admins say so.

use commands::members::substitutes::{NameSubstitute, WithdrawSubstitute};
use domain::id::{MemberId, SubstitutionId};
use jiff::Timestamp;
use jiff::civil::Date;
use projections::members::substitute::{self, SubstituteRow};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{ById, Nothing, sees_addresses};
use crate::http::answer::{Answer, Changed};
use crate::http::body::Json;
use crate::http::call::Call;
use crate::http::cursor::Page;
use crate::http::problem::Problem;

/// Days on which somebody stands in.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "Substitute")]
pub(crate) struct SubstituteBody {
    id: Uuid,
    /// Who is away.
    member_id: Uuid,
    /// Who stands in for them.
    substitute_id: Uuid,
    /// The first day.
    from: Date,
    /// The last day.
    to: Date,
    named_at: Timestamp,
}

/// `GET /members/{id}/substitutes`.
pub(crate) async fn list(
    call: Call<ById, Nothing>,
) -> Result<Answer<Page<SubstituteBody>>, Problem> {
    let member = MemberId(call.path.id);
    let mut tx = call.tx().await?;
    let known = projections::members::member::find(&mut tx, member).await?;
    known.ok_or_else(Problem::not_found)?;
    let mut rows = substitute::of_member(&mut tx, member).await?;
    tx.commit().await?;
    if !sees_addresses(&call, member) {
        rows.retain(|row| row.substitute_id == call.caller.member);
        if rows.is_empty() {
            return Err(Problem::forbidden());
        }
    }
    let shown = |row: SubstituteRow| SubstituteBody {
        id: row.substitution_id.0,
        member_id: row.member_id.0,
        substitute_id: row.substitute_id.0,
        from: row.from_day,
        to: row.to_day,
        named_at: row.named_at,
    };
    let items = rows.into_iter().map(shown).collect();
    Ok(call.read(Page { items, next_cursor: None }))
}

/// Who is to stand in, and when.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NameSubstituteBody {
    /// Who stands in.
    substitute_id: Uuid,
    /// The first day.
    from: Date,
    /// The last day, a year after the first at most.
    to: Date,
}

/// `POST /members/{id}/substitutes`.
pub(crate) async fn name(
    call: Call<ById, Nothing, Json<NameSubstituteBody>>,
) -> Result<Answer<Changed>, Problem> {
    let NameSubstituteBody { substitute_id, from, to } = call.body.0;
    let (member, substitute) = (MemberId(call.path.id), MemberId(substitute_id));
    let id = SubstitutionId(call.new_id());
    let done = call.send(NameSubstitute { id, member, substitute, from, to }).await?;
    Ok(call.made(done, "substitute", &format!("/members/{member}/substitutes")))
}

/// One substitute of one member.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
pub(crate) struct BySubstitute {
    id: Uuid,
    sid: Uuid,
}

/// `DELETE /members/{id}/substitutes/{sid}`.
pub(crate) async fn withdraw(
    call: Call<BySubstitute, Nothing>,
) -> Result<Answer<Changed>, Problem> {
    let (member, id) = (MemberId(call.path.id), SubstitutionId(call.path.sid));
    Ok(call.done(call.send(WithdrawSubstitute { id, member }).await?))
}
