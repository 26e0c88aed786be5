//! Packs events into messages: as many as fit, never over a gap.

use bytes::{Bytes, BytesMut};
use domain::id::TenantId;

use super::CommittedEvent;
use crate::bus::{Batch, MAX_BODY};

/// Puts events, in the order given, into as few batches as fit [`MAX_BODY`]; each line gets its
/// end. An event too large for any message becomes a batch of its own without a body.
pub fn pack(tenant: TenantId, events: Vec<CommittedEvent>) -> Vec<Batch> {
    let mut batches = Vec::new();
    let mut body = BytesMut::new();
    let mut first = 0;
    let mut last = 0;
    for CommittedEvent { position, line } in events {
        let follows = position == last + 1 && body.len() + line.len() < MAX_BODY;
        if !body.is_empty() && !follows {
            batches.push(Batch { tenant, first, last, body: body.split().freeze() });
        }
        if line.len() >= MAX_BODY {
            batches.push(Batch { tenant, first: position, last: position, body: Bytes::new() });
            continue;
        }
        if body.is_empty() {
            first = position;
        }
        last = position;
        body.extend_from_slice(&line);
        body.extend_from_slice(b"\n");
    }
    if !body.is_empty() {
        batches.push(Batch { tenant, first, last, body: body.freeze() });
    }
    batches
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bus::SplitMix;
    use crate::bus::ledger::tenant;

    fn event(position: i64, bytes: usize) -> CommittedEvent {
        let byte = b'a' + u8::try_from(position.rem_euclid(26)).unwrap();
        CommittedEvent { position, line: Bytes::from(vec![byte; bytes]) }
    }

    fn packed(sizes: &[usize]) -> Vec<(i64, i64, usize)> {
        let events = (1..).zip(sizes).map(|(position, bytes)| event(position, *bytes)).collect();
        let batches = pack(tenant(1), events);
        batches.iter().map(|batch| (batch.first, batch.last, batch.body.len())).collect()
    }

    #[test]
    fn a_message_is_filled_to_its_last_byte_and_not_further() {
        let half = MAX_BODY / 2;
        assert_eq!(packed(&[]), []);
        assert_eq!(packed(&[half - 1, half - 1]), [(1, 2, MAX_BODY)]);
        assert_eq!(packed(&[half - 1, half]), [(1, 1, half), (2, 2, half + 1)]);
    }

    #[test]
    fn an_event_too_large_for_a_message_goes_as_its_position_in_its_place() {
        assert_eq!(packed(&[MAX_BODY - 1]), [(1, 1, MAX_BODY)]);
        assert_eq!(packed(&[MAX_BODY]), [(1, 1, 0)]);
        assert_eq!(
            packed(&[9, MAX_BODY, MAX_BODY, 9]),
            [(1, 1, 10), (2, 2, 0), (3, 3, 0), (4, 4, 10)]
        );
    }

    #[test]
    fn no_message_reaches_over_a_gap() {
        let batches = pack(tenant(1), vec![event(4, 9), event(5, 9), event(7, 9)]);
        let spans: Vec<_> = batches.iter().map(|batch| (batch.first, batch.last)).collect();
        assert_eq!(spans, [(4, 5), (7, 7)]);
    }

    #[test]
    fn what_is_packed_is_every_event_once_and_in_order() {
        for seed in 0..50 {
            let mut random = SplitMix::new(seed);
            let sizes: Vec<usize> = (0..40)
                .map(|_| match random.below(4) {
                    0 => MAX_BODY + 1,
                    1 => usize::try_from(random.below(MAX_BODY as u64)).unwrap() + 1,
                    _ => usize::try_from(random.below(2_000)).unwrap() + 1,
                })
                .collect();
            let mut next = 1;
            for (first, last, bytes) in packed(&sizes) {
                assert_eq!(first, next, "seed {seed}");
                let inside = usize::try_from(first - 1).unwrap()..usize::try_from(last).unwrap();
                let whole: usize = sizes[inside].iter().map(|size| size + 1).sum();
                assert!(bytes == whole || (bytes == 0 && whole > MAX_BODY), "seed {seed}");
                assert!(bytes <= MAX_BODY, "seed {seed}");
                next = last + 1;
            }
            assert_eq!(next, 41, "seed {seed}");
        }
    }
}
