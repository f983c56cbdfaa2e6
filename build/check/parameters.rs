//! Whether each operation's parameters fit its path, the generated builder, and what can be sent.

use std::collections::BTreeMap;

use serde_json::Value;

use super::super::names;
use super::super::operation::Operation;
use super::super::prepare;
use super::Found;
use super::kind::Kind;
use super::paths;
use super::schemas::is_plain;
use super::shape::is_misspelt;
use super::tree::{Place, Tree};

pub fn check(tree: &Tree<'_>, found: &mut Found<'_>) {
    for operation in &tree.operations {
        let Some(parameters) = all(tree, operation, found) else { continue };
        path(operation, &parameters, found);
        names_differ(operation, &parameters, found);
        for parameter in &parameters {
            one(tree, operation, parameter, found);
        }
    }
}

/// The parameters of an operation, those of its path included. None where one of them is not what it should be, because then
/// nothing certain can be said of the others.
fn all<'a>(tree: &Tree<'a>, operation: &Operation<'_>, found: &mut Found<'_>) -> Option<Vec<Place<'a>>> {
    let mut parameters: Vec<Place<'a>> = Vec::new();
    let mut complete = true;
    for owner in [&operation.item, &operation.pointer] {
        let own = parameters.len();
        for item in tree.place(owner)?.items("parameters") {
            if prepare::is_owned(tree.document, item.value) {
                continue;
            }
            let pointer = item.pointer.clone();
            let place = tree.follow(item, Kind::Parameter).filter(|place| !found.is_wrong(&place.pointer));
            let Some(place) = place.filter(|_| !found.is_wrong(&pointer)) else {
                complete = false;
                continue;
            };
            let is_same = |other: &Place<'_>| same(other, &place);
            if parameters.iter().skip(own).any(is_same) {
                let text = format!("{} is declared twice; keep one of the two", named(&place));
                found.error(&pointer, Some(&operation.label()), &text);
                continue;
            }
            // What an operation says of a parameter of its path replaces what the path says.
            parameters.retain(|other| !same(other, &place));
            parameters.push(place);
        }
    }
    complete.then_some(parameters)
}

fn same(one: &Place<'_>, other: &Place<'_>) -> bool {
    one.text("name") == other.text("name") && one.text("in") == other.text("in")
}

/// A parameter in the words of a finding.
fn named(parameter: &Place<'_>) -> String {
    format!("the {} parameter {}", parameter.text("in").unwrap_or_default(), name(parameter))
}

fn name<'a>(parameter: &Place<'a>) -> &'a str {
    parameter.text("name").unwrap_or_default()
}

/// The template and the path parameters have to name the same.
fn path(operation: &Operation<'_>, parameters: &[Place<'_>], found: &mut Found<'_>) {
    let Some(templates) = paths::names(operation.path) else { return };
    let label = operation.label();
    let declared: Vec<&Place<'_>> =
        parameters.iter().filter(|parameter| parameter.text("in") == Some("path")).collect();
    for template in &templates {
        if !declared.iter().any(|parameter| name(parameter) == *template) {
            let text = format!(
                "the path names {{{template}}}, which no parameter declares; add a parameter with name: {template}, in: path, required: true"
            );
            found.error(&operation.pointer, Some(&label), &text);
        }
    }
    for parameter in declared {
        let name = name(parameter);
        if !templates.contains(&name) {
            let text = format!(
                "the path parameter {name} is declared, but the path has no {{{name}}}; put it into the path, or take the parameter out"
            );
            found.error(&operation.pointer, Some(&label), &text);
        }
        if !parameter.flag("required") && !is_misspelt(Kind::Parameter, parameter.value, "required") {
            let text =
                format!("the path parameter {name} is not required; write required: true, which each of them needs");
            found.error(&parameter.pointer, Some(&label), &text);
        }
    }
}

/// Each parameter becomes a method of the operation's builder, which has methods of its own.
fn names_differ(operation: &Operation<'_>, parameters: &[Place<'_>], found: &mut Found<'_>) {
    let label = operation.label();
    let mut methods: BTreeMap<String, String> = BTreeMap::new();
    for parameter in parameters {
        let method = names::parameter(name(parameter));
        let taken = match method.as_str() {
            "new" | "send" => true,
            "body" | "body_map" => operation.value.get("requestBody").is_some(),
            "header_map" => parameter.text("in") != Some("path"),
            _ => false,
        };
        if taken {
            let text = format!(
                "{} would become the method {method}, which the generated builder needs for itself; take the parameter out",
                named(parameter)
            );
            found.error(&parameter.pointer, Some(&label), &text);
        } else if let Some(other) = methods.insert(method.clone(), named(parameter)) {
            let text =
                format!("{other} and {} would both become the method {method}; keep one of the two", named(parameter));
            found.error(&parameter.pointer, Some(&label), &text);
        }
    }
}

/// What is said of one parameter has to be something that the generated code can send.
fn one(tree: &Tree<'_>, operation: &Operation<'_>, parameter: &Place<'_>, found: &mut Found<'_>) {
    let place = parameter.text("in").unwrap_or_default();
    let mut refuse = |text: String| found.error(&parameter.pointer, Some(&operation.label()), &text);
    let named = named(parameter);
    if place == "cookie" {
        refuse(format!("{named} can not be sent, since the client has no cookies; take the parameter out"));
        return;
    }
    if parameter.has("content") {
        refuse(format!("{named} has content, which can not be sent; write schema: in its place"));
        return;
    }
    let usual = if place == "query" { "form" } else { "simple" };
    if let Some(style) = parameter.text("style").filter(|style| *style != usual) {
        let instead = match style {
            "deepObject" => format!("one parameter for each property, named {}[property]", name(parameter)),
            _ => format!("style: {usual}, or take style out"),
        };
        refuse(format!("{named} has the style {style}, which can not be sent; write {instead}"));
        return;
    }
    if place == "header" {
        let name = name(parameter);
        if name.is_empty()
            || !name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte))
        {
            refuse(format!(
                "{named} has a name that no header can have; write letters, digits and hyphens, such as X-Language"
            ));
        }
    }
    let Some(schema) = parameter.child("schema").and_then(|schema| tree.follow(schema, Kind::Schema)) else { return };
    if schema.text("format") == Some("password") {
        refuse(format!(
            "{named} is a secret, which a request's address or builder would show; take format: password out"
        ));
        return;
    }
    if place != "query" {
        if !is_plain(tree, &schema, true) {
            refuse(format!(
                "{named} is not a single value; write a schema of type: string, integer, number or boolean"
            ));
        } else if !is_plain(tree, &schema, false) {
            refuse(format!("{named} may be null, which can not be sent; take null out of its schema"));
        }
        return;
    }
    if let Some(items) = list_items(tree, &schema) {
        if parameter.value.get("explode") == Some(&Value::Bool(false)) {
            refuse(format!(
                "{named} is a list with explode: false, but the client repeats the name for each value; take explode out, or write type: string"
            ));
        }
        if !is_plain(tree, &items, false) {
            refuse(format!(
                "{named} is a list of more than single values, which can not be sent; write items: with type: string"
            ));
        }
    } else if is_struct(tree, &schema, 0) {
        refuse(format!(
            "{named} is an object with properties, which can not be sent; write one parameter for each of them"
        ));
    }
}

/// Whether a schema becomes a struct, for which the generator would look in vain for a method of the parameter.
fn is_struct(tree: &Tree<'_>, schema: &Place<'_>, depth: usize) -> bool {
    // What goes this deep goes round in a circle, which is a mistake of its own.
    let Some(schema) = tree.follow(schema.clone(), Kind::Schema).filter(|_| depth < 16) else { return false };
    let inner = |part: &Place<'_>| is_struct(tree, part, depth + 1);
    let any_of = schema.items("anyOf");
    let one_of = schema.items("oneOf");
    schema.has("properties")
        || !schema.items("required").is_empty()
        || schema.items("allOf").iter().any(inner)
        || !any_of.is_empty() && any_of.iter().all(inner)
        || one_of.len() == 1 && one_of.iter().all(inner)
}

/// The schema of a list's elements.
fn list_items<'a>(tree: &Tree<'a>, schema: &Place<'a>) -> Option<Place<'a>> {
    if schema.text("type") != Some("array") {
        return None;
    }
    schema.child("items").and_then(|items| tree.follow(items, Kind::Schema))
}
