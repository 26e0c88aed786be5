//! A form with a file in it, by RFC 7578, part by part as it comes. A browser's name of a file and
//! its word for the type are taken down, and nothing is believed of them.

use axum::body::Bytes;
use axum::http::HeaderMap;

use super::disposition::Disposition;
use crate::http::incoming::{Incoming, cut_short};
use crate::http::problem::{FieldError, Problem};

/// The most that the head of a part may take.
const HEAD_MAX: usize = 8 << 10;
/// The longest boundary, by RFC 2046.
const BOUNDARY_MAX: usize = 70;

/// The parts of a form.
#[derive(Debug)]
pub(crate) struct Multipart {
    incoming: Incoming,
    /// What ends a part.
    delimiter: Vec<u8>,
    waiting: Vec<u8>,
}

fn malformed(detail: &str) -> Problem {
    Problem::malformed(vec![FieldError::new("", "form.invalid", detail)])
}

/// The boundary that a form says it has.
pub(crate) fn boundary(headers: &HeaderMap) -> Option<String> {
    let text = headers.get(axum::http::header::CONTENT_TYPE)?.to_str().ok()?;
    let (media, rest) = text.split_once(';')?;
    if !media.trim().eq_ignore_ascii_case("multipart/form-data") {
        return None;
    }
    let named = rest.split(';').find_map(|parameter| {
        let (name, value) = parameter.split_once('=')?;
        name.trim().eq_ignore_ascii_case("boundary").then(|| value.trim().trim_matches('"'))
    })?;
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"'()+_,-./:=? ".contains(&byte);
    let fits = (1..=BOUNDARY_MAX).contains(&named.len()) && named.bytes().all(plain);
    fits.then(|| named.to_owned())
}

impl Multipart {
    /// The parts between these boundaries.
    pub(crate) fn new(incoming: Incoming, boundary: &str) -> Self {
        // The first boundary needs no line before it, so one is thought there.
        let delimiter = format!("\r\n--{boundary}").into_bytes();
        Multipart { incoming, delimiter, waiting: b"\r\n".to_vec() }
    }

    /// Takes in more; it's an error where there is no more.
    async fn more(&mut self) -> Result<(), Problem> {
        match self.incoming.next().await? {
            Some(bytes) => self.waiting.extend_from_slice(&bytes),
            None => return Err(cut_short()),
        }
        Ok(())
    }

    fn find(&self, text: &[u8]) -> Option<usize> {
        self.waiting.windows(text.len()).position(|window| window == text)
    }

    /// The next piece of this part; none at its end.
    pub(crate) async fn piece(&mut self) -> Result<Option<Bytes>, Problem> {
        loop {
            match self.find(&self.delimiter.clone()) {
                Some(0) => return Ok(None),
                Some(end) => return Ok(Some(self.take(end))),
                None => {}
            }
            // What may be the beginning of a delimiter stays.
            let safe = self.waiting.len().saturating_sub(self.delimiter.len() - 1);
            if safe > 0 {
                return Ok(Some(self.take(safe)));
            }
            self.more().await?;
        }
    }

    fn take(&mut self, bytes: usize) -> Bytes {
        let rest = self.waiting.split_off(bytes);
        Bytes::from(std::mem::replace(&mut self.waiting, rest))
    }

    /// The head of the next part, whatever is left of this one; none behind the last.
    pub(crate) async fn next_part(&mut self) -> Result<Option<Disposition>, Problem> {
        while self.piece().await?.is_some() {}
        let after = self.delimiter.len();
        while self.waiting.len() < after + 2 {
            self.more().await?;
        }
        if self.waiting[after..].starts_with(b"--") {
            return Ok(None);
        }
        let end = loop {
            // The line of the boundary ends before the head, which may be empty.
            if let Some(end) = self.find(b"\r\n\r\n") {
                break end;
            }
            if self.waiting.len() > after + HEAD_MAX {
                return Err(malformed("the head of a part is too long"));
            }
            self.more().await?;
        };
        let head = self.take(end + 4);
        let head = std::str::from_utf8(&head[after..])
            .map_err(|_| malformed("the head of a part is no UTF-8"))?;
        let (rest_of_line, lines) = head.split_once("\r\n").unwrap_or((head, ""));
        if !rest_of_line.bytes().all(|byte| byte == b' ' || byte == b'\t') {
            return Err(malformed("a boundary is followed by something else"));
        }
        lines
            .split("\r\n")
            .filter_map(|line| line.split_once(':'))
            .find(|(name, _)| name.trim().eq_ignore_ascii_case("content-disposition"))
            .and_then(|(_, value)| Disposition::parse(value))
            .filter(|said| said.kind.eq_ignore_ascii_case("form-data") && said.name.is_some())
            .map(Some)
            .ok_or_else(|| malformed("a part without Content-Disposition: form-data; name=.."))
    }

    /// The text of a short part.
    pub(crate) async fn text(&mut self, most: usize) -> Result<String, Problem> {
        let mut bytes = Vec::new();
        while let Some(piece) = self.piece().await? {
            bytes.extend_from_slice(&piece);
            if bytes.len() > most {
                return Err(malformed("a field of the form is too long"));
            }
        }
        String::from_utf8(bytes).map_err(|_| malformed("a field of the form is no UTF-8"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::body::Body;
    use std::time::Duration;

    /// The body in pieces of so many bytes.
    fn form(text: &'static str, pieces: usize) -> Multipart {
        let pieces: Vec<_> = text.as_bytes().chunks(pieces).map(Bytes::from_static).collect();
        let stream = futures::stream::iter(pieces.into_iter().map(Ok::<_, std::io::Error>));
        let patience = Duration::from_secs(5);
        Multipart::new(Incoming::new(Body::from_stream(stream), 10_000, patience), "XX")
    }

    async fn parts(form: &mut Multipart) -> Result<Vec<(String, Option<String>, String)>, Problem> {
        let mut parts = Vec::new();
        while let Some(head) = form.next_part().await? {
            let text = form.text(1000).await?;
            parts.push((head.name.expect("checked"), head.file_name, text));
        }
        Ok(parts)
    }

    #[tokio::test]
    async fn the_parts_of_a_form_come_out_whatever_its_pieces() {
        let text = "preamble\r\n--XX\r\nContent-Disposition: form-data; name=\"kind\"\r\n\r\nlogo\
            \r\n--XX \r\ncontent-type: a/b\r\ncontent-disposition: form-data; name=file; \
            filename=\"a;\\\"b\\\".png\"\r\n\r\n\r\n--X\r\n\r\n--XX--\r\nepilogue";
        for size in [1, 2, 3, 7, 1000] {
            let parts = parts(&mut form(text, size)).await.expect("a form");
            let (kind, file) = (&parts[0], &parts[1]);
            assert_eq!((&*kind.0, kind.1.as_deref(), &*kind.2), ("kind", None, "logo"));
            assert_eq!((&*file.0, file.1.as_deref()), ("file", Some("a;\"b\".png")));
            assert_eq!(file.2, "\r\n--X\r\n");
            assert_eq!(parts.len(), 2);
        }
    }

    #[tokio::test]
    async fn a_form_that_is_cut_short_or_malformed_is_refused() {
        for text in [
            "",
            "--XX",
            "--XX\r\nContent-Disposition: form-data; name=a\r\n\r\nno end",
            "--XX\r\n\r\nno head\r\n--XX--",
            "--XX\r\nContent-Disposition: attachment; name=a\r\n\r\n\r\n--XX--",
            "--XXtail\r\nContent-Disposition: form-data; name=a\r\n\r\n\r\n--XX--",
        ] {
            assert!(parts(&mut form(text, 5)).await.is_err(), "{text:?}");
        }
    }

    #[test]
    fn a_boundary_is_plain_and_short() {
        let of = |text: &str| {
            let mut headers = HeaderMap::new();
            headers.insert("content-type", text.parse().expect("a header"));
            boundary(&headers)
        };
        assert_eq!(of("multipart/form-data; boundary=XX").as_deref(), Some("XX"));
        assert_eq!(of("Multipart/Form-Data; charset=x; boundary=\"X X\"").as_deref(), Some("X X"));
        for text in ["multipart/mixed; boundary=XX", "multipart/form-data", "text/plain"] {
            assert_eq!(of(text), None);
        }
        let long = format!("multipart/form-data; boundary={}", "x".repeat(71));
        assert_eq!(of(&long), None);
    }
}
