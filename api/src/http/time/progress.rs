//! How far a member has come in a month, against its working days and the hours that should be
//! billable in each.

use domain::time::Month;
use domain::time::cells::by_day;
use domain::time::progress::{Due, due, forecast, share_basis_points};
use jiff::civil::Date;
use schemars::JsonSchema;
use serde::Serialize;
use uuid::Uuid;

use super::calendar::ByMonth;
use super::days::MemberDays;
use crate::http::answer::Answer;
use crate::http::call::Call;
use crate::http::members::Nothing;
use crate::http::problem::Problem;

/// What is due over some days of the month.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "Due")]
pub(crate) struct DueBody {
    /// Days on which there is work to do.
    working_days: u32,
    /// Minutes of work by pattern, less holidays and leave, while employed.
    minutes: u64,
    /// How many seconds of it should be billable: `BILLABLE_HOURS_IN_WORKING_DAY` on each working
    /// day, pro rata on those that are shorter than a full one, by pattern or for leave.
    target_seconds: u64,
}

impl From<Due> for DueBody {
    fn from(due: Due) -> Self {
        let Due { working_days, minutes, target_seconds } = due;
        DueBody { working_days, minutes, target_seconds }
    }
}

/// A member's month so far.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "Progress")]
pub(crate) struct ProgressBody {
    member_id: Uuid,
    month: String,
    /// Today in the member's zone, which counts as a day that has come.
    today: Date,
    /// Up to today.
    so_far: DueBody,
    /// Over the whole month.
    in_month: DueBody,
    /// As recorded in the month, on the days it counts for.
    seconds: i64,
    billable_seconds: i64,
    /// Of these, those on days after today.
    ahead_seconds: i64,
    ahead_billable_seconds: i64,
    /// The billable ones up to today less what should be billable by then.
    difference_seconds: i64,
    /// Where the month ends at the pace up to today; null where nothing was due so far.
    forecast_seconds: Option<i64>,
    forecast_billable_seconds: Option<i64>,
    /// The billable share of what could be worked up to today, in basis points: 10 000 is all.
    utilisation_basis_points: Option<i64>,
}

/// `GET /progress/{member_id}/{month}`.
pub(crate) async fn progress(
    call: Call<ByMonth, Nothing>,
) -> Result<Answer<ProgressBody>, Problem> {
    let (member, month) = call.path.seen_by(&call)?;
    let mut tx = call.tx().await?;
    let bounds = (month.first(), month.last());
    let days = MemberDays::load(&call, &mut tx, member, bounds).await?;
    tx.commit().await?;
    Ok(call.read(shown(&days, month)))
}

fn shown(days: &MemberDays, month: Month) -> ProgressBody {
    let today = days.today;
    let billable_day = |day| days.book.settings().working_day_seconds(day);
    let so_far = due(&days.terms(), month.first(), month.last().min(today), billable_day);
    let in_month = due(&days.terms(), month.first(), month.last(), billable_day);
    let (mut seconds, mut billable) = (0, 0);
    let (mut ahead, mut ahead_billable) = (0, 0);
    for (day, time) in by_day(&days.cells) {
        seconds += time.seconds;
        billable += time.billable_seconds;
        if day > today {
            ahead += time.seconds;
            ahead_billable += time.billable_seconds;
        }
    }
    let ending = |seconds| forecast(seconds, so_far.minutes, in_month.minutes);
    let target = i64::try_from(so_far.target_seconds).expect("a month of seconds fits");
    ProgressBody {
        member_id: days.member.0,
        month: month.to_string(),
        today,
        so_far: so_far.into(),
        in_month: in_month.into(),
        seconds,
        billable_seconds: billable,
        ahead_seconds: ahead,
        ahead_billable_seconds: ahead_billable,
        difference_seconds: billable - ahead_billable - target,
        forecast_seconds: ending(seconds - ahead),
        forecast_billable_seconds: ending(billable - ahead_billable),
        utilisation_basis_points: share_basis_points(billable - ahead_billable, so_far.minutes),
    }
}
