//! Where the unix socket lies. The folder is 0700, which is all the protection the socket has and
//! needs, and its path is short, because the kernel takes 107 bytes at most; a data directory with
//! a long path, or one that the server's account cannot enter, has its socket elsewhere, under a
//! name made from its path.

use std::fs::{self, DirBuilder};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{DirBuilderExt, MetadataExt};
use std::path::{Path, PathBuf};

use ring::digest::{SHA256, digest};

use super::account::Account;
use super::errors::EmbeddedError;
use super::home::Home;

/// The port is only a part of the socket's file name.
pub(super) const PORT: u16 = 5432;

/// The longest socket path that is used, in bytes.
const PATH_LIMIT: usize = 99;

/// Makes the folder of the socket and gives it to the account.
pub(super) fn make_folder(home: &Home, account: &Account) -> Result<PathBuf, EmbeddedError> {
    let mut tried = Vec::new();
    for folder in candidates(home, account) {
        match usable(&folder, account) {
            Ok(()) => return Ok(folder),
            Err(why) => tried.push(format!("{}: {why}", folder.display())),
        }
    }
    Err(EmbeddedError::NoSocketFolder { tried: tried.join("; ") })
}

/// Removes the folder again if it lies outside the data directory.
pub(super) fn remove_folder(home: &Home, folder: &Path) {
    if !folder.starts_with(home.root()) {
        // Another server may have begun to use it: then it is not empty and stays.
        let _ = fs::remove_dir(folder);
    }
}

fn candidates(home: &Home, account: &Account) -> Vec<PathBuf> {
    let hash = digest(&SHA256, home.root().as_os_str().as_bytes());
    let hash: String = hash.as_ref()[..8].iter().map(|byte| format!("{byte:02x}")).collect();
    let name = format!("crowdminder-{hash}");
    let elsewhere = match std::env::var_os("XDG_RUNTIME_DIR") {
        _ if account.stepped_down() => Some(PathBuf::from("/run")),
        Some(folder) => Some(PathBuf::from(folder)).filter(|folder| folder.is_absolute()),
        None => None,
    };
    let folders = elsewhere.into_iter().chain([PathBuf::from("/tmp")]);
    [home.root().join("socket")].into_iter().chain(folders.map(|f| f.join(&name))).collect()
}

fn usable(folder: &Path, account: &Account) -> Result<(), String> {
    let socket = folder.join(format!(".s.PGSQL.{PORT}"));
    if socket.as_os_str().len() > PATH_LIMIT || folder.to_str().is_none() {
        return Err(format!("its path is longer than {PATH_LIMIT} bytes or not UTF-8"));
    }
    if !folder.parent().is_some_and(|parent| account.reaches(parent)) {
        return Err("the server's account cannot enter it".into());
    }
    match DirBuilder::new().mode(0o700).create(folder) {
        Ok(()) => account.own(folder).map_err(|error| error.to_string())?,
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {}
        Err(error) => return Err(error.to_string()),
    }
    // In a folder that everybody may write to, somebody else could have been first.
    let found = fs::symlink_metadata(folder).map_err(|error| error.to_string())?;
    if !found.is_dir() || found.mode() & 0o077 != 0 || found.uid() != account.uid() {
        return Err("it is there already and not private to the server's account".into());
    }
    Ok(())
}
