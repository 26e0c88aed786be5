//! Up to which amounts the law of a country is content with less than a full tax invoice, as dated
//! data with its source. What follows for an invoice is for billing to say.

use jiff::civil::Date;
use serde::Deserialize;
use toml::Spanned;

use crate::money::{minor_digits, minor_of};

/// The limits from a day on, in minor units of the country's currency, each inclusive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TaxInvoiceRule {
    /// The first day they hold; none = from always, as far as a firm's books go back.
    pub from: Option<Date>,
    /// Up to here, tax included, an abridged one will do; none = always a full one.
    pub abridged_up_to_minor: Option<i64>,
    /// Up to here, tax included, none is needed; none = always one.
    pub none_up_to_minor: Option<i64>,
    /// Whether a zero-rated supply takes a full one whatever the amount.
    pub zero_rated_full: bool,
    /// The law.
    pub source: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TaxInvoiceFile {
    from: Option<Date>,
    abridged_up_to: Option<String>,
    none_up_to: Option<String>,
    #[serde(default)]
    zero_rated_full: bool,
    source: String,
}

/// The rules of a pack in this currency, or where what is wrong.
pub(super) fn rules(
    read: Vec<Spanned<TaxInvoiceFile>>,
    currency: &str,
) -> Result<Vec<TaxInvoiceRule>, (usize, &'static str)> {
    let digits = minor_digits(currency).unwrap_or(0);
    let mut all: Vec<TaxInvoiceRule> = Vec::new();
    for rule in read {
        let at = rule.span().start;
        let file = rule.into_inner();
        let limit = |text: Option<String>| match text {
            None => Ok(None),
            Some(text) => match minor_of(&text, digits) {
                Some(minor) if minor > 0 => Ok(Some(minor)),
                Some(_) | None => Err((at, "a limit is a text such as \"5000.00\"")),
            },
        };
        let ordered = all.last().map_or(file.from.is_none(), |last| last.from < file.from);
        if !ordered {
            return Err((at, "the first rule has no `from`, each later one a later day"));
        }
        all.push(TaxInvoiceRule {
            from: file.from,
            abridged_up_to_minor: limit(file.abridged_up_to)?,
            none_up_to_minor: limit(file.none_up_to)?,
            zero_rated_full: file.zero_rated_full,
            source: file.source,
        });
    }
    Ok(all)
}
