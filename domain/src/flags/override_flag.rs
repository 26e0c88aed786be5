//! A flag is thrown for one tenant, or for one member alone.

use super::{Flag, FlagEvent, FlagOverridden, Refusal};
use crate::id::{MemberId, TenantId};

/// How many tenants and members something may be said of; more than these are a percentage.
pub const OVERRIDES_MAX: usize = 10_000;

/// Throw a flag for one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OverrideFlag {
    /// Its key.
    pub key: String,
    /// For which tenant.
    pub tenant: TenantId,
    /// For this member of it alone.
    pub member: Option<MemberId>,
    /// On or off; none = as everybody else's again.
    pub on: Option<bool>,
}

/// Refuses a flag that is not there, and more overrides than a flag can hold.
pub fn decide(flag: &Flag, command: OverrideFlag) -> Result<Vec<FlagEvent>, Refusal> {
    let OverrideFlag { key, tenant, member, on } = command;
    if flag.key.is_none() {
        return Err(Refusal::UnknownFlag);
    }
    let said = flag.said_of(tenant, member);
    if said == on {
        return Ok(Vec::new());
    }
    if said.is_none() && flag.overrides() >= OVERRIDES_MAX {
        return Err(Refusal::TooManyOverrides);
    }
    Ok(vec![FlagOverridden { flag: key, tenant, member, on }.into()])
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    const TENANT: TenantId = TenantId(Uuid::from_u128(1));
    const MEMBER: MemberId = MemberId(Uuid::from_u128(2));

    fn throw(member: Option<MemberId>, on: Option<bool>) -> OverrideFlag {
        OverrideFlag { key: "grid".into(), tenant: TENANT, member, on }
    }

    #[test]
    fn a_flag_is_thrown_for_one_and_taken_back() {
        let mut flag = Flag { key: Some("grid".into()), ..Flag::default() };
        for (member, on, events) in [
            (None, Some(true), 1),
            (None, Some(true), 0),
            (Some(MEMBER), Some(false), 1),
            (Some(MEMBER), None, 1),
            (Some(MEMBER), None, 0),
        ] {
            let decided = decide(&flag, throw(member, on)).unwrap();
            assert_eq!(decided.len(), events, "{member:?} {on:?}");
            decided.iter().for_each(|event| flag.evolve(event));
            assert_eq!(flag.said_of(TENANT, member), on);
        }
        assert_eq!(flag.overrides(), 1);
    }

    #[test]
    fn a_flag_that_is_not_there_is_not_thrown() {
        assert_eq!(decide(&Flag::default(), throw(None, Some(true))), Err(Refusal::UnknownFlag));
    }

    #[test]
    fn a_flag_holds_so_many_overrides_and_no_more() {
        let mut flag = Flag { key: Some("grid".into()), ..Flag::default() };
        let id = |n: usize| TenantId(Uuid::from_u128(n as u128 + 10));
        flag.tenants = (0..OVERRIDES_MAX).map(|n| (id(n), true)).collect();
        assert_eq!(decide(&flag, throw(None, Some(true))), Err(Refusal::TooManyOverrides));
        let known = OverrideFlag { tenant: id(0), ..throw(None, Some(false)) };
        assert_eq!(decide(&flag, known).unwrap().len(), 1);
    }
}
