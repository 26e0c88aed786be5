//! The discount for paying soon. It's on the face of the invoice with the tax in it, so that no
//! credit note is needed when it's taken (ZA: VAT Act s21(3), proviso).

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::Refusal;
use super::totals::{TaxSubtotal, Totals, spread};
use crate::money::Percent;

/// What is offered: a percentage for paying within so many days.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct PromptTerms {
    /// Of the whole with tax; above zero.
    pub percent: Percent,
    /// Days after the day of issue.
    pub days: u16,
}

/// The same on one invoice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct PromptPayment {
    /// Of the whole with tax.
    pub percent: Percent,
    /// The last day.
    pub until: Date,
    /// What is taken off, with the tax in it.
    pub discount_minor: i64,
    /// The tax in that.
    pub tax_minor: i64,
    /// What is to be paid by that day.
    pub payable_minor: i64,
}

/// The most days of an offer: longer than any invoice waits.
pub const PROMPT_DAYS_MAX: u16 = 365;

impl PromptTerms {
    /// Terms that offer something, or with zero percent nothing. An offer leaves something to be
    /// paid and lasts for 1 to 365 days.
    pub fn check(self) -> Result<(), Refusal> {
        let whole = self.percent == Percent::parse("100").expect("a percentage");
        let days = (1..=PROMPT_DAYS_MAX).contains(&self.days);
        let sound = self.percent == Percent::ZERO || (!whole && days);
        if sound { Ok(()) } else { Err(Refusal::UnsoundPromptTerms) }
    }

    /// What the terms come to on an invoice; none where they take nothing off.
    pub fn on(
        self,
        issued_on: Date,
        taxes: &[TaxSubtotal],
        totals: &Totals,
    ) -> Result<Option<PromptPayment>, Refusal> {
        let discount_minor = self.percent.of(totals.gross_minor);
        if discount_minor <= 0 {
            return Ok(None);
        }
        let until = issued_on
            .checked_add(jiff::Span::new().days(self.days))
            .map_err(|_| Refusal::DayOutOfRange)?;
        Ok(Some(PromptPayment {
            percent: self.percent,
            until,
            discount_minor,
            tax_minor: tax_within(discount_minor, taxes),
            payable_minor: totals.payable_minor - discount_minor,
        }))
    }
}

/// The tax inside of a part of what is due with tax, where that part takes as much of each rate.
pub fn tax_within(part_minor: i64, taxes: &[TaxSubtotal]) -> i64 {
    let weights: Vec<i64> = taxes.iter().map(|tax| tax.taxable_minor + tax.tax_minor).collect();
    let shares = spread(part_minor, &weights).unwrap_or_default();
    taxes.iter().zip(shares).map(|(tax, share)| tax.rate.percent.within(share)).sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::billing::samples::day;
    use crate::billing::tax::{TaxCategory, TaxRate};
    use crate::billing::totals::{Prices, TaxedLine, compute};

    fn terms(percent: &str) -> PromptTerms {
        PromptTerms { percent: Percent::parse(percent).expect("a rate"), days: 10 }
    }

    fn lines(amounts: &[(i64, TaxCategory)]) -> (Vec<TaxSubtotal>, Totals) {
        let fifteen = Percent::parse("15").expect("a rate");
        let lines: Vec<_> = amounts
            .iter()
            .map(|(amount_minor, category)| TaxedLine {
                amount_minor: *amount_minor,
                rate: TaxRate::of(*category, fifteen),
            })
            .collect();
        let computed = compute(Prices::Exclusive, &lines, &[]).expect("computed");
        (computed.taxes, computed.totals)
    }

    #[test]
    fn m13_the_face_says_the_discount_the_tax_in_it_and_what_is_then_to_pay() {
        let (taxes, totals) = lines(&[(100_000, TaxCategory::Standard)]);
        let prompt = terms("2.5").on(day("2026-01-25"), &taxes, &totals).expect("in range");
        let expected = PromptPayment {
            percent: Percent::parse("2.5").expect("a rate"),
            until: day("2026-02-04"),
            // 1150.00 x 0.025 = 28.75, and of that 3/23 = 3.75.
            discount_minor: 2875,
            tax_minor: 375,
            payable_minor: 112_125,
        };
        assert_eq!(prompt, Some(expected));
    }

    #[test]
    fn an_offer_leaves_something_to_be_paid_and_lasts_a_while() {
        let check = |percent, days| PromptTerms { days, ..terms(percent) }.check();
        for (percent, days) in [("0", 0), ("0", 10), ("2.5", 1), ("99.9999", 365)] {
            assert_eq!(check(percent, days), Ok(()));
        }
        for (percent, days) in [("100", 10), ("2.5", 0), ("2.5", 366)] {
            let refusal = check(percent, days).expect_err("unsound");
            assert_eq!(refusal.code(), "billing.unsound_prompt_terms");
            assert_eq!(refusal.field(), Some("/prompt_payment"));
        }
    }

    #[test]
    fn of_several_rates_each_has_its_part_of_the_discount() {
        let taxed = [(100_000, TaxCategory::Standard), (115_000, TaxCategory::ZeroRated)];
        let (taxes, totals) = lines(&taxed);
        let prompt = terms("10").on(day("2026-01-25"), &taxes, &totals).expect("in range");
        // 10 % of 2300.00 is 230.00, half of it at 15 %: 115.00 x 3/23 = 15.00.
        assert_eq!(prompt.map(|it| (it.discount_minor, it.tax_minor)), Some((23_000, 1500)));
    }

    #[test]
    fn nothing_is_offered_where_nothing_is_due() {
        let (taxes, totals) = lines(&[(0, TaxCategory::Standard)]);
        assert_eq!(terms("10").on(day("2026-01-25"), &taxes, &totals), Ok(None));
        let (taxes, totals) = lines(&[(100, TaxCategory::Standard)]);
        assert_eq!(terms("0").on(day("2026-01-25"), &taxes, &totals), Ok(None));
        let late = terms("10").on(Date::MAX, &taxes, &totals);
        assert_eq!(late, Err(Refusal::DayOutOfRange));
    }
}
