//! What members' days follow from, in one question each: their employment, their patterns of work
//! and the firm's holidays, put together out of four read models.

use std::collections::BTreeMap;

use domain::id::MemberId;
use domain::leave::{Adoption, HolidayCalendar};
use domain::members::WorkPattern;
use domain::personal::Envelope;
use domain::time::calendar::{LeaveOn, WorkTerms, holidays_by_day};
use jiff::civil::Date;
use jiff_sqlx::ToSqlx;
use migrations::{DoorError, TenantTx};
use serde::Deserialize;
use sqlx::Row as _;
use uuid::Uuid;

use crate::members::member::MemberRow;
use crate::members::work_pattern::WorkPatternRow;
use crate::row::ReadError;

/// The terms of one member.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MemberTerms {
    /// Their own zone, where it's not the tenant's.
    pub time_zone: Option<String>,
    /// Their first day of employment, where it's known.
    pub hired_on: Option<Date>,
    /// Their last day of employment, where there is one.
    pub left_on: Option<Date>,
    /// By which patterns they work, ordered by the day each holds from.
    pub patterns: Vec<WorkPattern>,
}

impl MemberTerms {
    /// The terms that these rows make, live ones or those of a moment; patterns in any order.
    pub fn of<'a>(
        member: &MemberRow,
        patterns: impl IntoIterator<Item = &'a WorkPatternRow>,
    ) -> Self {
        let own = patterns.into_iter().filter(|row| row.member_id == member.member_id);
        let of = |row: &WorkPatternRow| WorkPattern {
            from: row.from_day.0,
            minutes: row.minutes.clone(),
        };
        let mut patterns: Vec<_> = own.map(of).collect();
        patterns.sort_unstable_by_key(|pattern| pattern.from);
        MemberTerms {
            time_zone: member.time_zone.clone(),
            hired_on: member.hired_on,
            left_on: member.left_on,
            patterns,
        }
    }

    /// With the firm's holidays and the member's leave, what their days follow from.
    pub fn with<'a>(
        &'a self,
        holidays: &'a BTreeMap<Date, String>,
        leave: &'a [LeaveOn],
    ) -> WorkTerms<'a> {
        WorkTerms {
            patterns: &self.patterns,
            hired_on: self.hired_on,
            left_on: self.left_on,
            holidays,
            leave,
        }
    }
}

/// What a query answers in JSON: the first day, where there is one, and the minutes.
type Pattern = (Option<Date>, Vec<u32>);

#[derive(Deserialize)]
struct Adopted(Option<Date>, Option<String>, Option<String>, u32);

/// The terms of one member, or of all who were ever added.
pub async fn of_members(
    tx: &mut TenantTx,
    member: Option<MemberId>,
) -> Result<BTreeMap<MemberId, MemberTerms>, ReadError> {
    let rows = tx
        .query(
            "select m.member_id, m.time_zone, m.hired_on, m.left_on, (
                select json_agg(json_build_array(
                    case when isfinite(w.from_day) then w.from_day end, w.minutes)
                    order by w.from_day)
                from {t}.rm_work_pattern w where w.member_id = m.member_id)::text
            from {t}.rm_member m where $1::uuid is null or m.member_id = $1",
        )
        .bind(member.map(|member| member.0))
        .fetch_all()
        .await?;
    let mut all = BTreeMap::new();
    for row in rows {
        let day = |column: usize| -> Result<Option<Date>, DoorError> {
            let day: Option<jiff_sqlx::Date> = row.try_get(column)?;
            Ok(day.map(jiff_sqlx::Date::to_jiff))
        };
        let id: Uuid = row.try_get(0).map_err(DoorError::from)?;
        let patterns: Option<String> = row.try_get(4).map_err(DoorError::from)?;
        let patterns: Vec<Pattern> = of_json(patterns)?;
        let of = |(from, minutes)| WorkPattern { from, minutes };
        let terms = MemberTerms {
            time_zone: row.try_get(1).map_err(DoorError::from)?,
            hired_on: day(2)?,
            left_on: day(3)?,
            patterns: patterns.into_iter().map(of).collect(),
        };
        all.insert(MemberId(id), terms);
    }
    Ok(all)
}

/// The firm's holidays from one day to another, both included, with their names.
pub async fn holidays(
    tx: &mut TenantTx,
    first: Date,
    last: Date,
) -> Result<BTreeMap<Date, String>, ReadError> {
    let row = tx
        .query(
            "select (select json_agg(json_build_array(
                    case when isfinite(from_day) then from_day end, country, region, pack_version))
                from {t}.rm_holiday_calendar)::text,
                (select json_agg(json_build_array(day, name))
                from {t}.rm_holiday where day between $1 and $2)::text",
        )
        .bind(first.to_sqlx())
        .bind(last.to_sqlx())
        .fetch_one()
        .await?;
    let adopted: Option<String> = row.try_get(0).map_err(DoorError::from)?;
    let declared: Option<String> = row.try_get(1).map_err(DoorError::from)?;
    let mut calendar = HolidayCalendar::default();
    let adopted: Vec<Adopted> = of_json(adopted)?;
    for Adopted(from, country, region, pack_version) in adopted {
        calendar.adopt(Adoption { from, country, region, pack_version });
    }
    let declared: Vec<(Date, String)> = of_json(declared)?;
    calendar.declared = declared.into_iter().collect();
    Ok(holidays_by_day(calendar.holidays(first, last)))
}

/// What an aggregate answers; nothing where it had no rows.
fn of_json<T: serde::de::DeserializeOwned>(text: Option<String>) -> Result<Vec<T>, ReadError> {
    let Some(text) = text else { return Ok(Vec::new()) };
    serde_json::from_str(&text).map_err(|_| ReadError::from(crate::row::CellError::UNNAMED))
}

/// What those of these members are called that have a name, sealed.
pub async fn names(
    tx: &mut TenantTx,
    ids: impl IntoIterator<Item = MemberId>,
) -> Result<BTreeMap<MemberId, Envelope>, ReadError> {
    let ids: Vec<Uuid> = ids.into_iter().map(|id| id.0).collect();
    let rows = tx
        .query("select member_id, name from {t}.rm_member where member_id = any($1)")
        .bind(ids)
        .fetch_all()
        .await?;
    let mut names = BTreeMap::new();
    for row in rows {
        let id: Uuid = row.try_get(0).map_err(DoorError::from)?;
        let name: Option<String> = row.try_get(1).map_err(DoorError::from)?;
        names.extend(name.as_deref().and_then(Envelope::parse).map(|name| (MemberId(id), name)));
    }
    Ok(names)
}
