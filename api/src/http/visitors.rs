//! How often one address may use the routes that ask for no credentials: a number of requests in
//! each minute, so that nobody tries out addresses or fills queues with sign-ups.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use axum::http::{HeaderValue, StatusCode, header};

use super::problem::Problem;
use super::server::Peer;

const WINDOW: Duration = Duration::from_secs(60);
/// How many addresses are counted; beyond this the count begins anew.
const COUNTED_MAX: usize = 50_000;

type Counted = HashMap<IpAddr, (Instant, u32)>;

/// Counts the requests of each address. Clones share the count.
#[derive(Debug, Clone)]
pub(crate) struct Visitors {
    per_minute: u32,
    counted: Arc<Mutex<Counted>>,
}

impl Visitors {
    /// Lets in as many requests a minute from one address.
    pub(crate) fn new(per_minute: u32) -> Self {
        Visitors { per_minute, counted: Arc::default() }
    }

    /// Counts a request, and refuses it where its address has sent too many. One that did not come
    /// over the network is not counted.
    pub(crate) fn let_in(&self, peer: Option<&Peer>) -> Result<(), Problem> {
        let Some(Peer(peer)) = peer else { return Ok(()) };
        match self.wait(peer.ip(), Instant::now()) {
            None => Ok(()),
            Some(wait) => Err(too_many(wait)),
        }
    }

    /// How long the address has to wait; none where it's let in.
    fn wait(&self, address: IpAddr, now: Instant) -> Option<Duration> {
        let mut counted = self.counted.lock().expect("no panic under it");
        if counted.len() >= COUNTED_MAX {
            counted.retain(|_, (began, _)| now.duration_since(*began) < WINDOW);
        }
        if counted.len() >= COUNTED_MAX {
            counted.clear();
        }
        let (began, count) = counted.entry(address).or_insert((now, 0));
        if now.duration_since(*began) >= WINDOW {
            (*began, *count) = (now, 0);
        }
        *count = count.saturating_add(1);
        (*count > self.per_minute).then(|| WINDOW.saturating_sub(now.duration_since(*began)))
    }
}

fn too_many(wait: Duration) -> Problem {
    let detail = "too many requests from this address; wait as long as Retry-After says";
    let seconds = HeaderValue::from(wait.as_secs() + 1);
    Problem::new(StatusCode::TOO_MANY_REQUESTS, "rate.too_many_requests", detail)
        .with_header(header::RETRY_AFTER, seconds)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_let_in_so_often_a_minute_and_others_do_not_suffer() {
        let (visitors, now) = (Visitors::new(2), Instant::now());
        let [one, other] = [[10, 0, 0, 1], [10, 0, 0, 2]].map(IpAddr::from);
        assert_eq!([(); 2].map(|()| visitors.wait(one, now)), [None, None]);
        let later = now + Duration::from_secs(20);
        assert_eq!(visitors.wait(one, later), Some(Duration::from_secs(40)));
        assert_eq!(visitors.wait(other, later), None);
        assert_eq!(visitors.wait(one, now + WINDOW), None);
    }
}
