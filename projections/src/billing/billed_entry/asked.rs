//! What is asked of lots on documents: what they come to by the days of documents, and how many
//! seconds of each entry documents hold; each as it is, or as it was after an event.

use std::collections::{BTreeMap, BTreeSet};

use domain::billing::account::by_seconds;
use domain::catalogue::rates::RatedWork;
use domain::id::{ClientId, EntryId, InvoiceId};
use jiff::civil::Date;
use jiff_sqlx::ToSqlx;
use migrations::{DoorError, TenantTx};
use sqlx::Row as _;

use super::BilledEntryRow;
use crate::row::{ReadError, read_rows, select};

/// Which parts of documents.
#[derive(Debug, Clone, Copy)]
pub struct Wanted<'a> {
    /// Of these clients; none = of all.
    pub clients: Option<&'a BTreeSet<ClientId>>,
    /// The first and the last day, by those that count for documents.
    pub days: (Date, Date),
    /// As it was after the event at this position; none = as it is.
    pub as_of: Option<i64>,
}

/// A part of a document's price.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Billed {
    /// Whose.
    pub client: ClientId,
    /// ISO 4217 code.
    pub currency: String,
    /// The day that counts: of the document, or on which it became void.
    pub on: Date,
    /// Whether it's taken back: by a credit note, or as the invoice became void. Figures are below
    /// zero then.
    pub takes_back: bool,
    /// For what work; none where it's for none that is known.
    pub work: Option<RatedWork>,
    /// Of how many seconds.
    pub seconds: i64,
    /// Minor units before tax, after all discounts.
    pub net_minor: i64,
}

impl Billed {
    /// What a row says, where it's of a document that was issued.
    fn of(row: &BilledEntryRow) -> Option<Self> {
        let BilledEntryRow { member_id, project_id, task_id, .. } = row;
        let work = member_id.zip(*project_id).zip(task_id.zip(row.day));
        let client = row.client_id;
        Some(Billed {
            client,
            currency: row.currency.clone(),
            on: row.on_day?,
            takes_back: row.n != 0 || row.document_id != row.invoice_id.0,
            work: work.map(|((member, project), (task, day))| RatedWork {
                member,
                project,
                task,
                client,
                day,
            }),
            seconds: row.seconds,
            net_minor: row.net_minor,
        })
    }
}

/// What was billed and taken back on these days. What lowers a price is split over the work of the
/// line that it lowers.
pub async fn billed(tx: &mut TenantTx, wanted: Wanted<'_>) -> Result<Vec<Billed>, ReadError> {
    let sql = "where r.on_day between $1 and $2 and r.billed_position <= $3
            and ($4::uuid[] is null or r.client_id = any($4))
        order by r.on_day, r.document_id, r.line, r.part_id, r.freed_by, r.n";
    let clients = wanted.clients.map(|ids| ids.iter().map(|it| it.0).collect::<Vec<_>>());
    let answers = select::<BilledEntryRow>(tx, sql)
        .bind(wanted.days.0.to_sqlx())
        .bind(wanted.days.1.to_sqlx())
        .bind(wanted.as_of.unwrap_or(i64::MAX))
        .bind(clients)
        .fetch_all()
        .await?;
    let rows: Vec<BilledEntryRow> = read_rows(&answers)?;
    let lowered = rows.iter().filter(|row| row.entry_id.is_none()).map(|row| row.invoice_id);
    let lines = lines_of(tx, lowered.collect()).await?;
    let mut parts = Vec::with_capacity(rows.len());
    for row in &rows {
        let Some(part) = Billed::of(row) else { continue };
        let lots = row.line.and_then(|line| lines.get(&(row.invoice_id, line)));
        let Some(lots) = lots.filter(|_| row.entry_id.is_none()) else {
            parts.push(part);
            continue;
        };
        let nets = by_seconds(part.net_minor, lots.iter().map(|lot| lot.seconds));
        let works = lots.iter().map(|lot| lot.work);
        parts.extend(works.zip(nets).map(|(work, net_minor)| Billed {
            work,
            net_minor,
            ..part.clone()
        }));
    }
    Ok(parts)
}

/// What the lines of these invoices are about, in the order of their entries.
async fn lines_of(
    tx: &mut TenantTx,
    invoices: BTreeSet<InvoiceId>,
) -> Result<BTreeMap<(InvoiceId, u32), Vec<Billed>>, ReadError> {
    let mut lines: BTreeMap<_, Vec<Billed>> = BTreeMap::new();
    if invoices.is_empty() {
        return Ok(lines);
    }
    let sql = "where r.document_id = any($1) and r.n = 0 and r.line is not null
        order by r.document_id, r.line, r.day, r.part_id, r.freed_by";
    let ids: Vec<_> = invoices.into_iter().map(|invoice| invoice.0).collect();
    let answers = select::<BilledEntryRow>(tx, sql).bind(ids).fetch_all().await?;
    for row in read_rows::<BilledEntryRow>(&answers)? {
        let line = row.line.map(|line| (row.invoice_id, line));
        if let Some((line, part)) = line.zip(Billed::of(&row)) {
            lines.entry(line).or_default().push(part);
        }
    }
    Ok(lines)
}

/// What became of an entry's seconds on invoices and credit notes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Taken {
    /// On drafts.
    pub drafted: i64,
    /// On issued invoices and not credited.
    pub billed: i64,
    /// Credited and never to be billed again.
    pub written_off: i64,
}

/// What documents do with the seconds of each entry; as it was after the event at a position where
/// one is given.
pub async fn taken(
    tx: &mut TenantTx,
    as_of: Option<i64>,
) -> Result<BTreeMap<EntryId, Taken>, ReadError> {
    let sql = "select r.entry_id,
            sum(case when r.billed_position <= $1 then 0 else r.seconds end)::bigint,
            sum(case when r.billed_position <= $1 then r.seconds else 0 end)::bigint,
            sum(r.written_off_seconds)::bigint
        from {t}.rm_billed_entry r
        where r.entry_id is not null and r.position <= $1
            and (r.until_position is null or r.until_position > $1)
        group by r.entry_id";
    let answers = tx.query(sql).bind(as_of.unwrap_or(i64::MAX)).fetch_all().await?;
    let taken = |row: &sqlx::postgres::PgRow| {
        let taken = Taken {
            drafted: row.try_get(1)?,
            billed: row.try_get(2)?,
            written_off: row.try_get(3)?,
        };
        Ok((EntryId(row.try_get(0)?), taken))
    };
    let taken = answers.iter().map(taken).collect::<Result<_, sqlx::Error>>();
    Ok(taken.map_err(DoorError::from)?)
}
