//! Samples of the events of timers and favourites.

use domain::id::{EntryId, FavouriteId, MemberId, ProjectId, TaskId};
use domain::log::Event;
use domain::personal::PurposeClass;
use domain::time::favourites::{
    FavouriteAdded, FavouriteChanged, FavouriteEvent, FavouriteRemoved, FavouritesReordered,
};
use domain::time::timer::{TimerChanged, TimerDiscarded, TimerEvent, TimerStarted, TimerStopped};

use super::sample::{BRIDGE, DRAWING, ENTRY, FAVOURITE, NOVA, id, text};

fn timer(event: impl Into<TimerEvent>) -> Event {
    event.into().into()
}

fn favourite(event: impl Into<FavouriteEvent>) -> Event {
    event.into().into()
}

fn started() -> TimerStarted {
    TimerStarted {
        entry: EntryId(id(ENTRY)),
        member: MemberId(id(NOVA)),
        project: ProjectId(id(BRIDGE)),
        task: TaskId(id(DRAWING)),
        start: "2026-02-03T21:30:00Z".parse().expect("an instant"),
        zone: "Africa/Johannesburg".into(),
        billable: true,
        note: Some(text(NOVA, PurposeClass::Note, "Drawing the pylon")),
        tags: vec!["on site".into(), "α".into()],
    }
}

pub(crate) fn timers() -> Vec<Event> {
    let TimerStarted { entry, member, project, task, start, zone, note, tags, .. } = started();
    let (version, billable) = (2, false);
    let changed =
        TimerChanged { entry, version, member, project, task, start, zone, billable, note, tags };
    let end = "2026-02-03T22:15:30Z".parse().expect("an instant");
    let reason = Some(text(NOVA, PurposeClass::Reason, "started by mistake"));
    vec![
        timer(started()),
        timer(TimerStarted { note: None, tags: vec![], ..started() }),
        timer(changed.clone()),
        timer(TimerChanged { note: None, tags: vec![], ..changed }),
        timer(TimerStopped { entry, member, end }),
        timer(TimerDiscarded { entry, member, reason }),
        timer(TimerDiscarded { entry, member, reason: None }),
    ]
}

pub(crate) fn favourites() -> Vec<Event> {
    let kept = FavouriteId(id(FAVOURITE));
    let added = FavouriteAdded {
        favourite: kept,
        member: MemberId(id(NOVA)),
        place: 1,
        project: ProjectId(id(BRIDGE)),
        task: TaskId(id(DRAWING)),
        billable: Some(false),
        name: Some(text(NOVA, PurposeClass::Note, "Mondays")),
        note: Some(text(NOVA, PurposeClass::Note, "Stand-up")),
        tags: vec!["meeting".into()],
    };
    let FavouriteAdded { member, project, task, billable, name, note, tags, .. } = added.clone();
    let changed =
        FavouriteChanged { favourite: kept, member, project, task, billable, name, note, tags };
    let bare = FavouriteAdded {
        place: 2,
        billable: None,
        name: None,
        note: None,
        tags: vec![],
        ..added.clone()
    };
    let order = vec![FavouriteId(id(FAVOURITE + 1)), kept];
    let bare_change = FavouriteChanged {
        billable: None,
        name: None,
        note: None,
        tags: vec![],
        ..changed.clone()
    };
    vec![
        favourite(added),
        favourite(bare),
        favourite(changed),
        favourite(bare_change),
        favourite(FavouritesReordered { member, order }),
        favourite(FavouriteRemoved { favourite: kept, member }),
    ]
}
