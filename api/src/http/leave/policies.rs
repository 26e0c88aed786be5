//! The terms of a kind of leave over HTTP: those that law sets, with what they rest on, until the
//! first day of the firm's own. Everybody sees them: by them their balance is told.

use commands::leave::{ClearLeavePolicy, SetLeavePolicy};
use domain::id::{LeaveTypeId, MemberId};
use domain::leave::ledger::{DatedPolicy, days_per_cycle};
use domain::leave::{LeaveType, leave_type_stream};
use domain::members::WorkPattern;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

use super::amounts::Days;
use super::granted::firm;
use super::policy_body::PolicyBody;
use super::seen::sees_only;
use crate::http::answer::{Answer, Changed};
use crate::http::body::Json;
use crate::http::call::Call;
use crate::http::cursor::Page;
use crate::http::if_seen::IfSeen;
use crate::http::members::{ById, Nothing};
use crate::http::problem::Problem;

const KIND: &str = "leave_policy";
/// What stands for a first day where there is none.
const ALWAYS: &str = "always";

/// Where terms come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(rename = "LeavePolicySource")]
pub(crate) enum SourceName {
    /// From the law of the country, and its usual practice where law leaves a choice.
    Statutory,
    /// From the firm itself.
    Own,
}

/// Terms that hold from a day on.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "DatedLeavePolicy")]
pub(crate) struct DatedBody {
    /// The first day; null = from always.
    from: Option<Date>,
    /// The last day; null = until further notice.
    until: Option<Date>,
    source: SourceName,
    /// The laws that terms by law rest on.
    law: Vec<&'static str>,
    /// What of terms by law is practice and not law, in words.
    practice: Option<&'static str>,
    /// What each grant comes to per cycle in days of work, in the order of the grants: by the
    /// pattern of the member asked for on the first day of the terms or today, whichever is later,
    /// else of a week of five days; null where it grows with the work alone.
    days_per_cycle: Vec<Option<Days>>,
    policy: PolicyBody,
}

/// By whose pattern days are told.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ByPattern {
    /// Left out = by a week of five days.
    member_id: Option<Uuid>,
}

fn shown(kind: &LeaveType, patterns: &[WorkPattern], today: Date) -> Vec<DatedBody> {
    let policies = kind.policies();
    let own = |dated: &DatedPolicy| kind.own_policies.contains(dated);
    let ends = policies.iter().skip(1).map(|next| next.from.and_then(|day| day.yesterday().ok()));
    let ends: Vec<Option<Date>> = ends.chain([None]).collect();
    let dated = policies.into_iter().zip(ends);
    dated
        .map(|(dated, until)| {
            let law = kind.law().filter(|_| !own(&dated));
            let on = until.map_or(today, |until| until.min(today));
            let on = dated.from.map_or(on, |from| from.max(on));
            let holding = law.into_iter().flat_map(|kind| &kind.statute);
            let holding = holding.filter(|statute| statute.holds_on(on));
            let policy = &dated.policy;
            let per_cycle = policy.grants.iter().map(|grant| {
                days_per_cycle(grant, policy.cycle, kind.counts, patterns, on).map(Days)
            });
            DatedBody {
                from: dated.from,
                until,
                source: if law.is_some() { SourceName::Statutory } else { SourceName::Own },
                law: holding.map(|statute| &*statute.source).collect(),
                practice: law.and_then(|law| Some(&*law.practice.as_ref()?.text)),
                days_per_cycle: per_cycle.collect(),
                policy: dated.policy.into(),
            }
        })
        .collect()
}

/// `GET /leave-types/{id}/policies`.
pub(crate) async fn list(call: Call<ById, ByPattern>) -> Result<Answer<Page<DatedBody>>, Problem> {
    let member = call.query.member_id.map(MemberId);
    if member.is_some_and(|member| sees_only(&call).is_some_and(|own| own != member)) {
        return Err(Problem::forbidden());
    }
    let members: Vec<MemberId> = member.into_iter().collect();
    let mut tx = call.tx().await?;
    let firm = firm(&call, &mut tx, &members).await?;
    tx.commit().await?;
    let kind = firm.types.get(&LeaveTypeId(call.path.id)).ok_or_else(Problem::not_found)?;
    let patterns = match member {
        None => &[][..],
        Some(member) => {
            let known = firm.members.get(&member).ok_or_else(Problem::not_found)?;
            &known.1.patterns
        }
    };
    let today = call.now().to_zoned(TimeZone::UTC).date();
    let items = shown(&kind.1, patterns, today);
    Ok(call.read(Page { items, next_cursor: None }))
}

/// Terms to set.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SetPolicyBody {
    /// The first day they hold; left out = from always. Those of the same day are replaced.
    from: Option<Date>,
    policy: PolicyBody,
}

/// `POST /leave-types/{id}/policies`.
pub(crate) async fn set(
    call: Call<ById, Nothing, Json<SetPolicyBody>>,
) -> Result<Answer<Changed>, Problem> {
    let SetPolicyBody { from, policy } = call.body.0.clone();
    let (leave_type, policy) = (LeaveTypeId(call.path.id), policy.policy()?);
    let done = call.send(SetLeavePolicy { leave_type, from, policy }).await?;
    Ok(call.changed(done, (KIND, leave_type.0)))
}

/// One kind of leave, and the first day of terms of its own.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
pub(crate) struct ByFirstDay {
    id: Uuid,
    /// Such as `2026-03-01`, or `always`.
    from: String,
}

impl ByFirstDay {
    fn day(&self) -> Result<Option<Date>, Problem> {
        if self.from == ALWAYS {
            return Ok(None);
        }
        let day: Option<Date> = self.from.parse().ok();
        // Only the form that it's shown in, so that an object has one address.
        let day = day.filter(|day| day.to_string() == self.from);
        day.map(Some).ok_or_else(Problem::not_found)
    }
}

/// `DELETE /leave-types/{id}/policies/{from}`.
pub(crate) async fn clear(call: Call<ByFirstDay, Nothing>) -> Result<Answer<Changed>, Problem> {
    let (leave_type, from) = (LeaveTypeId(call.path.id), call.path.day()?);
    let stream = leave_type_stream(leave_type);
    let of_terms = |event: &str, _: &Value| event.starts_with("LeavePolicy");
    let done = call
        .send_if((KIND, leave_type.0), stream, of_terms, |seen| {
            IfSeen::<LeaveType, _>::new(stream, seen, ClearLeavePolicy { leave_type, from })
        })
        .await?;
    Ok(call.changed(done, (KIND, leave_type.0)))
}
