//! The history that replay and rebuild read: weeks of members' time, submitted and approved,
//! written through the real log, so that what is measured has the shape of what is stored in
//! earnest.

use std::sync::Arc;

use commands::Clock;
use commands::event_log::{Append, StreamAppend};
use domain::id::{CommandId, EntryId, MemberId, ProjectId, StreamId, SubjectId, TaskId, TenantId};
use domain::log::{Actor, Event, Metadata, Via};
use domain::personal::{Personal, PurposeClass};
use domain::time::{
    Chain, EntryVersion, TimeEvent, TimeRecorded, TimesheetApproved, TimesheetSubmitted, Week,
    Worked,
};
use jiff::ToSpan;
use jiff::civil::Date;
use sqlx::{ConnectOptions, Connection, Executor};
use tokio::task::JoinSet;

use super::scratch_tenant;
use crate::system::System;

/// Events per week of a member, and so per append; the last one may have fewer.
const PER_SHEET: u64 = 50;
/// Members, each of whom writes one week after the other; all of them at the same time.
const MEMBERS: u64 = 32;

/// A scratch tenant with a log of known length.
#[derive(Debug, Clone, Copy)]
pub struct History {
    /// The tenant.
    pub tenant: TenantId,
    /// The length of its log.
    pub events: i64,
    /// Timesheets in it.
    pub sheets: u64,
    /// Entries of time in it.
    pub entries: u64,
    /// Whether each entry carries a sealed note.
    pub sealed: bool,
}

/// Makes a scratch tenant and writes so many events; `each` gets how many were written now. Fails
/// where the log refuses.
pub async fn fill(
    system: &Arc<System>,
    events: u64,
    sealed: bool,
    each: impl Fn(u64),
) -> anyhow::Result<History> {
    let tenant = scratch_tenant(system, &projections::registry::tables()).await?;
    let sheets = events.div_ceil(PER_SHEET);
    let length = move |sheet: u64| PER_SHEET.min(events - sheet * PER_SHEET);
    let mut tasks = JoinSet::new();
    let (written, mut read) = tokio::sync::mpsc::unbounded_channel();
    for first in 0..MEMBERS.min(sheets) {
        let (system, written) = (system.clone(), written.clone());
        tasks.spawn(async move {
            let log = system.commands.log();
            let member = MemberId(log.clock().new_id());
            let mut week = Week::of(jiff::civil::date(2020, 1, 6));
            for sheet in (first..sheets).step_by(MEMBERS as usize) {
                let events = sheet_of(log.clock(), member, week, length(sheet), sealed);
                let stream = (StreamId(log.clock().new_id()), 0);
                log.append(tenant, append(log.clock(), member, stream, events)).await?;
                week = week.after();
                // Nobody reads it any more only when another member's append failed.
                let _ = written.send(length(sheet));
            }
            anyhow::Ok(())
        });
    }
    drop(written);
    while let Some(now) = read.recv().await {
        each(now);
    }
    while let Some(done) = tasks.join_next().await {
        done??;
    }
    settle(system, tenant).await?;
    let entries = (0..sheets).map(|sheet| recorded(length(sheet))).sum();
    Ok(History { tenant, events: events as i64, sheets, entries, sealed })
}

/// Sweeps the log once, so that no autovacuum falls into a leg; where this program may not, the
/// legs are a little noisier.
async fn settle(system: &System, tenant: TenantId) -> anyhow::Result<()> {
    let Some(administrator) = &system.administrator else { return Ok(()) };
    // A sweep takes as long as it takes: that's no news for the log.
    let options = administrator.clone().database(migrations::bootstrap::DATABASE);
    let mut connection = options.disable_statement_logging().connect().await?;
    let sql = format!("vacuum (analyze) {}.events", tenant.schema());
    connection.execute(sql.as_str()).await?;
    Ok(connection.close().await?)
}

/// Of a sheet with so many events, how many record time: all but its submission and approval, which
/// the shortest sheets do without.
fn recorded(length: u64) -> u64 {
    if length > 2 { length - 2 } else { length }
}

fn sheet_of(clock: &Clock, member: MemberId, week: Week, length: u64, sealed: bool) -> Vec<Event> {
    let recorded = recorded(length);
    let mut events: Vec<TimeEvent> = (0..recorded)
        .map(|n| {
            let day = week.monday() + ((n * 7 / recorded) as i64).days();
            TimeEvent::TimeRecorded(entry(clock, member, day, n, sealed))
        })
        .collect();
    if recorded < length {
        let entries: Vec<EntryVersion> = events
            .iter()
            .filter_map(|event| match event {
                TimeEvent::TimeRecorded(event) => {
                    Some(EntryVersion { entry: event.entry, version: event.version })
                }
                TimeEvent::TimeRevised(_)
                | TimeEvent::TimeRemoved(_)
                | TimeEvent::TimesheetSubmitted(_)
                | TimeEvent::TimesheetStepApproved(_)
                | TimeEvent::TimesheetApproved(_)
                | TimeEvent::TimesheetRejected(_)
                | TimeEvent::TimesheetReopened(_)
                | TimeEvent::TimeReversed(_) => None,
            })
            .collect();
        // As long as a hash; nothing here looks into it.
        let content = format!("{:064x}", clock.new_id().as_u128());
        let submitted =
            TimesheetSubmitted { member, week, entries, content, chain: Chain::default() };
        let approved = TimesheetApproved {
            member,
            week,
            by: MemberId(member.0),
            entries: submitted.entries.clone(),
            content: submitted.content.clone(),
            in_right_of: None,
            chain: Chain::default(),
        };
        events.push(TimeEvent::TimesheetSubmitted(submitted));
        events.push(TimeEvent::TimesheetApproved(approved));
    }
    events.into_iter().map(Event::Time).collect()
}

fn entry(clock: &Clock, member: MemberId, day: Date, n: u64, sealed: bool) -> TimeRecorded {
    let note = sealed.then(|| {
        let text = "Reviewed the draft with the client".to_owned();
        Personal::new(SubjectId(member.0), PurposeClass::Note, text)
    });
    // A quarter of an hour to two hours.
    let seconds = 900 * (1 + n as i64 % 8);
    TimeRecorded {
        entry: EntryId(clock.new_id()),
        version: 1,
        member,
        project: ProjectId(uuid::Uuid::from_u128(u128::from(1 + n % 20))),
        task: TaskId(uuid::Uuid::from_u128(u128::from(101 + n % 5))),
        worked: Worked::duration(day, seconds).expect("two hours at most"),
        billable: !n.is_multiple_of(4),
        note,
        tags: Vec::new(),
        import: None,
        source: None,
        replaces: None,
        work_day: None,
    }
}

/// What a command of a member writes to one timesheet, with all that a command brings.
pub(super) fn append(
    clock: &Clock,
    member: MemberId,
    (stream, expected): (StreamId, i32),
    events: Vec<Event>,
) -> Append {
    let command_id = CommandId(clock.new_id());
    Append {
        command_id,
        metadata: Metadata {
            actor: Actor::Member(member),
            on_behalf_of: None,
            via: Via::Api,
            command_id,
            correlation_id: command_id.0,
            causation_id: None,
            reason: None,
            trace_id: None,
            origin: None,
            simulated: false,
        },
        at: clock.now(),
        streams: vec![StreamAppend { stream_type: "timesheet", stream, expected, events }],
        reads: Vec::new(),
        absent: Vec::new(),
        request_digest: Some(vec![7; 32]),
        status: 201,
        outcome: "{}".to_owned(),
        jobs: Vec::new(),
        job_changes: Vec::new(),
    }
}
