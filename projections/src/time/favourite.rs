//! Each member's favourites, by their place.

use domain::id::{FavouriteId, MemberId, ProjectId, TaskId};
use domain::log::{EventFamily, Recorded};
use domain::personal::{Envelope, Personal};
use domain::time::favourites::FavouriteEvent;
use migrations::TenantTx;

use crate::model::{EventTypes, ReadModel};
use crate::row::{ReadError, Rows, read_row, read_rows, row, select};

row! {
    /// One favourite.
    FavouriteRow in "rm_favourite" key(favourite_id: FavouriteId)
    index("member": "(member_id, place)") {
        /// Its id.
        favourite_id: FavouriteId,
        /// Whose.
        member_id: MemberId,
        /// Where it stands: lower ones come first. There may be gaps.
        place: u32,
        /// On what.
        project_id: ProjectId,
        /// Doing what.
        task_id: TaskId,
        /// Whether time may be billed; none = as its task says then.
        billable: Option<bool>,
        /// What the member calls it, sealed.
        name: Option<Envelope>,
        /// The note that time begins with, sealed.
        note: Option<Envelope>,
        /// The labels that time begins with.
        tags: Vec<String>,
        /// The last event that changed it.
        position: i64,
    }
}

/// The fold of favourites.
#[derive(Debug)]
pub struct Favourite;

impl ReadModel for Favourite {
    const NAME: &'static str = "favourite";
    const VERSION: i32 = 1;
    const READS: &'static [EventTypes] = &[FavouriteEvent::TYPES];
    type Row = FavouriteRow;

    fn touches(event: &Recorded) -> Vec<FavouriteId> {
        match event.event.family::<FavouriteEvent>() {
            Some(FavouriteEvent::FavouriteAdded(event)) => vec![event.favourite],
            Some(FavouriteEvent::FavouriteChanged(event)) => vec![event.favourite],
            Some(FavouriteEvent::FavouritesReordered(event)) => event.order.clone(),
            Some(FavouriteEvent::FavouriteRemoved(event)) => vec![event.favourite],
            None => Vec::new(),
        }
    }

    fn apply(rows: &mut Rows<FavouriteRow>, recorded: &Recorded) {
        let sealed = |text: Option<&Personal<String>>| text.and_then(|it| it.envelope().cloned());
        match recorded.event.family::<FavouriteEvent>() {
            Some(FavouriteEvent::FavouriteAdded(event)) => rows.put(FavouriteRow {
                favourite_id: event.favourite,
                member_id: event.member,
                place: event.place,
                project_id: event.project,
                task_id: event.task,
                billable: event.billable,
                name: sealed(event.name.as_ref()),
                note: sealed(event.note.as_ref()),
                tags: event.tags.clone(),
                position: recorded.position,
            }),
            Some(FavouriteEvent::FavouriteChanged(event)) => {
                rows.change(&event.favourite, |row| {
                    row.project_id = event.project;
                    row.task_id = event.task;
                    row.billable = event.billable;
                    row.name = sealed(event.name.as_ref());
                    row.note = sealed(event.note.as_ref());
                    row.tags.clone_from(&event.tags);
                    row.position = recorded.position;
                });
            }
            Some(FavouriteEvent::FavouritesReordered(event)) => {
                for (place, favourite) in (1..).zip(&event.order) {
                    rows.change(favourite, |row| {
                        row.place = place;
                        row.position = recorded.position;
                    });
                }
            }
            Some(FavouriteEvent::FavouriteRemoved(event)) => rows.remove(&event.favourite),
            None => {}
        }
    }
}

/// One favourite.
pub async fn find(
    tx: &mut TenantTx,
    favourite: FavouriteId,
) -> Result<Option<FavouriteRow>, ReadError> {
    let query = select::<FavouriteRow>(tx, "where r.favourite_id = $1").bind(favourite.0);
    query.fetch_optional().await?.as_ref().map(read_row).transpose()
}

/// The favourites of a member, in their order.
pub async fn of_member(
    tx: &mut TenantTx,
    member: MemberId,
) -> Result<Vec<FavouriteRow>, ReadError> {
    let sql = "where r.member_id = $1 order by r.place, r.favourite_id";
    read_rows(&select::<FavouriteRow>(tx, sql).bind(member.0).fetch_all().await?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::samples::{favourites, id};
    use crate::tests::{assert_declares_what_it_touches, rows_of};

    #[test]
    fn favourites_stand_where_they_were_put_and_are_gone_once_removed() {
        let history = favourites();
        let mut rows = rows_of::<Favourite>(&history.0);
        rows.sort_by_key(|row| row.place);
        let shown: Vec<_> = rows.iter().map(|row| (row.favourite_id.0, row.place)).collect();
        assert_eq!(shown, [(id(802), 1), (id(801), 2)]);
        assert_eq!((rows[0].billable, rows[0].tags.len()), (Some(true), 1));
        assert_declares_what_it_touches::<Favourite>(&history.0);
    }
}
