//! Texts as the page can show them. Whatever somebody wrote, a document must be printable: what no
//! font has is marked, what is no text is left out, and words that no line holds may be broken.

use super::setting::Setting;

/// What stands for a character that no font here has.
const MARK: char = '\u{25a1}';
/// Words longer than this may be broken.
const WORD_MAX: usize = 20;
/// Where a long word may be broken: after each so many characters.
const PIECE: usize = 4;
const MAY_BREAK: char = '\u{200b}';

/// The text without controls, with marks for what no font has.
pub(super) fn legible(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut word = 0;
    let words = text.split(' ').map(|word| word.chars().count());
    let mut lengths = words.into_iter();
    let mut length = lengths.next().unwrap_or(0);
    for c in text.chars() {
        if c == ' ' {
            word = 0;
            length = lengths.next().unwrap_or(0);
        } else {
            if length > WORD_MAX && word > 0 && word % PIECE == 0 {
                out.push(MAY_BREAK);
            }
            word += 1;
        }
        out.extend(shown(c));
    }
    out
}

fn shown(c: char) -> Option<char> {
    match c {
        '\t' | '\n' | '\r' => Some(' '),
        ' '..='~' => Some(c),
        _ if c.is_control() || is_hidden(c) => None,
        _ if Setting::get().covers(c) => Some(c),
        _ => Some(MARK),
    }
}

/// Characters that only steer how others are shown; some of them turn texts around.
fn is_hidden(c: char) -> bool {
    matches!(
        c,
        '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}'
            | '\u{e000}'..='\u{f8ff}' | '\u{e0000}'..='\u{10ffff}'
    )
}
