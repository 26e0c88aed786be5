//! `event_family!` turns a slice's event structs into one enum that knows how each is stored. The
//! stored type is the variant's name, the version is declared beside it, and a missing arm anywhere
//! is a compile error.

use crate::canonical::CanonicalError;
use crate::personal::PersonalFields;

/// The stored types of one slice with the version of each that is written today.
pub type EventTypes = &'static [(&'static str, i16)];

/// The events of one slice: how each is stored and read.
pub trait EventFamily: PersonalFields + Clone + PartialEq + std::fmt::Debug + Send + Sync {
    /// Each stored type of the family with the version that is written today.
    const TYPES: &'static [(&'static str, i16)];

    /// The name it's stored under.
    fn event_type(&self) -> &'static str;

    /// The version of the shape it's stored in.
    fn event_version(&self) -> i16;

    /// Reads a payload of the version written today; `None` for a type of another family.
    fn decode(event_type: &str, payload: &str) -> Option<serde_json::Result<Self>>;

    /// The payload in canonical JSON; fails while a personal field is in clear.
    fn payload(&self) -> Result<String, CanonicalError>;
}

/// The one kind of stream that a family's events are in. The slice's aggregate names it, so a
/// family of two kinds of streams does not compile.
pub trait InStream: EventFamily {
    /// The kind, as each event is stored with it.
    const STREAM_TYPE: &'static str;
}

/// Declares the events of a slice: `Variant = version [personal, fields]`.
#[macro_export]
macro_rules! event_family {
    (
        $(#[$doc:meta])*
        $family:ident {
            $($(#[$variant_doc:meta])*
            $variant:ident = $version:literal $([$($personal:ident),+])?),+
            $(,)?
        }
    ) => {
        $(#[$doc])*
        #[allow(
            clippy::enum_variant_names,
            reason = "variants are stored names, unique in the log"
        )]
        #[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
        pub enum $family {
            $($(#[$variant_doc])* $variant($variant)),+
        }

        impl $crate::log::EventFamily for $family {
            const TYPES: &'static [(&'static str, i16)] =
                &[$((stringify!($variant), $version)),+];

            fn event_type(&self) -> &'static str {
                match self {
                    $($family::$variant(_) => stringify!($variant)),+
                }
            }

            fn event_version(&self) -> i16 {
                match self {
                    $($family::$variant(_) => $version),+
                }
            }

            fn decode(event_type: &str, payload: &str) -> Option<serde_json::Result<Self>> {
                match event_type {
                    $(stringify!($variant) => {
                        Some(serde_json::from_str(payload).map($family::$variant))
                    })+
                    _ => None,
                }
            }

            fn payload(&self) -> Result<String, $crate::canonical::CanonicalError> {
                match self {
                    $($family::$variant(event) => $crate::canonical::canonical_json(event)),+
                }
            }
        }

        impl $crate::personal::PersonalFields for $family {
            fn each_personal(
                &mut self,
                visit: &mut dyn FnMut(&mut dyn $crate::personal::PersonalField),
            ) {
                match self {
                    $($family::$variant(_event) => {
                        $($($crate::personal::PersonalFields::each_personal(
                            &mut _event.$personal,
                            visit,
                        );)+)?
                    })+
                }
                let _ = visit;
            }
        }

        $(impl From<$variant> for $family {
            fn from(event: $variant) -> Self {
                $family::$variant(event)
            }
        })+

        impl cqrs_es::DomainEvent for $family {
            fn event_type(&self) -> String {
                $crate::log::EventFamily::event_type(self).to_owned()
            }

            fn event_version(&self) -> String {
                $crate::log::EventFamily::event_version(self).to_string()
            }
        }
    };
}
