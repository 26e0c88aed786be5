//! What the typesetter is given: one template of ours, the fonts in this program, and the facts of
//! one document. It reaches no file, no package and no clock.

use std::sync::LazyLock;

use typst::diag::{FileError, FileResult};
use typst::foundations::{Bytes, Datetime, Duration};
use typst::syntax::{FileId, RootedPath, Source, VirtualPath, VirtualRoot};
use typst::text::{Font, FontBook};
use typst::utils::LazyHash;
use typst::{Library, LibraryExt, World};
use typst_kit::fonts::FontStore;

use super::hybrid;

/// What is the same for each document: made once, on first use.
pub(super) struct Setting {
    library: LazyHash<Library>,
    fonts: FontStore,
    template: Source,
    facts: FileId,
    logo: FileId,
    xml: FileId,
}

/// The fonts of a page, in this program: a page must look the same wherever it's set. One for
/// texts, and one for the signs and scripts that it lacks. See `fonts/LICENSES.txt`.
const FONTS: [&[u8]; 3] = [
    include_bytes!("../../fonts/LibertinusSerif-Regular.otf"),
    include_bytes!("../../fonts/LibertinusSerif-Semibold.otf"),
    include_bytes!("../../fonts/DejaVuSansMono.ttf"),
];

static SETTING: LazyLock<Setting> = LazyLock::new(|| {
    let mut fonts = FontStore::new();
    for font in FONTS.iter().flat_map(|bytes| Font::iter(Bytes::new(*bytes))) {
        let about = font.info().clone();
        fonts.push((font, about));
    }
    Setting {
        library: LazyHash::new(Library::default()),
        fonts,
        template: Source::new(
            file("invoice.typ"),
            include_str!("../../templates/invoice.typ").into(),
        ),
        facts: file("facts.json"),
        logo: file("logo"),
        xml: file(hybrid::FILE),
    }
});

fn file(name: &str) -> FileId {
    let path = VirtualPath::new(name).expect("a plain name");
    RootedPath::new(VirtualRoot::Project, path).intern()
}

impl Setting {
    /// The one there is.
    pub(super) fn get() -> &'static Self {
        &SETTING
    }

    /// Whether some font has this character.
    pub(super) fn covers(&self, c: char) -> bool {
        let book = self.fonts.book();
        let covers = |index| book.info(index).is_some_and(|it| it.coverage.contains(c.into()));
        (0..).take_while(|index| book.info(*index).is_some()).any(covers)
    }
}

/// One document.
pub(super) struct Sheet {
    /// What stands on it, as JSON: texts stay texts, whatever is in them.
    pub(super) facts: Bytes,
    /// The firm's mark.
    pub(super) logo: Option<Bytes>,
    /// What is attached.
    pub(super) xml: Option<Bytes>,
}

impl World for Sheet {
    fn library(&self) -> &LazyHash<Library> {
        &SETTING.library
    }

    fn book(&self) -> &LazyHash<FontBook> {
        SETTING.fonts.book()
    }

    fn main(&self) -> FileId {
        SETTING.template.id()
    }

    fn source(&self, id: FileId) -> FileResult<Source> {
        let is_template = id == SETTING.template.id();
        if is_template { Ok(SETTING.template.clone()) } else { Err(FileError::AccessDenied) }
    }

    fn file(&self, id: FileId) -> FileResult<Bytes> {
        let found = match id {
            _ if id == SETTING.facts => Some(&self.facts),
            _ if id == SETTING.logo => self.logo.as_ref(),
            _ if id == SETTING.xml => self.xml.as_ref(),
            _ => None,
        };
        found.cloned().ok_or(FileError::AccessDenied)
    }

    fn font(&self, index: usize) -> Option<Font> {
        SETTING.fonts.font(index)
    }

    fn today(&self, _: Option<Duration>) -> Option<Datetime> {
        None
    }
}
