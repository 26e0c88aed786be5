//! Members as they're read.

pub mod grant;
pub mod head_count;
pub mod member;
pub mod substitute;
pub mod work_pattern;

use domain::members::{Registration, Role};

use crate::row::text_cells;

text_cells! {
    Role: |role| role.as_str(), |text| text.parse().ok();
    Registration: |state| state.as_str(), Registration::parse;
}
