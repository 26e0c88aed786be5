//! Which moment a read is about: at least this fresh, or as it was. An instant means the last
//! position recorded at or before it, for everything; the future is not known and nothing was
//! before the tenant.

use std::time::Duration;

use axum::http::{HeaderMap, HeaderName, StatusCode};
use commands::event_log::read::{head_position, position_at};
use domain::id::TenantId;
use domain::log::InStream;
use domain::time::TimeEvent;
use jiff::Timestamp;
use migrations::Tenants;
use migrations::platform::TenantRecord;
use projections::feed::{self, FeedError, Stored};
use projections::model::{self, ReadModel};
use projections::row::Rows;
use projections::wait::{Progress, WaitError};

use super::problem::{FieldError, Problem};
use super::query::refused;

const PREFER: HeaderName = HeaderName::from_static("prefer");
/// How long a read waits for a position where it does not say.
const WAIT_DEFAULT: Duration = Duration::from_secs(3);
/// The longest it may ask for.
const WAIT_MAX: Duration = Duration::from_secs(30);

/// What a request prefers, by RFC 7240; what is not understood is ignored, as that asks.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Preferences {
    /// How long it would wait.
    pub(crate) wait: Option<Duration>,
}

impl Preferences {
    /// Reads every `Prefer` header.
    pub(crate) fn of(headers: &HeaderMap) -> Self {
        let values = headers.get_all(PREFER).iter().filter_map(|value| value.to_str().ok());
        let wait = values
            .flat_map(|value| value.split([',', ';']))
            .filter_map(|preference| preference.trim().split_once('='))
            .find(|(name, _)| name.trim().eq_ignore_ascii_case("wait"))
            .and_then(|(_, seconds)| seconds.trim().trim_matches('"').parse().ok())
            .map(|seconds| Duration::from_secs(seconds).min(WAIT_MAX));
        Preferences { wait }
    }
}

/// Waits until the named read models know the log up to `min_position`, or, where only a wait is
/// preferred, up to where it ends now. A read of the log itself names none.
pub(crate) async fn fresh_enough(
    (tenants, progress): (&Tenants, &Progress),
    tenant: TenantId,
    models: &[&str],
    min_position: Option<i64>,
    preferences: Preferences,
) -> Result<(), Problem> {
    if min_position.is_none() && preferences.wait.is_none() {
        return Ok(());
    }
    let head = head_of(tenants, tenant).await?;
    let position = min_position.unwrap_or(head);
    let behind = || Problem::unavailable("read.behind", "this position is not known here yet");
    if models.is_empty() {
        return if position <= head { Ok(()) } else { Err(behind()) };
    }
    let models: Vec<_> =
        models.iter().filter_map(|name| projections::registry::find(name)).collect();
    let patience = preferences.wait.unwrap_or(WAIT_DEFAULT);
    match progress.wait_for(tenants, tenant, &models, position, patience).await {
        Ok(()) => Ok(()),
        Err(WaitError::TimedOut | WaitError::Degraded(_)) => Err(behind()),
        Err(WaitError::Door(error)) => Err(error.into()),
    }
}

async fn head_of(tenants: &Tenants, tenant: TenantId) -> Result<i64, Problem> {
    let mut tx = tenants.begin(tenant).await?;
    let head = head_position(&mut tx).await?;
    tx.commit().await?;
    Ok(head)
}

/// Which cut of the log a key of the query asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Moment {
    /// Of the whole log.
    AsOf,
    /// Of dated facts alone.
    KnownAt,
}

impl Moment {
    fn key(self) -> &'static str {
        match self {
            Moment::AsOf => "as_of",
            Moment::KnownAt => "known_at",
        }
    }

    fn future(self) -> Problem {
        let (pointer, code) = match self {
            Moment::AsOf => ("?as_of", "as_of.future"),
            Moment::KnownAt => ("?known_at", "known_at.future"),
        };
        let detail = "this lies in the future, of which nothing is known";
        Problem::new(StatusCode::UNPROCESSABLE_ENTITY, code, detail)
            .with_error(FieldError::new(pointer, code, detail))
    }
}

/// The position that a moment names: itself, or the last one recorded at or before an instant.
pub(crate) async fn cut(
    tenants: &Tenants,
    tenant: &TenantRecord,
    now: Timestamp,
    (moment, as_of): (Moment, &str),
) -> Result<i64, Problem> {
    let future = || moment.future();
    if !as_of.is_empty() && as_of.bytes().all(|byte| byte.is_ascii_digit()) {
        let position: i64 = as_of.parse().map_err(|_| future())?;
        return match position {
            0 => Err(Problem::not_found()),
            position if position > head_of(tenants, tenant.id).await? => Err(future()),
            position => Ok(position),
        };
    }
    // A plus sign that was not encoded arrives as a space.
    let instant: Timestamp = as_of.replace(' ', "+").parse().map_err(|_| {
        let why = "give a position or an instant such as 2026-03-01T12:00:00+02:00";
        refused(moment.key(), "query.invalid", why)
    })?;
    if instant > now {
        return Err(future());
    }
    if instant < tenant.created_at {
        return Err(Problem::not_found());
    }
    let mut tx = tenants.begin(tenant.id).await?;
    let position = position_at(&mut tx, instant).await?;
    tx.commit().await?;
    Ok(position)
}

/// The rows of a read model after the event at a position. Time is most of a log and is read with
/// all of it; what else there is, rates or settings, is found without looking at time.
pub(crate) async fn rows_at<M: ReadModel>(
    tenants: &Tenants,
    tenant: TenantId,
    position: i64,
) -> Result<Rows<M::Row>, Problem> {
    let mut tx = tenants.begin_snapshot(tenant).await?;
    let mut rows = Rows::complete();
    let take = |stored: &Stored<'_>| {
        if model::reads::<M>(stored.event_type) {
            M::apply(&mut rows, &stored.decode().map_err(|_| FoldError::Unreadable)?);
        }
        Ok::<_, FoldError>(())
    };
    let kinds = model::stream_types::<M>();
    if kinds.contains(&TimeEvent::STREAM_TYPE) {
        feed::each_event(&mut tx, 0, position, take).await?;
    } else {
        feed::each_event_of(&mut tx, &kinds, position, take).await?;
    }
    tx.commit().await?;
    Ok(rows)
}

/// Why a read model can't be shown as it was.
#[derive(Debug)]
enum FoldError {
    Feed(FeedError),
    Unreadable,
}

impl From<FeedError> for FoldError {
    fn from(error: FeedError) -> Self {
        FoldError::Feed(error)
    }
}

impl From<FoldError> for Problem {
    fn from(error: FoldError) -> Self {
        match error {
            FoldError::Feed(FeedError::Door(error)) => error.into(),
            FoldError::Feed(error) => Problem::internal(&error),
            FoldError::Unreadable => Problem::internal(&"an event can't be read by this version"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wait_is_found_among_preferences_and_bounded() {
        let wait = |text: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(PREFER, text.parse().unwrap());
            Preferences::of(&headers).wait.map(|wait| wait.as_secs())
        };
        assert_eq!(wait("wait=2"), Some(2));
        assert_eq!(wait("respond-async, WAIT = 10; foo"), Some(10));
        assert_eq!(wait("wait=86400"), Some(WAIT_MAX.as_secs()));
        assert_eq!(wait("wait=soon"), None);
        assert_eq!(wait("return=minimal"), None);
    }
}
