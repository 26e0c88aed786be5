//! The rounding rule that was set to hold from a day on is taken back; what held before, or the
//! rule of a wider scope, holds again.

use jiff::civil::Date;

use super::rounding_rule::RoundingRule;
use super::rounding_rules::RuleScope;
use super::{Refusal, RoundingRuleCleared, RoundingRuleEvent};

/// Take back a rounding rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClearRoundingRule {
    /// Whose work it is for.
    pub scope: RuleScope,
    /// The day of the rule to take back; none = the one from always.
    pub from: Option<Date>,
}

/// Never refuses; where no rule was set for that day, nothing happens.
pub fn decide(
    rules: &RoundingRule,
    command: ClearRoundingRule,
) -> Result<Vec<RoundingRuleEvent>, Refusal> {
    let ClearRoundingRule { scope, from } = command;
    if rules.given(from).is_none() {
        return Ok(Vec::new());
    }
    Ok(vec![RoundingRuleCleared { scope, from }.into()])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::{RoundingRuleSet, samples};
    use crate::time::Rounding;
    use jiff::civil::date;

    #[test]
    fn a_rule_is_taken_back_by_its_day_and_where_there_is_none_nothing_happens() {
        let (scope, from) = (RuleScope::Task(samples::TASK), Some(date(2026, 1, 1)));
        let mut rules = RoundingRule::default();
        assert_eq!(decide(&rules, ClearRoundingRule { scope, from }), Ok(vec![]));
        rules.evolve(&RoundingRuleSet { scope, from, rule: Rounding::NONE }.into());
        assert_eq!(decide(&rules, ClearRoundingRule { scope, from: None }), Ok(vec![]));
        let events = decide(&rules, ClearRoundingRule { scope, from }).unwrap();
        assert_eq!(events, [RoundingRuleCleared { scope, from }.into()]);
        rules.evolve(&events[0]);
        assert_eq!(rules, RoundingRule::default());
    }
}
