//! What tells a program that reads the page that an electronic invoice lies inside: Factur-X asks
//! for four properties in the page's metadata, which the typesetter does not write. They are put
//! into the finished file, whose table of objects is then told where everything is.

use std::ops::Range;

use crate::RenderError;

/// The name that Factur-X has for the form inside.
pub(super) const FILE: &str = "factur-x.xml";
/// Where the typesetter describes the properties that PDF/A does not know.
const SCHEMAS: &str = "<pdfaExtension:schemas><rdf:Bag>";
const END: &str = "</rdf:RDF>";
const NAMESPACE: &str = "urn:factur-x:pdfa:CrossIndustryDocument:invoice:1p0#";
/// Bytes of an entry of the table of objects, and of the offset in it.
const ENTRY: usize = 20;
const OFFSET: usize = 10;
/// Each property with what it says of every document here, and what PDF/A wants to be told of it.
const PROPERTIES: [(&str, &str, &str); 4] = [
    ("DocumentType", "INVOICE", "The type of the hybrid document in capital letters, e.g. INVOICE"),
    ("DocumentFileName", FILE, "The name of the embedded XML document"),
    ("Version", "1.0", "The actual version of the standard applying to the embedded XML document"),
    ("ConformanceLevel", "EN 16931", "The conformance level of the embedded XML document"),
];

/// The page with the properties of Factur-X in its metadata (Factur-X 1.0, 6.2.2; ISO 19005-3,
/// 6.6.2.3.3 for their description).
///
/// # Errors
/// Where the file is not laid out as the typesetter lays it out.
pub(super) fn announce(mut pdf: Vec<u8>) -> Result<Vec<u8>, RenderError> {
    let strange = || RenderError::Page("the file is laid out in a way that is not known".into());
    let found = Found::of(&pdf).ok_or_else(strange)?;
    let xmp = std::str::from_utf8(&pdf[found.xmp.clone()]).ok().and_then(announced);
    let xmp = xmp.ok_or_else(strange)?;
    let length = xmp.len().to_string();
    let grown = (xmp.len() + length.len()) - (found.xmp.len() + found.length.len());
    // From behind, so that what is before stays where it is.
    for (at, offset) in &found.later {
        let moved = format!("{:010}", offset + grown);
        pdf[at.clone()].copy_from_slice(moved.as_bytes());
    }
    let table = (found.table + grown).to_string();
    pdf.splice(found.told_table, table.into_bytes());
    pdf.splice(found.xmp, xmp.into_bytes());
    pdf.splice(found.length, length.into_bytes());
    Ok(pdf)
}

/// The metadata with the description of the properties and the properties.
fn announced(xmp: &str) -> Option<String> {
    let known: String = PROPERTIES
        .iter()
        .map(|(name, _, about)| {
            format!(
                "<rdf:li rdf:parseType=\"Resource\">\
                 <pdfaProperty:category>external</pdfaProperty:category>\
                 <pdfaProperty:description>{about}</pdfaProperty:description>\
                 <pdfaProperty:name>{name}</pdfaProperty:name>\
                 <pdfaProperty:valueType>Text</pdfaProperty:valueType></rdf:li>"
            )
        })
        .collect();
    let schema = format!(
        "<rdf:li rdf:parseType=\"Resource\">\
         <pdfaSchema:schema>Factur-X PDFA Extension Schema</pdfaSchema:schema>\
         <pdfaSchema:namespaceURI>{NAMESPACE}</pdfaSchema:namespaceURI>\
         <pdfaSchema:prefix>fx</pdfaSchema:prefix>\
         <pdfaSchema:property><rdf:Seq>{known}</rdf:Seq></pdfaSchema:property></rdf:li>"
    );
    let said = |(name, value, _): &(_, _, _)| format!("<fx:{name}>{value}</fx:{name}>");
    let said: String = PROPERTIES.iter().map(said).collect();
    let said = format!(
        "<rdf:Description rdf:about=\"\" xmlns:fx=\"{NAMESPACE}\">{said}</rdf:Description>"
    );
    let (head, rest) = xmp.split_once(SCHEMAS)?;
    let (middle, tail) = rest.rsplit_once(END)?;
    Some([head, SCHEMAS, &schema, middle, &said, END, tail].concat())
}

/// Where what is to be changed stands in the file.
struct Found {
    /// The digits that say how long the metadata is.
    length: Range<usize>,
    /// The metadata.
    xmp: Range<usize>,
    /// Offsets behind the metadata, each with where it stands.
    later: Vec<(Range<usize>, usize)>,
    /// The offset of the table of objects, and the digits that say so.
    table: usize,
    told_table: Range<usize>,
}

impl Found {
    fn of(pdf: &[u8]) -> Option<Self> {
        let told_table = digits(pdf, find_last(pdf, b"\nstartxref\n")? + 11)?;
        let table = number(pdf, &told_table)?;
        let count = digits(pdf, after(pdf, table, b"xref\n0 ")?)?;
        let first = after(pdf, count.end, b"\n")?;
        let entry = |n: usize| {
            let at = first + ENTRY * n..first + ENTRY * n + OFFSET;
            Some((at.clone(), number(pdf, &at)?))
        };
        let entries: Vec<_> = (0..number(pdf, &count)?).map(entry).collect::<Option<_>>()?;
        let trailer = first + ENTRY * entries.len();
        after(pdf, trailer, b"trailer\n")?;
        let named = |from: usize, name: &[u8]| {
            let n = number(pdf, &digits(pdf, find(pdf, from, name)? + name.len())?)?;
            Some(entries.get(n)?.1)
        };
        let metadata = named(named(trailer, b"/Root ")?, b"/Metadata ")?;
        let length = digits(pdf, find(pdf, metadata, b"<</Length ")? + 10)?;
        let start = after(pdf, length.end, b"/Type/Metadata/Subtype/XML>>\nstream\n")?;
        let xmp = start..start.checked_add(number(pdf, &length)?)?;
        after(pdf, xmp.end, b"\nendstream\n")?;
        let later = entries.into_iter().filter(|(_, offset)| *offset > metadata).collect();
        Some(Found { length, xmp, later, table, told_table })
    }
}

/// What follows these bytes, which must stand there.
fn after(pdf: &[u8], at: usize, expected: &[u8]) -> Option<usize> {
    pdf.get(at..)?.starts_with(expected).then_some(at + expected.len())
}

fn find(pdf: &[u8], from: usize, wanted: &[u8]) -> Option<usize> {
    Some(from + pdf.get(from..)?.windows(wanted.len()).position(|it| it == wanted)?)
}

fn find_last(pdf: &[u8], wanted: &[u8]) -> Option<usize> {
    pdf.windows(wanted.len()).rposition(|it| it == wanted)
}

/// Where a number begins and ends that begins here.
fn digits(pdf: &[u8], at: usize) -> Option<Range<usize>> {
    let count = pdf.get(at..)?.iter().take_while(|byte| byte.is_ascii_digit()).count();
    (count > 0).then_some(at..at + count)
}

fn number(pdf: &[u8], at: &Range<usize>) -> Option<usize> {
    std::str::from_utf8(pdf.get(at.clone())?).ok()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_of_another_layout_is_refused_and_not_broken() {
        let pdf = crate::pdf::tests::original(&crate::pdf::samples::short(), None);
        assert!(Found::of(&pdf).is_some());
        let text = |from: &[u8], to: &[u8]| {
            let at = find_last(&pdf, from).expect("there");
            let mut changed = pdf.clone();
            changed.splice(at..at + from.len(), to.iter().copied());
            changed
        };
        for changed in [
            Vec::new(),
            pdf[..pdf.len() - 30].to_vec(),
            text(b"\nstartxref\n", b"\nstartxref\n9"),
            text(b"/Root ", b"/Root 9"),
            text(b"/Metadata ", b"/Metadata 9"),
            text(b"/Type/Metadata", b"/Filter/Other/Type/Metadata"),
            text(b"trailer", b"trail"),
        ] {
            let refused = announce(changed);
            assert!(matches!(refused, Err(RenderError::Page(_))), "{refused:?}");
        }
    }
}
