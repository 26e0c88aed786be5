//! The verdict: the journal of the clients against the log, request by request; then the log
//! against its own hashes, and everything that is read from it against a fresh fold.

use std::collections::BTreeMap;

use api::system::{Place, System};
use commands::Clock;
use commands::event_log::read::{rows_after, stored_answer};
use domain::id::TenantId;
use domain::log::Event;
use domain::personal::{PersonalFields, try_each_personal};
use domain::time::TimeEvent;
use migrations::cell::PoolLimits;
use projections::runner::standings;
use uuid::Uuid;

use super::clients::{ENTRIES, Firm};
use super::journal::{Journal, Known};
use super::service::Service;
use crate::wait::{back_off, wait_while_it_moves};

/// An entry in the log.
#[derive(Debug, Clone, PartialEq)]
struct Found {
    entry: String,
    position: i64,
    command: Uuid,
}

/// Every entry by its note, which is the key of its request.
type Log = BTreeMap<String, Vec<Found>>;

/// Compares all there is to compare; answers how many events the log has.
pub(crate) async fn judge(service: &Service, firm: &Firm, journal: &Journal) -> i64 {
    let place = Place::in_folder(service.data_dir.clone());
    let system = System::open(&place, Clock::system(), PoolLimits::default()).await;
    let system = system.expect("the same database");
    let tenant = system.platform.tenant_by_slug(&firm.slug).await.expect("the catalogue");
    let tenant = tenant.expect("it was made").id;

    let (_, before) = read(&system, tenant).await;
    let finals = ask_again(firm, journal, &before).await;
    let (head, after) = read(&system, tenant).await;
    assert_agrees(&finals, &after);
    assert_answered_once(&system, tenant, &after).await;
    wait_while_it_moves("every read model stands at the head", async || {
        let (_, models) = standings(&system.tenants, tenant).await.expect("them");
        models.iter().map(|model| head - model.position).max().filter(|rest| *rest != 0)
    })
    .await;
    system.close().await;
    for arguments in [&["audit", "verify", &firm.slug][..], &["replay", "verify", "--all"]] {
        let output = service.run(arguments).await;
        let said = String::from_utf8_lossy(&output.stdout);
        assert!(output.status.success(), "{arguments:?}: {said}");
    }
    head
}

/// The whole log, whose positions must be 1, 2, 3, … to its end.
async fn read(system: &System, tenant: TenantId) -> (i64, Log) {
    let keys = system.keys.of(tenant).await.expect("the tenant's keys");
    let mut tx = system.tenants.begin(tenant).await.expect("the tenant's door");
    let rows = rows_after(&mut tx, 0, 1_000_000).await.expect("the log");
    let mut log = Log::new();
    for (row, position) in rows.iter().zip(1..) {
        assert_eq!(row.position, position, "a position is missing or there twice");
        let mut event = row.decode().expect("a stored event").event;
        let mut names = Vec::new();
        event.each_personal(&mut |field| names.push(field.key()));
        keys.load(&mut tx, &names).await.expect("keys");
        try_each_personal(&mut event, |field| field.open(&*keys)).expect("sealed by these keys");
        if let Event::Time(TimeEvent::TimeRecorded(event)) = event {
            let note = event.note.as_ref().and_then(|note| note.get()).expect("its key").clone();
            let entry = event.entry.to_string();
            let found = Found { entry, position, command: row.command_id };
            log.entry(note).or_default().push(found);
        }
    }
    tx.commit().await.expect("read");
    (rows.len() as i64, log)
}

/// Asks once more for each request: what was answered is answered again, what is unknown becomes
/// known and agrees with what the log already had of it.
async fn ask_again(firm: &Firm, journal: &Journal, log: &Log) -> BTreeMap<String, Known> {
    let mut finals = BTreeMap::new();
    let (mut asked, mut lost, mut never) = (0, 0, 0);
    for (key, noted) in journal.notes() {
        let found = log.get(&key).map_or(0, Vec::len);
        assert!(found <= 1, "{key} was done {found} times: {noted:?}");
        // Of what is known, a part is asked again; all of it would take long and show no more.
        if noted.known != Known::Unknown && asked > 200 {
            finals.insert(key, noted.known);
            continue;
        }
        asked += 1;
        let answer = loop {
            let answer = firm.peer.post(ENTRIES, &key, &noted.body).await.expect("an answer");
            if !matches!(answer.status, 409 | 503) {
                break answer;
            }
            back_off().await;
        };
        let replayed = answer.replayed;
        let known = journal.understand(&key, Ok(answer.clone())).expect("a final answer");
        match &noted.known {
            Known::Unknown => {
                assert!(replayed || found == 0, "{key}: {answer:?}");
                lost += usize::from(replayed);
                never += usize::from(!replayed);
            }
            before => {
                assert!(replayed, "{key}: {answer:?}");
                assert_eq!(*before, known, "{key} was answered otherwise");
            }
        }
        finals.insert(key, known);
    }
    println!("of the unknown, {lost} had been handled and {never} had not");
    assert!(lost > 0 && never > 0, "there was too little doubt to prove anything");
    finals
}

/// What was acknowledged is in the log once, as it was acknowledged; what was refused is not.
fn assert_agrees(finals: &BTreeMap<String, Known>, log: &Log) {
    for (key, known) in finals {
        let found = log.get(key).map_or(&[][..], Vec::as_slice);
        match known {
            Known::Done { entry, position } => {
                let told = found.iter().map(|it| (&it.entry, it.position)).collect::<Vec<_>>();
                assert_eq!(told, [(entry, *position)], "{key}");
            }
            Known::Refused => assert!(found.is_empty(), "{key} was refused and done: {found:?}"),
            Known::Unknown => panic!("{key} has no final answer"),
        }
    }
    let stray: Vec<_> = log.keys().filter(|key| !finals.contains_key(*key)).collect();
    assert!(stray.is_empty(), "nobody asked for {stray:?}");
}

/// Each entry's command has the one record of its answer, at its position.
async fn assert_answered_once(system: &System, tenant: TenantId, log: &Log) {
    let mut tx = system.tenants.begin(tenant).await.expect("the tenant's door");
    for found in log.values().flatten() {
        let answer = stored_answer(&mut tx, found.command).await.expect("the table");
        let answer = answer.unwrap_or_else(|| panic!("no record of {found:?}"));
        assert_eq!((answer.status, answer.position), (201, found.position), "{found:?}");
        assert!(answer.outcome.contains(&found.entry), "{found:?}");
    }
    tx.commit().await.expect("read");
}
