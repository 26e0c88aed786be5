//! What of a week is not what was last approved: entries that came, changed or went, field by
//! field, from the week's own events. Whoever sees an entry sees its note, as everywhere.

use std::collections::BTreeMap;

use commands::event_log::read::stream_after;
use domain::id::EntryId;
use domain::log::Event;
use domain::personal::Envelope;
use domain::time::{Chain, Entry, EntryState, TimeEvent, Timesheet, timesheet_stream};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Value, json};
use uuid::Uuid;

use super::part::OfPart;
use super::sheets::ByWeek;
use crate::http::answer::Answer;
use crate::http::call::{About, Call};
use crate::http::personal;
use crate::http::problem::Problem;

/// What happened to an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum WhatChanged {
    /// It was never approved.
    Added,
    /// It's another than what was approved.
    Revised,
    /// It's gone.
    Removed,
}

/// A field that is not what it was.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(crate) struct FieldChange {
    field: &'static str,
    /// As approved; null where it was not there.
    before: Value,
    /// As it is; null where it's gone.
    after: Value,
}

/// An entry that is not what was approved.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(crate) struct EntryChange {
    entry_id: Uuid,
    change: WhatChanged,
    /// The version that was approved.
    approved_version: Option<u32>,
    /// The version it has now.
    version: Option<u32>,
    fields: Vec<FieldChange>,
}

/// What of a week is not what was last approved.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(crate) struct SheetChanges {
    member_id: Uuid,
    week: String,
    /// When something of it was last approved; null where nothing ever was.
    approved_at: Option<Timestamp>,
    /// The hash of what was approved then.
    approved_content: Option<String>,
    items: Vec<EntryChange>,
}

/// A week now and as it was approved.
#[derive(Default)]
struct Told {
    state: Timesheet,
    approved: BTreeMap<EntryId, Entry>,
    last: Option<(Timestamp, String)>,
}

impl Told {
    fn take_in(&mut self, event: &TimeEvent, at: Timestamp) {
        self.state.evolve(event);
        let TimeEvent::TimesheetApproved(event) = event else { return };
        self.last = Some((at, event.content.clone()));
        for version in &event.entries {
            let found = self.state.entries.get(&version.entry);
            if let Some(entry) = found.filter(|entry| entry.version == version.version) {
                self.approved.insert(version.entry, entry.clone());
            }
        }
    }
}

fn note(entry: &Entry) -> Option<&Envelope> {
    entry.note.as_ref().and_then(|note| note.envelope())
}

fn fields(about: &About, entry: Option<&Entry>) -> Vec<(&'static str, Value)> {
    let Some(entry) = entry else { return Vec::new() };
    let span = entry.worked.span.as_ref();
    vec![
        ("project_id", json!(entry.project)),
        ("task_id", json!(entry.task)),
        ("date", json!(entry.worked.day)),
        ("seconds", json!(entry.signed_seconds())),
        ("start", json!(span.map(|span| span.start))),
        ("end", json!(span.map(|span| span.end))),
        ("time_zone", json!(span.map(|span| &span.zone))),
        ("billable", json!(entry.billable)),
        ("note", json!(personal::text(&about.keys, note(entry)))),
        ("tags", json!(entry.tags)),
    ]
}

/// How an entry differs from what was approved; none where it does not.
fn change(
    about: &About,
    id: EntryId,
    before: Option<&Entry>,
    after: Option<&Entry>,
) -> Option<EntryChange> {
    let change = match (before, after) {
        (Some(before), Some(after)) if before.version == after.version => return None,
        (Some(_), Some(_)) => WhatChanged::Revised,
        (None, Some(_)) => WhatChanged::Added,
        (Some(_), None) => WhatChanged::Removed,
        (None, None) => return None,
    };
    let was: BTreeMap<_, _> = fields(about, before).into_iter().collect();
    let is: BTreeMap<_, _> = fields(about, after).into_iter().collect();
    let of = |fields: &BTreeMap<&'static str, Value>, field| {
        fields.get(field).cloned().unwrap_or(Value::Null)
    };
    let names = if was.is_empty() { is.keys() } else { was.keys() };
    let all =
        names.map(|field| FieldChange { field, before: of(&was, field), after: of(&is, field) });
    Some(EntryChange {
        entry_id: id.0,
        change,
        approved_version: before.map(|entry| entry.version),
        version: after.map(|entry| entry.version),
        fields: all.filter(|field| field.before != field.after).collect(),
    })
}

/// `GET /timesheets/{member_id}/{week}/changes`.
pub(crate) async fn list(call: Call<ByWeek, OfPart>) -> Result<Answer<SheetChanges>, Problem> {
    let (member, week) = call.path.parsed()?;
    let shown = call.query.shown(&call, member, week).await?;
    let restricted = call.sees_only().is_some_and(|own| own != member);
    let mut tx = call.tx().await?;
    let mut told = Told::default();
    for row in stream_after(&mut tx, timesheet_stream(member, week), 0).await? {
        let (at, position) = (row.recorded_at, row.position);
        if call.as_of.is_some_and(|as_of| position > as_of) {
            break;
        }
        if let Event::Time(event) = row.decode()?.event {
            told.take_in(&event, at);
        }
    }
    // What is not asked for now may have been: it's shown to whoever had a say in it then.
    let is_shown = |before: Option<&Entry>, after: Option<&Entry>| {
        let default = Chain::default();
        let on = before.or(after).map(|entry| entry.project);
        let chain = before.or(after).map_or(&default, |entry| &entry.approval.chain);
        let state = before.map_or(after.map(|it| it.state), |_| Some(EntryState::Approved));
        on.zip(state).is_some_and(|(on, state)| shown(chain, on, state))
    };
    let mut ids: Vec<EntryId> =
        told.approved.keys().chain(told.state.entries.keys()).copied().collect();
    ids.sort_unstable();
    ids.dedup();
    let pairs = ids.into_iter().map(|id| (id, told.approved.get(&id), told.state.entries.get(&id)));
    let pairs: Vec<_> = pairs.filter(|(_, before, after)| is_shown(*before, *after)).collect();
    if pairs.is_empty() && restricted {
        return Err(Problem::forbidden());
    }
    if pairs.is_empty() && projections::members::member::find(&mut tx, member).await?.is_none() {
        return Err(Problem::not_found());
    }
    let entries = pairs.iter().flat_map(|(_, before, after)| before.iter().chain(after));
    let notes: Vec<Envelope> = entries.filter_map(|entry| note(entry)).cloned().collect();
    personal::load(&call.keys, &mut tx, &notes).await?;
    tx.commit().await?;
    let items = pairs.iter().filter_map(|(id, before, after)| change(&call, *id, *before, *after));
    let (approved_at, approved_content) = told.last.clone().unzip();
    Ok(call.read(SheetChanges {
        member_id: member.0,
        week: week.to_string(),
        approved_at,
        approved_content,
        items: items.collect(),
    }))
}
