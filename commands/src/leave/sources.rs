//! The streams that leave is decided and answered from, loaded once: in a unit of work for a
//! decision, at a cut of the log for an answer. Both come out alike, so what is shown is enforced.

use std::collections::BTreeMap;

use cqrs_es::Aggregate;
use domain::id::{LeaveTypeId, MemberId, StreamId};
use domain::leave::ledger::LeaveSources;
use domain::leave::{
    HolidayCalendar, LeaveType, MemberLeave, calendar_stream, member_leave_stream,
};
use domain::members::{Member, member_stream};
use domain::settings::{Settings, settings_stream};
use domain::time::calendar::holidays_by_day;
use jiff::ToSpan;
use jiff::civil::Date;
use migrations::TenantTx;

use crate::event_log::read::{self, ReadError};
use crate::loaded::Stream;
use crate::refused::CommandError;
use crate::unit::{Loaded, Unit};

/// How far ahead of the last day that is looked at holidays are known: carry-over and cycles end
/// later than what is asked for.
const AHEAD_YEARS: i64 = 2;

/// Leave of a firm, or of one of its members, with all that it follows from.
#[derive(Debug, Clone, Default)]
pub struct FirmLeave {
    /// Every kind of leave with the version of its stream.
    pub types: BTreeMap<LeaveTypeId, (i32, LeaveType)>,
    /// The calendar of holidays with the version of its stream.
    pub calendar: (i32, HolidayCalendar),
    /// The firm's settings.
    pub settings: Settings,
    /// Members with the versions of their streams.
    pub members: BTreeMap<MemberId, (i32, Member)>,
    /// Their leave with the versions of its streams.
    pub leave: BTreeMap<MemberId, (i32, MemberLeave)>,
    /// The firm's holidays of all days that are looked at.
    pub holidays: BTreeMap<Date, String>,
}

impl FirmLeave {
    /// What a member's accounts follow from; none where there is no such member.
    pub fn of(&self, member: MemberId) -> Option<LeaveSources<'_>> {
        let (_, leave) = self.leave.get(&member)?;
        self.with(member, leave)
    }

    /// The same with their leave as it would be.
    pub fn with<'a>(
        &'a self,
        member: MemberId,
        leave: &'a MemberLeave,
    ) -> Option<LeaveSources<'a>> {
        let (member_version, member) = self.members.get(&member)?;
        Some(LeaveSources {
            member,
            member_version: *member_version,
            types: &self.types,
            holidays: &self.holidays,
            calendar_version: self.calendar.0,
            leave,
        })
    }

    /// Finds the holidays of further days.
    pub fn know(&mut self, first: Date, last: Date) {
        self.holidays.extend(holidays_by_day(self.calendar.1.holidays(first, last)));
    }

    /// Finds the holidays of every day from the first employment on to some time after `last`.
    fn know_holidays(&mut self, last: Date) {
        let hired = self.members.values().filter_map(|(_, member)| member.hired_on);
        let entered = self.leave.values().flat_map(|(_, leave)| {
            let entries = leave.entries.values().map(|entry| entry.effective);
            entries.chain(leave.requests.values().map(|request| request.span.from))
        });
        let asked = self
            .leave
            .values()
            .filter_map(|(_, leave)| leave.requests.values().map(|request| request.span.to).max());
        let last = asked.max().map_or(last, |asked| asked.max(last));
        let first = hired.chain(entered).min().unwrap_or(last).min(last);
        let last = last.checked_add(AHEAD_YEARS.years()).unwrap_or(Date::MAX);
        self.holidays = holidays_by_day(self.calendar.1.holidays(first, last));
    }
}

/// What a decision on one member's leave rests on. Their leave is loaded to be written; none of
/// this may have moved when the commit lands. `last` is the last day that is looked at.
pub(crate) async fn of_member(
    unit: &mut Unit<'_>,
    member: MemberId,
    last: Date,
) -> Result<(FirmLeave, Loaded<MemberLeave>), CommandError> {
    let leave = unit.write::<MemberLeave>(member_leave_stream(member)).await?;
    let who = unit.read::<Member>(member_stream(member)).await?;
    if !who.exists() {
        return Err(CommandError::NotFound);
    }
    let kinds = unit.streams_of(LeaveType::TYPE).await?;
    let kinds = unit.peek_many::<LeaveType>(&kinds).await?;
    kinds.iter().for_each(|kind| unit.rest_on(kind));
    let calendar = unit.read::<HolidayCalendar>(calendar_stream()).await?;
    let settings = unit.read::<Settings>(settings_stream()).await?;
    let kinds = kinds
        .iter()
        .map(|kind| (LeaveTypeId(kind.stream.0), (kind.version, LeaveType::clone(&kind.state))));
    let mut firm = FirmLeave {
        types: kinds.collect(),
        calendar: (calendar.version, HolidayCalendar::clone(&calendar.state)),
        settings: Settings::clone(&settings.state),
        members: BTreeMap::from([(member, (who.version, Member::clone(&who.state)))]),
        leave: BTreeMap::from([(member, (leave.version, MemberLeave::clone(&leave.state)))]),
        holidays: BTreeMap::new(),
    };
    firm.know_holidays(last);
    Ok((firm, leave))
}

/// Where the log is cut for an answer.
#[derive(Debug, Clone, Copy, Default)]
pub struct LeaveCut {
    /// After this position; none = at its end.
    pub as_of: Option<i64>,
    /// Dated facts (patterns, employment, policies, holidays, settings) as known after this
    /// position; none = as of the cut.
    pub known_at: Option<i64>,
}

/// Whoever was a member of the firm at any time.
pub async fn everybody(tx: &mut TenantTx) -> Result<Vec<MemberId>, ReadError> {
    let streams = read::streams_of(tx, Member::TYPE).await?;
    Ok(streams.into_iter().map(|stream| MemberId(stream.0)).collect())
}

/// What leave follows from, at a cut of the log: of these members, or of all. Personal fields stay
/// sealed.
pub async fn at(
    tx: &mut TenantTx,
    members: Option<&[MemberId]>,
    cut: LeaveCut,
    last: Date,
) -> Result<FirmLeave, ReadError> {
    let known = cut.known_at.or(cut.as_of);
    let who: Vec<StreamId> = match members {
        Some(members) => members.iter().map(|member| member_stream(*member)).collect(),
        None => read::streams_of(tx, Member::TYPE).await?,
    };
    let books: Vec<StreamId> =
        who.iter().map(|member| member_leave_stream(MemberId(member.0))).collect();
    let kinds = read::streams_of(tx, LeaveType::TYPE).await?;
    let fixed = [calendar_stream(), settings_stream()];
    let mut calendar = states::<HolidayCalendar>(tx, &fixed[..1], known).await?;
    let mut settings = states::<Settings>(tx, &fixed[1..], known).await?;
    let mut leave = states::<MemberLeave>(tx, &books, cut.as_of).await?;
    let kinds = states::<LeaveType>(tx, &kinds, known).await?;
    let people = states::<Member>(tx, &who, known).await?;
    let people = people.into_iter().map(|(stream, member)| (MemberId(stream.0), member));
    let members: BTreeMap<_, _> = people.filter(|(_, member)| member.1.id.is_some()).collect();
    let of = |member: &MemberId| {
        let book = leave.remove(&member_leave_stream(*member)).unwrap_or_default();
        (*member, book)
    };
    let mut firm = FirmLeave {
        types: kinds.into_iter().map(|(stream, kind)| (LeaveTypeId(stream.0), kind)).collect(),
        calendar: calendar.remove(&fixed[0]).unwrap_or_default(),
        settings: settings.remove(&fixed[1]).unwrap_or_default().1,
        leave: members.keys().map(of).collect(),
        members,
        holidays: BTreeMap::new(),
    };
    firm.types.retain(|_, (_, kind)| kind.id.is_some());
    firm.know_holidays(last);
    Ok(firm)
}

/// The states of these streams after a position, each with its version; those that had not begun
/// are left out.
pub(super) async fn states<A: Stream>(
    tx: &mut TenantTx,
    streams: &[StreamId],
    until: Option<i64>,
) -> Result<BTreeMap<StreamId, (i32, A)>, ReadError> {
    let mut states: BTreeMap<StreamId, (i32, A)> = BTreeMap::new();
    for row in read::streams(tx, streams).await? {
        if until.is_some_and(|until| row.position > until) {
            continue;
        }
        let recorded = row.decode()?;
        let (version, state) = states.entry(recorded.stream).or_default();
        if let Ok(event) = A::Event::try_from(recorded.event) {
            state.apply(event);
            *version = recorded.version;
        }
    }
    Ok(states)
}
