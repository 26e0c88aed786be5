//! Each rate with its scope, the day it holds from, and since when it's known. Which one applies to
//! some work is decided at reading by the same pure rule that prices an invoice.

use domain::catalogue::RateCardEvent;
use domain::catalogue::rates::{Rate as Amount, RateKind, RateScope, RateUnit};
use domain::id::{ClientId, MemberId, ProjectId, StreamId, TaskId};
use domain::log::{EventFamily, Recorded};
use jiff::Timestamp;
use migrations::TenantTx;

use crate::model::{EventTypes, ReadModel};
use crate::row::{ReadError, Rows, Since, read_rows, row, select};

row! {
    /// One rate.
    RateRow in "rm_rate" key(card_id: StreamId, kind: RateKind, from_day: Since) {
        /// The rate card, which stands for the scope.
        card_id: StreamId,
        /// Charge or cost.
        kind: RateKind,
        /// The first day it holds.
        from_day: Since,
        /// Work by this member, where the scope names one.
        member_id: Option<MemberId>,
        /// Work on this project, where the scope names one.
        project_id: Option<ProjectId>,
        /// Work of this task, where the scope names one.
        task_id: Option<TaskId>,
        /// Work for this client, where the scope names one.
        client_id: Option<ClientId>,
        /// Per what.
        unit: RateUnit,
        /// Minor units of the currency.
        amount_minor: i64,
        /// ISO 4217 code.
        currency: String,
        /// Since when it's known.
        known_at: Timestamp,
        /// The event that set it.
        position: i64,
    }
}

impl RateRow {
    /// What the rate is for.
    pub fn scope(&self) -> RateScope {
        RateScope {
            member: self.member_id,
            project: self.project_id,
            task: self.task_id,
            client: self.client_id,
        }
    }

    /// The rate itself.
    pub fn rate(&self) -> Amount {
        let (unit, amount_minor) = (self.unit, self.amount_minor);
        Amount { unit, amount_minor, currency: self.currency.clone() }
    }
}

/// The fold of rates.
#[derive(Debug)]
pub struct Rate;

impl ReadModel for Rate {
    const NAME: &'static str = "rate";
    const VERSION: i32 = 1;
    const READS: &'static [EventTypes] = &[RateCardEvent::TYPES];
    type Row = RateRow;

    fn touches(event: &Recorded) -> Vec<(StreamId, RateKind, Since)> {
        match rate_event(event) {
            Some(RateCardEvent::RateSet(event)) => {
                vec![(event.scope.stream(), event.kind, Since(event.from))]
            }
            Some(RateCardEvent::RateCleared(event)) => {
                vec![(event.scope.stream(), event.kind, Since(event.from))]
            }
            None => Vec::new(),
        }
    }

    fn apply(rows: &mut Rows<RateRow>, recorded: &Recorded) {
        match rate_event(recorded) {
            Some(RateCardEvent::RateSet(event)) => rows.put(RateRow {
                card_id: event.scope.stream(),
                kind: event.kind,
                from_day: Since(event.from),
                member_id: event.scope.member,
                project_id: event.scope.project,
                task_id: event.scope.task,
                client_id: event.scope.client,
                unit: event.rate.unit,
                amount_minor: event.rate.amount_minor,
                currency: event.rate.currency.clone(),
                known_at: recorded.recorded_at,
                position: recorded.position,
            }),
            Some(RateCardEvent::RateCleared(event)) => {
                rows.remove(&(event.scope.stream(), event.kind, Since(event.from)));
            }
            None => {}
        }
    }
}

fn rate_event(recorded: &Recorded) -> Option<&RateCardEvent> {
    recorded.event.family()
}

/// Every rate of a kind, by card and day. Who may not see costs must not be shown those.
pub async fn list(tx: &mut TenantTx, kind: RateKind) -> Result<Vec<RateRow>, ReadError> {
    let sql = "where r.kind = $1 order by r.card_id, r.from_day";
    read_rows(&select::<RateRow>(tx, sql).bind(super::kind_name(kind)).fetch_all().await?)
}

/// Every rate of every kind.
pub async fn all(tx: &mut TenantTx) -> Result<Vec<RateRow>, ReadError> {
    let sql = "order by r.card_id, r.from_day";
    read_rows(&select::<RateRow>(tx, sql).fetch_all().await?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::samples::{id, rates};
    use crate::tests::{assert_declares_what_it_touches, rows_of};

    #[test]
    fn rates_of_different_days_kinds_and_scopes_stand_side_by_side() {
        let history = rates();
        let rows = rows_of::<Rate>(&history.0);
        let mut amounts: Vec<_> = rows.iter().map(|row| row.amount_minor).collect();
        amounts.sort_unstable();
        assert_eq!(amounts, [40_000, 95_000, 120_000]);
        let dearest = rows.iter().find(|row| row.amount_minor == 120_000).expect("it's there");
        assert_eq!(dearest.scope().member, Some(MemberId(id(1))));
        assert_eq!(dearest.scope().stream(), dearest.card_id);
        assert_eq!(dearest.rate().currency, "ZAR");
        assert_declares_what_it_touches::<Rate>(&history.0);
    }
}
