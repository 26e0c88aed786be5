//! What stands on the page, text by text: sealed facts in, words out. The template only says where
//! each of them goes, so that all that is said can be read and tested here.

use domain::billing::sealed::{Buyer, DocumentKind, SealedInvoice, SealedLine, Seller};
use domain::billing::tax::{TaxCategory, TaxRate};
use domain::billing::tax_invoice::TaxInvoiceKind;
use domain::billing::totals::{Prices, Reduction};
use domain::personal::Personal;
use serde::Serialize;

use super::Marking;
use super::legible::legible;
use super::words::{amount, day, decimals, money, period, quantity, unit};

/// A text that somebody wrote, as it can be shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub(super) struct Shown(pub(super) String);

impl From<&str> for Shown {
    fn from(text: &str) -> Self {
        Shown(legible(text))
    }
}

impl From<String> for Shown {
    fn from(text: String) -> Self {
        Shown(legible(&text))
    }
}

/// A personal text; of one that is gone, that it is.
fn personal(text: &Personal<String>) -> Shown {
    text.get().map_or(Shown::from("[erased]"), |text| Shown::from(text.as_str()))
}

/// A text with what it is.
#[derive(Debug, Serialize)]
pub(super) struct Named {
    label: Shown,
    value: Shown,
}

fn named(label: impl Into<Shown>, value: impl Into<Shown>) -> Named {
    Named { label: label.into(), value: value.into() }
}

/// One side.
#[derive(Debug, Serialize)]
pub(super) struct Party {
    name: Shown,
    address: Vec<Shown>,
    numbers: Vec<Named>,
}

/// A row of the table of lines.
#[derive(Debug, Serialize)]
pub(super) struct Row {
    n: u32,
    description: Shown,
    /// The member and the note.
    details: Vec<Shown>,
    quantity: String,
    unit: &'static str,
    price: String,
    discount: String,
    tax: String,
    net: String,
}

/// A row of the table of taxes.
#[derive(Debug, Serialize)]
pub(super) struct TaxRow {
    label: String,
    taxable: String,
    tax: String,
    gross: String,
}

/// Words below the sums.
#[derive(Debug, Serialize)]
pub(super) struct Note {
    heading: Shown,
    lines: Vec<Shown>,
}

/// What there is beside the texts.
#[derive(Debug, Clone, Copy, Serialize)]
pub(super) struct Attached {
    /// The firm's mark.
    pub(super) logo: bool,
    /// The form for programs.
    pub(super) xml: bool,
}

/// All of it.
#[derive(Debug, Serialize)]
pub(super) struct Page {
    title: Shown,
    number: Shown,
    marking: Option<&'static str>,
    with: Attached,
    author: Shown,
    currency: Shown,
    seller: Party,
    buyer: Party,
    buyer_label: &'static str,
    facts: Vec<Named>,
    price_label: &'static str,
    has_discounts: bool,
    has_tax: bool,
    lines: Vec<Row>,
    taxes: Vec<TaxRow>,
    sums: Vec<Named>,
    due: Named,
    notes: Vec<Note>,
    bank: Vec<Shown>,
    footer: Vec<Shown>,
}

impl Page {
    /// What an issued document or a preview says.
    pub(super) fn of(sealed: &SealedInvoice, marking: Marking, with: Attached) -> Self {
        let is_invoice = sealed.document == DocumentKind::Invoice;
        let inclusive = sealed.prices == Prices::Inclusive;
        let payable = money(sealed.totals.payable_minor, &sealed.currency);
        Page {
            title: Shown::from(sealed.wording.title.as_str()),
            number: Shown::from(sealed.number.as_str()),
            marking: marking.words(),
            with,
            author: Shown::from(sealed.seller.name.as_str()),
            currency: Shown::from(sealed.currency.as_str()),
            seller: seller(&sealed.seller),
            buyer: buyer(&sealed.buyer),
            buyer_label: if is_invoice { "Billed to" } else { "Credited to" },
            facts: facts(sealed),
            price_label: if inclusive { "Price incl. VAT" } else { "Unit price" },
            has_discounts: sealed.lines.iter().any(|line| line.discount.is_some()),
            has_tax: is_taxed(sealed),
            lines: rows(sealed),
            taxes: taxes(sealed),
            sums: sums(sealed),
            due: named(if is_invoice { "Amount due" } else { "Amount credited" }, payable),
            notes: notes(sealed),
            bank: if is_invoice { shown(&sealed.seller.bank_details) } else { Vec::new() },
            footer: sealed
                .wording
                .footer
                .iter()
                .flat_map(|it| it.lines())
                .map(Shown::from)
                .collect(),
        }
    }
}

/// Whether tax is spoken of at all.
fn is_taxed(sealed: &SealedInvoice) -> bool {
    sealed.kind != TaxInvoiceKind::NotATaxInvoice
}

fn shown(lines: &[String]) -> Vec<Shown> {
    let lines = lines.iter().flat_map(|line| line.lines());
    lines.filter(|line| !line.trim().is_empty()).map(Shown::from).collect()
}

fn numbers(vat: Option<&str>, registration: Option<&str>) -> Vec<Named> {
    let vat = vat.map(|number| named("VAT number", number));
    let registration = registration.map(|number| named("Reg. number", number));
    vat.into_iter().chain(registration).collect()
}

fn seller(seller: &Seller) -> Party {
    Party {
        name: Shown::from(seller.name.as_str()),
        address: shown(&seller.address),
        numbers: numbers(seller.vat_number.as_deref(), seller.registration_number.as_deref()),
    }
}

fn buyer(buyer: &Buyer) -> Party {
    let Some(known) = buyer.particulars.get() else {
        return Party { name: Shown::from("[erased]"), address: vec![], numbers: vec![] };
    };
    Party {
        name: Shown::from(known.name.as_str()),
        address: shown(&known.address),
        numbers: numbers(known.vat_number.as_deref(), known.registration_number.as_deref()),
    }
}

/// Numbers, days and references.
fn facts(sealed: &SealedInvoice) -> Vec<Named> {
    let is_invoice = sealed.document == DocumentKind::Invoice;
    let mut facts = Vec::new();
    if !sealed.number.is_empty() {
        let label = if is_invoice { "Invoice number" } else { "Credit note number" };
        facts.push(named(label, sealed.number.as_str()));
    }
    facts.push(named("Date of issue", day(sealed.issued_on)));
    facts.push(named("Period of supply", period(sealed.supply_from, sealed.supply_to)));
    if is_invoice {
        facts.push(named("Due date", day(sealed.due_on)));
    }
    if let Some(credits) = &sealed.references.credits {
        facts.push(named("Credits invoice", credits.number.as_str()));
        facts.push(named("Issued on", day(credits.issued_on)));
    }
    let references = &sealed.references;
    let reference = references.buyer_reference.as_ref();
    facts.extend(
        reference.map(|text| Named { label: "Your reference".into(), value: personal(text) }),
    );
    let order = references.purchase_order.as_ref();
    facts.extend(order.map(|text| Named { label: "Your order".into(), value: personal(text) }));
    facts.push(named("Currency", sealed.currency.as_str()));
    facts
}

fn rows(sealed: &SealedInvoice) -> Vec<Row> {
    let places = decimals(sealed.lines.iter().map(|line| line.quantity.as_str()));
    let currency = &sealed.currency;
    let row = |line: &SealedLine| Row {
        n: line.n,
        description: Shown::from(line.description.as_str()),
        details: line.who.iter().chain(&line.note).map(personal).collect(),
        quantity: quantity(&line.quantity, places),
        unit: unit(line.unit),
        price: amount(line.unit_price_minor, currency),
        discount: line
            .discount
            .map(|it| off(it.reduction, it.amount_minor, currency))
            .unwrap_or_default(),
        tax: short(line.tax),
        net: amount(line.net_minor, currency),
    };
    sealed.lines.iter().map(row).collect()
}

/// What was taken off, as it was given.
fn off(reduction: Reduction, amount_minor: i64, currency: &str) -> String {
    match reduction {
        Reduction::Percent(percent) => format!("{percent}%"),
        Reduction::AmountMinor(_) => amount(amount_minor, currency),
    }
}

/// A rate in a narrow column.
fn short(rate: TaxRate) -> String {
    match rate.category {
        TaxCategory::Standard | TaxCategory::ZeroRated => format!("{}%", rate.percent),
        TaxCategory::Exempt => "exempt".into(),
        TaxCategory::OutsideScope => "none".into(),
        TaxCategory::ReverseCharge => "reverse".into(),
        TaxCategory::IntraCommunity => "intra-EU".into(),
        TaxCategory::Export => "export".into(),
    }
}

fn taxes(sealed: &SealedInvoice) -> Vec<TaxRow> {
    let currency = &sealed.currency;
    let rows = sealed.taxes.iter().filter(|_| is_taxed(sealed));
    rows.map(|it| TaxRow {
        label: format!("{}% {}", it.rate.percent, it.rate.category.words()),
        taxable: amount(it.taxable_minor, currency),
        tax: amount(it.tax_minor, currency),
        gross: amount(it.taxable_minor + it.tax_minor, currency),
    })
    .collect()
}

/// From the lines to the whole.
fn sums(sealed: &SealedInvoice) -> Vec<Named> {
    let totals = &sealed.totals;
    let text = |minor| amount(minor, &sealed.currency);
    let taxed = is_taxed(sealed);
    let mut sums = Vec::new();
    if !sealed.allowances.is_empty() {
        sums.push(named("Sum of lines", text(totals.lines_minor)));
    }
    for allowance in &sealed.allowances {
        let minor: i64 = allowance.shares.iter().map(|share| share.amount_minor).sum();
        let given = match allowance.reduction {
            Reduction::Percent(percent) => format!("Discount {percent}%"),
            Reduction::AmountMinor(_) => "Discount".to_owned(),
        };
        let label = match &allowance.reason {
            None => Shown::from(given),
            Some(reason) => Shown(format!("{given}, {}", personal(reason).0)),
        };
        sums.push(Named { label, value: text(-minor).into() });
    }
    if taxed {
        sums.push(named("Total excluding VAT", text(totals.net_minor)));
        for tax in sealed.taxes.iter().filter(|tax| tax.rate.category == TaxCategory::Standard) {
            sums.push(named(format!("VAT {}%", tax.rate.percent), text(tax.tax_minor)));
        }
        if sealed.taxes.iter().all(|tax| tax.rate.category != TaxCategory::Standard) {
            sums.push(named("VAT", text(totals.tax_minor)));
        }
        sums.push(named("Total including VAT", text(totals.gross_minor)));
    } else {
        sums.push(named("Total", text(totals.gross_minor)));
    }
    if totals.rounding_minor != 0 {
        sums.push(named("Rounding", text(totals.rounding_minor)));
    }
    sums
}

fn note(heading: impl Into<Shown>, lines: impl IntoIterator<Item = Shown>) -> Note {
    Note { heading: heading.into(), lines: lines.into_iter().collect() }
}

fn notes(sealed: &SealedInvoice) -> Vec<Note> {
    let mut notes = Vec::new();
    if let Some(credits) = &sealed.references.credits {
        notes.push(note("Reason for this credit", [personal(&credits.reason)]));
    }
    if let Some(reason) = &sealed.wording.tax_reason {
        let all = sealed.totals.tax_minor == 0;
        let heading = if all { "Why no VAT is charged" } else { "Why some lines carry no VAT" };
        notes.push(note(heading, reason.lines().map(Shown::from)));
    }
    if let Some(own) = &sealed.exchange {
        let rate = format!(
            "1 {} = {} {}, {} of {}",
            sealed.currency,
            own.stated.rate,
            own.currency,
            own.stated.source,
            day(own.stated.on)
        );
        let sums = format!(
            "VAT {}, total including VAT {}",
            money(own.tax_minor, &own.currency),
            money(own.gross_minor, &own.currency)
        );
        notes.push(note(format!("In {}", own.currency), [rate.into(), sums.into()]));
    }
    if let Some(prompt) = sealed.prompt_payment.filter(|_| sealed.document == DocumentKind::Invoice)
    {
        let currency = &sealed.currency;
        let mut off = format!(
            "Paid by {}, a discount of {}% is taken off: {}",
            day(prompt.until),
            prompt.percent,
            money(prompt.discount_minor, currency)
        );
        if is_taxed(sealed) {
            off.push_str(&format!(" including VAT of {}", money(prompt.tax_minor, currency)));
        }
        let due = format!("Amount due then: {}", money(prompt.payable_minor, currency));
        notes.push(note(
            "Prompt payment",
            [Shown::from(format!("{off}.")), format!("{due}.").into()],
        ));
    }
    if let Some(said) = &sealed.wording.note {
        let lines = match said.get() {
            None => vec![personal(said)],
            Some(text) => text.lines().map(Shown::from).collect(),
        };
        notes.push(note("Note", lines));
    }
    notes
}
