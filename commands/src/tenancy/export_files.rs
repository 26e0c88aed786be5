//! A tenant's files on their way into an export, out of one, and into a copy: piece by piece, so
//! that their length does not matter.

use std::io::{self, Read};

use bytes::Bytes;
use domain::files::FileKind;
use domain::id::FileId;
use futures::TryStreamExt;
use jiff::Timestamp;
use migrations::files::{FileError, ObjectName, TenantFiles};
use ring::digest;
use uuid::Uuid;

use super::export_file::{ExportFile, ExportFileError};
use super::export_form::{ExportFault, Kind};
use super::export_writer::ExportWriter;

/// How many bytes are held at a time.
const PIECE: usize = 256 << 10;

/// Why files could not be carried.
#[derive(Debug, thiserror::Error)]
pub enum CarryError {
    /// The file store is away, or not as it must be.
    #[error(transparent)]
    Store(#[from] FileError),
    /// The export can't be read or written.
    #[error(transparent)]
    Io(#[from] io::Error),
    /// The export is not as it was written.
    #[error(transparent)]
    File(#[from] ExportFileError),
}

async fn sorted(files: &TenantFiles, until: Timestamp) -> Result<Vec<ObjectName>, FileError> {
    let mut names = Vec::new();
    let mut listed = files.list();
    while let Some(found) = listed.try_next().await? {
        if found.written_at <= until {
            names.push(found.name);
        }
    }
    names.sort_unstable();
    Ok(names)
}

/// Writes every file of a tenant. One that is destroyed meanwhile is left out.
pub(super) async fn write_files(
    files: &TenantFiles,
    export: &mut ExportWriter,
) -> Result<(), CarryError> {
    for name in sorted(files, Timestamp::MAX).await? {
        let Some(mut stored) = files.get(name).await? else { continue };
        let path = format!("{}/{}", name.kind, name.id);
        let mut part = export.begin_file(&path, stored.size)?;
        while let Some(bytes) = stored.bytes.try_next().await? {
            export.write_file(&mut part, &bytes)?;
        }
        export.end_file(part)?;
    }
    Ok(())
}

/// Brings every file of an export into the store. Done again, it replaces them by the same.
pub(super) async fn load_files(
    export: &mut ExportFile,
    files: &TenantFiles,
) -> Result<(), CarryError> {
    for path in export.paths(Kind::Files) {
        let name = name_of(&path).ok_or_else(|| ExportFault::Added(path.clone()));
        let mut upload = files.upload(name.map_err(ExportFileError::from)?)?;
        let mut hash = digest::Context::new(&digest::SHA256);
        let mut length = 0;
        {
            let (_, mut reader) = export.file(&path)?;
            loop {
                let mut piece = vec![0; PIECE];
                let read = reader.read(&mut piece)?;
                if read == 0 {
                    break;
                }
                piece.truncate(read);
                hash.update(&piece);
                length += read as u64;
                upload.write(&Bytes::from(piece)).await?;
            }
        }
        // It was checked before; this is about a file that was replaced since.
        if let Err(fault) = export.check_part(&path, length, hash.finish().as_ref()) {
            upload.abort().await;
            return Err(ExportFileError::from(fault).into());
        }
        upload.finish().await?;
    }
    Ok(())
}

/// Copies the files of a tenant that were there at an instant and still are.
pub(super) async fn copy_files(
    from: &TenantFiles,
    to: &TenantFiles,
    until: Timestamp,
) -> Result<(), CarryError> {
    for name in sorted(from, until).await? {
        to.copy_from(from, name).await?;
    }
    Ok(())
}

/// The object that the part at this path is.
fn name_of(path: &str) -> Option<ObjectName> {
    let (Kind::Files, rest) = Kind::of(path)? else { return None };
    let (kind, id) = rest.split_once('/')?;
    let kind: FileKind = kind.parse().ok()?;
    Some(ObjectName { kind, id: FileId(Uuid::try_parse(id).ok()?) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_kind_and_an_id_name_a_file() {
        let id = "01932c07-a9c1-7000-8000-000000000001";
        for kind in FileKind::ALL {
            let name = name_of(&format!("files/{kind}/{id}")).expect("a name");
            assert_eq!((name.kind, name.id.to_string().as_str()), (kind, id));
        }
        for path in ["files/logo", "files/logo/x", "files/other/1", "log/logo/1", "files/../1"] {
            assert_eq!(name_of(path), None, "{path}");
        }
    }
}
