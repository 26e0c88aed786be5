//! Who sees what of others' leave: lists and balances are the member's, managers' and auditors';
//! why somebody is away is asked of the one table that decides it, for each request.

use std::collections::BTreeSet;

use commands::leave::sight::Sight;
use domain::id::MemberId;
use domain::members::Role;
use domain::settings::Settings;
use jiff::Timestamp;
use jiff::civil::Date;
use migrations::TenantTx;

use crate::http::call::About;
use crate::http::problem::Problem;
use crate::http::time::days::instant;

/// Whose leave the caller may see with its kinds: everybody's (none), or their own alone.
pub(super) fn sees_only(about: &About) -> Option<MemberId> {
    let all = about.caller.may(&[Role::Manager, Role::Auditor]);
    (!all).then_some(about.caller.member)
}

/// The member whose leave is listed, where one is asked for or the caller sees one alone; forbids
/// what they may not see.
pub(super) fn listed_of(
    about: &About,
    asked: Option<MemberId>,
) -> Result<Option<MemberId>, Problem> {
    match (asked, sees_only(about)) {
        (asked, None) => Ok(asked),
        (None, Some(own)) => Ok(Some(own)),
        (Some(asked), Some(own)) if asked == own => Ok(Some(own)),
        (Some(_), Some(_)) => Err(Problem::forbidden()),
    }
}

/// What the caller sees of the requests of these members now, whatever moment is looked at.
pub(super) async fn sight(
    about: &About,
    tx: &mut TenantTx,
    of: BTreeSet<MemberId>,
) -> Result<Sight, Problem> {
    Ok(Sight::load(tx, about.caller.member, of, about.now()).await?)
}

/// The firm's day at the moment that a read is about.
pub(super) async fn today(
    about: &About,
    tx: &mut TenantTx,
    settings: &Settings,
) -> Result<Date, Problem> {
    let at: Timestamp = instant(about, tx).await?;
    Ok(commands::members::substitutes::day_of(settings, at))
}
