//! Balances of leave: each account of a member on a day, by replay of the facts that decisions rest
//! on, so that what is shown is what is enforced. As of a moment the same facts are cut there.

use commands::leave::sources::{self, FirmLeave, LeaveCut};
use domain::country::ShownIn;
use domain::id::{LeaveTypeId, MemberId};
use domain::leave::ledger::{LeaveSources, Posting, balance_on, next_to_lapse, replay};
use domain::leave::{HeldAccount, LeaveMinutes, LeaveState, LeaveType};
use jiff::civil::Date;
use migrations::TenantTx;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::amounts::{AmountBody, Minutes};
use super::leave_types::ShownInName;
use super::seen::{listed_of, today};
use crate::http::answer::Answer;
use crate::http::call::{About, Call};
use crate::http::cursor::Page;
use crate::http::problem::Problem;
use crate::http::query::refused;
use crate::http::settings::settings_then;

/// How many members' accounts are replayed in one go.
const AT_ONCE: usize = 50;
/// How far from today a balance is told, in years.
const YEARS_MAX: i16 = 50;

/// What a balance comes to on another day than the one asked for.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "LeaveAmountOn")]
pub(crate) struct AmountOn {
    /// The day.
    on: Date,
    #[serde(flatten)]
    amount: AmountBody,
}

/// What somebody has of a kind of leave.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "LeaveBalance")]
pub(crate) struct BalanceBody {
    member_id: Uuid,
    leave_type_id: Uuid,
    /// The kind's stable name, and what it's called.
    code: String,
    name: String,
    /// How amounts of it are shown.
    unit: ShownInName,
    /// The day.
    at: Date,
    /// An integer where it's whole, else with up to four decimals.
    minutes: Minutes,
    /// The same in days, such as `11.5`.
    days: String,
    /// What a day is, in minutes: the average of the member's working days, or a whole day of the
    /// calendar.
    day_minutes: Minutes,
    /// What waits for a decision; it's not off the balance.
    pending_minutes: Minutes,
    /// Whether there is a limit to what may be taken.
    limited: bool,
    /// The lowest it comes to on a day of leave from this day on, with all that is granted and
    /// waits; null where there is none.
    lowest: Option<AmountOn>,
    /// What of it can be taken up to which day at the latest, where any of it lapses.
    next_expiry: Option<AmountOn>,
}

/// Whose balances, and when.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Filter {
    /// Left out = of everybody whose balances you may see.
    member_id: Option<Uuid>,
    /// The day; left out = today. Of days to come it's what is to be expected.
    at: Option<Date>,
}

/// The day asked for, or today by the firm's clock.
pub(super) async fn day_of(
    about: &About,
    tx: &mut TenantTx,
    at: Option<Date>,
) -> Result<Date, Problem> {
    let settings = settings_then(about).await?;
    let today = today(about, tx, &settings).await?;
    let at = at.unwrap_or(today);
    if (at.year() - today.year()).abs() > YEARS_MAX {
        return Err(refused("at", "query.invalid", "give a day within fifty years"));
    }
    Ok(at)
}

/// What the accounts of these members follow from at the moment asked for.
pub(super) async fn firm(
    about: &About,
    tx: &mut TenantTx,
    members: &[MemberId],
    at: Date,
) -> Result<FirmLeave, Problem> {
    let cut = LeaveCut { as_of: about.as_of, known_at: about.known_at };
    Ok(sources::at(tx, Some(members), cut, at).await?)
}

/// `GET /leave-balances`.
pub(crate) async fn list(call: Call<(), Filter>) -> Result<Answer<Page<BalanceBody>>, Problem> {
    let only = listed_of(&call, call.query.member_id.map(MemberId))?;
    let after: Option<(MemberId, LeaveTypeId)> = call.after()?;
    let mut tx = call.tx().await?;
    let at = day_of(&call, &mut tx, call.query.at).await?;
    let mut members: Vec<MemberId> = match only {
        Some(member) => vec![member],
        None => sources::everybody(&mut tx).await?,
    };
    members.sort_unstable();
    members.retain(|member| after.is_none_or(|after| *member >= after.0));
    let wish = usize::try_from(call.look_for()).unwrap_or(usize::MAX);
    let mut found = Vec::new();
    for chunk in members.chunks(AT_ONCE) {
        let firm = firm(&call, &mut tx, chunk, at).await?;
        if let Some(asked) = call.query.member_id.map(MemberId)
            && !firm.members.contains_key(&asked)
        {
            return Err(Problem::not_found());
        }
        for member in chunk {
            let left = firm.members.get(member).is_none_or(|(_, it)| !it.active);
            if left && only.is_none() {
                continue;
            }
            let of_member = accounts(&firm, *member, at).into_iter();
            found.extend(of_member.filter(|(key, _)| after.is_none_or(|after| *key > after)));
        }
        if found.len() >= wish {
            break;
        }
    }
    tx.commit().await?;
    found.truncate(wish);
    Ok(call.page(found, |(key, _)| *key, |(_, body)| body))
}

/// Each account of a member, in the order of kinds; those of retired kinds while there is something
/// in them.
fn accounts(
    firm: &FirmLeave,
    member: MemberId,
    at: Date,
) -> Vec<((MemberId, LeaveTypeId), BalanceBody)> {
    let Some(sources) = firm.of(member) else { return Vec::new() };
    let of = |(id, (_, kind)): (&LeaveTypeId, &(i32, LeaveType))| {
        let account = Account::of(&sources, *id, at)?;
        let shown = !kind.retired || !account.postings.is_empty();
        shown.then(|| ((member, *id), account.body(member, (*id, kind))))
    };
    firm.types.iter().filter_map(of).collect()
}

/// An account on a day.
pub(super) struct Account<'a> {
    at: Date,
    /// By what is granted, up to the day, in the order of days.
    pub(super) postings: Vec<Posting>,
    held: HeldAccount<'a>,
    pending: LeaveMinutes,
}

impl<'a> Account<'a> {
    /// The account of a kind of leave; none where there is no such kind.
    pub(super) fn of(sources: &LeaveSources<'a>, kind: LeaveTypeId, at: Date) -> Option<Self> {
        let facts = sources.account(kind)?;
        let waits =
            sources.leave.requests.values().filter(|request| {
                request.leave_type == kind && request.state == LeaveState::Submitted
            });
        let pending = waits.flat_map(|request| sources.days_of(kind, &request.span));
        Some(Account {
            at,
            postings: replay(&facts, at).postings,
            held: HeldAccount::of(sources, kind, None, at)?,
            pending: pending.map(|day| day.minutes).sum(),
        })
    }

    /// What it comes to.
    pub(super) fn balance(&self) -> LeaveMinutes {
        balance_on(&self.postings, self.at)
    }

    /// What a day of it is.
    pub(super) fn day(&self) -> LeaveMinutes {
        self.held.day_on(self.at)
    }

    pub(super) fn body(
        &self,
        member: MemberId,
        (id, kind): (LeaveTypeId, &LeaveType),
    ) -> BalanceBody {
        let (day, balance) = (self.day(), AmountBody::of(self.balance(), self.day()));
        let on = |(on, amount)| AmountOn { on, amount: AmountBody::of(amount, day) };
        BalanceBody {
            member_id: member.0,
            leave_type_id: id.0,
            code: kind.code.clone(),
            name: kind.name.clone(),
            unit: match kind.shown_in {
                ShownIn::Days => ShownInName::Days,
                ShownIn::Hours => ShownInName::Hours,
            },
            at: self.at,
            minutes: balance.minutes,
            days: balance.days,
            day_minutes: Minutes(day),
            pending_minutes: Minutes(self.pending),
            limited: self.held.floor_on(self.at).is_some(),
            lowest: self.held.lowest(self.at).map(on),
            next_expiry: next_to_lapse(&self.postings, self.at).map(on),
        }
    }
}
