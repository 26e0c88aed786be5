//! How far each scope is closed: the closings as they stand, and what a closing would take in or a
//! reopening gives free. What was opened to its first day stays as a row, with its last reason.

use domain::id::{ClientId, InvoiceId, MemberId, ProjectId};
use domain::log::{EventFamily, Recorded};
use domain::personal::Envelope;
use domain::time::Week;
use domain::time::periods::{PeriodEvent, PeriodScope};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff_sqlx::ToSqlx;
use migrations::{DoorError, TenantTx};
use sqlx::Row as _;

use crate::model::{EventTypes, ReadModel};
use crate::row::{ReadError, Rows, read_rows, row, select};

row! {
    /// How far one scope is closed.
    PeriodRow in "rm_period" key(scope: String) {
        /// The kind of scope, and whose it is: `tenant`, or such as `client:` with an id.
        scope: String,
        /// All for this client.
        client_id: Option<ClientId>,
        /// All on this project.
        project_id: Option<ProjectId>,
        /// All of this member.
        member_id: Option<MemberId>,
        /// The last day that is closed.
        through_day: Date,
        /// When that was decided.
        decided_at: Timestamp,
        /// Whether it was a reopening that left it so.
        reopened: bool,
        /// Why, sealed.
        reason: Option<Envelope>,
        /// The event that left it so.
        position: i64,
    }
}

/// The fold of closings.
#[derive(Debug)]
pub struct Period;

fn key_of(scope: PeriodScope) -> String {
    match scope {
        PeriodScope::Tenant => "tenant".to_owned(),
        PeriodScope::Client(client) => format!("client:{client}"),
        PeriodScope::Project(project) => format!("project:{project}"),
        PeriodScope::Member(member) => format!("member:{member}"),
    }
}

/// The ids in a scope: at most one of client, project and member.
fn ids_of(scope: PeriodScope) -> (Option<ClientId>, Option<ProjectId>, Option<MemberId>) {
    match scope {
        PeriodScope::Tenant => (None, None, None),
        PeriodScope::Client(client) => (Some(client), None, None),
        PeriodScope::Project(project) => (None, Some(project), None),
        PeriodScope::Member(member) => (None, None, Some(member)),
    }
}

impl ReadModel for Period {
    const NAME: &'static str = "period";
    const VERSION: i32 = 1;
    const READS: &'static [EventTypes] = &[PeriodEvent::TYPES];
    type Row = PeriodRow;

    fn touches(event: &Recorded) -> Vec<String> {
        match event.event.family() {
            Some(PeriodEvent::PeriodClosed(event)) => vec![key_of(event.scope)],
            Some(PeriodEvent::PeriodReopened(event)) => vec![key_of(event.scope)],
            None => Vec::new(),
        }
    }

    fn apply(rows: &mut Rows<PeriodRow>, recorded: &Recorded) {
        let row = |scope, through_day, reopened, reason: Option<Envelope>| {
            let (client_id, project_id, member_id) = ids_of(scope);
            PeriodRow {
                scope: key_of(scope),
                client_id,
                project_id,
                member_id,
                through_day,
                decided_at: recorded.recorded_at,
                reopened,
                reason,
                position: recorded.position,
            }
        };
        match recorded.event.family() {
            Some(PeriodEvent::PeriodClosed(event)) => {
                let reason = event.reason.as_ref().and_then(|reason| reason.envelope().cloned());
                rows.put(row(event.scope, event.through, false, reason));
            }
            Some(PeriodEvent::PeriodReopened(event)) => match event.from.yesterday() {
                Ok(through) => {
                    let reason = event.reason.envelope().cloned();
                    rows.put(row(event.scope, through, true, reason));
                }
                Err(_) => {
                    rows.remove(&key_of(event.scope));
                }
            },
            None => {}
        }
    }
}

/// Every closing, by scope.
pub async fn list(tx: &mut TenantTx) -> Result<Vec<PeriodRow>, ReadError> {
    read_rows(&select::<PeriodRow>(tx, "order by r.scope").fetch_all().await?)
}

/// What of one member's week a closing would take in unapproved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiting {
    /// Whose.
    pub member: MemberId,
    /// Which week.
    pub week: Week,
    /// Entries that nobody asked approval for, or that were sent back.
    pub open: i64,
    /// Entries that wait for approval.
    pub submitted: i64,
    /// The seconds of both, unrounded.
    pub seconds: i64,
}

const OF_SCOPE: &str = "join {t}.rm_project p on p.project_id = r.project_id
    where r.day > coalesce($1, '-infinity'::date) and r.day <= $2
        and ($3::uuid is null or p.client_id = $3)
        and ($4::uuid is null or r.project_id = $4)
        and ($5::uuid is null or r.member_id = $5)";

/// The weeks with time of the scope after a day up to another that is not approved, `limit` at
/// most.
pub async fn waiting(
    tx: &mut TenantTx,
    scope: PeriodScope,
    (after, through): (Option<Date>, Date),
    limit: i64,
) -> Result<Vec<Waiting>, ReadError> {
    let (client, project, member) = ids_of(scope);
    let head = "select r.member_id, r.week,
            count(*) filter (where r.state in ('open', 'rejected')),
            count(*) filter (where r.state = 'submitted'),
            sum(r.seconds)::bigint
        from {t}.rm_time_entry r ";
    let tail = " and r.state <> 'approved' group by r.week, r.member_id
        order by r.week, r.member_id limit $6";
    let answers = tx
        .query(migrations::Template::assembled([head, OF_SCOPE, tail]))
        .bind(after.map(Date::to_sqlx))
        .bind(through.to_sqlx())
        .bind(client.map(|client| client.0))
        .bind(project.map(|project| project.0))
        .bind(member.map(|member| member.0))
        .bind(limit)
        .fetch_all()
        .await?;
    let waiting = answers.iter().map(|row| {
        let week: String = row.try_get(1).map_err(DoorError::from)?;
        Ok(Waiting {
            member: MemberId(row.try_get(0).map_err(DoorError::from)?),
            week: week.parse().map_err(|_| crate::row::CellError::UNNAMED)?,
            open: row.try_get(2).map_err(DoorError::from)?,
            submitted: row.try_get(3).map_err(DoorError::from)?,
            seconds: row.try_get(4).map_err(DoorError::from)?,
        })
    });
    waiting.collect()
}

/// How many entries of the scope after a day up to another there are, and their seconds.
pub async fn taken_in(
    tx: &mut TenantTx,
    scope: PeriodScope,
    (after, through): (Option<Date>, Date),
) -> Result<(i64, i64), ReadError> {
    let (client, project, member) = ids_of(scope);
    let head = "select count(*), coalesce(sum(r.seconds), 0)::bigint from {t}.rm_time_entry r ";
    let row = tx
        .query(migrations::Template::assembled([head, OF_SCOPE]))
        .bind(after.map(Date::to_sqlx))
        .bind(through.to_sqlx())
        .bind(client.map(|client| client.0))
        .bind(project.map(|project| project.0))
        .bind(member.map(|member| member.0))
        .fetch_one()
        .await?;
    let entries = row.try_get(0).map_err(DoorError::from)?;
    Ok((entries, row.try_get(1).map_err(DoorError::from)?))
}

/// The drafts that hold time of the scope whose day of work lies from one day to another, both
/// included; by age.
pub async fn drafts_over(
    tx: &mut TenantTx,
    scope: PeriodScope,
    (from, to): (Option<Date>, Date),
) -> Result<Vec<InvoiceId>, ReadError> {
    let (client, project, member) = ids_of(scope);
    let sql = "select distinct i.invoice_id from {t}.rm_invoice i
        join {t}.rm_invoice_entry e on e.invoice_id = i.invoice_id
        where i.state = 'draft' and e.day >= coalesce($1, '-infinity'::date) and e.day <= $2
            and ($3::uuid is null or i.client_id = $3)
            and ($4::uuid is null or e.project_id = $4)
            and ($5::uuid is null or e.member_id = $5)
        order by i.invoice_id";
    let answers = tx
        .query(sql)
        .bind(from.map(Date::to_sqlx))
        .bind(to.to_sqlx())
        .bind(client.map(|client| client.0))
        .bind(project.map(|project| project.0))
        .bind(member.map(|member| member.0))
        .fetch_all()
        .await?;
    let id = |row: &sqlx::postgres::PgRow| Ok(InvoiceId(row.try_get(0).map_err(DoorError::from)?));
    answers.iter().map(id).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::samples::corrections;
    use crate::tests::{assert_declares_what_it_touches, rows_of};
    use jiff::civil::date;

    #[test]
    fn a_scope_is_closed_through_the_day_last_said_and_a_reopening_takes_days_back() {
        let history = corrections();
        let rows = rows_of::<Period>(&history.0);
        let shown: Vec<_> =
            rows.iter().map(|row| (row.client_id.is_some(), row.through_day)).collect();
        assert_eq!(shown, [(true, date(2026, 2, 2)), (false, date(2026, 2, 3))]);
        assert_eq!((rows[1].reopened, rows[1].reason.is_some()), (true, true));
        assert_declares_what_it_touches::<Period>(&history.0);
    }
}
