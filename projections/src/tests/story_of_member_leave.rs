//! The history of one member's leave: every kind of event at least once. Five requests with each
//! outcome, what was entered by hand, an account in which a day became a holiday, and two feeds.

use domain::id::{
    FileId, LeaveCaseId, LeaveEntryId, LeaveFeedId, LeaveRequestId, LeaveTypeId, MemberId,
};
use domain::leave::ledger::{Bucket, Cause, Origin, Posting, PostingKind, RestsOn};
use domain::leave::policy::{Quantity, Right};
use domain::leave::{
    DayPart, LeaveAgreed, LeaveApproved, LeaveCancelled, LeaveCaseDeclared, LeaveCaseWithdrawn,
    LeaveDay, LeaveDays, LeaveDocumentAttached, LeaveDrafted, LeaveEntered, LeaveEntryWithdrawn,
    LeaveFeedClosed, LeaveFeedOpened, LeaveMinutes, LeavePosted, LeaveRedrafted, LeaveRejected,
    LeaveSpan, LeaveStepApproved, LeaveSubmitted, LeaveWithdrawn, MemberLeaveEvent,
    member_leave_stream,
};
use domain::log::Event;
use domain::personal::{Personal, PurposeClass};
use domain::time::Chain;
use jiff::civil::{Date, date};

use super::samples::{History, id, sealed};

const WHO: u128 = 1;
const BEGINS: Date = date(2026, 3, 2);

impl History {
    fn leave(&mut self, event: impl Into<MemberLeaveEvent>) -> &mut Self {
        self.add(member_leave_stream(MemberId(id(WHO))), Event::MemberLeave(event.into()))
    }
}

fn reason(text: &str) -> Personal<String> {
    sealed(PurposeClass::LeaveReason, WHO, text)
}

fn span(from: Date, to: Date) -> LeaveSpan {
    LeaveSpan { from, to, part: None }
}

fn drafted(request: u128, span: LeaveSpan) -> LeaveDrafted {
    LeaveDrafted {
        request: LeaveRequestId(id(request)),
        member: MemberId(id(WHO)),
        leave_type: LeaveTypeId(id(60)),
        span,
        case: None,
        reason: Some(reason("HHHH")),
    }
}

fn submitted(request: u128, days: &[Date]) -> LeaveSubmitted {
    let whole = |day: &Date| LeaveDay { day: *day, minutes: LeaveMinutes::of(480) };
    LeaveSubmitted {
        request: LeaveRequestId(id(request)),
        member: MemberId(id(WHO)),
        days: days.iter().map(whole).collect(),
        chain: Chain::default(),
        terms: None,
        document_needed: false,
    }
}

fn approved(request: u128) -> LeaveApproved {
    LeaveApproved {
        request: LeaveRequestId(id(request)),
        member: MemberId(id(WHO)),
        by: MemberId(id(9)),
        in_right_of: None,
    }
}

/// A day taken by the first request, out of a bucket of the cycle that begins on a first of January
/// of this year.
fn taken(n: u32, day: Date, minutes: i64, year: i16) -> Posting {
    Posting {
        n,
        effective: day,
        kind: PostingKind::Take,
        minutes: LeaveMinutes::of(-minutes),
        bucket: Bucket {
            right: Right::Statutory,
            cycle: date(year, 1, 1),
            origin: if year == 2025 { Origin::Carried } else { Origin::Granted },
            expires: (year == 2025).then_some(date(2026, 6, 30)),
        },
        cause: Cause::Request { request: LeaveRequestId(id(71)) },
        arithmetic: minutes.to_string(),
        rests_on: RestsOn { member: 3, calendar: 1, leave_type: 2 },
        reverses: None,
    }
}

fn posted(postings: Vec<Posting>) -> LeavePosted {
    LeavePosted {
        member: MemberId(id(WHO)),
        leave_type: LeaveTypeId(id(60)),
        through: date(2026, 2, 2),
        postings,
    }
}

/// What was entered by hand and by contract.
fn grants(history: &mut History) {
    let (member, leave_type) = (MemberId(id(WHO)), LeaveTypeId(id(60)));
    let (entry, case) = (LeaveEntryId(id(76)), LeaveCaseId(id(77)));
    history
        .leave(LeaveEntered {
            entry,
            member,
            leave_type,
            effective: BEGINS,
            minutes: LeaveMinutes::of(480),
            right: Right::Contractual,
            expires: None,
            reason: reason("JJJJ"),
        })
        .leave(LeaveEntryWithdrawn { entry, member, leave_type, reason: reason("KKKK") })
        .leave(LeaveAgreed {
            member,
            leave_type,
            from: None,
            amount: Some(Quantity::Days(LeaveDays::of(20))),
        })
        .leave(LeaveCaseDeclared {
            case,
            member,
            leave_type,
            applies_to: "both parents employed".to_owned(),
            on: BEGINS,
            begins: BEGINS,
            share_days: Some(60),
            gave_birth: false,
        })
        .leave(LeaveCaseWithdrawn { case, member });
}

/// Request 71 is granted in two steps with a document and accepted terms, 72 rejected, 73 taken
/// back, 74 cancelled, and 75 waits. Feed 78 is closed, 79 is open.
pub(crate) fn member_leave() -> History {
    let member = MemberId(id(WHO));
    let of = |request: u128| LeaveRequestId(id(request));
    let (tuesday, friday) = (date(2026, 3, 3), date(2026, 3, 6));
    let LeaveDrafted { request, leave_type, span: days, case, .. } =
        drafted(71, span(BEGINS, tuesday));
    let redrafted = LeaveRedrafted { request, member, leave_type, span: days, case, reason: None };
    let two_steps = LeaveSubmitted {
        chain: Chain::parse("line_manager,billing").expect("a chain"),
        terms: Some(2),
        document_needed: true,
        ..submitted(71, &[BEGINS, tuesday])
    };
    let step = LeaveStepApproved {
        request,
        member,
        by: member_nine(),
        in_right_of: Some(MemberId(id(8))),
    };
    let mut history = History::default();
    history
        .leave(drafted(71, span(BEGINS, BEGINS)))
        .leave(redrafted)
        .leave(two_steps)
        .leave(LeaveDocumentAttached { request, member, file: FileId(id(60)) })
        .leave(step)
        .leave(approved(71))
        .leave(posted(vec![taken(1, BEGINS, 480, 2026), taken(2, tuesday, 480, 2026)]));
    // The Tuesday becomes a holiday, and then half a day that two buckets give.
    let back = Posting {
        kind: PostingKind::Correct,
        minutes: LeaveMinutes::of(480),
        reverses: Some(2),
        n: 3,
        ..taken(2, tuesday, 480, 2026)
    };
    history
        .leave(posted(vec![back]))
        .leave(posted(vec![taken(4, tuesday, 180, 2025), taken(5, tuesday, 60, 2026)]))
        .leave(drafted(72, span(friday, friday)))
        .leave(submitted(72, &[friday]))
        .leave(LeaveRejected {
            request: of(72),
            member,
            by: member_nine(),
            in_right_of: None,
            reason: reason("LLLL"),
        })
        .leave(drafted(73, span(friday, friday)))
        .leave(submitted(73, &[friday]))
        .leave(LeaveWithdrawn { request: of(73), member })
        .leave(drafted(74, span(friday, friday)))
        .leave(submitted(74, &[friday]))
        .leave(approved(74))
        .leave(LeaveCancelled { request: of(74), member, on: BEGINS, reason: Some(reason("MMMM")) })
        .leave(drafted(75, LeaveSpan { part: Some(DayPart::Minutes(90)), ..span(friday, friday) }))
        .leave(submitted(75, &[friday]))
        .leave(LeaveFeedOpened { feed: LeaveFeedId(id(78)), member, team: false })
        .leave(LeaveFeedClosed { feed: LeaveFeedId(id(78)), member })
        .leave(LeaveFeedOpened { feed: LeaveFeedId(id(79)), member, team: true });
    grants(&mut history);
    history
}

fn member_nine() -> MemberId {
    MemberId(id(9))
}
