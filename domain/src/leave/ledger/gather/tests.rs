//! Accounts from the streams they follow from, by the law of South Africa as its pack has it.

use std::collections::BTreeMap;

use jiff::civil::{Date, date};
use uuid::Uuid;

use super::*;
use crate::country::pack;
use crate::id::LeaveCaseId;
use crate::leave::ledger::{Ledger, PostingKind, average_day, payout, replay};
use crate::leave::samples::{self, pattern, south_african, week};
use crate::leave::{
    DayPart, LeaveApproved, LeaveCancelled, LeaveCaseDeclared, LeaveDrafted, LeaveSubmitted,
    LeaveTypeDefined, LeaveTypeEvent, PackRef,
};
use crate::members::Role;
use crate::time::Chain;
use crate::time::calendar::holidays_by_day;

const CODES: [&str; 4] = ["annual", "sick", "family_responsibility", "parental"];
const MEMBER: crate::id::MemberId = samples::MEMBER;

fn kind(code: &str) -> LeaveTypeId {
    let place = CODES.iter().position(|it| *it == code).expect("a kind of leave");
    LeaveTypeId(Uuid::from_u128(place as u128))
}

/// A member of a South African firm with the kinds of leave of its law.
struct Firm {
    member: Member,
    types: BTreeMap<LeaveTypeId, (i32, LeaveType)>,
    holidays: BTreeMap<Date, String>,
    leave: MemberLeave,
}

impl Firm {
    fn since(hired_on: Date) -> Self {
        let mut member = crate::members::samples::member(&[Role::Member]);
        member.hired_on = Some(hired_on);
        member.patterns = vec![pattern(None, &week(5, 480))];
        let law = pack("ZA").expect("a pack");
        let types = CODES.iter().map(|code| {
            let of = law.leave_type(code).expect("a kind of leave");
            let mut defined = LeaveType::default();
            let event = LeaveTypeDefined {
                leave_type: kind(code),
                code: of.code.clone(),
                name: of.name.clone(),
                paid: of.paid,
                shown_in: of.shown_in,
                counts: of.counts,
                pack: Some(PackRef { country: "ZA".into(), version: law.version }),
            };
            defined.evolve(&LeaveTypeEvent::from(event));
            (kind(code), (1, defined))
        });
        let (first, last) = (date(2020, 1, 1), date(2030, 12, 31));
        Firm {
            member,
            types: types.collect(),
            holidays: holidays_by_day(south_african().holidays(first, last)),
            leave: MemberLeave::default(),
        }
    }

    fn asks(&mut self, code: &str, from: Date, to: Date, part: Option<DayPart>) -> LeaveRequestId {
        let request = LeaveRequestId(Uuid::from_u128(1 + self.leave.requests.len() as u128));
        let (member, leave_type) = (MEMBER, kind(code));
        let span = LeaveSpan { from, to, part };
        let drafted = LeaveDrafted { request, member, leave_type, span, case: None, reason: None };
        self.leave.evolve(&drafted.into());
        let submitted = LeaveSubmitted {
            request,
            member,
            days: self.sources().days_of(leave_type, &span),
            chain: Chain::default(),
            terms: None,
            document_needed: false,
        };
        self.leave.evolve(&submitted.into());
        request
    }

    fn is_granted(&mut self, request: LeaveRequestId) {
        let by = crate::id::MemberId(Uuid::from_u128(99));
        let approved = LeaveApproved { request, member: MEMBER, by, in_right_of: None };
        self.leave.evolve(&approved.into());
    }

    fn takes(&mut self, code: &str, from: Date, to: Date) -> LeaveRequestId {
        let request = self.asks(code, from, to, None);
        self.is_granted(request);
        request
    }

    fn sources(&self) -> LeaveSources<'_> {
        LeaveSources {
            member: &self.member,
            member_version: 3,
            types: &self.types,
            holidays: &self.holidays,
            calendar_version: 2,
            leave: &self.leave,
        }
    }

    fn ledger(&self, code: &str, through: Date) -> Ledger {
        replay(&self.sources().account(kind(code)).expect("a kind of leave"), through)
    }

    fn balance(&self, code: &str, day: Date) -> String {
        let counts = self.types[&kind(code)].1.counts;
        let minutes = self.ledger(code, day).balance_on(day);
        minutes.in_days(average_day(&self.member.patterns, counts, day)).to_string()
    }
}

#[test]
fn sick_leave_within_annual_leave_gives_its_days_back_once_it_is_granted() {
    let mut firm = Firm::since(date(2024, 1, 8));
    let (monday, friday) = (date(2026, 3, 2), date(2026, 3, 6));
    let before = firm.balance("annual", friday);
    firm.takes("annual", monday, friday);
    let ill = firm.asks("sick", date(2026, 3, 4), date(2026, 3, 5), None);
    let taken = |firm: &Firm, code: &str| {
        let ledger = firm.ledger(code, friday);
        let takes = ledger.postings.iter().filter(|it| it.kind == PostingKind::Take);
        let sum: LeaveMinutes = takes.map(|it| -it.minutes).sum();
        sum.in_days(LeaveMinutes::of(480)).to_string()
    };
    assert_eq!((taken(&firm, "annual"), taken(&firm, "sick")), ("5".into(), "0".into()));
    firm.is_granted(ill);
    assert_eq!((taken(&firm, "annual"), taken(&firm, "sick")), ("3".into(), "2".into()));
    let half = firm.asks("sick", monday, monday, Some(DayPart::Pm));
    firm.is_granted(half);
    assert_eq!((taken(&firm, "annual"), taken(&firm, "sick")), ("2.5".into(), "2.5".into()));
    assert_eq!(before, "31.25", "25 months");
    assert_eq!(firm.balance("annual", friday), "28.75");
    assert_eq!(firm.balance("sick", friday), "27.5");
}

#[test]
fn of_a_day_only_the_part_that_other_leave_falls_into_comes_back() {
    let mut firm = Firm::since(date(2024, 1, 8));
    let (monday, tuesday) = (date(2026, 3, 2), date(2026, 3, 3));
    let away = firm.asks("annual", monday, monday, Some(DayPart::Am));
    firm.is_granted(away);
    let ill = firm.asks("sick", monday, monday, Some(DayPart::Pm));
    firm.is_granted(ill);
    let taken = |firm: &Firm, code: &str| -> LeaveMinutes {
        let absences = firm.sources().account(kind(code)).expect("a kind of leave").absences;
        absences.iter().flat_map(|it| &it.days).map(|it| it.minutes).sum()
    };
    assert_eq!(taken(&firm, "annual"), LeaveMinutes::of(240), "the other half of the day");
    firm.takes("parental", tuesday, tuesday);
    assert_eq!(taken(&firm, "parental"), LeaveMinutes::of(1440));
    let ill = firm.asks("sick", tuesday, tuesday, Some(DayPart::Am));
    firm.is_granted(ill);
    assert_eq!(taken(&firm, "parental"), LeaveMinutes::of(720), "half of a day of the calendar");
}

#[test]
fn a_day_that_is_asked_for_is_no_day_of_work_that_it_could_rest_on() {
    let mut firm = Firm::since(date(2026, 1, 5));
    let day = date(2026, 2, 9);
    assert_eq!(firm.balance("sick", day), "1", "the 26th day of work");
    let ill = firm.asks("sick", day, day, None);
    let asked = |firm: &Firm| {
        let facts = firm.sources().account_where(kind("sick"), |_, it| it.holds_days());
        replay(&facts.expect("a kind of leave"), day).balance_on(day)
    };
    let before = asked(&firm);
    firm.is_granted(ill);
    assert_eq!((before, asked(&firm)), (LeaveMinutes::of(-480), LeaveMinutes::of(-480)));
}

#[test]
fn leaving_takes_back_nothing_that_has_grown_and_a_cycle_that_ends_with_it_is_completed() {
    let paid = |hired: Date, last: Date, away: Option<(Date, Date)>| {
        let mut firm = Firm::since(hired);
        if let Some((from, to)) = away {
            firm.takes("parental", from, to);
        }
        firm.member.left_on = Some(last);
        let ledger = firm.ledger("annual", date(2027, 1, 1));
        let paid = payout(&ledger).expect("it's paid out").minutes;
        paid.in_days(LeaveMinutes::of(480)).to_string()
    };
    let june = Some((date(2025, 6, 2), date(2025, 6, 30)));
    assert_eq!(paid(date(2025, 2, 3), date(2026, 2, 2), june), "15", "not (261 - 21) / 17");
    assert_eq!(paid(date(2026, 1, 5), date(2026, 7, 4), None), "7.5", "not 130 / 17 = 7");
}

#[test]
fn l39_l41_l43_l47_the_law_of_the_pack_comes_to_what_it_says() {
    let mut firm = Firm::since(date(2025, 2, 3));
    firm.takes("annual", date(2025, 7, 1), date(2025, 7, 16));
    firm.takes("annual", date(2026, 5, 4), date(2026, 5, 7));
    firm.member.left_on = Some(date(2026, 8, 14));
    let ledger = firm.ledger("annual", date(2026, 12, 31));
    let paid = payout(&ledger).expect("it's paid out");
    assert_eq!(paid.minutes, LeaveMinutes::of(7 * 480));
    let figures = ledger
        .postings
        .iter()
        .any(|it| it.arithmetic.contains("139 days / 17 x 1 day = 8 whole days x 480 minutes"));
    assert!(figures, "{ledger:?}");

    let mut firm = Firm::since(date(2026, 1, 5));
    assert_eq!(firm.balance("sick", date(2026, 4, 30)), "3");
    assert_eq!(firm.balance("family_responsibility", date(2026, 3, 2)), "0");
    assert_eq!(firm.balance("family_responsibility", date(2026, 6, 1)), "3");
    firm.takes("sick", date(2028, 2, 7), date(2028, 2, 18));
    assert_eq!(firm.balance("sick", date(2029, 1, 4)), "20");
    assert_eq!(firm.balance("sick", date(2029, 1, 5)), "30");
    firm.member.patterns = vec![pattern(None, &week(3, 480))];
    assert_eq!(firm.balance("family_responsibility", date(2026, 6, 1)), "0");
}

#[test]
fn days_off_sick_are_no_days_worked() {
    let mut firm = Firm::since(date(2026, 1, 5));
    let day = date(2026, 4, 30);
    // 81 days were worked; of 77 only two whole days come.
    firm.takes("sick", date(2026, 4, 13), date(2026, 4, 14));
    assert_eq!(firm.balance("sick", day), "1", "three, less two");
    firm.takes("annual", date(2026, 4, 20), date(2026, 4, 21));
    assert_eq!(firm.balance("sick", day), "0", "two, less two");
}

#[test]
fn a_day_of_which_half_was_worked_is_a_day_worked() {
    let mut firm = Firm::since(date(2026, 1, 5));
    let (monday, tuesday) = (date(2026, 4, 20), date(2026, 4, 21));
    for part in [DayPart::Am, DayPart::Pm, DayPart::Minutes(60)] {
        let half = firm.asks("annual", monday, monday, Some(part));
        firm.is_granted(half);
    }
    assert_eq!(firm.sources().account(kind("sick")).map(|it| it.away), Some(vec![]));
    let days = |firm: &Firm| firm.sources().account(kind("sick")).map(|it| it.away);
    let (friday, end) = (date(2026, 4, 24), DayPart::EndsAtNoon);
    for (part, whole) in [
        (DayPart::Pm, (tuesday, friday)),
        (end, (monday, date(2026, 4, 23))),
        (DayPart::BothHalves, (tuesday, date(2026, 4, 23))),
    ] {
        let mut firm = Firm::since(date(2026, 1, 5));
        let leave = firm.asks("annual", monday, friday, Some(part));
        firm.is_granted(leave);
        assert_eq!(days(&firm), Some(vec![whole]), "{part:?}");
    }
}

#[test]
fn l49_a_birth_gives_parental_leave_to_its_parent() {
    let mut firm = Firm::since(date(2025, 1, 6));
    let birth = date(2026, 2, 10);
    let declared = LeaveCaseDeclared {
        case: LeaveCaseId(Uuid::from_u128(1)),
        member: MEMBER,
        leave_type: kind("parental"),
        applies_to: "both parents employed".into(),
        on: birth,
        begins: birth,
        share_days: None,
        gave_birth: true,
    };
    firm.leave.evolve(&declared.clone().into());
    assert_eq!(firm.balance("parental", birth), "65");
    assert_eq!(firm.balance("parental", date(2026, 6, 19)), "65");
    assert_eq!(firm.balance("parental", date(2026, 6, 20)), "0");
    let single = "single parent or only one employed".to_owned();
    firm.leave.evolve(&LeaveCaseDeclared { applies_to: single, ..declared }.into());
    assert_eq!(firm.balance("parental", birth), "120", "10 February to 9 June");
}

#[test]
fn what_waits_counts_where_it_is_asked_for_and_every_posting_names_its_versions() {
    let mut firm = Firm::since(date(2024, 1, 8));
    let waiting = firm.asks("annual", date(2026, 3, 2), date(2026, 3, 3), None);
    let sources = firm.sources();
    let facts = sources.account_where(kind("annual"), |id, _| id == waiting);
    let held = replay(&facts.expect("a kind of leave"), date(2026, 3, 6));
    let alone = firm.ledger("annual", date(2026, 3, 6));
    let less = alone.balance_on(date(2026, 3, 6)) - held.balance_on(date(2026, 3, 6));
    assert_eq!(less, LeaveMinutes::of(960));
    let versions = RestsOn { member: 3, calendar: 2, leave_type: 1 };
    assert!(held.postings.iter().all(|it| it.rests_on == versions));
    assert_eq!(sources.last_day_taken(), Some(date(2026, 3, 3)));
    assert!(sources.account(LeaveTypeId(Uuid::from_u128(77))).is_none());
}

#[test]
fn a_cancelled_request_is_as_if_it_had_never_been() {
    let mut firm = Firm::since(date(2024, 1, 8));
    let before = firm.ledger("annual", date(2026, 12, 31));
    let request = firm.takes("annual", date(2026, 3, 2), date(2026, 3, 3));
    assert_ne!(firm.ledger("annual", date(2026, 12, 31)), before);
    let on = date(2026, 4, 1);
    firm.leave.evolve(&LeaveCancelled { request, member: MEMBER, on, reason: None }.into());
    assert_eq!(firm.ledger("annual", date(2026, 12, 31)), before);
}
