//! Files of a tenant: what each is, whose it is and who may read it. What is inside lies in the
//! object store; the log keeps what it must be: its length, its type and its SHA-256.

mod kind;

pub use kind::FileKind;
