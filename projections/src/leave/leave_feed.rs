//! The open feeds of leave: whose each is and what it shows. One that was closed is gone.

use domain::id::{LeaveFeedId, MemberId};
use domain::leave::MemberLeaveEvent;
use domain::log::{EventFamily, Recorded};
use jiff::Timestamp;
use migrations::TenantTx;

use super::leave_event;
use crate::model::{EventTypes, ReadModel};
use crate::row::{ReadError, Rows, read_row, read_rows, row, select};

row! {
    /// One open feed.
    LeaveFeedRow in "rm_leave_feed" key(feed_id: LeaveFeedId)
    index("member": "(member_id, feed_id)") {
        /// What it's known by; its secret follows from it.
        feed_id: LeaveFeedId,
        /// Who opened it.
        member_id: MemberId,
        /// Whether it shows the team.
        team: bool,
        /// Since when.
        opened_at: Timestamp,
        /// The event that opened it.
        position: i64,
    }
}

/// The fold of feeds.
#[derive(Debug)]
pub struct LeaveFeed;

impl ReadModel for LeaveFeed {
    const NAME: &'static str = "leave_feed";
    const VERSION: i32 = 1;
    const READS: &'static [EventTypes] = &[MemberLeaveEvent::TYPES];
    type Row = LeaveFeedRow;

    fn touches(event: &Recorded) -> Vec<LeaveFeedId> {
        match change_of(event) {
            Some(Change::Opened(row)) => vec![row.feed_id],
            Some(Change::Closed(feed)) => vec![feed],
            None => Vec::new(),
        }
    }

    fn apply(rows: &mut Rows<LeaveFeedRow>, recorded: &Recorded) {
        match change_of(recorded) {
            Some(Change::Opened(row)) => rows.put(row),
            Some(Change::Closed(feed)) => {
                rows.remove(&feed);
            }
            None => {}
        }
    }
}

enum Change {
    Opened(LeaveFeedRow),
    Closed(LeaveFeedId),
}

fn change_of(recorded: &Recorded) -> Option<Change> {
    match leave_event(recorded)? {
        MemberLeaveEvent::LeaveFeedOpened(event) => Some(Change::Opened(LeaveFeedRow {
            feed_id: event.feed,
            member_id: event.member,
            team: event.team,
            opened_at: recorded.recorded_at,
            position: recorded.position,
        })),
        MemberLeaveEvent::LeaveFeedClosed(event) => Some(Change::Closed(event.feed)),
        MemberLeaveEvent::LeaveDrafted(_)
        | MemberLeaveEvent::LeaveRedrafted(_)
        | MemberLeaveEvent::LeaveSubmitted(_)
        | MemberLeaveEvent::LeaveStepApproved(_)
        | MemberLeaveEvent::LeaveApproved(_)
        | MemberLeaveEvent::LeaveRejected(_)
        | MemberLeaveEvent::LeaveWithdrawn(_)
        | MemberLeaveEvent::LeaveCancelled(_)
        | MemberLeaveEvent::LeaveDocumentAttached(_)
        | MemberLeaveEvent::LeaveEntered(_)
        | MemberLeaveEvent::LeaveEntryWithdrawn(_)
        | MemberLeaveEvent::LeaveAgreed(_)
        | MemberLeaveEvent::LeaveCaseDeclared(_)
        | MemberLeaveEvent::LeaveCaseWithdrawn(_)
        | MemberLeaveEvent::LeavePosted(_) => None,
    }
}

/// One feed, while it's open.
pub async fn find(tx: &mut TenantTx, feed: LeaveFeedId) -> Result<Option<LeaveFeedRow>, ReadError> {
    let query = select::<LeaveFeedRow>(tx, "where r.feed_id = $1").bind(feed.0);
    query.fetch_optional().await?.as_ref().map(read_row).transpose()
}

/// A member's open feeds, by id.
pub async fn of_member(
    tx: &mut TenantTx,
    member: MemberId,
) -> Result<Vec<LeaveFeedRow>, ReadError> {
    let sql = "where r.member_id = $1 order by r.feed_id";
    read_rows(&select::<LeaveFeedRow>(tx, sql).bind(member.0).fetch_all().await?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::samples::{id, member_leave};
    use crate::tests::{assert_declares_what_it_touches, rows_of};

    #[test]
    fn a_feed_is_there_until_it_is_closed() {
        let history = member_leave().0;
        assert_declares_what_it_touches::<LeaveFeed>(&history);
        let rows = rows_of::<LeaveFeed>(&history);
        let [row] = &rows[..] else { panic!("one, not {}", rows.len()) };
        assert_eq!((row.feed_id, row.member_id.0, row.team), (LeaveFeedId(id(79)), id(1), true));
    }
}
