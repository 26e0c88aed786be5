//! The lines of an invoice, each with what it's made of: its entries in the version that was
//! billed, how their time was rounded, at which rate, and whose rule and rate those are.

use std::collections::BTreeMap;

use domain::billing::lines::Line;
use domain::billing::sealed::{RateSource, RuleSource, SealedEntry, SealedLine};
use domain::billing::{Lot, ReservedEntry};
use domain::catalogue::rates::{RateScope, RateUnit};
use domain::catalogue::rounding_rules::RuleScope;
use domain::id::{EntryId, MemberId, ProjectId, TaskId};
use domain::time::Rounding;
use jiff::tz::TimeZone;

use super::disputes::{DisputeShown, disputes_of};
use super::marks::{Cell, Row, mark, number};
use super::words::{amount, hours, moment, reduction, rounding, short_day};
use crate::http::billing::names::{LineWords, Names};
use crate::http::billing::origin::{Origins, Step};
use crate::http::billing::view::InvoiceView;

/// A line, closed and open.
#[derive(Debug, Clone)]
pub(crate) struct LineShown {
    /// 1, 2, 3, …
    pub(crate) n: u32,
    /// What it's about, how it came to be, and what it comes to.
    pub(crate) head: Row,
    /// Why it has no price.
    pub(crate) warning: Option<String>,
    /// Where rate, rounding and reductions come from.
    pub(crate) sources: Vec<Row>,
    /// What is in it.
    pub(crate) entries: Vec<EntryShown>,
    /// What the client disputes or disputed of it.
    pub(crate) disputes: Vec<DisputeShown>,
    /// All their seconds.
    pub(crate) recorded: String,
    /// What is billed of it.
    pub(crate) billed: String,
}

/// An entry in a line.
#[derive(Debug, Clone)]
pub(crate) struct EntryShown {
    /// The entry.
    pub(crate) id: String,
    /// The day of the work.
    pub(crate) day: String,
    /// Who worked.
    pub(crate) member: String,
    /// On what, doing what.
    pub(crate) task: String,
    /// Its time in this line, as recorded.
    pub(crate) recorded: String,
    /// The version that was approved and billed.
    pub(crate) version: u32,
    /// Where its own rate or rounding came from, where that is not the line's.
    pub(crate) apart: Vec<String>,
    /// Who made this version of it.
    pub(crate) made: Option<StepShown>,
    /// Who approved it, at last.
    pub(crate) approved: Option<StepShown>,
}

/// A step that an entry took.
#[derive(Debug, Clone)]
pub(crate) struct StepShown {
    /// Who took it, as they were called then.
    pub(crate) who: String,
    /// When, in words.
    pub(crate) when: String,
    /// Where it stands in the log.
    pub(crate) position: i64,
}

impl LineShown {
    /// The lines at the moment of the view.
    pub(super) fn all(view: &InvoiceView, names: &Names) -> Vec<Self> {
        let held: BTreeMap<Lot, &ReservedEntry> =
            view.entries.iter().map(|entry| (entry.lot(), entry)).collect();
        let disputes = view.disputes();
        let mut lines: Vec<Self> = match &view.document {
            Some(sealed) => {
                let lines = sealed.lines.iter();
                lines.map(|line| of_sealed(line, &sealed.currency, &held, names)).collect()
            }
            None => {
                let words = names.of_lines(&view.entries);
                view.lines.iter().map(|line| of_draft(line, view, names, &words)).collect()
            }
        };
        number(lines.iter_mut().map(|line| &mut line.head));
        for line in &mut lines {
            line.disputes = disputes_of(&disputes, line.n);
        }
        lines
    }

    /// Adds who made and who approved each entry.
    pub(super) fn add_steps(lines: &mut [Self], origins: &Origins, zone: &TimeZone) {
        for entry in lines.iter_mut().flat_map(|line| &mut line.entries) {
            let Ok(id) = entry.id.parse() else { continue };
            let version = entry.version;
            let steps = origins.steps(EntryId(id)).iter().filter(|it| it.version == version);
            let last = |is: fn(Step) -> bool| {
                let stepped = steps.clone().rfind(|it| is(it.step))?;
                let who = stepped.by.and_then(|by| origins.member(by));
                Some(StepShown {
                    who: who.unwrap_or("nobody who is known").to_owned(),
                    when: moment(stepped.recorded_at, zone),
                    position: stepped.position,
                })
            };
            entry.made =
                last(|step| matches!(step, Step::Recorded | Step::Revised | Step::Reversed));
            entry.approved = last(|step| step == Step::Approved);
        }
    }

    /// Whether its entries differ in their work, or in what it's priced by; else the line says it.
    pub(crate) fn shows_work(&self) -> bool {
        let differs =
            |entry: &EntryShown| !entry.apart.is_empty() || entry.task != self.entries[0].task;
        self.entries.iter().any(differs)
    }

    /// Marks what was not so before.
    pub(super) fn mark_all(lines: &mut [Self], before: &[Self]) {
        for line in lines {
            let mut head = vec![std::mem::take(&mut line.head)];
            let old = before.iter().find(|old| old.head.key == head[0].key);
            mark(&mut head, old.map_or(&[], |old| std::slice::from_ref(&old.head)));
            line.head = head.swap_remove(0);
            let old: &[Row] = old.map_or(&[], |old| &old.sources);
            if !line.head.came {
                mark(&mut line.sources, old);
            }
        }
    }
}

/// Whose names lines and their entries are shown by.
pub(super) fn named(view: &InvoiceView) -> (Vec<ProjectId>, Vec<TaskId>, Vec<MemberId>) {
    let entries = || view.entries.iter();
    let (mut projects, mut tasks, mut members): (Vec<_>, Vec<_>, Vec<_>) = (
        entries().map(|it| it.project).collect(),
        entries().map(|it| it.task).collect(),
        entries().map(|it| it.member).collect(),
    );
    let sealed = view.document.iter().flat_map(|document| &document.lines);
    for scope in sealed.map(|line| line.rate_source.scope) {
        projects.extend(scope.project);
        tasks.extend(scope.task);
        members.extend(scope.member);
    }
    (projects, tasks, members)
}

fn of_sealed(
    line: &SealedLine,
    currency: &str,
    held: &BTreeMap<Lot, &ReservedEntry>,
    names: &Names,
) -> LineShown {
    // The document may not name who worked; the firm knows.
    let who = match &line.who {
        Some(who) => who.get().cloned(),
        None => names.who(&line.key),
    };
    let about = match (&*line.description, who) {
        ("", who) => who.unwrap_or_else(|| "[erased]".to_owned()),
        (text, Some(who)) => format!("{text}, {who}"),
        (text, None) => text.to_owned(),
    };
    let price = Price {
        rounded: line.rounded_seconds,
        quantity: &line.quantity,
        unit: line.unit,
        unit_minor: Some(line.unit_price_minor),
        minor: Some(line.amount_minor),
        currency,
    };
    let mut sources = vec![
        Row::of("Rate", [rate_source(&line.rate_source, names)]),
        Row::of("Rounding", [rule(line.rounding, &line.rounding_source, names)]),
        Row::of("VAT", [format!("{}\u{a0}%, {}", line.tax.percent, line.tax.category.words())]),
    ];
    if let Some(discount) = line.discount {
        let text = format!(
            "{} = {}",
            reduction(discount.reduction, currency),
            amount(discount.amount_minor, currency)
        );
        sources.push(Row::of("Discount", [text]));
    }
    let entries = line.entries.iter();
    LineShown {
        n: line.n,
        head: price.head(format!("{:?}", line.key), about),
        warning: None,
        sources,
        entries: entries.filter_map(|entry| of_entry(entry, held, names)).collect(),
        disputes: Vec::new(),
        recorded: hours(line.seconds),
        billed: hours(line.rounded_seconds),
    }
}

fn of_entry(
    entry: &SealedEntry,
    held: &BTreeMap<Lot, &ReservedEntry>,
    names: &Names,
) -> Option<EntryShown> {
    let reserved = held.get(&entry.lot())?;
    let rate = entry.rate_source.iter().map(|it| format!("rate {}", rate_source(it, names)));
    let rule =
        entry.rounding_source.iter().map(|it| format!("rounding {}", rule_source(it, names)));
    Some(EntryShown {
        apart: rate.chain(rule).collect(),
        recorded: hours(entry.seconds),
        version: entry.version,
        ..shown(reserved, names)
    })
}

fn shown(entry: &ReservedEntry, names: &Names) -> EntryShown {
    EntryShown {
        id: entry.entry.to_string(),
        day: short_day(entry.day),
        member: names.member(entry.member),
        task: format!("{}: {}", names.project(entry.project), names.task(entry.task)),
        recorded: hours(entry.seconds),
        version: entry.version,
        apart: Vec::new(),
        made: None,
        approved: None,
    }
}

fn of_draft(line: &Line, view: &InvoiceView, names: &Names, words: &LineWords<'_>) -> LineShown {
    let currency = &*view.drafted.currency;
    let of_line: Vec<&ReservedEntry> =
        view.entries.iter().filter(|entry| line.entries.contains(&entry.entry)).collect();
    let price = Price {
        rounded: line.rounded_seconds,
        quantity: &line.quantity,
        unit: line.rate.as_ref().map_or(RateUnit::Hour, |rate| rate.unit),
        unit_minor: line.unit_price_minor,
        minor: line.net_minor,
        currency,
    };
    let about = match words.who(line) {
        Some(who) => format!("{}, {who}", words.said(line)),
        None => words.said(line),
    };
    let book = view.book.as_ref().map(|book| book.book());
    let sources = of_line.first().zip(book);
    let sources = sources.and_then(|(entry, book)| book.sources(view.drafted.client, entry));
    let sources = sources.map(|from| {
        vec![
            Row::of("Rate", [rate_source(&from.rate, names)]),
            Row::of("Rounding", [rule(line.rounding, &from.rounding, names)]),
        ]
    });
    LineShown {
        n: line.n,
        head: price.head(format!("{:?}", line.key), about),
        warning: line.warning.as_ref().map(|warning| warning.code().to_owned()),
        sources: sources.unwrap_or_default(),
        entries: of_line.into_iter().map(|entry| shown(entry, names)).collect(),
        disputes: Vec::new(),
        recorded: hours(line.seconds),
        billed: hours(line.rounded_seconds),
    }
}

/// How a line comes to its amount.
struct Price<'a> {
    rounded: i64,
    quantity: &'a str,
    unit: RateUnit,
    unit_minor: Option<i64>,
    minor: Option<i64>,
    currency: &'a str,
}

impl Price<'_> {
    fn head(&self, key: String, about: String) -> Row {
        let per = match self.unit {
            RateUnit::Hour => "per hour",
            RateUnit::Day => "per day",
        };
        let rounded = hours(self.rounded);
        let how = match self.unit_minor {
            Some(minor) => {
                let price = amount(minor, self.currency);
                let quantity = match self.unit {
                    RateUnit::Hour => String::new(),
                    RateUnit::Day => {
                        format!(" = {}\u{a0}days", self.quantity.trim_end_matches('0'))
                    }
                };
                format!("{rounded}\u{a0}h{quantity} \u{d7} {price} {per}")
            }
            None => format!("{rounded}\u{a0}h, no price"),
        };
        let total = self.minor.map_or("–".to_owned(), |minor| amount(minor, self.currency));
        Row { key, ..Row::of("", [about, how, total]) }
    }
}

fn since(from: Option<jiff::civil::Date>) -> String {
    from.map_or_else(String::new, |from| format!(", from {}", short_day(from)))
}

fn rate_source(source: &RateSource, names: &Names) -> String {
    let RateScope { member, project, task, client } = source.scope;
    let mut of: Vec<String> = Vec::new();
    of.extend(member.map(|id| names.member(id)));
    of.extend(project.map(|id| names.project(id)));
    of.extend(task.map(|id| names.task(id)));
    of.extend(client.map(|_| "this client".to_owned()));
    let of = if of.is_empty() { "the whole firm".to_owned() } else { of.join(", ") };
    format!("of {of}{}", since(source.from))
}

fn rule(applied: Rounding, source: &RuleSource, names: &Names) -> String {
    format!("{}, {}", rounding(applied), rule_source(source, names))
}

fn rule_source(source: &RuleSource, names: &Names) -> String {
    let of = match source.scope {
        None => "the firm\u{2019}s settings".to_owned(),
        Some(RuleScope::Client(_)) => "this client".to_owned(),
        Some(RuleScope::Project(id)) => names.project(id),
        Some(RuleScope::Task(id)) => names.task(id),
    };
    format!("by {of}{}", since(source.from))
}

/// How a line's amount is made, for those who read only one cell of it.
pub(super) fn sum_of(lines: &[LineShown]) -> Cell {
    let entries: usize = lines.iter().map(|line| line.entries.len()).sum();
    super::words::count(entries, "entry", "entries").into()
}
