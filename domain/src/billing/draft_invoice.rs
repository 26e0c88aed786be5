//! Drafting an invoice: it takes every approved, billable entry of the client in the period that no
//! invoice holds, whole and once. The claim on each entry is made in the same commit, so two drafts
//! at once can't take the same second.

use jiff::civil::Date;

use super::{FreedSeconds, GroupBy, Invoice, InvoiceDrafted, Refusal, ReservedEntry};
use crate::id::{
    ClientId, CreditNoteId, EntryId, InvoiceId, MemberId, ProjectId, StreamId, TaskId,
};
use crate::time::{EntryState, Timesheet};

/// How many entries one invoice may hold; each is named in one event.
pub const MOST_ENTRIES: usize = 5000;

/// Reserves what can be billed to a client in a period.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DraftInvoice {
    /// The new invoice.
    pub invoice: InvoiceId,
    /// Who is to pay.
    pub client: ClientId,
    /// The first day of the period.
    pub from: Date,
    /// The last day of the period.
    pub to: Date,
    /// What makes a line.
    pub group_by: GroupBy,
}

/// An entry that may be billed, with all that decides whether it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Candidate {
    /// The entry.
    pub entry: EntryId,
    /// The version it has now.
    pub version: u32,
    /// Who worked.
    pub member: MemberId,
    /// On what.
    pub project: ProjectId,
    /// Doing what.
    pub task: TaskId,
    /// The day it's booked on: the period goes by it.
    pub day: Date,
    /// The day of the work: rates and rounding go by it.
    pub work_day: Date,
    /// All its seconds, unrounded; less than nothing where it takes time back.
    pub seconds: i64,
    /// This version is approved.
    pub approved: bool,
    /// It may be billed.
    pub billable: bool,
    /// The client of the project.
    pub client: ClientId,
    /// The stream of the invoice that holds its seconds.
    pub claimed: Option<StreamId>,
    /// The credit note that set these seconds free; none for the entry as it was recorded.
    pub freed_by: Option<CreditNoteId>,
    /// What that credit note credited them as.
    pub billed_seconds: Option<i64>,
}

impl Candidate {
    /// The same entry's seconds that a credit note set free, held by `claimed`.
    #[must_use]
    pub fn freed(self, by: CreditNoteId, freed: FreedSeconds, claimed: Option<StreamId>) -> Self {
        let FreedSeconds { seconds, billed_seconds } = freed;
        Candidate { freed_by: Some(by), seconds, billed_seconds, claimed, ..self }
    }
}

/// What drafting is decided on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DraftFacts {
    /// ISO 4217 code of the client's currency, else the tenant's.
    pub currency: String,
    /// Entries that may be billed; those that are not free for this draft are left out here.
    pub candidates: Vec<Candidate>,
}

/// The entries of a timesheet as candidates; `client_of` a project, and `claimed` as the claims
/// say. Entries of a project without a client are left out.
pub fn candidates_of(
    sheet: &Timesheet,
    client_of: impl Fn(ProjectId) -> Option<ClientId>,
    claimed: impl Fn(EntryId) -> Option<StreamId>,
) -> Vec<Candidate> {
    let Some(member) = sheet.member else {
        return Vec::new();
    };
    let all_off = |entry: &crate::time::Entry| entry.written_off_seconds == entry.worked.seconds;
    let candidate = |(id, entry): (&EntryId, &crate::time::Entry)| {
        Some(Candidate {
            entry: *id,
            version: entry.version,
            member,
            project: entry.project,
            task: entry.task,
            day: entry.worked.day,
            work_day: entry.day_of_work(),
            // What was written off is not billed any more, so nothing of it is taken back.
            seconds: entry.signed_seconds() + i64::from(entry.written_off_seconds),
            approved: entry.state == EntryState::Approved,
            billable: entry.billable && !all_off(entry),
            client: client_of(entry.project)?,
            claimed: claimed(*id),
            freed_by: None,
            billed_seconds: None,
        })
    };
    sheet.entries.iter().filter_map(candidate).collect()
}

/// What drafting leads to; the entries in order of day and id.
pub fn decide(
    invoice: &Invoice,
    facts: &DraftFacts,
    command: &DraftInvoice,
) -> Result<InvoiceDrafted, Refusal> {
    let DraftInvoice { invoice: id, client, from, to, group_by } = *command;
    if invoice.drafted.is_some() {
        return Err(Refusal::InvoiceExists { invoice: id });
    }
    if to < from {
        return Err(Refusal::PeriodReversed { from, to });
    }
    let entries = billable(facts, client, from, to, None);
    if entries.is_empty() {
        return Err(Refusal::NothingToBill { from, to });
    }
    if entries.len() > MOST_ENTRIES {
        return Err(Refusal::TooManyEntries { found: entries.len(), most: MOST_ENTRIES });
    }
    let currency = facts.currency.clone();
    Ok(InvoiceDrafted { invoice: id, client, from, to, group_by, currency, entries })
}

/// What may be billed to a client in a period: approved, billable, and held by no invoice, or by
/// the one with the stream `own`.
pub(super) fn billable(
    facts: &DraftFacts,
    client: ClientId,
    from: Date,
    to: Date,
    own: Option<StreamId>,
) -> Vec<ReservedEntry> {
    let mut entries: Vec<_> = facts
        .candidates
        .iter()
        .filter(|it| it.approved && it.billable && (it.claimed.is_none() || it.claimed == own))
        .filter(|it| it.client == client && (from..=to).contains(&it.day))
        .map(reserved)
        .collect();
    entries.sort_unstable_by_key(|reserved| (reserved.day, reserved.lot()));
    entries.dedup_by_key(|reserved| reserved.lot());
    entries
}

pub(super) fn reserved(candidate: &Candidate) -> ReservedEntry {
    ReservedEntry {
        entry: candidate.entry,
        version: candidate.version,
        member: candidate.member,
        project: candidate.project,
        task: candidate.task,
        day: candidate.work_day,
        seconds: candidate.seconds,
        freed_by: candidate.freed_by,
        billed_seconds: candidate.billed_seconds,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::billing::invoice_stream;
    use crate::billing::samples::{candidate, client, day, draft, draft_facts, drafted};
    use crate::time::samples::{duration, entry_id, in_state, invoice, member, sheet_of};

    fn ids(drafted: &InvoiceDrafted) -> Vec<EntryId> {
        drafted.entries.iter().map(|reserved| reserved.entry).collect()
    }

    #[test]
    fn approved_billable_and_free_time_of_the_client_in_the_period_is_reserved_whole() {
        let free = candidate(1, "2026-01-31", 100);
        let candidates = vec![
            free,
            Candidate { approved: false, ..candidate(2, "2026-01-07", 100) },
            Candidate { billable: false, ..candidate(3, "2026-01-07", 100) },
            Candidate { client: client(2), ..candidate(4, "2026-01-07", 100) },
            Candidate {
                claimed: Some(invoice_stream(invoice(9))),
                ..candidate(5, "2026-01-07", 100)
            },
            candidate(6, "2025-12-31", 100),
            candidate(7, "2026-02-01", 100),
            candidate(8, "2026-01-01", 200),
        ];
        let facts = DraftFacts { candidates, ..draft_facts(&[]) };
        let drafted = decide(&Invoice::default(), &facts, &draft()).expect("drafted");
        assert_eq!(ids(&drafted), [entry_id(8), entry_id(1)]);
        assert_eq!(drafted.entries[1], reserved(&free));
        assert_eq!(drafted.currency, "ZAR");
    }

    #[test]
    fn an_entry_named_twice_is_reserved_once() {
        let facts = draft_facts(&[(1, "2026-01-07", 60), (1, "2026-01-07", 60)]);
        let drafted = decide(&Invoice::default(), &facts, &draft()).expect("drafted");
        assert_eq!(ids(&drafted), [entry_id(1)]);
    }

    #[test]
    fn nothing_to_bill_is_refused() {
        let refused = decide(&Invoice::default(), &draft_facts(&[]), &draft());
        let (from, to) = (day("2026-01-01"), day("2026-01-31"));
        assert_eq!(refused, Err(Refusal::NothingToBill { from, to }));
    }

    #[test]
    fn a_period_that_ends_before_it_begins_is_refused_and_one_day_is_a_period() {
        let facts = draft_facts(&[(1, "2026-01-07", 60)]);
        let reversed = DraftInvoice { from: day("2026-01-08"), to: day("2026-01-07"), ..draft() };
        let refusal = Refusal::PeriodReversed { from: reversed.from, to: reversed.to };
        assert_eq!(decide(&Invoice::default(), &facts, &reversed), Err(refusal));
        let one_day = DraftInvoice { from: day("2026-01-07"), to: day("2026-01-07"), ..draft() };
        assert!(decide(&Invoice::default(), &facts, &one_day).is_ok());
    }

    #[test]
    fn an_invoice_holds_five_thousand_entries_and_no_more() {
        let entries: Vec<_> = (1..=5001).map(|n| (n, "2026-01-07", 1)).collect();
        let fits = decide(&Invoice::default(), &draft_facts(&entries[..5000]), &draft());
        assert_eq!(fits.expect("fits").entries.len(), MOST_ENTRIES);
        let refused = decide(&Invoice::default(), &draft_facts(&entries), &draft());
        assert_eq!(refused, Err(Refusal::TooManyEntries { found: 5001, most: 5000 }));
    }

    #[test]
    fn an_invoice_is_drafted_once() {
        let refused = decide(&drafted(), &draft_facts(&[(2, "2026-01-07", 60)]), &draft());
        assert_eq!(refused, Err(Refusal::InvoiceExists { invoice: invoice(1) }));
    }

    #[test]
    fn a_timesheet_gives_its_entries_with_what_is_known_of_them() {
        let sheet = sheet_of(&[(1, duration("2026-01-07", 60)), (2, duration("2026-01-07", 90))]);
        let sheet = in_state(sheet, &[1], EntryState::Approved);
        let claim = |entry| (entry == entry_id(2)).then(|| invoice_stream(invoice(9)));
        let candidates = candidates_of(&sheet, |_| Some(client(1)), claim);
        let known: Vec<_> = candidates
            .iter()
            .map(|it| (it.entry, it.member, it.seconds, it.approved, it.claimed.is_some()))
            .collect();
        assert_eq!(
            known,
            [(entry_id(1), member(1), 60, true, false), (entry_id(2), member(1), 90, false, true)]
        );
        assert!(candidates_of(&sheet, |_| None, claim).is_empty());
    }
}
