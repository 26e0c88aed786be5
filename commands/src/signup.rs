//! A firm signs itself up on the platform's log. Visitors send these, so nothing here is done in
//! anybody's right: who knows the sign-up's id may correct it, who has the mailed link may confirm.

mod make;
mod work;

use domain::id::{SignUpId, StreamId, TenantId};
use domain::log::{ClaimKey, ClaimKind};
use domain::signup::{
    self, CompleteSignUp, Draft, ExpireSignUp, Known, Refusal, SignUp, SignUpEvent, begin_sign_up,
    complete_sign_up, confirm_sign_up, correct_sign_up, expire_sign_up, sign_up_stream,
};
use domain::subscription::{Plan, plan_stream};
use jiff::SignedDuration;
use ring::rand::{SecureRandom, SystemRandom};
use uuid::Uuid;

pub use make::{MakeError, Maker, Seen};
pub use work::MakeFirm;

use crate::handle::Command;
use crate::jobs::NewJob;
use crate::mail::{Letter, MAIL};
use crate::refused::{CommandError, Reply};
use crate::unit::{Loaded, Unit};

/// The kind of jobs that make the firm of a confirmed sign-up, should whoever confirmed it be cut
/// off.
pub const MAKE_FIRM: &str = "make_firm";
/// How long whoever confirmed has to make the firm before the job does.
const MAKE_AFTER: SignedDuration = SignedDuration::from_secs(30);

/// An id for a sign-up that nobody can guess: whoever knows it may look at it and correct it.
pub fn secret_id() -> SignUpId {
    let mut bytes = [0; 16];
    SystemRandom::new().fill(&mut bytes).expect("the system's random source answers");
    SignUpId(uuid::Builder::from_random_bytes(bytes).into_uuid())
}

/// Begin a sign-up.
#[derive(Debug, Clone)]
pub struct BeginSignUp {
    /// A new id, hard to guess: who knows it may look at the sign-up and correct it.
    pub sign_up: SignUpId,
    /// What the firm says of itself.
    pub draft: Draft,
    /// Whether the catalogue has no tenant with this slug; asked for just before.
    pub free: bool,
}

impl Command for BeginSignUp {
    async fn run(&self, unit: &mut Unit<'_>) -> Result<Reply, CommandError> {
        let sign_up = unit.write::<SignUp>(sign_up_stream(self.sign_up)).await?;
        let known = known(unit, &self.draft).await?;
        let command = signup::BeginSignUp {
            sign_up: self.sign_up,
            draft: self.draft.clone(),
            slug_digest: slug_digest(unit, &self.draft.slug),
            known,
            letter: unit.new_id(),
            at: unit.now(),
        };
        let events = begin_sign_up::decide(&sign_up.state, &command)?;
        take_slug(unit, &command.slug_digest, self.free, sign_up.stream).await?;
        mail_link(unit, self.sign_up, command.letter);
        unit.emit(&sign_up, events);
        Ok(Reply::created(self.sign_up))
    }
}

/// Correct what a firm said of itself; what is none stays.
#[derive(Debug, Clone)]
pub struct CorrectSignUp {
    /// The sign-up.
    pub sign_up: SignUpId,
    /// What the firm says of itself now.
    pub draft: Draft,
    /// Whether the catalogue has no tenant with this slug; asked for just before.
    pub free: bool,
    /// The version of the sign-up that the caller saw, where it matters.
    pub expected_version: Option<i32>,
}

impl Command for CorrectSignUp {
    async fn run(&self, unit: &mut Unit<'_>) -> Result<Reply, CommandError> {
        let sign_up = load(unit, self.sign_up).await?;
        sign_up.check_seen(self.expected_version)?;
        let known = known(unit, &self.draft).await?;
        let command = signup::CorrectSignUp {
            draft: self.draft.clone(),
            slug_digest: slug_digest(unit, &self.draft.slug),
            known,
            letter: unit.new_id(),
            at: unit.now(),
        };
        let (slug_digest, letter) = (command.slug_digest.clone(), command.letter);
        let events = correct_sign_up::decide(&sign_up.state, command)?;
        if !events.is_empty() {
            take_slug(unit, &slug_digest, self.free, sign_up.stream).await?;
            mail_link(unit, self.sign_up, letter);
        }
        unit.emit(&sign_up, events);
        Ok(Reply::changed(self.sign_up))
    }
}

/// Confirm a sign-up whose link was followed. The job that makes the firm is asked for in the same
/// commit, so that it's made even if the caller goes no further.
#[derive(Debug, Clone)]
pub struct ConfirmSignUp {
    /// The sign-up.
    pub sign_up: SignUpId,
    /// The letter whose link was followed: another than the last one is of no use.
    pub letter: Uuid,
}

impl Command for ConfirmSignUp {
    async fn run(&self, unit: &mut Unit<'_>) -> Result<Reply, CommandError> {
        let sign_up = load(unit, self.sign_up).await?;
        if sign_up.state.letter != Some(self.letter) {
            return Err(Refusal::Expired.into());
        }
        let command = signup::ConfirmSignUp { tenant: TenantId(unit.new_id()), at: unit.now() };
        let events = confirm_sign_up::decide(&sign_up.state, &command)?;
        if !events.is_empty() {
            let due_at = unit.now().saturating_add(MAKE_AFTER).unwrap_or(unit.now());
            let (id, reference) = (unit.new_id(), self.sign_up.to_string());
            unit.job(NewJob { id, kind: MAKE_FIRM, reference, due_at });
        }
        unit.emit(&sign_up, events);
        Ok(Reply::changed(self.sign_up))
    }
}

/// Say how making a firm ended.
#[derive(Debug, Clone)]
pub struct EndSignUp {
    /// The sign-up.
    pub sign_up: SignUpId,
    /// How.
    pub how: CompleteSignUp,
}

impl Command for EndSignUp {
    async fn run(&self, unit: &mut Unit<'_>) -> Result<Reply, CommandError> {
        let sign_up = load(unit, self.sign_up).await?;
        let events = complete_sign_up::decide(&sign_up.state, &self.how)?;
        if matches!(events.as_slice(), [SignUpEvent::SignUpCompleted(_)]) {
            unit.mail(Letter::Welcome { sign_up: self.sign_up });
        }
        unit.emit(&sign_up, events);
        Ok(Reply::changed(self.sign_up))
    }
}

/// End a sign-up whose time is over; nothing where it is not.
#[derive(Debug, Clone)]
pub struct EndIfOver {
    /// The sign-up.
    pub sign_up: SignUpId,
}

impl Command for EndIfOver {
    async fn run(&self, unit: &mut Unit<'_>) -> Result<Reply, CommandError> {
        let sign_up = load(unit, self.sign_up).await?;
        let events = expire_sign_up::decide(&sign_up.state, &ExpireSignUp { at: unit.now() });
        unit.emit(&sign_up, events);
        Ok(Reply::changed(self.sign_up))
    }
}

/// Asks for the letter with the link, under the id that the event names.
fn mail_link(unit: &mut Unit<'_>, sign_up: SignUpId, letter: Uuid) {
    let reference = Letter::SignupConfirmation { sign_up }.reference();
    let due_at = unit.now();
    unit.job(NewJob { id: letter, kind: MAIL, reference, due_at });
}

async fn load(unit: &mut Unit<'_>, sign_up: SignUpId) -> Result<Loaded<SignUp>, CommandError> {
    let sign_up = unit.write::<SignUp>(sign_up_stream(sign_up)).await?;
    sign_up.state.known()?;
    Ok(sign_up)
}

/// Whether the draft's plan can be chosen.
async fn known(unit: &mut Unit<'_>, draft: &Draft) -> Result<Known, CommandError> {
    let plan = unit.read::<Plan>(plan_stream(&draft.plan)).await?;
    Ok(Known { plan: plan.state.code.is_some() && plan.state.offered })
}

fn slug_digest(unit: &Unit<'_>, slug: &str) -> String {
    unit.digest("sign_up_slug", &[slug.as_bytes()])
}

/// Makes sure that nobody has the slug; a sign-up that has it and whose time is over is ended in
/// the same commit.
async fn take_slug(
    unit: &mut Unit<'_>,
    digest: &str,
    free: bool,
    own: StreamId,
) -> Result<(), CommandError> {
    if !free {
        return Err(Refusal::SlugTaken.into());
    }
    let key = ClaimKey::digest(ClaimKind::SignUpSlug, digest);
    let Some(held) = unit.held(&key).await?.filter(|held| held.holder != own) else {
        return Ok(());
    };
    let other = unit.write::<SignUp>(held.holder).await?;
    let over = expire_sign_up::decide(&other.state, &ExpireSignUp { at: unit.now() });
    if over.is_empty() {
        return Err(Refusal::SlugTaken.into());
    }
    unit.emit(&other, over);
    Ok(())
}
