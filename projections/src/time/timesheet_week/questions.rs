//! What is asked of the weeks: one, a member's, some by state, and those that wait.

use domain::id::MemberId;
use domain::time::{EntryState, Office, Week};
use migrations::TenantTx;

use super::TimesheetWeekRow;
use crate::row::{ReadError, read_row, read_rows, select};

/// One member's week; none where nothing was recorded in it.
pub async fn find(
    tx: &mut TenantTx,
    member: MemberId,
    week: Week,
) -> Result<Option<TimesheetWeekRow>, ReadError> {
    let sql = "where r.member_id = $1 and r.week = $2";
    let query = select::<TimesheetWeekRow>(tx, sql).bind(member.0).bind(week.to_string());
    query.fetch_optional().await?.as_ref().map(read_row).transpose()
}

/// A member's weeks from one to another, both included, in order.
pub async fn of_member(
    tx: &mut TenantTx,
    member: MemberId,
    first: Week,
    last: Week,
) -> Result<Vec<TimesheetWeekRow>, ReadError> {
    let sql = "where r.member_id = $1 and r.week between $2 and $3 order by r.week";
    let query = select::<TimesheetWeekRow>(tx, sql).bind(member.0);
    read_rows(&query.bind(first.to_string()).bind(last.to_string()).fetch_all().await?)
}

/// Weeks by week and member after those of a cursor; in one state, of one week or of one member
/// where it's named.
pub async fn list(
    tx: &mut TenantTx,
    state: Option<EntryState>,
    week: Option<Week>,
    member: Option<MemberId>,
    after: Option<(Week, MemberId)>,
    limit: i64,
) -> Result<Vec<TimesheetWeekRow>, ReadError> {
    let sql = "where ($1::text is null or r.state = $1) and ($2::text is null or r.week = $2)
            and ($3::uuid is null or r.member_id = $3)
            and ($4::text is null or (r.week, r.member_id) > ($4, $5))
        order by r.week, r.member_id limit $6";
    let answers = select::<TimesheetWeekRow>(tx, sql)
        .bind(state.map(EntryState::as_str))
        .bind(week.map(|week| week.to_string()))
        .bind(member.map(|member| member.0))
        .bind(after.map(|(week, _)| week.to_string()))
        .bind(after.map(|(_, member)| member.0))
        .bind(limit)
        .fetch_all()
        .await?;
    read_rows(&answers)
}

/// Weeks in which something waits for one of these offices, by week and member after those of a
/// cursor: whether it waits for whoever asks is theirs to find out.
pub async fn waiting(
    tx: &mut TenantTx,
    offices: &[Office],
    after: Option<(Week, MemberId)>,
    limit: i64,
) -> Result<Vec<TimesheetWeekRow>, ReadError> {
    let sql = "where r.submitted > 0 and r.waits_for && $1
            and ($2::text is null or (r.week, r.member_id) > ($2, $3))
        order by r.week, r.member_id limit $4";
    let offices: Vec<&str> = offices.iter().map(|office| office.as_str()).collect();
    let answers = select::<TimesheetWeekRow>(tx, sql)
        .bind(offices)
        .bind(after.map(|(week, _)| week.to_string()))
        .bind(after.map(|(_, member)| member.0))
        .bind(limit)
        .fetch_all()
        .await?;
    read_rows(&answers)
}
