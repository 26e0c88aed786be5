//! Keeping a favourite no longer. What was recorded with it stays.

use super::super::Refusal;
use super::{FavouriteRemoved, Favourites};
use crate::id::{FavouriteId, MemberId};

/// Takes a favourite off the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RemoveFavourite {
    /// Which.
    pub favourite: FavouriteId,
    /// Whose.
    pub member: MemberId,
}

/// What removing leads to.
pub fn decide(
    favourites: &Favourites,
    command: RemoveFavourite,
) -> Result<FavouriteRemoved, Refusal> {
    let RemoveFavourite { favourite, member } = command;
    favourites.find(favourite)?;
    Ok(FavouriteRemoved { favourite, member })
}

#[cfg(test)]
mod tests {
    use super::super::add_favourite::tests::{add, kept};
    use super::*;

    #[test]
    fn what_was_removed_is_unknown() {
        let mut list = kept(2);
        let command = RemoveFavourite { favourite: add(1).favourite, member: add(1).member };
        list.evolve(&decide(&list, command).expect("removed").into());
        assert_eq!(list.kept.len(), 1);
        assert!(decide(&list, command).expect_err("unknown").is_missing());
    }
}
