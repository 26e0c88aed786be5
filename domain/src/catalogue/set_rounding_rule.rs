//! A rounding rule for a client, a project or a task holds from a day on, or always. Past days may
//! be set too: recorded time is never rewritten, and the log knows since when the rule is known.

use jiff::civil::Date;

use super::rounding_rule::RoundingRule;
use super::rounding_rules::RuleScope;
use super::{Refusal, RoundingRuleEvent, RoundingRuleSet};
use crate::time::{Rounding, RoundingMode};

/// The longest interval, in minutes; the same as of the tenant's own rule.
pub const INTERVAL_MINUTES_MAX: u32 = 240;

/// Set a rounding rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SetRoundingRule {
    /// Whose work it is for.
    pub scope: RuleScope,
    /// The first day it holds; none = from always.
    pub from: Option<Date>,
    /// The rule; its interval is 1 to 240 minutes, and may be 0 where nothing is rounded.
    pub rule: Rounding,
}

/// Refuses an interval out of bounds; the rule that is set for that day already changes nothing.
pub fn decide(
    rules: &RoundingRule,
    command: SetRoundingRule,
) -> Result<Vec<RoundingRuleEvent>, Refusal> {
    let SetRoundingRule { scope, from, rule } = command;
    let least = if rule.mode == RoundingMode::None { 0 } else { 1 };
    if !(least..=INTERVAL_MINUTES_MAX).contains(&rule.interval_minutes) {
        return Err(Refusal::InvalidInterval);
    }
    if rules.given(from) == Some(rule) {
        return Ok(Vec::new());
    }
    Ok(vec![RoundingRuleSet { scope, from, rule }.into()])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::samples;
    use crate::time::{RoundingScope, RoundingTie};

    fn set(mode: RoundingMode, interval_minutes: u32) -> SetRoundingRule {
        let (tie, scope) = (RoundingTie::HalfUp, RoundingScope::Day);
        let rule = Rounding { mode, tie, scope, interval_minutes };
        SetRoundingRule { scope: RuleScope::Client(samples::CLIENT), from: None, rule }
    }

    #[test]
    fn a_rule_is_set_once_for_its_day() {
        let mut rules = RoundingRule::default();
        let command = set(RoundingMode::Up, 15);
        let events = decide(&rules, command).unwrap();
        let SetRoundingRule { scope, from, rule } = command;
        assert_eq!(events, [RoundingRuleSet { scope, from, rule }.into()]);
        rules.evolve(&events[0]);
        assert_eq!(decide(&rules, command), Ok(vec![]));
        assert_eq!(decide(&rules, set(RoundingMode::Up, 30)).unwrap().len(), 1);
    }

    #[test]
    fn an_interval_out_of_bounds_is_refused_unless_nothing_is_rounded() {
        for minutes in [0, INTERVAL_MINUTES_MAX + 1] {
            let refused = decide(&RoundingRule::default(), set(RoundingMode::Up, minutes));
            assert_eq!(refused, Err(Refusal::InvalidInterval));
        }
        let refusal = Refusal::InvalidInterval;
        assert_eq!(refusal.code(), "catalogue.invalid_interval");
        assert_eq!(refusal.field(), Some("/rule/interval_minutes"));
        assert!(decide(&RoundingRule::default(), set(RoundingMode::None, 0)).is_ok());
        assert!(decide(&RoundingRule::default(), set(RoundingMode::Up, 240)).is_ok());
    }
}
