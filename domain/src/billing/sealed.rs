//! An issued document as data: all that its pages and its electronic forms are made of. It's
//! written once, when the document is issued, and nothing that changes later changes it.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::Lot;
use super::account::split;
use super::exchange::Exchange;
use super::lines::LineKey;
use super::prompt_payment::PromptPayment;
use super::tax::TaxRate;
use super::tax_invoice::TaxInvoiceKind;
use super::totals::{ArithmeticVersion, DiscountShare, Prices, Reduction, TaxSubtotal, Totals};
use crate::catalogue::rates::{RateScope, RateUnit};
use crate::catalogue::rounding_rules::RuleScope;
use crate::id::{CreditNoteId, EntryId, FileId, InvoiceId};
use crate::personal::{Personal, PersonalField, PersonalFields};
use crate::time::rounding::round_seconds;
use crate::time::{Rounding, RoundingScope};

/// What a document is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DocumentKind {
    /// It asks for money.
    Invoice,
    /// It takes some or all of an invoice back; its amounts are positive too.
    CreditNote,
}

impl DocumentKind {
    /// The name in the API and in the log.
    pub fn as_str(self) -> &'static str {
        match self {
            DocumentKind::Invoice => "invoice",
            DocumentKind::CreditNote => "credit_note",
        }
    }
}

/// The look and the words that a document is rendered with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct TemplateVersion(pub u16);

impl TemplateVersion {
    /// The one that documents are rendered with today. Since 2 the page names the form inside in
    /// its metadata, and shows the code of a character that it has no font for; the forms for
    /// programs are those of 1.
    pub const TODAY: TemplateVersion = TemplateVersion(2);
}

/// The firm that issues.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seller {
    /// Its legal name.
    pub name: String,
    /// Its address, line by line.
    pub address: Vec<String>,
    /// ISO 3166-1 alpha-2; empty where it's not known.
    pub country: String,
    /// Its number as a vendor; none where it's not registered for the tax.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vat_number: Option<String>,
    /// Its number in the register of companies.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub registration_number: Option<String>,
    /// Where to pay to, line by line.
    pub bank_details: Vec<String>,
    /// Its mark, where it had one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub logo: Option<FileId>,
}

/// Who is to pay. A client may be a natural person, so what tells who it is is sealed in one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Buyer {
    /// Name, address and numbers.
    pub particulars: Personal<BuyerParticulars>,
    /// ISO 3166-1 alpha-2; empty where it's not known.
    pub country: String,
}

/// What tells who a buyer is.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct BuyerParticulars {
    /// The legal name.
    pub name: String,
    /// The address, line by line; may be empty where the law asks for none.
    pub address: Vec<String>,
    /// The number as a vendor.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vat_number: Option<String>,
    /// The number in the register of companies.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub registration_number: Option<String>,
    /// Where it's mailed to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
}

/// An entry in a line, for good.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct SealedEntry {
    /// The entry.
    pub entry: EntryId,
    /// The version that was approved and billed.
    pub version: u32,
    /// The credit note that had set these seconds free; none where the entry is whole.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub freed_by: Option<CreditNoteId>,
    /// Its seconds in this line, unrounded; less than nothing where it takes time back.
    pub seconds: i64,
    /// What they are billed as where no rule says it: seconds that a credit note had set free are
    /// billed again as they were credited, and a credit note credits a share of what was billed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub billed_seconds: Option<i64>,
    /// Where its rate came from, where that is not the line's source.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rate_source: Option<RateSource>,
    /// Where its rounding rule came from, where that is not the line's source.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rounding_source: Option<RuleSource>,
}

impl SealedEntry {
    /// Which seconds it holds.
    pub fn lot(&self) -> Lot {
        Lot { entry: self.entry, freed_by: self.freed_by }
    }
}

/// Where a rate came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct RateSource {
    /// For what it was set.
    pub scope: RateScope,
    /// The first day it holds; none = from always.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<Date>,
}

/// Where a rounding rule came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct RuleSource {
    /// For what it was set; none = the tenant's settings.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scope: Option<RuleScope>,
    /// The first day it holds; none = from always.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<Date>,
}

/// What was taken off one line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct LineDiscount {
    /// As it was given.
    pub reduction: Reduction,
    /// What that came to, as prices are.
    pub amount_minor: i64,
}

/// One line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SealedLine {
    /// 1, 2, 3, …
    pub n: u32,
    /// What it's about.
    pub key: LineKey,
    /// What it says; names of members are not in here.
    pub description: String,
    /// The member's name, where the line is of one member.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub who: Option<Personal<String>>,
    /// The note of the entry, where the line is of one entry.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<Personal<String>>,
    /// What was recorded.
    pub seconds: i64,
    /// What is billed.
    pub rounded_seconds: i64,
    /// The same in units, a decimal with four places.
    pub quantity: String,
    /// The unit.
    pub unit: RateUnit,
    /// The seconds that one unit stands for.
    pub unit_seconds: u32,
    /// The price of a unit, before tax or with it inside as prices are.
    pub unit_price_minor: i64,
    /// What was taken off this line.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub discount: Option<LineDiscount>,
    /// The price of the line less its discount, before tax or with it inside as prices are.
    pub amount_minor: i64,
    /// The same before tax, and before discounts of the document.
    pub net_minor: i64,
    /// How it's taxed.
    pub tax: TaxRate,
    /// The rule its time was rounded by.
    pub rounding: Rounding,
    /// Where that came from.
    pub rounding_source: RuleSource,
    /// Where the rate came from.
    pub rate_source: RateSource,
    /// What is in it, in order of day and id.
    pub entries: Vec<SealedEntry>,
}

impl SealedLine {
    /// What each of its lots was billed as, in their order; they add up to its rounded seconds.
    /// Where the rule rounds days, lines or ends, a lot has its share by its seconds.
    pub fn billed(&self) -> Vec<(Lot, i64)> {
        let alone = |it: &SealedEntry| match self.rounding.scope {
            RoundingScope::Entry => round_seconds(it.seconds, self.rounding),
            RoundingScope::Ends | RoundingScope::Day | RoundingScope::InvoiceLine => it.seconds,
        };
        let own = |it: &SealedEntry| it.billed_seconds.unwrap_or_else(|| alone(it));
        let mut each: Vec<i64> = self.entries.iter().map(own).collect();
        if each.iter().sum::<i64>() != self.rounded_seconds {
            let weights: Vec<i64> = self.entries.iter().map(|it| it.seconds).collect();
            each = split(self.rounded_seconds, &weights);
        }
        self.entries.iter().map(SealedEntry::lot).zip(each).collect()
    }
}

/// A discount on the whole document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Allowance {
    /// As it was given.
    pub reduction: Reduction,
    /// What for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Personal<String>>,
    /// What falls on each rate, before tax.
    pub shares: Vec<DiscountShare>,
}

/// By when it's to be paid.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct PaymentTerms {
    /// Days after the day of issue.
    pub days: u16,
}

/// The words on a document that are not its lines.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wording {
    /// What it calls itself, such as `TAX INVOICE`.
    pub title: String,
    /// Why there is no tax, where the law wants it said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tax_reason: Option<String>,
    /// What stands at its foot.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub footer: Option<String>,
    /// What is said to this buyer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<Personal<String>>,
}

/// The invoice that a credit note takes back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Credited {
    /// The invoice.
    pub invoice: InvoiceId,
    /// Its number.
    pub number: String,
    /// When it was issued.
    pub issued_on: Date,
    /// Why it's taken back; the law wants it said (ZA: VAT Act s21(3)).
    pub reason: Personal<String>,
}

/// What a document refers to.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct References {
    /// What the buyer wants to read on it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub buyer_reference: Option<Personal<String>>,
    /// The buyer's order.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub purchase_order: Option<Personal<String>>,
    /// What a credit note takes back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub credits: Option<Credited>,
}

/// An invoice or a credit note, for good.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SealedInvoice {
    /// Its number, taken in the same commit.
    pub number: String,
    /// What it is.
    pub document: DocumentKind,
    /// What it is before the tax law.
    pub kind: TaxInvoiceKind,
    /// The day of issue, in the firm's zone.
    pub issued_on: Date,
    /// The last day to pay.
    pub due_on: Date,
    /// The first day of what was supplied.
    pub supply_from: Date,
    /// The last day of it.
    pub supply_to: Date,
    /// Who issues.
    pub seller: Seller,
    /// Who is to pay.
    pub buyer: Buyer,
    /// ISO 4217; all amounts but those in `exchange` are in its minor units.
    pub currency: String,
    /// Tax in the firm's own currency, where that is another.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exchange: Option<Exchange>,
    /// Whether prices are before tax.
    pub prices: Prices,
    /// The lines.
    pub lines: Vec<SealedLine>,
    /// Discounts on the whole.
    pub allowances: Vec<Allowance>,
    /// By rate of tax.
    pub taxes: Vec<TaxSubtotal>,
    /// The sums.
    pub totals: Totals,
    /// By when it's to be paid.
    pub payment_terms: PaymentTerms,
    /// What is taken off for paying soon.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prompt_payment: Option<PromptPayment>,
    /// Its words.
    pub wording: Wording,
    /// What it refers to.
    pub references: References,
    /// Which arithmetic it was computed by.
    pub arithmetic_version: ArithmeticVersion,
    /// Which look it's rendered with.
    pub template_version: TemplateVersion,
}

/// A form that the sealed facts were rendered to when the document was issued. It renders to the
/// same bytes for ever.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RenderedForm {
    /// Which one: `pdf`, `ubl` or `cii`.
    pub form: String,
    /// SHA-256 of its bytes, hexadecimal in lower case.
    pub sha256: String,
    /// Where its bytes are kept; none where they are rendered whenever they're asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<FileId>,
}

impl SealedInvoice {
    /// The line with this number.
    pub fn line(&self, n: u32) -> Option<&SealedLine> {
        self.lines.iter().find(|line| line.n == n)
    }

    /// Whether a text in it can't be read any more, because its key is gone.
    pub fn is_partly_erased(&self) -> bool {
        let gone = |text: Option<&Personal<String>>| text.is_some_and(Personal::is_erased);
        let References { buyer_reference, purchase_order, credits } = &self.references;
        self.buyer.particulars.is_erased()
            || self.lines.iter().any(|it| gone(it.who.as_ref()) || gone(it.note.as_ref()))
            || self.allowances.iter().any(|it| gone(it.reason.as_ref()))
            || gone(self.wording.note.as_ref())
            || gone(buyer_reference.as_ref())
            || gone(purchase_order.as_ref())
            || credits.as_ref().is_some_and(|it| it.reason.is_erased())
    }
}

impl PersonalFields for SealedInvoice {
    fn each_personal(&mut self, visit: &mut dyn FnMut(&mut dyn PersonalField)) {
        self.buyer.particulars.each_personal(visit);
        for line in &mut self.lines {
            line.who.each_personal(visit);
            line.note.each_personal(visit);
        }
        for allowance in &mut self.allowances {
            allowance.reason.each_personal(visit);
        }
        self.wording.note.each_personal(visit);
        self.references.buyer_reference.each_personal(visit);
        self.references.purchase_order.each_personal(visit);
        if let Some(credits) = &mut self.references.credits {
            credits.reason.each_personal(visit);
        }
    }
}
