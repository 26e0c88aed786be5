//! Recorded and billable seconds by member and month, and by project: sums over the rows of weeks.
//! A week lies in two months at most and its row knows the sum of the first, so months of a whole
//! firm need no look at entries. An entry counts for the day of its start, as in billing.

use std::collections::BTreeMap;

use domain::id::{MemberId, ProjectId};
use domain::time::Month;
use jiff_sqlx::{Date as DatabaseDate, ToSqlx};
use migrations::{DoorError, TenantTx};
use sqlx::Row as _;
use uuid::Uuid;

use super::timesheet_week::TimesheetWeekRow;
use crate::row::ReadError;

/// What a member recorded in a month.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MemberMonth {
    /// Who.
    pub member: MemberId,
    /// When.
    pub month: Month,
    /// All seconds, unrounded.
    pub seconds: i64,
    /// The billable ones.
    pub billable_seconds: i64,
}

/// What a member recorded on a project in a month.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MemberMonthProject {
    /// Who.
    pub member: MemberId,
    /// When.
    pub month: Month,
    /// On what.
    pub project: ProjectId,
    /// All seconds, unrounded.
    pub seconds: i64,
    /// The billable ones.
    pub billable_seconds: i64,
}

/// What each member recorded in each month from one to another, both included, by member and
/// month. Months in which somebody recorded nothing are left out.
pub async fn rows(
    tx: &mut TenantTx,
    from_month: Month,
    to_month: Month,
) -> Result<Vec<MemberMonth>, ReadError> {
    member_months(tx, None, from_month, to_month).await
}

/// The same of one member.
pub async fn rows_of(
    tx: &mut TenantTx,
    member: MemberId,
    from_month: Month,
    to_month: Month,
) -> Result<Vec<MemberMonth>, ReadError> {
    member_months(tx, Some(member), from_month, to_month).await
}

async fn member_months(
    tx: &mut TenantTx,
    member: Option<MemberId>,
    from_month: Month,
    to_month: Month,
) -> Result<Vec<MemberMonth>, ReadError> {
    let (first, last) = mondays(from_month, to_month);
    let answers = tx
        .query(
            "with weeks as (
                select member_id, monday, seconds, billable_seconds,
                    first_month_seconds, first_month_billable_seconds
                from {t}.rm_timesheet_week
                where monday between $1 and $2 and ($5::uuid is null or member_id = $5)
            ), months as (
                select member_id, date_trunc('month', monday)::date as month,
                    first_month_seconds as seconds,
                    first_month_billable_seconds as billable_seconds
                from weeks
                union all
                select member_id, date_trunc('month', monday + 6)::date,
                    seconds - first_month_seconds,
                    billable_seconds - first_month_billable_seconds
                from weeks
                where extract(month from monday) <> extract(month from monday + 6)
            )
            select member_id, month, sum(seconds)::bigint, sum(billable_seconds)::bigint
            from months where month between $3 and $4
            group by member_id, month
            having sum(seconds) <> 0 or sum(billable_seconds) <> 0
            order by member_id, month",
        )
        .bind(first.to_sqlx())
        .bind(last.to_sqlx())
        .bind(from_month.first().to_sqlx())
        .bind(to_month.first().to_sqlx())
        .bind(member.map(|member| member.0))
        .fetch_all()
        .await?;
    let read = |row: &sqlx::postgres::PgRow| -> Result<MemberMonth, sqlx::Error> {
        Ok(MemberMonth {
            member: MemberId(row.try_get::<Uuid, _>(0)?),
            month: Month::of(row.try_get::<DatabaseDate, _>(1)?.to_jiff()),
            seconds: row.try_get(2)?,
            billable_seconds: row.try_get(3)?,
        })
    };
    answers.iter().map(|row| read(row).map_err(|error| DoorError::from(error).into())).collect()
}

/// What each member (or one) recorded on each project in each month from one to another, both
/// included, by member, month and project.
pub async fn project_rows(
    tx: &mut TenantTx,
    member: Option<MemberId>,
    from_month: Month,
    to_month: Month,
) -> Result<Vec<MemberMonthProject>, ReadError> {
    let (first, last) = mondays(from_month, to_month);
    let answers = tx
        .query(
            "select r.member_id, date_trunc('month', e.day)::date, e.project,
                sum(e.seconds)::bigint,
                coalesce(sum(e.seconds) filter (where e.billable), 0)::bigint
            from {t}.rm_timesheet_week r, unnest(r.entry_days, r.entry_projects, r.entry_seconds,
                r.entry_billable) as e (day, project, seconds, billable)
            where r.monday between $1 and $2 and e.day between $3 and $4
                and ($5::uuid is null or r.member_id = $5)
            group by 1, 2, 3
            having sum(e.seconds) <> 0 or sum(e.seconds) filter (where e.billable) <> 0
            order by 1, 2, 3",
        )
        .bind(first.to_sqlx())
        .bind(last.to_sqlx())
        .bind(from_month.first().to_sqlx())
        .bind(to_month.last().to_sqlx())
        .bind(member.map(|member| member.0))
        .fetch_all()
        .await?;
    let read = |row: &sqlx::postgres::PgRow| -> Result<MemberMonthProject, sqlx::Error> {
        Ok(MemberMonthProject {
            member: MemberId(row.try_get::<Uuid, _>(0)?),
            month: Month::of(row.try_get::<DatabaseDate, _>(1)?.to_jiff()),
            project: ProjectId(row.try_get::<Uuid, _>(2)?),
            seconds: row.try_get(3)?,
            billable_seconds: row.try_get(4)?,
        })
    };
    answers.iter().map(|row| read(row).map_err(|error| DoorError::from(error).into())).collect()
}

/// The Mondays of the first and last week that lie in these months, if only in part.
fn mondays(from_month: Month, to_month: Month) -> (jiff::civil::Date, jiff::civil::Date) {
    let monday = |day| domain::time::Week::of(day).monday();
    (monday(from_month.first()), monday(to_month.last()))
}

/// The sums by project that these weeks make, those of a moment such as live ones.
pub fn project_rows_then<'a>(
    weeks: impl IntoIterator<Item = &'a TimesheetWeekRow>,
    member: Option<MemberId>,
    from_month: Month,
    to_month: Month,
) -> Vec<MemberMonthProject> {
    let mut sums: BTreeMap<(MemberId, Month, ProjectId), (i64, i64)> = BTreeMap::new();
    for week in weeks.into_iter().filter(|week| member.is_none_or(|it| week.member_id == it)) {
        let (days, projects) = (week.entry_days.iter(), week.entry_projects.iter());
        let (seconds, billable) = (week.entry_seconds.iter(), week.entry_billable.iter());
        for (((day, project), seconds), billable) in days.zip(projects).zip(seconds).zip(billable) {
            let month = Month::of(*day);
            if (from_month..=to_month).contains(&month) {
                let sum = sums.entry((week.member_id, month, *project)).or_default();
                sum.0 += seconds;
                sum.1 += if *billable { *seconds } else { 0 };
            }
        }
    }
    let of = |((member, month, project), (seconds, billable_seconds))| MemberMonthProject {
        member,
        month,
        project,
        seconds,
        billable_seconds,
    };
    let sums = sums.into_iter().filter(|(_, sum)| *sum != (0, 0));
    sums.map(of).collect()
}

/// Sums by member and month out of those by project, in the same order.
pub fn without_projects(rows: &[MemberMonthProject]) -> Vec<MemberMonth> {
    let mut sums: BTreeMap<(MemberId, Month), (i64, i64)> = BTreeMap::new();
    for row in rows {
        let sum = sums.entry((row.member, row.month)).or_default();
        sum.0 += row.seconds;
        sum.1 += row.billable_seconds;
    }
    let of = |((member, month), (seconds, billable_seconds))| MemberMonth {
        member,
        month,
        seconds,
        billable_seconds,
    };
    sums.into_iter().filter(|(_, sum)| *sum != (0, 0)).map(of).collect()
}
