//! The types of content that are taken. What a file is called, or what its sender says it is,
//! decides nothing.

use super::FileKind;

/// A type of content.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Media {
    /// A page description.
    Pdf,
    /// A picture.
    Png,
    /// A photograph.
    Jpeg,
    /// A picture, perhaps moving.
    Gif,
    /// A picture.
    Webp,
    /// A drawing, which may hold scripts: given back as a download only.
    Svg,
    /// An archive.
    Zip,
    /// A text document of Office Open XML.
    Docx,
    /// A spreadsheet of Office Open XML.
    Xlsx,
    /// A presentation of Office Open XML.
    Pptx,
    /// A text of OpenDocument.
    Odt,
    /// A spreadsheet of OpenDocument.
    Ods,
    /// Text in columns.
    Csv,
    /// Other text.
    Text,
}

macro_rules! media {
    ($($media:ident $name:literal [$($ending:literal),+];)+) => {
        impl Media {
            /// Every type.
            pub const ALL: &[Media] = &[$(Media::$media),+];

            /// The media type as in `Content-Type`, without parameters.
            pub fn as_str(self) -> &'static str {
                match self { $(Media::$media => $name),+ }
            }

            /// The endings that names of this type have, the usual one first.
            pub fn endings(self) -> &'static [&'static str] {
                match self { $(Media::$media => &[$($ending),+]),+ }
            }
        }
    };
}

media! {
    Pdf "application/pdf" ["pdf"];
    Png "image/png" ["png"];
    Jpeg "image/jpeg" ["jpg", "jpeg"];
    Gif "image/gif" ["gif"];
    Webp "image/webp" ["webp"];
    Svg "image/svg+xml" ["svg"];
    Zip "application/zip" ["zip"];
    Docx "application/vnd.openxmlformats-officedocument.wordprocessingml.document" ["docx"];
    Xlsx "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet" ["xlsx"];
    Pptx "application/vnd.openxmlformats-officedocument.presentationml.presentation" ["pptx"];
    Odt "application/vnd.oasis.opendocument.text" ["odt"];
    Ods "application/vnd.oasis.opendocument.spreadsheet" ["ods"];
    Csv "text/csv" ["csv", "txt"];
    Text "text/plain" ["txt", "md", "log"];
}

impl Media {
    /// The type of that name.
    pub fn parse(name: &str) -> Option<Self> {
        Media::ALL.iter().copied().find(|media| media.as_str() == name)
    }

    /// Whether a browser may show it in a page: pictures that hold no scripts.
    pub fn may_be_shown(self) -> bool {
        matches!(self, Media::Png | Media::Jpeg | Media::Gif | Media::Webp)
    }
}

impl FileKind {
    /// Which types of content a file of this kind may have.
    pub fn takes(self, media: Media) -> bool {
        let picture = matches!(media, Media::Png | Media::Jpeg | Media::Webp);
        match self {
            FileKind::Logo => picture || media == Media::Gif,
            FileKind::Document => true,
            FileKind::Contract => picture || matches!(media, Media::Pdf | Media::Docx | Media::Odt),
            FileKind::SickNote | FileKind::Medical => picture || media == Media::Pdf,
            FileKind::Issued => media == Media::Pdf,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_type_is_found_by_its_name_and_only_pictures_without_scripts_are_shown() {
        for media in Media::ALL {
            assert_eq!(Media::parse(media.as_str()), Some(*media));
            assert!(!media.endings().is_empty());
        }
        let shown: Vec<_> = Media::ALL.iter().filter(|media| media.may_be_shown()).collect();
        assert_eq!(shown, [&Media::Png, &Media::Jpeg, &Media::Gif, &Media::Webp]);
        assert_eq!(Media::parse("text/html"), None);
    }
}
