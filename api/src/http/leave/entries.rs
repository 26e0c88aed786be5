//! Leave that was entered into accounts by hand, over HTTP. Why is told to its member and to whom
//! the one table of leave names; admins enter it.

use commands::event_log::read::held;
use commands::leave::{EnterLeave, WithdrawLeaveEntry};
use domain::id::{LeaveEntryId, LeaveTypeId, MemberId, StreamId};
use domain::leave::{LeaveEntry, MemberLeave};
use domain::log::{ClaimKey, ClaimKind};
use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

use super::amounts::Minutes;
use super::granted::{Filter, listed};
use super::policy_body::RightName;
use super::seen::sight;
use crate::http::answer::{Answer, Changed};
use crate::http::body::{Json, OptionalJson};
use crate::http::call::{About, Call};
use crate::http::cursor::Page;
use crate::http::if_seen::IfSeen;
use crate::http::members::{ById, Nothing};
use crate::http::personal;
use crate::http::problem::Problem;

const KIND: &str = "leave_entry";

/// Leave that was entered by hand.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "LeaveEntry")]
pub(crate) struct EntryBody {
    id: Uuid,
    member_id: Uuid,
    leave_type_id: Uuid,
    /// The day from which it counts.
    effective: Date,
    /// How much, signed.
    minutes: Minutes,
    right: RightName,
    /// The last day on which it can be taken; null = it goes over as the policy has it.
    expires: Option<Date>,
    /// Why; null where you may not read it, or where it was erased.
    reason: Option<String>,
}

/// `GET /leave-entries`.
pub(crate) async fn list(call: Call<(), Filter>) -> Result<Answer<Page<EntryBody>>, Problem> {
    let mut tx = call.tx().await?;
    let kind = call.query.leave_type_id;
    let rows = listed(&call, &mut tx, call.query, |firm, member| {
        let entries = firm.leave.get(&member).into_iter().flat_map(|(_, it)| it.entries.values());
        let wanted = entries.filter(|it| kind.is_none_or(|kind| it.leave_type.0 == kind));
        wanted.map(|entry| (entry.entry, entry.clone())).collect()
    })
    .await?;
    let members = rows.iter().map(|((member, _), _)| *member).collect();
    let sight = sight(&call, &mut tx, members).await?;
    tx.commit().await?;
    let sees = |member| member == call.caller.member || sight.sees_reasons_of(member);
    let open = rows.iter().filter(|((member, _), _)| sees(*member));
    personal::load_missing(&call, open.filter_map(|(_, entry)| entry.reason.envelope())).await?;
    let shown = |((member, _), entry): ((MemberId, LeaveEntryId), LeaveEntry)| EntryBody {
        id: entry.entry.0,
        member_id: member.0,
        leave_type_id: entry.leave_type.0,
        effective: entry.effective,
        minutes: Minutes(entry.minutes),
        right: entry.right.into(),
        expires: entry.expires,
        reason: entry
            .reason
            .envelope()
            .filter(|_| sees(member))
            .and_then(|envelope| personal::text(&call.keys, Some(envelope))),
    };
    Ok(call.page(rows, |(key, _)| *key, shown))
}

/// Leave to enter by hand.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct EnterBody {
    member_id: Uuid,
    leave_type_id: Uuid,
    /// The day from which it counts.
    effective: Date,
    /// How much, signed: what is below nothing is taken off.
    minutes: Minutes,
    /// Left out = contractual.
    #[serde(default = "contractual")]
    right: RightName,
    /// The last day on which it can be taken; left out = it goes over as the policy has it.
    expires: Option<Date>,
    /// Why, in 1 to 1000 characters.
    reason: String,
}

fn contractual() -> RightName {
    RightName::Contractual
}

/// `POST /leave-entries`.
pub(crate) async fn enter(
    call: Call<(), Nothing, Json<EnterBody>>,
) -> Result<Answer<Changed>, Problem> {
    let EnterBody { member_id, leave_type_id, effective, minutes, right, expires, reason } =
        call.body.0.clone();
    let done = call
        .send(EnterLeave {
            entry: LeaveEntryId(call.new_id()),
            member: MemberId(member_id),
            leave_type: LeaveTypeId(leave_type_id),
            effective,
            minutes: minutes.0,
            right: right.into(),
            expires,
            reason,
        })
        .await?;
    Ok(call.made(done, KIND, "/leave-entries"))
}

/// Why an entry is withdrawn.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct WithdrawEntryBody {
    /// In 1 to 1000 characters; left out = it was a mistake.
    reason: Option<String>,
}

/// `DELETE /leave-entries/{id}`.
pub(crate) async fn withdraw(
    call: Call<ById, Nothing, OptionalJson<WithdrawEntryBody>>,
) -> Result<Answer<Changed>, Problem> {
    let id = call.path.id;
    let stream = place_of(&call, &ClaimKey::id(ClaimKind::LeaveEntry, LeaveEntryId(id))).await?;
    let reason = call.body.0.reason.clone().unwrap_or_else(|| "Entered by mistake".to_owned());
    let of_entry = |_: &str, payload: &Value| payload["entry"] == id.to_string();
    let done = call
        .send_if((KIND, id), stream, of_entry, |seen| {
            let command = WithdrawLeaveEntry { entry: LeaveEntryId(id), reason: reason.clone() };
            IfSeen::<MemberLeave, _>::new(stream, seen, command)
        })
        .await?;
    Ok(call.changed(done, (KIND, id)))
}

/// The stream that an entry or a case lies in.
pub(super) async fn place_of(about: &About, claim: &ClaimKey) -> Result<StreamId, Problem> {
    let mut tx = about.tx().await?;
    let found = held(&mut tx, std::slice::from_ref(claim)).await?.pop();
    tx.commit().await?;
    found.map(|(_, held)| held.holder).ok_or_else(Problem::not_found)
}
