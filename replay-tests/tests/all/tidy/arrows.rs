//! The arrows between the crates, as their Cargo.toml files have them: domain ← migrations ←
//! {commands, projections} ← api, with documents between domain and commands. An arrow that points
//! back would let a rule ask a database.

use std::collections::BTreeSet;

use super::tree::{self, MEMBERS};

fn manifest(member: &str) -> toml::Table {
    let path = tree::root().join(member).join("Cargo.toml");
    let text = std::fs::read_to_string(path).expect("every member has a Cargo.toml");
    text.parse().expect("a Cargo.toml is TOML")
}

/// Everything a member depends on, for building and for tests.
fn dependencies(member: &str) -> BTreeSet<String> {
    let manifest = manifest(member);
    let sections = ["dependencies", "dev-dependencies", "build-dependencies"];
    let tables = sections.iter().filter_map(|section| manifest.get(*section)?.as_table());
    tables.flat_map(|table| table.keys().cloned()).collect()
}

fn of_ours(member: &str) -> Vec<String> {
    let all = dependencies(member);
    // A crate is called by the last part of where it lies.
    let names = MEMBERS.iter().filter_map(|member| member.rsplit('/').next());
    names.filter(|name| all.contains(*name)).map(str::to_owned).collect()
}

#[test]
fn the_workspace_has_exactly_these_members_and_one_binary() {
    let root = manifest(".");
    let members = root["workspace"]["members"].as_array().expect("a list of members");
    let members: Vec<_> = members.iter().filter_map(toml::Value::as_str).collect();
    assert_eq!(members, MEMBERS);
    let binaries = MEMBERS.iter().flat_map(|member| {
        let manifest = manifest(member);
        let listed = manifest.get("bin").and_then(toml::Value::as_array).cloned();
        let names = listed.unwrap_or_default().into_iter();
        names.map(|binary| (*member, binary["name"].as_str().unwrap_or_default().to_owned()))
    });
    let binaries: Vec<_> = binaries.collect();
    assert_eq!(binaries, [("api", "crowdminder".to_owned())]);
}

#[test]
fn the_arrows_between_the_crates_point_one_way() {
    assert_eq!(of_ours("domain"), [""; 0]);
    assert_eq!(of_ours("migrations"), ["domain"]);
    assert_eq!(of_ours("commands/documents"), ["domain"]);
    assert_eq!(of_ours("commands"), ["domain", "migrations", "documents"]);
    assert_eq!(of_ours("projections"), ["domain", "migrations"]);
    assert_eq!(of_ours("api"), ["domain", "migrations", "commands", "documents", "projections"]);
}

#[test]
fn the_rules_depend_on_nothing_that_waits_reads_or_rolls_dice() {
    let all = dependencies("domain");
    let banned = ["tokio", "sqlx", "rand", "reqwest", "hyper", "async-nats", "tracing", "futures"];
    let found: Vec<_> = banned.iter().filter(|name| all.contains(**name)).collect();
    assert!(found.is_empty(), "{found:?}");
}
