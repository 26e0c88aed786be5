//! One invoice at the moment that a read is about: a fold of its own stream, which has all of it.
//! Of what was issued the sealed facts are shown as they are; of a draft what its lines come to at
//! the prices of the moment.

use std::sync::Arc;

use commands::event_log::read::{StoredRow, stream_after};
use domain::billing::lines::{Line, LineKey};
use domain::billing::particulars::{Missing, missing};
use domain::billing::sealed::SealedInvoice;
use domain::billing::{
    Drafted, Invoice, InvoiceEvent, InvoiceState, Refusal, ReservedEntry, invoice_stream,
};
use domain::id::{InvoiceId, MemberId};
use domain::log::{Actor, Metadata, Recorded};
use domain::personal::{PersonalFields, try_each_personal};
use jiff::Timestamp;
use migrations::TenantTx;
use projections::billing::credit_note::{CreditNote, CreditNoteRow};
use projections::billing::draft_lines::DraftLines;
use projections::billing::invoice::{self, InvoiceRow};
use projections::billing::price_book::PriceBook;

use super::book::{book_then, spans_then};
use super::names::{LineWords, Names};
use super::sealing::preview;
use super::sight::{clients_seen, must_see};
use crate::http::call::About;
use crate::http::problem::Problem;
use crate::http::time::days::fold;

/// Something that happened to an invoice, opened for its reader.
#[derive(Debug, Clone)]
pub(crate) struct Told {
    /// Where it stands in the log.
    pub(crate) position: i64,
    /// The version of the invoice's stream after it.
    pub(crate) version: i32,
    /// When the log took it.
    pub(crate) recorded_at: Timestamp,
    /// Who did it.
    pub(crate) actor: Actor,
    /// What happened; what was erased in it reads as nothing.
    pub(crate) event: InvoiceEvent,
}

impl Told {
    /// The member who did it, where it was one.
    pub(crate) fn by(&self) -> Option<MemberId> {
        match self.actor {
            Actor::Member(member) => Some(member),
            Actor::Operator | Actor::System | Actor::Visitor => None,
        }
    }
}

/// An invoice with all that can be told of it.
pub(crate) struct InvoiceView {
    /// As it stands in lists.
    pub(crate) row: InvoiceRow,
    /// Its state: what it reserves, its terms, what was sealed, paid and credited.
    pub(crate) drafted: Drafted,
    /// Everything that happened to it, in order.
    pub(crate) told: Vec<Told>,
    /// The credit notes that take it back, by age.
    pub(crate) credit_notes: Vec<CreditNoteRow>,
    /// Of one that was never issued its lines at the prices of the moment.
    pub(crate) lines: Arc<Vec<Line>>,
    /// What such lines are made of; of a void draft what it was made of.
    pub(crate) entries: Vec<ReservedEntry>,
    /// The rates, rules and settings that they were priced by; none of what was issued.
    pub(crate) book: Option<Arc<PriceBook>>,
    /// What was sealed, or of a draft what would be today, without a number; none of a draft that
    /// can't be sealed as it is.
    pub(crate) document: Option<Box<SealedInvoice>>,
    /// Why a draft can't be sealed as it is.
    pub(crate) seal_refusal: Option<Refusal>,
    /// What the document lacks that the law asks for.
    pub(crate) missing: Vec<Missing>,
    /// Names of what the lines of a draft are about, and of members that lines are of.
    pub(crate) names: Names,
}

impl InvoiceView {
    /// The version of its stream.
    pub(crate) fn version(&self) -> i32 {
        self.told.last().map_or(0, |told| told.version)
    }

    /// The position of the last event of its stream, which its tag stands for.
    pub(crate) fn position(&self) -> i64 {
        self.told.last().map_or(0, |told| told.position)
    }

    /// Whether what leaves the house names who worked, while it's not issued.
    pub(crate) fn names_members(&self) -> bool {
        self.book.as_ref().is_some_and(|book| book.settings().client_sees_members())
    }

    /// What the lines of a draft say.
    pub(crate) fn words(&self) -> LineWords<'_> {
        self.names.of_lines(&self.entries)
    }

    /// The position at which it was issued.
    pub(crate) fn issued_at(&self) -> Option<i64> {
        let issued = |told: &&Told| matches!(told.event, InvoiceEvent::InvoiceIssued(_));
        self.told.iter().find(issued).map(|told| told.position)
    }
}

/// An invoice's stream up to the moment that the request is about.
pub(crate) struct Story {
    pub(crate) row: InvoiceRow,
    pub(crate) drafted: Drafted,
    pub(crate) told: Vec<Told>,
    pub(crate) entries: Vec<ReservedEntry>,
    pub(crate) credit_notes: Vec<CreditNoteRow>,
}

/// The invoice at the moment that the request is about; not found where there is none then.
pub(crate) async fn invoice_view(about: &About, id: InvoiceId) -> Result<InvoiceView, Problem> {
    view_of(about, invoice_story(about, id).await?).await
}

/// The same for somebody who has a link to it, which the caller of this has looked at.
pub(crate) async fn view_by_link(about: &About, id: InvoiceId) -> Result<InvoiceView, Problem> {
    view_of(about, story(about, id).await?).await
}

async fn view_of(about: &About, story: Story) -> Result<InvoiceView, Problem> {
    let Story { row, drafted, told, entries, credit_notes } = story;
    let mut view = InvoiceView {
        row,
        drafted,
        told,
        credit_notes,
        lines: Arc::default(),
        entries,
        book: None,
        document: None,
        seal_refusal: None,
        missing: Vec::new(),
        names: Names::default(),
    };
    if let Some(issued) = &view.drafted.issued {
        let sealed = issued.sealed.clone();
        // None was sealed without the tax in the firm's own currency where that is another.
        view.missing = missing(&sealed, &sealed.currency);
        let by = sealed.lines.iter().filter_map(|line| match line.key {
            LineKey::Member { member } => Some(member),
            LineKey::Task { .. } | LineKey::Day { .. } | LineKey::Entry { .. } => None,
        });
        let by: Vec<MemberId> = by.collect();
        if !by.is_empty() {
            let mut tx = about.tx().await?;
            view.names = Names::load(about, &mut tx, [], [], by).await?;
            tx.commit().await?;
        }
        view.document = Some(Box::new(sealed));
        return Ok(view);
    }
    let (book, lines) = draft_lines(about, &view).await?;
    let mut tx = about.tx().await?;
    let (projects, tasks) = (view.entries.iter().map(|it| it.project), view.entries.iter());
    let members = view.entries.iter().map(|it| it.member);
    view.names = Names::load(about, &mut tx, projects, tasks.map(|it| it.task), members).await?;
    tx.commit().await?;
    view.lines = lines;
    if view.drafted.state == InvoiceState::Draft {
        match preview(about, &view, &book).await? {
            Ok((document, missing)) => (view.document, view.missing) = (Some(document), missing),
            Err(refusal) => view.seal_refusal = Some(refusal),
        }
    }
    view.book = Some(book);
    Ok(view)
}

/// The same without lines and prices: what happened to it and what it came to be. Forbidden to who
/// does not read the client's bills.
pub(crate) async fn invoice_story(about: &About, id: InvoiceId) -> Result<Story, Problem> {
    clients_seen(about)?;
    let story = story(about, id).await?;
    must_see(about, story.drafted.client)?;
    Ok(story)
}

async fn story(about: &About, id: InvoiceId) -> Result<Story, Problem> {
    let mut tx = about.tx().await?;
    let mut rows = stream_after(&mut tx, invoice_stream(id), 0).await?;
    if let Some(position) = about.as_of {
        rows.retain(|row| row.position <= position);
    }
    let (recorded, told) = opened(about, &mut tx, &rows).await?;
    tx.commit().await?;
    let (mut invoice, mut entries) = (Invoice::default(), Vec::new());
    for told in &told {
        let voided = matches!(told.event, InvoiceEvent::InvoiceVoided(_));
        if let Some(drafted) = invoice.drafted.as_ref().filter(|_| voided) {
            entries.clone_from(&drafted.entries);
        }
        invoice.evolve(&told.event);
    }
    let drafted = invoice.drafted.ok_or_else(|| Problem::not_found_at("{id}"))?;
    if entries.is_empty() {
        entries.clone_from(&drafted.entries);
    }
    let rows = fold::<invoice::Invoice>(&recorded);
    let row = rows.iter().next().cloned().ok_or_else(Problem::not_found)?;
    let notes = fold::<CreditNote>(&recorded);
    let mut credit_notes: Vec<CreditNoteRow> = notes.iter().cloned().collect();
    credit_notes.sort_by_key(|note| note.credit_note_id);
    Ok(Story { row, drafted, told, entries, credit_notes })
}

/// The events as the log has them, and opened.
async fn opened(
    about: &About,
    tx: &mut TenantTx,
    rows: &[StoredRow],
) -> Result<(Vec<Recorded>, Vec<Told>), Problem> {
    let recorded: Vec<Recorded> = rows.iter().map(StoredRow::decode).collect::<Result<_, _>>()?;
    let mut keys = Vec::new();
    let mut events = Vec::with_capacity(recorded.len());
    for recorded in &recorded {
        // A stream of another kind is no invoice, whatever its id.
        let event: Option<&InvoiceEvent> = recorded.event.family();
        let mut event = event.cloned().ok_or_else(Problem::not_found)?;
        event.each_personal(&mut |field| keys.push(field.key()));
        events.push(event);
    }
    keys.sort_unstable();
    keys.dedup();
    if !keys.is_empty() && !about.keys.knows(&keys) {
        about.keys.load(tx, &keys).await?;
    }
    let told = rows.iter().zip(events).map(|(row, mut event)| {
        try_each_personal(&mut event, |field| field.open(&*about.keys))
            .map_err(|error| Problem::internal(&error))?;
        let metadata: Metadata =
            serde_json::from_str(&row.metadata).map_err(|error| Problem::internal(&error))?;
        Ok(Told {
            position: row.position,
            version: row.version,
            recorded_at: row.recorded_at,
            actor: metadata.actor,
            event,
        })
    });
    let told = told.collect::<Result<_, Problem>>()?;
    Ok((recorded, told))
}

/// The lines of a draft at the prices of the moment, with what they are priced by. Those of the
/// present are kept.
async fn draft_lines(
    about: &About,
    view: &InvoiceView,
) -> Result<(Arc<PriceBook>, Arc<Vec<Line>>), Problem> {
    if about.as_of.or(about.known_at).is_none() {
        let mut tx = about.tx().await?;
        let drafts = DraftLines::load(&mut tx).await?;
        tx.commit().await?;
        if let Some(lines) = drafts.of(&view.drafted, &view.entries, view.position()) {
            return Ok((drafts.book.clone(), lines));
        }
    }
    let book = Arc::new(book_then(about).await?);
    let Drafted { client, group_by, currency, .. } = &view.drafted;
    let spans = spans_then(about, &book, view.entries.iter().map(|entry| entry.entry)).await?;
    let lines = book.lines_of(*client, &view.entries, *group_by, currency, &spans);
    Ok((book, Arc::new(lines)))
}
