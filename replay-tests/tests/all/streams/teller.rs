//! Tells a history through the same commands as any client, under a clock that stands until it's
//! set, so that a history that is recorded anew has the same ids and times.

use commands::{Clock, Command, CommandError};
use domain::id::MemberId;
use domain::log::Actor;
use jiff::Timestamp;
use uuid::Uuid;

use crate::firm::Firm;

pub(crate) struct Teller {
    pub(crate) firm: Firm,
    clock: Clock,
}

impl Teller {
    pub(crate) async fn begin(at: &str, seed: u64) -> Self {
        let clock = Clock::simulated(at.parse().expect("an instant"), seed);
        Teller { firm: Firm::living_by(clock.clone()).await, clock }
    }

    /// It is that time now.
    pub(crate) fn at(&self, at: &str) {
        let now: Timestamp = at.parse().expect("an instant");
        assert!(now >= self.clock.now(), "a history goes forward");
        self.clock.set(now);
    }

    pub(crate) fn new_id<T: From<Made>>(&self) -> T {
        Made(self.clock.new_id()).into()
    }

    pub(crate) async fn operator(&self, command: impl Command) {
        self.firm.send(Actor::Operator, command).await.expect("a command that is in order");
    }

    pub(crate) async fn member(&self, by: MemberId, command: impl Command) {
        self.firm.told(by, command).await;
    }

    /// What somebody tries and may not.
    pub(crate) async fn refused(&self, by: MemberId, code: &str, command: impl Command) {
        match self.firm.send(Actor::Member(by), command).await {
            Err(CommandError::Refused(refused)) if refused.code == code => {}
            other => panic!("not refused as {code}: {other:?}"),
        }
    }
}

/// A new id of any kind.
pub(crate) struct Made(Uuid);

macro_rules! made {
    ($($id:ident),+) => {$(
        impl From<Made> for domain::id::$id {
            fn from(made: Made) -> Self {
                domain::id::$id(made.0)
            }
        }
    )+};
}

made!(
    MemberId,
    ClientId,
    ProjectId,
    TaskId,
    EntryId,
    InvoiceId,
    LeaveTypeId,
    BudgetId,
    FavouriteId,
    SubstitutionId,
    LeaveRequestId,
    LeaveEntryId,
    LeaveCaseId,
    LeaveFeedId,
    FileId,
    CreditNoteId,
    PaymentId,
    DisputeId,
    ClientLinkId
);
