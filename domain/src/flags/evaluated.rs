//! Which flags are on for somebody: the only place where that is worked out. The most particular
//! word counts: of the member, then of the tenant, then the share, then the default.

use std::collections::BTreeMap;

use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::{Flag, Share, ShareOf};
use crate::id::{MemberId, TenantId};

/// Into how many buckets everybody falls; a percent is a hundred of them.
pub const BUCKETS: u64 = 10_000;

/// Whom flags are evaluated for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Subject {
    /// The tenant.
    pub tenant: TenantId,
    /// The member; none where nobody in particular asks, as on the public site.
    pub member: Option<MemberId>,
}

/// Whether each flag is on for one subject.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Evaluated(BTreeMap<String, bool>);

impl Evaluated {
    /// Every defined flag for a subject.
    pub fn of<'a>(flags: impl IntoIterator<Item = &'a Flag>, subject: Subject) -> Self {
        let known = |flag: &'a Flag| Some((flag.key.clone()?, evaluate(flag, subject)));
        Evaluated(flags.into_iter().filter_map(known).collect())
    }

    /// Whether a flag is on; one that nobody defined is off.
    pub fn is_on(&self, key: &str) -> bool {
        self.0.get(key).copied().unwrap_or(false)
    }

    /// Whether a flag is on, where it's defined.
    pub fn get(&self, key: &str) -> Option<bool> {
        self.0.get(key).copied()
    }

    /// Every defined flag by key.
    pub fn iter(&self) -> impl Iterator<Item = (&str, bool)> {
        self.0.iter().map(|(key, on)| (key.as_str(), *on))
    }
}

fn evaluate(flag: &Flag, subject: Subject) -> bool {
    let Subject { tenant, member } = subject;
    let of_member = member.and_then(|member| flag.said_of(tenant, Some(member)));
    of_member
        .or_else(|| flag.said_of(tenant, None))
        .unwrap_or_else(|| flag.default || flag.share.is_some_and(|it| falls_in(flag, it, subject)))
}

fn falls_in(flag: &Flag, share: Share, subject: Subject) -> bool {
    let who = match share.of {
        ShareOf::Tenants => Some(subject.tenant.0),
        ShareOf::Members => subject.member.map(|member| member.0),
    };
    let key = flag.key.as_deref().unwrap_or_default();
    who.is_some_and(|who| bucket(key, who) < u64::from(share.percent) * (BUCKETS / 100))
}

/// The bucket, 0 to 9999, that a tenant or member falls into for a flag: the first eight bytes,
/// big-endian, of SHA-256 over the flag's key, a zero byte and the sixteen bytes of the id, modulo
/// `BUCKETS`.
///
/// It depends on nothing else, so it's the same on every machine and after every restart; a larger
/// percentage adds subjects and takes none away; and flags choose independently of each other.
pub fn bucket(key: &str, who: Uuid) -> u64 {
    let digest = Sha256::new()
        .chain_update(key.as_bytes())
        .chain_update([0])
        .chain_update(who.as_bytes())
        .finalize();
    let first = digest.first_chunk().expect("a digest has 32 bytes");
    u64::from_be_bytes(*first) % BUCKETS
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    const TENANT: TenantId = TenantId(Uuid::from_u128(1));
    const MEMBER: MemberId = MemberId(Uuid::from_u128(2));
    const NOVA: Subject = Subject { tenant: TENANT, member: Some(MEMBER) };

    fn flag(default: bool, share: Option<(ShareOf, u8)>) -> Flag {
        let share = share.map(|(of, percent)| Share { of, percent });
        Flag { key: Some("grid".into()), default, share, ..Flag::default() }
    }

    fn on(flag: &Flag, subject: Subject) -> bool {
        Evaluated::of([flag], subject).is_on("grid")
    }

    #[test]
    fn the_most_particular_word_counts() {
        let mut flag = flag(false, Some((ShareOf::Tenants, 100)));
        assert!(on(&flag, NOVA), "the share");
        flag.tenants.insert(TENANT, false);
        assert!(!on(&flag, NOVA), "the tenant before the share");
        flag.members.entry(TENANT).or_default().insert(MEMBER, true);
        assert!(on(&flag, NOVA), "the member before the tenant");
        assert!(!on(&flag, Subject { member: None, ..NOVA }));
        let other = TenantId(Uuid::from_u128(9));
        flag.share = None;
        assert!(!on(&flag, Subject { tenant: other, ..NOVA }), "the same id in another tenant");
    }

    #[test]
    fn a_flag_that_nobody_defined_or_that_was_removed_is_off() {
        assert!(!Evaluated::default().is_on("grid"));
        assert_eq!(Evaluated::of([&Flag::default()], NOVA), Evaluated::default());
        assert_eq!(Evaluated::of([&flag(true, None)], NOVA).get("other"), None);
    }

    #[test]
    fn a_share_of_members_leaves_out_who_is_no_member() {
        let flag = flag(false, Some((ShareOf::Members, 100)));
        assert!(on(&flag, NOVA));
        assert!(!on(&flag, Subject { member: None, ..NOVA }));
    }

    #[test]
    fn buckets_are_those_that_were_given_out_before() {
        let id = |n| Uuid::from_u128(n);
        let found = [("grid", id(1)), ("grid", id(2)), ("public_sign_up", id(1)), ("a", id(0))]
            .map(|(key, who)| bucket(key, who));
        // Worked out by another program (Python's hashlib).
        assert_eq!(found, [6471, 6546, 1936, 8825]);
    }

    #[test]
    fn a_larger_percentage_adds_and_never_takes_away_and_comes_close_to_what_it_says() {
        let members: Vec<_> = (0..20_000).map(|n| MemberId(Uuid::from_u128(n * 7919))).collect();
        let chosen = |percent| -> BTreeSet<MemberId> {
            let flag = flag(false, Some((ShareOf::Members, percent)));
            let is_on = |member: &MemberId| on(&flag, Subject { member: Some(*member), ..NOVA });
            members.iter().copied().filter(is_on).collect()
        };
        let mut before = chosen(0);
        assert!(before.is_empty());
        for percent in [1, 5, 25, 50, 75, 100] {
            let now = chosen(percent);
            assert!(before.is_subset(&now));
            let off = now.len().abs_diff(members.len() * usize::from(percent) / 100);
            assert!(off <= 200, "{percent} percent of 20 000 are {}", now.len());
            before = now;
        }
        assert_eq!(before.len(), members.len());
    }

    #[test]
    fn two_flags_choose_independently() {
        let half = |key: &str, who: &Uuid| bucket(key, *who) < BUCKETS / 2;
        let both = (0..20_000_u128)
            .map(Uuid::from_u128)
            .filter(|who| half("grid", who) && half("chart", who))
            .count();
        assert!(both.abs_diff(5000) < 200, "a quarter, not {both} of 20 000");
    }
}
