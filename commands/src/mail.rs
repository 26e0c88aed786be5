//! Letters that follow from a commit. What is written beside the events is which letter and about
//! whom, in ids; names, addresses and words are looked up when it's sent. To add a letter: one line
//! here, one file and two templates in `api`.

use std::str::FromStr;

use domain::id::MemberId;
use jiff::Timestamp;
use uuid::Uuid;

use crate::event_log::NewJob;
use crate::unit::Unit;

/// The kind of jobs that send a letter.
pub const MAIL: &str = "mail";

macro_rules! letters {
    ($($(#[$doc:meta])* $letter:ident $name:literal { $($(#[$of:meta])* $id:ident: $ty:ty),+ },)+) => {
        /// A letter, by what it's about: ids and days only.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Letter {
            $($(#[$doc])* $letter { $($(#[$of])* $id: $ty),+ }),+
        }

        impl Letter {
            /// Its name in references, logs and templates.
            pub fn name(&self) -> &'static str {
                match self { $(Letter::$letter { .. } => $name),+ }
            }

            /// What a job holds of it: its name and its ids, apart by spaces.
            pub fn reference(&self) -> String {
                match self {
                    $(Letter::$letter { $($id),+ } => {
                        [$name.to_owned(), $($id.to_string()),+].join(" ")
                    })+
                }
            }

            /// The letter of a reference; none where this version knows no such letter.
            pub fn parse(reference: &str) -> Option<Self> {
                let mut words = reference.split(' ');
                let letter = match words.next()? {
                    $($name => Letter::$letter { $($id: next::<$ty>(&mut words)?),+ },)+
                    _ => return None,
                };
                words.next().is_none().then_some(letter)
            }
        }
    };
}

fn next<'a, T: FromStr>(words: &mut impl Iterator<Item = &'a str>) -> Option<T> {
    words.next()?.parse().ok()
}

letters! {
    /// Asks somebody who was added to register.
    Invitation "invitation" {
        /// To whom.
        member: MemberId
    },
    /// Lets somebody who asked for it sign in.
    SignIn "sign_in" {
        /// To whom.
        member: MemberId
    },
    /// Shows that mails of this tenant arrive.
    Test "test" {
        /// To whom.
        member: MemberId
    },
}

impl Unit<'_> {
    /// Asks for a letter, to be sent once this commit is durable. Answers the id of its job.
    pub fn mail(&mut self, letter: Letter) -> Uuid {
        let now = self.now();
        self.mail_at(letter, now)
    }

    /// Asks for a letter not to be sent before `due_at`.
    pub fn mail_at(&mut self, letter: Letter, due_at: Timestamp) -> Uuid {
        let id = self.new_id();
        self.job(NewJob { id, kind: MAIL, reference: letter.reference(), due_at });
        id
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_letter_is_read_back_from_its_reference_and_nothing_else_is() {
        let member = MemberId(Uuid::from_u128(7));
        let letter = Letter::Test { member };
        assert_eq!(letter.reference(), format!("test {member}"));
        assert_eq!(Letter::parse(&letter.reference()), Some(letter));
        for text in ["", "test", "test x", "nothing 1", &format!("test {member} {member}")] {
            assert_eq!(Letter::parse(text), None, "{text:?}");
        }
    }
}
