//! The whole table against a reviewed text: whoever changes who may do what changes that file too.

use super::*;
use uuid::Uuid;

const REVIEWED: &str = include_str!("reviewed.txt");

const CALLER: MemberId = MemberId(Uuid::from_u128(1));
const OTHER: MemberId = MemberId(Uuid::from_u128(2));
const CLIENT: ClientId = ClientId(Uuid::from_u128(3));
const PROJECT: ProjectId = ProjectId(Uuid::from_u128(4));
const FILE: FileId = FileId(Uuid::from_u128(5));

/// Each kind of object, with whether it's the caller's own.
fn objects() -> Vec<(String, Object, bool)> {
    let file = |kind, owner, about| Object::File { file: FILE, kind, owner, about };
    let mut objects = vec![
        ("firm".to_owned(), Object::Firm, false),
        ("client".to_owned(), Object::Client(CLIENT), false),
        ("project".to_owned(), Object::Project { project: PROJECT, client: Some(CLIENT) }, false),
        ("member".to_owned(), Object::Member(OTHER), false),
        ("member".to_owned(), Object::Member(CALLER), true),
    ];
    for kind in FileKind::ALL {
        for (owner, own) in [(OTHER, false), (CALLER, true)] {
            objects.push((kind.to_string(), file(kind, owner, None), own));
        }
    }
    for kind in [FileKind::Document, FileKind::Contract] {
        for (about, name) in
            [(FileAbout::Client(CLIENT), "client"), (FileAbout::Project(PROJECT), "project")]
        {
            objects.push((format!("{kind} of {name}"), file(kind, OTHER, Some(about)), false));
        }
    }
    objects
}

fn member(role: Role) -> Authority {
    Authority::Member { member: CALLER, roles: vec![role] }
}

/// Everybody who may, in the words of the reviewed file.
fn who_may(action: Action, object: &Object) -> Vec<String> {
    let none = BTreeSet::new();
    let allowed =
        |by: &Authority, grants: &BTreeSet<Grant>| may(by, grants, action, object).is_ok();
    let mut who: Vec<String> = Role::ALL
        .into_iter()
        .filter(|role| allowed(&member(*role), &none))
        .map(|role| role.to_string())
        .collect();
    let grants =
        [Grant::AccountManager(CLIENT), Grant::ProjectManager(PROJECT), Grant::Reader(FILE)];
    for grant in grants {
        let (one, plain) = (BTreeSet::from([grant]), member(Role::Member));
        if !allowed(&plain, &none) && allowed(&plain, &one) {
            who.push(format!("+{}", grant.right()));
        }
    }
    if allowed(&Authority::Operator, &none) {
        who.push("operator".to_owned());
    }
    who
}

fn table() -> String {
    let mut lines = Vec::new();
    for action in Action::ALL {
        for (name, object, own) in objects() {
            let who = who_may(action, &object);
            if !who.is_empty() {
                let whose = if own { "own " } else { "" };
                lines.push(format!("{action:?} {whose}{name}: {}", who.join(" ")));
            }
        }
    }
    lines.join("\n") + "\n"
}

#[test]
fn who_may_do_what_is_what_was_reviewed() {
    let table = table();
    assert!(table == REVIEWED, "if this is meant, put it into policy/reviewed.txt:\n{table}");
}

#[test]
fn a_grant_on_one_object_opens_no_other() {
    let other = |n: u128| Uuid::from_u128(100 + n);
    let grants = BTreeSet::from([
        Grant::AccountManager(ClientId(other(1))),
        Grant::ProjectManager(ProjectId(other(2))),
        Grant::Reader(FileId(other(3))),
    ]);
    let none = BTreeSet::new();
    for action in Action::ALL {
        for (name, object, _) in objects() {
            for role in Role::ALL {
                let by = member(role);
                let with = may(&by, &grants, action, &object);
                assert_eq!(with, may(&by, &none, action, &object), "{action:?} {name} {role}");
            }
        }
    }
}

#[test]
fn who_has_no_role_may_nothing_whatever_was_granted_but_read_what_is_theirs() {
    let grants = BTreeSet::from([Grant::AccountManager(CLIENT), Grant::ProjectManager(PROJECT)]);
    let by = Authority::Member { member: CALLER, roles: Vec::new() };
    for action in Action::ALL.into_iter().filter(|action| *action != Action::ReadFile) {
        for (name, object, _) in objects() {
            assert!(may(&by, &grants, action, &object).is_err(), "{action:?} {name}");
        }
    }
}

#[test]
fn an_admin_opens_nobodys_health_to_themselves_and_an_owner_may() {
    let none = BTreeSet::new();
    let note = |owner| Object::File { file: FILE, kind: FileKind::SickNote, owner, about: None };
    let give = |role, owner, to| may_give(&member(role), &none, &note(owner), to).is_ok();
    assert!(!give(Role::Admin, OTHER, CALLER));
    assert!(give(Role::Owner, OTHER, CALLER));
    assert!(give(Role::Admin, OTHER, MemberId(Uuid::from_u128(9))));
    assert!(give(Role::Member, CALLER, OTHER), "it's theirs to show");
    assert!(!give(Role::Manager, OTHER, CALLER) && !give(Role::Member, OTHER, CALLER));
}
