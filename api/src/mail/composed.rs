//! A letter that is ready to be put in an envelope: to whom, about what, as text and as HTML. Names
//! and subjects come from people, so no control character of theirs gets into a header.

use askama::Template;
use commands::jobs::WorkError;
use lettre::Address;
use lettre::message::Mailbox;

/// The longest name or subject, in characters.
const LINE_MAX: usize = 200;

/// Who a letter goes to, or comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Addressee {
    /// What they are called; empty where nothing is known.
    pub name: String,
    /// Their address.
    pub email: String,
}

impl Addressee {
    pub(super) fn mailbox(&self) -> Result<Mailbox, WorkError> {
        let unusable = |_| WorkError::never("the address is none that mail can be sent to");
        let address: Address = self.email.parse().map_err(unusable)?;
        let name = one_line(&self.name);
        // Without a name of its own the address is not repeated as one.
        let name = (!name.is_empty() && name != self.email).then_some(name);
        Ok(Mailbox::new(name, address))
    }
}

/// A file that a letter carries.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attachment {
    /// What it's called.
    pub name: String,
    /// Its media type.
    pub media: String,
    /// What is inside.
    pub bytes: Vec<u8>,
}

/// A letter that is ready to be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Composed {
    /// To whom.
    pub to: Addressee,
    /// About what, one line.
    pub subject: String,
    /// As plain text.
    pub text: String,
    /// As HTML.
    pub html: String,
    /// What it carries.
    pub attachments: Vec<Attachment>,
}

impl Composed {
    /// Fills in the two templates of a letter.
    pub fn new(
        to: Addressee,
        subject: &str,
        text: &impl Template,
        html: &impl Template,
    ) -> Result<Self, WorkError> {
        let broken = |_| WorkError::never("the letter's template can't be filled in");
        Ok(Composed {
            to,
            subject: one_line(subject),
            text: text.render().map_err(broken)?,
            html: html.render().map_err(broken)?,
            attachments: Vec::new(),
        })
    }

    /// The same, carrying these files.
    #[must_use]
    pub fn carrying(self, attachments: Vec<Attachment>) -> Self {
        Composed { attachments, ..self }
    }
}

/// A text of people as one line of a header: no control characters, not endless.
pub(super) fn one_line(text: &str) -> String {
    let blank =
        |c: char| if c.is_control() || matches!(c, '\u{2028}' | '\u{2029}') { ' ' } else { c };
    let words = text.chars().map(blank).collect::<String>();
    let line = words.split_whitespace().collect::<Vec<_>>().join(" ");
    line.chars().take(LINE_MAX).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_takes_no_line_break_from_a_person() {
        assert_eq!(one_line("Hello\r\nBcc: eve@example.com"), "Hello Bcc: eve@example.com");
        assert_eq!(one_line("a\u{2028}b\0c\td\u{85}e"), "a b c d e");
        assert_eq!(one_line(&"ü".repeat(500)).chars().count(), 200);
    }

    #[test]
    fn an_address_that_no_mail_can_go_to_is_given_up() {
        for email in ["", "nova", "nova@", "nova@a\r\nBcc: eve@example.com", "a@b>, <c@d"] {
            let to = Addressee { name: "Nova".into(), email: email.into() };
            assert!(matches!(to.mailbox(), Err(WorkError::Never(_))), "{email:?}");
        }
        for email in ["nova@example.com", "nova@localhost", "jörg@bücher.example", "o'neil+x@a.b"]
        {
            let to = Addressee { name: "Nova".into(), email: email.into() };
            assert!(to.mailbox().is_ok(), "{email:?}");
        }
    }
}
