//! The categories of value added tax, by their code in EN 16931 (UNTDID 5305), and the rate of each
//! line. Which category a supply falls into is for the law of the place and the firm to say; here
//! is only what follows from it.

use serde::{Deserialize, Serialize};

use crate::money::Percent;

/// How a supply is taxed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum TaxCategory {
    /// At a rate above zero.
    #[serde(rename = "S")]
    Standard,
    /// Taxable at zero percent, such as an export of services (ZA: VAT Act s11).
    #[serde(rename = "Z")]
    ZeroRated,
    /// Exempt: no tax by law, and none of what it cost is deducted (ZA: VAT Act s12).
    #[serde(rename = "E")]
    Exempt,
    /// Outside the scope of the tax, as all is of a firm that is not registered.
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

impl TaxCategory {
    /// Each of them.
    pub const ALL: [TaxCategory; 7] = [
        TaxCategory::Standard,
        TaxCategory::ZeroRated,
        TaxCategory::Exempt,
        TaxCategory::OutsideScope,
        TaxCategory::ReverseCharge,
        TaxCategory::IntraCommunity,
        TaxCategory::Export,
    ];

    /// The code in the log, in the API and in electronic invoices.
    pub fn code(self) -> &'static str {
        match self {
            TaxCategory::Standard => "S",
            TaxCategory::ZeroRated => "Z",
            TaxCategory::Exempt => "E",
            TaxCategory::OutsideScope => "O",
            TaxCategory::ReverseCharge => "AE",
            TaxCategory::IntraCommunity => "K",
            TaxCategory::Export => "G",
        }
    }

    /// The one with this code.
    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|category| category.code() == code)
    }

    /// What the law calls it, for people.
    pub fn words(self) -> &'static str {
        match self {
            TaxCategory::Standard => "standard rate",
            TaxCategory::ZeroRated => "zero-rated",
            TaxCategory::Exempt => "exempt from VAT",
            TaxCategory::OutsideScope => "not subject to VAT",
            TaxCategory::ReverseCharge => "reverse charge",
            TaxCategory::IntraCommunity => "intra-community supply",
            TaxCategory::Export => "export outside the EU",
        }
    }

    /// Whether an electronic invoice must give a reason for there being no tax (EN 16931, BR-E-10
    /// and its likes): for all but the standard rate and zero.
    pub fn wants_reason(self) -> bool {
        !matches!(self, TaxCategory::Standard | TaxCategory::ZeroRated)
    }
}

/// A category with its rate: what tax is computed per.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct TaxRate {
    /// The category.
    pub category: TaxCategory,
    /// The rate; above zero for the standard category, zero for all others.
    pub percent: Percent,
}

impl TaxRate {
    /// What a firm that is not registered charges.
    pub const NOT_REGISTERED: TaxRate =
        TaxRate { category: TaxCategory::OutsideScope, percent: Percent::ZERO };

    /// The standard category at a rate; at zero percent it's the zero-rated one.
    pub fn standard(percent: Percent) -> Self {
        let category =
            if percent == Percent::ZERO { TaxCategory::ZeroRated } else { TaxCategory::Standard };
        TaxRate { category, percent }
    }

    /// A category that is not the standard one; that one at a rate.
    pub fn of(category: TaxCategory, standard: Percent) -> Self {
        match category {
            TaxCategory::Standard => TaxRate::standard(standard),
            TaxCategory::ZeroRated
            | TaxCategory::Exempt
            | TaxCategory::OutsideScope
            | TaxCategory::ReverseCharge
            | TaxCategory::IntraCommunity
            | TaxCategory::Export => TaxRate { category, percent: Percent::ZERO },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_category_is_stored_under_its_code_and_found_by_it() {
        for category in TaxCategory::ALL {
            let stored = serde_json::to_value(category).expect("a code");
            assert_eq!(stored, category.code());
            assert_eq!(TaxCategory::parse(category.code()), Some(category));
        }
        assert_eq!(TaxCategory::parse("s"), None);
    }

    #[test]
    fn only_the_standard_category_has_a_rate_and_at_zero_it_is_the_zero_rated_one() {
        let fifteen = Percent::parse("15").expect("a rate");
        for category in TaxCategory::ALL {
            let rate = TaxRate::of(category, fifteen);
            assert_eq!(rate.percent != Percent::ZERO, category == TaxCategory::Standard);
            assert_eq!(rate.category, category);
        }
        assert_eq!(TaxRate::standard(Percent::ZERO).category, TaxCategory::ZeroRated);
        let stored = serde_json::to_string(&TaxRate::standard(fifteen)).expect("plain");
        assert_eq!(stored, r#"{"category":"S","percent":"15"}"#);
        assert_eq!(serde_json::from_str::<TaxRate>(&stored).ok(), Some(TaxRate::standard(fifteen)));
    }
}
