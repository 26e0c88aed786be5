//! A file goes. Whoever sends this destroys its object and its key afterwards; what stays is that
//! there was one.

use super::{File, FileEvent, FileRemoved, Refusal};
use crate::id::FileId;

/// Destroy a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RemoveFile {
    /// The file.
    pub file: FileId,
}

/// Refuses what is not there; what is gone already is as unknown as what never was.
pub fn decide(file: &File, command: RemoveFile) -> Result<Vec<FileEvent>, Refusal> {
    let RemoveFile { file: id } = command;
    file.kept().ok_or(Refusal::UnknownFile)?;
    Ok(vec![FileRemoved { file: id }.into()])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::files::store_file::tests::{FILE, store};
    use crate::files::{FileKind, store_file};

    #[test]
    fn a_file_goes_once() {
        let mut file = File::default();
        let remove = RemoveFile { file: FILE };
        assert_eq!(decide(&file, remove), Err(Refusal::UnknownFile));
        for event in store_file::decide(&file, store(FileKind::Document)).unwrap() {
            file.evolve(&event);
        }
        let gone = decide(&file, remove).unwrap();
        assert_eq!(gone, [FileRemoved { file: FILE }.into()]);
        file.evolve(&gone[0]);
        assert_eq!(decide(&file, remove), Err(Refusal::UnknownFile));
    }
}
