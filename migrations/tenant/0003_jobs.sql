-- What the engine of jobs notes of each: who may finish it, why it failed, when it ended.

alter table {t}.jobs
    add column created_at timestamptz not null default now(),
    -- Until when the worker of the running attempt may hold it. `attempts` is the fence: only the
    -- attempt that is counted last may finish the job.
    add column leased_until timestamptz,
    -- The attempts before somebody asked for it by hand, which no longer count against it.
    add column forgiven int not null default 0,
    -- Why the last attempt failed, without any text of a person.
    add column last_error text,
    add column finished_at timestamptz,
    add constraint jobs_state
        check (state in ('waiting', 'running', 'done', 'dead', 'cancelled'));

create index jobs_leased on {t}.jobs (leased_until) where state = 'running';
create index jobs_by_state on {t}.jobs (state, created_at, job_id);
-- A tenant has one job of the day, and never two.
create unique index jobs_one_daily on {t}.jobs (kind)
    where kind = 'daily' and state in ('waiting', 'running');
create index commands_recorded_at on {t}.commands using brin (recorded_at);
