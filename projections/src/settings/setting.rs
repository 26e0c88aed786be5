//! Each value of each setting with the day it holds from. Which of them holds on a day is found by
//! the same rule everywhere: the one with the latest day that is not after it.

use domain::log::{EventFamily, Recorded};
use domain::settings::SettingsEvent;
use jiff::Timestamp;
use migrations::TenantTx;

use crate::model::{EventTypes, ReadModel};
use crate::row::{ReadError, Rows, Since, read_rows, row, select};

row! {
    /// One value of one setting.
    SettingRow in "rm_setting" key(name: String, from_day: Since) {
        /// The registered name.
        name: String,
        /// The first day it holds.
        from_day: Since,
        /// The value in its canonical text.
        value: String,
        /// Since when it's known.
        known_at: Timestamp,
        /// The event that set it.
        position: i64,
    }
}

/// The fold of settings.
#[derive(Debug)]
pub struct Setting;

impl ReadModel for Setting {
    const NAME: &'static str = "setting";
    const VERSION: i32 = 1;
    const READS: &'static [EventTypes] = &[SettingsEvent::TYPES];
    type Row = SettingRow;

    fn touches(event: &Recorded) -> Vec<(String, Since)> {
        match settings_event(event) {
            Some(SettingsEvent::SettingChanged(event)) => {
                vec![(event.key.clone(), Since(event.from))]
            }
            Some(SettingsEvent::SettingCleared(event)) => {
                vec![(event.key.clone(), Since(event.from))]
            }
            None => Vec::new(),
        }
    }

    fn apply(rows: &mut Rows<SettingRow>, recorded: &Recorded) {
        match settings_event(recorded) {
            Some(SettingsEvent::SettingChanged(event)) => rows.put(SettingRow {
                name: event.key.clone(),
                from_day: Since(event.from),
                value: event.value.clone(),
                known_at: recorded.recorded_at,
                position: recorded.position,
            }),
            Some(SettingsEvent::SettingCleared(event)) => {
                rows.remove(&(event.key.clone(), Since(event.from)));
            }
            None => {}
        }
    }
}

fn settings_event(recorded: &Recorded) -> Option<&SettingsEvent> {
    recorded.event.family()
}

/// Every value of every setting (or of one), by name and day.
pub async fn list(tx: &mut TenantTx, name: Option<&str>) -> Result<Vec<SettingRow>, ReadError> {
    let sql = "where $1::text is null or r.name = $1 order by r.name, r.from_day";
    read_rows(&select::<SettingRow>(tx, sql).bind(name).fetch_all().await?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::samples::settings;
    use crate::tests::{assert_declares_what_it_touches, rows_of};

    #[test]
    fn values_of_different_days_stand_side_by_side_and_one_can_be_taken_back() {
        let history = settings();
        let rows = rows_of::<Setting>(&history.0);
        let values: Vec<_> = rows.iter().map(|row| (&*row.name, &*row.value)).collect();
        assert_eq!(values, [("CURRENCY", "ZAR"), ("TIME_ZONE", "Europe/London")]);
        assert!(rows[0].from_day.0.is_some() && rows[1].from_day == Since(None));
        assert_declares_what_it_touches::<Setting>(&history.0);
    }
}
