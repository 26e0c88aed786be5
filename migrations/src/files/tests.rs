//! The door to objects, on a real disk: what is written is there whole or not at all, tenants never
//! meet, and a folder that is not the store's own is refused.

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};

use bytes::Bytes;
use domain::files::FileKind;
use domain::id::{FileId, TenantId};
use futures::TryStreamExt;
use tempfile::TempDir;
use uuid::Uuid;

use super::*;
use crate::testing::random_id;

fn name(id: u128) -> ObjectName {
    ObjectName { kind: FileKind::Document, id: FileId(Uuid::from_u128(id)) }
}

fn tenant() -> TenantId {
    TenantId(random_id())
}

fn disk() -> (TempDir, FileStore) {
    let folder = tempfile::tempdir().expect("a folder");
    let store = FileStore::local(&folder.path().join("files")).expect("a folder of its own");
    (folder, store)
}

async fn read(files: &TenantFiles, name: ObjectName) -> Option<Vec<u8>> {
    let found = files.get(name).await.expect("the store answers")?;
    let bytes: Vec<Bytes> = found.bytes.try_collect().await.expect("the whole of it");
    assert_eq!(bytes.iter().map(Bytes::len).sum::<usize>() as u64, found.size);
    Some(bytes.concat())
}

/// In order.
async fn names(files: &TenantFiles) -> Vec<(ObjectName, u64)> {
    let listed: Vec<Listed> = files.list().try_collect().await.expect("a list");
    let mut names: Vec<_> = listed.iter().map(|it| (it.name, it.size)).collect();
    names.sort_unstable();
    names
}

#[tokio::test]
async fn an_object_is_written_read_listed_and_destroyed() {
    let (_folder, store) = disk();
    store.check().await.expect("a store that answers");
    let files = store.of(tenant());
    // Longer than two parts, so that it goes in pieces; and one that has none.
    let long = Bytes::from(vec![7; (2 * files_part(&store)) + 1]);
    assert_eq!(files.put(name(1), &long).await.expect("written"), long.len() as u64);
    assert_eq!(files.put(name(2), &Bytes::new()).await.expect("written"), 0);
    assert_eq!(read(&files, name(1)).await.as_deref(), Some(&*long));
    assert_eq!(read(&files, name(2)).await.as_deref(), Some(&[][..]));
    let some = files.get_range(name(1), 3..7).await.expect("answers").expect("is there");
    let some: Vec<Bytes> = some.bytes.try_collect().await.expect("four bytes");
    assert_eq!(some.concat(), [7; 4]);
    assert_eq!(names(&files).await, [(name(1), long.len() as u64), (name(2), 0)]);
    files.delete(name(1)).await.expect("destroyed");
    files.delete(name(1)).await.expect("destroyed already");
    assert_eq!(read(&files, name(1)).await, None);
    assert_eq!(names(&files).await, [(name(2), 0)]);
}

fn files_part(store: &FileStore) -> usize {
    store.place.part_bytes
}

#[tokio::test]
async fn an_upload_that_is_not_finished_leaves_nothing() {
    let (folder, store) = disk();
    let files = store.of(tenant());
    let piece = Bytes::from(vec![1; files_part(&store) + 1]);
    let mut upload = files.upload(name(1)).expect("a key");
    upload.write(&piece).await.expect("a part");
    assert_eq!(read(&files, name(1)).await, None);
    assert_eq!(names(&files).await, []);
    upload.abort().await;
    let mut left = walk(folder.path());
    left.retain(|path| path.is_file());
    assert!(left.is_empty(), "{left:?}");
}

fn walk(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            found.extend(walk(&path));
        }
        found.push(path);
    }
    found
}

#[tokio::test]
async fn tenants_with_the_same_names_never_meet() {
    let (folder, store) = disk();
    let (one, other) = (store.of(tenant()), store.of(tenant()));
    one.put(name(1), &Bytes::from_static(b"one")).await.expect("written");
    assert_eq!(read(&other, name(1)).await, None);
    other.put(name(1), &Bytes::from_static(b"other")).await.expect("written");
    assert_eq!(read(&one, name(1)).await.as_deref(), Some(&b"one"[..]));
    assert_eq!(names(&one).await, [(name(1), 3)]);
    let hex = one.tenant().0.simple().to_string();
    let id = name(1).id;
    let path = folder.path().join("files/t").join(hex).join("document").join(id.to_string());
    assert!(path.is_file(), "{path:?}");
    assert_eq!(one.delete_all().await.expect("all destroyed"), 1);
    assert!(!path.parent().and_then(Path::parent).expect("the tenant's folder").exists());
    assert_eq!(read(&other, name(1)).await.as_deref(), Some(&b"other"[..]));
    assert_eq!(one.delete_all().await.expect("nothing left"), 0);
}

#[tokio::test]
async fn a_copy_for_another_tenant_is_bytes_of_its_own() {
    let (_folder, store) = disk();
    let (_another, elsewhere) = disk();
    let (source, same) = (store.of(tenant()), store.of(tenant()));
    let far = elsewhere.of(tenant());
    source.put(name(1), &Bytes::from_static(b"one")).await.expect("written");
    for copy in [&same, &far] {
        assert!(copy.copy_from(&source, name(1)).await.expect("copied"));
        assert!(!copy.copy_from(&source, name(2)).await.expect("there is none"));
    }
    source.put(name(1), &Bytes::from_static(b"two")).await.expect("written anew");
    for copy in [&same, &far] {
        assert_eq!(read(copy, name(1)).await.as_deref(), Some(&b"one"[..]));
    }
}

#[tokio::test]
async fn what_somebody_else_put_into_the_folder_is_no_object() {
    let (folder, store) = disk();
    let files = store.of(tenant());
    files.put(name(1), &Bytes::from_static(b"one")).await.expect("written");
    let own = folder.path().join("files/t").join(files.tenant().0.simple().to_string());
    fs::write(own.join("document/README"), "hello").expect("own folder");
    assert_eq!(names(&files).await, [(name(1), 3)]);
    assert_eq!(files.delete_all().await.expect("all destroyed"), 2);
}

#[tokio::test]
async fn no_object_is_reached_through_a_link() {
    let (folder, store) = disk();
    let secret = folder.path().join("secret");
    fs::write(&secret, "secret").expect("own folder");
    let files = store.of(tenant());
    files.put(name(1), &Bytes::from_static(b"one")).await.expect("written");
    let own = folder.path().join("files/t").join(files.tenant().0.simple().to_string());
    symlink(&secret, own.join("document").join(name(2).id.to_string())).expect("a link");
    symlink(folder.path(), own.join("medical")).expect("a link");
    let medical = ObjectName { kind: FileKind::Medical, id: name(3).id };
    for linked in [name(2), medical] {
        assert!(matches!(files.get(linked).await, Err(FileError::Place { .. })));
        assert!(matches!(files.upload(linked), Err(FileError::Place { .. })));
    }
    assert_eq!(names(&files).await, [(name(1), 3)]);
    files.delete_all().await.expect("all destroyed");
    assert_eq!(fs::read_to_string(&secret).expect("it's not ours"), "secret");
}

#[test]
fn a_folder_that_is_not_the_stores_own_is_refused_with_what_to_do() {
    let folder = tempfile::tempdir().expect("a folder");
    let real = folder.path().join("real");
    FileStore::local(&real).expect("made");
    assert_eq!(fs::metadata(&real).expect("there").permissions().mode() & 0o777, 0o700);
    let link = folder.path().join("link");
    symlink(&real, &link).expect("a link");
    let refused = |path: &Path| FileStore::local(path).expect_err("refused").to_string();
    assert!(refused(&link).ends_with("is a link; name the folder that it leads to"));
    fs::set_permissions(&real, fs::Permissions::from_mode(0o750)).expect("own folder");
    assert!(refused(&real).ends_with("set its mode to 0700"));
    let file = folder.path().join("file");
    fs::write(&file, "").expect("own folder");
    assert!(refused(&file).ends_with("is no folder"));
    assert!(matches!(FileStore::at("file://relative"), Err(FileError::Address(_))));
}
