-- The log of one tenant and what an append writes beside it.

create table {t}.log_head (
    -- One row for ever: every append moves it, which makes positions gap-free and in commit order.
    only_row boolean constraint log_head_pk primary key default true
        constraint log_head_one_row check (only_row),
    log_id uuid not null,
    position bigint not null,
    recorded_at timestamptz not null,
    -- The roots of the perfect subtrees over all leaves, largest first, 32 bytes each.
    peaks bytea not null
) with (fillfactor = 50);

create table {t}.events (
    position bigint constraint events_pk primary key,
    stream_type text not null,
    stream_id uuid not null,
    version int not null,
    event_type text not null,
    event_version smallint not null,
    -- json, not jsonb: the exact bytes are hashed, and jsonb reorders keys and rewrites numbers.
    payload json not null,
    metadata json not null,
    event_id uuid not null constraint events_event_id_unique unique,
    command_id uuid not null,
    recorded_at timestamptz not null,
    leaf_hash bytea not null,
    constraint events_stream_version_unique unique (stream_id, version)
);
-- Which streams of a kind there are: one entry per stream, not per event.
create index events_streams on {t}.events (stream_type, stream_id) where version = 1;
create index events_recorded_at on {t}.events using brin (recorded_at);

create table {t}.claims (
    kind text not null,
    key text not null,
    holder uuid not null,
    value text not null,
    constraint claims_pk primary key (kind, key)
);
create index claims_holder on {t}.claims (holder, kind);

-- What a command answered, so that the same command answers the same again. It holds ids and a
-- keyed digest of the request, never a text of a person.
create table {t}.commands (
    command_id uuid constraint commands_pk primary key,
    request_digest bytea,
    status smallint not null,
    -- The stable code of a refusal and its field, or the ids of what was made.
    outcome text not null,
    position bigint not null,
    recorded_at timestamptz not null
);

create table {t}.jobs (
    job_id uuid constraint jobs_pk primary key,
    kind text not null,
    -- References only: ids and positions.
    reference text not null,
    due_at timestamptz not null,
    attempts int not null default 0,
    state text not null default 'waiting'
);
create index jobs_due on {t}.jobs (due_at) where state = 'waiting';

-- Keys of persons' data, apart from the log, each sealed under the tenant's key.
create table {t}.subject_keys (
    subject_id uuid not null,
    class text not null,
    -- null once destroyed: what it sealed reads as erased.
    sealed_key bytea,
    destroyed_at timestamptz,
    constraint subject_keys_pk primary key (subject_id, class)
);

-- Signed roots of the tree; copies are kept outside the database too.
create table {t}.signed_checkpoints (
    position bigint constraint signed_checkpoints_pk primary key,
    root bytea not null,
    signed_at timestamptz not null,
    key_id text not null,
    signature bytea not null
);

create table {t}.checkpoints (
    read_model text constraint checkpoints_pk primary key,
    version int not null,
    position bigint not null,
    state text not null default 'live',
    error text,
    updated_at timestamptz not null default now()
);

create table {t}.tokens (
    token_id uuid constraint tokens_pk primary key,
    -- SHA-256 of the secret; the secret itself is shown once and kept nowhere.
    digest bytea not null constraint tokens_digest_unique unique,
    member_id uuid not null,
    scopes text[] not null,
    created_at timestamptz not null,
    expires_at timestamptz,
    revoked_at timestamptz
);

-- The shape of the postgres-es event table, for readers that know that shape.
create view {t}.cqrs_es_events as
    select
        stream_type as aggregate_type,
        stream_id::text as aggregate_id,
        version::bigint as sequence,
        event_type,
        event_version::text as event_version,
        json_build_object(event_type, payload) as payload,
        json_build_object('position', position::text) as metadata
    from {t}.events;

create function {t}.refuse_change() returns trigger language plpgsql as $$
begin
    raise exception 'events are never changed or deleted' using errcode = '42501';
end $$;
create trigger events_never_change before update or delete on {t}.events
    for each row execute function {t}.refuse_change();
create trigger events_never_truncate before truncate on {t}.events
    for each statement execute function {t}.refuse_change();

grant usage on schema {t} to {t};
grant select, insert on {t}.events to {t};
grant select, update on {t}.log_head to {t};
grant select, insert, update, delete on {t}.claims to {t};
grant select, insert, delete on {t}.commands to {t};
grant select, insert, update, delete on {t}.jobs to {t};
grant select, insert, update on {t}.subject_keys to {t};
grant select, insert on {t}.signed_checkpoints to {t};
grant select, insert, update, delete on {t}.checkpoints to {t};
grant select, insert, update on {t}.tokens to {t};
grant select on {t}.cqrs_es_events to {t};
