//! Content-Disposition, read and written. A name goes out by RFC 8187, so that no letter of it can
//! end a header, and with a plain one beside it for those who don't know that.

use axum::http::HeaderValue;

/// What the header says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Disposition {
    /// `form-data`, `attachment`, `inline`.
    pub(crate) kind: String,
    /// The name of a field of a form.
    pub(crate) name: Option<String>,
    /// The name of a file.
    pub(crate) file_name: Option<String>,
}

impl Disposition {
    /// Reads a header; none where it's malformed.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let mut parts = split(text).into_iter();
        let kind = parts.next()?.trim().to_owned();
        let mut said = Disposition { kind, name: None, file_name: None };
        let mut extended = None;
        for part in parts {
            let (name, value) = part.split_once('=')?;
            let value = value.trim();
            match name.trim().to_ascii_lowercase().as_str() {
                "name" => said.name = Some(unquoted(value)),
                "filename" => said.file_name = Some(unquoted(value)),
                "filename*" => extended = Some(decoded(value)?),
                _ => {}
            }
        }
        said.file_name = extended.or(said.file_name);
        Some(said)
    }
}

/// The parts between semicolons that stand in no quotes.
fn split(text: &str) -> Vec<String> {
    let mut parts = vec![String::new()];
    let (mut quoted, mut escaped) = (false, false);
    for c in text.chars() {
        if c == ';' && !quoted {
            parts.push(String::new());
            continue;
        }
        if c == '"' && !escaped {
            quoted = !quoted;
        }
        escaped = quoted && c == '\\' && !escaped;
        parts.last_mut().expect("one at least").push(c);
    }
    parts
}

/// A value without its quotes. Browsers write a quote within as `%22`, and a backslash of a path
/// plainly, so only one before a quote or a backslash means the next letter.
fn unquoted(value: &str) -> String {
    let Some(inner) = value.strip_prefix('"').and_then(|it| it.strip_suffix('"')) else {
        return value.to_owned();
    };
    inner.replace("\\\"", "\"").replace("%22", "\"").replace("%0D", "\r").replace("%0A", "\n")
}

/// `UTF-8''a%20b` as `a b`.
fn decoded(value: &str) -> Option<String> {
    let (charset, rest) = value.split_once('\'')?;
    let (_language, text) = rest.split_once('\'')?;
    if !charset.eq_ignore_ascii_case("utf-8") {
        return None;
    }
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let [first, tail @ ..] = rest {
        if *first == b'%' {
            let pair = std::str::from_utf8(tail.get(..2)?).ok()?;
            bytes.push(u8::from_str_radix(pair, 16).ok()?);
            rest = &tail[2..];
        } else {
            bytes.push(*first);
            rest = tail;
        }
    }
    String::from_utf8(bytes).ok()
}

/// The header for a file of this name, to be shown or to be kept.
pub(crate) fn written(shown: bool, name: &str) -> HeaderValue {
    let kind = if shown { "inline" } else { "attachment" };
    let plain = |c: char| c.is_ascii_alphanumeric() || " ._-()".contains(c);
    let simple: String = name.chars().map(|c| if plain(c) { c } else { '_' }).collect();
    let mut full = String::new();
    for byte in name.bytes() {
        // The letters that RFC 8187 lets stand for themselves.
        if byte.is_ascii_alphanumeric() || b"!#$&+-.^_`|~".contains(&byte) {
            full.push(char::from(byte));
        } else {
            full.push_str(&format!("%{byte:02X}"));
        }
    }
    let text = format!("{kind}; filename=\"{simple}\"; filename*=UTF-8''{full}");
    HeaderValue::try_from(text).expect("letters, digits and signs that fit a header")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_read_as_browsers_and_programs_write_it() {
        let name = |text: &str| Disposition::parse(text).and_then(|said| said.file_name);
        for (text, expected) in [
            ("attachment; filename=a.pdf", Some("a.pdf")),
            ("form-data; name=\"f\"; filename=\"a;b.pdf\"", Some("a;b.pdf")),
            ("form-data; filename=\"C:\\x\\a.pdf\"", Some("C:\\x\\a.pdf")),
            ("form-data; filename=\"a%22b.pdf\"", Some("a\"b.pdf")),
            ("attachment; filename=\"x\"; filename*=UTF-8''Zo%C3%AB%20a.pdf", Some("Zoë a.pdf")),
            ("attachment; filename*=UTF-8'de'a%0D%0Ab", Some("a\r\nb")),
            ("attachment; filename*=latin1''a", None),
            ("attachment; filename*=UTF-8''%ff", None),
            ("attachment", None),
        ] {
            assert_eq!(name(text).as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn a_name_goes_out_so_that_nothing_in_it_ends_the_header() {
        let text = |name: &str| written(false, name).to_str().expect("text").to_owned();
        assert_eq!(text("a b.pdf"), "attachment; filename=\"a b.pdf\"; filename*=UTF-8''a%20b.pdf");
        let tricky = text("\"; x=\u{e9}\r\nSet-Cookie: a'.pdf");
        assert!(tricky.starts_with("attachment; filename=\"__ x____Set-Cookie_ a_.pdf\"; "));
        assert!(tricky.ends_with("%22%3B%20x%3D%C3%A9%0D%0ASet-Cookie%3A%20a%27.pdf"));
        for name in ["a b.pdf", "Zoë’s 病假 – 1.pdf", "%41'\"*.png"] {
            let said = Disposition::parse(&text(name)).expect("a header");
            assert_eq!(said.file_name.as_deref(), Some(name));
        }
    }
}
