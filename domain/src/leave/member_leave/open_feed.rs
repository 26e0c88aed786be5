//! Opens a feed of leave for calendar programs: the member's own days, or everybody's dates. What
//! its secret is follows from its id elsewhere, so that no event holds what opens anything.

use super::{LeaveFeedOpened, MemberLeave, MemberLeaveEvent};
use crate::id::{LeaveFeedId, MemberId};
use crate::leave::Refusal;

/// The most feeds that a member has open at once.
pub const FEEDS_MAX: usize = 20;

/// Open a feed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OpenLeaveFeed {
    /// A new id.
    pub feed: LeaveFeedId,
    /// Who opens it, and with whose eyes it looks.
    pub member: MemberId,
    /// Whether it shows the team.
    pub team: bool,
}

/// Refuses an id that was used before, and more feeds than a member may have.
pub fn decide(
    leave: &MemberLeave,
    command: OpenLeaveFeed,
) -> Result<Vec<MemberLeaveEvent>, Refusal> {
    let OpenLeaveFeed { feed, member, team } = command;
    if leave.feeds.contains_key(&feed) {
        return Err(Refusal::AlreadyDefined);
    }
    if leave.feeds.len() >= FEEDS_MAX {
        return Err(Refusal::TooManyFeeds);
    }
    Ok(vec![LeaveFeedOpened { feed, member, team }.into()])
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    #[test]
    fn a_feed_is_opened_once_and_only_so_many_are_open() {
        let open = |n: usize| OpenLeaveFeed {
            feed: LeaveFeedId(Uuid::from_u128(n as u128)),
            member: MemberId(Uuid::from_u128(1)),
            team: n.is_multiple_of(2),
        };
        let mut leave = MemberLeave::default();
        for n in 0..FEEDS_MAX {
            let events = decide(&leave, open(n)).unwrap();
            let OpenLeaveFeed { feed, member, team } = open(n);
            assert_eq!(events, [LeaveFeedOpened { feed, member, team }.into()]);
            events.iter().for_each(|event| leave.evolve(event));
        }
        assert_eq!(decide(&leave, open(0)), Err(Refusal::AlreadyDefined));
        assert_eq!(decide(&leave, open(FEEDS_MAX)), Err(Refusal::TooManyFeeds));
    }
}
