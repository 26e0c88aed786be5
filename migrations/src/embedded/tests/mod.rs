//! The promises of the embedded database, each held against a real server. The server's settings
//! are the real ones, save that most tests do without fsync, which only a power cut could tell.

mod deaths;
mod lives;
mod places;

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use nix::unistd::Pid;
use sqlx::{Connection, PgConnection, Row};

use super::home::Home;
use super::{EmbeddedDatabase, EmbeddedOptions};

fn quick(data_dir: impl Into<PathBuf>) -> EmbeddedOptions {
    let settings = vec![("fsync".to_owned(), "off".to_owned())];
    EmbeddedOptions { settings, max_connections: 20, ..EmbeddedOptions::new(data_dir) }
}

async fn started(data_dir: &Path) -> EmbeddedDatabase {
    EmbeddedDatabase::start(quick(data_dir)).await.expect("the server starts")
}

async fn connected(database: &EmbeddedDatabase) -> PgConnection {
    PgConnection::connect(&database.superuser_url()).await.expect("the server answers")
}

async fn answer(connection: &mut PgConnection, sql: &str) -> String {
    sqlx::query(sql).fetch_one(connection).await.expect("the query works").get(0)
}

async fn wait_until(what: &str, condition: impl Fn() -> bool) {
    let began = Instant::now();
    let mut look = tokio::time::interval(Duration::from_millis(5));
    while !condition() {
        assert!(began.elapsed() < Duration::from_secs(60), "waited in vain until {what}");
        look.tick().await;
    }
}

fn pid(number: u32) -> Pid {
    Pid::from_raw(i32::try_from(number).expect("process ids are small"))
}

/// Ids and process groups of all processes that have not ended; a zombie has.
fn living() -> Vec<(u32, u32)> {
    let entries = fs::read_dir("/proc").expect("the kernel lists its processes");
    let stats = entries.filter_map(|e| fs::read_to_string(e.ok()?.path().join("stat")).ok());
    stats.filter_map(|stat| id_and_group(&stat)).collect()
}

/// From `id (name) state parent group ..`, where the name may hold anything.
fn id_and_group(stat: &str) -> Option<(u32, u32)> {
    let (id, _) = stat.split_once(' ')?;
    let mut rest = stat.rsplit_once(") ")?.1.split(' ');
    let ended = matches!(rest.next()?, "Z" | "X");
    let group = rest.nth(1)?;
    if ended { None } else { Some((id.parse().ok()?, group.parse().ok()?)) }
}

fn is_gone(number: u32) -> bool {
    living().iter().all(|(id, _)| *id != number)
}

fn home(data_dir: &Path) -> Home {
    Home::open(data_dir, 0o711).expect("the data directory is there")
}

fn keeper(data_dir: &Path) -> u32 {
    home(data_dir).keeper().and_then(|k| u32::try_from(k).ok()).expect("the keeper is noted")
}

/// True when no process of a server, nor of what keeps it, is left.
fn nothing_runs(data_dir: &Path) -> bool {
    let keeper = keeper(data_dir);
    let group_is_gone = living().iter().all(|(_, group)| *group != keeper);
    group_is_gone && home(data_dir).try_server_lock().expect("the lock can be looked at").is_some()
}
