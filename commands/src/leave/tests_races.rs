//! How many requests get through where two hundred ask at once for what is enough for ten.

use std::collections::BTreeSet;

use domain::leave::LeaveMinutes;
use domain::log::Actor;
use jiff::ToSpan;
use jiff::civil::Date;

use super::AskForLeave;
use super::tests_requests::{LATER, Office, approve, days};
use crate::refused::CommandError;

/// Two hundred ask at once for days of which ten can be had.
async fn race(processes: usize) {
    let office = Office::new().await;
    let mut firms = Vec::new();
    for _ in 0..processes {
        firms.push(office.firm.in_another_process());
    }
    let asks = (0..200_i64).map(|n| {
        // Mondays to Fridays, each of them asked for by two.
        let day = n / 2;
        office.ask(days(LATER + (day / 5 * 7 + day % 5).days(), 1))
    });
    let asks: Vec<AskForLeave> = asks.collect();
    let sent = asks.iter().zip(firms.iter().cycle());
    let sent = sent.map(|(ask, firm)| firm.send(Actor::Member(office.member), ask.clone()));
    let outcomes = futures::future::join_all(sent).await;
    let mut granted = BTreeSet::new();
    for (ask, outcome) in asks.iter().zip(outcomes) {
        match outcome {
            Ok(_) => assert!(granted.insert(ask.request)),
            Err(CommandError::Conflict) => {}
            Err(CommandError::Refused(refused)) => {
                let named = ["leave.insufficient_balance", "leave.overlap"];
                assert!(named.contains(&refused.code.as_str()), "{refused:?}");
            }
            Err(other) => panic!("no way to lose: {other:?}"),
        }
    }
    let leave = office.leave().await;
    assert_eq!(leave.requests.keys().copied().collect::<BTreeSet<_>>(), granted);
    let taken = leave.requests.values().flat_map(|it| &it.days);
    let (days, minutes): (BTreeSet<Date>, Vec<_>) = taken.map(|it| (it.day, it.minutes)).unzip();
    assert_eq!((days.len(), minutes.len()), (granted.len(), granted.len()), "each day once");
    assert!((1..=10).contains(&granted.len()), "{}", granted.len());
    let left = 10 - granted.len();
    for request in granted {
        office.send(office.lead, approve(request)).await.expect("there is enough for each");
    }
    assert_eq!(office.balance().await, LeaveMinutes::of(480 * left as i64));
}

#[tokio::test]
async fn two_hundred_who_ask_at_once_never_take_more_than_there_is() {
    race(1).await;
}

#[tokio::test]
async fn two_processes_grant_no_more_between_them_than_there_is() {
    race(2).await;
}
