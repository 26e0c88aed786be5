//! A browser that tests drive: Chromium through its own WebDriver on a private port. It's spoken to
//! in plain HTTP, which is all that WebDriver is. What the page's console says is kept.

use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::process::Stdio;
use std::time::Duration;

use serde_json::{Value, json};
use tokio::process::{Child, Command};

use crate::deploy::client::ask;
use crate::wait::wait_until;

/// The key under which WebDriver names an element.
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";

/// Keys that are no letters, as WebDriver types them.
const TAB: char = '\u{e004}';
pub(crate) const ENTER: char = '\u{e007}';
pub(crate) const LEFT: char = '\u{e012}';
pub(crate) const END: char = '\u{e010}';
pub(crate) const SPACE: char = ' ';

/// What a browser is started with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Looks {
    /// Whether pages may run scripts.
    pub(crate) scripts: bool,
    /// Width and height of the window.
    pub(crate) window: (u32, u32),
}

/// A browser; it ends with its driver when it's dropped.
pub(crate) struct Browser {
    driver: Child,
    address: SocketAddr,
    session: String,
}

impl Browser {
    /// Starts one. Without Chromium there is nothing to test, so its absence is a failure.
    pub(crate) async fn start(looks: Looks) -> Self {
        let free = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
        let address = free.local_addr().expect("its address");
        drop(free);
        let driver = Command::new("chromedriver")
            .arg(format!("--port={}", address.port()))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .process_group(0)
            .kill_on_drop(true)
            .spawn()
            .expect("chromedriver is needed: `apt-get install chromium chromium-driver`");
        wait_until("the driver answers", async || {
            let status = ask(address, "GET", "/status", &host(), None).await;
            status.is_some_and(|answer| answer.status == 200)
        })
        .await;
        let mut browser = Browser { driver, address, session: String::new() };
        let made = browser.tell("POST", "/session", &capabilities(looks)).await;
        browser.session = made["sessionId"].as_str().expect("a session").to_owned();
        browser
    }

    async fn tell(&self, method: &str, path: &str, body: &Value) -> Value {
        self.try_to(method, path, body).await.unwrap_or_else(|why| panic!("{path} {body}: {why}"))
    }

    async fn try_to(&self, method: &str, path: &str, body: &Value) -> Result<Value, String> {
        let body = (method == "POST").then_some(body);
        let answer = ask(self.address, method, path, &host(), body).await;
        let answer = answer.ok_or("the driver does not answer")?;
        let value = answer.json()["value"].clone();
        if answer.status == 200 { Ok(value) } else { Err(value["message"].to_string()) }
    }

    async fn session(&self, method: &str, path: &str, body: &Value) -> Value {
        self.tell(method, &format!("/session/{}{path}", self.session), body).await
    }

    pub(crate) async fn go(&self, url: &str) {
        self.session("POST", "/url", &json!({ "url": url })).await;
    }

    /// Where it is.
    pub(crate) async fn url(&self) -> String {
        let url = self.session("GET", "/url", &Value::Null).await;
        url.as_str().expect("a text").to_owned()
    }

    /// The markup of the page as it is now.
    pub(crate) async fn source(&self) -> String {
        let source = self.session("GET", "/source", &Value::Null).await;
        source.as_str().expect("a text").to_owned()
    }

    async fn element(&self, css: &str) -> Result<String, String> {
        let body = json!({ "using": "css selector", "value": css });
        let path = format!("/session/{}/element", self.session);
        let found = self.try_to("POST", &path, &body).await?;
        Ok(found[ELEMENT].as_str().expect("an element").to_owned())
    }

    /// Waits until the page has an element.
    pub(crate) async fn wait_for(&self, css: &str) {
        wait_until(css, async || self.element(css).await.is_ok()).await;
    }

    /// Waits until an element says something.
    pub(crate) async fn wait_for_text(&self, css: &str, text: &str) {
        let what = format!("{text:?} in {css}");
        wait_until(&what, async || self.text_now(css).await.is_ok_and(|now| now.contains(text)))
            .await;
    }

    async fn text_now(&self, css: &str) -> Result<String, String> {
        let element = self.element(css).await?;
        let path = format!("/session/{}/element/{element}/text", self.session);
        let text = self.try_to("GET", &path, &Value::Null).await?;
        Ok(text.as_str().unwrap_or_default().replace('\u{a0}', " "))
    }

    /// What an element says, as it's read.
    pub(crate) async fn text(&self, css: &str) -> String {
        self.wait_for(css).await;
        self.text_now(css).await.unwrap_or_else(|why| panic!("{css}: {why}"))
    }

    /// How many elements there are.
    pub(crate) async fn count(&self, css: &str) -> usize {
        let body = json!({ "using": "css selector", "value": css });
        self.session("POST", "/elements", &body).await.as_array().map_or(0, Vec::len)
    }

    pub(crate) async fn click(&self, css: &str) {
        self.wait_for(css).await;
        let element = self.element(css).await.expect("it's there");
        self.session("POST", &format!("/element/{element}/click"), &json!({})).await;
    }

    /// Empties a field and types into it.
    pub(crate) async fn fill(&self, css: &str, text: &str) {
        self.wait_for(css).await;
        let element = self.element(css).await.expect("it's there");
        self.session("POST", &format!("/element/{element}/clear"), &json!({})).await;
        let body = json!({ "text": text });
        self.session("POST", &format!("/element/{element}/value"), &body).await;
    }

    /// Presses keys one after the other, wherever the focus is.
    pub(crate) async fn press(&self, keys: &[char]) {
        let step = |key: &char| {
            let key = key.to_string();
            [json!({ "type": "keyDown", "value": key }), json!({ "type": "keyUp", "value": key })]
        };
        let steps: Vec<Value> = keys.iter().flat_map(step).collect();
        let keyboard = json!({ "type": "key", "id": "keyboard", "actions": steps });
        self.session("POST", "/actions", &json!({ "actions": [keyboard] })).await;
    }

    /// Goes on from element to element with the tabulator until one that fits has the focus.
    pub(crate) async fn tab_to(&self, css: &str) {
        for _ in 0..80 {
            self.press(&[TAB]).await;
            if self.has_focus(css).await {
                return;
            }
        }
        panic!("{css} is not reached with the keyboard: {}", self.source().await);
    }

    async fn has_focus(&self, css: &str) -> bool {
        let script = "return document.activeElement?.matches(arguments[0]) ?? false";
        let body = json!({ "script": script, "args": [css] });
        self.session("POST", "/execute/sync", &body).await == true
    }

    /// What the console of the pages said that is worse than a remark, since the last time.
    pub(crate) async fn complaints(&self) -> Vec<String> {
        let entries = self.session("POST", "/se/log", &json!({ "type": "browser" })).await;
        let entries = entries.as_array().cloned().unwrap_or_default();
        let bad = |entry: &&Value| entry["level"] == "SEVERE" || entry["level"] == "WARNING";
        entries.iter().filter(bad).map(|entry| entry["message"].to_string()).collect()
    }

    /// Ends it and its driver.
    pub(crate) async fn quit(mut self) {
        self.session("DELETE", "", &Value::Null).await;
        self.driver.kill().await.expect("it ends");
    }
}

fn host() -> [(&'static str, &'static str); 1] {
    [("Host", "localhost")]
}

fn capabilities(looks: Looks) -> Value {
    let (width, height) = looks.window;
    let mut options = json!({
        "args": [
            "--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu",
            format!("--window-size={width},{height}"),
        ],
    });
    if !looks.scripts {
        options["prefs"] = json!({ "profile.managed_default_content_settings.javascript": 2 });
    }
    json!({ "capabilities": { "alwaysMatch": {
        "browserName": "chrome",
        "goog:chromeOptions": options,
        "goog:loggingPrefs": { "browser": "ALL" },
        "timeouts": { "pageLoad": Duration::from_secs(60).as_millis() as u64 },
    } } })
}
