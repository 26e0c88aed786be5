//! Files as they're read.

pub mod file;

use domain::files::FileKind;

use crate::row::text_cells;

text_cells! {
    FileKind: |kind| kind.as_str(), |text| text.parse().ok();
}
