//! Billing over HTTP: what may be billed, and drafts that reserve it. Amounts are made from the
//! entries, the rates and the rules at the moment of reading; nothing here is stored.

pub(crate) mod applied;
pub(crate) mod book;
pub(crate) mod client_links;
pub(crate) mod consent;
pub(crate) mod credit_notes;
pub(crate) mod disputes;
pub(crate) mod document;
pub(crate) mod form;
pub(crate) mod happened;
pub(crate) mod invoices;
pub(crate) mod issuing;
pub(crate) mod lines_file;
pub(crate) mod missing;
pub(crate) mod names;
pub(crate) mod one;
pub(crate) mod open_time;
pub(crate) mod origin;
pub(crate) mod payments;
pub(crate) mod pdf;
pub(crate) mod preview;
pub(crate) mod profile;
pub(crate) mod provenance;
mod sealing;
pub(crate) mod sight;
pub(crate) mod statement;
pub(crate) mod terms;
pub(crate) mod unbilled;
pub(crate) mod view;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// An amount of money.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Money {
    /// Minor units, such as cents.
    pub(crate) amount_minor: i64,
    /// ISO 4217 code.
    pub(crate) currency: String,
}

impl Money {
    pub(crate) fn of(amount_minor: i64, currency: &str) -> Self {
        Money { amount_minor, currency: currency.to_owned() }
    }
}
