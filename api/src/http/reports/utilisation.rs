//! `/reports/utilisation`: how much of what members could work was recorded and billable, by any
//! ordered choice of member, month, client and project. Projects and clients have no capacity of
//! their own: their share is one of the capacity of the members and months of their row.

use std::collections::{BTreeMap, BTreeSet};

use clap::ValueEnum;
use domain::id::MemberId;
use domain::time::progress::{Due, share_basis_points};
use jiff::civil::Date;
use projections::reports::grouped::{Dimension, Grouped, Part};
use projections::reports::sums::{Sums, Terming};
use projections::reports::work::Wanted;
use schemars::JsonSchema;
use serde::Deserialize;
use uuid::Uuid;

use super::answer::{Manner, Rendered, render};
use super::group_by::GroupBy;
use super::names::Names;
use super::reading::{Reading, Standing};
use super::table::{Cell, Column, Kind, Table};
use super::time::check_days;
use super::time_columns::{Columns, Money, in_order};
use super::{Format, Many};
use crate::http::call::Call;
use crate::http::problem::Problem;
use crate::http::query::refused;

/// The keys of the query that may be given more than once.
pub(crate) const REPEATS: &[&str] = &["group_by", "member_id"];

/// What to group by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema, ValueEnum)]
#[serde(rename_all = "snake_case")]
#[schemars(rename = "UtilisationGroup")]
pub(crate) enum GroupName {
    /// Who worked.
    Member,
    /// In which month.
    Month,
    /// For whom.
    Client,
    /// On what.
    Project,
}

impl From<GroupName> for Dimension {
    fn from(name: GroupName) -> Self {
        match name {
            GroupName::Member => Dimension::Member,
            GroupName::Month => Dimension::Month,
            GroupName::Client => Dimension::Client,
            GroupName::Project => Dimension::Project,
        }
    }
}

/// Whose work on which days, and how it's shown.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Asked {
    /// The first day.
    pub(crate) from: Date,
    /// The last day, at most five years later.
    pub(crate) to: Date,
    /// What makes a row: names with commas between them, or the key several times; `member` where
    /// it's left out.
    pub(crate) group_by: Option<GroupBy<GroupName>>,
    /// Of these members.
    pub(crate) member_id: Option<Many<Uuid>>,
    /// In which format; as the reader accepts where it's left out.
    pub(crate) format: Option<Format>,
    /// Whether CSV begins with the mark of UTF-8, which some spreadsheets need.
    pub(crate) bom: Option<bool>,
}

/// `GET /reports/utilisation`.
pub(crate) async fn report(call: Call<(), Asked>) -> Result<Rendered, Problem> {
    let asked = &call.query;
    let manner = Manner {
        format: Format::chosen(asked.format, &call.headers),
        bom: asked.bom.unwrap_or(false),
        days: (asked.from, asked.to),
        as_of: call.as_of,
        now: call.now(),
    };
    render(table(&Reading::of(&call), asked).await?, manner).await
}

/// The report that is asked for, as a table.
pub(crate) async fn table(reading: &Reading, asked: &Asked) -> Result<Table, Problem> {
    let days = (asked.from, asked.to);
    check_days(asked.from, asked.to)?;
    let names = asked.group_by.as_ref().map_or(&[GroupName::Member][..], |it| &it.0);
    let dimensions: Vec<Dimension> = names.iter().map(|name| Dimension::from(*name)).collect();
    if (1..dimensions.len()).any(|n| dimensions[..n].contains(&dimensions[n])) {
        return Err(refused("group_by", "query.invalid", "give each group once"));
    }
    let members = asked.member_id.as_ref();
    let members = members.map(|many| many.0.iter().map(|id| MemberId(*id)).collect());
    let members = reading.members(members)?;
    let mut standing = reading.begin().await?;
    let wanted = Wanted { members: members.clone(), ..Wanted::days(asked.from, asked.to) };
    let mut grouped = Grouped::new(dimensions.clone(), false);
    standing
        .each_piece(&wanted, false, |entries, firm, book| {
            grouped.take(entries, &mut Terming::new(book, firm, false), firm);
            Ok(())
        })
        .await?;
    let capacity = Capacity::of(&mut standing, members.as_deref(), days).await?;
    let names = Names::open(&reading.keys, &mut standing.tx, &standing.firm).await?;
    standing.tx.commit().await?;
    let mut rows: BTreeMap<Vec<Part>, Sums> = capacity.places(&dimensions);
    let sums = grouped.rows().iter().map(|(parts, group)| (parts.clone(), group.sums.clone()));
    rows.extend(sums);
    let mut rows: Vec<(Vec<Part>, Sums)> = rows.into_iter().collect();
    rows.sort_unstable_by(|(left, _), (right, _)| in_order(left, right, &names));
    let columns = Columns::new(dimensions, false, Money::Hidden, grouped.total());
    let cells = |parts: &[Part], sums: &Sums| {
        let mut cells = columns.places(parts, (&names, &reading.keys));
        push_shares(sums, &capacity, parts, &mut cells);
        cells
    };
    Ok(Table {
        title: "Utilisation".to_owned(),
        file_stem: format!("utilisation-{}-{}-{}", reading.slug, asked.from, asked.to),
        totals: cells(&[], grouped.total()),
        rows: rows.iter().map(|(parts, sums)| cells(parts, sums)).collect(),
        columns: columns.of_places().into_iter().chain(of_shares()).collect(),
    })
}

fn of_shares() -> [Column; 7] {
    let seconds = |name: &str, heading: &str| Column::new(name, heading, Kind::Seconds);
    let share = |name: &str, heading: &str| Column::new(name, heading, Kind::BasisPoints);
    [
        seconds("capacity_seconds", "Capacity"),
        seconds("seconds", "Recorded"),
        seconds("billable_seconds", "Billable"),
        seconds("not_billable_seconds", "Not billable"),
        share("utilisation_basis_points", "Utilisation"),
        seconds("target_seconds", "Target"),
        share("of_target_basis_points", "Of target"),
    ]
}

/// The cells of `of_shares`. What is empty has nothing that it could be a share of.
fn push_shares(sums: &Sums, capacity: &Capacity, parts: &[Part], cells: &mut Vec<Cell>) {
    let number = |number: u64| Cell::Number(i64::try_from(number).unwrap_or(i64::MAX));
    let share = |share: Option<i64>| share.map_or(Cell::Empty, Cell::Number);
    let due = capacity.due(parts);
    let own = !parts.iter().any(|part| matches!(part, Part::Client(_) | Part::Project(_)));
    cells.push(if own { number(due.minutes * 60) } else { Cell::Empty });
    cells.push(Cell::Number(sums.seconds));
    cells.push(Cell::Number(sums.billable_seconds));
    cells.push(Cell::Number(sums.seconds - sums.billable_seconds));
    cells.push(share(share_basis_points(sums.billable_seconds, due.minutes)));
    cells.push(if own { number(due.target_seconds) } else { Cell::Empty });
    // The same share of a whole in seconds, which that of minutes is of sixty times as much.
    let of_target =
        share_basis_points(sums.billable_seconds.saturating_mul(60), due.target_seconds);
    cells.push(share(of_target.filter(|_| own)));
}

/// What was due of each member in each month, as far as its days are asked for.
struct Capacity(BTreeMap<(MemberId, Date), Due>);

impl Capacity {
    async fn of(
        standing: &mut Standing,
        members: Option<&[MemberId]>,
        (from, to): (Date, Date),
    ) -> Result<Self, Problem> {
        let terms = standing.terms().await?;
        let holidays = terms.holidays(&mut standing.tx, (from, to)).await?;
        let wanted = |member: &MemberId| members.is_none_or(|all| all.contains(member));
        let mut all = BTreeMap::new();
        for member in terms.members().filter(wanted) {
            for (first, last) in Wanted::days(from, to).months() {
                let due = terms.due(member, (first, last), &holidays, &standing.book);
                all.insert((member, first.first_of_month()), due);
            }
        }
        Ok(Capacity(all))
    }

    /// The places that have something due and may have no time; none where rows are of work.
    fn places(&self, dimensions: &[Dimension]) -> BTreeMap<Vec<Part>, Sums> {
        let mut places = BTreeSet::new();
        for ((member, month), _) in self.0.iter().filter(|(_, due)| due.minutes > 0) {
            let part = |dimension: &Dimension| match dimension {
                Dimension::Member => Some(Part::Member(*member)),
                Dimension::Month => Some(Part::Month(*month)),
                _ => None,
            };
            places.extend(dimensions.iter().map(part).collect::<Option<Vec<Part>>>());
        }
        places.into_iter().map(|parts| (parts, Sums::default())).collect()
    }

    /// What was due of the members and in the months of a place.
    fn due(&self, parts: &[Part]) -> Due {
        let mut sum = Due::default();
        for ((member, month), due) in &self.0 {
            let meant = parts.iter().all(|part| match part {
                Part::Member(it) => it == member,
                Part::Month(it) => it == month,
                _ => true,
            });
            if meant {
                sum.working_days += due.working_days;
                sum.minutes += due.minutes;
                sum.target_seconds += due.target_seconds;
            }
        }
        sum
    }
}
