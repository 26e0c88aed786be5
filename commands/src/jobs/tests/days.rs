//! The job of the day: one per tenant and day, in order, none twice and none left out.

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use domain::id::TenantId;
use domain::log::Actor;
use jiff::civil::{Date, date};
use jiff::{SignedDuration, ToSpan};
use migrations::platform::to_database;

use super::{Shop, Told};
use crate::jobs::table::JobState;
use crate::jobs::{DAILY, Daily, JobRetention, WorkError, daily_job_id};
use crate::settings::ChangeSetting;

/// Notes the days it's given; fails on some of them.
#[derive(Clone, Default)]
struct Diary {
    days: Arc<Mutex<Vec<Date>>>,
    never: Option<Date>,
}

impl Diary {
    fn days(&self) -> Vec<String> {
        self.days.lock().unwrap().iter().map(Date::to_string).collect()
    }
}

#[async_trait]
impl Daily for Diary {
    fn name(&self) -> &'static str {
        "diary"
    }

    async fn run(&self, _tenant: TenantId, day: Date) -> Result<(), WorkError> {
        self.days.lock().unwrap().push(day);
        if self.never == Some(day) { Err(WorkError::never("not this day")) } else { Ok(()) }
    }
}

async fn zone(shop: &Shop, zone: &str) {
    let change = ChangeSetting { key: "TIME_ZONE".into(), value: zone.into(), from: None };
    shop.firm.send(Actor::Operator, change).await.expect("a zone");
}

const DAY: SignedDuration = SignedDuration::from_hours(24);

#[tokio::test]
async fn each_tenant_has_one_job_of_the_day_at_about_two_in_its_own_zone() {
    let shop = Shop::new().await;
    zone(&shop, "Africa/Johannesburg").await;
    let diary = Diary::default();
    let engine = shop.engine().daily(diary.clone());
    assert_eq!(shop.run(&engine).await, 0);
    let planned = shop.jobs(None).await;
    assert_eq!(planned.len(), 1);
    let job = &planned[0].job;
    assert_eq!((job.kind.as_str(), job.reference.as_str()), (DAILY, "2026-11-22"));
    assert_eq!(job.id, daily_job_id(shop.id(), date(2026, 11, 22)));
    let local = job.due_at.in_tz("Africa/Johannesburg").expect("a zone");
    assert_eq!((local.date(), local.hour()), (date(2026, 11, 22), 2));
    assert!(local.minute() < 30);
    assert_eq!(shop.next().await, Some(job.due_at));
    // Others who look at the same time plan nothing more.
    let other = shop.in_another_process();
    assert_eq!(other.run(&other.engine()).await, 0);
    assert_eq!(shop.jobs(None).await.len(), 1);
    shop.pass(DAY);
    assert_eq!(shop.run(&engine).await, 1);
    assert_eq!(diary.days(), ["2026-11-22"]);
    let waiting = shop.jobs(Some(JobState::Waiting)).await;
    assert_eq!(waiting.len(), 1);
    assert_eq!(waiting[0].job.reference, "2026-11-23");
    assert_eq!(waiting[0].job.due_at, job.due_at.checked_add(24.hours()).unwrap());
}

#[tokio::test]
async fn two_is_as_long_after_midnight_where_the_clock_skips_it() {
    let shop = Shop::new().await;
    zone(&shop, "Europe/Berlin").await;
    shop.clock.set("2027-03-27T12:00:00+01:00".parse().unwrap());
    shop.run(&shop.engine()).await;
    let jobs = shop.jobs(Some(JobState::Waiting)).await;
    let local = jobs[0].job.due_at.in_tz("Europe/Berlin").expect("a zone");
    assert_eq!((local.date(), local.hour()), (date(2027, 3, 28), 3));
}

#[tokio::test]
async fn missed_days_come_one_by_one_and_in_order() {
    let shop = Shop::new().await;
    let diary = Diary::default();
    let engine = shop.engine().daily(diary.clone());
    shop.run(&engine).await;
    shop.pass(DAY * 5);
    assert_eq!(shop.run(&engine).await, 5);
    let days = ["2026-11-22", "2026-11-23", "2026-11-24", "2026-11-25", "2026-11-26"];
    assert_eq!(diary.days(), days);
    assert_eq!(shop.run(&engine).await, 0);
}

#[tokio::test]
async fn a_day_that_is_given_up_keeps_neither_its_others_nor_the_next_day_from_coming() {
    let shop = Shop::new().await;
    let failing = Diary { never: Some(date(2026, 11, 22)), ..Diary::default() };
    let other = Diary::default();
    let engine = shop.engine().daily(failing.clone()).daily(other.clone());
    shop.run(&engine).await;
    shop.pass(DAY * 2);
    assert_eq!(shop.run(&engine).await, 2);
    assert_eq!(other.days(), ["2026-11-22", "2026-11-23"]);
    let dead = shop.jobs(Some(JobState::Dead)).await;
    assert_eq!(dead.len(), 1);
    assert_eq!(dead[0].last_error.as_deref(), Some("diary: not this day"));
}

#[tokio::test]
async fn days_go_on_where_they_stopped_if_the_planned_one_is_lost() {
    let shop = Shop::new().await;
    let diary = Diary::default();
    let engine = shop.engine().daily(diary.clone());
    shop.run(&engine).await;
    shop.pass(DAY);
    shop.run(&engine).await;
    let mut tx = shop.firm.tenant.tenants.begin(shop.id()).await.unwrap();
    tx.query("delete from {t}.jobs where state = 'waiting'").execute().await.unwrap();
    tx.query("update cell.heads set next_job_at = null").execute().await.unwrap();
    tx.commit().await.unwrap();
    shop.pass(DAY * 2);
    assert_eq!(shop.run(&engine).await, 2);
    assert_eq!(diary.days(), ["2026-11-22", "2026-11-23", "2026-11-24"]);
}

#[tokio::test]
async fn what_is_over_is_kept_for_a_month_and_answers_as_long_as_a_job_may_need_them() {
    let shop = Shop::new().await;
    let told = Told::to([WorkError::never("no")]);
    let log = shop.firm.commands.log().clone();
    let engine = shop.engine().with(told).daily(JobRetention::new(log));
    let dead = shop.ask("told", shop.now()).await;
    shop.run(&engine).await;
    let done = shop.ask("told", shop.now()).await;
    shop.run(&engine).await;
    let answers = async || {
        let mut tx = shop.firm.tenant.tenants.begin(shop.id()).await.unwrap();
        let rows = tx.query("select 1 from {t}.commands").fetch_all().await.unwrap();
        rows.len()
    };
    assert_eq!(answers().await, 2);
    shop.pass(DAY * 31);
    shop.run(&engine).await;
    let ids = async || -> Vec<_> {
        let told = |job: &crate::jobs::table::JobRecord| job.job.kind == "told";
        shop.jobs(None).await.into_iter().filter(told).map(|job| job.job.id).collect()
    };
    assert_eq!(ids().await, [dead], "what is done goes, what is dead stays to be looked at");
    assert!(!ids().await.contains(&done));
    assert_eq!(answers().await, 2, "the dead job may be tried again, and must find its answer");
    shop.pass(DAY * 60);
    shop.run(&engine).await;
    assert!(ids().await.is_empty());
    assert_eq!(answers().await, 0);
    let dailies = shop.jobs(Some(JobState::Done)).await;
    let month = to_database(shop.now().checked_sub(SignedDuration::from_hours(24 * 30)).unwrap());
    let old = |job: &crate::jobs::table::JobRecord| {
        job.finished_at.is_some_and(|at| at < month.to_jiff())
    };
    assert!(!dailies.is_empty() && !dailies.iter().any(old));
}
