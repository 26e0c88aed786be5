//! What a file is for. The kind is part of the key under which it is stored and says who may read
//! it, so it is fixed when the file is stored.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// What a file is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FileKind {
    /// The firm's mark, shown to every member.
    Logo,
    /// Any document.
    Document,
    /// A contract.
    Contract,
    /// A certificate for days of illness.
    SickNote,
    /// Anything else about somebody's health.
    Medical,
    /// The page of a document that was issued, as it was sealed. Nobody brings or removes one: it
    /// comes with the commit that issues the document.
    Issued,
}

impl FileKind {
    /// Every kind.
    pub const ALL: [FileKind; 6] = [
        FileKind::Logo,
        FileKind::Document,
        FileKind::Contract,
        FileKind::SickNote,
        FileKind::Medical,
        FileKind::Issued,
    ];

    /// The name in keys, events and the API.
    pub fn as_str(self) -> &'static str {
        match self {
            FileKind::Logo => "logo",
            FileKind::Document => "document",
            FileKind::Contract => "contract",
            FileKind::SickNote => "sick_note",
            FileKind::Medical => "medical",
            FileKind::Issued => "issued",
        }
    }

    /// Whether it tells of somebody's health, which not even an owner reads by their role.
    pub fn is_about_health(self) -> bool {
        match self {
            FileKind::SickNote | FileKind::Medical => true,
            FileKind::Logo | FileKind::Document | FileKind::Contract | FileKind::Issued => false,
        }
    }
}

impl fmt::Display for FileKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// No kind has this name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("no kind of file is called {0:?}")]
pub struct UnknownKind(pub String);

impl FromStr for FileKind {
    type Err = UnknownKind;

    fn from_str(name: &str) -> Result<Self, UnknownKind> {
        let found = FileKind::ALL.into_iter().find(|kind| kind.as_str() == name);
        found.ok_or_else(|| UnknownKind(name.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kind_has_one_name_everywhere() {
        for kind in FileKind::ALL {
            assert_eq!(kind.as_str().parse(), Ok(kind));
            let stored = serde_json::to_string(&kind).expect("a name");
            assert_eq!(stored, format!("\"{kind}\""));
        }
        assert_eq!("Logo".parse::<FileKind>(), Err(UnknownKind("Logo".into())));
    }
}
