//! Sign-ups over HTTP. Who begins one is told its id, which nobody can guess and which is all that
//! is needed to look at it or to correct it; to confirm it takes the link in the mail.

use axum::http::{HeaderValue, StatusCode, header};
use commands::links::{self, LinkError, Purpose};
use commands::signup::{BeginSignUp, ConfirmSignUp, CorrectSignUp, MakeError, Seen, secret_id};
use commands::subscription;
use domain::flags::{PUBLIC_SIGN_UP, Subject};
use domain::id::{MemberId, SignUpId, TenantId};
use domain::log::Via;
use domain::members::normalised_email;
use domain::signup::{self, Draft, Known, Refusal, SignUpState, sign_up_stream};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::site_url;
use crate::http::answer::{Answer, Changed};
use crate::http::body::Json;
use crate::http::call::{About, Call};
use crate::http::change::Change;
use crate::http::members::{ById, Nothing};
use crate::http::problem::{FieldError, Problem};

const KIND: &str = "sign_up";
/// How many sign-up mails an address is sent within a day.
const MAILS_A_DAY: i64 = 5;

/// A firm's sign-up.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "SignUp")]
pub(crate) struct SignUpBody {
    id: Uuid,
    /// `waiting` for the link in the mail to be followed, `confirmed` while the firm is made,
    /// `completed`, `sent_back` when the name was taken meanwhile, or `expired`.
    state: &'static str,
    firm_name: String,
    slug: String,
    country: String,
    currency: Option<String>,
    time_zone: Option<String>,
    plan: String,
    owner_name: String,
    owner_email: String,
    /// Until when it waits.
    expires_at: Option<String>,
    /// The firm's site, once it can be used.
    site_url: Option<String>,
}

fn shown(call: &About, seen: &Seen, base: &str) -> Result<SignUpBody, Problem> {
    let sign_up = &seen.state;
    let (id, draft) = sign_up.id.zip(sign_up.draft()).ok_or_else(Problem::not_found)?;
    let state = sign_up.state_at(call.now());
    let ready = state == SignUpState::Completed;
    Ok(SignUpBody {
        id: id.0,
        state: state.as_str(),
        site_url: ready.then(|| site_url(call, &format!("{}.{base}", draft.slug))),
        firm_name: draft.firm_name,
        slug: draft.slug,
        country: draft.country,
        currency: draft.currency,
        time_zone: draft.time_zone,
        plan: draft.plan,
        owner_name: draft.owner_name,
        owner_email: draft.owner_email,
        expires_at: sign_up.expires_at.map(|at| at.to_string()),
    })
}

async fn look(call: &About, id: Uuid) -> Result<Seen, Problem> {
    call.app.maker.look(SignUpId(id)).await?.ok_or_else(Problem::not_found)
}

/// `GET /signups/{id}`.
pub(crate) async fn one(call: Call<ById, Nothing>) -> Result<Answer<SignUpBody>, Problem> {
    let seen = look(&call, call.path.id).await?;
    let base = call.app.maker.base_domain().await?;
    let tag = call.tag((KIND, call.path.id), seen.position);
    Ok(Answer::of(shown(&call, &seen, &base)?).tagged(tag))
}

/// What a firm says of itself to begin.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct BeginBody {
    /// What the firm is called.
    firm_name: String,
    /// What its site's address begins with: 2 to 40 of `a-z`, `0-9` and `-`.
    slug: String,
    /// ISO 3166-1 alpha-2.
    country: String,
    /// ISO 4217; left out = the country's.
    currency: Option<String>,
    /// IANA; left out = the country's.
    time_zone: Option<String>,
    /// The code of the plan for the time after the trial.
    plan: String,
    owner_name: String,
    /// The address its owner will sign in with.
    owner_email: String,
}

/// `POST /signups`.
pub(crate) async fn begin(
    call: Call<(), Nothing, Json<BeginBody>>,
) -> Result<Answer<Changed>, Problem> {
    check_open(&call).await?;
    let body = call.body.0.clone();
    let draft = Draft {
        firm_name: body.firm_name,
        slug: body.slug,
        country: body.country,
        currency: body.currency,
        time_zone: body.time_zone,
        plan: body.plan,
        owner_name: body.owner_name,
        owner_email: body.owner_email,
    };
    let free = check(&call, &draft).await?;
    let done = call.send(BeginSignUp { sign_up: secret_id(), draft, free }).await?;
    Ok(call.made(done, KIND, "/signups"))
}

/// Sign-ups are open while their flag is on for everybody.
async fn check_open(call: &About) -> Result<(), Problem> {
    let everybody = Subject { tenant: TenantId::PLATFORM, member: None };
    let open = call.app.flags.of(everybody).await?.is_on(PUBLIC_SIGN_UP);
    if open { Ok(()) } else { Err(refused(Refusal::Closed)) }
}

/// Names every fault of a draft at once; answers whether its slug is free in the catalogue.
async fn check(call: &About, draft: &Draft) -> Result<bool, Problem> {
    let plan = subscription::plan(&call.app.tenants, &draft.plan).await?;
    let plan = plan.is_some_and(|known| known.plan.offered);
    let faults = signup::faults(draft, Known { plan });
    if !faults.is_empty() {
        let detail = "some of what was said can't be used; each fault says what to do";
        let problem = Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "signup.invalid", detail);
        let named = faults.into_iter().fold(problem, |problem, fault| {
            let pointer = fault.field().unwrap_or_default();
            problem.with_error(FieldError::new(pointer, fault.code(), fault.to_string()))
        });
        return Err(named);
    }
    let address = normalised_email(&draft.owner_email);
    let digest = call.keys.digest("sign_up_address", &[address.as_bytes()]);
    let asked = call.app.platform.count_sign_up_mail(&digest, call.now()).await?;
    if asked > MAILS_A_DAY {
        let detail = "this address was sent enough of these mails; try again tomorrow";
        return Err(Problem::new(StatusCode::TOO_MANY_REQUESTS, "signup.too_many_mails", detail)
            .with_header(header::RETRY_AFTER, HeaderValue::from_static("86400")));
    }
    let host = format!("{}.{}", draft.slug, call.app.maker.base_domain().await?);
    Ok(call.app.platform.is_free(&draft.slug, &host, call.now()).await?)
}

fn refused(refusal: Refusal) -> Problem {
    commands::CommandError::from(refusal).into()
}

/// What to correct; what is left out stays.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CorrectBody {
    firm_name: Option<String>,
    slug: Option<String>,
    country: Option<String>,
    /// Null = the country's.
    #[serde(default)]
    currency: Change<String>,
    /// Null = the country's.
    #[serde(default)]
    time_zone: Change<String>,
    plan: Option<String>,
    owner_name: Option<String>,
    owner_email: Option<String>,
}

/// `PATCH /signups/{id}`: a new mail goes out, and the links of earlier ones are of no use.
pub(crate) async fn correct(
    call: Call<ById, Nothing, Json<CorrectBody>>,
) -> Result<Answer<Changed>, Problem> {
    let seen = look(&call, call.path.id).await?;
    let held = seen.state.draft().ok_or_else(Problem::not_found)?;
    let body = call.body.0.clone();
    let draft = Draft {
        firm_name: body.firm_name.unwrap_or(held.firm_name),
        slug: body.slug.unwrap_or(held.slug),
        country: body.country.unwrap_or(held.country),
        currency: body.currency.changed().unwrap_or(held.currency),
        time_zone: body.time_zone.changed().unwrap_or(held.time_zone),
        plan: body.plan.unwrap_or(held.plan),
        owner_name: body.owner_name.unwrap_or(held.owner_name),
        owner_email: body.owner_email.unwrap_or(held.owner_email),
    };
    let free = check(&call, &draft).await?;
    let sign_up = SignUpId(call.path.id);
    let command =
        |expected_version| CorrectSignUp { sign_up, draft: draft.clone(), free, expected_version };
    let object = (KIND, sign_up.0);
    let done = call.send_if(object, sign_up_stream(sign_up), |_, _| true, command).await?;
    Ok(call.changed(done, object))
}

/// The secret of the mailed link.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ConfirmBody {
    token: String,
}

/// What became of a confirmed sign-up.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "SignedUp")]
pub(crate) struct SignedUpBody {
    /// `completed`.
    state: &'static str,
    slug: String,
    /// The firm's site.
    pub(crate) site_url: String,
    /// Signs its owner in, once and within a quarter of an hour; null when the link in the mail
    /// was used before: then sign in on the firm's site.
    pub(crate) sign_in_url: Option<String>,
}

/// `POST /signups/{id}/confirm`.
pub(crate) async fn confirm(
    call: Call<ById, Nothing, Json<ConfirmBody>>,
) -> Result<Answer<SignedUpBody>, Problem> {
    look(&call, call.path.id).await?;
    confirmed(&call, SignUpId(call.path.id), &call.body.0.token).await.map(Answer::of)
}

/// Confirms a sign-up by a link and makes the firm. To do it again is harmless: the firm is made
/// once, and who was cut off is answered as if nothing had happened.
pub(crate) async fn confirmed(
    call: &About,
    id: SignUpId,
    token: &str,
) -> Result<SignedUpBody, Problem> {
    let purpose = Purpose::SignupConfirmation;
    let mut tx = call.tx().await?;
    let found = links::look(&mut tx, &call.keys, token, purpose, call.now()).await;
    tx.commit().await?;
    let fresh = match found {
        Ok(link) if link.subject == id.0 => {
            call.send_under(None, ConfirmSignUp { sign_up: id, letter: link.id }).await?;
            true
        }
        Ok(_) | Err(LinkError::Unknown | LinkError::Expired) => {
            return Err(refused(Refusal::Expired));
        }
        // Of use to see again what it led to, and for nothing else.
        Err(LinkError::Used) => false,
        Err(LinkError::Door(error)) => return Err(error.into()),
    };
    let seen = call.app.maker.make(id, Via::Api).await.map_err(|error| match error {
        MakeError::Command(error) => Problem::from(error),
        MakeError::Later(why) => {
            tracing::warn!(why, "a firm could not be made at once");
            let detail = "your firm is being made; look again in a moment";
            Problem::unavailable("signup.being_made", detail)
        }
    })?;
    let sign_up = &seen.state;
    let (SignUpState::Completed, Some(tenant), Some(owner)) =
        (sign_up.state, sign_up.tenant, sign_up.owner)
    else {
        let sent_back = sign_up.state == SignUpState::SentBack;
        return Err(refused(if sent_back { Refusal::SlugTaken } else { Refusal::Expired }));
    };
    let slug = sign_up.draft().map(|draft| draft.slug).unwrap_or_default();
    let host = format!("{slug}.{}", call.app.maker.base_domain().await?);
    let site_url = site_url(call, &host);
    let redeemed = fresh && redeem(call, token).await?;
    let sign_in_url = match redeemed {
        true => Some(format!("{site_url}/sign-in?token={}", sign_in(call, tenant, owner).await?)),
        false => None,
    };
    Ok(SignedUpBody { state: SignUpState::Completed.as_str(), slug, site_url, sign_in_url })
}

/// Uses the link up; of two who come at once one does.
async fn redeem(call: &About, token: &str) -> Result<bool, Problem> {
    let mut tx = call.tx().await?;
    let purpose = Purpose::SignupConfirmation;
    let redeemed = links::redeem(&mut tx, &call.keys, token, purpose, call.now()).await;
    tx.commit().await?;
    match redeemed {
        Ok(_) => Ok(true),
        Err(LinkError::Door(error)) => Err(error.into()),
        Err(LinkError::Unknown | LinkError::Used | LinkError::Expired) => Ok(false),
    }
}

/// A link that signs the new owner in on their firm's site.
async fn sign_in(call: &About, tenant: TenantId, owner: MemberId) -> Result<String, Problem> {
    let keys = call.app.keys.of(tenant).await?;
    let mut tx = call.app.tenants.begin(tenant).await?;
    let (id, purpose) = (call.new_id(), Purpose::SignIn);
    let secret = links::open(&mut tx, &keys, id, purpose, owner.0, call.now()).await?;
    tx.commit().await?;
    Ok(secret)
}
