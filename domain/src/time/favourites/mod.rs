//! Favourites: what a member records or times often, in an order of their own, one stream per
//! member. A favourite is a shortcut and no promise: what it names is checked again when it's used.

pub mod add_favourite;
pub mod change_favourite;
mod events;
mod refusal;
pub mod remove_favourite;

use serde::{Deserialize, Serialize};

use super::Refusal;
use super::record_time::WorkFacts;
use crate::aggregate::aggregate;
use crate::id::{FavouriteId, MemberId, ProjectId, StreamId, TaskId};
use crate::personal::Personal;
use add_favourite::AddFavourite;
use change_favourite::ChangeFavourite;
use remove_favourite::RemoveFavourite;

pub use events::{
    FavouriteAdded, FavouriteChanged, FavouriteEvent, FavouriteRemoved, FavouritesReordered,
};
pub use refusal::FavouriteRefusal;

/// How many favourites a member may have.
pub const MOST_FAVOURITES: usize = 50;
/// The longest name, in characters.
pub const LONGEST_NAME: usize = 100;

/// The stream of a member's favourites.
pub fn favourites_stream(member: MemberId) -> StreamId {
    StreamId::derived("favourites", &[member.0.as_bytes()])
}

/// A favourite as it stands.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Favourite {
    /// Its id.
    pub favourite: FavouriteId,
    /// Where it stands: lower ones come first. There may be gaps.
    pub place: u32,
    /// On what.
    pub project: ProjectId,
    /// Doing what.
    pub task: TaskId,
    /// Whether time may be billed; none = as its task says then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub billable: Option<bool>,
    /// What the member calls it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<Personal<String>>,
    /// The note that time begins with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<Personal<String>>,
    /// The labels that time begins with.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
}

/// A member's favourites.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Favourites {
    /// In their order.
    pub kept: Vec<Favourite>,
}

impl Favourites {
    /// The favourite, or the refusal that there is none.
    pub fn find(&self, favourite: FavouriteId) -> Result<&Favourite, Refusal> {
        let mut kept = self.kept.iter();
        let found = kept.find(|kept| kept.favourite == favourite);
        Ok(found.ok_or(FavouriteRefusal::Unknown { favourite })?)
    }

    /// Takes in what happened.
    pub fn evolve(&mut self, event: &FavouriteEvent) {
        match event {
            FavouriteEvent::FavouriteAdded(event) => self.kept.push(Favourite {
                favourite: event.favourite,
                place: event.place,
                project: event.project,
                task: event.task,
                billable: event.billable,
                name: event.name.clone(),
                note: event.note.clone(),
                tags: event.tags.clone(),
            }),
            FavouriteEvent::FavouriteChanged(event) => {
                let mut kept = self.kept.iter_mut();
                if let Some(kept) = kept.find(|kept| kept.favourite == event.favourite) {
                    *kept = Favourite {
                        favourite: event.favourite,
                        place: kept.place,
                        project: event.project,
                        task: event.task,
                        billable: event.billable,
                        name: event.name.clone(),
                        note: event.note.clone(),
                        tags: event.tags.clone(),
                    };
                }
            }
            FavouriteEvent::FavouritesReordered(event) => {
                for (place, favourite) in (1..).zip(&event.order) {
                    let mut kept = self.kept.iter_mut();
                    if let Some(kept) = kept.find(|kept| kept.favourite == *favourite) {
                        kept.place = place;
                    }
                }
                self.kept.sort_by_key(|kept| kept.place);
            }
            FavouriteEvent::FavouriteRemoved(event) => {
                self.kept.retain(|kept| kept.favourite != event.favourite);
            }
        }
    }
}

/// What can be asked of favourites, each with the facts it's decided on.
#[derive(Debug, Clone, PartialEq)]
pub enum FavouriteCommand {
    /// Keep one more.
    Add(Box<AddFavourite>, WorkFacts),
    /// Let one be otherwise, or stand elsewhere.
    Change(Box<ChangeFavourite>, WorkFacts),
    /// Keep one no longer.
    Remove(RemoveFavourite),
}

impl Favourites {
    /// What a command leads to in this state; nothing is changed by asking.
    pub fn decide(&self, command: FavouriteCommand) -> Result<Vec<FavouriteEvent>, Refusal> {
        Ok(match command {
            FavouriteCommand::Add(command, work) => {
                vec![add_favourite::decide(self, &work, *command)?.into()]
            }
            FavouriteCommand::Change(command, work) => {
                change_favourite::decide(self, &work, *command)?
            }
            FavouriteCommand::Remove(command) => {
                vec![remove_favourite::decide(self, command)?.into()]
            }
        })
    }
}

aggregate!(Favourites, "favourites", FavouriteCommand, FavouriteEvent, Refusal);

/// Names and notes within their bounds.
fn check_texts(
    name: Option<&Personal<String>>,
    note: Option<&Personal<String>>,
    tags: &[String],
) -> Result<(), Refusal> {
    super::record_time::check_words(note, tags)?;
    let text = name.and_then(|name| name.get());
    if text.is_some_and(|text| text.chars().count() > LONGEST_NAME) {
        return Err(FavouriteRefusal::NameTooLong { most: LONGEST_NAME }.into());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::add_favourite::tests::{add, kept};
    use super::*;
    use crate::time::samples::record_facts;
    use proptest::prelude::*;

    #[test]
    fn a_full_list_takes_no_more() {
        let full = kept(MOST_FAVOURITES);
        let more = add_favourite::decide(&full, &record_facts().work, add(99));
        assert_eq!(more.expect_err("full").code(), "time.favourites_full");
    }

    proptest! {
        #[test]
        fn in_any_order_of_steps_places_are_unique_and_the_list_is_in_their_order(
            steps in prop::collection::vec((0_u8..3, 1_u128..12, 1_u32..12), 1..80),
        ) {
            let mut list = Favourites::default();
            for (step, n, place) in steps {
                let work = record_facts().work;
                let command = match step {
                    0 if list.find(add(n).favourite).is_ok() => continue,
                    0 => FavouriteCommand::Add(Box::new(add(n)), work),
                    1 => {
                        let command = change_favourite::ChangeFavourite {
                            place: Some(place),
                            ..change_favourite::ChangeFavourite::of(add(n).favourite, add(n).member)
                        };
                        FavouriteCommand::Change(Box::new(command), work)
                    }
                    _ => FavouriteCommand::Remove(RemoveFavourite {
                        favourite: add(n).favourite,
                        member: add(n).member,
                    }),
                };
                let moved = matches!(command, FavouriteCommand::Change(..));
                let Ok(events) = list.decide(command) else { continue };
                events.iter().for_each(|event| list.evolve(event));
                let places: Vec<u32> = list.kept.iter().map(|kept| kept.place).collect();
                prop_assert!(places.windows(2).all(|pair| pair[0] < pair[1]), "{:?}", places);
                if moved {
                    let at = list.kept[place as usize - 1].favourite;
                    prop_assert_eq!(at, add(n).favourite);
                }
            }
        }
    }
}
