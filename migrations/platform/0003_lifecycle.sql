-- How a tenant ends: what is to be destroyed and when, and which names stay out of use afterwards.

create table platform.deletions (
    tenant_id uuid constraint deletions_pk primary key
        constraint deletions_tenant_fk references platform.tenants,
    due_at timestamptz not null,
    -- Set when destruction has begun; from then on there is no way back. What follows is what the
    -- certificate says, kept here because its source is destroyed first.
    begun_at timestamptz,
    log_id uuid,
    position bigint,
    root bytea
);

create table platform.graves (
    -- SHA-256 of `slug:` or `host:` and the name: the name of a firm that is gone is kept nowhere.
    digest bytea constraint graves_pk primary key,
    -- SHA-256 of the id of the log that had it: restored from an export, it may have it again.
    holder bytea not null,
    until timestamptz not null
);

-- By triggers, so that no way to a name goes round them.
create function platform.refuse_buried_slug() returns trigger language plpgsql as $$
begin
    if exists (select 1 from platform.graves g
        where g.digest = pg_catalog.sha256(pg_catalog.convert_to('slug:' || new.slug, 'UTF8'))
            and g.until > pg_catalog.now()) then
        raise exception 'the name is buried'
            using errcode = '23505', constraint = 'tenants_slug_buried';
    end if;
    return new;
end $$;
create trigger slugs_stay_buried before insert or update of slug on platform.tenants
    for each row execute function platform.refuse_buried_slug();

create function platform.refuse_buried_host() returns trigger language plpgsql as $$
begin
    if exists (select 1 from platform.graves g
        where g.digest = pg_catalog.sha256(pg_catalog.convert_to('host:' || new.host, 'UTF8'))
            and g.until > pg_catalog.now()) then
        raise exception 'the name is buried'
            using errcode = '23505', constraint = 'domains_host_buried';
    end if;
    return new;
end $$;
create trigger hosts_stay_buried before insert or update of host on platform.domains
    for each row execute function platform.refuse_buried_host();

grant select on platform.deletions, platform.graves to crowdminder_platform;
