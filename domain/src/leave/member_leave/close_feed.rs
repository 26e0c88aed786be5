//! Closes a feed of leave: its secret opens nothing from then on, and never again.

use super::{LeaveFeedClosed, MemberLeave, MemberLeaveEvent};
use crate::id::{LeaveFeedId, MemberId};
use crate::leave::Refusal;

/// Close a feed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CloseLeaveFeed {
    /// Which.
    pub feed: LeaveFeedId,
    /// Whose it is.
    pub member: MemberId,
}

/// Refuses a feed that the member has not open.
pub fn decide(
    leave: &MemberLeave,
    command: CloseLeaveFeed,
) -> Result<Vec<MemberLeaveEvent>, Refusal> {
    let CloseLeaveFeed { feed, member } = command;
    if !leave.feeds.contains_key(&feed) {
        return Err(Refusal::UnknownFeed);
    }
    Ok(vec![LeaveFeedClosed { feed, member }.into()])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::leave::LeaveFeedOpened;
    use uuid::Uuid;

    #[test]
    fn an_open_feed_is_closed_once() {
        let (feed, member) = (LeaveFeedId(Uuid::from_u128(7)), MemberId(Uuid::from_u128(1)));
        let mut leave = MemberLeave::default();
        let command = CloseLeaveFeed { feed, member };
        assert_eq!(decide(&leave, command), Err(Refusal::UnknownFeed));
        leave.evolve(&LeaveFeedOpened { feed, member, team: true }.into());
        let events = decide(&leave, command).unwrap();
        assert_eq!(events, [LeaveFeedClosed { feed, member }.into()]);
        events.iter().for_each(|event| leave.evolve(event));
        assert_eq!(decide(&leave, command), Err(Refusal::UnknownFeed));
    }
}
