//! Drafting and voiding invoices. A draft is decided over folded timesheets and their claims; where
//! to look for them is asked of the log, never of a read model.

mod accountable;
pub mod client_answers;
pub mod client_links;
pub mod follow_up;

use std::collections::{BTreeMap, BTreeSet};

use cqrs_es::Aggregate;
use domain::billing::draft_invoice::{self, DraftFacts, candidates_of};
use domain::billing::{GroupBy, Invoice, InvoiceEvent, invoice_stream, void_invoice};
use domain::catalogue::{Client, Project, client_stream, project_stream};
use domain::id::{ClientId, EntryId, InvoiceId, MemberId, ProjectId, StreamId, SubjectId};
use domain::log::{ClaimKey, ClaimKind};
use domain::members::{Action, Member, Object};
use domain::personal::{Personal, PurposeClass};
use domain::settings::{Settings, settings_stream};
use domain::time::{EntryState, Timesheet, Week, timesheet_stream};
use jiff::civil::Date;

use crate::handle::Command;
use crate::members::grants::allowed;
use crate::refused::{CommandError, Refused, Reply};
use crate::unit::{Loaded, Unit};

/// The longest period that one draft looks through, in weeks.
const MOST_WEEKS: usize = 110;

/// Reserve what can be billed to a client in a period.
#[derive(Debug, Clone)]
pub struct DraftInvoice {
    /// A new id.
    pub invoice: InvoiceId,
    /// Who is to pay.
    pub client: ClientId,
    /// The first day.
    pub from: Date,
    /// The last day.
    pub to: Date,
    /// What makes a line.
    pub group_by: GroupBy,
}

impl Command for DraftInvoice {
    async fn run(&self, unit: &mut Unit<'_>) -> Result<Reply, CommandError> {
        let invoice = unit.write::<Invoice>(invoice_stream(self.invoice)).await?;
        allowed(unit, Action::ChangeBills, &Object::Client(self.client)).await?;
        let client = unit.read::<Client>(client_stream(self.client)).await?;
        if !client.exists() {
            return Err(CommandError::NotFound);
        }
        let settings = unit.read::<Settings>(settings_stream()).await?;
        let currency = client.state.currency.clone();
        let currency = currency.unwrap_or_else(|| settings.state.currency(self.to).to_owned());
        let sheets = self.sheets(unit).await?;
        let candidates = self.candidates(unit, &sheets).await?;
        let command = draft_invoice::DraftInvoice {
            invoice: self.invoice,
            client: self.client,
            from: self.from,
            to: self.to,
            group_by: self.group_by,
        };
        let facts = DraftFacts { currency, candidates };
        let drafted = draft_invoice::decide(&invoice.state, &facts, &command)?;
        unit.emit(&invoice, [InvoiceEvent::from(drafted)]);
        Ok(Reply::created(self.invoice))
    }
}

impl DraftInvoice {
    /// Every member's timesheet of every week of the period. Their streams' ids follow from member
    /// and week, so none can be missed.
    async fn sheets(&self, unit: &mut Unit<'_>) -> Result<Vec<Loaded<Timesheet>>, CommandError> {
        let last = Week::of(self.to);
        let next = |week: &Week| (*week < last).then(|| week.after());
        let weeks: Vec<Week> =
            std::iter::successors(Some(Week::of(self.from)), next).take(MOST_WEEKS + 1).collect();
        if weeks.len() > MOST_WEEKS {
            return Err(CommandError::Refused(Refused {
                code: "billing.period_too_long".to_owned(),
                field: Some("/to".to_owned()),
                detail: format!("a draft covers at most {MOST_WEEKS} weeks; make several"),
            }));
        }
        let members = unit.streams_of(Member::TYPE).await?;
        let streams: Vec<StreamId> = members
            .iter()
            .flat_map(|member| weeks.iter().map(|week| timesheet_stream(MemberId(member.0), *week)))
            .collect();
        let begun = unit.begun(&streams).await?;
        unit.peek_many(&begun).await
    }

    /// What of these sheets may be billed; a sheet that has some is one the decision rests on. The
    /// projects and claims of all are asked for at once, or a firm's month would be a thousand
    /// questions.
    async fn candidates(
        &self,
        unit: &mut Unit<'_>,
        sheets: &[Loaded<Timesheet>],
    ) -> Result<Vec<draft_invoice::Candidate>, CommandError> {
        let in_question = |sheet: &Loaded<Timesheet>| -> Vec<(EntryId, ProjectId)> {
            let entries = sheet.state.entries.iter();
            entries
                .filter(|(_, entry)| entry.billable && entry.state == EntryState::Approved)
                .filter(|(_, entry)| (self.from..=self.to).contains(&entry.worked.day))
                .map(|(id, entry)| (*id, entry.project))
                .collect()
        };
        let asked: Vec<_> = sheets.iter().map(|sheet| (sheet, in_question(sheet))).collect();
        let projects: BTreeSet<ProjectId> =
            asked.iter().flat_map(|(_, entries)| entries.iter().map(|it| it.1)).collect();
        let streams: Vec<StreamId> = projects.iter().map(|it| project_stream(*it)).collect();
        let found = unit.peek_many::<Project>(&streams).await?;
        let clients: BTreeMap<ProjectId, Option<ClientId>> =
            projects.into_iter().zip(found.iter().map(|it| it.state.client)).collect();
        let client_of = |project: ProjectId| clients.get(&project).copied().flatten();
        let ours = |(entry, project): &(EntryId, ProjectId)| {
            let ours = client_of(*project) == Some(self.client);
            ours.then(|| ClaimKey::id(ClaimKind::EntryBilling, *entry))
        };
        let (mut keys, mut rest_on) = (Vec::new(), Vec::new());
        for (sheet, entries) in asked {
            let before = keys.len();
            keys.extend(entries.iter().filter_map(ours));
            if keys.len() > before {
                unit.rest_on(sheet);
                rest_on.push(sheet);
            }
        }
        let held = unit.held_many(&keys).await?;
        let held: BTreeMap<ClaimKey, StreamId> =
            held.into_iter().map(|(key, held)| (key, held.holder)).collect();
        let holder = |entry| held.get(&ClaimKey::id(ClaimKind::EntryBilling, entry)).copied();
        let our_project = |project| client_of(project).filter(|client| *client == self.client);
        let of_sheet = |sheet: &Loaded<Timesheet>| candidates_of(&sheet.state, our_project, holder);
        Ok(rest_on.into_iter().flat_map(of_sheet).collect())
    }
}

/// Give back what a draft holds.
#[derive(Debug, Clone)]
pub struct VoidInvoice {
    /// The invoice.
    pub invoice: InvoiceId,
    /// Why.
    pub reason: Option<String>,
    /// The version of the invoice that the caller saw, where it matters.
    pub expected_version: Option<i32>,
}

impl Command for VoidInvoice {
    async fn run(&self, unit: &mut Unit<'_>) -> Result<Reply, CommandError> {
        let invoice = unit.write::<Invoice>(invoice_stream(self.invoice)).await?;
        // Of a bill that is not there no client is known, so who may only for one is denied.
        let client = invoice.state.drafted.as_ref().map(|drafted| drafted.client);
        let object = client.map_or(Object::Firm, Object::Client);
        allowed(unit, Action::ChangeBills, &object).await?;
        if !invoice.exists() {
            return Err(CommandError::NotFound);
        }
        if self.expected_version.is_some_and(|expected| expected != invoice.version) {
            return Err(CommandError::Stale);
        }
        let subject = SubjectId(client.map(|client| client.0).unwrap_or_default());
        let reason = self.reason.clone();
        let command = void_invoice::VoidInvoice {
            invoice: self.invoice,
            reason: reason.map(|text| Personal::new(subject, PurposeClass::Reason, text)),
        };
        let voided = void_invoice::decide(&invoice.state, command)?;
        unit.emit(&invoice, [InvoiceEvent::from(voided)]);
        Ok(Reply::changed(self.invoice))
    }
}

#[cfg(test)]
mod tests;
