//! Asking for a link to sign in, and exchanging it for a session. Neither says who is a member:
//! the first answers everybody the same before it looks, the second tells no reason.

use axum::http::StatusCode;
use commands::Sender;
use commands::links::Purpose;
use commands::sessions::{self, SignedIn};
use domain::log::{Actor, Via};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::App;
use super::answer::Answer;
use super::body::Json;
use super::call::{About, Call};
use super::members::{MemberBody, Nothing, own_body};
use super::problem::{Problem, REPLAYED};

/// Who wants to sign in.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SignInBody {
    /// The address of a member.
    email: String,
}

/// That it was heard, which is all that is said.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(crate) struct Heard {
    detail: &'static str,
}

/// `POST /sign-in`. What follows is done behind the answer, which therefore takes the same time
/// and has the same form whoever is asked for.
pub(crate) async fn ask(
    call: Call<(), Nothing, Json<SignInBody>>,
) -> Result<Answer<Heard>, Problem> {
    ask_behind(&call.app, visitor(&call), call.body.0.email.clone());
    let detail = "if this is the address of a member, a link is on its way to it";
    Ok(Answer::of(Heard { detail }).status(StatusCode::ACCEPTED))
}

/// Mails a link to a member with this address, whatever the caller answers meanwhile.
pub(crate) fn ask_behind(app: &App, sender: Sender, email: String) {
    let commands = app.commands.clone();
    tokio::spawn(async move {
        if let Err(error) = sessions::ask(&commands, sender, &email).await {
            tracing::warn!(%error, "a link to sign in was asked for and not mailed");
        }
    });
}

fn visitor(about: &About) -> Sender {
    Sender {
        origin: about.origin.clone(),
        trace_id: about.trace_id.clone(),
        ..Sender::new(about.tenant.id, Actor::Visitor, Via::Api)
    }
}

/// The secret of a link.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct LinkBody {
    /// What stands behind `token=` in the mailed link.
    token: String,
}

/// A session that has begun.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(crate) struct BegunSession {
    /// The session.
    id: Uuid,
    /// The secret, shown this once; null when the same request comes again.
    token: Option<String>,
    /// When it ends at the latest.
    expires_at: Timestamp,
    /// When it ends unless it's used before.
    idle_expires_at: Timestamp,
    /// Whose it is.
    member: MemberBody,
}

/// `POST /sessions`.
pub(crate) async fn begin(
    call: Call<(), Nothing, Json<LinkBody>>,
) -> Result<Answer<BegunSession>, Problem> {
    let purposes = [Purpose::SignIn, Purpose::Invitation];
    let sender = Sender { key: call.key.clone(), ..visitor(&call) };
    let secret = call.body.0.token.clone();
    let begun = sessions::begin(&call.app.commands, sender, &secret, &purposes).await?;
    let SignedIn { record, secret, position } = begun;
    let (member, _) = own_body(&call, record.member).await?;
    let replayed = secret.is_none();
    let body = BegunSession {
        id: record.id.0,
        token: secret,
        expires_at: record.expires_at,
        idle_expires_at: record.idle_expires_at(),
        member,
    };
    let answer = Answer::of(body).status(StatusCode::CREATED).at(position);
    if replayed {
        return Ok(answer.with(REPLAYED, "true".parse().expect("a word fits a header")));
    }
    Ok(answer)
}
