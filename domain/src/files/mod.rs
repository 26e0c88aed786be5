//! Files of a tenant: what each is, whose it is and who may read it. What is inside lies in the
//! object store; the log keeps what it must be: its length, its type and its SHA-256.

mod about;
mod events;
mod file;
mod file_name;
mod inspect;
mod kind;
mod media;
mod refusal;
pub mod remove_file;
pub mod store_file;

pub use about::FileAbout;
pub use events::{FileEvent, FileRemoved, FileStored};
pub use file::{File, FileCommand, file_stream};
pub use file_name::{checked_file_name, name_for_download};
pub use inspect::Inspector;
pub use kind::{FileKind, UnknownKind};
pub use media::Media;
pub use refusal::Refusal;
pub use remove_file::RemoveFile;
pub use store_file::{Content, StoreFile};
