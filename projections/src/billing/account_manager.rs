//! Whom the billing profile of each client names as the one who looks after its bills: they read
//! those bills, which a right that was given would let them change too.

use std::collections::BTreeSet;

use domain::billing::billing_profile::ProfileEvent;
use domain::id::{ClientId, MemberId};
use domain::log::{EventFamily, Recorded};
use migrations::TenantTx;

use crate::model::{EventTypes, ReadModel};
use crate::row::{ReadError, Rows, read_rows, row, select};

row! {
    /// One client with somebody who is named.
    AccountManagerRow in "rm_account_manager" key(client_id: ClientId)
    index("member": "(member_id, client_id)") {
        /// The client.
        client_id: ClientId,
        /// Who is named.
        member_id: MemberId,
        /// The event that names them.
        position: i64,
    }
}

/// The fold of who is named.
#[derive(Debug)]
pub struct AccountManager;

impl ReadModel for AccountManager {
    const NAME: &'static str = "account_manager";
    const VERSION: i32 = 1;
    const READS: &'static [EventTypes] = &[ProfileEvent::TYPES];
    type Row = AccountManagerRow;

    fn touches(event: &Recorded) -> Vec<ClientId> {
        named_in(event).map(|(client, _)| client).into_iter().collect()
    }

    fn apply(rows: &mut Rows<AccountManagerRow>, recorded: &Recorded) {
        let position = recorded.position;
        match named_in(recorded) {
            Some((client_id, Some(member_id))) => {
                rows.put(AccountManagerRow { client_id, member_id, position });
            }
            Some((client_id, None)) => {
                rows.remove(&client_id);
            }
            None => {}
        }
    }
}

/// Whom a profile names, where the event is of one.
fn named_in(recorded: &Recorded) -> Option<(ClientId, Option<MemberId>)> {
    let event: &ProfileEvent = recorded.event.family()?;
    match event {
        ProfileEvent::BillingProfileChanged(event) => {
            Some((event.client, event.profile.account_manager))
        }
    }
}

/// The clients whose profiles name a member.
pub async fn clients_of(
    tx: &mut TenantTx,
    member: MemberId,
) -> Result<BTreeSet<ClientId>, ReadError> {
    let query = select::<AccountManagerRow>(tx, "where r.member_id = $1").bind(member.0);
    let rows = read_rows::<AccountManagerRow>(&query.fetch_all().await?)?;
    Ok(rows.into_iter().map(|row| row.client_id).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::samples::id;
    use crate::tests::story_of_invoices::profiles;
    use crate::tests::{assert_declares_what_it_touches, rows_of};

    #[test]
    fn a_client_has_whom_its_profile_names_last_and_nobody_where_it_names_none() {
        let history = profiles();
        let named = |events: usize| -> Vec<MemberId> {
            let rows = rows_of::<AccountManager>(&history.0[..events]);
            rows.into_iter().map(|row| row.member_id).collect()
        };
        assert_eq!(named(1), [MemberId(id(1))]);
        assert!(named(2).is_empty());
        assert_eq!(named(3), [MemberId(id(2))]);
        assert_declares_what_it_touches::<AccountManager>(&history.0);
    }
}
