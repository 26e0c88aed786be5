//! What an account says of itself.

use jiff::civil::{Date, date};

use super::*;
use crate::leave::policy::GrantRule;
use crate::leave::samples::account::{Account, YEARLY, carry, policy, upfront};

const DAYS: Shown = Shown { day: LeaveMinutes::of(480), unit: ShownIn::Days };

/// 15 days a year, of which six came over from 2025; 12 taken in 2026, five of them later.
fn account() -> Account {
    let rule = GrantRule { carry: carry(Some("6"), Some(6)), ..upfront("15") };
    Account::of(policy(YEARLY, vec![rule]), date(2025, 1, 1))
        .takes(date(2026, 2, 9), date(2026, 2, 13))
        .takes(date(2026, 7, 6), date(2026, 7, 7))
        .takes(date(2026, 10, 5), date(2026, 10, 9))
}

#[test]
fn an_explanation_names_every_part_of_a_balance_and_what_is_pending() {
    let ledger = account().through(date(2026, 12, 31));
    let day = date(2026, 7, 31);
    let why = explain(&ledger.postings, day, DAYS);
    assert_eq!((why.minutes, why.days.to_string()), (LeaveMinutes::of(13 * 480), "13".into()));
    assert_eq!(why.minutes, ledger.balance_on(day));
    assert_eq!(
        why.text,
        "The balance on 31 July 2026 is 13 days: \
         + 15 days granted as statutory leave of the cycle from 1 January 2025, 1 January 2025; \
         + 15 days granted as statutory leave of the cycle from 1 January 2026, 1 January 2026; \
         - 6 days moved out of statutory leave of the cycle from 1 January 2025, 1 January 2026; \
         + 6 days brought into statutory leave carried over from the cycle from 1 January 2025 \
         (until 30 June 2026), 1 January 2026; \
         - 9 days lapsed of statutory leave of the cycle from 1 January 2025, 1 January 2026; \
         - 5 days taken from statutory leave carried over from the cycle from 1 January 2025 \
         (until 30 June 2026), 9 February 2026 to 13 February 2026; \
         - 1 day lapsed of statutory leave carried over from the cycle from 1 January 2025 \
         (until 30 June 2026), 1 July 2026; \
         - 2 days taken from statutory leave of the cycle from 1 January 2026, \
         6 July 2026 to 7 July 2026. \
         Approved for later and not off it yet: 5 days taken from statutory leave of the cycle \
         from 1 January 2026, 5 October 2026 to 9 October 2026."
    );
    assert_eq!((why.lines.len(), why.pending.len(), why.pending[0].postings), (8, 1, 5));
}

#[test]
fn the_lines_add_up_to_the_balance_on_every_day() {
    let ledger = account().through(date(2026, 12, 31));
    let mut day = date(2024, 12, 31);
    while day <= date(2026, 12, 31) {
        let why = explain(&ledger.postings, day, DAYS);
        let sum: LeaveMinutes = why.lines.iter().map(|line| line.minutes).sum();
        assert_eq!((sum, why.minutes), (ledger.balance_on(day), sum), "{day}");
        day = day.tomorrow().unwrap();
    }
}

#[test]
fn a_sentence_tells_what_a_posting_did_why_and_by_which_figures() {
    let ledger = account().through(date(2026, 7, 6));
    let of = |kind: PostingKind, effective: Date| {
        let found = ledger.postings.iter().rfind(|it| it.kind == kind && it.effective == effective);
        sentence(found.expect("it's posted"), DAYS)
    };
    assert_eq!(
        of(PostingKind::Grant, date(2026, 1, 1)),
        "1 January 2026: 15 days granted as statutory leave of the cycle from 1 January 2026, \
         for 1 January 2026 to 31 December 2026 (15 days x 480 minutes)."
    );
    assert_eq!(
        of(PostingKind::Expire, date(2026, 7, 1)),
        "1 July 2026: 1 day lapsed of statutory leave carried over from the cycle from \
         1 January 2025 (until 30 June 2026), as it could be taken until 30 June 2026 \
         (480 minutes were left on 2026-06-30)."
    );
    let mut taken_back = ledger.postings.last().expect("a take").clone();
    (taken_back.kind, taken_back.reverses) = (PostingKind::Correct, Some(7));
    taken_back.minutes = -taken_back.minutes;
    assert_eq!(
        sentence(&taken_back, DAYS),
        "6 July 2026: posting 7 is taken back, as it no longer holds: +1 day, statutory leave of \
         the cycle from 1 January 2026."
    );
}

#[test]
fn amounts_are_told_in_the_unit_of_their_kind() {
    let hours = Shown { unit: ShownIn::Hours, ..DAYS };
    assert_eq!(hours.amount(LeaveMinutes::of(-90)), "1.5 hours");
    assert_eq!(hours.signed(LeaveMinutes::of(60)), "1 hour");
    assert_eq!(DAYS.signed(LeaveMinutes::of(-480)), "-1 day");
    let nothing = explain(&[], date(2026, 1, 1), hours);
    assert_eq!(
        nothing.text,
        "The balance on 1 January 2026 is 0 hours, as nothing has been granted or taken by then."
    );
}
