//! What credit notes wrote off of an entry. The invoice that holds the entry is asked, and those
//! that hold what credit notes set free of it, by following the claims.

use std::collections::BTreeSet;

use domain::billing::{Invoice, Lot};
use domain::id::{EntryId, StreamId};
use domain::log::ClaimKey;

use crate::refused::CommandError;
use crate::unit::Unit;

/// How many seconds of the entry were written off; the decision rests on the invoices that say so.
pub(crate) async fn written_off(unit: &mut Unit<'_>, entry: EntryId) -> Result<i64, CommandError> {
    let (mut seconds, mut seen) = (0, BTreeSet::new());
    let mut keys = vec![ClaimKey::lot(Lot::whole(entry))];
    while !keys.is_empty() {
        let held = unit.held_many(&keys).await?;
        let holders: BTreeSet<StreamId> = held.iter().map(|(_, held)| held.holder).collect();
        let open: Vec<StreamId> = holders.into_iter().filter(|it| seen.insert(*it)).collect();
        let invoices = unit.peek_many::<Invoice>(&open).await?;
        keys.clear();
        for invoice in &invoices {
            unit.rest_on(invoice);
            let Some(issued) = invoice.state.drafted.as_ref().and_then(|it| it.issued.as_ref())
            else {
                continue;
            };
            seconds += issued.written_off(entry);
            let lots = issued.freed().into_keys().filter(|lot| lot.entry == entry);
            keys.extend(lots.map(ClaimKey::lot));
        }
    }
    Ok(seconds)
}
