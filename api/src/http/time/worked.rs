//! When or how long somebody worked, as a request says it: two instants, two local times with a
//! zone, or a day with seconds. Which of these it is must be clear; what it means is decided in the
//! domain.

use std::borrow::Cow;

use domain::time::{Refusal, Worked, resolve_local};
use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::Error as _;
use serde::{Deserialize, Deserializer};

use crate::http::problem::{FieldError, Problem};

/// One end of a span.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum When {
    /// Said with its offset.
    Instant(Timestamp),
    /// Said as the clock on the wall shows it.
    Local(DateTime),
}

impl<'de> Deserialize<'de> for When {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Cow::<'de, str>::deserialize(deserializer)?;
        if let Ok(instant) = text.parse() {
            return Ok(When::Instant(instant));
        }
        let is_local = (16..=19).contains(&text.len()) && text.as_bytes()[10] == b'T';
        let local = is_local.then(|| text.parse().ok()).flatten();
        local.map(When::Local).ok_or_else(|| {
            D::Error::custom(
                "give an instant such as 2026-03-02T09:00:00+02:00, or a local time such as \
                 2026-03-02T09:00:00",
            )
        })
    }
}

impl JsonSchema for When {
    fn schema_name() -> Cow<'static, str> {
        "When".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "string",
            "description": "RFC 3339 with offset, or a local time YYYY-MM-DDThh:mm:ss.",
            "examples": ["2026-03-02T09:00:00+02:00", "2026-03-02T09:00:00"],
        })
    }
}

impl When {
    /// The instant that is meant, in a zone.
    pub(crate) fn instant(self, zone: &str, fold: Option<u8>) -> Result<Timestamp, Refusal> {
        match self {
            When::Instant(instant) => Ok(instant),
            When::Local(local) => resolve_local(local, zone, fold),
        }
    }

    /// About when, without asking for a zone.
    pub(crate) fn roughly(self) -> Timestamp {
        match self {
            When::Instant(instant) => instant,
            When::Local(local) => {
                jiff::tz::Offset::UTC.to_timestamp(local).unwrap_or(Timestamp::UNIX_EPOCH)
            }
        }
    }
}

/// The fields of a request that say when.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Said {
    pub(crate) start: Option<When>,
    pub(crate) end: Option<When>,
    pub(crate) date: Option<Date>,
    pub(crate) seconds: Option<i64>,
    pub(crate) time_zone: Option<String>,
    pub(crate) fold: Option<u8>,
}

/// What was said, in one of its forms.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Form {
    /// From when to when.
    Span(When, When),
    /// On which day, for how many seconds.
    Duration(Date, i64),
}

impl Said {
    /// Whether anything was said.
    pub(crate) fn is_silent(&self) -> bool {
        *self == Said::default()
    }

    /// The form, where all of it was said and nothing of the other.
    pub(crate) fn form(&self) -> Result<Form, FieldError> {
        let missing = |name: &str| {
            let detail = "say start and end, or date and seconds";
            FieldError::new(format!("/{name}"), "json.missing_field", detail)
        };
        let both = |name: &str| {
            let detail = "say start and end, or date and seconds, but not both";
            FieldError::new(format!("/{name}"), "json.invalid", detail)
        };
        match (self.start, self.end, self.date, self.seconds) {
            (Some(start), Some(end), None, None) => Ok(Form::Span(start, end)),
            (None, None, Some(date), Some(seconds)) => Ok(Form::Duration(date, seconds)),
            (Some(_), _, Some(_), _) | (_, Some(_), Some(_), _) => Err(both("date")),
            (Some(_), _, _, Some(_)) | (_, Some(_), _, Some(_)) => Err(both("seconds")),
            (Some(_), None, None, None) => Err(missing("end")),
            (None, Some(_) | None, None, None) => Err(missing("start")),
            (None, None, Some(_), None) => Err(missing("seconds")),
            (None, None, None, Some(_)) => Err(missing("date")),
        }
    }

    /// What was left out of a change is as it was.
    pub(crate) fn completed_by(mut self, known: &Worked) -> Self {
        let says_span = self.start.is_some() || self.end.is_some();
        let says_duration = self.date.is_some() || self.seconds.is_some();
        match &known.span {
            Some(span) if !says_duration => {
                self.start.get_or_insert(When::Instant(span.start));
                self.end.get_or_insert(When::Instant(span.end));
                self.time_zone.get_or_insert_with(|| span.zone.clone());
            }
            None if !says_span => {
                self.date.get_or_insert(known.day);
                self.seconds.get_or_insert(i64::from(known.seconds));
            }
            Some(_) | None => {}
        }
        self
    }
}

impl Form {
    /// The work that is meant, in a zone.
    pub(crate) fn worked(&self, zone: &str, fold: Option<u8>) -> Result<Worked, Refusal> {
        match self {
            Form::Duration(date, seconds) => Ok(Worked::duration(*date, *seconds)?),
            Form::Span(start, end) => {
                Ok(Worked::span(start.instant(zone, fold)?, end.instant(zone, fold)?, zone)?)
            }
        }
    }

    /// About when it began.
    pub(crate) fn roughly(&self) -> Timestamp {
        match self {
            Form::Span(start, _) => start.roughly(),
            Form::Duration(date, _) => {
                When::Local(date.to_datetime(jiff::civil::Time::midnight())).roughly()
            }
        }
    }
}

/// 400 with this fault.
pub(crate) fn malformed(fault: FieldError) -> Problem {
    Problem::malformed(vec![fault])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn when(text: &str) -> Option<When> {
        serde_json::from_value(text.into()).ok()
    }

    #[test]
    fn an_end_is_an_instant_or_a_local_time() {
        let instant = "2026-03-02T07:00:00Z".parse().unwrap();
        assert_eq!(when("2026-03-02T09:00:00+02:00"), Some(When::Instant(instant)));
        let local = "2026-03-02T09:00:00".parse().unwrap();
        assert_eq!(when("2026-03-02T09:00:00"), Some(When::Local(local)));
        assert_eq!(when("2026-03-02T09:00"), Some(When::Local(local)));
        for text in
            ["2026-03-02", "09:00", "2026-03-02 09:00:00", "soon", "", "2026-03-02T25:00:00"]
        {
            assert_eq!(when(text), None, "{text}");
        }
    }

    #[test]
    fn a_span_and_a_duration_are_told_apart_and_halves_are_named() {
        let at = when("2026-03-02T09:00:00");
        let day = Some("2026-03-02".parse().unwrap());
        let fault = |said: &Said| said.form().map(drop).map_err(|fault| fault.pointer);
        let said =
            |start, end, date, seconds| Said { start, end, date, seconds, ..Said::default() };
        assert_eq!(fault(&said(at, at, None, None)), Ok(()));
        assert_eq!(fault(&said(None, None, day, Some(60))), Ok(()));
        assert_eq!(fault(&said(at, None, None, None)), Err("/end".into()));
        assert_eq!(fault(&said(None, at, None, None)), Err("/start".into()));
        assert_eq!(fault(&said(None, None, None, None)), Err("/start".into()));
        assert_eq!(fault(&said(None, None, day, None)), Err("/seconds".into()));
        assert_eq!(fault(&said(None, None, None, Some(1))), Err("/date".into()));
        assert_eq!(fault(&said(at, at, day, None)), Err("/date".into()));
        assert_eq!(fault(&said(at, None, None, Some(1))), Err("/seconds".into()));
    }

    #[test]
    fn the_second_of_two_equal_local_times_is_had_by_its_fold() {
        let (start, end) =
            (when("2026-10-25T02:30:00").unwrap(), when("2026-10-25T04:00:00").unwrap());
        let seconds = |fold| Form::Span(start, end).worked("Europe/Berlin", fold).unwrap().seconds;
        assert_eq!((seconds(None), seconds(Some(0)), seconds(Some(1))), (9000, 9000, 5400));
        let gap =
            Form::Span(when("2026-03-29T02:30:00").unwrap(), end).worked("Europe/Berlin", None);
        assert_eq!(gap.unwrap_err().code(), "time.local_time_does_not_exist");
    }
}
