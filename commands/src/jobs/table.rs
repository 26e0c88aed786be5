//! The table of jobs and the tenant's line in `cell.heads` that says when the next one is due. Who
//! claims a job holds it under a lease and a number; only the attempt with the last number may say
//! how it ended.

use domain::id::TenantId;
use jiff::Timestamp;
use jiff_sqlx::Timestamp as DatabaseTimestamp;
use migrations::platform::to_database;
use migrations::{DoorError, TenantTx};
use sqlx::Row;
use sqlx::postgres::PgRow;
use uuid::Uuid;

pub use domain::jobs::JobState;

use super::{DAILY, Job, NewJob};

/// A job as it's listed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JobRecord {
    /// What it is.
    pub job: Job,
    /// How it is.
    pub state: JobState,
    /// Until when a worker has it.
    pub leased_until: Option<Timestamp>,
    /// Why the last attempt failed.
    pub last_error: Option<String>,
    /// When it ended.
    pub finished_at: Option<Timestamp>,
}

/// A job that was claimed, and which of the attempts that count against it this is.
#[derive(Debug)]
pub(super) struct Claimed {
    pub job: Job,
    pub tried: i32,
}

/// How an attempt ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum End {
    /// Nothing is left to do.
    Done,
    /// It's given up.
    Dead(String),
    /// It's tried again then.
    Again(Timestamp, String),
}

fn read_job(row: &PgRow) -> Result<Job, sqlx::Error> {
    Ok(Job {
        id: row.try_get(0)?,
        kind: row.try_get(1)?,
        reference: row.try_get(2)?,
        due_at: row.try_get::<DatabaseTimestamp, _>(3)?.to_jiff(),
        attempt: row.try_get(4)?,
        created_at: row.try_get::<DatabaseTimestamp, _>(5)?.to_jiff(),
    })
}

/// Takes the job that is due longest, one whose worker was lost before others.
pub(super) async fn claim(
    tx: &mut TenantTx,
    now: Timestamp,
    leased_until: Timestamp,
) -> Result<Option<Claimed>, DoorError> {
    let row = tx
        .query(
            "with lost as (
                select job_id from {t}.jobs where state = 'running' and leased_until <= $1
                order by leased_until limit 1 for update skip locked
             ), due as (
                select job_id from {t}.jobs where state = 'waiting' and due_at <= $1
                order by due_at limit 1 for update skip locked
             )
             update {t}.jobs set state = 'running', attempts = attempts + 1, leased_until = $2
             where job_id = coalesce((select job_id from lost), (select job_id from due))
             returning job_id, kind, reference, due_at, attempts, created_at, attempts - forgiven",
        )
        .bind(to_database(now))
        .bind(to_database(leased_until))
        .fetch_optional()
        .await?;
    row.map(|row| Ok(Claimed { job: read_job(&row)?, tried: row.try_get(6)? })).transpose()
}

/// Notes how an attempt ended; false where it isn't this attempt's any more.
pub(super) async fn end(
    tx: &mut TenantTx,
    job: &Job,
    end: &End,
    now: Timestamp,
) -> Result<bool, DoorError> {
    let (state, due_at, why) = match end {
        End::Done => (JobState::Done, None, None),
        End::Dead(why) => (JobState::Dead, None, Some(why.as_str())),
        End::Again(at, why) => (JobState::Waiting, Some(*at), Some(why.as_str())),
    };
    let finished = due_at.is_none().then(|| to_database(now));
    let touched = tx
        .query(
            "update {t}.jobs set state = $3, due_at = coalesce($4, due_at), last_error = $5,
                finished_at = $6, leased_until = null
             where job_id = $1 and attempts = $2 and state = 'running'",
        )
        .bind(job.id)
        .bind(job.attempt)
        .bind(state.as_str())
        .bind(due_at.map(to_database))
        .bind(why)
        .bind(finished)
        .execute()
        .await?;
    Ok(touched == 1)
}

/// Holds a job for longer; false where it isn't this attempt's any more.
pub(super) async fn renew(
    tx: &mut TenantTx,
    job: &Job,
    leased_until: Timestamp,
) -> Result<bool, DoorError> {
    let touched = tx
        .query(
            "update {t}.jobs set leased_until = $3
             where job_id = $1 and attempts = $2 and state = 'running'",
        )
        .bind(job.id)
        .bind(job.attempt)
        .bind(to_database(leased_until))
        .execute()
        .await?;
    Ok(touched == 1)
}

/// Notes in `cell.heads` when the tenant's next job is due. Its line is locked before the jobs are
/// looked at, so that a commit that adds one comes either before the look or after the note.
pub(super) async fn settle(tx: &mut TenantTx) -> Result<Option<Timestamp>, DoorError> {
    tx.query("select 1 from cell.heads where tenant = current_user for update")
        .fetch_optional()
        .await?;
    let row = tx
        .query(
            "update cell.heads set next_job_at = least(
                (select min(due_at) from {t}.jobs where state = 'waiting'),
                (select min(leased_until) from {t}.jobs where state = 'running'))
             where tenant = current_user returning next_job_at",
        )
        .fetch_one()
        .await?;
    Ok(row.try_get::<Option<DatabaseTimestamp>, _>(0)?.map(|at| at.to_jiff()))
}

/// Adds a job unless there is one with its id, or a job of the day where it is one.
pub(super) async fn add(
    tx: &mut TenantTx,
    job: &NewJob,
    now: Timestamp,
) -> Result<bool, DoorError> {
    let added = tx
        .query(
            "insert into {t}.jobs (job_id, kind, reference, due_at, created_at)
             values ($1, $2, $3, $4, $5) on conflict do nothing",
        )
        .bind(job.id)
        .bind(job.kind)
        .bind(&job.reference)
        .bind(to_database(job.due_at))
        .bind(to_database(now))
        .execute()
        .await?;
    Ok(added == 1)
}

/// Whether a job of the day is planned or under way.
pub(super) async fn has_daily(tx: &mut TenantTx) -> Result<bool, DoorError> {
    let found = tx
        .query(
            "select 1 from {t}.jobs where kind = 'daily' and state in ('waiting', 'running')
             limit 1",
        )
        .fetch_optional()
        .await?;
    Ok(found.is_some())
}

/// The day of the last job of the day that is still on record.
pub(super) async fn last_daily(tx: &mut TenantTx) -> Result<Option<String>, DoorError> {
    let row = tx
        .query("select max(reference) from {t}.jobs where kind = $1")
        .bind(DAILY)
        .fetch_one()
        .await?;
    Ok(row.try_get(0)?)
}

const RECORD: &str = "select job_id, kind, reference, due_at, attempts, created_at, state,
    leased_until, last_error, finished_at from {t}.jobs";

fn read_record(row: &PgRow) -> Result<JobRecord, sqlx::Error> {
    let state: String = row.try_get(6)?;
    let state = JobState::parse(&state)
        .ok_or_else(|| sqlx::Error::Decode(format!("a job is {state:?}").into()))?;
    let at = |column: usize| -> Result<Option<Timestamp>, sqlx::Error> {
        Ok(row.try_get::<Option<DatabaseTimestamp>, _>(column)?.map(|at| at.to_jiff()))
    };
    Ok(JobRecord {
        job: read_job(row)?,
        state,
        leased_until: at(7)?,
        last_error: row.try_get(8)?,
        finished_at: at(9)?,
    })
}

/// One job.
pub async fn find(tx: &mut TenantTx, id: Uuid) -> Result<Option<JobRecord>, DoorError> {
    let sql = migrations::Template::assembled([RECORD, " where job_id = $1"]);
    let row = tx.query(sql).bind(id).fetch_optional().await?;
    Ok(row.as_ref().map(read_record).transpose()?)
}

/// The jobs in this state, or all, the latest first; those after the one with these, where a list
/// goes on.
pub async fn list(
    tx: &mut TenantTx,
    state: Option<JobState>,
    after: Option<(Timestamp, Uuid)>,
    limit: i64,
) -> Result<Vec<JobRecord>, DoorError> {
    let sql = migrations::Template::assembled([
        RECORD,
        " where ($1::text is null or state = $1)
            and ($2::timestamptz is null or (created_at, job_id) < ($2, $3))
          order by created_at desc, job_id desc limit $4",
    ]);
    let rows = tx
        .query(sql)
        .bind(state.map(JobState::as_str))
        .bind(after.map(|(at, _)| to_database(at)))
        .bind(after.map(|(_, id)| id))
        .bind(limit)
        .fetch_all()
        .await?;
    Ok(rows.iter().map(read_record).collect::<Result<_, _>>()?)
}

/// How many jobs of a tenant are waiting to be done now, are given up, and are mails not yet sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct JobCounts {
    /// Due or running.
    pub waiting: i64,
    /// Given up.
    pub dead: i64,
    /// Mails among the due or running.
    pub mails: i64,
}

/// Counts a tenant's jobs.
pub async fn count(tx: &mut TenantTx, now: Timestamp) -> Result<JobCounts, DoorError> {
    let row = tx
        .query(
            "select count(*) filter (where state <> 'dead'), count(*) filter (where state = 'dead'),
                count(*) filter (where state <> 'dead' and kind = 'mail')
             from {t}.jobs
             where state in ('dead', 'running') or (state = 'waiting' and (due_at <= $1
                or last_error is not null))",
        )
        .bind(to_database(now))
        .fetch_one()
        .await?;
    Ok(JobCounts { waiting: row.try_get(0)?, dead: row.try_get(1)?, mails: row.try_get(2)? })
}

/// The id that follows from what a tenant's job is about, so that it can be there only once.
pub(super) fn derived_id(tenant: TenantId, kind: &str, about: &str) -> Uuid {
    domain::id::StreamId::derived(kind, &[tenant.0.as_bytes(), about.as_bytes()]).0
}
