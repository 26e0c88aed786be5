//! Crediting: all or a part of an issued invoice is taken back by a document with a number of its
//! own, in one commit with that number.

use std::collections::BTreeSet;

use domain::billing::credit_invoice::{self, CreditFacts, CreditPart, CreditWhat};
use domain::billing::numbering::{InvoiceSeries, SeriesEvent};
use domain::billing::sealed::{SealedInvoice, TemplateVersion};
use domain::billing::{Fate, InvoiceEvent, Lot, MovedSeconds, Refusal, invoice_stream};
use domain::id::{CreditNoteId, EntryId, InvoiceId};
use domain::log::{ClaimKey, ClaimKind};
use domain::personal::PurposeClass;
use jiff::civil::Date;
use migrations::files::TenantFiles;

use super::places::{at, at_field, missing, nth};
use super::{
    check_issued_on, invoice_to_change, numbers, of_client, owner, refusal, settings_today,
};
use crate::files::render_and_keep;
use crate::handle::Command;
use crate::refused::{CommandError, Reply};
use crate::unit::Unit;

/// How long the reason of a credit note may be, in characters.
const REASON_CHARACTERS_MAX: usize = 500;

/// Seconds of an entry that are taken back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EntryPart {
    /// The entry.
    pub entry: EntryId,
    /// Of the lot that this credit note had set free; none = of the entry's lot on the line.
    pub freed_by: Option<CreditNoteId>,
    /// How many; of the entry's sign.
    pub seconds: i64,
}

/// What of a line is taken back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Part {
    /// All that is left of it.
    Whole,
    /// So many of its seconds, from its entries in their order.
    Seconds(i64),
    /// These seconds of these entries.
    Entries(Vec<EntryPart>),
    /// So much of its price before tax.
    Net {
        /// Minor units.
        amount_minor: i64,
        /// It must be the invoice's.
        currency: String,
    },
}

/// Take an invoice back.
#[derive(Debug, Clone)]
pub struct CreditInvoice {
    /// The invoice.
    pub invoice: InvoiceId,
    /// A new id.
    pub credit_note: CreditNoteId,
    /// Parts of lines by their numbers; none = all that is left of the invoice.
    pub lines: Option<Vec<(u32, Part)>>,
    /// What becomes of the seconds.
    pub fate: Fate,
    /// Why it's taken back.
    pub reason: String,
    /// The day of issue; none = today in the firm's zone.
    pub issued_on: Option<Date>,
    /// Where the page is kept.
    pub files: TenantFiles,
    /// The version of the invoice that the caller saw, where it matters.
    pub expected_version: Option<i32>,
}

impl Command for CreditInvoice {
    const ATTEMPTS: usize = numbers::ATTEMPTS;

    async fn run(&self, unit: &mut Unit<'_>) -> Result<Reply, CommandError> {
        let id = self.invoice;
        let most = REASON_CHARACTERS_MAX;
        let reason = self.reason.trim();
        if reason.is_empty() || reason.chars().count() > most {
            let detail = format!("say why in 1 to {most} characters; the law wants it said");
            return Err(refusal("billing.reason_missing", Some("/reason"), detail));
        }
        let (settings, today) = settings_today(unit).await?;
        let issued_on = self.issued_on.unwrap_or(today);
        let take = numbers::take(&settings.state, id, Some(self.credit_note), issued_on);
        unit.will_write([invoice_stream(id), take.stream()])?;
        let invoice = invoice_to_change(unit, id, self.expected_version).await?;
        let (drafted, issued) = invoice.state.issued(id)?;
        check_issued_on(issued_on, today, drafted.from)?;
        let series = unit.write::<InvoiceSeries>(take.stream()).await?;
        let number = numbers::next(unit, &series, take).await?;
        let facts = CreditFacts {
            number: number.number.clone(),
            issued_on,
            what: self.what(&issued.sealed)?,
            fate: self.fate,
            reason: of_client(drafted.client, PurposeClass::Reason, reason.to_owned()),
            names_members: settings.state.client_sees_members(),
            template_version: TemplateVersion::TODAY,
        };
        let sealed = credit_invoice::sealed(&invoice.state, id, &facts);
        let (sealed, moved) = sealed.map_err(|refusal| at(&refusal, self.place(&refusal)))?;
        none_is_taken_back(unit, &moved).await?;
        let forms =
            render_and_keep(unit, &self.files, owner(unit), drafted.client, &sealed).await?;
        let taken = SeriesEvent::from(number.clone());
        let credit_note = self.credit_note;
        let command =
            credit_invoice::CreditInvoice { invoice: id, credit_note, facts, number, forms };
        let credited = credit_invoice::decide(&invoice.state, command)?;
        unit.emit(&series, [taken]);
        unit.emit(&invoice, [InvoiceEvent::from(credited)]);
        Ok(Reply::created(credit_note))
    }
}

/// What a correction has taken back is not written off as well: that would credit it twice.
async fn none_is_taken_back(
    unit: &mut Unit<'_>,
    moved: &[MovedSeconds],
) -> Result<(), CommandError> {
    let off = moved.iter().filter(|it| it.fate == Fate::WrittenOff);
    let entries: BTreeSet<EntryId> = off.map(|it| it.lot.entry).collect();
    let reversal = |entry: EntryId| ClaimKey::id(ClaimKind::Reversal, entry);
    let keys: Vec<ClaimKey> = entries.into_iter().map(reversal).collect();
    if keys.is_empty() {
        return Ok(());
    }
    if !unit.held_many(&keys).await?.is_empty() {
        let detail = "a correction takes some of this time back already: credit it as unbilled, \
                      and the next invoice nets the two";
        return Err(refusal("billing.time_corrected", Some("/fate"), detail.to_owned()));
    }
    keys.into_iter().for_each(|key| unit.must_be_free(key));
    Ok(())
}

impl CreditInvoice {
    fn what(&self, sealed: &SealedInvoice) -> Result<CreditWhat, CommandError> {
        let Some(lines) = &self.lines else { return Ok(CreditWhat::Everything) };
        let line = |(place, (n, part)): (usize, &(u32, Part))| {
            let field = format!("/lines/{place}");
            Ok((*n, credit_part(sealed, *n, part, &field)?))
        };
        let lines = lines.iter().enumerate().map(line);
        Ok(CreditWhat::Lines(lines.collect::<Result<_, CommandError>>()?))
    }

    /// Where a refusal points to.
    fn place(&self, refusal: &Refusal) -> Option<String> {
        let lines = self.lines.as_deref().unwrap_or_default();
        let first = |line: u32| lines.iter().position(|(n, _)| *n == line);
        let part = |line: u32| {
            let n = first(line)?;
            nth("lines", Some(n), lines[n].1.field())
        };
        match refusal {
            Refusal::LineUnknown { line } => nth("lines", first(*line), "/n"),
            Refusal::LineTwice { line } => {
                nth("lines", lines.iter().rposition(|(n, _)| n == line), "/n")
            }
            Refusal::OverCredited { line } | Refusal::NotDivisible { line } => part(*line),
            Refusal::CreditTooLarge | Refusal::CreditBelowZero | Refusal::NothingToCredit => {
                self.lines.as_ref().map(|_| "/lines".to_owned())
            }
            Refusal::BeforeIssue { .. } | Refusal::DayOutOfRange => Some("/issued_on".to_owned()),
            other => other.field().map(str::to_owned),
        }
    }
}

impl Part {
    /// The field that says it.
    fn field(&self) -> &'static str {
        match self {
            Part::Whole => "/n",
            Part::Seconds(_) => "/seconds",
            Part::Entries(_) => "/entries",
            Part::Net { .. } => "/net",
        }
    }
}

fn credit_part(
    sealed: &SealedInvoice,
    n: u32,
    part: &Part,
    field: &str,
) -> Result<CreditPart, CommandError> {
    Ok(match part {
        Part::Whole => CreditPart::Whole,
        Part::Seconds(seconds) => CreditPart::Seconds(*seconds),
        Part::Net { amount_minor, currency } if *currency == sealed.currency => {
            CreditPart::NetMinor(*amount_minor)
        }
        Part::Net { .. } => {
            let detail = format!("the invoice is in {}; credit amounts of that", sealed.currency);
            return Err(refusal(
                "billing.other_currency",
                Some(&format!("{field}/net/currency")),
                detail,
            ));
        }
        Part::Entries(parts) => {
            let line = sealed.line(n).ok_or_else(|| missing(&format!("{field}/n")))?;
            let lot = |(place, part): (usize, &EntryPart)| {
                let of_part = |lot: &Lot| {
                    lot.entry == part.entry
                        && (part.freed_by.is_none() || part.freed_by == lot.freed_by)
                };
                let lots = line.entries.iter().map(|entry| entry.lot());
                let lot = lots.into_iter().find(of_part);
                let field = format!("{field}/entries/{place}/entry_id");
                let lot = lot.ok_or_else(|| at_field(&field)(Refusal::OverCredited { line: n }))?;
                Ok((lot, part.seconds))
            };
            CreditPart::Entries(
                parts.iter().enumerate().map(lot).collect::<Result<_, CommandError>>()?,
            )
        }
    })
}
