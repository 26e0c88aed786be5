//! What the document and the registry must hold for every route, so that no new one can forget it.

use std::collections::BTreeSet;

use super::*;
use crate::http::registry::Access;

#[test]
fn every_operation_has_a_name_of_its_own_and_every_path_and_method_is_there_once() {
    let routes = routes();
    let names: BTreeSet<_> = routes.iter().map(|route| route.rule.operation).collect();
    assert_eq!(names.len(), routes.len());
    let places: BTreeSet<_> =
        routes.iter().map(|route| (route.rule.path, route.rule.method)).collect();
    assert_eq!(places.len(), routes.len());
}

#[test]
fn every_route_names_roles_and_the_read_models_that_there_are() {
    for Route { rule, .. } in routes() {
        let open = rule.access == Access::Open;
        assert!(open || !rule.access.roles().is_empty(), "{}", rule.operation);
        for name in rule.reads {
            assert!(projections::registry::find(name).is_some(), "{}: {name}", rule.operation);
        }
        assert!(!rule.writes() || rule.reads.is_empty(), "{}", rule.operation);
    }
}

#[test]
fn no_route_that_writes_lets_an_auditor_in() {
    use domain::members::Role;
    // To sign out is everybody's right; it changes nothing of the books.
    let signs_out = ["endSession", "revokeSessions"];
    for Route { rule, .. } in routes().into_iter().filter(|route| route.rule.writes()) {
        let auditor = rule.access.roles().contains(&Role::Auditor);
        assert_eq!(auditor, signs_out.contains(&rule.operation), "{}", rule.operation);
    }
}

#[test]
fn the_parameters_of_a_path_are_those_of_its_type() {
    let document = openapi();
    for Route { rule, .. } in routes() {
        let path = format!("{BASE}{}", rule.path);
        let operation = &document["paths"][&path][rule.method.as_str().to_ascii_lowercase()];
        let parameters = operation["parameters"].as_array().expect("a list");
        let of_type: BTreeSet<&str> = parameters
            .iter()
            .filter(|parameter| parameter["in"] == "path")
            .filter_map(|parameter| parameter["name"].as_str())
            .collect();
        let of_path: BTreeSet<&str> = rule
            .path
            .split('/')
            .filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'))
            .collect();
        assert_eq!(of_type, of_path, "{}", rule.operation);
        let mut names = BTreeSet::new();
        for parameter in parameters {
            let name = format!("{} {}", parameter["in"], parameter["name"]);
            assert!(names.insert(name), "{}: {parameter}", rule.operation);
        }
    }
}

#[test]
fn every_body_and_query_refuses_what_it_does_not_know() {
    let document = openapi();
    for (path, methods) in document["paths"].as_object().expect("paths") {
        for (method, operation) in methods.as_object().expect("methods") {
            let schema = &operation["requestBody"]["content"]["application/json"]["schema"];
            let Some(name) = schema["$ref"].as_str() else { continue };
            let name = name.strip_prefix("#/components/schemas/").expect("a schema of ours");
            let schema = &document["components"]["schemas"][name];
            let closed = schema["additionalProperties"] == false || schema["items"].is_object();
            assert!(closed, "{method} {path}: {name}");
        }
    }
    for Route { rule, types, .. } in routes() {
        let mut generator = SchemaGenerator::default();
        let query = (types.query)(&mut generator).to_value();
        assert_eq!(query["additionalProperties"], false, "{}", rule.operation);
    }
}

#[test]
fn every_reference_in_the_document_leads_somewhere() {
    fn walk(value: &Value, document: &Value) {
        match value {
            Value::Object(members) => {
                if let Some(Value::String(to)) = members.get("$ref") {
                    let pointer = to.strip_prefix('#').expect("a reference into the document");
                    assert!(document.pointer(pointer).is_some(), "{to}");
                }
                members.values().for_each(|member| walk(member, document));
            }
            Value::Array(items) => items.iter().for_each(|item| walk(item, document)),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }
    let document = openapi();
    walk(&document, &document);
    assert_eq!(document["openapi"], "3.1.0");
}
