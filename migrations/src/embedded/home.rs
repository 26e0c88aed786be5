//! The data directory and the two locks in it that decide who may start and who must stop the
//! server. Both are `flock` locks, because the kernel lets them go with the process, whatever kills
//! it: `postgres.lock` is held, alone, by every process of a running server, and `postgres.users`,
//! shared, by every user of it. What others keep in the data directory (keys, files) is none of our
//! business here.

use std::fs::{self, DirBuilder, File, OpenOptions, TryLockError};
use std::io::{Read, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::errors::{EmbeddedError, while_doing};

/// The log is put aside at a start when it is larger than this, in bytes.
const LOG_LIMIT: u64 = 16 * 1024 * 1024;

/// A data directory that exists.
#[derive(Debug, Clone)]
pub(super) struct Home {
    root: PathBuf,
}

/// What a running server says about itself in `postmaster.pid`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Postmaster {
    pub(super) pid: u32,
    pub(super) port: u16,
    pub(super) socket_dir: PathBuf,
    pub(super) ready: bool,
}

impl Home {
    /// Makes the data directory if it is absent. `mode` are the permission bits of a new one.
    pub(super) fn open(data_dir: &Path, mode: u32) -> Result<Self, EmbeddedError> {
        if !data_dir.is_dir() {
            if let Some(parent) = data_dir.parent() {
                fs::create_dir_all(parent).map_err(while_doing("make the folder", parent))?;
            }
            match DirBuilder::new().mode(mode).create(data_dir) {
                Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {}
                made => made.map_err(while_doing("make the folder", data_dir))?,
            }
        }
        let root = data_dir.canonicalize().map_err(while_doing("find the folder", data_dir))?;
        Ok(Self { root })
    }

    pub(super) fn root(&self) -> &Path {
        &self.root
    }

    pub(super) fn cluster(&self) -> PathBuf {
        self.root.join("postgres")
    }

    /// Where a cluster is made before it gets its name, so that a half-made one is never taken for
    /// a whole.
    pub(super) fn fresh_cluster(&self) -> PathBuf {
        self.root.join("postgres.new")
    }

    pub(super) fn log(&self) -> PathBuf {
        self.root.join("postgres.log")
    }

    /// The major version the cluster was made by; `None` if there is no cluster yet.
    pub(super) fn cluster_version(&self) -> Result<Option<u32>, EmbeddedError> {
        let cluster = self.cluster();
        if !cluster.exists() {
            return Ok(None);
        }
        let version = fs::read_to_string(cluster.join("PG_VERSION")).ok();
        match version.and_then(|text| text.trim().parse().ok()) {
            Some(major) => Ok(Some(major)),
            None => Err(EmbeddedError::NotACluster { folder: cluster }),
        }
    }

    /// The server that last wrote `postmaster.pid`; it may be dead.
    pub(super) fn postmaster(&self) -> Option<Postmaster> {
        Postmaster::parse(&fs::read_to_string(self.cluster().join("postmaster.pid")).ok()?)
    }

    /// The server that accepts connections now.
    pub(super) fn ready_postmaster(&self) -> Option<Postmaster> {
        self.postmaster().filter(|found| found.ready && found.answers())
    }

    /// Opens the lock that users of the server share.
    pub(super) fn users_lock(&self) -> Result<File, EmbeddedError> {
        open_lock(&self.root.join("postgres.users"))
    }

    /// Takes the lock of the server if no process of a server lives in this directory.
    pub(super) fn try_server_lock(&self) -> Result<Option<File>, EmbeddedError> {
        let path = self.root.join("postgres.lock");
        let file = open_lock(&path)?;
        match file.try_lock() {
            Ok(()) => Ok(Some(file)),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(source)) => Err(while_doing("lock", &path)(source)),
        }
    }

    /// Writes down who keeps the server, for the last user to find it.
    pub(super) fn note_keeper(&self, pid: u32) -> Result<(), EmbeddedError> {
        let path = self.root.join("postgres.lock");
        fs::write(&path, pid.to_string()).map_err(while_doing("write", &path))
    }

    pub(super) fn keeper(&self) -> Option<i32> {
        fs::read_to_string(self.root.join("postgres.lock")).ok()?.trim().parse().ok()
    }

    /// Opens the log for appending and says how long it is already, in bytes.
    pub(super) fn open_log(&self) -> Result<(File, u64), EmbeddedError> {
        let path = self.log();
        let length = fs::metadata(&path).map_or(0, |found| found.len());
        if length > LOG_LIMIT {
            let aside = self.root.join("postgres.log.1");
            fs::rename(&path, aside).map_err(while_doing("put aside", &path))?;
        }
        let log = OpenOptions::new().create(true).append(true).mode(0o600).open(&path);
        let log = log.map_err(while_doing("open", &path))?;
        Ok((log, if length > LOG_LIMIT { 0 } else { length }))
    }

    /// What the log says from `offset` on, at most its last 2000 characters.
    pub(super) fn log_since(&self, offset: u64) -> String {
        let log = fs::read(self.log()).unwrap_or_default();
        let offset = usize::try_from(offset).unwrap_or(usize::MAX).min(log.len());
        let text = String::from_utf8_lossy(&log[offset..]).into_owned();
        let skipped = text.chars().count().saturating_sub(2000);
        text.chars().skip(skipped).collect()
    }
}

impl Postmaster {
    /// Reads the format that PostgreSQL keeps since version 10: eight lines, the last is the state.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let lines: Vec<&str> = text.lines().collect();
        Some(Self {
            pid: lines.first()?.trim().parse().ok()?,
            port: lines.get(3)?.trim().parse().ok()?,
            socket_dir: PathBuf::from(lines.get(4)?),
            ready: lines.get(7).is_some_and(|state| state.trim() == "ready"),
        })
    }

    /// Whether the server speaks. The kernel accepts connections for a process that is about to
    /// die, so the server is asked whether it wants TLS, which it answers before anything else.
    fn answers(&self) -> bool {
        const SSL_REQUEST: [u8; 8] = [0, 0, 0, 8, 0x04, 0xd2, 0x16, 0x2f];
        let socket = self.socket_dir.join(format!(".s.PGSQL.{}", self.port));
        let ask = || -> std::io::Result<[u8; 1]> {
            let mut stream = UnixStream::connect(socket)?;
            stream.set_read_timeout(Some(Duration::from_secs(5)))?;
            stream.write_all(&SSL_REQUEST)?;
            let mut answer = [0];
            stream.read_exact(&mut answer)?;
            Ok(answer)
        };
        ask().is_ok_and(|answer| answer == *b"N" || answer == *b"S")
    }
}

fn open_lock(path: &Path) -> Result<File, EmbeddedError> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false).mode(0o600);
    options.open(path).map_err(while_doing("open the lock", path))
}
