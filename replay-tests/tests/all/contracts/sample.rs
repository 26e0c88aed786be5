//! Fixed ids, days and persons of the samples. All of it is made up.

use domain::id::SubjectId;
use domain::personal::{Personal, PurposeClass, Unique};
use jiff::civil::{Date, date};
use sha2::{Digest, Sha256};
use uuid::Uuid;

/// An id of version 7 from the first second of 2026, told apart by a number.
pub(crate) fn id(n: u16) -> Uuid {
    let mut random = [0; 10];
    random[8..].copy_from_slice(&n.to_be_bytes());
    uuid::Builder::from_unix_timestamp_millis(1_767_225_600_000, &random).into_uuid()
}

pub(crate) const NOVA: u16 = 1;
pub(crate) const KABELO: u16 = 2;
pub(crate) const UMBRELLA: u16 = 10;
pub(crate) const ACME: u16 = 11;
pub(crate) const BRIDGE: u16 = 20;
pub(crate) const DRAWING: u16 = 30;
pub(crate) const ENTRY: u16 = 40;
pub(crate) const FAVOURITE: u16 = 45;
pub(crate) const INVOICE: u16 = 50;
pub(crate) const IMPORT: u16 = 60;
pub(crate) const JOB: u16 = 62;
pub(crate) const ANNUAL: u16 = 65;
pub(crate) const LEAVE_REQUEST: u16 = 66;
pub(crate) const LEAVE_ENTRY: u16 = 67;
pub(crate) const LEAVE_CASE: u16 = 68;
pub(crate) const LEAVE_FEED: u16 = 69;
pub(crate) const BUDGET: u16 = 70;
pub(crate) const SESSION: u16 = 80;
pub(crate) const FILE: u16 = 75;

/// A Tuesday in week 2026-W06.
pub(crate) const TUESDAY: Date = date(2026, 2, 3);

/// A personal text of a person or firm.
pub(crate) fn text(subject: u16, class: PurposeClass, text: &str) -> Personal<String> {
    Personal::new(SubjectId(id(subject)), class, text.to_owned())
}

/// A personal text that no two may share.
pub(crate) fn unique(subject: u16, text: &str) -> Personal<Unique> {
    let unique = Unique { text: text.to_owned(), digest: digest(text) };
    Personal::new(SubjectId(id(subject)), PurposeClass::Identity, unique)
}

/// 64 hexadecimal digits, as a keyed digest has.
pub(crate) fn digest(text: &str) -> String {
    migrations::keys::hex(&Sha256::digest(text))
}
