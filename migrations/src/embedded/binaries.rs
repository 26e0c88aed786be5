//! Which installed PostgreSQL runs the private server: the folder that was named, else the first
//! that fits on the PATH, else the newest of Debian's. One that made the data directory goes before
//! a newer one, because a cluster can be opened by its own major version only.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::errors::{EmbeddedError, while_doing};

/// Older servers lack what our SQL uses.
const OLDEST: u32 = 15;

/// Where to look for a server.
#[derive(Debug, Clone)]
pub(super) struct Search {
    /// The folder that was named by flag or environment; nothing else is looked at then.
    pub(super) named: Option<PathBuf>,
    /// The value of `PATH`.
    pub(super) path: OsString,
    /// Debian's place, `/usr/lib/postgresql`.
    pub(super) debian: PathBuf,
}

/// A folder with `postgres` and `initdb`.
#[derive(Debug, Clone)]
pub(super) struct Binaries {
    folder: PathBuf,
    version: u32,
}

impl Search {
    /// The search of this process: the flag, else `CROWDMINDER_POSTGRES_BIN`, then PATH, then
    /// Debian's place.
    pub(super) fn of_environment(flag: Option<PathBuf>) -> Self {
        let named = || std::env::var_os("CROWDMINDER_POSTGRES_BIN").filter(|v| !v.is_empty());
        Self {
            named: flag.or_else(|| named().map(PathBuf::from)),
            path: std::env::var_os("PATH").unwrap_or_default(),
            debian: PathBuf::from("/usr/lib/postgresql"),
        }
    }

    /// Finds a server that can open a cluster made by `cluster_version`, or any if there is none
    /// yet.
    pub(super) fn find(&self, cluster_version: Option<u32>) -> Result<Binaries, EmbeddedError> {
        let folders = match &self.named {
            Some(folder) => vec![folder.clone()],
            None => self.usual_folders(),
        };
        let mut misfit = None;
        for folder in &folders {
            let Some(found) = Binaries::look_in(folder)? else {
                continue;
            };
            match found.misfit(cluster_version) {
                None => return Ok(found),
                Some(why) => misfit = misfit.or(Some(why)),
            }
        }
        Err(match (misfit, &self.named) {
            (Some(why), _) => why,
            (None, Some(folder)) => EmbeddedError::NotBinaries { folder: folder.clone() },
            (None, None) => EmbeddedError::NoBinaries {
                searched: format!("PATH and {}", self.debian.display()),
            },
        })
    }

    fn usual_folders(&self) -> Vec<PathBuf> {
        let mut versions: Vec<(u32, PathBuf)> = fs::read_dir(&self.debian)
            .into_iter()
            .flatten()
            .filter_map(|entry| entry.ok()?.path().canonicalize().ok())
            .filter_map(|path| Some((path.file_name()?.to_str()?.parse().ok()?, path.join("bin"))))
            .collect();
        versions.sort_by_key(|(version, _)| std::cmp::Reverse(*version));
        std::env::split_paths(&self.path)
            .filter(|folder| folder.is_absolute())
            .chain(versions.into_iter().map(|(_, folder)| folder))
            .collect()
    }
}

impl Binaries {
    pub(super) fn initdb(&self) -> PathBuf {
        self.folder.join("initdb")
    }

    pub(super) fn postgres(&self) -> PathBuf {
        self.folder.join("postgres")
    }

    /// The server in `folder`, if both programs are there. Links are followed, as a folder on the
    /// PATH often holds links only.
    fn look_in(folder: &Path) -> Result<Option<Self>, EmbeddedError> {
        let Ok(postgres) = folder.join("postgres").canonicalize() else {
            return Ok(None);
        };
        let folder = match postgres.parent() {
            Some(real) if real.join("initdb").is_file() => real.to_path_buf(),
            _ if folder.join("initdb").is_file() => folder.to_path_buf(),
            _ => return Ok(None),
        };
        let answer = Command::new(&postgres).arg("--version").output();
        let answer = answer.map_err(while_doing("run", &postgres))?;
        let version = major_version(&String::from_utf8_lossy(&answer.stdout));
        Ok(version.map(|version| Self { folder, version }))
    }

    fn misfit(&self, cluster_version: Option<u32>) -> Option<EmbeddedError> {
        let (wanted, package) = match cluster_version {
            Some(made_by) if made_by != self.version => {
                (format!("the data directory was made by {made_by}"), made_by)
            }
            None if self.version < OLDEST => (format!("{OLDEST} or newer is needed"), OLDEST),
            Some(_) | None => return None,
        };
        let (found, version) = (self.folder.clone(), self.version);
        Some(EmbeddedError::WrongVersion { found, version, wanted, package })
    }
}

/// The major version in the answer of `postgres --version`, as in `postgres (PostgreSQL) 15.18
/// (Debian ..)`.
fn major_version(answer: &str) -> Option<u32> {
    let rest = answer.split_once("(PostgreSQL) ")?.1;
    let digits = rest.split(|c: char| !c.is_ascii_digit()).next()?;
    digits.parse().ok()
}
