//! The review of one invoice: the document, the lines with what they are made of, and all that
//! happened, at any moment that it has been through. What a moment changed is marked.

use std::collections::BTreeSet;

use askama::Template;
use axum::http::StatusCode;
use domain::billing::InvoiceState;
use domain::id::{ClientId, InvoiceId};
use domain::members::{Action, Object};
use domain::money::Money;
use jiff::tz::TimeZone;
use projections::billing::price_book::PriceBook;
use projections::catalogue::client;
use schemars::JsonSchema;
use serde::Deserialize;

use super::super::inside::{Around, Inside};
use super::super::{Shown, page};
use super::disputes::{DisputeShown, elsewhere, other_agreement};
use super::lines::{LineShown, named};
use super::moments::{Fact, Slider, facts, with_facts};
use super::sheet::Sheet;
use super::timeline::{Happened, actors, timeline, who};
use super::words::period;
use crate::http::billing::names::Names;
use crate::http::billing::origin::{Cut, Origins};
use crate::http::billing::view::{InvoiceView, invoice_view};
use crate::http::call::About;
use crate::http::files::caller_may;
use crate::http::members::ById;
use crate::http::personal;
use crate::http::problem::Problem;

/// The most entries whose story is told on one page; of more, one line at a time.
const ENTRIES_MAX: usize = 150;

/// Which moment of the slider, where it's moved without a script.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct AtMoment {
    /// 1, 2, 3, …; as many as there are is now.
    moment: Option<usize>,
    /// The line that is open.
    line: Option<u32>,
}

#[derive(Template)]
#[template(path = "pages/invoices/review.html")]
struct ReviewPage {
    around: Around,
    id: String,
    title: String,
    badge: Badge,
    client: String,
    period: String,
    due: String,
    slider: Slider,
    sheet: Sheet,
    lines: Vec<LineShown>,
    open: u32,
    /// Whether each line is opened by itself, because there are so many.
    one_by_one: bool,
    made_of: String,
    happened: Vec<Happened>,
    /// What the client disputes of lines that are not there any more.
    elsewhere: Vec<DisputeShown>,
    /// That the client agreed to something else; empty where it did not.
    other_agreement: String,
    /// Why a draft can't be issued as it is.
    obstacles: Vec<String>,
    can: Can,
}

/// How far it has come, in a word.
struct Badge {
    class: &'static str,
    text: &'static str,
}

/// What the reader may do with it now.
#[derive(Default)]
struct Can {
    issue: bool,
    incomplete: bool,
    send: bool,
    /// What is due, as it's typed; none where nothing is.
    pay: Option<String>,
    currency: String,
    void: bool,
    today: String,
    /// The tag of what the page shows, which forms are meant for.
    seen: String,
}

/// What does not depend on the moment.
struct Frame {
    now: InvoiceView,
    facts: Vec<Fact>,
    client: String,
    zone: TimeZone,
    names: Names,
}

/// `GET /invoices/{id}`.
pub(in super::super) async fn review(mut inside: Inside<ById, AtMoment>) -> Result<Shown, Problem> {
    let id = InvoiceId(inside.call.path.id);
    let asked = inside.call.about.as_of.take();
    let frame = frame(&inside, id).await?;
    let positions = positions(&frame);
    let at = asked.or_else(|| at_moment(inside.call.query.moment, &positions));
    let line = inside.call.query.line;
    let mut drawn = drawn(&mut inside.call.about, id, &frame, &positions, at).await?;
    with_steps(&inside, &frame, &mut drawn.lines, (drawn.cut, line)).await?;
    inside.call.about.as_of = None;
    let around = inside.around().await?;
    let page_of = page_of(&inside, &frame, at, drawn, around);
    page(StatusCode::OK, &page_of)
}

/// The position of a moment of the slider; none of the last one, which is now.
fn at_moment(moment: Option<usize>, positions: &[i64]) -> Option<i64> {
    let index = moment?.checked_sub(1)?;
    (index + 1 < positions.len()).then(|| positions[index])
}

fn positions(frame: &Frame) -> Vec<i64> {
    let told = frame.now.told.iter().map(|told| told.position);
    let mut all: Vec<i64> = told.chain(frame.facts.iter().map(|fact| fact.position)).collect();
    all.sort_unstable();
    all
}

async fn frame(about: &About, id: InvoiceId) -> Result<Frame, Problem> {
    let now = invoice_view(about, id).await?;
    let facts = facts(about, &now).await?;
    let (projects, tasks, mut members) = named(&now);
    members.extend(actors(&now.told));
    members.extend(facts.iter().filter_map(|fact| match fact.actor {
        domain::log::Actor::Member(member) => Some(member),
        domain::log::Actor::Operator | domain::log::Actor::System | domain::log::Actor::Visitor => {
            None
        }
    }));
    let mut tx = about.tx().await?;
    let names = Names::load(about, &mut tx, projects, tasks, members).await?;
    let client = client_name(about, &mut tx, now.drafted.client).await?;
    let book = PriceBook::shared(&mut tx).await?;
    tx.commit().await?;
    let today = about.now().to_zoned(TimeZone::UTC).date();
    let zone = TimeZone::get(book.settings().time_zone(today)).unwrap_or(TimeZone::UTC);
    Ok(Frame { now, facts, client, zone, names })
}

async fn client_name(
    about: &About,
    tx: &mut migrations::TenantTx,
    id: ClientId,
) -> Result<String, Problem> {
    let row = client::find(tx, id).await?;
    let name = row.as_ref().and_then(|row| row.name.as_ref());
    personal::load(&about.keys, tx, name).await?;
    Ok(personal::unique_text(&about.keys, name).unwrap_or_else(|| id.to_string()))
}

/// An invoice as it's drawn at a moment.
struct Drawn {
    sheet: Sheet,
    lines: Vec<LineShown>,
    elsewhere: Vec<DisputeShown>,
    other_agreement: String,
    /// Up to where its entries are told of.
    cut: i64,
    state: InvoiceState,
}

/// The document and its lines at a moment, with what that moment changed; of now nothing is marked.
async fn drawn(
    about: &mut About,
    id: InvoiceId,
    frame: &Frame,
    positions: &[i64],
    at: Option<i64>,
) -> Result<Drawn, Problem> {
    let firm = about.tenant.name.clone();
    let draw = |view: &InvoiceView| Drawn {
        sheet: Sheet::of(view, &firm, &frame.client),
        lines: LineShown::all(view, &frame.names),
        elsewhere: elsewhere(view),
        other_agreement: other_agreement(view),
        cut: view.issued_at().or(at).unwrap_or(i64::MAX),
        state: view.drafted.state,
    };
    let Some(at) = at else { return Ok(draw(&frame.now)) };
    about.as_of = Some(at);
    let mut then = draw(&invoice_view(about, id).await?);
    // The last moment that is shown is compared with the one before it.
    let shown = positions.iter().filter(|position| **position <= at).count();
    let Some(before) = shown.checked_sub(2).map(|n| positions[n]) else {
        return Ok(then);
    };
    about.as_of = Some(before);
    let old = draw(&invoice_view(about, id).await?);
    LineShown::mark_all(&mut then.lines, &old.lines);
    Ok(Drawn { sheet: then.sheet.marked(&old.sheet), ..then })
}

/// Adds who made and who approved each entry, as the log has it up to a cut: of all lines, or of
/// many entries only those of the line that is open.
async fn with_steps(
    about: &About,
    frame: &Frame,
    lines: &mut [LineShown],
    (cut, open): (i64, Option<u32>),
) -> Result<(), Problem> {
    let all = !are_many(lines);
    let lines = match lines.iter().position(|line| Some(line.n) == open) {
        _ if all => lines,
        Some(n) => &mut lines[n..=n],
        None => return Ok(()),
    };
    let shown: BTreeSet<&str> =
        lines.iter().flat_map(|line| &line.entries).map(|entry| &*entry.id).collect();
    let entries = frame.now.entries.iter().copied();
    let held: Vec<_> = entries.filter(|it| shown.contains(&*it.entry.to_string())).collect();
    let cut = Cut { story: cut, facts: cut };
    let origins = Origins::load(about, frame.now.drafted.client, &held, cut).await?;
    LineShown::add_steps(lines, &origins, &frame.zone);
    Ok(())
}

/// Whether there are more entries than are looked up for one page.
fn are_many(lines: &[LineShown]) -> bool {
    lines.iter().map(|line| line.entries.len()).sum::<usize>() > ENTRIES_MAX
}

fn page_of(
    inside: &Inside<ById, AtMoment>,
    frame: &Frame,
    at: Option<i64>,
    drawn: Drawn,
    around: Around,
) -> ReviewPage {
    let Drawn { sheet, lines, elsewhere, other_agreement, state, .. } = drawn;
    let Frame { now, facts, client, zone, names } = frame;
    let (id, drafted) = (inside.call.path.id, &now.drafted);
    let path = format!("/invoices/{id}");
    let mut happened = timeline(&now.told, names, zone, &path, at);
    let by = |actor: &domain::log::Actor| who(actor, names);
    with_facts(&mut happened, facts, by, zone, (&path, at));
    let number = drafted.issued.as_ref().map(|issued| issued.sealed.number.clone());
    let today = inside.now().to_zoned(zone.clone()).date();
    // What was due at a moment is not held against today.
    let overdue = at.is_none()
        && state == InvoiceState::Issued
        && drafted.issued.as_ref().is_some_and(|issued| issued.sealed.due_on < today);
    let obstacles = now.seal_refusal.iter().map(ToString::to_string);
    let missing = now.missing.iter().map(|it| it.remedy().to_owned());
    ReviewPage {
        around,
        id: id.to_string(),
        title: number.map_or("Draft invoice".to_owned(), |number| format!("Invoice {number}")),
        badge: badge(state, overdue),
        client: client.clone(),
        period: period(drafted.from, drafted.to),
        due: sheet.due().unwrap_or_default().to_owned(),
        slider: Slider::over(&happened, id, at),
        made_of: super::lines::sum_of(&lines).text,
        open: inside.call.query.line.unwrap_or(0),
        one_by_one: are_many(&lines),
        sheet,
        lines,
        happened,
        elsewhere,
        other_agreement,
        obstacles: obstacles.chain(missing).collect(),
        can: can(inside, frame, at),
    }
}

fn badge(of: InvoiceState, overdue: bool) -> Badge {
    if overdue {
        return Badge { class: "overdue", text: "Overdue" };
    }
    Badge { class: of.as_str(), text: super::words::state(of) }
}

fn can(inside: &Inside<ById, AtMoment>, frame: &Frame, at: Option<i64>) -> Can {
    let now = &frame.now;
    let tag = inside.tag(("invoice", inside.call.path.id), now.position());
    let seen = tag.to_str().unwrap_or_default().to_owned();
    let today = inside.now().to_zoned(frame.zone.clone()).date().to_string();
    // What is past can't be changed, and what is shown is what a form is meant for.
    if at.is_some() {
        return Can { seen, today, ..Can::default() };
    }
    let drafted = &now.drafted;
    // Whom a profile names reads; what changes bills is a right of its own.
    let changes = caller_may(inside, Action::ChangeBills, &Object::Client(drafted.client));
    let may = |what: &str| changes && inside.may_post(&format!("/invoices/{{id}}/{what}"));
    let draft = drafted.state == InvoiceState::Draft;
    let issued = drafted.issued.as_ref().filter(|_| drafted.state != InvoiceState::Void);
    let due = issued.map(|issued| issued.balance_minor()).filter(|due| *due > 0);
    let never_sent =
        issued.is_some_and(|it| !it.sent && it.payments.is_empty() && it.credits.is_empty());
    Can {
        issue: draft && may("issue"),
        incomplete: !now.missing.is_empty(),
        send: issued.is_some() && may("send"),
        pay: due.filter(|_| may("payments")).map(|due| typed(due, &drafted.currency)),
        currency: drafted.currency.clone(),
        void: (draft || never_sent) && may("void"),
        today,
        seen,
    }
}

/// An amount as it's typed into a field.
fn typed(minor: i64, currency: &str) -> String {
    let money = Money { amount_minor: minor, currency: currency.to_owned() };
    money.to_string().split(' ').next().unwrap_or_default().to_owned()
}
