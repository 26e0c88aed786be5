//! What a change of a rate or of a rounding rule would do to time that no invoice holds, before
//! anything is written. Lines are made as a draft makes them, once as it is and once as it would
//! be.

use std::collections::BTreeMap;

use domain::id::{ClientId, MemberId, ProjectId, TaskId};
use projections::billing::price_book::PriceBook;
use projections::billing::unbilled::{self, Wanted};
use schemars::JsonSchema;
use serde::Serialize;
use uuid::Uuid;

use super::Money;
use super::names::Names;
use super::open_time::{OpenEntry, OpenTime, Sum};
use crate::http::answer::Answer;
use crate::http::call::About;
use crate::http::problem::Problem;

/// The most entries that are looked at.
const MOST: usize = 100_000;

/// The effect on a member's time on one task. Amounts are net, in the client's currency.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(crate) struct EffectItem {
    client_id: Uuid,
    project_id: Uuid,
    project: String,
    task_id: Uuid,
    task: String,
    member_id: Uuid,
    member: String,
    #[serde(flatten)]
    effect: Effect,
}

/// The effect on some time, all in one currency.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(crate) struct Effect {
    /// How many entries another rate or rule would hold for.
    entries: u32,
    /// Their seconds as recorded, which never change.
    seconds: i64,
    /// As billed by what holds now.
    rounded_seconds_before: i64,
    /// As billed by what would hold.
    rounded_seconds_after: i64,
    /// Recorded seconds that have no price now.
    unpriced_seconds_before: i64,
    /// Recorded seconds that would have none.
    unpriced_seconds_after: i64,
    before: Money,
    after: Money,
    /// `after` less `before`.
    difference: Money,
}

/// What invoices hold of the time that the change is about.
#[derive(Debug, Clone, Copy, Serialize, JsonSchema)]
pub(crate) struct HeldTime {
    entries: i64,
    /// As recorded.
    seconds: i64,
}

/// The effect of a change on unbilled time, approved or not. Nothing is written.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(crate) struct Preview {
    /// Per client, project, task and member; only where something would change.
    items: Vec<EffectItem>,
    /// The sums over the items, per currency.
    totals: Vec<Effect>,
    /// How many entries another rate or rule would hold for.
    entries: u32,
    /// What invoices hold of this time. It's not in the sums: what was issued stays as it is, and
    /// a draft shows what its lines come to as long as it's a draft.
    on_invoices: HeldTime,
    /// Whether not all unbilled time was looked at.
    more: bool,
}

impl Effect {
    fn of(entries: usize, currency: &str, before: &Sum, after: &Sum) -> Self {
        Effect {
            entries: u32::try_from(entries).unwrap_or(u32::MAX),
            seconds: before.seconds,
            rounded_seconds_before: before.rounded_seconds,
            rounded_seconds_after: after.rounded_seconds,
            unpriced_seconds_before: before.unpriced_seconds,
            unpriced_seconds_after: after.unpriced_seconds,
            before: Money::of(before.net_minor, currency),
            after: Money::of(after.net_minor, currency),
            difference: Money::of(after.net_minor - before.net_minor, currency),
        }
    }

    fn add(&mut self, other: &Effect) {
        self.entries += other.entries;
        self.seconds += other.seconds;
        self.rounded_seconds_before += other.rounded_seconds_before;
        self.rounded_seconds_after += other.rounded_seconds_after;
        self.unpriced_seconds_before += other.unpriced_seconds_before;
        self.unpriced_seconds_after += other.unpriced_seconds_after;
        self.before.amount_minor += other.before.amount_minor;
        self.after.amount_minor += other.after.amount_minor;
        self.difference.amount_minor += other.difference.amount_minor;
    }
}

/// What entries have in common that one item is about.
type Group<'a> = (ClientId, ProjectId, TaskId, MemberId, &'a str);

/// The effect of `change`, made to the book of today, on all unbilled time that is wanted.
pub(crate) async fn preview(
    about: &About,
    wanted: &Wanted,
    change: impl FnOnce(PriceBook) -> PriceBook,
) -> Result<Answer<Preview>, Problem> {
    let open = OpenTime::load(about, wanted, MOST).await?;
    let mut tx = about.tx().await?;
    let (entries, seconds) = unbilled::held(&mut tx, wanted).await?;
    let on_invoices = HeldTime { entries, seconds };
    let after = change(PriceBook::clone(&open.book));
    let mut groups: BTreeMap<Group<'_>, Vec<&OpenEntry>> = BTreeMap::new();
    for entry in open.entries.iter().filter(|entry| open.differs(entry, &after)) {
        let row = &entry.row;
        let of = (entry.client, row.project_id, row.task_id, row.member_id, &*entry.currency);
        groups.entry(of).or_default().push(entry);
    }
    let (projects, tasks) = (groups.keys().map(|it| it.1), groups.keys().map(|it| it.2));
    let names = Names::load(about, &mut tx, projects, tasks, groups.keys().map(|it| it.3)).await?;
    tx.commit().await?;
    let mut totals: BTreeMap<&str, Effect> = BTreeMap::new();
    let mut items = Vec::with_capacity(groups.len());
    for ((client, project, task, member, currency), entries) in groups {
        let sum = |book: &PriceBook| {
            let mut sums = open.drafted(entries.iter().copied(), book);
            sums.remove(currency).unwrap_or_default()
        };
        let effect = Effect::of(entries.len(), currency, &sum(&open.book), &sum(&after));
        let (none, nothing) = (Sum::default(), Sum::default());
        totals
            .entry(currency)
            .or_insert_with(|| Effect::of(0, currency, &none, &nothing))
            .add(&effect);
        items.push(EffectItem {
            client_id: client.0,
            project_id: project.0,
            project: names.project(project),
            task_id: task.0,
            task: names.task(task),
            member_id: member.0,
            member: names.member(member),
            effect,
        });
    }
    let totals: Vec<Effect> = totals.into_values().collect();
    let entries = totals.iter().map(|total| total.entries).sum();
    Ok(Answer::of(Preview { items, totals, entries, on_invoices, more: open.more }))
}
