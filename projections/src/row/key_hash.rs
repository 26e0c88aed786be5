//! A quick hash for keys in memory. Keys are ids that this service makes and a few registered
//! names, so nobody outside chooses them to collide, and a fold of a million events asks millions
//! of times.

use std::hash::{BuildHasherDefault, Hasher};

/// Makes `KeyHasher`s.
pub(crate) type KeyHash = BuildHasherDefault<KeyHasher>;

/// Multiplies eight bytes at a time and folds the two halves of the product.
#[derive(Debug, Default, Clone, Copy)]
pub(crate) struct KeyHasher(u64);

/// 2^64 divided by the golden ratio, made odd: it spreads neighbours far apart.
const SPREAD: u64 = 0x9e37_79b9_7f4a_7c15;

impl KeyHasher {
    fn add(&mut self, word: u64) {
        let product = u128::from(self.0.wrapping_add(SPREAD) ^ word) * u128::from(SPREAD);
        self.0 = product as u64 ^ (product >> 64) as u64;
    }
}

impl Hasher for KeyHasher {
    fn write(&mut self, bytes: &[u8]) {
        let (words, rest) = bytes.as_chunks::<8>();
        words.iter().for_each(|word| self.add(u64::from_le_bytes(*word)));
        if !rest.is_empty() {
            let mut word = [0; 8];
            word[..rest.len()].copy_from_slice(rest);
            self.add(u64::from_le_bytes(word));
        }
    }

    fn write_u8(&mut self, number: u8) {
        self.add(number.into());
    }

    fn write_usize(&mut self, number: usize) {
        self.add(number as u64);
    }

    fn finish(&self) -> u64 {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;
    use std::hash::BuildHasher;

    #[test]
    fn ids_that_differ_in_any_one_bit_or_count_up_hash_apart() {
        let hash = |n: u128| KeyHash::default().hash_one(uuid::Uuid::from_u128(n));
        let numbers = (0..128).map(|bit| 1_u128 << bit).chain(1025..2025);
        let all: HashSet<u64> = numbers.map(hash).collect();
        assert_eq!(all.len(), 1128);
        let low_bits: HashSet<u64> = (0..4096_u128).map(|n| hash(n) & 0xffff).collect();
        assert!(low_bits.len() > 3500, "{} of 4096 apart in the low bits", low_bits.len());
    }
}
