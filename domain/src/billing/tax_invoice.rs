//! Which tax invoice the law asks for, by country, day and amount. The limits are data of the
//! country's pack; here is only how they are read.

use serde::{Deserialize, Serialize};

use super::tax::{TaxCategory, TaxRate};
use crate::country::TaxInvoiceRule;

/// What an invoice must be before the tax law.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TaxInvoiceKind {
    /// With all that the law asks for, the buyer's name and address among it.
    Full,
    /// It may leave out the buyer and the quantity.
    Abridged,
    /// None is asked for: the amount is small.
    NotNeeded,
    /// It's none and must not call itself one: the firm is not registered for the tax.
    NotATaxInvoice,
}

impl TaxInvoiceKind {
    /// The name in the API.
    pub fn as_str(self) -> &'static str {
        match self {
            TaxInvoiceKind::Full => "full",
            TaxInvoiceKind::Abridged => "abridged",
            TaxInvoiceKind::NotNeeded => "not_needed",
            TaxInvoiceKind::NotATaxInvoice => "not_a_tax_invoice",
        }
    }

    /// What is asked for. `rule` is the country's on the day of issue, none where no limits are
    /// known: then it's a full one. `gross_minor` is in the country's currency.
    pub fn of(
        registered: bool,
        rule: Option<&TaxInvoiceRule>,
        gross_minor: i64,
        rates: &[TaxRate],
    ) -> Self {
        if !registered {
            return TaxInvoiceKind::NotATaxInvoice;
        }
        let Some(rule) = rule else {
            return TaxInvoiceKind::Full;
        };
        let zero_rated = rates.iter().any(|rate| rate.category == TaxCategory::ZeroRated);
        let up_to = |limit: Option<i64>| limit.is_some_and(|limit| gross_minor <= limit);
        if zero_rated && rule.zero_rated_full {
            TaxInvoiceKind::Full
        } else if up_to(rule.none_up_to_minor) {
            TaxInvoiceKind::NotNeeded
        } else if up_to(rule.abridged_up_to_minor) {
            TaxInvoiceKind::Abridged
        } else {
            TaxInvoiceKind::Full
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::billing::samples::day;
    use crate::country::pack;
    use crate::money::Percent;

    fn kind(gross_minor: i64, category: TaxCategory) -> TaxInvoiceKind {
        let rule = pack("ZA").expect("known").tax_invoice_on(day("2026-01-31"));
        let fifteen = Percent::parse("15").expect("a rate");
        TaxInvoiceKind::of(true, rule, gross_minor, &[TaxRate::of(category, fifteen)])
    }

    #[test]
    fn m17_up_to_fifty_rand_inclusive_no_tax_invoice_is_needed() {
        let needed = [5000, 5001]
            .map(|gross| kind(gross, TaxCategory::Standard) != TaxInvoiceKind::NotNeeded);
        assert_eq!(needed, [false, true]);
    }

    #[test]
    fn up_to_five_thousand_rand_inclusive_an_abridged_one_will_do() {
        let kinds = [5001, 500_000, 500_001].map(|gross| kind(gross, TaxCategory::Standard));
        assert_eq!(
            kinds,
            [TaxInvoiceKind::Abridged, TaxInvoiceKind::Abridged, TaxInvoiceKind::Full]
        );
    }

    #[test]
    fn m21_a_zero_rated_supply_takes_a_full_one_whatever_the_amount() {
        let kinds = [5000, 100_000].map(|gross| kind(gross, TaxCategory::ZeroRated));
        assert_eq!(kinds, [TaxInvoiceKind::Full; 2]);
    }

    #[test]
    fn a_firm_that_is_not_registered_issues_none_and_without_limits_each_is_a_full_one() {
        let none = TaxInvoiceKind::of(false, None, 1, &[TaxRate::NOT_REGISTERED]);
        assert_eq!(none, TaxInvoiceKind::NotATaxInvoice);
        let fifteen = TaxRate::standard(Percent::parse("15").expect("a rate"));
        assert_eq!(TaxInvoiceKind::of(true, None, 1, &[fifteen]), TaxInvoiceKind::Full);
    }
}
