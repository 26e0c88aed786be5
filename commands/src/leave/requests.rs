//! Requests for leave from draft to asked-for, in a member's own name or, by a manager, in theirs;
//! and finding a request by its id, which is a claim.

use std::collections::BTreeMap;

use domain::files::{File, FileAbout, FileStored, file_stream};
use domain::id::{FileId, LeaveCaseId, LeaveRequestId, LeaveTypeId, MemberId, SubjectId};
use domain::leave::{
    AcceptedTerms, AskFacts, Assessed, LeaveRequest, LeaveSpan, MemberLeave, MemberLeaveEvent,
    Refusal, RequestRefusal, attach_document, draft_leave, redraft_leave, request_in, submit_leave,
    withdraw_leave,
};
use domain::log::{Actor, ClaimKey, ClaimKind};
use domain::members::{Action, Object};
use domain::personal::{Personal, PurposeClass};
use domain::time::{Timesheet, Week, timesheet_stream};
use jiff::ToSpan;
use jiff::civil::Date;

use super::deciders::must_see;
use super::letters::mail_deciders;
use super::settling::emit_settled;
use super::sources::{FirmLeave, of_member};
use crate::handle::Command;
use crate::members::grants::allowed;
use crate::members::substitutes::day_of;
use crate::refused::{CommandError, Reply, Warned};
use crate::unit::{Loaded, Unit};

/// Words about a member's leave, to be sealed under a key of theirs that ends before others do.
pub(super) fn reason_of(member: MemberId, text: Option<&str>) -> Option<Personal<String>> {
    let text = text.map(str::trim).filter(|text| !text.is_empty())?;
    Some(words_of(member, text))
}

/// The same of words that must be there; the rule refuses blank ones.
pub(super) fn words_of(member: MemberId, text: &str) -> Personal<String> {
    let text = text.trim().to_owned();
    Personal::new(SubjectId(member.0), PurposeClass::LeaveReason, text)
}

pub(super) fn refuse(refusal: RequestRefusal) -> CommandError {
    Refusal::from(refusal).into()
}

/// A request with all that a decision on it rests on.
pub(super) struct Found {
    pub(super) firm: FirmLeave,
    pub(super) leave: Loaded<MemberLeave>,
    pub(super) member: MemberId,
    pub(super) request: LeaveRequest,
    pub(super) today: Date,
}

/// The request with this id, where the caller may know of it and saw it as it is.
pub(super) async fn find(
    unit: &mut Unit<'_>,
    id: LeaveRequestId,
    seen: Option<i32>,
) -> Result<Found, CommandError> {
    let held = unit.held(&ClaimKey::id(ClaimKind::LeaveRequest, id)).await?;
    let member = held.and_then(|held| held.value.parse().ok()).ok_or(CommandError::NotFound)?;
    let (mut firm, leave) = of_member(unit, member, day_of_utc(unit)).await?;
    let request = request_in(&leave.state, id).map_err(refuse)?.clone();
    firm.know(request.span.from, request.span.to);
    must_see(unit, &firm, member, &request).await?;
    leave.check_seen(seen)?;
    let today = day_of(&firm.settings, unit.now());
    Ok(Found { firm, leave, member, request, today })
}

/// The day it is on the clock of the log: what is looked at at least.
pub(super) fn day_of_utc(unit: &Unit<'_>) -> Date {
    unit.now().to_zoned(jiff::tz::TimeZone::UTC).date()
}

/// The same, where the caller may ask for leave in the member's name.
async fn find_to_ask(
    unit: &mut Unit<'_>,
    id: LeaveRequestId,
    seen: Option<i32>,
) -> Result<Found, CommandError> {
    let found = find(unit, id, seen).await?;
    allowed(unit, Action::AskForLeave, &Object::Member(found.member)).await?;
    Ok(found)
}

fn is_own(unit: &Unit<'_>, member: MemberId) -> bool {
    unit.metadata().actor == Actor::Member(member)
}

/// Ask for leave, or only write down what is to be asked for.
#[derive(Debug, Clone)]
pub struct AskForLeave {
    /// A new id.
    pub request: LeaveRequestId,
    /// Who is to be away.
    pub member: MemberId,
    /// What kind of leave.
    pub leave_type: LeaveTypeId,
    /// When.
    pub span: LeaveSpan,
    /// For which case.
    pub case: Option<LeaveCaseId>,
    /// Why.
    pub note: Option<String>,
    /// Which terms are accepted.
    pub accepted: AcceptedTerms,
    /// Whether it stays a draft.
    pub draft: bool,
}

impl AskForLeave {
    fn drafting(&self) -> draft_leave::DraftLeave {
        draft_leave::DraftLeave {
            request: self.request,
            member: self.member,
            leave_type: self.leave_type,
            span: self.span,
            case: self.case,
            reason: reason_of(self.member, self.note.as_deref()),
        }
    }
}

impl Command for AskForLeave {
    async fn run(&self, unit: &mut Unit<'_>) -> Result<Reply, CommandError> {
        allowed(unit, Action::AskForLeave, &Object::Member(self.member)).await?;
        let drafting = self.drafting();
        let (mut firm, leave) = of_member(unit, self.member, day_of_utc(unit)).await?;
        let kind = firm.types.get(&self.leave_type).ok_or(CommandError::NotFound)?;
        if kind.1.retired {
            return Err(refuse(RequestRefusal::RetiredType));
        }
        let claim = ClaimKey::id(ClaimKind::LeaveRequest, self.request);
        unit.check_claim(&claim, leave.stream).await?;
        let drafted = draft_leave::decide(&leave.state, drafting).map_err(refuse)?;
        firm.know(self.span.from, self.span.to);
        let events = vec![MemberLeaveEvent::from(drafted)];
        let asked = Asked { firm, leave, member: self.member, request: self.request };
        if self.draft {
            emit_settled(unit, &asked.firm, &asked.leave, self.member, events);
        } else {
            asked.submit(unit, self.accepted, events).await?;
        }
        Ok(Reply::created(self.request))
    }
}

/// What is to be submitted.
struct Asked {
    firm: FirmLeave,
    leave: Loaded<MemberLeave>,
    member: MemberId,
    request: LeaveRequestId,
}

impl Asked {
    /// Submits it after these events.
    async fn submit(
        &self,
        unit: &mut Unit<'_>,
        accepted: AcceptedTerms,
        mut events: Vec<MemberLeaveEvent>,
    ) -> Result<(), CommandError> {
        let Asked { firm, leave, member, request } = self;
        let mut after = MemberLeave::clone(&leave.state);
        events.iter().for_each(|event| after.evolve(event));
        let sources = firm.with(*member, &after).ok_or(CommandError::NotFound)?;
        let (today, own) = (day_of(&firm.settings, unit.now()), is_own(unit, *member));
        let facts = AskFacts { sources, today, own, accepted };
        let command = submit_leave::SubmitLeave { request: *request, member: *member };
        let (submitted, assessed) = submit_leave::decide(&facts, command)?;
        warn_of_time(unit, *member, &assessed).await?;
        let submitted = MemberLeaveEvent::from(submitted);
        after.evolve(&submitted);
        events.push(submitted);
        let moved = request_in(&after, *request).map_err(refuse)?;
        mail_deciders(unit, firm, *member, *request, moved).await?;
        emit_settled(unit, firm, leave, *member, events);
        Ok(())
    }
}

/// The weeks that the days of some leave lie in.
pub(super) fn weeks_of(assessed: &Assessed) -> Vec<Week> {
    let (Some(first), Some(last)) = (assessed.days.first(), assessed.days.last()) else {
        return Vec::new();
    };
    let mondays = Week::of(first.day).monday().series(1.week());
    mondays.take_while(|monday| *monday <= last.day).map(Week::of).collect()
}

/// What is recorded in these weeks, in seconds by day.
pub(super) fn seconds_of<'a>(
    sheets: impl IntoIterator<Item = &'a Timesheet>,
) -> BTreeMap<Date, i64> {
    let mut seconds = BTreeMap::new();
    for entry in sheets.into_iter().flat_map(|sheet| sheet.entries.values()) {
        *seconds.entry(entry.worked.day).or_default() += entry.signed_seconds();
    }
    seconds
}

/// Adds to the answer on which of the days work is recorded.
async fn warn_of_time(
    unit: &mut Unit<'_>,
    member: MemberId,
    assessed: &Assessed,
) -> Result<(), CommandError> {
    let weeks: Vec<_> =
        weeks_of(assessed).into_iter().map(|week| timesheet_stream(member, week)).collect();
    let sheets = unit.peek_many::<Timesheet>(&weeks).await?;
    sheets.iter().for_each(|sheet| unit.rest_on(sheet));
    let seconds = seconds_of(sheets.iter().map(|sheet| &*sheet.state));
    for (day, seconds) in assessed.worked_too(&seconds) {
        let minutes = seconds / 60;
        let detail =
            format!("{minutes} minutes of work are recorded on {day}, a day of this leave");
        unit.warn(Warned { item: None, code: "leave.time_recorded".into(), detail });
    }
    Ok(())
}

/// Change a draft; what is none stays.
#[derive(Debug, Clone)]
pub struct RedraftLeave {
    /// Which.
    pub request: LeaveRequestId,
    /// Another kind of leave.
    pub leave_type: Option<LeaveTypeId>,
    /// Other days, made of those there were.
    pub span: SpanChange,
    /// Another case, or none from now on.
    pub case: Option<Option<LeaveCaseId>>,
    /// Another reason, or none from now on.
    pub note: Option<Option<String>>,
    /// The version of the member's leave that the caller saw, where it matters.
    pub seen: Option<i32>,
}

/// What becomes of the days of a draft; what is none stays.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct SpanChange {
    /// Another first day.
    pub from: Option<Date>,
    /// Another last day.
    pub to: Option<Date>,
    /// Another part, or all of the days.
    pub part: Option<Option<domain::leave::DayPart>>,
}

impl SpanChange {
    fn of(self, before: LeaveSpan) -> LeaveSpan {
        LeaveSpan {
            from: self.from.unwrap_or(before.from),
            to: self.to.unwrap_or(before.to),
            part: self.part.unwrap_or(before.part),
        }
    }
}

impl Command for RedraftLeave {
    async fn run(&self, unit: &mut Unit<'_>) -> Result<Reply, CommandError> {
        let Found { firm, leave, member, request, .. } =
            find_to_ask(unit, self.request, self.seen).await?;
        if self.leave_type.is_some_and(|kind| !firm.types.contains_key(&kind)) {
            return Err(CommandError::NotFound);
        }
        let reason = self.note.as_ref().map(|note| reason_of(member, note.as_deref()));
        let command = redraft_leave::RedraftLeave {
            request: self.request,
            member,
            leave_type: self.leave_type,
            span: Some(self.span.of(request.span)),
            case: self.case,
            reason,
        };
        let events = redraft_leave::decide(&leave.state, command).map_err(refuse)?;
        let events = events.into_iter().map(MemberLeaveEvent::from).collect();
        emit_settled(unit, &firm, &leave, member, events);
        Ok(Reply::changed(self.request))
    }
}

/// Ask for what a draft says.
#[derive(Debug, Clone, Copy)]
pub struct SubmitLeave {
    /// Which.
    pub request: LeaveRequestId,
    /// Which terms are accepted.
    pub accepted: AcceptedTerms,
    /// The version of the member's leave that the caller saw, where it matters.
    pub seen: Option<i32>,
}

impl Command for SubmitLeave {
    async fn run(&self, unit: &mut Unit<'_>) -> Result<Reply, CommandError> {
        let Found { firm, leave, member, .. } = find_to_ask(unit, self.request, self.seen).await?;
        let asked = Asked { firm, leave, member, request: self.request };
        asked.submit(unit, self.accepted, Vec::new()).await?;
        Ok(Reply::changed(self.request))
    }
}

/// Take back what is not decided on.
#[derive(Debug, Clone, Copy)]
pub struct WithdrawLeave {
    /// Which.
    pub request: LeaveRequestId,
    /// The version of the member's leave that the caller saw, where it matters.
    pub seen: Option<i32>,
}

impl Command for WithdrawLeave {
    async fn run(&self, unit: &mut Unit<'_>) -> Result<Reply, CommandError> {
        let Found { firm, leave, member, .. } = find_to_ask(unit, self.request, self.seen).await?;
        let command = withdraw_leave::WithdrawLeave { request: self.request, member };
        let withdrawn = withdraw_leave::decide(&leave.state, command).map_err(refuse)?;
        emit_settled(unit, &firm, &leave, member, vec![withdrawn.into()]);
        Ok(Reply::changed(self.request))
    }
}

/// Let a file belong to a request.
#[derive(Debug, Clone, Copy)]
pub struct AttachDocument {
    /// To which.
    pub request: LeaveRequestId,
    /// A file of the member's.
    pub file: FileId,
    /// The version of the member's leave that the caller saw, where it matters.
    pub seen: Option<i32>,
}

impl Command for AttachDocument {
    async fn run(&self, unit: &mut Unit<'_>) -> Result<Reply, CommandError> {
        let Found { firm, leave, member, .. } = find_to_ask(unit, self.request, self.seen).await?;
        let file = unit.read::<File>(file_stream(self.file)).await?;
        let belongs = |kept: &FileStored| {
            let about = Some(FileAbout::LeaveRequest(self.request));
            kept.owner == member && (kept.about.is_none() || kept.about == about)
        };
        if !file.state.kept().is_some_and(belongs) {
            return Err(refuse(RequestRefusal::UnknownDocument));
        }
        let command =
            attach_document::AttachDocument { request: self.request, member, file: self.file };
        let attached = attach_document::decide(&leave.state, command).map_err(refuse)?;
        let events = attached.into_iter().map(MemberLeaveEvent::from).collect();
        emit_settled(unit, &firm, &leave, member, events);
        Ok(Reply::changed(self.request))
    }
}
