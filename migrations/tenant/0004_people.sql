-- What is known of sessions beside the log: the hash that finds one, and when it was last used.

create table {t}.sessions (
    session_id uuid constraint sessions_pk primary key,
    -- SHA-256 of the secret; the secret itself is shown once and kept nowhere.
    digest bytea not null constraint sessions_digest_unique unique,
    member_id uuid not null,
    -- The epoch of the member in which it began: in a later one it is over.
    epoch bigint not null,
    -- How the member showed who they are.
    proofs text[] not null,
    began_at timestamptz not null,
    expires_at timestamptz not null,
    idle_minutes int not null,
    -- Kept coarse: a request every second does not write every second.
    seen_at timestamptz not null,
    ended_at timestamptz
);
create index sessions_of_member on {t}.sessions (member_id, began_at);

-- How often a link to sign in was asked for in the running hour, whichever process was asked.
create table {t}.sign_in_asks (
    member_id uuid constraint sign_in_asks_pk primary key,
    window_began timestamptz not null,
    asks int not null
);

grant select, insert, update, delete on {t}.sessions to {t};
grant select, insert, update, delete on {t}.sign_in_asks to {t};
