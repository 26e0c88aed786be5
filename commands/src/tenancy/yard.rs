//! A server with a firm at work, and everything it takes to export, import and end it, for tests.

use std::path::PathBuf;

use domain::log::{Actor, Via};
use domain::members::Role;
use migrations::files::FileStore;
use migrations::platform::TenantRecord;
use migrations::testing::{TestTenant, random_id};
use tempfile::TempDir;

use super::export::{Exported, export};
use super::lifecycle::Lifecycle;
use crate::event_log::audit::CheckpointSigner;
use crate::platform_log;
use crate::testing::{Firm, new_member};

pub(super) struct Yard {
    pub(super) firm: Firm,
    pub(super) signer: CheckpointSigner,
    pub(super) files: FileStore,
    pub(super) folder: TempDir,
}

impl Yard {
    /// A tenant on the server of this test program.
    pub(super) async fn new() -> Self {
        Yard::of(Firm::new().await).await
    }

    /// A tenant on a server of its own.
    pub(super) async fn apart() -> Self {
        Yard::of(Firm::of(TestTenant::provision_apart().await)).await
    }

    async fn of(firm: Firm) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let (keys, outside) = (folder.path().join("keys"), folder.path().join("checkpoints"));
        let signer = CheckpointSigner::in_folders(&keys, &outside).expect("own folder");
        let files = FileStore::local(&folder.path().join("files")).expect("own folder");
        let ensured =
            platform_log::ensure(&firm.commands, &firm.tenant.platform, &[], "localhost").await;
        ensured.expect("the platform's log");
        Yard { firm, signer, files, folder }
    }

    pub(super) fn lifecycle(&self) -> Lifecycle<'_> {
        Lifecycle {
            commands: &self.firm.commands,
            platform: &self.firm.tenant.platform,
            signer: &self.signer,
            files: &self.files,
            actor: Actor::Operator,
            via: Via::CommandLine,
        }
    }

    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(super) async fn record(&self) -> TenantRecord {
        let found = self.firm.tenant.platform.tenant_by_id(self.firm.id()).await;
        found.expect("the catalogue").expect("the tenant")
    }

    /// Members of the firm, one under a key, and a signed root in their midst; answers how many
    /// events there are.
    pub(super) async fn work(&self) -> i64 {
        let slug = &self.firm.tenant.slug;
        for n in 0..6 {
            let email = format!("m{n}@{slug}.example");
            let command = new_member(&format!("Member {n}"), Some(&email), &[Role::Member]);
            let key = format!("key {n}");
            self.firm.send_keyed(&key, "body", command).await.expect("a new member");
            if n == 2 {
                let (tenants, at) = (&self.firm.tenant.tenants, jiff::Timestamp::UNIX_EPOCH);
                let signed = self.signer.sign(tenants, self.firm.id(), at).await;
                signed.expect("a log").expect("a new position");
            }
        }
        self.firm.rows().await.len() as i64
    }

    /// Writes it to a file in the yard's folder.
    pub(super) async fn export(&self, name: &str) -> Exported {
        let (record, key) = (self.record().await, self.path("export.key"));
        let done = export(&self.lifecycle(), &record, &self.path(name), Some(&key), |_| {}).await;
        done.expect("an export")
    }

    /// A file of the firm: of the kind that must not be lost by any way it goes.
    pub(super) async fn put_file(&self, text: &'static str) -> migrations::files::ObjectName {
        let kind = domain::files::FileKind::Issued;
        let name = migrations::files::ObjectName { kind, id: domain::id::FileId(random_id()) };
        let files = self.files.of(self.firm.id());
        files.put(name, &bytes::Bytes::from_static(text.as_bytes())).await.expect("own folder");
        name
    }
}
