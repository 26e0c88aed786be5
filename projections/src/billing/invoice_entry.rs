//! What each invoice took, lot by lot, as it was when it was drafted. The rows of a void invoice
//! stay: they say what it was about.

use domain::billing::{InvoiceEvent, ReservedEntry};
use domain::id::{EntryId, InvoiceId, MemberId, ProjectId, TaskId};
use domain::log::{EventFamily, Recorded};
use jiff::civil::Date;
use migrations::TenantTx;

use super::freed_by::key_of;
use super::{FreedBy, invoice_event};
use crate::model::{EventTypes, ReadModel};
use crate::row::{ReadError, Rows, read_rows, row, select};

row! {
    /// One lot of one invoice: an entry, or what a credit note set free of it.
    InvoiceEntryRow in "rm_invoice_entry"
    key(invoice_id: InvoiceId, entry_id: EntryId, freed_by: FreedBy)
    index("entry": "(entry_id)") {
        /// The invoice.
        invoice_id: InvoiceId,
        /// The entry.
        entry_id: EntryId,
        /// The credit note that had set these seconds free.
        freed_by: FreedBy,
        /// The version that was approved.
        version: u32,
        /// Who worked.
        member_id: MemberId,
        /// On what.
        project_id: ProjectId,
        /// Doing what.
        task_id: TaskId,
        /// The local day of the work.
        day: Date,
        /// Its seconds, unrounded; less than nothing where it takes time back.
        seconds: i64,
        /// What a credit note credited these seconds as: they are billed again as just that.
        billed_seconds: Option<i64>,
    }
}

/// The fold of what invoices took.
#[derive(Debug)]
pub struct InvoiceEntry;

impl ReadModel for InvoiceEntry {
    const NAME: &'static str = "invoice_entry";
    const VERSION: i32 = 4;
    const READS: &'static [EventTypes] = &[InvoiceEvent::TYPES];
    type Row = InvoiceEntryRow;

    fn touches(event: &Recorded) -> Vec<(InvoiceId, EntryId, FreedBy)> {
        let Some(event) = invoice_event(event) else { return Vec::new() };
        let (released, taken) = event.reserves();
        released.iter().chain(taken).map(|held| key(event.invoice(), held)).collect()
    }

    fn apply(rows: &mut Rows<InvoiceEntryRow>, recorded: &Recorded) {
        let Some(event) = invoice_event(recorded) else { return };
        let (released, taken) = event.reserves();
        released.iter().for_each(|held| rows.remove(&key(event.invoice(), held)));
        taken.iter().for_each(|held| rows.put(row_of(event.invoice(), held)));
    }
}

fn key(invoice: InvoiceId, held: &ReservedEntry) -> (InvoiceId, EntryId, FreedBy) {
    let (entry, freed_by) = key_of(held.lot());
    (invoice, entry, freed_by)
}

fn row_of(invoice: InvoiceId, reserved: &ReservedEntry) -> InvoiceEntryRow {
    InvoiceEntryRow {
        invoice_id: invoice,
        entry_id: reserved.entry,
        freed_by: FreedBy(reserved.freed_by),
        version: reserved.version,
        member_id: reserved.member,
        project_id: reserved.project,
        task_id: reserved.task,
        day: reserved.day,
        seconds: reserved.seconds,
        billed_seconds: reserved.billed_seconds,
    }
}

/// What an invoice took, by day and entry.
pub async fn of_invoice(
    tx: &mut TenantTx,
    invoice: InvoiceId,
) -> Result<Vec<InvoiceEntryRow>, ReadError> {
    let sql = "where r.invoice_id = $1 order by r.day, r.entry_id, r.freed_by";
    read_rows(&select::<InvoiceEntryRow>(tx, sql).bind(invoice.0).fetch_all().await?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::samples::{History, drafted, id, voided};
    use crate::tests::{assert_declares_what_it_touches, rows_of};

    #[test]
    fn a_void_invoice_still_says_what_it_took() {
        let mut history = History::default();
        history.invoice(500, drafted(500, &[(101, 3600), (102, 60)]));
        history.invoice(500, voided(500, &[101, 102]));
        let rows = rows_of::<InvoiceEntry>(&history.0);
        assert_eq!(rows.iter().map(|row| row.seconds).collect::<Vec<_>>(), [3600, 60]);
        assert_eq!(rows[1].entry_id, EntryId(id(102)));
        assert_declares_what_it_touches::<InvoiceEntry>(&history.0);
    }
}
