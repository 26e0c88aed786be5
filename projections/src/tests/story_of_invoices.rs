//! An invoice from its draft to its credit notes, with everything that can happen to it.

use std::collections::BTreeMap;

use domain::billing::billing_profile::{BillingProfileChanged, Profile, profile_stream};
use domain::billing::credit_invoice::{self, CreditFacts, CreditWhat};
use domain::billing::draft_terms::{DraftDiscount, DraftTerms};
use domain::billing::lines::{LineKey, Terms, invoice_lines};
use domain::billing::seal::{PricedLine, SealFacts, TermSources, seal};
use domain::billing::sealed::{
    Buyer, RateSource, RenderedForm, RuleSource, Seller, TemplateVersion,
};
use domain::billing::totals::{Prices, Reduction};
use domain::billing::{
    CreditNoteIssued, DisputeSettled, Fate, Invoice, InvoiceDrafted, InvoiceIssued, InvoicePaid,
    InvoiceRedrafted, InvoiceSent, InvoiceSignedOff, InvoiceTermsChanged, InvoiceVoided,
    LineDisputed, Outcome, PaymentReversed, ReservedEntry, SentBy,
};
use domain::catalogue::rates::{Rate, RateScope, RateUnit};
use domain::id::{
    ClientId, CreditNoteId, DisputeId, InvoiceId, MemberId, PaymentId, ProjectId, StreamId, TaskId,
};
use domain::log::Event;
use domain::money::{Percent, price};
use domain::personal::PurposeClass::{Identity, Reason};
use domain::time::{Rounding, TimeRecorded, TimesheetApproved, Week};
use jiff::civil::{Date, date};

use super::samples::{History, approved, drafted, id, recorded, sealed, voided};

/// The Monday of a week that no other sample is about.
const LATER: Date = date(2026, 6, 1);

/// The client of these samples, and of no others.
pub(crate) fn client() -> ClientId {
    ClientId(id(11))
}

/// A draft for this client.
fn draft(invoice: u128, entries: &[(u128, u32)]) -> InvoiceDrafted {
    InvoiceDrafted { client: client(), ..drafted(invoice, entries) }
}

/// Work of a member and on a project of its own.
fn worked(entry: u128, seconds: u32) -> TimeRecorded {
    let (member, project) = (MemberId(id(5)), ProjectId(id(25)));
    TimeRecorded { member, project, ..recorded(entry, LATER, seconds) }
}

/// An invoice as it is after what a history says of it.
pub(crate) fn state_of(history: &History, invoice: u128) -> Invoice {
    let mut state = Invoice::default();
    for recorded in history.0.iter().filter(|it| it.stream == StreamId(id(invoice))) {
        if let Some(event) = recorded.event.family() {
            state.evolve(event);
        }
    }
    state
}

fn percent(text: &str) -> Percent {
    Percent::parse(text).expect("a percentage")
}

/// What a draft is sealed from, at 950.00 an hour with 15 percent of tax.
fn facts(number: &str, state: &Invoice) -> SealFacts {
    let drafted = state.drafted.as_ref().expect("a draft");
    let rate = Rate { unit: RateUnit::Hour, amount_minor: 95_000, currency: "ZAR".to_owned() };
    let terms = |_: &ReservedEntry| Terms {
        rounding: Rounding::NONE,
        rate: Some(rate.clone()),
        working_day_seconds: 28_800,
        span: None,
    };
    let lines = invoice_lines(&drafted.entries, drafted.group_by, &drafted.currency, terms, price);
    let said = |line| PricedLine { line, description: "Work".to_owned(), who: None, note: None };
    let source = TermSources {
        rate: RateSource { scope: RateScope::default(), from: None },
        rounding: RuleSource { scope: None, from: None },
    };
    let sources: BTreeMap<_, _> = drafted.entries.iter().map(|it| (it.entry, source)).collect();
    SealFacts {
        number: number.to_owned(),
        issued_on: date(2026, 2, 28),
        seller: Seller {
            name: "Acme".to_owned(),
            address: Vec::new(),
            country: "ZA".to_owned(),
            vat_number: None,
            registration_number: None,
            bank_details: Vec::new(),
            logo: None,
        },
        buyer: Buyer { particulars: sealed(Identity, 10, "AAAA"), country: String::new() },
        registered: true,
        standard: percent("15"),
        prices: Prices::Exclusive,
        category: None,
        tax_reason: None,
        buyer_reference: None,
        own_currency: "ZAR".to_owned(),
        payment_days: 30,
        prompt_payment: None,
        coin_minor: None,
        footer: None,
        lines: lines.into_iter().map(said).collect(),
        sources,
        template_version: TemplateVersion(1),
    }
}

/// The draft is issued.
pub(crate) fn issued(invoice: u128, number: &str, state: &Invoice) -> InvoiceIssued {
    let drafted = state.drafted.as_ref().expect("a draft");
    let sealed = seal(drafted, &facts(number, state)).expect("what is priced can be sealed");
    let form = RenderedForm { form: "pdf".to_owned(), sha256: "ab".repeat(32), file: None };
    let (invoice, client) = (InvoiceId(id(invoice)), client());
    InvoiceIssued { invoice, client, sealed: Box::new(sealed), forms: vec![form] }
}

/// A credit note takes some of it back; none where there is nothing to take.
pub(crate) fn credited(
    invoice: u128,
    note: u128,
    state: &Invoice,
    what: CreditWhat,
    fate: Fate,
) -> Option<CreditNoteIssued> {
    let facts = CreditFacts {
        number: format!("CN-{note}"),
        issued_on: date(2026, 3, 2),
        what,
        fate,
        reason: sealed(Reason, 10, "BBBB"),
        names_members: true,
        template_version: TemplateVersion(1),
    };
    let (invoice, client) = (InvoiceId(id(invoice)), client());
    let (document, moved) = credit_invoice::sealed(state, invoice, &facts).ok()?;
    let credit_note = CreditNoteId(id(note));
    let (sealed, forms) = (Box::new(document), Vec::new());
    Some(CreditNoteIssued { invoice, client, credit_note, sealed, moved, forms })
}

/// Money came in.
pub(crate) fn paid(
    invoice: u128,
    payment: u128,
    amount_minor: i64,
    discount_minor: Option<i64>,
) -> InvoicePaid {
    InvoicePaid {
        invoice: InvoiceId(id(invoice)),
        client: client(),
        payment: PaymentId(id(payment)),
        amount_minor,
        discount_minor,
        discount_tax_minor: discount_minor.map(|_| 0),
        over_minor: None,
        on: date(2026, 3, 10),
        reference: None,
    }
}

/// Money went back.
pub(crate) fn reversed(
    invoice: u128,
    payment: u128,
    amount_minor: i64,
    discount_minor: Option<i64>,
) -> PaymentReversed {
    PaymentReversed {
        invoice: InvoiceId(id(invoice)),
        client: client(),
        payment: PaymentId(id(payment)),
        amount_minor,
        discount_minor,
        on: date(2026, 3, 12),
        reason: None,
    }
}

/// It, or a credit note of it, went to the client.
pub(crate) fn sent(invoice: u128, note: Option<u128>) -> InvoiceSent {
    InvoiceSent {
        invoice: InvoiceId(id(invoice)),
        client: client(),
        credit_note: note.map(|note| CreditNoteId(id(note))),
        by: SentBy::Elsewhere,
        to: Vec::new(),
        on: date(2026, 3, 1),
    }
}

/// A tenth off the whole.
pub(crate) fn a_tenth_off(invoice: u128) -> InvoiceTermsChanged {
    let discount = DraftDiscount { reduction: Reduction::Percent(percent("10")), reason: None };
    let terms = DraftTerms { discounts: vec![discount], ..DraftTerms::default() };
    InvoiceTermsChanged { invoice: InvoiceId(id(invoice)), client: client(), terms }
}

/// The draft holds other entries from now on.
pub(crate) fn redrafted(
    invoice: u128,
    released: &[(u128, u32)],
    taken: &[(u128, u32)],
) -> InvoiceRedrafted {
    let event = draft(invoice, taken);
    InvoiceRedrafted {
        invoice: event.invoice,
        client: event.client,
        from: event.from,
        to: event.to,
        group_by: event.group_by,
        currency: event.currency,
        released: drafted(invoice, released).entries,
        taken: event.entries,
    }
}

fn disputed(invoice: u128, dispute: u128) -> LineDisputed {
    LineDisputed {
        invoice: InvoiceId(id(invoice)),
        client: client(),
        dispute: DisputeId(id(dispute)),
        line: 1,
        key: LineKey::Task { project: ProjectId(id(20)), task: TaskId(id(30)) },
        by: sealed(Identity, 10, "AAAA"),
        reason: sealed(Reason, 10, "CCCC"),
        shown: None,
    }
}

/// An invoice with everything that can happen to one: drafted again, with other terms, disputed,
/// agreed with, issued, sent, paid, paid back, credited in part and in whole; its freed seconds are
/// on another invoice, which is voided. None of its entries is of another sample.
pub(crate) fn invoices() -> History {
    let (member, all) = (MemberId(id(5)), approved(&[(901, 1), (902, 1), (903, 1)]));
    let mut history = History::default();
    history
        .time(5, LATER, worked(901, 3600))
        .time(5, LATER, worked(902, 5400))
        .time(5, LATER, worked(903, 700))
        .time(5, LATER, TimesheetApproved { member, week: Week::of(LATER), ..all })
        .invoice(900, draft(900, &[(901, 3600), (903, 700)]))
        .invoice(900, redrafted(900, &[(903, 700)], &[(902, 5400)]))
        .invoice(900, a_tenth_off(900))
        .invoice(900, disputed(900, 940));
    let settled = DisputeSettled {
        invoice: InvoiceId(id(900)),
        client: client(),
        dispute: DisputeId(id(940)),
        outcome: Outcome::Rejected,
        note: None,
    };
    let by = sealed(Identity, 10, "AAAA");
    let (invoice, seen_version) = (InvoiceId(id(900)), 5);
    let agreed = InvoiceSignedOff { invoice, client: client(), by, seen_version, agreed: None };
    history.invoice(900, settled).invoice(900, agreed);
    let event = issued(900, "INV-1", &state_of(&history, 900));
    history
        .invoice(900, event)
        .invoice(900, sent(900, None))
        .invoice(900, paid(900, 950, 100_000, Some(1000)))
        .invoice(900, reversed(900, 950, 40_000, Some(1000)));
    let part = CreditWhat::Lines(vec![(1, credit_invoice::CreditPart::Seconds(4000))]);
    for (note, what) in [(960, part), (961, CreditWhat::Everything)] {
        let state = state_of(&history, 900);
        let event = credited(900, note, &state, what, Fate::Unbilled).expect("something is left");
        history.invoice(900, event).invoice(900, sent(900, Some(note)));
    }
    let mut again = draft(970, &[(901, 3600)]);
    again.entries[0].freed_by = Some(CreditNoteId(id(960)));
    let freed = vec![again.entries[0].lot()];
    history.invoice(970, again);
    history.invoice(970, InvoiceVoided { client: client(), freed, ..voided(970, &[901]) });
    history
}

/// A client whose bills member 1 looks after, then nobody, then member 2.
pub(crate) fn profiles() -> History {
    let mut history = History::default();
    for named in [Some(1), None, Some(2)] {
        let account_manager = named.map(|n| MemberId(id(n)));
        let profile = Profile { account_manager, ..Profile::default() };
        let changed = BillingProfileChanged { client: client(), profile };
        history.add(profile_stream(client()), Event::Profile(changed.into()));
    }
    history
}
