//! Exports that were tampered with, each in another way: the first thing that is not as it was
//! written is named.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use migrations::keys::{hex, sha256};
use serde_json::{Value, json};
use sqlx::Row;

use super::export::{ExportError, export};
use super::export_file::{Checked, ExportFile, ExportFileError};
use super::export_form::{ExportFault, MANIFEST, SIGNATURE};
use super::yard::Yard;
use crate::event_log::audit::Fault;

type Parts = Vec<(String, Vec<u8>)>;

fn read_tar(path: &Path) -> Parts {
    let mut archive = tar::Archive::new(File::open(path).expect("the export"));
    let entries = archive.entries().expect("a tar file");
    let read = |entry: std::io::Result<tar::Entry<'_, File>>| {
        let mut entry = entry.expect("an entry");
        let path = entry.path().expect("a path").to_string_lossy().into_owned();
        let mut bytes = Vec::new();
        entry.read_to_end(&mut bytes).expect("its bytes");
        (path, bytes)
    };
    entries.map(read).collect()
}

fn write_tar(path: PathBuf, parts: &Parts) -> PathBuf {
    let mut tar = tar::Builder::new(File::create(&path).expect("a file"));
    for (name, bytes) in parts {
        let mut header = tar::Header::new_gnu();
        header.set_size(bytes.len() as u64);
        header.set_mode(0o600);
        tar.append_data(&mut header, name, bytes.as_slice()).expect("written");
    }
    tar.finish().expect("written");
    path
}

fn check(path: &Path) -> Result<Checked, ExportFileError> {
    ExportFile::open(path)?.check(|_| {})
}

fn fault(path: &Path) -> ExportFault {
    match check(path) {
        Ok(checked) => checked.fault.expect("a fault"),
        Err(ExportFileError::Fault(fault)) => fault,
        Err(error) => panic!("{error}"),
    }
}

fn part<'a>(parts: &'a mut Parts, begins: &str) -> &'a mut (String, Vec<u8>) {
    parts.iter_mut().find(|(path, _)| path.starts_with(begins)).expect("the part")
}

fn lines(bytes: &[u8]) -> Vec<Value> {
    let text = std::str::from_utf8(bytes).expect("text");
    text.lines().map(|line| serde_json::from_str(line).expect("a line")).collect()
}

fn text_of(lines: &[Value]) -> Vec<u8> {
    lines.iter().map(|line| format!("{line}\n")).collect::<String>().into_bytes()
}

#[tokio::test]
async fn an_export_that_nobody_touched_is_sound_and_ends_where_the_log_did() {
    let yard = Yard::new().await;
    let events = yard.work().await;
    yard.put_file("a drawing").await;
    let exported = yard.export("a.tar").await;
    let mut file = ExportFile::open(&yard.path("a.tar")).expect("an export");
    let checked = file.check(|_| {}).expect("readable");
    assert_eq!(checked.fault, None);
    assert_eq!((checked.events, hex(&checked.root)), (events, exported.root));
    // The one signed on the way, and the one signed for the export.
    assert_eq!(checked.checkpoints, 2);
    assert_eq!((exported.counts.files, exported.counts.commands), (1, 6));
    assert_eq!(file.key_id(), yard.signer.key_id());
    // What is there is not replaced, and what was not finished is not there.
    let again =
        export(&yard.lifecycle(), &yard.record().await, &yard.path("a.tar"), None, |_| {}).await;
    assert!(matches!(again, Err(ExportError::Io(_))), "{again:?}");
    assert!(!yard.path("a.tar.draft").exists());
}

#[tokio::test]
async fn no_text_of_a_person_and_no_key_is_in_an_export_in_clear() {
    let yard = Yard::new().await;
    yard.work().await;
    yard.export("a.tar").await;
    let bytes = std::fs::read(yard.path("a.tar")).expect("the export");
    let text = String::from_utf8_lossy(&bytes);
    let key = std::fs::read_to_string(yard.path("export.key")).expect("the key file");
    let slug = &yard.firm.tenant.slug;
    for clear in ["Member 3", &format!("m3@{slug}.example"), key.trim()] {
        assert!(!text.contains(clear), "{clear}");
    }
    assert!(text.contains("p1.identity."));
}

#[tokio::test]
async fn each_part_in_which_a_byte_is_changed_is_named() {
    let yard = Yard::new().await;
    yard.work().await;
    yard.put_file("a drawing").await;
    yard.export("a.tar").await;
    let parts = read_tar(&yard.path("a.tar"));
    let kinds = ["keys", "log", "commands", "checkpoints", "files", MANIFEST, SIGNATURE];
    assert_eq!(parts.len(), kinds.len());
    for (index, kind) in kinds.iter().enumerate() {
        let length = parts[index].1.len();
        for at in [0, length / 3, length / 2, length - 2] {
            let mut changed = parts.clone();
            changed[index].1[at] ^= 1;
            let path = write_tar(yard.path("changed.tar"), &changed);
            let said = fault(&path).to_string();
            let name = if *kind == SIGNATURE { MANIFEST } else { kind };
            // A root is checked as the log passes by, so its fault is told of the log's part.
            let or = if *kind == "checkpoints" { "log" } else { name };
            assert!(said.starts_with(name) || said.starts_with(or), "{kind} at {at}: {said}");
        }
    }
}

#[tokio::test]
async fn an_event_that_was_changed_moved_added_or_taken_out_is_named_by_its_position() {
    let yard = Yard::new().await;
    let events = yard.work().await;
    yard.export("a.tar").await;
    let tampered = |edit: &dyn Fn(&mut Vec<Value>)| {
        let mut parts = read_tar(&yard.path("a.tar"));
        let log = &mut part(&mut parts, "log/").1;
        let mut all = lines(log);
        edit(&mut all);
        *log = text_of(&all);
        match fault(&write_tar(yard.path("tampered.tar"), &parts)) {
            ExportFault::Log { part, fault } if part.starts_with("log") => fault,
            other => panic!("{other}"),
        }
    };
    let changed = tampered(&|all| all[2]["payload"] = json!("{}"));
    assert_eq!(changed, Fault::Leaf { position: 3 });
    let later = tampered(&|all| all[3]["recorded_at"] = json!(1));
    assert_eq!(later, Fault::Leaf { position: 4 });
    let moved = tampered(&|all| all.swap(1, 2));
    assert_eq!(moved, Fault::Position { expected: 2, found: 3 });
    let doubled = tampered(&|all| all.insert(2, all[1].clone()));
    assert_eq!(doubled, Fault::Position { expected: 3, found: 2 });
    let missing = tampered(&|all| drop(all.remove(1)));
    assert_eq!(missing, Fault::Position { expected: 2, found: 3 });
    let cut = tampered(&|all| drop(all.pop()));
    assert_eq!(cut, Fault::Cut { events: events - 1, signed: events });
}

#[tokio::test]
async fn who_makes_leaves_and_hashes_anew_still_lacks_the_signature() {
    let yard = Yard::new().await;
    yard.work().await;
    yard.export("a.tar").await;
    let mut parts = read_tar(&yard.path("a.tar"));
    let commands = part(&mut parts, "commands/");
    let mut all = lines(&commands.1);
    all[0]["status"] = json!(500);
    commands.1 = text_of(&all);
    let (path, hash) = (commands.0.clone(), hex(&sha256(&commands.1)));
    let bytes = commands.1.len();
    let changed = write_tar(yard.path("hash.tar"), &parts);
    assert_eq!(fault(&changed), ExportFault::Changed(path.clone()));
    // And with the manifest made to fit.
    let manifest = &mut part(&mut parts, MANIFEST).1;
    let mut said: Value = serde_json::from_slice(manifest).expect("a manifest");
    for part in said["parts"].as_array_mut().expect("parts") {
        if part["path"] == json!(path) {
            (part["sha256"], part["bytes"]) = (json!(hash), json!(bytes));
        }
    }
    *manifest = serde_json::to_vec_pretty(&said).expect("a document");
    assert_eq!(fault(&write_tar(yard.path("fits.tar"), &parts)), ExportFault::Manifest);
}

#[tokio::test]
async fn parts_that_are_added_missing_or_doubled_are_named_and_so_is_a_cut() {
    let yard = Yard::new().await;
    yard.work().await;
    yard.put_file("a drawing").await;
    yard.export("a.tar").await;
    let parts = read_tar(&yard.path("a.tar"));
    let with = |edit: &dyn Fn(&mut Parts)| {
        let mut edited = parts.clone();
        edit(&mut edited);
        fault(&write_tar(yard.path("edited.tar"), &edited))
    };
    let of =
        |kind: &str| parts.iter().position(|(path, _)| path.starts_with(kind)).expect("the part");
    for kind in ["keys/", "commands/", "files/"] {
        let gone = with(&|parts| drop(parts.remove(of(kind))));
        assert_eq!(gone, ExportFault::Missing(parts[of(kind)].0.clone()));
        let doubled = with(&|parts| parts.insert(0, parts[of(kind)].clone()));
        let named = doubled.to_string();
        assert!(
            named.starts_with(&parts[of(kind)].0) || named.contains(kind.trim_end_matches('/'))
        );
    }
    let added = with(&|parts| parts.insert(0, ("files/logo/x".into(), b"x".to_vec())));
    assert_eq!(added, ExportFault::Added("files/logo/x".into()));
    let strange = with(&|parts| parts.insert(0, ("etc/passwd".into(), b"x".to_vec())));
    assert_eq!(strange, ExportFault::Added("etc/passwd".into()));
    // A file that ends too early has no manifest, wherever it ends.
    let bytes = std::fs::read(yard.path("a.tar")).expect("the export");
    let manifest = bytes.len() - 1024 - 512 - parts[parts.len() - 1].1.len().next_multiple_of(512);
    for length in [0, 1, 511, 512, 700, bytes.len() / 2, manifest - 1] {
        let path = yard.path("cut.tar");
        std::fs::write(&path, &bytes[..length]).expect("written");
        assert_eq!(fault(&path), ExportFault::Cut, "{length}");
    }
}

#[tokio::test]
async fn an_export_of_a_later_format_says_so() {
    let yard = Yard::new().await;
    yard.work().await;
    yard.export("a.tar").await;
    let mut parts = read_tar(&yard.path("a.tar"));
    let manifest = &mut part(&mut parts, MANIFEST).1;
    let mut said: Value = serde_json::from_slice(manifest).expect("a manifest");
    said["format"] = json!(2);
    *manifest = serde_json::to_vec(&said).expect("a document");
    assert_eq!(fault(&write_tar(yard.path("later.tar"), &parts)), ExportFault::Format(2));
}

/// What becomes of each table of a tenant in an export. A table that is not here was forgotten.
const FATES: [(&str, &str); 13] = [
    ("checkpoints", "read models are built anew"),
    ("claims", "folded from the events"),
    ("commands", "carried"),
    ("events", "carried"),
    ("jobs", "both servers would do them"),
    ("links", "they open doors of the old server"),
    ("log_head", "carried by the manifest"),
    ("sessions", "they open doors of the old server"),
    ("sign_in_asks", "how often somebody asked within an hour"),
    ("signed_checkpoints", "carried"),
    ("subject_keys", "carried"),
    ("tokens", "they open doors of the old server"),
    ("cqrs_es_events", "a view of the events"),
];

#[tokio::test]
async fn it_is_decided_of_each_table_of_a_tenant_what_becomes_of_it_in_an_export() {
    let yard = Yard::new().await;
    let mut tx = yard.firm.tenant.tenants.begin(yard.firm.id()).await.expect("the tenant's door");
    let rows = tx
        .query(
            "select relname::text from pg_catalog.pg_class
             where relnamespace = '{t}'::regnamespace and relkind in ('r', 'p', 'v', 'm')",
        )
        .fetch_all()
        .await
        .expect("the catalogue of tables");
    let mut found: Vec<String> = rows.iter().map(|row| row.try_get(0).expect("a name")).collect();
    let mut decided: Vec<&str> = FATES.iter().map(|(table, _)| *table).collect();
    found.sort_unstable();
    decided.sort_unstable();
    assert_eq!(found, decided);
}
