//! Runs progenitor, and locates what it rejects.

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind, set_hook, take_hook};
use std::sync::Once;

use openapiv3::OpenAPI;
use proc_macro2::TokenStream;
use progenitor::{GenerationSettings, Generator, HooksMode, InterfaceStyle, TypeImpl};
use serde_json::{Map, Value, json};

use crate::diagnostic::Report;
use crate::document::node::Node;
use crate::output::emit;
use crate::rules::choices::is_string_or_integer;
use crate::spec::model::Spec;
use crate::spec::names;
use crate::spec::walk::anything;

/// Generates the code of a document. Items that progenitor does not support are left out with a warning.
pub(crate) fn generate(spec: &mut Spec, krate: &str, report: &Report) -> Result<TokenStream, String> {
    let settings = settings(spec, krate)?;
    let document = emit::document(spec);
    if let Ok(code) = generated(&settings, &document) {
        return Ok(code);
    }
    skip_unsupported(spec, &settings, &document, report);
    if spec.operations.is_empty() {
        return Err("no operation can be generated; see the other diagnostics".to_owned());
    }
    generated(&settings, &emit::document(spec))
        .map_err(|reason| format!("progenitor does not support this OpenAPI document: {reason}; rewrite it"))
}

/// Tries each schema and each operation separately, with references replaced by any JSON value.
fn skip_unsupported(spec: &mut Spec, settings: &GenerationSettings, document: &Value, report: &Report) {
    let alone = |paths: Value, schemas: Value| {
        let info = &document["info"];
        json!({ "openapi": "3.0.3", "info": info, "paths": paths, "components": { "schemas": schemas } })
    };
    for (name, schema) in &mut spec.schemas {
        let schemas = json!({ name: without_references(&document["components"]["schemas"][name]) });
        if let Err(reason) = generated(settings, &alone(json!({}), schemas)) {
            let message = format!(
                "progenitor does not support this schema: {reason}; any JSON value is accepted here, rewrite it"
            );
            report.warn(schema.at, message);
            anything(schema);
        }
    }
    spec.operations.retain(|operation| {
        let part =
            json!({ operation.method: without_references(&document["paths"][&operation.path][operation.method]) });
        let Err(reason) = generated(settings, &alone(json!({ &operation.path: part }), json!({}))) else { return true };
        let message = format!("progenitor does not support this operation: {reason}; it is left out, rewrite it");
        report.on(&operation.label).warn(operation.at, message);
        false
    });
}

/// A part of a document, with references replaced by any JSON value.
fn without_references(part: &Value) -> Value {
    match part {
        Value::Object(map) if map.get("$ref").is_some_and(Value::is_string) => json!({}),
        Value::Object(map) => {
            map.iter().map(|(key, value)| (key.clone(), without_references(value))).collect::<Map<_, _>>().into()
        }
        Value::Array(items) => items.iter().map(without_references).collect(),
        other => other.clone(),
    }
}

fn generated(settings: &GenerationSettings, document: &Value) -> Result<TokenStream, String> {
    let document: OpenAPI = serde_json::from_value(document.clone()).map_err(|error| error.to_string())?;
    catch_panic(|| Generator::new(settings).generate_tokens(&document))?.map_err(|error| error.to_string())
}

fn settings(spec: &Spec, krate: &str) -> Result<GenerationSettings, String> {
    let session =
        format!("{krate}::runtime::Session").parse().map_err(|_| format!("{krate} is not the path of a crate"))?;
    let mut settings = GenerationSettings::default();
    settings
        .with_interface(InterfaceStyle::Builder)
        // Without the hooks that send a request, the generated client does not compile.
        .with_hooks(HooksMode::Expected)
        .with_inner_type(session)
        .with_derive("PartialEq");
    for (name, schema) in &spec.schemas {
        if let Some((path, traits)) = replacement(schema) {
            settings.with_replacement(names::type_name(name), format!("{krate}::{path}"), traits.iter().copied());
        }
    }
    Ok(settings)
}

/// The runtime type that replaces a schema.
pub(crate) fn replacement(schema: &Node) -> Option<(&'static str, &'static [TypeImpl])> {
    if is_string_or_integer(schema.list("oneOf")) {
        // Services write codes both as strings and as numbers. This type accepts either.
        Some(("Code", &[TypeImpl::Display, TypeImpl::FromStr]))
    } else if schema.str("format") == Some("password") {
        // The type that the generator would create shows the string in its Debug output.
        Some(("auth::Secret", &[]))
    } else {
        None
    }
}

/// Catches a panic, and returns its message as an error without printing it.
fn catch_panic<T>(run: impl FnOnce() -> T) -> Result<T, String> {
    thread_local! { static QUIET: Cell<bool> = const { Cell::new(false) } }
    static HOOK: Once = Once::new();
    // The panic hook is global, so it is set once and checks a flag of the thread.
    HOOK.call_once(|| {
        let usual = take_hook();
        set_hook(Box::new(move |panic| {
            if !QUIET.get() {
                usual(panic);
            }
        }));
    });
    QUIET.set(true);
    let result = catch_unwind(AssertUnwindSafe(run));
    QUIET.set(false);
    result.map_err(|panic| {
        let text = panic.downcast_ref::<String>().map(String::as_str).or_else(|| panic.downcast_ref::<&str>().copied());
        text.unwrap_or("it panicked without a message").to_owned()
    })
}
