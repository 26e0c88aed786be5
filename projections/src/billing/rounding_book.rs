//! How time is rounded at the moment it's read: the tenant's settings and the rules by client,
//! project and task as one look-up, and where a rule comes from. It's light, so that a list of
//! entries needs no rates to be shown.

use std::collections::BTreeMap;
use std::sync::Arc;

use domain::billing::terms_book::{RULE_KEYS, TermsBook, own_rule_since};
use domain::catalogue::rates::{RateScope, RatedWork};
use domain::catalogue::rounding_rules::{RoundingSource, RuleScope, find_rounding};
use domain::catalogue::{
    RateCard, RoundingRule, RoundingRuleCleared, RoundingRuleEvent, RoundingRuleSet,
};
use domain::settings::{SettingChanged, Settings, SettingsEvent};
use domain::time::Rounding;
use jiff::civil::Date;
use migrations::TenantTx;

use super::book_mark::rounding_mark;
use crate::catalogue::rounding_rule::{self, RoundingRuleRow};
use crate::row::ReadError;
use crate::settings::setting::{self, SettingRow};

/// A rounding rule as it applies to some work, with where it comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct AppliedRounding {
    /// The rule.
    pub rounding: Rounding,
    /// Whose it is.
    pub source: RoundingSource,
    /// The first day it holds; none = from always.
    pub from: Option<Date>,
    /// The event that set it; none where nobody did, so that the default holds.
    pub position: Option<i64>,
}

/// Rounding rules and settings, ready to be asked for any work on any day.
#[derive(Debug, Clone, Default)]
pub struct RoundingBook {
    rules: BTreeMap<RuleScope, RoundingRule>,
    settings: Settings,
    set_by: BTreeMap<(RuleScope, Option<Date>), i64>,
    changed_by: BTreeMap<(String, Option<Date>), i64>,
}

impl RoundingBook {
    /// A book of these rows, live ones or those of a moment.
    pub fn of(
        rules: impl IntoIterator<Item = RoundingRuleRow>,
        settings: impl IntoIterator<Item = SettingRow>,
    ) -> Self {
        let mut book = RoundingBook::default();
        for row in rules {
            let Some(scope) = row.scope_of_work() else { continue };
            let from = row.from_day.0;
            book.set_by.insert((scope, from), row.position);
            book = book.with(scope, from, Some(row.rule()));
        }
        for SettingRow { name, from_day, value, position, .. } in settings {
            book.changed_by.insert((name.clone(), from_day.0), position);
            let event = SettingChanged { key: name, value, from: from_day.0 };
            book.settings.evolve(&SettingsEvent::from(event));
        }
        book
    }

    /// The book as it is now. It's made of few rows that many answers ask for, so it's kept for as
    /// long as they stay as they are.
    pub async fn load(tx: &mut TenantTx) -> Result<Self, ReadError> {
        const KEPT: &str = "rounding_book";
        let mark = rounding_mark(tx).await?;
        if let Some(book) = tx.kept::<RoundingBook>(KEPT, &mark) {
            return Ok(RoundingBook::clone(&book));
        }
        let rules = rounding_rule::all(tx).await?;
        let settings = setting::list(tx, None).await?;
        let book = RoundingBook::of(rules, settings);
        // What changed between the two looks may be in it or not.
        if rounding_mark(tx).await? == mark {
            tx.keep(KEPT, mark, Arc::new(book.clone()));
        }
        Ok(book)
    }

    /// The same book with another rule from a day on, or without the one that was set for it.
    #[must_use]
    pub fn with(mut self, scope: RuleScope, from: Option<Date>, rule: Option<Rounding>) -> Self {
        let event: RoundingRuleEvent = match rule {
            Some(rule) => RoundingRuleSet { scope, from, rule }.into(),
            None => RoundingRuleCleared { scope, from }.into(),
        };
        self.rules.entry(scope).or_default().evolve(&event);
        self
    }

    /// The settings in it.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// How the time of this work is rounded.
    pub fn rounding(&self, work: &RatedWork) -> Rounding {
        self.terms_with(&BTreeMap::new()).rounding(work).0
    }

    /// The same with where the rule comes from, and since when it holds.
    pub fn applied(&self, work: &RatedWork) -> AppliedRounding {
        match find_rounding(|scope| self.rules.get(scope), work) {
            Some((scope, dated)) => AppliedRounding {
                rounding: dated.rule,
                source: scope.into(),
                from: dated.from,
                position: self.set_by.get(&(scope, dated.from)).copied(),
            },
            None => self.of_tenant(work.day),
        }
    }

    /// The tenant's rule is made of several settings: the last of their events made it what it is.
    fn of_tenant(&self, day: Date) -> AppliedRounding {
        let held = RULE_KEYS.iter().filter_map(|key| {
            let past = |from: Option<Date>| from.is_none_or(|from| from <= day);
            let mut values = self.settings.history(*key).iter().rev();
            let from = values.find(|dated| past(dated.from))?.from;
            self.changed_by.get(&(key.as_str().to_owned(), from)).copied()
        });
        let (position, from) = (held.max(), own_rule_since(&self.settings, day));
        let rounding = self.settings.rounding(day);
        AppliedRounding { rounding, source: RoundingSource::Tenant, from, position }
    }

    /// The days on which a rule or a setting begins to hold, several times where several do.
    pub fn days_of_change(&self) -> impl Iterator<Item = Date> {
        let rules = self.rules.values().flat_map(RoundingRule::rules);
        rules.filter_map(|dated| dated.from).chain(self.settings.days_of_change())
    }

    /// Whether any rule is for a client: only then must the client of an entry be known.
    pub fn asks_for_clients(&self) -> bool {
        self.rules.keys().any(|scope| matches!(scope, RuleScope::Client(_)))
    }

    /// Whether any rule of any day rounds both ends: only then must the ends of an entry be known.
    pub fn asks_for_ends(&self) -> bool {
        self.terms_with(&BTreeMap::new()).asks_for_ends()
    }

    /// The same rules and settings together with these rate cards, as invoices are sealed by.
    pub fn terms_with<'a>(&'a self, cards: &'a BTreeMap<RateScope, RateCard>) -> TermsBook<'a> {
        TermsBook { cards, rules: &self.rules, settings: &self.settings }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::rounding_rule::RoundingRule as Rules;
    use crate::settings::setting::Setting;
    use crate::tests::rows_of;
    use crate::tests::samples::{History, id, rounding_rules};
    use domain::id::{ClientId, MemberId, ProjectId, TaskId};
    use domain::time::{RoundingMode, RoundingScope};
    use jiff::civil::date;

    fn book(history: &History) -> RoundingBook {
        RoundingBook::of(rows_of::<Rules>(&history.0), rows_of::<Setting>(&history.0))
    }

    fn work(project: u128, client: u128, day: Date) -> RatedWork {
        let (member, task) = (MemberId(id(1)), TaskId(id(30)));
        RatedWork {
            member,
            project: ProjectId(id(project)),
            task,
            client: ClientId(id(client)),
            day,
        }
    }

    #[test]
    fn a_rule_is_applied_with_whose_it_is_since_which_day_and_by_which_event() {
        let mut history = rounding_rules();
        let changed = |key: &str, value: &str, from| SettingChanged {
            key: key.to_owned(),
            value: value.to_owned(),
            from,
        };
        let first = Some(date(2026, 2, 1));
        let before = history.0.len() as i64;
        history.setting(changed("ROUNDING_MODE", "up", None));
        history.setting(changed("TIMECAPTURE_INTERVAL_MINUTES", "60", first));
        let book = book(&history);
        let day = date(2026, 3, 2);
        let shown = |project, client, day| {
            let applied = book.applied(&work(project, client, day));
            assert_eq!(applied.rounding, book.rounding(&work(project, client, day)));
            (applied.source, applied.from, applied.rounding.interval_minutes)
        };
        assert_eq!(shown(20, 10, day), (RoundingSource::Project, None, 15));
        let later = date(2026, 3, 3);
        assert_eq!(shown(20, 10, later), (RoundingSource::Project, Some(later), 30));
        assert_eq!(shown(21, 10, day), (RoundingSource::Client, None, 6));
        assert_eq!(shown(21, 11, day), (RoundingSource::Tenant, first, 60));
        assert_eq!(shown(21, 11, date(2026, 1, 31)), (RoundingSource::Tenant, None, 15));
        assert_eq!(book.applied(&work(21, 11, day)).position, Some(before + 2));
        let early = book.applied(&work(21, 11, date(2026, 1, 31)));
        assert_eq!((early.position, early.rounding.mode), (Some(before + 1), RoundingMode::Up));
        assert_eq!(book.applied(&work(20, 10, day)).position, Some(2));
        let nobody = RoundingBook::default().applied(&work(21, 11, day));
        assert_eq!((nobody.from, nobody.position), (None, None));
    }

    #[test]
    fn what_must_be_known_of_an_entry_follows_from_the_rules() {
        let book = book(&rounding_rules());
        assert!(book.asks_for_clients() && !book.asks_for_ends());
        let nothing = RoundingBook::default();
        assert!(!nothing.asks_for_clients() && !nothing.asks_for_ends());
        let project = RuleScope::Project(ProjectId(id(20)));
        let ends = Rounding { scope: RoundingScope::Ends, ..Rounding::NONE };
        let by_ends = nothing.with(project, None, Some(ends));
        assert!(by_ends.asks_for_ends() && !by_ends.asks_for_clients());
        assert!(!by_ends.with(project, None, None).asks_for_ends());
    }
}
