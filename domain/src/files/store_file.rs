//! A file is kept. By now its content is in the store, looked at and measured; what is decided here
//! is whether it may stay.

use super::{File, FileAbout, FileEvent, FileKind, FileStored, Media, Refusal, checked_file_name};
use crate::id::{FileId, MemberId};
use crate::personal::Personal;

/// What was found while a content was written to the store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Content {
    /// Its length in bytes.
    pub size: u64,
    /// What it is; none where it's nothing of ours.
    pub media: Option<Media>,
    /// SHA-256 over the object as stored, in hexadecimal digits.
    pub sha256: String,
    /// SHA-256 over the content itself where the object is sealed.
    pub unsealed_sha256: Option<String>,
}

/// Keep a file.
#[derive(Debug, Clone, PartialEq, Eq)]
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
}

/// Refuses an id that was used, a bad name, nothing inside, a type that is not taken, and a subject
/// where there can be none.
pub fn decide(file: &File, command: StoreFile) -> Result<Vec<FileEvent>, Refusal> {
    if file.stored.is_some() {
        return Err(Refusal::AlreadyStored);
    }
    let StoreFile { file, kind, owner, about, name, content } = command;
    let name = checked_file_name(&name).ok_or(Refusal::InvalidName)?;
    if content.size == 0 {
        return Err(Refusal::Empty);
    }
    let media = content.media.ok_or(Refusal::UnknownType)?;
    if !kind.takes(media) {
        return Err(Refusal::TypeNotTaken { kind, media_type: media.as_str() });
    }
    let takes = |about: FileAbout| match kind {
        FileKind::Logo => false,
        FileKind::SickNote | FileKind::Medical => !about.is_work(),
        FileKind::Document => true,
        FileKind::Contract => about.is_work(),
        FileKind::Issued => matches!(about, FileAbout::Client(_)),
    };
    if about.is_some_and(|about| !takes(about)) {
        return Err(Refusal::AboutNothing { kind });
    }
    let private = kind.is_about_health() || about.is_some_and(|about| !about.is_work());
    let key = File::key(file);
    let sealed = content.unsealed_sha256.is_some();
    let stored = FileStored {
        file,
        kind,
        owner,
        about,
        name: Personal::new(key.subject, key.class, name),
        size: content.size,
        media_type: media.as_str().to_owned(),
        sha256: content.sha256,
        sealed,
        content_sha256: content.unsealed_sha256.filter(|_| !private),
    };
    Ok(vec![stored.into()])
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::id::ClientId;
    use uuid::Uuid;

    pub(crate) const FILE: FileId = FileId(Uuid::from_u128(70));
    pub(crate) const OWNER: MemberId = MemberId(Uuid::from_u128(1));

    pub(crate) fn store(kind: FileKind) -> StoreFile {
        let sealed = kind != FileKind::Logo;
        StoreFile {
            file: FILE,
            kind,
            owner: OWNER,
            about: None,
            name: "scan.png".into(),
            content: Content {
                size: 8,
                media: Some(Media::Png),
                sha256: "ab".repeat(32),
                unsealed_sha256: sealed.then(|| "cd".repeat(32)),
            },
        }
    }

    fn stored(command: StoreFile) -> Result<FileStored, Refusal> {
        let events = decide(&File::default(), command)?;
        let [FileEvent::FileStored(stored)] = &events[..] else { panic!("{events:?}") };
        Ok(stored.clone())
    }

    #[test]
    fn a_file_is_kept_with_what_it_was_found_to_be() {
        let document = stored(store(FileKind::Document)).unwrap();
        assert_eq!((document.size, &*document.media_type), (8, "image/png"));
        assert_eq!(document.name.get().map(String::as_str), Some("scan.png"));
        assert!(document.sealed && document.content_sha256.is_some());
        let logo = stored(store(FileKind::Logo)).unwrap();
        assert!(!logo.sealed && logo.content_sha256.is_none());
    }

    #[test]
    fn of_what_is_about_health_not_even_a_hash_of_the_content_is_kept() {
        let note = stored(store(FileKind::SickNote)).unwrap();
        assert!(note.sealed && note.content_sha256.is_none());
    }

    #[test]
    fn what_can_not_be_kept_is_refused_by_name() {
        let refused = |change: &dyn Fn(&mut StoreFile)| {
            let mut command = store(FileKind::Medical);
            change(&mut command);
            stored(command).unwrap_err()
        };
        assert_eq!(refused(&|it| it.name = "a\nb".into()), Refusal::InvalidName);
        assert_eq!(refused(&|it| it.content.size = 0), Refusal::Empty);
        assert_eq!(refused(&|it| it.content.media = None), Refusal::UnknownType);
        let (kind, media_type) = (FileKind::Medical, "application/zip");
        let zip = refused(&|it| it.content.media = Some(Media::Zip));
        assert_eq!(zip, Refusal::TypeNotTaken { kind, media_type });
        let client = FileAbout::Client(ClientId(Uuid::from_u128(2)));
        assert_eq!(refused(&|it| it.about = Some(client)), Refusal::AboutNothing { kind });
    }
}
