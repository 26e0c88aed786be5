//! What the log holds: every slice's events as one type, how they're read back from any stored
//! version, what they claim, and the hashes that make tampering evident.

mod claim;
mod claims_of;
mod event;
mod family;
mod leaf;
mod metadata;
mod tree;
mod upcast;

pub use claim::{ClaimChange, ClaimKey, ClaimKind};
pub use claims_of::{claims_of, project_name_claim};
pub use event::{DecodeError, Event, Recorded, UPCASTS};
pub use family::{EventFamily, EventTypes, InStream};
pub use leaf::{LEAF_FORMAT, StoredEvent, leaf_hash};
pub use metadata::{Actor, Metadata, Origin, Via};
pub use tree::{CompactRange, Hash, RangeSizeError};
pub use upcast::{Upcast, upcast};
