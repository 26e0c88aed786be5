//! A plan is defined. What it costs holds from always; later prices are revisions with a day.

use super::plan::{check_prices, check_words};
use super::{Plan, PlanDefined, PlanEvent, Refusal};
use crate::flags::is_key;
use crate::money::Money;

/// Define a plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DefinePlan {
    /// Its code: `a-z`, `0-9` and `_`, beginning with a letter.
    pub code: String,
    /// What it's called.
    pub name: String,
    /// What one gets, for people.
    pub description: String,
    /// Whether firms may choose it.
    pub offered: bool,
    /// Per active member and month, one per currency; none = only for the time of a trial.
    pub prices: Vec<Money>,
}

/// Refuses a code that is none or taken, bad words and bad prices.
pub fn decide(plan: &Plan, command: DefinePlan) -> Result<Vec<PlanEvent>, Refusal> {
    if plan.code.is_some() {
        return Err(Refusal::PlanExists);
    }
    let DefinePlan { code, name, description, offered, prices } = command;
    if !is_key(&code) {
        return Err(Refusal::InvalidCode);
    }
    let (name, description) = check_words(&name, &description)?;
    check_prices(&prices)?;
    Ok(vec![PlanDefined { plan: code, name, description, offered, prices }.into()])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::subscription::samples;

    #[test]
    fn a_plan_is_defined_once() {
        let events = decide(&Plan::default(), samples::define()).unwrap();
        assert_eq!(events, [samples::plan_defined()]);
        assert_eq!(decide(&samples::plan(), samples::define()), Err(Refusal::PlanExists));
    }

    #[test]
    fn bad_codes_words_and_prices_are_refused() {
        let refused = |change: fn(&mut DefinePlan)| {
            let mut command = samples::define();
            change(&mut command);
            decide(&Plan::default(), command).unwrap_err()
        };
        assert_eq!(refused(|it| it.code = "Gold plan".into()), Refusal::InvalidCode);
        assert_eq!(refused(|it| it.name = " ".into()), Refusal::InvalidName);
        assert_eq!(refused(|it| it.description = " ".into()), Refusal::InvalidDescription);
        assert_eq!(refused(|it| it.prices[0].amount_minor = -1), Refusal::InvalidPrices);
        assert_eq!(refused(|it| it.prices[0].currency = "RAND".into()), Refusal::InvalidPrices);
        assert_eq!(refused(|it| it.prices.push(it.prices[0].clone())), Refusal::InvalidPrices);
    }
}
