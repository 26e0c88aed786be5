//! The catalogue: clients, their projects with tasks, and the rates that work is charged at.

mod events;
pub mod rates;

pub use events::{
    ClientAdded, ClientArchived, ClientCurrencyChanged, ClientEvent, ClientRenamed, ClientRestored,
    ProjectAdded, ProjectArchived, ProjectEvent, ProjectMemberLinked, ProjectMemberUnlinked,
    ProjectRenamed, ProjectRestored, RateCardEvent, RateCleared, RateSet, TaskAdded, TaskArchived,
    TaskRevised,
};
