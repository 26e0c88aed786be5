//! Whole histories of small firms, stored in `streams/` as their logs had them. Each is loaded into
//! a fresh tenant, and every way of reading it must come to the same rows.

mod equal;
mod history;
mod record;
mod rows;
mod story_of_bills;
mod story_of_books;
mod story_of_imports;
mod story_of_leave;
mod story_of_leave_year;
mod story_of_months;
mod story_of_people;
mod story_of_platform;
mod story_of_time;
mod teller;

pub(crate) use record::{NAMES, loaded};
