//! Changing a draft over HTTP: what it covers, and what it's to be issued with. A field that is
//! left out stays, null takes it away, and a list is given as a whole.

use std::collections::BTreeSet;

use commands::billing::{Coverage, Off, ReviseDraft, TermsChange};
use domain::billing::exchange::{ExchangeRate, StatedRate};
use domain::billing::invoice_stream;
use domain::billing::prompt_payment::PromptTerms;
use domain::billing::tax::TaxCategory;
use domain::id::{EntryId, InvoiceId};
use domain::money::Percent;
use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::Money;
use super::invoices::{Grouping, KIND};
use crate::http::answer::{Answer, Changed};
use crate::http::body::Json;
use crate::http::call::Call;
use crate::http::change::Change;
use crate::http::members::{ById, Nothing, nothing_to_change};
use crate::http::problem::{FieldError, Problem};

/// How a supply is taxed, by its code in EN 16931.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub(crate) enum TaxCode {
    /// At the standard rate.
    #[serde(rename = "S")]
    Standard,
    /// Taxable at zero percent.
    #[serde(rename = "Z")]
    ZeroRated,
    /// Exempt by law.
    #[serde(rename = "E")]
    Exempt,
    /// Outside the scope of the tax.
    #[serde(rename = "O")]
    OutsideScope,
    /// The buyer owes the tax.
    #[serde(rename = "AE")]
    ReverseCharge,
    /// Supplied within the European Union to a registered firm of another state.
    #[serde(rename = "K")]
    IntraCommunity,
    /// Exported from the European Union.
    #[serde(rename = "G")]
    Export,
}

impl From<TaxCode> for TaxCategory {
    fn from(code: TaxCode) -> Self {
        match code {
            TaxCode::Standard => TaxCategory::Standard,
            TaxCode::ZeroRated => TaxCategory::ZeroRated,
            TaxCode::Exempt => TaxCategory::Exempt,
            TaxCode::OutsideScope => TaxCategory::OutsideScope,
            TaxCode::ReverseCharge => TaxCategory::ReverseCharge,
            TaxCode::IntraCommunity => TaxCategory::IntraCommunity,
            TaxCode::Export => TaxCategory::Export,
        }
    }
}

impl From<TaxCategory> for TaxCode {
    fn from(category: TaxCategory) -> Self {
        match category {
            TaxCategory::Standard => TaxCode::Standard,
            TaxCategory::ZeroRated => TaxCode::ZeroRated,
            TaxCategory::Exempt => TaxCode::Exempt,
            TaxCategory::OutsideScope => TaxCode::OutsideScope,
            TaxCategory::ReverseCharge => TaxCode::ReverseCharge,
            TaxCategory::IntraCommunity => TaxCode::IntraCommunity,
            TaxCategory::Export => TaxCode::Export,
        }
    }
}

/// What is taken off for paying soon.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "PromptTerms")]
pub(crate) struct PromptBody {
    /// Of the whole with tax, as a decimal such as `2.5`; `0` = nothing is offered.
    percent: String,
    /// Days after the day of issue.
    days: u16,
}

impl PromptBody {
    /// The terms; the pointer of the field is for who gave a percentage that is none.
    pub(crate) fn terms(&self, field: &str) -> Result<PromptTerms, Problem> {
        let percent = percent(&self.percent, &format!("{field}/percent"))?;
        Ok(PromptTerms { percent, days: self.days })
    }

    /// The terms as they are shown.
    pub(crate) fn of(terms: PromptTerms) -> Self {
        PromptBody { percent: terms.percent.to_string(), days: terms.days }
    }
}

/// A discount on the whole: a percentage or an amount.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "GivenDiscount")]
struct DiscountBody {
    /// A decimal such as `10`.
    percent: Option<String>,
    /// Before tax, or with it inside as prices are.
    amount: Option<Money>,
    /// What for.
    reason: Option<String>,
}

/// A discount on one line: a percentage or an amount.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "GivenLineDiscount")]
struct LineDiscountBody {
    /// The line as it's shown: 1, 2, 3, …
    n: u32,
    /// A decimal such as `10`.
    percent: Option<String>,
    /// Before tax, or with it inside as prices are.
    amount: Option<Money>,
}

/// How one line is taxed.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct LineTaxBody {
    /// The line as it's shown: 1, 2, 3, …
    n: u32,
    category: TaxCode,
}

/// The rate by which tax is shown in the firm's own currency.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "StatedExchange")]
struct ExchangeBody {
    /// How much of the firm's own currency one unit of the invoice's is, such as `18.4512`.
    rate: String,
    /// The day it's of.
    on: Date,
    /// From whom it is, such as `SARB`.
    source: String,
}

/// What to change of a draft.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "InvoiceRevision")]
pub(crate) struct ReviseBody {
    /// The first day of the period.
    from: Option<Date>,
    /// The last day.
    to: Option<Date>,
    /// What makes a line.
    group_by: Option<Grouping>,
    /// Entries of the period that are left for another invoice.
    without: Option<Vec<Uuid>>,
    discounts: Option<Vec<DiscountBody>>,
    line_discounts: Option<Vec<LineDiscountBody>>,
    /// How all of it is taxed; null = as the client is.
    #[serde(default)]
    tax_category: Change<TaxCode>,
    line_taxes: Option<Vec<LineTaxBody>>,
    /// Why there is no tax.
    #[serde(default)]
    tax_reason: Change<String>,
    #[serde(default)]
    exchange: Change<ExchangeBody>,
    /// Days to pay, up to 365; null = as for the client.
    #[serde(default)]
    payment_days: Change<u16>,
    #[serde(default)]
    prompt_payment: Change<PromptBody>,
    /// What the buyer wants to read on it.
    #[serde(default)]
    buyer_reference: Change<String>,
    /// The buyer's order.
    #[serde(default)]
    purchase_order: Change<String>,
    /// What is said to this buyer.
    #[serde(default)]
    note: Change<String>,
}

fn fault(field: &str, detail: &str) -> Problem {
    Problem::malformed(vec![FieldError::new(field, "json.bad_value", detail)])
}

fn percent(text: &str, field: &str) -> Result<Percent, Problem> {
    Percent::parse(text).ok_or_else(|| fault(field, "give a percentage such as \"2.5\""))
}

fn off(percentage: Option<&str>, amount: Option<&Money>, field: &str) -> Result<Off, Problem> {
    match (percentage, amount) {
        (Some(text), None) => Ok(Off::Percent(percent(text, &format!("{field}/percent"))?)),
        (None, Some(Money { amount_minor, currency })) => {
            Ok(Off::Amount { amount_minor: *amount_minor, currency: currency.clone() })
        }
        (None, None) | (Some(_), Some(_)) => Err(fault(field, "give a percent or an amount")),
    }
}

impl ReviseBody {
    /// What it is to cover from now on; none where nothing is said of it.
    fn coverage(&self) -> Option<Coverage> {
        let said = self.from.is_some()
            || self.to.is_some()
            || self.group_by.is_some()
            || self.without.is_some();
        let without = self.without.iter().flatten();
        said.then(|| Coverage {
            from: self.from,
            to: self.to,
            group_by: self.group_by.map(Into::into),
            without: without.map(|id| EntryId(*id)).collect::<BTreeSet<_>>(),
        })
    }

    fn terms(self) -> Result<TermsChange, Problem> {
        let discount = |(n, it): (usize, DiscountBody)| {
            let field = format!("/discounts/{n}");
            Ok((off(it.percent.as_deref(), it.amount.as_ref(), &field)?, it.reason))
        };
        let line_discount = |(n, it): (usize, LineDiscountBody)| {
            let field = format!("/line_discounts/{n}");
            Ok((it.n, off(it.percent.as_deref(), it.amount.as_ref(), &field)?))
        };
        let stated = |it: ExchangeBody| {
            let rate = ExchangeRate::parse(&it.rate);
            let rate = rate.ok_or_else(|| {
                fault("/exchange/rate", "give a rate above zero such as \"18.4512\"")
            })?;
            Ok::<_, Problem>(StatedRate { rate, on: it.on, source: it.source })
        };
        let payment_days = self.payment_days.changed();
        if payment_days.flatten().is_some_and(|days| days > 365) {
            return Err(fault("/payment_days", "give 0 to 365 days"));
        }
        let discounts = self.discounts.map(|all| all.into_iter().enumerate().map(discount));
        let lines = self.line_discounts.map(|all| all.into_iter().enumerate().map(line_discount));
        let taxes = self.line_taxes.map(|all| all.into_iter().map(|it| (it.n, it.category.into())));
        let exchange = self.exchange.changed().map(|it| it.map(stated).transpose());
        let prompt = |it: PromptBody| it.terms("/prompt_payment");
        let prompt = self.prompt_payment.changed().map(|it| it.map(prompt).transpose());
        Ok(TermsChange {
            discounts: discounts.map(Iterator::collect::<Result<_, Problem>>).transpose()?,
            line_discounts: lines.map(Iterator::collect::<Result<_, Problem>>).transpose()?,
            category: self.tax_category.changed().map(|it| it.map(TaxCategory::from)),
            line_taxes: taxes.map(Iterator::collect),
            tax_reason: self.tax_reason.changed(),
            exchange: exchange.transpose()?,
            payment_days,
            prompt_payment: prompt.transpose()?,
            buyer_reference: self.buyer_reference.changed(),
            purchase_order: self.purchase_order.changed(),
            note: self.note.changed(),
        })
    }
}

/// `PATCH /invoices/{id}`.
pub(crate) async fn revise(
    call: Call<ById, Nothing, Json<ReviseBody>>,
) -> Result<Answer<Changed>, Problem> {
    let invoice = InvoiceId(call.path.id);
    let body = call.body.0.clone();
    let coverage = body.coverage();
    let terms = body.terms()?;
    if coverage.is_none() && terms == TermsChange::default() {
        return Err(nothing_to_change());
    }
    let object = (KIND, invoice.0);
    let command = |expected_version| ReviseDraft {
        invoice,
        coverage: coverage.clone(),
        terms: terms.clone(),
        expected_version,
    };
    let done = call.send_if(object, invoice_stream(invoice), |_, _| true, command).await?;
    Ok(call.changed(done, object))
}
