//! Runs progenitor, and finds what it refuses.

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
use crate::spec::walk::{anything, parts_mut};

/// The code of a document. What the generator refuses is left out with a warning.
pub(crate) fn generate(spec: &mut Spec, krate: &str, report: &Report) -> Result<TokenStream, String> {
    let reason = match generated(spec, &emit::document(spec), krate) {
        Ok(code) => return Ok(code),
        Err(reason) => reason,
    };
    let found = refused_schemas(spec, krate, report) + refused_operations(spec, krate, report);
    if found == 0 {
        return Err(format!("the generator refuses this document: {reason}; write it in another way"));
    }
    generated(spec, &emit::document(spec), krate)
        .map_err(|reason| format!("the generator refuses this document: {reason}; write it in another way"))
}

/// Lets each schema that the generator refuses be any JSON value, and returns how many these are.
fn refused_schemas(spec: &mut Spec, krate: &str, report: &Report) -> usize {
    let names: Vec<String> = spec.schemas.keys().cloned().collect();
    let mut found = 0;
    for name in names {
        let Some(schema) = spec.schemas.get(&name) else { continue };
        let mut alone = schema.clone();
        bare(&mut alone);
        let alone = Spec { schemas: [(name.clone(), alone)].into(), ..Spec::default() };
        let Err(reason) = generated(&alone, &emit::document(&alone), krate) else { continue };
        let message = format!(
            "the generator refuses this schema: {reason}; any JSON value is accepted here, write it in another way"
        );
        report.warn(schema.at, message);
        found += 1;
        spec.schemas.get_mut(&name).into_iter().for_each(anything);
    }
    found
}

/// A schema without what it refers to.
fn bare(schema: &mut Node) {
    if schema.has("$ref") {
        *schema = Node::map(schema.at);
        return;
    }
    parts_mut(schema).into_iter().for_each(bare);
}

/// Leaves out each operation that the generator refuses, and returns how many these are.
fn refused_operations(spec: &mut Spec, krate: &str, report: &Report) -> usize {
    let document = emit::document(spec);
    let before = spec.operations.len();
    let any: Map<String, Value> = spec.schemas.keys().map(|name| (name.clone(), json!({}))).collect();
    let mut operations = std::mem::take(&mut spec.operations);
    operations.retain(|operation| {
        let mut alone =
            json!({ "openapi": "3.0.3", "info": document["info"], "components": { "schemas": any }, "paths": {} });
        alone["paths"][&operation.path] =
            json!({ operation.method: document["paths"][&operation.path][operation.method] });
        let Err(reason) = generated(&Spec::default(), &alone, krate) else { return true };
        let message =
            format!("the generator refuses this operation: {reason}; it is left out, write it in another way");
        report.on(&operation.label).warn(operation.at, message);
        false
    });
    spec.operations = operations;
    before - spec.operations.len()
}

fn generated(spec: &Spec, document: &Value, krate: &str) -> Result<TokenStream, String> {
    let document: OpenAPI = serde_json::from_value(document.clone()).map_err(|error| error.to_string())?;
    let mut generator = Generator::new(&settings(spec, krate)?);
    match quietly(|| generator.generate_tokens(&document)) {
        Ok(Ok(tokens)) => Ok(tokens),
        Ok(Err(error)) => Err(error.to_string()),
        Err(panic) => Err(panic),
    }
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

/// The type of the runtime that stands for a schema.
pub(crate) fn replacement(schema: &Node) -> Option<(&'static str, &'static [TypeImpl])> {
    if is_string_or_integer(schema.list("oneOf")) {
        // Services write their codes as strings and as numbers, which this type reads alike.
        Some(("Code", &[TypeImpl::Display, TypeImpl::FromStr]))
    } else if schema.str("format") == Some("password") {
        // The type that the generator makes shows the string in its Debug output.
        Some(("auth::Secret", &[]))
    } else {
        None
    }
}

/// Runs what may panic, without the message that a panic prints. What it said becomes the error.
fn quietly<T>(run: impl FnOnce() -> T) -> Result<T, String> {
    thread_local! { static QUIET: Cell<bool> = const { Cell::new(false) } }
    static HOOK: Once = Once::new();
    // The hook is that of the whole process, so that it is set once and asks each thread.
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
        text.unwrap_or("it stopped without a reason").to_owned()
    })
}
