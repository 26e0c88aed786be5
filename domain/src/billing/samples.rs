//! Fixed values for the tests of this slice.

use std::collections::BTreeMap;

use jiff::civil::Date;
use uuid::Uuid;

use super::credit_invoice::{self, CreditFacts, CreditInvoice, CreditWhat};
use super::dispute_line::{self, DisputeLine};
use super::draft_invoice::{Candidate, DraftFacts, DraftInvoice, decide};
use super::draft_terms::DraftTerms;
use super::issue_invoice::{self, IssueInvoice};
use super::lines::{LineKey, Terms, invoice_lines};
use super::numbering::{InvoiceSeries, NumberPattern, NumberTaken, TakeNumber};
use super::prompt_payment::PromptTerms;
use super::record_payment::{self, Over, RecordPayment};
use super::seal::{PricedLine, SealFacts, TermSources};
use super::sealed::{Buyer, BuyerParticulars, RateSource, RuleSource, Seller, TemplateVersion};
use super::shown::ShownLine;
use super::totals::Prices;
use super::void_invoice::{self, VoidInvoice};
use super::{
    CreditNoteIssued, Fate, GroupBy, Invoice, InvoiceEvent, LineDisputed, Lot, ReservedEntry,
};
use crate::catalogue::rates::{Rate, RateScope, RateUnit};
use crate::id::{ClientId, CreditNoteId, DisputeId, PaymentId, SubjectId};
use crate::money::{Percent, price};
use crate::personal::{Personal, PurposeClass};
use crate::time::Rounding;
use crate::time::samples::{entry_id, invoice, member, project, task};

pub(crate) fn client(n: u128) -> ClientId {
    ClientId(Uuid::from_u128(n))
}

pub(crate) fn credit_note(n: u128) -> CreditNoteId {
    CreditNoteId(Uuid::from_u128(n))
}

pub(crate) fn payment(n: u128) -> PaymentId {
    PaymentId(Uuid::from_u128(n))
}

pub(crate) fn dispute_id(n: u128) -> DisputeId {
    DisputeId(Uuid::from_u128(n))
}

pub(crate) fn day(text: &str) -> Date {
    text.parse().expect("a day")
}

pub(crate) fn percent(text: &str) -> Percent {
    Percent::parse(text).expect("a percentage")
}

/// A text of client 1, as it is in the log once it's stored: two of them are equal.
pub(crate) fn personal(text: &str) -> Personal<String> {
    Personal::new(SubjectId(client(1).0), PurposeClass::Identity, text.to_owned())
}

/// A draft of January for client 1.
pub(crate) fn draft() -> DraftInvoice {
    DraftInvoice {
        invoice: invoice(1),
        client: client(1),
        from: day("2026-01-01"),
        to: day("2026-01-31"),
        group_by: GroupBy::Task,
    }
}

/// An entry of client 1 that can be billed.
pub(crate) fn candidate(entry: u128, on: &str, seconds: i64) -> Candidate {
    Candidate {
        entry: entry_id(entry),
        version: 1,
        member: member(1),
        project: project(1),
        task: task(1),
        day: day(on),
        work_day: day(on),
        seconds,
        approved: true,
        billable: true,
        client: client(1),
        claimed: None,
        freed_by: None,
        billed_seconds: None,
    }
}

pub(crate) fn draft_facts(entries: &[(u128, &str, i64)]) -> DraftFacts {
    DraftFacts {
        currency: "ZAR".into(),
        candidates: entries.iter().map(|(n, on, seconds)| candidate(*n, on, *seconds)).collect(),
    }
}

/// An invoice that reserves these entries.
pub(crate) fn draft_of(entries: &[(u128, &str, i64)]) -> Invoice {
    let event = decide(&Invoice::default(), &draft_facts(entries), &draft()).expect("drafted");
    let mut invoice = Invoice::default();
    invoice.evolve(&event.into());
    invoice
}

/// An invoice that reserves a minute of entry 1.
pub(crate) fn drafted() -> Invoice {
    draft_of(&[(1, "2026-01-07", 60)])
}

/// Voids invoice 1 in February.
pub(crate) fn void() -> VoidInvoice {
    VoidInvoice { invoice: invoice(1), reason: None, on: day("2026-02-03") }
}

pub(crate) fn voided() -> Invoice {
    let mut state = drafted();
    state.evolve(&void_invoice::decide(&state, void()).expect("voided").into());
    state
}

/// The only line of the draft of a minute of entry 1, at 1250.00 an hour.
pub(crate) fn a_line() -> ShownLine {
    ShownLine {
        n: 1,
        key: LineKey::Task { project: project(1), task: task(1) },
        description: "Website: Design".into(),
        quantity: "0.0167".into(),
        unit_price_minor: Some(125_000),
        amount_minor: Some(2083),
        lots: vec![(Lot::whole(entry_id(1)), 60)],
    }
}

pub(crate) fn dispute_line(n: u128) -> DisputeLine {
    DisputeLine {
        invoice: invoice(1),
        dispute: dispute_id(n),
        line: a_line(),
        by: personal("Nova"),
        reason: personal("Not agreed on"),
    }
}

pub(crate) fn dispute(n: u128) -> LineDisputed {
    dispute_line::decide(&drafted(), dispute_line(n)).expect("disputed")
}

/// The facts of an invoice of a registered firm in South Africa over all that `state` holds, each
/// line at `rate`.
pub(crate) fn seal_facts(number: &str, state: &Invoice, rate: &Rate) -> SealFacts {
    let drafted = state.drafted.as_ref().expect("a draft");
    let terms = |_: &ReservedEntry| Terms {
        rounding: Rounding::NONE,
        rate: Some(rate.clone()),
        working_day_seconds: 8 * 3600,
        span: None,
    };
    let lines = invoice_lines(&drafted.entries, drafted.group_by, &drafted.currency, terms, price);
    let priced = |line| PricedLine { line, description: "Work".into(), who: None, note: None };
    let source = TermSources {
        rate: RateSource { scope: RateScope::default(), from: None },
        rounding: RuleSource { scope: None, from: None },
    };
    let sources: BTreeMap<_, _> = drafted.entries.iter().map(|it| (it.entry, source)).collect();
    let particulars = BuyerParticulars { name: "Nova Example".into(), ..Default::default() };
    let subject = SubjectId(client(1).0);
    let particulars = Personal::new(subject, PurposeClass::Identity, particulars);
    SealFacts {
        number: number.to_owned(),
        issued_on: day("2026-01-31"),
        seller: seller(),
        buyer: Buyer { particulars, country: "ZA".into() },
        registered: true,
        standard: percent("15"),
        prices: Prices::Exclusive,
        category: None,
        tax_reason: None,
        buyer_reference: None,
        own_currency: "ZAR".into(),
        payment_days: 30,
        prompt_payment: None,
        coin_minor: None,
        footer: None,
        lines: lines.into_iter().map(priced).collect(),
        sources,
        template_version: TemplateVersion(1),
    }
}

fn seller() -> Seller {
    Seller {
        name: "Acme (Pty) Ltd".into(),
        address: vec!["1 Main Road".into(), "Cape Town".into()],
        country: "ZA".into(),
        vat_number: Some("4012345678".into()),
        registration_number: None,
        bank_details: Vec::new(),
        logo: None,
    }
}

/// 1250.00 rand per hour.
pub(crate) fn hourly(amount_minor: i64) -> Rate {
    Rate { unit: RateUnit::Hour, amount_minor, currency: "ZAR".into() }
}

fn taken(n: u32, pattern: &str, of: u128, credit: Option<CreditNoteId>, on: Date) -> NumberTaken {
    let pattern = NumberPattern::parse(pattern).expect("a pattern");
    let take = TakeNumber { pattern, issued_on: on, invoice: invoice(of), credit_note: credit };
    let series = InvoiceSeries { taken: n - 1, last_on: None };
    series.next(take).expect("a number")
}

/// The n-th number of 2026 for an invoice.
pub(crate) fn number_taken(of: u128, n: u32) -> NumberTaken {
    taken(n, "INV-{year}-{n:5}", of, None, day("2026-01-31"))
}

/// The n-th number of 2026 for a credit note of an invoice.
pub(crate) fn credit_number(of: u128, credit: CreditNoteId, n: u32) -> NumberTaken {
    taken(n, "CN-{year}-{n:5}", of, Some(credit), day("2026-02-01"))
}

pub(crate) fn issue_at(of: u128, n: u32, state: &Invoice, rate: &Rate) -> IssueInvoice {
    let number = number_taken(of, n);
    let facts = seal_facts(&number.number, state, rate);
    IssueInvoice { invoice: invoice(of), facts, number, forms: Vec::new() }
}

/// Issues at 1250.00 an hour under the n-th number.
pub(crate) fn issue(of: u128, n: u32, state: &Invoice) -> IssueInvoice {
    issue_at(of, n, state, &hourly(125_000))
}

pub(crate) fn issued_from(mut state: Invoice, command: IssueInvoice) -> Invoice {
    let event = issue_invoice::decide(&state, command).expect("issued");
    state.evolve(&event.into());
    state
}

/// Issued over a minute of entry 1.
pub(crate) fn issued() -> Invoice {
    let state = drafted();
    let command = issue(1, 1, &state);
    issued_from(state, command)
}

/// Issued over one hour at this net, with what is offered for paying soon: percent and days.
pub(crate) fn issued_with(net_minor: i64, prompt: Option<(&str, u16)>) -> Invoice {
    let state = draft_of(&[(1, "2026-01-07", 3600)]);
    let mut command = issue_at(1, 1, &state, &hourly(net_minor));
    command.facts.prompt_payment =
        prompt.map(|(text, days)| PromptTerms { percent: percent(text), days });
    issued_from(state, command)
}

/// The same of a firm that is not registered for tax.
pub(crate) fn issued_without_tax(net_minor: i64, prompt: Option<(&str, u16)>) -> Invoice {
    let state = draft_of(&[(1, "2026-01-07", 3600)]);
    let mut command = issue_at(1, 1, &state, &hourly(net_minor));
    command.facts.registered = false;
    command.facts.prompt_payment =
        prompt.map(|(text, days)| PromptTerms { percent: percent(text), days });
    issued_from(state, command)
}

/// Takes something back under the n-th number.
pub(crate) fn credit(of: u128, n: u32, what: CreditWhat, fate: Fate) -> CreditInvoice {
    let id = credit_note(n.into());
    let number = credit_number(of, id, n);
    let facts = CreditFacts {
        number: number.number.clone(),
        issued_on: day("2026-02-01"),
        what,
        fate,
        reason: personal("Agreed"),
        names_members: true,
        template_version: TemplateVersion(1),
    };
    CreditInvoice { invoice: invoice(of), credit_note: id, facts, number, forms: Vec::new() }
}

/// Takes all of invoice 1 back.
pub(crate) fn credit_all(state: &Invoice) -> CreditNoteIssued {
    let command = credit(1, 1, CreditWhat::Everything, Fate::Unbilled);
    credit_invoice::decide(state, command).expect("credited")
}

/// Payment 1 of so much, in time for a discount.
pub(crate) fn pay_in_time(state: &Invoice, amount_minor: i64) -> InvoiceEvent {
    let command = RecordPayment {
        invoice: invoice(1),
        payment: payment(1),
        amount_minor,
        on: day("2026-02-05"),
        over: Over::Keep,
        reference: None,
    };
    let mut events = record_payment::decide(state, command).expect("paid");
    events.pop().expect("one event")
}

/// The draft with other terms.
pub(crate) fn with_terms(mut state: Invoice, terms: DraftTerms) -> Invoice {
    state.drafted.as_mut().expect("a draft").terms = terms;
    state
}
