-- What the catalogue has of a tenant beside its rows so far: how far it follows the platform's log,
-- names that nobody may take for a while, and what a migration met.

-- The version of the tenant's stream on the platform's log that the rows here follow, so that of
-- two programs at once the later state stays.
alter table platform.tenants add column stream_version int not null default 0;

-- Only verified hosts are here; those that a tenant has only named are in the platform's log alone.
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
grant select, insert, update, delete on platform.buried_names to crowdminder_platform;
grant select on platform.migration_faults to crowdminder_platform;
