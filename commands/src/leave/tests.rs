//! Kinds of leave and holidays on a real database: who may change them, codes that are taken, and
//! what follows from the settings.

use domain::country::{Counts, ShownIn};
use domain::leave::{Adoption, KeptHoliday};
use domain::log::{Actor, Event};
use jiff::civil::date;
use migrations::testing::random_id;

use super::*;
use crate::refused::Done;
use crate::settings::{ChangeSetting, ClearSetting};
use crate::testing::{Firm, refused};

const DAY: Date = date(2026, 11, 4);

fn define(code: Option<&str>, name: &str) -> DefineLeaveType {
    DefineLeaveType {
        leave_type: LeaveTypeId(random_id()),
        code: code.map(str::to_owned),
        name: name.into(),
        paid: true,
        shown_in: ShownIn::Days,
        counts: Counts::WorkingDays,
    }
}

fn set(key: &str, value: &str, from: Option<Date>) -> ChangeSetting {
    ChangeSetting { key: key.into(), value: value.into(), from }
}

async fn calendar(firm: &Firm) -> HolidayCalendar {
    let mut calendar = HolidayCalendar::default();
    for recorded in firm.recorded().await {
        if let Event::Holiday(event) = recorded.event {
            calendar.evolve(&event);
        }
    }
    calendar
}

/// The codes of the kinds of leave, with the country of the pack they come from.
async fn codes(firm: &Firm) -> Vec<(String, Option<String>)> {
    let mut codes = Vec::new();
    for recorded in firm.recorded().await {
        if let Event::LeaveType(LeaveTypeEvent::LeaveTypeDefined(event)) = recorded.event {
            codes.push((event.code, event.pack.map(|pack| pack.country)));
        }
    }
    codes
}

fn adoption(country: &str, region: Option<&str>, from: Option<Date>) -> Adoption {
    let pack_version = pack(country).map_or(0, |pack| pack.version);
    let (country, region) = (Some(country.to_owned()), region.map(str::to_owned));
    Adoption { from, country, region, pack_version }
}

#[tokio::test]
async fn admins_keep_the_kinds_of_leave_and_the_holidays() {
    let firm = Firm::new().await;
    let annual = define(None, "Annual leave");
    let leave_type = annual.leave_type;
    firm.send(Actor::Operator, annual).await.expect("a free code");
    for (number, (role, may)) in [
        (Role::Owner, true),
        (Role::Admin, true),
        (Role::Manager, false),
        (Role::Billing, false),
        (Role::Member, false),
        (Role::Auditor, false),
    ]
    .into_iter()
    .enumerate()
    {
        let by = Actor::Member(firm.member(&[role]).await);
        let check = |outcome: Result<Done, CommandError>| match outcome {
            Ok(_) => assert!(may, "{role}"),
            Err(CommandError::Forbidden) => assert!(!may, "{role}"),
            Err(error) => panic!("{role}: {error}"),
        };
        let (name, expected_version) = (format!("Leave {number}"), None);
        check(firm.send(by, define(None, &format!("Leave of {role}"))).await);
        check(firm.send(by, RenameLeaveType { leave_type, name, expected_version }).await);
        check(firm.send(by, RetireLeaveType { leave_type, expected_version }).await);
        check(firm.send(by, RestoreLeaveType { leave_type, expected_version }).await);
        let day = DAY.checked_add(jiff::Span::new().weeks(number as i64)).expect("a day");
        check(firm.send(by, DeclareHoliday { day, name: "Elections".into() }).await);
        if may {
            firm.send(by, WithdrawHoliday { day }).await.expect("a declared day");
        }
        check(firm.send(by, KeepHolidaysUpToDate).await);
    }
    let by = Actor::Member(firm.member(&[Role::Member]).await);
    firm.send(Actor::Operator, DeclareHoliday { day: DAY, name: "A".into() }).await.expect("free");
    let outcome = firm.send(by, WithdrawHoliday { day: DAY }).await;
    assert!(matches!(outcome, Err(CommandError::Forbidden)), "{outcome:?}");
}

#[tokio::test]
async fn a_code_is_one_kinds_even_when_that_is_retired() {
    let firm = Firm::new().await;
    let send = |command| firm.send(Actor::Operator, command);
    let study = define(None, "Study leave");
    let leave_type = study.leave_type;
    send(study).await.expect("a free code");
    let outcome = send(define(Some("study_leave"), "Another")).await;
    assert_eq!(refused(outcome), "leave.code_taken");
    let retire = RetireLeaveType { leave_type, expected_version: None };
    firm.send(Actor::Operator, retire).await.expect("retired");
    let outcome = send(define(None, "Study  Leave!")).await;
    assert_eq!(refused(outcome), "leave.code_taken");
    assert_eq!(refused(send(define(None, "休暇")).await), "leave.invalid_code");
    send(define(Some("kyuka"), "休暇")).await.expect("a code of its own");
}

#[tokio::test]
async fn two_who_define_a_code_at_once_get_one_kind() {
    let firm = Firm::new().await;
    let (one, other) = tokio::join!(
        firm.send(Actor::Operator, define(Some("study"), "One")),
        firm.send(Actor::Operator, define(Some("study"), "Other")),
    );
    let won = [&one, &other].iter().filter(|outcome| outcome.is_ok()).count();
    assert_eq!(won, 1, "{one:?} {other:?}");
    assert_eq!(codes(&firm).await.len(), 1);
}

#[tokio::test]
async fn a_declared_day_is_declared_once_and_can_be_withdrawn() {
    let firm = Firm::new().await;
    let declare = |name: &str| DeclareHoliday { day: DAY, name: name.into() };
    firm.send(Actor::Operator, declare("Elections")).await.expect("a new day");
    firm.send(Actor::Operator, declare("Elections")).await.expect("the same again");
    let outcome = firm.send(Actor::Operator, declare("Another")).await;
    assert_eq!(refused(outcome), "leave.already_declared");
    assert_eq!(calendar(&firm).await.declared.len(), 1);
    firm.send(Actor::Operator, WithdrawHoliday { day: DAY }).await.expect("a declared day");
    let outcome = firm.send(Actor::Operator, WithdrawHoliday { day: DAY }).await;
    assert!(matches!(outcome, Err(CommandError::NotFound)), "{outcome:?}");
    assert_eq!(firm.event_types().await, ["HolidayDeclared", "HolidayWithdrawn"]);
}

#[tokio::test]
async fn a_firm_founded_before_gets_holidays_and_kinds_of_leave_when_it_names_its_country() {
    let firm = Firm::new().await;
    // One kind that it has made itself, under a code of the pack.
    firm.send(Actor::Operator, define(Some("sick"), "Ill")).await.expect("a free code");
    firm.send(Actor::Operator, KeepHolidaysUpToDate).await.expect("nothing to do");
    assert_eq!(calendar(&firm).await, HolidayCalendar::default());
    firm.send(Actor::Operator, set("COUNTRY", "ZA", None)).await.expect("a country");
    assert_eq!(calendar(&firm).await.adoptions, [adoption("ZA", None, None)]);
    let rows = firm.rows().await;
    assert!(rows[1..].iter().all(|row| row.command_id == rows[1].command_id), "one commit");
    let mut found = codes(&firm).await;
    found.sort();
    let of = |code: &str, country: Option<&str>| (code.to_owned(), country.map(str::to_owned));
    let za = Some("ZA");
    assert_eq!(
        found,
        [
            of("annual", za),
            of("family_responsibility", za),
            of("parental", za),
            of("sick", None),
            of("unpaid", za),
        ]
    );
    // Moving to another country later brings its holidays, but no more kinds of leave.
    let july = Some(date(2026, 7, 1));
    firm.send(Actor::Operator, set("COUNTRY", "DE", july)).await.expect("a country");
    assert_eq!(codes(&firm).await.len(), found.len());
    let kept = calendar(&firm).await;
    assert_eq!(kept.adoptions, [adoption("ZA", None, None), adoption("DE", None, july)]);
    firm.send(Actor::Operator, KeepHolidaysUpToDate).await.expect("nothing to do");
    assert_eq!(calendar(&firm).await, kept);
}

#[tokio::test]
async fn a_region_brings_its_holidays_and_must_be_one_of_the_country() {
    let firm = Firm::new().await;
    let outcome = firm.send(Actor::Operator, set("HOLIDAY_REGION", "BY", None)).await;
    assert_eq!(refused(outcome), "leave.unknown_region");
    firm.send(Actor::Operator, set("COUNTRY", "DE", None)).await.expect("a country");
    let outcome = firm.send(Actor::Operator, set("HOLIDAY_REGION", "ENG", None)).await;
    assert_eq!(refused(outcome), "leave.unknown_region");
    firm.send(Actor::Operator, set("HOLIDAY_REGION", "BY", None)).await.expect("a Land");
    let epiphany = date(2026, 1, 6);
    let held = calendar(&firm).await;
    let [KeptHoliday { name, law: Some((adopted, _)), .. }] =
        &held.holidays(epiphany, epiphany)[..]
    else {
        panic!("{held:?}");
    };
    assert_eq!((&**name, adopted), ("Heilige Drei Könige", &adoption("DE", Some("BY"), None)));
    let clear = ClearSetting { key: "HOLIDAY_REGION".into(), from: None };
    firm.send(Actor::Operator, clear).await.expect("it was set");
    assert!(!calendar(&firm).await.is_holiday(epiphany));
    let moved = firm.send(Actor::Operator, set("COUNTRY", "FR", None)).await;
    moved.expect("a country without a pack");
    assert_eq!(calendar(&firm).await.adoptions, [adoption("FR", None, None)]);
}

#[tokio::test]
async fn an_older_version_of_a_pack_is_brought_up_to_date_when_asked_for() {
    let firm = Firm::new().await;
    firm.send(Actor::Operator, set("COUNTRY", "ZA", None)).await.expect("a country");
    let before = calendar(&firm).await;
    // As if the firm had adopted what there was before there was a pack.
    let older = HolidayCalendar {
        adoptions: vec![Adoption { pack_version: 0, ..before.adoptions[0].clone() }],
        ..HolidayCalendar::default()
    };
    let settings = {
        let mut settings = Settings::default();
        for recorded in firm.recorded().await {
            if let Event::Settings(event) = recorded.event {
                settings.evolve(&event);
            }
        }
        settings
    };
    let command = AdoptHolidayCalendar::of(&settings);
    let events = adopt_holiday_calendar::decide(&older, command).expect("nothing is refused");
    let mut after = older;
    events.iter().for_each(|event| after.evolve(event));
    assert_eq!(after, before);
}
