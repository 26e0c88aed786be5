//! The life of a tenant from one server to the next: an export that becomes a tenant elsewhere, a
//! copy as of a moment, an import that is killed again and again, and an end that leaves nothing.

use std::path::{Path, PathBuf};
use std::process::{Output, Stdio};
use std::time::Duration;

use api::system::System;
use commands::Clock;
use commands::event_log::audit::verify as audit;
use commands::event_log::claims;
use commands::tenancy::clone::{Copy, Moment, copy, open_doors as open_copy};
use commands::tenancy::delete::{destroy, request};
use commands::tenancy::export::{Exported, export};
use commands::tenancy::import::{Arrival, load, open_doors};
use commands::tenancy::lifecycle::Lifecycle;
use domain::id::TenantId;
use domain::log::{Actor, Via};
use migrations::platform::TenantRecord;
use projections::as_of::{Cut, as_of};
use projections::rebuild::rebuild;
use projections::registry;
use projections::verify::verify;
use tokio::process::Command;
use tokio::time::timeout;

use crate::crash::service::program;
use crate::delivery::embedded::Running;

fn lifecycle(system: &System) -> Lifecycle<'_> {
    Lifecycle {
        commands: &system.commands,
        platform: &system.platform,
        signer: &system.signer,
        files: &system.files,
        actor: Actor::Operator,
        via: Via::CommandLine,
    }
}

async fn record(system: &System, tenant: TenantId) -> TenantRecord {
    let found = system.platform.tenant_by_id(tenant).await.expect("the catalogue");
    found.expect("the tenant")
}

async fn build(system: &System, tenant: TenantId) {
    for model in registry::all() {
        let rebuilt = rebuild(&system.tenants, tenant, *model, &mut |_| {}).await;
        rebuilt.expect("a read model");
    }
}

/// A firm at work on a server of its own, and its export with its key file.
async fn exported(folder: &Path, commands: usize) -> (Running, TenantId, Exported) {
    let here = Running::start(&folder.join("here"), None).await;
    let tenant = here.tenant().await;
    here.work(tenant, 7, commands).await;
    let (path, key) = (folder.join("acme.tar"), folder.join("acme.key"));
    let of = record(&here.system, tenant).await;
    let done = export(&lifecycle(&here.system), &of, &path, Some(&key), |_| {}).await;
    (here, tenant, done.expect("an export"))
}

/// That every read model of one tenant, up to a position, has row by row what another one's has.
async fn assert_equal_rows(
    (here, of): (&System, TenantId),
    (there, and): (&System, TenantId),
    position: i64,
) {
    for model in registry::all() {
        let one = as_of(&here.tenants, of, *model, Cut::Position(position)).await;
        let other = as_of(&there.tenants, and, *model, Cut::Position(position)).await;
        let (one, other) = (one.expect("a fold"), other.expect("a fold"));
        assert_eq!(one.rows, other.rows, "{}", model.name());
        // And the table itself is what the fold says.
        let live = verify(&there.tenants, and, *model).await.expect("a comparison");
        assert!(live.is_equal() && live.position == position, "{live:?}");
    }
    let claimed = claims::verify(&there.tenants, &there.keys, and).await.expect("a comparison");
    assert_eq!((claimed.position, claimed.differences), (position, Vec::new()));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_tenant_moves_with_equal_read_models_and_a_copy_is_as_it_was() {
    let folder = tempfile::tempdir().expect("a folder");
    let (here, tenant, done) = exported(folder.path(), 200).await;
    let there = Running::start(&folder.path().join("there"), None).await;
    let (path, key) = (folder.path().join("acme.tar"), folder.path().join("acme.key"));
    let arrival = Arrival {
        path: &path,
        key_file: Some(&key),
        without_keys: false,
        slug: "moved",
        host: "moved.localhost",
    };
    let office = lifecycle(&there.system);
    let arrived = load(&office, &arrival, &registry::tables(), |_| {}).await.expect("imported");
    build(&there.system, arrived.tenant.id).await;
    open_doors(&office, &arrived).await.expect("open");
    assert_eq!((arrived.tenant.id, &arrived.root), (tenant, &done.root));
    assert_equal_rows((&here.system, tenant), (&there.system, tenant), done.position).await;
    let of = async |system: &System| {
        let audited = audit(&system.tenants, tenant, &system.signer, |_| {}).await;
        audited.expect("readable")
    };
    let (one, other) = (of(&here.system).await, of(&there.system).await);
    assert_eq!((one.fault, one.root), (other.fault, other.root));
    // It goes on there, by itself.
    there.work(tenant, 8, 20).await;
    there.settle(tenant).await;

    // A copy on the old server, as of the middle.
    let (source, middle) = (record(&here.system, tenant).await, done.position / 2);
    let moment = Moment::Position(middle);
    let what = Copy { source: &source, moment, slug: "copy", host: "copy.localhost" };
    let office = lifecycle(&here.system);
    let copied = copy(&office, &what, &registry::tables(), |_| {}).await.expect("copied");
    build(&here.system, copied.tenant.id).await;
    open_copy(&office, &copied).await.expect("open");
    let new = copied.tenant.id;
    assert_equal_rows((&here.system, tenant), (&here.system, new), middle).await;
    let audited = audit(&here.system.tenants, new, &here.system.signer, |_| {}).await;
    let audited = audited.expect("readable");
    assert_eq!((audited.fault, audited.events), (None, middle));
    // The copy goes its own way, and the source does not hear of it.
    here.work(new, 9, 20).await;
    here.settle(new).await;
    assert_eq!(here.settle(tenant).await, done.position);
    here.stop().await;
    there.stop().await;
}

/// Runs the program over a data directory; none where it took longer and was killed.
async fn run(data_dir: &Path, arguments: &[&str], within: Duration) -> Option<Output> {
    let mut command = Command::new(program());
    command.arg("--data-dir").arg(data_dir).arg("--json").args(arguments);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    // Dropped when the time is over, it's killed by a signal that nothing can catch.
    let child = command.kill_on_drop(true).spawn().expect("the program runs");
    timeout(within, child.wait_with_output()).await.ok().map(|output| output.expect("its output"))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_import_that_is_killed_again_and_again_is_completed_by_the_same_command() {
    let folder = tempfile::tempdir().expect("a folder");
    let (here, tenant, done) = exported(folder.path(), 300).await;
    here.stop().await;
    let there = folder.path().join("there");
    let text = |path: PathBuf| path.to_str().expect("a path").to_owned();
    let (path, key) = (text(folder.path().join("acme.tar")), text(folder.path().join("acme.key")));
    let import = ["tenant", "import", &path, "--as", "moved", "--key-file", &key];
    let mut killed = 0_u32;
    let output = loop {
        // Each run may take a little longer than the one before, so that each step meets its end.
        let within = Duration::from_millis(500) + Duration::from_millis(150) * killed;
        match run(&there, &import, within).await {
            Some(output) => break output,
            None => killed += 1,
        }
    };
    let said = |output: &Output| String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "after {killed} kills: {}", said(&output));
    assert!(killed > 1, "a run that is not killed proves nothing");
    println!("completed after {killed} kills");
    let patience = Duration::from_secs(120);
    for check in [["audit", "verify", "moved"], ["replay", "verify", "moved"]] {
        let output = run(&there, &check, patience).await.expect("it ends");
        assert!(output.status.success(), "{check:?}: {}", said(&output));
        let stdout = String::from_utf8_lossy(&output.stdout);
        if check[0] == "audit" {
            assert!(stdout.contains(&done.root), "{stdout}");
        }
    }
    let output = run(&there, &["tenant", "show", "moved"], patience).await.expect("it ends");
    let shown: serde_json::Value = serde_json::from_slice(&output.stdout).expect("a document");
    assert_eq!((&shown["id"], &shown["state"]), (&serde_json::json!(tenant), &"active".into()));
}

/// The bytes of every file below a folder, but for those of the database itself.
fn files_below(folder: &Path, found: &mut Vec<(PathBuf, Vec<u8>)>) {
    for entry in std::fs::read_dir(folder).expect("a folder").flatten() {
        let path = entry.path();
        if path.ends_with("postgres") {
            continue;
        }
        match entry.file_type().expect("a type") {
            it if it.is_dir() => files_below(&path, found),
            it if it.is_file() => {
                let bytes = std::fs::read(&path).expect("our own file");
                found.push((path, bytes));
            }
            _ => {}
        }
    }
}

/// Everything in the database and its roles, as SQL.
async fn dump(system: &System) -> String {
    let connect = system.administrator.as_ref().expect("an embedded database");
    let socket = connect.get_socket().expect("a socket");
    let mut folders: Vec<PathBuf> = std::fs::read_dir("/usr/lib/postgresql")
        .map(|found| found.flatten().map(|entry| entry.path().join("bin")).collect())
        .unwrap_or_default();
    folders.sort();
    let program = folders.pop().map_or("pg_dumpall".into(), |folder| folder.join("pg_dumpall"));
    let output = Command::new(program)
        .arg("--host")
        .arg(socket)
        .args(["--port", &connect.get_port().to_string(), "--username", connect.get_username()])
        .output()
        .await
        .expect("pg_dumpall runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).into_owned()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_a_tenant_that_was_deleted_nothing_is_left_but_its_certificate() {
    let folder = tempfile::tempdir().expect("a folder");
    let running = Running::start(&folder.path().join("here"), None).await;
    let tenant = running.tenant().await;
    running.work(tenant, 7, 60).await;
    let system = &running.system;
    system.signer.sign(&system.tenants, tenant, Clock::system().now()).await.expect("signed");
    let kind = domain::files::FileKind::Logo;
    let name = migrations::files::ObjectName { kind, id: domain::id::FileId(tenant.0) };
    let mark = "a mark that is nowhere else".as_bytes();
    let put = system.files.of(tenant).put(name, &mark.to_vec().into()).await;
    put.expect("own folder");
    running.settle(tenant).await;
    let head = audit(&system.tenants, tenant, &system.signer, |_| {}).await.expect("readable");
    let (schema, simple) = (tenant.schema(), tenant.0.simple().to_string());
    let unique = [
        "acme",
        "Acme Example",
        "olga@example.test",
        "Olga Example",
        "a mark that is nowhere else",
        &schema,
        &simple,
    ];
    // They are there before, or to find none of them would say nothing.
    let mut files = Vec::new();
    let below = |files: &mut Vec<_>| files_below(&folder.path().join("here"), files);
    below(&mut files);
    let before = dump(system).await;
    assert!(before.contains("acme") && before.contains(&schema));
    assert!(files.iter().any(|(path, _)| path.to_string_lossy().contains(&schema)));

    let of = record(system, tenant).await;
    let office = lifecycle(system);
    request(&office, &of, Clock::system().now()).await.expect("asked for");
    let end = destroy(&office, tenant, |_| {}).await.expect("destroyed");
    assert_eq!((end.position, end.root), (head.events, head.root));

    let after = dump(system).await;
    let mut files = Vec::new();
    below(&mut files);
    for text in unique {
        // The id alone stays in the platform's log, and in what was sealed there under its key.
        assert!(text == simple || !after.contains(text), "{text} is in the database");
        for (path, bytes) in &files {
            assert!(!path.to_string_lossy().contains(text), "{text}: {}", path.display());
            let found = bytes.windows(text.len()).any(|it| it == text.as_bytes());
            assert!(!found, "{text} is in {}", path.display());
        }
    }
    // Its id is on the platform's log alone, and the root in the certificate.
    let root = migrations::keys::hex(&end.root);
    assert_eq!(after.matches(&root).count(), 1, "the certificate");
    running.stop().await;
}
