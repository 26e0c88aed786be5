//! What a file may be called, and under which name it is given back. A name is text for people: it
//! is never part of a path, a key or a decision.

use super::Media;

/// The longest name, in characters.
const CHARACTERS_MAX: usize = 200;

/// The last part of `text` where it is a path, without white space around it; none where that is
/// empty, too long, or holds characters that break lines or turn the direction of writing.
pub fn checked_file_name(text: &str) -> Option<String> {
    let name = text.rsplit(['/', '\\']).next().unwrap_or_default().trim();
    let fits = (1..=CHARACTERS_MAX).contains(&name.chars().count());
    let dots = name.chars().all(|c| c == '.');
    (fits && !dots && !name.contains(unfit)).then(|| name.to_owned())
}

/// Control characters, and those that let `gnp.exe` be shown as `exe.png`.
fn unfit(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// The name under which a file is given back: with an ending that fits what is inside, so that no
/// program opens it as something else.
pub fn name_for_download(name: &str, media: Media) -> String {
    let ending = name.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase());
    let endings = media.endings();
    match ending {
        Some(ending) if endings.contains(&&*ending) => name.to_owned(),
        Some(_) | None => format!("{name}.{}", endings[0]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_a_path_the_last_part_is_the_name() {
        for (text, name) in [
            ("note.pdf", "note.pdf"),
            ("../../etc/passwd", "passwd"),
            ("C:\\fakepath\\note.pdf", "note.pdf"),
            (" Zoë’s Urlaub – 2026.pdf ", "Zoë’s Urlaub – 2026.pdf"),
            ("病假.png", "病假.png"),
        ] {
            assert_eq!(checked_file_name(text).as_deref(), Some(name), "{text:?}");
        }
    }

    #[test]
    fn what_breaks_lines_or_turns_the_writing_is_no_name() {
        let long = "x".repeat(201);
        for text in [
            "",
            "  ",
            "a/",
            "..",
            "a\r\nSet-Cookie: b",
            "a\0b",
            "\u{202e}gnp.exe",
            &long,
            "a\u{7f}",
        ] {
            assert_eq!(checked_file_name(text), None, "{text:?}");
        }
    }

    #[test]
    fn a_file_is_given_back_with_an_ending_that_fits_what_is_inside() {
        assert_eq!(name_for_download("a.PDF", Media::Pdf), "a.PDF");
        assert_eq!(name_for_download("a.html", Media::Png), "a.html.png");
        assert_eq!(name_for_download("photo.jpeg", Media::Jpeg), "photo.jpeg");
        assert_eq!(name_for_download("photo", Media::Jpeg), "photo.jpg");
    }
}
