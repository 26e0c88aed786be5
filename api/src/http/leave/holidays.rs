//! Holidays over HTTP: those of the law that the firm keeps, computed as they're asked for, and
//! those that it declared itself. An object is a declared one, known by its day.

use axum::http::{HeaderValue, StatusCode, header};
use commands::leave::{DeclareHoliday, WithdrawHoliday};
use domain::leave::{HolidayCalendar, KeptHoliday, calendar_stream};
use jiff::civil::{Date, date};
use jiff::tz::TimeZone;
use projections::leave::holiday::{self, Holiday};
use projections::leave::holiday_calendar::{self, HolidayCalendar as Adoptions, calendar_of};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

use crate::http::BASE;
use crate::http::answer::{Answer, Changed};
use crate::http::body::Json;
use crate::http::call::{About, Call};
use crate::http::cursor::Page;
use crate::http::if_seen::IfSeen;
use crate::http::members::Nothing;
use crate::http::problem::Problem;
use crate::http::query::refused;
use crate::http::settings::settings_then;

/// The most days that are looked at at once: ten years.
const DAYS_MAX: i32 = 3660;

/// Where a holiday comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(rename = "HolidaySource")]
pub(crate) enum SourceName {
    /// From the law of a country.
    Pack,
    /// From the firm itself.
    Declared,
}

/// A holiday.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "Holiday")]
pub(crate) struct HolidayBody {
    day: Date,
    name: String,
    source: SourceName,
    /// The law it follows from; null where the firm declared it.
    law: Option<String>,
    /// The country whose law it is.
    country: Option<String>,
    /// The part of that country whose holidays are kept.
    region: Option<String>,
    /// Which version of that law, as it's known here, the firm has adopted.
    pack_version: Option<u32>,
    /// The day of the weekend that gave this one.
    moved_from: Option<Date>,
}

fn shown(kept: KeptHoliday) -> HolidayBody {
    let KeptHoliday { day, name, law } = kept;
    let (source, law) = match law {
        None => (SourceName::Declared, None),
        Some(law) => (SourceName::Pack, Some(law)),
    };
    let (adoption, law) = law.unzip();
    HolidayBody {
        day,
        name,
        source,
        country: adoption.as_ref().and_then(|adoption| adoption.country.clone()),
        region: adoption.as_ref().and_then(|adoption| adoption.region.clone()),
        pack_version: adoption.map(|adoption| adoption.pack_version),
        moved_from: law.as_ref().and_then(|law| law.shifted_from),
        law: law.map(|law| law.source),
    }
}

/// Of which days.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct OfDays {
    /// The first day; left out = the first of this year.
    from: Option<Date>,
    /// The last day; left out = the last of the first day's year.
    to: Option<Date>,
}

impl OfDays {
    async fn bounds(self, about: &About) -> Result<(Date, Date), Problem> {
        let first = match self.from {
            Some(first) => first,
            None => date(today(about).await?.year(), 1, 1),
        };
        let last = self.to.unwrap_or_else(|| date(first.year(), 12, 31));
        let days = first.until(last).map_or(0, |span| span.get_days());
        if last < first || days >= DAYS_MAX {
            let why = "the last day is the first one or a later one, within ten years";
            return Err(refused("to", "query.invalid", why));
        }
        Ok((first, last))
    }
}

/// Today in the tenant's zone.
async fn today(about: &About) -> Result<Date, Problem> {
    let settings = settings_then(about).await?;
    let utc = about.now().to_zoned(TimeZone::UTC).date();
    let zone = domain::time::worked::find_zone(settings.time_zone(utc));
    Ok(zone.map_or(utc, |zone| about.now().to_zoned(zone).date()))
}

/// The calendar at the moment asked for, with what was declared from one day to another.
async fn calendar(about: &About, first: Date, last: Date) -> Result<HolidayCalendar, Problem> {
    if let Some(adoptions) = about.rows_then::<Adoptions>().await? {
        let declared = about.rows_then::<Holiday>().await?;
        let declared = declared.as_ref().into_iter().flat_map(|rows| rows.iter().cloned());
        return Ok(calendar_of(adoptions.iter().cloned(), declared));
    }
    let mut tx = about.tx().await?;
    let adoptions = holiday_calendar::list(&mut tx).await?;
    let declared = holiday::between(&mut tx, first, last).await?;
    tx.commit().await?;
    Ok(calendar_of(adoptions, declared))
}

/// `GET /holidays`.
pub(crate) async fn list(call: Call<(), OfDays>) -> Result<Answer<Page<HolidayBody>>, Problem> {
    let (first, last) = call.query.bounds(&call).await?;
    let kept = calendar(&call, first, last).await?.holidays(first, last);
    let items = kept.into_iter().map(shown).collect();
    Ok(call.read(Page { items, next_cursor: None }))
}

/// One day.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
pub(crate) struct ByDay {
    /// Such as `2026-12-24`.
    day: String,
}

impl ByDay {
    fn parsed(&self) -> Result<Date, Problem> {
        let day: Option<Date> = self.day.parse().ok();
        // Only the form that it's shown in, so that an object has one address.
        day.filter(|day| day.to_string() == self.day).ok_or_else(Problem::not_found)
    }
}

/// What stands for a declared holiday where ids are wanted.
fn object(day: &str) -> (&str, Uuid) {
    (day, calendar_stream().0)
}

/// `GET /holidays/{day}`.
pub(crate) async fn one(call: Call<ByDay, Nothing>) -> Result<Answer<HolidayBody>, Problem> {
    let day = call.path.parsed()?;
    let row = match call.rows_then::<Holiday>().await? {
        Some(mut rows) => rows.take(&day),
        None => {
            let mut tx = call.tx().await?;
            let row = holiday::between(&mut tx, day, day).await?.pop();
            tx.commit().await?;
            row
        }
    };
    let row = row.ok_or_else(Problem::not_found)?;
    let tag = call.tag(object(&call.path.day), row.position);
    Ok(call.read(shown(KeptHoliday { day, name: row.name, law: None })).tagged(tag))
}

/// A day to declare a holiday.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct DeclareHolidayBody {
    day: Date,
    name: String,
}

/// `POST /holidays`.
pub(crate) async fn declare(
    call: Call<(), Nothing, Json<DeclareHolidayBody>>,
) -> Result<Answer<Changed>, Problem> {
    let DeclareHolidayBody { day, name } = call.body.0.clone();
    let done = call.send(DeclareHoliday { day, name }).await?;
    let location = HeaderValue::try_from(format!("{BASE}/holidays/{day}"));
    let answer = call.changed(done, object(&day.to_string())).status(StatusCode::CREATED);
    Ok(answer.with(header::LOCATION, location.expect("a path and a day fit a header")))
}

/// `DELETE /holidays/{day}`.
pub(crate) async fn withdraw(call: Call<ByDay, Nothing>) -> Result<Answer<Changed>, Problem> {
    let (day, name) = (call.path.parsed()?, call.path.day.clone());
    let (stream, object) = (calendar_stream(), object(&name));
    let of_day = |_: &str, payload: &Value| payload["day"] == name;
    let done = call
        .send_if(object, stream, of_day, |seen| {
            IfSeen::<HolidayCalendar, _>::new(stream, seen, WithdrawHoliday { day })
        })
        .await?;
    Ok(call.changed(done, object))
}
