//! Migrations of many tenants on a real server: killed, side by side, against tables in use.

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::str::FromStr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use domain::id::LogId;
use jiff::Timestamp;
use tempfile::TempDir;

use super::*;
use crate::bootstrap::{LoginSecrets, bootstrap};
use crate::cell::{Cell, PoolLimits, TENANT_GROUP_ROLE};
use crate::embedded::{EmbeddedDatabase, EmbeddedOptions};
use crate::keys::MasterKey;
use crate::platform::Platform;
use crate::provision::{NewTenant, provision};
use crate::testing::{TestTenant, cell, random_id};

/// One column more, as slow as one on a table with rows in it.
const COLUMN: &str = "alter table {t}.jobs add column note text;
    select pg_catalog.count(*) from pg_catalog.generate_series(1, 200000)";
const BROKEN: &str = "alter table {t}.jobs add column note text;
    alter table {t}.nothing add column note text";

fn next() -> TenantScripts {
    TenantScripts::own().and_then(COLUMN)
}

/// Polls a condition for at most half a minute.
async fn wait_until(what: &str, holds: impl AsyncFn() -> bool) {
    let start = Instant::now();
    while !holds().await {
        assert!(start.elapsed() < Duration::from_secs(30), "{what}");
        tokio::task::yield_now().await;
    }
}

async fn has_column(tenants: &Tenants, tenant: TenantId) -> bool {
    let mut tx = tenants.begin_as_owner(tenant).await.expect("the owner");
    let row = tx
        .query(
            "select 1 from pg_catalog.pg_attribute
             where attrelid = '{t}.jobs'::regclass and attname = 'note'",
        )
        .fetch_optional()
        .await;
    row.expect("the catalogue of the server").is_some()
}

/// A server of its own in a folder, as programs that are started one after the other find it.
struct Installation {
    tenants: Tenants,
    platform: Platform,
    _database: EmbeddedDatabase,
}

async fn installation(folder: &Path) -> Installation {
    let mut options = EmbeddedOptions::new(folder);
    options.settings = vec![("fsync".into(), "off".into())];
    let database = EmbeddedDatabase::start(options).await.expect("a private server");
    let administrator = PgConnectOptions::from_str(&database.superuser_url()).expect("its URL");
    let logins = bootstrap(&administrator, &LoginSecrets::SocketTrust).await.expect("a cell");
    let cell = Arc::new(Cell::connect(logins, PoolLimits::default()));
    let platform = Platform::new(cell.clone());
    Installation { tenants: Tenants::new(cell), platform, _database: database }
}

async fn make(installation: &Installation, folder: &Path, count: usize) {
    let master = MasterKey::in_folder(&folder.join("keys")).expect("a folder of our own");
    for n in 0..count {
        let slug = format!("many-{n}");
        let new = NewTenant {
            id: TenantId(random_id()),
            log: LogId(random_id()),
            host: format!("{slug}.localhost"),
            name: format!("Many {n}"),
            slug,
            at: Timestamp::UNIX_EPOCH,
        };
        provision(&installation.tenants, &master, &new, &[]).await.expect("a fresh tenant");
    }
}

/// Set for the copy of this test program that a test starts in order to kill it.
const VICTIM: &str = "CROWDMINDER_TEST_MIGRATING_DATA_DIR";
const VICTIM_TEST: &str = "migrate::tests::a_killed_run_leaves_nobody_between_two_versions";

fn victim(folder: &Path) -> Child {
    let mut program = Command::new(std::env::current_exe().expect("a running program has a path"));
    program.args(["--exact", VICTIM_TEST]).env(VICTIM, folder);
    program.stdin(Stdio::null()).stdout(Stdio::null()).spawn().expect("the program starts")
}

#[tokio::test]
async fn a_killed_run_leaves_nobody_between_two_versions() {
    if let Some(folder) = std::env::var_os(VICTIM) {
        let installation = installation(Path::new(&folder)).await;
        let records = installation.platform.tenants().await.expect("the catalogue");
        migrate_tenants(&installation.tenants, records, &next(), 2, |_, _| {}).await;
        return;
    }
    let folder = TempDir::new().expect("a folder");
    let installation = installation(folder.path()).await;
    let (tenants, platform) = (&installation.tenants, &installation.platform);
    make(&installation, folder.path(), 24).await;
    let moved = async || {
        let all = platform.tenants().await.expect("the catalogue");
        all.iter().filter(|record| record.schema_version == next().latest()).count()
    };
    let mut victim = victim(folder.path());
    wait_until("some tenants have moved", async || moved().await >= 4).await;
    victim.kill().expect("SIGKILL");
    victim.wait().expect("it's gone");
    let before = moved().await;
    assert!(before < 24, "it was killed too late to prove anything");
    for record in platform.tenants().await.expect("the catalogue") {
        let is_new = record.schema_version == next().latest();
        assert!(is_new || record.schema_version == TENANT_SCHEMA_VERSION);
        assert_eq!(has_column(tenants, record.id).await, is_new, "{}", record.slug);
    }
    let records = platform.tenants().await.expect("the catalogue");
    let done = migrate_tenants(tenants, records, &next(), 2, |_, _| {}).await;
    assert!(done.iter().all(|one| matches!(one.outcome, Ok(at) if at == next().latest())));
    // What the killed program had under way may have ended after the count.
    let late = done.iter().filter(|one| one.from == next().latest()).count() - before;
    assert!(late <= 2, "{late}");
    assert_eq!(moved().await, 24);
}

async fn record(of: &TestTenant) -> TenantRecord {
    of.platform.tenant_by_id(of.id).await.expect("the catalogue").expect("its row")
}

#[tokio::test]
async fn two_runs_side_by_side_take_turns_and_add_a_column_once() {
    let first = TestTenant::provision(&[]).await;
    let second = TestTenant::provision(&[]).await;
    let records = vec![record(&first).await, record(&second).await];
    let other = Tenants::new(cell(PoolLimits::default()));
    let scripts = next();
    let run = |tenants| migrate_tenants(tenants, records.clone(), &scripts, 2, |_, _| {});
    let (one, two) = tokio::join!(run(&first.tenants), run(&other));
    for migration in one.into_iter().chain(two) {
        assert_eq!(migration.outcome.expect("migrated"), scripts.latest());
    }
    assert!(has_column(&other, first.id).await && has_column(&other, second.id).await);
}

#[tokio::test]
async fn a_tenant_that_fails_stays_as_it_was_and_says_why_while_others_go_on() {
    let (sound, broken) = (TestTenant::provision(&[]).await, TestTenant::provision(&[]).await);
    let scripts = TenantScripts::own().and_then(BROKEN);
    let faults = async || broken.platform.migration_faults().await.expect("the catalogue");
    let of_broken = |fault: &crate::catalogued::MigrationFault| fault.tenant == broken.id;
    // The table that the script wants is there in one of them.
    let mut tx = sound.tenants.begin_as_owner(sound.id).await.expect("the owner");
    tx.run_script("create table {t}.nothing (n int)").await.expect("a table");
    tx.commit().await.expect("durable");
    let records = vec![record(&broken).await, record(&sound).await];
    let done = migrate_tenants(&broken.tenants, records, &scripts, 1, |_, _| {}).await;
    assert!(matches!(&done[0].outcome, Err(DoorError::Refused { code, .. }) if code == "42P01"));
    assert_eq!(*done[1].outcome.as_ref().expect("the other one"), scripts.latest());
    assert_eq!(record(&broken).await.schema_version, TENANT_SCHEMA_VERSION);
    assert!(!has_column(&broken.tenants, broken.id).await);
    let fault = faults().await.into_iter().find(of_broken).expect("why it failed");
    assert_eq!((fault.version, fault.attempts), (scripts.latest(), 1));
    let records = vec![record(&broken).await];
    migrate_tenants(&broken.tenants, records, &next(), 1, |_, _| {}).await;
    assert!(!faults().await.iter().any(of_broken));
}

#[tokio::test]
async fn a_tenant_whose_tables_are_in_use_is_tried_again() {
    let tenant = TestTenant::provision(&[]).await;
    let mut reader = tenant.tenants.begin(tenant.id).await.expect("own role");
    reader.query("select job_id from {t}.jobs").fetch_all().await.expect("its jobs");
    let records = vec![record(&tenant).await];
    let tenants = tenant.tenants.clone();
    let run =
        tokio::spawn(
            async move { migrate_tenants(&tenants, records, &next(), 1, |_, _| {}).await },
        );
    let mut server = tenant.administrator.connect().await.expect("the administrator");
    let schema = tenant.id.schema();
    let mut waits = async || {
        let sql = "select count(*) from pg_catalog.pg_locks l
            join pg_catalog.pg_class c on c.oid = l.relation
            join pg_catalog.pg_namespace n on n.oid = c.relnamespace
            where n.nspname = $1 and not l.granted";
        let row = sqlx::query(sql).bind(&schema).fetch_one(&mut server).await.expect("locks");
        row.try_get::<i64, _>(0).expect("a number") > 0
    };
    let start = Instant::now();
    for expected in [true, false] {
        while waits().await != expected {
            assert!(start.elapsed() < Duration::from_secs(30), "a wait that is {expected}");
        }
    }
    // It let go so that others could pass; now the reader goes too.
    reader.commit().await.expect("read");
    let done = run.await.expect("it ends");
    assert_eq!(*done[0].outcome.as_ref().expect("migrated"), next().latest());
}

#[tokio::test]
async fn names_of_the_service_and_names_that_rest_make_no_tenant() {
    use crate::provision::ProvisionError;
    let host = TestTenant::provision(&[]).await;
    let master = MasterKey::in_folder(&host.key_folder).expect("the key");
    let new = |slug: &str| NewTenant {
        id: TenantId(random_id()),
        log: LogId(random_id()),
        host: format!("{slug}.localhost"),
        name: "Another".into(),
        slug: slug.into(),
        at: Timestamp::UNIX_EPOCH,
    };
    let refused = provision(&host.tenants, &master, &new("www"), &[]).await;
    assert!(matches!(refused, Err(ProvisionError::Reserved(_))), "{refused:?}");
    let slug = format!("rests-{}", &random_id().simple().to_string()[..8]);
    let later = Timestamp::from_second(3600).expect("an instant");
    let name = format!("{slug}.localhost");
    host.platform.bury(&[&name], later).await.expect("the catalogue");
    let refused = provision(&host.tenants, &master, &new(&slug), &[]).await;
    assert!(matches!(refused, Err(ProvisionError::Buried(_))), "{refused:?}");
    assert_eq!(host.platform.tenant_by_slug(&slug).await.expect("the catalogue"), None);
    let after = NewTenant { at: later, ..new(&slug) };
    provision(&host.tenants, &master, &after, &[]).await.expect("it has rested");
    // The role of the tenant is what the old way of making it gave: a member of the group alone.
    let mut server = host.administrator.connect().await.expect("the administrator");
    let sql = "select o.rolname::text from pg_catalog.pg_auth_members m
        join pg_catalog.pg_roles r on r.oid = m.member and r.rolname = $1
        join pg_catalog.pg_roles o on o.oid = m.roleid";
    let rows = sqlx::query(sql).bind(after.id.schema()).fetch_all(&mut server).await;
    let groups: Vec<String> =
        rows.expect("roles").iter().map(|row| row.try_get(0).expect("a name")).collect();
    assert_eq!(groups, [TENANT_GROUP_ROLE]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_tenant_that_was_made_beside_others_is_known_to_every_connection_at_once() {
    let host = TestTenant::provision(&[]).await;
    let master = MasterKey::in_folder(&host.key_folder).expect("the key");
    let (master, each) = (&master, 16);
    let making = (0..4).map(|_| async {
        for _ in 0..each {
            let slug = format!("b-{}", random_id().simple());
            let new = NewTenant {
                id: TenantId(random_id()),
                log: LogId(random_id()),
                host: format!("{slug}.localhost"),
                name: "Beside others".into(),
                slug,
                at: Timestamp::UNIX_EPOCH,
            };
            provision(&host.tenants, master, &new, &[]).await.expect("a fresh tenant");
            let opened = (0..6).map(|_| async {
                host.tenants.begin(new.id).await.expect("its role").commit().await
            });
            for outcome in futures::future::join_all(opened).await {
                outcome.expect("nothing to write");
            }
        }
    });
    futures::future::join_all(making).await;
}
