//! Why a timesheet refuses: each refusal is a state of the world with a stable code, and its text
//! says what to do about it. No text of a person may appear in one.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};

use super::chain::Office;
use super::copy_week::CopyRefusal;
use super::favourites::FavouriteRefusal;
use super::periods::{Closing, PeriodScope};
use super::timer::TimerRefusal;
use super::week::Week;
use super::worked::WorkedError;
use crate::id::{EntryId, InvoiceId};

/// What a timesheet refuses.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The member left or rests.
    #[error("the member is inactive and takes no new time; activate the member first")]
    MemberInactive,
    /// The project takes no new time.
    #[error("the project is archived and takes no new time; restore it or choose another")]
    ProjectArchived,
    /// The project is open to linked members only.
    #[error("the member is not linked to the project; link the member or choose another project")]
    MemberNotLinked,
    /// The project has no such task.
    #[error("the project has no such task; choose one of its tasks")]
    TaskUnknown,
    /// The task takes no new time.
    #[error("the task is archived and takes no new time; choose another")]
    TaskArchived,
    /// An entry with this id is there already.
    #[error("the entry {entry} is recorded already; revise it, or record with a new id")]
    EntryExists {
        /// The entry.
        entry: EntryId,
    },
    /// There is no such entry in this week.
    #[error("there is no entry {entry} in this week; read the week again")]
    EntryUnknown {
        /// The entry.
        entry: EntryId,
    },
    /// An invoice holds the seconds of the entry.
    #[error(
        "the entry {entry} is on the invoice {invoice}; void that invoice first, or correct the \
         entry with POST /time-entries/{entry}/correct"
    )]
    EntryBilled {
        /// The entry.
        entry: EntryId,
        /// The invoice that holds it.
        invoice: InvoiceId,
    },
    /// Another entry of the member shares an instant with it.
    #[error(
        "the time overlaps the entry {with}, which lasts from {start} to {end}; change the times \
         or revise that entry first"
    )]
    Overlap {
        /// The other entry.
        with: EntryId,
        /// Its first instant.
        start: Timestamp,
        /// The first instant after it.
        end: Timestamp,
    },
    /// The week holds as many entries as it may.
    #[error("a week holds at most {most} entries; join some of them")]
    WeekFull {
        /// How many it may hold.
        most: usize,
    },
    /// The entry belongs to another week.
    #[error("the entry would belong to {week}; move it there, which changes both weeks at once")]
    OtherWeek {
        /// The week of its new day.
        week: Week,
    },
    /// The day lies where no timesheet is kept.
    #[error("time is recorded on days from 1970-01-01 to 2199-12-31")]
    DayOutOfRange,
    /// Work that can't be recorded as said.
    #[error(transparent)]
    Worked(#[from] WorkedError),
    /// The clock was set forward over this local time.
    #[error(
        "the local time {local} does not exist in {zone}: the clock was set forward; say {after} \
         or later, or an instant with an offset"
    )]
    LocalTimeDoesNotExist {
        /// The local time as it was said.
        local: DateTime,
        /// The zone.
        zone: String,
        /// The first local time after the gap.
        after: DateTime,
    },
    /// A fold other than 0 or 1.
    #[error("fold is 0 for the first and 1 for the second of two equal local times")]
    FoldUnknown,
    /// The note is too long.
    #[error("a note has at most {most} characters; shorten it")]
    NoteTooLong {
        /// How long it may be.
        most: usize,
    },
    /// Too many tags, or one that is empty or too long.
    #[error("an entry has at most {most} tags of 1 to {longest} characters each")]
    TagsOutOfBounds {
        /// How many there may be.
        most: usize,
        /// How long each may be.
        longest: usize,
    },
    /// No entry is open or rejected.
    #[error("nothing waits to be submitted in this week; record or revise time first")]
    NothingToSubmit,
    /// No entry is submitted.
    #[error("nothing waits for approval in this week; it must be submitted first")]
    NothingSubmitted,
    /// No entry is submitted or approved.
    #[error(
        "nothing in this week is submitted or approved; its entries can be changed as they are"
    )]
    NothingToReopen,
    /// What waits is for others to decide now.
    #[error("what waits for approval here is for the office {waits_for} to decide now")]
    NotYourStep {
        /// The office of the next step.
        waits_for: Office,
    },
    /// Approver and member are the same.
    #[error(
        "nobody decides on their own time; ask another approver, or let the owner allow it with \
         the setting SELF_APPROVAL"
    )]
    OwnApproval,
    /// The week is not what the approver saw.
    #[error("the week changed since it was read; read it again and approve what it holds now")]
    ContentChanged,
    /// A week is sent back, time corrected and a period opened for a reason only.
    #[error("say why: this is done with a reason only")]
    ReasonRequired,
    /// The day is closed.
    #[error(
        "{day} is closed: {scope} is closed through {through}; correct an entry of that day with \
         POST /time-entries/{{id}}/correct, which books on an open day, and record new time on a \
         later one"
    )]
    PeriodClosed {
        /// The day.
        day: Date,
        /// Whose time is closed.
        scope: PeriodScope,
        /// The last day that is closed.
        through: Date,
    },
    /// The day to close has not come.
    #[error("a period is closed through {today}, which is today, at the latest")]
    PeriodInFuture {
        /// Today in the tenant's zone.
        today: Date,
    },
    /// It's closed further than that.
    #[error("it is closed through {through}; to open days again, reopen them with a reason")]
    PeriodClosedFurther {
        /// The last day that is closed.
        through: Date,
    },
    /// There is nothing to open.
    #[error(
        "nothing of that scope is closed on {from} by itself; look at what is with GET /periods"
    )]
    PeriodNotClosed {
        /// The first day to open.
        from: Date,
    },
    /// The entry was taken back.
    #[error(
        "the entry {entry} was reversed by {by}; change or correct what stands in for it, or \
         remove the reversal first"
    )]
    EntryReversed {
        /// The entry.
        entry: EntryId,
        /// What took it back.
        by: EntryId,
    },
    /// A reversal stays as it is.
    #[error(
        "the entry {entry} is a reversal: it is neither changed nor reversed; correct what stands \
         in for the reversed entry"
    )]
    IsReversal {
        /// The reversal.
        entry: EntryId,
    },
    /// Nothing keeps the entry from being changed.
    #[error(
        "the entry {entry} is on an open day and on no invoice; change it directly with PATCH \
         /time-entries/{entry}"
    )]
    ChangeDirectly {
        /// The entry.
        entry: EntryId,
    },
    /// Some of the entry was written off, and it's not said what of that what stands in is.
    #[error(
        "{seconds} seconds of the entry {entry} were written off and are billed no more: say with \
         `billable` whether what stands in for it may be billed"
    )]
    WrittenOff {
        /// The entry.
        entry: EntryId,
        /// How many.
        seconds: u32,
    },
    /// A reversal that was approved stays.
    #[error("the reversal {entry} is approved; reopen its week first")]
    ReversalApproved {
        /// The reversal.
        entry: EntryId,
    },
    /// A reversal goes after what stands in for its entry.
    #[error("{replacement} stands in for what {entry} took back; remove {replacement} first")]
    ReplacementStands {
        /// The reversal.
        entry: EntryId,
        /// What stands in.
        replacement: EntryId,
    },
    /// What a timer refuses.
    #[error(transparent)]
    Timer(#[from] TimerRefusal),
    /// What copying a week refuses.
    #[error(transparent)]
    Copy(#[from] CopyRefusal),
    /// What favourites refuse.
    #[error(transparent)]
    Favourite(#[from] FavouriteRefusal),
}

impl Refusal {
    /// The refusal of a day that a closing holds.
    pub fn period_closed(day: Date, closing: Closing) -> Self {
        let Closing { scope, through } = closing;
        Refusal::PeriodClosed { day, scope, through }
    }

    /// The stable name of the refusal.
    pub fn code(&self) -> &'static str {
        match self {
            Refusal::MemberInactive => "time.member_inactive",
            Refusal::ProjectArchived => "time.project_archived",
            Refusal::MemberNotLinked => "time.member_not_linked",
            Refusal::TaskUnknown => "time.task_unknown",
            Refusal::TaskArchived => "time.task_archived",
            Refusal::EntryExists { .. } => "time.entry_exists",
            Refusal::EntryUnknown { .. } => "time.entry_unknown",
            Refusal::EntryBilled { .. } => "time.entry_billed",
            Refusal::Overlap { .. } => "time.overlap",
            Refusal::WeekFull { .. } => "time.week_full",
            Refusal::OtherWeek { .. } => "time.other_week",
            Refusal::DayOutOfRange => "time.day_out_of_range",
            Refusal::Worked(WorkedError::NotPositive) => "time.not_positive",
            Refusal::Worked(WorkedError::TooLong) => "time.too_long",
            Refusal::Worked(WorkedError::Fraction) => "time.fraction_of_a_second",
            Refusal::Worked(WorkedError::UnknownZone(_)) => "time.zone_unknown",
            Refusal::LocalTimeDoesNotExist { .. } => "time.local_time_does_not_exist",
            Refusal::FoldUnknown => "time.fold_unknown",
            Refusal::NoteTooLong { .. } => "time.note_too_long",
            Refusal::TagsOutOfBounds { .. } => "time.tags_out_of_bounds",
            Refusal::NothingToSubmit => "time.nothing_to_submit",
            Refusal::NothingSubmitted => "time.nothing_submitted",
            Refusal::NothingToReopen => "time.nothing_to_reopen",
            Refusal::NotYourStep { .. } => "time.not_your_step",
            Refusal::OwnApproval => "time.own_approval",
            Refusal::ContentChanged => "time.content_changed",
            Refusal::ReasonRequired => "time.reason_required",
            Refusal::PeriodClosed { .. } => "time.period_closed",
            Refusal::PeriodInFuture { .. } => "time.period_in_future",
            Refusal::PeriodClosedFurther { .. } => "time.period_closed_further",
            Refusal::PeriodNotClosed { .. } => "time.period_not_closed",
            Refusal::EntryReversed { .. } => "time.entry_reversed",
            Refusal::IsReversal { .. } => "time.is_reversal",
            Refusal::ChangeDirectly { .. } => "time.change_directly",
            Refusal::WrittenOff { .. } => "time.written_off",
            Refusal::ReversalApproved { .. } => "time.reversal_approved",
            Refusal::ReplacementStands { .. } => "time.replacement_stands",
            Refusal::Timer(refusal) => refusal.code(),
            Refusal::Copy(refusal) => refusal.code(),
            Refusal::Favourite(refusal) => refusal.code(),
        }
    }

    /// The field of the request it's about, as a JSON pointer, where it's one.
    pub fn field(&self) -> Option<&'static str> {
        match self {
            Refusal::MemberInactive => Some("/member_id"),
            Refusal::ProjectArchived | Refusal::MemberNotLinked => Some("/project_id"),
            Refusal::TaskUnknown | Refusal::TaskArchived => Some("/task_id"),
            Refusal::Worked(WorkedError::UnknownZone(_)) => Some("/time_zone"),
            Refusal::FoldUnknown => Some("/fold"),
            Refusal::NoteTooLong { .. } => Some("/note"),
            Refusal::TagsOutOfBounds { .. } => Some("/tags"),
            Refusal::ContentChanged => Some("/content"),
            Refusal::ReasonRequired => Some("/reason"),
            Refusal::WrittenOff { .. } => Some("/replacement/billable"),
            Refusal::PeriodInFuture { .. } | Refusal::PeriodClosedFurther { .. } => {
                Some("/through")
            }
            Refusal::PeriodNotClosed { .. } => Some("/from"),
            Refusal::Timer(refusal) => refusal.field(),
            Refusal::Copy(refusal) => refusal.field(),
            Refusal::Favourite(refusal) => refusal.field(),
            Refusal::EntryExists { .. }
            | Refusal::EntryUnknown { .. }
            | Refusal::EntryBilled { .. }
            | Refusal::Overlap { .. }
            | Refusal::WeekFull { .. }
            | Refusal::OtherWeek { .. }
            | Refusal::DayOutOfRange
            | Refusal::Worked(
                WorkedError::NotPositive | WorkedError::TooLong | WorkedError::Fraction,
            )
            | Refusal::LocalTimeDoesNotExist { .. }
            | Refusal::NothingToSubmit
            | Refusal::NothingSubmitted
            | Refusal::NothingToReopen
            | Refusal::NotYourStep { .. }
            | Refusal::OwnApproval
            | Refusal::PeriodClosed { .. }
            | Refusal::EntryReversed { .. }
            | Refusal::IsReversal { .. }
            | Refusal::ChangeDirectly { .. }
            | Refusal::ReversalApproved { .. }
            | Refusal::ReplacementStands { .. } => None,
        }
    }

    /// Whether it says that something named in the request is not there, which the edge answers
    /// like any unknown id.
    pub fn is_missing(&self) -> bool {
        match self {
            Refusal::Favourite(refusal) => refusal.is_missing(),
            refusal => matches!(refusal, Refusal::EntryUnknown { .. } | Refusal::TaskUnknown),
        }
    }
}
