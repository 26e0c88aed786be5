//! The job of the day: one per tenant and day of its own calendar, at about two in the morning. It
//! plans the next one in the commit that ends it, so missed days come one by one and none twice.

use std::sync::Arc;

use async_trait::async_trait;
use domain::id::TenantId;
use domain::log::Event;
use domain::settings::{Settings, settings_stream};
use domain::time::worked::find_zone;
use jiff::civil::{Date, time};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use migrations::TenantTx;
use uuid::Uuid;

use super::table::{self, derived_id};
use super::{DAILY, Daily, Job, NewJob, Patience, Work, WorkError, Worked};
use crate::event_log::read::{ReadError, stream_after};

/// Over how many seconds after two the tenants are spread, so that not all begin at once.
const SPREAD_SECONDS: u128 = 1800;

/// The id of a tenant's job of a day.
pub fn daily_job_id(tenant: TenantId, day: Date) -> Uuid {
    derived_id(tenant, "daily_job", &day.to_string())
}

/// About two in the morning of a day. Where the clock skips that hour, it's as long after midnight.
fn due_at(tenant: TenantId, day: Date, zone: &TimeZone) -> Timestamp {
    let spread = (tenant.0.as_u128() % SPREAD_SECONDS) as i64;
    let two = zone.to_ambiguous_timestamp(day.to_datetime(time(2, 0, 0, 0))).compatible();
    let at = two.and_then(|two| two.checked_add(SignedDuration::from_secs(spread)));
    at.unwrap_or(Timestamp::MAX)
}

fn job_of(tenant: TenantId, day: Date, zone: &TimeZone) -> NewJob {
    NewJob {
        id: daily_job_id(tenant, day),
        kind: DAILY,
        reference: day.to_string(),
        due_at: due_at(tenant, day, zone),
    }
}

/// The zone of the tenant's calendar now.
async fn zone_of(tx: &mut TenantTx, now: Timestamp) -> Result<TimeZone, ReadError> {
    let mut settings = Settings::default();
    for row in stream_after(tx, settings_stream(), 0).await? {
        if let Event::Settings(event) = row.decode()?.event {
            settings.evolve(&event);
        }
    }
    let today = now.to_zoned(TimeZone::UTC).date();
    Ok(find_zone(settings.time_zone(today)).unwrap_or(TimeZone::UTC))
}

/// Plans the day after one that ended.
pub(super) async fn plan_after(
    tx: &mut TenantTx,
    day: Date,
    now: Timestamp,
) -> Result<(), ReadError> {
    let zone = zone_of(tx, now).await?;
    let Ok(next) = day.tomorrow() else { return Ok(()) };
    let job = job_of(tx.tenant(), next, &zone);
    table::add(tx, &job, now).await?;
    Ok(())
}

/// Plans the first day of a tenant that has none, or the day after the last on record.
pub(super) async fn ensure(tx: &mut TenantTx, now: Timestamp) -> Result<(), ReadError> {
    if table::has_daily(tx).await? {
        return Ok(());
    }
    if let Some(last) = table::last_daily(tx).await?.and_then(|day| day.parse().ok()) {
        return plan_after(tx, last, now).await;
    }
    let zone = zone_of(tx, now).await?;
    let tenant = tx.tenant();
    let today = now.to_zoned(zone.clone()).date();
    let day =
        if due_at(tenant, today, &zone) > now { today } else { today.tomorrow().unwrap_or(today) };
    table::add(tx, &job_of(tenant, day, &zone), now).await?;
    Ok(())
}

/// Runs everything that is done once a day.
pub(super) struct Days {
    pub dailies: Vec<Arc<dyn Daily>>,
}

#[async_trait]
impl Work for Days {
    fn kind(&self) -> &'static str {
        DAILY
    }

    /// Fewer attempts than others have: the next day waits for this one's end.
    fn patience(&self) -> Patience {
        Patience { attempts: 8, ..Patience::default() }
    }

    async fn run(&self, tenant: TenantId, job: &Job) -> Result<Worked, WorkError> {
        let day: Date = job.reference.parse().map_err(|_| WorkError::never("this is no day"))?;
        let (mut later, mut never) = (Vec::new(), Vec::new());
        for daily in &self.dailies {
            // One that fails keeps none of the others from their day.
            match daily.run(tenant, day).await {
                Ok(()) => {}
                Err(WorkError::Later(why)) => later.push(format!("{}: {why}", daily.name())),
                Err(WorkError::Never(why)) => never.push(format!("{}: {why}", daily.name())),
            }
        }
        match (later.is_empty(), never.is_empty()) {
            (true, true) => Ok(Worked::Done),
            (true, false) => Err(WorkError::never(never.join("; "))),
            (false, _) => Err(WorkError::later([later, never].concat().join("; "))),
        }
    }
}
