//! Cases that leave is granted for, such as births, over HTTP: each with what it comes to by the
//! policy of its day.

use commands::leave::{DeclareLeaveCase, WithdrawLeaveCase};
use domain::id::{LeaveCaseId, LeaveTypeId, MemberId};
use domain::leave::ledger::{case_span, policy_on};
use domain::leave::{LeaveCase, LeaveType, MemberLeave};
use domain::log::{ClaimKey, ClaimKind};
use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

use super::entries::place_of;
use super::granted::{Filter, listed};
use crate::http::answer::{Answer, Changed};
use crate::http::body::Json;
use crate::http::call::Call;
use crate::http::cursor::Page;
use crate::http::if_seen::IfSeen;
use crate::http::members::{ById, Nothing};
use crate::http::problem::Problem;

const KIND: &str = "leave_case";

/// A case that leave is granted for.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "LeaveCase")]
pub(crate) struct CaseBody {
    id: Uuid,
    member_id: Uuid,
    leave_type_id: Uuid,
    /// For whom, as the policy of that day has it.
    applies_to: String,
    /// The day of the event.
    on: Date,
    /// The first day of the leave that is granted.
    begins: Date,
    /// Of a shared amount, this member's part as it was declared, in days of the calendar.
    share_days: Option<u32>,
    gave_birth: bool,
    /// What it comes to; null where no policy of that day knows such a case any more.
    granted: Option<CaseSpanBody>,
}

/// What a case comes to on the calendar.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "LeaveCaseSpan")]
pub(crate) struct CaseSpanBody {
    /// The last day of the whole amount, taken in one go.
    last: Date,
    /// The days of the whole amount, for both parents where it's shared.
    calendar_days: u32,
    /// This member's part of them.
    own_days: u32,
    /// The first day on which who gave birth may work again; null where no law says so.
    no_work_until: Option<Date>,
}

fn granted(kind: &LeaveType, case: &LeaveCase) -> Option<CaseSpanBody> {
    let policies = kind.policies();
    let rules = &policy_on(&policies, case.on)?.cases;
    let span = case_span(rules.iter().find(|rule| rule.applies_to == case.applies_to)?, case);
    Some(CaseSpanBody {
        last: span.last,
        calendar_days: span.calendar_days,
        own_days: span.own_days,
        no_work_until: span.no_work_until,
    })
}

/// `GET /leave-cases`.
pub(crate) async fn list(call: Call<(), Filter>) -> Result<Answer<Page<CaseBody>>, Problem> {
    let mut tx = call.tx().await?;
    let kind = call.query.leave_type_id;
    let rows = listed(&call, &mut tx, call.query, |firm, member| {
        let cases = firm.leave.get(&member).into_iter().flat_map(|(_, it)| it.cases.values());
        let wanted = cases.filter(|it| kind.is_none_or(|kind| it.leave_type.0 == kind));
        wanted
            .map(|case| {
                let kind = firm.types.get(&case.leave_type);
                (case.case, (case.clone(), kind.and_then(|(_, kind)| granted(kind, case))))
            })
            .collect()
    })
    .await?;
    tx.commit().await?;
    type Row = ((MemberId, LeaveCaseId), (LeaveCase, Option<CaseSpanBody>));
    let shown = |((member, _), (case, granted)): Row| CaseBody {
        id: case.case.0,
        member_id: member.0,
        leave_type_id: case.leave_type.0,
        applies_to: case.applies_to,
        on: case.on,
        begins: case.begins,
        share_days: case.share_days,
        gave_birth: case.gave_birth,
        granted,
    };
    Ok(call.page(rows, |(key, _)| *key, shown))
}

/// A case to declare.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct DeclareBody {
    member_id: Uuid,
    leave_type_id: Uuid,
    /// For whom, as the policy of that day has it, such as `both parents employed`.
    applies_to: String,
    /// The day of the event.
    on: Date,
    /// The first day of the leave that is granted; left out = the day of the event.
    begins: Option<Date>,
    /// Of a shared amount, this member's part in days of the calendar; left out = half.
    share_days: Option<u32>,
    /// Whether this member gave birth.
    #[serde(default)]
    gave_birth: bool,
}

/// `POST /leave-cases`.
pub(crate) async fn declare(
    call: Call<(), Nothing, Json<DeclareBody>>,
) -> Result<Answer<Changed>, Problem> {
    let DeclareBody { member_id, leave_type_id, applies_to, on, begins, share_days, gave_birth } =
        call.body.0.clone();
    let done = call
        .send(DeclareLeaveCase {
            case: LeaveCaseId(call.new_id()),
            member: MemberId(member_id),
            leave_type: LeaveTypeId(leave_type_id),
            applies_to,
            on,
            begins: begins.unwrap_or(on),
            share_days,
            gave_birth,
        })
        .await?;
    Ok(call.made(done, KIND, "/leave-cases"))
}

/// `DELETE /leave-cases/{id}`.
pub(crate) async fn withdraw(call: Call<ById, Nothing>) -> Result<Answer<Changed>, Problem> {
    let id = call.path.id;
    let stream = place_of(&call, &ClaimKey::id(ClaimKind::LeaveCase, LeaveCaseId(id))).await?;
    let of_case = |_: &str, payload: &Value| payload["case"] == id.to_string();
    let done = call
        .send_if((KIND, id), stream, of_case, |seen| {
            let command = WithdrawLeaveCase { case: LeaveCaseId(id) };
            IfSeen::<MemberLeave, _>::new(stream, seen, command)
        })
        .await?;
    Ok(call.changed(done, (KIND, id)))
}
