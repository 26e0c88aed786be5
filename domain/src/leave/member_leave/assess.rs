//! What a request comes to by what is known now: its days, the balance, who decides, and everything
//! that speaks against it. A preview shows it and submitting acts on it, so both say the same.

use std::collections::BTreeMap;

use jiff::ToSpan;
use jiff::civil::Date;

use super::floor::HeldAccount;
use super::overlap::in_the_way;
use super::request_refusal::RequestRefusal as Refusal;
use super::{DayPart, LeaveDay, LeaveRequest, check_span, request_in};
use crate::id::LeaveRequestId;
use crate::leave::LeaveType;
use crate::leave::amount::{LeaveDays, LeaveMinutes};
use crate::leave::document;
use crate::leave::ledger::{LeaveSources, policy_on};
use crate::leave::policy::{LeavePolicy, LeaveStep, Terms};
use crate::time::Chain;

/// Which terms were accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum AcceptedTerms {
    /// None.
    #[default]
    None,
    /// Those that hold.
    Current,
    /// Those of a version.
    Version(u32),
}

/// What a request is assessed by.
#[derive(Debug, Clone, Copy)]
pub struct AskFacts<'a> {
    /// The member's leave with the request in it, and all it follows from.
    pub sources: LeaveSources<'a>,
    /// The local day.
    pub today: Date,
    /// Whether the member asks themself; a manager asks without notice.
    pub own: bool,
    /// Which terms were accepted.
    pub accepted: AcceptedTerms,
}

/// Why a day takes nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TakesNothing {
    /// A holiday, by its name.
    Holiday(String),
    /// No work by pattern.
    NoWork,
    /// Not employed.
    NotEmployed,
}

/// A day of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AssessedDay {
    /// The day.
    pub day: Date,
    /// What is taken of it.
    pub minutes: LeaveMinutes,
    /// What a whole one would take.
    pub whole: LeaveMinutes,
    /// Why nothing is.
    pub nothing: Option<TakesNothing>,
}

/// What a request does to the balance, all that waits for a decision taken as granted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BalanceEffect {
    /// On its last day, without it.
    pub before: LeaveMinutes,
    /// On its last day, with it.
    pub after: LeaveMinutes,
    /// The lowest on one of its days or of days taken later, and the day.
    pub lowest: Option<(Date, LeaveMinutes)>,
    /// The least that is allowed on its last day; none = no limit.
    pub floor: Option<LeaveMinutes>,
    /// What a day is worth on its last day.
    pub day: LeaveMinutes,
}

/// What a request comes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assessed {
    /// Each of its days.
    pub days: Vec<AssessedDay>,
    /// What it takes.
    pub minutes: LeaveMinutes,
    /// What that does to the balance.
    pub balance: Option<BalanceEffect>,
    /// Who decides, step by step.
    pub chain: Chain,
    /// Whether a document is needed.
    pub document_needed: bool,
    /// What must be accepted.
    pub terms: Option<Terms>,
    /// Other requests in the way, each with its first such day.
    pub overlaps: Vec<(LeaveRequestId, Date)>,
    /// What speaks against it, the first being what it's refused for; nothing = it's accepted.
    pub refusals: Vec<Refusal>,
}

impl Assessed {
    /// Its days as they are kept: those of which something is taken.
    pub fn taken(&self) -> Vec<LeaveDay> {
        let taken = self.days.iter().filter(|day| day.nothing.is_none());
        taken.map(|it| LeaveDay { day: it.day, minutes: it.minutes }).collect()
    }
}

impl Assessed {
    /// The days on which more is recorded as worked, in seconds, than this leave leaves room for.
    pub fn worked_too(&self, seconds: &BTreeMap<Date, i64>) -> Vec<(Date, i64)> {
        let worked = self.days.iter().filter_map(|it| {
            let worked = seconds.get(&it.day).copied().filter(|seconds| *seconds > 0)?;
            let minutes = LeaveMinutes::of(worked).share(1, 60);
            (it.nothing.is_none() && it.whole < it.minutes + minutes).then_some((it.day, worked))
        });
        worked.collect()
    }
}

/// What a request of the member comes to. Refuses only what can't be assessed: days that make no
/// sense, or a kind of leave that is not there.
pub fn assess(facts: &AskFacts<'_>, id: LeaveRequestId) -> Result<Assessed, crate::leave::Refusal> {
    let sources = &facts.sources;
    let asked = request_in(sources.leave, id)?;
    check_span(&asked.span)?;
    let kind = sources.types.get(&asked.leave_type).map(|(_, kind)| kind);
    let kind = kind.ok_or(crate::leave::Refusal::UnknownLeaveType)?;
    let policies = kind.policies();
    let policy = policy_on(&policies, asked.span.from);
    let days = days_of(sources, asked);
    let minutes: LeaveMinutes = days.iter().map(|day| day.minutes).sum();
    let overlaps = in_the_way(sources, id, asked);
    let mut refusals = against(facts, kind, policy, asked, &days);
    let overlap = overlaps.first();
    refusals.extend(overlap.map(|(with, day)| Refusal::Overlap { with: *with, day: *day }));
    let (balance, short) = effect(sources, id, asked);
    refusals.extend(short);
    Ok(Assessed {
        minutes,
        balance,
        chain: chain_of(policy, &days),
        document_needed: document_needed(sources, policy, id, asked),
        terms: policy.and_then(|policy| policy.terms.clone()),
        overlaps,
        refusals,
        days,
    })
}

fn days_of(sources: &LeaveSources<'_>, asked: &LeaveRequest) -> Vec<AssessedDay> {
    let Some(terms) = sources.terms(asked.leave_type) else { return Vec::new() };
    let days = asked.span.from.series(1.day()).take_while(|day| *day <= asked.span.to);
    let assessed = |day: Date| {
        let minutes = terms.of_day(&asked.span, day);
        let nothing = (minutes == LeaveMinutes::ZERO).then(|| {
            if !terms.employed(day) {
                TakesNothing::NotEmployed
            } else if let Some(name) = terms.holidays.get(&day) {
                TakesNothing::Holiday(name.clone())
            } else {
                TakesNothing::NoWork
            }
        });
        AssessedDay { day, minutes, whole: terms.whole(day), nothing }
    };
    days.map(assessed).collect()
}

/// What speaks against it but other leave and the balance.
fn against(
    facts: &AskFacts<'_>,
    kind: &LeaveType,
    policy: Option<&LeavePolicy>,
    asked: &LeaveRequest,
    days: &[AssessedDay],
) -> Vec<Refusal> {
    let mut found = Vec::new();
    if kind.retired {
        found.push(Refusal::RetiredType);
    }
    let sources = &facts.sources;
    let case = asked.case.and_then(|case| sources.leave.cases.get(&case));
    let known = case.is_some_and(|case| case.leave_type == asked.leave_type);
    let by_case = policy.is_some_and(|it| !it.cases.is_empty() && it.grants.is_empty());
    if !known && (asked.case.is_some() || by_case) {
        found.push(Refusal::UnknownCase);
    }
    let not_employed = days.iter().find(|it| it.nothing == Some(TakesNothing::NotEmployed));
    if let Some(it) = not_employed {
        found.push(Refusal::NotEmployed { day: it.day });
    } else if days.iter().all(|it| it.nothing.is_some()) {
        found.push(Refusal::NothingToTake);
    }
    if let (Some(DayPart::Minutes(minutes)), Some(it)) = (asked.span.part, days.first())
        && it.nothing.is_none()
        && it.minutes < LeaveMinutes::of(i64::from(minutes))
    {
        let why = "this day has fewer minutes of work than that; ask for the whole day";
        found.push(Refusal::SpanInvalid { why });
    }
    let Some(policy) = policy else { return found };
    found.extend(step_refused(policy.step, asked.span.part));
    let ahead = facts.today.until(asked.span.from).map_or(0, |span| span.get_days());
    let late = policy.notice_days > 0 && i64::from(ahead) < i64::from(policy.notice_days);
    if facts.own && late {
        found.push(Refusal::NoticeTooShort { days: policy.notice_days });
    }
    if let Some(Terms { version, .. }) = policy.terms {
        let accepted = match facts.accepted {
            AcceptedTerms::None => false,
            AcceptedTerms::Current => true,
            AcceptedTerms::Version(accepted) => accepted == version,
        };
        found.extend((!accepted).then_some(Refusal::TermsNotAccepted { version }));
    }
    found
}

fn step_refused(step: LeaveStep, part: Option<DayPart>) -> Option<Refusal> {
    match (step, part) {
        (_, None) => None,
        (LeaveStep::Days, Some(_)) => Some(Refusal::HalfDaysNotTaken),
        (LeaveStep::HalfDays, Some(DayPart::Minutes(_))) => Some(Refusal::Step { minutes: None }),
        (LeaveStep::Minutes(of), Some(DayPart::Minutes(minutes))) => {
            let fits = of == 0 || minutes.is_multiple_of(of);
            (!fits).then_some(Refusal::Step { minutes: Some(of) })
        }
        (
            LeaveStep::HalfDays | LeaveStep::Minutes(_),
            Some(DayPart::Am | DayPart::Pm | DayPart::EndsAtNoon | DayPart::BothHalves),
        ) => None,
    }
}

/// What it does to the balance, and whether that is too much.
fn effect(
    sources: &LeaveSources<'_>,
    id: LeaveRequestId,
    asked: &LeaveRequest,
) -> (Option<BalanceEffect>, Option<Refusal>) {
    let last = asked.span.to;
    let without = HeldAccount::of(sources, asked.leave_type, Some(id), last);
    let mut leave = sources.leave.clone();
    if let Some(request) = leave.requests.get_mut(&id) {
        request.state = super::LeaveState::Submitted;
    }
    let with = LeaveSources { leave: &leave, ..*sources };
    let with = HeldAccount::of(&with, asked.leave_type, None, last);
    let (Some(without), Some(with)) = (without, with) else { return (None, None) };
    let effect = BalanceEffect {
        before: without.balance_on(last),
        after: with.balance_on(last),
        lowest: with.lowest(asked.span.from),
        floor: with.floor_on(last),
        day: with.day_on(last),
    };
    let short = with.shortfall(asked.span.from).map(|short| {
        if with.lacks_hire_date() {
            return Refusal::NoHireDate;
        }
        short.into()
    });
    (Some(effect), short)
}

/// The steps by the policy: of the rules whose length is passed, the last one.
fn chain_of(policy: Option<&LeavePolicy>, days: &[AssessedDay]) -> Chain {
    let length: LeaveDays = days.iter().map(|it| it.minutes.in_days(it.whole)).sum();
    let rules = policy.map_or(&[][..], |policy| &policy.approval);
    let passed = rules.iter().rev().find(|rule| length > LeaveDays::of(i64::from(rule.days_over)));
    passed.map_or_else(
        || Chain::parse("line_manager").expect("an office is a chain of one step"),
        |rule| rule.chain.clone(),
    )
}

fn document_needed(
    sources: &LeaveSources<'_>,
    policy: Option<&LeavePolicy>,
    id: LeaveRequestId,
    asked: &LeaveRequest,
) -> bool {
    let rule = policy.and_then(|policy| policy.document.as_ref());
    let (Some(rule), Some(terms)) = (rule, sources.terms(asked.leave_type)) else { return false };
    let others = sources.leave.requests.iter().filter(|(other, it)| {
        **other != id && it.leave_type == asked.leave_type && it.holds_days()
    });
    let others: Vec<_> = others.map(|(_, it)| it.span).collect();
    document::needed(rule, &asked.span, &others, &terms).is_some()
}
