//! What admins give to single members, listed: entries, agreements and cases of those whose leave
//! the caller may see, folded from the streams that decisions rest on.

use commands::leave::sources::{self, FirmLeave, LeaveCut};
use domain::id::MemberId;
use jiff::tz::TimeZone;
use migrations::TenantTx;
use schemars::JsonSchema;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::seen::listed_of;
use crate::http::call::About;
use crate::http::problem::Problem;

/// How many members' streams are read in one go.
const AT_ONCE: usize = 50;

/// Whose, and of which kind of leave.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Filter {
    /// Left out = of everybody whose leave you may see.
    member_id: Option<Uuid>,
    pub(super) leave_type_id: Option<Uuid>,
}

/// What `of` finds of each member, in the order of members and then of its keys: a piece that goes
/// on behind the cursor, one item longer than asked for.
pub(super) async fn listed<K, T>(
    about: &About,
    tx: &mut TenantTx,
    filter: Filter,
    of: impl Fn(&FirmLeave, MemberId) -> Vec<(K, T)>,
) -> Result<Vec<((MemberId, K), T)>, Problem>
where
    K: Ord + Copy + Serialize + DeserializeOwned,
{
    let asked = filter.member_id.map(MemberId);
    let only = listed_of(about, asked)?;
    let after: Option<(MemberId, K)> = about.after()?;
    let mut members = match only {
        Some(member) => vec![member],
        None => sources::everybody(tx).await?,
    };
    members.sort_unstable();
    members.retain(|member| after.is_none_or(|after| *member >= after.0));
    let wish = usize::try_from(about.look_for()).unwrap_or(usize::MAX);
    let mut found = Vec::new();
    for chunk in members.chunks(AT_ONCE) {
        let firm = firm(about, tx, chunk).await?;
        if asked.is_some_and(|asked| !firm.members.contains_key(&asked)) {
            return Err(Problem::not_found());
        }
        for member in chunk {
            let mut items = of(&firm, *member);
            items.sort_by_key(|(key, _)| *key);
            let items = items.into_iter().map(|(key, item)| ((*member, key), item));
            found.extend(items.filter(|(key, _)| after.is_none_or(|after| *key > after)));
        }
        if found.len() >= wish {
            break;
        }
    }
    found.truncate(wish);
    Ok(found)
}

/// The leave of these members at the moment asked for.
pub(super) async fn firm(
    about: &About,
    tx: &mut TenantTx,
    members: &[MemberId],
) -> Result<FirmLeave, Problem> {
    let cut = LeaveCut { as_of: about.as_of, known_at: about.known_at };
    let today = about.now().to_zoned(TimeZone::UTC).date();
    Ok(sources::at(tx, Some(members), cut, today).await?)
}
