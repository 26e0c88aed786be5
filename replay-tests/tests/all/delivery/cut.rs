//! Connections to the database that are cut at any moment, also while a commit is under way, so
//! that nobody knows what became of it. Whoever asks again under the same key is told the truth,
//! and each read model counts each event once.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use commands::bus::SplitMix;
use commands::catalogue::AddClient;
use commands::event_log::read::rows_after;
use commands::{CommandError, Commands, IdempotencyKey, Sender};
use domain::catalogue::ClientEvent;
use domain::id::{ClientId, TenantId};
use domain::log::{Actor, Event, Via};
use migrations::testing::random_id;
use sqlx::postgres::PgConnectOptions;
use sqlx::{ConnectOptions, Row};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use super::embedded::Running;
use crate::wait::{back_off, seed};

const WRITERS: usize = 8;
const COMMANDS: usize = 40;
const OFTEN: Duration = Duration::from_millis(15);

/// Ends one connection of the service after the other; answers how many.
async fn cut(administrator: PgConnectOptions, stop: CancellationToken) -> i64 {
    let mut connection = administrator.connect().await.expect("the test's own server");
    let mut cuts = 0;
    let mut often = tokio::time::interval(OFTEN);
    while !stop.is_cancelled() {
        often.tick().await;
        // Those that do something first: it's more of a loss to them.
        let sql = "select count(pg_terminate_backend(pid)) from (
            select pid from pg_stat_activity where usename like 'crowdminder%'
            order by state = 'idle', random() limit 1) as chosen";
        let row = sqlx::query(sql).fetch_one(&mut connection).await.expect("an answer");
        cuts += row.get::<i64, _>(0);
    }
    cuts
}

/// Adds clients, asking again under the same key until there is an answer; answers their ids with
/// how often it was unclear what became of a command.
async fn write(commands: Commands, tenant: TenantId, mut random: SplitMix) -> (Vec<ClientId>, u64) {
    let (mut added, mut unclear) = (Vec::new(), 0);
    for _ in 0..COMMANDS {
        let client = ClientId(random_id());
        let mut sender = Sender::new(tenant, Actor::Operator, Via::Api);
        let (route, key) = ("POST /clients".to_owned(), client.to_string());
        sender.key = Some(IdempotencyKey { route, key, request: client.0.into_bytes().to_vec() });
        loop {
            let name = format!("Client {client}");
            let command = AddClient { client, name, currency: None };
            match commands.handle(sender.clone(), command).await {
                Ok(done) => {
                    assert_eq!(done.reply.id, Some(client.0));
                    break;
                }
                Err(CommandError::Unavailable(_) | CommandError::StillRunning) => {
                    unclear += 1;
                    if random.below(2) == 0 {
                        back_off().await;
                    }
                }
                Err(error) => panic!("{error}"),
            }
        }
        added.push(client);
    }
    (added, unclear)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn connections_cut_at_any_moment_lose_and_double_nothing() {
    let seed = seed(15);
    let folder = tempfile::tempdir().expect("a folder");
    let running = Running::start(&folder.path().join("crowdminder"), None).await;
    let tenant = running.tenant().await;
    let administrator = running.system.administrator.clone().expect("an embedded database's");
    let administrator = administrator.database(migrations::bootstrap::DATABASE);
    let stop = CancellationToken::new();
    let cutting = tokio::spawn(cut(administrator, stop.clone()));
    let mut writers = JoinSet::new();
    for number in 0..WRITERS as u64 {
        let random = SplitMix::new(seed ^ number.rotate_left(32));
        writers.spawn(write(running.system.commands.clone(), tenant, random));
    }
    let (mut added, mut unclear) = (BTreeMap::new(), 0);
    while let Some(ended) = writers.join_next().await {
        let (clients, lost) = ended.expect("a writer that is told the truth");
        added.extend(clients.into_iter().map(|client| (client, 1)));
        unclear += lost;
    }
    stop.cancel();
    let cuts = cutting.await.expect("it cuts to the end");
    println!("{cuts} connections cut, {unclear} times asked again");
    assert!(cuts > 20 && unclear > 0, "there was too little doubt to prove anything");

    running.settle(tenant).await;
    let mut tx = running.system.tenants.begin(tenant).await.expect("the tenant's door");
    let rows = rows_after(&mut tx, 0, 1_000_000).await.expect("the log");
    tx.commit().await.expect("read");
    let mut found = BTreeMap::new();
    for (row, position) in rows.iter().zip(1..) {
        assert_eq!(row.position, position);
        if let Event::Client(ClientEvent::ClientAdded(event)) =
            row.decode().expect("it reads").event
        {
            *found.entry(event.client).or_insert(0) += 1;
        }
    }
    assert_eq!(found, added, "seed {seed}");
    let signer = Arc::clone(&running.system.signer);
    let audit =
        commands::event_log::audit::verify(&running.system.tenants, tenant, &signer, |_| {});
    assert_eq!(audit.await.expect("a check").fault, None);
    running.stop().await;
}
