//! A sealed document in the terms of EN 16931, before it's written in one syntax or the other: the
//! same numbers and words for both. Nothing is computed here that was sealed; only what EN 16931
//! asks for in another way, such as prices before tax, is put that way.

mod adjustments;
mod bank;
mod decimal;
mod party;
mod words;
mod xml;

use domain::billing::lines::LineKey;
use domain::billing::sealed::{DocumentKind, SealedInvoice, SealedLine};
use domain::billing::tax::{TaxCategory, TaxRate};
use domain::money::minor_digits;
use domain::personal::Personal;
use jiff::civil::Date;

use crate::RenderError;
pub(crate) use adjustments::Adjustment;
pub(crate) use bank::Account;
pub(crate) use decimal::{Priced, amount};
pub(crate) use party::{Address, Party};
pub(crate) use xml::Xml;

/// What stands for a text whose key is gone.
const ERASED: &str = "[erased]";
/// What a line is called that says nothing.
const UNNAMED: &str = "Work";
/// The rules that a document keeps to.
pub(crate) const RULES: &str = "urn:cen.eu:en16931:2017";

/// A category of tax with its rate; none outside the scope of the tax (BR-O-05).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Taxed {
    /// UNTDID 5305.
    pub(crate) code: &'static str,
    pub(crate) percent: Option<String>,
}

impl Taxed {
    fn of(rate: TaxRate) -> Self {
        let outside = rate.category == TaxCategory::OutsideScope;
        let percent = (!outside).then(|| rate.percent.to_string());
        Taxed { code: rate.category.code(), percent }
    }
}

/// What is taxed at a rate (BG-23). Texts that are not there are empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Breakdown {
    pub(crate) tax: Taxed,
    pub(crate) taxable: String,
    pub(crate) amount: String,
    /// Why there is no tax.
    pub(crate) reason: String,
    /// The same as a code of the European Union; for firms in it.
    pub(crate) reason_code: &'static str,
}

/// A line (BG-25). Texts that are not there are empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Line {
    pub(crate) id: String,
    pub(crate) note: String,
    pub(crate) name: String,
    pub(crate) description: String,
    pub(crate) priced: Priced,
    pub(crate) adjustment: Option<Adjustment>,
    pub(crate) net: String,
    pub(crate) tax: Taxed,
    /// The day, where all of it is of one.
    pub(crate) day: Option<Date>,
}

/// The sums (BG-22). What is zero and may be left out is empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Sums {
    pub(crate) lines: String,
    pub(crate) allowances: String,
    pub(crate) charges: String,
    pub(crate) net: String,
    pub(crate) tax: String,
    /// Tax in the firm's own currency, with that currency.
    pub(crate) own_tax: Option<(String, String)>,
    pub(crate) gross: String,
    pub(crate) rounding: String,
    pub(crate) payable: String,
}

/// A document in the terms of EN 16931.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Form {
    pub(crate) document: DocumentKind,
    pub(crate) number: String,
    pub(crate) issued_on: Date,
    pub(crate) due_on: Date,
    pub(crate) supply: (Date, Date),
    pub(crate) currency: String,
    pub(crate) notes: Vec<String>,
    pub(crate) terms: String,
    pub(crate) buyer_reference: String,
    pub(crate) order: String,
    /// The invoice that is taken back: its number and day.
    pub(crate) credits: Option<(String, Date)>,
    pub(crate) seller: Party,
    pub(crate) buyer: Party,
    /// Where the supply went to; asked for within the European Union (BR-IC-12).
    pub(crate) delivered_to: Option<String>,
    /// None on a credit note: it asks for no payment.
    pub(crate) pay_to: Option<PayTo>,
    pub(crate) lines: Vec<Line>,
    pub(crate) adjustments: Vec<Adjustment>,
    pub(crate) breakdown: Vec<Breakdown>,
    pub(crate) sums: Sums,
}

/// How to pay (BG-16).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PayTo {
    /// UNTDID 4461: a credit transfer, or not said.
    pub(crate) code: &'static str,
    pub(crate) account: Option<Account>,
    pub(crate) holder: String,
}

impl Form {
    /// A sealed document in these terms; refused where its currency is no current one.
    pub(crate) fn of(sealed: &SealedInvoice) -> Result<Form, RenderError> {
        let digits = digits(&sealed.currency)?;
        let has = |category| sealed.taxes.iter().any(|tax| tax.rate.category == category);
        let outside = has(TaxCategory::OutsideScope);
        let seller = party::seller(sealed, outside);
        let buyer = party::buyer(sealed, outside);
        let adjustments = adjustments::of_document(sealed, digits);
        let within_union = has(TaxCategory::IntraCommunity);
        Ok(Form {
            document: sealed.document,
            number: clean(&sealed.number),
            issued_on: sealed.issued_on,
            due_on: sealed.due_on,
            supply: (sealed.supply_from, sealed.supply_to),
            currency: sealed.currency.clone(),
            notes: words::notes(sealed, digits, outside),
            terms: words::payment_terms(sealed, digits),
            buyer_reference: told(sealed.references.buyer_reference.as_ref()),
            order: told(sealed.references.purchase_order.as_ref()),
            credits: sealed
                .references
                .credits
                .as_ref()
                .map(|credits| (clean(&credits.number), credits.issued_on)),
            delivered_to: within_union.then(|| buyer.address.country.clone()),
            pay_to: pay_to(sealed, &seller),
            lines: sealed.lines.iter().map(|line| of_line(sealed, line, digits)).collect(),
            breakdown: breakdown(sealed, &seller, digits),
            sums: sums(sealed, digits)?,
            seller,
            buyer,
            adjustments,
        })
    }
}

fn digits(currency: &str) -> Result<u8, RenderError> {
    minor_digits(currency).ok_or_else(|| RenderError::Form {
        form: "electronic",
        why: format!("{currency} is no current currency"),
    })
}

/// A text as XML may hold it: no control characters but line breaks, no blanks at its ends.
fn clean(text: &str) -> String {
    let text = text.replace("\r\n", "\n");
    let is_bad = |c: char| (c.is_control() && c != '\n') || matches!(c, '\u{fffe}' | '\u{ffff}');
    text.replace(is_bad, " ").trim().to_owned()
}

/// A personal text that may be absent or erased.
fn told(text: Option<&Personal<String>>) -> String {
    match text.map(Personal::get) {
        None => String::new(),
        Some(None) => ERASED.to_owned(),
        Some(Some(text)) => clean(text),
    }
}

fn pay_to(sealed: &SealedInvoice, seller: &Party) -> Option<PayTo> {
    let account = bank::account(&sealed.seller.bank_details);
    let code = if account.is_some() { "30" } else { "1" };
    let holder = seller.name.clone();
    (sealed.document == DocumentKind::Invoice).then_some(PayTo { code, account, holder })
}

fn of_line(sealed: &SealedInvoice, line: &SealedLine, digits: u8) -> Line {
    let adjustment = adjustments::of_line(line, sealed.prices, digits);
    let full_minor = line.net_minor - adjustment.as_ref().map_or(0, |it| it.signed_minor);
    let name = clean(&line.description);
    let day = match line.key {
        LineKey::Day { day } | LineKey::Entry { day, .. } => Some(day),
        LineKey::Task { .. } | LineKey::Member { .. } => None,
    };
    Line {
        id: line.n.to_string(),
        note: told(line.note.as_ref()),
        name: if name.is_empty() { UNNAMED.to_owned() } else { name },
        description: told(line.who.as_ref()),
        priced: decimal::priced(line, sealed.prices, full_minor, digits),
        adjustment,
        net: amount(line.net_minor, digits),
        tax: Taxed::of(line.tax),
        day: day.filter(|day| (sealed.supply_from..=sealed.supply_to).contains(day)),
    }
}

fn breakdown(sealed: &SealedInvoice, seller: &Party, digits: u8) -> Vec<Breakdown> {
    let of_rate = |tax: &domain::billing::totals::TaxSubtotal| {
        let category = tax.rate.category;
        let (reason, reason_code) = if category.wants_reason() {
            let said = clean(sealed.wording.tax_reason.as_deref().unwrap_or_default());
            let reason = if said.is_empty() { category.words().to_owned() } else { said };
            (reason, words::reason_code(category, &seller.address.country))
        } else {
            (String::new(), "")
        };
        Breakdown {
            tax: Taxed::of(tax.rate),
            taxable: amount(tax.taxable_minor, digits),
            amount: amount(tax.tax_minor, digits),
            reason,
            reason_code,
        }
    };
    sealed.taxes.iter().map(of_rate).collect()
}

fn sums(sealed: &SealedInvoice, digits: u8) -> Result<Sums, RenderError> {
    let totals = &sealed.totals;
    let unless_zero = |minor| if minor == 0 { String::new() } else { amount(minor, digits) };
    let shares = || sealed.allowances.iter().flat_map(|it| &it.shares).map(|it| it.amount_minor);
    let own_tax = match &sealed.exchange {
        None => None,
        Some(own) => {
            Some((own.currency.clone(), amount(own.tax_minor, self::digits(&own.currency)?)))
        }
    };
    Ok(Sums {
        lines: amount(totals.lines_minor, digits),
        allowances: unless_zero(shares().filter(|minor| *minor > 0).sum()),
        charges: unless_zero(-shares().filter(|minor| *minor < 0).sum::<i64>()),
        net: amount(totals.net_minor, digits),
        tax: amount(totals.tax_minor, digits),
        own_tax,
        gross: amount(totals.gross_minor, digits),
        rounding: unless_zero(totals.rounding_minor),
        payable: amount(totals.payable_minor, digits),
    })
}
