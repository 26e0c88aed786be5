//! Paths, binaries and settings that are out of the ordinary.

use std::fs;
use std::path::PathBuf;

use sqlx::Connection;
use tempfile::TempDir;

use super::{answer, connected, quick, started};
use crate::embedded::binaries::Search;
use crate::embedded::home::Postmaster;
use crate::embedded::{EmbeddedDatabase, EmbeddedError, EmbeddedOptions};

#[tokio::test]
async fn a_long_path_has_its_socket_under_a_short_one() {
    let folder = TempDir::new().unwrap();
    let long = folder.path().join("a".repeat(120)).join("b".repeat(120));
    let database = started(&long).await;
    let socket_dir = database.socket_dir().to_path_buf();
    assert!(socket_dir.as_os_str().len() + ".s.PGSQL.5432".len() < 100, "{socket_dir:?}");
    connected(&database).await.ping().await.expect("the server answers");
    database.stop().await.expect("it stops");
    assert!(!socket_dir.exists(), "{socket_dir:?} is left");
}

#[tokio::test]
async fn odd_characters_in_the_path_are_no_obstacle() {
    let folder = TempDir::new().unwrap();
    let database = started(&folder.path().join("a b,c+d%20\"e'f\\g ü?&#")).await;
    assert!(database.socket_dir().starts_with(folder.path().canonicalize().unwrap()));
    connected(&database).await.ping().await.expect("the server answers");
    database.stop().await.expect("it stops");
}

#[tokio::test]
async fn a_folder_that_only_its_owner_may_enter_can_hold_the_data_directory() {
    let folder = TempDir::new().unwrap();
    let private = std::os::unix::fs::PermissionsExt::from_mode(0o700);
    fs::set_permissions(folder.path(), private).unwrap();
    for _ in ["fresh", "warm"] {
        let database = started(&folder.path().join("inside")).await;
        connected(&database).await.ping().await.expect("the server answers");
        database.stop().await.expect("it stops");
    }
}

#[tokio::test]
async fn a_half_made_cluster_is_made_anew() {
    let folder = TempDir::new().unwrap();
    fs::create_dir(folder.path().join("postgres.new")).unwrap();
    fs::write(folder.path().join("postgres.new/PG_VERSION"), "15").unwrap();
    started(folder.path()).await.stop().await.expect("it stops");
}

#[tokio::test]
async fn a_setting_that_the_server_refuses_is_told_in_its_words() {
    let folder = TempDir::new().unwrap();
    let mut options = quick(folder.path());
    options.settings.push(("shared_buffers".into(), "much".into()));
    let refused = EmbeddedDatabase::start(options).await.expect_err("it cannot start");
    assert!(matches!(refused, EmbeddedError::Refused { .. }), "{refused}");
    assert!(refused.to_string().contains("shared_buffers"), "{refused}");
    started(folder.path()).await.stop().await.expect("it starts without the setting");
}

#[tokio::test]
async fn settings_cannot_open_a_network_port() {
    let folder = TempDir::new().unwrap();
    let mut options = quick(folder.path());
    options.settings.push(("listen_addresses".into(), "localhost".into()));
    let database = EmbeddedDatabase::start(options).await.expect("the server starts");
    assert_eq!(answer(&mut connected(&database).await, "show listen_addresses").await, "");
    database.stop().await.expect("it stops");
}

#[tokio::test]
async fn without_binaries_the_error_names_the_package() {
    let (folder, empty) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    let (path, debian) = (empty.path().into(), empty.path().to_path_buf());
    let nowhere = Search { named: None, path, debian }.find(None).expect_err("nothing is there");
    let binaries = Some(empty.path().to_path_buf());
    let options = EmbeddedOptions { binaries, ..quick(folder.path()) };
    let named = EmbeddedDatabase::start(options).await.expect_err("nothing is there");
    for error in [nowhere, named] {
        assert!(error.to_string().contains("install the Debian package `postgresql`"), "{error}");
    }
}

#[tokio::test]
async fn a_cluster_of_another_version_is_refused_with_the_package_that_opens_it() {
    let folder = TempDir::new().unwrap();
    fs::create_dir(folder.path().join("postgres")).unwrap();
    fs::write(folder.path().join("postgres/PG_VERSION"), "9\n").unwrap();
    let refused = EmbeddedDatabase::start(quick(folder.path())).await.expect_err("too old");
    assert!(refused.to_string().contains("`postgresql-9`"), "{refused}");
}

#[test]
fn a_pid_file_of_a_starting_server_is_not_ready() {
    let starting = "42\n/data\n1700000000\n5432\n/run/x\n\n  1 2\nstarting\n";
    let socket_dir = PathBuf::from("/run/x");
    let expected = Postmaster { pid: 42, port: 5432, socket_dir, ready: false };
    assert_eq!(Postmaster::parse(starting), Some(expected));
    assert_eq!(Postmaster::parse("42\n/data\n"), None);
}
