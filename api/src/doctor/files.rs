//! What lies in files: keys that only this account may read, and room to write durably.

use std::fs::{self, File};
use std::io::Write;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use migrations::doctor::Finding;
use nix::sys::statvfs::statvfs;
use nix::unistd::Uid;

/// The least room that is left without a word, in bytes and as a share of the whole.
const ROOM_BYTES: u64 = 1 << 30;
const ROOM_SHARE: u64 = 20;

/// Keys that others could read or that are another account's. No folder yet is fine: it's made
/// with the keys.
pub(super) fn keys(data_dir: &Path) -> Vec<Finding> {
    let folder = data_dir.join("keys");
    let Ok(entries) = fs::read_dir(&folder) else { return unreadable(&folder) };
    let paths = entries.filter_map(|entry| Some(entry.ok()?.path()));
    std::iter::once(folder.clone()).chain(paths).filter_map(|path| key(&path)).collect()
}

fn unreadable(folder: &Path) -> Vec<Finding> {
    if !folder.exists() {
        return Vec::new();
    }
    let remedy = format!("{} can't be read: chown it to the service's account", folder.display());
    vec![Finding { check: "key_files", remedy }]
}

fn key(path: &Path) -> Option<Finding> {
    let found = fs::metadata(path).ok()?;
    let (mode, me) = (found.mode() & 0o777, Uid::effective());
    let sound = if found.is_dir() { 0o700 } else { 0o600 };
    let name = path.display();
    let remedy = if mode & 0o077 != 0 {
        format!("{name} has mode {mode:o}: chmod {sound:o} {name}, and think of the key as known")
    } else if found.uid() != me.as_raw() && !me.is_root() {
        format!("{name} is another account's: chown it to the service's account")
    } else {
        return None;
    };
    Some(Finding { check: "key_files", remedy })
}

/// Whether the data directory takes a file durably, and how much room there is.
pub(super) fn storage(data_dir: &Path) -> Vec<Finding> {
    let mut found = Vec::new();
    let name = data_dir.display();
    if let Err(error) = fs::create_dir_all(data_dir).and_then(|()| write_durably(data_dir)) {
        let remedy = format!("{name} can't be written: {error}; chown it to the service's account");
        found.push(Finding { check: "storage", remedy });
    }
    if let Ok(room) = statvfs(data_dir) {
        let (block, all) = (room.fragment_size(), room.blocks());
        let free = room.blocks_available();
        if free * block < ROOM_BYTES || free * ROOM_SHARE < all {
            let remedy = format!(
                "{name} has {} MiB left: make room before the log and the database can't grow",
                free * block >> 20
            );
            found.push(Finding { check: "storage_room", remedy });
        }
    }
    found
}

/// A file that is written, synced, renamed and read, as keys and uploads are.
fn write_durably(folder: &Path) -> std::io::Result<()> {
    let id = std::process::id();
    let (draft, path) =
        (folder.join(format!(".doctor-{id}.draft")), folder.join(format!(".doctor-{id}")));
    let mut file = File::create_new(&draft)?;
    let written = file
        .write_all(b"doctor")
        .and_then(|()| file.sync_all())
        .and_then(|()| fs::rename(&draft, &path))
        .and_then(|()| File::open(folder)?.sync_all())
        .and_then(|()| fs::read(&path));
    for path in [&draft, &path] {
        if let Err(error) = fs::remove_file(path)
            && error.kind() != std::io::ErrorKind::NotFound
        {
            return Err(error);
        }
    }
    match written?.as_slice() {
        b"doctor" => Ok(()),
        _ => Err(std::io::Error::other("it does not keep what was written")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn a_key_that_others_can_read_is_named() {
        let data = tempfile::tempdir().expect("a folder");
        assert_eq!(keys(data.path()), [], "no key yet");
        let folder = data.path().join("keys");
        let (good, bad) = (folder.join("good"), folder.join("bad"));
        fs::create_dir(&folder).expect("own folder");
        let mode = |path: &Path, mode| {
            fs::set_permissions(path, fs::Permissions::from_mode(mode)).expect("own file");
        };
        mode(&folder, 0o700);
        for (path, bits) in [(&good, 0o600), (&bad, 0o640)] {
            fs::write(path, "secret").expect("own file");
            mode(path, bits);
        }
        let found = keys(data.path());
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(found[0].remedy.contains("bad has mode 640: chmod 600"), "{found:?}");
        mode(&folder, 0o755);
        assert_eq!(keys(data.path()).len(), 2);
    }

    #[test]
    fn a_folder_that_is_none_is_found_and_one_that_is_stays_empty() {
        let data = tempfile::tempdir().expect("a folder");
        let check = |path: &Path| storage(path).iter().any(|finding| finding.check == "storage");
        assert!(!check(data.path()));
        assert_eq!(fs::read_dir(data.path()).expect("it is there").count(), 0);
        let file = data.path().join("file");
        fs::write(&file, "").expect("own file");
        assert!(check(&file.join("below")));
    }
}
