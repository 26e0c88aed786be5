//! Samples of the events of files, and of rights on single objects.

use domain::files::{FileAbout, FileEvent, FileKind, FileRemoved, FileStored};
use domain::id::{ClientId, FileId, MemberId, ProjectId};
use domain::log::Event;
use domain::members::{Grant, GrantGiven, GrantTakenBack, MemberEvent};
use domain::personal::PurposeClass::Document;

use super::sample::{BRIDGE, FILE, NOVA, UMBRELLA, digest, id, text};

pub(crate) fn files() -> Vec<Event> {
    let of = |event: FileEvent| Event::from(event);
    let (file, owner) = (FileId(id(FILE)), MemberId(id(NOVA)));
    let note = FileStored {
        file,
        kind: FileKind::SickNote,
        owner,
        about: None,
        name: text(FILE, Document, "Krankschreibung „März“.pdf"),
        size: 20_481,
        media_type: "application/pdf".into(),
        sha256: digest("sealed"),
        sealed: true,
        content_sha256: None,
    };
    let about = [
        (FileKind::Contract, FileAbout::Client(ClientId(id(UMBRELLA)))),
        (FileKind::Document, FileAbout::Project(ProjectId(id(BRIDGE)))),
    ];
    let [contract, document] = about.map(|(kind, about)| FileStored {
        kind,
        about: Some(about),
        content_sha256: Some(digest("content")),
        ..note.clone()
    });
    let logo = FileStored {
        kind: FileKind::Logo,
        media_type: "image/png".into(),
        sealed: false,
        ..note.clone()
    };
    let medical = FileStored { kind: FileKind::Medical, ..note.clone() };
    vec![
        of(note.into()),
        of(contract.into()),
        of(document.into()),
        of(logo.into()),
        of(medical.into()),
        of(FileRemoved { file }.into()),
    ]
}

pub(crate) fn grants() -> Vec<Event> {
    let of = |event: MemberEvent| Event::from(event);
    let member = MemberId(id(NOVA));
    let grants = [
        Grant::AccountManager(ClientId(id(UMBRELLA))),
        Grant::ProjectManager(ProjectId(id(BRIDGE))),
        Grant::Reader(FileId(id(FILE))),
    ];
    let given = grants.map(|grant| of(GrantGiven { member, grant }.into()));
    let taken = grants.map(|grant| of(GrantTakenBack { member, grant }.into()));
    [given, taken].concat()
}
