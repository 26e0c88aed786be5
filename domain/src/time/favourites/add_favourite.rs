//! Keeping one more favourite, as the last: its project and task must take time now.

use super::super::Refusal;
use super::super::record_time::WorkFacts;
use super::{FavouriteAdded, FavouriteRefusal, Favourites, MOST_FAVOURITES, check_texts};
use crate::id::{FavouriteId, MemberId, ProjectId, TaskId};
use crate::personal::Personal;

/// Keeps a favourite.
#[derive(Debug, Clone, PartialEq)]
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
    pub name: Option<Personal<String>>,
    /// The note that time begins with.
    pub note: Option<Personal<String>>,
    /// The labels that time begins with.
    pub tags: Vec<String>,
}

/// What keeping it leads to.
pub fn decide(
    favourites: &Favourites,
    work: &WorkFacts,
    command: AddFavourite,
) -> Result<FavouriteAdded, Refusal> {
    if favourites.kept.len() >= MOST_FAVOURITES {
        return Err(FavouriteRefusal::Full { most: MOST_FAVOURITES }.into());
    }
    work.check()?;
    check_texts(command.name.as_ref(), command.note.as_ref(), &command.tags)?;
    let last = favourites.kept.last().map_or(0, |kept| kept.place);
    Ok(FavouriteAdded {
        favourite: command.favourite,
        member: command.member,
        place: last + 1,
        project: command.project,
        task: command.task,
        billable: command.billable,
        name: command.name,
        note: command.note,
        tags: command.tags,
    })
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::time::favourites::LONGEST_NAME;
    use crate::time::samples::{member, member_note, project, record_facts, task};

    pub(crate) fn add(n: u128) -> AddFavourite {
        AddFavourite {
            favourite: FavouriteId(uuid::Uuid::from_u128(n)),
            member: member(1),
            project: project(1),
            task: task(1),
            billable: None,
            name: None,
            note: None,
            tags: Vec::new(),
        }
    }

    /// So many favourites, from 1 on.
    pub(crate) fn kept(count: usize) -> Favourites {
        let mut list = Favourites::default();
        for n in 1..=count {
            let added = decide(&list, &record_facts().work, add(n as u128)).expect("added");
            list.evolve(&added.into());
        }
        list
    }

    #[test]
    fn one_more_stands_last() {
        let added = decide(&kept(2), &record_facts().work, add(3)).expect("added");
        assert_eq!((added.place, added.billable), (3, None));
    }

    #[test]
    fn what_takes_no_time_or_has_too_many_words_is_refused() {
        let list = Favourites::default();
        let archived = WorkFacts { project_archived: true, ..record_facts().work };
        assert_eq!(decide(&list, &archived, add(1)), Err(Refusal::ProjectArchived));
        let name = Some(member_note(&"a".repeat(LONGEST_NAME + 1)));
        let long = AddFavourite { name, ..add(1) };
        let long = decide(&list, &record_facts().work, long).expect_err("too long");
        assert_eq!((long.code(), long.field()), ("time.favourite_name_too_long", Some("/name")));
    }
}
