//! cqrs-es's own framework over our log: what it executes is written, checked and read like
//! anything else.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use commands::settings::ChangeSetting;
use commands::{CqrsStore, Sender};
use cqrs_es::{AggregateContext, AggregateError, CqrsFramework, EventEnvelope, EventStore, Query};
use domain::log::{Actor, Via};
use domain::members::Authority;
use domain::settings::{
    self, Refusal, SettingKey, Settings, SettingsCommand, SettingsEvent, settings_stream,
};
use jiff::civil::date;

use crate::firm::Firm;

fn store(firm: &Firm) -> CqrsStore {
    CqrsStore::new(firm.commands.clone(), Sender::new(firm.id(), Actor::Operator, Via::CommandLine))
}

fn zone(value: &str) -> SettingsCommand {
    let (key, value) = ("TIME_ZONE".to_owned(), value.to_owned());
    let change = settings::ChangeSetting { key, value, from: None };
    SettingsCommand::Change(Authority::Operator, change)
}

/// What a framework tells those who listen.
#[derive(Clone, Default)]
struct Heard(Arc<Mutex<Vec<(usize, String)>>>);

#[async_trait]
impl Query<Settings> for Heard {
    async fn dispatch(&self, aggregate_id: &str, events: &[EventEnvelope<Settings>]) {
        assert_eq!(aggregate_id, settings_stream().to_string());
        let told = events.iter().map(|event| (event.sequence, event.metadata["position"].clone()));
        self.0.lock().expect("no panic under it").extend(told);
    }
}

#[tokio::test]
async fn what_the_framework_executes_is_seen_by_our_readers_and_the_other_way_round() {
    let firm = Firm::new().await;
    let heard = Heard::default();
    let framework = CqrsFramework::new(store(&firm), vec![Box::new(heard.clone())], ());
    let id = settings_stream().to_string();
    framework.execute(&id, zone("Africa/Johannesburg")).await.expect("executed");
    let (key, value) = ("CURRENCY".to_owned(), "ZAR".to_owned());
    let ours = ChangeSetting { key, value, from: None };
    firm.send(Actor::Operator, ours).await.expect("a change by our own command");
    let metadata = HashMap::from([("reason".to_owned(), "the firm moved".to_owned())]);
    let moved = framework.execute_with_metadata(&id, zone("Europe/Berlin"), metadata);
    moved.await.expect("executed");
    assert_eq!(*heard.0.lock().expect("no panic"), [(1, "1".into()), (3, "3".into())]);
    let rows = firm.rows().await;
    let written: Vec<_> = rows.iter().map(|row| (row.position, row.version)).collect();
    assert_eq!(written, [(1, 1), (2, 2), (3, 3)]);
    assert!(rows.iter().all(|row| row.stream_type == "settings"));
    let reasons: Vec<_> = rows.iter().map(|row| row.metadata.contains("p1.reason.")).collect();
    assert_eq!(reasons, [false, false, true]);
    let mut context = EventStore::<Settings>::load_aggregate(&store(&firm), &id).await.expect("it");
    let day = date(2026, 1, 1);
    let settings = context.aggregate();
    assert_eq!((settings.time_zone(day), settings.currency(day)), ("Europe/Berlin", "ZAR"));
    projections::runner::catch_up(&firm.tenant.tenants, firm.id()).await.expect("caught up");
    firm.assert_equals_a_fresh_fold(3).await;
}

#[tokio::test]
async fn of_two_who_decide_over_the_same_version_one_is_told_of_a_conflict() {
    let firm = Firm::new().await;
    let (store, id) = (store(&firm), settings_stream().to_string());
    let load = async || EventStore::<Settings>::load_aggregate(&store, &id).await.expect("it");
    let event = |value: &str| -> Vec<SettingsEvent> {
        let (key, value) = ("TIME_ZONE".to_owned(), value.to_owned());
        vec![settings::SettingChanged { key, value, from: None }.into()]
    };
    let (one, two) = (load().await, load().await);
    let first = store.commit(event("Europe/Berlin"), one, HashMap::new()).await;
    assert_eq!(first.expect("committed").len(), 1);
    let second = store.commit(event("Europe/London"), two, HashMap::new()).await;
    assert!(matches!(second, Err(AggregateError::AggregateConflict)), "{second:?}");
    assert_eq!(firm.rows().await.len(), 1);
    let three = load().await;
    let (key, value) = ("TIME_ZONE".to_owned(), "Africa/Johannesburg".to_owned());
    let ours = ChangeSetting { key, value, from: None };
    firm.send(Actor::Operator, ours).await.expect("a change by our own command");
    let third = store.commit(event("Europe/London"), three, HashMap::new()).await;
    assert!(matches!(third, Err(AggregateError::AggregateConflict)), "{third:?}");
    assert_eq!(firm.rows().await.len(), 2);
}

#[tokio::test]
async fn thirty_two_who_execute_at_once_leave_one_version_after_the_other() {
    let firm = Firm::new().await;
    let framework = Arc::new(CqrsFramework::<Settings, _>::new(store(&firm), vec![], ()));
    let id = settings_stream().to_string();
    let tasks = (0..32).map(|n| {
        let (framework, id) = (framework.clone(), id.clone());
        tokio::spawn(async move {
            let zone = zone(if n % 2 == 0 { "Europe/Berlin" } else { "Europe/London" });
            framework.execute(&id, zone).await
        })
    });
    let mut landed = 0;
    for task in tasks.collect::<Vec<_>>() {
        match task.await.expect("no panic") {
            Ok(()) => landed += 1,
            Err(error) => assert!(matches!(error, AggregateError::AggregateConflict), "{error:?}"),
        }
    }
    // A change to what is there already leaves no event and is no conflict.
    let versions: Vec<_> = firm.rows().await.iter().map(|row| row.version).collect();
    assert_eq!(versions, (1..=versions.len() as i32).collect::<Vec<_>>());
    assert!((1..=landed).contains(&versions.len()), "{landed} {versions:?}");
}

#[tokio::test]
async fn refusals_and_misuse_are_told_apart_and_write_nothing() {
    let firm = Firm::new().await;
    let framework = CqrsFramework::<Settings, _>::new(store(&firm), vec![], ());
    let id = settings_stream().to_string();
    let refused = framework.execute(&id, zone("Mars/Base")).await;
    let Err(AggregateError::UserError(refusal)) = refused else { panic!("{refused:?}") };
    assert!(matches!(refusal, Refusal::InvalidValue { .. }), "{refusal:?}");
    let misnamed = framework.execute("settings", zone("Europe/Berlin")).await;
    assert!(matches!(misnamed, Err(AggregateError::UnexpectedError(_))), "{misnamed:?}");
    let metadata = HashMap::from([("mood".to_owned(), "good".to_owned())]);
    let outcome = framework.execute_with_metadata(&id, zone("Europe/Berlin"), metadata).await;
    assert!(matches!(outcome, Err(AggregateError::UnexpectedError(_))), "{outcome:?}");
    assert!(firm.rows().await.is_empty());
    let value = SettingKey::TimeZone.setting().default;
    framework.execute(&id, zone(value)).await.expect("the default may be given");
}
