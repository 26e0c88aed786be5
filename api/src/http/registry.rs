//! What a route is: method, path, who may use it, what it reads, and the types it takes and gives.
//! The router and the OpenAPI document both come from this, so neither can say what the other does
//! not do. A route without an access rule can't be written down.

use std::future::Future;
use std::sync::Arc;

use axum::extract::{Request, State};
use axum::response::IntoResponse;
use axum::routing::{MethodFilter, MethodRouter, on};
use commands::tokens::Scope;
use domain::id::TenantId;
use domain::members::Role;
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::de::DeserializeOwned;

use super::App;
use super::answer::Answers;
use super::body::{Carried, Described};
use super::call::Call;
use super::dispatch;
use super::problem::Problem;

/// The methods that routes have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Method {
    /// Reads.
    Get,
    /// Makes something, or does something with it.
    Post,
    /// Gives a value.
    Put,
    /// Changes some of it.
    Patch,
    /// Takes it away.
    Delete,
}

impl Method {
    /// The name in requests.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Method::Get => "GET",
            Method::Post => "POST",
            Method::Put => "PUT",
            Method::Patch => "PATCH",
            Method::Delete => "DELETE",
        }
    }

    /// The same for the router.
    pub(crate) fn filter(self) -> MethodFilter {
        match self {
            Method::Get => MethodFilter::GET,
            Method::Post => MethodFilter::POST,
            Method::Put => MethodFilter::PUT,
            Method::Patch => MethodFilter::PATCH,
            Method::Delete => MethodFilter::DELETE,
        }
    }

    /// Whether it needs `If-Match`: it changes what somebody has seen.
    pub(crate) fn needs_match(self) -> bool {
        matches!(self, Method::Put | Method::Patch | Method::Delete)
    }
}

/// Who may use a route.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Access {
    /// Anybody, without credentials, but only so often from one address.
    Open,
    /// A member of the tenant whose token has the scope, and who has one of the roles or one that
    /// includes it.
    Member {
        /// What the token must be for.
        scope: Scope,
        /// Any of these.
        roles: &'static [Role],
    },
}

impl Access {
    /// Whom it lets in by their role; nobody in particular where it's open.
    pub(crate) fn roles(self) -> &'static [Role] {
        match self {
            Access::Open => &[],
            Access::Member { roles, .. } => roles,
        }
    }

    /// What a token must be for; nothing where it's open.
    pub(crate) fn scope(self) -> Option<Scope> {
        match self {
            Access::Open => None,
            Access::Member { scope, .. } => Some(scope),
        }
    }
}

/// On which hosts a route is there. On others it's as unknown as any other path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Site {
    /// On those of tenants.
    Tenant,
    /// On the base domain, which is the platform's.
    Platform,
    /// On both: operators are members of the platform like others are of their firm.
    Both,
}

impl Site {
    /// Whether it's there on the host of this tenant.
    pub(crate) fn has(self, tenant: TenantId) -> bool {
        match self {
            Site::Tenant => !tenant.is_platform(),
            Site::Platform => tenant.is_platform(),
            Site::Both => true,
        }
    }

    /// Its name in the OpenAPI document.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Site::Tenant => "tenant",
            Site::Platform => "platform",
            Site::Both => "both",
        }
    }
}

/// What is known of a route beside its types.
#[derive(Debug, Clone)]
pub(crate) struct Rule {
    /// How.
    pub(crate) method: Method,
    /// Where, below the base.
    pub(crate) path: &'static str,
    /// Its name in clients.
    pub(crate) operation: &'static str,
    /// What it does, for people.
    pub(crate) summary: &'static str,
    /// Who may.
    pub(crate) access: Access,
    /// On which hosts.
    pub(crate) site: Site,
    /// The read models it answers from; none where it writes or reads the log itself.
    pub(crate) reads: &'static [&'static str],
    /// Whether it answers as of a moment.
    pub(crate) as_of: bool,
    /// Whether it answers with dated facts as they were known at a moment.
    pub(crate) known_at: bool,
    /// Whether it's a list in pieces.
    pub(crate) pages: bool,
    /// The keys of its query that may be given more than once.
    pub(crate) repeats: &'static [&'static str],
    /// Whether its body may be as large as an upload.
    pub(crate) upload: bool,
    /// Whether the owner of a frozen tenant may use it, though it changes something.
    pub(crate) while_frozen: bool,
}

impl Rule {
    /// Whether it changes anything.
    pub(crate) fn writes(&self) -> bool {
        self.method != Method::Get
    }
}

type Make = Box<dyn FnOnce(Arc<Rule>) -> MethodRouter<App> + Send>;

/// How a route's types are described.
#[derive(Clone, Copy)]
pub(crate) struct Types {
    /// The parameters in the path.
    pub(crate) path: fn(&mut SchemaGenerator) -> Schema,
    /// The parameters in the query.
    pub(crate) query: fn(&mut SchemaGenerator) -> Schema,
    /// What is carried.
    pub(crate) body: fn(&mut SchemaGenerator) -> Option<Described>,
    /// What is answered.
    pub(crate) answer: fn(&mut SchemaGenerator) -> Schema,
    /// The media type of the answer.
    pub(crate) media: &'static str,
    /// The media types it's answered in as well, where they're asked for.
    pub(crate) other_media: &'static [&'static str],
}

/// A route.
pub(crate) struct Route {
    /// What is known of it.
    pub(crate) rule: Rule,
    /// Its types.
    pub(crate) types: Types,
    make: Make,
}

impl Route {
    fn new<P, Q, B, A, F, Fut>(
        method: Method,
        path: &'static str,
        operation: &'static str,
        access: Access,
        summary: &'static str,
        handler: F,
    ) -> Self
    where
        P: DeserializeOwned + JsonSchema + Send + 'static,
        Q: DeserializeOwned + JsonSchema + Send + 'static,
        B: Carried,
        A: Answers,
        F: Fn(Call<P, Q, B>) -> Fut + Clone + Send + Sync + 'static,
        Fut: Future<Output = Result<A, Problem>> + Send + 'static,
    {
        let rule = Rule {
            method,
            path,
            operation,
            summary,
            access,
            site: Site::Tenant,
            reads: &[],
            as_of: false,
            known_at: false,
            pages: false,
            repeats: &[],
            upload: B::UPLOAD,
            while_frozen: false,
        };
        let types = Types {
            path: |generator| P::json_schema(generator),
            query: |generator| Q::json_schema(generator),
            body: B::described,
            answer: A::schema,
            media: A::MEDIA,
            other_media: A::OTHER_MEDIA,
        };
        let make = Box::new(move |rule: Arc<Rule>| {
            let service = move |State(app): State<App>, request: Request| {
                let (rule, handler) = (rule.clone(), handler.clone());
                async move {
                    match dispatch::call::<P, Q, B>(&app, &rule, request).await {
                        Ok(call) => handler(call).await.into_response(),
                        Err(problem) => problem.into_response(),
                    }
                }
            };
            on(method.filter(), service)
        });
        Route { rule, types, make }
    }

    /// The same, answering from these read models.
    pub(crate) fn from(mut self, models: &'static [&'static str]) -> Self {
        self.rule.reads = models;
        self
    }

    /// The same, on these hosts.
    pub(crate) fn on(mut self, site: Site) -> Self {
        self.rule.site = site;
        self
    }

    /// The same, also for the owner of a frozen tenant: it thaws it, or ends a session.
    pub(crate) fn while_frozen(mut self) -> Self {
        self.rule.while_frozen = true;
        self
    }

    /// The same, also answering as of a moment.
    pub(crate) fn then(mut self) -> Self {
        self.rule.as_of = true;
        self
    }

    /// The same, also answering with dated facts (rates, rules, settings) as known at a moment.
    pub(crate) fn known(mut self) -> Self {
        self.rule.known_at = true;
        self
    }

    /// The same, a list in pieces.
    pub(crate) fn pages(mut self) -> Self {
        self.rule.pages = true;
        self
    }

    /// The same, with keys of its query that may be given more than once.
    pub(crate) fn repeats(mut self, keys: &'static [&'static str]) -> Self {
        self.rule.repeats = keys;
        self
    }

    /// The path in the router with what answers it.
    pub(crate) fn into_parts(self) -> (&'static str, MethodRouter<App>) {
        let path = self.rule.path;
        (path, (self.make)(Arc::new(self.rule)))
    }
}

macro_rules! methods {
    ($($(#[$doc:meta])* $name:ident $method:ident;)+) => {$(
        $(#[$doc])*
        pub(crate) fn $name<P, Q, B, A, F, Fut>(
            path: &'static str,
            operation: &'static str,
            access: Access,
            summary: &'static str,
            handler: F,
        ) -> Route
        where
            P: DeserializeOwned + JsonSchema + Send + 'static,
            Q: DeserializeOwned + JsonSchema + Send + 'static,
            B: Carried,
            A: Answers,
            F: Fn(Call<P, Q, B>) -> Fut + Clone + Send + Sync + 'static,
            Fut: Future<Output = Result<A, Problem>> + Send + 'static,
        {
            Route::new(Method::$method, path, operation, access, summary, handler)
        }
    )+};
}

methods! {
    /// A route that reads.
    get Get;
    /// A route that makes something or does something with it.
    post Post;
    /// A route that gives a value.
    put Put;
    /// A route that changes some of it.
    patch Patch;
    /// A route that takes something away.
    delete Delete;
}
