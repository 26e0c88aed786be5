//! What is taken off a line or the whole. EN 16931 has allowances and charges, both above zero: a
//! discount on work that is taken back adds to the sum, so it's a charge.

use domain::billing::sealed::{SealedInvoice, SealedLine};
use domain::billing::totals::{Prices, Reduction};
use domain::money::Percent;

use super::{ERASED, Taxed, amount, clean};

/// What stands for a reason that nobody gave.
const DISCOUNT: &str = "Discount";

/// An allowance (BG-20, BG-27) or, where it adds to the sum, a charge (BG-21, BG-28).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Adjustment {
    /// What it adds to the sum; an allowance less than nothing.
    pub(super) signed_minor: i64,
    /// Its size.
    pub(crate) amount: String,
    /// Of what it is how much, where that gives the amount.
    pub(crate) share: Option<(String, String)>,
    pub(crate) reason: String,
    /// What it's taxed at; none of a line, which has its own.
    pub(crate) tax: Option<Taxed>,
}

impl Adjustment {
    pub(crate) fn is_charge(&self) -> bool {
        self.signed_minor > 0
    }

    /// UNTDID 5189 for an allowance; charges are told by their words.
    pub(crate) fn reason_code(&self) -> &'static str {
        if self.is_charge() { "" } else { "95" }
    }
}

/// What takes `off_minor` off `base_minor`.
fn adjustment(
    off_minor: i64,
    base_minor: i64,
    reduction: Reduction,
    reason: String,
    tax: Option<Taxed>,
    digits: u8,
) -> Adjustment {
    let percent = match reduction {
        Reduction::Percent(percent) => Some(percent),
        Reduction::AmountMinor(_) => None,
    };
    let share = percent
        .filter(|percent| percent.of(base_minor) == off_minor)
        .map(|percent| (percent.to_string(), amount(base_minor.abs(), digits)));
    Adjustment {
        signed_minor: -off_minor,
        amount: amount(off_minor.abs(), digits),
        share,
        reason,
        tax,
    }
}

/// The discount of a line, before tax.
pub(super) fn of_line(line: &SealedLine, prices: Prices, digits: u8) -> Option<Adjustment> {
    let discount = line.discount.filter(|discount| discount.amount_minor != 0)?;
    let inside = match prices {
        Prices::Exclusive => Percent::ZERO,
        Prices::Inclusive => line.tax.percent,
    };
    let off_minor = discount.amount_minor - inside.within(discount.amount_minor);
    let base_minor = line.net_minor + off_minor;
    let reason = DISCOUNT.to_owned();
    Some(adjustment(off_minor, base_minor, discount.reduction, reason, None, digits))
}

/// The discounts of the whole, each by rate of tax.
pub(super) fn of_document(sealed: &SealedInvoice, digits: u8) -> Vec<Adjustment> {
    let mut adjustments = Vec::new();
    for allowance in &sealed.allowances {
        let reason = match allowance.reason.as_ref().map(|reason| reason.get()) {
            None => DISCOUNT.to_owned(),
            Some(None) => ERASED.to_owned(),
            Some(Some(text)) => clean(text),
        };
        let reason = if reason.is_empty() { DISCOUNT.to_owned() } else { reason };
        for share in allowance.shares.iter().filter(|share| share.amount_minor != 0) {
            let lines = sealed.taxes.iter().find(|tax| tax.rate == share.rate);
            let base_minor = lines.map_or(0, |tax| tax.lines_minor);
            adjustments.push(adjustment(
                share.amount_minor,
                base_minor,
                allowance.reduction,
                reason.clone(),
                Some(Taxed::of(share.rate)),
                digits,
            ));
        }
    }
    adjustments
}
