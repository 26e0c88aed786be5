//! What can happen to the periods of a tenant.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::PeriodScope;
use crate::personal::Personal;

/// No time of the scope changes any more on this day and all before it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PeriodClosed {
    /// Whose time.
    pub scope: PeriodScope,
    /// The last day that is closed.
    pub through: Date,
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Personal<String>>,
}

/// Time of the scope may change again from a day on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PeriodReopened {
    /// Whose time.
    pub scope: PeriodScope,
    /// The first day that is open again.
    pub from: Date,
    /// The last day that was closed until now.
    pub through: Date,
    /// Why.
    pub reason: Personal<String>,
}

crate::event_family! {
    /// The events of a tenant's periods.
    PeriodEvent {
        /// Closed through a day.
        PeriodClosed = 1 [reason],
        /// Open again from a day on.
        PeriodReopened = 1 [reason],
    }
}
