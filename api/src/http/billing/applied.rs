//! Where the rounding of a line comes from: each rule that applied to its entries, with whose it
//! is, since when it holds, and the event that set it.

use std::collections::BTreeMap;

use domain::billing::ReservedEntry;
use domain::id::ClientId;
use jiff::civil::Date;
use projections::billing::price_book::{PriceBook, work_of};
use projections::billing::rounding_book::AppliedRounding;
use schemars::JsonSchema;
use serde::Serialize;

use crate::http::catalogue::rounding_rules::RuleBody;

/// A rounding rule as it applied.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "AppliedRounding")]
pub(crate) struct AppliedBody {
    rule: RuleBody,
    /// Whose it is: `task`, `project`, `client`, or the `tenant`'s settings.
    source: &'static str,
    /// The first day it holds; null = from always.
    from: Option<Date>,
    /// The event that set it, as in `/events`; null where a default holds.
    position: Option<i64>,
    /// How many entries it applied to.
    entries: u32,
}

/// The rules that applied to these entries of a client.
pub(crate) fn applied_to<'a>(
    book: &PriceBook,
    client: ClientId,
    entries: impl Iterator<Item = &'a ReservedEntry>,
) -> Vec<AppliedBody> {
    let mut rules: BTreeMap<AppliedRounding, u32> = BTreeMap::new();
    for entry in entries {
        let applied = book.applied(&work_of(client, entry));
        *rules.entry(applied).or_default() += 1;
    }
    let shown = |(applied, entries): (AppliedRounding, u32)| AppliedBody {
        rule: applied.rounding.into(),
        source: applied.source.as_str(),
        from: applied.from,
        position: applied.position,
        entries,
    };
    rules.into_iter().map(shown).collect()
}
