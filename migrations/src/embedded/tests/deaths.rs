//! What is killed, what dies with it and what lives on.

use std::fs;
use std::io::Read;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use nix::sys::signal::{Signal, kill};
use sqlx::Connection;
use tempfile::TempDir;

use super::{answer, connected, home, is_gone, keeper, nothing_runs, pid, started, wait_until};

#[tokio::test]
async fn a_killed_server_is_started_again_for_its_users() {
    let folder = TempDir::new().unwrap();
    let database = started(folder.path()).await;
    let mut connection = connected(&database).await;
    sqlx::query("create table kept as select 7 as seven").execute(&mut connection).await.unwrap();
    for _ in 0..2 {
        let killed = database.pid().expect("it runs");
        kill(pid(killed), Signal::SIGKILL).unwrap();
        let another = || database.pid().is_some_and(|now| now != killed);
        wait_until("another server answers", another).await;
    }
    let mut connection = connected(&database).await;
    assert_eq!(answer(&mut connection, "select seven::text from kept").await, "7");
    database.stop().await.expect("it stops");
}

#[tokio::test]
async fn after_kill_9_of_server_and_keeper_the_directory_starts_again() {
    let folder = TempDir::new().unwrap();
    let database = started(folder.path()).await;
    let mut connection = connected(&database).await;
    sqlx::query("create table kept as select 7 as seven").execute(&mut connection).await.unwrap();
    let server = database.pid().expect("it runs");
    kill(pid(keeper(folder.path())), Signal::SIGKILL).unwrap();
    // By its keeper's death the server may have ended already.
    let _ = kill(pid(server), Signal::SIGKILL);
    wait_until("the server is gone", || is_gone(server)).await;
    let again = started(folder.path()).await;
    assert!(again.started_here());
    let mut connection = connected(&again).await;
    assert_eq!(answer(&mut connection, "select seven::text from kept").await, "7");
    drop(database);
    assert!(again.pid().is_some(), "the first user's leaving stopped the second one's server");
    again.stop().await.expect("it stops");
    wait_until("nothing runs", || nothing_runs(folder.path())).await;
}

#[tokio::test]
async fn a_killed_keeper_takes_its_server_with_it() {
    let folder = TempDir::new().unwrap();
    let database = started(folder.path()).await;
    let server = database.pid().expect("it runs");
    kill(pid(keeper(folder.path())), Signal::SIGKILL).unwrap();
    wait_until("the server is gone", || is_gone(server)).await;
}

/// Set for the copy of this test program that a test starts in order to kill it.
const VICTIM: &str = "CROWDMINDER_TEST_VICTIM_DATA_DIR";
const VICTIM_TEST: &str = "embedded::tests::deaths::a_program_that_is_killed_leaves_no_server";

/// This program once more, as one that uses the data directory until it dies.
fn victim(data_dir: &Path) -> Child {
    let mut program = Command::new(std::env::current_exe().unwrap());
    program.args(["--exact", VICTIM_TEST]).env(VICTIM, data_dir);
    program.stdin(Stdio::piped()).stdout(Stdio::null()).spawn().expect("the program starts")
}

#[tokio::test]
async fn a_program_that_is_killed_leaves_no_server() {
    if let Some(data_dir) = std::env::var_os(VICTIM) {
        let _used = started(Path::new(&data_dir)).await;
        std::io::stdin().read_to_end(&mut Vec::new()).unwrap();
        return;
    }
    let folder = TempDir::new().unwrap();
    let mut victim = victim(folder.path());
    wait_until("the server is up", || home(folder.path()).ready_postmaster().is_some()).await;
    let server = home(folder.path()).postmaster().expect("it is up").pid;
    victim.kill().expect("SIGKILL");
    victim.wait().unwrap();
    wait_until("the server is gone", || is_gone(server)).await;
    wait_until("nothing runs", || nothing_runs(folder.path())).await;
    started(folder.path()).await.stop().await.expect("it starts and stops again");
}

#[tokio::test]
async fn a_server_outlives_its_killed_starter_while_another_uses_it() {
    let folder = TempDir::new().unwrap();
    let mut victim = victim(folder.path());
    wait_until("the server is up", || home(folder.path()).ready_postmaster().is_some()).await;
    let database = started(folder.path()).await;
    assert!(!database.started_here());
    let server = database.pid();
    victim.kill().expect("SIGKILL");
    victim.wait().unwrap();
    connected(&database).await.ping().await.expect("the server still answers");
    assert_eq!(database.pid(), server);
    database.stop().await.expect("it stops");
    assert!(is_gone(server.expect("it ran")));
}

#[tokio::test]
async fn a_stale_pid_file_with_the_number_of_a_living_server_is_no_obstacle() {
    let (folder, other_folder) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    let database = started(folder.path()).await;
    let file = folder.path().join("postgres/postmaster.pid");
    let written = fs::read_to_string(&file).unwrap();
    database.stop().await.expect("it stops");
    let other = started(other_folder.path()).await;
    let number = other.pid().expect("it runs").to_string();
    let stale: Vec<&str> =
        std::iter::once(number.as_str()).chain(written.lines().skip(1)).collect();
    fs::write(&file, stale.join("\n")).unwrap();
    let again = started(folder.path()).await;
    assert_ne!(again.pid(), other.pid());
    again.stop().await.expect("it stops");
    other.stop().await.expect("it stops");
}
