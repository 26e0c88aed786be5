//! `PATCH /members/{id}`: several changes of a member in one commit. Each has its own rule of who may
//! make it; one that is refused refuses all.

use commands::members::{
    ChangeMemberEmail, ChangeMemberEmployment, ChangeMemberManager, ChangeMemberTimeZone,
    RenameMember,
};
use commands::{Command, CommandError, Reply, Unit};
use domain::id::MemberId;
use jiff::civil::Date;
use schemars::JsonSchema;
use serde::Deserialize;
use uuid::Uuid;

use super::{ById, KIND, Nothing, nothing_to_change, send};
use crate::http::answer::{Answer, Changed};
use crate::http::body::Json;
use crate::http::call::Call;
use crate::http::change::Change;
use crate::http::problem::Problem;

/// What to change of a member; what is left out stays.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ChangeMemberBody {
    name: Option<String>,
    email: Option<String>,
    /// Null = the tenant's.
    #[serde(default)]
    time_zone: Change<String>,
    /// Who they report to; null = nobody.
    #[serde(default)]
    manager_id: Change<Uuid>,
    /// Their first day of employment; null = not known.
    #[serde(default)]
    hired_on: Change<Date>,
    /// Their last day of employment; null = there is none.
    #[serde(default)]
    left_on: Change<Date>,
}

/// Several changes of a member in one commit.
struct ChangeMember {
    rename: Option<RenameMember>,
    email: Option<ChangeMemberEmail>,
    time_zone: Option<ChangeMemberTimeZone>,
    manager: Option<ChangeMemberManager>,
    employment: Option<ChangeMemberEmployment>,
}

impl Command for ChangeMember {
    async fn run(&self, unit: &mut Unit<'_>) -> Result<Reply, CommandError> {
        let mut reply = None;
        if let Some(command) = &self.rename {
            reply = Some(command.run(unit).await?);
        }
        if let Some(command) = &self.email {
            reply = Some(command.run(unit).await?);
        }
        if let Some(command) = &self.time_zone {
            reply = Some(command.run(unit).await?);
        }
        if let Some(command) = &self.manager {
            reply = Some(command.run(unit).await?);
        }
        if let Some(command) = &self.employment {
            reply = Some(command.run(unit).await?);
        }
        reply.ok_or_else(|| CommandError::Internal("nothing to change".into()))
    }
}

impl ChangeMemberBody {
    /// The changes, of a member in the version that the caller saw.
    fn of(&self, member: MemberId, expected_version: Option<i32>) -> ChangeMember {
        let ChangeMemberBody { name, email, time_zone, manager_id, hired_on, left_on } =
            self.clone();
        let (hired_on, left_on) = (hired_on.changed(), left_on.changed());
        let employed = hired_on.is_some() || left_on.is_some();
        ChangeMember {
            rename: name.map(|name| RenameMember { member, name, expected_version }),
            email: email.map(|email| ChangeMemberEmail { member, email, expected_version }),
            time_zone: time_zone.changed().map(|time_zone| ChangeMemberTimeZone {
                member,
                time_zone,
                expected_version,
            }),
            manager: manager_id.changed().map(|manager| ChangeMemberManager {
                member,
                manager: manager.map(MemberId),
                expected_version,
            }),
            employment: employed.then_some(ChangeMemberEmployment {
                member,
                hired_on,
                left_on,
                expected_version,
            }),
        }
    }

    fn is_empty(&self) -> bool {
        let ChangeMemberBody { name, email, time_zone, manager_id, hired_on, left_on } = self;
        name.is_none()
            && email.is_none()
            && *time_zone == Change::Keep
            && *manager_id == Change::Keep
            && *hired_on == Change::Keep
            && *left_on == Change::Keep
    }
}

/// `PATCH /members/{id}`.
pub(crate) async fn change(
    call: Call<ById, Nothing, Json<ChangeMemberBody>>,
) -> Result<Answer<Changed>, Problem> {
    if call.body.0.is_empty() {
        return Err(nothing_to_change());
    }
    let member = MemberId(call.path.id);
    let done = send(&call, member, |expected_version| call.body.0.of(member, expected_version));
    Ok(call.changed(done.await?, (KIND, member.0)))
}
