//! Accounts of invoices as reports and statements ask for them: of some clients, or by the entries
//! that they hold.

use std::collections::{BTreeMap, BTreeSet};

pub(crate) use commands::billing::accounts::accounts;
use domain::billing::account::{InvoiceAccount, Taken};
use domain::id::{ClientId, EntryId};

/// What invoices do with the seconds of each entry.
pub(crate) fn taken_by(accounts: &[InvoiceAccount]) -> BTreeMap<EntryId, Taken> {
    let mut all: BTreeMap<EntryId, Taken> = BTreeMap::new();
    for (entry, taken) in accounts.iter().flat_map(InvoiceAccount::taken) {
        let sum = all.entry(entry).or_default();
        sum.drafted += taken.drafted;
        sum.billed += taken.billed;
        sum.written_off += taken.written_off;
    }
    all
}

/// Those of these clients, or all.
pub(crate) fn of_clients<'a>(
    accounts: &'a [InvoiceAccount],
    clients: Option<&'a BTreeSet<ClientId>>,
) -> impl Iterator<Item = &'a InvoiceAccount> {
    accounts.iter().filter(move |account| {
        let client = account.drafted().map(|drafted| drafted.client);
        clients.is_none_or(|clients| client.is_some_and(|client| clients.contains(&client)))
    })
}
