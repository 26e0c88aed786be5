//! What every page is sent with: a policy under which a browser runs our modules and nothing else,
//! and fetches nothing from anywhere. What it refuses it tells us.

use askama::Template;
use axum::http::header::{self, HeaderName};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};

use super::super::problem::Problem;
#[cfg(test)]
use super::reports;

/// `report-uri`, because every browser sends such a report at once; the newer way collects them.
const POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; \
     connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; \
     report-uri /csp-reports",
);

const ALONE: [(HeaderName, HeaderValue); 2] = [
    (
        HeaderName::from_static("cross-origin-opener-policy"),
        HeaderValue::from_static("same-origin"),
    ),
    (
        HeaderName::from_static("cross-origin-resource-policy"),
        HeaderValue::from_static("same-origin"),
    ),
];

/// A page to be sent.
#[derive(Debug)]
pub(crate) struct Shown {
    status: StatusCode,
    headers: Vec<(HeaderName, HeaderValue)>,
    html: String,
}

impl Shown {
    /// Leads to another page of this host.
    pub(crate) fn go_to(path: &str) -> Self {
        let path = HeaderValue::try_from(path);
        let path = path.unwrap_or_else(|_| HeaderValue::from_static("/"));
        let headers = vec![(header::LOCATION, path)];
        Shown { status: StatusCode::SEE_OTHER, headers, html: String::new() }
    }

    /// The same with one more header.
    pub(crate) fn with(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.push((name, value));
        self
    }
}

/// A page of a template that stands in the frame.
pub(crate) fn page(status: StatusCode, template: &impl Template) -> Result<Shown, Problem> {
    let html = template.render().map_err(|error| Problem::internal(&error))?;
    Ok(Shown { status, headers: Vec::new(), html })
}

/// Says one thing, with nothing to do.
#[derive(Debug, Template)]
#[template(path = "pages/notice.html")]
pub(crate) struct Notice<'a> {
    /// What it says, in a few words.
    pub(crate) title: &'a str,
    /// What it means and what to do.
    pub(crate) words: &'a str,
    /// Whose page it is; empty where that is not to be said.
    pub(crate) firm: &'a str,
}

/// Says what a link is for, with the one button that does it.
#[derive(Debug, Template)]
#[template(path = "pages/button.html")]
pub(crate) struct Button<'a> {
    /// What it's about, in a few words.
    pub(crate) title: &'a str,
    /// What the button does.
    pub(crate) words: &'a str,
    /// Where its form goes: the path of the page.
    pub(crate) action: &'a str,
    /// The secret of the link.
    pub(crate) token: &'a str,
    /// What stands on the button.
    pub(crate) button: &'a str,
    /// Whose page it is.
    pub(crate) firm: &'a str,
}

/// A problem in the same words as in the API. Where there is nothing, nothing is told apart.
pub(super) fn of_problem(problem: Problem) -> Shown {
    let (status, _, words) = problem.parts();
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let title = status.canonical_reason().unwrap_or("Something is wrong");
    let notice = Notice { title, words: &words, firm: "" };
    let bare = |_| Shown { status, headers: Vec::new(), html: String::new() };
    page(status, &notice).unwrap_or_else(bare)
}

impl IntoResponse for Shown {
    fn into_response(self) -> Response {
        let media = HeaderValue::from_static("text/html; charset=utf-8");
        let headers = [(header::CONTENT_TYPE, media), (header::CONTENT_SECURITY_POLICY, POLICY)];
        let mut response = (self.status, headers, ALONE, self.html).into_response();
        for (name, value) in self.headers {
            response.headers_mut().append(name, value);
        }
        response
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_person_wrote_is_shown_and_never_read_as_markup() {
        let words = "<script>alert(1)</script> & \"quoted\"";
        let shown = page(StatusCode::OK, &Notice { title: words, words, firm: words }).unwrap();
        assert_eq!(shown.html.matches("<script").count(), 1, "{}", shown.html);
        assert!(shown.html.contains("&#60;script&#62;"), "{}", shown.html);
    }

    #[test]
    fn the_policy_allows_what_is_ours_and_nothing_inline_and_tells_what_it_refused() {
        let policy = POLICY;
        let policy = policy.to_str().unwrap();
        assert!(policy.starts_with("default-src 'none'; script-src 'self';"));
        assert!(!policy.contains("unsafe") && !policy.contains("http") && !policy.contains('*'));
        assert!(policy.ends_with(&format!("report-uri {}", reports::ROUTE)));
    }
}
