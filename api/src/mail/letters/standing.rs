//! What the letters about a subscription have in common: an owner of the firm, the firm's site, and
//! how it stands when the letter is sent, which may be better than when it was asked for.

use commands::jobs::WorkError;
use commands::subscription;
use domain::id::{MemberId, TenantId};
use domain::subscription::Subscription;
use jiff::civil::Date;
use migrations::platform::TenantRecord;

use crate::mail::{Addressee, Letterhead, Post};

/// A firm as it stands now.
pub(super) struct Standing {
    pub(super) head: Letterhead,
    pub(super) to: Addressee,
    /// What the firm is called.
    pub(super) firm: String,
    /// Its own site.
    pub(super) site: String,
    pub(super) subscription: Subscription,
    pub(super) today: Date,
}

/// How a firm stands, for one of its owners; none where either has gone.
pub(super) async fn standing(
    post: &Post,
    platform: &TenantRecord,
    of: TenantId,
    owner: MemberId,
) -> Result<Option<Standing>, WorkError> {
    let Some(record) = post.platform().tenant_by_id(of).await? else { return Ok(None) };
    if !matches!(record.state.as_str(), "active" | "frozen") {
        return Ok(None);
    }
    let Some(to) = post.member(of, owner).await? else { return Ok(None) };
    let known = subscription::subscription(post.log().tenants(), &[of]).await?.pop();
    let site = post.letterhead(&record).await?.site;
    Ok(Some(Standing {
        head: post.letterhead(platform).await?,
        to,
        firm: record.name,
        site,
        subscription: known.unwrap_or_default().subscription,
        today: subscription::day_of(post.now()),
    }))
}
