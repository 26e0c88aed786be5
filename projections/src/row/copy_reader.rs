//! Reads the binary form of COPY as it comes off the wire, whatever the sizes of its pieces, and
//! lends each row's cells out without copying them. An end that never came is an error.

use super::cell::CellError;
use super::wire::take_sized;

/// The most columns that are read at once.
const MOST_COLUMNS: usize = 48;

/// The head of the form: signature, flags, length of an extension that nothing uses.
pub(crate) const COPY_HEAD: &[u8; 19] = b"PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0";

/// What came is not the binary form of COPY, or ended before its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CopyFormError {
    /// It does not begin as the form does, or a row has another number of columns.
    #[error("what the server sent is not the binary form of COPY")]
    NotTheForm,
    /// It ended without the mark at the end.
    #[error("what the server sent was cut short")]
    Cut,
}

/// Reads rows from pieces.
#[derive(Debug)]
pub struct CopyReader {
    columns: usize,
    /// The beginning of a row whose end has not come yet.
    rest: Vec<u8>,
    began: bool,
    ended: bool,
}

/// The cells of a row; `None` is null.
pub type Cells<'a> = &'a [Option<&'a [u8]>];

impl CopyReader {
    /// For rows of so many columns, 48 at most.
    pub fn new(columns: usize) -> Self {
        assert!(columns <= MOST_COLUMNS, "a table has at most {MOST_COLUMNS} columns");
        CopyReader { columns, rest: Vec::new(), began: false, ended: false }
    }

    /// Takes the next piece and calls `each` with every row that is whole now.
    pub fn push<E: From<CopyFormError>>(
        &mut self,
        piece: &[u8],
        each: &mut impl FnMut(Cells<'_>) -> Result<(), E>,
    ) -> Result<(), E> {
        if self.rest.is_empty() {
            let used = self.read(piece, each)?;
            self.rest.extend_from_slice(&piece[used..]);
            return Ok(());
        }
        let mut joined = std::mem::take(&mut self.rest);
        joined.extend_from_slice(piece);
        let used = self.read(&joined, each)?;
        joined.drain(..used);
        self.rest = joined;
        Ok(())
    }

    /// Says that no piece follows.
    pub fn finish(self) -> Result<(), CopyFormError> {
        if self.ended && self.rest.is_empty() { Ok(()) } else { Err(CopyFormError::Cut) }
    }

    /// Reads whole rows off the front; answers how many bytes they were.
    fn read<E: From<CopyFormError>>(
        &mut self,
        bytes: &[u8],
        each: &mut impl FnMut(Cells<'_>) -> Result<(), E>,
    ) -> Result<usize, E> {
        let mut at = 0;
        if !self.began {
            if bytes.len() < COPY_HEAD.len() {
                return Ok(0);
            }
            if !bytes.starts_with(COPY_HEAD) {
                return Err(CopyFormError::NotTheForm.into());
            }
            self.began = true;
            at = COPY_HEAD.len();
        }
        while let Some((count, mut cells)) = bytes[at..].split_first_chunk::<2>() {
            let count = i16::from_be_bytes(*count);
            if count == -1 && !self.ended {
                self.ended = true;
                return Ok(at + 2);
            }
            if self.ended || usize::try_from(count) != Ok(self.columns) {
                return Err(CopyFormError::NotTheForm.into());
            }
            let mut row: [Option<&[u8]>; MOST_COLUMNS] = [None; MOST_COLUMNS];
            let whole = row[..self.columns].iter_mut().try_for_each(|cell| {
                *cell = take_sized(&mut cells)?;
                Ok::<_, CellError>(())
            });
            if whole.is_err() {
                break;
            }
            each(&row[..self.columns])?;
            at = bytes.len() - cells.len();
        }
        Ok(at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn two_rows() -> Vec<u8> {
        let mut form = COPY_HEAD.to_vec();
        for cells in [[Some(&b"ab"[..]), None], [Some(&b""[..]), Some(&b"cde"[..])]] {
            form.extend_from_slice(&2_i16.to_be_bytes());
            for cell in cells {
                let length = cell.map_or(-1, |cell| i32::try_from(cell.len()).expect("short"));
                form.extend_from_slice(&length.to_be_bytes());
                form.extend_from_slice(cell.unwrap_or_default());
            }
        }
        form.extend_from_slice(&(-1_i16).to_be_bytes());
        form
    }

    fn read(pieces: &mut dyn Iterator<Item = &[u8]>) -> Result<Vec<String>, CopyFormError> {
        let mut reader = CopyReader::new(2);
        let mut rows = Vec::new();
        for piece in pieces {
            reader.push(piece, &mut |cells| {
                let texts = cells.iter().map(|cell| cell.map(String::from_utf8_lossy));
                rows.push(format!("{:?}", texts.collect::<Vec<_>>()));
                Ok::<_, CopyFormError>(())
            })?;
        }
        reader.finish()?;
        Ok(rows)
    }

    #[test]
    fn rows_are_the_same_however_the_bytes_are_cut_into_pieces() {
        let form = two_rows();
        let whole = read(&mut std::iter::once(&form[..])).expect("two rows");
        assert_eq!(whole, [r#"[Some("ab"), None]"#, r#"[Some(""), Some("cde")]"#]);
        for size in 1..form.len() {
            assert_eq!(read(&mut form.chunks(size)).as_ref(), Ok(&whole), "pieces of {size}");
        }
    }

    #[test]
    fn an_end_that_never_came_is_an_error() {
        let form = two_rows();
        for end in 0..form.len() {
            assert_eq!(read(&mut std::iter::once(&form[..end])), Err(CopyFormError::Cut), "{end}");
        }
        assert_eq!(
            read(&mut std::iter::once(&b"1\ttext\n2\tmore text than the head\n"[..])),
            Err(CopyFormError::NotTheForm)
        );
    }
}
