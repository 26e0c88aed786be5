//! Recording several entries at once: all of them or none.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use domain::id::StreamId;
use domain::time::{TimeEvent, Timesheet};

use super::{RecordTime, authority_over, decide_record};
use crate::handle::Command;
use crate::refused::{CommandError, Refused, Reply};
use crate::unit::{Loaded, Unit};

/// The most entries recorded at once.
pub const MOST_ITEMS: usize = 500;

/// Record all of these, or, if one is refused, none.
#[derive(Debug, Clone)]
pub struct RecordMany {
    /// The entries, 1 to 500.
    pub items: Vec<RecordTime>,
}

impl Command for RecordMany {
    async fn run(&self, unit: &mut Unit<'_>) -> Result<Reply, CommandError> {
        if self.items.is_empty() || self.items.len() > MOST_ITEMS {
            return Err(CommandError::Refused(Refused {
                code: "time.batch_size".to_owned(),
                field: Some("/items".to_owned()),
                detail: format!("a batch holds 1 to {MOST_ITEMS} entries; send several batches"),
            }));
        }
        unit.will_write(self.items.iter().map(RecordTime::stream))?;
        // Each sheet as it will be after the items before, so that they can't overlap each other.
        let mut sheets: BTreeMap<StreamId, (Loaded<Timesheet>, Timesheet, Vec<TimeEvent>)> =
            BTreeMap::new();
        for (index, item) in self.items.iter().enumerate() {
            let stream = item.stream();
            let (_, state, events) = match sheets.entry(stream) {
                Entry::Occupied(known) => known.into_mut(),
                Entry::Vacant(place) => {
                    authority_over(unit, item.member).await?;
                    let loaded = unit.write::<Timesheet>(stream).await?;
                    let state = (*loaded.state).clone();
                    place.insert((loaded, state, Vec::new()))
                }
            };
            let event = decide_record(unit, state, item).await.map_err(|error| at(index, error))?;
            state.evolve(&event);
            events.push(event);
        }
        for (loaded, _, events) in sheets.into_values() {
            unit.emit(&loaded, events);
        }
        Ok(Reply { id: None, created: true })
    }
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
