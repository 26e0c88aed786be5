//! Settling on a real database: late, twice, by two at once or never comes to the same, and those
//! concerned are told of corrections alone.

use std::collections::BTreeSet;

use domain::country::{Counts, ShownIn};
use domain::id::{LeaveRequestId, LeaveTypeId, MemberId};
use domain::leave::ledger::{Posting, PostingKind, balance_on, due, standing_of};
use domain::leave::policy::{
    AccrualRule, CarryRule, CycleStart, GrantRule, LeaveCycle, LeaveEntitlement, LeavePolicy,
    OnLeaving, Quantity, Requirement, Right,
};
use domain::leave::{
    AcceptedTerms, LeaveDays, LeaveMinutes, LeaveSpan, MemberLeave, member_leave_stream,
};
use domain::log::{Actor, Event};
use domain::members::Role;
use jiff::civil::{Date, date};
use jiff::{SignedDuration, Timestamp, ToSpan};
use migrations::testing::{TestTenant, random_id};

use super::{LEAVE_SETTLE, LeaveSettling};
use crate::clock::Clock;
use crate::event_log::{EventLog, Limits};
use crate::handle::Commands;
use crate::jobs::{Daily, JobEngine, JobLimits};
use crate::leave::sources::{FirmLeave, LeaveCut, at};
use crate::leave::{ApproveLeave, AskForLeave, DeclareHoliday, DefineLeaveType, SetLeavePolicy};
use crate::mail::Letter;
use crate::members::{ChangeMemberEmployment, ChangeMemberManager};
use crate::testing::{Firm, new_member};

/// A firm with a member who grows a day of leave a month, and their manager, on a set clock.
struct Desk {
    firm: Firm,
    clock: Clock,
    member: MemberId,
    manager: MemberId,
    kind: LeaveTypeId,
}

fn terms() -> LeavePolicy {
    let grant = GrantRule {
        right: Right::Contractual,
        entitlement: LeaveEntitlement::Of(Quantity::Days(LeaveDays::of(12))),
        accrual: AccrualRule::MonthEnd,
        at_first: None,
        requires: Requirement::default(),
        carry: Some(CarryRule { cap: None, expires_after_months: Some(3) }),
        payable: true,
        on_leaving: OnLeaving::Accrued,
    };
    LeavePolicy {
        cycle: LeaveCycle { months: 12, begins: CycleStart::Yearly { month: 1, day: 1 } },
        grants: vec![grant],
        overdraft: Some(Quantity::Days(LeaveDays::of(0))),
        step: Default::default(),
        notice_days: 0,
        document: None,
        terms: None,
        approval: Vec::new(),
        interrupts: false,
        late_cancel: Default::default(),
        cases: Vec::new(),
    }
}

impl Desk {
    /// On a Monday noon.
    async fn new(today: Date) -> Self {
        let clock = Clock::simulated(noon(today), 7);
        let firm = firm_of(TestTenant::provision(&[]).await, &clock);
        let mut desk = Desk {
            firm,
            clock,
            member: MemberId(random_id()),
            manager: MemberId(random_id()),
            kind: LeaveTypeId(random_id()),
        };
        desk.manager = desk.hire("kabelo@example.com", Role::Admin).await;
        desk.member = desk.hire("nova@example.com", Role::Member).await;
        let (member, manager) = (desk.member, Some(desk.manager));
        desk.send(ChangeMemberManager { member, manager, expected_version: None }).await;
        let (name, paid, counts) = ("Annual leave".to_owned(), true, Counts::WorkingDays);
        let (code, shown_in, leave_type) = (None, ShownIn::Days, desk.kind);
        desk.send(DefineLeaveType { leave_type, code, name, paid, shown_in, counts }).await;
        desk.send(SetLeavePolicy { leave_type, from: None, policy: terms() }).await;
        desk.hired_on(date(2026, 1, 1)).await;
        desk
    }

    async fn hire(&self, email: &str, role: Role) -> MemberId {
        let command = new_member("Nova", Some(email), &[role]);
        let member = command.member;
        self.send(command).await;
        member
    }

    async fn send(&self, command: impl crate::handle::Command) {
        self.firm.send(Actor::Operator, command).await.expect("done");
    }

    async fn hired_on(&self, day: Date) {
        let (member, hired_on) = (self.member, Some(Some(day)));
        let left_on = None;
        let expected_version = None;
        self.send(ChangeMemberEmployment { member, hired_on, left_on, expected_version }).await;
    }

    /// Two days of leave, granted.
    async fn away(&self, from: Date, to: Date) {
        let request = LeaveRequestId(random_id());
        let ask = AskForLeave {
            request,
            member: self.member,
            leave_type: self.kind,
            span: LeaveSpan { from, to, part: None },
            case: None,
            note: None,
            accepted: AcceptedTerms::None,
            draft: false,
        };
        let sent = self.firm.send(Actor::Member(self.member), ask).await;
        sent.expect("asked for");
        let approve = ApproveLeave { request, seen: None };
        let sent = self.firm.send(Actor::Member(self.manager), approve).await;
        sent.expect("granted");
    }

    fn settling(&self) -> LeaveSettling {
        LeaveSettling::new(self.firm.commands.clone())
    }

    fn engine(&self) -> JobEngine {
        let (log, platform) = (self.firm.commands.log(), &self.firm.tenant.platform);
        JobEngine::new(log.clone(), platform.clone(), JobLimits::default()).with(self.settling())
    }

    fn pass(&self, time: SignedDuration) {
        self.clock.set(self.clock.now().checked_add(time).expect("within the calendar"));
    }

    /// Runs what is due a minute later.
    async fn run(&self) -> usize {
        self.pass(SignedDuration::from_secs(60));
        self.engine().run_tenant(self.firm.id()).await.expect("the database")
    }

    /// Lets days pass up to this one, with or without the work of each.
    async fn live_until(&self, day: Date, settled: bool) {
        let from = self.clock.now().to_zoned(jiff::tz::TimeZone::UTC).date();
        for day in from.series(1.day()).take_while(|it| *it <= day) {
            self.clock.set(noon(day));
            if settled {
                self.settling().run(self.firm.id(), day).await.expect("settled");
            }
        }
    }

    async fn leave(&self) -> MemberLeave {
        let mut leave = MemberLeave::default();
        for recorded in self.firm.recorded().await {
            if let Event::MemberLeave(event) = recorded.event
                && recorded.stream == member_leave_stream(self.member)
            {
                leave.evolve(&event);
            }
        }
        leave
    }

    async fn postings(&self) -> Vec<Posting> {
        let leave = self.leave().await;
        leave.accounts.get(&self.kind).map_or_else(Vec::new, |it| it.postings.clone())
    }

    async fn facts(&self) -> FirmLeave {
        let mut tx = self.firm.tenant.tenants.begin(self.firm.id()).await.expect("the door");
        at(&mut tx, None, LeaveCut::default(), date(2026, 12, 31)).await.expect("read")
    }

    /// The references of jobs of a kind.
    async fn asked(&self, kind: &str) -> Vec<String> {
        let mut tx = self.firm.tenant.tenants.begin(self.firm.id()).await.expect("the door");
        let jobs = crate::jobs::table::list(&mut tx, None, None, 1000).await.expect("the table");
        let mut found: Vec<String> = jobs
            .into_iter()
            .filter(|job| job.job.kind == kind)
            .map(|job| job.job.reference)
            .collect();
        found.sort();
        found
    }

    /// The names of the letters about corrected or lapsing leave, with those they go to.
    async fn letters(&self) -> Vec<String> {
        let mut found = self.asked(crate::mail::MAIL).await;
        found.retain(|it| it.starts_with("leave_correct") || it.starts_with("leave_lapsing"));
        found
    }
}

fn noon(day: Date) -> Timestamp {
    day.at(12, 0, 0, 0).to_zoned(jiff::tz::TimeZone::UTC).expect("a time").timestamp()
}

fn firm_of(tenant: TestTenant, clock: &Clock) -> Firm {
    let (tenants, keys) = (tenant.tenants.clone(), tenant.keys.clone());
    let log = EventLog::new(tenants, keys, clock.clone(), Limits::default());
    Firm { tenant, commands: Commands::new(log) }
}

/// What stands of an account, without numbers and versions.
fn standing(postings: &[Posting]) -> BTreeSet<String> {
    let says =
        |it: &Posting| format!("{} {:?} {} {:?}", it.effective, it.kind, it.minutes, it.bucket);
    standing_of(postings).map(says).collect()
}

#[tokio::test]
async fn what_stands_is_the_same_whether_settling_runs_each_day_late_twice_or_never() {
    let today = date(2026, 3, 2);
    let (daily, late) = (Desk::new(today).await, Desk::new(today).await);
    for (desk, settled) in [(&daily, true), (&late, false)] {
        desk.live_until(date(2026, 3, 9), settled).await;
        desk.away(date(2026, 3, 12), date(2026, 3, 13)).await;
        desk.live_until(date(2026, 4, 2), settled).await;
        desk.hired_on(date(2026, 2, 1)).await;
        desk.live_until(date(2027, 5, 3), settled).await;
    }
    let never = late.facts().await;
    let through = date(2027, 5, 3);
    let replayed = never.of(late.member).and_then(|it| it.account(late.kind)).expect("an account");
    let replayed = domain::leave::ledger::replay(&replayed, through);
    late.settling().run(late.firm.id(), through).await.expect("settled");
    let first = late.postings().await;
    late.settling().run(late.firm.id(), date(2026, 3, 3)).await.expect("again");
    late.settling().run(late.firm.id(), through).await.expect("again");
    assert_eq!(late.postings().await, first, "nothing is posted twice");
    let each_day = daily.postings().await;
    assert_eq!(standing(&each_day), standing(&first));
    assert_eq!(standing(&first), standing(&replayed.postings));
    for day in [date(2026, 3, 13), date(2026, 12, 31), date(2027, 4, 1), through] {
        let balance = balance_on(&first, day);
        assert_eq!(balance_on(&each_day, day), balance, "{day}");
        assert_eq!(replayed.balance_on(day), balance, "{day}");
    }
    // 10 days a year less 2, carried into 2027, lapse at the end of March; 4 days have grown since.
    let days = |postings: &[Posting], day| balance_on(postings, day).in_days(LeaveMinutes::of(480));
    assert!(each_day.iter().any(|it| it.kind == PostingKind::Correct), "by the day of hire");
    assert!(each_day.iter().any(|it| it.kind == PostingKind::Expire));
    assert_eq!(days(&first, through).to_string(), days(&replayed.postings, through).to_string());
    assert_eq!(days(&first, through), LeaveDays::of(4));
}

#[tokio::test]
async fn two_workers_at_once_post_everything_once() {
    let desk = Desk::new(date(2026, 6, 1)).await;
    desk.run().await;
    desk.hired_on(date(2026, 2, 1)).await;
    desk.pass(SignedDuration::from_secs(60));
    let other = firm_of(desk.firm.tenant.in_another_process(), &desk.clock);
    let (log, platform) = (other.commands.log().clone(), other.tenant.platform.clone());
    let second = JobEngine::new(log, platform, JobLimits::default())
        .with(LeaveSettling::new(other.commands.clone()));
    let first = desk.engine();
    let (settling, again) = (desk.settling(), LeaveSettling::new(other.commands.clone()));
    let (id, day) = (desk.firm.id(), date(2026, 6, 1));
    let ran = tokio::join!(
        first.run_tenant(id),
        second.run_tenant(id),
        settling.run(id, day),
        again.run(id, day)
    );
    ran.0.expect("run");
    ran.1.expect("run");
    ran.2.expect("settled");
    ran.3.expect("settled");
    let postings = desk.postings().await;
    let numbers: Vec<u32> = postings.iter().map(|posting| posting.n).collect();
    assert_eq!(numbers, (1..=numbers.len() as u32).collect::<Vec<_>>());
    assert_eq!(standing_of(&postings).count(), standing(&postings).len(), "nothing stands twice");
    let facts = desk.facts().await;
    let sources = facts.of(desk.member).expect("a member");
    assert_eq!(due(&sources, desk.member, desk.kind, day), None, "nothing is left to settle");
}

#[tokio::test]
async fn what_accounts_follow_from_asks_for_one_settling_and_nothing_else_does() {
    let desk = Desk::new(date(2026, 3, 2)).await;
    let hired = desk.asked(LEAVE_SETTLE).await;
    assert_eq!(hired, [desk.member.to_string()], "terms were set before anybody had an account");
    desk.hired_on(date(2026, 1, 2)).await;
    assert_eq!(desk.asked(LEAVE_SETTLE).await.len(), 1, "shared by the next seconds");
    desk.run().await;
    assert!(!desk.postings().await.is_empty());
    let declare = |day| DeclareHoliday { day, name: "Election day".into() };
    desk.send(declare(date(2026, 3, 20))).await;
    desk.send(declare(date(2026, 3, 23))).await;
    let mut expected = vec![desk.member.to_string(), "all".to_owned()];
    expected.sort();
    assert_eq!(desk.asked(LEAVE_SETTLE).await, expected);
    let before = desk.postings().await;
    desk.run().await;
    assert_eq!(desk.postings().await, before, "nothing differs");
    assert_eq!(desk.letters().await, [""; 0]);
}

#[tokio::test]
async fn the_member_and_their_manager_are_told_of_corrections_and_admins_of_those_for_all() {
    let desk = Desk::new(date(2026, 3, 2)).await;
    desk.run().await;
    desk.live_until(date(2026, 3, 9), true).await;
    assert_eq!(desk.letters().await, [""; 0], "days that pass are no news");
    desk.away(date(2026, 3, 19), date(2026, 3, 20)).await;
    desk.hired_on(date(2026, 2, 1)).await;
    let version = desk.firm.rows().await.iter().fold(0, |last, row| {
        let own = row.stream == member_leave_stream(desk.member);
        if own { row.version } else { last }
    });
    desk.run().await;
    let (member, version) = (desk.member, version + 1);
    let to = |to| Letter::LeaveCorrected { to, member, version }.reference();
    let mut expected = vec![to(desk.member), to(desk.manager)];
    expected.sort();
    assert_eq!(desk.letters().await, expected);
    let day = date(2026, 3, 20);
    desk.send(DeclareHoliday { day, name: "Election day".into() }).await;
    desk.run().await;
    let letters = desk.letters().await;
    let summaries = letters.iter().filter(|it| it.starts_with("leave_corrections "));
    let summaries: Vec<&String> = summaries.collect();
    assert_eq!(letters.len(), 5, "{letters:?}");
    assert!(summaries[0].starts_with(&format!("leave_corrections {}", desk.manager)));
    let back = desk.postings().await.into_iter().rev().find(|it| it.kind == PostingKind::Correct);
    assert_eq!(back.map(|it| (it.effective, it.minutes)), Some((day, LeaveMinutes::of(480))));
}

#[tokio::test]
async fn leave_that_came_over_is_told_of_sixty_and_fourteen_days_before_it_lapses() {
    let desk = Desk::new(date(2026, 11, 30)).await;
    desk.run().await;
    let last = date(2027, 3, 31);
    let letter =
        Letter::LeaveLapsing { member: desk.member, leave_type: desk.kind, last }.reference();
    for (day, letters) in [
        (date(2027, 1, 29), 0),
        (date(2027, 1, 30), 1),
        (date(2027, 3, 16), 1),
        (date(2027, 3, 17), 2),
    ] {
        desk.clock.set(noon(day));
        desk.settling().run(desk.firm.id(), day).await.expect("settled");
        desk.settling().run(desk.firm.id(), day).await.expect("settled again");
        assert_eq!(desk.letters().await, vec![letter.clone(); letters], "{day}");
    }
}
