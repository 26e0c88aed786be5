-- Own domains of tenants with their proofs, names that nobody may take for a while, and what a
-- migration of a tenant met. Which host leads where stays with platform.domains alone.

-- Several tenants may say that a host is theirs; only who proves it gets a row in
-- platform.domains, so that nobody keeps a firm's name from it by naming it first.
create table platform.domain_proofs (
    tenant_id uuid not null
        constraint domain_proofs_tenant_fk references platform.tenants on delete cascade,
    host text not null,
    -- What the TXT record of _crowdminder.<host> must say. It's public, like the record.
    token text not null,
    added_at timestamptz not null,
    verified_at timestamptz,
    checked_at timestamptz,
    -- Why the last look at the record did not find the token; null where it did.
    fault text,
    constraint domain_proofs_pk primary key (tenant_id, host)
);

create unique index domains_one_primary on platform.domains (tenant_id) where is_primary;

-- Slugs and hosts whose former tenant is gone: mails and bookmarks still lead to them, so nobody
-- else may answer there until then.
create table platform.buried_names (
    name text constraint buried_names_pk primary key,
    until timestamptz not null
);

-- Why a tenant's schema stays at its version; the row goes once it moves on.
create table platform.migration_faults (
    tenant_id uuid constraint migration_faults_pk primary key
        constraint migration_faults_tenant_fk references platform.tenants on delete cascade,
    version int not null,
    failed_at timestamptz not null,
    attempts int not null,
    error text not null
);

grant delete on platform.domains to crowdminder_platform;
grant select, insert, update, delete on platform.domain_proofs, platform.buried_names
    to crowdminder_platform;
grant select on platform.migration_faults to crowdminder_platform;
