//! Closing: from now on no time of the scope changes through a day. A day that has not ended its
//! turn can't be closed before it has begun, and what is closed is opened by a reopening only.

use jiff::civil::Date;

use super::{PeriodClosed, PeriodScope, Periods};
use crate::personal::Personal;
use crate::time::Refusal;

/// Closes time of a scope through a day.
#[derive(Debug, Clone, PartialEq)]
pub struct ClosePeriod {
    /// Whose.
    pub scope: PeriodScope,
    /// The last day to close.
    pub through: Date,
    /// Why.
    pub reason: Option<Personal<String>>,
}

/// What closing leads to: nothing where it's closed through that very day.
pub fn decide(
    periods: &Periods,
    today: Date,
    command: ClosePeriod,
) -> Result<Option<PeriodClosed>, Refusal> {
    let ClosePeriod { scope, through, reason } = command;
    if through.year() < 1970 {
        return Err(Refusal::DayOutOfRange);
    }
    if through > today {
        return Err(Refusal::PeriodInFuture { today });
    }
    match periods.through(scope) {
        Some(closed) if closed > through => Err(Refusal::PeriodClosedFurther { through: closed }),
        Some(closed) if closed == through => Ok(None),
        Some(_) | None => Ok(Some(PeriodClosed { scope, through, reason })),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::samples::member;

    fn day(text: &str) -> Date {
        text.parse().expect("a day")
    }

    fn close(through: &str) -> ClosePeriod {
        ClosePeriod { scope: PeriodScope::Tenant, through: day(through), reason: None }
    }

    #[test]
    fn a_period_is_closed_through_today_at_most_and_never_by_closing_opened() {
        let (mut periods, today) = (Periods::default(), day("2026-02-10"));
        let tomorrow = decide(&periods, today, close("2026-02-11")).expect_err("in the future");
        assert_eq!(
            (tomorrow.code(), tomorrow.field()),
            ("time.period_in_future", Some("/through"))
        );
        let closed = decide(&periods, today, close("2026-02-10")).expect("today").expect("new");
        periods.evolve(&closed.into());
        assert_eq!(decide(&periods, today, close("2026-02-10")), Ok(None));
        let earlier = decide(&periods, today, close("2026-02-09")).expect_err("closed further");
        assert_eq!(
            (earlier.code(), earlier.field()),
            ("time.period_closed_further", Some("/through"))
        );
        let of_one = ClosePeriod { scope: PeriodScope::Member(member(1)), ..close("2026-01-01") };
        assert!(decide(&periods, today, of_one).expect("another scope").is_some());
        assert_eq!(decide(&periods, today, close("1969-12-31")), Err(Refusal::DayOutOfRange));
    }
}
