//! A mail server that is away, refuses or hangs up: nothing is lost, and nothing is sent twice but
//! what it had taken without saying so.

use std::collections::BTreeSet;

use commands::jobs::JobState;
use commands::jobs::table::{JobCounts, count};
use jiff::SignedDuration;

use super::Office;
use crate::mail::MailUrlError;
use crate::mail::outbox::Outbox;
use crate::mail::sink::Mood;

const QUARTER: SignedDuration = SignedDuration::from_mins(16);

async fn counts(office: &Office) -> JobCounts {
    let mut tx = office.tenant.tenants.begin(office.tenant.id).await.expect("the door");
    count(&mut tx, office.clock.now()).await.expect("the table")
}

#[tokio::test]
async fn mails_wait_in_sight_while_the_server_is_down_and_each_arrives_once_when_it_is_back() {
    let mut office = Office::new().await;
    let engine = office.engine(false);
    let member = office.member("Nova", "nova@example.com").await;
    let before = office.ask(member).await;
    office.run(&engine).await;
    office.sink.take_down().await;
    let mut asked = BTreeSet::from([before]);
    for _ in 0..6 {
        asked.insert(office.ask(member).await);
    }
    for _ in 0..3 {
        assert!(office.run(&engine).await > 0);
        assert_eq!(counts(&office).await, JobCounts { waiting: 6, dead: 0, mails: 6 });
        office.pass(QUARTER);
    }
    for job in asked.iter().filter(|job| **job != before) {
        let record = office.job(*job).await;
        assert_eq!(record.state, JobState::Waiting);
        assert_eq!(record.last_error.as_deref(), Some("the mail server can't be reached"));
    }
    assert_eq!(office.sink.caught().len(), 1);
    office.sink.bring_up().await.expect("the same port");
    office.pass(QUARTER);
    assert_eq!(office.run(&engine).await, 6);
    assert_eq!(counts(&office).await, JobCounts::default());
    office.pass(QUARTER);
    assert_eq!(office.run(&engine).await, 0);
    let names: Vec<String> =
        office.sink.caught().iter().filter_map(|mail| mail.header("Message-ID")).collect();
    assert_eq!(names.len(), 7);
    let expected: BTreeSet<String> =
        asked.iter().map(|job| format!("<{job}@crowd.example>")).collect();
    assert_eq!(names.into_iter().collect::<BTreeSet<_>>(), expected);
}

#[tokio::test]
async fn a_refusal_for_good_is_dead_at_once_with_its_code_and_one_for_now_is_tried_again() {
    let office = Office::new().await;
    let engine = office.engine(false);
    let member = office.member("Nova", "nova@example.com").await;
    for (mood, state, why) in [
        (Mood::Refuses(550), JobState::Dead, "the mail server refuses it with 550"),
        (Mood::RefusesAfterData(554), JobState::Dead, "the mail server refuses it with 554"),
        (Mood::Refuses(451), JobState::Waiting, "the mail server says 451"),
        (Mood::RefusesAfterData(452), JobState::Waiting, "the mail server says 452"),
        (Mood::Refuses(530), JobState::Waiting, "the mail server says 530"),
    ] {
        office.sink.set(mood);
        let job = office.ask(member).await;
        assert_eq!(office.run(&engine).await, 1, "{mood:?}");
        let record = office.job(job).await;
        assert_eq!((record.state, record.last_error.as_deref()), (state, Some(why)), "{mood:?}");
    }
    assert!(office.sink.caught().is_empty());
    office.sink.set(Mood::Takes);
    office.pass(QUARTER);
    assert_eq!(office.run(&engine).await, 3);
    assert_eq!(office.sink.caught().len(), 3);
    assert_eq!(counts(&office).await, JobCounts { waiting: 0, dead: 2, mails: 0 });
}

#[tokio::test]
async fn a_mail_taken_without_a_word_is_sent_again_under_the_same_name() {
    let office = Office::new().await;
    let engine = office.engine(false);
    let member = office.member("Nova", "nova@example.com").await;
    office.sink.set(Mood::CutsAfterData);
    let job = office.ask(member).await;
    office.run(&engine).await;
    assert_eq!(office.job(job).await.state, JobState::Waiting);
    office.sink.set(Mood::Takes);
    office.pass(QUARTER);
    assert_eq!(office.run(&engine).await, 1);
    assert_eq!(office.job(job).await.state, JobState::Done);
    let caught = office.sink.caught();
    let names: Vec<_> = caught.iter().map(|mail| mail.header("Message-ID")).collect();
    assert_eq!(
        names,
        [const { None }; 2].map(|_: Option<()>| Some(format!("<{job}@crowd.example>")))
    );
}

#[tokio::test]
async fn a_server_that_can_not_be_reached_is_left_alone_for_a_moment() {
    let mut office = Office::new().await;
    let engine = office.engine(false);
    let member = office.member("Nova", "nova@example.com").await;
    office.sink.take_down().await;
    office.ask(member).await;
    office.run(&engine).await;
    office.sink.bring_up().await.expect("the same port");
    let job = office.ask(member).await;
    office.run(&engine).await;
    assert_eq!(office.job(job).await.state, JobState::Waiting, "it is not asked so soon");
    assert!(office.sink.caught().is_empty());
    office.pass(SignedDuration::from_secs(16));
    office.run(&engine).await;
    assert_eq!(office.sink.caught().len(), 2);
}

#[test]
fn a_url_that_names_no_mail_server_is_an_error_that_repeats_no_password() {
    for url in ["", "mail.example.com", "http://u:secret@mail.example.com", "smtp://"] {
        let clock = commands::Clock::system();
        let refused = Outbox::smtp(url, clock).map(drop);
        assert_eq!(refused, Err(MailUrlError), "{url:?}");
    }
    assert!(!MailUrlError.to_string().contains("secret"));
}
