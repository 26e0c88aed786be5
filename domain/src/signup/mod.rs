//! A firm signs itself up: it says who it is, proves its owner's address by a mailed link, and is
//! made. Until then nothing of it exists but this, and its name is held for it for a day.

pub mod begin_sign_up;
pub mod complete_sign_up;
pub mod confirm_sign_up;
pub mod correct_sign_up;
mod draft;
mod events;
pub mod expire_sign_up;
mod refusal;
#[cfg(test)]
pub(crate) mod samples;
mod sign_up;

pub use begin_sign_up::BeginSignUp;
pub use complete_sign_up::CompleteSignUp;
pub use confirm_sign_up::ConfirmSignUp;
pub use correct_sign_up::CorrectSignUp;
pub use draft::{Draft, HOURS_TO_CONFIRM, Known, faults};
pub use events::{
    Particulars, SignUpBegun, SignUpCompleted, SignUpConfirmed, SignUpCorrected, SignUpEvent,
    SignUpExpired, SignUpSentBack,
};
pub use expire_sign_up::ExpireSignUp;
pub use refusal::Refusal;
pub use sign_up::{SignUp, SignUpCommand, SignUpState, sign_up_stream};
