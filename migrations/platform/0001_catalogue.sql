-- The catalogue of tenants, and the one table of a cell that appends of every tenant reach.

create schema platform;
create schema cell;

create table platform.tenants (
    tenant_id uuid constraint tenants_pk primary key,
    slug text not null constraint tenants_slug_unique unique,
    name text not null,
    state text not null,
    schema_version int not null,
    created_at timestamptz not null
);

create table platform.domains (
    host text constraint domains_pk primary key,
    tenant_id uuid not null constraint domains_tenant_fk references platform.tenants,
    is_primary boolean not null
);

-- Each tenant's key, sealed under the master key, which is in a file and never here.
create table platform.tenant_keys (
    tenant_id uuid constraint tenant_keys_pk primary key
        constraint tenant_keys_tenant_fk references platform.tenants,
    sealed_key bytea not null
);

create table platform.migrations (
    version int constraint migrations_pk primary key,
    applied_at timestamptz not null default now()
);

create table cell.heads (
    -- The tenant's role; its policy lets each tenant reach its own row only.
    tenant text constraint heads_pk primary key,
    position bigint not null,
    next_job_at timestamptz
) with (fillfactor = 50);
alter table cell.heads enable row level security;
alter table cell.heads force row level security;
create policy heads_of_the_tenant on cell.heads to crowdminder_tenant
    using (tenant = current_user) with check (tenant = current_user);
create policy heads_for_the_sweeper on cell.heads for select to crowdminder_sweeper using (true);
create policy heads_for_the_owner on cell.heads to crowdminder_owner using (true) with check (true);

grant usage on schema platform to crowdminder_platform;
grant select, insert, update on platform.tenants, platform.domains to crowdminder_platform;
grant select, insert on platform.tenant_keys to crowdminder_platform;
grant select on platform.migrations to crowdminder_platform;
grant usage on schema cell to crowdminder_tenant, crowdminder_sweeper;
grant select, update on cell.heads to crowdminder_tenant;
grant select on cell.heads to crowdminder_sweeper;
