//! Each file that is kept. Its name stays sealed here. A file that was removed leaves no row.

use domain::files::{FileAbout, FileEvent, FileKind, FileStored};
use domain::id::{ClientId, FileId, LeaveRequestId, MemberId, ProjectId};
use domain::log::{EventFamily, Recorded};
use domain::members::Object;
use domain::personal::Envelope;
use jiff::Timestamp;
use migrations::TenantTx;

use crate::model::{EventTypes, ReadModel};
use crate::row::{ReadError, Rows, read_rows, row, select};

row! {
    /// One file.
    FileRow in "rm_file" key(file_id: FileId)
    index("owner": "(owner_id, file_id)") {
        /// The file.
        file_id: FileId,
        /// What it's for.
        kind: FileKind,
        /// Whose it is.
        owner_id: MemberId,
        /// The client it's about.
        client_id: Option<ClientId>,
        /// The project it's about.
        project_id: Option<ProjectId>,
        /// The request for leave it's about.
        leave_request_id: Option<LeaveRequestId>,
        /// What it's called, sealed.
        name: Option<Envelope>,
        /// The length of the content in bytes.
        size: i64,
        /// What the content is.
        media_type: String,
        /// SHA-256 over the content; none where even that is not told.
        content_sha256: Option<String>,
        /// When it was stored.
        stored_at: Timestamp,
        /// The event that stored it.
        position: i64,
    }
}

impl FileRow {
    /// What the policy asks of it, of somebody who approves nothing that it's about.
    pub fn object(&self) -> Object {
        let client = self.client_id.map(FileAbout::Client);
        let project = self.project_id.map(FileAbout::Project);
        let about = client.or(project).or(self.leave_request_id.map(FileAbout::LeaveRequest));
        let (file, kind, owner) = (self.file_id, self.kind, self.owner_id);
        Object::File { file, kind, owner, about, approver: false }
    }
}

/// The fold of files.
#[derive(Debug)]
pub struct File;

impl ReadModel for File {
    const NAME: &'static str = "file";
    const VERSION: i32 = 2;
    const READS: &'static [EventTypes] = &[FileEvent::TYPES];
    type Row = FileRow;

    fn touches(event: &Recorded) -> Vec<FileId> {
        match file_event(event) {
            Some(FileEvent::FileStored(event)) => vec![event.file],
            Some(FileEvent::FileRemoved(event)) => vec![event.file],
            None => Vec::new(),
        }
    }

    fn apply(rows: &mut Rows<FileRow>, recorded: &Recorded) {
        match file_event(recorded) {
            Some(FileEvent::FileStored(event)) => rows.put(stored(event, recorded)),
            Some(FileEvent::FileRemoved(event)) => {
                rows.remove(&event.file);
            }
            None => {}
        }
    }
}

fn stored(event: &FileStored, recorded: &Recorded) -> FileRow {
    let (client_id, project_id, leave_request_id) = match event.about {
        None => (None, None, None),
        Some(FileAbout::Client(client)) => (Some(client), None, None),
        Some(FileAbout::Project(project)) => (None, Some(project), None),
        Some(FileAbout::LeaveRequest(request)) => (None, None, Some(request)),
    };
    // Where the object is not sealed, the hash of the object is that of the content.
    let plain = (!event.sealed).then(|| event.sha256.clone());
    FileRow {
        file_id: event.file,
        kind: event.kind,
        owner_id: event.owner,
        client_id,
        project_id,
        leave_request_id,
        name: event.name.envelope().cloned(),
        size: i64::try_from(event.size).unwrap_or(i64::MAX),
        media_type: event.media_type.clone(),
        content_sha256: event.content_sha256.clone().or(plain),
        stored_at: recorded.recorded_at,
        position: recorded.position,
    }
}

fn file_event(recorded: &Recorded) -> Option<&FileEvent> {
    recorded.event.family()
}

/// Which files to look for. Who may read each is for the policy to say again.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Wanted {
    /// Of this kind.
    pub kind: Option<FileKind>,
    /// Of this member.
    pub owner: Option<MemberId>,
    /// About this client.
    pub client: Option<ClientId>,
    /// About this project.
    pub project: Option<ProjectId>,
    /// About this request for leave.
    pub leave_request: Option<LeaveRequestId>,
}

/// Files by id, hence by age, after the one named.
pub async fn list(
    tx: &mut TenantTx,
    wanted: &Wanted,
    after: Option<FileId>,
    limit: i64,
) -> Result<Vec<FileRow>, ReadError> {
    let sql = "where ($1::uuid is null or r.file_id > $1) and ($2::text is null or r.kind = $2)
            and ($3::uuid is null or r.owner_id = $3) and ($4::uuid is null or r.client_id = $4)
            and ($5::uuid is null or r.project_id = $5)
            and ($6::uuid is null or r.leave_request_id = $6)
        order by r.file_id limit $7";
    let query = select::<FileRow>(tx, sql)
        .bind(after.map(|file| file.0))
        .bind(wanted.kind.map(FileKind::as_str))
        .bind(wanted.owner.map(|it| it.0))
        .bind(wanted.client.map(|it| it.0))
        .bind(wanted.project.map(|it| it.0))
        .bind(wanted.leave_request.map(|it| it.0))
        .bind(limit);
    read_rows(&query.fetch_all().await?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::samples::{files, id};
    use crate::tests::{assert_declares_what_it_touches, rows_of};

    #[test]
    fn a_file_is_there_from_when_it_was_stored_until_it_was_removed() {
        let history = files();
        let rows = rows_of::<File>(&history.0);
        let [contract] = &rows[..] else { panic!("one file, not {}", rows.len()) };
        assert_eq!(contract.file_id, FileId(id(61)));
        assert_eq!(contract.client_id, Some(ClientId(id(10))));
        assert!(contract.name.is_some());
        let early = rows_of::<File>(&history.0[..2]);
        let note = early.iter().find(|row| row.kind == FileKind::SickNote).expect("there then");
        assert_eq!((note.size, note.content_sha256.as_deref()), (9, None));
        assert_declares_what_it_touches::<File>(&history.0);
    }
}
