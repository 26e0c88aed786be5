//! The pieces that PostgreSQL's binary forms are made of: lengths, nulls, heads of arrays.

use super::cell::CellError;

/// Appends the head of an array: no dimension where it's empty, else one that starts at 1.
pub(crate) fn write_array_header(out: &mut Vec<u8>, oid: u32, length: usize, nulls: bool) {
    out.extend_from_slice(&i32::from(length > 0).to_be_bytes());
    out.extend_from_slice(&i32::from(nulls).to_be_bytes());
    out.extend_from_slice(&oid.to_be_bytes());
    if length > 0 {
        let length = i32::try_from(length).expect("an array holds fewer than 2^31 elements");
        out.extend_from_slice(&length.to_be_bytes());
        out.extend_from_slice(&1_i32.to_be_bytes());
    }
}

/// Appends a length and what `write` appends; the length is −1 where it says null.
pub(crate) fn write_sized(out: &mut Vec<u8>, write: impl FnOnce(&mut Vec<u8>) -> bool) {
    let start = out.len();
    out.extend_from_slice(&(-1_i32).to_be_bytes());
    if write(out) {
        let length = i32::try_from(out.len() - start - 4).expect("a cell is under 2 GiB");
        out[start..start + 4].copy_from_slice(&length.to_be_bytes());
    }
}

/// Takes a small integer off the front.
pub(crate) fn take_i16(rest: &mut &[u8]) -> Result<i16, CellError> {
    let (head, tail) = rest.split_first_chunk().ok_or(CellError::UNNAMED)?;
    *rest = tail;
    Ok(i16::from_be_bytes(*head))
}

/// Takes an integer off the front.
pub(crate) fn take_i32(rest: &mut &[u8]) -> Result<i32, CellError> {
    let (head, tail) = rest.split_first_chunk().ok_or(CellError::UNNAMED)?;
    *rest = tail;
    Ok(i32::from_be_bytes(*head))
}

/// Takes a length and that many bytes off the front; −1 is null.
pub(crate) fn take_sized<'a>(rest: &mut &'a [u8]) -> Result<Option<&'a [u8]>, CellError> {
    let Ok(length) = usize::try_from(take_i32(rest)?) else {
        return Ok(None);
    };
    let (head, tail) = rest.split_at_checked(length).ok_or(CellError::UNNAMED)?;
    *rest = tail;
    Ok(Some(head))
}
