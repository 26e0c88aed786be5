//! The list of invoices, by client, state and what is overdue, with what they come to.

use std::collections::BTreeMap;

use askama::Template;
use axum::http::StatusCode;
use domain::id::{ClientId, InvoiceId};
use projections::billing::invoice::{self, InvoiceRow};
use projections::catalogue::client;
use schemars::JsonSchema;
use serde::Deserialize;
use uuid::Uuid;

use super::super::inside::{Around, Inside};
use super::super::{Shown, page};
use super::words::{hours, period, short_day, state};
use crate::http::personal;
use crate::http::problem::Problem;

/// Which invoices.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Wanted {
    /// Of this client; empty = of all.
    #[serde(default)]
    client: String,
    /// In this state; empty = in any.
    #[serde(default)]
    state: String,
}
