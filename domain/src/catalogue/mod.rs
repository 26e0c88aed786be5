//! The catalogue: clients, their projects with tasks, the rates that work is charged at, and the
//! rules that its time is rounded by.

pub mod add_client;
pub mod add_project;
pub mod add_task;
pub mod archive_client;
pub mod archive_project;
pub mod archive_task;
pub mod change_client_currency;
pub mod clear_rate;
pub mod clear_rounding_rule;
mod client;
mod events;
pub mod link_project_member;
mod project;
mod rate_card;
pub mod rates;
mod refusal;
pub mod rename_client;
pub mod rename_project;
pub mod restore_client;
pub mod restore_project;
pub mod revise_task;
mod rounding_rule;
pub mod rounding_rules;
#[cfg(test)]
pub(crate) mod samples;
pub mod set_rate;
pub mod set_rounding_rule;
pub mod unlink_project_member;

pub use add_client::AddClient;
pub use add_project::AddProject;
pub use add_task::AddTask;
pub use archive_client::ArchiveClient;
pub use archive_project::ArchiveProject;
pub use archive_task::ArchiveTask;
pub use change_client_currency::ChangeClientCurrency;
pub use clear_rate::ClearRate;
pub use clear_rounding_rule::ClearRoundingRule;
pub use client::{Client, ClientCommand, client_stream};
pub use events::{
    ClientAdded, ClientArchived, ClientCurrencyChanged, ClientEvent, ClientRenamed, ClientRestored,
    ProjectAdded, ProjectArchived, ProjectEvent, ProjectMemberLinked, ProjectMemberUnlinked,
    ProjectRenamed, ProjectRestored, RateCardEvent, RateCleared, RateSet, RoundingRuleCleared,
    RoundingRuleEvent, RoundingRuleSet, TaskAdded, TaskArchived, TaskRevised,
};
pub use link_project_member::LinkProjectMember;
pub use project::{Project, ProjectCommand, TASKS_MAX, Task, project_stream};
pub use rate_card::{DatedRate, RateCard, RateCardCommand, find_rate};
pub use refusal::Refusal;
pub use rename_client::RenameClient;
pub use rename_project::RenameProject;
pub use restore_client::RestoreClient;
pub use restore_project::RestoreProject;
pub use revise_task::ReviseTask;
pub use rounding_rule::{DatedRounding, RoundingRule, RoundingRuleCommand};
pub use set_rate::SetRate;
pub use set_rounding_rule::SetRoundingRule;
pub use unlink_project_member::UnlinkProjectMember;
