//! The history of an import: a file with a bad row and a row that is there twice, read in again,
//! taken back, and read in once more. All of it is made up.

use commands::import::{ImportOptions, run, undo};
use commands::members::AddMember;
use commands::{Sender, import::ImportReport};
use domain::id::MemberId;
use domain::import::{CSV_HEADER, Format};
use domain::log::{Actor, Via};
use domain::members::Role;

use super::teller::Teller;
use crate::firm::Firm;

const ROWS: &str = "\
ida@example.test,Ida Example,Sample Mill,Loom,Weaving,2026-02-02,09:00,10:30,,,,yes,Blue,\"a,b\"
ida@example.test,Ida Example,Sample Mill,Loom,Weaving,2026-02-02,11:00,12:00,,,,no,,
ida@example.test,Ida Example,Sample Mill,Loom,Weaving,2026-02-30,11:00,12:00,,,,no,,
otto@example.test,Otto Example,,Inside,,2026-02-10,,,1800,,,,Sorted the shelf,
otto@example.test,Otto Example,,Inside,,2026-02-10,,,1800,,,,Sorted the shelf,
";

pub(crate) async fn tell() -> Firm {
    let teller = Teller::begin("2026-03-02T07:00:00Z", 3).await;
    let owner: MemberId = teller.new_id();
    let name = "Olga Example".to_owned();
    let roles = vec![Role::Owner];
    teller.operator(AddMember { member: owner, name, email: None, roles, time_zone: None }).await;
    let first = import(&teller.firm, owner).await;
    assert_eq!((first.recorded, first.duplicates, first.skipped.len()), (4, 0, 1));
    teller.at("2026-03-02T08:00:00Z");
    let again = import(&teller.firm, owner).await;
    assert_eq!((again.recorded, again.duplicates, again.skipped.len()), (0, 4, 1));
    let id = first.import_id.expect("something was recorded");
    let undone = undo(&teller.firm.commands, sender(&teller.firm, owner), id).await;
    assert_eq!(undone.expect("taken back").removed, 4);
    teller.at("2026-03-03T08:00:00Z");
    assert_eq!(import(&teller.firm, owner).await.recorded, 4);
    teller.firm
}

fn sender(firm: &Firm, owner: MemberId) -> Sender {
    Sender::new(firm.id(), Actor::Member(owner), Via::Import)
}

async fn import(firm: &Firm, owner: MemberId) -> ImportReport {
    let bytes = format!("{CSV_HEADER}\n{ROWS}").into_bytes();
    let (zone, options) = ("Africa/Johannesburg", ImportOptions::default());
    let report = run(&firm.commands, sender(firm, owner), bytes, Format::Csv, zone, options);
    report.await.expect("a file that can be read")
}
