//! A member's favourites: everybody keeps their own, and nobody another's.

use domain::id::{FavouriteId, MemberId, ProjectId, TaskId};
use domain::time::favourites::{
    self, FavouriteEvent, Favourites, add_favourite, change_favourite, favourites_stream,
    remove_favourite,
};

use super::{authority_over, note_of, work_facts};
use crate::handle::Command;
use crate::refused::{CommandError, Reply};
use crate::unit::{Loaded, Unit};

/// The member's favourites, to be changed.
async fn list_of(
    unit: &mut Unit<'_>,
    member: MemberId,
    seen: Option<i32>,
) -> Result<Loaded<Favourites>, CommandError> {
    let list = unit.write::<Favourites>(favourites_stream(member)).await?;
    authority_over(unit, member).await?;
    list.check_seen(seen)?;
    Ok(list)
}

/// Keep one more favourite.
#[derive(Debug, Clone)]
pub struct AddFavourite {
    /// A new id.
    pub favourite: FavouriteId,
    /// Whose.
    pub member: MemberId,
    /// On what.
    pub project: ProjectId,
    /// Doing what.
    pub task: TaskId,
    /// Whether time may be billed; none = as its task says then.
    pub billable: Option<bool>,
    /// What the member calls it.
    pub name: Option<String>,
    /// The note that time begins with.
    pub note: Option<String>,
    /// The labels that time begins with.
    pub tags: Vec<String>,
}

impl Command for AddFavourite {
    async fn run(&self, unit: &mut Unit<'_>) -> Result<Reply, CommandError> {
        let list = list_of(unit, self.member, None).await?;
        let work = work_facts(unit, self.member, self.project, self.task).await?;
        let command = add_favourite::AddFavourite {
            favourite: self.favourite,
            member: self.member,
            project: self.project,
            task: self.task,
            billable: self.billable,
            name: note_of(self.member, self.name.as_deref()),
            note: note_of(self.member, self.note.as_deref()),
            tags: self.tags.clone(),
        };
        let added = add_favourite::decide(&list.state, &work, command)?;
        unit.emit(&list, [FavouriteEvent::from(added)]);
        Ok(Reply::created(self.favourite))
    }
}

/// Change a favourite, or its place; what is left out stays as it is.
#[derive(Debug, Clone)]
pub struct ChangeFavourite {
    /// Which.
    pub favourite: FavouriteId,
    /// Whose.
    pub member: MemberId,
    /// Another place: 1 is the first.
    pub place: Option<u32>,
    /// Another project.
    pub project: Option<ProjectId>,
    /// Another task.
    pub task: Option<TaskId>,
    /// Whether time may be billed, or as its task says.
    pub billable: Option<Option<bool>>,
    /// Another name, or none.
    pub name: Option<Option<String>>,
    /// Another note, or none.
    pub note: Option<Option<String>>,
    /// All tags from now on.
    pub tags: Option<Vec<String>>,
    /// The version of the list that the caller saw, where it matters.
    pub expected_version: Option<i32>,
}

impl Command for ChangeFavourite {
    async fn run(&self, unit: &mut Unit<'_>) -> Result<Reply, CommandError> {
        let list = list_of(unit, self.member, self.expected_version).await?;
        let text = |text: &Option<String>| note_of(self.member, text.as_deref());
        let command = change_favourite::ChangeFavourite {
            favourite: self.favourite,
            member: self.member,
            place: self.place,
            project: self.project,
            task: self.task,
            billable: self.billable,
            name: self.name.as_ref().map(text),
            note: self.note.as_ref().map(text),
            tags: self.tags.clone(),
        };
        let (project, task) = command.target(list.state.find(self.favourite)?);
        let work = work_facts(unit, self.member, project, task).await?;
        let events = change_favourite::decide(&list.state, &work, command)?;
        unit.emit(&list, events);
        Ok(Reply::changed(self.favourite))
    }
}

/// Keep a favourite no longer.
#[derive(Debug, Clone, Copy)]
pub struct RemoveFavourite {
    /// Which.
    pub favourite: FavouriteId,
    /// Whose.
    pub member: MemberId,
    /// The version of the list that the caller saw, where it matters.
    pub expected_version: Option<i32>,
}

impl Command for RemoveFavourite {
    async fn run(&self, unit: &mut Unit<'_>) -> Result<Reply, CommandError> {
        let RemoveFavourite { favourite, member, expected_version } = *self;
        let list = list_of(unit, member, expected_version).await?;
        let command = favourites::remove_favourite::RemoveFavourite { favourite, member };
        let removed = remove_favourite::decide(&list.state, command)?;
        unit.emit(&list, [FavouriteEvent::from(removed)]);
        Ok(Reply::changed(favourite))
    }
}
