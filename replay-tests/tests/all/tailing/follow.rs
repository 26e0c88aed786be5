//! The reader: asks for what comes after the last position it has seen, and trusts nothing else.

use std::collections::HashMap;

use commands::event_log::read::{StoredRow, head_of, rows_after};
use domain::id::{EntryId, StreamId};
use domain::log::Event;
use domain::time::TimeEvent;
use jiff::Timestamp;
use migrations::testing::TestTenant;
use tokio_util::sync::CancellationToken;

#[derive(Default)]
pub(crate) struct Followed {
    /// The entry recorded at each position, in the order seen.
    pub(crate) events: Vec<EntryId>,
    /// How often the log was asked.
    pub(crate) reads: usize,
    last: i64,
    recorded_at: Option<Timestamp>,
    versions: HashMap<StreamId, i32>,
}

/// Follows the log from its beginning, until writing has `ended` and its end is reached.
pub(crate) async fn follow(tenant: TestTenant, ended: CancellationToken) -> Followed {
    let mut followed = Followed::default();
    loop {
        // Asked before the log is read: what was written by then is seen by the read after it.
        let no_more = ended.is_cancelled();
        let mut tx = tenant.tenants.begin(tenant.id).await.expect("the tenant's door");
        let rows = rows_after(&mut tx, followed.last, 500).await.expect("the log");
        tx.commit().await.expect("read");
        followed.reads += 1;
        rows.iter().for_each(|row| followed.take(row));
        if rows.is_empty() {
            if no_more {
                let head = head_of(&tenant.tenants, tenant.id).await.expect("the head");
                assert_eq!(followed.last, head, "the reader ends where the log does");
                return followed;
            }
            tokio::task::yield_now().await;
        }
    }
}

impl Followed {
    fn take(&mut self, row: &StoredRow) {
        assert_eq!(row.position, self.last + 1, "a position was missed or seen twice");
        self.last = row.position;
        let version = self.versions.entry(row.stream).or_default();
        assert_eq!(row.version, *version + 1, "position {}", row.position);
        *version = row.version;
        assert!(Some(row.recorded_at) >= self.recorded_at, "time ran backwards");
        self.recorded_at = Some(row.recorded_at);
        match row.decode().expect("a stored event").event {
            Event::Time(TimeEvent::TimeRecorded(event)) => self.events.push(event.entry),
            other => panic!("nobody wrote this: {other:?}"),
        }
    }
}
