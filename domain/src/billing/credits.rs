//! The arithmetic of credit notes: each takes its part of a line, of the discounts and of the tax,
//! rounded as the invoice was, and never more than is left; the one that takes the last of a rate
//! takes the rest of its tax, so that all of them together are the invoice.

use std::collections::BTreeMap;

use super::issued::Issued;
use super::tax::TaxRate;
use super::totals::{TaxSubtotal, Totals};
use super::{Refusal, sealed::SealedInvoice};
use crate::money::proportion;

/// `part`, but no more than is left, where it takes away from what is left.
pub fn at_most(part_minor: i64, left_minor: i64) -> i64 {
    if part_minor.signum() * left_minor.signum() < 0 {
        return part_minor;
    }
    if part_minor.abs() > left_minor.abs() { left_minor } else { part_minor }
}

/// What of one rate was not taken back.
fn left_of(sealed: &TaxSubtotal, issued: &Issued) -> TaxSubtotal {
    let credited = issued.credits.iter().flat_map(|credit| &credit.taxes);
    credited.filter(|it| it.rate == sealed.rate).fold(*sealed, |left, it| TaxSubtotal {
        rate: left.rate,
        lines_minor: left.lines_minor - it.lines_minor,
        allowance_minor: left.allowance_minor - it.allowance_minor,
        taxable_minor: left.taxable_minor - it.taxable_minor,
        tax_minor: left.tax_minor - it.tax_minor,
    })
}

/// The subtotals and sums of a credit note that takes so much of these lines (number, net).
///
/// A part that is not of its line's sign or more than is left of it is refused, and so is a credit
/// note of less than nothing or of more than is left of the whole.
pub fn credited(
    issued: &Issued,
    parts: &[(u32, i64)],
) -> Result<(Vec<TaxSubtotal>, Totals), Refusal> {
    let sealed = &issued.sealed;
    let mut by_rate: BTreeMap<TaxRate, i64> = BTreeMap::new();
    for (n, net) in parts {
        let line = sealed.line(*n).ok_or(Refusal::LineUnknown { line: *n })?;
        let left = issued.left_net(line);
        if net.abs() > left.abs() || net.signum() * left.signum() < 0 {
            return Err(Refusal::OverCredited { line: *n });
        }
        *by_rate.entry(line.tax).or_default() += net;
    }
    let taxes: Vec<TaxSubtotal> = by_rate
        .into_iter()
        .filter_map(|(rate, net)| {
            let whole = sealed.taxes.iter().find(|tax| tax.rate == rate)?;
            let last = takes_the_last(issued, rate, parts);
            Some(of_rate(whole, &left_of(whole, issued), net, last))
        })
        .collect();
    let totals = payable(Totals::of(&taxes), issued)?;
    Ok((taxes, totals))
}

/// Whether nothing is left of any line at this rate after these parts.
fn takes_the_last(issued: &Issued, rate: TaxRate, parts: &[(u32, i64)]) -> bool {
    let of_rate = issued.sealed.lines.iter().filter(|line| line.tax == rate);
    let mut left = of_rate.map(|line| {
        let part = parts.iter().filter(|(n, _)| *n == line.n).map(|(_, net)| net).sum::<i64>();
        issued.left_net(line) - part
    });
    left.all(|left| left == 0)
}

fn of_rate(whole: &TaxSubtotal, left: &TaxSubtotal, net: i64, last: bool) -> TaxSubtotal {
    let rate = whole.rate;
    if last {
        return TaxSubtotal {
            lines_minor: net,
            taxable_minor: net - left.allowance_minor,
            ..*left
        };
    }
    let share = match whole.lines_minor {
        0 => 0,
        lines => proportion(whole.allowance_minor, net, lines),
    };
    let allowance_minor = at_most(share, left.allowance_minor);
    let taxable_minor = net - allowance_minor;
    let tax_minor = at_most(rate.percent.of(taxable_minor), left.tax_minor);
    TaxSubtotal { rate, lines_minor: net, allowance_minor, taxable_minor, tax_minor }
}

/// The sums with what is not to be paid any more: with the last of the whole goes what was rounded
/// to coins.
fn payable(totals: Totals, issued: &Issued) -> Result<Totals, Refusal> {
    let SealedInvoice { totals: whole, .. } = &issued.sealed;
    let gross: i64 = issued.credits.iter().map(|credit| credit.gross_minor).sum();
    let left = whole.gross_minor - gross;
    if totals.gross_minor < 0 {
        return Err(Refusal::CreditBelowZero);
    }
    if totals.gross_minor > left {
        return Err(Refusal::CreditTooLarge);
    }
    if totals.gross_minor < left {
        return Ok(totals);
    }
    let payable_minor = whole.payable_minor - issued.credited_minor();
    Ok(Totals { rounding_minor: payable_minor - totals.gross_minor, payable_minor, ..totals })
}
