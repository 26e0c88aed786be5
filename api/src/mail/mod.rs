//! Letters, from a job's reference to a mail server: what each says is one file in `letters`; how
//! any of them is addressed, sent and answered for is here. Nothing of a letter is kept: it's made
//! anew from ids each time it's tried.

mod composed;
mod letters;
mod outbox;
mod post;
pub mod sink;
#[cfg(test)]
mod tests;

mod work;

pub use composed::{Addressee, Attachment, Composed};
pub use outbox::MailUrlError;
pub use post::{Letterhead, MailOptions, Post};
pub use work::SendMail;
