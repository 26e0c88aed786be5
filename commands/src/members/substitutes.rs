//! Who stands in for whom: named and withdrawn by the member who is away or by an admin, and found
//! by who stands in, for whom every day on record is a claim.

use domain::id::{MemberId, SubstitutionId};
use domain::log::ClaimKind;
use domain::members::{
    self, Member, Role, SubstituteFacts, member_stream, name_substitute, withdraw_substitute,
};
use domain::settings::{Settings, settings_stream};
use domain::time::Right;
use domain::time::worked::find_zone;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::load;
use crate::event_log::read::held_by;
use crate::handle::Command;
use crate::refused::{CommandError, Reply};
use crate::unit::Unit;

/// The day by the firm's own zone, which may itself be new on it.
pub fn day_of(settings: &Settings, now: Timestamp) -> Date {
    let utc = now.to_zoned(TimeZone::UTC).date();
    find_zone(settings.time_zone(utc)).map_or(utc, |zone| now.to_zoned(zone).date())
}

/// In whose rights a member may decide today: their own first, then those of each member for whom
/// they stand in. Empty where the member can't act at all.
pub(crate) async fn rights_of(
    unit: &mut Unit<'_>,
    member: MemberId,
    today: Date,
) -> Result<Vec<Right>, CommandError> {
    let stream = member_stream(member);
    let own = unit.read::<Member>(stream).await?;
    let Some(own) = Right::of(&own.state) else { return Ok(Vec::new()) };
    let mut rights = vec![own];
    let mut absent: Vec<MemberId> = held_by(unit.tx().await?, ClaimKind::Substitution, stream)
        .await?
        .iter()
        .filter_map(|absent| absent.parse().ok())
        .collect();
    absent.sort_unstable();
    absent.dedup();
    for absent in absent {
        let absent = unit.read::<Member>(member_stream(absent)).await?;
        if absent.state.substitutes_on(today).any(|it| it == member) {
            rights.extend(Right::of(&absent.state));
        }
    }
    Ok(rights)
}

/// Let somebody stand in for a member.
#[derive(Debug, Clone, Copy)]
pub struct NameSubstitute {
    /// A new id.
    pub id: SubstitutionId,
    /// Who is away.
    pub member: MemberId,
    /// Who stands in.
    pub substitute: MemberId,
    /// The first day.
    pub from: Date,
    /// The last day.
    pub to: Date,
}

impl Command for NameSubstitute {
    async fn run(&self, unit: &mut Unit<'_>) -> Result<Reply, CommandError> {
        let NameSubstitute { id, member, substitute, from, to } = *self;
        let (loaded, by) = load(unit, member, None).await?;
        let deputy = unit.read::<Member>(member_stream(substitute)).await?;
        if !deputy.exists() {
            return Err(CommandError::NotFound);
        }
        let settings = unit.peek::<Settings>(settings_stream()).await?;
        let today = day_of(&settings.state, unit.now());
        let facts = SubstituteFacts { fit: deputy.state.includes(Role::Member), today };
        let command = members::NameSubstitute { id, member, substitute, from, to };
        let events = name_substitute::decide(&loaded.state, &by, &facts, command)?;
        unit.emit(&loaded, events);
        Ok(Reply::created(id))
    }
}

/// Take back that somebody stands in.
#[derive(Debug, Clone, Copy)]
pub struct WithdrawSubstitute {
    /// What it's known by.
    pub id: SubstitutionId,
    /// Who was to be away.
    pub member: MemberId,
}

impl Command for WithdrawSubstitute {
    async fn run(&self, unit: &mut Unit<'_>) -> Result<Reply, CommandError> {
        let (loaded, by) = load(unit, self.member, None).await?;
        let command = members::WithdrawSubstitute { id: self.id, member: self.member };
        let events = withdraw_substitute::decide(&loaded.state, &by, command)?;
        unit.emit(&loaded, events);
        Ok(Reply::changed(self.id))
    }
}
