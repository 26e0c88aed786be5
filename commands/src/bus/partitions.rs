//! Splits tenants into 64 fixed parts, so that several processes can share the reading. Outside
//! programs compute the same number, so the hash never changes.

use domain::id::TenantId;
use ring::digest::{SHA256, digest};

/// How many partitions there are.
pub const PARTITIONS: u8 = 64;

/// The partition of a tenant: the first byte of SHA-256 over the 16 bytes of its id, modulo 64.
pub fn partition(tenant: TenantId) -> u8 {
    digest(&SHA256, tenant.0.as_bytes()).as_ref()[0] % PARTITIONS
}

/// A set of partitions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Partitions(u64);

impl Partitions {
    /// All 64.
    pub fn all() -> Self {
        Self(u64::MAX)
    }

    /// Some of them; numbers are taken modulo 64.
    pub fn of(numbers: impl IntoIterator<Item = u8>) -> Self {
        Self(numbers.into_iter().fold(0, |set, number| set | 1 << (number % PARTITIONS)))
    }

    /// Whether these are all there are.
    pub fn is_all(self) -> bool {
        self.0 == u64::MAX
    }

    /// Whether a tenant's events belong here.
    pub fn contains(self, tenant: TenantId) -> bool {
        self.0 & (1 << partition(tenant)) != 0
    }

    /// The numbers of the partitions, ascending.
    pub fn numbers(self) -> impl Iterator<Item = u8> {
        (0..PARTITIONS).filter(move |number| self.0 & (1 << number) != 0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    #[test]
    fn the_partition_of_a_tenant_never_changes() {
        let known = [0_u128, 1, 0xAB, u128::MAX].map(|n| partition(TenantId(Uuid::from_u128(n))));
        assert_eq!(known, [55, 60, 42, 26]);
    }

    #[test]
    fn every_partition_has_tenants() {
        let mut tenants = [0; PARTITIONS as usize];
        for number in 0..64_000_u128 {
            tenants[usize::from(partition(TenantId(Uuid::from_u128(number))))] += 1;
        }
        assert!(tenants.iter().all(|count| (800..1200).contains(count)), "{tenants:?}");
    }

    #[test]
    fn a_tenant_is_in_exactly_one_of_two_halves() {
        let low = Partitions::of(0..32);
        let high = Partitions::of(32..64);
        for number in 0..1_000 {
            let tenant = TenantId(Uuid::from_u128(number));
            assert_ne!(low.contains(tenant), high.contains(tenant));
            assert!(Partitions::all().contains(tenant));
        }
        assert_eq!(low.numbers().chain(high.numbers()).count(), 64);
        assert!(Partitions::of(0..64).is_all());
    }
}
