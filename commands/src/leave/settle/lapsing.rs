//! Who is told that leave which came over to them is about to lapse: once sixty and once fourteen
//! days before, if by what is known then anything of it is left on its last day.

use domain::id::{LeaveTypeId, MemberId, StreamId, TenantId};
use domain::leave::ledger::{left_to_lapse, replay};
use jiff::ToSpan;
use jiff::civil::Date;
use uuid::Uuid;

use super::{must_be_the_program, reached};
use crate::event_log::NewJob;
use crate::handle::Command;
use crate::leave::sources::FirmLeave;
use crate::mail::{Letter, MAIL};
use crate::refused::{CommandError, Reply};
use crate::unit::Unit;

/// How many days before it's told.
const BEFORE: [i64; 2] = [60, 14];

/// Leave that lapses after a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Lapsing {
    pub(super) member: MemberId,
    pub(super) leave_type: LeaveTypeId,
    pub(super) last: Date,
}

/// Whose leave lapses so many days after this one that it's told on this one.
pub(super) fn lapsing(firm: &FirmLeave, day: Date) -> Vec<Lapsing> {
    let lasts: Vec<Date> =
        BEFORE.iter().filter_map(|days| day.checked_add(days.days()).ok()).collect();
    let Some(through) = lasts.iter().max().copied() else { return Vec::new() };
    let mut found = Vec::new();
    for (member, (_, own)) in &firm.members {
        let Some(sources) = firm.of(*member).filter(|_| reached(own)) else { continue };
        for leave_type in firm.types.keys() {
            let Some(facts) = sources.account(*leave_type) else { continue };
            let ledger = replay(&facts, through);
            let buckets = left_to_lapse(&ledger.postings);
            let mut last: Vec<Date> = buckets.keys().filter_map(|bucket| bucket.expires).collect();
            last.retain(|last| lasts.contains(last));
            last.dedup();
            let of = |last| Lapsing { member: *member, leave_type: *leave_type, last };
            found.extend(last.into_iter().map(of));
        }
    }
    found.sort_unstable();
    found.dedup();
    found
}

/// Ask for the letters of a day.
#[derive(Debug, Clone)]
pub(super) struct TellOfLapse {
    pub(super) day: Date,
    pub(super) lapsing: Vec<Lapsing>,
}

/// A letter that was asked for before is not asked for again.
fn letter_id(tenant: TenantId, day: Date, of: &Lapsing) -> Uuid {
    let days = [day.to_string(), of.last.to_string()];
    let parts: [&[u8]; 5] = [
        tenant.0.as_bytes(),
        of.member.0.as_bytes(),
        of.leave_type.0.as_bytes(),
        days[0].as_bytes(),
        days[1].as_bytes(),
    ];
    StreamId::derived("leave_lapsing", &parts).0
}

impl Command for TellOfLapse {
    async fn run(&self, unit: &mut Unit<'_>) -> Result<Reply, CommandError> {
        must_be_the_program(unit).await?;
        for of in &self.lapsing {
            let Lapsing { member, leave_type, last } = *of;
            let reference = Letter::LeaveLapsing { member, leave_type, last }.reference();
            let id = letter_id(unit.tenant(), self.day, of);
            let due_at = unit.now();
            unit.job(NewJob { id, kind: MAIL, reference, due_at });
        }
        Ok(Reply { id: None, created: false })
    }
}
