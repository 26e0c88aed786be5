//! The one statement that writes a batch: it moves the head by compare-and-set, checks what only
//! the database knows, and inserts from arrays only if the head moved. So a batch is all or
//! nothing, and what it was checked against is exactly the log it was written to.

use domain::id::StreamId;
use domain::log::ClaimKey;
use migrations::platform::to_database;
use migrations::{DoorError, Template, TenantTx};
use sqlx::Row;
use uuid::Uuid;

use super::append::Prepared;
use super::batch::{Check, Head, Plan};

const CHECK_STREAMS: &str = "
with
clash_stream as (
    select s.item from unnest($1::int[], $2::uuid[], $3::int[]) as s (item, stream_id, version)
    where s.version <> coalesce((select e.version from {t}.events e
        where e.stream_id = s.stream_id order by e.version desc limit 1), 0)
),";

const CHECK_CLAIMS: &str = "
clash_claim as (
    select a.item from unnest($4::int[], $5::text[], $6::text[]) as a (item, kind, key)
    join {t}.claims c on c.kind = a.kind and c.key = a.key
    where not exists (select 1 from unnest($7::text[], $8::uuid[]) as r (kind, holder)
        where r.kind = c.kind and r.holder = c.holder)
),";

const CHECK_COMMANDS: &str = "
clash_command as (
    select c.command_id from {t}.commands c where c.command_id = any($9::uuid[])
),";

const CHECK_KEYS: &str = "
clash_key as (
    select n.item
    from unnest($10::int[], $11::uuid[], $12::text[], $13::bytea[])
        as n (item, subject_id, class, sealed_key)
    join {t}.subject_keys k on k.subject_id = n.subject_id and k.class = n.class
    where k.sealed_key is distinct from n.sealed_key
),";

// The rows are locked by the look at them, so that no worker takes one between look and change.
const CHECK_JOBS: &str = "
seen_job as (
    select c.item from unnest($47::int[], $48::uuid[], $49::text[], $50::int[])
        as c (item, job_id, state, attempts)
    join {t}.jobs j on j.job_id = c.job_id and j.state = c.state and j.attempts = c.attempts
    for update of j
),
clash_job as (
    select c.item from unnest($47::int[]) as c (item)
    where c.item not in (select s.item from seen_job s)
),";

const MOVE: &str = "
moved as (
    update {t}.log_head set position = $14, recorded_at = $15, peaks = $16
    where position = $17 and log_id = $18 and xmin::text = $46
        and not exists (select 1 from clash_stream)
        and not exists (select 1 from clash_command)";
const MOVE_IF_CLAIMS: &str = " and not exists (select 1 from clash_claim)";
const MOVE_IF_KEYS: &str = " and not exists (select 1 from clash_key)";
const MOVE_IF_JOBS: &str = " and not exists (select 1 from clash_job)";
const MOVED: &str = "
    returning position, xmin::text as row_version
),";

const EVENTS: &str = "
new_events as (
    insert into {t}.events (position, stream_type, stream_id, version, event_type, event_version,
        payload, metadata, event_id, command_id, recorded_at, leaf_hash)
    select n.position, n.stream_type, n.stream_id, n.version, n.event_type, n.event_version,
        n.payload::json, n.metadata::json, n.event_id, n.command_id, n.recorded_at, n.leaf_hash
    from unnest($19::bigint[], $20::text[], $21::uuid[], $22::int[], $23::text[], $24::smallint[],
        $25::text[], $26::text[], $27::uuid[], $28::uuid[], $29::timestamptz[], $30::bytea[])
        as n (position, stream_type, stream_id, version, event_type, event_version, payload,
            metadata, event_id, command_id, recorded_at, leaf_hash)
    where exists (select 1 from moved)
),";

const CLAIMS: &str = "
freed_claims as (
    delete from {t}.claims c
    where exists (select 1 from moved)
        and ((c.kind, c.key) in (select f.kind, f.key
                from unnest($31::text[], $32::text[]) as f (kind, key))
            or (c.kind, c.holder) in (select r.kind, r.holder
                from unnest($7::text[], $8::uuid[]) as r (kind, holder)))
        and (c.kind, c.key) not in (select h.kind, h.key
            from unnest($33::text[], $34::text[]) as h (kind, key))
),";

const HELD_CLAIMS: &str = "
held_claims as (
    insert into {t}.claims (kind, key, holder, value)
    select h.kind, h.key, h.holder, h.value
    from unnest($33::text[], $34::text[], $35::uuid[], $36::text[]) as h (kind, key, holder, value)
    where exists (select 1 from moved)
    on conflict on constraint claims_pk do update
        set holder = excluded.holder, value = excluded.value
),";

const COMMANDS: &str = "
new_commands as (
    insert into {t}.commands (command_id, request_digest, status, outcome, position, recorded_at)
    select n.command_id, n.request_digest, n.status, n.outcome, n.position, n.recorded_at
    from unnest($9::uuid[], $37::bytea[], $38::smallint[], $39::text[], $40::bigint[],
        $41::timestamptz[])
        as n (command_id, request_digest, status, outcome, position, recorded_at)
    where exists (select 1 from moved)
),";

const KEYS: &str = "
new_keys as (
    insert into {t}.subject_keys (subject_id, class, sealed_key)
    select distinct n.subject_id, n.class, n.sealed_key
    from unnest($11::uuid[], $12::text[], $13::bytea[]) as n (subject_id, class, sealed_key)
    where exists (select 1 from moved)
    on conflict on constraint subject_keys_pk do nothing
),";

const JOBS: &str = "
new_jobs as (
    insert into {t}.jobs (job_id, kind, reference, due_at, created_at)
    select n.job_id, n.kind, n.reference, n.due_at, $15
    from unnest($42::uuid[], $43::text[], $44::text[], $45::timestamptz[])
        as n (job_id, kind, reference, due_at)
    where exists (select 1 from moved)
    on conflict on constraint jobs_pk do nothing
),";

const CHANGED_JOBS: &str = "
changed_jobs as (
    update {t}.jobs j set state = n.state,
        due_at = case n.state when 'waiting' then $15 else j.due_at end,
        forgiven = case n.state when 'waiting' then j.attempts else j.forgiven end,
        finished_at = case n.state when 'waiting' then null else $15 end
    from unnest($48::uuid[], $51::text[]) as n (job_id, state)
    where j.job_id = n.job_id and exists (select 1 from moved)
),";

const HEADS: &str = "
new_head as (
    update cell.heads set position = $14";
// Without a next job the tenant is one that the engine has yet to look at, and stays so.
const HEADS_NEXT_JOB: &str = ",
        next_job_at = case when next_job_at is not null
            then least(next_job_at, (select min(due_at) from unnest($45::timestamptz[]) as due_at))
        end";
const HEADS_JOB_NOW: &str = ",
        next_job_at = case when next_job_at is not null then least(next_job_at, $15) end";
const HEADS_MOVED: &str = "
    where tenant = current_user and exists (select 1 from moved)
)
select (select row_version from moved),
    array(select item from clash_stream), array(select command_id from clash_command)";
const CLAIM_CLASHES: &str = ", array(select item from clash_claim)";
const KEY_CLASHES: &str = ", array(select item from clash_key)";
const JOB_CLASHES: &str = ", array(select item from clash_job)";
const NO_CLASHES: &str = ", '{}'::int[]";

/// The statement with the parts that this batch needs and no others: a part costs even when it
/// finds nothing to do. Values keep their numbers, whether a part uses them or not.
fn statement(plan: &Plan, items: &[Prepared]) -> Template {
    let checks_claims = !plan.absent.is_empty();
    let takes = plan.claims.values().any(Option::is_some);
    let frees = !plan.released_all.is_empty() || plan.claims.values().any(Option::is_none);
    let keys = items.iter().any(|item| !item.keys.is_empty());
    let jobs = items.iter().any(|item| !item.append.jobs.is_empty());
    let changes = items.iter().any(|item| !item.append.job_changes.is_empty());
    let part = |wanted: bool, part: &'static str| if wanted { part } else { "" };
    let or = |wanted: bool, part: &'static str| if wanted { part } else { NO_CLASHES };
    Template::assembled([
        CHECK_STREAMS,
        part(checks_claims, CHECK_CLAIMS),
        CHECK_COMMANDS,
        part(keys, CHECK_KEYS),
        part(changes, CHECK_JOBS),
        MOVE,
        part(checks_claims, MOVE_IF_CLAIMS),
        part(keys, MOVE_IF_KEYS),
        part(changes, MOVE_IF_JOBS),
        MOVED,
        EVENTS,
        part(frees, CLAIMS),
        part(takes, HELD_CLAIMS),
        COMMANDS,
        part(keys, KEYS),
        part(jobs, JOBS),
        part(changes, CHANGED_JOBS),
        HEADS,
        part(jobs && !changes, HEADS_NEXT_JOB),
        // A change may make a job due at once; where none is, the engine notes so when it looks.
        part(changes, HEADS_JOB_NOW),
        HEADS_MOVED,
        or(checks_claims, CLAIM_CLASHES),
        or(keys, KEY_CLASHES),
        or(changes, JOB_CLASHES),
    ])
}

/// What became of a batch.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Written {
    /// It's in the transaction.
    All {
        /// The version of the head's row from now on.
        row: String,
    },
    /// Nothing was written; these items (by index) can't be, for these reasons.
    Clashes {
        /// Streams that moved.
        streams: Vec<usize>,
        /// Claims that are held.
        claims: Vec<usize>,
        /// Commands that were written before.
        commands: Vec<Uuid>,
        /// Keys that another process made.
        keys: Vec<usize>,
        /// Jobs that are not as they were seen.
        jobs: Vec<usize>,
    },
    /// Nothing was written: another process moved the head.
    HeadMoved,
}

/// Writes a plan after `known`; the transaction is left open for the caller to commit.
pub(crate) async fn write(
    tx: &mut TenantTx,
    known: &Head,
    plan: &Plan,
    items: &[Prepared],
) -> Result<Written, DoorError> {
    let query = tx.query(statement(plan, items));
    let query = bind_checks(query, plan, items);
    let query = query
        .bind(plan.head.position)
        .bind(to_database(plan.head.recorded_at))
        .bind(plan.head.range.to_bytes())
        .bind(known.position)
        .bind(known.log.0);
    let query = bind_events(query, plan, items);
    let query = bind_claims(query, plan);
    let query = bind_rest(query, plan, items).bind(&*known.row);
    let row = bind_job_changes(query, items).fetch_one().await?;
    let index = |column: usize| -> Result<Vec<usize>, DoorError> {
        let items: Vec<i32> = row.try_get(column)?;
        Ok(items.into_iter().map(|item| item as usize).collect())
    };
    if let Some(row) = row.try_get(0)? {
        return Ok(Written::All { row });
    }
    let (streams, claims, keys, jobs) = (index(1)?, index(3)?, index(4)?, index(5)?);
    let commands: Vec<Uuid> = row.try_get(2)?;
    let lists = [&streams, &claims, &keys, &jobs];
    if lists.into_iter().all(Vec::is_empty) && commands.is_empty() {
        return Ok(Written::HeadMoved);
    }
    Ok(Written::Clashes { streams, claims, commands, keys, jobs })
}

type Query<'tx> = migrations::TenantQuery<'tx>;

fn of<T>(checks: &[Check<T>]) -> Vec<i32> {
    checks.iter().map(|check| check.of as i32).collect()
}

fn bind_checks<'tx>(query: Query<'tx>, plan: &Plan, items: &[Prepared]) -> Query<'tx> {
    let stream = |check: &Check<(StreamId, i32)>| check.what.0.0;
    let kind = |check: &Check<ClaimKey>| check.what.kind.as_str();
    let keys = || {
        items.iter().enumerate().flat_map(|(of, item)| item.keys.iter().map(move |key| (of, key)))
    };
    query
        .bind(of(&plan.streams))
        .bind(plan.streams.iter().map(stream).collect::<Vec<Uuid>>())
        .bind(plan.streams.iter().map(|check| check.what.1).collect::<Vec<i32>>())
        .bind(of(&plan.absent))
        .bind(plan.absent.iter().map(kind).collect::<Vec<&str>>())
        .bind(plan.absent.iter().map(|check| check.what.key.clone()).collect::<Vec<String>>())
        .bind(plan.released_all.iter().map(|(kind, _)| kind.as_str()).collect::<Vec<&str>>())
        .bind(plan.released_all.iter().map(|(_, holder)| holder.0).collect::<Vec<Uuid>>())
        .bind(items.iter().map(|item| item.append.command_id.0).collect::<Vec<Uuid>>())
        .bind(keys().map(|(of, _)| of as i32).collect::<Vec<i32>>())
        .bind(keys().map(|(_, key)| key.name.subject.0).collect::<Vec<Uuid>>())
        .bind(keys().map(|(_, key)| key.name.class.as_str()).collect::<Vec<&str>>())
        .bind(keys().map(|(_, key)| key.sealed.clone()).collect::<Vec<Vec<u8>>>())
}

fn bind_events<'tx>(query: Query<'tx>, plan: &Plan, items: &[Prepared]) -> Query<'tx> {
    let placed = || {
        items.iter().zip(&plan.placed).flat_map(|(item, placed)| {
            item.events.iter().map(move |event| (item, event, placed.recorded_at))
        })
    };
    query
        .bind(plan.leaves.iter().map(|(position, _)| *position).collect::<Vec<i64>>())
        .bind(placed().map(|(_, event, _)| event.stream_type).collect::<Vec<&str>>())
        .bind(placed().map(|(_, event, _)| event.stream.0).collect::<Vec<Uuid>>())
        .bind(placed().map(|(_, event, _)| event.version).collect::<Vec<i32>>())
        .bind(placed().map(|(_, event, _)| event.event_type).collect::<Vec<&str>>())
        .bind(placed().map(|(_, event, _)| event.event_version).collect::<Vec<i16>>())
        .bind(placed().map(|(_, event, _)| &*event.payload).collect::<Vec<&str>>())
        .bind(placed().map(|(item, ..)| &*item.metadata).collect::<Vec<&str>>())
        .bind(placed().map(|(_, event, _)| event.event_id).collect::<Vec<Uuid>>())
        .bind(placed().map(|(item, ..)| item.append.command_id.0).collect::<Vec<Uuid>>())
        .bind(placed().map(|(_, _, at)| to_database(at)).collect::<Vec<_>>())
        .bind(plan.leaves.iter().map(|(_, leaf)| leaf.to_vec()).collect::<Vec<Vec<u8>>>())
}

fn bind_claims<'tx>(query: Query<'tx>, plan: &Plan) -> Query<'tx> {
    let freed = || plan.claims.iter().filter(|(_, held)| held.is_none()).map(|(key, _)| key);
    let held = || {
        plan.claims
            .iter()
            .filter_map(|(key, held)| held.as_ref().map(|(by, value)| (key, by, value)))
    };
    query
        .bind(freed().map(|key| key.kind.as_str()).collect::<Vec<&str>>())
        .bind(freed().map(|key| &*key.key).collect::<Vec<&str>>())
        .bind(held().map(|(key, ..)| key.kind.as_str()).collect::<Vec<&str>>())
        .bind(held().map(|(key, ..)| &*key.key).collect::<Vec<&str>>())
        .bind(held().map(|(_, by, _)| by.0).collect::<Vec<Uuid>>())
        .bind(held().map(|(.., value)| &**value).collect::<Vec<&str>>())
}

fn bind_rest<'tx>(query: Query<'tx>, plan: &Plan, items: &[Prepared]) -> Query<'tx> {
    let jobs = || items.iter().flat_map(|item| &item.append.jobs);
    query
        .bind(items.iter().map(|item| item.append.request_digest.clone()).collect::<Vec<_>>())
        .bind(items.iter().map(|item| item.append.status).collect::<Vec<i16>>())
        .bind(items.iter().map(|item| &*item.append.outcome).collect::<Vec<&str>>())
        .bind(plan.placed.iter().map(|placed| placed.position).collect::<Vec<i64>>())
        .bind(plan.placed.iter().map(|placed| to_database(placed.recorded_at)).collect::<Vec<_>>())
        .bind(jobs().map(|job| job.id).collect::<Vec<Uuid>>())
        .bind(jobs().map(|job| job.kind).collect::<Vec<&str>>())
        .bind(jobs().map(|job| &*job.reference).collect::<Vec<&str>>())
        .bind(jobs().map(|job| to_database(job.due_at)).collect::<Vec<_>>())
}

fn bind_job_changes<'tx>(query: Query<'tx>, items: &[Prepared]) -> Query<'tx> {
    let changes = || {
        items
            .iter()
            .enumerate()
            .flat_map(|(of, item)| item.append.job_changes.iter().map(move |change| (of, change)))
    };
    query
        .bind(changes().map(|(of, _)| of as i32).collect::<Vec<i32>>())
        .bind(changes().map(|(_, change)| change.id).collect::<Vec<Uuid>>())
        .bind(changes().map(|(_, change)| change.from.as_str()).collect::<Vec<&str>>())
        .bind(changes().map(|(_, change)| change.attempts).collect::<Vec<i32>>())
        .bind(changes().map(|(_, change)| change.to.as_str()).collect::<Vec<&str>>())
}
