//! Accounts of invoices, folded from their own streams: figures that people pay by are those that
//! decisions rest on, now and at any moment, whatever read models have come to.

use std::collections::BTreeMap;

use cqrs_es::Aggregate;
use domain::billing::account::InvoiceAccount;
use domain::billing::{Invoice, InvoiceEvent};
use domain::id::StreamId;
use domain::settings::Settings;
use migrations::TenantTx;

use crate::event_log::read::{ReadError, streams, streams_of};
use crate::members::substitutes::day_of;

/// How many streams are read at once.
const CHUNK: usize = 200;

/// Every invoice of the firm up to a position, or as it is now; by id, hence by age. What is sealed
/// of persons stays so.
pub async fn accounts(
    tx: &mut TenantTx,
    settings: &Settings,
    as_of: Option<i64>,
) -> Result<Vec<InvoiceAccount>, ReadError> {
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
