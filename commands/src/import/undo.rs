//! Takes an import back: every entry it brought, wherever it is by now, but for those on an invoice
//! or on a closed day. Its rows are free to be imported again once all are gone; while some are
//! billed they are not, or a second import would bill them twice.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};

use domain::id::{EntryId, ImportId, InvoiceId, StreamId};
use domain::log::{ClaimKey, ClaimKind};
use domain::members::{Action, Object};
use domain::time::remove_time::{self, RemoveFacts};
use domain::time::{Refusal, TimeRemoved, Timesheet};
use futures::{StreamExt, TryStreamExt};
use migrations::DoorError;
use serde::Serialize;
use sqlx::Row;

use super::AT_ONCE;
use super::look::Look;
use super::run_state::{FreeRows, ImportRun, import_stream};
use crate::event_log::read::head_position;
use crate::handle::{Command, Commands, Sender};
use crate::members::grants::allowed;
use crate::refused::{CommandError, Reply};
use crate::time::{Ties, closing_of, keeps_entry, ties_by, tying};
use crate::unit::{Pause, Unit};

/// How many positions of the log one statement goes through.
const POSITIONS_AT_ONCE: i64 = 50_000;
/// How many claims are asked for at once.
const CLAIMS_AT_ONCE: usize = 5_000;
/// How often entries are looked for again that moved to another week meanwhile.
const ROUNDS: usize = 5;

/// An entry that stays because an invoice holds its seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct BilledEntry {
    /// The entry.
    pub entry_id: EntryId,
    /// The invoice that holds it; void it and undo again.
    pub invoice_id: InvoiceId,
}

/// An entry that stays because its day is closed or a correction rests on it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct KeptEntry {
    /// The entry.
    pub entry_id: EntryId,
    /// The code of what keeps it, such as `time.period_closed`.
    pub code: String,
    /// The same in words, with what to do about it.
    pub detail: String,
}

/// What taking an import back came to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct UndoReport {
    /// The import.
    pub import_id: ImportId,
    /// Entries removed in this run.
    pub removed: u32,
    /// Entries that stay.
    pub billed: Vec<BilledEntry>,
    /// Entries that stay for other reasons.
    pub kept: Vec<KeptEntry>,
    /// Whether nothing of it is left, so that its rows can be imported again.
    pub complete: bool,
}

/// Takes an import back; to do it twice is fine. What it made besides entries (members, clients,
/// projects, tasks) stays.
///
/// # Errors
/// `NotFound` where there is no such import, `Forbidden` to who may not import.
pub async fn undo(
    commands: &Commands,
    sender: Sender,
    import: ImportId,
) -> Result<UndoReport, CommandError> {
    let sender = Sender { key: None, correlation: Some(import.0), ..sender };
    let mut removed = 0;
    for _ in 0..ROUNDS {
        let found = find(commands, &sender, import).await?;
        let (brought, left) = (found.brought, found.entries.values().map(Vec::len).sum::<usize>());
        let round = remove(commands, &sender, import, found.entries).await?;
        removed += round.removed;
        if left > round.billed.len() + round.kept.len() + round.removed as usize {
            continue;
        }
        let complete = round.billed.is_empty() && round.kept.is_empty();
        if complete && (!found.undone || round.removed > 0) {
            commands.handle(sender, FreeRows { import, removed: brought }).await?;
        }
        let Round { billed, kept, .. } = round;
        return Ok(UndoReport { import_id: import, removed, billed, kept, complete });
    }
    Err(CommandError::Conflict)
}

/// What there is of an import.
struct Found {
    undone: bool,
    /// How many entries it brought.
    brought: u32,
    /// Those still there, by the week they are in now.
    entries: BTreeMap<StreamId, Vec<EntryId>>,
}

async fn find(
    commands: &Commands,
    sender: &Sender,
    import: ImportId,
) -> Result<Found, CommandError> {
    let look = Look::of(commands, sender).await?;
    let mut unit = look.unit();
    allowed(&mut unit, Action::Import, &Object::Firm).await?;
    let run = unit.peek::<ImportRun>(import_stream(import)).await?;
    if !run.exists() {
        return Err(CommandError::NotFound);
    }
    let brought: Vec<EntryId> = brought_by(&mut unit, import).await?.into_iter().collect();
    let mut entries: BTreeMap<StreamId, Vec<EntryId>> = BTreeMap::new();
    for some in brought.chunks(CLAIMS_AT_ONCE) {
        let keys: BTreeMap<ClaimKey, EntryId> =
            some.iter().map(|entry| (ClaimKey::id(ClaimKind::Entry, *entry), *entry)).collect();
        let claims: Vec<ClaimKey> = keys.keys().cloned().collect();
        for (key, held) in unit.held_many(&claims).await? {
            entries.entry(held.holder).or_default().push(keys[&key]);
        }
    }
    look.close(unit).await?;
    let brought = u32::try_from(brought.len()).unwrap_or(u32::MAX);
    Ok(Found { undone: run.state.undone, brought, entries })
}

/// Every entry that an import recorded, from where it began to where it ended.
async fn brought_by(
    unit: &mut Unit<'_>,
    import: ImportId,
) -> Result<BTreeSet<EntryId>, CommandError> {
    let tx = unit.tx().await?;
    let head = head_position(tx).await?;
    let row = tx
        .query(
            "select min(position), max(position) filter (where event_type = 'ImportFinished')
             from {t}.events where stream_id = $1",
        )
        .bind(import.0)
        .fetch_one()
        .await?;
    let began: Option<i64> = row.try_get(0).map_err(DoorError::from)?;
    let ended: Option<i64> = row.try_get(1).map_err(DoorError::from)?;
    let (mut after, last) = (began.unwrap_or(head), ended.unwrap_or(head));
    let mut entries = BTreeSet::new();
    while after < last {
        let rows = tx
            .query(
                "select (payload ->> 'entry')::uuid from {t}.events
                 where position > $1 and position <= $2 and event_type = 'TimeRecorded'
                    and payload ->> 'import' = $3",
            )
            .bind(after)
            .bind(last.min(after + POSITIONS_AT_ONCE))
            .bind(import.to_string())
            .fetch_all()
            .await?;
        for row in rows {
            entries.insert(EntryId(row.try_get(0).map_err(DoorError::from)?));
        }
        after += POSITIONS_AT_ONCE;
    }
    Ok(entries)
}

#[derive(Debug, Default)]
struct Round {
    removed: u32,
    billed: Vec<BilledEntry>,
    kept: Vec<KeptEntry>,
}

async fn remove(
    commands: &Commands,
    sender: &Sender,
    import: ImportId,
    entries: BTreeMap<StreamId, Vec<EntryId>>,
) -> Result<Round, CommandError> {
    let each = entries.into_iter().map(|(sheet, entries)| async move {
        let outcome: Arc<Mutex<Round>> = Arc::default();
        let command = RemoveImported { import, sheet, entries, outcome: outcome.clone() };
        commands.handle(sender.clone(), command).await?;
        Ok::<_, CommandError>(std::mem::take(&mut *outcome.lock().expect("no panic under it")))
    });
    let mut each = futures::stream::iter(each).buffer_unordered(AT_ONCE);
    let mut round = Round::default();
    while let Some(week) = each.try_next().await? {
        round.removed += week.removed;
        round.billed.extend(week.billed);
        round.kept.extend(week.kept);
    }
    round.billed.sort();
    round.kept.sort();
    Ok(round)
}

/// Take back what an import brought to one week.
struct RemoveImported {
    import: ImportId,
    sheet: StreamId,
    entries: Vec<EntryId>,
    outcome: Arc<Mutex<Round>>,
}

impl Command for RemoveImported {
    async fn run(&self, unit: &mut Unit<'_>) -> Result<Reply, CommandError> {
        let loaded = unit.write::<Timesheet>(self.sheet).await?;
        allowed(unit, Action::Import, &Object::Firm).await?;
        let keys: Vec<ClaimKey> =
            self.entries.iter().flat_map(|entry| tying(*entry, None)).collect();
        let held = unit.held_many(&keys).await?;
        let mut round = Round::default();
        let mut removed: Vec<TimeRemoved> = Vec::new();
        for entry in &self.entries {
            let Ok(here) = loaded.state.entry(*entry) else {
                if !unit.fresh {
                    // Another process recorded it since this week was last looked at.
                    unit.pause = Some(Pause::Moved);
                    return Err(CommandError::Conflict);
                }
                // It has left this week, and is looked for again.
                continue;
            };
            if here.import != Some(self.import) {
                continue;
            }
            let Ties { billing, reversed_by, replacement } = ties_by(*entry, None, &held);
            let member = loaded.state.member.ok_or(CommandError::NotFound)?;
            let closed = closing_of(unit, member, here.project, here.worked.day).await?;
            let command = remove_time::RemoveTime { entry: *entry, reason: None };
            let facts = RemoveFacts { billing, closed, reversed_by, replacement };
            match remove_time::decide(&loaded.state, &facts, command) {
                Ok(event) => {
                    removed.push(event);
                    tying(*entry, None).into_iter().for_each(|key| unit.must_be_free(key));
                }
                Err(Refusal::EntryBilled { entry, invoice }) => {
                    round.billed.push(BilledEntry { entry_id: entry, invoice_id: invoice });
                }
                Err(refusal) if keeps_entry(&refusal) => round.kept.push(KeptEntry {
                    entry_id: *entry,
                    code: refusal.code().to_owned(),
                    detail: refusal.to_string(),
                }),
                Err(refusal) => return Err(refusal.into()),
            }
        }
        round.removed = u32::try_from(removed.len()).unwrap_or(u32::MAX);
        unit.emit(&loaded, removed);
        *self.outcome.lock().expect("no panic under it") = round;
        Ok(Reply::changed(self.import))
    }
}
