//! A body that is taken as it comes: never more of it in memory than one piece, never more of it at
//! all than the limit, and never slower than patience.

use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::http::StatusCode;
use http_body_util::BodyExt;
use tokio::time::Instant;

use super::body::too_large;
use super::problem::{FieldError, Problem};

/// How much longer than one piece the whole may take.
const WHOLE: u32 = 20;

/// A body on its way in.
#[derive(Debug)]
pub(crate) struct Incoming {
    body: Body,
    limit: usize,
    seen: usize,
    patience: Duration,
    until: Instant,
}

impl Incoming {
    /// A body of at most so many bytes; `patience` is how long a piece may take.
    pub(crate) fn new(body: Body, limit: usize, patience: Duration) -> Self {
        Incoming { body, limit, seen: 0, patience, until: Instant::now() + patience * WHOLE }
    }

    /// The next bytes; none at the end.
    pub(crate) async fn next(&mut self) -> Result<Option<Bytes>, Problem> {
        loop {
            let by = self.until.min(Instant::now() + self.patience);
            let frame = match tokio::time::timeout_at(by, self.body.frame()).await {
                Err(_) => {
                    let detail = "the body did not arrive in time";
                    let late = StatusCode::REQUEST_TIMEOUT;
                    return Err(Problem::new(late, "request.timeout", detail));
                }
                Ok(None) => return Ok(None),
                Ok(Some(Err(_))) => return Err(cut_short()),
                Ok(Some(Ok(frame))) => frame,
            };
            let Ok(bytes) = frame.into_data() else { continue };
            self.seen += bytes.len();
            if self.seen > self.limit {
                return Err(too_large(self.limit));
            }
            if !bytes.is_empty() {
                return Ok(Some(bytes));
            }
        }
    }
}

/// 400: there should have been more.
pub(crate) fn cut_short() -> Problem {
    let detail = "the body ended before it was complete";
    Problem::malformed(vec![FieldError::new("", "request.cut_short", detail)])
}
