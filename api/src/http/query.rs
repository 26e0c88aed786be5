//! What a request asks in its query. What every list or read understands is taken out here, once;
//! what is left belongs to the route, and a key that it does not know is refused.

use axum::http::Uri;
use serde::de::DeserializeOwned;

use super::fault::{Part, field_error};
use super::host::MENTIONING_KEYS;
use super::problem::{FieldError, Problem};

/// The most items a list answers at once.
pub(crate) const LIMIT_MAX: u32 = 200;
/// How many it answers where nobody says.
const LIMIT_DEFAULT: u32 = 50;

/// A query in parts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Asked {
    /// The read must know the log up to here.
    pub(crate) min_position: Option<i64>,
    /// At which moment, not yet understood.
    pub(crate) as_of: Option<String>,
    /// As known at which moment, not yet understood.
    pub(crate) known_at: Option<String>,
    /// How many items at most.
    pub(crate) limit: u32,
    /// Where a list goes on.
    pub(crate) cursor: Option<String>,
    /// Mentions of a tenant.
    pub(crate) mentions: Vec<String>,
    /// The keys of the route itself.
    pub(crate) own: Vec<(String, String)>,
}

/// Which of the shared keys a route understands.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Understands {
    /// `min_position`.
    pub(crate) min_position: bool,
    /// `as_of`.
    pub(crate) as_of: bool,
    /// `known_at`.
    pub(crate) known_at: bool,
    /// `limit` and `cursor`.
    pub(crate) pages: bool,
    /// Keys of the route itself that may be given more than once.
    pub(crate) repeats: &'static [&'static str],
}

/// Stands between the values of a key that was given more than once.
pub(crate) const BETWEEN: char = '\u{1f}';

/// Takes a query apart; a doubled key and a shared key without its form are refused.
pub(crate) fn asked(uri: &Uri, understands: Understands) -> Result<Asked, Problem> {
    let mut asked = Asked { limit: LIMIT_DEFAULT, ..Asked::default() };
    let mut seen: Vec<String> = Vec::new();
    let pairs = form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes());
    for (key, value) in pairs.into_owned() {
        if seen.contains(&key) && understands.repeats.contains(&&*key) {
            let known = asked.own.iter_mut().find(|(known, _)| *known == key);
            let (_, values) = known.expect("a key that was seen and is the route's own");
            values.push(BETWEEN);
            values.push_str(&value);
            continue;
        }
        if seen.contains(&key) {
            return Err(refused(&key, "query.repeated_key", "give this key once"));
        }
        seen.push(key.clone());
        match key.as_str() {
            "min_position" if understands.min_position => {
                let position = value.parse().ok().filter(|position| *position >= 0);
                let why = "a position is a whole number, as in X-Event-Position";
                asked.min_position =
                    Some(position.ok_or_else(|| refused(&key, "query.invalid", why))?);
            }
            "limit" if understands.pages => {
                let limit = value.parse().ok().filter(|limit| (1..=LIMIT_MAX).contains(limit));
                let why = "a limit is a whole number from 1 to 200";
                asked.limit = limit.ok_or_else(|| refused(&key, "query.invalid", why))?;
            }
            "cursor" if understands.pages => asked.cursor = Some(value),
            "as_of" if understands.as_of => asked.as_of = Some(value),
            "known_at" if understands.known_at => asked.known_at = Some(value),
            mention if MENTIONING_KEYS.contains(&mention) => asked.mentions.push(value),
            _ => asked.own.push((key, value)),
        }
    }
    Ok(asked)
}

/// A refusal of one key of a query.
pub(crate) fn refused(key: &str, code: &'static str, detail: &'static str) -> Problem {
    Problem::malformed(vec![FieldError::new(format!("?{key}"), code, detail)])
}

/// The route's own keys as its type.
pub(crate) fn own<Q: DeserializeOwned>(pairs: &[(String, String)]) -> Result<Q, Problem> {
    let text = form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
    let keys = serde_urlencoded::Deserializer::new(form_urlencoded::parse(text.as_bytes()));
    serde_path_to_error::deserialize(keys).map_err(|error| {
        let fault = field_error(Part::Query, error.path(), &error.inner().to_string());
        Problem::malformed(vec![fault])
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::Deserialize;

    const ALL: Understands = Understands {
        min_position: true,
        as_of: true,
        known_at: true,
        pages: true,
        repeats: &["state"],
    };

    #[derive(Debug, PartialEq, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Wanted {
        after: Option<i64>,
        state: Option<String>,
    }

    fn ask(query: &str) -> Result<Asked, Problem> {
        asked(&format!("/x?{query}").parse().unwrap(), ALL)
    }

    fn fault(problem: &Problem) -> String {
        format!("{problem:?}")
    }

    #[test]
    fn shared_keys_are_taken_out_and_the_rest_is_the_routes_own() {
        let query = "limit=7&cursor=abc&min_position=12&as_of=3&known_at=2&after=5&state=a%20b";
        let asked = ask(query).unwrap();
        assert_eq!(asked.known_at.as_deref(), Some("2"));
        assert_eq!((asked.limit, asked.cursor.as_deref()), (7, Some("abc")));
        assert_eq!((asked.min_position, asked.as_of.as_deref()), (Some(12), Some("3")));
        let wanted: Wanted = own(&asked.own).unwrap();
        assert_eq!(wanted, Wanted { after: Some(5), state: Some("a b".into()) });
        assert_eq!(ask("").unwrap().limit, LIMIT_DEFAULT);
    }

    #[test]
    fn doubled_keys_and_values_without_their_form_are_refused() {
        for query in ["limit=1&limit=2", "limit=0", "limit=201", "min_position=-1", "limit=x"] {
            assert!(fault(&ask(query).unwrap_err()).contains("query."), "{query}");
        }
    }

    #[test]
    fn a_key_that_the_route_does_not_know_is_refused_by_its_name() {
        let asked = ask("sort=name").unwrap();
        let problem = fault(&own::<Wanted>(&asked.own).unwrap_err());
        assert!(problem.contains("?sort") && problem.contains("query.unknown_key"), "{problem}");
        let asked = ask("after=soon").unwrap();
        let problem = fault(&own::<Wanted>(&asked.own).unwrap_err());
        assert!(problem.contains("?after") && problem.contains("query.invalid"), "{problem}");
    }

    #[test]
    fn a_key_that_may_repeat_keeps_every_value_and_others_may_not() {
        let asked = ask("state=a&after=5&state=b%2Cc").unwrap();
        let wanted: Wanted = own(&asked.own).unwrap();
        assert_eq!(wanted.state.as_deref(), Some("a\u{1f}b,c"));
        assert!(fault(&ask("after=1&after=2").unwrap_err()).contains("query.repeated_key"));
    }

    #[test]
    fn a_route_without_pages_does_not_know_their_keys() {
        let uri = "/x?limit=1".parse().unwrap();
        let asked = asked(&uri, Understands::default()).unwrap();
        assert!(own::<Wanted>(&asked.own).is_err());
    }
}
