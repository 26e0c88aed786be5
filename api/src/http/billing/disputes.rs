//! What a client said of an invoice and where that stands now: which lines hold what it disputes,
//! and whether what it agreed to is what is shown. A draft's lines change, so neither goes by their
//! numbers.

use domain::billing::shown::{AgreedTo, ShownInvoice};
use domain::billing::{DisputeSettled, InvoiceEvent, InvoiceSignedOff, LineDisputed};

use super::view::{InvoiceView, Told};

/// A dispute with what came of it.
pub(crate) struct Disputed<'a> {
    /// What the client said.
    pub(crate) event: &'a LineDisputed,
    /// What came of it; none while it's open.
    pub(crate) settled: Option<&'a DisputeSettled>,
    /// The lines that hold it now; none where none does, or where it can't be told.
    pub(crate) lines: Vec<u32>,
}

/// The last agreement of the client.
pub(crate) struct Agreement<'a> {
    /// What the client said.
    pub(crate) event: &'a InvoiceSignedOff,
    /// What it agreed to, where that is not what is shown now.
    pub(crate) other: Option<&'a AgreedTo>,
    /// What is shown now, as it would be agreed to.
    pub(crate) now: AgreedTo,
}

/// What came of a dispute.
pub(crate) fn settled<'a>(
    all: &'a [Told],
    dispute: &LineDisputed,
) -> Option<(&'a Told, &'a DisputeSettled)> {
    all.iter().find_map(|told| {
        let InvoiceEvent::DisputeSettled(settled) = &told.event else { return None };
        (settled.dispute == dispute.dispute).then_some((told, settled))
    })
}

impl InvoiceView {
    /// What a client is shown of it.
    pub(crate) fn shown(&self) -> ShownInvoice {
        if let Some(document) = &self.document {
            return ShownInvoice::of_sealed(document);
        }
        let words = self.words();
        let lines = self.lines.iter().map(|line| (line, words.said(line)));
        ShownInvoice::of_lines(&self.drafted.currency, &self.entries, lines)
    }

    /// What its client disputes or disputed, in order.
    pub(crate) fn disputes(&self) -> Vec<Disputed<'_>> {
        let issued_at = self.issued_at();
        let shown = self.shown();
        let disputed = self.told.iter().filter_map(|told| {
            let InvoiceEvent::LineDisputed(event) = &told.event else { return None };
            // Lines that were sealed keep their numbers.
            let sealed = issued_at.is_some_and(|issued| issued < told.position);
            let lines = if sealed { vec![event.line] } else { shown.disputed_in(event) };
            let settled = settled(&self.told, event).map(|(_, settled)| settled);
            Some(Disputed { event, settled, lines })
        });
        disputed.collect()
    }

    /// What its client agreed to, while no change of the draft and no dispute has ended that.
    pub(crate) fn agreement(&self) -> Option<Agreement<'_>> {
        let signed = self.told.iter().rev().find_map(|told| {
            let InvoiceEvent::InvoiceSignedOff(event) = &told.event else { return None };
            Some(event)
        });
        let event = signed.filter(|_| self.drafted.signed_off)?;
        let now = self.shown().agreed_to();
        let other = event.agreed.as_ref().filter(|agreed| agreed.digest != now.digest);
        Some(Agreement { event, other, now })
    }
}
