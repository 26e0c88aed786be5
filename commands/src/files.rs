//! Files: their content goes to the object store while it's measured and, where its kind asks for
//! it, sealed; only then does the log say that there is one. Whatever was written for a file that
//! the log does not have is destroyed.

mod content;
mod issued;
mod reading;
mod sealing;
mod sweep;

use domain::catalogue::{Client, Project, client_stream, project_stream};
use domain::files::{self, Content, File, FileAbout, FileKind, FileStored, file_stream};
use domain::id::{FileId, MemberId};
use domain::leave::{MemberLeave, member_leave_stream};
use domain::log::Actor;
use domain::members::{Action, Member, Object, member_stream};

pub use content::{ContentError, Receiver};
pub use issued::{IssuedPage, keep_issued, logo_of, render_and_keep};
pub use reading::{OpenFile, ReadError, open};
pub use sweep::{FileUpkeep, Swept, destroy, file_of, sweep};

use migrations::keys::NewSubjectKey;

use crate::handle::Command;
use crate::leave::sight::Sight;
use crate::members::grants::allowed;
use crate::refused::{CommandError, Reply};
use crate::unit::Unit;

/// Keep a file whose content is in the store.
#[derive(Debug, Clone)]
pub struct StoreFile {
    /// A new id.
    pub file: FileId,
    /// What it's for.
    pub kind: FileKind,
    /// Whose it is.
    pub owner: MemberId,
    /// What it's about.
    pub about: Option<FileAbout>,
    /// What it's called.
    pub name: String,
    /// What is inside.
    pub content: Content,
    /// The key that it was sealed with, which comes into the same commit.
    pub key: Option<NewSubjectKey>,
}

impl Command for StoreFile {
    async fn run(&self, unit: &mut Unit<'_>) -> Result<Reply, CommandError> {
        let file = unit.write::<File>(file_stream(self.file)).await?;
        let StoreFile { file: id, kind, owner, about, name, content, key } = self.clone();
        // An attempt that failed forgets its keys, and this one must be the one that was used.
        if let Some(key) = &key {
            unit.keys().hold(key)?;
        }
        may_store(unit, id, kind, owner, about).await?;
        let command = files::StoreFile { file: id, kind, owner, about, name, content };
        let events = files::store_file::decide(&file.state, command)?;
        unit.emit(&file, events);
        Ok(Reply::created(id))
    }
}

/// Whether a file of this kind may be kept, asked before its content is taken in.
#[derive(Debug, Clone, Copy)]
pub struct MayStore {
    /// What it's for.
    pub kind: FileKind,
    /// Whose it is.
    pub owner: MemberId,
    /// What it's about.
    pub about: Option<FileAbout>,
}

impl Command for MayStore {
    async fn run(&self, unit: &mut Unit<'_>) -> Result<Reply, CommandError> {
        let file = FileId(unit.new_id());
        may_store(unit, file, self.kind, self.owner, self.about).await?;
        Ok(Reply { id: None, created: false })
    }
}

async fn may_store(
    unit: &mut Unit<'_>,
    file: FileId,
    kind: FileKind,
    owner: MemberId,
    about: Option<FileAbout>,
) -> Result<(), CommandError> {
    let there = match about {
        None => true,
        Some(FileAbout::Client(client)) => {
            unit.read::<Client>(client_stream(client)).await?.exists()
        }
        Some(FileAbout::Project(project)) => {
            unit.read::<Project>(project_stream(project)).await?.exists()
        }
        Some(FileAbout::LeaveRequest(request)) => {
            let leave = unit.read::<MemberLeave>(member_leave_stream(owner)).await?;
            leave.state.requests.contains_key(&request)
        }
    };
    let known = unit.read::<Member>(member_stream(owner)).await?.exists();
    let object = Object::File { file, kind, owner, about, approver: false };
    allowed(unit, Action::StoreFile, &object).await?;
    if there && known { Ok(()) } else { Err(CommandError::NotFound) }
}

/// Say that a file is gone; `destroy` must follow.
#[derive(Debug, Clone, Copy)]
pub struct RemoveFile {
    /// The file.
    pub file: FileId,
    /// The version of the file that the caller saw, where it matters.
    pub expected_version: Option<i32>,
}

impl Command for RemoveFile {
    async fn run(&self, unit: &mut Unit<'_>) -> Result<Reply, CommandError> {
        let file = unit.write::<File>(file_stream(self.file)).await?;
        let Some(object) = file.state.kept().map(|kept| kept.object()) else {
            return Err(CommandError::NotFound);
        };
        if let Err(error) = allowed(unit, Action::RemoveFile, &object).await {
            // What may not be read is not there.
            let object = seen_as(unit, file.state.kept(), object).await?;
            let read = allowed(unit, Action::ReadFile, &object).await;
            return Err(if read.is_ok() { error } else { CommandError::NotFound });
        }
        file.check_seen(self.expected_version)?;
        let command = files::RemoveFile { file: self.file };
        let events = files::remove_file::decide(&file.state, command)?;
        unit.emit(&file, events);
        Ok(Reply::changed(self.file))
    }
}

/// The object with whether the caller has a step of what it's about.
async fn seen_as(
    unit: &mut Unit<'_>,
    kept: Option<&FileStored>,
    object: Object,
) -> Result<Object, CommandError> {
    let (Actor::Member(by), Some(kept)) = (unit.metadata().actor, kept) else { return Ok(object) };
    let now = unit.now();
    Ok(Sight::of_file(unit.tx().await?, by, kept, now).await?)
}

/// Whether what is inside is sealed: all but what every member sees anyway.
pub fn is_sealed(kind: FileKind) -> bool {
    kind != FileKind::Logo
}

#[cfg(test)]
mod tests;
