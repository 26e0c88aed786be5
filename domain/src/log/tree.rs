//! The Merkle tree over a log's leaves (RFC 9162 section 2.1), kept as a compact range: the roots
//! of its perfect subtrees, at most log2 n of them, from which each append knows the new root.

use sha2::{Digest, Sha256};

/// A SHA-256 value.
pub type Hash = [u8; 32];

/// The roots of the perfect subtrees of the first `size` leaves, largest first.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CompactRange {
    size: u64,
    peaks: Vec<Hash>,
}

/// The stored bytes are not a compact range of the size they are said to have.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a compact range of {size} leaves has {expected} bytes, not {found}")]
pub struct RangeSizeError {
    size: u64,
    expected: usize,
    found: usize,
}

fn node(left: &Hash, right: &Hash) -> Hash {
    let mut hash = Sha256::new();
    hash.update([1]);
    hash.update(left);
    hash.update(right);
    hash.finalize().into()
}

impl CompactRange {
    /// The range of an empty log.
    pub fn new() -> Self {
        CompactRange::default()
    }

    /// How many leaves it covers.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Adds the hash of the next leaf.
    pub fn push(&mut self, leaf: Hash) {
        let mut carry = leaf;
        // Each trailing one bit of the size is a perfect subtree that the new leaf completes.
        for _ in 0..self.size.trailing_ones() {
            let left = self.peaks.pop().expect("a range has a peak for each one bit of its size");
            carry = node(&left, &carry);
        }
        self.peaks.push(carry);
        self.size += 1;
    }

    /// The root of the tree (RFC 9162 MTH); of an empty log, the hash of nothing.
    pub fn root(&self) -> Hash {
        let mut peaks = self.peaks.iter().rev();
        match peaks.next() {
            None => Sha256::digest([]).into(),
            Some(last) => peaks.fold(*last, |right, left| node(left, &right)),
        }
    }

    /// The peaks one after another, 32 bytes each, as `log_head` stores them.
    pub fn to_bytes(&self) -> Vec<u8> {
        self.peaks.concat()
    }

    /// Reads what `to_bytes` wrote for a log of `size` leaves.
    pub fn from_bytes(size: u64, bytes: &[u8]) -> Result<Self, RangeSizeError> {
        let expected = size.count_ones() as usize * 32;
        if bytes.len() != expected {
            return Err(RangeSizeError { size, expected, found: bytes.len() });
        }
        let peaks = bytes
            .chunks_exact(32)
            .map(|chunk| chunk.try_into().expect("chunks are 32 bytes long"))
            .collect();
        Ok(CompactRange { size, peaks })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn leaf(data: &[u8]) -> Hash {
        let mut hash = Sha256::new();
        hash.update([0]);
        hash.update(data);
        hash.finalize().into()
    }

    fn root_by_definition(leaves: &[Hash]) -> Hash {
        match leaves {
            [] => Sha256::digest([]).into(),
            [only] => *only,
            _ => {
                let split = leaves.len().next_power_of_two() / 2;
                let (left, right) = leaves.split_at(split);
                node(&root_by_definition(left), &root_by_definition(right))
            }
        }
    }

    #[test]
    fn the_root_of_every_size_is_the_one_the_definition_gives() {
        let mut range = CompactRange::new();
        let mut leaves = Vec::new();
        for n in 0..70_u8 {
            assert_eq!(range.root(), root_by_definition(&leaves), "size {n}");
            let bytes = range.to_bytes();
            assert_eq!(CompactRange::from_bytes(u64::from(n), &bytes).as_ref(), Ok(&range));
            range.push(leaf(&[n]));
            leaves.push(leaf(&[n]));
        }
    }

    #[test]
    fn stored_peaks_of_a_wrong_length_are_refused() {
        assert!(CompactRange::from_bytes(3, &[0; 32]).is_err());
    }
}
