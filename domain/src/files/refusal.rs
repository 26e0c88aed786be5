//! Why a file is not taken.

use super::FileKind;

/// A state of the world that a file meets.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The name can't be one.
    #[error(
        "give the file a name of 1 to 200 characters without characters that break lines or turn \
         the direction of writing"
    )]
    InvalidName,
    /// What is inside is of no type that is taken.
    #[error(
        "this is no file of a type that is kept here: PDF, PNG, JPEG, GIF, WebP, SVG, office \
         documents, ZIP or plain text"
    )]
    UnknownType,
    /// Files of this kind are of other types.
    #[error("a {kind} is no {media_type}; see which types each kind takes")]
    TypeNotTaken {
        /// The kind.
        kind: FileKind,
        /// What is inside.
        media_type: &'static str,
    },
    /// There is nothing inside.
    #[error("the file is empty")]
    Empty,
    /// A logo belongs to nothing, a file about somebody's health at most to their leave.
    #[error("a {kind} is about nothing of that kind; leave that out")]
    AboutNothing {
        /// The kind.
        kind: FileKind,
    },
    /// A file with this id is there, or was.
    #[error("this id was used before; leave it out or make a new one")]
    AlreadyStored,
    /// No such file.
    #[error("there is no such file")]
    UnknownFile,
}

impl Refusal {
    /// The stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Refusal::InvalidName => "files.invalid_name",
            Refusal::UnknownType => "files.unknown_type",
            Refusal::TypeNotTaken { .. } => "files.type_not_taken",
            Refusal::Empty => "files.empty",
            Refusal::AboutNothing { .. } => "files.about_nothing",
            Refusal::AlreadyStored => "files.already_stored",
            Refusal::UnknownFile => "files.unknown_file",
        }
    }

    /// The JSON pointer of the field it is about, where there is one.
    pub fn field(&self) -> Option<&'static str> {
        match self {
            Refusal::InvalidName => Some("/name"),
            Refusal::UnknownType | Refusal::TypeNotTaken { .. } | Refusal::Empty => Some("/file"),
            Refusal::AboutNothing { .. } => Some("/about"),
            Refusal::AlreadyStored | Refusal::UnknownFile => None,
        }
    }

    /// Whether what was named is not there at all.
    pub fn is_unknown(&self) -> bool {
        matches!(self, Refusal::UnknownFile)
    }
}
