//! Files on a real database and a real disk: what the log says of a content is what is in the
//! store, nothing stays behind, and what was changed is not given out.

use std::sync::Arc;

use bytes::Bytes;
use domain::log::Actor;
use domain::members::{Grant, Role};
use futures::StreamExt;
use migrations::files::{FileStore, ObjectName, TenantFiles};
use migrations::keys::TenantKeys;
use migrations::testing::random_id;
use tempfile::TempDir;

use super::*;
use crate::members::grants::GiveGrant;
use crate::testing::{Firm, refused};

pub(super) struct Desk {
    pub(super) firm: Firm,
    pub(super) files: TenantFiles,
    folder: Arc<TempDir>,
}

impl Desk {
    pub(super) async fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let store = FileStore::local(&folder.path().join("files")).expect("a store");
        let firm = Firm::new().await;
        let files = store.of(firm.id());
        Desk { firm, files, folder: Arc::new(folder) }
    }

    /// The same desk in a process that has none of this one's keys in memory.
    pub(super) fn with_nothing_in_memory(&self) -> Self {
        let (files, folder) = (self.files.clone(), self.folder.clone());
        Desk { firm: self.firm.in_another_process(), files, folder }
    }

    async fn keys(&self) -> Arc<TenantKeys> {
        self.firm.tenant.keys.of(self.firm.id()).await.expect("keys")
    }

    /// Sends a content in pieces and has the log say so.
    pub(super) async fn keep(
        &self,
        actor: Actor,
        kind: FileKind,
        owner: MemberId,
        content: &[u8],
    ) -> Result<FileId, CommandError> {
        let file = FileId(random_id());
        let mut receiver =
            Receiver::begin(&self.files, &self.keys().await, kind, file).expect("a store");
        for piece in content.chunks(50_000) {
            receiver.write(&Bytes::copy_from_slice(piece)).await.expect("taken");
        }
        let (content, key) = receiver.finish().await.expect("durable");
        let name = "scan.pdf".to_owned();
        let command = StoreFile { file, kind, owner, about: None, name, content, key };
        self.firm.send(actor, command).await.map(|_| file)
    }

    pub(super) async fn read(&self, file: FileId) -> Result<Vec<u8>, ReadError> {
        let (tenants, id) = (&self.firm.tenant.tenants, self.firm.id());
        let mut tx = tenants.begin(id).await.expect("a transaction");
        let (state, _) = file_of(&mut tx, file).await.expect("the log");
        let stored = state.kept().expect("it is kept").clone();
        let keys = self.keys().await;
        keys.load(&mut tx, &[File::key(file)]).await.expect("keys");
        tx.commit().await.expect("read");
        let mut bytes = open(&self.files, &keys, &stored).await?.bytes;
        let mut whole = Vec::new();
        while let Some(piece) = bytes.next().await {
            whole.extend_from_slice(&piece?);
        }
        Ok(whole)
    }

    /// The object of a file as it lies on the disk.
    pub(super) fn object(&self, kind: FileKind, file: FileId) -> std::path::PathBuf {
        let tenant = self.firm.id().0.simple().to_string();
        let folder = self.folder.path().join("files/t").join(tenant).join(kind.as_str());
        folder.join(file.to_string())
    }
}

pub(super) fn pdf(bytes: usize) -> Vec<u8> {
    let mut content = b"%PDF-1.7\n".to_vec();
    content.extend((0..bytes).map(|n| (n % 251) as u8));
    content
}

#[tokio::test]
async fn a_content_comes_back_as_it_was_and_lies_sealed_on_the_disk() {
    let desk = Desk::new().await;
    let member = desk.firm.member(&[Role::Member]).await;
    // In memory, and longer than that.
    for size in [100, 3 << 20] {
        let content = pdf(size);
        let by = Actor::Member(member);
        let file = desk.keep(by, FileKind::SickNote, member, &content).await.expect("kept");
        assert_eq!(desk.read(file).await.expect("given"), content);
        let raw = std::fs::read(desk.object(FileKind::SickNote, file)).expect("an object");
        assert!(!raw.windows(9).any(|window| window == b"%PDF-1.7\n"), "sealed");
        assert_eq!(desk.with_nothing_in_memory().read(file).await.expect("given"), content);
    }
}

#[tokio::test]
async fn what_was_changed_in_the_store_is_not_given_out() {
    let desk = Desk::new().await;
    let admin = desk.firm.member(&[Role::Admin]).await;
    for (kind, size) in [(FileKind::Document, 100), (FileKind::Contract, 3 << 20)] {
        let file = desk.keep(Actor::Member(admin), kind, admin, &pdf(size)).await.expect("kept");
        let path = desk.object(kind, file);
        let mut raw = std::fs::read(&path).expect("an object");
        let last = raw.len() - 1;
        raw[last] ^= 1;
        std::fs::write(&path, &raw).expect("own folder");
        assert!(matches!(desk.read(file).await, Err(ReadError::Changed)));
        std::fs::remove_file(&path).expect("own folder");
        assert!(matches!(desk.read(file).await, Err(ReadError::Changed)));
    }
}

#[tokio::test]
async fn a_removed_file_can_not_be_read_by_whoever_has_a_copy_of_its_object() {
    let desk = Desk::new().await;
    let member = desk.firm.member(&[Role::Member]).await;
    let by = Actor::Member(member);
    let file = desk.keep(by, FileKind::Medical, member, &pdf(10)).await.expect("kept");
    let path = desk.object(FileKind::Medical, file);
    let copy = std::fs::read(&path).expect("an object");
    let (tenants, keys) = (&desk.firm.tenant.tenants, &desk.firm.tenant.keys);
    let mut tx = tenants.begin(desk.firm.id()).await.expect("a transaction");
    let (stored, _) = file_of(&mut tx, file).await.expect("the log");
    tx.commit().await.expect("read");
    let remove = RemoveFile { file, expected_version: None };
    desk.firm.send(by, remove).await.expect("theirs");
    assert_eq!(desk.firm.send(by, remove).await, Err(CommandError::NotFound));
    let name = ObjectName { kind: FileKind::Medical, id: file };
    for _ in 0..2 {
        destroy(tenants, keys, &desk.files, name).await.expect("destroyed");
    }
    assert!(!path.exists());
    std::fs::write(&path, copy).expect("from a backup");
    let stored = stored.kept().expect("then").clone();
    let opened = open(&desk.files, &desk.keys().await, &stored).await;
    assert!(matches!(opened, Err(ReadError::Erased)));
}

#[tokio::test]
async fn a_sweep_destroys_what_no_file_has_and_nothing_young() {
    let desk = Desk::new().await;
    let member = desk.firm.member(&[Role::Member]).await;
    let by = Actor::Member(member);
    let kept = desk.keep(by, FileKind::Document, member, &pdf(10)).await.expect("kept");
    let orphan = ObjectName { kind: FileKind::Document, id: FileId(random_id()) };
    desk.files.put(orphan, &Bytes::from_static(b"orphan")).await.expect("written");
    let (tenants, keys) = (&desk.firm.tenant.tenants, &desk.firm.tenant.keys);
    let now = crate::clock::Clock::system().now();
    let swept = sweep(tenants, keys, &desk.files, now).await.expect("swept");
    assert_eq!(swept, Swept { objects: 2, destroyed: 0 });
    let later = now + jiff::SignedDuration::from_hours(25);
    let swept = sweep(tenants, keys, &desk.files, later).await.expect("swept");
    assert_eq!(swept, Swept { objects: 2, destroyed: 1 });
    assert_eq!(desk.read(kept).await.expect("still there"), pdf(10));
}

#[tokio::test]
async fn who_may_keep_and_remove_what_is_the_policys_to_say() {
    let desk = Desk::new().await;
    let [admin, member, auditor] = [Role::Admin, Role::Member, Role::Auditor];
    let admin = desk.firm.member(&[admin]).await;
    let member = desk.firm.member(&[member]).await;
    let auditor = desk.firm.member(&[auditor]).await;
    let keep = |by, kind, owner| {
        let desk = &desk;
        async move { desk.keep(Actor::Member(by), kind, owner, &pdf(1)).await }
    };
    let forbidden = Err(CommandError::Forbidden);
    assert_eq!(keep(member, FileKind::Document, admin).await, forbidden);
    assert_eq!(keep(member, FileKind::Contract, member).await, forbidden);
    assert_eq!(keep(auditor, FileKind::Document, auditor).await, forbidden);
    let nobody = MemberId(random_id());
    let unknown = keep(admin, FileKind::Document, nobody).await;
    assert_eq!(unknown, Err(CommandError::NotFound));
    let note = keep(admin, FileKind::SickNote, member).await.expect("on their behalf");
    let remove = |file| RemoveFile { file, expected_version: None };
    let hidden = desk.firm.send(Actor::Member(admin), remove(note)).await;
    assert_eq!(hidden, Err(CommandError::NotFound), "what an admin can't see is not there");
    let contract = keep(admin, FileKind::Contract, member).await.expect("of theirs");
    let seen = desk.firm.send(Actor::Member(member), remove(contract)).await;
    assert_eq!(seen, Err(CommandError::Forbidden), "they see it, and it stays");
    let grant = GiveGrant { member: auditor, grant: Grant::Reader(note) };
    desk.firm.send(Actor::Member(member), grant).await.expect("theirs to show");
    desk.firm.send(Actor::Member(member), remove(note)).await.expect("theirs");
    let logo = desk.keep(Actor::Member(admin), FileKind::Logo, admin, &pdf(1)).await;
    assert_eq!(refused(logo.map(|_| unreachable!())), "files.type_not_taken");
}
