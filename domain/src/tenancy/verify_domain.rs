//! A tenant has shown that a host is theirs, by a record that only its owner can publish: it leads
//! to the tenant from now on. Looking the record up is for the edge; what was found is a fact here.

use super::record_tenant::sealed;
use super::{DomainVerified, Refusal, Tenancy, TenancyEvent};
use crate::personal::Unique;

/// What stands before the host in the name of the record.
pub const PROOF_LABEL: &str = "_crowdminder";

/// Take a look at the proof.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifyDomain {
    /// The host in its one form.
    pub host: Unique,
    /// What the record must say.
    pub token: String,
    /// The texts of the record as they were found.
    pub found: Vec<String>,
}

/// Refuses a host that was never added and one without its proof; a verified one stays so, with or
/// without.
pub fn decide(tenancy: &Tenancy, command: VerifyDomain) -> Result<Vec<TenancyEvent>, Refusal> {
    let tenant = tenancy.changeable()?;
    let VerifyDomain { host, token, found } = command;
    let (_, domain) = tenancy.domain(&host)?;
    if domain.verified {
        return Ok(Vec::new());
    }
    if !found.iter().any(|text| text.trim() == token) {
        return Err(Refusal::ProofMissing { token });
    }
    Ok(vec![DomainVerified { tenant, host: sealed(tenant, host) }.into()])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tenancy::samples::{added, host, known, then};

    fn verify(text: &str, found: &[&str]) -> VerifyDomain {
        let found = found.iter().map(|text| (*text).to_owned()).collect();
        VerifyDomain { host: host(text), token: "token-1".into(), found }
    }

    #[test]
    fn a_host_is_verified_by_its_token_among_other_records() {
        let mut tenancy = added("acme.example");
        let command = verify("acme.example", &["v=spf1 -all", " token-1 "]);
        let events = decide(&tenancy, command).unwrap();
        then(&mut tenancy, &events);
        assert!(tenancy.domains[1].verified);
        assert_eq!(decide(&tenancy, verify("acme.example", &[])), Ok(vec![]));
    }

    #[test]
    fn another_token_or_part_of_it_proves_nothing() {
        for found in [&[][..], &["token-2"], &["token-1x"], &["TOKEN-1"], &["token-1 token-1"]] {
            let refused = decide(&added("acme.example"), verify("acme.example", found));
            assert_eq!(refused, Err(Refusal::ProofMissing { token: "token-1".into() }));
        }
    }

    #[test]
    fn a_host_that_was_never_added_is_unknown() {
        let refused = decide(&known(), verify("acme.example", &["token-1"]));
        assert_eq!(refused, Err(Refusal::UnknownDomain));
    }
}
