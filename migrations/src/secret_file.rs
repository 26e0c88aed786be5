//! Secrets in files of mode 0600, made once and never overwritten. A file that others can read is
//! refused, not used.

use std::fs::{self, OpenOptions};
use std::io::{ErrorKind, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

/// Why a secret can't be had.
#[derive(Debug, thiserror::Error)]
pub enum SecretFileError {
    /// Reading or writing failed.
    #[error("{path}: {source}")]
    Io {
        /// The file.
        path: PathBuf,
        /// The cause.
        source: std::io::Error,
    },
    /// Group or others may read it.
    #[error("{0} can be read by others: set its mode to 0600")]
    TooOpen(PathBuf),
}

/// The text of the secret in `path`; where there is no such file, `make`s one and keeps it.
pub fn read_or_make(path: &Path, make: impl FnOnce() -> String) -> Result<String, SecretFileError> {
    let io = |source| SecretFileError::Io { path: path.to_owned(), source };
    match fs::metadata(path) {
        Ok(metadata) if metadata.permissions().mode() & 0o077 != 0 => {
            return Err(SecretFileError::TooOpen(path.to_owned()));
        }
        Ok(_) => return Ok(fs::read_to_string(path).map_err(io)?.trim().to_owned()),
        Err(error) if error.kind() == ErrorKind::NotFound => {}
        Err(error) => return Err(io(error)),
    }
    let folder = path.parent().unwrap_or(Path::new("."));
    fs::DirBuilder::new().recursive(true).mode(0o700).create(folder).map_err(io)?;
    // Written whole beside it and then linked, so that no reader sees half a secret and the first
    // of two makers wins.
    static DRAFTS: AtomicU64 = AtomicU64::new(0);
    let n = DRAFTS.fetch_add(1, Ordering::Relaxed);
    let draft = path.with_extension(format!("draft-{}-{n}", std::process::id()));
    let secret = make();
    let mut file = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(&draft)
        .map_err(io)?;
    file.write_all(secret.as_bytes()).and_then(|()| file.sync_all()).map_err(io)?;
    let linked = fs::hard_link(&draft, path);
    fs::remove_file(&draft).map_err(io)?;
    match linked {
        Ok(()) => Ok(secret),
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {
            Ok(fs::read_to_string(path).map_err(io)?.trim().to_owned())
        }
        Err(error) => Err(io(error)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_made_once_and_refused_when_others_can_read_it() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("keys/a.key");
        assert_eq!(read_or_make(&path, || "one".into()).expect("made"), "one");
        assert_eq!(read_or_make(&path, || "two".into()).expect("read"), "one");
        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).expect("own file");
        assert!(matches!(read_or_make(&path, || "two".into()), Err(SecretFileError::TooOpen(_))));
    }
}
