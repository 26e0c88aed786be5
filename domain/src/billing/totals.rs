//! From lines to totals: discounts of the document spread over the rates of tax, tax per rate on
//! the sum (EN 16931, BR-CO-17), and the totals. All in integers, each amount rounded once, half
//! away from zero (ZA: VAT Act s66). What is computed here is sealed with its version.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::Refusal;
use super::tax::TaxRate;
use crate::money::Percent;

/// The largest amount, in minor units: what a JSON number holds exactly.
pub const AMOUNT_MINOR_MAX: i64 = (1 << 53) - 1;

/// Which arithmetic an invoice was computed by. What is sealed is never computed again; a new
/// version says how later ones are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ArithmeticVersion(pub u16);

impl ArithmeticVersion {
    /// The one of this program.
    pub const TODAY: ArithmeticVersion = ArithmeticVersion(1);
}

/// Whether prices are before tax or have it inside.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Prices {
    /// Tax is added.
    Exclusive,
    /// Tax is taken out by the tax fraction.
    Inclusive,
}

/// A line as tax sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TaxedLine {
    /// Its price after its own discount, before tax or with it inside as prices are.
    pub amount_minor: i64,
    /// How it's taxed.
    pub rate: TaxRate,
}

/// What is taken off a price.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reduction {
    /// So much of it.
    Percent(Percent),
    /// So many minor units, not negative.
    AmountMinor(i64),
}

/// The part of a discount that falls on one rate of tax, before tax.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct DiscountShare {
    /// The rate.
    pub rate: TaxRate,
    /// How much is taken off.
    pub amount_minor: i64,
}

/// What is taxed at one rate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct TaxSubtotal {
    /// The rate.
    pub rate: TaxRate,
    /// The sum of its lines.
    pub lines_minor: i64,
    /// What discounts take off.
    pub allowance_minor: i64,
    /// What is taxed: lines less discounts.
    pub taxable_minor: i64,
    /// The tax on that.
    pub tax_minor: i64,
}

/// The sums of a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Totals {
    /// Of all lines, before tax.
    pub lines_minor: i64,
    /// Of all discounts of the document, before tax.
    pub allowance_minor: i64,
    /// Before tax: lines less discounts.
    pub net_minor: i64,
    /// Tax.
    pub tax_minor: i64,
    /// With tax.
    pub gross_minor: i64,
    /// What rounding to coins adds; less than nothing where it takes away.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub rounding_minor: i64,
    /// What is to be paid.
    pub payable_minor: i64,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks for a reference")]
fn is_zero(amount: &i64) -> bool {
    *amount == 0
}

/// Everything that follows from the lines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Computed {
    /// Of each line, before tax.
    pub line_nets: Vec<i64>,
    /// Of each discount, by rate.
    pub discounts: Vec<Vec<DiscountShare>>,
    /// By rate, in their order.
    pub taxes: Vec<TaxSubtotal>,
    /// The sums.
    pub totals: Totals,
}

impl Totals {
    /// The sums of what is taxed at each rate.
    pub fn of(taxes: &[TaxSubtotal]) -> Totals {
        let sum = |part: fn(&TaxSubtotal) -> i64| taxes.iter().map(part).sum::<i64>();
        let (net_minor, tax_minor) = (sum(|it| it.taxable_minor), sum(|it| it.tax_minor));
        Totals {
            lines_minor: sum(|it| it.lines_minor),
            allowance_minor: sum(|it| it.allowance_minor),
            net_minor,
            tax_minor,
            gross_minor: net_minor + tax_minor,
            rounding_minor: 0,
            payable_minor: net_minor + tax_minor,
        }
    }

    /// The same, payable in coins of `step_minor`: to the nearest, half away from zero. Tax stays
    /// as it is (ZA: draft ruling of October 2022 on cash in steps of ten cents).
    #[must_use]
    pub fn in_coins(self, step_minor: u32) -> Totals {
        let step = i64::from(step_minor.max(1));
        let coins = crate::money::proportion(self.gross_minor, 1, step) * step;
        Totals { rounding_minor: coins - self.gross_minor, payable_minor: coins, ..self }
    }
}

/// `amount` in parts by weight that add up to it exactly: each is rounded down, and what is left
/// goes in single units to the largest remainders, the first of equals first.
///
/// None where the weights add up to nothing but the amount does not.
pub fn spread(amount_minor: i64, weights: &[i64]) -> Option<Vec<i64>> {
    let sum: i128 = weights.iter().copied().map(i128::from).sum();
    if sum == 0 {
        return (amount_minor == 0).then(|| vec![0; weights.len()]);
    }
    let exact = |weight: &i64| i128::from(amount_minor) * i128::from(*weight) * sum.signum();
    let parts: Vec<i128> = weights.iter().map(exact).collect();
    let mut shares: Vec<i128> = parts.iter().map(|part| part.div_euclid(sum.abs())).collect();
    let mut by_rest: Vec<usize> = (0..weights.len()).collect();
    by_rest.sort_by_key(|at| std::cmp::Reverse(parts[*at].rem_euclid(sum.abs())));
    let left = i128::from(amount_minor) - shares.iter().sum::<i128>();
    let left = usize::try_from(left).expect("less than one unit is left of each part");
    by_rest.into_iter().take(left).for_each(|at| shares[at] += 1);
    shares.into_iter().map(|share| i64::try_from(share).ok()).collect()
}

/// Computes a document from its lines and the discounts on the whole of it.
///
/// A discount that is more than the lines, or on lines that add up to nothing, is refused, and so
/// is a sum beyond what the log holds.
pub fn compute(
    prices: Prices,
    lines: &[TaxedLine],
    discounts: &[Reduction],
) -> Result<Computed, Refusal> {
    let mut amounts: BTreeMap<TaxRate, i64> = BTreeMap::new();
    let mut sum = 0_i128;
    for line in lines {
        let amount = amounts.entry(line.rate).or_default();
        *amount = amount.checked_add(line.amount_minor).ok_or(Refusal::AmountTooLarge)?;
        sum += i128::from(line.amount_minor);
    }
    let total = i64::try_from(sum).map_err(|_| Refusal::AmountTooLarge)?;
    let fits = |amount: i64| amount.unsigned_abs() <= AMOUNT_MINOR_MAX.unsigned_abs() / 4;
    if !fits(total) || !amounts.values().copied().all(fits) {
        return Err(Refusal::AmountTooLarge);
    }
    let shares = discount_shares(total, &amounts, discounts)?;
    let mut taxes = Vec::with_capacity(amounts.len());
    let mut line_nets = vec![0; lines.len()];
    let mut discounts: Vec<Vec<DiscountShare>> = vec![Vec::new(); shares.len()];
    for (at, (rate, amount)) in amounts.into_iter().enumerate() {
        let off: i64 = shares.iter().map(|by_rate| by_rate[at]).sum();
        let due = amount - off;
        let (tax_minor, net_of) = match prices {
            Prices::Exclusive => (rate.percent.of(due), Percent::ZERO),
            Prices::Inclusive => (rate.percent.within(due), rate.percent),
        };
        let taxable_minor = if prices == Prices::Inclusive { due - tax_minor } else { due };
        let nets = shares.iter().map(|by_rate| by_rate[at] - net_of.within(by_rate[at]));
        let mut allowance_minor = 0;
        for (discount, amount_minor) in discounts.iter_mut().zip(nets) {
            allowance_minor += amount_minor;
            if amount_minor != 0 {
                discount.push(DiscountShare { rate, amount_minor });
            }
        }
        let lines_minor = taxable_minor + allowance_minor;
        set_nets(&mut line_nets, lines, rate, lines_minor);
        taxes.push(TaxSubtotal { rate, lines_minor, allowance_minor, taxable_minor, tax_minor });
    }
    let totals = Totals::of(&taxes);
    Ok(Computed { line_nets, discounts, taxes, totals })
}

/// Of each discount, what falls on each rate, as prices are.
fn discount_shares(
    total: i64,
    amounts: &BTreeMap<TaxRate, i64>,
    discounts: &[Reduction],
) -> Result<Vec<Vec<i64>>, Refusal> {
    let weights: Vec<i64> = amounts.values().copied().collect();
    let mut left = total;
    let mut shares = Vec::with_capacity(discounts.len());
    for discount in discounts {
        let amount = match discount {
            Reduction::Percent(percent) => percent.of(total),
            Reduction::AmountMinor(amount) => *amount,
        };
        if amount < 0 || amount > left.max(0) {
            return Err(Refusal::DiscountTooLarge);
        }
        left -= amount;
        shares.push(spread(amount, &weights).ok_or(Refusal::DiscountTooLarge)?);
    }
    Ok(shares)
}

/// Gives the lines of a rate their nets, which add up to `lines_minor`.
fn set_nets(nets: &mut [i64], lines: &[TaxedLine], rate: TaxRate, lines_minor: i64) {
    let of_rate: Vec<usize> = (0..lines.len()).filter(|at| lines[*at].rate == rate).collect();
    let amounts: Vec<i64> = of_rate.iter().map(|at| lines[*at].amount_minor).collect();
    // Lines that cancel out have no weights to go by, and no tax in their sum: they stay.
    let cancel_out = amounts.iter().sum::<i64>() == 0;
    let parts = spread(lines_minor, &amounts).filter(|_| !cancel_out).unwrap_or(amounts);
    for (at, part) in of_rate.into_iter().zip(parts) {
        nets[at] = part;
    }
}

#[cfg(test)]
mod tests;
