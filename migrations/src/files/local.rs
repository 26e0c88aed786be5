//! Objects as files of this machine. The folder is the store's own: nobody else can enter it, no
//! link leads into or out of it, and names that differ in case differ on its disk.

use std::fs::{self, DirBuilder, File};
use std::io;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};

use domain::files::FileKind;
use jiff::Timestamp;
use object_store::local::LocalFileSystem;
use object_store::path::Path as Key;

use super::FileError;

/// The store over `folder`, and its real path.
pub(super) fn open(folder: &Path) -> Result<(LocalFileSystem, PathBuf), FileError> {
    let wrong = |why: String| FileError::Place { path: folder.to_owned(), why };
    let io = |error: io::Error| wrong(error.to_string());
    match fs::symlink_metadata(folder) {
        Ok(metadata) if metadata.is_symlink() => {
            return Err(wrong("is a link; name the folder that it leads to".to_owned()));
        }
        Ok(metadata) if !metadata.is_dir() => {
            return Err(wrong("is no folder".to_owned()));
        }
        Ok(metadata) if metadata.permissions().mode() & 0o077 != 0 => {
            return Err(wrong("can be entered by others: set its mode to 0700".to_owned()));
        }
        Ok(metadata) if metadata.uid() != nix::unistd::geteuid().as_raw() => {
            return Err(wrong("belongs to another user of this machine".to_owned()));
        }
        Ok(_) => {}
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            DirBuilder::new().recursive(true).mode(0o700).create(folder).map_err(io)?;
        }
        Err(error) => return Err(io(error)),
    }
    let folder = folder.canonicalize().map_err(io)?;
    if folds_case(&folder).map_err(io)? {
        return Err(wrong("takes names that differ in case for one: use another disk".to_owned()));
    }
    let store = LocalFileSystem::new_with_prefix(&folder)?.with_fsync(true);
    Ok((store, folder))
}

fn folds_case(folder: &Path) -> io::Result<bool> {
    let name = super::random_name();
    let probe = folder.join(format!("probe-{name}-a"));
    File::create_new(&probe)?;
    let folded = folder.join(format!("probe-{name}-A")).exists();
    fs::remove_file(&probe)?;
    Ok(folded)
}

/// Refuses a key whose file, or any folder above it, is a link.
pub(super) fn refuse_links(folder: &Path, key: &Key) -> Result<(), FileError> {
    let mut path = folder.to_owned();
    for part in key.as_ref().split('/') {
        path.push(part);
        match fs::symlink_metadata(&path) {
            Ok(metadata) if metadata.is_symlink() => {
                let why = "is a link, and no object is reached through one".to_owned();
                return Err(FileError::Place { path, why });
            }
            Ok(_) => {}
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            Err(error) => return Err(FileError::Place { path, why: error.to_string() }),
        }
    }
    Ok(())
}

/// Makes it durable that a file of this key is gone.
pub(super) fn sync_folder_of(folder: &Path, key: &Key) -> Result<(), FileError> {
    let mut path = folder.join(key.as_ref());
    path.pop();
    match File::open(&path).and_then(|folder| folder.sync_all()) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            Err(FileError::Place { path, why: error.to_string() })
        }
        Ok(()) | Err(_) => Ok(()),
    }
}

/// What lies in a tenant's folder, with its length and when it was written. Links are not
/// followed: what they lead to is not the tenant's.
pub(super) fn list(folder: &Path, tenant: &Key) -> Result<Vec<(Key, u64, Timestamp)>, FileError> {
    let mut found = Vec::new();
    refuse_links(folder, tenant)?;
    for kind in FileKind::ALL {
        let key = tenant.clone().join(kind.as_str());
        let path = folder.join(key.as_ref());
        let wrong = |why: io::Error| FileError::Place { path: path.clone(), why: why.to_string() };
        match fs::symlink_metadata(&path) {
            Ok(metadata) if metadata.is_dir() => {}
            Ok(_) | Err(_) => continue,
        }
        for entry in fs::read_dir(&path).map_err(wrong)? {
            let entry = entry.map_err(wrong)?;
            let metadata = match entry.metadata() {
                Ok(metadata) if metadata.is_file() => metadata,
                // Destroyed meanwhile, or nothing of ours.
                Ok(_) | Err(_) => continue,
            };
            let written_at = metadata.modified().ok().and_then(|at| Timestamp::try_from(at).ok());
            let name = entry.file_name();
            if let (Some(name), Some(written_at)) = (name.to_str(), written_at) {
                found.push((key.clone().join(name), metadata.len(), written_at));
            }
        }
    }
    Ok(found)
}

/// Removes a tenant's folder with all that lies in it; answers how many objects that were.
pub(super) fn remove_all(folder: &Path, tenant: &Key) -> Result<u64, FileError> {
    let count = list(folder, tenant)?.len() as u64;
    let path = folder.join(tenant.as_ref());
    match fs::remove_dir_all(&path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            Err(FileError::Place { path, why: error.to_string() })
        }
        Ok(()) | Err(_) => sync_folder_of(folder, tenant).map(|()| count),
    }
}
