//! What a firm does about its time beside recording it: rules and budgets before the work,
//! favourites, somebody who stands in, months that are closed, and one mistake that is found when
//! its month is closed already.

use commands::budgets::{Estimate, SetBudget};
use commands::catalogue::SetRoundingRule;
use commands::members::substitutes::NameSubstitute;
use commands::time::{AddFavourite, ClosePeriod, CorrectTime, Replacement};
use domain::budgets::{Budget, BudgetAmount, BudgetCounts, BudgetEvery};
use domain::catalogue::rounding_rules::RuleScope;
use domain::id::{BudgetId, EntryId, FavouriteId, SubstitutionId};
use domain::members::Role;
use domain::time::periods::PeriodScope;
use domain::time::{Rounding, RoundingMode, RoundingScope, RoundingTie};
use jiff::Span;
use jiff::civil::Date;

use super::year::Story;

impl Story<'_> {
    /// What is agreed before the work begins, and what people keep for themselves.
    pub(super) async fn agree(&self, monday: Date) -> anyhow::Result<()> {
        let manager = self.who(Role::Manager);
        let rule = Rounding {
            mode: RoundingMode::Up,
            tie: RoundingTie::HalfUp,
            scope: RoundingScope::Entry,
            interval_minutes: 15,
        };
        let scope = RuleScope::Client(self.clients[0]);
        let by = self.who(Role::Billing);
        self.send(by, SetRoundingRule { scope, from: Some(monday), rule }).await?;
        for (project, hours) in self.projects.iter().zip([900, 400]) {
            let seconds = hours * 3600;
            let terms = Budget {
                task: None,
                period: BudgetEvery::Total,
                from: None,
                to: None,
                amount: BudgetAmount::Hours { seconds },
                counts: BudgetCounts::All,
                alert_at: vec![80, 100],
            };
            let budget = BudgetId(self.clock.new_id());
            self.send(manager, SetBudget { project: project.id, budget, terms }).await?;
            let (project, seconds) = (project.id, Some(seconds * 9 / 10));
            let estimate = Estimate { project, task: None, seconds, expected_version: None };
            self.send(manager, estimate).await?;
        }
        let member = self.who(Role::Member);
        for project in self.projects.iter().take(2) {
            let add = AddFavourite {
                favourite: FavouriteId(self.clock.new_id()),
                member,
                project: project.id,
                task: project.tasks[0],
                billable: None,
                name: None,
                note: None,
                tags: Vec::new(),
            };
            self.send(member, add).await?;
        }
        Ok(())
    }

    /// A month is closed once it's billed.
    pub(super) async fn close(&self, month: Date) -> anyhow::Result<()> {
        let (scope, through) = (PeriodScope::Tenant, month.last_of_month());
        self.send(self.who(Role::Billing), ClosePeriod { scope, through, reason: None }).await?;
        Ok(())
    }

    /// Half a year on, an entry of a closed month turns out to have been too long: it's reversed
    /// today, and what it should have been stands in for it. Then the manager goes on holiday.
    pub(super) async fn correct(&self, day: Date) -> anyhow::Result<()> {
        let manager = self.who(Role::Manager);
        if let Some(entry) = self.first_entry {
            let replacement = Replacement {
                entry: EntryId(self.clock.new_id()),
                project: None,
                task: None,
                seconds: Some(1800),
                billable: None,
                note: None,
                tags: None,
            };
            let correct = CorrectTime {
                entry,
                reversal: EntryId(self.clock.new_id()),
                day: Some(day),
                reason: "Half an hour was meant".to_owned(),
                replacement: Some(replacement),
                expected_version: None,
            };
            self.send(self.who(Role::Billing), correct).await?;
        }
        let stand_in = NameSubstitute {
            id: SubstitutionId(self.clock.new_id()),
            member: manager,
            substitute: self.who(Role::Admin),
            from: day,
            to: day.checked_add(Span::new().days(11))?,
        };
        self.send(manager, stand_in).await?;
        Ok(())
    }
}
