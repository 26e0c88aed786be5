//! What single contracts grant in place of what the policy does, over HTTP.

use commands::leave::AgreeOnLeave;
use domain::id::{LeaveTypeId, MemberId};
use domain::leave::AgreedLeave;
use domain::leave::policy::Quantity;
use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::granted::{Filter, listed};
use super::policy_body::QuantityBody;
use crate::http::answer::{Answer, Changed};
use crate::http::body::Json;
use crate::http::call::Call;
use crate::http::cursor::Page;
use crate::http::members::Nothing;
use crate::http::problem::Problem;

/// What a contract grants per cycle, in the contractual right.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "LeaveAgreement")]
pub(crate) struct AgreementBody {
    member_id: Uuid,
    leave_type_id: Uuid,
    /// The first day; null = from always.
    from: Option<Date>,
    /// Null = what the policy says.
    amount: Option<QuantityBody>,
}

/// `GET /leave-agreements`.
pub(crate) async fn list(call: Call<(), Filter>) -> Result<Answer<Page<AgreementBody>>, Problem> {
    let mut tx = call.tx().await?;
    let kind = call.query.leave_type_id;
    let rows = listed(&call, &mut tx, call.query, |firm, member| {
        let kinds = firm.leave.get(&member).into_iter().flat_map(|(_, leave)| &leave.agreed);
        let wanted = kinds.filter(|(it, _)| kind.is_none_or(|kind| it.0 == kind));
        wanted.flat_map(|(kind, agreed)| agreed.iter().map(|it| ((*kind, it.from), *it))).collect()
    })
    .await?;
    tx.commit().await?;
    type Key = (MemberId, (LeaveTypeId, Option<Date>));
    let shown = |((member, (kind, from)), agreed): (Key, AgreedLeave)| AgreementBody {
        member_id: member.0,
        leave_type_id: kind.0,
        from,
        amount: agreed.amount.map(QuantityBody::from),
    };
    Ok(call.page(rows, |(key, _)| *key, shown))
}

/// What to agree on.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct AgreeBody {
    member_id: Uuid,
    leave_type_id: Uuid,
    /// The first day; left out = from always. What was agreed on for the same day is replaced.
    from: Option<Date>,
    /// Per cycle; left out or null = what the policy says.
    amount: Option<QuantityBody>,
}

/// `POST /leave-agreements`.
pub(crate) async fn agree(
    call: Call<(), Nothing, Json<AgreeBody>>,
) -> Result<Answer<Changed>, Problem> {
    let AgreeBody { member_id, leave_type_id, from, amount } = call.body.0.clone();
    let (member, leave_type) = (MemberId(member_id), LeaveTypeId(leave_type_id));
    let amount = amount.map(Quantity::from);
    Ok(call.done(call.send(AgreeOnLeave { member, leave_type, from, amount }).await?))
}
