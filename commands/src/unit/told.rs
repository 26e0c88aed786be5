//! What a command tells beside its reply, such as what was skipped and why. It's kept with the
//! answer, so that the same request is told the same again.

use migrations::TenantTx;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::Unit;
use crate::event_log::read::{rows_after, stored_answer};
use crate::refused::{Answered, CommandError, Done};

/// The member of the stored answer that it stands in.
const TOLD: &str = "told";

impl Unit<'_> {
    /// Tells this with the answer. It carries ids and codes, never a person's text, as it's kept.
    pub fn tell(&mut self, told: &impl Serialize) {
        self.told = serde_json::to_value(told).ok();
    }

    /// The answer as it's stored.
    pub(crate) fn outcome(&mut self, answered: &Answered) -> String {
        let mut outcome = serde_json::to_value(answered).expect("an answer is plain data");
        if let (Some(told), Value::Object(members)) = (self.told.take(), &mut outcome) {
            members.insert(TOLD.to_owned(), told);
        }
        outcome.to_string()
    }
}

/// What a command that wrote something told with its answer, the first time or again.
pub async fn told<T: DeserializeOwned>(
    tx: &mut TenantTx,
    done: Done,
) -> Result<Option<T>, CommandError> {
    let Some(row) = rows_after(tx, done.position - 1, 1).await?.pop() else { return Ok(None) };
    let stored = stored_answer(tx, row.command_id).await?;
    let told = stored.and_then(|stored| serde_json::from_str::<Value>(&stored.outcome).ok());
    Ok(told.and_then(|mut outcome| serde_json::from_value(outcome[TOLD].take()).ok()))
}
