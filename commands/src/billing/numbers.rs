//! The next number of a series. It's taken in the commit that issues, under the series' lock, so
//! that none is lost where issuing is refused and none is rendered twice.

use domain::billing::Refusal;
use domain::billing::numbering::{InvoiceSeries, NumberTaken, SeriesEvent, TakeNumber};
use domain::id::{CreditNoteId, InvoiceId};
use domain::log::{ClaimChange, Event, claims_of};
use domain::settings::Settings;
use jiff::civil::Date;

use crate::refused::CommandError;
use crate::unit::{Loaded, Pause, Unit};

/// How often a document is tried to be issued: a process that loses the next number to another one
/// has rendered for nothing, and may lose several times in a row.
pub(super) const ATTEMPTS: usize = 60;

/// What the number of a document is taken by.
pub(super) fn take(
    settings: &Settings,
    invoice: InvoiceId,
    credit_note: Option<CreditNoteId>,
    issued_on: Date,
) -> TakeNumber {
    let document = match credit_note {
        Some(_) => domain::billing::sealed::DocumentKind::CreditNote,
        None => domain::billing::sealed::DocumentKind::Invoice,
    };
    let pattern = settings.number_pattern(document, issued_on);
    TakeNumber { pattern, issued_on, invoice, credit_note }
}

/// The next number of a loaded series; refused where a document of another series has it.
pub(super) async fn next(
    unit: &mut Unit<'_>,
    series: &Loaded<InvoiceSeries>,
    take: TakeNumber,
) -> Result<NumberTaken, CommandError> {
    let number = series.state.next(take)?;
    let event = Event::from(SeriesEvent::from(number.clone()));
    for change in claims_of(series.stream, &event) {
        if let ClaimChange::Take { key, .. } = change
            && let Some(held) = unit.held(&key).await?
        {
            // Another process took it from this series since the series was looked at.
            if held.holder == series.stream {
                unit.pause = Some(Pause::Moved);
                return Err(CommandError::Conflict);
            }
            return Err(Refusal::NumberTaken.into());
        }
    }
    Ok(number)
}
