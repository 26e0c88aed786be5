//! How large a mark is before it's drawn: a small file can unfold to more than there is memory.

/// The most pixels that a mark may have: more than any page shows.
const PIXELS_MAX: u64 = 16_000_000;

/// Whether a picture says that it's small enough to be drawn. One that does not say is not.
pub(super) fn is_small(bytes: &[u8]) -> bool {
    size(bytes).is_some_and(|(width, height)| {
        width > 0 && height > 0 && u64::from(width) * u64::from(height) <= PIXELS_MAX
    })
}

/// Width and height of a PNG, GIF, WebP or JPEG.
fn size(bytes: &[u8]) -> Option<(u32, u32)> {
    if bytes.starts_with(b"\x89PNG\r\n\x1a\n") {
        return Some((big(bytes.get(16..20)?), big(bytes.get(20..24)?)));
    }
    if bytes.starts_with(b"GIF8") {
        return Some((little(bytes.get(6..8)?), little(bytes.get(8..10)?)));
    }
    if bytes.starts_with(b"RIFF") && bytes.get(8..12)? == b"WEBP" {
        return webp(bytes);
    }
    bytes.starts_with(b"\xff\xd8").then(|| jpeg(bytes)).flatten()
}

fn big(bytes: &[u8]) -> u32 {
    bytes.iter().fold(0, |sum, byte| sum << 8 | u32::from(*byte))
}

fn little(bytes: &[u8]) -> u32 {
    bytes.iter().rev().fold(0, |sum, byte| sum << 8 | u32::from(*byte))
}

/// By the first chunk: lossy, lossless, or extended.
fn webp(bytes: &[u8]) -> Option<(u32, u32)> {
    match bytes.get(12..16)? {
        b"VP8 " => {
            let side = |at| Some(little(bytes.get(at..at + 2)?) & 0x3fff);
            Some((side(26)?, side(28)?))
        }
        b"VP8L" => {
            let bits = little(bytes.get(21..25)?);
            Some(((bits & 0x3fff) + 1, (bits >> 14 & 0x3fff) + 1))
        }
        b"VP8X" => Some((little(bytes.get(24..27)?) + 1, little(bytes.get(27..30)?) + 1)),
        _ => None,
    }
}

/// By the first frame's header, behind segments that each say how long they are.
fn jpeg(bytes: &[u8]) -> Option<(u32, u32)> {
    let mut at = 2;
    loop {
        let marker = bytes.get(at..at + 2)?;
        if marker[0] != 0xff {
            return None;
        }
        match marker[1] {
            // Padding, and markers without content.
            0xff => at += 1,
            0x01 | 0xd0..=0xd8 => at += 2,
            0xc0..=0xc3 | 0xc5..=0xc7 | 0xc9..=0xcb | 0xcd..=0xcf => {
                return Some((big(bytes.get(at + 7..at + 9)?), big(bytes.get(at + 5..at + 7)?)));
            }
            _ => at += 2 + big(bytes.get(at + 2..at + 4)?) as usize,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pdf::samples::logo;

    #[test]
    fn the_size_of_each_kind_of_picture_is_read_from_its_head() {
        assert_eq!(size(&logo().bytes), Some((360, 96)));
        assert_eq!(size(b"GIF89a\x02\x01\x03\0"), Some((258, 3)));
        let webp = |chunk: &[u8]| size(&[b"RIFF\0\0\0\0WEBP", chunk].concat());
        assert_eq!(webp(b"VP8 \0\0\0\0\0\0\0\x9d\x01\x2a\x10\0\x20\0"), Some((16, 32)));
        assert_eq!(webp(b"VP8L\0\0\0\0\x2f\x0f\xc0\x07\0"), Some((16, 32)));
        assert_eq!(webp(b"VP8X\0\0\0\0\0\0\0\0\x0f\0\0\x1f\0\0"), Some((16, 32)));
        let jpeg = b"\xff\xd8\xff\xe0\0\x04ab\xff\xff\xc0\0\x11\x08\0\x20\0\x10\x03";
        assert_eq!(size(jpeg), Some((16, 32)));
    }

    #[test]
    fn what_unfolds_to_too_much_or_does_not_say_is_not_small() {
        let mut bomb = logo().bytes;
        assert!(is_small(&bomb));
        bomb[16..24].copy_from_slice(&[0, 0, 0xff, 0xff, 0, 0, 0xff, 0xff]);
        assert!(!is_small(&bomb));
        for cut in [0, 10, 20] {
            assert!(!is_small(&logo().bytes[..cut]));
        }
        assert!(!is_small(b"<svg/>"));
        assert!(!is_small(b"\xff\xd8\xff\xe0\0\0\0\0\0\0"));
    }
}
