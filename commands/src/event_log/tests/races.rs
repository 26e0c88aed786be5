//! Many writers on one log, in one process and in several.

use std::collections::BTreeMap;

use super::*;

/// Positions are 1..n, streams have no gap, and time does not run backwards.
fn check_order(rows: &[StoredRow], count: usize) {
    assert_eq!(rows.len(), count);
    let mut versions = BTreeMap::<Uuid, i32>::new();
    for (row, position) in rows.iter().zip(1..) {
        assert_eq!(row.position, position);
        let version = versions.entry(row.stream.0).or_default();
        *version += 1;
        assert_eq!(row.version, *version, "position {position}");
    }
    assert!(rows.is_sorted_by_key(|row| row.recorded_at));
}

/// Each of these writers appends 1, 2 and 3 events to a stream of its own.
async fn write_side_by_side(tenant: TenantId, logs: &[EventLog], writers: usize) -> Vec<Appended> {
    let mut tasks = tokio::task::JoinSet::new();
    for log in logs.iter().cycle().take(writers) {
        let log = log.clone();
        tasks.spawn(async move {
            let stream = stream();
            let mut appended = Vec::new();
            for (expected, count) in [(0, 1), (1, 2), (3, 3)] {
                let outcome = log.append(tenant, append(vec![events(stream, expected, count)]));
                appended.push(outcome.await.expect("nobody else writes to it"));
            }
            appended
        });
    }
    tasks.join_all().await.into_iter().flatten().collect()
}

#[tokio::test]
async fn thirty_two_writers_fill_one_log_without_gaps() {
    let tenant = TestTenant::provision(&[]).await;
    let log = log_of(&tenant);
    let appended = write_side_by_side(tenant.id, &[log], 32).await;
    let rows = rows(&tenant).await;
    check_order(&rows, 32 * 6);
    // Each was told where its last event stands, and when that was.
    for appended in appended {
        let row = &rows[appended.position as usize - 1];
        assert_eq!(row.recorded_at, appended.recorded_at);
    }
}

#[tokio::test]
async fn three_processes_write_one_log_side_by_side() {
    let tenant = TestTenant::provision(&[]).await;
    let others = [tenant.in_another_process(), tenant.in_another_process()];
    let logs = [log_of(&tenant), log_of(&others[0]), log_of(&others[1])];
    write_side_by_side(tenant.id, &logs, 24).await;
    check_order(&rows(&tenant).await, 24 * 6);
    // One stream, three writers: each version is written by one of them.
    let stream = stream();
    let append_to = |log: EventLog, version| async move {
        log.append(tenant.id, append(vec![events(stream, version, 1)])).await
    };
    for version in 0..5 {
        let [a, b, c] = logs.clone().map(|log| append_to(log, version));
        let (a, b, c) = tokio::join!(a, b, c);
        let outcomes = [a, b, c];
        assert_eq!(outcomes.iter().filter(|outcome| outcome.is_ok()).count(), 1, "{outcomes:?}");
        let moved = Err(AppendError::StreamMoved(stream));
        assert_eq!(outcomes.iter().filter(|outcome| **outcome == moved).count(), 2);
    }
    check_order(&rows(&tenant).await, 24 * 6 + 5);
}

#[tokio::test]
async fn what_two_processes_seal_for_one_person_at_once_opens_with_one_key() {
    let tenant = TestTenant::provision(&[]).await;
    let (log, other) = (log_of(&tenant), log_of(&tenant.in_another_process()));
    let person = random_id();
    // A key that did not land: another process makes the person's key then.
    let stale = append_because(person, vec![events(stream(), 1, 1)]);
    let outcome = log.append(tenant.id, stale).await;
    assert!(matches!(outcome, Err(AppendError::StreamMoved(_))), "{outcome:?}");
    let mut landed = 0;
    for _ in 0..20 {
        let new = || append_because(person, vec![events(stream(), 0, 1)]);
        let (here, there) =
            tokio::join!(log.append(tenant.id, new()), other.append(tenant.id, new()));
        for outcome in [here, there] {
            match outcome {
                Ok(_) => landed += 1,
                Err(error) => assert_eq!(error, AppendError::KeyClash),
            }
        }
    }
    assert!(landed >= 39, "only the first pair can clash: {landed}");
    let third = tenant.in_another_process();
    let keys = third.keys.of(tenant.id).await.expect("the tenant's keys");
    let mut tx = third.tenants.begin(tenant.id).await.expect("the door");
    let rows = rows(&tenant).await;
    assert_eq!(rows.len(), landed);
    for row in rows {
        let mut metadata: Metadata = serde_json::from_str(&row.metadata).expect("metadata");
        let mut reason = metadata.reason.take().expect("a reason");
        keys.load(&mut tx, &[domain::personal::PersonalField::key(&reason)]).await.expect("keys");
        domain::personal::PersonalField::open(&mut reason, &*keys).expect("the key that sealed it");
        assert_eq!(reason.get().map(String::as_str), Some("because"));
    }
}

#[tokio::test]
async fn a_command_that_another_process_is_just_answering_is_not_written_again() {
    let tenant = TestTenant::provision(&[]).await;
    let log = log_of(&tenant);
    log.append(tenant.id, append(vec![events(stream(), 0, 1)])).await.expect("the first");
    // Another process answers the command without any event, while this one waits for the head.
    let again = append(vec![events(stream(), 0, 1)]);
    let mut tx = hold_head(&tenant).await;
    let id = again.command_id;
    let waiting = tokio::spawn({
        let (log, tenant) = (log.clone(), tenant.id);
        async move { log.append(tenant, again).await }
    });
    until_blocked(&tenant, 1).await;
    tx.query(
        "insert into {t}.commands (command_id, status, outcome, position, recorded_at)
         values ($1, 422, '{}', 1, now())",
    )
    .bind(id.0)
    .execute()
    .await
    .expect("the answer");
    tx.query("update {t}.log_head set position = position").execute().await.expect("the head");
    tx.commit().await.expect("durable");
    let outcome = waiting.await.expect("no panic");
    assert_eq!(outcome, Err(AppendError::AlreadyHandled));
    let next = append(vec![events(stream(), 0, 1)]);
    assert_eq!(log.append(tenant.id, next).await.expect("the next").position, 2);
}
