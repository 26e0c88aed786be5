//! Appends that are written together: each is checked against the ones before it, and a loser takes
//! nobody with it.

use domain::catalogue::{ClientAdded, ClientEvent, ClientRenamed};
use domain::id::ClientId;
use domain::log::ClaimKind;
use domain::personal::Unique;
use tokio::task::JoinHandle;

use super::*;

type Outcome = Result<Appended, AppendError>;

/// Queues these appends behind one that waits for the log's head, so that they are one batch.
async fn in_one_batch(tenant: &TestTenant, log: &EventLog, appends: Vec<Append>) -> Vec<Outcome> {
    let head = hold_head(tenant).await;
    let queue = |append: Append| -> JoinHandle<Outcome> {
        let (log, tenant) = (log.clone(), tenant.id);
        tokio::spawn(async move { log.append(tenant, append).await })
    };
    let first = queue(append(vec![events(stream(), 0, 1)]));
    until_blocked(tenant, 1).await;
    let mut queued = Vec::new();
    for append in appends {
        queued.push(queue(append));
        until_queued(log, tenant.id, queued.len()).await;
    }
    let mut notices = log.subscribe();
    head.commit().await.expect("nothing to undo");
    first.await.expect("no panic").expect("nothing in its way");
    let mut outcomes = Vec::new();
    for outcome in queued {
        outcomes.push(outcome.await.expect("no panic"));
    }
    notices.try_recv().expect("of the first");
    notices.try_recv().expect("of the batch");
    assert!(notices.try_recv().is_err(), "they were written in one commit");
    outcomes
}

fn positions(outcomes: &[Outcome]) -> Vec<Result<i64, AppendError>> {
    outcomes.iter().map(|outcome| outcome.clone().map(|appended| appended.position)).collect()
}

#[tokio::test]
async fn the_losers_of_a_batch_are_named_and_all_others_land() {
    let tenant = TestTenant::provision(&[]).await;
    let log = log_of(&tenant);
    let (old, new) = (stream(), stream());
    let before = append(vec![events(old, 0, 1)]);
    log.append(tenant.id, before.clone()).await.expect("the first");
    let writes = |stream, expected| append(vec![events(stream, expected, 1)]);
    let reads = |stream, version| {
        let mut append = writes(self::stream(), 0);
        append.reads = vec![(stream, version)];
        append
    };
    let first = writes(new, 0);
    let twice = Append { command_id: first.command_id, ..writes(stream(), 0) };
    let known = Append { command_id: before.command_id, ..writes(stream(), 0) };
    let both = append(vec![events(new, 2, 1), events(old, 1, 2)]);
    let appends = vec![
        writes(old, 0),
        first,
        writes(new, 0),
        writes(new, 1),
        twice,
        known,
        reads(old, 0),
        reads(old, 1),
        reads(new, 1),
        reads(new, 2),
        both,
        reads(old, 1),
    ];
    let outcomes = in_one_batch(&tenant, &log, appends).await;
    let moved = |stream| Err(AppendError::StreamMoved(stream));
    assert_eq!(
        positions(&outcomes),
        [
            moved(old),
            Ok(3),
            moved(new),
            Ok(4),
            Err(AppendError::AlreadyHandled),
            Err(AppendError::AlreadyHandled),
            // Its own stream is named with the one that moved; which one is not told apart.
            outcomes[6].clone().map(|appended| appended.position),
            Ok(5),
            moved(new),
            Ok(6),
            Ok(9),
            moved(old),
        ]
    );
    assert!(matches!(outcomes[6], Err(AppendError::StreamMoved(_))));
    let written = rows(&tenant).await;
    let of = |stream| written.iter().filter(move |row| row.stream == stream).map(|row| row.version);
    assert_eq!(of(old).collect::<Vec<_>>(), [1, 2, 3]);
    assert_eq!(of(new).collect::<Vec<_>>(), [1, 2, 3]);
    assert_eq!(written.len(), 9);
}

/// A client with a name whose digest is the name itself.
fn client(id: ClientId, name: &str, version: i32) -> Append {
    let unique = Unique { text: name.into(), digest: name.into() };
    let name = Personal::new(SubjectId(id.0), PurposeClass::Identity, unique);
    let event: ClientEvent = match version {
        0 => ClientAdded { client: id, name, currency: None }.into(),
        _ => ClientRenamed { client: id, name }.into(),
    };
    let stream = StreamId(id.0);
    let events = vec![event.into()];
    append(vec![StreamAppend { stream_type: "client", stream, expected: version, events }])
}

fn name(name: &str) -> ClaimKey {
    ClaimKey::digest(ClaimKind::ClientName, name)
}

#[tokio::test]
async fn of_two_claims_on_one_thing_in_a_batch_the_first_is_kept() {
    let tenant = TestTenant::provision(&[]).await;
    let log = log_of(&tenant);
    let [a, b, c, d] = [0; 4].map(|_| ClientId(random_id()));
    log.append(tenant.id, client(a, "acme", 0)).await.expect("a free name");
    let absent = |name: ClaimKey| {
        let mut append = append(vec![events(stream(), 0, 1)]);
        append.absent = vec![name];
        append
    };
    let appends = vec![
        client(b, "umbrella", 0),
        client(c, "umbrella", 0),
        client(d, "acme", 0),
        absent(name("umbrella")),
        absent(name("acme")),
        absent(name("initech")),
        client(c, "initech", 0),
    ];
    let outcomes = in_one_batch(&tenant, &log, appends).await;
    let held = |text| Err(AppendError::ClaimHeld(name(text)));
    assert_eq!(
        positions(&outcomes),
        [Ok(3), held("umbrella"), held("acme"), held("umbrella"), held("acme"), Ok(4), Ok(5),]
    );
    check_claims(&tenant).await;
}

#[tokio::test]
async fn a_name_that_is_given_up_can_be_taken_in_the_same_batch() {
    let tenant = TestTenant::provision(&[]).await;
    let log = log_of(&tenant);
    let [a, b] = [0; 2].map(|_| ClientId(random_id()));
    log.append(tenant.id, client(a, "acme", 0)).await.expect("a free name");
    let appends = vec![client(a, "initech", 1), client(b, "acme", 0)];
    let outcomes = in_one_batch(&tenant, &log, appends).await;
    assert_eq!(positions(&outcomes), [Ok(3), Ok(4)]);
    assert_eq!(check_claims(&tenant).await, 2);
    // Its own name in other words is no obstacle.
    log.append(tenant.id, client(a, "initech", 2)).await.expect("its own name");
    assert_eq!(check_claims(&tenant).await, 2);
}

#[tokio::test]
async fn what_may_wait_and_how_long_a_stream_gets_is_bounded() {
    let tenant = TestTenant::provision(&[]).await;
    let limits = Limits { queued_appends: 2, events_per_stream: 3, ..Limits::default() };
    let (tenants, keys) = (tenant.tenants.clone(), tenant.keys.clone());
    let log = EventLog::new(tenants, keys, Clock::system(), limits);
    let outcome = log.append(tenant.id, append(vec![events(stream(), 2, 2)])).await;
    assert!(matches!(outcome, Err(AppendError::Malformed(_))), "{outcome:?}");

    let head = hold_head(&tenant).await;
    let queue = || {
        let (log, tenant) = (log.clone(), tenant.id);
        tokio::spawn(async move { log.append(tenant, append(vec![events(stream(), 0, 3)])).await })
    };
    let written = queue();
    until_blocked(&tenant, 1).await;
    let waiting = [queue(), queue()];
    until_queued(&log, tenant.id, 2).await;
    let refused = queue().await.expect("no panic");
    assert!(matches!(refused, Err(AppendError::Unavailable(_))), "{refused:?}");
    head.commit().await.expect("nothing to undo");
    for outcome in std::iter::once(written).chain(waiting) {
        outcome.await.expect("no panic").expect("nothing in its way");
    }
    assert_eq!(rows(&tenant).await.len(), 9);
}
