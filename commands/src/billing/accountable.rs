//! Who of the firm looks after a client and is told what becomes of its invoices, and words that
//! are a client's.

use cqrs_es::Aggregate;
use domain::billing::billing_profile::{BillingProfile, profile_stream};
use domain::id::{ClientId, MemberId, StreamId, SubjectId};
use domain::members::{Grant, Member, member_stream};
use domain::personal::{Personal, PurposeClass};

use crate::refused::CommandError;
use crate::unit::Unit;

/// Who is told: whom the client's profile names, else whoever was given the client to look after.
/// By what is known now; a letter to who has gone by then is not sent.
pub(super) async fn account_managers(
    unit: &mut Unit<'_>,
    client: ClientId,
) -> Result<Vec<MemberId>, CommandError> {
    let profile = unit.peek::<BillingProfile>(profile_stream(client)).await?;
    if let Some(named) = profile.state.profile.account_manager {
        let member = unit.peek::<Member>(member_stream(named)).await?;
        if member.state.active {
            return Ok(vec![named]);
        }
    }
    let all: Vec<StreamId> = unit.streams_of(Member::TYPE).await?;
    let all = unit.peek_many::<Member>(&all).await?;
    let looks_after =
        |member: &Member| member.active && member.grants.contains(&Grant::AccountManager(client));
    let theirs = all.iter().filter(|it| looks_after(&it.state));
    Ok(theirs.filter_map(|it| it.state.id).collect())
}

/// Who of a client said something, or where they are mailed.
pub(super) fn said_by_client(client: ClientId, text: String) -> Personal<String> {
    Personal::new(SubjectId(client.0), PurposeClass::Identity, text)
}
