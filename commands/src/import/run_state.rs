//! An import's own stream: that it began, what it came to, that it was taken back. It holds the
//! claims on the rows it brought.

use std::convert::Infallible;

use cqrs_es::Aggregate;
use cqrs_es::event_sink::EventSink;
use domain::id::{ImportId, StreamId};
use domain::import::{ImportEvent, ImportFinished, ImportStarted, ImportUndone};
use domain::log::InStream;
use domain::members::{Action, Object};
use serde::{Deserialize, Serialize};

use crate::handle::Command;
use crate::members::grants::allowed;
use crate::refused::{CommandError, Refused, Reply};
use crate::unit::{Loaded, Unit};

/// The stream of an import.
pub(super) fn import_stream(import: ImportId) -> StreamId {
    StreamId(import.0)
}

/// How far an import has come.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct ImportRun {
    pub finished: bool,
    pub undone: bool,
}

impl Aggregate for ImportRun {
    const TYPE: &'static str = ImportEvent::STREAM_TYPE;
    type Command = ImportEvent;
    type Event = ImportEvent;
    type Error = Infallible;
    type Services = ();

    /// Notes what happened; what may happen is decided by the commands of this slice.
    async fn handle(
        &mut self,
        event: ImportEvent,
        (): &(),
        sink: &EventSink<Self>,
    ) -> Result<(), Infallible> {
        sink.write(event, self).await;
        Ok(())
    }

    fn apply(&mut self, event: ImportEvent) {
        match event {
            ImportEvent::ImportStarted(_) => {}
            ImportEvent::ImportFinished(_) => self.finished = true,
            ImportEvent::ImportUndone(_) => self.undone = true,
        }
    }
}

/// Refuses to go on with an import that was taken back meanwhile.
pub(super) fn check_runs(run: &Loaded<ImportRun>) -> Result<(), CommandError> {
    if !run.exists() {
        return Err(CommandError::NotFound);
    }
    if run.state.undone {
        return Err(CommandError::Refused(Refused {
            code: "import.undone".to_owned(),
            field: None,
            detail: "the import was taken back while it ran; run it again".to_owned(),
        }));
    }
    Ok(())
}

/// Begin an import.
pub(super) struct StartImport {
    pub import: ImportId,
    pub format: String,
    pub file_digest: String,
    pub rows: u32,
}

impl Command for StartImport {
    async fn run(&self, unit: &mut Unit<'_>) -> Result<Reply, CommandError> {
        let run = unit.write::<ImportRun>(import_stream(self.import)).await?;
        allowed(unit, Action::Import, &Object::Firm).await?;
        let StartImport { import, rows, .. } = *self;
        let (format, file_digest) = (self.format.clone(), self.file_digest.clone());
        unit.emit(&run, [ImportStarted { import, format, file_digest, rows }]);
        Ok(Reply::created(import))
    }
}

/// Note what an import came to.
pub(super) struct FinishImport {
    pub finished: ImportFinished,
}

impl Command for FinishImport {
    async fn run(&self, unit: &mut Unit<'_>) -> Result<Reply, CommandError> {
        let import = self.finished.import;
        let run = unit.write::<ImportRun>(import_stream(import)).await?;
        allowed(unit, Action::Import, &Object::Firm).await?;
        check_runs(&run)?;
        unit.emit(&run, [self.finished.clone()]);
        Ok(Reply::changed(import))
    }
}

/// Free the claims on an import's rows: all that it brought is gone.
pub(super) struct FreeRows {
    pub import: ImportId,
    pub removed: u32,
}

impl Command for FreeRows {
    async fn run(&self, unit: &mut Unit<'_>) -> Result<Reply, CommandError> {
        let run = unit.write::<ImportRun>(import_stream(self.import)).await?;
        allowed(unit, Action::Import, &Object::Firm).await?;
        let FreeRows { import, removed } = *self;
        unit.emit(&run, [ImportUndone { import, removed }]);
        Ok(Reply::changed(import))
    }
}
