//! Who may keep a connection: when no place is left, the one that has rested for longest without a
//! request under way gives up its own. So thousands of idle connections keep nobody out.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicIsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore};

/// How often it's looked for somebody who rests while everybody works.
const LOOK_EVERY: Duration = Duration::from_millis(50);
/// What a guest's count of requests is once it has to leave; far below what requests add to it.
const LEAVES: isize = isize::MIN / 2;

/// The places and who has them.
#[derive(Debug)]
pub(super) struct Guests {
    room: Arc<Semaphore>,
    /// By age.
    list: Mutex<VecDeque<Arc<Guest>>>,
}

/// A connection with a place.
#[derive(Debug, Default)]
pub(super) struct Guest {
    /// Requests under way.
    busy: AtomicIsize,
    leave: Notify,
}

/// A place, until it's dropped.
#[derive(Debug)]
pub(super) struct Place {
    guest: Arc<Guest>,
    guests: Arc<Guests>,
    _permit: OwnedSemaphorePermit,
}

/// A request under way, until it's dropped.
#[derive(Debug)]
pub(super) struct Busy(Arc<Guest>);

impl Drop for Busy {
    fn drop(&mut self) {
        self.0.busy.fetch_sub(1, Ordering::AcqRel);
    }
}

impl Guest {
    /// Notes that a request is under way.
    pub(super) fn works(self: &Arc<Self>) -> Busy {
        self.busy.fetch_add(1, Ordering::AcqRel);
        Busy(self.clone())
    }

    /// Waits until it has to leave.
    pub(super) async fn must_leave(&self) {
        self.leave.notified().await;
    }
}

impl Guests {
    pub(super) fn new(places: usize) -> Arc<Self> {
        Arc::new(Guests { room: Arc::new(Semaphore::new(places)), list: Mutex::default() })
    }

    /// The next free place, or one that is made free.
    pub(super) async fn place(self: &Arc<Self>) -> Place {
        let permit = loop {
            if self.room.available_permits() == 0 {
                self.send_one_away();
            }
            let free = self.room.clone().acquire_owned();
            match tokio::time::timeout(LOOK_EVERY, free).await {
                Ok(permit) => break permit.expect("the semaphore is never closed"),
                Err(_) => continue,
            }
        };
        Place { guest: Arc::default(), guests: self.clone(), _permit: permit }
    }

    fn send_one_away(&self) {
        let list = self.list();
        let rests = |guest: &&Arc<Guest>| {
            let leaves =
                guest.busy.compare_exchange(0, LEAVES, Ordering::AcqRel, Ordering::Acquire);
            leaves.is_ok()
        };
        if let Some(guest) = list.iter().find(rests) {
            metrics::counter!("http_server_connections_sent_away_total").increment(1);
            guest.leave.notify_one();
        }
    }

    fn list(&self) -> std::sync::MutexGuard<'_, VecDeque<Arc<Guest>>> {
        self.list.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Place {
    /// Takes the place for a connection that was accepted.
    pub(super) fn take(&self) -> Arc<Guest> {
        self.guests.list().push_back(self.guest.clone());
        self.guest.clone()
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.guests.list().retain(|guest| !Arc::ptr_eq(guest, &self.guest));
    }
}
