//! The whole table against a reviewed text: whoever changes who may do what changes that file too.

use super::*;
use crate::id::LeaveRequestId;
use uuid::Uuid;

const REVIEWED: &str = include_str!("reviewed.txt");

const CALLER: MemberId = MemberId(Uuid::from_u128(1));
const OTHER: MemberId = MemberId(Uuid::from_u128(2));
const CLIENT: ClientId = ClientId(Uuid::from_u128(3));
const PROJECT: ProjectId = ProjectId(Uuid::from_u128(4));
const FILE: FileId = FileId(Uuid::from_u128(5));
const REQUEST: LeaveRequestId = LeaveRequestId(Uuid::from_u128(6));

/// Each kind of object, with whether it's the caller's own.
fn objects() -> Vec<(String, Object, bool)> {
    let file =
        |kind, owner, about| Object::File { file: FILE, kind, owner, about, approver: false };
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
    let about = Some(FileAbout::Client(CLIENT));
    for (owner, own) in [(OTHER, false), (CALLER, true)] {
        let object = file(FileKind::Issued, owner, about);
        objects.push(("issued of client".to_owned(), object, own));
    }
    let about = Some(FileAbout::LeaveRequest(REQUEST));
    for kind in [FileKind::Document, FileKind::SickNote, FileKind::Medical] {
        for (owner, own) in [(OTHER, false), (CALLER, true)] {
            objects.push((format!("{kind} of leave"), file(kind, owner, about), own));
        }
        let object = Object::File { file: FILE, kind, owner: OTHER, about, approver: true };
        objects.push((format!("{kind} of leave to approve"), object, false));
    }
    let leave = |member, approver| Object::Leave { member, approver };
    objects.push(("leave".to_owned(), leave(OTHER, false), false));
    objects.push(("leave".to_owned(), leave(CALLER, false), true));
    objects.push(("leave to approve".to_owned(), leave(OTHER, true), false));
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
    let grants = [
        Grant::AccountManager(CLIENT),
        Grant::ProjectManager(PROJECT),
        Grant::Reader(FILE),
        Grant::LeaveReader(OTHER),
    ];
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
        Grant::LeaveReader(MemberId(other(4))),
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
    let reads = [Action::ReadFile, Action::ReadLeaveReason];
    for action in Action::ALL.into_iter().filter(|action| !reads.contains(action)) {
        for (name, object, _) in objects() {
            assert!(may(&by, &grants, action, &object).is_err(), "{action:?} {name}");
        }
    }
}

#[test]
fn an_admin_opens_nobodys_health_to_themselves_and_an_owner_may() {
    let none = BTreeSet::new();
    let (kind, about, approver) = (FileKind::SickNote, None, false);
    let note = |owner| Object::File { file: FILE, kind, owner, about, approver };
    let give = |role, owner, to| may_give(&member(role), &none, &note(owner), to).is_ok();
    assert!(!give(Role::Admin, OTHER, CALLER));
    assert!(give(Role::Owner, OTHER, CALLER));
    assert!(give(Role::Admin, OTHER, MemberId(Uuid::from_u128(9))));
    assert!(give(Role::Member, CALLER, OTHER), "it's theirs to show");
    assert!(!give(Role::Manager, OTHER, CALLER) && !give(Role::Member, OTHER, CALLER));
}
