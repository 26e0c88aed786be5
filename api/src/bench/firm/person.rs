//! One member's days: when they begin, what they work on, when they are away. Their times never
//! overlap, for each entry begins where the one before has ended.

use jiff::ToSpan;
use jiff::civil::{Date, date};

use super::words::{self, NOTES, TAGS, TASKS};
use super::{MAIL_DOMAIN, Shape, ZONE, is_weekday};
use crate::demo::dice::Dice;

/// Where one member in ten works.
const ELSEWHERE: &str = "Europe/Lisbon";
/// The earliest minute of the day at which work begins.
const EARLIEST: u64 = 7 * 60 + 30;
/// The minute of the day at which night work begins.
const NIGHT: u64 = 22 * 60 + 30;

/// Somebody, with what their dice have in store.
#[derive(Debug)]
pub(super) struct Person {
    who: String,
    zone: &'static str,
    /// Whether they write down lengths only.
    lengths: bool,
    /// Client and which of its projects, the one they work on most first.
    projects: Vec<(usize, usize)>,
    /// First and last day of each absence.
    away: Vec<(Date, Date)>,
    dice: Dice,
}

impl Person {
    pub(super) fn of(shape: Shape, number: usize) -> Self {
        let seed = shape.seed.wrapping_mul(1_000_003).wrapping_add(number as u64 + 1);
        let mut dice = Dice::new(seed);
        let (name, mailbox) = words::person(number);
        let clients = shape.clients() as u64 - 1;
        // The first clients are about twice as large as the middle one.
        let client = |dice: &mut Dice| 1 + dice.roll(clients).min(dice.roll(clients)) as usize;
        let paid: Vec<_> =
            (0..4 + dice.roll(3)).map(|_| (client(&mut dice), dice.roll(3) as usize)).collect();
        // Everybody does something for the firm itself as well, but not much.
        let projects = paid.into_iter().chain([(0, number % 3)]).collect();
        let away = [14, 7, 7].map(|days: i64| {
            let first = date(shape.year, 1, 8) + (dice.roll(340) as i64).days();
            (first, first + (days - 1).days())
        });
        Person {
            who: format!("{mailbox}@{MAIL_DOMAIN},{name}"),
            zone: if number % 10 == 7 { ELSEWHERE } else { ZONE },
            lengths: number % 8 == 5,
            projects,
            away: away.to_vec(),
            dice,
        }
    }

    /// The lines of a day.
    pub(super) fn day(&mut self, day: Date) -> Vec<String> {
        if self.away.iter().any(|(first, last)| (*first..=*last).contains(&day)) {
            return Vec::new();
        }
        if !is_weekday(day) {
            // Now and then something is put live at night, when nobody else is there.
            let night = self.dice.roll(200) == 0;
            return if night { vec![self.night(day, NIGHT)] } else { Vec::new() };
        }
        let mut lines = Vec::new();
        let mut minute = EARLIEST + 5 * self.dice.roll(25);
        for nth in 0..5 + self.dice.roll(2) {
            // Lunch.
            minute += if nth == 2 { 30 + 5 * self.dice.roll(7) } else { 0 };
            minute += if self.dice.roll(4) == 0 { 5 * self.dice.roll(4) } else { 0 };
            let length = 30 + 5 * self.dice.roll(19);
            lines.push(self.line(day, minute, length));
            minute += length;
        }
        if self.dice.roll(150) == 0 {
            lines.push(self.night(day, NIGHT.max(minute)));
        }
        lines
    }

    /// Work that may go on over midnight.
    fn night(&mut self, day: Date, minute: u64) -> String {
        let length = 60 + 5 * self.dice.roll(22);
        self.line(day, minute, length)
    }

    /// A line of the file: `minute` counts from midnight, `length` is in minutes.
    fn line(&mut self, day: Date, minute: u64, length: u64) -> String {
        let dice = &mut self.dice;
        let most = self.projects.len() as u64;
        let (client, nth) = self.projects[dice.roll(most).min(dice.roll(most)) as usize];
        let task = dice.roll(TASKS.len() as u64) as usize;
        let paid = client > 0 && task + 1 < TASKS.len() && dice.roll(20) > 0;
        let note = match dice.roll(10) {
            0..7 => words::note(dice.roll(NOTES.0), dice.roll(NOTES.1)),
            _ => String::new(),
        };
        let tags = match dice.roll(8) {
            0 => (*dice.pick(&TAGS)).to_owned(),
            1 => {
                let first = dice.roll(TAGS.len() as u64 - 1) as usize;
                format!("\"{},{}\"", TAGS[first], TAGS[first + 1])
            }
            _ => String::new(),
        };
        let clock = |minute: u64| format!("{:02}:{:02}", minute / 60 % 24, minute % 60);
        let times = if !self.lengths && dice.roll(25) > 0 {
            format!("{},{},,,{}", clock(minute), clock(minute + length), self.zone)
        } else if dice.roll(2) == 0 {
            format!(",,{},,", length * 60)
        } else {
            format!(",,,{}:{:02},", length / 60, length % 60)
        };
        format!(
            "{},{},{},{},{day},{times},{},{note},{tags}",
            self.who,
            words::client(client),
            words::project(client, nth),
            TASKS[task],
            if paid { "yes" } else { "no" },
        )
    }
}
