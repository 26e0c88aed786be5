//! The history of a firm's kinds of leave and of its holidays: it names its country, its region from
//! a day on, defines a kind of its own, and declares days. All of it is made up.

use commands::leave::{
    DeclareHoliday, DefineLeaveType, KeepHolidaysUpToDate, RenameLeaveType, RestoreLeaveType,
    RetireLeaveType, WithdrawHoliday,
};
use commands::members::AddMember;
use commands::settings::{ChangeSetting, ClearSetting};
use domain::country::{Counts, ShownIn};
use domain::id::{LeaveTypeId, MemberId};
use domain::members::Role;
use jiff::civil::{Date, date};

use super::teller::Teller;
use crate::firm::Firm;

pub(crate) async fn tell() -> Firm {
    let teller = Teller::begin("2026-01-05T07:00:00Z", 4).await;
    let owner: MemberId = teller.new_id();
    let (name, roles) = ("Olga Example".to_owned(), vec![Role::Owner]);
    teller.operator(AddMember { member: owner, name, email: None, roles, time_zone: None }).await;
    calendar(&teller, owner).await;
    kinds(&teller, owner).await;
    teller.firm
}

async fn calendar(teller: &Teller, owner: MemberId) {
    teller.at("2026-01-06T07:00:00Z");
    let change = |key: &str, value: &str, from: Option<Date>| {
        let (key, value) = (key.to_owned(), value.to_owned());
        teller.member(owner, ChangeSetting { key, value, from })
    };
    let may = Some(date(2026, 5, 1));
    change("COUNTRY", "DE", None).await;
    change("HOLIDAY_REGION", "BE", None).await;
    change("HOLIDAY_REGION", "BY", may).await;
    change("COUNTRY", "ZA", Some(date(2027, 1, 1))).await;
    let key = "HOLIDAY_REGION".to_owned();
    teller.member(owner, ClearSetting { key, from: may }).await;
    teller.member(owner, KeepHolidaysUpToDate).await;
    teller.at("2026-01-07T07:00:00Z");
    let declare = |day, name: &str| DeclareHoliday { day, name: name.to_owned() };
    let (outing, party) = (date(2026, 6, 26), date(2026, 12, 24));
    teller.member(owner, declare(outing, "Works outing")).await;
    teller.member(owner, declare(party, "Works party")).await;
    teller.refused(owner, "leave.already_declared", declare(party, "Heiligabend")).await;
    teller.member(owner, WithdrawHoliday { day: outing }).await;
}

async fn kinds(teller: &Teller, owner: MemberId) {
    teller.at("2026-01-08T07:00:00Z");
    let leave_type: LeaveTypeId = teller.new_id();
    let expected_version = None;
    let study = |leave_type| DefineLeaveType {
        leave_type,
        code: None,
        name: "Study leave".to_owned(),
        paid: true,
        shown_in: ShownIn::Hours,
        counts: Counts::WorkingDays,
    };
    teller.member(owner, study(leave_type)).await;
    teller.refused(owner, "leave.code_taken", study(teller.new_id())).await;
    let name = "Bildungsurlaub".to_owned();
    teller.member(owner, RenameLeaveType { leave_type, name, expected_version }).await;
    teller.member(owner, RetireLeaveType { leave_type, expected_version }).await;
    teller.at("2026-01-09T07:00:00Z");
    teller.member(owner, RestoreLeaveType { leave_type, expected_version }).await;
}
