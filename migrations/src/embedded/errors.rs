//! What can go wrong with the private server, in words that say what to do about it: whoever reads
//! these has just tried the program for the first time.

use std::io;
use std::path::{Path, PathBuf};

/// Why the embedded database could not be started or stopped.
#[derive(Debug, thiserror::Error)]
pub enum EmbeddedError {
    /// No folder with both `postgres` and `initdb` was found.
    #[error(
        "PostgreSQL's server is not installed (looked in {searched}); install the Debian package \
         `postgresql` (apt-get install postgresql), or set CROWDMINDER_POSTGRES_BIN to the folder \
         that holds `postgres` and `initdb`"
    )]
    NoBinaries {
        /// The folders that were looked at.
        searched: String,
    },
    /// A folder of binaries was named, but it does not hold a server.
    #[error(
        "{folder:?} does not hold both `postgres` and `initdb`; install the Debian package \
             `postgresql` or name its folder /usr/lib/postgresql/<version>/bin"
    )]
    NotBinaries {
        /// The folder that was named.
        folder: PathBuf,
    },
    /// The server that was found is not the one the data directory was made by, or is too old.
    #[error(
        "{found:?} is PostgreSQL {version}, but {wanted}; install the Debian package \
             `postgresql-{package}` or name its folder in CROWDMINDER_POSTGRES_BIN"
    )]
    WrongVersion {
        /// The folder of binaries.
        found: PathBuf,
        /// Its major version.
        version: u32,
        /// What is needed instead, as a clause.
        wanted: String,
        /// The major version whose package would do.
        package: u32,
    },
    /// A small program that keeps the server is missing.
    #[error("`{tool}` is missing; install the Debian package `util-linux`")]
    NoTool {
        /// The program's name.
        tool: &'static str,
    },
    /// The program runs as root and there is no other account to run the server under.
    #[error(
        "PostgreSQL refuses to run as root, and there is no account `postgres` or `nobody` to run \
         it under; give the data directory to another account or install the package `postgresql`"
    )]
    NoAccount,
    /// No folder for the unix socket could be had.
    #[error("no folder for PostgreSQL's unix socket: {tried}")]
    NoSocketFolder {
        /// What was tried and why it would not do.
        tried: String,
    },
    /// The folder where the cluster should be holds something else.
    #[error("{folder:?} exists but is not a PostgreSQL cluster; move it away")]
    NotACluster {
        /// The cluster's place.
        folder: PathBuf,
    },
    /// `initdb` failed.
    #[error("initdb failed: {output}")]
    Initdb {
        /// What it printed.
        output: String,
    },
    /// The server ended before it accepted connections.
    #[error("PostgreSQL did not start; its log says: {log}")]
    Refused {
        /// The end of its log.
        log: String,
    },
    /// The server was not ready, or the one before it not gone, when the time was up.
    #[error("PostgreSQL in {folder:?} was not ready after {seconds} s; see its postgres.log")]
    NotReady {
        /// The data directory.
        folder: PathBuf,
        /// How long it was waited for.
        seconds: u64,
    },
    /// The server is still there although it was told to stop.
    #[error("PostgreSQL in {folder:?} did not stop within {seconds} s")]
    StillRunning {
        /// The data directory.
        folder: PathBuf,
        /// How long it was waited for.
        seconds: u64,
    },
    /// The runtime ended while the server was being started or stopped.
    #[error("interrupted while PostgreSQL was being started or stopped")]
    Interrupted,
    /// A file operation failed.
    #[error("could not {doing} {path:?}: {source}")]
    Io {
        /// What was being done, in the infinitive.
        doing: &'static str,
        /// To which file or folder.
        path: PathBuf,
        /// The system's answer.
        source: io::Error,
    },
}

/// Turns an `io::Error` into one that names what was done to which path.
pub(super) fn while_doing(
    doing: &'static str,
    path: &Path,
) -> impl FnOnce(io::Error) -> EmbeddedError {
    let path = path.to_path_buf();
    move |source| EmbeddedError::Io { doing, path, source }
}
