//! What changes what clients owe, movement by movement, as the domain reckons them: invoices, what
//! took them off again, and money. No movement ever changes, so what was owed after any event is
//! the sum of those up to its place in the log: statements and ageing are such sums.

use domain::billing::account::{Movement, MovementKind, Owing};
use domain::billing::{InvoiceBalance, InvoiceEvent};
use domain::id::{ClientId, InvoiceId};
use domain::log::{EventFamily, Recorded};
use jiff::civil::Date;
use jiff_sqlx::{Date as SqlDate, ToSqlx};
use migrations::{DoorError, TenantTx};
use sqlx::Row as _;
use uuid::Uuid;

use super::invoice_event;
use crate::model::{EventTypes, ReadModel};
use crate::row::{ReadError, Rows, read_rows, row, select, text_cells};

text_cells! {
    MovementKind: |kind| kind.as_str(),
        |name| MovementKind::ALL.into_iter().find(|it| it.as_str() == name);
}

row! {
    /// One movement. Amounts are in minor units of its currency, and signed: above zero the client
    /// owes more. The row of the invoice itself has the sums that later movements follow from,
    /// which change; what is told of movements never does.
    ReceivableRow in "rm_receivable" key(invoice_id: InvoiceId, n: i64)
    index("client": "(client_id, on_day)") {
        /// The invoice that it's about.
        invoice_id: InvoiceId,
        /// 0 for the invoice itself, else the position of the event.
        n: i64,
        /// Who owes.
        client_id: ClientId,
        /// What it is.
        kind: MovementKind,
        /// The invoice, the credit note or the payment.
        document_id: Uuid,
        /// The number of the document; of money that of its invoice.
        number: String,
        /// The day it counts for.
        on_day: Date,
        /// ISO 4217 code.
        currency: String,
        /// By how much what is owed changes.
        amount_minor: i64,
        /// The last day to pay the invoice.
        due_on: Date,
        /// Of the invoice, what was to be paid; nothing once it's void.
        payable_minor: i64,
        /// Of the invoice, what credit notes took back of that.
        credited_minor: i64,
        /// Of the invoice, the money that came and did not go back.
        paid_minor: i64,
        /// Of the invoice, the discount for paying soon as it was granted; nothing once it's lost.
        discount_minor: i64,
        /// Of the invoice, what that is a discount on.
        discount_of_minor: i64,
        /// Where it stands in the log.
        position: i64,
    }
}

impl ReceivableRow {
    /// The row with these sums.
    fn with(self, balance: InvoiceBalance) -> Self {
        ReceivableRow {
            payable_minor: balance.payable_minor,
            credited_minor: balance.credited_minor,
            paid_minor: balance.paid_minor,
            discount_minor: balance.discount_minor,
            discount_of_minor: balance.discount_of_minor,
            ..self
        }
    }

    /// The invoice as it stands, of the row of an invoice.
    fn owing(&self) -> Owing<'_> {
        let balance = InvoiceBalance {
            payable_minor: self.payable_minor,
            credited_minor: self.credited_minor,
            paid_minor: self.paid_minor,
            discount_minor: self.discount_minor,
            discount_of_minor: self.discount_of_minor,
        };
        Owing { number: &self.number, issued_on: self.on_day, balance }
    }
}

/// The fold of what clients owe.
#[derive(Debug)]
pub struct Receivable;

impl ReadModel for Receivable {
    const NAME: &'static str = "receivable";
    const VERSION: i32 = 2;
    const READS: &'static [EventTypes] = &[InvoiceEvent::TYPES];
    type Row = ReceivableRow;

    fn touches(recorded: &Recorded) -> Vec<(InvoiceId, i64)> {
        let Some(event) = invoice_event(recorded) else { return Vec::new() };
        match MovementKind::of(event) {
            Some(MovementKind::Invoice) => vec![(event.invoice(), 0)],
            Some(
                MovementKind::Void
                | MovementKind::CreditNote
                | MovementKind::Payment
                | MovementKind::Reversal,
            ) => vec![(event.invoice(), 0), (event.invoice(), recorded.position)],
            None => Vec::new(),
        }
    }

    fn apply(rows: &mut Rows<ReceivableRow>, recorded: &Recorded) {
        let Some(event) = invoice_event(recorded) else { return };
        if MovementKind::of(event).is_none() {
            return;
        }
        let (invoice_id, client_id) = event.about();
        let head = rows.get(&(invoice_id, 0)).cloned();
        let owing = head.as_ref().map(ReceivableRow::owing);
        let Some((movement, balance)) = Movement::of(owing, event, recorded.recorded_at) else {
            return;
        };
        let Movement { kind, on: on_day, document: document_id, number, amount_minor } = movement;
        let position = recorded.position;
        let row = |n, currency, due_on| ReceivableRow {
            invoice_id,
            n,
            client_id,
            kind,
            document_id,
            number,
            on_day,
            currency,
            amount_minor,
            due_on,
            payable_minor: 0,
            credited_minor: 0,
            paid_minor: 0,
            discount_minor: 0,
            discount_of_minor: 0,
            position,
        };
        if let InvoiceEvent::InvoiceIssued(issued) = event {
            let sealed = &issued.sealed;
            rows.put(row(0, sealed.currency.clone(), sealed.due_on).with(balance));
        } else if let Some(head) = head {
            rows.put(row(position, head.currency.clone(), head.due_on));
            rows.put(head.with(balance));
        }
    }
}

/// A client's movements from the first of these days to the last, by day, and of one day in the
/// order of the log; those up to a position of the log where one is given.
pub async fn movements(
    tx: &mut TenantTx,
    client: ClientId,
    (from, to): (Date, Date),
    as_of: Option<i64>,
) -> Result<Vec<ReceivableRow>, ReadError> {
    let sql = "where r.client_id = $1 and r.on_day between $2 and $3 and r.position <= $4
        order by r.on_day, r.position";
    let answers = select::<ReceivableRow>(tx, sql)
        .bind(client.0)
        .bind(from.to_sqlx())
        .bind(to.to_sqlx())
        .bind(as_of.unwrap_or(i64::MAX))
        .fetch_all()
        .await?;
    read_rows(&answers)
}

/// What is due of an invoice.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Owed {
    /// Who owes.
    pub client: ClientId,
    /// ISO 4217 code.
    pub currency: String,
    /// The last day to pay.
    pub due_on: Date,
    /// Minor units; less than nothing is the client's, and nothing where it's settled.
    pub balance_minor: i64,
}

/// What is due of each invoice of these clients, or of all, at the end of a day by the days that
/// movements count for; as known at a position of the log where one is given.
pub async fn owed(
    tx: &mut TenantTx,
    clients: Option<&[ClientId]>,
    day: Date,
    as_of: Option<i64>,
) -> Result<Vec<Owed>, ReadError> {
    let sql = "select r.client_id, r.currency, r.due_on, sum(r.amount_minor)::bigint
        from {t}.rm_receivable r
        where ($1::uuid[] is null or r.client_id = any($1)) and r.on_day <= $2 and r.position <= $3
        group by r.invoice_id, r.client_id, r.currency, r.due_on
        order by r.invoice_id";
    let clients = clients.map(|ids| ids.iter().map(|client| client.0).collect::<Vec<_>>());
    let query = tx.query(sql).bind(clients).bind(day.to_sqlx());
    let rows = query.bind(as_of.unwrap_or(i64::MAX)).fetch_all().await?;
    let owed = |row: &sqlx::postgres::PgRow| {
        Ok(Owed {
            client: ClientId(row.try_get(0)?),
            currency: row.try_get(1)?,
            due_on: row.try_get::<SqlDate, _>(2)?.to_jiff(),
            balance_minor: row.try_get(3)?,
        })
    };
    let owed = rows.iter().map(owed).collect::<Result<_, sqlx::Error>>();
    Ok(owed.map_err(DoorError::from)?)
}
