//! Under which account the server runs. PostgreSQL refuses root, so root steps down to the owner of
//! the data directory, else to `postgres`, else to `nobody`; that account gets the cluster and the
//! socket's folder, nothing else. Whoever is not root runs the server as themselves.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::process::Command;

use nix::unistd::{Gid, Uid, User, chown};

use super::errors::{EmbeddedError, while_doing};
use super::home::Home;

/// Names the folder that file descriptor 4 is open on, in whichever process reads it. The shell
/// that starts a program opens it, so that the account needs no way through the folders above: a
/// data directory below root's own home works.
const FOLDER_BY_DESCRIPTOR: &str = "/proc/self/fd/4";

/// The account of the server.
#[derive(Debug, Clone, Copy)]
pub(super) struct Account {
    uid: Uid,
    gid: Gid,
    stepped_down: bool,
}

impl Account {
    /// Decides it for a data directory.
    pub(super) fn choose(home: &Home) -> Result<Self, EmbeddedError> {
        let (uid, gid) = (Uid::effective(), Gid::effective());
        if !uid.is_root() {
            return Ok(Self { uid, gid, stepped_down: false });
        }
        let owner = |path: &Path| fs::metadata(path).ok().map(|found| Uid::from_raw(found.uid()));
        let owners = [owner(&home.cluster()), owner(home.root())];
        let by_owner = owners.into_iter().flatten().filter_map(|uid| User::from_uid(uid).ok()?);
        let by_name = ["postgres", "nobody"].into_iter().filter_map(|n| User::from_name(n).ok()?);
        let user = by_owner.chain(by_name).find(|user| !user.uid.is_root());
        let user = user.ok_or(EmbeddedError::NoAccount)?;
        Ok(Self { uid: user.uid, gid: user.gid, stepped_down: true })
    }

    pub(super) fn uid(&self) -> u32 {
        self.uid.as_raw()
    }

    /// Whether root gave way to this account.
    pub(super) fn stepped_down(&self) -> bool {
        self.stepped_down
    }

    /// Gives a path to the account, if it is not its own anyway.
    pub(super) fn own(&self, path: &Path) -> Result<(), EmbeddedError> {
        if !self.stepped_down {
            return Ok(());
        }
        let given = chown(path, Some(self.uid), Some(self.gid)).map_err(std::io::Error::from);
        given.map_err(while_doing("give the server's account", path))
    }

    /// Whether the account may pass through `folder` and all folders above it, by their permission
    /// bits.
    pub(super) fn reaches(&self, folder: &Path) -> bool {
        !self.stepped_down
            || folder.ancestors().all(|step| {
                fs::metadata(step).is_ok_and(|found| {
                    let bit = match (found.uid() == self.uid(), found.gid() == self.gid.as_raw()) {
                        (true, _) => 0o100,
                        (false, true) => 0o010,
                        (false, false) => 0o001,
                    };
                    found.mode() & bit != 0
                })
            })
    }

    /// How a program that was started by [`Account::shell`] in `folder` calls that folder.
    pub(super) fn name_of(&self, folder: &Path) -> std::path::PathBuf {
        if self.reaches(folder) { folder.into() } else { FOLDER_BY_DESCRIPTOR.into() }
    }

    /// A shell under this account that runs `script`, starting in `folder`, with an almost empty
    /// environment: our own may hold secrets, and PG* variables would change what the server does.
    pub(super) fn shell(&self, script: &str, folder: &Path) -> Command {
        let mut command = if self.stepped_down {
            let mut command = Command::new("setpriv");
            command.arg(format!("--reuid={}", self.uid)).arg(format!("--regid={}", self.gid));
            command.args(["--clear-groups", "--", "sh"]);
            command
        } else {
            Command::new("sh")
        };
        command.args(["-c", script, "crowdminder-postgres"]).current_dir(folder).env_clear();
        for kept in ["PATH", "LD_LIBRARY_PATH"] {
            if let Some(value) = std::env::var_os(kept) {
                command.env(kept, value);
            }
        }
        command.env("LC_ALL", "C");
        command
    }
}
