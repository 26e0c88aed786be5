//! Histories of timers and favourites.

use domain::id::{EntryId, FavouriteId, MemberId, ProjectId, StreamId, TaskId};
use domain::log::Event;
use domain::personal::PurposeClass;
use domain::time::favourites::{
    FavouriteAdded, FavouriteChanged, FavouriteEvent, FavouriteRemoved, FavouritesReordered,
};
use domain::time::timer::{
    TimerChanged, TimerDiscarded, TimerEvent, TimerStarted, TimerStopped, timer_stream,
};

use super::samples::{History, id, sealed};

const MEMBER: MemberId = MemberId(uuid::Uuid::from_u128(1));

fn started(entry: u128) -> TimerStarted {
    TimerStarted {
        entry: EntryId(id(entry)),
        member: MEMBER,
        project: ProjectId(id(20)),
        task: TaskId(id(30)),
        start: History::instant(0),
        zone: "Africa/Johannesburg".into(),
        billable: true,
        note: Some(sealed(PurposeClass::Note, 1, "AAAA")),
        tags: vec!["a".into()],
    }
}

fn changed(entry: u128) -> TimerChanged {
    let TimerStarted { entry, member, project, task, start, .. } = started(entry);
    let (zone, version) = ("UTC".into(), 2);
    let (billable, note, tags) = (false, None, Vec::new());
    TimerChanged { entry, version, member, project, task, start, zone, billable, note, tags }
}

/// One timer that was stopped, one that was discarded, one that runs.
pub(crate) fn timers() -> History {
    let mut history = History::default();
    let (first, second) = (EntryId(id(701)), EntryId(id(702)));
    let events: [TimerEvent; 7] = [
        started(701).into(),
        TimerStopped { entry: first, member: MEMBER, end: History::instant(2) }.into(),
        started(702).into(),
        changed(702).into(),
        TimerDiscarded { entry: second, member: MEMBER, reason: None }.into(),
        started(703).into(),
        changed(703).into(),
    ];
    for event in events {
        history.add(timer_stream(MEMBER), Event::Timer(event));
    }
    history
}

fn added(n: u128, place: u32) -> FavouriteAdded {
    FavouriteAdded {
        favourite: FavouriteId(id(n)),
        member: MEMBER,
        place,
        project: ProjectId(id(20)),
        task: TaskId(id(30)),
        billable: None,
        name: Some(sealed(PurposeClass::Note, 1, "AAAA")),
        note: Some(sealed(PurposeClass::Note, 1, "BBBB")),
        tags: Vec::new(),
    }
}

/// Three favourites, of which one is changed and put first and one removed.
pub(crate) fn favourites() -> History {
    let mut history = History::default();
    let FavouriteAdded { favourite, member, project, task, .. } = added(802, 2);
    let (billable, name, note, tags) = (Some(true), None, None, vec!["a".into()]);
    let changed = FavouriteChanged { favourite, member, project, task, billable, name, note, tags };
    let order = [802, 801, 803].map(|n| FavouriteId(id(n))).to_vec();
    let events: [FavouriteEvent; 6] = [
        added(801, 1).into(),
        added(802, 2).into(),
        added(803, 3).into(),
        changed.into(),
        FavouritesReordered { member, order }.into(),
        FavouriteRemoved { favourite: FavouriteId(id(803)), member }.into(),
    ];
    let stream = StreamId(id(800));
    for event in events {
        history.add(stream, Event::Favourite(event));
    }
    history
}
