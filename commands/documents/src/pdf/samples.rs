//! Documents with fixed values for the tests of the page, each computed by the domain's arithmetic.

use domain::billing::exchange::{Exchange, ExchangeRate, StatedRate};
use domain::billing::lines::LineKey;
use domain::billing::prompt_payment::PromptTerms;
use domain::billing::sealed::{
    Allowance, Buyer, BuyerParticulars, Credited, DocumentKind, LineDiscount, PaymentTerms,
    RateSource, References, RuleSource, SealedInvoice, SealedLine, Seller, TemplateVersion,
    Wording,
};
use domain::billing::tax::{TaxCategory, TaxRate};
use domain::billing::tax_invoice::TaxInvoiceKind;
use domain::billing::totals::{ArithmeticVersion, Prices, Reduction, TaxedLine, compute};
use domain::catalogue::rates::{RateScope, RateUnit};
use domain::id::{InvoiceId, MemberId, SubjectId};
use domain::money::{Money, Percent, price, proportion};
use domain::personal::{Personal, PurposeClass};
use domain::time::Rounding;
use jiff::civil::date;

use crate::Logo;

fn id() -> InvoiceId {
    "01890000-0000-7000-8000-000000000001".parse().expect("an id")
}

pub(crate) fn percent(text: &str) -> Percent {
    Percent::parse(text).expect("a percentage")
}

/// The client.
pub(crate) fn subject() -> SubjectId {
    SubjectId(id().0)
}

pub(crate) fn personal(text: &str) -> Personal<String> {
    Personal::new(subject(), PurposeClass::Identity, text.to_owned())
}

/// A line of so many seconds at an amount per hour, taxed at the standard rate.
pub(crate) fn line(n: u32, description: &str, seconds: i64, hourly_minor: i64) -> SealedLine {
    let rate = domain::catalogue::rates::Rate {
        unit: RateUnit::Hour,
        amount_minor: hourly_minor,
        currency: "ZAR".into(),
    };
    let amount_minor = price(seconds, &rate, 28_800);
    let units = proportion(seconds, 10_000, 3600);
    SealedLine {
        n,
        key: LineKey::Member { member: MemberId(id().0) },
        description: description.into(),
        who: None,
        note: None,
        seconds,
        rounded_seconds: seconds,
        quantity: format!("{}.{:04}", units / 10_000, units % 10_000),
        unit: RateUnit::Hour,
        unit_seconds: 3600,
        unit_price_minor: hourly_minor,
        discount: None,
        amount_minor,
        net_minor: amount_minor,
        tax: TaxRate::standard(percent("15")),
        rounding: Rounding::NONE,
        rounding_source: RuleSource { scope: None, from: None },
        rate_source: RateSource { scope: RateScope::default(), from: None },
        entries: Vec::new(),
    }
}

/// A tax invoice of a registered firm in Cape Town over these lines.
pub(crate) fn invoice(lines: Vec<SealedLine>) -> SealedInvoice {
    let mut sealed = SealedInvoice {
        number: "INV-2026-00042".into(),
        document: DocumentKind::Invoice,
        kind: TaxInvoiceKind::Full,
        issued_on: date(2026, 1, 31),
        due_on: date(2026, 3, 2),
        supply_from: date(2026, 1, 1),
        supply_to: date(2026, 1, 31),
        seller: seller(),
        buyer: buyer(),
        currency: "ZAR".into(),
        exchange: None,
        prices: Prices::Exclusive,
        lines,
        allowances: Vec::new(),
        taxes: Vec::new(),
        totals: domain::billing::totals::Totals::default(),
        payment_terms: PaymentTerms { days: 30 },
        prompt_payment: None,
        wording: Wording {
            title: "TAX INVOICE".into(),
            footer: Some("Kopano Design Studio (Pty) Ltd · kopano.example".into()),
            ..Wording::default()
        },
        references: References {
            buyer_reference: Some(personal("Cost centre 4410")),
            purchase_order: Some(personal("PO 4500017")),
            credits: None,
        },
        arithmetic_version: ArithmeticVersion::TODAY,
        template_version: TemplateVersion(1),
    };
    computed(&mut sealed, &[]);
    sealed
}

/// Sums of the lines as they are, less discounts on the whole.
pub(crate) fn computed(sealed: &mut SealedInvoice, discounts: &[(Reduction, &str)]) {
    let taxed = |line: &SealedLine| TaxedLine { amount_minor: line.amount_minor, rate: line.tax };
    let lines: Vec<TaxedLine> = sealed.lines.iter().map(taxed).collect();
    let reductions: Vec<Reduction> = discounts.iter().map(|(reduction, _)| *reduction).collect();
    let computed = compute(sealed.prices, &lines, &reductions).expect("computed");
    for (line, net) in sealed.lines.iter_mut().zip(&computed.line_nets) {
        line.net_minor = *net;
    }
    let given = discounts.iter().zip(computed.discounts);
    sealed.allowances = given
        .map(|(&(reduction, reason), shares)| Allowance {
            reduction,
            reason: Some(personal(reason)),
            shares,
        })
        .collect();
    (sealed.taxes, sealed.totals) = (computed.taxes, computed.totals);
}

fn seller() -> Seller {
    Seller {
        name: "Kopano Design Studio (Pty) Ltd".into(),
        address: vec!["14 Kloof Street".into(), "Gardens".into(), "Cape Town 8001".into()],
        country: "ZA".into(),
        vat_number: Some("4012345678".into()),
        registration_number: Some("2019/123456/07".into()),
        bank_details: vec![
            "Kopano Design Studio (Pty) Ltd".into(),
            "First Example Bank, branch 250655".into(),
            "Account 6200 0000 123".into(),
        ],
        logo: None,
    }
}

fn buyer() -> Buyer {
    let particulars = BuyerParticulars {
        name: "Nova Logistics Ltd".into(),
        address: vec!["Unit 7, Harbour Park".into(), "88 Dock Road".into(), "Durban 4001".into()],
        vat_number: Some("4098765432".into()),
        registration_number: Some("2011/654321/06".into()),
        email: Some("accounts@nova.example".into()),
    };
    let particulars = Personal::new(subject(), PurposeClass::Identity, particulars);
    Buyer { particulars, country: "ZA".into() }
}

/// Three lines, two members and a note.
pub(crate) fn short() -> SealedInvoice {
    let mut lines = vec![
        line(1, "Website redesign: Concept and wireframes", 26_400, 125_000),
        line(2, "Website redesign: Front-end development", 115_200, 98_000),
        line(3, "Support: Monthly maintenance", 14_400, 75_000),
    ];
    lines[1].who = Some(personal("Thandi Nkosi"));
    lines[2].note = Some(personal("Updates of January, and the outage of the 14th"));
    let mut sealed = invoice(lines);
    sealed.wording.note = Some(personal("Thank you for working with us."));
    sealed
}

/// With discounts, several rates, prompt payment and rounding of lines.
pub(crate) fn rich() -> SealedInvoice {
    let mut sealed = short();
    sealed.lines[0].discount =
        Some(LineDiscount { reduction: Reduction::Percent(percent("10")), amount_minor: 91_667 });
    sealed.lines[0].amount_minor = 825_000;
    sealed.lines[1].tax = TaxRate::of(TaxCategory::ZeroRated, percent("15"));
    sealed.lines[2].tax = TaxRate::of(TaxCategory::Exempt, percent("15"));
    computed(&mut sealed, &[(Reduction::Percent(percent("5")), "Loyalty")]);
    sealed.wording.tax_reason = Some("Exempt under section 12(a) of the VAT Act".into());
    let terms = PromptTerms { percent: percent("2.5"), days: 10 };
    sealed.prompt_payment =
        terms.on(sealed.issued_on, &sealed.taxes, &sealed.totals).expect("in range");
    sealed
}

/// In euro, with tax in rand.
pub(crate) fn foreign() -> SealedInvoice {
    let mut sealed = short();
    sealed.currency = "EUR".into();
    let rate = ExchangeRate::parse("18.4512").expect("a rate");
    let stated = StatedRate { rate, on: date(2026, 1, 30), source: "SARB".into() };
    let money = |amount_minor| Money { amount_minor, currency: "EUR".into() };
    let (tax, gross) = (money(sealed.totals.tax_minor), money(sealed.totals.gross_minor));
    sealed.exchange = Some(Exchange::of(stated, "ZAR", &tax, &gross).expect("converted"));
    sealed
}

/// Of a firm that is not registered for the tax.
pub(crate) fn unregistered() -> SealedInvoice {
    let mut sealed = short();
    sealed.kind = TaxInvoiceKind::NotATaxInvoice;
    sealed.wording.title = "INVOICE".into();
    sealed.seller.vat_number = None;
    sealed.lines.iter_mut().for_each(|line| line.tax = TaxRate::NOT_REGISTERED);
    computed(&mut sealed, &[]);
    sealed
}

/// A credit note over the first line.
pub(crate) fn credit() -> SealedInvoice {
    let mut sealed = invoice(short().lines.into_iter().take(1).collect());
    sealed.number = "CN-2026-00003".into();
    sealed.document = DocumentKind::CreditNote;
    sealed.wording.title = "CREDIT NOTE".into();
    sealed.issued_on = date(2026, 2, 12);
    sealed.references.credits = Some(Credited {
        invoice: id(),
        number: "INV-2026-00042".into(),
        issued_on: date(2026, 1, 31),
        reason: personal("The concept was agreed to be part of the fixed fee"),
    });
    sealed
}

/// So many lines.
pub(crate) fn long(lines: u32) -> SealedInvoice {
    let line = |n: u32| {
        let work = ["Design review", "Implementation", "Testing", "Meeting with the client"];
        let what = format!("Harbour portal: {} {n}", work[n as usize % work.len()]);
        let mut line = line(n, &what, 1800 + i64::from(n) * 300, 98_000);
        if n.is_multiple_of(5) {
            line.note = Some(personal("With notes on what was found, and what is left to do next"));
        }
        line
    };
    invoice((1..=lines).map(line).collect())
}

/// A mark of 360 by 96 pixels.
pub(crate) fn logo() -> Logo {
    Logo { media_type: "image/png".into(), bytes: include_bytes!("../../tests/logo.png").to_vec() }
}
