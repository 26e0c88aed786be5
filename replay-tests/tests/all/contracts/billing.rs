//! Samples of the events of invoices from their drafts on, and of what is known of clients for
//! them.

use domain::billing::billing_profile::{BillingProfileChanged, Profile, ProfileEvent};
use domain::billing::draft_terms::{DraftDiscount, DraftLineDiscount, DraftLineTax, DraftTerms};
use domain::billing::exchange::{Exchange, ExchangeRate, StatedRate};
use domain::billing::lines::LineKey;
use domain::billing::prompt_payment::{PromptPayment, PromptTerms};
use domain::billing::sealed::{
    Allowance, Buyer, BuyerParticulars, Credited, DocumentKind, LineDiscount, PaymentTerms,
    RateSource, References, RenderedForm, RuleSource, SealedEntry, SealedInvoice, SealedLine,
    Seller, TemplateVersion, Wording,
};
use domain::billing::tax::{TaxCategory, TaxRate};
use domain::billing::tax_invoice::TaxInvoiceKind;
use domain::billing::totals::{
    ArithmeticVersion, DiscountShare, Prices, Reduction, TaxSubtotal, Totals,
};
use domain::billing::{
    CreditNoteIssued, DisputeSettled, Fate, GroupBy, InvoiceEvent, InvoiceIssued, InvoicePaid,
    InvoiceRedrafted, InvoiceSent, InvoiceSignedOff, InvoiceTermsChanged, LineDisputed, Lot,
    MovedSeconds, Outcome, PaymentReversed, ReservedEntry, SentBy,
};
use domain::catalogue::rates::{RateScope, RateUnit};
use domain::catalogue::rounding_rules::RuleScope;
use domain::id::{
    ClientId, CreditNoteId, DisputeId, EntryId, FileId, InvoiceId, MemberId, PaymentId, ProjectId,
    SubjectId, TaskId,
};
use domain::log::Event;
use domain::money::Percent;
use domain::personal::{Personal, PurposeClass};
use domain::time::Rounding;
use jiff::civil::date;

use super::sample::{
    BRIDGE, DRAWING, ENTRY, FILE, INVOICE, KABELO, NOVA, TUESDAY, UMBRELLA, digest, id, text,
};

const CREDIT_NOTE: u16 = 51;
const PAYMENT: u16 = 52;
const DISPUTE: u16 = 53;

const INVOICE_ID: fn() -> InvoiceId = || InvoiceId(id(INVOICE));
const CLIENT: fn() -> ClientId = || ClientId(id(UMBRELLA));
const CREDIT: fn() -> CreditNoteId = || CreditNoteId(id(CREDIT_NOTE));

fn percent(text: &str) -> Percent {
    Percent::parse(text).expect("a percentage")
}

fn words(said: &str) -> Personal<String> {
    text(UMBRELLA, PurposeClass::Identity, said)
}

fn standard() -> TaxRate {
    TaxRate::standard(percent("15"))
}

fn key() -> LineKey {
    LineKey::Task { project: ProjectId(id(BRIDGE)), task: TaskId(id(DRAWING)) }
}

fn stated() -> StatedRate {
    let rate = ExchangeRate::parse("18.4512").expect("a rate");
    StatedRate { rate, on: date(2026, 2, 27), source: "SARB".into() }
}

fn reserved(freed_by: Option<CreditNoteId>) -> ReservedEntry {
    ReservedEntry {
        entry: EntryId(id(ENTRY)),
        version: 1,
        member: MemberId(id(NOVA)),
        project: ProjectId(id(BRIDGE)),
        task: TaskId(id(DRAWING)),
        day: TUESDAY,
        seconds: 3600,
        freed_by,
        billed_seconds: None,
    }
}

fn terms() -> DraftTerms {
    DraftTerms {
        discounts: vec![
            DraftDiscount {
                reduction: Reduction::Percent(percent("2.5")),
                reason: Some(words("Loyalty")),
            },
            DraftDiscount { reduction: Reduction::AmountMinor(100), reason: None },
        ],
        line_discounts: vec![DraftLineDiscount {
            key: key(),
            reduction: Reduction::AmountMinor(5),
        }],
        category: Some(TaxCategory::Standard),
        line_taxes: TaxCategory::ALL
            .map(|category| DraftLineTax {
                key: LineKey::Entry { day: TUESDAY, entry: EntryId(id(ENTRY)) },
                category,
            })
            .to_vec(),
        tax_reason: Some("Section 11".into()),
        exchange: Some(stated()),
        payment_days: Some(14),
        prompt_payment: Some(PromptTerms { percent: percent("2"), days: 10 }),
        buyer_reference: Some(words("Kabelo's project")),
        purchase_order: Some(words("PO 7")),
        note: Some(words("Thank you")),
    }
}

fn seller(full: bool) -> Seller {
    Seller {
        name: "Acme (Pty) Ltd".into(),
        address: vec!["1 Main Road".into(), "Cape Town".into()],
        country: "ZA".into(),
        vat_number: full.then(|| "4012345678".into()),
        registration_number: full.then(|| "2020/123456/07".into()),
        bank_details: vec!["Account 123".into()],
        logo: full.then(|| FileId(id(FILE))),
    }
}

fn particulars(full: bool) -> Personal<BuyerParticulars> {
    let particulars = BuyerParticulars {
        name: "Umbrella".into(),
        address: vec!["2 Long Street".into()],
        vat_number: full.then(|| "4098765432".into()),
        registration_number: full.then(|| "2019/654321/07".into()),
        email: full.then(|| "bills@umbrella.example".into()),
    };
    Personal::new(SubjectId(id(UMBRELLA)), PurposeClass::Identity, particulars)
}

fn line(full: bool) -> SealedLine {
    let from = Some(date(2026, 1, 1));
    let rate_source = RateSource {
        scope: RateScope { client: full.then(CLIENT), ..RateScope::default() },
        from: from.filter(|_| full),
    };
    let rounding_source = RuleSource {
        scope: full.then(|| RuleScope::Client(CLIENT())),
        from: from.filter(|_| full),
    };
    let entry = SealedEntry {
        entry: EntryId(id(ENTRY)),
        version: 1,
        freed_by: full.then(CREDIT),
        billed_seconds: None,
        seconds: 3600,
        rate_source: full.then_some(rate_source),
        rounding_source: full.then_some(rounding_source),
    };
    let reduction = Reduction::Percent(percent("10"));
    SealedLine {
        n: 1,
        key: if full { LineKey::Member { member: MemberId(id(NOVA)) } } else { key() },
        description: "Drawing".into(),
        who: full.then(|| text(NOVA, PurposeClass::Identity, "Nova Example")),
        note: full.then(|| text(NOVA, PurposeClass::Note, "the long beam")),
        seconds: 3600,
        rounded_seconds: 3600,
        quantity: "1.0000".into(),
        unit: if full { RateUnit::Day } else { RateUnit::Hour },
        unit_seconds: 3600,
        unit_price_minor: 100_000,
        discount: full.then_some(LineDiscount { reduction, amount_minor: 10_000 }),
        amount_minor: 90_000,
        net_minor: 90_000,
        tax: standard(),
        rounding: Rounding::NONE,
        rounding_source,
        rate_source,
        entries: vec![entry],
    }
}

fn sums(full: bool) -> (Vec<TaxSubtotal>, Totals) {
    let (lines_minor, tax_minor) = (90_000, 13_500);
    let allowance_minor = 0;
    let taxes = TaxSubtotal {
        rate: standard(),
        lines_minor,
        allowance_minor,
        taxable_minor: lines_minor,
        tax_minor,
    };
    let totals = Totals {
        lines_minor,
        allowance_minor,
        net_minor: lines_minor,
        tax_minor,
        gross_minor: 103_500,
        rounding_minor: if full { -4 } else { 0 },
        payable_minor: if full { 103_496 } else { 103_500 },
    };
    (vec![taxes], totals)
}

fn exchange() -> Exchange {
    let (tax_minor, gross_minor) = (249_091, 1_909_699);
    Exchange { currency: "ZAR".into(), stated: stated(), tax_minor, gross_minor }
}

/// A document with all that one may say, or with as little as there is.
fn sealed(document: DocumentKind, kind: TaxInvoiceKind, full: bool) -> SealedInvoice {
    let (taxes, totals) = sums(full);
    let shares = vec![DiscountShare { rate: standard(), amount_minor: 0 }];
    let allowance =
        |reason| Allowance { reduction: Reduction::AmountMinor(0), reason, shares: shares.clone() };
    let credits = Credited {
        invoice: INVOICE_ID(),
        number: "INV-2026-00001".into(),
        issued_on: date(2026, 2, 28),
        reason: text(UMBRELLA, PurposeClass::Reason, "hours that were not agreed on"),
    };
    SealedInvoice {
        number: "INV-2026-00001".into(),
        document,
        kind,
        issued_on: date(2026, 2, 28),
        due_on: date(2026, 3, 30),
        supply_from: date(2026, 2, 1),
        supply_to: date(2026, 2, 28),
        seller: seller(full),
        buyer: Buyer { particulars: particulars(full), country: "ZA".into() },
        currency: if full { "EUR" } else { "ZAR" }.into(),
        exchange: full.then(exchange),
        prices: if full { Prices::Inclusive } else { Prices::Exclusive },
        lines: vec![line(full)],
        allowances: if full {
            vec![allowance(Some(words("Loyalty"))), allowance(None)]
        } else {
            vec![]
        },
        taxes,
        totals,
        payment_terms: PaymentTerms { days: 30 },
        prompt_payment: full.then_some(PromptPayment {
            percent: percent("2"),
            until: date(2026, 3, 10),
            discount_minor: 2070,
            tax_minor: 270,
            payable_minor: 101_426,
        }),
        wording: Wording {
            title: "TAX INVOICE".into(),
            tax_reason: full.then(|| "Section 11".into()),
            footer: full.then(|| "Thank you".into()),
            note: full.then(|| words("As agreed")),
        },
        references: References {
            buyer_reference: full.then(|| words("Kabelo's project")),
            purchase_order: full.then(|| words("PO 7")),
            credits: Some(credits).filter(|_| document == DocumentKind::CreditNote),
        },
        arithmetic_version: ArithmeticVersion(1),
        template_version: TemplateVersion(1),
    }
}

fn forms() -> Vec<RenderedForm> {
    ["pdf", "ubl", "cii"]
        .map(|form| RenderedForm { form: form.into(), sha256: digest(form), file: None })
        .to_vec()
}

fn drafts() -> Vec<InvoiceEvent> {
    let (invoice, client) = (INVOICE_ID(), CLIENT());
    let redrafted = InvoiceRedrafted {
        invoice,
        client,
        from: date(2026, 2, 1),
        to: date(2026, 2, 14),
        group_by: GroupBy::Entry,
        currency: "ZAR".into(),
        released: vec![reserved(None)],
        taken: vec![reserved(Some(CREDIT()))],
    };
    let changed = |terms| InvoiceTermsChanged { invoice, client, terms };
    vec![redrafted.into(), changed(terms()).into(), changed(DraftTerms::default()).into()]
}

fn documents() -> Vec<InvoiceEvent> {
    let (invoice, client, credit_note) = (INVOICE_ID(), CLIENT(), CREDIT());
    let issued = |kind, full| -> InvoiceEvent {
        let sealed = Box::new(sealed(DocumentKind::Invoice, kind, full));
        InvoiceIssued { invoice, client, sealed, forms: forms() }.into()
    };
    let moved = |freed_by, whole, fate| MovedSeconds {
        line: 1,
        lot: Lot { entry: EntryId(id(ENTRY)), freed_by },
        seconds: 1800,
        left: 1800,
        whole,
        fate,
        billed_seconds: None,
    };
    let moved =
        vec![moved(None, true, Fate::Unbilled), moved(Some(credit_note), false, Fate::WrittenOff)];
    let sealed = Box::new(sealed(DocumentKind::CreditNote, TaxInvoiceKind::Full, false));
    let on = date(2026, 3, 1);
    let sent = |credit_note, by, to| -> InvoiceEvent {
        InvoiceSent { invoice, client, credit_note, by, to, on }.into()
    };
    vec![
        issued(TaxInvoiceKind::Full, true),
        issued(TaxInvoiceKind::Abridged, false),
        issued(TaxInvoiceKind::NotNeeded, false),
        issued(TaxInvoiceKind::NotATaxInvoice, false),
        sent(None, SentBy::Mail, vec![words("bills@umbrella.example")]),
        sent(Some(credit_note), SentBy::Network, vec![]),
        sent(None, SentBy::Elsewhere, vec![]),
        CreditNoteIssued { invoice, client, credit_note, sealed, moved, forms: forms() }.into(),
    ]
}

fn payments() -> Vec<InvoiceEvent> {
    let (invoice, client, payment) = (INVOICE_ID(), CLIENT(), PaymentId(id(PAYMENT)));
    let on = date(2026, 3, 5);
    let paid = |full: bool| InvoicePaid {
        invoice,
        client,
        payment,
        amount_minor: 101_430,
        discount_minor: full.then_some(2070),
        discount_tax_minor: full.then_some(270),
        over_minor: full.then_some(10),
        on,
        reference: full.then(|| words("INV-2026-00001 Kabelo")),
    };
    let back = |reason: Option<Personal<String>>| {
        let discount_minor = reason.as_ref().map(|_| 2070);
        PaymentReversed { invoice, client, payment, amount_minor: 10, discount_minor, on, reason }
    };
    let why = text(UMBRELLA, PurposeClass::Reason, "paid twice");
    vec![paid(true).into(), paid(false).into(), back(Some(why)).into(), back(None).into()]
}

fn agreement() -> Vec<InvoiceEvent> {
    let (invoice, client, dispute) = (INVOICE_ID(), CLIENT(), DisputeId(id(DISPUTE)));
    let disputed = |key| LineDisputed {
        invoice,
        client,
        dispute,
        line: 1,
        key,
        by: words("Kabelo Example"),
        reason: text(UMBRELLA, PurposeClass::Reason, "that was on Monday"),
        shown: None,
    };
    let settled = |outcome, note| DisputeSettled { invoice, client, dispute, outcome, note };
    let answer = text(UMBRELLA, PurposeClass::Reason, "corrected");
    let (by, seen_version, agreed) = (words("Kabelo Example"), 3, None);
    vec![
        InvoiceSignedOff { invoice, client, by, seen_version, agreed }.into(),
        disputed(key()).into(),
        disputed(LineKey::Day { day: TUESDAY }).into(),
        settled(Outcome::Accepted, Some(answer)).into(),
        settled(Outcome::Rejected, None).into(),
        settled(Outcome::Withdrawn, None).into(),
    ]
}

pub(crate) fn invoices() -> Vec<Event> {
    let all = [drafts(), documents(), payments(), agreement()];
    all.into_iter().flatten().map(Event::from).collect()
}

pub(crate) fn profiles() -> Vec<Event> {
    let full = Profile {
        particulars: Some(particulars(true)),
        country: Some("ZA".into()),
        category: Some(TaxCategory::ZeroRated),
        tax_reason: Some("Section 11".into()),
        payment_days: Some(14),
        prompt_payment: Some(PromptTerms { percent: percent("2"), days: 10 }),
        buyer_reference: Some(words("Kabelo's project")),
        account_manager: Some(MemberId(id(KABELO))),
    };
    let changed = |profile| {
        let event = BillingProfileChanged { client: CLIENT(), profile };
        Event::from(ProfileEvent::from(event))
    };
    vec![changed(full), changed(Profile::default())]
}
