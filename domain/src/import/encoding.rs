//! From bytes to text: byte order marks, UTF-16, and a refusal that names the remedy for everything
//! else. Guessing an eight-bit encoding would store wrong names without a word, so none is guessed.

use std::borrow::Cow;

use super::refusal::ExportRefusal;

/// The text of a file without its byte order mark.
pub(crate) fn text_of(bytes: &[u8]) -> Result<Cow<'_, str>, ExportRefusal> {
    match bytes {
        [] => Err(ExportRefusal::Empty),
        [b'P', b'K', 3, 4, ..] | [0xD0, 0xCF, 0x11, 0xE0, ..] => Err(ExportRefusal::Archive),
        [0xFF, 0xFE, units @ ..] => utf16(units, u16::from_le_bytes).map(Cow::Owned),
        [0xFE, 0xFF, units @ ..] => utf16(units, u16::from_be_bytes).map(Cow::Owned),
        [0xEF, 0xBB, 0xBF, text @ ..] => utf8(text, 3).map(Cow::Borrowed),
        // The mark after a round trip through Windows-1252.
        [0xC3, 0xAF, 0xC2, 0xBB, 0xC2, 0xBF, text @ ..] => utf8(text, 6).map(Cow::Borrowed),
        text => utf8(text, 0).map(Cow::Borrowed),
    }
}

fn utf8(bytes: &[u8], before: usize) -> Result<&str, ExportRefusal> {
    if bytes.contains(&0) {
        return Err(ExportRefusal::ZeroBytes);
    }
    std::str::from_utf8(bytes)
        .map_err(|error| ExportRefusal::NotUtf8 { byte: before + error.valid_up_to() })
}

fn utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Result<String, ExportRefusal> {
    let (pairs, rest) = bytes.as_chunks::<2>();
    if !rest.is_empty() {
        return Err(ExportRefusal::DamagedUtf16);
    }
    let text = char::decode_utf16(pairs.iter().map(|pair| unit(*pair)))
        .collect::<Result<String, _>>()
        .map_err(|_| ExportRefusal::DamagedUtf16)?;
    if text.contains('\0') { Err(ExportRefusal::ZeroBytes) } else { Ok(text) }
}

/// How the quotes of one record's own text stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Quoting {
    /// Every quoted cell is closed where the cell ends.
    Sound,
    /// A quoted cell goes on behind its closing quote: a quote is lost or surplus, and where it was
    /// lost the record has swallowed the one below.
    Torn,
    /// The last quote is never closed: the record has swallowed the rest of the file.
    Open,
}

/// Looks at the quotes of a record, which the csv crate forgives without a word.
pub(super) fn quoting(record: &str, delimiter: u8) -> Quoting {
    let (mut open, mut fresh, mut closed, mut torn) = (false, true, false, false);
    let mut bytes = record.bytes().peekable();
    while let Some(byte) = bytes.next() {
        if open {
            if byte == b'"' && bytes.next_if_eq(&b'"').is_none() {
                (open, closed) = (false, true);
            }
            continue;
        }
        let ends = byte == delimiter || byte == b'\n' || byte == b'\r';
        torn |= closed && !ends;
        open = fresh && byte == b'"';
        (fresh, closed) = (ends, false);
    }
    match (open, torn) {
        (true, _) => Quoting::Open,
        (false, true) => Quoting::Torn,
        (false, false) => Quoting::Sound,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_byte_order_mark_is_taken_off() {
        assert_eq!(text_of(b"\xEF\xBB\xBFa,b").unwrap(), "a,b");
        assert_eq!(text_of("\u{ef}\u{bb}\u{bf}a,b".as_bytes()).unwrap(), "a,b");
        assert_eq!(text_of(b"a,b").unwrap(), "a,b");
    }

    #[test]
    fn utf_16_with_a_mark_is_read_in_both_byte_orders() {
        assert_eq!(text_of(b"\xFF\xFEa\0\xE9\0").unwrap(), "aé");
        assert_eq!(text_of(b"\xFE\xFF\0a\0\xE9").unwrap(), "aé");
    }

    #[test]
    fn what_is_no_utf_8_text_is_refused_with_its_remedy() {
        assert_eq!(text_of(b""), Err(ExportRefusal::Empty));
        assert_eq!(text_of(b"PK\x03\x04rest"), Err(ExportRefusal::Archive));
        assert_eq!(text_of(b"a\0,\0"), Err(ExportRefusal::ZeroBytes));
        assert_eq!(text_of(b"\xFF\xFEa\0b"), Err(ExportRefusal::DamagedUtf16));
        assert_eq!(text_of(b"\xFF\xFE\x00\xD8a\0"), Err(ExportRefusal::DamagedUtf16));
        let windows = text_of(b"Caf\xE9,1").unwrap_err();
        assert_eq!(windows, ExportRefusal::NotUtf8 { byte: 3 });
        assert!(windows.to_string().contains("CSV UTF-8"), "{windows}");
    }

    #[test]
    fn open_and_torn_quotes_are_told_from_sound_ones() {
        for (record, expected) in [
            ("a,\"b\"\"\",c\n", Quoting::Sound),
            ("a,5\" pipe,c", Quoting::Sound),
            ("a,\"b\nc,d\n", Quoting::Open),
            ("a,\"b\"\"", Quoting::Open),
            ("a,\"b\nc,\"d\",e\n", Quoting::Torn),
            ("\"a\" ,b\n", Quoting::Torn),
        ] {
            assert_eq!(quoting(record, b','), expected, "{record:?}");
        }
        assert_eq!(quoting("a;\"b,\";\"\"", b';'), Quoting::Sound);
    }
}
