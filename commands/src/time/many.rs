//! Recording several entries at once: all of them or none in one commit, or each on its own with an
//! answer of its own.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};

use domain::id::StreamId;
use domain::members::{Member, member_stream};
use domain::time::{Refusal, TimeEvent, Timesheet, Week, neighbour_weeks, timesheet_stream};
use futures::StreamExt;

use super::{RecordTime, authority_over, decide_record, warnings};
use crate::handle::{Command, Commands, IdempotencyKey, Sender};
use crate::refused::{CommandError, Done, Refused, Reply};
use crate::unit::{Loaded, Unit};

/// The most entries recorded at once.
pub const MOST_ITEMS: usize = 500;
/// How many of those that are recorded each on its own are under way at once.
const AT_ONCE: usize = 32;

/// A week with its state and its new events after the items so far.
type Open = (Loaded<Timesheet>, Timesheet, Vec<TimeEvent>);

/// Record all of these, or, if one is refused, none.
#[derive(Debug, Clone)]
pub struct RecordMany {
    /// The entries, 1 to 500.
    pub items: Vec<RecordTime>,
}

impl Command for RecordMany {
    async fn run(&self, unit: &mut Unit<'_>) -> Result<Reply, CommandError> {
        check_count(&self.items)?;
        check_ids(&self.items)?;
        unit.will_write(self.items.iter().map(RecordTime::stream))?;
        let mut sheets: BTreeMap<StreamId, Open> = BTreeMap::new();
        for item in &self.items {
            if let Entry::Vacant(place) = sheets.entry(item.stream()) {
                authority_over(unit, item.member).await?;
                let loaded = unit.write::<Timesheet>(item.stream()).await?;
                let state = (*loaded.state).clone();
                place.insert((loaded, state, Vec::new()));
            }
        }
        for (index, item) in self.items.iter().enumerate() {
            record_in(unit, &mut sheets, index, item).await.map_err(|error| at(index, error))?;
        }
        for (loaded, _, events) in sheets.into_values() {
            unit.emit(&loaded, events);
        }
        Ok(Reply { id: None, created: true })
    }
}

/// Records an item after the ones before, in its own week and in its neighbours, so that no two of
/// a batch overlap each other.
async fn record_in(
    unit: &mut Unit<'_>,
    sheets: &mut BTreeMap<StreamId, Open>,
    index: usize,
    item: &RecordTime,
) -> Result<(), CommandError> {
    let mut others = Vec::new();
    let mut opened = Vec::new();
    for week in neighbour_weeks(&item.worked, Week::of(item.worked.day)) {
        let stream = timesheet_stream(item.member, week);
        if sheets.contains_key(&stream) {
            opened.push(stream);
        } else {
            others.push(unit.read::<Timesheet>(stream).await?);
        }
    }
    let event = {
        let opened = opened.iter().map(|stream| &sheets[stream].1);
        let neighbours: Vec<&Timesheet> =
            others.iter().map(|sheet| &*sheet.state).chain(opened).collect();
        decide_record(unit, &sheets[&item.stream()].1, &neighbours, item).await?
    };
    let member = unit.read::<Member>(member_stream(item.member)).await?;
    let (work, state) = ((item.entry, &item.worked), &sheets[&item.stream()].1);
    warnings::warn(unit, Some(index), &member.state, state, work).await?;
    let (_, state, events) = sheets.get_mut(&item.stream()).expect("each item's week is open");
    state.evolve(&event);
    events.push(event);
    Ok(())
}

fn check_count(items: &[RecordTime]) -> Result<(), CommandError> {
    if items.is_empty() || items.len() > MOST_ITEMS {
        return Err(CommandError::Refused(Refused {
            code: "time.batch_size".to_owned(),
            field: Some("/items".to_owned()),
            detail: format!("a batch holds 1 to {MOST_ITEMS} entries; send several batches"),
        }));
    }
    Ok(())
}

/// Two items with one id would take its claim twice, which no state of the log could answer for.
fn check_ids(items: &[RecordTime]) -> Result<(), CommandError> {
    let mut seen = BTreeSet::new();
    match items.iter().position(|item| !seen.insert(item.entry)) {
        None => Ok(()),
        Some(index) => Err(at(index, Refusal::EntryExists { entry: items[index].entry }.into())),
    }
}

/// Records each entry on its own; the answers stand in the order of the items. Under the sender's
/// key each item has a key of its own, so that a repeated batch gets each answer again.
pub async fn record_each(
    commands: &Commands,
    sender: &Sender,
    items: Vec<RecordTime>,
) -> Result<Vec<Result<Done, CommandError>>, CommandError> {
    check_count(&items)?;
    let correlation = sender.correlation.unwrap_or_else(|| commands.log().clock().new_id());
    let each = items.into_iter().enumerate().map(|(index, item)| {
        let key = sender
            .key
            .as_ref()
            .map(|key| IdempotencyKey { key: format!("{}/items/{index}", key.key), ..key.clone() });
        let sender = Sender { key, correlation: Some(correlation), ..sender.clone() };
        commands.handle(sender, item)
    });
    Ok(futures::stream::iter(each).buffered(AT_ONCE).collect().await)
}

/// The refusal of an item, with the item in its pointer.
fn at(index: usize, error: CommandError) -> CommandError {
    match error {
        CommandError::Refused(refused) => CommandError::Refused(Refused {
            field: Some(format!("/items/{index}{}", refused.field.unwrap_or_default())),
            ..refused
        }),
        error => error,
    }
}
