//! A file as its stream tells it.

use serde::{Deserialize, Serialize};

use super::{FileEvent, FileStored, Refusal, RemoveFile, StoreFile, remove_file, store_file};
use crate::aggregate::aggregate;
use crate::id::{FileId, StreamId, SubjectId};
use crate::members::Object;
use crate::personal::{KeyName, PurposeClass};

/// The stream of a file.
pub fn file_stream(file: FileId) -> StreamId {
    StreamId(file.0)
}

/// A file. To be written down, its name must be sealed, as it is in events from the log.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct File {
    /// How it was stored; none where its stream is empty: there is no such file.
    pub stored: Option<FileStored>,
    /// Whether it is gone.
    pub removed: bool,
}

/// What can be asked of a file. Who may, is the policy's to say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FileCommand {
    /// See [`store_file`].
    Store(StoreFile),
    /// See [`remove_file`].
    Remove(RemoveFile),
}

aggregate!(File, "file", FileCommand, FileEvent, Refusal);

impl File {
    /// The key that seals the name and, where it is sealed, the content: the file's own, so that
    /// it can be destroyed with it.
    pub fn key(file: FileId) -> KeyName {
        KeyName { subject: SubjectId(file.0), class: PurposeClass::Document }
    }

    /// What follows from a command.
    pub fn decide(&self, command: FileCommand) -> Result<Vec<FileEvent>, Refusal> {
        match command {
            FileCommand::Store(command) => store_file::decide(self, command),
            FileCommand::Remove(command) => remove_file::decide(self, command),
        }
    }

    /// Takes in what happened.
    pub fn evolve(&mut self, event: &FileEvent) {
        match event {
            FileEvent::FileStored(event) => self.stored = Some(event.clone()),
            FileEvent::FileRemoved(_) => self.removed = true,
        }
    }

    /// How it is kept; none where there is no such file, or none any more.
    pub fn kept(&self) -> Option<&FileStored> {
        self.stored.as_ref().filter(|_| !self.removed)
    }
}

impl FileStored {
    /// What the policy asks of a file, of somebody who approves nothing that it's about.
    pub fn object(&self) -> Object {
        let &FileStored { file, kind, owner, about, .. } = self;
        Object::File { file, kind, owner, about, approver: false }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::files::store_file::tests::{FILE, store};
    use crate::files::{FileKind, FileRemoved};
    use cqrs_es::test::TestFramework;

    #[test]
    fn a_file_is_kept_until_it_is_removed_and_never_comes_back() {
        let mut file = File::default();
        assert_eq!(file.kept(), None);
        for event in file.decide(FileCommand::Store(store(FileKind::Document))).unwrap() {
            file.evolve(&event);
        }
        assert_eq!(file.kept().map(|kept| kept.file), Some(FILE));
        file.evolve(&FileRemoved { file: FILE }.into());
        assert_eq!(file.kept(), None);
        let again = file.decide(FileCommand::Store(store(FileKind::Document)));
        assert_eq!(again, Err(Refusal::AlreadyStored));
    }

    #[test]
    fn the_aggregate_answers_as_the_plain_decisions_do() {
        let stored = store_file::decide(&File::default(), store(FileKind::Logo)).unwrap();
        let remove = || FileCommand::Remove(RemoveFile { file: FILE });
        TestFramework::<File>::with(())
            .given(stored)
            .when(remove())
            .then_expect_events(vec![FileRemoved { file: FILE }.into()]);
        TestFramework::<File>::with(())
            .given_no_previous_events()
            .when(remove())
            .then_expect_error(Refusal::UnknownFile);
    }
}
