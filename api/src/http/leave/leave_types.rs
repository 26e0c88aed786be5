//! Kinds of leave over HTTP, each with what law says of it where it comes from a country's pack.

use commands::leave::{DefineLeaveType, RenameLeaveType, RestoreLeaveType, RetireLeaveType};
use commands::{Command, CommandError, Reply, Unit};
use domain::country::{Counts, ShownIn, Statute, pack};
use domain::id::LeaveTypeId;
use domain::leave::leave_type_stream;
use jiff::civil::Date;
use projections::leave::leave_type::{self, LeaveType, LeaveTypeRow};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::http::answer::{Answer, Changed};
use crate::http::body::Json;
use crate::http::call::{Call, piece};
use crate::http::cursor::Page;
use crate::http::members::{ById, Nothing, nothing_to_change};
use crate::http::problem::Problem;

const KIND: &str = "leave_type";

/// How amounts of leave are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(rename = "LeaveShownIn")]
pub(crate) enum ShownInName {
    #[default]
    Days,
    Hours,
}

/// Which days of an absence count as leave: those the member would have worked, or all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(rename = "LeaveCounts")]
pub(crate) enum CountsName {
    #[default]
    WorkingDays,
    CalendarDays,
}

/// What law says of a kind of leave. Whether and how the firm applies it is its policy's affair.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "LeaveStatute")]
pub(crate) struct StatuteBody {
    /// The first day it holds; null = always.
    from: Option<Date>,
    /// The last day it holds; null = until further notice.
    until: Option<Date>,
    /// For whom; null = for all.
    applies_to: Option<&'static str>,
    text: &'static str,
    source: &'static str,
}

/// A kind of leave.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "LeaveType")]
pub(crate) struct LeaveTypeBody {
    id: Uuid,
    /// Its stable name, which it keeps for ever.
    code: String,
    name: String,
    /// Whether the employer pays for it.
    paid: bool,
    shown_in: ShownInName,
    counts: CountsName,
    /// The country whose law it comes from; null = the firm's own, or of a country whose law is
    /// not known here.
    country: Option<String>,
    /// Whether no more of it can be asked for.
    retired: bool,
    /// What law there says of it, of all times.
    statute: Vec<StatuteBody>,
}

fn statute(of: &'static Statute) -> StatuteBody {
    StatuteBody {
        from: of.from,
        until: of.until,
        applies_to: of.applies_to.as_deref(),
        text: &of.text,
        source: &of.source,
    }
}

fn shown(row: LeaveTypeRow) -> LeaveTypeBody {
    let law = row.country.as_deref().and_then(pack).and_then(|pack| pack.leave_type(&row.code));
    LeaveTypeBody {
        id: row.leave_type_id.0,
        code: row.code,
        name: row.name,
        paid: row.paid,
        shown_in: match row.shown_in {
            ShownIn::Days => ShownInName::Days,
            ShownIn::Hours => ShownInName::Hours,
        },
        counts: match row.counts {
            Counts::WorkingDays => CountsName::WorkingDays,
            Counts::CalendarDays => CountsName::CalendarDays,
        },
        country: row.country,
        retired: row.retired,
        statute: law.map_or(&[][..], |kind| &kind.statute).iter().map(statute).collect(),
    }
}

/// `GET /leave-types`.
pub(crate) async fn list(call: Call<(), Nothing>) -> Result<Answer<Page<LeaveTypeBody>>, Problem> {
    let (after, limit) = (call.after()?.map(LeaveTypeId), call.look_for());
    let rows = match call.rows_then::<LeaveType>().await? {
        None => {
            let mut tx = call.tx().await?;
            let rows = leave_type::list(&mut tx, after, limit).await?;
            tx.commit().await?;
            rows
        }
        Some(rows) => piece(&rows, |_| true, |row| row.leave_type_id, after, limit),
    };
    Ok(call.page(rows, |row| row.leave_type_id.0, shown))
}

/// `GET /leave-types/{id}`.
pub(crate) async fn one(call: Call<ById, Nothing>) -> Result<Answer<LeaveTypeBody>, Problem> {
    let id = LeaveTypeId(call.path.id);
    let row = match call.rows_then::<LeaveType>().await? {
        None => {
            let mut tx = call.tx().await?;
            let row = leave_type::find(&mut tx, id).await?;
            tx.commit().await?;
            row
        }
        Some(mut rows) => rows.take(&id),
    };
    let row = row.ok_or_else(Problem::not_found)?;
    let tag = call.tag((KIND, id.0), row.position);
    Ok(call.read(shown(row)).tagged(tag))
}

/// A kind of leave to define.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct DefineLeaveTypeBody {
    /// Its stable name: letters a to z, digits and `_`; left out = made of its name.
    code: Option<String>,
    name: String,
    /// Whether the employer pays for it.
    paid: bool,
    /// Left out = days.
    #[serde(default)]
    shown_in: ShownInName,
    /// Left out = working days.
    #[serde(default)]
    counts: CountsName,
}

/// `POST /leave-types`.
pub(crate) async fn define(
    call: Call<(), Nothing, Json<DefineLeaveTypeBody>>,
) -> Result<Answer<Changed>, Problem> {
    let DefineLeaveTypeBody { code, name, paid, shown_in, counts } = call.body.0.clone();
    let shown_in = match shown_in {
        ShownInName::Days => ShownIn::Days,
        ShownInName::Hours => ShownIn::Hours,
    };
    let counts = match counts {
        CountsName::WorkingDays => Counts::WorkingDays,
        CountsName::CalendarDays => Counts::CalendarDays,
    };
    let leave_type = LeaveTypeId(call.new_id());
    let command = DefineLeaveType { leave_type, code, name, paid, shown_in, counts };
    let done = call.send(command).await?;
    Ok(call.made(done, KIND, "/leave-types"))
}

/// What to change of a kind of leave; what is left out stays.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ChangeLeaveTypeBody {
    name: Option<String>,
    /// Whether no more of it can be asked for.
    retired: Option<bool>,
}

/// Several changes of a kind of leave in one commit.
struct ChangeLeaveType {
    leave_type: LeaveTypeId,
    body: ChangeLeaveTypeBody,
    expected_version: Option<i32>,
}

impl Command for ChangeLeaveType {
    async fn run(&self, unit: &mut Unit<'_>) -> Result<Reply, CommandError> {
        let (leave_type, expected_version) = (self.leave_type, self.expected_version);
        if let Some(name) = self.body.name.clone() {
            RenameLeaveType { leave_type, name, expected_version }.run(unit).await?;
        }
        match self.body.retired {
            None => {}
            Some(true) => {
                RetireLeaveType { leave_type, expected_version }.run(unit).await?;
            }
            Some(false) => {
                RestoreLeaveType { leave_type, expected_version }.run(unit).await?;
            }
        }
        Ok(Reply::changed(leave_type))
    }
}

/// `PATCH /leave-types/{id}`.
pub(crate) async fn change(
    call: Call<ById, Nothing, Json<ChangeLeaveTypeBody>>,
) -> Result<Answer<Changed>, Problem> {
    let (leave_type, body) = (LeaveTypeId(call.path.id), &call.body.0);
    if body.name.is_none() && body.retired.is_none() {
        return Err(nothing_to_change());
    }
    let object = (KIND, leave_type.0);
    let command =
        |expected_version| ChangeLeaveType { leave_type, body: body.clone(), expected_version };
    let stream = leave_type_stream(leave_type);
    let done = call.send_if(object, stream, |_, _| true, command).await?;
    Ok(call.changed(done, object))
}
