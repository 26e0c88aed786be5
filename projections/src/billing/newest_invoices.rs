//! Invoices as a person looks for them: the newest first, and what all that match come to in each
//! currency. Amounts of different currencies are never added up.

use std::collections::BTreeSet;

use domain::billing::InvoiceState;
use domain::id::{ClientId, InvoiceId};
use jiff::civil::Date;
use jiff_sqlx::ToSqlx;
use migrations::{DoorError, TenantQuery, TenantTx};
use sqlx::Row;
use uuid::Uuid;

use super::invoice::{InvoiceRow, Wanted};
use crate::row::{ReadError, read_rows, select};

/// What a list is narrowed to; [`bound`] binds `$1` to `$8`.
macro_rules! narrowed {
    () => {
        "where ($1::uuid is null or r.client_id = $1)
            and ($2::text is null or r.state = $2)
            and ($3::date is null or r.issued_on >= $3)
            and ($4::date is null or r.issued_on <= $4)
            and ($5::text is null or pg_catalog.lower(r.number) = pg_catalog.lower($5))
            and ($6::boolean is null
                or coalesce(r.state = 'issued' and r.due_on < $7, false) = $6)
            and ($8::uuid[] is null or r.client_id = any($8))"
    };
}

/// Of these clients; none = of all.
type Seen<'a> = Option<&'a BTreeSet<ClientId>>;

fn bound<'tx>(query: TenantQuery<'tx>, wanted: &Wanted, seen: Seen<'_>) -> TenantQuery<'tx> {
    let seen = seen.map(|clients| clients.iter().map(|it| it.0).collect::<Vec<Uuid>>());
    query
        .bind(wanted.client.map(|client| client.0))
        .bind(wanted.state.map(InvoiceState::as_str))
        .bind(wanted.from.map(Date::to_sqlx))
        .bind(wanted.to.map(Date::to_sqlx))
        .bind(wanted.number.clone())
        .bind(wanted.overdue.map(|(_, is)| is))
        .bind(wanted.overdue.map(|(today, _)| today.to_sqlx()))
        .bind(seen)
}

/// Invoices before the one named, the newest first; of these clients alone where some are given.
pub async fn list(
    tx: &mut TenantTx,
    wanted: &Wanted,
    seen: Option<&BTreeSet<ClientId>>,
    before: Option<InvoiceId>,
    limit: i64,
) -> Result<Vec<InvoiceRow>, ReadError> {
    const SQL: &str = concat!(
        narrowed!(),
        " and ($9::uuid is null or r.invoice_id < $9) order by r.invoice_id desc limit $10"
    );
    let query = bound(select::<InvoiceRow>(tx, SQL), wanted, seen);
    read_rows(&query.bind(before.map(|invoice| invoice.0)).bind(limit).fetch_all().await?)
}

/// What invoices in one currency come to. Amounts are in its minor units.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CurrencySum {
    /// ISO 4217 code.
    pub currency: String,
    /// How many invoices.
    pub invoices: i64,
    /// How many of them are drafts, which have no amount yet.
    pub drafts: i64,
    /// What was issued and stands, with tax.
    pub payable_minor: i64,
    /// What is due of it.
    pub due_minor: i64,
    /// What of that is overdue.
    pub overdue_minor: i64,
}

/// What all invoices that are wanted come to, by currency; of these clients alone where some are
/// given. `today` tells what is overdue.
pub async fn sums(
    tx: &mut TenantTx,
    wanted: &Wanted,
    seen: Option<&BTreeSet<ClientId>>,
    today: Date,
) -> Result<Vec<CurrencySum>, ReadError> {
    const SQL: &str = concat!(
        "select r.currency, count(*), count(*) filter (where r.state = 'draft'),
            coalesce(sum(r.payable_minor) filter (where r.state <> 'void'), 0)::bigint,
            coalesce(sum(r.balance_minor) filter (where r.state = 'issued'), 0)::bigint,
            coalesce(sum(r.balance_minor)
                filter (where r.state = 'issued' and r.due_on < $9), 0)::bigint
         from {t}.rm_invoice r ",
        narrowed!(),
        " group by r.currency order by r.currency"
    );
    let rows = bound(tx.query(SQL), wanted, seen).bind(today.to_sqlx()).fetch_all().await?;
    let sum = |row: &sqlx::postgres::PgRow| {
        Ok(CurrencySum {
            currency: row.try_get(0)?,
            invoices: row.try_get(1)?,
            drafts: row.try_get(2)?,
            payable_minor: row.try_get(3)?,
            due_minor: row.try_get(4)?,
            overdue_minor: row.try_get(5)?,
        })
    };
    let sums = rows.iter().map(sum).collect::<Result<_, sqlx::Error>>();
    Ok(sums.map_err(DoorError::from)?)
}
