//! Issuing: number, sealed facts, rendered forms and both events are one commit. The lock of the
//! series is held from the first look, so that of many at once each waits for its number.

use domain::billing::numbering::{InvoiceSeries, SeriesEvent};
use domain::billing::particulars::{Missing, missing};
use domain::billing::sealed::SealedInvoice;
use domain::billing::tax_invoice::TaxInvoiceKind;
use domain::billing::{InvoiceEvent, Refusal, invoice_stream, issue_invoice};
use domain::id::InvoiceId;
use jiff::civil::Date;
use migrations::files::TenantFiles;

use super::facts::facts;
use super::places::at;
use super::{check_issued_on, invoice_to_change, numbers, owner, refusal, settings_today};
use crate::files::render_and_keep;
use crate::handle::Command;
use crate::refused::{CommandError, Reply, Warned};
use crate::unit::Unit;

/// What is answered where the law asks for more than is known.
const PARTICULARS: &str = "billing.particulars_missing";

/// Seal a draft with its number.
#[derive(Debug, Clone)]
pub struct IssueInvoice {
    /// The invoice.
    pub invoice: InvoiceId,
    /// The day of issue; none = today in the firm's zone.
    pub issued_on: Option<Date>,
    /// Whether a tax invoice is issued though it lacks what the law asks for.
    pub allow_incomplete: bool,
    /// What the firm is called where no legal name was set.
    pub firm: String,
    /// Where the page is kept.
    pub files: TenantFiles,
    /// The version of the invoice that the caller saw, where it matters.
    pub expected_version: Option<i32>,
}

impl Command for IssueInvoice {
    const ATTEMPTS: usize = numbers::ATTEMPTS;

    async fn run(&self, unit: &mut Unit<'_>) -> Result<Reply, CommandError> {
        let id = self.invoice;
        let (settings, today) = settings_today(unit).await?;
        let issued_on = self.issued_on.unwrap_or(today);
        let take = numbers::take(&settings.state, id, None, issued_on);
        unit.will_write([invoice_stream(id), take.stream()])?;
        let invoice = invoice_to_change(unit, id, self.expected_version).await?;
        let draft = invoice.state.draft(id)?;
        check_issued_on(issued_on, today, draft.from)?;
        let series = unit.write::<InvoiceSeries>(take.stream()).await?;
        let number = numbers::next(unit, &series, take).await?;
        let facts = facts(unit, draft, &self.firm, &number.number, issued_on).await?;
        // What stands against the draft itself is in no field of this request.
        let sealed = issue_invoice::sealed(&invoice.state, id, &facts);
        let sealed = sealed.map_err(|refusal| {
            let of_day = matches!(refusal, Refusal::DayOutOfRange);
            at(&refusal, of_day.then(|| "/issued_on".to_owned()))
        })?;
        self.check_particulars(unit, &sealed, &facts.own_currency)?;
        let forms = render_and_keep(unit, &self.files, owner(unit), draft.client, &sealed).await?;
        let taken = SeriesEvent::from(number.clone());
        let command = issue_invoice::IssueInvoice { invoice: id, facts, number, forms };
        let issued = issue_invoice::decide(&invoice.state, command)?;
        unit.emit(&series, [taken]);
        unit.emit(&invoice, [InvoiceEvent::from(issued)]);
        Ok(Reply::changed(id))
    }
}

impl IssueInvoice {
    /// A tax invoice that lacks what the law asks for is refused, or issued with a warning where
    /// that was said to be meant.
    fn check_particulars(
        &self,
        unit: &mut Unit<'_>,
        sealed: &SealedInvoice,
        own_currency: &str,
    ) -> Result<(), CommandError> {
        let lacks = missing(sealed, own_currency);
        if lacks.is_empty() || sealed.kind == TaxInvoiceKind::NotATaxInvoice {
            return Ok(());
        }
        if self.allow_incomplete {
            for it in lacks {
                let detail = format!("the invoice lacks {}: {}", it.code(), it.remedy());
                unit.warn(Warned { item: None, code: PARTICULARS.to_owned(), detail });
            }
            return Ok(());
        }
        let each = |it: &Missing| format!("{}: {}", it.code(), it.remedy());
        let each: Vec<String> = lacks.iter().map(each).collect();
        let detail = format!(
            "a tax invoice needs more than is known ({}), or say allow_incomplete",
            each.join("; ")
        );
        Err(refusal(PARTICULARS, Some("/allow_incomplete"), detail))
    }
}
