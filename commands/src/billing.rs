//! Invoices as commands: drafted, changed, issued, sent, paid, credited and voided. Each is decided
//! over folded streams and claims, never over a read model. Here is what all of them share.

mod accountable;
mod candidates;
mod cautions;
pub mod client_answers;
pub mod client_links;
mod consent;
mod credit;
mod draft;
mod facts;
pub mod follow_up;
mod issue;
mod numbers;
mod payments;
mod places;
mod profile;
mod redraft;
mod send;
mod terms;
mod void;
mod written_off;

use domain::billing::{Drafted, Invoice, invoice_stream};
use domain::id::{ClientId, InvoiceId, MemberId, SubjectId};
use domain::log::Actor;
use domain::members::{Action, Object};
use domain::personal::{Personal, PurposeClass};
use domain::settings::{Settings, settings_stream};
use jiff::ToSpan;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use uuid::Uuid;

pub use cautions::cautions;
pub use consent::{DisputeLine, SettleDispute, SignOff};
pub use credit::{CreditInvoice, EntryPart, Part};
pub use draft::DraftInvoice;
pub use issue::IssueInvoice;
pub use payments::{RecordPayment, ReversePayment};
pub use profile::ChangeProfile;
pub use redraft::{Coverage, ReviseDraft};
pub use send::SendInvoice;
pub use terms::{Off, TermsChange};
pub use void::VoidInvoice;
pub(crate) use written_off::written_off;

use crate::members::grants::allowed;
use crate::refused::{CommandError, Refused};
use crate::unit::{Loaded, Unit};

/// An invoice that the caller may change, to be written; `seen` is the version they saw, where it
/// matters.
async fn invoice_to_change(
    unit: &mut Unit<'_>,
    id: InvoiceId,
    seen: Option<i32>,
) -> Result<Loaded<Invoice>, CommandError> {
    let invoice = places::named(unit.write::<Invoice>(invoice_stream(id)).await, "{id}")?;
    // Of a bill that is not there no client is known, so who may only for one is denied.
    let object = client_of(&invoice).map_or(Object::Firm, Object::Client);
    allowed(unit, Action::ChangeBills, &object).await?;
    if !invoice.exists() {
        return Err(places::missing("{id}"));
    }
    invoice.check_seen(seen)?;
    Ok(invoice)
}

fn client_of(invoice: &Loaded<Invoice>) -> Option<ClientId> {
    invoice.state.drafted.as_ref().map(|drafted| drafted.client)
}

/// What a loaded invoice is; one that exists was drafted.
fn drafted(invoice: &Loaded<Invoice>) -> Result<&Drafted, CommandError> {
    invoice.state.drafted.as_ref().ok_or(CommandError::NotFound)
}

/// A text that tells something of a client.
fn of_client(client: ClientId, class: PurposeClass, text: String) -> Personal<String> {
    Personal::new(SubjectId(client.0), class, text)
}

/// The settings, with today in the firm's zone.
async fn settings_today(unit: &mut Unit<'_>) -> Result<(Loaded<Settings>, Date), CommandError> {
    let settings = unit.read::<Settings>(settings_stream()).await?;
    let now = unit.now();
    let day = now.to_zoned(TimeZone::UTC).date();
    let zone = TimeZone::get(settings.state.time_zone(day)).unwrap_or(TimeZone::UTC);
    Ok((settings, now.to_zoned(zone).date()))
}

/// Days ahead that a document may be dated.
const DAYS_AHEAD_MAX: i64 = 31;

/// Refuses a day of issue that can only be a mistake: far ahead, or a year before what was done.
fn check_issued_on(issued_on: Date, today: Date, from: Date) -> Result<(), CommandError> {
    let last = today.saturating_add(DAYS_AHEAD_MAX.days());
    let first = from.saturating_sub(1.year());
    if (first..=last).contains(&issued_on) {
        return Ok(());
    }
    let detail = format!("choose a day of issue from {first} to {last}");
    Err(refusal("billing.issue_day_out_of_range", Some("/issued_on"), detail))
}

/// Refuses money that came or went on a day to come.
fn check_paid_on(on: Date, today: Date) -> Result<(), CommandError> {
    if on <= today {
        return Ok(());
    }
    let detail = format!("money moves on a day that has come: choose {today} or a day before");
    Err(refusal("billing.day_to_come", Some("/on"), detail))
}

/// Whose the page of a document is that is issued now: the member who issues it, and nobody's where
/// the program or an operator does.
fn owner(unit: &Unit<'_>) -> MemberId {
    match unit.metadata().actor {
        Actor::Member(member) => member,
        Actor::Operator | Actor::System | Actor::Visitor => MemberId(Uuid::nil()),
    }
}

fn refusal(code: &str, field: Option<&str>, detail: String) -> CommandError {
    let field = field.map(str::to_owned);
    CommandError::Refused(Refused { code: code.to_owned(), field, detail })
}

#[cfg(test)]
mod tests;
