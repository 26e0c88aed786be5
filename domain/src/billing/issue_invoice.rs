//! Issuing: the draft is sealed with its number and the hashes of what it was rendered to, in one
//! event. The number is taken from its series in the same commit.

use super::numbering::{NumberTaken, year_of};
use super::seal::{SealFacts, seal};
use super::sealed::{DocumentKind, RenderedForm, SealedInvoice};
use super::{Invoice, InvoiceIssued, Refusal};
use crate::id::InvoiceId;

/// Seals a draft.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IssueInvoice {
    /// The invoice.
    pub invoice: InvoiceId,
    /// What it's sealed from.
    pub facts: SealFacts,
    /// The number that is taken for it in the same commit.
    pub number: NumberTaken,
    /// What the sealed facts were rendered to.
    pub forms: Vec<RenderedForm>,
}

/// The facts that issuing would seal: they are rendered before they are issued.
pub fn sealed(
    invoice: &Invoice,
    id: InvoiceId,
    facts: &SealFacts,
) -> Result<SealedInvoice, Refusal> {
    let draft = invoice.draft(id)?;
    if draft.is_disputed() {
        return Err(Refusal::Disputed);
    }
    seal(draft, facts)
}

/// What issuing leads to.
pub fn decide(invoice: &Invoice, command: IssueInvoice) -> Result<InvoiceIssued, Refusal> {
    let IssueInvoice { invoice: id, facts, number, forms } = command;
    let sealed = sealed(invoice, id, &facts)?;
    let ours = number.invoice == id
        && number.credit_note.is_none()
        && number.document == DocumentKind::Invoice
        && number.year == year_of(sealed.issued_on)
        && number.number == sealed.number;
    if !ours {
        return Err(Refusal::WrongSeries);
    }
    let client = invoice.known(id)?.client;
    Ok(InvoiceIssued { invoice: id, client, sealed: Box::new(sealed), forms })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::billing::InvoiceState;
    use crate::billing::samples::{dispute, draft_of, issue, issued, number_taken};
    use crate::time::samples::invoice;

    #[test]
    fn an_issued_invoice_has_its_number_and_what_was_sealed() {
        let mut state = draft_of(&[(1, "2026-01-07", 26_400)]);
        let event = decide(&state, issue(1, 1, &state)).expect("issued");
        assert_eq!(event.sealed.number, "INV-2026-00001");
        state.evolve(&event.clone().into());
        let drafted = state.drafted.as_ref().unwrap();
        assert_eq!(drafted.state, InvoiceState::Issued);
        assert_eq!(drafted.issued.as_ref().unwrap().sealed, *event.sealed);
        let refusal = decide(&state, issue(1, 2, &state)).expect_err("issued already");
        assert_eq!(refusal.code(), "billing.not_a_draft");
    }

    #[test]
    fn a_number_of_another_document_is_refused() {
        let state = draft_of(&[(1, "2026-01-07", 3600)]);
        let sound = issue(1, 1, &state);
        for number in [
            NumberTaken { invoice: invoice(2), ..number_taken(1, 1) },
            NumberTaken { year: 2025, ..number_taken(1, 1) },
            NumberTaken { document: DocumentKind::CreditNote, ..number_taken(1, 1) },
            number_taken(1, 2),
        ] {
            let command = IssueInvoice { number, ..sound.clone() };
            assert_eq!(decide(&state, command), Err(Refusal::WrongSeries));
        }
    }

    #[test]
    fn what_is_disputed_void_or_unknown_is_not_issued() {
        let mut state = draft_of(&[(1, "2026-01-07", 3600)]);
        let command = issue(1, 1, &state);
        state.evolve(&dispute(1).into());
        assert_eq!(decide(&state, command.clone()), Err(Refusal::Disputed));
        let unknown = decide(&Invoice::default(), command.clone());
        assert_eq!(unknown, Err(Refusal::InvoiceUnknown { invoice: invoice(1) }));
        assert_eq!(
            decide(&issued(), command).map_err(|refusal| refusal.code()),
            Err("billing.not_a_draft")
        );
    }
}
