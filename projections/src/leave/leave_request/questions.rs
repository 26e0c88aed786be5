//! What is asked of requests: one, some by filter, those that wait, and those of some days.

use domain::id::{LeaveRequestId, LeaveTypeId, MemberId};
use domain::leave::LeaveState;
use domain::time::Office;
use jiff::civil::Date;
use jiff_sqlx::ToSqlx;
use migrations::TenantTx;

use super::LeaveRequestRow;
use crate::row::{ReadError, read_row, read_rows, select};

/// Which requests; what is left out is not asked for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Wanted {
    /// Of this member.
    pub member: Option<MemberId>,
    /// In this state.
    pub state: Option<LeaveState>,
    /// Of this kind.
    pub leave_type: Option<LeaveTypeId>,
    /// That reach into the days from this one on.
    pub from: Option<Date>,
    /// That begin on this day or before it.
    pub to: Option<Date>,
    /// With drafts of this member alone; none = with nobody's.
    pub drafts_of: Option<MemberId>,
}

impl Wanted {
    /// Whether a request is one of them.
    pub fn wants(&self, row: &LeaveRequestRow) -> bool {
        self.member.is_none_or(|member| row.member_id == member)
            && self.state.is_none_or(|state| row.state == state)
            && self.leave_type.is_none_or(|kind| row.leave_type_id == kind)
            && self.from.is_none_or(|from| row.to_day >= from)
            && self.to.is_none_or(|to| row.from_day <= to)
            && (row.submitted_at.is_some() || self.drafts_of == Some(row.member_id))
    }
}

/// One request.
pub async fn find(
    tx: &mut TenantTx,
    request: LeaveRequestId,
) -> Result<Option<LeaveRequestRow>, ReadError> {
    let query = select::<LeaveRequestRow>(tx, "where r.request_id = $1").bind(request.0);
    query.fetch_optional().await?.as_ref().map(read_row).transpose()
}

/// Requests by id, hence by age, after the one named.
pub async fn list(
    tx: &mut TenantTx,
    wanted: &Wanted,
    after: Option<LeaveRequestId>,
    limit: i64,
) -> Result<Vec<LeaveRequestRow>, ReadError> {
    let sql = "where ($1::uuid is null or r.member_id = $1)
            and ($2::text is null or r.state = $2)
            and ($3::uuid is null or r.leave_type_id = $3)
            and ($4::date is null or r.to_day >= $4) and ($5::date is null or r.from_day <= $5)
            and (r.submitted_at is not null or r.member_id = $6)
            and ($7::uuid is null or r.request_id > $7)
        order by r.request_id limit $8";
    let answers = select::<LeaveRequestRow>(tx, sql)
        .bind(wanted.member.map(|member| member.0))
        .bind(wanted.state.map(LeaveState::as_str))
        .bind(wanted.leave_type.map(|kind| kind.0))
        .bind(wanted.from.map(ToSqlx::to_sqlx))
        .bind(wanted.to.map(ToSqlx::to_sqlx))
        .bind(wanted.drafts_of.map(|member| member.0))
        .bind(after.map(|request| request.0))
        .bind(limit)
        .fetch_all()
        .await?;
    read_rows(&answers)
}

/// Requests that wait for one of these offices, by id after the one named: whether one waits for
/// whoever asks is theirs to find out.
pub async fn waiting(
    tx: &mut TenantTx,
    offices: &[Office],
    after: Option<LeaveRequestId>,
    limit: i64,
) -> Result<Vec<LeaveRequestRow>, ReadError> {
    let sql = "where r.waits_for is not null and r.waits_for = any($1)
            and ($2::uuid is null or r.request_id > $2)
        order by r.request_id limit $3";
    let offices: Vec<&str> = offices.iter().map(|office| office.as_str()).collect();
    let query = select::<LeaveRequestRow>(tx, sql).bind(offices);
    let query = query.bind(after.map(|request| request.0)).bind(limit);
    read_rows(&query.fetch_all().await?)
}

/// Every granted request that has a day from one to another, both included, by day and member.
pub async fn standing(
    tx: &mut TenantTx,
    first: Date,
    last: Date,
) -> Result<Vec<LeaveRequestRow>, ReadError> {
    let sql = "where r.state = 'approved' and r.from_day <= $2 and r.to_day >= $1
        order by r.from_day, r.member_id, r.request_id";
    let query = select::<LeaveRequestRow>(tx, sql).bind(first.to_sqlx()).bind(last.to_sqlx());
    read_rows(&query.fetch_all().await?)
}

/// Every request of a member, by first day.
pub async fn of_member(
    tx: &mut TenantTx,
    member: MemberId,
) -> Result<Vec<LeaveRequestRow>, ReadError> {
    let sql = "where r.member_id = $1 order by r.from_day, r.request_id";
    read_rows(&select::<LeaveRequestRow>(tx, sql).bind(member.0).fetch_all().await?)
}
