//! What every command can rely on: the same key gets the same answer, what a decision rests on has
//! not moved, and a command goes on to its end whoever waits for it.

use std::sync::atomic::{AtomicU32, Ordering};

use domain::catalogue::{Project, TaskAdded, project_stream};
use domain::id::{ProjectId, StreamId, TaskId};
use domain::settings::{SettingKey, Settings, settings_stream};
use jiff::civil::date;
use migrations::testing::random_id;
use tokio::sync::Semaphore;

use super::*;
use crate::members::AddMember;
use crate::settings::ChangeSetting;
use crate::testing::{Firm, new_member, refused};
use domain::members::Role;

fn currency(code: &str) -> ChangeSetting {
    ChangeSetting { key: "CURRENCY".into(), value: code.into(), from: None }
}

fn member(email: &str) -> AddMember {
    new_member("Nova", Some(email), &[Role::Member])
}

#[tokio::test]
async fn the_same_key_gets_the_same_answer_and_nothing_is_written_twice() {
    let firm = Firm::new().await;
    let add = member("nova@example.com");
    let first = firm.send_keyed("k1", "body", add.clone()).await.expect("a new member");
    assert_eq!(
        (first.reply, first.position, first.replayed),
        (Reply::created(add.member), 1, false)
    );
    firm.send(Actor::Operator, currency("EUR")).await.expect("something in between");
    // The edge makes another id each time; the answer has the one that was used.
    for firm in [&firm, &firm.in_another_process()] {
        let again = firm.send_keyed("k1", "body", member("nova@example.com")).await;
        assert_eq!(again, Ok(Done { replayed: true, ..first }));
    }
    assert_eq!(firm.event_types().await, ["MemberAdded", "SettingChanged"]);
}

#[tokio::test]
async fn the_same_key_with_another_body_is_refused() {
    let firm = Firm::new().await;
    firm.send_keyed("k1", "one", currency("EUR")).await.expect("a currency");
    for (key, body, command) in [("k1", "two", currency("ZAR")), ("k1", "two", currency("nothing"))]
    {
        let outcome = firm.send_keyed(key, body, command).await;
        assert_eq!(outcome, Err(CommandError::KeyReused));
    }
    firm.send_keyed("k2", "two", currency("ZAR")).await.expect("another key");
}

#[tokio::test]
async fn a_key_belongs_to_its_sender_and_its_route() {
    let firm = Firm::new().await;
    let owner = firm.member(&[Role::Owner]).await;
    firm.send_keyed("k1", "one", currency("EUR")).await.expect("a currency");
    let mut sender = Sender::new(firm.id(), Actor::Member(owner), Via::Api);
    let key = |route: &str| IdempotencyKey {
        route: route.into(),
        key: "k1".into(),
        request: b"two".to_vec(),
    };
    for (route, code) in [("POST /tests", "ZAR"), ("PUT /tests", "GBP")] {
        sender.key = Some(key(route));
        let done = firm.commands.handle(sender.clone(), currency(code)).await;
        assert!(!done.expect("a key of its own").replayed);
    }
}

#[tokio::test]
async fn a_refusal_is_answered_again_even_when_the_world_has_changed() {
    let firm = Firm::new().await;
    let holder = member("nova@example.com");
    firm.send(Actor::Operator, holder.clone()).await.expect("a new member");
    let refused = firm.send_keyed("k1", "body", member("nova@example.com")).await;
    let Err(CommandError::Refused(refused)) = refused else { panic!("{refused:?}") };
    assert_eq!((&*refused.code, refused.field.as_deref()), ("members.email_taken", Some("/email")));
    let free = crate::members::ChangeMemberEmail {
        member: holder.member,
        email: "ada@example.com".into(),
        expected_version: None,
    };
    firm.send(Actor::Operator, free).await.expect("the address is free");
    for firm in [&firm, &firm.in_another_process()] {
        let again = firm.send_keyed("k1", "body", member("nova@example.com")).await;
        assert_eq!(again, Err(CommandError::RefusedBefore(refused.clone())));
        let other = firm.send_keyed("k1", "other", member("nova@example.com")).await;
        assert_eq!(other, Err(CommandError::KeyReused));
    }
    firm.send_keyed("k2", "body", member("nova@example.com")).await.expect("another key");
}

#[tokio::test]
async fn the_same_key_sent_to_two_processes_at_once_is_one_command() {
    let firm = Firm::new().await;
    let other = firm.in_another_process();
    for n in 0..10 {
        let (key, email) = (format!("k{n}"), format!("nova{n}@example.com"));
        let (here, there) = tokio::join!(
            firm.send_keyed(&key, "body", member(&email)),
            other.send_keyed(&key, "body", member(&email)),
        );
        let (here, there) = (here.expect("one command"), there.expect("one command"));
        assert_eq!((here.reply, here.position), (there.reply, there.position));
        assert!(here.replayed != there.replayed);
    }
    assert_eq!(firm.rows().await.len(), 10);
}

/// Names a task by the currency it reads, and waits in between when told to.
struct NameTask {
    project: StreamId,
    runs: Arc<AtomicU32>,
    reached: Arc<Semaphore>,
    go_on: Arc<Semaphore>,
}

impl NameTask {
    fn new() -> Self {
        let project = project_stream(ProjectId(random_id()));
        let (reached, go_on) = (Arc::new(Semaphore::new(0)), Arc::new(Semaphore::new(0)));
        NameTask { project, runs: Arc::default(), reached, go_on }
    }

    fn shared(&self) -> Self {
        NameTask {
            project: self.project,
            runs: self.runs.clone(),
            reached: self.reached.clone(),
            go_on: self.go_on.clone(),
        }
    }
}

impl Command for NameTask {
    async fn run(&self, unit: &mut Unit<'_>) -> Result<Reply, CommandError> {
        let project = unit.write::<Project>(self.project).await?;
        let settings = unit.read::<Settings>(settings_stream()).await?;
        let currency = settings.state.value_on(SettingKey::Currency, date(2026, 1, 1)).to_owned();
        self.runs.fetch_add(1, Ordering::SeqCst);
        self.reached.add_permits(1);
        self.go_on.acquire().await.expect("it's not closed").forget();
        let (project_id, task) = (ProjectId(self.project.0), TaskId(unit.new_id()));
        let added = TaskAdded { project: project_id, task, name: currency, billable: true };
        unit.emit(&project, [added]);
        Ok(Reply::created(task))
    }
}

#[tokio::test]
async fn what_a_decision_was_only_read_from_has_not_moved_when_it_lands() {
    for same_process in [true, false] {
        let firm = Firm::new().await;
        let other = if same_process { &firm } else { &firm.in_another_process() };
        firm.send(Actor::Operator, currency("EUR")).await.expect("a currency");
        let command = NameTask::new();
        let (runs, reached, go_on) =
            (command.runs.clone(), command.reached.clone(), command.go_on.clone());
        let change = async {
            reached.acquire().await.expect("it's not closed").forget();
            other.send(Actor::Operator, currency("ZAR")).await.expect("another currency");
            go_on.add_permits(2);
        };
        let (done, ()) = tokio::join!(firm.send(Actor::Operator, command), change);
        done.expect("decided anew");
        assert_eq!(runs.load(Ordering::SeqCst), 2);
        let rows = firm.rows().await;
        let last = rows.last().expect("the task");
        assert!(last.payload.contains("\"ZAR\""), "{}", last.payload);
    }
}

#[tokio::test]
async fn a_command_goes_on_when_its_caller_hangs_up_and_its_key_is_busy_until_then() {
    let firm = Firm::new().await;
    let command = NameTask::new();
    let later = command.shared();
    {
        let mut calling = std::pin::pin!(firm.send_keyed("k1", "body", command.shared()));
        tokio::select! {
            outcome = &mut calling => panic!("it waits: {outcome:?}"),
            reached = command.reached.acquire() => reached.expect("it's not closed").forget(),
        }
    }
    let busy = firm.send_keyed("k1", "body", later).await;
    assert_eq!(busy, Err(CommandError::StillRunning));
    command.go_on.add_permits(1);
    while firm.rows().await.is_empty() {
        tokio::task::yield_now().await;
    }
    assert_eq!(command.runs.load(Ordering::SeqCst), 1);
    assert_eq!(firm.event_types().await, ["TaskAdded"]);
}

struct Panics(StreamId);

impl Command for Panics {
    async fn run(&self, unit: &mut Unit<'_>) -> Result<Reply, CommandError> {
        unit.write::<Settings>(self.0).await?;
        panic!("on purpose");
    }
}

#[tokio::test]
async fn a_command_that_panics_is_an_error_and_leaves_nothing_locked() {
    let firm = Firm::new().await;
    let outcome = firm.send_keyed("k1", "body", Panics(settings_stream())).await;
    assert!(matches!(outcome, Err(CommandError::Internal(_))), "{outcome:?}");
    firm.send_keyed("k1", "body", currency("EUR")).await.expect("the key and the stream are free");
}

#[tokio::test]
async fn thirty_two_clients_change_one_stream_through_two_processes() {
    let firm = Firm::new().await;
    let other = firm.in_another_process();
    let both = [&firm, &other];
    let clients = (0..32_usize).map(|n| async move {
        let change = ChangeSetting {
            key: "VAT_PERCENT".into(),
            value: "15".into(),
            from: Some(date(2026, 1, 1).saturating_add(jiff::Span::new().days(n as i64))),
        };
        both[n % 2].send(Actor::Operator, change).await
    });
    let outcomes = futures::future::join_all(clients).await;
    let landed = outcomes.iter().filter(|outcome| outcome.is_ok()).count();
    for outcome in outcomes {
        assert!(matches!(outcome, Ok(_) | Err(CommandError::Conflict)), "{outcome:?}");
    }
    let versions: Vec<i32> = firm.rows().await.into_iter().map(|row| row.version).collect();
    assert_eq!(versions, (1..=landed as i32).collect::<Vec<_>>());
    assert!(landed >= 16, "conflicts are decided anew: {landed}");
    assert_eq!(
        refused(firm.send(Actor::Operator, currency("nothing")).await),
        "settings.invalid_value"
    );
}
