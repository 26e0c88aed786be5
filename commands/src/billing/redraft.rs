//! Revising a draft: it covers another period, is grouped otherwise, leaves entries out, or is to
//! be issued with other terms; all of it at once or not at all.

use std::collections::BTreeSet;

use domain::billing::{GroupBy, Invoice, InvoiceEvent, change_terms, redraft_invoice};
use domain::id::{EntryId, InvoiceId};
use jiff::civil::Date;

use super::draft::draft_facts;
use super::invoice_to_change;
use super::places::at;
use super::terms::{TermsChange, changed};
use crate::handle::Command;
use crate::refused::{CommandError, Refused, Reply};
use crate::unit::Unit;

/// What a draft is to cover; what is not said stays as it is.
#[derive(Debug, Clone, Default)]
pub struct Coverage {
    /// The first day of the period.
    pub from: Option<Date>,
    /// The last day of the period.
    pub to: Option<Date>,
    /// What makes a line.
    pub group_by: Option<GroupBy>,
    /// Entries of the period that are left for another invoice.
    pub without: BTreeSet<EntryId>,
}

impl Coverage {
    /// A refusal of what is covered, at those of its fields that were said.
    fn placed(&self, error: CommandError) -> CommandError {
        let CommandError::Refused(refused) = error else { return error };
        let said = |field, is: bool| is.then_some(field);
        let (from, to) = (said("/from", self.from.is_some()), said("/to", self.to.is_some()));
        let without = said("/without", !self.without.is_empty());
        let places: Vec<&str> = match &*refused.code {
            "billing.nothing_to_bill" => [from, to, without].into_iter().flatten().collect(),
            _ => to.or(from).into_iter().collect(),
        };
        let field = Some(places.join(" ")).filter(|places| !places.is_empty());
        CommandError::Refused(Refused { field, ..refused })
    }
}

/// Change a draft.
#[derive(Debug, Clone)]
pub struct ReviseDraft {
    /// The invoice.
    pub invoice: InvoiceId,
    /// Look anew for what it covers; none = it keeps what it holds.
    pub coverage: Option<Coverage>,
    /// What is to be other of its terms.
    pub terms: TermsChange,
    /// The version of the invoice that the caller saw, where it matters.
    pub expected_version: Option<i32>,
}

impl Command for ReviseDraft {
    async fn run(&self, unit: &mut Unit<'_>) -> Result<Reply, CommandError> {
        let invoice = invoice_to_change(unit, self.invoice, self.expected_version).await?;
        let mut state = Invoice::clone(&invoice.state);
        let mut events = match &self.coverage {
            None => Vec::new(),
            Some(coverage) => self.redrafted(unit, &state, coverage).await?,
        };
        events.iter().for_each(|event| state.evolve(event));
        let terms = changed(unit, state.draft(self.invoice)?, &self.terms).await?;
        let command = change_terms::ChangeTerms { invoice: self.invoice, terms };
        let changed = change_terms::decide(&state, command);
        let changed = changed.map_err(|refusal| at(&refusal, self.terms.place(&refusal)));
        events.extend(changed?);
        unit.emit(&invoice, events);
        Ok(Reply::changed(self.invoice))
    }
}

impl ReviseDraft {
    async fn redrafted(
        &self,
        unit: &mut Unit<'_>,
        invoice: &Invoice,
        coverage: &Coverage,
    ) -> Result<Vec<InvoiceEvent>, CommandError> {
        let draft = invoice.draft(self.invoice)?;
        let (from, to) = (coverage.from.unwrap_or(draft.from), coverage.to.unwrap_or(draft.to));
        let facts = draft_facts(unit, draft.client, from, to).await;
        let facts = facts.map_err(|error| coverage.placed(error))?;
        let command = redraft_invoice::RedraftInvoice {
            invoice: self.invoice,
            from,
            to,
            group_by: coverage.group_by.unwrap_or(draft.group_by),
            without: coverage.without.clone(),
        };
        let decided = redraft_invoice::decide(invoice, &facts, &command);
        decided.map_err(|refusal| coverage.placed(refusal.into()))
    }
}
