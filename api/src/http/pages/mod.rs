//! Pages for a browser, outside the API. All of them are listed here, each with the hosts it's on
//! and who may use it: what a mailed link opens, for anybody who has one (`visit`), and what
//! members work with, who are known by a cookie (`inside`). To look at a page changes nothing; its
//! forms do.

mod assets;
mod client;
mod confirm;
mod cookies;
mod forms;
mod frame;
mod inside;
mod invoices;
mod reports;
mod sign_in;
mod start;
mod visit;

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Router;
use axum::routing::{MethodRouter, get, post};

pub(crate) use assets::asset;
pub(crate) use frame::{Button, Notice, Shown, page};
pub(crate) use visit::Visit;

use super::App;
use super::registry::{Access, Method, Site};
use super::routes::{ALL, MEMBERS, read, write};
use inside::inside;
use visit::visit;

/// One thing that a page shows or does.
pub(crate) struct Page {
    /// How it's asked for.
    pub(crate) method: Method,
    /// Where, from the root of the host.
    pub(crate) path: &'static str,
    /// On which hosts.
    pub(crate) site: Site,
    /// Who may.
    pub(crate) access: Access,
    make: fn(Arc<Page>) -> MethodRouter<App>,
}

impl Page {
    fn show(path: &'static str, access: Access, make: fn(Arc<Page>) -> MethodRouter<App>) -> Self {
        Page { method: Method::Get, path, site: Site::Tenant, access, make }
    }

    fn act(path: &'static str, access: Access, make: fn(Arc<Page>) -> MethodRouter<App>) -> Self {
        Page { method: Method::Post, path, site: Site::Tenant, access, make }
    }

    fn on(mut self, site: Site) -> Self {
        self.site = site;
        self
    }

    fn into_parts(self) -> (&'static str, MethodRouter<App>) {
        let (path, make) = (self.path, self.make);
        (path, make(Arc::new(self)))
    }
}

/// Every page.
pub(crate) fn pages() -> Vec<Page> {
    [of_links(), of_members()].into_iter().flatten().collect()
}

fn of_links() -> Vec<Page> {
    use Access::Open;
    vec![
        Page::show("/sign-in", Open, |page| visit(page, sign_in::show)).on(Site::Both),
        Page::act("/sign-in", Open, |page| visit(page, sign_in::enter)).on(Site::Both),
        Page::show("/invitation", Open, |page| visit(page, sign_in::show_invitation))
            .on(Site::Both),
        Page::act("/invitation", Open, |page| visit(page, sign_in::accept)).on(Site::Both),
        Page::show("/confirm", Open, |page| visit(page, confirm::show)).on(Site::Platform),
        Page::act("/confirm", Open, |page| visit(page, confirm::enter)).on(Site::Platform),
        Page::show("/client/{secret}", Open, client::look),
        Page::act("/client/{secret}", Open, client::answer),
        Page::show("/client/{secret}/document.pdf", Open, client::take),
    ]
}

fn of_members() -> Vec<Page> {
    let all = read("settings", ALL);
    // Who looks after a client reads its bills too, so the object decides who may.
    let (books, bills) = (read("billing", ALL), write("billing", MEMBERS));
    vec![
        Page::show("/", all, |page| inside(page, start::show)),
        Page::act("/sign-out", all, |page| inside(page, sign_in::leave)),
        Page::show("/invoices", books, |page| inside(page, invoices::list)),
        Page::show("/invoices/{id}", books, |page| inside(page, invoices::review)),
        Page::act("/invoices/{id}/issue", bills, |page| inside(page, invoices::issue)),
        Page::act("/invoices/{id}/send", bills, |page| inside(page, invoices::send_off)),
        Page::act("/invoices/{id}/payments", bills, |page| inside(page, invoices::pay)),
        Page::act("/invoices/{id}/void", bills, |page| inside(page, invoices::void)),
    ]
}

/// All of it as a router.
pub(crate) fn router() -> Router<App> {
    let mut paths: BTreeMap<&'static str, MethodRouter<App>> = BTreeMap::new();
    for (path, methods) in pages().into_iter().map(Page::into_parts) {
        let known = paths.remove(path).unwrap_or_default();
        paths.insert(path, known.merge(methods));
    }
    let add = |router: Router<App>, (path, methods): (&str, MethodRouter<App>)| {
        router.route(path, methods)
    };
    paths
        .into_iter()
        .fold(Router::new(), add)
        .route(assets::ROUTE, get(assets::serve))
        .route(reports::ROUTE, post(reports::hear))
}
