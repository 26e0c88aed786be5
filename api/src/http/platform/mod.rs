//! The base domain: what firms see before they are one, and what operators do to all of them.
//! Everything here reads and writes the platform's own log.

pub(crate) mod plans;
pub(crate) mod routes;
pub(crate) mod signups;
pub(crate) mod tenants;

use axum::http::header;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::call::About;

/// An amount of money.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "Amount")]
#[serde(deny_unknown_fields)]
pub(crate) struct Amount {
    /// Minor units, such as cents.
    pub(crate) amount_minor: i64,
    /// ISO 4217 code.
    pub(crate) currency: String,
}

impl Amount {
    pub(crate) fn of(amount_minor: i64, currency: &str) -> Self {
        Amount { amount_minor, currency: currency.to_owned() }
    }
}

impl From<Amount> for domain::money::Money {
    fn from(amount: Amount) -> Self {
        domain::money::Money { amount_minor: amount.amount_minor, currency: amount.currency }
    }
}

impl From<domain::money::Money> for Amount {
    fn from(money: domain::money::Money) -> Self {
        Amount { amount_minor: money.amount_minor, currency: money.currency }
    }
}

/// Where a browser finds a host: at the port that this request came to where it's this machine,
/// else over TLS.
pub(crate) fn site_url(about: &About, host: &str) -> String {
    if host != "localhost" && !host.ends_with(".localhost") {
        return format!("https://{host}");
    }
    let said = about.headers.get(header::HOST).and_then(|host| host.to_str().ok());
    let port = said.and_then(|host| host.split_once(':')).map(|(_, port)| format!(":{port}"));
    format!("http://{host}{}", port.unwrap_or_default())
}
