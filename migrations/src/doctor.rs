//! Checks of a cell as it is: that roles, grants and settings are as tight as provisioning made
//! them. Each finding says what is loose and how to mend it.

use sqlx::Row;

use crate::cell::{
    APP_LOGIN, BUILDER_LOGIN, Cell, OWNER_ROLE, PLATFORM_ROLE, SWEEPER_ROLE, TENANT_GROUP_ROLE,
    query,
};
use crate::door::DoorError;

/// Something that is not as it must be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// What was checked, such as `events_grants`.
    pub check: &'static str,
    /// What is loose and what to do.
    pub remedy: String,
}

/// Each check is a query that answers one text per finding; none is good.
const CHECKS: &[(&str, &str)] = &[
    (
        "login_attributes",
        "select format('%s must be a plain login: alter role %s nosuperuser nobypassrls '
                'nocreatedb noreplication noinherit', rolname, rolname)
         from pg_catalog.pg_roles
         where rolname in ('crowdminder_app', 'crowdminder_builder')
            and (rolsuper or rolbypassrls or rolcreatedb or rolreplication or rolinherit)",
    ),
    (
        "app_creates_no_roles",
        "select 'alter role crowdminder_app nocreaterole' from pg_catalog.pg_roles
         where rolname = 'crowdminder_app' and rolcreaterole",
    ),
    (
        "no_sign_in",
        "select format('nobody signs in with it: alter role %s nologin nosuperuser nobypassrls',
                rolname)
         from pg_catalog.pg_roles
         where (rolname in ('crowdminder_owner', 'crowdminder_platform', 'crowdminder_sweeper',
                'crowdminder_tenant') or rolname ~ '^t_[0-9a-f]{32}$')
            and (rolcanlogin or rolsuper or rolbypassrls or rolcreaterole or rolcreatedb)",
    ),
    (
        "owner_membership",
        "select format('only the builder acts as the owner: revoke crowdminder_owner from %s',
                r.rolname)
         from pg_catalog.pg_auth_members m
         join pg_catalog.pg_roles o on o.oid = m.roleid and o.rolname = 'crowdminder_owner'
         join pg_catalog.pg_roles r on r.oid = m.member
         where r.rolname <> 'crowdminder_builder'",
    ),
    (
        "tenant_membership",
        "select format('a tenant role is a member of the tenant group only: revoke %s from %s',
                o.rolname, r.rolname)
         from pg_catalog.pg_auth_members m
         join pg_catalog.pg_roles o on o.oid = m.roleid
         join pg_catalog.pg_roles r on r.oid = m.member
         where r.rolname ~ '^t_[0-9a-f]{32}$' and o.rolname <> 'crowdminder_tenant'",
    ),
    (
        "schema_owner",
        "select format('alter schema %s owner to crowdminder_owner', nspname)
         from pg_catalog.pg_namespace
         where (nspname ~ '^t_[0-9a-f]{32}$' or nspname in ('platform', 'cell'))
            and nspowner <> (select oid from pg_catalog.pg_roles
                where rolname = 'crowdminder_owner')",
    ),
    (
        "schema_grants",
        "select format('revoke all on schema %s from %s', n.nspname,
                coalesce(r.rolname::text, 'public'))
         from pg_catalog.pg_namespace n
         cross join lateral pg_catalog.aclexplode(n.nspacl) a
         left join pg_catalog.pg_roles r on r.oid = a.grantee
         where n.nspname ~ '^t_[0-9a-f]{32}$'
            and coalesce(r.rolname::text, 'public') not in (n.nspname::text, 'crowdminder_owner')
         union all
         select format('revoke create on schema %s from %s', n.nspname, r.rolname)
         from pg_catalog.pg_namespace n
         cross join lateral pg_catalog.aclexplode(n.nspacl) a
         join pg_catalog.pg_roles r on r.oid = a.grantee
         where n.nspname ~ '^t_[0-9a-f]{32}$' and a.privilege_type = 'CREATE'
            and r.rolname <> 'crowdminder_owner'",
    ),
    (
        "table_grants",
        "select format('revoke all on %s.%s from %s', n.nspname, c.relname,
                coalesce(r.rolname::text, 'public'))
         from pg_catalog.pg_class c
         join pg_catalog.pg_namespace n on n.oid = c.relnamespace
         cross join lateral pg_catalog.aclexplode(c.relacl) a
         left join pg_catalog.pg_roles r on r.oid = a.grantee
         where n.nspname ~ '^t_[0-9a-f]{32}$'
            and coalesce(r.rolname::text, 'public') not in (n.nspname::text, 'crowdminder_owner')",
    ),
    (
        "events_grants",
        "select format('revoke %s on %s.%s from %s', lower(a.privilege_type), n.nspname, c.relname,
                n.nspname)
         from pg_catalog.pg_class c
         join pg_catalog.pg_namespace n on n.oid = c.relnamespace
         cross join lateral pg_catalog.aclexplode(c.relacl) a
         join pg_catalog.pg_roles r on r.oid = a.grantee and r.rolname::text = n.nspname::text
         where n.nspname ~ '^t_[0-9a-f]{32}$'
            and ((c.relname in ('events', 'signed_checkpoints')
                    and a.privilege_type not in ('SELECT', 'INSERT'))
                or (c.relname = 'log_head' and a.privilege_type not in ('SELECT', 'UPDATE'))
                or (c.relname = 'subject_keys' and a.privilege_type in ('DELETE', 'TRUNCATE'))
                or a.privilege_type in ('TRIGGER', 'REFERENCES'))",
    ),
    (
        "events_triggers",
        "select format('enable the triggers that keep events unchanged: alter table %s.events '
                'enable always trigger all', n.nspname)
         from pg_catalog.pg_namespace n
         where n.nspname ~ '^t_[0-9a-f]{32}$' and (select count(*) from pg_catalog.pg_trigger g
            join pg_catalog.pg_class c on c.oid = g.tgrelid
            where c.relnamespace = n.oid and c.relname = 'events' and g.tgenabled in ('O', 'A')
                and g.tgname in ('events_never_change', 'events_never_truncate')) <> 2",
    ),
    (
        "platform_grants",
        "select format('revoke all on %s.%s from %s', n.nspname, c.relname,
                coalesce(r.rolname::text, 'public'))
         from pg_catalog.pg_class c
         join pg_catalog.pg_namespace n on n.oid = c.relnamespace
         cross join lateral pg_catalog.aclexplode(c.relacl) a
         left join pg_catalog.pg_roles r on r.oid = a.grantee
         where (n.nspname = 'platform' and coalesce(r.rolname::text, 'public')
                not in ('crowdminder_owner', 'crowdminder_platform'))
            or (n.nspname = 'cell' and coalesce(r.rolname::text, 'public')
                not in ('crowdminder_owner', 'crowdminder_tenant', 'crowdminder_sweeper'))",
    ),
    (
        "heads_policies",
        "select 'alter table cell.heads enable row level security, force row level security'
         from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
         where n.nspname = 'cell' and c.relname = 'heads'
            and not (c.relrowsecurity and c.relforcerowsecurity)
         union all
         select format('drop policy %I on cell.heads', p.policyname) from pg_catalog.pg_policies p
         where p.schemaname = 'cell' and p.policyname not in
            ('heads_of_the_tenant', 'heads_for_the_sweeper', 'heads_for_the_owner')",
    ),
    (
        "set_config",
        "select 'revoke execute on function pg_catalog.set_config(text, text, boolean) from public'
         where pg_catalog.has_function_privilege('crowdminder_app',
            'pg_catalog.set_config(text, text, boolean)', 'execute')",
    ),
    (
        "temporary_tables",
        "select format('revoke temporary on database %s from public', current_database())
         where pg_catalog.has_database_privilege('crowdminder_app', current_database(),
            'temporary')",
    ),
    (
        "public_schema",
        "select 'revoke all on schema public from public' where exists
            (select 1 from pg_catalog.pg_namespace where nspname = 'public')
            and pg_catalog.has_schema_privilege('crowdminder_app', 'public', 'create, usage')",
    ),
    (
        "durability",
        "select format('set %s = on: without it a power cut loses acknowledged commands', name)
         from pg_catalog.pg_settings
         where name in ('fsync', 'full_page_writes') and setting = 'off'
         union all
         select 'set synchronous_commit = on' from pg_catalog.pg_settings
         where name = 'synchronous_commit' and setting in ('off')",
    ),
];

/// Runs every check of a cell through its serving login.
pub async fn examine(cell: &Cell) -> Result<Vec<Finding>, DoorError> {
    debug_assert!(
        [APP_LOGIN, BUILDER_LOGIN, OWNER_ROLE, PLATFORM_ROLE, SWEEPER_ROLE, TENANT_GROUP_ROLE]
            .iter()
            .all(|role| CHECKS.iter().any(|(_, sql)| sql.contains(role)))
    );
    let mut tx =
        crate::cell::begin(cell.platform_pool(), "set local statement_timeout = 60000").await?;
    let mut findings = Vec::new();
    for (check, sql) in CHECKS {
        for row in query(sql).fetch_all(&mut *tx).await? {
            findings.push(Finding { check, remedy: row.try_get(0)? });
        }
    }
    tx.rollback().await?;
    Ok(findings)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::TestTenant;
    use sqlx::{ConnectOptions, Connection, Executor};

    /// Each way to loosen a wall, how to undo it, and the check that must notice.
    const LOOSENED: &[(&str, &str, &str)] = &[
        (
            "alter role crowdminder_app superuser",
            "alter role crowdminder_app nosuperuser",
            "login_attributes",
        ),
        (
            "alter role crowdminder_app inherit",
            "alter role crowdminder_app noinherit",
            "login_attributes",
        ),
        (
            "alter role crowdminder_builder bypassrls",
            "alter role crowdminder_builder nobypassrls",
            "login_attributes",
        ),
        (
            "alter role crowdminder_app createrole",
            "alter role crowdminder_app nocreaterole",
            "app_creates_no_roles",
        ),
        (
            "alter role crowdminder_owner login",
            "alter role crowdminder_owner nologin",
            "no_sign_in",
        ),
        ("alter role {t} login", "alter role {t} nologin", "no_sign_in"),
        (
            "grant crowdminder_owner to crowdminder_app",
            "revoke crowdminder_owner from crowdminder_app",
            "owner_membership",
        ),
        (
            "grant crowdminder_platform to {t}",
            "revoke crowdminder_platform from {t}",
            "tenant_membership",
        ),
        (
            "alter schema {t} owner to crowdminder_app",
            "alter schema {t} owner to crowdminder_owner",
            "schema_owner",
        ),
        (
            "grant usage on schema {t} to public",
            "revoke usage on schema {t} from public",
            "schema_grants",
        ),
        (
            "grant create on schema {t} to {t}",
            "revoke create on schema {t} from {t}",
            "schema_grants",
        ),
        (
            "grant select on {t}.events to crowdminder_app",
            "revoke select on {t}.events from crowdminder_app",
            "table_grants",
        ),
        (
            "grant select on {t}.claims to public",
            "revoke select on {t}.claims from public",
            "table_grants",
        ),
        (
            "grant update on {t}.events to {t}",
            "revoke update on {t}.events from {t}",
            "events_grants",
        ),
        (
            "grant delete on {t}.events to {t}",
            "revoke delete on {t}.events from {t}",
            "events_grants",
        ),
        (
            "grant truncate on {t}.events to {t}",
            "revoke truncate on {t}.events from {t}",
            "events_grants",
        ),
        (
            "grant delete on {t}.log_head to {t}",
            "revoke delete on {t}.log_head from {t}",
            "events_grants",
        ),
        (
            "grant update on {t}.signed_checkpoints to {t}",
            "revoke update on {t}.signed_checkpoints from {t}",
            "events_grants",
        ),
        (
            "grant delete on {t}.subject_keys to {t}",
            "revoke delete on {t}.subject_keys from {t}",
            "events_grants",
        ),
        (
            "alter table {t}.events disable trigger events_never_change",
            "alter table {t}.events enable trigger events_never_change",
            "events_triggers",
        ),
        (
            "grant select on platform.tenant_keys to public",
            "revoke select on platform.tenant_keys from public",
            "platform_grants",
        ),
        (
            "grant select on cell.heads to crowdminder_app",
            "revoke select on cell.heads from crowdminder_app",
            "platform_grants",
        ),
        (
            "alter table cell.heads disable row level security",
            "alter table cell.heads enable row level security",
            "heads_policies",
        ),
        (
            "create policy loose on cell.heads using (true)",
            "drop policy loose on cell.heads",
            "heads_policies",
        ),
        (
            "grant execute on function pg_catalog.set_config(text, text, boolean) to public",
            "revoke execute on function pg_catalog.set_config(text, text, boolean) from public",
            "set_config",
        ),
        (
            "grant temporary on database crowdminder to public",
            "revoke temporary on database crowdminder from public",
            "temporary_tables",
        ),
        (
            "grant create on schema public to public",
            "revoke create on schema public from public",
            "public_schema",
        ),
    ];

    #[tokio::test]
    async fn the_doctor_finds_nothing_after_provisioning_and_each_grant_that_is_loosened() {
        // A server of its own, since loosening would disturb tests beside it.
        let tenant = TestTenant::provision_apart().await;
        let cell = tenant.tenants.cell().clone();
        let mut connection = tenant.administrator.connect().await.expect("the administrator");
        let found = |findings: Vec<Finding>| {
            findings.into_iter().map(|finding| finding.check).collect::<Vec<_>>()
        };
        // The test server runs without fsync, which the doctor must say.
        assert_eq!(found(examine(&cell).await.expect("readable")), ["durability"]);
        for (loosen, tighten, check) in LOOSENED {
            let fill = |sql: &str| sql.replace("{t}", &tenant.id.schema());
            connection.execute(fill(loosen).as_str()).await.expect(loosen);
            let findings = found(examine(&cell).await.expect("readable"));
            assert!(findings.contains(check), "{loosen}: {findings:?}");
            connection.execute(fill(tighten).as_str()).await.expect(tighten);
            let findings = found(examine(&cell).await.expect("readable"));
            assert_eq!(findings, ["durability"], "after {tighten}");
        }
        connection.close().await.expect("closed");
    }
}
