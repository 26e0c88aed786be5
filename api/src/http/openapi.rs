//! The OpenAPI 3.1 document, made of the same routes as the router. Schemas come from the types
//! that are read and written, so the document can't promise what the code does not do.

use axum::response::{IntoResponse, Response};
use schemars::generate::{SchemaGenerator, SchemaSettings};
use serde_json::{Map, Value, json};

use super::BASE;
use super::problem::{PROBLEM_JSON, ProblemBody};
use super::registry::{Method, Route, Rule};
use super::routes::routes;

/// The document.
pub fn openapi() -> Value {
    let mut generator = SchemaSettings::draft2020_12()
        .with(|settings| {
            settings.definitions_path = "/components/schemas".into();
            settings.meta_schema = None;
        })
        .into_generator();
    let mut paths: Map<String, Value> = Map::new();
    for route in routes() {
        let path = paths.entry(format!("{BASE}{}", route.rule.path)).or_insert_with(|| json!({}));
        let method = route.rule.method.as_str().to_ascii_lowercase();
        path[method] = operation(&route, &mut generator);
    }
    let problem = generator.subschema_for::<ProblemBody<'_>>();
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Crowdminder",
            "version": env!("CARGO_PKG_VERSION"),
            "description": DESCRIPTION,
            "license": { "name": "Apache-2.0", "identifier": "Apache-2.0" },
        },
        "servers": [{
            "url": "https://{tenant}.{domain}",
            "variables": { "tenant": { "default": "acme" }, "domain": { "default": "localhost" } },
        }],
        "security": [{ "bearer": [] }],
        "paths": paths,
        "components": {
            "securitySchemes": {
                "bearer": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "A token of a member. It narrows what the member may do.",
                },
            },
            "responses": {
                "Problem": {
                    "description": "What went wrong, by RFC 9457; `code` is stable.",
                    "content": { PROBLEM_JSON: { "schema": problem } },
                },
            },
            "schemas": generator.take_definitions(true),
        },
    })
}

const DESCRIPTION: &str = "The tenant follows from the host alone. Ids are UUIDs, instants are \
    RFC 3339, days are YYYY-MM-DD, weeks are YYYY-Www, money is in minor units with an ISO 4217 \
    code, time worked is in seconds. Unknown fields and unknown query keys are refused. A foreign \
    id is answered like an unknown one.";

/// `GET /openapi.json`, for everybody on every host.
pub(crate) async fn document() -> Response {
    axum::Json(openapi()).into_response()
}

fn operation(route: &Route, generator: &mut SchemaGenerator) -> Value {
    let rule = &route.rule;
    let scope = rule.access.scope().map(|scope| scope.to_string());
    let roles: Vec<&str> = rule.access.roles().iter().map(|role| role.as_str()).collect();
    let tag = match &scope {
        Some(scope) => scope.split(':').next().unwrap_or_default(),
        None => "open",
    };
    let mut operation = json!({
        "operationId": rule.operation,
        "summary": rule.summary,
        "tags": [tag],
        "parameters": parameters(route, generator),
        "responses": responses(route, generator),
        "x-scopes": scope.iter().collect::<Vec<_>>(),
        "x-roles": roles,
        "x-tenancy": rule.site.as_str(),
        "x-effect": effect(rule),
        "x-idempotent": true,
        "x-asof": rule.as_of,
        "x-knownat": rule.known_at,
    });
    if let Some(body) = (route.types.body)(generator) {
        operation["requestBody"] = json!({
            "required": !body.optional,
            "content": { body.media: { "schema": body.schema } },
        });
    }
    operation
}

fn effect(rule: &Rule) -> &'static str {
    match rule.method {
        Method::Get => "read",
        Method::Post | Method::Put | Method::Patch => "write",
        Method::Delete => "destroy",
    }
}

fn parameters(route: &Route, generator: &mut SchemaGenerator) -> Vec<Value> {
    let rule = &route.rule;
    let mut all = described("path", (route.types.path)(generator).to_value());
    all.extend(described("query", (route.types.query)(generator).to_value()));
    let mut add = |place: &str, name: &str, required: bool, schema: Value, about: &str| {
        all.push(json!({
            "in": place, "name": name, "required": required, "schema": schema, "description": about,
        }));
    };
    let position = json!({ "type": "integer", "minimum": 0 });
    if rule.pages {
        let limit = json!({ "type": "integer", "minimum": 1, "maximum": 200, "default": 50 });
        add("query", "limit", false, limit, "How many items at most.");
        add("query", "cursor", false, json!({ "type": "string" }), "Where the list goes on.");
    }
    if rule.as_of {
        let about = "Answer as of a moment: a position, or an instant with offset.";
        add("query", "as_of", false, json!({ "type": "string" }), about);
    }
    if rule.known_at {
        let about = "Use rates, rules and settings as they were known at a moment: a position, or \
            an instant with offset. Left out = as of `as_of`, else as known now.";
        add("query", "known_at", false, json!({ "type": "string" }), about);
    }
    if rule.writes() {
        let key = json!({ "type": "string", "minLength": 1, "maxLength": 255 });
        let about = "The same key with the same request gets the same answer, once handled.";
        add("header", "Idempotency-Key", rule.method == Method::Post, key, about);
        let about = "The ETag of the version that is meant.";
        add("header", "If-Match", rule.method.needs_match(), json!({ "type": "string" }), about);
    } else {
        let about = "Wait until the log is known up to here, as told by a command.";
        add("query", "min_position", false, position, about);
        let about = "wait=<seconds>: how long to wait for the position, or for the present.";
        add("header", "Prefer", false, json!({ "type": "string" }), about);
    }
    all
}

/// The properties of an object's schema as parameters.
fn described(place: &str, schema: Value) -> Vec<Value> {
    let required = |name: &str| {
        let names = schema["required"].as_array();
        place == "path" || names.is_some_and(|names| names.iter().any(|it| it == name))
    };
    let properties = schema["properties"].as_object().cloned().unwrap_or_default();
    properties
        .into_iter()
        .map(|(name, mut schema)| {
            let about = schema.as_object_mut().and_then(|schema| schema.remove("description"));
            let mut parameter = json!({
                "in": place, "name": name, "required": required(&name), "schema": schema,
            });
            if let Some(about) = about {
                parameter["description"] = about;
            }
            parameter
        })
        .collect()
}

fn responses(route: &Route, generator: &mut SchemaGenerator) -> Value {
    let rule = &route.rule;
    let schema = (route.types.answer)(generator);
    let mut content = json!({ route.types.media: { "schema": schema } });
    for media in route.types.other_media {
        content[media] = json!({ "schema": { "type": "string", "format": "binary" } });
    }
    let mut responses = json!({ "200": { "description": "Done.", "content": content } });
    if rule.method == Method::Post {
        responses["201"] = json!({
            "description": "Made.",
            "headers": { "Location": { "schema": { "type": "string" } } },
            "content": content,
        });
    }
    let mut problems = vec![400, 401, 403, 404, 500, 503];
    if rule.writes() {
        problems.extend([409, 412, 413, 415, 422]);
    }
    if rule.method.needs_match() {
        problems.push(428);
    }
    if rule.as_of || rule.known_at {
        problems.push(422);
    }
    for status in problems {
        responses[status.to_string()] = json!({ "$ref": "#/components/responses/Problem" });
    }
    responses
}

#[cfg(test)]
#[path = "openapi_tests.rs"]
mod tests;
