-- Links in mails: each is used once, for one purpose, about one subject. The secret in the link is
-- derived from its id under the tenant's key, so nothing in here opens anything.
create table {t}.links (
    link_id uuid constraint links_pk primary key,
    purpose text not null,
    subject_id uuid not null,
    created_at timestamptz not null,
    expires_at timestamptz not null,
    used_at timestamptz
);
create index links_subject on {t}.links (subject_id, purpose);
create index links_expires on {t}.links (expires_at);
grant select, insert, update, delete on {t}.links to {t};
