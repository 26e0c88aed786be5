//! An issued document, or what a draft would be issued as, over HTTP: parties, lines, taxes, sums
//! and words. What was erased of a person is null.

use domain::billing::exchange::Exchange;
use domain::billing::prompt_payment::PromptPayment;
use domain::billing::sealed::{Allowance, Buyer, RenderedForm, SealedInvoice, SealedLine, Seller};
use domain::billing::tax::TaxRate;
use domain::billing::totals::{Prices, Reduction, TaxSubtotal};
use domain::catalogue::rates::RateUnit;
use domain::personal::Personal;
use jiff::civil::Date;
use schemars::JsonSchema;
use serde::Serialize;

use super::Money;
use crate::http::catalogue::rates::UnitName;
use crate::http::catalogue::rounding_rules::RuleBody;

/// A party of a document.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "InvoiceParty")]
pub(crate) struct PartyBody {
    name: Option<String>,
    /// Line by line.
    address: Vec<String>,
    /// ISO 3166-1 alpha-2.
    country: Option<String>,
    vat_number: Option<String>,
    registration_number: Option<String>,
    /// Of the buyer, where it's mailed to.
    #[serde(skip_serializing_if = "Option::is_none")]
    email: Option<String>,
    /// Of the seller, where to pay to.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    bank_details: Vec<String>,
}

fn code(country: &str) -> Option<String> {
    (!country.is_empty()).then(|| country.to_owned())
}

impl PartyBody {
    fn seller(seller: &Seller) -> Self {
        PartyBody {
            name: Some(seller.name.clone()),
            address: seller.address.clone(),
            country: code(&seller.country),
            vat_number: seller.vat_number.clone(),
            registration_number: seller.registration_number.clone(),
            email: None,
            bank_details: seller.bank_details.clone(),
        }
    }

    fn buyer(buyer: &Buyer) -> Self {
        let known = buyer.particulars.get();
        PartyBody {
            name: known.map(|it| it.name.clone()),
            address: known.map(|it| it.address.clone()).unwrap_or_default(),
            country: code(&buyer.country),
            vat_number: known.and_then(|it| it.vat_number.clone()),
            registration_number: known.and_then(|it| it.registration_number.clone()),
            email: known.and_then(|it| it.email.clone()),
            bank_details: Vec::new(),
        }
    }
}

/// What is taken off a price: a percentage or an amount.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "InvoiceDiscount")]
pub(crate) struct DiscountBody {
    /// A decimal, where it was given so.
    #[serde(skip_serializing_if = "Option::is_none")]
    percent: Option<String>,
    /// What it comes to: of a line as prices are, of the whole before tax.
    amount: Money,
    /// What for, of a discount on the whole.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
}

fn percent(reduction: Reduction) -> Option<String> {
    match reduction {
        Reduction::Percent(percent) => Some(percent.to_string()),
        Reduction::AmountMinor(_) => None,
    }
}

/// A line of an invoice or a credit note.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "InvoiceLine")]
pub(crate) struct LineBody {
    pub(crate) n: u32,
    pub(crate) description: String,
    /// The member's name, where the line is of one member; whether documents name them is said by
    /// `CLIENT_SEES_MEMBERS`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) member: Option<String>,
    /// The entry's note, where the line is of one entry.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) note: Option<String>,
    /// As recorded.
    pub(crate) seconds: i64,
    /// As billed.
    pub(crate) rounded_seconds: i64,
    /// Units, with four places; the price is made from the seconds.
    pub(crate) quantity: String,
    /// What a unit is, where there is a rate.
    pub(crate) unit: Option<UnitName>,
    /// The seconds that one unit stands for.
    pub(crate) unit_seconds: u32,
    pub(crate) unit_price: Option<Money>,
    /// What is taken off this line.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) discount: Option<DiscountBody>,
    /// Before tax, and before discounts of the whole.
    pub(crate) net: Option<Money>,
    /// `S` standard rate, `Z` zero, `E` exempt, `O` outside of the tax, `AE`, `K` or `G`.
    pub(crate) tax_category: String,
    /// Percent, as a decimal.
    pub(crate) tax_rate: String,
    /// The rule its time is rounded by.
    pub(crate) rounding: RuleBody,
    /// How many entries it's made of; its provenance lists them.
    pub(crate) entries: usize,
    /// What no credit note took back of its net.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) net_left: Option<Money>,
    /// What no credit note took back of its seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) seconds_left: Option<i64>,
    /// Why it has no price, such as `billing.no_rate`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) warning: Option<String>,
}

impl LineBody {
    /// A line of a document as it is, or would be, sealed.
    pub(crate) fn sealed(line: &SealedLine, currency: &str) -> Self {
        let money = |amount| Money::of(amount, currency);
        let discount = line.discount.map(|discount| DiscountBody {
            percent: percent(discount.reduction),
            amount: money(discount.amount_minor),
            reason: None,
        });
        LineBody {
            n: line.n,
            description: line.description.clone(),
            member: text(line.who.as_ref()),
            note: text(line.note.as_ref()),
            seconds: line.seconds,
            rounded_seconds: line.rounded_seconds,
            quantity: line.quantity.clone(),
            unit: Some(unit_of(line.unit)),
            unit_seconds: line.unit_seconds,
            unit_price: Some(money(line.unit_price_minor)),
            discount,
            net: Some(money(line.net_minor)),
            tax_category: line.tax.category.code().to_owned(),
            tax_rate: line.tax.percent.to_string(),
            rounding: line.rounding.into(),
            entries: line.entries.len(),
            net_left: None,
            seconds_left: None,
            warning: None,
        }
    }
}

/// What a unit is called.
pub(crate) fn unit_of(unit: RateUnit) -> UnitName {
    match unit {
        RateUnit::Hour => UnitName::Hour,
        RateUnit::Day => UnitName::Day,
    }
}

/// A text of a person, where it's still there.
pub(crate) fn text(field: Option<&Personal<String>>) -> Option<String> {
    field.and_then(Personal::get).cloned()
}

/// What is taxed at one rate.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "InvoiceTax")]
pub(crate) struct TaxBody {
    category: &'static str,
    /// Percent, as a decimal.
    rate: String,
    /// The sum of its lines.
    lines: Money,
    /// What discounts of the whole take off.
    discount: Money,
    /// What is taxed.
    taxable: Money,
    tax: Money,
}

impl TaxBody {
    fn of(tax: &TaxSubtotal, currency: &str) -> Self {
        let money = |amount| Money::of(amount, currency);
        let TaxRate { category, percent } = tax.rate;
        TaxBody {
            category: category.code(),
            rate: percent.to_string(),
            lines: money(tax.lines_minor),
            discount: money(tax.allowance_minor),
            taxable: money(tax.taxable_minor),
            tax: money(tax.tax_minor),
        }
    }
}

/// Tax and the whole in the firm's own currency.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "InvoiceExchange")]
pub(crate) struct ExchangeBody {
    /// How much of the firm's own currency one unit of the invoice's is.
    rate: String,
    /// The day that the rate is of.
    on: Date,
    source: String,
    tax: Money,
    gross: Money,
}

impl ExchangeBody {
    fn of(exchange: &Exchange) -> Self {
        let money = |amount| Money::of(amount, &exchange.currency);
        ExchangeBody {
            rate: exchange.stated.rate.to_string(),
            on: exchange.stated.on,
            source: exchange.stated.source.clone(),
            tax: money(exchange.tax_minor),
            gross: money(exchange.gross_minor),
        }
    }
}

/// What is taken off for paying soon.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "InvoicePromptPayment")]
pub(crate) struct PromptBody {
    /// Percent of the whole with tax, as a decimal.
    percent: String,
    /// The last day.
    until: Date,
    /// With the tax in it.
    discount: Money,
    tax: Money,
    /// What is to be paid by that day.
    payable: Money,
}

impl PromptBody {
    fn of(prompt: &PromptPayment, currency: &str) -> Self {
        let money = |amount| Money::of(amount, currency);
        PromptBody {
            percent: prompt.percent.to_string(),
            until: prompt.until,
            discount: money(prompt.discount_minor),
            tax: money(prompt.tax_minor),
            payable: money(prompt.payable_minor),
        }
    }
}

/// A form that a document was rendered to when it was issued.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "InvoiceForm")]
pub(crate) struct FormBody {
    /// `pdf`, `ubl` or `cii`.
    form: String,
    /// SHA-256 of its bytes, in hexadecimal digits.
    sha256: String,
}

impl From<&RenderedForm> for FormBody {
    fn from(form: &RenderedForm) -> Self {
        FormBody { form: form.form.clone(), sha256: form.sha256.clone() }
    }
}

/// All that a document says beside its lines.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "InvoiceDocument")]
pub(crate) struct DocumentBody {
    /// What it calls itself, such as `TAX INVOICE`.
    title: String,
    /// `full`, `abridged`, `not_needed` or `not_a_tax_invoice`.
    kind: &'static str,
    /// The day of issue; of a draft today.
    issued_on: Date,
    due_on: Date,
    supply_from: Date,
    supply_to: Date,
    seller: PartyBody,
    buyer: PartyBody,
    /// Whether prices have the tax inside.
    prices_include_tax: bool,
    /// Discounts on the whole.
    discounts: Vec<DiscountBody>,
    /// By rate.
    taxes: Vec<TaxBody>,
    /// The sum of the lines, before tax.
    lines_net: Money,
    net: Money,
    tax: Money,
    gross: Money,
    /// What rounding to coins adds.
    rounding: Money,
    payable: Money,
    /// Days to pay.
    payment_days: u16,
    #[serde(skip_serializing_if = "Option::is_none")]
    prompt_payment: Option<PromptBody>,
    #[serde(skip_serializing_if = "Option::is_none")]
    exchange: Option<ExchangeBody>,
    /// Why there is no tax.
    #[serde(skip_serializing_if = "Option::is_none")]
    tax_reason: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    footer: Option<String>,
    /// What is said to this buyer.
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    buyer_reference: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    purchase_order: Option<String>,
    /// Which arithmetic it was computed by.
    arithmetic_version: u16,
    /// Which look it has.
    template_version: u16,
}

impl DocumentBody {
    /// What a document says.
    pub(crate) fn of(sealed: &SealedInvoice) -> Self {
        let (totals, currency) = (&sealed.totals, &*sealed.currency);
        let money = |amount| Money::of(amount, currency);
        let discount = |allowance: &Allowance| DiscountBody {
            percent: percent(allowance.reduction),
            amount: money(allowance.shares.iter().map(|share| share.amount_minor).sum()),
            reason: text(allowance.reason.as_ref()),
        };
        let prompt = sealed.prompt_payment.as_ref();
        DocumentBody {
            title: sealed.wording.title.clone(),
            kind: sealed.kind.as_str(),
            issued_on: sealed.issued_on,
            due_on: sealed.due_on,
            supply_from: sealed.supply_from,
            supply_to: sealed.supply_to,
            seller: PartyBody::seller(&sealed.seller),
            buyer: PartyBody::buyer(&sealed.buyer),
            prices_include_tax: sealed.prices == Prices::Inclusive,
            discounts: sealed.allowances.iter().map(discount).collect(),
            taxes: sealed.taxes.iter().map(|tax| TaxBody::of(tax, currency)).collect(),
            lines_net: money(totals.lines_minor),
            net: money(totals.net_minor),
            tax: money(totals.tax_minor),
            gross: money(totals.gross_minor),
            rounding: money(totals.rounding_minor),
            payable: money(totals.payable_minor),
            payment_days: sealed.payment_terms.days,
            prompt_payment: prompt.map(|prompt| PromptBody::of(prompt, currency)),
            exchange: sealed.exchange.as_ref().map(ExchangeBody::of),
            tax_reason: sealed.wording.tax_reason.clone(),
            footer: sealed.wording.footer.clone(),
            note: text(sealed.wording.note.as_ref()),
            buyer_reference: text(sealed.references.buyer_reference.as_ref()),
            purchase_order: text(sealed.references.purchase_order.as_ref()),
            arithmetic_version: sealed.arithmetic_version.0,
            template_version: sealed.template_version.0,
        }
    }
}
