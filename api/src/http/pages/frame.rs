//! The frame that every page stands in: one style, no script, nothing fetched from anywhere. The
//! policy names the style by its hash, so nothing else can be slipped in.

use std::sync::LazyLock;

use askama::Template;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use migrations::keys::sha256;

use super::super::problem::Problem;

/// The style of every page. Its text goes into the page as it is, for it's ours alone.
pub(crate) const STYLE: &str = "\
body{margin:0;padding:2rem 1rem;background:#fff;color:#1c1c1c;font:1rem/1.5 sans-serif}\
main{max-width:36rem;margin:0 auto}\
h1{font-size:1.5rem;line-height:1.25}\
button{font:inherit;padding:.6rem 1.4rem;border:0;border-radius:.25rem;background:#0b5c53;\
color:#fff;cursor:pointer}\
button:focus-visible{outline:3px solid #1c1c1c;outline-offset:2px}\
code{display:block;padding:.75rem;background:#f1f1f1;overflow-wrap:anywhere}\
footer{margin-top:2rem;border-top:1px solid #d0d0d0;color:#595959}";

static POLICY: LazyLock<HeaderValue> = LazyLock::new(|| {
    let style = STANDARD.encode(sha256(STYLE.as_bytes()));
    let policy = format!(
        "default-src 'none'; style-src 'sha256-{style}'; form-action 'self'; base-uri 'none'; \
         frame-ancestors 'none'"
    );
    policy.parse().expect("a policy of ours fits a header")
});

/// A page to be sent.
#[derive(Debug)]
pub(crate) struct Shown {
    status: StatusCode,
    html: String,
}

/// A page of a template that stands in the frame.
pub(crate) fn page(status: StatusCode, template: &impl Template) -> Result<Shown, Problem> {
    let html = template.render().map_err(|error| Problem::internal(&error))?;
    Ok(Shown { status, html })
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
    page(status, &notice).unwrap_or_else(|_| Shown { status, html: String::new() })
}

impl IntoResponse for Shown {
    fn into_response(self) -> Response {
        let media = HeaderValue::from_static("text/html; charset=utf-8");
        let headers =
            [(header::CONTENT_TYPE, media), (header::CONTENT_SECURITY_POLICY, POLICY.clone())];
        (self.status, headers, self.html).into_response()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_person_wrote_is_shown_and_never_read_as_markup() {
        let words = "<script>alert(1)</script> & \"quoted\"";
        let shown = page(StatusCode::OK, &Notice { title: words, words, firm: words }).unwrap();
        assert!(!shown.html.contains("<script"), "{}", shown.html);
        assert!(shown.html.contains("&#60;script&#62;") && shown.html.contains(STYLE));
    }

    #[test]
    fn the_policy_allows_the_style_of_the_frame_and_no_script() {
        let policy = POLICY.to_str().unwrap();
        assert!(policy.starts_with("default-src 'none'; style-src 'sha256-"));
        assert!(!policy.contains("script") && !policy.contains("unsafe"));
    }
}
