//! Texts as the page can show them. Whatever somebody wrote, a document must be printable: what no
//! font has is shown by its code, what is no text is left out, and words that no line holds may be
//! broken.

use serde_json::Value;

use super::setting::Setting;

/// Words longer than this may be broken.
const WORD_MAX: usize = 20;
/// Where a long word may be broken: after each so many characters.
const PIECE: usize = 4;
const MAY_BREAK: char = '\u{200b}';

/// The text without controls, with codes for what no font has.
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
        match c {
            '\t' | '\n' | '\r' => out.push(' '),
            ' '..='~' => out.push(c),
            _ if c.is_control() || is_hidden(c) => {}
            _ if Setting::get().covers(c) => out.push(c),
            _ => out.push_str(&code(c)),
        }
    }
    out
}

/// What stands for a character that no font here has: a line may end behind it.
fn code(c: char) -> String {
    format!("[U+{:04X}]{MAY_BREAK}", u32::from(c))
}

/// Whether a character is shown as itself, or is none that anybody would look for.
pub(super) fn is_printable(c: char) -> bool {
    matches!(c, ' '..='~') || c.is_control() || is_hidden(c) || Setting::get().covers(c)
}

/// Characters that only steer how others are shown; some of them turn texts around.
fn is_hidden(c: char) -> bool {
    let steers = matches!(
        c,
        '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}'
            | '\u{fff9}'..='\u{fffb}'
    );
    // What has no meaning but that of some program.
    steers || matches!(c, '\u{e000}'..='\u{f8ff}' | '\u{e0000}'..='\u{10ffff}')
}

/// Puts its code for each character that is not of a plain alphabet. Marks that combine with
/// letters of other scripts can make clusters that no font here has, though it has their parts.
pub(super) fn make_plain(facts: &mut Value) {
    match facts {
        Value::String(text) => {
            let plain = |c| if is_plain(c) { String::from(c) } else { code(c) };
            *text = text.chars().map(plain).collect();
        }
        Value::Array(values) => values.iter_mut().for_each(make_plain),
        Value::Object(members) => members.values_mut().for_each(make_plain),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// Letters, figures and signs that stand by themselves in the fonts here.
fn is_plain(c: char) -> bool {
    let is_known = matches!(
        c,
        '\u{a0}'..='\u{17f}' | '\u{391}'..='\u{3c9}' | '\u{400}'..='\u{45f}'
            | '\u{2010}'..='\u{2015}' | '\u{2018}'..='\u{201e}' | '\u{20ac}' | '\u{2212}'
    );
    matches!(c, ' '..='~' | MAY_BREAK) || (is_known && Setting::get().covers(c))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_words_may_be_broken_and_short_ones_stay_whole() {
        assert_eq!(legible("short words stay"), "short words stay");
        let long = legible(&format!("a {} b", "x".repeat(21)));
        assert!(long.starts_with("a xxxx\u{200b}xxxx\u{200b}") && long.ends_with("x b"), "{long}");
    }

    #[test]
    fn what_steers_and_what_no_font_has_is_not_on_the_page() {
        assert_eq!(legible("a\u{202e}b\0c\nd"), "abc d");
        assert_eq!(legible("株😀 Zoë €"), "[U+682A]\u{200b}[U+1F600]\u{200b} Zoë €");
    }

    #[test]
    fn plain_letters_are_those_of_alphabets_and_no_marks() {
        let mut facts = serde_json::json!({ "a": ["Zoë ж Ω €\u{301}\u{901}"], "n": 1 });
        make_plain(&mut facts);
        let expected = "Zoë ж Ω €[U+0301]\u{200b}[U+0901]\u{200b}";
        assert_eq!(facts, serde_json::json!({ "a": [expected], "n": 1 }));
    }
}
