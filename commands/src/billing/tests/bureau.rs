//! A firm that bills: its work at a rate, and a place for the pages of what it issues.

use std::sync::Arc;

use domain::billing::record_payment::Over;
use domain::billing::seconds::SecondsLedger;
use domain::billing::{Drafted, Fate, GroupBy, Invoice, InvoiceEvent, SentBy};
use domain::catalogue::rates::{Rate, RateKind, RateScope, RateUnit};
use domain::id::{CreditNoteId, EntryId, InvoiceId, PaymentId};
use domain::log::{Actor, Event};
use jiff::civil::Date;
use migrations::files::{FileStore, TenantFiles};
use migrations::testing::random_id;
use tempfile::TempDir;

use crate::billing::{
    CreditInvoice, DraftInvoice, IssueInvoice, Part, RecordPayment, SendInvoice, VoidInvoice,
};
use crate::catalogue::SetRate;
use crate::handle::Command;
use crate::refused::{CommandError, Done};
use crate::testing::Firm;
use crate::time::samples::Office;

pub(super) fn day(text: &str) -> Date {
    text.parse().expect("a day")
}

pub(super) fn hourly(amount_minor: i64) -> Rate {
    Rate { unit: RateUnit::Hour, amount_minor, currency: "USD".into() }
}

pub(super) struct Bureau {
    pub(super) office: Office,
    pub(super) files: TenantFiles,
    folder: Arc<TempDir>,
}

impl Bureau {
    /// At 100.00 dollars an hour.
    pub(super) async fn new() -> Self {
        let folder = Arc::new(tempfile::tempdir().expect("a folder"));
        let store = FileStore::local(&folder.path().join("files")).expect("a store");
        let office = Office::new().await;
        let files = store.of(office.firm.id());
        let bureau = Bureau { office, files, folder };
        bureau.rate(10_000).await;
        bureau
    }

    /// The same firm with nothing of this one in memory.
    pub(super) fn in_another_process(&self) -> Self {
        let Office { member, manager, client, project, task, .. } = self.office;
        let firm = self.firm().in_another_process();
        let office = Office { firm, member, manager, client, project, task };
        Bureau { office, files: self.files.clone(), folder: self.folder.clone() }
    }

    pub(super) fn firm(&self) -> &Firm {
        &self.office.firm
    }

    pub(super) async fn send(&self, command: impl Command) -> Result<Done, CommandError> {
        self.firm().send(Actor::Operator, command).await
    }

    pub(super) async fn rate(&self, amount_minor: i64) {
        let scope = RateScope { client: Some(self.office.client), ..RateScope::default() };
        let rate = hourly(amount_minor);
        let command = SetRate { scope, kind: RateKind::Bill, from: None, rate };
        self.send(command).await.expect("a rate");
    }

    /// A draft command over these days.
    pub(super) fn draft(&self, from: &str, to: &str) -> DraftInvoice {
        DraftInvoice {
            invoice: InvoiceId(random_id()),
            client: self.office.client,
            from: day(from),
            to: day(to),
            group_by: GroupBy::Task,
        }
    }

    pub(super) async fn drafted(&self, from: &str, to: &str) -> InvoiceId {
        let command = self.draft(from, to);
        let invoice = command.invoice;
        self.send(command).await.expect("drafted");
        invoice
    }

    pub(super) fn issue(&self, invoice: InvoiceId) -> IssueInvoice {
        IssueInvoice {
            invoice,
            issued_on: Some(day("2026-04-30")),
            allow_incomplete: false,
            firm: "Umbrella Studio".into(),
            files: self.files.clone(),
            expected_version: None,
        }
    }

    /// Takes back so much of the first line, or all of it.
    pub(super) fn credit(&self, invoice: InvoiceId, part: Option<Part>) -> CreditInvoice {
        CreditInvoice {
            invoice,
            credit_note: CreditNoteId(random_id()),
            lines: part.map(|part| vec![(1, part)]),
            fate: Fate::Unbilled,
            reason: "Agreed".into(),
            issued_on: Some(day("2026-05-02")),
            files: self.files.clone(),
            expected_version: None,
        }
    }

    pub(super) fn pay(&self, invoice: InvoiceId, amount_minor: i64) -> RecordPayment {
        RecordPayment {
            invoice,
            payment: PaymentId(random_id()),
            amount_minor,
            currency: "USD".into(),
            on: Some(day("2026-05-01")),
            over: Over::Keep,
            reference: None,
        }
    }

    pub(super) fn void(&self, invoice: InvoiceId) -> VoidInvoice {
        VoidInvoice { invoice, reason: None, expected_version: None }
    }

    pub(super) fn sent(&self, invoice: InvoiceId) -> SendInvoice {
        SendInvoice { invoice, credit_note: None, by: SentBy::Elsewhere, to: Vec::new() }
    }

    /// What happened to invoices, in order.
    pub(super) async fn events(&self) -> Vec<InvoiceEvent> {
        let invoice = |event| match event {
            Event::Invoice(event) => Some(event),
            _ => None,
        };
        let recorded = self.firm().recorded().await.into_iter();
        recorded.filter_map(|recorded| invoice(recorded.event)).collect()
    }

    /// An invoice, folded from the log.
    pub(super) async fn folded(&self, invoice: InvoiceId) -> Drafted {
        let mut state = Invoice::default();
        for recorded in self.firm().recorded().await {
            if let (true, Event::Invoice(event)) = (recorded.stream.0 == invoice.0, recorded.event)
            {
                state.evolve(&event);
            }
        }
        state.drafted.expect("it was drafted")
    }

    /// Where the seconds of these entries are, as the events of all invoices say.
    pub(super) async fn ledger(&self, entries: &[(EntryId, i64)]) -> SecondsLedger {
        let mut ledger = SecondsLedger::default();
        for (entry, seconds) in entries {
            ledger.billable(*entry, Some(*seconds)).expect("a new entry");
        }
        for event in self.events().await {
            ledger.apply(&event).expect("no second is in two places or in none");
        }
        ledger
    }
}
