//! Writing XML: elements in each other, each empty one left out, and no character that XML has not.
//! The same calls give the same bytes.

use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesEnd, BytesStart, BytesText, Event};

const TAKEN: &str = "a vector takes all that is written";

/// A document that is being written.
pub(crate) struct Xml {
    writer: Writer<Vec<u8>>,
}

impl Xml {
    /// A document with this element, which has these attributes and what `inner` writes.
    pub(crate) fn document(
        name: &'static str,
        attributes: &[(&'static str, &'static str)],
        inner: impl FnOnce(&mut Xml),
    ) -> Vec<u8> {
        let mut xml = Xml { writer: Writer::new_with_indent(Vec::new(), b' ', 1) };
        xml.event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)));
        let start = BytesStart::new(name).with_attributes(attributes.iter().copied());
        xml.event(Event::Start(start));
        inner(&mut xml);
        xml.event(Event::End(BytesEnd::new(name)));
        let mut bytes = xml.writer.into_inner();
        bytes.push(b'\n');
        bytes
    }

    /// An element with what `inner` writes.
    pub(crate) fn within(&mut self, name: &'static str, inner: impl FnOnce(&mut Xml)) {
        self.event(Event::Start(BytesStart::new(name)));
        inner(self);
        self.event(Event::End(BytesEnd::new(name)));
    }

    /// An element with a text; none where that is empty.
    pub(crate) fn text(&mut self, name: &'static str, text: &str) {
        self.leaf(BytesStart::new(name), text);
    }

    /// An element with an attribute and a text; none where the text is empty.
    pub(crate) fn marked(&mut self, name: &'static str, mark: (&'static str, &str), text: &str) {
        self.leaf(BytesStart::new(name).with_attributes([mark]), text);
    }

    fn leaf(&mut self, start: BytesStart<'_>, text: &str) {
        if !text.is_empty() {
            let end = start.to_end().into_owned();
            self.event(Event::Start(start));
            self.event(Event::Text(BytesText::new(text)));
            self.event(Event::End(end));
        }
    }

    fn event(&mut self, event: Event<'_>) {
        self.writer.write_event(event).expect(TAKEN);
    }
}
