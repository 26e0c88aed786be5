//! `/reports/leave`: balances on a day, what is taken, waits and lapses next, and what the firm
//! owes of it, by any ordered choice of member, kind, month and manager. Every account is replayed
//! from the facts that decisions rest on. Months have their balances on their last days.

use std::collections::{BTreeMap, BTreeSet};

use clap::ValueEnum;
use commands::event_log::read::rows_after;
use commands::leave::sources::{FirmLeave, LeaveCut, at};
use commands::members::substitutes::day_of;
use domain::id::{LeaveTypeId, MemberId};
use jiff::Timestamp;
use jiff::civil::Date;
use migrations::TenantTx;
use projections::reports::work::Wanted;
use schemars::JsonSchema;
use serde::Deserialize;
use uuid::Uuid;

use super::answer::{Manner, Rendered, render};
use super::group_by::GroupBy;
use super::leave_columns::Columns;
use super::leave_sums::{Account, Costs, Span, Sums};
use super::names::Names;
use super::reading::Reading;
use super::table::Table;
use super::time::check_days;
use super::{Format, Many};
use crate::http::call::Call;
use crate::http::problem::Problem;
use crate::http::query::refused;

/// The keys of the query that may be given more than once.
pub(crate) const REPEATS: &[&str] = &["group_by", "member_id", "leave_type_id"];
/// How far from today a balance is told, in years.
const YEARS_MAX: i16 = 50;

/// What to group by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema, ValueEnum)]
#[serde(rename_all = "snake_case")]
#[value(rename_all = "snake_case")]
#[schemars(rename = "LeaveGroup")]
pub(crate) enum GroupName {
    /// Whose leave.
    Member,
    /// What kind of leave.
    LeaveType,
    /// In which month it's taken; balances are those of its last day.
    Month,
    /// Whose manager they are.
    Manager,
}

/// Whose leave of which days, and how it's shown.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Asked {
    /// The day of the balances; left out = the last day where one is given, else today.
    pub(crate) at: Option<Date>,
    /// The first day of what is taken; left out = the first one of the year of the last one.
    pub(crate) from: Option<Date>,
    /// The last day of what is taken, at most five years later; left out = that of the balances.
    pub(crate) to: Option<Date>,
    /// What makes a row: names with commas between them, or the key several times;
    /// `member,leave_type` where it's left out.
    pub(crate) group_by: Option<GroupBy<GroupName>>,
    /// Of these members.
    pub(crate) member_id: Option<Many<Uuid>>,
    /// Of these kinds.
    pub(crate) leave_type_id: Option<Many<Uuid>>,
    /// In which format; as the reader accepts where it's left out.
    pub(crate) format: Option<Format>,
    /// Whether CSV begins with the mark of UTF-8, which some spreadsheets need.
    pub(crate) bom: Option<bool>,
}

/// What a row is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Place {
    Month(Date),
    Manager(Option<MemberId>),
    Member(MemberId),
    LeaveType(LeaveTypeId),
}

/// `GET /reports/leave`.
pub(crate) async fn report(call: Call<(), Asked>) -> Result<Rendered, Problem> {
    let asked = &call.query;
    let reading = Reading::of(&call);
    let (table, days) = table(&reading, asked).await?;
    let manner = Manner {
        format: Format::chosen(asked.format, &call.headers),
        bom: asked.bom.unwrap_or(false),
        days,
        as_of: call.as_of,
        now: call.now(),
    };
    render(table, manner).await
}

/// The day of balances, and the days of what is taken.
struct Days {
    at: Date,
    from: Date,
    to: Date,
}

impl Days {
    fn of(asked: &Asked, today: Date) -> Result<Self, Problem> {
        let at = asked.at.or(asked.to).unwrap_or(today);
        let to = asked.to.unwrap_or(at);
        let from = asked.from.unwrap_or_else(|| to.first_of_year());
        if (at.year() - today.year()).abs() > YEARS_MAX {
            return Err(refused("at", "query.invalid", "give a day within fifty years"));
        }
        check_days(from, to)?;
        Ok(Days { at, from, to })
    }
}

/// The firm's day at the moment that a report is about.
async fn today(reading: &Reading, tx: &mut TenantTx, firm: &FirmLeave) -> Result<Date, Problem> {
    let mut now: Timestamp = reading.now;
    if let Some(position) = reading.as_of.filter(|position| *position > 0) {
        let row = rows_after(tx, position - 1, 1).await?;
        now = row.first().map_or(now, |row| row.recorded_at);
    }
    Ok(day_of(&firm.settings, now))
}

/// The groups that are asked for, each once.
fn groups(asked: &Asked) -> Result<Vec<GroupName>, Problem> {
    let names = match &asked.group_by {
        Some(GroupBy(names)) => names.clone(),
        None => vec![GroupName::Member, GroupName::LeaveType],
    };
    if (1..names.len()).any(|n| names[..n].contains(&names[n])) {
        return Err(refused("group_by", "query.invalid", "give each group once"));
    }
    Ok(names)
}

/// The report that is asked for, as a table, and its days.
pub(crate) async fn table(
    reading: &Reading,
    asked: &Asked,
) -> Result<(Table, (Date, Date)), Problem> {
    let groups = groups(asked)?;
    let members = asked.member_id.as_ref();
    let members = members.map(|many| many.0.iter().map(|id| MemberId(*id)).collect());
    let members = reading.members(members)?;
    let mut standing = reading.begin().await?;
    let cut = LeaveCut { as_of: reading.as_of, known_at: reading.known_at };
    let mut ahead = asked.at.max(asked.to).unwrap_or_default();
    ahead = ahead.max(reading.now.to_zoned(jiff::tz::TimeZone::UTC).date());
    let firm = at(&mut standing.tx, members.as_deref(), cut, ahead).await?;
    let days = Days::of(asked, today(reading, &mut standing.tx, &firm).await?)?;
    let names = Names::open(&reading.keys, &mut standing.tx, &standing.firm).await?;
    let kinds = asked.leave_type_id.as_ref();
    let kinds: Option<BTreeSet<LeaveTypeId>> =
        kinds.map(|many| many.0.iter().map(|id| LeaveTypeId(*id)).collect());
    let costs = reading.sees.costs.then_some(Costs(&standing.book));
    let (rows, total) = sums(&firm, kinds.as_ref(), &groups, &days, costs);
    standing.tx.commit().await?;
    let columns = Columns { groups, sees: reading.sees, names: &names, firm: &firm, total: &total };
    let stem = format!("leave-{}-{}", reading.slug, days.at);
    Ok((columns.table(stem, rows), (days.from, days.to)))
}

/// The rows of a report by place, and what all of it comes to.
fn sums(
    firm: &FirmLeave,
    kinds: Option<&BTreeSet<LeaveTypeId>>,
    groups: &[GroupName],
    days: &Days,
    costs: Option<Costs<'_>>,
) -> (BTreeMap<Vec<Place>, Sums>, Sums) {
    let whole = [Span { at: days.at, from: days.from, to: days.to, all: true }];
    let months: Vec<Span> = Wanted::days(days.from, days.to)
        .months()
        .into_iter()
        .map(|(from, to)| Span { at: to, from, to, all: false })
        .collect();
    let by_month = groups.contains(&GroupName::Month);
    let spans = if by_month { &months[..] } else { &whole[..] };
    let (mut rows, mut total) = (BTreeMap::<Vec<Place>, Sums>::new(), Sums::default());
    let last = days.at.max(days.to);
    for (member, (_, who)) in &firm.members {
        let Some(sources) = firm.of(*member) else { continue };
        let wanted = |kind: &&LeaveTypeId| kinds.is_none_or(|kinds| kinds.contains(kind));
        for kind in firm.types.keys().filter(wanted) {
            let Some(account) = Account::of(&sources, *member, *kind, last) else { continue };
            total.add(&account.sums(&whole[0], costs));
            for span in spans {
                let sums = account.sums(span, costs);
                if sums.is_nothing() {
                    continue;
                }
                let place = |group: &GroupName| match group {
                    GroupName::Member => Place::Member(*member),
                    GroupName::LeaveType => Place::LeaveType(*kind),
                    GroupName::Month => Place::Month(span.from.first_of_month()),
                    GroupName::Manager => Place::Manager(who.manager),
                };
                let place = groups.iter().map(place).collect();
                rows.entry(place).or_default().add(&sums);
            }
        }
    }
    (rows, total)
}
