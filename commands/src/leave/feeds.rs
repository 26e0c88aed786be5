//! Feeds of leave for calendar programs: everybody opens and closes their own. A feed's secret is
//! derived from its id under the tenant's key, so neither log nor database holds what opens it.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::id::{LeaveFeedId, MemberId};
use domain::leave::member_leave::{close_feed, open_feed};
use domain::leave::{self, MemberLeave, member_leave_stream};
use domain::log::Actor;
use domain::members::Role;
use migrations::keys::{TenantKeys, sha256};
use uuid::Uuid;

use crate::handle::Command;
use crate::members::authority_of;
use crate::refused::{CommandError, Reply};
use crate::unit::{Loaded, Unit};

const ID_BYTES: usize = 16;
const SECRET_BYTES: usize = ID_BYTES + 32;

/// The secret of a feed, 64 characters of base64url; the same id gives the same one again.
pub fn secret_of(keys: &TenantKeys, feed: LeaveFeedId) -> String {
    let mut secret = feed.0.as_bytes().to_vec();
    secret.extend(proof(keys, feed.0));
    URL_SAFE_NO_PAD.encode(secret)
}

fn proof(keys: &TenantKeys, feed: Uuid) -> [u8; 32] {
    keys.digest("leave_feed", &[feed.as_bytes()])
}

/// The feed that a secret is of, open or not; none where it's nobody's in this tenant.
pub fn feed_of(keys: &TenantKeys, secret: &str) -> Option<LeaveFeedId> {
    let bytes = URL_SAFE_NO_PAD.decode(secret).ok()?;
    if bytes.len() != SECRET_BYTES {
        return None;
    }
    let (id, given) = bytes.split_at(ID_BYTES);
    let id = Uuid::from_slice(id).ok()?;
    // Hashes are compared, so that how long it takes tells nothing about the proof itself.
    (sha256(&proof(keys, id)) == sha256(given)).then_some(LeaveFeedId(id))
}

/// The caller's leave, to be changed.
async fn own(
    unit: &mut Unit<'_>,
    seen: Option<i32>,
) -> Result<(MemberId, Loaded<MemberLeave>), CommandError> {
    let Actor::Member(member) = unit.metadata().actor else { return Err(CommandError::Forbidden) };
    let leave = unit.write::<MemberLeave>(member_leave_stream(member)).await?;
    authority_of(unit, Role::Member).await?;
    leave.check_seen(seen)?;
    Ok((member, leave))
}

/// Open a feed of the caller's.
#[derive(Debug, Clone, Copy)]
pub struct OpenLeaveFeed {
    /// A new id.
    pub feed: LeaveFeedId,
    /// Whether it shows the team.
    pub team: bool,
}

impl Command for OpenLeaveFeed {
    async fn run(&self, unit: &mut Unit<'_>) -> Result<Reply, CommandError> {
        let (member, loaded) = own(unit, None).await?;
        let command = leave::OpenLeaveFeed { feed: self.feed, member, team: self.team };
        unit.emit(&loaded, open_feed::decide(&loaded.state, command)?);
        Ok(Reply::created(self.feed))
    }
}

/// Close a feed of the caller's.
#[derive(Debug, Clone, Copy)]
pub struct CloseLeaveFeed {
    /// Which.
    pub feed: LeaveFeedId,
    /// The version of their leave that the caller saw, where it matters.
    pub expected_version: Option<i32>,
}

impl Command for CloseLeaveFeed {
    async fn run(&self, unit: &mut Unit<'_>) -> Result<Reply, CommandError> {
        let (member, loaded) = own(unit, self.expected_version).await?;
        let command = leave::CloseLeaveFeed { feed: self.feed, member };
        unit.emit(&loaded, close_feed::decide(&loaded.state, command)?);
        Ok(Reply::changed(self.feed))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use migrations::testing::TestTenant;

    #[tokio::test]
    async fn a_secret_leads_to_its_feed_in_its_tenant_alone() {
        let (firm, foreign) = (TestTenant::provision(&[]).await, TestTenant::provision(&[]).await);
        let own = firm.keys.of(firm.id).await.expect("the keys");
        let other = foreign.keys.of(foreign.id).await.expect("the keys");
        let feed = LeaveFeedId(Uuid::from_u128(7));
        let secret = secret_of(&own, feed);
        assert_eq!((secret.len(), feed_of(&own, &secret)), (64, Some(feed)));
        assert_eq!(feed_of(&other, &secret), None);
        let mut wrong = secret.clone().into_bytes();
        wrong[40] = if wrong[40] == b'A' { b'B' } else { b'A' };
        assert_eq!(feed_of(&own, std::str::from_utf8(&wrong).unwrap()), None);
        for nothing in ["", "x", "AAAA", &secret[..60]] {
            assert_eq!(feed_of(&own, nothing), None);
        }
    }
}
