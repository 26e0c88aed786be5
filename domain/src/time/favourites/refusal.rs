//! Why favourites refuse. Each refusal has a stable code and says what to do.

use crate::id::FavouriteId;

/// What favourites refuse.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum FavouriteRefusal {
    /// There is no such favourite.
    #[error("there is no favourite {favourite}; read your favourites again")]
    Unknown {
        /// What was named.
        favourite: FavouriteId,
    },
    /// There are as many as there may be.
    #[error("a member has at most {most} favourites; remove one first")]
    Full {
        /// How many there may be.
        most: usize,
    },
    /// The name is too long.
    #[error("the name of a favourite has at most {most} characters; shorten it")]
    NameTooLong {
        /// How long it may be.
        most: usize,
    },
    /// No favourite could stand there.
    #[error("there are {count} favourites; give a place from 1 to {count}")]
    PlaceOutOfRange {
        /// How many there are.
        count: usize,
    },
}

impl FavouriteRefusal {
    /// The stable name of the refusal.
    pub fn code(&self) -> &'static str {
        match self {
            FavouriteRefusal::Unknown { .. } => "time.favourite_unknown",
            FavouriteRefusal::Full { .. } => "time.favourites_full",
            FavouriteRefusal::NameTooLong { .. } => "time.favourite_name_too_long",
            FavouriteRefusal::PlaceOutOfRange { .. } => "time.favourite_place_out_of_range",
        }
    }

    /// The field of the request it's about, as a JSON pointer, where it's one.
    pub fn field(&self) -> Option<&'static str> {
        match self {
            FavouriteRefusal::Unknown { .. } => Some("/favourite_id"),
            FavouriteRefusal::Full { .. } => None,
            FavouriteRefusal::NameTooLong { .. } => Some("/name"),
            FavouriteRefusal::PlaceOutOfRange { .. } => Some("/place"),
        }
    }

    /// Whether what was named is not there, which the edge answers like any unknown id.
    pub fn is_missing(&self) -> bool {
        matches!(self, FavouriteRefusal::Unknown { .. })
    }
}
