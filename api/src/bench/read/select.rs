//! The ceiling of a read: the same rows of a member's week, asked of the database itself over
//! connections of their own, without transaction, role, HTTP or JSON.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use domain::id::MemberId;
use domain::time::Week;
use sqlx::postgres::PgConnection;
use sqlx::{ConnectOptions, Connection};
use tokio::task::JoinSet;

use super::load::Tally;
use super::routes::spread;
use super::year::Year;
use crate::system::System;

/// Asks with so many connections; none where this program may not ask as the administrator.
pub async fn run(
    system: &System,
    year: &Year,
    connections: usize,
    leg: Duration,
) -> anyhow::Result<Option<Tally>> {
    let Some(administrator) = &system.administrator else { return Ok(None) };
    let options = administrator.clone().database(migrations::bootstrap::DATABASE);
    let sql: Arc<str> = Arc::from(format!(
        "select entry_id, sheet_id, member_id, project_id, task_id, day, start_at, end_at, zone, \
         seconds, billable, note, tags, state, version, import_id, position \
         from {}.rm_time_entry where member_id = $1 and day between $2::text::date \
         and $3::text::date order by day, entry_id",
        year.tenant.schema()
    ));
    let mut open = Vec::with_capacity(connections);
    for _ in 0..connections {
        open.push(options.clone().disable_statement_logging().connect().await?);
    }
    let (weeks, next) = (Arc::new(spread(&year.weeks)), Arc::new(AtomicUsize::new(0)));
    let (start, mut tasks) = (Instant::now(), JoinSet::new());
    for connection in open {
        tasks.spawn(one(connection, sql.clone(), weeks.clone(), next.clone(), start + leg));
    }
    let mut whole = Tally::default();
    while let Some(ms) = tasks.join_next().await {
        whole.ms.append(&mut ms??);
    }
    whole.seconds = start.elapsed().as_secs_f64();
    Ok(Some(whole))
}

async fn one(
    mut connection: PgConnection,
    sql: Arc<str>,
    weeks: Arc<Vec<(MemberId, Week)>>,
    next: Arc<AtomicUsize>,
    end: Instant,
) -> anyhow::Result<Vec<f64>> {
    let mut ms = Vec::new();
    loop {
        let start = Instant::now();
        if start >= end {
            connection.close().await?;
            return Ok(ms);
        }
        let (member, week) = weeks[next.fetch_add(1, Ordering::Relaxed) % weeks.len()];
        let rows = sqlx::query(&sql)
            .bind(member.0)
            .bind(week.monday().to_string())
            .bind(week.sunday().to_string())
            .fetch_all(&mut connection)
            .await?;
        anyhow::ensure!(!rows.is_empty(), "{week} of {member} has no rows");
        ms.push(start.elapsed().as_secs_f64() * 1e3);
    }
}
