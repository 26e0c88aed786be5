//! What the letters about timesheets have in common: the week as the log tells it when the letter
//! is sent, how long it comes to, and what somebody is called.

use commands::event_log::read::stream_after;
use commands::jobs::WorkError;
use domain::id::{MemberId, TenantId};
use domain::log::Event;
use domain::personal::{KeyringError, Personal, PersonalField};
use domain::time::{EntryState, EntryVersion, TimeEvent, Timesheet, Week, timesheet_stream};

use crate::mail::Post;

/// A week as it is, and one of its events.
pub(super) struct Told {
    pub(super) sheet: Timesheet,
    pub(super) event: Option<TimeEvent>,
}

/// A week now, with the event of that version of its stream.
pub(super) async fn told(
    post: &Post,
    tenant: TenantId,
    (member, week): (MemberId, Week),
    version: i32,
) -> Result<Told, WorkError> {
    let mut tx = post.log().tenants().begin(tenant).await?;
    let mut told = Told { sheet: Timesheet::default(), event: None };
    for row in stream_after(&mut tx, timesheet_stream(member, week), 0).await? {
        let of_version = row.version == version;
        if let Event::Time(event) = row.decode()?.event {
            told.sheet.evolve(&event);
            if of_version {
                told.event = Some(event);
            }
        }
    }
    tx.commit().await?;
    Ok(told)
}

impl Told {
    /// The seconds of what is in a state.
    pub(super) fn seconds_in(&self, state: EntryState) -> i64 {
        let entries = self.sheet.entries.values().filter(|entry| entry.state == state);
        entries.map(domain::time::Entry::signed_seconds).sum()
    }

    /// The seconds of those of these entries that are still in this state and version.
    pub(super) fn seconds_of(&self, versions: &[EntryVersion], state: EntryState) -> Option<i64> {
        let still = versions.iter().filter_map(|version| {
            let entry = self.sheet.entries.get(&version.entry)?;
            (entry.version == version.version && entry.state == state).then_some(entry)
        });
        let seconds: Vec<i64> = still.map(domain::time::Entry::signed_seconds).collect();
        (!seconds.is_empty()).then(|| seconds.iter().sum())
    }
}

/// Hours and minutes, such as `37:30`.
pub(super) fn hours(seconds: i64) -> String {
    let (sign, minutes) = (if seconds < 0 { "-" } else { "" }, seconds.abs() / 60);
    format!("{sign}{}:{:02}", minutes / 60, minutes % 60)
}

/// A reason, opened; none once it was erased.
pub(super) async fn opened(
    post: &Post,
    tenant: TenantId,
    mut reason: Personal<String>,
) -> Result<Option<String>, WorkError> {
    let keys = post.log().keys().of(tenant).await?;
    let mut tx = post.log().tenants().begin(tenant).await?;
    keys.load(&mut tx, &[reason.key()]).await?;
    tx.commit().await?;
    match reason.open(&*keys) {
        Ok(()) | Err(KeyringError::Destroyed) => Ok(reason.get().cloned()),
        Err(error) => Err(WorkError::later(error.to_string())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_length_is_told_in_hours_and_minutes() {
        assert_eq!(
            [0, 59, 60, 5_400, 360_000].map(hours),
            ["0:00", "0:00", "0:01", "1:30", "100:00"]
        );
        assert_eq!(hours(-5_400), "-1:30");
    }
}
