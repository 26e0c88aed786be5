//! What an invoice is sealed from, read from streams: the rates, rules and settings that apply to
//! its entries, the names in its lines, and what is known of the client. A read model is never
//! asked, and nothing of it may have moved when the invoice lands.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use domain::billing::billing_profile::{BillingProfile, profile_stream};
use domain::billing::gathered::{Gathered, seal_facts};
use domain::billing::lines::{Line, LineKey};
use domain::billing::seal::{PricedLine, SealFacts, seal};
use domain::billing::shown::ShownInvoice;
use domain::billing::terms_book::{TermsBook, work_of};
use domain::billing::wording::{LineNames, described};
use domain::billing::{Drafted, GroupBy};
use domain::catalogue::rates::RateScope;
use domain::catalogue::rounding_rules::RuleScope;
use domain::catalogue::{Client, Project, RateCard, RoundingRule, client_stream, project_stream};
use domain::id::{EntryId, MemberId, ProjectId, StreamId, TaskId};
use domain::log::{ClaimKey, ClaimKind};
use domain::members::{Member, member_stream};
use domain::personal::Personal;
use domain::settings::{Settings, settings_stream};
use domain::time::{Entry, Span, Timesheet};
use jiff::civil::Date;

use super::settings_today;
use crate::refused::CommandError;
use crate::unit::{Loaded, Stream, Unit};

/// Rate cards, rounding rules and settings that apply to a draft.
struct Book {
    cards: BTreeMap<RateScope, RateCard>,
    rules: BTreeMap<RuleScope, RoundingRule>,
    settings: Arc<Settings>,
}

impl Book {
    async fn of(unit: &mut Unit<'_>, draft: &Drafted) -> Result<Self, CommandError> {
        let settings = unit.read::<Settings>(settings_stream()).await?.state;
        let (mut rates, mut rules) = (BTreeSet::new(), BTreeSet::new());
        let mut seen = BTreeSet::new();
        for entry in &draft.entries {
            if seen.insert((entry.member, entry.project, entry.task)) {
                let work = work_of(draft.client, entry);
                rates.extend(RateScope::candidates(&work));
                rules.extend(RuleScope::candidates(&work));
            }
        }
        let cards = scoped::<RateCard, _>(unit, rates, RateScope::stream).await?;
        let rules = scoped::<RoundingRule, _>(unit, rules, RuleScope::stream).await?;
        Ok(Book { cards, rules, settings })
    }

    fn terms(&self) -> TermsBook<'_> {
        TermsBook { cards: &self.cards, rules: &self.rules, settings: &self.settings }
    }
}

/// The states of those of these scopes that have one. That the others have none is rested on too: a
/// rate that is set meanwhile would be in the log before the invoice that does not know it.
async fn scoped<A: Stream + Default, S: Ord>(
    unit: &mut Unit<'_>,
    scopes: BTreeSet<S>,
    stream_of: impl Fn(&S) -> StreamId,
) -> Result<BTreeMap<S, A>, CommandError> {
    let mut by_stream: BTreeMap<StreamId, S> =
        scopes.into_iter().map(|scope| (stream_of(&scope), scope)).collect();
    let streams: Vec<StreamId> = by_stream.keys().copied().collect();
    let begun = unit.begun(&streams).await?;
    let loaded = unit.peek_many::<A>(&begun).await?;
    let mut states = BTreeMap::new();
    for it in loaded {
        unit.rest_on(&it);
        if let Some(scope) = by_stream.remove(&it.stream) {
            states.insert(scope, A::clone(&it.state));
        }
    }
    for stream in by_stream.into_keys() {
        unit.rest_on(&Loaded::<A> { stream, version: 0, state: Arc::default() });
    }
    Ok(states)
}

/// The lines of a draft as they are priced now.
pub(super) async fn draft_lines(
    unit: &mut Unit<'_>,
    draft: &Drafted,
) -> Result<Vec<Line>, CommandError> {
    let book = Book::of(unit, draft).await?;
    let entries = entries(unit, draft, &book).await?;
    Ok(lines(draft, &book, &entries))
}

fn lines(draft: &Drafted, book: &Book, entries: &BTreeMap<EntryId, Entry>) -> Vec<Line> {
    let span = |id: &EntryId| -> Option<(EntryId, Span)> {
        let entry = entries.get(id)?;
        // Time taken back is rounded like the time it takes back.
        let measured = entry.reverses.map_or(Some(entry), |other| entries.get(&other))?;
        Some((*id, measured.worked.span.clone()?))
    };
    let spans = draft.entries.iter().filter_map(|it| span(&it.entry)).collect();
    let Drafted { client, group_by, currency, .. } = draft;
    book.terms().lines_of(*client, &draft.entries, *group_by, currency, &spans)
}

/// The entries of a draft as they were recorded, and those that they take back; nothing where
/// neither notes nor ends are asked for. They can't change while an invoice holds them.
async fn entries(
    unit: &mut Unit<'_>,
    draft: &Drafted,
    book: &Book,
) -> Result<BTreeMap<EntryId, Entry>, CommandError> {
    let mut found = BTreeMap::new();
    let ends = book.terms().asks_for_ends();
    if !ends && draft.group_by != GroupBy::Entry {
        return Ok(found);
    }
    let mut wanted: BTreeSet<EntryId> = draft.entries.iter().map(|it| it.entry).collect();
    while !wanted.is_empty() {
        let keys: Vec<ClaimKey> =
            wanted.iter().map(|id| ClaimKey::id(ClaimKind::Entry, *id)).collect();
        let held = unit.held_many(&keys).await?;
        let sheets: BTreeSet<StreamId> = held.into_iter().map(|(_, held)| held.holder).collect();
        let sheets: Vec<StreamId> = sheets.into_iter().collect();
        let mut others = BTreeSet::new();
        for sheet in unit.peek_many::<Timesheet>(&sheets).await? {
            for (id, entry) in sheet.state.entries.iter().filter(|(id, _)| wanted.contains(id)) {
                others.extend(entry.reverses);
                found.insert(*id, entry.clone());
            }
        }
        wanted = others.into_iter().filter(|id| ends && !found.contains_key(id)).collect();
    }
    Ok(found)
}

/// What the lines of a draft are described by.
struct Names {
    projects: BTreeMap<ProjectId, Arc<Project>>,
    members: BTreeMap<MemberId, Arc<Member>>,
    works: BTreeMap<EntryId, (ProjectId, TaskId)>,
}

impl Names {
    async fn of(unit: &mut Unit<'_>, draft: &Drafted) -> Result<Self, CommandError> {
        let entries = &draft.entries;
        let projects = entries.iter().map(|it| it.project);
        let projects = states::<Project, _>(unit, projects, project_stream).await?;
        let by_member = draft.group_by == GroupBy::Member;
        let members = entries.iter().map(|it| it.member).filter(|_| by_member);
        let members = states::<Member, _>(unit, members, member_stream).await?;
        let works = entries.iter().map(|it| (it.entry, (it.project, it.task))).collect();
        Ok(Names { projects, members, works })
    }
}

/// The states of these, each of which the decision rests on.
async fn states<A: Stream, I: Ord + Copy>(
    unit: &mut Unit<'_>,
    ids: impl Iterator<Item = I>,
    stream_of: impl Fn(I) -> StreamId,
) -> Result<BTreeMap<I, Arc<A>>, CommandError> {
    let ids: BTreeSet<I> = ids.collect();
    let streams: Vec<StreamId> = ids.iter().map(|id| stream_of(*id)).collect();
    let loaded = unit.peek_many::<A>(&streams).await?;
    loaded.iter().for_each(|it| unit.rest_on(it));
    Ok(ids.into_iter().zip(loaded.into_iter().map(|it| it.state)).collect())
}

impl LineNames for Names {
    fn project(&self, id: ProjectId) -> String {
        self.projects.get(&id).map_or_else(|| id.to_string(), |project| project.name.clone())
    }

    fn task(&self, id: TaskId) -> String {
        let mut tasks = self.projects.values().filter_map(|project| project.tasks.get(&id));
        tasks.next().map_or_else(|| id.to_string(), |task| task.name.clone())
    }

    fn work_of(&self, entry: EntryId) -> Option<(ProjectId, TaskId)> {
        self.works.get(&entry).copied()
    }
}

/// The facts that a draft is sealed from on a day, under this number. `firm` is what the firm is
/// called where no legal name was set.
pub(super) async fn facts(
    unit: &mut Unit<'_>,
    draft: &Drafted,
    firm: &str,
    number: &str,
    issued_on: Date,
) -> Result<SealFacts, CommandError> {
    let book = Book::of(unit, draft).await?;
    let entries = entries(unit, draft, &book).await?;
    let names = Names::of(unit, draft).await?;
    let client = unit.read::<Client>(client_stream(draft.client)).await?;
    let profile = unit.read::<BillingProfile>(profile_stream(draft.client)).await?;
    let priced = |line: Line| PricedLine {
        description: described(&line, &names),
        who: who(&line.key, &names),
        note: match line.key {
            LineKey::Entry { entry, .. } => entries.get(&entry).and_then(|it| it.note.clone()),
            LineKey::Task { .. } | LineKey::Member { .. } | LineKey::Day { .. } => None,
        },
        line,
    };
    let known_as = client.state.name.as_ref().and_then(Personal::get);
    Ok(seal_facts(Gathered {
        settings: &book.settings,
        firm,
        client: draft.client,
        client_name: known_as.map_or("", |name| &name.text),
        profile: &profile.state.profile,
        number: number.to_owned(),
        issued_on,
        lines: lines(draft, &book, &entries).into_iter().map(priced).collect(),
        sources: book.terms().sources_of(draft.client, &draft.entries),
    }))
}

/// What a client is shown of an invoice: what was sealed, or what a draft comes to today.
pub(super) async fn shown(
    unit: &mut Unit<'_>,
    drafted: &Drafted,
) -> Result<ShownInvoice, CommandError> {
    if let Some(issued) = &drafted.issued {
        return Ok(ShownInvoice::of_sealed(&issued.sealed));
    }
    let (_, today) = settings_today(unit).await?;
    // Neither the firm's name nor a number is among what is shown here.
    let facts = facts(unit, drafted, "", "", today).await?;
    Ok(match seal(drafted, &facts) {
        Ok(sealed) => ShownInvoice::of_sealed(&sealed),
        Err(_) => {
            let lines = facts.lines.iter().map(|it| (&it.line, it.description.clone()));
            ShownInvoice::of_lines(&drafted.currency, &drafted.entries, lines)
        }
    })
}

fn who(key: &LineKey, names: &Names) -> Option<Personal<String>> {
    match key {
        LineKey::Member { member } => names.members.get(member)?.name.clone(),
        LineKey::Task { .. } | LineKey::Day { .. } | LineKey::Entry { .. } => None,
    }
}
