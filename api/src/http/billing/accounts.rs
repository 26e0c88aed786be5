//! Accounts of invoices, folded from their own streams: figures that people pay by are those that
//! decisions rest on, now and at any moment, whatever read models have come to.

use std::collections::BTreeMap;

use cqrs_es::Aggregate;
use commands::event_log::read::{streams, streams_of};
use commands::members::substitutes::day_of;
use domain::billing::account::{InvoiceAccount, Taken};
use domain::billing::{Invoice, InvoiceEvent};
use domain::id::{ClientId, EntryId, StreamId};
use domain::log::EventFamily;
use domain::settings::Settings;
use migrations::TenantTx;

use crate::http::problem::Problem;

/// How many streams are read at once.
const CHUNK: usize = 200;

/// Every invoice of the firm up to a position, or as it is now; by id, hence by age. What is sealed
/// of persons stays so.
pub(crate) async fn accounts(
    tx: &mut TenantTx,
    settings: &Settings,
    as_of: Option<i64>,
) -> Result<Vec<InvoiceAccount>, Problem> {
    let all = streams_of(tx, Invoice::TYPE).await?;
    let mut accounts: BTreeMap<StreamId, InvoiceAccount> = BTreeMap::new();
    for chunk in all.chunks(CHUNK) {
        for row in streams(tx, chunk).await? {
            if as_of.is_some_and(|position| row.position > position) {
                continue;
            }
            let recorded = row.decode()?;
            let event: Option<&InvoiceEvent> = recorded.event.family();
            if let Some(event) = event {
                let day = day_of(settings, recorded.recorded_at);
                let account = accounts.entry(recorded.stream).or_default();
                account.take(event, day, recorded.position);
            }
        }
    }
    Ok(accounts.into_values().filter(|account| account.drafted().is_some()).collect())
}

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
    clients: Option<&'a std::collections::BTreeSet<ClientId>>,
) -> impl Iterator<Item = &'a InvoiceAccount> {
    accounts.iter().filter(move |account| {
        let client = account.drafted().map(|drafted| drafted.client);
        clients.is_none_or(|clients| client.is_some_and(|client| clients.contains(&client)))
    })
}
