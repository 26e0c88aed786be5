//! Every slice's events as one type, and how a stored row becomes one again.

use jiff::Timestamp;

use super::family::{EventFamily, InStream};
use super::upcast::{Upcast, upcast};
use crate::billing::InvoiceEvent;
use crate::billing::billing_profile::ProfileEvent;
use crate::billing::correspondence::CorrespondenceEvent;
use crate::billing::numbering::SeriesEvent;
use crate::budgets::BudgetEvent;
use crate::canonical::CanonicalError;
use crate::catalogue::{ClientEvent, ProjectEvent, RateCardEvent, RoundingRuleEvent};
use crate::files::FileEvent;
use crate::flags::FlagEvent;
use crate::id::StreamId;
use crate::import::ImportEvent;
use crate::jobs::JobEvent;
use crate::leave::{HolidayEvent, LeaveTypeEvent, MemberLeaveEvent};
use crate::members::{MemberEvent, SessionEvent};
use crate::personal::{PersonalField, PersonalFields};
use crate::settings::SettingsEvent;
use crate::signup::SignUpEvent;
use crate::subscription::{PlanEvent, SubscriptionEvent};
use crate::tenancy::TenancyEvent;
use crate::time::TimeEvent;
use crate::time::favourites::FavouriteEvent;
use crate::time::periods::PeriodEvent;
use crate::time::timer::TimerEvent;

/// Steps from old shapes of stored events to today's; empty until the first shape changes.
pub const UPCASTS: &[Upcast] = &[];

/// A stored event that this program can't read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DecodeError {
    /// No slice has an event of this type.
    #[error("the event type {0:?} is unknown to this version")]
    UnknownType(String),
    /// The shape is newer than this program, or older without a step to today's.
    #[error("version {found} of {event_type} can't be read; this version reads up to {known}")]
    UnknownVersion {
        /// The stored type.
        event_type: String,
        /// The stored version.
        found: i16,
        /// The version written today.
        known: i16,
    },
    /// The payload does not have the shape of its version.
    #[error("a {event_type} does not decode: {reason}")]
    Malformed {
        /// The stored type.
        event_type: String,
        /// What does not fit, without the payload's content.
        reason: String,
    },
}

macro_rules! events {
    ($($(#[$doc:meta])* $variant:ident($family:ident)),+ $(,)?) => {
        /// Any event of any slice.
        #[derive(Debug, Clone, PartialEq)]
        pub enum Event {
            $($(#[$doc])* $variant($family)),+
        }

        impl Event {
            /// Each stored type of each slice with the version written today.
            pub fn types() -> impl Iterator<Item = (&'static str, i16)> {
                [].into_iter()$(.chain($family::TYPES.iter().copied()))+
            }

            /// The kind of stream of each slice, with the stored types of its events.
            pub fn streams() -> impl Iterator<Item = (&'static str, super::EventTypes)> {
                [].into_iter()$(.chain([(<$family>::STREAM_TYPE, $family::TYPES)]))+
            }

            fn decode_current(event_type: &str, payload: &str) -> Option<serde_json::Result<Self>> {
                $(if let Some(decoded) = $family::decode(event_type, payload) {
                    return Some(decoded.map(Event::$variant));
                })+
                None
            }

            /// The kind of stream it's in.
            pub fn stream_type(&self) -> &'static str {
                match self { $(Event::$variant(_) => <$family>::STREAM_TYPE),+ }
            }

            /// The name it's stored under.
            pub fn event_type(&self) -> &'static str {
                match self { $(Event::$variant(event) => event.event_type()),+ }
            }

            /// The version of the shape it's stored in.
            pub fn event_version(&self) -> i16 {
                match self { $(Event::$variant(event) => event.event_version()),+ }
            }

            /// The payload in canonical JSON; fails while a personal field is in clear.
            pub fn payload(&self) -> Result<String, CanonicalError> {
                match self { $(Event::$variant(event) => event.payload()),+ }
            }
        }

        $(impl<'a> TryFrom<&'a Event> for &'a $family {
            type Error = ();

            fn try_from(event: &'a Event) -> Result<Self, ()> {
                if let Event::$variant(event) = event { Ok(event) } else { Err(()) }
            }
        })+

        impl PersonalFields for Event {
            fn each_personal(&mut self, visit: &mut dyn FnMut(&mut dyn PersonalField)) {
                match self { $(Event::$variant(event) => event.each_personal(visit)),+ }
            }
        }

        $(impl From<$family> for Event {
            fn from(event: $family) -> Self {
                Event::$variant(event)
            }
        }

        impl TryFrom<Event> for $family {
            type Error = Event;

            fn try_from(event: Event) -> Result<Self, Event> {
                match event {
                    Event::$variant(event) => Ok(event),
                    other => Err(other),
                }
            }
        })+
    };
}

events! {
    /// Of a timesheet. First, because a log holds most of these.
    Time(TimeEvent),
    /// Of a member's timer.
    Timer(TimerEvent),
    /// Of a member's favourites.
    Favourite(FavouriteEvent),
    /// Of an invoice.
    Invoice(InvoiceEvent),
    /// Of what was said about an invoice.
    Correspondence(CorrespondenceEvent),
    /// Of a series of numbers of invoices.
    Series(SeriesEvent),
    /// Of what is known of a client for its invoices.
    Profile(ProfileEvent),
    /// Of what is closed.
    Period(PeriodEvent),
    /// Of a member.
    Member(MemberEvent),
    /// Of a session of a member.
    Session(SessionEvent),
    /// Of a client.
    Client(ClientEvent),
    /// Of a project.
    Project(ProjectEvent),
    /// Of a rate card.
    RateCard(RateCardEvent),
    /// Of a project's budgets.
    Budget(BudgetEvent),
    /// Of the rounding rules of one scope.
    RoundingRule(RoundingRuleEvent),
    /// Of the settings.
    Settings(SettingsEvent),
    /// Of an import.
    Import(ImportEvent),
    /// Of a file.
    File(FileEvent),
    /// Of a kind of leave.
    LeaveType(LeaveTypeEvent),
    /// Of the calendar of holidays.
    Holiday(HolidayEvent),
    /// Of one member's leave.
    MemberLeave(MemberLeaveEvent),
    /// Of a tenant as a whole, on the platform's log.
    Tenancy(TenancyEvent),
    /// Of what people do to a job.
    Job(JobEvent),
    /// Of a firm's sign-up, on the platform's log.
    SignUp(SignUpEvent),
    /// Of a plan, on the platform's log.
    Plan(PlanEvent),
    /// Of a tenant's subscription, on the platform's log.
    Subscription(SubscriptionEvent),
    /// Of a feature flag, on the platform's log.
    Flag(FlagEvent),
}

impl Event {
    /// The same as an event of one slice, where it's one.
    pub fn family<'a, F: 'a>(&'a self) -> Option<&'a F>
    where
        &'a F: TryFrom<&'a Event>,
    {
        self.try_into().ok()
    }

    /// Reads a stored payload of any version, old ones through their upcasting steps.
    pub fn decode(event_type: &str, version: i16, payload: &str) -> Result<Self, DecodeError> {
        let known = Event::types()
            .find_map(|(name, known)| (name == event_type).then_some(known))
            .ok_or_else(|| DecodeError::UnknownType(event_type.to_owned()))?;
        let malformed = |error: serde_json::Error| DecodeError::Malformed {
            event_type: event_type.to_owned(),
            reason: format!("{:?} error at byte {}", error.classify(), error.column()),
        };
        let decoded = if version == known {
            Event::decode_current(event_type, payload)
        } else {
            let old = serde_json::from_str(payload).map_err(malformed)?;
            let (reached, payload) = upcast(UPCASTS, event_type, version, old);
            if reached != known {
                let event_type = event_type.to_owned();
                return Err(DecodeError::UnknownVersion { event_type, found: version, known });
            }
            Event::decode_current(event_type, &payload.to_string())
        };
        decoded.expect("a type that is listed decodes in its family").map_err(malformed)
    }
}

/// An event with its place in the log: what a fold sees.
#[derive(Debug, Clone, PartialEq)]
pub struct Recorded<E = Event> {
    /// 1, 2, 3, … in the tenant's log.
    pub position: i64,
    /// The stream it belongs to.
    pub stream: StreamId,
    /// 1, 2, 3, … in that stream.
    pub version: i32,
    /// When the log took it.
    pub recorded_at: Timestamp,
    /// What happened.
    pub event: E,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_slices_store_an_event_under_the_same_name() {
        let mut names: Vec<_> = Event::types().map(|(name, _)| name).collect();
        let count = names.len();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), count);
    }

    #[test]
    fn what_is_stored_reads_back_as_it_was() {
        let event: Event = SettingsEvent::SettingChanged(crate::settings::SettingChanged {
            key: "TIME_ZONE".into(),
            value: "Africa/Johannesburg".into(),
            from: None,
        })
        .into();
        let payload = event.payload().expect("nothing personal in it");
        assert_eq!(payload, r#"{"key":"TIME_ZONE","value":"Africa/Johannesburg"}"#);
        assert_eq!(Event::decode("SettingChanged", 1, &payload), Ok(event));
    }

    #[test]
    fn unknown_types_newer_versions_and_broken_payloads_are_named() {
        assert!(matches!(Event::decode("Nothing", 1, "{}"), Err(DecodeError::UnknownType(_))));
        assert!(matches!(
            Event::decode("SettingChanged", 99, "{}"),
            Err(DecodeError::UnknownVersion { known: 1, found: 99, .. })
        ));
        assert!(matches!(
            Event::decode("SettingChanged", 1, "{}"),
            Err(DecodeError::Malformed { .. })
        ));
    }
}
