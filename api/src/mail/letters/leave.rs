//! What the letters about leave have in common: the member's leave as the log tells it when the
//! letter is sent, and its days in words. Kinds of leave and reasons are for the member's own
//! letters alone.

use commands::event_log::read::stream_after;
use commands::jobs::WorkError;
use domain::id::{LeaveRequestId, MemberId, TenantId};
use domain::leave::{
    DayPart, LeaveRequest, LeaveSpan, MemberLeave, MemberLeaveEvent, member_leave_stream,
};
use domain::log::Event;

use crate::mail::Post;

/// A request as it is, and one of the events of the member's leave.
pub(super) struct Told {
    pub(super) request: LeaveRequest,
    pub(super) event: Option<MemberLeaveEvent>,
}

/// A request now, with the event of that version of the member's leave; none where there is no such
/// request.
pub(super) async fn told(
    post: &Post,
    tenant: TenantId,
    (member, request): (MemberId, LeaveRequestId),
    version: i32,
) -> Result<Option<Told>, WorkError> {
    let mut tx = post.log().tenants().begin(tenant).await?;
    let (mut leave, mut found) = (MemberLeave::default(), None);
    for row in stream_after(&mut tx, member_leave_stream(member), 0).await? {
        let of_version = row.version == version;
        if let Event::MemberLeave(event) = row.decode()?.event {
            leave.evolve(&event);
            if of_version {
                found = Some(event);
            }
        }
    }
    tx.commit().await?;
    let request = leave.requests.remove(&request);
    Ok(request.map(|request| Told { request, event: found }))
}

/// What somebody is called; who has no address, or has gone, is still somebody.
pub(super) async fn name_of(
    post: &Post,
    tenant: TenantId,
    member: MemberId,
) -> Result<String, WorkError> {
    let name = post.member(tenant, member).await?.map(|member| member.name);
    Ok(name.filter(|name| !name.is_empty()).unwrap_or_else(|| "A member".to_owned()))
}

/// Days in words, such as `2026-03-02 to 2026-03-06`.
pub(super) fn days(span: &LeaveSpan) -> String {
    let (from, to) = (span.from, span.to);
    let part = match span.part {
        None => "",
        Some(DayPart::Am) => ", in the morning",
        Some(DayPart::Pm) if from == to => ", in the afternoon",
        Some(DayPart::Pm) => ", from noon of the first day",
        Some(DayPart::EndsAtNoon) => ", to noon of the last day",
        Some(DayPart::BothHalves) => ", from noon of the first to noon of the last day",
        Some(DayPart::Minutes(_)) => ", for some hours",
    };
    if from == to { format!("{from}{part}") } else { format!("{from} to {to}{part}") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn days_are_told_in_words() {
        let (from, to) = (date(2026, 3, 2), date(2026, 3, 6));
        assert_eq!(days(&LeaveSpan { from, to, part: None }), "2026-03-02 to 2026-03-06");
        let part = Some(DayPart::EndsAtNoon);
        let noon = "2026-03-02 to 2026-03-06, to noon of the last day";
        assert_eq!(days(&LeaveSpan { from, to, part }), noon);
        let part = Some(DayPart::Pm);
        assert_eq!(days(&LeaveSpan { from, to: from, part }), "2026-03-02, in the afternoon");
    }
}
