//! What applies to billed work, and where it comes from: rates, rounding rules and settings as one
//! look-up. Drafts are shown and invoices are sealed by it, so that both come to the same.

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::ReservedEntry;
use super::lines::{Line, Terms, invoice_lines};
use super::seal::TermSources;
use super::sealed::{RateSource, RuleSource};
use crate::catalogue::rates::{RateKind, RateScope, RatedWork};
use crate::catalogue::rounding_rules::{RuleScope, find_rounding};
use crate::catalogue::{DatedRate, RateCard, RoundingRule};
use crate::id::{ClientId, EntryId};
use crate::money::price;
use crate::settings::{SettingKey, Settings};
use crate::time::{Rounding, RoundingScope, Span};

use super::GroupBy;

/// The settings that make the tenant's own rounding rule.
pub const RULE_KEYS: [SettingKey; 4] = [
    SettingKey::RoundingMode,
    SettingKey::RoundingTie,
    SettingKey::RoundingScope,
    SettingKey::TimecaptureIntervalMinutes,
];

/// Rate cards, rounding rules and settings, ready to be asked for any work on any day.
#[derive(Debug, Clone, Copy)]
pub struct TermsBook<'a> {
    /// Rate cards by scope; what is not in here has no rates.
    pub cards: &'a BTreeMap<RateScope, RateCard>,
    /// Rounding rules by scope.
    pub rules: &'a BTreeMap<RuleScope, RoundingRule>,
    /// The settings.
    pub settings: &'a Settings,
}

/// The work that an entry of a client is rated as.
pub fn work_of(client: ClientId, entry: &ReservedEntry) -> RatedWork {
    let ReservedEntry { member, project, task, day, .. } = *entry;
    RatedWork { member, project, task, client, day }
}

impl<'a> TermsBook<'a> {
    /// The rate for the work with the scope it was set for; none where nobody has set one.
    pub fn rate(&self, work: &RatedWork, kind: RateKind) -> Option<(RateScope, &'a DatedRate)> {
        let held = |scope: RateScope| {
            let dated = self.cards.get(&scope)?.dated_on(kind, work.day)?;
            Some((scope, dated))
        };
        RateScope::candidates(work).into_iter().find_map(held)
    }

    /// How the time of the work is rounded, and where that comes from.
    pub fn rounding(&self, work: &RatedWork) -> (Rounding, RuleSource) {
        match find_rounding(|scope| self.rules.get(scope), work) {
            Some((scope, dated)) => {
                (dated.rule, RuleSource { scope: Some(scope), from: dated.from })
            }
            None => {
                let from = own_rule_since(self.settings, work.day);
                (self.settings.rounding(work.day), RuleSource { scope: None, from })
            }
        }
    }

    /// What applies to an entry of a client's work; `span` is what [`TermsBook::asks_for_ends`]
    /// asks for.
    pub fn terms(&self, client: ClientId, entry: &ReservedEntry, span: Option<Span>) -> Terms {
        let work = work_of(client, entry);
        Terms {
            rounding: self.rounding(&work).0,
            rate: self.rate(&work, RateKind::Bill).map(|(_, dated)| dated.rate.clone()),
            working_day_seconds: self.settings.working_day_seconds(entry.day),
            span,
        }
    }

    /// Where that comes from; none where the entry has no rate.
    pub fn sources(&self, client: ClientId, entry: &ReservedEntry) -> Option<TermSources> {
        let work = work_of(client, entry);
        let (scope, dated) = self.rate(&work, RateKind::Bill)?;
        let rate = RateSource { scope, from: dated.from };
        Some(TermSources { rate, rounding: self.rounding(&work).1 })
    }

    /// The same of several entries; those without a rate are left out.
    pub fn sources_of<'e>(
        &self,
        client: ClientId,
        entries: impl IntoIterator<Item = &'e ReservedEntry>,
    ) -> BTreeMap<EntryId, TermSources> {
        let source = |it: &ReservedEntry| Some((it.entry, self.sources(client, it)?));
        entries.into_iter().filter_map(source).collect()
    }

    /// The lines that these entries of a client make.
    pub fn lines_of(
        &self,
        client: ClientId,
        entries: &[ReservedEntry],
        group_by: GroupBy,
        currency: &str,
        spans: &BTreeMap<EntryId, Span>,
    ) -> Vec<Line> {
        let terms = |it: &ReservedEntry| self.terms(client, it, spans.get(&it.entry).cloned());
        invoice_lines(entries, group_by, currency, terms, price)
    }

    /// Whether any rule of any day rounds both ends: only then must the ends of an entry be known.
    pub fn asks_for_ends(&self) -> bool {
        let ends = RoundingScope::Ends;
        let set = self.settings.history(SettingKey::RoundingScope);
        set.iter().any(|dated| dated.value == ends.as_str())
            || self.rules.values().flat_map(RoundingRule::rules).any(|it| it.rule.scope == ends)
    }
}

/// Since when the tenant's own rule is what it is on a day: it's made of several settings, so since
/// the latest of their days; none = from always.
pub fn own_rule_since(settings: &Settings, day: Date) -> Option<Date> {
    let past = |from: Option<Date>| from.is_none_or(|from| from <= day);
    let since = |key: &SettingKey| {
        let mut values = settings.history(*key).iter().rev();
        values.find(|dated| past(dated.from))?.from
    };
    RULE_KEYS.iter().map(since).max().flatten()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::billing::samples::{client, day, draft_of, hourly};
    use crate::catalogue::{RateSet, RoundingRuleSet};
    use crate::settings::SettingChanged;
    use crate::time::samples::{entry_id, project, task};

    fn entry() -> ReservedEntry {
        draft_of(&[(1, "2026-01-07", 600)]).drafted.expect("a draft").entries[0]
    }

    fn cards(rates: &[(RateScope, Option<&str>, i64)]) -> BTreeMap<RateScope, RateCard> {
        let mut cards: BTreeMap<RateScope, RateCard> = BTreeMap::new();
        for (scope, from, minor) in rates {
            let from = from.map(day);
            let rate = hourly(*minor);
            let event = RateSet { scope: *scope, kind: RateKind::Bill, from, rate };
            cards.entry(*scope).or_default().evolve(&event.into());
        }
        cards
    }

    #[test]
    fn the_most_specific_rate_of_the_day_of_work_holds_and_is_told_with_where_it_was_set() {
        let of_task = RateScope { task: Some(task(1)), ..RateScope::default() };
        let of_project = RateScope { project: Some(project(1)), ..RateScope::default() };
        let cards = cards(&[
            (RateScope::default(), None, 1),
            (of_project, None, 2),
            (of_task, Some("2026-01-07"), 3),
            (of_task, Some("2026-02-01"), 4),
        ]);
        let (rules, settings) = (BTreeMap::new(), Settings::default());
        let book = TermsBook { cards: &cards, rules: &rules, settings: &settings };
        let told = |on: &str| {
            let entry = ReservedEntry { day: day(on), ..entry() };
            let source = book.sources(client(1), &entry).expect("a rate").rate;
            let rate = book.terms(client(1), &entry, None).rate.expect("a rate");
            (rate.amount_minor, source.scope, source.from)
        };
        assert_eq!(told("2026-01-06"), (2, of_project, None));
        assert_eq!(told("2026-01-31"), (3, of_task, Some(day("2026-01-07"))));
        assert_eq!(told("2026-02-01"), (4, of_task, Some(day("2026-02-01"))));
        let nobody = TermsBook { cards: &BTreeMap::new(), ..book };
        assert_eq!(nobody.sources_of(client(1), [&entry()]).get(&entry_id(1)), None);
    }

    #[test]
    fn a_rounding_rule_is_told_with_whose_it_is_and_since_when() {
        let mut settings = Settings::default();
        for (key, value, from) in [
            ("ROUNDING_MODE", "up", None),
            ("TIMECAPTURE_INTERVAL_MINUTES", "60", Some(day("2026-01-05"))),
        ] {
            let (key, value) = (key.to_owned(), value.to_owned());
            settings.evolve(&SettingChanged { key, value, from }.into());
        }
        let (cards, mut rules) = (BTreeMap::new(), BTreeMap::new());
        let of = |rules: &BTreeMap<_, _>| {
            let book = TermsBook { cards: &cards, rules, settings: &settings };
            book.rounding(&work_of(client(1), &entry()))
        };
        let (rule, source) = of(&rules);
        assert_eq!(rule.interval_minutes, 60);
        assert_eq!(source, RuleSource { scope: None, from: Some(day("2026-01-05")) });
        let scope = RuleScope::Client(client(1));
        let mut theirs = RoundingRule::default();
        theirs.evolve(&RoundingRuleSet { scope, from: None, rule: Rounding::NONE }.into());
        rules.insert(scope, theirs);
        assert_eq!(of(&rules), (Rounding::NONE, RuleSource { scope: Some(scope), from: None }));
    }
}
