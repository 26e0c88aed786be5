//! What somebody may see of others' leave, from the log as it stands: a right that was given,
//! taken back or passed on to a substitute counts at once, whatever moment is looked at.

use std::collections::{BTreeMap, BTreeSet};

use cqrs_es::Aggregate;
use domain::files::{FileAbout, FileStored};
use domain::id::{FileId, LeaveRequestId, MemberId};
use domain::leave::{Asked, MemberLeave, Onlooker, member_leave_stream};
use domain::members::{Member, Object};
use domain::settings::{Settings, settings_stream};
use jiff::Timestamp;
use migrations::TenantTx;

use super::sources::states;
use crate::event_log::read::{self, ReadError};
use crate::members::substitutes::day_of;

/// Somebody who looks, and the leave that they look at.
#[derive(Debug, Clone, Default)]
pub struct Sight {
    onlooker: Onlooker,
    leave: BTreeMap<MemberId, MemberLeave>,
}

impl Sight {
    /// The type of the streams that it looks at: a member's leave.
    pub const OF: &'static str = MemberLeave::TYPE;

    /// What `by` sees of the leave of these members; asks nothing where there are none.
    pub async fn load(
        tx: &mut TenantTx,
        by: MemberId,
        of: BTreeSet<MemberId>,
        now: Timestamp,
    ) -> Result<Self, ReadError> {
        if of.is_empty() {
            return Ok(Sight::default());
        }
        let settings = states::<Settings>(tx, &[settings_stream()], None).await?;
        let settings = settings.into_values().next().map(|(_, it)| it).unwrap_or_default();
        let members = read::streams_of(tx, Member::TYPE).await?;
        let members = states::<Member>(tx, &members, None).await?;
        let members = members.values().map(|(_, member)| member);
        let onlooker = Onlooker::of(by, members, day_of(&settings, now));
        let streams: Vec<_> = of.iter().map(|member| member_leave_stream(*member)).collect();
        let mut found = states::<MemberLeave>(tx, &streams, None).await?;
        let leave = of
            .iter()
            .filter_map(|member| Some((*member, found.remove(&member_leave_stream(*member))?.1)));
        Ok(Sight { leave: leave.collect(), onlooker })
    }

    /// What `by` may do with this file by what it's about; as the policy asks for it.
    pub async fn of_file(
        tx: &mut TenantTx,
        by: MemberId,
        file: &FileStored,
        now: Timestamp,
    ) -> Result<Object, ReadError> {
        let object = file.object();
        let of_leave = match file.about {
            Some(FileAbout::LeaveRequest(_)) => true,
            // A note that was stored first and attached later.
            None => file.kind.is_about_health(),
            Some(FileAbout::Client(_) | FileAbout::Project(_)) => false,
        };
        if !of_leave {
            return Ok(object);
        }
        let sight = Sight::load(tx, by, [file.owner].into(), now).await?;
        Ok(sight.on(object))
    }

    /// The same object with whether they have a step of what it's about.
    pub fn on(&self, object: Object) -> Object {
        match object {
            Object::File { file, kind, owner, about, approver: _ } => {
                let approver = match about {
                    Some(FileAbout::LeaveRequest(request)) => self.has_a_step(owner, request),
                    None => self.has_a_step_with(owner, file),
                    Some(FileAbout::Client(_) | FileAbout::Project(_)) => false,
                };
                Object::File { file, kind, owner, about, approver }
            }
            Object::Firm
            | Object::Client(_)
            | Object::Project { .. }
            | Object::Member(_)
            | Object::Leave { .. } => object,
        }
    }

    /// Whether they have or had a step of a request to decide on.
    pub fn has_a_step(&self, member: MemberId, request: LeaveRequestId) -> bool {
        let asked = self.asked(member, request);
        asked.is_some_and(|asked| self.onlooker.has_a_step(&asked))
    }

    /// The same of any request that this file is attached to.
    fn has_a_step_with(&self, member: MemberId, file: FileId) -> bool {
        let requests = self.leave.get(&member).into_iter().flat_map(|leave| &leave.requests);
        let mut with = requests.filter(|(_, request)| request.files.contains(&file));
        with.any(|(request, _)| self.has_a_step(member, *request))
    }

    /// Whether they may read why a request was made, or decided as it was.
    pub fn sees_reason(&self, member: MemberId, request: LeaveRequestId) -> bool {
        let asked = self.asked(member, request);
        asked.is_some_and(|asked| self.onlooker.sees_reason(&asked))
    }

    /// Whether they may read what was said of a member's leave where no request is meant.
    pub fn sees_reasons_of(&self, member: MemberId) -> bool {
        self.onlooker.sees_reasons_of(member)
    }

    fn asked(&self, member: MemberId, request: LeaveRequestId) -> Option<Asked<'_>> {
        let request = self.leave.get(&member)?.requests.get(&request)?;
        Some(Asked::of(member, request))
    }
}
