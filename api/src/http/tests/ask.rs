//! A request and its answer, as tests write and read them.

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Request, StatusCode};
use http_body_util::BodyExt;
use serde_json::Value;
use tower::ServiceExt;

/// A request to be.
#[derive(Clone)]
pub(crate) struct Ask {
    method: String,
    path: String,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

/// A request with this method and path below the base.
pub(crate) fn ask(method: &str, path: &str) -> Ask {
    let path = format!("{}{path}", crate::http::BASE);
    Ask { method: method.into(), path, headers: Vec::new(), body: Vec::new() }
}

/// A request with this method and path from the root of the host.
pub(crate) fn visit(method: &str, path: &str) -> Ask {
    Ask { method: method.into(), path: path.into(), headers: Vec::new(), body: Vec::new() }
}

impl Ask {
    pub(crate) fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    /// The same with a query.
    pub(crate) fn query(mut self, query: &str) -> Self {
        self.path = format!("{}?{query}", self.path);
        self
    }

    /// The same without a header.
    pub(crate) fn without(mut self, name: &str) -> Self {
        self.headers.retain(|(known, _)| known != name);
        self
    }

    pub(crate) fn token(self, token: &str) -> Self {
        self.header("authorization", &format!("Bearer {token}"))
    }

    pub(crate) fn json(self, body: &Value) -> Self {
        self.text("application/json", &body.to_string())
    }

    pub(crate) fn text(mut self, media: &str, body: &str) -> Self {
        self.body = body.as_bytes().to_vec();
        self.header("content-type", media)
    }

    /// The same with these bytes.
    pub(crate) fn bytes(mut self, media: &str, body: &[u8]) -> Self {
        self.body = body.to_vec();
        self.header("content-type", media)
    }

    /// Sends it to this host.
    pub(crate) async fn send(&self, router: &Router, host: &str) -> Reply {
        let mut request = Request::builder().method(self.method.as_str()).uri(&self.path);
        if !self.headers.iter().any(|(name, _)| name == "host") {
            request = request.header("host", host);
        }
        for (name, value) in &self.headers {
            request = request.header(name, value);
        }
        let request = request.body(Body::from(self.body.clone())).expect("a request");
        let response = router.clone().oneshot(request).await.expect("the router never fails");
        let (status, headers) = (response.status(), response.headers().clone());
        let bytes = response.into_body().collect().await.expect("a whole body").to_bytes();
        let text = String::from_utf8_lossy(&bytes).into_owned();
        Reply { status, headers, text, bytes: bytes.to_vec() }
    }
}

/// What came back.
#[derive(Debug, Clone)]
pub(crate) struct Reply {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
    pub(crate) bytes: Vec<u8>,
}

impl Reply {
    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|error| panic!("{error}: {}", self.text))
    }

    #[track_caller]
    pub(crate) fn header(&self, name: &str) -> String {
        let value = self.headers.get(name);
        value.unwrap_or_else(|| panic!("no {name} in {self:?}")).to_str().expect("text").to_owned()
    }

    /// The document, where the status is this one.
    #[track_caller]
    pub(crate) fn is(&self, status: u16) -> Value {
        assert_eq!(self.status.as_u16(), status, "{}", self.text);
        self.json()
    }

    /// The id of what was made or changed.
    #[track_caller]
    pub(crate) fn id(&self) -> String {
        assert!(self.status.is_success(), "{}", self.text);
        self.json()["id"].as_str().expect("an id").to_owned()
    }

    pub(crate) fn position(&self) -> i64 {
        self.header("x-event-position").parse().expect("a position")
    }

    /// A problem with its code, as every problem must look.
    #[track_caller]
    pub(crate) fn problem(&self, status: u16) -> String {
        let body = self.is(status);
        assert_eq!(self.header("content-type"), "application/problem+json");
        assert_eq!(body["status"], status);
        assert_eq!(body["instance"], self.header("x-request-id"));
        let code = body["code"].as_str().expect("a code").to_owned();
        assert_eq!(body["type"], format!("/problems/{code}"));
        assert!(!body["title"].as_str().expect("a title").is_empty());
        code
    }

    /// The first fault of a part: its pointer and its code.
    #[track_caller]
    pub(crate) fn fault(&self) -> (String, String) {
        let body = self.json();
        let fault = &body["errors"][0];
        let text = |name: &str| fault[name].as_str().unwrap_or_else(|| panic!("{body}")).to_owned();
        (text("pointer"), text("code"))
    }

    /// All that a stranger can tell answers apart by: everything but the id of the request.
    pub(crate) fn masked(&self) -> (StatusCode, Vec<(String, String)>, String) {
        let id = self.header("x-request-id");
        let headers = self
            .headers
            .iter()
            .map(|(name, value)| (name.to_string(), value.to_str().expect("text").to_owned()))
            .map(|(name, value)| (name, value.replace(&id, "ID")))
            .collect();
        (self.status, headers, self.text.replace(&id, "ID"))
    }
}
