//! What a draft is to be issued with: discounts, taxes, words and references. What a change does
//! not name stays as it is.

use std::collections::BTreeSet;

use domain::billing::draft_terms::{DraftDiscount, DraftLineDiscount, DraftLineTax, DraftTerms};
use domain::billing::exchange::StatedRate;
use domain::billing::lines::LineKey;
use domain::billing::prompt_payment::PromptTerms;
use domain::billing::tax::TaxCategory;
use domain::billing::totals::Reduction;
use domain::billing::{Drafted, Refusal};
use domain::money::Percent;
use domain::personal::{Personal, PurposeClass};

use super::facts::draft_lines;
use super::places::{at, nth};
use super::{of_client, refusal};
use crate::refused::CommandError;
use crate::unit::Unit;

/// What is taken off.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Off {
    /// So much of it.
    Percent(Percent),
    /// So much money.
    Amount {
        /// Minor units.
        amount_minor: i64,
        /// It must be the draft's.
        currency: String,
    },
}

impl Off {
    fn of(&self, draft: &Drafted, field: &str) -> Result<Reduction, CommandError> {
        match self {
            Off::Percent(percent) => Ok(Reduction::Percent(*percent)),
            Off::Amount { amount_minor, currency } if *currency == draft.currency => {
                Ok(Reduction::AmountMinor(*amount_minor))
            }
            Off::Amount { .. } => {
                let detail = format!("the draft is in {}; give amounts of that", draft.currency);
                let field = format!("{field}/amount/currency");
                Err(refusal("billing.other_currency", Some(&field), detail))
            }
        }
    }
}

/// A change of what a draft is to be issued with; of each part none = as it is, and of what may be
/// absent `Some(None)` = not any more. Lines are named as they're shown: 1, 2, 3, …
#[derive(Debug, Clone, Default, PartialEq)]
pub struct TermsChange {
    /// Discounts on the whole, each with what it's for.
    pub discounts: Option<Vec<(Off, Option<String>)>>,
    /// Discounts on lines.
    pub line_discounts: Option<Vec<(u32, Off)>>,
    /// How all of it is taxed.
    pub category: Option<Option<TaxCategory>>,
    /// How some lines are taxed.
    pub line_taxes: Option<Vec<(u32, TaxCategory)>>,
    /// Why there is no tax.
    pub tax_reason: Option<Option<String>>,
    /// The rate by which tax is shown in the firm's own currency.
    pub exchange: Option<Option<StatedRate>>,
    /// Days to pay.
    pub payment_days: Option<Option<u16>>,
    /// What is taken off for paying soon.
    pub prompt_payment: Option<Option<PromptTerms>>,
    /// What the buyer wants to read on it.
    pub buyer_reference: Option<Option<String>>,
    /// The buyer's order.
    pub purchase_order: Option<Option<String>>,
    /// What is said to this buyer.
    pub note: Option<Option<String>>,
}

impl TermsChange {
    /// Where a refusal of the terms as a whole points to.
    pub(super) fn place(&self, refusal: &Refusal) -> Option<String> {
        let below_zero =
            |off: &Off| matches!(off, Off::Amount { amount_minor, .. } if *amount_minor < 0);
        match refusal {
            Refusal::DiscountTooLarge => {
                let (whole, lines) = (self.discounts.iter(), self.line_discounts.iter());
                let whole = whole.flatten().position(|(off, _)| below_zero(off));
                let line = lines.flatten().position(|(_, off)| below_zero(off));
                let below = "/amount/amount_minor";
                nth("discounts", whole, below).or_else(|| nth("line_discounts", line, below))
            }
            Refusal::TermTwice => {
                let discounts = self.line_discounts.iter().flatten().map(|it| it.0);
                let taxes = self.line_taxes.iter().flatten().map(|it| it.0);
                nth("line_discounts", second(discounts), "/n")
                    .or_else(|| nth("line_taxes", second(taxes), "/n"))
            }
            Refusal::BadText { what, most } => match *what {
                "a buyer reference" => Some("/buyer_reference".to_owned()),
                "a purchase order" => Some("/purchase_order".to_owned()),
                "a note" => Some("/note".to_owned()),
                "a reason for no tax" => Some("/tax_reason".to_owned()),
                _ => {
                    let control = |letter: char| letter.is_control() && letter != '\n';
                    let bad =
                        |text: &String| text.chars().count() > *most || text.contains(control);
                    let mut reasons = self.discounts.iter().flatten();
                    let n = reasons.position(|(_, reason)| reason.as_ref().is_some_and(bad));
                    nth("discounts", n, "/reason")
                }
            },
            other => other.field().map(str::to_owned),
        }
    }

    fn names_lines(&self) -> bool {
        self.line_discounts.as_ref().is_some_and(|it| !it.is_empty())
            || self.line_taxes.as_ref().is_some_and(|it| !it.is_empty())
    }
}

/// Where a value is there for the second time.
fn second(mut all: impl Iterator<Item = u32>) -> Option<usize> {
    let mut seen = BTreeSet::new();
    all.position(|n| !seen.insert(n))
}

/// The terms of a draft as they are after the change.
pub(super) async fn changed(
    unit: &mut Unit<'_>,
    draft: &Drafted,
    change: &TermsChange,
) -> Result<DraftTerms, CommandError> {
    let mut terms = draft.terms.clone();
    let keys = if change.names_lines() { keys(unit, draft).await? } else { Vec::new() };
    let key = |n: u32| {
        let found = keys.iter().find(|(line, _)| *line == n).map(|(_, key)| *key);
        let key = found.ok_or(Refusal::LineUnknown { line: n })?;
        // Terms are kept by what a line is about, which two lines of different rates may share.
        let alone = keys.iter().filter(|(_, other)| *other == key).count() == 1;
        alone.then_some(key).ok_or(Refusal::LineNotAlone { line: n })
    };
    let of_list = |list: &'static str, place: usize| {
        move |refusal: Refusal| at(&refusal, nth(list, Some(place), "/n"))
    };
    if let Some(discounts) = &change.line_discounts {
        let discount = |(place, (n, off)): (usize, &(u32, Off))| {
            let key = key(*n).map_err(of_list("line_discounts", place))?;
            let reduction = off.of(draft, &format!("/line_discounts/{place}"))?;
            Ok(DraftLineDiscount { key, reduction })
        };
        let discounts = discounts.iter().enumerate().map(discount);
        terms.line_discounts = discounts.collect::<Result<_, CommandError>>()?;
    }
    if let Some(taxes) = &change.line_taxes {
        let tax = |(place, (n, category)): (usize, &(u32, TaxCategory))| {
            let key = key(*n).map_err(of_list("line_taxes", place))?;
            Ok::<_, CommandError>(DraftLineTax { key, category: *category })
        };
        terms.line_taxes = taxes.iter().enumerate().map(tax).collect::<Result<_, _>>()?;
    }
    let text = |text: String| of_client(draft.client, PurposeClass::Identity, text);
    let sealed = |change: &Option<Option<String>>, held: &mut Option<Personal<String>>| {
        if let Some(change) = change {
            *held = change.clone().map(text);
        }
    };
    if let Some(discounts) = &change.discounts {
        let discount = |(place, (off, reason)): (usize, &(Off, Option<String>))| {
            let reduction = off.of(draft, &format!("/discounts/{place}"))?;
            Ok(DraftDiscount { reduction, reason: reason.clone().map(text) })
        };
        let discounts = discounts.iter().enumerate().map(discount);
        terms.discounts = discounts.collect::<Result<_, CommandError>>()?;
    }
    sealed(&change.buyer_reference, &mut terms.buyer_reference);
    sealed(&change.purchase_order, &mut terms.purchase_order);
    sealed(&change.note, &mut terms.note);
    put(&change.category, &mut terms.category);
    put(&change.tax_reason, &mut terms.tax_reason);
    put(&change.exchange, &mut terms.exchange);
    put(&change.payment_days, &mut terms.payment_days);
    put(&change.prompt_payment, &mut terms.prompt_payment);
    Ok(terms)
}

fn put<T: Clone>(change: &Option<T>, held: &mut T) {
    if let Some(change) = change {
        held.clone_from(change);
    }
}

/// What the lines of a draft are about, by their numbers.
async fn keys(unit: &mut Unit<'_>, draft: &Drafted) -> Result<Vec<(u32, LineKey)>, CommandError> {
    let lines = draft_lines(unit, draft).await?;
    Ok(lines.iter().map(|line| (line.n, line.key)).collect())
}
