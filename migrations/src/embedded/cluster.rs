//! Making a cluster and running its server: what is asked of `initdb`, with which settings
//! `postgres` runs, and how the shell that keeps it is started. Settings go on the command line, so
//! that they always are what this program wants and no file in the cluster has to be edited.
//! Nothing here listens on TCP.

use std::fs::{self, DirBuilder, File};
use std::os::unix::fs::DirBuilderExt;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Child;

use super::EmbeddedOptions;
use super::account::Account;
use super::binaries::Binaries;
use super::errors::{EmbeddedError, while_doing};
use super::home::Home;
use super::socket::PORT;

/// Runs as long as anybody uses the server; see there.
const KEEPER: &str = include_str!("keeper.sh");

/// Runs its arguments as a program that can name the folder by descriptor 4.
const ENTER: &str = "umask 077; exec 4<. && cd / && exec \"$@\"";

/// What differs from PostgreSQL's own defaults. The log says neither statements nor details of
/// errors, as both may hold a customer's data.
const SETTINGS: &[(&str, &str)] = &[
    ("cluster_name", "crowdminder"),
    ("shared_buffers", "64MB"),
    ("max_locks_per_transaction", "256"),
    ("max_wal_size", "512MB"),
    ("jit", "off"),
    ("timezone", "UTC"),
    ("log_timezone", "UTC"),
    ("log_line_prefix", "%m [%p] %q%u@%d "),
    ("log_checkpoints", "off"),
    ("log_error_verbosity", "terse"),
    // Each transaction begins with a reset, which is only worth a warning where there is none.
    ("log_min_messages", "error"),
    ("log_min_error_statement", "panic"),
];

/// Makes the cluster if there is none, under another name until it is complete. The caller holds
/// the server lock, and `initdb` shares it: if this program is killed, whoever comes next waits
/// until what was left behind has ended, and writes no more to what they remove.
pub(super) fn ensure(
    home: &Home,
    account: &Account,
    binaries: &Binaries,
    options: &EmbeddedOptions,
    server_lock: &File,
) -> Result<(), EmbeddedError> {
    if home.cluster_version()?.is_some() {
        return Ok(());
    }
    let fresh = home.fresh_cluster();
    if fresh.exists() {
        fs::remove_dir_all(&fresh).map_err(while_doing("remove the half-made", &fresh))?;
    }
    let made = DirBuilder::new().mode(0o700).create(&fresh);
    made.map_err(while_doing("make the folder", &fresh))?;
    account.own(&fresh)?;
    let mut initdb = account.shell(ENTER, &fresh);
    initdb.arg(binaries.initdb()).arg("--pgdata").arg(account.name_of(&fresh));
    initdb.args(["--username=postgres", "--auth-local=trust", "--auth-host=reject"]);
    initdb.args(["--data-checksums", "--encoding=UTF8", "--locale=C", "--lc-ctype=C.UTF-8"]);
    initdb.args(["--no-instructions"]);
    if options.settings.iter().any(|(name, value)| name == "fsync" && value == "off") {
        initdb.arg("--no-sync");
    }
    let shared = server_lock.try_clone();
    let shared = shared.map_err(while_doing("share the lock of", home.root()))?;
    let done = initdb.stdin(shared).output();
    let done = done.map_err(while_doing("run", &binaries.initdb()))?;
    if !done.status.success() {
        let output = [done.stdout, done.stderr].concat();
        return Err(EmbeddedError::Initdb {
            output: String::from_utf8_lossy(&output).into_owned(),
        });
    }
    let cluster = home.cluster();
    fs::rename(&fresh, &cluster).map_err(while_doing("put in place", &cluster))?;
    let root = File::open(home.root()).and_then(|folder| folder.sync_all());
    root.map_err(while_doing("sync the folder", home.root()))
}

/// Starts the shell that keeps the server, and through it the server. It takes the server lock
/// over.
pub(super) fn keep(
    home: &Home,
    account: &Account,
    binaries: &Binaries,
    options: &EmbeddedOptions,
    places: (&Path, File, File),
) -> Result<Child, EmbeddedError> {
    let (socket_dir, server_lock, log) = places;
    let cluster = home.cluster();
    // As the server lock was free, no server lives here and these are stale. PostgreSQL itself
    // cannot know that when the old number belongs to another program since, or to a zombie still.
    let socket = socket_dir.join(format!(".s.PGSQL.{PORT}"));
    remove_stale(&cluster.join("postmaster.pid"))?;
    remove_stale(&socket.with_added_extension("lock"))?;
    remove_stale(&socket)?;
    let mut shell = account.shell(KEEPER, &cluster);
    shell.arg(binaries.postgres()).arg("-D").arg(account.name_of(&cluster));
    for (name, value) in command_line(options, socket_dir) {
        shell.arg("-c").arg(format!("{name}={value}"));
    }
    shell.stdin(server_lock).stdout(home.users_lock()?).stderr(log).process_group(0);
    shell.spawn().map_err(while_doing("start the keeper in", &cluster))
}

/// All settings; of two with one name the later counts, so the last ones cannot be overridden.
fn command_line(options: &EmbeddedOptions, socket_dir: &Path) -> Vec<(String, String)> {
    let own = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
    let quoted = format!("\"{}\"", socket_dir.display().to_string().replace('"', "\"\""));
    let fixed = [
        ("listen_addresses", ""),
        ("port", &PORT.to_string()),
        ("unix_socket_directories", &quoted),
        ("unix_socket_permissions", "0700"),
    ];
    let connections = ("max_connections".to_owned(), options.max_connections.to_string());
    let mut all: Vec<(String, String)> = SETTINGS.iter().map(own).collect();
    all.push(connections);
    all.extend(options.settings.iter().cloned());
    all.extend(fixed.iter().map(own));
    all
}

fn remove_stale(file: &Path) -> Result<(), EmbeddedError> {
    match fs::remove_file(file) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(while_doing("remove the stale", file)(error))
        }
        Ok(()) | Err(_) => Ok(()),
    }
}
