//! Members as they're read.

pub mod grant;
pub mod member;

use domain::members::Role;

use crate::row::text_cells;

text_cells! {
    Role: |role| role.as_str(), |text| text.parse().ok();
}
