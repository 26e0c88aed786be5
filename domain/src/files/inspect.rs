//! What a file is, found by looking at its bytes as they come. Of a file that could be read as two
//! types the one it begins with counts; what is no type of ours is none.

use super::Media;

/// How much of the beginning is looked at.
const HEAD: usize = 4096;
/// After so many bytes a type that is not text has shown itself.
const ENOUGH: usize = 64;

/// Looks at a file as it comes.
#[derive(Debug, Clone, Default)]
pub struct Inspector {
    head: Vec<u8>,
    text: Text,
}

/// Whether all bytes so far are UTF-8 without control characters.
#[derive(Debug, Clone, Default)]
struct Text {
    /// The first bytes of a character that has not ended.
    open: Vec<u8>,
    broken: bool,
}

impl Inspector {
    /// Takes the next bytes.
    pub fn look(&mut self, bytes: &[u8]) {
        let room = HEAD.saturating_sub(self.head.len());
        self.head.extend_from_slice(&bytes[..bytes.len().min(room)]);
        self.text.look(bytes);
    }

    /// Whether nothing that follows can make it a type of ours.
    pub fn is_hopeless(&self) -> bool {
        self.head.len() >= ENOUGH && self.text.broken && by_signature(&self.head).is_none()
    }

    /// What it is, at its end.
    pub fn finish(self) -> Option<Media> {
        if let Some(media) = by_signature(&self.head) {
            return Some(media);
        }
        if self.text.broken || !self.text.open.is_empty() || self.head.is_empty() {
            return None;
        }
        of_text(&String::from_utf8_lossy(&self.head))
    }
}

fn by_signature(head: &[u8]) -> Option<Media> {
    let begins = |signature: &[u8]| head.starts_with(signature);
    if begins(b"%PDF-") {
        return Some(Media::Pdf);
    }
    if begins(b"\x89PNG\r\n\x1a\n") {
        return Some(Media::Png);
    }
    if begins(b"\xff\xd8\xff") {
        return Some(Media::Jpeg);
    }
    if begins(b"GIF87a") || begins(b"GIF89a") {
        return Some(Media::Gif);
    }
    if begins(b"RIFF") && head.get(8..12) == Some(b"WEBP") {
        return Some(Media::Webp);
    }
    if begins(b"PK\x03\x04") || begins(b"PK\x05\x06") {
        return Some(of_zip(head));
    }
    None
}

/// An archive by the names of its first entries, which office programs write in a fixed order.
fn of_zip(head: &[u8]) -> Media {
    let has = |text: &[u8]| head.windows(text.len()).any(|window| window == text);
    let first = head.get(30..).unwrap_or_default();
    if first.starts_with(b"mimetype") {
        return match () {
            () if has(b"application/vnd.oasis.opendocument.text") => Media::Odt,
            () if has(b"application/vnd.oasis.opendocument.spreadsheet") => Media::Ods,
            () => Media::Zip,
        };
    }
    if !first.starts_with(b"[Content_Types].xml") && !first.starts_with(b"_rels/") {
        return Media::Zip;
    }
    match () {
        () if has(b"word/") => Media::Docx,
        () if has(b"xl/") => Media::Xlsx,
        () if has(b"ppt/") => Media::Pptx,
        () => Media::Zip,
    }
}

/// Pages of the web are not taken: they have no use here but to do harm.
fn of_text(head: &str) -> Option<Media> {
    let text = head.trim_start_matches('\u{feff}').trim_start().to_ascii_lowercase();
    if text.starts_with('<') {
        if text.contains("<svg") {
            return Some(Media::Svg);
        }
        let pages = ["<!doctype html", "<html", "<head", "<body", "<script", "<iframe", "<meta"];
        if pages.iter().any(|page| text.contains(page)) {
            return None;
        }
    }
    Some(if is_table(head) { Media::Csv } else { Media::Text })
}

/// Whether the first whole lines have as many separators each, and some.
fn is_table(head: &str) -> bool {
    let whole = head.rfind('\n').map_or("", |end| &head[..end]);
    let lines: Vec<&str> = whole.lines().take(5).collect();
    let count = |line: &str, separator: char| line.matches(separator).count();
    [',', ';', '\t'].into_iter().any(|separator| {
        let Some(first) = lines.first() else { return false };
        let columns = count(first, separator);
        columns > 0 && lines.iter().all(|line| count(line, separator) == columns)
    })
}

impl Text {
    fn look(&mut self, bytes: &[u8]) {
        if self.broken {
            return;
        }
        let joined;
        let bytes = if self.open.is_empty() {
            bytes
        } else {
            joined = [&self.open, bytes].concat();
            &joined
        };
        let (whole, open) = match std::str::from_utf8(bytes) {
            Ok(text) => (text, &[][..]),
            Err(error) if error.error_len().is_none() => {
                let (whole, open) = bytes.split_at(error.valid_up_to());
                (std::str::from_utf8(whole).expect("valid up to there"), open)
            }
            Err(_) => {
                self.broken = true;
                return;
            }
        };
        let control = |c: char| c.is_control() && !matches!(c, '\t' | '\n' | '\r' | '\u{c}');
        self.broken = whole.contains(control);
        self.open = open.to_vec();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(bytes: &[u8]) -> Option<Media> {
        let mut whole = Inspector::default();
        whole.look(bytes);
        let mut split = Inspector::default();
        bytes.iter().for_each(|byte| split.look(&[*byte]));
        let media = whole.finish();
        assert_eq!(split.finish(), media, "however it comes in pieces");
        media
    }

    fn zip(first: &str, rest: &str) -> Vec<u8> {
        let mut bytes = b"PK\x03\x04".to_vec();
        bytes.resize(30, 0);
        bytes.extend_from_slice(first.as_bytes());
        bytes.extend_from_slice(rest.as_bytes());
        bytes
    }

    #[test]
    fn a_type_is_known_by_what_the_content_begins_with() {
        for (bytes, media) in [
            (b"%PDF-1.7\n\xff\x00".to_vec(), Media::Pdf),
            (b"\x89PNG\r\n\x1a\n\0\0".to_vec(), Media::Png),
            (b"\xff\xd8\xff\xe0".to_vec(), Media::Jpeg),
            (b"GIF89a\x01\0".to_vec(), Media::Gif),
            (b"RIFF\x10\0\0\0WEBPVP8 ".to_vec(), Media::Webp),
            (zip("a.txt", ""), Media::Zip),
            (zip("[Content_Types].xml", " word/document.xml"), Media::Docx),
            (zip("[Content_Types].xml", " xl/workbook.xml"), Media::Xlsx),
            (zip("_rels/.rels", " ppt/presentation.xml"), Media::Pptx),
            (zip("mimetype", "application/vnd.oasis.opendocument.text"), Media::Odt),
            ("<?xml version='1.0'?>\n<svg xmlns='x'/>".as_bytes().to_vec(), Media::Svg),
            ("a;b\n1;2\n".as_bytes().to_vec(), Media::Csv),
            ("Zoë was here, once.\nAnd again\n".as_bytes().to_vec(), Media::Text),
        ] {
            assert_eq!(seen(&bytes), Some(media), "{:?}", String::from_utf8_lossy(&bytes));
        }
    }

    #[test]
    fn what_could_be_two_things_is_what_it_begins_with() {
        assert_eq!(seen(b"GIF89a/*\0*/=1;<script>alert(1)</script>"), Some(Media::Gif));
        assert_eq!(seen(b"%PDF-1.4 PK\x03\x04 <html>"), Some(Media::Pdf));
        assert_eq!(seen(b"<!-- <html> --><svg onload='x'/>"), Some(Media::Svg));
        assert_eq!(seen(b" %PDF-1.4"), Some(Media::Text), "a PDF begins at its first byte");
    }

    #[test]
    fn programs_pages_and_nothing_are_no_type_of_ours() {
        for bytes in [
            &b""[..],
            b"\x7fELF\x02\x01\x01\0",
            b"MZ\x90\0\x03",
            b"<!DOCTYPE html><p>",
            b"\xef\xbb\xbf  <html>",
            b"<!-- --><script>",
            b"text with \0 in it",
            b"cut \xc3",
            b"\xff\xfea\0",
        ] {
            assert_eq!(seen(bytes), None, "{:?}", String::from_utf8_lossy(bytes));
        }
    }

    #[test]
    fn a_program_is_hopeless_soon_and_a_long_text_never() {
        let mut inspector = Inspector::default();
        inspector.look(b"\x7fELF");
        assert!(!inspector.is_hopeless(), "it may still be anything that is short");
        inspector.look(&[0; ENOUGH]);
        assert!(inspector.is_hopeless());
        let mut text = Inspector::default();
        text.look("Zoë ".repeat(2000).as_bytes());
        assert!(!text.is_hopeless());
        assert_eq!(text.finish(), Some(Media::Text));
    }
}
