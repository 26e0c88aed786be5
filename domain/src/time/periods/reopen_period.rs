//! Reopening: time of a scope may change again from a day on. It needs a reason, and nothing else
//! stands in its way: what an invoice holds stays held by it.

use jiff::civil::Date;

use super::{PeriodReopened, PeriodScope, Periods};
use crate::personal::Personal;
use crate::time::Refusal;

/// Opens time of a scope from a day on.
#[derive(Debug, Clone, PartialEq)]
pub struct ReopenPeriod {
    /// Whose.
    pub scope: PeriodScope,
    /// The first day to open.
    pub from: Date,
    /// Why; not blank.
    pub reason: Personal<String>,
}

/// What reopening leads to.
pub fn decide(periods: &Periods, command: ReopenPeriod) -> Result<PeriodReopened, Refusal> {
    let ReopenPeriod { scope, from, reason } = command;
    if reason.get().is_some_and(|reason| reason.trim().is_empty()) {
        return Err(Refusal::ReasonRequired);
    }
    match periods.through(scope).filter(|through| *through >= from) {
        Some(through) => Ok(PeriodReopened { scope, from, through, reason }),
        None => Err(Refusal::PeriodNotClosed { from }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::periods::{PeriodClosed, PeriodEvent};
    use crate::time::samples::{member_note, project};

    fn reopen(scope: PeriodScope, from: &str, reason: &str) -> ReopenPeriod {
        ReopenPeriod { scope, from: from.parse().expect("a day"), reason: member_note(reason) }
    }

    #[test]
    fn what_is_closed_is_open_again_from_a_day_on_and_for_a_reason_only() {
        let mut periods = Periods::default();
        let through = "2026-01-31".parse().expect("a day");
        let scope = PeriodScope::Tenant;
        periods.evolve(&PeriodEvent::from(PeriodClosed { scope, through, reason: None }));
        let blank = decide(&periods, reopen(scope, "2026-01-15", " "));
        assert_eq!(blank, Err(Refusal::ReasonRequired));
        let other = reopen(PeriodScope::Project(project(1)), "2026-01-15", "late hours");
        let refused = decide(&periods, other).expect_err("it was never closed");
        assert_eq!((refused.code(), refused.field()), ("time.period_not_closed", Some("/from")));
        let late = decide(&periods, reopen(scope, "2026-02-01", "late hours"));
        assert!(late.is_err(), "that day is open");
        let reopened = decide(&periods, reopen(scope, "2026-01-15", "late hours")).expect("open");
        assert_eq!(reopened.through, through);
        periods.evolve(&reopened.into());
        assert_eq!(periods.through(scope), "2026-01-14".parse().ok());
    }
}
