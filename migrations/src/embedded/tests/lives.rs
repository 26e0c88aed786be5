//! Starting, sharing and stopping, when all goes well.

use std::fs;

use sqlx::Connection;
use tempfile::TempDir;

use super::{answer, connected, is_gone, nothing_runs, quick, started, wait_until};
use crate::embedded::{EmbeddedDatabase, EmbeddedOptions};

#[tokio::test]
async fn a_fresh_directory_gets_a_durable_private_cluster() {
    let folder = TempDir::new().unwrap();
    let options = EmbeddedOptions::new(folder.path().join("new/place"));
    let database = EmbeddedDatabase::start(options).await.expect("the server starts");
    assert!(database.started_here());
    let mut connection = connected(&database).await;
    for (setting, value) in [
        ("fsync", "on"),
        ("full_page_writes", "on"),
        ("synchronous_commit", "on"),
        ("data_checksums", "on"),
        ("server_encoding", "UTF8"),
        ("lc_collate", "C"),
        ("listen_addresses", ""),
        ("unix_socket_permissions", "0700"),
        ("max_connections", "100"),
    ] {
        let shown = answer(&mut connection, &format!("show {setting}")).await;
        assert_eq!(shown, value, "{setting}");
    }
    assert_eq!(answer(&mut connection, "select lower('ÄÖ')").await, "äö");
    let socket = fs::metadata(database.socket_dir()).expect("the folder of the socket is there");
    let mode = std::os::unix::fs::PermissionsExt::mode(&socket.permissions());
    assert_eq!(mode & 0o777, 0o700);
    database.stop().await.expect("it stops");
}

#[tokio::test]
async fn a_second_start_finds_what_the_first_wrote() {
    let folder = TempDir::new().unwrap();
    let first = started(folder.path()).await;
    let mut connection = connected(&first).await;
    sqlx::query("create table kept as select 7 as seven").execute(&mut connection).await.unwrap();
    first.stop().await.expect("it stops");
    let second = started(folder.path()).await;
    let mut connection = connected(&second).await;
    assert_eq!(answer(&mut connection, "select seven::text from kept").await, "7");
    second.stop().await.expect("it stops");
}

#[tokio::test]
async fn stop_leaves_no_process_though_a_client_is_in_a_transaction() {
    let folder = TempDir::new().unwrap();
    let database = started(folder.path()).await;
    let mut connection = connected(&database).await;
    sqlx::query("begin").execute(&mut connection).await.unwrap();
    let server = database.pid().expect("it runs");
    database.stop().await.expect("it stops");
    assert!(is_gone(server));
    wait_until("nothing runs", || nothing_runs(folder.path())).await;
}

#[tokio::test]
async fn dropping_the_guard_stops_the_server() {
    let folder = TempDir::new().unwrap();
    let database = started(folder.path()).await;
    let server = database.pid().expect("it runs");
    drop(database);
    assert!(is_gone(server));
}

#[tokio::test]
async fn the_last_user_stops_the_server_whoever_started_it() {
    let folder = TempDir::new().unwrap();
    let first = started(folder.path()).await;
    let second = started(folder.path()).await;
    assert!(first.started_here() && !second.started_here());
    assert_eq!(first.pid(), second.pid());
    let server = second.pid().expect("it runs");
    first.stop().await.expect("it leaves");
    assert_eq!(second.pid(), Some(server));
    connected(&second).await.ping().await.expect("the server still answers");
    second.stop().await.expect("it stops");
    assert!(is_gone(server));
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_that_start_at_once_one_starts_and_all_get_the_same_server() {
    let folder = TempDir::new().unwrap();
    let starts = (0..6).map(|_| EmbeddedDatabase::start(quick(folder.path())));
    let databases: Vec<_> = futures::future::try_join_all(starts).await.expect("all start");
    assert_eq!(databases.iter().filter(|database| database.started_here()).count(), 1);
    let server = databases[0].pid().expect("it runs");
    assert!(databases.iter().all(|database| database.pid() == Some(server)));
    let stops = databases.into_iter().map(EmbeddedDatabase::stop);
    futures::future::try_join_all(stops).await.expect("all leave");
    wait_until("the server is gone", || is_gone(server)).await;
    started(folder.path()).await.stop().await.expect("it starts and stops again");
}
