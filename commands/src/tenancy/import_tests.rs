//! Exports that become tenants of another server: what is the same afterwards, and what is refused.

use domain::id::TenantId;
use domain::log::{Actor, Via};
use domain::members::Role;

use super::import::{Arrival, Arrived, ImportError, load, open_doors};
use super::yard::Yard;
use crate::event_log::audit::verify;
use crate::event_log::claims;
use crate::handle::{IdempotencyKey, Sender};
use crate::members::member_by_email;
use crate::refused::CommandError;
use crate::testing::new_member;

async fn import(from: &Yard, to: &Yard, slug: &str, keys: bool) -> Result<Arrived, ImportError> {
    let (path, key, host) = (from.path("a.tar"), from.path("export.key"), format!("{slug}.test"));
    let arrival = Arrival {
        path: &path,
        key_file: keys.then_some(&*key),
        without_keys: !keys,
        slug,
        host: &host,
    };
    let arrived = load(&to.lifecycle(), &arrival, &[], |_| {}).await?;
    open_doors(&to.lifecycle(), &arrived).await?;
    Ok(arrived)
}

/// Sends under the key of the nth member that `Yard::work` made.
async fn repeat(yard: &Yard, tenant: TenantId, n: usize) -> Result<bool, CommandError> {
    let mut sender = Sender::new(tenant, Actor::Operator, Via::Api);
    let (key, request) = (format!("key {n}"), b"body".to_vec());
    sender.key = Some(IdempotencyKey { route: "POST /tests".into(), key, request });
    let command = new_member("Another", None, &[Role::Member]);
    yard.firm.commands.handle(sender, command).await.map(|done| done.replayed)
}

#[tokio::test]
async fn a_tenant_moves_to_another_server_with_its_log_its_keys_and_its_answers() {
    let (here, there) = (Yard::new().await, Yard::apart().await);
    let events = here.work().await;
    let file = here.put_file("a drawing").await;
    here.export("a.tar").await;
    let arrived = import(&here, &there, "moved", true).await.expect("imported");
    // The same id, because it was free there, and the same log.
    let tenant = arrived.tenant.id;
    assert_eq!((tenant, arrived.position), (here.firm.id(), events));
    let tenants = &there.firm.tenant.tenants;
    let audited = verify(tenants, tenant, &there.signer, |_| {}).await.expect("readable");
    assert_eq!((audited.fault, audited.events), (None, events));
    let at_home = verify(&here.firm.tenant.tenants, tenant, &here.signer, |_| {}).await;
    assert_eq!(at_home.expect("readable").root, audited.root);
    // Claims are folded anew, from texts that open.
    let keys = &there.firm.tenant.keys;
    let claimed = claims::verify(tenants, keys, tenant).await.expect("readable");
    assert_eq!((claimed.claims, claimed.differences), (6, Vec::new()));
    let email = format!("m3@{}.example", here.firm.tenant.slug);
    let found = member_by_email(tenants, keys, tenant, &email).await;
    assert!(found.expect("readable").is_some(), "the digest is the same under the same secret");
    // What was answered before is answered again.
    assert!(repeat(&there, tenant, 3).await.expect("the same answer"));
    // Files are there, and the host leads to it.
    let stored = there.files.of(tenant).get(file).await.expect("own folder");
    assert_eq!(stored.expect("the file").size, 9);
    let found = there.firm.tenant.platform.tenant_of_host("moved.test").await;
    let found = found.expect("the catalogue").expect("the tenant");
    assert_eq!((found.id, &*found.state), (tenant, "active"));
    // And it goes on.
    let sender = Sender::new(tenant, Actor::Operator, Via::Api);
    let command = new_member("Late", Some("late@moved.test"), &[Role::Member]);
    let done = there.firm.commands.handle(sender, command).await.expect("a new member");
    assert_eq!(done.position, events + 1);
}

#[tokio::test]
async fn an_import_that_is_run_again_changes_nothing_and_one_log_is_one_tenant() {
    let (here, there) = (Yard::new().await, Yard::apart().await);
    here.work().await;
    here.export("a.tar").await;
    let first = import(&here, &there, "twice", true).await.expect("imported");
    let second = import(&here, &there, "twice", true).await.expect("the same");
    assert_eq!(first.tenant.id, second.tenant.id);
    let refused = import(&here, &there, "thrice", true).await;
    assert!(matches!(refused, Err(ImportError::LogThere(slug)) if slug == "twice"));
    // Where it came from, too.
    let refused = import(&here, &here, "home", true).await;
    assert!(matches!(refused, Err(ImportError::LogThere(_))));
    // A run that was cut off before its hosts led anywhere is completed.
    let platform = &there.firm.tenant.platform;
    platform.set_state(first.tenant.id, super::import::ARRIVING).await.expect("the catalogue");
    import(&here, &there, "twice", true).await.expect("completed");
    let record = platform.tenant_by_id(first.tenant.id).await.expect("the catalogue");
    assert_eq!(record.expect("the tenant").state, "active");
    // What has gone on since is not what the file says.
    let sender = Sender::new(first.tenant.id, Actor::Operator, Via::Api);
    let command = new_member("Late", None, &[Role::Member]);
    there.firm.commands.handle(sender, command).await.expect("a new member");
    assert!(matches!(import(&here, &there, "twice", true).await, Err(ImportError::LogThere(_))));
}

#[tokio::test]
async fn without_its_keys_a_tenant_is_an_archive_whose_texts_read_as_erased() {
    let (here, there) = (Yard::new().await, Yard::apart().await);
    let events = here.work().await;
    here.export("a.tar").await;
    let (path, host) = (here.path("a.tar"), "archive.test");
    let arrival =
        Arrival { path: &path, key_file: None, without_keys: false, slug: "archive", host };
    let refused = load(&there.lifecycle(), &arrival, &[], |_| {}).await;
    assert!(matches!(refused, Err(ImportError::NeedsKeys)), "{refused:?}");
    let arrived = import(&here, &there, "archive", false).await.expect("imported");
    let tenant = arrived.tenant.id;
    let record = there.firm.tenant.platform.tenant_by_id(tenant).await.expect("the catalogue");
    assert_eq!(record.expect("the tenant").state, "suspended");
    let tenants = &there.firm.tenant.tenants;
    let audited = verify(tenants, tenant, &there.signer, |_| {}).await.expect("readable");
    assert_eq!((audited.fault, audited.events), (None, events));
    let claimed = claims::verify(tenants, &there.firm.tenant.keys, tenant).await;
    let claimed = claimed.expect("erased texts are no error");
    assert_eq!((claimed.claims, claimed.differences), (0, Vec::new()));
}

#[tokio::test]
async fn nothing_is_made_of_an_export_that_is_not_sound_or_whose_key_is_another() {
    let (here, there) = (Yard::new().await, Yard::apart().await);
    here.work().await;
    here.export("a.tar").await;
    let whole = std::fs::read(here.path("a.tar")).expect("the export");
    let mut bytes = whole.clone();
    let at = bytes.windows(11).position(|it| it == b"MemberAdded").expect("an event");
    bytes[at] = b'N';
    std::fs::write(here.path("a.tar"), bytes).expect("written");
    let refused = import(&here, &there, "bad", true).await;
    assert!(matches!(&refused, Err(ImportError::File(_))), "{refused:?}");
    assert!(
        refused.unwrap_err().to_string().contains("log/000001.ndjson: the event at position 1")
    );
    std::fs::write(here.path("a.tar"), whole).expect("written");
    let key = "0".repeat(64);
    std::fs::write(here.path("export.key"), key).expect("written");
    let refused = import(&here, &there, "bad", true).await;
    assert!(matches!(refused, Err(ImportError::WrongKeyFile)), "{refused:?}");
    assert_eq!(there.firm.tenant.platform.tenant_by_slug("bad").await.expect("read"), None);
    let heads = there.firm.tenant.tenants.heads().await.expect("the sweeper");
    assert!(heads.iter().all(|(tenant, _)| *tenant != here.firm.id()));
}

#[tokio::test]
async fn a_slug_or_host_that_is_taken_leaves_nothing_behind() {
    let (here, there) = (Yard::new().await, Yard::apart().await);
    here.work().await;
    here.export("a.tar").await;
    let taken = there.firm.tenant.slug.clone();
    let refused = import(&here, &there, &taken, true).await;
    assert!(matches!(refused, Err(ImportError::Provision(_))), "{refused:?}");
    import(&here, &there, "free", true).await.expect("nothing is in its way");
}
