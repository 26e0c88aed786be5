//! The embedded database: a private PostgreSQL in the data directory, so that one binary is a whole
//! installation. It is started by its first user and stopped when the last one leaves or dies. The
//! rest of the program sees a URL and a guard; nothing else may know whether a database is
//! embedded.

mod account;
mod binaries;
mod cluster;
mod errors;
mod home;
mod socket;
#[cfg(test)]
mod tests;

use std::fs::{File, TryLockError};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::{Pid, Uid};

use account::Account;
use binaries::Search;
pub use errors::EmbeddedError;
use errors::while_doing;
use home::{Home, Postmaster};

/// A server that recovers from a crash, or one that stops, is waited for this long.
const START_LIMIT: Duration = Duration::from_secs(300);
/// After this, a server that was asked to stop fast is asked to stop at once.
const FAST_STOP_LIMIT: Duration = Duration::from_secs(60);
/// After this it is given up.
const STOP_LIMIT: Duration = Duration::from_secs(75);
/// How often files and locks are looked at while waiting; there is no event to wait for.
const LOOK_EVERY: Duration = Duration::from_millis(5);

/// How the embedded database shall run. Only what starts the server counts; who attaches to a
/// running one takes it as it is.
#[derive(Debug, Clone)]
pub struct EmbeddedOptions {
    /// The data directory; made if absent. The cluster is its subfolder `postgres`.
    pub data_dir: PathBuf,
    /// The folder with `postgres` and `initdb`; `None` means the environment variable
    /// `CROWDMINDER_POSTGRES_BIN`, then `PATH`, then `/usr/lib/postgresql/*/bin`.
    pub binaries: Option<PathBuf>,
    /// How many connections the server takes.
    pub max_connections: u32,
    /// Further settings of PostgreSQL, name and value; they go before ours, except those of the
    /// socket.
    pub settings: Vec<(String, String)>,
}

impl EmbeddedOptions {
    /// The defaults for a data directory: 100 connections, no further settings.
    pub fn new(data_dir: impl Into<PathBuf>) -> Self {
        let data_dir = data_dir.into();
        Self { data_dir, binaries: None, max_connections: 100, settings: Vec::new() }
    }
}

/// A use of the embedded database. While one exists, in whichever program, the server runs; a
/// crashed server is started again. Dropping it may block for as long as the server takes to stop.
#[derive(Debug)]
pub struct EmbeddedDatabase {
    home: Home,
    /// Held shared; `None` after leaving.
    users: Option<File>,
    socket_dir: PathBuf,
    port: u16,
    /// Waits for the keeper's end, if this process started it.
    keeper: Option<JoinHandle<()>>,
}

impl EmbeddedDatabase {
    /// Starts the server of the data directory, or attaches to it if it runs already. Returns when
    /// it accepts connections.
    ///
    /// # Errors
    /// [`EmbeddedError`] says what is missing or what the server complained about.
    pub async fn start(options: EmbeddedOptions) -> Result<Self, EmbeddedError> {
        let starting = tokio::task::spawn_blocking(move || Self::start_and_wait(&options));
        starting.await.unwrap_or(Err(EmbeddedError::Interrupted))
    }

    /// Leaves the server. If nobody else uses it, it is stopped fast (open transactions are rolled
    /// back), and all its processes are gone on return.
    ///
    /// # Errors
    /// [`EmbeddedError::StillRunning`] if it did not stop in time.
    pub async fn stop(mut self) -> Result<(), EmbeddedError> {
        let leaving = tokio::task::spawn_blocking(move || self.leave());
        leaving.await.unwrap_or(Err(EmbeddedError::Interrupted))
    }

    /// A URL for the cluster's superuser on database `postgres`, for sqlx and libpq alike.
    pub fn superuser_url(&self) -> String {
        let socket = percent_encoded(self.socket_dir.as_os_str().as_bytes());
        let port = self.port;
        format!("postgresql:///postgres?host={socket}&port={port}&user=postgres&sslmode=disable")
    }

    /// The folder of the unix socket.
    pub fn socket_dir(&self) -> &Path {
        &self.socket_dir
    }

    /// The port, which with a unix socket is only a part of its name.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The process id of the server; `None` while it is down. It changes when a crashed server is
    /// started again.
    pub fn pid(&self) -> Option<u32> {
        self.home.ready_postmaster().map(|server| server.pid)
    }

    /// Whether this use started the server, as opposed to attaching to a running one.
    pub fn started_here(&self) -> bool {
        self.keeper.is_some()
    }

    fn start_and_wait(options: &EmbeddedOptions) -> Result<Self, EmbeddedError> {
        let mode = if Uid::effective().is_root() { 0o711 } else { 0o700 };
        let home = Home::open(&options.data_dir, mode)?;
        let users = home.users_lock()?;
        let began = Instant::now();
        let mut shared = false;
        while began.elapsed() < START_LIMIT {
            // It is refused only while a server that lost its last user stops.
            shared = shared || shares(&home, &users)?;
            if shared {
                if let Some(server_lock) = home.try_server_lock()? {
                    return Self::launch(home, users, server_lock, options);
                }
                if let Some(server) = home.ready_postmaster() {
                    return Ok(Self::using(home, users, server, None));
                }
            }
            std::thread::sleep(LOOK_EVERY);
        }
        let folder = home.root().to_path_buf();
        Err(EmbeddedError::NotReady { folder, seconds: START_LIMIT.as_secs() })
    }

    fn using(home: Home, users: File, server: Postmaster, keeper: Option<JoinHandle<()>>) -> Self {
        let Postmaster { socket_dir, port, .. } = server;
        Self { home, users: Some(users), socket_dir, port, keeper }
    }

    /// Starts the server; both locks are held, so nobody else does.
    fn launch(
        home: Home,
        users: File,
        server_lock: File,
        options: &EmbeddedOptions,
    ) -> Result<Self, EmbeddedError> {
        let search = Search::of_environment(options.binaries.clone());
        let binaries = search.find(home.cluster_version()?)?;
        let account = Account::choose(&home)?;
        require_tool("flock")?;
        if account.stepped_down() {
            require_tool("setpriv")?;
        }
        cluster::ensure(&home, &account, &binaries, options, &server_lock)?;
        let socket_dir = socket::make_folder(&home, &account)?;
        let (log, log_offset) = home.open_log()?;
        let places = (socket_dir.as_path(), server_lock, log);
        let mut keeper = cluster::keep(&home, &account, &binaries, options, places)?;
        home.note_keeper(keeper.id())?;
        // Whoever starts a process must wait for it, or its entry stays for as long as we live.
        let keeper = std::thread::spawn(move || drop(keeper.wait()));
        let began = Instant::now();
        while !keeper.is_finished() && began.elapsed() < START_LIMIT {
            if let Some(server) = home.ready_postmaster() {
                return Ok(Self::using(home, users, server, Some(keeper)));
            }
            std::thread::sleep(LOOK_EVERY);
        }
        if keeper.is_finished() {
            return Err(EmbeddedError::Refused { log: home.log_since(log_offset) });
        }
        // With the users lock let go on return, the keeper stops what it has started.
        let folder = home.root().to_path_buf();
        Err(EmbeddedError::NotReady { folder, seconds: START_LIMIT.as_secs() })
    }

    /// Lets the users lock go, and stops the server first if nobody else holds it.
    fn leave(&mut self) -> Result<(), EmbeddedError> {
        let Some(users) = self.users.take() else {
            return Ok(());
        };
        match users.try_lock() {
            // We are the last and nobody can come while we hold it alone.
            Ok(()) => {}
            Err(TryLockError::WouldBlock) if shares(&self.home, &users)? => return Ok(()),
            // The keeper was quicker and stops the server already.
            Err(TryLockError::WouldBlock) => {}
            Err(TryLockError::Error(source)) => {
                return Err(while_doing("lock the users of", self.home.root())(source));
            }
        }
        let began = Instant::now();
        let mut signalled: Option<Instant> = None;
        while self.home.try_server_lock()?.is_none() {
            if began.elapsed() > STOP_LIMIT {
                let folder = self.home.root().to_path_buf();
                return Err(EmbeddedError::StillRunning { folder, seconds: STOP_LIMIT.as_secs() });
            }
            if signalled.is_none_or(|at| at.elapsed() > Duration::from_millis(500)) {
                signalled = Some(Instant::now());
                self.signal_stop(began.elapsed() > FAST_STOP_LIMIT);
            }
            std::thread::sleep(LOOK_EVERY);
        }
        socket::remove_folder(&self.home, &self.socket_dir);
        drop(users);
        if let Some(keeper) = self.keeper.take() {
            keeper.join().expect("waiting for a child does not panic");
        }
        Ok(())
    }

    /// Asks the keeper for a fast stop, or the server itself for one at once. A process that is
    /// gone already is no error: the caller looks at the lock.
    fn signal_stop(&self, at_once: bool) {
        let server = || i32::try_from(self.home.postmaster()?.pid).ok();
        let (pid, signal) = match self.home.keeper() {
            Some(keeper) if !at_once => (Some(keeper), Signal::SIGUSR1),
            Some(_) | None => (server(), if at_once { Signal::SIGQUIT } else { Signal::SIGINT }),
        };
        if let Some(pid) = pid.filter(|pid| *pid > 1) {
            let _ = kill(Pid::from_raw(pid), signal);
        }
    }
}

impl Drop for EmbeddedDatabase {
    fn drop(&mut self) {
        if let Err(error) = self.leave() {
            tracing::error!(%error, "the embedded database was not stopped");
        }
    }
}

/// Takes the users lock together with other users; false while it is held alone.
fn shares(home: &Home, users: &File) -> Result<bool, EmbeddedError> {
    match users.try_lock_shared() {
        Ok(()) => Ok(true),
        Err(TryLockError::WouldBlock) => Ok(false),
        Err(TryLockError::Error(source)) => {
            Err(while_doing("lock the users of", home.root())(source))
        }
    }
}

fn require_tool(tool: &'static str) -> Result<(), EmbeddedError> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let found = std::env::split_paths(&path).any(|folder| folder.join(tool).is_file());
    if found { Ok(()) } else { Err(EmbeddedError::NoTool { tool }) }
}

fn percent_encoded(bytes: &[u8]) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte);
    let encode = |byte: &u8| match *byte {
        byte if plain(byte) => char::from(byte).to_string(),
        byte => format!("%{byte:02X}"),
    };
    bytes.iter().map(encode).collect()
}
