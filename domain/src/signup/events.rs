//! What can happen to a firm's sign-up. All of it stands in the platform's log.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::id::{MemberId, SignUpId, TenantId};
use crate::personal::{Personal, PersonalField, PersonalFields, Unique};

/// What a firm says of itself to begin.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Particulars {
    /// What it's called.
    pub firm_name: Personal<String>,
    /// What its host begins with; one sign-up per slug at a time.
    pub slug: Personal<Unique>,
    /// ISO 3166-1 alpha-2.
    pub country: String,
    /// ISO 4217; none = the country's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub currency: Option<String>,
    /// IANA; none = the country's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time_zone: Option<String>,
    /// The plan it wants once the trial is over.
    pub plan: String,
    /// What its owner is called.
    pub owner_name: Personal<String>,
    /// The address its owner will sign in with.
    pub owner_email: Personal<String>,
}

impl PersonalFields for Particulars {
    fn each_personal(&mut self, visit: &mut dyn FnMut(&mut dyn PersonalField)) {
        self.firm_name.each_personal(visit);
        self.slug.each_personal(visit);
        self.owner_name.each_personal(visit);
        self.owner_email.each_personal(visit);
    }
}

/// A firm began to sign itself up.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SignUpBegun {
    /// The sign-up; a secret of who began it.
    pub sign_up: SignUpId,
    /// What the firm says of itself.
    pub particulars: Particulars,
    /// The letter whose link confirms it; links of earlier letters are of no use.
    pub letter: Uuid,
    /// From then on it's as if it had never been, unless it was confirmed.
    pub expires_at: Timestamp,
}

/// A firm says otherwise of itself.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SignUpCorrected {
    /// The sign-up.
    pub sign_up: SignUpId,
    /// What the firm says of itself now.
    pub particulars: Particulars,
    /// The letter whose link confirms it; links of earlier letters are of no use.
    pub letter: Uuid,
    /// From then on it's as if it had never been, unless it was confirmed.
    pub expires_at: Timestamp,
}

/// The owner's address was proved: the firm is to be made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignUpConfirmed {
    /// The sign-up.
    pub sign_up: SignUpId,
    /// The id of the tenant to be made, so that whoever goes on with it makes the same one.
    pub tenant: TenantId,
}

/// The firm can be used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignUpCompleted {
    /// The sign-up.
    pub sign_up: SignUpId,
    /// The tenant that was made.
    pub tenant: TenantId,
    /// Its owner.
    pub owner: MemberId,
}

/// The name was taken by another way in while the sign-up was on its way: another one is needed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignUpSentBack {
    /// The sign-up.
    pub sign_up: SignUpId,
}

/// Nobody confirmed it in time: the name is free again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignUpExpired {
    /// The sign-up.
    pub sign_up: SignUpId,
}

crate::event_family! {
    /// The events of a sign-up's stream.
    SignUpEvent {
        /// Began.
        SignUpBegun = 1 [particulars],
        /// Says otherwise.
        SignUpCorrected = 1 [particulars],
        /// The address was proved.
        SignUpConfirmed = 1,
        /// The firm can be used.
        SignUpCompleted = 1,
        /// Another name is needed.
        SignUpSentBack = 1,
        /// Too late.
        SignUpExpired = 1,
    }
}
