//! What can happen to a member's favourites.

use serde::{Deserialize, Serialize};

use crate::id::{FavouriteId, MemberId, ProjectId, TaskId};
use crate::personal::Personal;

/// One more is kept, as the last.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FavouriteAdded {
    /// Its id.
    pub favourite: FavouriteId,
    /// Whose.
    pub member: MemberId,
    /// Where it stands.
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

/// A favourite has another content: the whole of it from now on, at the same place.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FavouriteChanged {
    /// Its id.
    pub favourite: FavouriteId,
    /// Whose.
    pub member: MemberId,
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

/// They stand in this order, at the places 1, 2, 3, …
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FavouritesReordered {
    /// Whose.
    pub member: MemberId,
    /// All of them.
    pub order: Vec<FavouriteId>,
}

/// One is kept no longer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FavouriteRemoved {
    /// Its id.
    pub favourite: FavouriteId,
    /// Whose it was.
    pub member: MemberId,
}

crate::event_family! {
    /// The events of favourites.
    FavouriteEvent {
        /// One more.
        FavouriteAdded = 1 [name, note],
        /// Another content.
        FavouriteChanged = 1 [name, note],
        /// Another order.
        FavouritesReordered = 1,
        /// One fewer.
        FavouriteRemoved = 1,
    }
}
