//! Changing a favourite: what is not named stays. A place moves it there, and the others make room.

use super::super::Refusal;
use super::super::record_time::WorkFacts;
use super::{
    Favourite, FavouriteChanged, FavouriteEvent, FavouriteRefusal, Favourites, FavouritesReordered,
    check_texts,
};
use crate::id::{FavouriteId, MemberId, ProjectId, TaskId};
use crate::personal::Personal;

/// Changes a favourite; each field left out stays as it is.
#[derive(Debug, Clone, PartialEq)]
pub struct ChangeFavourite {
    /// Which.
    pub favourite: FavouriteId,
    /// Whose.
    pub member: MemberId,
    /// Another place: 1 is the first.
    pub place: Option<u32>,
    /// Another project; a task of it should come along.
    pub project: Option<ProjectId>,
    /// Another task.
    pub task: Option<TaskId>,
    /// Whether time may be billed, or as its task says.
    pub billable: Option<Option<bool>>,
    /// Another name, or none.
    pub name: Option<Option<Personal<String>>>,
    /// Another note, or none.
    pub note: Option<Option<Personal<String>>>,
    /// Other tags: all from now on.
    pub tags: Option<Vec<String>>,
}

impl ChangeFavourite {
    /// A change that changes nothing yet.
    pub fn of(favourite: FavouriteId, member: MemberId) -> Self {
        ChangeFavourite {
            favourite,
            member,
            place: None,
            project: None,
            task: None,
            billable: None,
            name: None,
            note: None,
            tags: None,
        }
    }

    /// The project and the task once it's changed: what facts are needed of.
    pub fn target(&self, favourite: &Favourite) -> (ProjectId, TaskId) {
        (self.project.unwrap_or(favourite.project), self.task.unwrap_or(favourite.task))
    }
}

/// What changing leads to: nothing where nothing would change.
pub fn decide(
    favourites: &Favourites,
    work: &WorkFacts,
    command: ChangeFavourite,
) -> Result<Vec<FavouriteEvent>, Refusal> {
    let old = favourites.find(command.favourite)?;
    let (project, task) = command.target(old);
    let mut events = Vec::new();
    let (member, place) = (command.member, command.place);
    let new = Favourite {
        favourite: old.favourite,
        place: old.place,
        project,
        task,
        billable: command.billable.unwrap_or(old.billable),
        name: command.name.unwrap_or_else(|| old.name.clone()),
        note: command.note.unwrap_or_else(|| old.note.clone()),
        tags: command.tags.unwrap_or_else(|| old.tags.clone()),
    };
    if new != *old {
        if (project, task) != (old.project, old.task) {
            work.check()?;
        }
        check_texts(new.name.as_ref(), new.note.as_ref(), &new.tags)?;
        let Favourite { favourite, billable, name, note, tags, .. } = new;
        let changed =
            FavouriteChanged { favourite, member, project, task, billable, name, note, tags };
        events.push(changed.into());
    }
    if let Some(order) = reordered(favourites, command.favourite, place)? {
        events.push(FavouritesReordered { member, order }.into());
    }
    Ok(events)
}

/// The order with the favourite at another place; none where it stands there already.
fn reordered(
    favourites: &Favourites,
    favourite: FavouriteId,
    place: Option<u32>,
) -> Result<Option<Vec<FavouriteId>>, Refusal> {
    let Some(place) = place else { return Ok(None) };
    let count = favourites.kept.len();
    let index = usize::try_from(place).unwrap_or(usize::MAX).wrapping_sub(1);
    if index >= count {
        return Err(FavouriteRefusal::PlaceOutOfRange { count }.into());
    }
    let before: Vec<FavouriteId> = favourites.kept.iter().map(|kept| kept.favourite).collect();
    let mut order = before.clone();
    order.retain(|kept| *kept != favourite);
    order.insert(index, favourite);
    Ok((order != before).then_some(order))
}

#[cfg(test)]
mod tests {
    use super::super::add_favourite::tests::{add, kept};
    use super::*;
    use crate::time::samples::{member_note, record_facts, task};

    fn change(n: u128) -> ChangeFavourite {
        ChangeFavourite::of(add(n).favourite, add(n).member)
    }

    fn decided(command: ChangeFavourite) -> Result<Vec<FavouriteEvent>, Refusal> {
        decide(&kept(3), &record_facts().work, command)
    }

    #[test]
    fn a_name_and_a_place_change_in_one_step_and_the_others_make_room() {
        let name = Some(Some(member_note("Mondays")));
        let events = decided(ChangeFavourite { place: Some(1), name, ..change(3) });
        let mut list = kept(3);
        events.expect("changed").iter().for_each(|event| list.evolve(event));
        let order: Vec<u128> = list.kept.iter().map(|it| it.favourite.0.as_u128()).collect();
        assert_eq!(order, [3, 1, 2]);
        assert_eq!(list.kept[0].name.as_ref().and_then(|name| name.get()).unwrap(), "Mondays");
        assert_eq!(decided(ChangeFavourite { place: Some(3), ..change(3) }), Ok(Vec::new()));
    }

    #[test]
    fn unknown_ones_places_out_of_range_and_work_that_is_closed_are_refused() {
        let unknown = decided(change(9)).expect_err("unknown");
        assert!(unknown.is_missing());
        for place in [0, 4] {
            let out = decided(ChangeFavourite { place: Some(place), ..change(1) });
            let out = out.expect_err("out of range");
            let named = ("time.favourite_place_out_of_range", Some("/place"));
            assert_eq!((out.code(), out.field()), named);
        }
        let work = WorkFacts { task: None, ..record_facts().work };
        let to = ChangeFavourite { task: Some(task(2)), ..change(1) };
        assert_eq!(decide(&kept(1), &work, to), Err(Refusal::TaskUnknown));
    }
}
